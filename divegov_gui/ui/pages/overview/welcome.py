"""What a newcomer sees first: three ways to begin, of which none has to be the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.pages.overview.work import DEMO_ROWS
from divegov_gui.ui.widgets import button, icon_label, label

GoTo = Callable[..., object]


@dataclass(frozen=True)
class _Way:
    """One way to begin: what it is, in a sentence, and its button."""

    name: str
    icon: str
    title: str
    text: str
    action: str


def _demo() -> _Way:
    return _Way(
        "overview.demo",
        "play",
        "See it with a demo",
        f"{grouped(DEMO_ROWS)} made-up divers, some of them dirty, come into this workspace on your computer. "
        "Then you are shown around, if you like.",
        "Run the demo",
    )


_FILE = _Way(
    "overview.own_file",
    "file",
    "Bring a file of your own",
    "CSV, Excel, JSON or JSON Lines. You see what it holds, and which column is what, before anything is taken.",
    "Choose a file",
)
_SERVER = _Way(
    "overview.server",
    "server",
    "Work on a SQL Server",
    "Connect to a server of yours. Nothing is written there before you have seen it and said so.",
    "Connect",
)


class Welcome(QWidget):
    """Shown where nothing is deployed yet in the local workspace."""

    def __init__(self, run_demo: Callable[[], object], go_to: GoTo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview.welcome")
        self.setAccessibleName("Welcome to DiveGov Steward")
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space.s, space.l, space.s, space.l)
        column.setSpacing(space.xs)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(icon_label("waves", "accent", 40), 0, centre)
        column.addWidget(label("Welcome to DiveGov Steward", "title"), 0, centre)
        column.addWidget(label("This workspace is new", "heading"), 0, centre)
        column.addWidget(label("How would you like to begin?", "muted"), 0, centre)
        column.addSpacing(space.l)
        across = QHBoxLayout()
        across.setSpacing(space.m)
        across.addStretch(1)
        for choice in (
            _choice(_demo(), run_demo, "primary"),
            _choice(_FILE, lambda: go_to("ingest", way="file")),
            _choice(_SERVER, lambda: go_to("connections")),
        ):
            across.addWidget(choice, 1000)
        across.addStretch(1)
        column.addLayout(across)
        column.addSpacing(space.m)
        deploy = button(
            "Or deploy it empty, and see each script first", name="overview.deploy", variant="link"
        )
        deploy.clicked.connect(lambda: go_to("deploy"))
        column.addWidget(deploy, 0, centre)
        column.addStretch(3)


def _choice(way: _Way, take: Callable[[], object], variant: str = "secondary") -> QWidget:
    space = theme.current().space
    made = QFrame()
    made.setProperty("role", "card")
    made.setMaximumWidth(340)
    made.setMinimumWidth(210)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(made)
    column.setContentsMargins(space.l, space.l, space.l, space.l)
    column.setSpacing(space.s)
    column.addWidget(icon_label(way.icon, "accent", 24))
    column.addWidget(label(way.title, "heading", wrap=True))
    column.addWidget(label(way.text, "muted", wrap=True))
    column.addStretch(1)
    column.addSpacing(space.s)
    press = button(way.action, name=way.name, variant=variant, description=way.text)
    press.clicked.connect(lambda: take())
    column.addWidget(press)
    return made

"""Help: the keys of the window, its versions, whose work is in it, and where its files lie."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui import __version__
from divegov_gui.core import paths
from divegov_gui.services.connections import sqlite_version
from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import button, label, rule, tool_button
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.elided_label import ElidedLabel

KEYS = (
    ("Show a page", "Ctrl+1 … Ctrl+8"),
    ("To the rail and back", "F6"),
    ("Preferences", "Ctrl+,"),
    ("This help", "F1"),
    ("Start ingesting", "Ctrl+Enter"),
    ("Keys of the quarantine, on its page", "?"),
    ("Find a diver, on History", "Ctrl+F"),
    ("Timeline: walk, zoom, show all", "← →, + −, 0"),
    ("Timeline: look from a version, from now", "A, Esc"),
    ("Sort a table by the current column", "Alt+Up, Alt+Down"),
    ("Close a dialog or a notice", "Esc"),
    ("Close the window", "Ctrl+Q"),
)
"""What a key does, and the key; the quarantine has a sheet of its own."""

LICENCES = (
    ("DiveGov Steward", "MIT"),
    ("Qt and PySide6", "LGPL 3, used as it comes"),
    ("Inter, JetBrains Mono", "SIL Open Font License 1.1"),
    ("Phosphor icons, Faker's names", "MIT"),
    ("SQLAlchemy, RapidFuzz", "MIT"),
    ("openpyxl, pyodbc, typer, rich", "MIT"),
    ("pandas, numpy", "BSD 3-Clause"),
    ("phonenumbers", "Apache 2.0"),
)


class HelpDialog(Dialog):
    """One page to read, side by side: keys on the left, versions and places on the right."""

    tour_wanted = Signal()
    """The person wants to be shown around."""

    def __init__(self, workspace: str, window: QWidget) -> None:
        super().__init__("help", "Help", "question", window, width=860)
        space = theme.current().space
        self.body.setSpacing(space.l)
        across = QHBoxLayout()
        across.setSpacing(space.xxl)
        across.addLayout(_column(("Keys", _lines(KEYS, "key"))), 1)
        across.addLayout(_column(("Versions", _lines(versions())), ("Licences", _lines(LICENCES))), 1)
        self.body.addLayout(across)
        self.body.addWidget(rule())
        self.body.addLayout(_column(("Where things lie", _places(workspace))))
        tour = button("Show me around", name="help.tour", icon="play")
        tour.clicked.connect(self._take_tour)
        self.aside.addWidget(tour)
        close = button("Close", name="help.close", variant="primary")
        self.add_button(close, self.accept, default=True).setFocus()

    def _take_tour(self) -> None:
        self.accept()
        self.tour_wanted.emit()


def versions() -> tuple[tuple[str, str], ...]:
    """What runs here, and which version of it."""
    return (
        ("DiveGov Steward", __version__),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("SQLite", sqlite_version()),
        ("System", f"{platform.system()} {platform.machine()}"),
    )


def places(workspace: str) -> tuple[tuple[str, str, str], ...]:
    """What lies where: what it is, its path, and how its copy button is called."""
    folder = paths.data_folder()
    return (
        ("Open now", workspace, "workspace"),
        ("Settings", str(folder / "window.ini"), "settings"),
        ("Log of failures", str(folder / "crash.log"), "log"),
    )


def _column(*parts: tuple[str, QGridLayout]) -> QVBoxLayout:
    made = QVBoxLayout()
    made.setSpacing(theme.current().space.s)
    for title, content in parts:
        made.addWidget(label(title, "overline"))
        made.addLayout(content)
        made.addSpacing(theme.current().space.s)
    made.addStretch(1)
    return made


def _lines(lines: tuple[tuple[str, str], ...], role: str = "muted") -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.current().space.l)
    grid.setVerticalSpacing(6)
    for at, (what, value) in enumerate(lines):
        grid.addWidget(label(what), at, 0)
        grid.addWidget(label(value, role), at, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return grid


def _places(workspace: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.current().space.l)
    grid.setVerticalSpacing(2)
    for at, (what, path, name) in enumerate(places(workspace)):
        copy = tool_button("copy", name=f"help.copy.{name}", accessible=f"Copy: {what.lower()}")
        copy.clicked.connect(lambda _=False, path=path: QGuiApplication.clipboard().setText(path))
        grid.addWidget(label(what), at, 0)
        grid.addWidget(ElidedLabel(path, elide=Qt.TextElideMode.ElideMiddle, name=f"help.{name}"), at, 1)
        grid.addWidget(copy, at, 2)
    grid.setColumnStretch(1, 1)
    return grid

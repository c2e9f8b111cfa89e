"""Where an ingestion begins: the three ways in, and the one button that starts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.file_pane import FilePane
from divegov_gui.ui.pages.ingest.generate_pane import GeneratePane
from divegov_gui.ui.pages.ingest.order import Order
from divegov_gui.ui.pages.ingest.parts import Views, tab_after
from divegov_gui.ui.pages.ingest.watch_pane import WatchPane
from divegov_gui.ui.pages.ingest.ways import Way, WayChoice
from divegov_gui.ui.tasks import Worker
from divegov_gui.ui.watching import FolderWatcher
from divegov_gui.ui.widgets import button, icon_label, plural, restyle, rule
from divegov_gui.ui.widgets.elided_label import ElidedLabel

GENERATE, FILE, WATCH = "generate", "file", "watch"
_WAYS = (
    Way(GENERATE, "Generate divers", "synthetic", "Realistic people with known defects: see what is caught."),
    Way(FILE, "From a file", "file", "Records that you bring: CSV, Excel, JSON or JSON Lines."),
    Way(WATCH, "Watch a folder", "folder", "Files that arrive in a folder come in by themselves."),
)
Pane = GeneratePane | FilePane | WatchPane


class SetupView(QWidget):
    """The choice on top, its pane under it, and what will happen, with the button, below."""

    start_wanted = Signal(object)
    """An Order to run."""
    batch_wanted = Signal(object)
    """The number of a batch whose result is wanted."""

    def __init__(
        self, reader: Worker, watching: Callable[[], FolderWatcher], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._promise, self._tone = "", ""
        self._is_allowed = True
        self._said_of: dict[str, str] = {}
        self._reader, self._watching = reader, watching
        self._panes = Views()
        self.generate = GeneratePane()
        self._add(self.generate)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.m)
        column.addLayout(self._choice_line())
        column.addWidget(self._panes, 1)
        column.addWidget(self._footer())
        self._refresh()

    @cached_property
    def file(self) -> FilePane:
        """The pane for a file, made when it is first wanted."""
        made = FilePane(self._reader)
        self._add(made)
        tab_after(self.generate.last_field, made)
        return made

    @cached_property
    def watch(self) -> WatchPane:
        """The pane for a folder, made when it is first wanted."""
        made = WatchPane(self._watching())
        made.batch_wanted.connect(self.batch_wanted)
        self._add(made)
        return made

    @property
    def way(self) -> str:
        """The way that is chosen: ``generate``, ``file`` or ``watch``."""
        return self.ways.current

    def choose(self, way: str) -> None:
        """Choose a way in."""
        self.ways.choose(way)
        self._turn_to(way)

    def promise(self, text: str, tone: str = "", watched: str = "") -> None:
        """Say beside the button what will happen; `watched` where a folder is to be watched."""
        self._said_of = {WATCH: watched or text}
        self._promise, self._tone = text, tone
        self._refresh()

    def allow(self, is_allowed: bool) -> None:
        """Whether one may ingest in the role that one has."""
        self._is_allowed = is_allowed
        self._refresh()

    def start(self) -> None:
        """Do what the button does: start or stop, or show what must be corrected first."""
        pane = self._pane
        if not self._is_allowed:
            return
        if isinstance(pane, WatchPane):
            pane.toggle()
            return
        order = pane.order()
        if order is None:
            pane.focus_problem()
        else:
            self.start_wanted.emit(order)

    def focus_first(self) -> None:
        """Put the focus on the button that starts."""
        self.start_button.setFocus()

    # --- inside
    @property
    def _pane(self) -> Pane:
        if self.way == GENERATE:
            return self.generate
        return self.file if self.way == FILE else self.watch

    def _choice_line(self) -> QHBoxLayout:
        space = theme.current().space
        row = QHBoxLayout()
        row.setContentsMargins(space.xl, 0, space.xl, 0)
        row.setSpacing(space.l)
        self.ways = WayChoice(_WAYS)
        self.ways.chosen.connect(self._turn_to)
        self._way_text = ElidedLabel(_WAYS[0].text)
        row.addWidget(self.ways)
        row.addWidget(self._way_text, 1)
        return row

    def _footer(self) -> QWidget:
        space = theme.current().space
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rule())
        row = QHBoxLayout()
        row.setContentsMargins(space.xl, space.m, space.xl - 2, space.m)
        row.setSpacing(space.s)
        self._sign = icon_label("info", "muted", 18)
        self._said = ElidedLabel(role="body")
        self._said.setObjectName("ingest.promise")
        self.start_button = button("Ingest", name="ingest.start", variant="primary", icon="ingest")
        self.start_button.setToolTip("Ctrl+Enter")
        self.start_button.clicked.connect(self.start)
        row.addWidget(self._sign)
        row.addWidget(self._said, 1)
        row.addWidget(self.start_button)
        column.addLayout(row)
        return made

    def _add(self, pane: Pane) -> None:
        self._panes.add(pane)
        pane.changed.connect(self._refresh)

    def _turn_to(self, way: object) -> None:
        self._panes.show_view(self._pane)
        self._way_text.set_full(next(each.text for each in _WAYS if each.key == way))
        self._refresh()

    def _refresh(self) -> None:
        """Say what the button does, or what is in its way."""
        pane = self._pane
        text, icon = _does(pane)
        waiting = pane.waiting_for()
        promise = self._said_of.get(self.way, self._promise)
        self.start_button.setText(text)
        self.start_button.setAccessibleName(text)
        self.start_button.setAccessibleDescription(waiting or promise)
        theme.set_icon(self.start_button, icon, "accent_text")
        nothing_yet = _waits(pane)
        self.start_button.setEnabled(self._is_allowed and not nothing_yet)
        wrong = bool(waiting) and not nothing_yet and self._is_allowed
        tone = "danger" if wrong else self._tone
        self._said.set_full((waiting if self._is_allowed else "") or promise)
        self._said.setProperty("tone", tone or "muted")
        restyle(self._said)
        theme.set_icon(self._sign, tone or "info", tone or "muted", 18)


def _does(pane: Pane) -> tuple[str, str]:
    """What the button says, and its icon."""
    if isinstance(pane, WatchPane):
        return ("Stop watching", "stop") if pane.is_on else ("Watch this folder", "play")
    order = pane.order()
    return (f"Ingest {plural(order.count, 'record')}" if isinstance(order, Order) else "Ingest"), "ingest"


def _waits(pane: Pane) -> bool:
    """Whether there is nothing yet that the button could take."""
    if isinstance(pane, WatchPane):
        return not pane.is_ready
    return isinstance(pane, FilePane) and (pane.file is None or pane.is_looking)

"""Where an ingestion begins: the two ways in, and the one button that starts."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.file_pane import FilePane
from divegov_gui.ui.pages.ingest.generate_pane import GeneratePane
from divegov_gui.ui.pages.ingest.order import Order
from divegov_gui.ui.pages.ingest.parts import Views, tab_after
from divegov_gui.ui.pages.ingest.ways import Way, WayChoice
from divegov_gui.ui.tasks import Worker
from divegov_gui.ui.widgets import button, icon_label, plural, restyle, rule
from divegov_gui.ui.widgets.elided_label import ElidedLabel

GENERATE, FILE = "generate", "file"
_WAYS = (
    Way(GENERATE, "Generate divers", "synthetic", "Realistic people with known defects: see what is caught."),
    Way(FILE, "From a file", "file", "Records that you bring: CSV, Excel, JSON or JSON Lines."),
)


class SetupView(QWidget):
    """The choice on top, its pane under it, and what will happen, with the button, below."""

    start_wanted = Signal(object)
    """An Order to run."""

    def __init__(self, reader: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._promise, self._tone = "", ""
        self._reader = reader
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

    @property
    def way(self) -> str:
        """The way that is chosen: ``generate`` or ``file``."""
        return self.ways.current

    def choose(self, way: str) -> None:
        """Choose a way in."""
        self.ways.choose(way)
        self._turn_to(way)

    def promise(self, text: str, tone: str = "") -> None:
        """Say beside the button what will happen."""
        self._promise, self._tone = text, tone
        self._refresh()

    def start(self) -> None:
        """Do what the button does: start, or show what must be corrected first."""
        order = self._pane.order()
        if order is None:
            self._pane.focus_problem()
        else:
            self.start_wanted.emit(order)

    def focus_first(self) -> None:
        """Put the focus on the button that starts."""
        self.start_button.setFocus()

    # --- inside
    @property
    def _pane(self) -> GeneratePane | FilePane:
        return self.generate if self.way == GENERATE else self.file

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

    def _add(self, pane: GeneratePane | FilePane) -> None:
        self._panes.add(pane)
        pane.changed.connect(self._refresh)

    def _turn_to(self, way: object) -> None:
        self._panes.show_view(self._pane)
        self._way_text.set_full(next(each.text for each in _WAYS if each.key == way))
        self._refresh()

    def _refresh(self) -> None:
        """Say what the button does, or what is in its way."""
        order = self._pane.order()
        waiting = self._pane.waiting_for()
        text = f"Ingest {plural(order.count, 'record')}" if isinstance(order, Order) else "Ingest"
        self.start_button.setText(text)
        self.start_button.setAccessibleName(text)
        self.start_button.setAccessibleDescription(waiting or self._promise)
        theme.set_icon(self.start_button, "ingest", "accent_text")
        nothing_yet = self.way == FILE and (self.file.file is None or self.file.is_looking)
        self.start_button.setEnabled(not nothing_yet)
        wrong = bool(waiting) and not nothing_yet
        tone = "danger" if wrong else self._tone
        self._said.set_full(waiting or self._promise)
        self._said.setProperty("tone", tone or "muted")
        restyle(self._said)
        theme.set_icon(self._sign, tone or "info", tone or "muted", 18)

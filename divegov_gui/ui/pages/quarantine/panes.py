"""Three panes side by side: facets, grid, record; the outer two fold away, and how one left them is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.columns import Marks
from divegov_gui.ui.pages.quarantine.history_view import HistoryView
from divegov_gui.ui.pages.quarantine.record_panel import RecordPanel
from divegov_gui.ui.pages.quarantine.story_view import StoryView
from divegov_gui.ui.settings import UiSettings

_NARROW, _WIDE = (212, 284), (236, 360)
"""Widths of the outer panes, until a person drags them."""
_AMPLE = 1400
_ROOMY = 960
"""Pixels from which on the facets are open, until a person says otherwise."""


class Panes(QSplitter):
    """The splitter and its three panes."""

    facets_toggled = Signal(object)
    panel_toggled = Signal(object)

    def __init__(self, facets: QWidget, centre: QWidget, marks: Marks, settings: UiSettings) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._settings = settings
        self.story = StoryView(marks.mask_personal)
        self.history = HistoryView()
        self.panel = RecordPanel(marks, self.story, self.history)
        self._facets, self._centre = facets, centre
        self.setChildrenCollapsible(False)
        self.setHandleWidth(theme.current().space.s)
        for pane in (facets, centre, self.panel):
            self.addWidget(pane)
        self.setStretchFactor(1, 1)
        self._sizes = [self._kept("facets_width", 0), self._kept("panel_width", 0)]
        self.facets_are_shown = self._kept("facets", 1) == 1
        self._chose = settings.value("quarantine/facets") is not None
        self.panel_is_shown = self._kept("panel", 1) == 1
        self._facets.setVisible(self.facets_are_shown)
        self.panel.setVisible(self.panel_is_shown)
        self.splitterMoved.connect(self._take_sizes)

    def show_facets(self, shown: bool) -> None:
        """Open the facets or fold them away."""
        if shown != self.facets_are_shown:
            self._chose = True
            self._settings.set_value("quarantine/facets", int(shown))
            self._show_facets(shown)

    def show_panel(self, shown: bool) -> None:
        """Open the record or fold it away."""
        if shown != self.panel_is_shown:
            self.panel_is_shown = shown
            self.panel.setVisible(shown)
            self._settings.set_value("quarantine/panel", int(shown))
            self._give()
            self.panel_toggled.emit(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= _ROOMY
        if not self._chose and roomy != self.facets_are_shown:
            self._show_facets(roomy)
        self._give()

    def _show_facets(self, shown: bool) -> None:
        self.facets_are_shown = shown
        self._facets.setVisible(shown)
        self._give()
        self.facets_toggled.emit(shown)

    def _give(self) -> None:
        """The outer panes keep their widths, and the grid takes what is left."""
        usual = _WIDE if self.width() >= _AMPLE else _NARROW
        facets = (self._sizes[0] or usual[0]) if self.facets_are_shown else 0
        panel = (self._sizes[1] or usual[1]) if self.panel_is_shown else 0
        self.setSizes([facets, max(200, self.width() - facets - panel), panel])

    def _take_sizes(self, *_: object) -> None:
        facets, _centre, panel = self.sizes()
        for place, (name, size) in enumerate((("facets_width", facets), ("panel_width", panel))):
            if size:
                self._sizes[place] = size
                self._settings.set_value(f"quarantine/{name}", size)

    def _kept(self, name: str, default: int) -> int:
        found = self._settings.value(f"quarantine/{name}", default)
        try:
            return int(str(found))
        except ValueError:
            return default

"""The table of a preview: Space ticks the selected records or leaves them out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from divegov_gui.ui.pages.quarantine.preview_model import PreviewModel

_WIDTHS = {0: 104, 1: 116, 4: 150}


class PreviewTable(QTableView):
    """Before, after, and what would come of it."""

    def __init__(self, model: PreviewModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Before and after")
        self.setAccessibleDescription("Space leaves the selected records out, or takes them in again.")
        self._preview = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMinimumHeight(200)
        side, head = self.verticalHeader(), self.horizontalHeader()
        side.setVisible(False)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(28)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setStretchLastSection(False)
        for section, width in _WIDTHS.items():
            self.setColumnWidth(section, width)
        for section in (2, 3):  # what is compared gets the room that there is
            head.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # two long addresses mostly differ at their ends

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            parts = sorted((part.top(), part.bottom()) for part in list(self.selectionModel().selection()))  # type: ignore[call-overload]
            self._preview.toggle([row for top, bottom in parts for row in range(top, bottom + 1)])
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would look through every row."""

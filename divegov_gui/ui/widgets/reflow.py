"""Cells of one width in as many columns as fit."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget


class Reflow(QWidget):
    """Cells that arrange themselves anew with every width: row by row, or, with `down`, column by column.

    Read downwards they fill no more columns than their rows need; read across they keep the columns that would fit.
    """

    def __init__(
        self,
        least_width: int,
        *,
        most_columns: int,
        gaps: tuple[int, int],
        down: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`gaps` in pixels: between columns, and between rows."""
        super().__init__(parent)
        self._least, self._most, self._down = least_width, most_columns, down
        self._cells: list[QWidget] = []
        self._columns = 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gaps[0])
        self._grid.setVerticalSpacing(gaps[1])

    def set_cells(self, cells: list[QWidget]) -> list[QWidget]:
        """Show `cells`; returns the earlier ones, which are the caller's to let go."""
        earlier, self._cells = self._cells, list(cells)
        for old in earlier:
            self._grid.removeWidget(old)
        self._arrange(self._fitting())
        return earlier

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange(self._fitting())

    def _fitting(self) -> int:
        gap = self._grid.horizontalSpacing()
        columns = max(1, min(self._most, (self.width() + gap) // (self._least + gap)))
        if self._down and self._cells:
            rows = -(-len(self._cells) // min(columns, len(self._cells)))
            columns = -(-len(self._cells) // rows)
        return columns

    def _arrange(self, columns: int) -> None:
        for column in range(self._columns):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        rows = max(1, -(-len(self._cells) // columns))
        for place, cell in enumerate(self._cells):
            row, column = (place % rows, place // rows) if self._down else divmod(place, columns)
            self._grid.addWidget(cell, row, column)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        self.updateGeometry()

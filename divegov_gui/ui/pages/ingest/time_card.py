"""How long each stage of an ingestion took."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from divegov_gui.core.numbers import decimal
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.words import seconds
from divegov_gui.ui.widgets import Card, label, rule


class TimeCard(Card):
    """Stages under each other, their sum, and how many records a second that is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Time", "By stage, as it went by on the clock.", parent)
        self.setObjectName("ingest.time")
        self._table: QWidget | None = None

    def set_times(self, stages: list[tuple[str, float]], records: int) -> None:
        """Show `stages` (name, seconds) of a run that took in `records`."""
        if self._table is not None:
            self.body.removeWidget(self._table)
            self._table.deleteLater()
        self._table = QWidget()
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.current().space.s)
        for row, (name, value) in enumerate(stages):
            _line(grid, row, name, seconds(value), "body")
        total = sum(value for _, value in stages)
        grid.addWidget(rule(), len(stages), 0, 1, 2)
        _line(grid, len(stages) + 1, "In all", seconds(total), "strong")
        if total > 0:
            _line(grid, len(stages) + 2, "Speed", f"{decimal(records / total, 0)} records/s", "muted")
        self.body.addWidget(self._table)
        self.setAccessibleDescription(", ".join(f"{name} {seconds(value)}" for name, value in stages))


def _line(grid: QGridLayout, row: int, name: str, value: str, role: str) -> None:
    grid.addWidget(label(name, role), row, 0)
    grid.addWidget(label(value, role), row, 1, Qt.AlignmentFlag.AlignRight)

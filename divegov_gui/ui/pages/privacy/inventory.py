"""What an erasure finds of a person, place by place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from divegov_gui.services.subject_papers import place_name
from divegov_gui.services.subjects import InventoryLine
from divegov_gui.ui.widgets import CellBadge, Column
from divegov_gui.ui.widgets.density import hold_rows
from divegov_gui.ui.widgets.list_table import ListTable

_HEAD, _LEAST_ROWS = 39, 4
_FATES = {
    "Removed": CellBadge("Removed", "danger", "erase"),
    "Emptied": CellBadge("Emptied of values", "danger", "erase"),
    "Anonymised": CellBadge("Anonymised", "warning", "hide"),
    "Stays": CellBadge("Stays, names nobody", "info", "link"),
}


def _fate(line: InventoryLine) -> CellBadge:
    if not line.rows:
        return CellBadge("Nothing found", "neutral", "unchanged")
    return _FATES.get(line.fate, CellBadge(line.fate, "danger", "erase"))


_COLUMNS = (
    Column(
        "place", "Place", 250, sortable=False, format=place_name, tooltip=lambda line: f"Table {line.place}"
    ),
    Column("rows", "Rows", 80, sortable=False, align_right=True),
    Column("fate", "What becomes of them", 220, sortable=False, badge=_fate, tooltip=lambda line: line.fate),
)


class InventoryTable(ListTable):
    """Every place that was searched, how many rows it holds of the person, and what becomes of them."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            _COLUMNS,
            name=name,
            accessible="What was found",
            key="place",
            description="Every place that was searched, and how many rows it holds.",
            parent=parent,
        )
        self.stretch("place")
        hold_rows(self, _LEAST_ROWS, _LEAST_ROWS, _HEAD)

    def sizeHint(self) -> QSize:
        """It asks for little, and takes what there is."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def show_lines(self, lines: Sequence[InventoryLine]) -> None:
        """Show an inventory, the places where something was found first."""
        self.show_rows(sorted(lines, key=lambda line: not line.rows))
        hold_rows(self, _LEAST_ROWS, max(_LEAST_ROWS, len(lines)), _HEAD)

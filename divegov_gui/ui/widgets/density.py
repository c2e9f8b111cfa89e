"""How high a table's rows are: comfortable, or compact, for all tables at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHeaderView, QTableView

COMFORTABLE, COMPACT = "comfortable", "compact"
DENSITIES = (COMFORTABLE, COMPACT)
_HEIGHTS, _HELD = "rowHeights", "heldRows"
_density = COMFORTABLE


def density() -> str:
    """``comfortable`` or ``compact``."""
    return _density


def set_density(name: str) -> None:
    """Choose a density, for the tables that there are and those to come; another name counts as comfortable."""
    global _density
    _density = name if name in DENSITIES else COMFORTABLE
    for widget in QApplication.allWidgets():
        if widget.property(_HEIGHTS):
            _apply(cast("QHeaderView", widget))


def follow_density(rows: QHeaderView, comfortable: int, compact: int) -> None:
    """Have a table's rows, by their vertical header, be as high as the density says; in pixels."""
    rows.setProperty(_HEIGHTS, [comfortable, compact])
    _apply(rows)


def hold_rows(table: QTableView, least: int, most: int, extra: int) -> None:
    """Have a table be as high as `least` to `most` of its rows, however high they are, and `extra` pixels."""
    table.setProperty(_HELD, [least, most, extra])
    _hold(table)


def _apply(rows: QHeaderView) -> None:
    comfortable, compact = rows.property(_HEIGHTS)
    rows.setDefaultSectionSize(compact if _density == COMPACT else comfortable)
    table = rows.parentWidget()
    if table is not None and table.property(_HELD):
        _hold(cast("QTableView", table))


def _hold(table: QTableView) -> None:
    least, most, extra = table.property(_HELD)
    row = table.verticalHeader().defaultSectionSize()
    table.setMinimumHeight(extra + least * row)
    table.setMaximumHeight(extra + most * row)
    table.updateGeometry()

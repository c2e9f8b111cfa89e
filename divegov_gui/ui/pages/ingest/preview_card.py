"""The first records of a file as they stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.files import SourceFile
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import Card, Column, DataTable, RowRequest

_NARROW, _WIDE, _LETTER = 80, 240, 8


class PreviewCard(Card):
    """A table of the first records; columns that no field takes stand back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("First records", " ", parent)
        space = theme.current().space
        self.body.setContentsMargins(space.l, space.m, space.l, space.m)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._used: frozenset[str] = frozenset()
        self._rows: list[dict[str, str | None]] = []
        self.table = DataTable([], self._fetch, name="ingest.preview", accessible="First records of the file")
        self.table.setAccessibleDescription("The arrow keys move; Ctrl+C copies the selected records.")
        self.table.setMinimumHeight(180)
        self.body.addWidget(self.table, 1)

    def set_file(self, file: SourceFile) -> None:
        """Show the first records of `file`."""
        assert self.header is not None
        shown = len(file.preview)
        if shown < file.row_count:
            which = f"The first {shown} of {grouped(file.row_count)}"
        else:
            which = "The only one" if shown == 1 else f"All {shown}"
        self.header.set_subtitle(f"{which}, as text; ✓ marks what is taken.")
        self._rows = [dict(zip(file.columns, row, strict=True)) for row in file.preview]
        model = self.table.rows
        model.columns = tuple(self._column(name) for name in file.columns)
        model.reset(len(self._rows))
        for place, column in enumerate(model.columns):
            self.table.setColumnWidth(place, column.width)

    def set_mapping(self, mapping: Mapping[str, str]) -> None:
        """Mark the columns that a field takes."""
        self._used = frozenset(mapping.values())
        model = self.table.rows
        model.columns = tuple(replace(column, title=self._title(column.name)) for column in model.columns)
        if model.columns:
            model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(model.columns) - 1)
        self.table.viewport().update()

    def _column(self, name: str) -> Column:
        return Column(
            name,
            self._title(name),
            _width(name, [row[name] for row in self._rows]),
            sortable=False,
            tone=lambda _: "" if name in self._used else "neutral",
        )

    def _fetch(self, request: RowRequest) -> None:
        self.table.rows.deliver(request, self._rows[request.first : request.first + request.count])

    def _title(self, column: str) -> str:
        return f"✓ {column}" if column in self._used else column


def _width(name: str, values: list[str | None]) -> int:
    """Room for most of what stands in a column."""
    longest = max([len(name) + 4, *(len(value or "") for value in values[:20])])
    return max(_NARROW, min(_WIDE, longest * _LETTER + 24))

"""The first records of a file as they stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from divegov_gui.core.records import FIELDS
from divegov_gui.services.files import SourceFile
from divegov_gui.ui.widgets import Card, Column, DataTable, RowRequest

_LABELS = {field.name: field.label for field in FIELDS}
_NARROW, _WIDE, _LETTER = 80, 240, 8


class PreviewCard(Card):
    """A table of the first records; columns that no field takes stand back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("First records", " ", parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.table: DataTable | None = None
        self._used: dict[str, str] = {}

    def set_file(self, file: SourceFile) -> None:
        """Show the first records of `file`."""
        assert self.header is not None
        shown = len(file.preview)
        which = f"The first {shown} of {file.row_count:,}" if shown < file.row_count else f"All {shown}"
        self.header.set_subtitle(f"{which}, every value as the text that it is.")
        if self.table is not None:
            self.body.removeWidget(self.table)
            self.table.deleteLater()
        self.table = self._make_table(file)
        self.body.addWidget(self.table, 1)

    def set_mapping(self, mapping: Mapping[str, str]) -> None:
        """Say over each column which field takes it."""
        self._used = {column: _LABELS[field] for field, column in mapping.items()}
        if self.table is not None:
            model = self.table.rows
            model.columns = tuple(replace(column, title=self._title(column.name)) for column in model.columns)
            model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(model.columns) - 1)
            self.table.viewport().update()

    def _make_table(self, file: SourceFile) -> DataTable:
        rows = [dict(zip(file.columns, row, strict=True)) for row in file.preview]
        columns = [
            Column(
                name,
                self._title(name),
                _width(name, [row[name] for row in rows]),
                sortable=False,
                tone=lambda _, name=name: "" if name in self._used else "neutral",  # type: ignore[misc]
            )
            for name in file.columns
        ]

        def fetch(request: RowRequest) -> None:
            made.rows.deliver(request, rows[request.first : request.first + request.count])

        made = DataTable(columns, fetch, name="ingest.preview", accessible="First records of the file")
        made.setAccessibleDescription("The arrow keys move; Ctrl+C copies the selected records.")
        made.setMinimumHeight(180)
        made.rows.reset(len(rows))
        return made

    def _title(self, column: str) -> str:
        field = self._used.get(column, column)
        return column if field.casefold() == column.casefold() else f"{column} → {field}"


def _width(name: str, values: list[str | None]) -> int:
    """Room for most of what stands in a column."""
    longest = max([len(name) + 2, *(len(value or "") for value in values[:20])])
    return max(_NARROW, min(_WIDE, longest * _LETTER + 24))

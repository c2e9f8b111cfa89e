"""A table of rows that are all at hand: no page of it has to be waited for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.widgets.data_table import DataTable
from divegov_gui.ui.widgets.table_columns import Column, Row
from divegov_gui.ui.widgets.virtual_model import BLOCK, CACHED_BLOCKS, RowRequest


class ListTable(DataTable):
    """A DataTable over a list; one row is selected at a time."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        name: str,
        accessible: str,
        key: str = "",
        description: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._list: list[Row] = []
        super().__init__(columns, self._deliver, name=name, accessible=accessible, key=key, parent=parent)
        self.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        if description:
            self.setAccessibleDescription(description)

    @property
    def list(self) -> Sequence[Row]:
        """The rows, in their order."""
        return self._list

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show `rows`; the first pages of them are there at once."""
        self._list = list(rows)
        self.rows.reset(len(self._list))
        for first in range(0, min(len(self._list), BLOCK * CACHED_BLOCKS), BLOCK):
            count = min(BLOCK, len(self._list) - first)
            self._deliver(RowRequest(self.rows.generation, first, count))

    def _deliver(self, request: RowRequest) -> None:
        self.rows.deliver(request, self._list[request.first : request.first + request.count])

"""The whole directory as it stood at an instant: how many divers there were, who they were, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.progress import CancelToken
from divegov_gui.services.directory import Directory, KnownDiver, read_known
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.masking import masked
from divegov_gui.ui.times import both_times, local_time
from divegov_gui.ui.widgets import CellBadge, Column, DataTable, RowRequest, StatTile, WorkerFetch

_SINCE = {
    "Same": CellBadge("Unchanged", "neutral", "unchanged"),
    "Changed": CellBadge("Changed since", "warning", "edit"),
    "Deleted": CellBadge("Deleted since", "danger", "delete"),
}

_MILLIONS_WIDE, _CHANGES_WIDE = 186, 119
"""Room in the tiles for seven digits, and for the few that changed."""


class KnownRow:
    """One diver as known at the instant, with its cells as attributes."""

    def __init__(self, known: KnownDiver, mask: bool) -> None:
        version = known.version
        self.diver_id, self.since = version.diver_id, known.since
        for name, column in (
            ("first_name", "First_Name"),
            ("last_name", "Last_Name"),
            ("email", "Email"),
            ("certification", "Certification"),
        ):
            value = version.value(column) or ""
            setattr(self, name, masked(column, value) if mask else value)
        self.since_when = local_time(version.valid_from)
        self.exactly = both_times(version.valid_from)


class DirectoryView(QWidget):
    """Counts then and now, and a page of the directory as of the instant; Enter opens a diver's history."""

    diver_opened = Signal(object)
    """The id of a diver."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._directory: Directory | None = None
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.m)
        layout.addLayout(self._tiles())
        self.table = self._table()
        layout.addWidget(self.table, 1)

    def show_directory(self, directory: Directory) -> None:
        """Show the directory as of an instant."""
        self._directory = directory
        now = directory.instant is None
        self._then.set_value(len(directory.ids), "in the directory")
        self._today.set_value(directory.count_now, "in the directory")
        for tile, count, words in (
            (self._created, directory.created, "since then"),
            (self._changed, directory.changed, "since then"),
            (self._deleted, directory.deleted, "since then"),
        ):
            tile.set_value(None if now else count, "choose an earlier time" if now else words)
        self.table.setColumnHidden(_SINCE_THEN, now)  # nothing can have become of them since now
        self.table.stretch("email")
        self.table.rows.reset_keys(directory.ids)

    # --- building
    def _tiles(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._then = StatTile("Divers then", "clock", name="history.count_then")
        self._today = StatTile("Divers now", "person", name="history.count_now")
        self._created = StatTile("Created", "add", name="history.count_created", tone="success")
        self._changed = StatTile("Changed", "edit", name="history.count_changed", tone="warning")
        self._deleted = StatTile("Deleted", "delete", name="history.count_deleted", tone="danger")
        for tile in (self._then, self._today, self._created, self._changed, self._deleted):
            tile.setMinimumWidth(_MILLIONS_WIDE if tile in (self._then, self._today) else _CHANGES_WIDE)
            row.addWidget(tile)
        return row

    def _table(self) -> DataTable:
        fetch = WorkerFetch(self._context.reader, self._load)
        table = DataTable(
            _COLUMNS,
            fetch,
            name="history.directory",
            accessible="Divers as of the instant",
            key="diver_id",
        )
        fetch.serve(table.rows)
        table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        table.stretch("email")
        table.set_placeholder("No diver was known then", "Choose a later instant.")
        table.row_activated.connect(lambda row: self.diver_opened.emit(row.diver_id))
        return table

    def _load(self, session: Any, request: RowRequest, cancel: CancelToken) -> Sequence[KnownRow]:
        instant = self._directory.instant if self._directory else None
        found = read_known(session, instant, request.keys or (), cancel)
        return [KnownRow(each, self._context.mask_personal) for each in found]


_COLUMNS = (
    Column("diver_id", "Diver", 76, sortable=False, align_right=True, format=str),
    Column("first_name", "First name", 116, sortable=False),
    Column("last_name", "Last name", 116, sortable=False),
    Column("email", "Email", 200, sortable=False, tooltip=lambda row: row.email),
    Column("certification", "Certification", 150, sortable=False),
    Column("since_when", "Valid from", 150, sortable=False, tooltip=lambda row: row.exactly),
    Column("since", "Since then", 150, sortable=False, badge=lambda row: _SINCE[row.since]),
)
_SINCE_THEN = len(_COLUMNS) - 1
"""The column that says what became of a diver since."""

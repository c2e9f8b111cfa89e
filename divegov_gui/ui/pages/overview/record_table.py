"""Every record of a batch as it arrived, with what became of it and where it went."""

from __future__ import annotations

from array import array
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import FIELDS
from divegov_gui.services.batches import RawRow
from divegov_gui.services.quality import BatchSummary
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.overview.work_batches import fetch_records, list_records
from divegov_gui.ui.widgets import (
    OUTCOMES,
    CellBadge,
    Column,
    DataTable,
    WorkerFetch,
    button,
    label,
    plural,
)
from divegov_gui.ui.widgets.chips import choose_one

_WIDTHS = {"email": 220, "phone": 140, "certification": 150, "date_of_birth": 110}


class RecordRow:
    """One record with its cells as attributes."""

    def __init__(self, row: RawRow, mask: bool) -> None:
        self.raw = row
        self.raw_id = row.raw_id
        self.source_row = grouped(row.source_row)
        self.outcome = row.outcome or "Not governed"
        self.went = ""
        if row.quarantine_id is not None:
            self.went = f"Record {row.quarantine_id}"
        elif row.diver_id is not None:
            self.went = f"Diver {row.diver_id}"
        for field in FIELDS:
            value = getattr(row, field.name) or ""
            setattr(self, field.name, masked(field.column, value) if mask and value else value)


def _outcome_badge(row: RecordRow) -> CellBadge:
    return CellBadge(row.outcome, row.outcome.lower() if row.raw.outcome else "neutral")


COLUMNS = (
    Column("source_row", "Row", 70, align_right=True, sortable=False),
    Column("outcome", "Outcome", 132, badge=_outcome_badge, sortable=False),
    Column("went", "Went to", 116, sortable=False),
    *(Column(field.name, field.label, _WIDTHS.get(field.name, 126), sortable=False) for field in FIELDS),
)


class RecordTable(QWidget):
    """Enter, or the button, follows a record to its diver or into the quarantine."""

    followed = Signal(object)
    """The RawRow to follow."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._batch: BatchSummary | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.s)
        layout.addLayout(self._head())
        fetch = WorkerFetch(context.reader, self._fetch)
        self.table = DataTable(
            COLUMNS, fetch, name="overview.records", accessible="The batch's records", key="raw_id"
        )
        fetch.serve(self.table.rows)
        self.table.setAccessibleDescription("Enter follows a record to its diver or into the quarantine.")
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.table.row_activated.connect(self._follow)
        self.table.current_changed.connect(self._take_current)
        layout.addWidget(self.table, 1)

    def show_batch(self, batch: BatchSummary) -> None:
        """List the records of `batch`, all of them."""
        self._batch = batch
        for key, chip in self._chips.items():
            count = batch.loaded if not key else getattr(batch.outcomes, key.lower(), 0)
            chip.setText(f"{key or 'All'} {grouped(count)}")
            chip.setAccessibleName(f"{key or 'All'}: {plural(count, 'record')}")
            chip.setEnabled(not key or batch.outcomes is not None)
        self._chips[""].setChecked(True)
        purged = "The raw values were purged; the outcomes stay." if batch.purged_at else ""
        self._note.setText(purged)
        self._list("")

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        self._chips: dict[str, QPushButton] = {}
        for key in ("", *(words for _, words, _ in OUTCOMES)):
            chip = button(key or "All", name=f"overview.records.{key.lower() or 'all'}")
            chip.clicked.connect(partial(self._list, key))
            self._chips[key] = chip
            row.addWidget(chip)
        choose_one(self, list(self._chips.values()))
        self._note = label("", "hint", name="overview.records_note")
        row.addWidget(self._note)
        row.addStretch(1)
        self.follow = button("Follow", name="overview.follow", icon="detail")
        self.follow.clicked.connect(lambda: self._follow(self.table.current_row()))
        self.follow.setEnabled(False)
        row.addWidget(self.follow)
        return row

    def _fetch(self, session: object, request: object, cancel: object) -> list[RecordRow]:
        rows = fetch_records(session, request, cancel)  # type: ignore[arg-type]
        return [RecordRow(row, self._context.mask_personal) for row in rows]

    def _list(self, outcome: str, _: bool = False) -> None:
        assert self._batch is not None
        self._context.reader.submit(
            partial(list_records, self._batch.batch_id, outcome),
            kind="overview.records",
            on_success=self._show,
            on_failure=self._refuse,
            owner=self,
        )

    def _show(self, keys: array[int]) -> None:
        self.table.set_placeholder("No record has this outcome")
        self.table.rows.reset_keys(keys)
        self.table.go_to(0, 0)

    def _refuse(self, error: DiveGovError) -> None:
        """Say in the table's place why there is nothing to see: an analyst may not read records."""
        self.table.rows.reset(0)
        self.table.set_placeholder(error.title, error.hint)

    def _take_current(self, row: RecordRow | None) -> None:
        self.follow.setEnabled(row is not None and bool(row.went))

    def _follow(self, row: RecordRow | None) -> None:
        if row is not None and row.went:
            self.followed.emit(row.raw)

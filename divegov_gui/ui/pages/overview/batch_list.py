"""All batches as a table, however many there are: found by source, narrowed to days, sorted by any number."""

from __future__ import annotations

from array import array
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.services.batches import BatchQuery
from divegov_gui.services.quality import BatchSummary
from divegov_gui.services.trends import first_time_right
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.words import KINDS, unfinished_text
from divegov_gui.ui.pages.overview.work_batches import fetch_batches, list_batches
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import (
    CellBadge,
    Column,
    DataTable,
    SortChoice,
    WorkerFetch,
    button,
    label,
    plural,
    reveal,
)

_PAUSE_MS = 200


class BatchRow:
    """One batch with its cells as attributes."""

    def __init__(self, batch: BatchSummary) -> None:
        self.batch = batch
        self.batch_id = batch.batch_id
        self.source = batch.source_name
        self.kind = KINDS.get(batch.source_kind, batch.source_kind)
        self.received = local_time(batch.received_at)
        self.loaded = grouped(batch.loaded)
        self.status = "Governed"
        outcomes = batch.outcomes
        for key in ("promoted", "unchanged", "duplicate", "quarantined"):
            setattr(self, key, "" if outcomes is None else grouped(getattr(outcomes, key)))
        self.right = "" if outcomes is None else f"{decimal(100 * first_time_right(outcomes))} %"
        if outcomes is None:
            self.status = "Not governed"
        elif batch.purged_at:
            self.status = "Raw purged"


def _status_badge(row: BatchRow) -> CellBadge:
    tone = {"Governed": "success", "Not governed": "warning"}.get(row.status, "neutral")
    return CellBadge(row.status, tone)


def _status_tip(row: BatchRow) -> str:
    if row.batch.outcomes is None:
        return unfinished_text(row.batch)
    if row.batch.purged_at:
        return f"What the source sent was purged {utc_time(row.batch.purged_at)}; outcomes and counts stay."
    return f"Governed {utc_time(row.batch.governed_at)}"


def _received_tip(row: BatchRow) -> str:
    return f"Received {utc_time(row.batch.received_at)} by {row.batch.received_by}"


def _quarantined_tone(row: BatchRow) -> str:
    return "quarantined" if row.batch.outcomes is not None and row.batch.outcomes.quarantined else ""


COLUMNS = (
    Column("batch_id", "Batch", 56, align_right=True),
    Column("source", "Source", 304, tooltip=lambda row: str(row.source)),
    Column("received", "Received", 142, tooltip=_received_tip),
    Column("loaded", "Loaded", 86, align_right=True),
    Column("promoted", "Promoted", 86, align_right=True),
    Column("quarantined", "Quarantined", 98, align_right=True, tone=_quarantined_tone),
    Column("right", "Right at once", 100, align_right=True, sortable=False),
    Column("unchanged", "Unchanged", 94, align_right=True),
    Column("duplicate", "Duplicate", 86, align_right=True),
    Column("kind", "Kind", 112),
    Column("status", "Status", 130, badge=_status_badge, tooltip=_status_tip, sortable=False),
)
_VIEW_COLUMN = {
    "batch_id": "Batch_ID",
    "source": "Source_Name",
    "kind": "Source_Kind",
    "received": "Received_At",
    "loaded": "Loaded_Count",
    "promoted": "Promoted_Count",
    "unchanged": "Unchanged_Count",
    "duplicate": "Duplicate_Count",
    "quarantined": "Quarantined_Count",
}


class BatchList(QWidget):
    """Enter, a double click or Open shows a batch; two that are selected can be compared."""

    opened = Signal(object)
    """The number of a batch."""
    compared = Signal(object)
    """The numbers of two batches."""
    purge_wanted = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.query = BatchQuery()
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        layout.addLayout(self._head())
        self.table = self._make_table()
        layout.addWidget(self.table, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(
            lambda: self.look_at(replace(self.query, source=self.search.text().strip()))
        )

    def look_at(self, query: BatchQuery) -> None:
        """List what `query` wants."""
        self.query = query
        if self.search.text().strip() != query.source:
            self.search.blockSignals(True)
            self.search.setText(query.source)
            self.search.blockSignals(False)
        days = (
            query.since if query.since == query.until else f"{query.since or '…'} to {query.until or 'today'}"
        )
        self.days.setText(f"Received {days} UTC")
        self.days.setAccessibleName(f"{self.days.text()}: take the filter away")
        reveal(self.days, bool(query.since or query.until))
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew; what is selected stays selected."""
        self._context.reader.submit(
            partial(list_batches, self.query),
            kind="overview.batches",
            on_success=self._show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        self.search = QLineEdit()
        self.search.setObjectName("overview.batch_search")
        self.search.setAccessibleName("Find batches by their source")
        self.search.setPlaceholderText("Find a source")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.search.textChanged.connect(lambda _: self._timer.start())
        row.addWidget(self.search)
        self.days = button("", name="overview.batch_days", icon="close")
        self.days.clicked.connect(lambda: self.look_at(replace(self.query, since="", until="")))
        reveal(self.days, False)
        row.addWidget(self.days)
        self._count = label("", "hint", name="overview.batches_note")
        row.addWidget(self._count)
        row.addStretch(1)
        self.open = button("Open", name="overview.open_batch", icon="detail")
        self.open.clicked.connect(lambda: self.opened.emit(self._selected()[0]))
        self.compare = button(
            "Compare",
            name="overview.compare",
            icon="panel",
            description="Select two batches to compare them.",
        )
        self.compare.clicked.connect(lambda: self.compared.emit(tuple(sorted(self._selected()))))
        purge = button(
            "Purge raw data",
            name="overview.purge",
            icon="erase",
            description="Takes away what sources sent before a day. Outcomes and counts stay.",
        )
        purge.clicked.connect(lambda: self.purge_wanted.emit())
        for each in (self.open, self.compare, purge):
            row.addWidget(each)
        return row

    def _make_table(self) -> DataTable:
        fetch = WorkerFetch(
            self._context.reader,
            lambda session, request, cancel: [
                BatchRow(one) for one in fetch_batches(session, request, cancel)
            ],
        )
        table = DataTable(COLUMNS, fetch, name="overview.batches", accessible="Batches", key="batch_id")
        fetch.serve(table.rows)
        table.stretch("source")
        table.set_sort(SortChoice("batch_id", False))
        table.set_placeholder("No batch matches", "Take the filter away, or look for another source.")
        table.row_activated.connect(lambda row: self.opened.emit(row.batch_id))
        table.selection_changed.connect(self._take_selection)
        table.sort_requested.connect(self._sort)
        return table

    def _show(self, found: tuple[array[int], list[BatchSummary]]) -> None:
        keys, first = found
        selected = self._selected()
        at = self.table.currentIndex().column()
        self.table.rows.reset_keys(keys, [BatchRow(batch) for batch in first])
        self._count.setText(plural(len(keys), "batch", "batches"))
        if len(keys):
            known = bool(selected) and selected[0] in keys
            self.table.go_to(keys.index(selected[0]) if known else 0, at)
        self._take_selection(self.table.selected_count())

    def _selected(self) -> list[int]:
        return [int(key) for key in self.table.selected_keys(3)]

    def _take_selection(self, count: int) -> None:
        self.open.setEnabled(count == 1)
        self.compare.setEnabled(count == 2)

    def _sort(self, choice: SortChoice) -> None:
        self.look_at(
            replace(self.query, sort_by=_VIEW_COLUMN[choice.column], descending=not choice.ascending)
        )

"""The arrivals as a table: newest first, each with what became of its records."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.services.quality import BatchSummary
from divegov_gui.ui import theme
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import CellBadge, Column, DataTable, RowRequest, label
from divegov_gui.ui.widgets.row_delegate import ROW_HEIGHT

_LEAST, _MOST = 3, 10
"""Rows in sight: where the window is small, and where it is large; there are more to scroll to."""
_KINDS = {"synthetic": "Synthetic", "file": "File", "resubmission": "Resubmission"}


class BatchRow:
    """One batch with its cells as attributes."""

    def __init__(self, batch: BatchSummary) -> None:
        self.batch = batch
        self.batch_id = batch.batch_id
        self.source = batch.source_name
        self.kind = _KINDS.get(batch.source_kind, batch.source_kind)
        self.received = local_time(batch.received_at)
        self.by = batch.received_by
        self.loaded = f"{batch.loaded:,}"
        self.status = "Governed"
        outcomes = batch.outcomes
        for key in ("promoted", "unchanged", "duplicate", "quarantined"):
            setattr(self, key, "" if outcomes is None else f"{getattr(outcomes, key):,}")
        if outcomes is None:
            self.loaded = self.status = unfinished_text(batch)


def unfinished_text(batch: BatchSummary) -> str:
    """Where a batch that is not governed stands, and what to do."""
    return (
        f"Not governed yet: {batch.loaded:,} of {batch.declared:,} loaded; "
        "ingest the same source again to go on"
    )


def _loaded_badge(row: BatchRow) -> CellBadge | None:
    return CellBadge(row.status, "warning") if row.batch.outcomes is None else None


def _status_badge(row: BatchRow) -> CellBadge:
    return CellBadge(row.status, "success")


def _quarantined_tone(row: BatchRow) -> str:
    return "quarantined" if row.batch.outcomes is not None and row.batch.outcomes.quarantined else ""


def _received_tip(row: BatchRow) -> str:
    governed = f"\nGoverned {utc_time(row.batch.governed_at)}" if row.batch.governed_at else ""
    return f"Received {utc_time(row.batch.received_at)}{governed}"


_COLUMNS = (
    Column("batch_id", "Batch", 58, sortable=False, align_right=True),
    Column("source", "Source", 110, sortable=False, tooltip=lambda row: str(row.source)),
    Column("kind", "Kind", 84, sortable=False),
    Column("received", "Received", 142, sortable=False, tooltip=_received_tip),
    Column("by", "By", 60, sortable=False),
    Column(
        "loaded",
        "Loaded",
        82,
        sortable=False,
        align_right=True,
        badge=_loaded_badge,
        tooltip=lambda row: row.loaded,
    ),
    Column("promoted", "Promoted", 84, sortable=False, align_right=True),
    Column("unchanged", "Unchanged", 92, sortable=False, align_right=True),
    Column("duplicate", "Duplicate", 80, sortable=False, align_right=True),
    Column("quarantined", "Quarantined", 98, sortable=False, align_right=True, tone=_quarantined_tone),
    Column("status", "Status", 118, sortable=False, badge=_status_badge),
)
_NUMBERS_FROM = [column.name for column in _COLUMNS].index("loaded")


class BatchesTable(QWidget):
    """The newest batches; selecting one tells its number, so that the page shows that batch alone."""

    batch_chosen = Signal(object)
    """The number of the batch that was selected, None where none is any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[BatchRow] = []
        self._filling = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.s)
        head = QHBoxLayout()
        head.addWidget(label("Batches", "heading"))
        head.addStretch(1)
        self._note = label("", "hint")
        head.addWidget(self._note)
        layout.addLayout(head)
        self.table = DataTable(
            _COLUMNS, self._deliver, name="overview.batches", accessible="Batches", key="batch_id"
        )
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.table.stretch("source")
        self.table.selection_changed.connect(self._tell)
        layout.addWidget(self.table, 1)

    def show_batches(self, batches: Sequence[BatchSummary], total: int, chosen: int | None) -> None:
        """Show `batches`, the newest of `total`, with the one of number `chosen` selected."""
        self._rows = [BatchRow(batch) for batch in batches]
        self._filling = True
        self.table.rows.reset(len(self._rows))
        self.table.clearSpans()
        for at, row in enumerate(self._rows):
            if row.batch.outcomes is None:
                self.table.setSpan(at, _NUMBERS_FROM, 1, len(_COLUMNS) - _NUMBERS_FROM)
        self._filling = False
        self.select(chosen)
        shown = len(self._rows)
        self._note.setText(f"The newest {shown:,} of {total:,}" if total > shown else "")

    def fit(self, room: int) -> int:
        """Grow by whole rows into `room` pixels, as far as there are rows; returns what is left of it."""
        rows = min(_MOST, max(_LEAST, len(self._rows)), _LEAST + max(0, room) // ROW_HEIGHT)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + rows * ROW_HEIGHT + 6)
        return room - (rows - _LEAST) * ROW_HEIGHT

    def select(self, batch_id: int | None) -> None:
        """Select the batch of that number without telling; None selects nothing."""
        self._filling = True
        at = next((i for i, row in enumerate(self._rows) if row.batch_id == batch_id), None)
        if at is None:
            self.table.clearSelection()
        else:
            self.table.selectRow(at)
        self._filling = False

    def _deliver(self, request: RowRequest) -> None:
        self.table.rows.deliver(request, self._rows[request.first : request.first + request.count])

    def _tell(self, _: object) -> None:
        if self._filling:
            return
        chosen = self.table.selected_indices(1)
        self.batch_chosen.emit(self._rows[chosen[0]].batch_id if chosen else None)

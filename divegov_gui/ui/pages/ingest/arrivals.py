"""The files that arrived in a watched folder, newest first, each with what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.watching import Taken, WatchEvent
from divegov_gui.ui import theme
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.watching import Arrival
from divegov_gui.ui.widgets import Card, CellBadge, Column, label, plural
from divegov_gui.ui.widgets.list_table import ListTable

_BADGES = {
    Taken.GOVERNED: CellBadge("Governed", "success"),
    Taken.RECOGNISED: CellBadge("Recognised", "unchanged"),
    Taken.REFUSED: CellBadge("Refused", "danger"),
    Taken.KEPT: CellBadge("Kept", "warning"),
}


class ArrivalRow:
    """One arrival with its cells as attributes."""

    def __init__(self, number: int, arrival: Arrival) -> None:
        event = arrival.event
        self.number = number
        self.at, self.utc = local_time(arrival.at), utc_time(arrival.at)
        self.file = event.name
        self.place = str(event.place)
        self.badge = _BADGES[event.outcome]
        self.outcome = self.badge.text
        self.batch_id = event.report.batch.batch_id if event.report is not None else None
        self.why = _what_became(event)


def _what_became(event: WatchEvent) -> str:
    """The counts of a file that came in, or why it did not."""
    if event.outcome is Taken.RECOGNISED and event.report is not None:
        return (
            f"Its content was governed before, as batch {event.report.batch.batch_id}. No record was added."
        )
    if event.reason is not None or event.report is None or event.report.batch.outcomes is None:
        return str(event.reason or "")
    outcomes = event.report.batch.outcomes
    kinds = ("promoted", "unchanged", "duplicate", "quarantined")
    counts = [f"{grouped(count)} {kind}" for kind in kinds if (count := getattr(outcomes, kind))]
    return f"{plural(outcomes.loaded, 'record')}: {', '.join(counts) or 'none'}"


_COLUMNS = (
    Column("at", "Taken", 142, sortable=False, tooltip=lambda row: str(row.utc)),
    Column("file", "File", 150, sortable=False, tooltip=lambda row: str(row.place)),
    Column("outcome", "Outcome", 128, sortable=False, badge=lambda row: row.badge),
    Column("batch_id", "Batch", 62, sortable=False, align_right=True),
    Column("why", "What became of it", 200, sortable=False, tooltip=lambda row: str(row.why)),
)


class Arrivals(Card):
    """The table of arrivals, or that none has come yet. Enter or a double click on a row wants its batch."""

    batch_wanted = Signal(object)
    """The number of the batch that a row's file became."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What came", "Newest first. Enter shows what became of a file's records.", parent)
        self._rows: list[ArrivalRow] = []
        self.body.setSpacing(theme.current().space.s)
        self.table: ListTable = ListTable(
            _COLUMNS, name="ingest.watch.files", accessible="Files that came", key="number"
        )
        self.table.stretch("why")
        self.table.setMinimumHeight(150)
        self.table.row_activated.connect(self._want)
        self._empty = label(
            "Nothing has arrived yet. Put a file into the folder: it is taken within seconds.", wrap=True
        )
        self.body.addWidget(self.table, 1000)
        self.body.addWidget(self._empty)
        self.body.addStretch(1)
        self.table.hide()

    def show_arrivals(self, arrivals: Sequence[Arrival]) -> None:
        """Show what came, newest first."""
        if len(arrivals) == len(self._rows) and not arrivals:
            return
        total = len(arrivals)
        self._rows = [ArrivalRow(total - at, arrival) for at, arrival in enumerate(arrivals)]
        self.table.show_rows(self._rows)
        self.table.show()
        self._empty.hide()

    def _want(self, row: object) -> None:
        assert isinstance(row, ArrivalRow)
        if row.batch_id is not None:
            self.batch_wanted.emit(row.batch_id)

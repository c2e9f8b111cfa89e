"""The batches one by one: which there are, every record of one with its outcome, and purging what is old."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink, no_progress, stages
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.quality import BatchSummary, batch_of
from divegov_gui.services.search_text import require_searchable


@dataclass(frozen=True)
class BatchQuery:
    """Which batches are looked at: a part of the source's name, and the days (UTC) of arrival, both included.

    `sort_by` is a column of Batch_Summary.
    """

    source: str = ""
    since: str = ""
    until: str = ""
    sort_by: str = "Batch_ID"
    descending: bool = True

    @property
    def filters(self) -> list[Filter]:
        """The query in the words of `Session.select`."""
        require_searchable(self.source)
        found = [Filter("Source_Name", "contains", self.source)] if self.source else []
        if self.since:
            found.append(Filter("Received_At", ">=", self.since))
        if self.until:
            found.append(Filter("Received_At", "<", _day_after(self.until)))
        return found

    @property
    def order(self) -> list[Order]:
        """The order; batches that are equal in it stand newest first."""
        newest_first = Order("Batch_ID", descending=True)
        if self.sort_by == "Batch_ID":
            return [Order("Batch_ID", self.descending)]
        return [Order(self.sort_by, self.descending), newest_first]


class RawRow(NamedTuple):
    """One record as it arrived, and what became of it: None where its batch is not governed yet."""

    raw_id: int
    source_row: int
    outcome: str | None
    diver_id: int | None
    quarantine_id: int | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    date_of_birth: str | None
    certification: str | None
    source_reference: str | None


_RAW = (
    "Raw_ID",
    "Source_Row",
    "Outcome",
    "Diver_ID",
    "Quarantine_ID",
    "First_Name",
    "Last_Name",
    "Email",
    "Phone",
    "Date_Of_Birth",
    "Certification",
    "Source_Reference",
)


@dataclass(frozen=True)
class Purged:
    """What a purge takes, or has taken: of `batches` the raw values of `records`.

    `kept` stay for now, since their record still waits in quarantine.
    """

    before: date
    batches: int
    records: int
    kept: int
    newest: tuple[str, ...] = ()
    """The sources of the batches, the newest first, at most five."""


def read_batch_keys(session: Session, query: BatchQuery, cancel: CancelToken | None = None) -> array[int]:
    """The numbers of the batches that match, in order."""
    with interruptible(session, cancel):
        return session.keys("Batch_Summary", "Batch_ID", query.filters, query.order)


def read_batches(
    session: Session, keys: Sequence[int], cancel: CancelToken | None = None
) -> list[BatchSummary]:
    """The batches of those numbers, in any order."""
    with interruptible(session, cancel):
        rows = session.select("Batch_Summary", filters=[Filter("Batch_ID", "in", tuple(keys))])
    return [batch_of(row) for row in rows]


def read_record_keys(
    session: Session, batch_id: int, outcome: str = "", cancel: CancelToken | None = None
) -> array[int]:
    """The raw records of a batch in the order of the source: all, or those of one outcome."""
    filters = [Filter("Batch_ID", "=", batch_id)]
    if outcome:
        filters.append(Filter("Outcome", "=", outcome))
    with interruptible(session, cancel):
        return session.keys("Raw_Divers", "Raw_ID", filters, [Order("Source_Row")])


def read_records(session: Session, keys: Sequence[int], cancel: CancelToken | None = None) -> list[RawRow]:
    """The raw records of those numbers, in any order."""
    with interruptible(session, cancel):
        rows = session.select("Raw_Divers", _RAW, [Filter("Raw_ID", "in", tuple(keys))])
    return [RawRow(*(row[name] for name in _RAW)) for row in rows]


def day_before(days: int) -> date:
    """The day (UTC) that many days ago. Raises InputRefused where that is no day."""
    if not 0 <= days <= 36_500:
        raise InputRefused(
            f"{grouped(days)} days are no age.", hint="Give a number of days from 0 to 36,500."
        )
    return datetime.now(timezone.utc).date() - timedelta(days)


def purge(
    session: Session,
    before: date,
    reason: str,
    *,
    rehearse: bool = False,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Purged:
    """Take away what sources sent before a day; outcomes and counts stay. A rehearsal changes nothing.

    Raises Refused where the role may not or the reason is missing, and Cancelled.
    """

    with interruptible(session, cancel):
        counts, batches = session.call(
            "Purge_Batches",
            on_message=stages(progress, cancel),
            received_before=before.isoformat(),
            reason=reason,
            rehearse=int(rehearse),
        )
    return Purged(
        before,
        counts[0]["Batch_Count"],
        counts[0]["Record_Count"],
        counts[0]["Kept_Count"],
        tuple(row["Source_Name"] for row in reversed(batches[-5:])),
    )


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(1)).isoformat()

"""The quarantine as a steward reads it: pages of rows, the vector of what matches, and counts by facet."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from divegov_gui.core.progress import CancelToken
from divegov_gui.core.records import COLUMN_BITS, COLUMNS
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.checks import Checks, read_checks
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue_query import QueueQuery, filters_for

VIEW = "Quarantine_Queue"
KEYS = "Quarantine_Keys"
OPEN_KEYS = "Quarantine_Open_Keys"
CLOSED_KEYS = "Quarantine_Closed_Keys"
_IN_KEYS = {
    *("Quarantine_ID", "Batch_ID", "Status", "Failed_Checks"),
    *("Claimed_By", "Quarantined_At", "Quarantined_On"),
}
PAGE = 200
_STANDING = ["Quarantine_ID", "Record_Version", "Status", "Is_Claimed", "Claimed_By"]
_NEAR = 10_000
"""How many records are looked through for a first page, before all of them are."""


class Sorting(NamedTuple):
    """The order of the list: a column of the view, and which end is first."""

    column: str = "Quarantine_ID"
    descending: bool = False


class QueueRow(NamedTuple):
    """One record of the quarantine with its current values and those that arrived; times are UTC text."""

    quarantine_id: int
    record_version: int
    status: str
    failed_checks: int
    edited_columns: int
    batch_id: int
    source_name: str
    source_row: int | None
    attempt_count: int
    quarantined_at: str
    is_claimed: bool
    claimed_by: str | None
    claimed_until: str | None
    resolution_code: str | None
    diver_id: int | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    date_of_birth: str | None
    certification: str | None
    source_reference: str | None
    raw_first_name: str | None
    raw_last_name: str | None
    raw_email: str | None
    raw_phone: str | None
    raw_date_of_birth: str | None
    raw_certification: str | None
    raw_source_reference: str | None

    def value(self, column: str) -> str | None:
        """The current value of a column of the view."""
        found: str | None = getattr(self, column.lower())
        return found

    def raw(self, column: str) -> str | None:
        """The value of a column as it arrived."""
        found: str | None = getattr(self, f"raw_{column.lower()}")
        return found

    def is_edited(self, column: str) -> bool:
        """Whether a column's value is not the one that arrived."""
        return bool(self.edited_columns & COLUMN_BITS.get(column, 0))

    @property
    def values(self) -> dict[str, str | None]:
        """The current values by column."""
        return {column: self.value(column) for column in COLUMNS}

    @property
    def is_open(self) -> bool:
        """Whether it waits."""
        return self.status == "Open"


READ = [
    *(
        "Quarantine_ID",
        "Record_Version",
        "Status",
        "Failed_Checks",
        "Edited_Columns",
        "Batch_ID",
        "Source_Name",
    ),
    *("Source_Row", "Attempt_Count", "Quarantined_At", "Is_Claimed", "Claimed_By", "Claimed_Until"),
    *("Resolution_Code", "Diver_ID", *COLUMNS, *(f"Raw_{column}" for column in COLUMNS)),
]


@dataclass(frozen=True)
class Catalogue:
    """What hardly changes while one works: the checks, and the source of each batch."""

    checks: Checks
    sources: dict[int, str]
    actor: str
    """Who works, as the database names them."""
    may_read: bool = True
    may_change: bool = True
    """Whether they may do more than read."""


def read_catalogue(session: Session) -> Catalogue:
    """The checks and the batches' sources."""
    batches = session.select("Batch_Summary", ["Batch_ID", "Source_Name"])
    sources = {row["Batch_ID"]: row["Source_Name"] for row in batches}
    return Catalogue(read_checks(session), sources, session.actor)


def narrowest(filters: Sequence[Filter], sorted_by: str = "Quarantine_ID") -> str:
    """The view to list ids from: one that an index holds, unless a filter or the order asks for more."""
    if not {sorted_by, *_asked(filters)} <= _IN_KEYS:
        return VIEW
    statuses = _statuses(filters)
    if statuses == {"Open"}:
        return OPEN_KEYS
    return CLOSED_KEYS if statuses and "Open" not in statuses else KEYS


def _statuses(filters: Sequence[Filter]) -> set[str]:
    """The statuses that a filter asks for; none where any will do."""
    for one in filters:
        if one.column == "Status" and one.operator in ("=", "in"):
            return {one.value} if one.operator == "=" else set(one.value)
    return set()


def _asked(filters: Sequence[Filter]) -> Iterator[str]:
    """The columns that filters look at, those within others too."""
    for one in filters:
        if one.operator in ("any of", "all of"):
            yield from _asked(one.value)
        else:
            yield from one.column.split()


def read_page(
    session: Session,
    catalogue: Catalogue,
    query: QueueQuery,
    order: Sorting,
    cancel: CancelToken | None = None,
) -> list[QueueRow]:
    """The first page of what matches, so that something is there before all of it is known.

    The ids first and then their rows: narrow rows are sorted in half the time. In the order of their ids the first
    records mostly hold a page; only where they do not, all of them are looked through.
    """
    filters = filters_for(query, catalogue.checks, catalogue.sources)
    with interruptible(session, cancel):
        ids = _first_ids(session, filters, order) if order.column == "Quarantine_ID" else []
        if len(ids) < PAGE:
            view = narrowest(filters, order.column)
            found = session.select(view, ["Quarantine_ID"], filters, _in_full(order), PAGE)
            ids = [row["Quarantine_ID"] for row in found]
    rows = {row.quarantine_id: row for row in read_rows(session, ids, cancel)} if ids else {}
    return [rows[each] for each in ids if each in rows]


def _first_ids(session: Session, filters: Sequence[Filter], order: Sorting) -> list[int]:
    """The ids of a page from among the first records, or the last ones; fewer where these hold fewer."""
    key = Order("Quarantine_ID", order.descending)
    end = session.select(VIEW, ["Quarantine_ID"], (), [key], 1)
    if not end:
        return []
    edge = end[0]["Quarantine_ID"]
    near = (
        Filter("Quarantine_ID", ">", edge - _NEAR)
        if order.descending
        else Filter("Quarantine_ID", "<", edge + _NEAR)
    )
    found = session.select(VIEW, ["Quarantine_ID"], [near, *filters], [key], PAGE)
    return [row["Quarantine_ID"] for row in found]


def read_keys(
    session: Session,
    catalogue: Catalogue,
    query: QueueQuery,
    order: Sorting,
    cancel: CancelToken | None = None,
) -> array[int]:
    """The ids of all that matches, in order, 8 bytes each."""
    filters = filters_for(query, catalogue.checks, catalogue.sources)
    with interruptible(session, cancel):
        return session.keys(narrowest(filters, order.column), "Quarantine_ID", filters, _in_full(order))


def read_rows(session: Session, ids: Sequence[int], cancel: CancelToken | None = None) -> list[QueueRow]:
    """The records of `ids` (some hundreds) in no promised order; one that is gone is left out."""
    with interruptible(session, cancel):
        rows = session.select(VIEW, READ, [Filter("Quarantine_ID", "in", tuple(ids))])
    return [_row(row) for row in rows]


def read_versions(
    session: Session, ids: Sequence[int], cancel: CancelToken | None = None
) -> list[tuple[int, int]]:
    """Each record with its version, for procedures that refuse what has changed since it was read.

    Of many, a stretch of ids is read and what was not asked for is left out: faster than long lists.
    """
    found = {
        row["Quarantine_ID"]: row["Record_Version"]
        for row in _of_many(session, ids, ["Quarantine_ID", "Record_Version"], cancel)
    }
    return [(each, found[each]) for each in ids if each in found]


@dataclass(frozen=True)
class Decidable:
    """Records that something may be decided on, each with its version, and how many are left out and why.

    `claimed` counts the records that others work on, `claimants` names these others, and `otherwise` counts the records
    that have another status than was asked for. `mine` are the ids that one has claimed oneself.
    """

    versions: tuple[tuple[int, int], ...]
    claimed: int = 0
    claimants: tuple[str, ...] = ()
    otherwise: int = 0
    mine: tuple[int, ...] = ()

    @property
    def ids(self) -> array[int]:
        """The records without their versions."""
        return array("q", (number for number, _ in self.versions))


def read_decidable(
    session: Session,
    ids: Sequence[int],
    status: str = "Open",
    seen: Mapping[int, int] | None = None,
    cancel: CancelToken | None = None,
) -> Decidable:
    """Those of `ids` that have `status` and that nobody else works on. What a person has `seen` in another version
    keeps that one, so that what is decided on it is refused with the name of who was faster."""
    known = seen or {}
    versions: dict[int, int] = {}
    mine: list[int] = []
    claimed = otherwise = 0
    claimants: set[str] = set()
    for row in _of_many(session, ids, _STANDING, cancel):
        number, is_claimed = row["Quarantine_ID"], row["Is_Claimed"]
        if row["Status"] != status:
            otherwise += 1
        elif is_claimed and row["Claimed_By"] != session.actor:
            claimed += 1
            claimants.add(row["Claimed_By"])
        else:
            versions[number] = known.get(number, row["Record_Version"])
            mine += [number] if is_claimed else []
    in_order = tuple((each, versions[each]) for each in dict.fromkeys(ids) if each in versions)
    return Decidable(in_order, claimed, tuple(sorted(claimants)), otherwise, tuple(mine))


def read_open(session: Session, bits: int = 0, cancel: CancelToken | None = None) -> array[int]:
    """The ids of the waiting records; with `bits`, of those that fail one of these checks."""
    with interruptible(session, cancel):
        filters = [Filter("Status", "=", "Open")]
        filters += [Filter("Failed_Checks", "has bit", bits)] if bits else []
        return session.keys(narrowest(filters), "Quarantine_ID", filters, [Order("Quarantine_ID")])


def read_payload(session: Session, quarantine_id: int) -> str | None:
    """The record as it arrived, verbatim; None where there is no such record, or its batch was purged."""
    rows = session.select(VIEW, ["Payload"], [Filter("Quarantine_ID", "=", quarantine_id)])
    return rows[0]["Payload"] if rows else None


def _of_many(
    session: Session, ids: Sequence[int], columns: list[str], cancel: CancelToken | None
) -> Iterator[Row]:
    """Some columns of many records, in no promised order."""
    wanted = set(ids)
    with interruptible(session, cancel):
        for filters in _stretches(sorted(wanted)):
            for row in session.select(VIEW, columns, filters):
                if row["Quarantine_ID"] in wanted:
                    yield row


def _stretches(ids: list[int], most: int = 500) -> list[list[Filter]]:
    if len(ids) <= most:
        return [[Filter("Quarantine_ID", "in", tuple(ids))]]
    return [
        [
            Filter("Quarantine_ID", ">=", ids[first]),
            Filter("Quarantine_ID", "<=", ids[min(first + 20_000, len(ids)) - 1]),
        ]
        for first in range(0, len(ids), 20_000)
    ]


def _in_full(order: Sorting) -> list[Order]:
    """An order in which no two records are equal."""
    last = Order("Quarantine_ID", order.descending)
    return [last] if order.column == last.column else [Order(order.column, order.descending), last]


def _row(row: Row) -> QueueRow:
    return QueueRow(*(row[name] for name in READ))

"""The whole directory through time: who was in it at an instant, what became of them, and what changed in between.

Instants are UTC text as the database has it. Values are shown as the session's role may see them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.core.records import COLUMN_BITS, columns_in
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.history import FIELDS, Version, in_force, read_version
from divegov_gui.services.search_text import require_searchable
from divegov_gui.services.tables import write_table

KINDS = ("Created", "Changed", "Restored", "Deleted")
LISTED = 5_000
"""How many changes are listed where nobody says, the newest first; all are counted, and all are exported."""
_PAGE = 500


@dataclass(frozen=True)
class Directory:
    """The divers of an instant (None: of now) by their numbers, and how many were created, changed, deleted since.

    `began` is when the first batch arrived: what there is to look back to.
    """

    instant: str | None
    ids: Sequence[int] = field(repr=False)
    count_now: int
    created: int = 0
    changed: int = 0
    deleted: int = 0
    began: str | None = None


@dataclass(frozen=True)
class KnownDiver:
    """A diver as known at an instant; `since` is ``Same``, ``Changed`` or ``Deleted``."""

    version: Version
    since: str


@dataclass(frozen=True)
class ChangeFilter:
    """Changes from `since` until before `until`, of one kind, of one column of `FIELDS`, by somebody; None: of any."""

    since: str
    until: str
    kind: str | None = None
    column: str | None = None
    actor: str | None = None


@dataclass(frozen=True)
class Change:
    """One change of one diver; `columns` names what changed. Its values are the diver's versions."""

    at: str
    diver_id: int
    kind: str
    columns: tuple[str, ...]
    actor: str
    reason: str


@dataclass(frozen=True)
class Changes:
    """How many changes match in all (None: not counted), and the newest of them."""

    total: int | None
    newest: tuple[Change, ...] = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind, where all are at hand; nothing where only the newest are."""
        if self.total != len(self.newest):
            return {}
        return {kind: sum(each.kind == kind for each in self.newest) for kind in KINDS}


# -- as of an instant -----------------------------------------------------------------------------------------


def read_directory(session: Session, instant: str | None, cancel: CancelToken | None = None) -> Directory:
    """Who was in the directory at an instant, and how many of them are the same today."""
    with interruptible(session, cancel):
        now = session.keys("Diver_Directory", "Diver_ID", order=[Order("Diver_ID")])
        first = session.select("Batch_Summary", ["Received_At"], order=[Order("Batch_ID")], limit=1)
        began = first[0]["Received_At"] if first else None
        if instant is None:
            return Directory(None, now, len(now), began=began)
        then = session.keys("Diver_Versions", "Diver_ID", in_force(instant))
        later = session.keys("Diver_Directory", "Diver_ID", [Filter("Valid_From", ">", instant)])
    return replace(_compared(instant, then, now, later), began=began)


def read_known(
    session: Session, instant: str | None, ids: Sequence[int], cancel: CancelToken | None = None
) -> list[KnownDiver]:
    """The divers of `ids` (a page of them) as they were known at an instant, in the order of their numbers."""
    mine, order = Filter("Diver_ID", "in", tuple(ids)), [Order("Diver_ID")]
    with interruptible(session, cancel):
        now = {
            row["Diver_ID"]: row["Valid_From"]
            for row in session.select("Diver_Directory", ["Diver_ID", "Valid_From"], [mine])
        }
        standing = [Filter("Is_Current", "=", True)] if instant is None else in_force(instant)
        rows = session.select("Diver_Versions", (), [mine, *standing], order)
    return [_known(read_version(row), now) for row in rows]


def read_newest(session: Session, limit: int = 100, cancel: CancelToken | None = None) -> list[Version]:
    """The divers whose current version is the newest."""
    with interruptible(session, cancel):
        newest = session.select(
            "Diver_Directory",
            ["Diver_ID"],
            order=[Order("Valid_From", descending=True), Order("Diver_ID")],
            limit=limit,
        )
        ids = [row["Diver_ID"] for row in newest]
        filters = [Filter("Diver_ID", "in", tuple(ids)), Filter("Is_Current", "=", True)]
        found = {row["Diver_ID"]: read_version(row) for row in session.select("Diver_Versions", (), filters)}
    return [found[diver_id] for diver_id in ids if diver_id in found]


def read_current(session: Session, diver_id: int, cancel: CancelToken | None = None) -> Version | None:
    """The version of a diver that is in force; None where there is none."""
    filters = [Filter("Diver_ID", "=", diver_id), Filter("Is_Current", "=", True)]
    with interruptible(session, cancel):
        rows = session.select("Diver_Versions", (), filters)
    return read_version(rows[0]) if rows else None


def read_levels(session: Session, cancel: CancelToken | None = None) -> tuple[str, ...]:
    """The names of the certifications that a diver may hold, in their order."""
    with interruptible(session, cancel):
        rows = session.select("Certification_Mix", ["Level_Name"], order=[Order("Certification_Level_ID")])
    return tuple(row["Level_Name"] for row in rows)


def _compared(instant: str, then: array[int], now: array[int], later: array[int]) -> Directory:
    """How many numbers are in which of the three: then, now, and now in a version of after then."""
    import numpy as np

    before, today, fresh = (np.array(each, dtype=np.int64) for each in (then, now, later))
    known = np.isin(fresh, before, assume_unique=True)
    return Directory(
        instant,
        then,
        len(now),
        created=int((~known).sum()),
        changed=int(known.sum()),
        deleted=int((~np.isin(before, today, assume_unique=True)).sum()),
    )


def _known(version: Version, now: dict[int, str]) -> KnownDiver:
    current = now.get(version.diver_id)
    same = "Same" if current == version.valid_from else "Changed"
    return KnownDiver(version, "Deleted" if current is None else same)


# -- between two instants -------------------------------------------------------------------------------------


def read_changes(
    session: Session, wanted: ChangeFilter, cancel: CancelToken | None = None, *, most: int | None = None
) -> Changes:
    """The newest of the changes that match, at most `most` (LISTED) of them; uncounted where there may be more."""
    most = LISTED if most is None else most
    order = [Order("Changed_At", descending=True), Order("Diver_ID")]
    with interruptible(session, cancel):
        newest = tuple(map(_change, session.select("Diver_Changes", (), _filters(wanted), order, most)))
    return Changes(len(newest) if len(newest) < most else None, newest)


def count_changes(session: Session, wanted: ChangeFilter, cancel: CancelToken | None = None) -> int:
    """How many changes match in all; where only the time is asked for, no value of a diver is looked at."""
    view = "Diver_Change_Times" if wanted == ChangeFilter(wanted.since, wanted.until) else "Diver_Changes"
    with interruptible(session, cancel):
        return session.count(view, _filters(wanted))


def changes_of(session: Session, diver_id: int, cancel: CancelToken | None = None) -> list[Change]:
    """Every change of one diver, the first of them first."""
    with interruptible(session, cancel):
        rows = session.select("Diver_Changes", (), [Filter("Diver_ID", "=", diver_id)], [Order("Changed_At")])
    return [_change(row) for row in rows]


def export_changes(
    session: Session,
    wanted: ChangeFilter,
    path: Path,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> int:
    """Write every change that matches to a CSV or XLSX file, the oldest first; returns how many.

    A file that is there is replaced once the new one is whole. No value of a diver is in it.
    """
    titles = dict(FIELDS)
    heading = ["When (UTC)", "Diver", "Change", "Fields", "By", "Why"]
    count = 0

    def rows() -> Iterator[list[str | int]]:
        nonlocal count
        for each in _all_changes(session, wanted, cancel):
            count += 1
            if count % _PAGE == 0:
                progress(Progress("Writing", count))
            fields = ", ".join(titles[column] for column in each.columns)
            yield [each.at, each.diver_id, each.kind, fields, each.actor, each.reason]

    with interruptible(session, cancel):
        write_table(path, heading, rows())
    return count


def _all_changes(session: Session, wanted: ChangeFilter, cancel: CancelToken | None) -> Iterator[Change]:
    """Every change that matches, a page at a time, each from where the last one ended."""
    filters, beyond = _filters(wanted), list[Filter]()
    while True:
        if cancel:
            cancel.raise_if_cancelled()
        order = [Order("Changed_At"), Order("Diver_ID")]
        rows = session.select("Diver_Changes", (), [*filters, *beyond], order, _PAGE * 20)
        yield from map(_change, rows)
        if len(rows) < _PAGE * 20:
            return
        last = rows[-1]
        same = [Filter("Changed_At", "=", last["Changed_At"]), Filter("Diver_ID", ">", last["Diver_ID"])]
        beyond = [
            Filter(
                "",
                "any of",
                [Filter("Changed_At", ">", last["Changed_At"]), Filter("", "all of", same)],
            )
        ]


def _filters(wanted: ChangeFilter) -> list[Filter]:
    require_searchable(wanted.actor or "")
    found = [Filter("Changed_At", ">=", wanted.since), Filter("Changed_At", "<", wanted.until)]
    if wanted.column is not None:
        found.append(Filter("Changed_Columns", "has bit", COLUMN_BITS[wanted.column]))
    if wanted.actor is not None:
        found.append(Filter("Modified_By", "contains", wanted.actor))
    if wanted.kind is not None:
        found.append(Filter("Change_Kind", "=", wanted.kind))
    return found


def _change(row: Row) -> Change:
    return Change(
        row["Changed_At"],
        row["Diver_ID"],
        row["Change_Kind"],
        columns_in(row["Changed_Columns"]),
        row["Modified_By"],
        row["Change_Reason"],
    )

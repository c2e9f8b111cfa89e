"""The log of actions: who did what, and whether it is as it was written.

In a workspace each row carries the SHA-256 of itself and of the row before, so that a changed, inserted or removed row
breaks the chain. On SQL Server the log is an append-only ledger, and the server itself verifies it. What neither can
see is a log whose last rows were cut off and grown anew: an evidence pack or a certificate holds the hash that was last
then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from divegov_gui.core.errors import Refused
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.search_text import require_searchable
from divegov_gui.services.tables import write_table

HEADING = ("Action", "At (UTC)", "By", "What", "Of", "Number", "Detail", "Hash")
_PAGE = 2_000
_MAY_VERIFY = (
    "It takes the permission VIEW LEDGER CONTENT, which compliance officers and database owners have."
)


@dataclass(frozen=True)
class LogFilter:
    """Actions from `since` until before `until` (UTC), by whom a part of a name finds, of one kind, about one subject.

    None: of any.
    """

    since: str | None = None
    until: str | None = None
    actor: str | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: int | None = None


@dataclass(frozen=True)
class LogEntry:
    """One action. `subject_id` is the number of what it was done to, `detail` JSON without anything personal."""

    action_id: int
    at: str
    actor: str
    action: str
    subject_type: str
    subject_id: int | None
    detail: str
    action_hash: str | None

    @property
    def subject(self) -> str:
        """What it was done to, in words."""
        what = self.subject_type.replace("_", " ")
        return what if self.subject_id is None else f"{what} {self.subject_id}"


@dataclass(frozen=True)
class Verification:
    """Whether the log is as it was written; `broken_id` is the first action that is not. `head` is the last hash.

    Where it could not be told, `is_known` is False: the words say why, and nothing is said against the log.
    """

    holds: bool
    count: int
    words: str
    broken_id: int | None = None
    head: str | None = None
    is_known: bool = True


def read_log(
    session: Session, wanted: LogFilter = LogFilter(), *, before: int | None = None, limit: int = 200
) -> tuple[LogEntry, ...]:
    """A page of the log, the newest first; `before` is the last action of the page before."""
    filters = _filters(wanted)
    if before is not None:
        filters.append(Filter("Action_ID", "<", before))
    rows = session.select("Action_Log", (), filters, [Order("Action_ID", descending=True)], limit)
    return tuple(map(_entry, rows))


def count_log(session: Session, wanted: LogFilter = LogFilter()) -> int:
    """How many actions match."""
    return session.count("Action_Log", _filters(wanted))


def export_log(
    session: Session, path: Path, wanted: LogFilter = LogFilter(), *, cancel: CancelToken | None = None
) -> int:
    """Write the actions that match to a CSV or XLSX file, the oldest first; returns how many. Raises DiveGovError."""
    with interruptible(session, cancel):
        entries = list(_entries(session, _filters(wanted)))
    write_table(
        path,
        HEADING,
        (
            (e.action_id, e.at, e.actor, e.action, e.subject_type, e.subject_id, e.detail, e.action_hash)
            for e in entries
        ),
    )
    return len(entries)


def verify(session: Session, *, cancel: CancelToken | None = None) -> Verification:
    """Whether the log is as it was written. Names the first action that is not."""
    with interruptible(session, cancel):
        return _verify_ledger(session) if session.dialect == "sqlserver" else _verify_chain(session)


def _verify_chain(session: Session) -> Verification:
    previous, count, last = "", 0, 0
    for entry, before in _chained(session):
        words = ""
        if before != previous:
            words = (
                f"Action {entry.action_id} does not follow on the one before it: one was removed or put in."
            )
        elif entry.action_hash != _hash(previous, entry):
            words = f"Action {entry.action_id} was changed after it was written."
        elif entry.action_id <= last:
            words = f"Action {entry.action_id} stands in the wrong place."
        if words:
            return Verification(False, count, words, entry.action_id, previous or None)
        previous, count, last = entry.action_hash or "", count + 1, entry.action_id
    return Verification(
        True, count, f"All {grouped(count)} actions are as they were written.", None, previous or None
    )


def _hash(previous: str, entry: LogEntry) -> str:
    """What Log_Action (03) writes: SHA-256 of a JSON array, as SQLite writes one."""
    told = [
        *(previous, entry.at, entry.actor, entry.action, entry.subject_type),
        *(entry.subject_id, entry.detail),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _verify_ledger(session: Session) -> Verification:
    """Ask the server: a digest of now, and whether every ledger table adds up to it.

    What it finds it tells as an error (learn.microsoft.com, "Verify a ledger table to detect tampering"): "The hash of
    block 0 in the database ledger does not match …". Whoever may not ask has learned nothing of the log.
    """
    from divegov_gui.database.sqlserver_errors import ledger_finding

    look = session.look  # type: ignore[attr-defined]
    count = session.count("Action_Log")
    try:
        (row,) = look("EXECUTE sys.sp_generate_database_ledger_digest;")
        digest = str(next(iter(row.values())))
        look("EXECUTE sys.sp_verify_database_ledger @digests = ?;", [f"[{digest}]"])
    except Refused as error:
        finding = ledger_finding(error)
        if finding:
            return Verification(False, count, f"The ledger was tampered with. The server says: {finding}")
        why = f"It could not be verified. {error.title} {error.detail} {_MAY_VERIFY}"
        return Verification(False, count, why, is_known=False)
    return Verification(True, count, f"The server vouches for all {grouped(count)} actions.", None, digest)


def _chained(session: Session) -> Iterator[tuple[LogEntry, str]]:
    for row in _rows(session, []):
        yield _entry(row), row["Previous_Hash"]


def _entries(session: Session, filters: list[Filter]) -> Iterator[LogEntry]:
    return map(_entry, _rows(session, filters))


def _rows(session: Session, filters: list[Filter]) -> Iterator[Row]:
    """The log from its first row on, a page at a time."""
    last: int | None = None
    while True:
        behind: list[Filter] = [] if last is None else [Filter("Action_ID", ">", last)]
        rows = session.select("Action_Log", (), [*filters, *behind], [Order("Action_ID")], _PAGE)
        yield from rows
        if len(rows) < _PAGE:
            return
        last = rows[-1]["Action_ID"]


def _filters(wanted: LogFilter) -> list[Filter]:
    require_searchable(wanted.actor or "")
    asked: list[tuple[str, str, object]] = [
        ("Acted_At", ">=", wanted.since),
        ("Acted_At", "<", wanted.until),
        ("Actor", "contains", wanted.actor),
        ("Action", "=", wanted.action),
        ("Subject_Type", "=", wanted.subject_type),
        ("Subject_ID", "=", wanted.subject_id),
    ]
    return [Filter(c, operator, value) for c, operator, value in asked if value is not None]  # type: ignore[arg-type]


def _entry(row: Row) -> LogEntry:
    return LogEntry(
        action_id=row["Action_ID"],
        at=row["Acted_At"],
        actor=row["Actor"],
        action=row["Action"],
        subject_type=row["Subject_Type"],
        subject_id=row["Subject_ID"],
        detail=row["Detail"],
        action_hash=row["Action_Hash"],
    )

"""The queue of records that the gatekeeper did not let through: which, why, and as they arrived. Reads only."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible


@dataclass(frozen=True)
class QueueFilter:
    """Which open records are wanted: those that break `rule`, those of `batch_id`, those of both, or all."""

    rule: str | None = None
    batch_id: int | None = None


@dataclass(frozen=True)
class Reason:
    """One rule that a record broke in one column, with the value that was seen there (None: nothing)."""

    code: str
    column: str
    observed: str | None
    severity: str
    wording: str
    hint: str


@dataclass(frozen=True)
class QuarantineRecord:
    """One rejected record with its values as text, and every reason of its last attempt. Times are UTC text."""

    quarantine_id: int
    batch_id: int
    source_name: str
    source_row: int | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    date_of_birth: str | None
    certification: str | None
    source_reference: str | None
    attempt: int
    quarantined_at: str
    reasons: tuple[Reason, ...]

    def reason_for(self, column: str) -> Reason | None:
        """The gravest reason why the value in `column` (a column of the view) failed; None where it did not."""
        found = [reason for reason in self.reasons if reason.column == column]
        return min(found, key=lambda reason: reason.severity != "error", default=None)


@dataclass(frozen=True)
class QueueChoice:
    """Something to filter by: a rule's code or a batch's number, in words."""

    value: str | int
    words: str


@dataclass(frozen=True)
class Queue:
    """The open records that match a filter, by their ids in the order of arrival, and what one may filter by."""

    ids: Sequence[int]
    open_count: int
    rules: tuple[QueueChoice, ...]
    batches: tuple[QueueChoice, ...]


_OPEN = Filter("Status", "=", "Open")
_COLUMNS = [
    *("Quarantine_ID", "Batch_ID", "Source_Name", "Source_Row"),
    *("First_Name", "Last_Name", "Email", "Phone", "Date_Of_Birth", "Certification", "Source_Reference"),
    *("Attempt_Count", "Quarantined_At"),
]


def read_queue(session: Session, wanted: QueueFilter, cancel: CancelToken | None = None) -> Queue:
    """The ids of the open records that match, 8 bytes each; their values are fetched by the page."""
    with interruptible(session, cancel):
        ids = _open_ids(session, wanted.batch_id)
        open_count = len(ids) if wanted.batch_id is None else session.count("Quarantine_Queue", [_OPEN])
        if wanted.rule is not None:
            breaking = _ids_breaking(session, wanted.rule)
            ids = array("q", (each for each in ids if each in breaking))
        return Queue(ids, open_count, _rules(session), _batches(session))


def read_records(
    session: Session, ids: Sequence[int], cancel: CancelToken | None = None
) -> list[QuarantineRecord]:
    """The records of `ids` (a page of them: some hundreds) in the order of their ids; one that is gone is left out."""
    with interruptible(session, cancel):
        rows = session.select(
            "Quarantine_Queue",
            _COLUMNS,
            [Filter("Quarantine_ID", "in", tuple(ids))],
            [Order("Quarantine_ID")],
        )
        reasons = _reasons(session, ids)
    return [_record(row, reasons[row["Quarantine_ID"]]) for row in rows]


def read_payload(session: Session, quarantine_id: int) -> str | None:
    """The record as it arrived, verbatim; None where there is no such record."""
    rows = session.select("Quarantine_Queue", ["Payload"], [Filter("Quarantine_ID", "=", quarantine_id)])
    return str(rows[0]["Payload"]) if rows else None


def _open_ids(session: Session, batch_id: int | None) -> array[int]:
    filters = [_OPEN] if batch_id is None else [_OPEN, Filter("Batch_ID", "=", batch_id)]
    rows = session.select("Quarantine_Queue", ["Quarantine_ID"], filters, [Order("Quarantine_ID")])
    return array("q", (row["Quarantine_ID"] for row in rows))


def _ids_breaking(session: Session, rule: str) -> set[int]:
    filters = [Filter("Rule_Code", "=", rule), Filter("Is_Current", "=", True)]
    return {row["Quarantine_ID"] for row in session.select("Quarantine_Reasons", ["Quarantine_ID"], filters)}


def _reasons(session: Session, ids: Sequence[int]) -> dict[int, list[Reason]]:
    found: dict[int, list[Reason]] = defaultdict(list)
    for row in session.select(
        "Quarantine_Reasons",
        ["Quarantine_ID", "Rule_Code", "Column_Name", "Observed_Value", "Severity", "Wording", "Hint"],
        [Filter("Quarantine_ID", "in", tuple(ids)), Filter("Is_Current", "=", True)],
        [Order("Quarantine_ID"), Order("Severity"), Order("Rule_Code"), Order("Column_Name")],
    ):
        found[row["Quarantine_ID"]].append(
            Reason(
                row["Rule_Code"],
                row["Column_Name"],
                row["Observed_Value"],
                row["Severity"],
                row["Wording"],
                row["Hint"],
            )
        )
    return found


def _rules(session: Session) -> tuple[QueueChoice, ...]:
    rows = session.select(
        "Rule_Catalogue", ["Rule_Code", "Wording"], [Filter("Record_Count", ">", 0)], [Order("Wording")]
    )
    return tuple(QueueChoice(row["Rule_Code"], row["Wording"]) for row in rows)


def _batches(session: Session, limit: int = 500) -> tuple[QueueChoice, ...]:
    rows = session.select(
        "Batch_Summary",
        ["Batch_ID", "Source_Name"],
        [Filter("Quarantined_Count", ">", 0)],
        [Order("Batch_ID", descending=True)],
        limit,
    )
    return tuple(QueueChoice(row["Batch_ID"], f"{row['Batch_ID']} · {row['Source_Name']}") for row in rows)


def _record(row: Row, reasons: Sequence[Reason]) -> QuarantineRecord:
    return QuarantineRecord(
        quarantine_id=row["Quarantine_ID"],
        batch_id=row["Batch_ID"],
        source_name=row["Source_Name"],
        source_row=row["Source_Row"],
        first_name=row["First_Name"],
        last_name=row["Last_Name"],
        email=row["Email"],
        phone=row["Phone"],
        date_of_birth=row["Date_Of_Birth"],
        certification=row["Certification"],
        source_reference=row["Source_Reference"],
        attempt=row["Attempt_Count"],
        quarantined_at=row["Quarantined_At"],
        reasons=tuple(reasons),
    )

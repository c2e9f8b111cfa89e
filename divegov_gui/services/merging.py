"""Records that are told to be the same person: read side by side, and made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from divegov_gui.core.errors import Refused
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.checks import read_checks
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue import VIEW, QueueRow, read_rows
from divegov_gui.services.review import Edit, check_records, keep_record, merge_record
from divegov_gui.services.search_text import LONGEST

MOST = 8
"""Records that can be seen side by side."""


@dataclass(frozen=True)
class Side:
    """One of those that are compared: a record with its version, or a diver with the version's beginning."""

    name: str
    key: int
    version: int | str
    values: Mapping[str, str | None] = field(repr=False)
    is_diver: bool = False
    since: str = ""
    """Since when it stands so (UTC text): a record arrived, a diver's version began."""
    source: str = ""
    """Where a record came from."""

    @property
    def record(self) -> tuple[int, int]:
        """A record and its version."""
        return self.key, int(self.version)


@dataclass(frozen=True)
class Sides:
    """The record that one looks at, others that wait with the same email, and the diver who has it (or None)."""

    record: Side
    others: tuple[Side, ...]
    diver: Side | None

    @property
    def all(self) -> tuple[Side, ...]:
        """From the diver to the newest record."""
        return (*((self.diver,) if self.diver else ()), self.record, *self.others)

    def differing(self) -> frozenset[str]:
        """The columns in which not all are the same."""
        return frozenset(
            column
            for column in COLUMNS
            if len({(side.values.get(column) or "").strip().casefold() for side in self.all}) > 1
        )


def read_sides(session: Session, quarantine_id: int, cancel: CancelToken | None = None) -> Sides:
    """Everyone with the email of a record; who has it, the gatekeeper says. Raises Refused where the record is gone."""
    rows = read_rows(session, [quarantine_id], cancel)
    if not rows:
        raise Refused("This record is not there any more.", "", "Read the list anew.")
    row = rows[0]
    email = (row.email or "").strip()
    clash = check_records(session, {quarantine_id: row.values}, cancel)[quarantine_id].diver_id
    with interruptible(session, cancel):
        if clash is None:
            clash = _known_as(session, row)
        others = _same_email(session, row, email) if email and len(email) <= LONGEST else []
        diver = _diver(session, clash) if clash is not None else None
    return Sides(_side(row), tuple(_side(other) for other in others[: MOST - 2]), diver)


def merge(
    session: Session,
    sides: Sides,
    values: Mapping[str, str | None],
    reason: str,
    also: Sequence[Side],
    *,
    is_back: bool = False,
) -> None:
    """Make the surviving values a new version of the diver, and close the record and those of `also`.

    What survives from the diver is not among `values`: so no mask is ever written back. Raises KnownAgain where the
    diver would be an erased person, unless `is_back`.
    """
    assert sides.diver is not None
    merge_record(
        session,
        sides.record.record,
        (sides.diver.key, str(sides.diver.version)),
        values,
        reason,
        [other.record for other in also],
        is_back=is_back,
    )


def keep_one(
    session: Session, sides: Sides, values: Mapping[str, str | None], reason: str, also: Sequence[Side]
) -> None:
    """Where there is no diver yet: give the record the surviving values, and discard the others as duplicates."""
    key, version = sides.record.record
    edits = [
        Edit(key, version, column, value)
        for column, value in values.items()
        if (value or None) != (sides.record.values.get(column) or None)
    ]
    keep_record(session, (key, version), edits, reason, [other.record for other in also])


def _same_email(session: Session, row: QueueRow, email: str) -> list[QueueRow]:
    found = session.select(
        VIEW,
        ["Quarantine_ID", "Email"],
        [Filter("Status", "=", "Open"), Filter("Email", "contains", email)],
        limit=100,
    )
    ids = [
        each["Quarantine_ID"]
        for each in found
        if each["Email"].strip().lower() == email.lower() and each["Quarantine_ID"] != row.quarantine_id
    ]
    return sorted(read_rows(session, ids)) if ids else []


def _known_as(session: Session, row: QueueRow) -> int | None:
    """The diver that a record is by where it came from, whatever its email."""
    rule = "DUPLICATE_OF_DIVER"
    if not row.failed_checks & read_checks(session).bits_of_rule(rule):
        return None
    mine = [Filter("Quarantine_ID", "=", row.quarantine_id), Filter("Rule_Code", "=", rule)]
    found = session.select(
        "Quarantine_Reasons", ["Diver_ID"], mine, [Order("Attempt", descending=True)], limit=1
    )
    return found[0]["Diver_ID"] if found else None


def _diver(session: Session, diver_id: int) -> Side | None:
    """The diver as the viewer's role may see them."""
    rows = session.select(
        "Diver_Versions", filters=[Filter("Diver_ID", "=", diver_id), Filter("Is_Current", "=", True)]
    )
    if not rows:
        return None
    row = rows[0]
    return Side(
        f"Diver {diver_id}",
        diver_id,
        row["Valid_From"],
        {c: row[c] for c in COLUMNS},
        True,
        row["Valid_From"],
    )


def _side(row: QueueRow) -> Side:
    return Side(
        f"Record {grouped(row.quarantine_id)}",
        row.quarantine_id,
        row.record_version,
        row.values,
        since=row.quarantined_at,
        source=row.source_name,
    )

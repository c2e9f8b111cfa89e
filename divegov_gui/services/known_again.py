"""Who parked records are, told to the procedures of review where somebody was erased: the gate alone cannot compute it.

The key is no affair of the database, so hashes are computed here and compared there. Each function returns what a call
of its procedure gets besides: nothing where nobody was erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from divegov_gui.core.records import COLUMN_BITS
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.tombstones import IDENTIFYING, Values, needed, of_values, told

_AT_A_TIME, _ROWS_AT_A_TIME = 500, 5_000
_COLUMNS = ("Quarantine_ID", *IDENTIFYING)
_IDENTITY_BITS = sum(COLUMN_BITS[column] for column in IDENTIFYING)
"""The identifying columns among Edited_Columns."""


def of_records(session: Session, records: Mapping[int, Values]) -> dict[str, Any]:
    """For Check_Records: values by the caller's keys."""
    return _given(of_values(session, records.items))


def of_edits(session: Session, edits: Iterable[tuple[int, str, str | None]]) -> dict[str, Any]:
    """For Edit_Records: record, column and new value of each cell. A record is known by all of its values."""

    def records() -> Iterator[tuple[int, Values]]:
        changes: dict[int, dict[str, str | None]] = {}
        for number, column, value in edits:
            if column in IDENTIFYING:
                changes.setdefault(number, {})[column] = value
        for number, values in _stored(session, list(changes)):
            yield number, {**values, **changes[number]}

    return _given(of_values(session, records))


def of_resubmitted(session: Session, ids: Sequence[int]) -> dict[str, Any]:
    """For Resubmit_Records: those that the gate has not seen as they are, or not since somebody was erased.

    Raises InputRefused where the key is not on this computer.
    """
    identities = needed(session)
    if identities is None:
        return {}
    unseen = [
        Filter("Edited_Columns", "has bit", _IDENTITY_BITS),
        Filter("Quarantined_At", "<=", _last_erasure(session)),
    ]
    return _given(told(identities, _stored(session, ids, [Filter("Quarantine_ID", "any of", unseen)])))


def of_batch(session: Session, batch_id: int) -> dict[str, Any]:
    """For Replay_Batch: the records of a batch that was governed before somebody was erased.

    Raises InputRefused where the key is not on this computer.
    """
    identities = needed(session)
    if identities is None:
        return {}
    mine = [Filter("Batch_ID", "=", batch_id)]
    governed = [row["Governed_At"] or "" for row in session.select("Batch_Summary", ["Governed_At"], mine)]
    if not governed or governed[0] > _last_erasure(session):
        return {}
    return _given(told(identities, _arrived(session, batch_id)))


def of_diver(
    session: Session, diver_id: int, values: Mapping[str, str | None], *, is_back: bool = False
) -> dict[str, Any]:
    """For Update_Diver, Merge_Record and Restore_Diver: by what a diver with these values is not known already.

    `is_back`: they have come back. Nothing where no name, email or date of birth changes. Raises InputRefused where the
    key is not on this computer.
    """
    now = _current(session, diver_id)
    then = {**now, **{column: values[column] for column in IDENTIFYING if column in values}}
    identities = needed(session) if then != now else None
    if identities is None:
        return {}
    turned = set(identities.of(*then.values())) - set(identities.of(*now.values()))
    return {
        "identities": json.dumps([[diver_id, each] for each in sorted(turned)]),
        "waive_erased": int(is_back),
    }


def _current(session: Session, diver_id: int) -> dict[str, str | None]:
    """What identifies a diver now; nothing does where they are deleted."""
    wanted = [Filter("Diver_ID", "=", diver_id), Filter("Is_Current", "=", True)]
    rows = session.select("Diver_Versions", IDENTIFYING, wanted)
    return _identifying(rows[0]) if rows else dict.fromkeys(IDENTIFYING)


def _identifying(row: Row) -> dict[str, str | None]:
    return {column: row[column] for column in IDENTIFYING}


def _arrived(session: Session, batch_id: int) -> Iterator[tuple[int, Values]]:
    last = 0
    while True:
        asked = [Filter("Batch_ID", "=", batch_id), Filter("Source_Row", ">", last)]
        rows = session.select(
            "Raw_Divers", ["Source_Row", *IDENTIFYING], asked, [Order("Source_Row")], _ROWS_AT_A_TIME
        )
        for row in rows:
            last = row["Source_Row"]
            yield last, _identifying(row)
        if len(rows) < _ROWS_AT_A_TIME:
            return


def _last_erasure(session: Session) -> str:
    return str(max(row["Erased_At"] for row in session.select("Erasure_Register", ["Erased_At"])))


def _stored(
    session: Session, ids: Sequence[int], more: Sequence[Filter] = ()
) -> Iterator[tuple[int, Values]]:
    for start in range(0, len(ids), _AT_A_TIME):
        asked = [Filter("Quarantine_ID", "in", tuple(ids[start : start + _AT_A_TIME])), *more]
        for row in session.select("Quarantine_Queue", _COLUMNS, asked):
            yield row["Quarantine_ID"], _identifying(row)


def _given(identities: str | None) -> dict[str, Any]:
    return {} if identities is None else {"identities": identities}

"""What a steward does to quarantined records: one plain function a procedure. The database decides; nothing here does.

Records travel with the version that was read. Where one has changed since, nothing is done and Conflict is raised,
which says by whom.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from divegov_gui.core.progress import CancelToken, ProgressSink, no_progress, stages
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Order, Row, Session
from divegov_gui.services import known_again
from divegov_gui.services.connections import interruptible

Versions = Sequence[tuple[int, int]]
"""Records, each with the version that was read."""


@dataclass(frozen=True)
class Edit:
    """A new value for one cell of a record; None empties it."""

    quarantine_id: int
    record_version: int
    column: str
    value: str | None = field(repr=False)


@dataclass(frozen=True)
class Judged:
    """What the gatekeeper would find in values not yet saved; `diver_id` is who has the email already."""

    key: int
    failed_checks: int
    diver_id: int | None = None


class Standing(NamedTuple):
    """A record after an edit."""

    quarantine_id: int
    record_version: int
    failed_checks: int
    edited_columns: int


@dataclass(frozen=True)
class Edited:
    """One group of edits as it was saved; `group_id` undoes it. None: nothing was to be changed."""

    group_id: int | None
    record_count: int
    cell_count: int
    records: tuple[Standing, ...] = ()
    skipped_count: int = 0


class ResubmittedRecord(NamedTuple):
    """What became of one record; `diver_id` is the diver that it became, or with whom it collides."""

    quarantine_id: int
    outcome: str
    failed_checks: int
    diver_id: int | None

    @property
    def passed(self) -> bool:
        """Whether it was let in; what was released still fails the warnings that were waived."""
        return self.outcome != "Quarantined" and self.diver_id is not None


_OF_RESUBMITTED = itemgetter("Quarantine_ID", "Outcome", "Failed_Checks", "Diver_ID")


@dataclass(frozen=True)
class Resubmitted:
    """A resubmission, or its rehearsal. `failing` tells the rules that are still broken, and by how many records.

    `records` are those that did not become divers: all others did.
    """

    batch_id: int | None
    passed_count: int
    failed_count: int
    collided_count: int
    unchanged_count: int
    duplicate_count: int
    failing: tuple[tuple[str, int], ...]
    records: tuple[ResubmittedRecord, ...]


@dataclass(frozen=True)
class Claim:
    """Whether a record could be claimed, and who has it until when (UTC text)."""

    quarantine_id: int
    is_claimed: bool
    claimed_by: str | None
    claimed_until: str | None


def check_records(
    session: Session, records: Mapping[int, Mapping[str, str | None]], cancel: CancelToken | None = None
) -> dict[int, Judged]:
    """Judge values by the gatekeeper's own rules and save nothing; by the keys that the caller gave."""
    sent = json.dumps([[key, *(values.get(column) for column in COLUMNS)] for key, values in records.items()])
    with interruptible(session, cancel):
        identities = known_again.of_records(session, records)
        rows = session.call("Check_Records", records=sent, **identities)[0]
    found = (Judged(row["Record_Key"], row["Failed_Checks"], row["Diver_ID"]) for row in rows)
    return {judged.key: judged for judged in found}


def edit_records(
    session: Session,
    edits: Iterable[Edit],
    *,
    reason: str | None = None,
    kind: str = "Edit",
    return_records: bool = True,
    cancel: CancelToken | None = None,
) -> Edited:
    """Save new values as one group that can be undone. `kind`: Edit, Bulk, Import or Suggestion."""
    edits = list(edits)
    sent = _json([(e.quarantine_id, e.record_version, e.column, e.value) for e in edits])
    with interruptible(session, cancel):
        identities = known_again.of_edits(session, ((e.quarantine_id, e.column, e.value) for e in edits))
        results = session.call(
            "Edit_Records",
            edits=sent,
            reason=reason,
            kind=kind,
            return_records=int(return_records),
            **identities,
        )
    return _edited(results)


def undo_edit(
    session: Session,
    group_id: int,
    *,
    only: Sequence[int] | None = None,
    reason: str | None = None,
    skip_conflicts: bool = False,
    cancel: CancelToken | None = None,
) -> Edited:
    """Give the cells of a group back what they held; `only` some records. Undoing an undo is redoing."""
    with interruptible(session, cancel):
        results = session.call(
            "Undo_Edit",
            edit_group_id=group_id,
            quarantine_ids=None if only is None else json.dumps(list(only)),
            reason=reason,
            skip_conflicts=int(skip_conflicts),
        )
    return _edited(results)


def resubmit_records(
    session: Session,
    records: Versions,
    *,
    rehearse: bool = False,
    waive_warnings: bool = False,
    reason: str | None = None,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Resubmitted:
    """Send records through the gate again; rehearsed, everything is told and nothing kept.

    With `waive_warnings` and a reason, what fails by warnings alone is released. Errors never are. Raises InputRefused
    where somebody was erased and the key is not on this computer.
    """
    with interruptible(session, cancel):
        identities = known_again.of_resubmitted(session, [number for number, _ in records])
        results = session.call(
            "Resubmit_Records",
            on_message=stages(progress, cancel),
            versions=_sent(records),
            rehearse=int(rehearse),
            waive_warnings=int(waive_warnings),
            reason=reason,
            **identities,
        )
    (head,), rules, found = results[-3], results[-2], results[-1]
    return Resubmitted(
        head["Batch_ID"],
        head["Passed_Count"],
        head["Failed_Count"],
        head["Collided_Count"],
        head["Unchanged_Count"],
        head["Duplicate_Count"],
        tuple((row["Rule_Code"], row["Record_Count"]) for row in rules),
        tuple(map(ResubmittedRecord._make, map(_OF_RESUBMITTED, found))),
    )


def discard_records(
    session: Session, records: Versions, code: str, reason: str | None, cancel: CancelToken | None = None
) -> None:
    """Put records away for good, or until they are reopened, with a code of `Discard_Codes` and a comment."""
    with interruptible(session, cancel):
        session.call("Discard_Records", versions=_sent(records), code=code, reason=reason)


def reopen_records(
    session: Session, records: Versions, reason: str | None, cancel: CancelToken | None = None
) -> None:
    """Let discarded records wait again."""
    with interruptible(session, cancel):
        session.call("Reopen_Records", versions=_sent(records), reason=reason)


def claim_records(
    session: Session,
    ids: Sequence[int],
    *,
    minutes: int = 30,
    take_over: bool = False,
    reason: str | None = None,
) -> list[Claim]:
    """Tell the others that one works on these records; it expires by itself. Taking over needs a word why."""
    rows = session.call(
        "Claim_Records",
        records=json.dumps(list(ids)),
        minutes=minutes,
        take_over=int(take_over),
        reason=reason,
    )[0]
    return [
        Claim(row["Quarantine_ID"], bool(row["Is_Claimed"]), row["Claimed_By"], row["Claimed_Until"])
        for row in rows
    ]


def release_claims(session: Session, ids: Sequence[int]) -> None:
    """Give one's claims on these records up."""
    session.call("Release_Claims", records=json.dumps(list(ids)))


def merge_record(
    session: Session,
    record: tuple[int, int],
    diver: tuple[int, str],
    values: Mapping[str, str | None],
    reason: str,
    also: Versions = (),
    *,
    is_back: bool = False,
) -> None:
    """Make the surviving `values` a new version of a diver (id and `Valid_From` as read) and close the records.

    Raises Refused, Conflict; KnownAgain where the diver would be an erased person, unless `is_back`.
    """
    session.call(
        "Merge_Record",
        quarantine_id=record[0],
        record_version=record[1],
        diver_id=diver[0],
        diver_valid_from=diver[1],
        values=json.dumps(dict(values)),
        reason=reason,
        others=_sent(also) if also else None,
        **known_again.of_diver(session, diver[0], values, is_back=is_back),
    )


def keep_record(
    session: Session,
    record: tuple[int, int],
    edits: Sequence[Edit],
    reason: str,
    also: Versions,
) -> Edited:
    """Give a record the surviving values, and discard the others of `also` as its duplicates: both, or neither."""
    results = session.call(
        "Keep_Record",
        quarantine_id=record[0],
        record_version=record[1],
        edits=_json([(e.quarantine_id, e.record_version, e.column, e.value) for e in edits]),
        others=_sent(also),
        reason=reason,
        **known_again.of_edits(session, ((e.quarantine_id, e.column, e.value) for e in edits)),
    )
    return _edited(results[:1])


def discard_codes(session: Session) -> list[tuple[str, str]]:
    """Why a record may be discarded: codes and their words."""
    rows = session.select("Discard_Codes", order=[Order("Rank_Order")])
    return [(row["Discard_Code"], row["Discard_Label"]) for row in rows]


def _sent(records: Versions) -> str:
    """The records by their versions; of one that is named twice the older, so that no change between is passed over."""
    versions = dict(records)
    if len(versions) < len(records):
        versions = dict(sorted(records, reverse=True))
    return _json(versions)


def _json(values: list[tuple[int | str | None, ...]] | dict[int, int]) -> str:
    import orjson

    return orjson.dumps(values, option=orjson.OPT_NON_STR_KEYS).decode()


def _edited(results: list[list[Row]]) -> Edited:
    head = results[0][0]
    records = results[1] if len(results) > 1 else []
    return Edited(
        head["Edit_Group_ID"],
        head["Record_Count"],
        head["Cell_Count"],
        tuple(
            Standing(row["Quarantine_ID"], row["Record_Version"], row["Failed_Checks"], row["Edited_Columns"])
            for row in records
        ),
        head.get("Skipped_Count") or 0,
    )

"""Requests of data subjects: everything that is held of a person, and their erasure with a certificate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from divegov_gui.core.errors import ConnectionFailed, Refused
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress, stages
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.database.sqlite_host import CLOCK, login
from divegov_gui.services.connections import interruptible
from divegov_gui.services.manifest import seal_of, text_without
from divegov_gui.services.tombstones import ErasureKey, Identities

PARTS = (
    "versions",
    "deletions",
    "source_records",
    "quarantine",
    "violations",
    "edits",
    "events",
    "dives",
    "bookings",
    "cards",
    "reveals",
)
"""The parts of an export, in the order of the procedure's result sets."""

_STAGES = 4
_IDENTIFYING = ("Email", "Payload", "Source_Reference", "Card_Number")


@dataclass(frozen=True)
class Export:
    """Everything that is held of a diver: the rows of each of `PARTS`, as at `made_at` (UTC)."""

    diver_id: int
    parts: Mapping[str, Sequence[Row]] = field(repr=False)
    made_at: str
    made_by: str

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return sum(map(len, self.parts.values()))

    @property
    def record(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "diver_id": self.diver_id,
            **{part: [dict(row) for row in rows] for part, rows in self.parts.items()},
        }


@dataclass(frozen=True)
class InventoryLine:
    """What an erasure finds in one place: how many rows, and what becomes of them.

    `fate` is Removed, Emptied (the row stays without its values), Anonymised or Stays.
    """

    place: str
    rows: int
    fate: str

    @property
    def stays(self) -> bool:
        """Whether the rows stay as they are: they name nobody."""
        return self.fate == "Stays"


@dataclass(frozen=True)
class Inventory:
    """What an erasure would find. `is_kept`: an anonymous diver keeps the place that dives and bookings refer to.

    `batches` are those with which the person's records came: the files are outside of the database.
    """

    diver_id: int
    lines: tuple[InventoryLine, ...]
    is_kept: bool
    batches: tuple[int, ...]
    values: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def rows(self) -> int:
        """How many rows hold something of the person."""
        return sum(line.rows for line in self.lines if not line.stays)


@dataclass(frozen=True)
class Certificate:
    """An erasure on record, without anything of the person: `facts` is what is written down, sealed by its own hash."""

    facts: Mapping[str, Any]

    @property
    def is_clean(self) -> bool:
        """Whether the search after the erasure found nothing left, and the file was written anew."""
        told = self.facts["verification"]
        return not any(told["left"].values()) and told["file"]["is_rewritten"] is not False

    def to_json(self) -> str:
        """The certificate as it is kept."""
        return json.dumps(self.facts, ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class Erased:
    """An erasure that was done, and its certificate."""

    diver_id: int
    lines: tuple[InventoryLine, ...]
    certificate: Certificate


@dataclass(frozen=True)
class Verdict:
    """Whether a certificate holds; each of `findings` says what was looked at, in words, and whether it is right.

    `notes` are what could not be looked at, and why.
    """

    findings: tuple[tuple[str, bool], ...]
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything is right."""
        return all(right for _, right in self.findings)


def export_subject(
    session: Session, diver_id: int, reason: str, *, cancel: CancelToken | None = None
) -> Export:
    """Everything that is held of a diver. It is logged that it was asked for, not what it held. Raises Refused."""
    with interruptible(session, cancel):
        results = session.call("Export_Subject", diver_id=diver_id, reason=reason)
    return Export(diver_id, dict(zip(PARTS, results, strict=True)), CLOCK.now(), login())


def rehearse_erasure(
    session: Session, diver_id: int, reason: str = "Rehearsal", *, cancel: CancelToken | None = None
) -> Inventory:
    """What an erasure would find, and what would become of it. Nothing is changed. Raises Refused."""
    with interruptible(session, cancel):
        results = session.call("Erase_Diver", diver_id=diver_id, reason=reason, rehearse=1)
    return _inventory(diver_id, results)


def erase(
    session: Session,
    diver_id: int,
    reason: str,
    *,
    key: ErasureKey | None = None,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Erased:
    """Erase a person in one transaction, search again for all that identified them, and certify what was found.

    In a workspace the file is rewritten, so that no free page of it holds what was erased; where another program keeps
    it from being done, the certificate says so, and `rewrite_file` does it later. A cancellation is heeded until the
    erasure is written. Raises Refused, Cancelled.
    """
    identities = (key or ErasureKey()).find_or_make()
    told = stages(lambda each: progress(replace(each, total=_STAGES + 2)))
    found = rehearse_erasure(session, diver_id, reason, cancel=cancel)
    tombstones = _tombstones(identities, found.values)
    with interruptible(session, cancel):
        results = session.call(
            "Erase_Diver",
            diver_id=diver_id,
            reason=reason,
            tombstones=json.dumps(tombstones),
            on_message=told,
        )
    done, values = results[-1][0], _inventory(diver_id, results).values
    progress(Progress("Rewriting the file", _STAGES, _STAGES + 2))
    file = rewrite_file(session)
    progress(Progress("Searching again", _STAGES + 1, _STAGES + 2))
    left = find_traces(session, values)
    lines = _inventory(diver_id, results).lines
    certificate = _certificate(session, done, lines, identities, values, left, len(tombstones), file)
    progress(Progress("Erased", _STAGES + 2, _STAGES + 2))
    return Erased(diver_id, lines, certificate)


def find_traces(session: Session, values: Sequence[tuple[str, str]]) -> dict[str, int]:
    """In which places, and in how many rows, the values that identified a person are found."""
    wanted = [[column, value] for column, value in values if column in _IDENTIFYING]
    rows = session.call("Find_Traces", values=json.dumps(wanted))[-1]
    return {row["Place"]: row["Row_Count"] for row in rows if row["Row_Count"]}


def rewrite_file(session: Session) -> dict[str, int | bool | None]:
    """Write a workspace's file anew, and tell what it holds besides its tables: nothing, where `is_rewritten`.

    A server's files are not ours to look into: there, all is None.
    """
    if session.dialect != "sqlite":
        return {"is_rewritten": None, "free_pages": None, "log_bytes": None}
    from divegov_gui.database.sqlite_scrub import scrub

    try:
        facts = scrub(session.path)  # type: ignore[attr-defined]
    except ConnectionFailed:
        return {"is_rewritten": False, "free_pages": None, "log_bytes": None}
    return {"is_rewritten": facts.is_clean, "free_pages": facts.free_pages, "log_bytes": facts.log_bytes}


def read_certificate(text: str) -> Certificate:
    """A certificate as it was kept. Raises Refused where it is none."""
    try:
        facts = json.loads(text)
        told = facts["verification"]
        _ = facts["diver_id"], facts["tombstones"], facts["key_mark"], facts["log"]["action_id"]
        _ = facts["log"]["action_hash"], told["left"].values(), told["file"]["is_rewritten"]
        if facts["certificate"] != "erasure":
            raise KeyError
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            "This is no certificate of an erasure.", hint="Choose the JSON file that was saved."
        ) from error
    return Certificate(facts)


def verify_certificate(
    session: Session, certificate: Certificate, *, key: ErasureKey | None = None
) -> Verdict:
    """Whether a certificate is as it was written, and whether what it says of this database is still so."""
    facts = certificate.facts
    signed, note = _signature_holds(facts, (key or ErasureKey()).find())
    diver = [Filter("Diver_ID", "=", facts["diver_id"])]
    versions = session.select("Diver_Versions", ["Email", "First_Name"], diver)
    log = session.select("Action_Log", (), [Filter("Action_ID", "=", facts["log"]["action_id"])])
    register = session.select("Erasure_Register", ["Erased_At", "Tombstone_Count"], diver)
    return Verdict(
        (
            ("The certificate is as it was written.", facts.get("seal") == seal_of(facts)),
            *signed,
            (
                "The search after the erasure found nothing left, and the file was written anew.",
                certificate.is_clean,
            ),
            (
                "The log of actions has the erasure, with the same hash.",
                [(r["Action"], r["Subject_ID"], r["Action_Hash"]) for r in log]
                == [("Erase_Diver", facts["diver_id"], facts["log"]["action_hash"])],
            ),
            (
                "No version of the diver names anybody.",
                len(versions) <= 1 and all(row["First_Name"] == "Erased" for row in versions),
            ),
            (
                "The person is known again when they arrive.",
                sum(r["Tombstone_Count"] for r in register) >= (1 if facts["tombstones"] else 0),
            ),
        ),
        note,
    )


def _signature_holds(
    facts: Mapping[str, Any], identities: Identities | None
) -> tuple[tuple[tuple[str, bool], ...], tuple[str, ...]]:
    """Whether the certificate is of who holds the erasure key, or a note why that cannot be told."""
    if "signature" not in facts:
        return (), ("It has no signature: an earlier version of the program made it.",)
    if identities is None or identities.mark != facts["key_mark"]:
        return (), ("Its signature can only be checked where the erasure key is.",)
    right = identities.is_hash(facts["signature"], _signed(facts))
    return (("It was made by who holds the erasure key (HMAC-SHA256).", right),), ()


def _inventory(diver_id: int, results: Sequence[Sequence[Row]]) -> Inventory:
    lines, values, done = results[-3:]
    return Inventory(
        diver_id,
        tuple(InventoryLine(row["Place"], row["Row_Count"], row["Fate"]) for row in lines),
        bool(done[0]["Is_Kept"]),
        tuple(json.loads(done[0].get("Batches") or "[]")),
        tuple((row["Column_Name"], row["Identifying_Value"]) for row in values),
    )


def _tombstones(identities: Identities, values: Sequence[tuple[str, str]]) -> list[str]:
    """Of every email, and of every full name with a date of birth, that the person ever had."""
    of = {column: [value for name, value in values if name == column] for column, _ in values}
    found = {h for email in of.get("Email", ()) for h in identities.of(email, None, None, None)}
    for first in of.get("First_Name", ()):
        for last in of.get("Last_Name", ()):
            for born in of.get("Date_Of_Birth", ()):
                found.update(identities.of(None, first, last, born))
    return sorted(found)


def _certificate(
    session: Session,
    done: Row,
    lines: Sequence[InventoryLine],
    identities: Identities,
    values: Sequence[tuple[str, str]],
    left: Mapping[str, int],
    tombstones: int,
    file: Mapping[str, int | bool | None],
) -> Certificate:
    (action,) = session.select(
        "Action_Log",
        ["Action_ID", "Acted_At", "Action_Hash"],
        [Filter("Action", "=", "Erase_Diver"), Filter("Subject_ID", "=", done["Diver_ID"])],
        [Order("Action_ID", descending=True)],
        limit=1,
    )
    facts: dict[str, Any] = {
        "certificate": "erasure",
        "version": 1,
        "diver_id": done["Diver_ID"],
        "erased_at": done["Erased_At"],
        "erased_by": done["Erased_By"],
        "anonymous_diver_stays": bool(done["Is_Kept"]),
        "inventory": [{"place": x.place, "rows": x.rows, "fate": x.fate} for x in lines],
        "rows": sum(line.rows for line in lines if not line.stays),
        "batches": json.loads(done.get("Batches") or "[]"),
        "tombstones": tombstones,
        "key_mark": identities.mark,
        "verification": {
            "values_searched": len(values),
            "value_hashes": sorted(identities.hash(f"{c}\n{v}") for c, v in values),
            "left": dict(left),
            "file": dict(file),
        },
        "log": {"action_id": action["Action_ID"], "action_hash": action["Action_Hash"]},
    }
    facts["signature"] = identities.hash(_signed(facts))
    return Certificate({**facts, "seal": seal_of(facts)})


def _signed(facts: Mapping[str, Any]) -> str:
    return "certificate\n" + text_without(facts, "seal", "signature")

"""Governing a batch's content again, and how its records turned out against the first time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from divegov_gui.core.errors import Refused
from divegov_gui.core.progress import CancelToken, ProgressSink, no_progress, stages
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services import known_again
from divegov_gui.services.connections import interruptible
from divegov_gui.services.quality import BatchSummary, Outcomes, outcomes_of, read_batch
from divegov_gui.services.rules import RuleSettings, settings_of

SAME = ("Same diver", "Same place")
"""How a record turned out where nothing is different."""
KINDS = {
    "Same diver": "are there already, identical",
    "Same place": "wait in quarantine still, in their place",
    "New place": "wait in quarantine anew: their place there was closed",
    "Let in": "were stopped the first time and are let in",
    "Stopped": "were let in the first time and are stopped",
    "Other diver": "become another diver: the first one is gone",
}
"""How a record can turn out (Batch_Turns), in words that follow a count."""


@dataclass(frozen=True)
class Turn:
    """So many records had the outcome `first` and then `second`; `kind` says what that means (Batch_Turns)."""

    kind: str
    first: str
    second: str
    records: int


@dataclass(frozen=True)
class RuleTurn:
    """How many records broke a rule the first time, and the second."""

    code: str
    first: int
    second: int


@dataclass(frozen=True)
class RecordTurn:
    """One record that turned out differently, and where it is now."""

    source_row: int
    kind: str
    first: str
    second: str
    diver_id: int | None
    quarantine_id: int | None


@dataclass(frozen=True)
class RuleChange:
    """A rule that was changed between the two times: from what to what, by whom and why (UTC)."""

    code: str
    before: RuleSettings | None
    after: RuleSettings
    changed_by: str
    reason: str
    changed_at: str


@dataclass(frozen=True)
class Comparison:
    """Two runs of one content, record by record. `records` are the first 200 that turned out differently."""

    turns: tuple[Turn, ...]
    rules: tuple[RuleTurn, ...]
    records: tuple[RecordTurn, ...]
    changes: tuple[RuleChange, ...] = ()

    def count(self, *kinds: str) -> int:
        """How many records turned out so."""
        return sum(turn.records for turn in self.turns if turn.kind in kinds)

    @property
    def different(self) -> int:
        """How many records turned out differently."""
        return sum(turn.records for turn in self.turns if turn.kind not in SAME)

    @property
    def new_divers(self) -> int:
        """How many became a diver who is not there otherwise."""
        return sum(turn.records for turn in self.turns if turn.second == "Promoted")


@dataclass(frozen=True)
class Replay:
    """What governing a batch again does, or has done. Of the first time, `erased` and `purged` records are left out."""

    first: BatchSummary
    batch_id: int
    outcomes: Outcomes
    erased: int
    purged: int
    comparison: Comparison
    is_rehearsed: bool


def replay(
    session: Session,
    batch_id: int,
    *,
    rehearse: bool = False,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Replay:
    """Govern again what a batch brought, as it is kept verbatim. A rehearsal changes nothing.

    Raises Refused where there is no such governed batch, nothing of it is kept, or it is a resubmission; InputRefused
    where somebody was erased and the key is not on this computer; and Cancelled, after which nothing is changed.
    """

    with interruptible(session, cancel):
        identities = known_again.of_batch(session, batch_id)
        try:
            results = session.call(
                "Replay_Batch",
                on_message=stages(progress, cancel),
                batch_id=batch_id,
                rehearse=int(rehearse),
                **identities,
            )
        except Refused as error:
            raise Refused(error.title, error.detail, error.hint or _hint(session, batch_id)) from error
        first = read_batch(session, batch_id)
        counts, turns, rules, records = results[-4:]
        row = counts[0]
        return Replay(
            first,
            row["Batch_ID"],
            outcomes_of(row),
            row["Erased_Count"],
            row["Purged_Count"],
            _comparison(turns, rules, records, read_changes(session, first.governed_at or "", None)),
            rehearse,
        )


def compare(
    session: Session, first: int, second: int, cancel: CancelToken | None = None
) -> Comparison | None:
    """Two governed batches of one content, record by record; None where their contents are not the same."""
    with interruptible(session, cancel):
        rows = {
            row["Batch_ID"]: row
            for row in session.select("Batch_Summary", filters=[Filter("Batch_ID", "in", (first, second))])
        }
        one, other = rows[first], rows[second]
        if one["Content_Hash"] != other["Content_Hash"] or not (one["Governed_At"] and other["Governed_At"]):
            return None
        both = [Filter("First_Batch_ID", "=", first), Filter("Second_Batch_ID", "=", second)]
        turns = session.select("Batch_Turns", filters=both, order=[Order("Record_Count", descending=True)])
        return _comparison(
            turns,
            _rules(session, first, second),
            [],
            read_changes(session, one["Governed_At"], other["Governed_At"]),
        )


def read_changes(session: Session, since: str, until: str | None) -> tuple[RuleChange, ...]:
    """The rules that were changed between two instants (UTC; None: now), in the order of the changes."""
    versions = session.select("Rule_Versions", order=[Order("Rule_Code"), Order("Valid_From")])
    found = []
    before: Row | None = None
    for row in versions:
        at = str(row["Valid_From"])
        earlier = before if before is not None and before["Rule_Code"] == row["Rule_Code"] else None
        before = row
        if earlier is None or at <= since or (until is not None and at > until):
            continue
        found.append(
            RuleChange(
                row["Rule_Code"],
                settings_of(earlier),
                settings_of(row),
                row["Modified_By"],
                row["Change_Reason"],
                at,
            )
        )
    return tuple(sorted(found, key=lambda change: change.changed_at))


def _hint(session: Session, batch_id: int) -> str:
    """What one can do where a batch cannot be governed again."""
    rows = session.select(
        "Batch_Summary", ["Source_Name", "Source_Kind"], [Filter("Batch_ID", "=", batch_id)]
    )
    if not rows or rows[0]["Source_Kind"] != "file":
        return ""
    return f"Whoever still has {rows[0]['Source_Name']} can ingest it again: it is known as the same content."


def _rules(session: Session, first: int, second: int) -> list[Row]:
    counts: dict[str, dict[int, int]] = {}
    for row in session.select("Batch_Rejections", filters=[Filter("Batch_ID", "in", (first, second))]):
        counts.setdefault(row["Rule_Code"], {})[row["Batch_ID"]] = row["Record_Count"]
    return [
        {"Rule_Code": code, "First_Count": each.get(first, 0), "Second_Count": each.get(second, 0)}
        for code, each in sorted(counts.items())
    ]


def _comparison(
    turns: Iterable[Row], rules: Iterable[Row], records: Iterable[Row], changes: tuple[RuleChange, ...]
) -> Comparison:
    return Comparison(
        tuple(Turn(r["Turn"], r["First_Outcome"], r["Second_Outcome"], r["Record_Count"]) for r in turns),
        tuple(RuleTurn(r["Rule_Code"], r["First_Count"], r["Second_Count"]) for r in rules),
        tuple(
            RecordTurn(
                r["Source_Row"],
                r["Turn"],
                r["First_Outcome"],
                r["Second_Outcome"],
                r["Diver_ID"],
                r["Quarantine_ID"],
            )
            for r in records
        ),
        changes,
    )

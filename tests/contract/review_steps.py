"""The steps of a review: each asks the model whether it is refused, does it by the public door, and tells the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gates import Gate
from review_model import Cell, Event, Refusal, Review, Value

from divegov_gui.database.session import Filter, Session
from divegov_gui.services import review

WARNINGS = 512 | 256 | 2048 | 4096 | 8192
"""PHONE_FORMAT, AGE_ABOVE_MAXIMUM, CERTIFICATION_UNDERAGE, NAME_CHARACTERS in both names."""


@dataclass(frozen=True)
class Step:
    """What a steward does, after a look at the records as they are now (`looks`) or as they know them."""

    who: str
    looks: bool

    keeps_nothing = False

    def is_possible(self, model: Review) -> bool:
        return True

    def refusal(self, model: Review) -> Refusal | None:
        raise NotImplementedError

    def do(self, session: Session, model: Review) -> Any:
        raise NotImplementedError

    def done(self, model: Review, gate: Gate, result: Any) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Editing(Step):
    """One value for a cell, or the same one for the cells of several records."""

    numbers: frozenset[int]
    column: str
    value: Value
    kind: str = "Edit"
    reason: str | None = None

    def refusal(self, model: Review) -> Refusal | None:
        return model.refusal(self.who, self.numbers)

    def do(self, session: Session, model: Review) -> review.Edited:
        edits = [review.Edit(n, v, self.column, self.value) for n, v in model.read(self.who, self.numbers)]
        return review.edit_records(session, edits, kind=self.kind, reason=self.reason)

    def done(self, model: Review, gate: Gate, result: review.Edited) -> None:
        group = model.edited(
            self.who, {(n, self.column): self.value for n in self.numbers}, self.kind, self.reason
        )
        check_edited(model, result, group, self.numbers)
        assert result.skipped_count == 0


@dataclass(frozen=True)
class Undoing(Step):
    """An edit, counted from the last one, is taken back: all of it, or of some records, or as far as it can be."""

    back: int
    only: frozenset[int] | None = None
    skips: bool = False

    def is_possible(self, model: Review) -> bool:
        return bool(model.groups)

    def _group(self, model: Review) -> int:
        return len(model.groups) - self.back % len(model.groups)

    def refusal(self, model: Review) -> Refusal | None:
        return model.undo_refusal(self.who, self._group(model), self.only, self.skips)

    def do(self, session: Session, model: Review) -> review.Edited:
        only = None if self.only is None else sorted(self.only)
        group = model.groups[self._group(model) - 1].number
        return review.undo_edit(session, group, only=only, skip_conflicts=self.skips, reason="wrong person")

    def done(self, model: Review, gate: Gate, result: review.Edited) -> None:
        of = self._group(model)
        asked = {
            r.record
            for r in model.revisions
            if r.group == of and (self.only is None or r.record in self.only)
        }
        group, left_out = model.undone(self.who, of, self.only, self.skips, "wrong person")
        assert result.skipped_count == left_out
        check_edited(model, result, group, asked)


def check_edited(
    model: Review, told: review.Edited, group: int | None, asked: set[int] | frozenset[int]
) -> None:
    """What an edit tells is what it did."""
    if group:
        made = model.numbered(group, told.group_id)
        assert (told.record_count, told.cell_count) == (made.records, made.cells)
    else:
        assert (told.group_id, told.record_count, told.cell_count) == (None, 0, 0)
    assert {r.quarantine_id for r in told.records} <= asked
    assert [r.quarantine_id for r in told.records] == sorted(r.quarantine_id for r in told.records)
    assert all(r.record_version == model.records[r.quarantine_id].version for r in told.records)


@dataclass(frozen=True)
class Resubmitting(Step):
    """Records go through the gate again, with their warnings waived or not."""

    numbers: frozenset[int]
    waives: bool

    def refusal(self, model: Review) -> Refusal | None:
        return model.refusal(self.who, self.numbers)

    def do(self, session: Session, model: Review, *, rehearse: bool = False) -> review.Resubmitted:
        return review.resubmit_records(
            session,
            model.read(self.who, self.numbers),
            rehearse=rehearse,
            waive_warnings=self.waives,
            reason="known",
        )

    def done(self, model: Review, gate: Gate, result: review.Resubmitted) -> None:
        mine = [Filter("Batch_ID", "=", result.batch_id)]
        outcomes = {
            row["Source_Row"]: (row["Outcome"], row["Diver_ID"])
            for row in gate.session.select("Raw_Divers", filters=mine)
        }
        assert outcomes.keys() == self.numbers
        let_in = [n for n, (_, diver) in outcomes.items() if diver is not None]
        assert (result.passed_count, result.failed_count) == (len(let_in), len(outcomes) - len(let_in))
        told = {r.quarantine_id: r.outcome for r in result.records}
        assert told == {n: outcome for n, (outcome, _) in outcomes.items() if outcome != "Promoted"}
        for number, (outcome, diver) in sorted(outcomes.items()):
            if diver is not None:
                self._let_in(model, gate, number, outcome, diver)
            elif outcome == "Quarantined":
                model.stopped(self.who, number)
        count = Counter(outcome for outcome, _ in outcomes.values())
        counts = {name.lower(): count[name] for name in ("Promoted", "Unchanged", "Duplicate", "Quarantined")}
        model.logged(self.who, "Govern_Batch", result.batch_id, **counts)
        sent = {"records": len(outcomes), "passed": len(let_in), "waived": int(self.waives)}
        model.logged(self.who, "Resubmit_Records", result.batch_id, **sent)

    def _let_in(self, model: Review, gate: Gate, number: int, outcome: str, diver: int) -> None:
        """Errors never pass, and warnings only where they were waived."""
        failed = gate.waiting(number)["Failed_Checks"]
        assert not failed & ~WARNINGS
        assert not failed or self.waives
        code = outcome if outcome == "Duplicate" or not failed else "Released with warning"
        status = "Merged" if outcome == "Duplicate" else "Released"
        model.closed(self.who, number, status, code, "known", diver)


@dataclass(frozen=True)
class Rehearsing(Resubmitting):
    """The same, and nothing of it is kept."""

    keeps_nothing = True

    def do(self, session: Session, model: Review, *, rehearse: bool = True) -> review.Resubmitted:
        return super().do(session, model, rehearse=rehearse)

    def done(self, model: Review, gate: Gate, result: review.Resubmitted) -> None:
        assert result.passed_count + result.failed_count == len(self.numbers)


@dataclass(frozen=True)
class Discarding(Step):
    numbers: frozenset[int]
    reason: str | None = None

    def refusal(self, model: Review) -> Refusal | None:
        return model.refusal(self.who, self.numbers)

    def do(self, session: Session, model: Review) -> None:
        review.discard_records(session, model.read(self.who, self.numbers), "test_data", self.reason)

    def done(self, model: Review, gate: Gate, result: None) -> None:
        for number in self.numbers:
            model.closed(self.who, number, "Discarded", "test_data", self.reason)
        model.events += [
            Event(number, "Discarded", self.who, "Test data: nobody" if self.reason else "Test data")
            for number in sorted(self.numbers)
        ]
        model.logged(self.who, "Discard_Records", code="test_data", records=len(self.numbers))


@dataclass(frozen=True)
class Reopening(Step):
    """What was discarded waits again; without any, this is tried on a record that is not."""

    number: int

    def _numbers(self, model: Review) -> list[int]:
        away = [number for number, record in model.records.items() if record.status == "Discarded"]
        return away or [self.number]

    def refusal(self, model: Review) -> Refusal | None:
        return model.refusal(self.who, self._numbers(model), "Discarded")

    def do(self, session: Session, model: Review) -> None:
        review.reopen_records(session, model.read(self.who, self._numbers(model)), "they wrote")

    def done(self, model: Review, gate: Gate, result: None) -> None:
        numbers = self._numbers(model)
        for number in numbers:
            model.reopened(self.who, number)
        model.events += [Event(number, "Reopened", self.who, "they wrote") for number in numbers]
        model.logged(self.who, "Reopen_Records", records=len(numbers))


@dataclass(frozen=True)
class Claiming(Step):
    numbers: frozenset[int]
    takes_over: bool

    def refusal(self, model: Review) -> Refusal | None:
        return None

    def do(self, session: Session, model: Review) -> list[review.Claim]:
        numbers = sorted(self.numbers)
        return review.claim_records(session, numbers, take_over=self.takes_over, reason="urgent")

    def done(self, model: Review, gate: Gate, result: list[review.Claim]) -> None:
        claims = model.claimed(self.who, self.numbers, self.takes_over, "urgent")
        assert {claim.quarantine_id: claim.claimed_by for claim in result} == claims
        assert all(claim.is_claimed == (claim.claimed_by == self.who) for claim in result)


@dataclass(frozen=True)
class GivingUp(Step):
    numbers: frozenset[int]

    def refusal(self, model: Review) -> Refusal | None:
        return None

    def do(self, session: Session, model: Review) -> None:
        review.release_claims(session, sorted(self.numbers))

    def done(self, model: Review, gate: Gate, result: None) -> None:
        model.given_up(self.who, self.numbers)


@dataclass(frozen=True)
class Waiting(Step):
    """So long that every claim is over."""

    def refusal(self, model: Review) -> Refusal | None:
        return None

    def do(self, session: Session, model: Review) -> None:
        pass

    def done(self, model: Review, gate: Gate, result: None) -> None:
        gate.let_claims_end()
        model.lapsed()


@dataclass(frozen=True)
class Merging(Step):
    """Records become part of the first diver, with a value of theirs; an error among the values is refused."""

    number: int
    also: frozenset[int]
    values: tuple[tuple[str, Value], ...] = field(default=())

    @property
    def numbers(self) -> frozenset[int]:
        return self.also | {self.number}

    def refusal(self, model: Review) -> Refusal | None:
        refused = model.refusal(self.who, self.numbers)
        return refused or (Refusal("rules") if ("Date_Of_Birth", "soon") in self.values else None)

    def do(self, session: Session, model: Review) -> tuple[Any, ...]:
        mine = [Filter("Diver_ID", "=", 1), Filter("Is_Current", "=", True)]
        (ada,) = session.select("Diver_Versions", filters=mine)
        read = dict(model.read(self.who, self.numbers))
        also = [(n, read[n]) for n in sorted(self.also - {self.number})]
        record, diver = (self.number, read[self.number]), (1, ada["Valid_From"])
        review.merge_record(session, record, diver, dict(self.values), "the same person", also)
        return tuple(ada.items())

    def done(self, model: Review, gate: Gate, result: tuple[Any, ...]) -> None:
        before, now = dict(result), gate.versions(1)[-1]
        values = dict(self.values)
        expected = {column: values.get(column, before[column]) for column in NAMED}
        assert {column: now[column] for column in NAMED} == expected
        for number in self.numbers:
            model.closed(self.who, number, "Merged", "Merged", "the same person", 1)
        if expected != {column: before[column] for column in NAMED}:
            model.logged(self.who, "Update_Diver", 1)
        model.logged(self.who, "Merge_Record", self.number, diver=1, records=len(self.numbers))


NAMED = ("First_Name", "Last_Name", "Email", "Phone", "Date_Of_Birth", "Source_Reference")


@dataclass(frozen=True)
class Keeping(Step):
    """One of several records is kept with a value that survives, and the others are its duplicates."""

    number: int
    also: frozenset[int]
    column: str
    value: Value

    @property
    def others(self) -> frozenset[int]:
        return self.also - {self.number}

    def refusal(self, model: Review) -> Refusal | None:
        return model.refusal(self.who, [self.number]) or model.refusal(self.who, self.others)

    def do(self, session: Session, model: Review) -> review.Edited:
        (kept,) = model.read(self.who, [self.number])
        edits = [review.Edit(*kept, self.column, self.value)]
        return review.keep_record(session, kept, edits, "one person", model.read(self.who, self.others))

    def done(self, model: Review, gate: Gate, result: review.Edited) -> None:
        cells: dict[Cell, Value] = {(self.number, self.column): self.value}
        check_edited(model, result, model.edited(self.who, cells, "Bulk", "one person"), {self.number})
        for number in self.others:
            model.closed(self.who, number, "Discarded", "duplicate", "one person")
        model.events += [
            Event(number, "Discarded", self.who, "Duplicate of another record: one person")
            for number in sorted(self.others)
        ]
        model.logged(self.who, "Discard_Records", code="duplicate", records=len(self.others))
        model.logged(self.who, "Keep_Record", self.number, records=len(self.others))

"""The law of the house: nothing is lost, nothing is doubled, and doing it again changes nothing.

Small batches over a handful of emails and values, so that nearly everything collides; what becomes of each record is
compared with an account of the outcomes that shares nothing with the gatekeeper but the design.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from typing import Any, NamedTuple

from gates import Gate, Verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person, raw_records

People = list[dict[str, str | None]]

PEOPLE = st.lists(
    st.builds(
        person,
        email=st.sampled_from(
            ["a@b.example", " A@B.Example", "c@d.example", "c@d.example\u00a0", "e@f.example", "x@y", None]
        ),
        first_name=st.sampled_from(["Ada", "Ada", " Ada ", "Bea", None]),
        phone=st.sampled_from([None, None, " ", "5550001111", "(555) 000-1111", "?"]),
        certification=st.sampled_from([None, None, "OWD", "open water", "no level"]),
        payload=st.sampled_from(["{}", "{}", "{}", '{"a": 1}', "[]"]),
    ),
    min_size=1,
    max_size=9,
)
BATCHES = st.lists(PEOPLE, min_size=1, max_size=3)
Make = Callable[[], Gate]


class Expected(NamedTuple):
    outcome: str
    verdict: Verdict


class Normal(NamedTuple):
    """A record once normalised, as the design has it."""

    email: str | None
    first_name: str | None
    phone: str | None
    certification: str | None

    @classmethod
    def of(cls, values: dict[str, str | None]) -> Normal:
        email, name, phone, level = (
            (values[key] or "").strip(" \u00a0") or None
            for key in ("email", "first_name", "phone", "certification")
        )
        return cls(
            email.lower() if email else None,
            name,
            "".join(c for c in phone if c not in " ().-") if phone else None,
            "Open Water Diver" if level in ("OWD", "open water") else level,
        )

    def faults(self, payload: str | None) -> set[tuple[str, str]]:
        found = {
            ("EMAIL_MISSING", "Email"): self.email is None,
            ("EMAIL_FORMAT", "Email"): self.email == "x@y",
            ("FIRST_NAME_MISSING", "First_Name"): self.first_name is None,
            ("PHONE_FORMAT", "Phone"): self.phone == "?",
            ("CERTIFICATION_UNKNOWN", "Certification"): self.certification == "no level",
            ("PAYLOAD_INVALID", "Payload"): payload == "[]",
        }
        return {fault for fault, is_there in found.items() if is_there}


def account(people: People, divers: dict[str, Normal]) -> list[Expected]:
    """What the design says of a batch, given the divers by email."""
    normal = [Normal.of(values) for values in people]
    faults = [n.faults(values["payload"]) for n, values in zip(normal, people, strict=True)]
    unchanged = set()
    for row, one in enumerate(normal):
        known = divers.get(one.email or "")
        if known and known != one:
            faults[row].add(("DUPLICATE_OF_DIVER", "Email"))
        elif known and not faults[row]:
            unchanged.add(row)
    comparable = [
        row for row, one in enumerate(normal) if one.email not in (None, "x@y") and row not in unchanged
    ]
    newest = {(normal[row], frozenset(faults[row])): row for row in comparable}
    copies = set(comparable) - set(newest.values())
    for email in {normal[row].email for row in comparable}:
        rivals = sorted((row for row in newest.values() if normal[row].email == email), reverse=True)
        first = min(rivals, key=lambda row: bool(faults[row]))
        for row in rivals:
            if row != first:
                faults[row].add(("DUPLICATE_IN_BATCH", "Email"))

    def outcome(row: int) -> Expected:
        if row in unchanged or row in copies:
            return Expected("Unchanged" if row in unchanged else "Duplicate", frozenset())
        return Expected("Quarantined" if faults[row] else "Promoted", frozenset(faults[row]))

    return [outcome(row) for row in range(len(people))]


def divers_after(people: People, expected: list[Expected], divers: dict[str, Normal]) -> dict[str, Normal]:
    new = [Normal.of(p) for p, e in zip(people, expected, strict=True) if e.outcome == "Promoted"]
    return {**divers, **{one.email or "": one for one in new}}


@given(BATCHES)
@settings(max_examples=120)
def test_every_record_has_the_outcome_that_the_design_gives_it(
    make_gate: Make, batches: list[People]
) -> None:
    gate, divers = make_gate(), dict[str, Normal]()
    with closing(gate.session):
        for people in batches:
            expected = account(people, divers)
            fates = gate.take_in(people)
            assert [Expected(fate.outcome or "", fate.verdict) for fate in fates] == expected
            divers = divers_after(people, expected, divers)
        assert [diver["Email"] for diver in gate.divers()] == list(divers)


@given(BATCHES)
@settings(max_examples=60)
def test_nothing_is_lost_and_nothing_is_doubled(make_gate: Make, batches: list[People]) -> None:
    gate = make_gate()
    with closing(gate.session):
        for number, people in enumerate(batches, start=1):
            before = len(gate.divers())
            counts = gate.govern(gate.load(people))
            fates = gate.fates(number)
            by_outcome = Counter((fate.outcome or "").lower() for fate in fates)
            assert counts["loaded"] == len(people) == sum(by_outcome.values())
            assert {name: counts[name] for name in by_outcome} == dict(by_outcome)
            assert len(gate.divers()) - before == counts["promoted"]
            _check_targets(gate, number)
        emails = [diver["Email"] for diver in gate.divers()]
        assert len(set(emails)) == len(emails)


def _check_targets(gate: Gate, batch: int) -> None:
    """Every outcome points at one thing that exists."""
    divers = {diver["Diver_ID"] for diver in gate.divers()}
    waiting = {record["Quarantine_ID"]: record for record in gate.queue()}
    promoted = []
    for fate in gate.fates(batch):
        assert (fate.diver_id is None) != (fate.quarantine_id is None)
        assert fate.diver_id is None or fate.diver_id in divers
        assert fate.quarantine_id is None or waiting[fate.quarantine_id]["Status"] == "Open"
        assert (fate.outcome == "Quarantined") == bool(fate.verdict)
        if fate.outcome == "Promoted":
            promoted.append(fate.diver_id)
    assert len(set(promoted)) == len(promoted)


@given(PEOPLE)
@settings(max_examples=30)
def test_governing_again_changes_nothing_at_all(make_gate: Make, people: People) -> None:
    gate = make_gate()
    with closing(gate.session):
        batch = gate.load(people)
        gate.govern(batch)
        before = gate.backend.dump()
        gate.govern(batch)
        assert gate.backend.dump() == before


@given(PEOPLE)
@settings(max_examples=30)
def test_the_same_content_a_second_time_adds_no_diver_and_no_waiting_record(
    make_gate: Make, people: People
) -> None:
    gate = make_gate()
    with closing(gate.session):
        gate.take_in(people, content="same")
        divers, waiting = gate.divers(), [record["Quarantine_ID"] for record in gate.queue()]
        fates = gate.take_in(people, content="same", again=True)
        assert gate.divers() == divers
        assert [record["Quarantine_ID"] for record in gate.queue()] == waiting
        assert "Promoted" not in {fate.outcome for fate in fates}


@given(PEOPLE, st.data())
@settings(max_examples=40)
def test_chunks_of_any_size_in_any_order_and_sent_again_end_the_same(
    make_gate: Make, people: People, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(people)))) | {0, len(people)})
    chunks = [raw_records(people)[start:end] for start, end in pairwise(cuts)]
    sent = data.draw(st.permutations(chunks)) + data.draw(st.lists(st.sampled_from(chunks), max_size=3))
    whole, cut = make_gate(), make_gate()
    with closing(whole.session), closing(cut.session):
        whole.take_in(people)
        batch = cut.open(len(people))
        for chunk in sent:
            cut.send(batch, chunk)
        cut.govern(batch)
        assert _state(cut) == _state(whole)


def _state(gate: Gate) -> tuple[Any, ...]:
    """What became of a batch, without the numbers that hang on the order of loading, and without times."""
    kept = ("Email", "First_Name", "Phone", "Date_Of_Birth", "Certification_Level_ID")
    divers = Counter(tuple(diver[name] for name in kept) for diver in gate.divers())
    fates = [(fate.outcome, fate.verdict, fate.diver_id is None) for fate in gate.fates(1)]
    return divers, fates, _waiting(gate.queue())


def _waiting(queue: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    kept = ("Source_Row", "Email", "Phone", "Failed_Rules", "Attempt_Count")
    return sorted((tuple(record[name] for name in kept) for record in queue), key=repr)

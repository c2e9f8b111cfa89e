"""Any sequence of review by two stewards: everything adds up, and no value that was ever typed is lost.

After each step the database must say what a model in plain Python says (`review_model`): every record, every edit that
was ever made, who did it, and of what was refused, that nothing of it was done and who is named for it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

import pytest
from backends import SqliteBackend
from gates import Gate
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person
from review_model import Action, Event, Group, Record, Refusal, Review, Revision
from review_steps import (
    Claiming,
    Discarding,
    Editing,
    GivingUp,
    Keeping,
    Merging,
    Rehearsing,
    Reopening,
    Resubmitting,
    Step,
    Undoing,
    Waiting,
)
from tsql_backend import TsqlBackend

from divegov_gui.core.errors import Conflict, Refused
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Filter, Order
from divegov_gui.services import conservation, review

VALUES: dict[str, list[str | None]] = {
    "Email": ["ada@example.org", " Bob@example.org", "bad", "gil@example.org", None],
    "Phone": ["5550001111", "?", None],
    "First_Name": ["Ada", "Bea", None],
    "Last_Name": ["Lovelace", "Byron"],
    "Date_Of_Birth": ["1990-05-17", "soon", "2005-01-01"],
    "Certification": ["Rescue Diver", "none"],
    "Source_Reference": ["B-2", None],
}
COMPARED = 2097152 | 4194304
"""What is no matter of a record's own values: DUPLICATE_IN_BATCH, DUPLICATE_OF_DIVER."""
DAMAGED = 1048576
"""PAYLOAD_INVALID: of what came as no object, until somebody has typed into it."""

WHO = st.sampled_from(["anna", "berta"])
LOOKS = st.sampled_from([True, True, True, False])
RECORDS = st.integers(1, 5)
SURVIVING = st.sampled_from(
    [
        (),
        (("First_Name", "Bea"),),
        (("Phone", "5550001111"), ("Last_Name", "Li")),
        (("Date_Of_Birth", "soon"),),
    ]
)
BACK = st.integers(0, 3)
"""Which edit is taken back, counted from the last: what is near is what stands on, or under, another."""
KINDS = ("type", "type", "undo", "undo", "bulk", "claim", "close", "close", "gate")


def steps(numbers: frozenset[int], columns: list[str]) -> dict[str, st.SearchStrategy[Step]]:
    """What is done with a few records, and with some cells of theirs again and again; with others now and then."""
    one = st.sampled_from([*sorted(numbers) * 3, *range(1, 6)])
    some = st.frozensets(one, min_size=1, max_size=3)
    alone = one.map(lambda number: frozenset({number}))
    near = st.sampled_from([(column, value) for column in columns for value in (*VALUES[column], "1", "2")])
    far = st.sampled_from([(column, value) for column, values in VALUES.items() for value in values])

    def of_cells(kind: Callable[..., Step], *what: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
        *given, cell = what
        return st.builds(
            lambda who, looks, cell, *rest: kind(who, looks, *rest, *cell), WHO, LOOKS, cell, *given
        )

    return {
        "type": of_cells(Editing, alone, near),
        "bulk": of_cells(partial(Editing, kind="Bulk", reason="called"), some, far),
        "undo": st.builds(Undoing, WHO, LOOKS, BACK)
        | st.builds(Undoing, WHO, LOOKS, BACK, st.none() | some, st.booleans()),
        "claim": st.builds(Claiming, WHO, LOOKS, some, st.booleans())
        | st.builds(Claiming, WHO, LOOKS, some, st.booleans())
        | st.builds(GivingUp, WHO, LOOKS, some)
        | st.builds(Waiting, WHO, LOOKS),
        "close": st.builds(Discarding, WHO, LOOKS, some, st.sampled_from([None, "nobody"]))
        | st.builds(Reopening, WHO, LOOKS, one)
        | st.builds(Merging, WHO, LOOKS, one, st.just(frozenset()) | some, SURVIVING)
        | of_cells(Keeping, one, some, far),
        "gate": st.builds(Resubmitting, WHO, LOOKS, some, st.booleans())
        | st.builds(Rehearsing, WHO, LOOKS, some, st.booleans()),
    }


@st.composite
def reviews(draw: st.DrawFn) -> list[Step]:
    """A sequence in which two stewards meet over one or two records, and over one or two columns of them."""
    numbers = draw(st.frozensets(RECORDS, min_size=1, max_size=2))
    columns = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2, unique=True))
    of = steps(numbers, columns)
    return [draw(of["type"]), *draw(st.lists(st.sampled_from(KINDS).flatmap(of.__getitem__), max_size=14))]


class Bench:
    """A workspace with five records that wait, two stewards who have seen them, and the model of it."""

    def __init__(self, backend: SqliteBackend, stack: ExitStack) -> None:
        self.gate = Gate(backend, stack.enter_context(closing(backend.open())))
        self.stewards = {
            who: stack.enter_context(closing(backend.open(steward=who))) for who in ("anna", "berta")
        }
        self._watcher = stack.enter_context(closing(sqlite3.connect(backend.path)))
        rows = self.gate.queue()
        came = {row["Quarantine_ID"]: {column: row[column] for column in COLUMNS} for row in rows}
        who = self.gate.session.select("Batch_Summary")[0]["Received_By"]
        self.model = Review({number: Record(values, dict(values), who) for number, values in came.items()})
        self.model.log = log(self.gate)
        for steward in self.stewards:
            self.model.look(steward)

    def take(self, step: Step) -> None:
        """Do one step; where the model says so, it is refused and does nothing."""
        model = self.model
        if not step.is_possible(model):
            return
        if step.looks:
            model.look(step.who)
        refusal = step.refusal(model)
        before = self._kept() if refusal or step.keeps_nothing else None
        try:
            result = step.do(self.stewards[step.who], model)
        except (Conflict, Refused) as error:
            check_refusal(step, refusal, error)
        else:
            assert refusal is None, f"{step} was not refused: {refusal}"
            step.done(model, self.gate, result)
        assert before is None or self._kept() == before

    def _kept(self) -> object:
        """Another one after each transaction of somebody's that was kept; the interpreter keeps numbers in any case."""
        if isinstance(self.gate.backend, TsqlBackend):
            return None
        return self._watcher.execute("PRAGMA data_version").fetchone()


@pytest.fixture(scope="module")
def prepared(make_gate: Callable[[], Gate]) -> SqliteBackend:
    """Ada is a diver, and five records wait."""
    gate = make_gate()
    with closing(gate.session):
        gate.take_in([person()])
        gate.take_in(
            [
                person(email="bob"),
                person(email="cyd@example.org", phone="?"),
                person(first_name="Bea"),
                person(email="dee@example.org", payload="["),
                person(email="eve@example.org", date_of_birth="soon", first_name=None),
            ]
        )
    assert isinstance(gate.backend, SqliteBackend)
    return gate.backend


def log(gate: Gate) -> list[Action]:
    places = places_of_groups(gate)
    return [
        Action(
            row["Actor"],
            row["Action"],
            places[row["Subject_ID"]] if row["Action"] == "Edit_Records" else row["Subject_ID"],
            json.loads(row["Detail"]),
        )
        for row in gate.log()
    ]


def places_of_groups(gate: Gate) -> dict[int | None, int | None]:
    """Edits by their numbers, between which there may be gaps: the first, the second, and so on."""
    rows = gate.session.select("Edit_History", ["Edit_Group_ID"], order=[Order("Edit_Group_ID")])
    return {None: None, **{row["Edit_Group_ID"]: place for place, row in enumerate(rows, start=1)}}


def check_refusal(step: Step, refusal: Refusal | None, error: Conflict | Refused) -> None:
    """It names the record, how many there are, and who was faster."""
    assert refusal, f"{step} was refused: {error}"
    if refusal.what == "rules":
        assert isinstance(error, Refused)
        return
    assert isinstance(error, Conflict)
    facts = error.facts
    assert (facts.what, facts.record, facts.count) == refusal[:3]
    assert facts.who in refusal.who


def check(gate: Gate, model: Review) -> None:
    """The database says what the model says; all batches add up, and no two divers share an email."""
    queue = gate.queue()
    expected = model.rows()
    assert [{name: row[name] for name in expected[0]} for row in queue] == expected
    assert revisions(gate) == model.revisions
    assert groups(gate) == model.groups
    assert log(gate) == model.log
    assert events(gate) == model.events
    assert conservation.check_all(gate.session) == ()
    assert all(batch["Status"] == "Governed" for batch in gate.session.select("Batch_Summary"))
    check_standing(gate, queue)
    emails = [row["Email"] for row in gate.divers()]
    assert len(set(emails)) == len(emails)


def check_standing(gate: Gate, queue: list[dict[str, Any]]) -> None:
    """What waits stands as the gate's own rules see its values, whatever was done to them."""
    values = {row["Quarantine_ID"]: {c: row[c] for c in COLUMNS} for row in queue if row["Status"] == "Open"}
    judged = review.check_records(gate.session, values)
    for row in queue:
        if row["Status"] == "Open":
            own = judged[row["Quarantine_ID"]].failed_checks
            if row["Payload"] == "[" and not row["Edited_Columns"]:
                own |= DAMAGED
            assert row["Failed_Checks"] & ~COMPARED == own & ~COMPARED


def revisions(gate: Gate) -> list[Revision]:
    """Every value that was ever typed, and what was there before it."""
    names = ("Quarantine_ID", "Column_Name", "Old_Value", "New_Value", "Edited_By")
    rows = gate.session.select("Revision_History", order=[Order("Revision_ID")])
    groups = places_of_groups(gate)
    places: dict[int | None, int | None] = {None: None}
    found: list[Revision] = []
    for place, row in enumerate(rows, start=1):
        places[row["Revision_ID"]] = place
        undoes = places[row["Undoes_Revision_ID"]]
        # What takes an undo back is an edit again.
        is_undo = undoes is not None and not found[undoes - 1].is_undo
        values = (row[name] for name in names)
        found.append(Revision(place, groups[row["Edit_Group_ID"]], *values, undoes, is_undo))
    return found


def groups(gate: Gate) -> list[Group]:
    names = ("Edit_Group_ID", "Edit_Kind", "Edited_By", "Edit_Reason", "Record_Count", "Cell_Count")
    rows = gate.session.select("Edit_History", order=[Order("Edit_Group_ID")])
    places = places_of_groups(gate)
    return [Group(*(row[name] for name in names), places[row["Undoes_Group_ID"]]) for row in rows]


def events(gate: Gate) -> list[Event]:
    """What was done with the records besides edits and arrivals, in its order."""
    kinds = [Filter("Story_Kind", "=", kind) for kind in ("Discarded", "Reopened", "Claimed")]
    names = ("Quarantine_ID", "Story_Kind", "Actor", "Summary")
    order = [Order("Story_At"), Order("Quarantine_ID")]
    rows = gate.session.select("Record_Story", names, [Filter("", "any of", kinds)], order)
    return [Event(*(row[name] for name in names)) for row in rows]


@pytest.mark.sqlite_only
@given(reviews())
@settings(max_examples=40)
def test_any_sequence_of_review_adds_up_and_loses_nothing(
    prepared: SqliteBackend, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    with ExitStack() as stack:
        bench = Bench(prepared.copied(tmp_path_factory.mktemp("database")), stack)
        for step in steps:
            bench.take(step)
            check(bench.gate, bench.model)

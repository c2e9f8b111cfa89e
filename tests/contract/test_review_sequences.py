"""Any sequence of review by two stewards: everything adds up, and no value that was ever typed is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import chain
from typing import Any

import pytest
from gates import Gate
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person

from divegov_gui.core.errors import Conflict, Refused
from divegov_gui.core.records import FIELDS
from divegov_gui.database.session import Order, Session
from divegov_gui.services import review

COLUMNS = [field.column for field in FIELDS]
VALUES: dict[str, list[str | None]] = {
    "Email": ["ada@example.org", " Bob@example.org", "bad", "gil@example.org", None],
    "Phone": ["5550001111", "?", None],
    "First_Name": ["Ada", "Bea", None],
    "Date_Of_Birth": ["1990-05-17", "soon", "2030-01-01"],
}
CELLS = st.sampled_from([(column, value) for column, values in VALUES.items() for value in values])
RECORDS = st.integers(1, 5)
WHO = st.integers(0, 1)
COMPARED = 2097152 | 4194304 | 1048576
"""What is no matter of a record's own values: DUPLICATE_IN_BATCH, DUPLICATE_OF_DIVER, PAYLOAD_INVALID."""

STEPS = st.one_of(
    st.tuples(st.just("edit"), WHO, RECORDS, CELLS),
    st.tuples(st.just("bulk"), WHO, st.sets(RECORDS, min_size=1), CELLS),
    st.tuples(st.just("stale"), WHO, RECORDS, CELLS),
    st.tuples(st.just("undo"), WHO, st.integers(0, 9), st.none() | st.sets(RECORDS, min_size=1)),
    st.tuples(st.just("undo what can be"), WHO, st.integers(0, 9), st.none()),
    st.tuples(st.just("resubmit"), WHO, st.sets(RECORDS, min_size=1), st.booleans()),
    st.tuples(st.just("rehearse"), WHO, st.sets(RECORDS, min_size=1), st.booleans()),
    st.tuples(st.just("discard"), WHO, st.sets(RECORDS, min_size=1), st.none()),
    st.tuples(st.just("reopen"), WHO, st.sets(RECORDS, min_size=1), st.none()),
    st.tuples(st.just("claim"), WHO, st.sets(RECORDS, min_size=1), st.booleans()),
    st.tuples(st.just("release"), WHO, st.sets(RECORDS, min_size=1), st.none()),
)
OVERTYPED = st.builds(
    lambda who, record, column, values, back: [
        *(("edit", who, record, (column, VALUES[column][value % len(VALUES[column])])) for value in values),
        ("undo", 1 - who, -back, None),
    ],
    WHO,
    RECORDS,
    st.sampled_from(list(VALUES)),
    st.lists(st.integers(0, 4), min_size=2, max_size=3),
    st.integers(1, 3),
)
"""One edit of a cell after the other, and then one of them is to be taken back, as often as not from under another."""

Typed = set[tuple[int, str, str | None]]


def prepare(gate: Gate) -> None:
    """Ada is a diver; five records wait, each for another reason."""
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


def take(gate: Gate, session: Session, typed: Typed, step: tuple[Any, ...]) -> None:
    """Do one step; what is typed and taken is noted."""
    what, _, which, more = step
    groups = [row["Edit_Group_ID"] for row in session.select("Edit_History", order=[Order("Edit_Group_ID")])]
    if what in ("edit", "bulk", "stale"):
        ids = sorted(which) if what == "bulk" else [which]
        edits = [review.Edit(n, v - (what == "stale"), *more) for n, v in gate.versions_of(*ids)]
        review.edit_records(session, edits, kind="Bulk" if what == "bulk" else "Edit")
        assert what != "stale"
        typed.update((n, *more) for n in ids)
    elif what.startswith("undo") and groups:
        only = sorted(more) if more else None
        review.undo_edit(session, groups[which % len(groups)], only=only, skip_conflicts=what != "undo")
    elif what in ("resubmit", "rehearse"):
        rehearse = what == "rehearse"
        review.resubmit_records(
            session, gate.versions_of(*which), rehearse=rehearse, waive_warnings=more, reason="known"
        )
    elif what == "discard":
        review.discard_records(session, gate.versions_of(*which), "test_data", None)
    elif what == "reopen":
        review.reopen_records(session, gate.versions_of(*which), None)
    elif what == "claim":
        review.claim_records(session, sorted(which), take_over=more, reason="urgent")
    elif what == "release":
        review.release_claims(session, sorted(which))


def check_batches(gate: Gate) -> None:
    """Loaded = promoted + unchanged + duplicate + quarantined, as the batches say and as the records say."""
    outcomes: dict[int, Counter[str]] = {}
    for row in gate.session.select("Raw_Divers", ["Batch_ID", "Outcome"]):
        outcomes.setdefault(row["Batch_ID"], Counter())[row["Outcome"]] += 1
    for batch in gate.session.select("Batch_Summary"):
        counts = {
            name: batch[f"{name}_Count"] for name in ("Promoted", "Unchanged", "Duplicate", "Quarantined")
        }
        assert batch["Status"] == "Governed"
        assert batch["Loaded_Count"] == sum(counts.values())
        assert {name: count for name, count in counts.items() if count} == dict(outcomes[batch["Batch_ID"]])


def check_records(gate: Gate, typed: Typed) -> None:
    """Each record has one status with its resolution; each cell one unbroken history, with all that was typed in it."""
    divers = {row["Diver_ID"] for row in gate.divers()}
    revisions = gate.session.select("Revision_History", order=[Order("Revision_ID")])
    queue = gate.queue()
    judged = review.check_records(
        gate.session, {row["Quarantine_ID"]: {c: row[c] for c in COLUMNS} for row in queue}
    )
    for row in queue:
        check_status(row, divers)
        if row["Status"] == "Open":
            own = judged[row["Quarantine_ID"]].failed_checks
            assert row["Failed_Checks"] & ~COMPARED == own & ~COMPARED
        for bit, column in enumerate(COLUMNS):
            mine = [
                r
                for r in revisions
                if (r["Quarantine_ID"], r["Column_Name"]) == (row["Quarantine_ID"], column)
            ]
            values = [row[f"Raw_{column}"], *(r["New_Value"] for r in mine)]
            assert [r["Old_Value"] for r in mine] == values[:-1]
            assert row[column] == values[-1]
            assert bool(row["Edited_Columns"] & 1 << bit) == (row[column] != row[f"Raw_{column}"])
            assert {v for n, c, v in typed if (n, c) == (row["Quarantine_ID"], column)} <= set(values)
            check_undone(mine)
    emails = [row["Email"] for row in gate.divers()]
    assert len(set(emails)) == len(emails)


def check_undone(mine: list[dict[str, Any]]) -> None:
    """What an undo took back of a cell was what stood there: each later edit of it had been taken back before."""
    places = {revision["Revision_ID"]: place for place, revision in enumerate(mine)}
    for place, undo in enumerate(mine):
        if undo["Undoes_Revision_ID"] is None:
            continue
        undone = places[undo["Undoes_Revision_ID"]]
        assert undo["New_Value"] == mine[undone]["Old_Value"]
        standing: list[int] = []
        for later in mine[undone + 1 : place]:
            if standing and later["Undoes_Revision_ID"] == standing[-1]:
                standing.pop()
            else:
                standing.append(later["Revision_ID"])
        assert not standing, "an undo took back what a later edit stood on"


def check_status(row: dict[str, Any], divers: set[int]) -> None:
    resolved = (row["Resolved_At"], row["Resolved_By"], row["Resolution_Code"])
    match row["Status"]:
        case "Open":
            assert resolved == (None, None, None)
            assert row["Diver_ID"] is None
        case "Discarded":
            assert all(resolved)
            assert row["Diver_ID"] is None
        case "Released" | "Merged":
            assert all(resolved)
            assert row["Diver_ID"] in divers
        case other:
            raise AssertionError(other)
    assert row["Status"] == "Open" or not row["Is_Claimed"]


@pytest.mark.sqlite_only
@given(st.lists(STEPS.map(lambda step: [step]) | OVERTYPED, max_size=9))
@settings(max_examples=40)
def test_any_sequence_of_review_adds_up_and_loses_nothing(
    make_gate: Callable[[], Gate], spells: list[list[tuple[Any, ...]]]
) -> None:
    gate, typed = make_gate(), Typed()
    with closing(gate.session), closing(gate.backend.open(steward="berta")) as berta:
        prepare(gate)
        for step in chain.from_iterable(spells):
            before = gate.backend.dump()
            try:
                take(gate, berta if step[1] else gate.session, typed, step)
            except (Conflict, Refused):
                assert gate.backend.dump() == before
            else:
                assert step[0] != "rehearse" or gate.backend.dump() == before
            check_batches(gate)
            check_records(gate, typed)

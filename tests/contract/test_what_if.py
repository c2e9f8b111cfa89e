"""What a change of a rule would do is told before it is saved, and is what saving it and judging again then does."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from gates import Gate
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person

from divegov_gui.core.errors import Refused
from divegov_gui.database.session import Order
from divegov_gui.services import review

Make = Callable[[], Gate]


def retest(gate: Gate, code: str | None = None, **change: Any) -> list[list[dict[str, Any]]]:
    """The result sets of a retest: of all rules, of one, or the rehearsal of a change."""
    if change:
        change = gate.rule_with(code or "", **{"rehearse": 1, **change})
    results = gate.session.call("Retest_Quarantine", rule_code=code, **change)
    return [[dict(row) for row in rows] for rows in results]


def standing(gate: Gate) -> list[tuple[int, str, int]]:
    rows = gate.session.select(
        "Quarantine_Queue", ["Quarantine_ID", "Status", "Failed_Checks"], order=[Order("Quarantine_ID")]
    )
    return [(row["Quarantine_ID"], row["Status"], row["Failed_Checks"]) for row in rows]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 9])
def test_every_diver_is_judged_once_however_many_there_are(gate: Gate, count: int) -> None:
    years = [1990 if n % 2 else 2000 for n in range(count)]
    people = [person(email=f"{n}@example.org", date_of_birth=f"{year}-01-01") for n, year in enumerate(years)]
    gate.take_in(people)
    counts, _, _, divers = retest(gate, "AGE_BELOW_MINIMUM", threshold=30)
    young = [d["Diver_ID"] for d in gate.divers() if d["Date_Of_Birth"] == "2000-01-01"]
    assert [row["Diver_ID"] for row in divers] == young
    counts, *_ = retest(gate, "AGE_BELOW_MINIMUM", threshold=100)
    assert (counts[0]["Diver_Count"], counts[0]["Failing_Diver_Count"]) == (count, count)


LONG = "x" * 300
WRONG: list[dict[str, str | None]] = [
    *({column: None} for column in ("first_name", "last_name", "email", "date_of_birth")),
    *({column: "J0hn"} for column in ("first_name", "last_name")),
    *({"phone": "?"}, {"certification": "none"}, {"payload": "["}, {"email": "ada@example.org"}),
    *({"date_of_birth": day} for day in ("soon", "2090-01-01", "2024-01-01", "1890-01-01")),
    {"date_of_birth": "2012-01-01", "certification": "Instructor"},
    *({column: LONG} for column in ("first_name", "last_name", "phone", "certification", "source_reference")),
]
"""One thing that is wrong each, by every rule that looks at one record, and the email of a diver with other data."""


def test_each_rule_by_itself_finds_what_all_of_them_find_together(gate: Gate) -> None:
    gate.take_in([person()])
    gate.take_in(
        [person(**{"email": f"{n}@example.org", "last_name": "Li", **w}) for n, w in enumerate(WRONG)]
    )
    together = standing(gate)
    assert len(together) == len(WRONG)
    gate.edit(1, Phone="?")
    gate.edit(1, Phone=None)
    gate.backend.run("UPDATE Data_Quarantine SET Failed_Checks = 0")
    for row in gate.session.select("Rule_Catalogue", ["Rule_Code"]):
        if row["Rule_Code"] not in ("DUPLICATE_IN_BATCH", "ERASED_SUBJECT"):
            retest(gate, row["Rule_Code"])
    assert standing(gate) == together
    retest(gate)
    assert standing(gate) == together


def test_only_what_waits_is_judged_again_and_each_count_is_its_own(gate: Gate) -> None:
    gate.take_in([person(email=f"{n}@example.org", phone="?") for n in range(4)])
    gate.take_in([person(email="?", phone="?"), person(email="y@example.org", date_of_birth="soon")])
    review.discard_records(gate.session, gate.versions_of(1), "test_data", None)
    closed = gate.waiting(1)
    counts, *_ = retest(gate, "PHONE_FORMAT", is_enabled=0)
    names = ("Judged", "Changed", "Ready", "Stopped", "Releasable")
    assert [counts[0][f"{name}_Count"] for name in names] == [5, 4, 3, 0, 0]
    gate.set_rule("PHONE_FORMAT", is_enabled=0)
    retest(gate, "PHONE_FORMAT")
    (log,) = gate.log("Retest_Quarantine")
    assert json.loads(log["Detail"]) == {"rule": "PHONE_FORMAT", "judged": 5, "changed": 4}
    assert gate.waiting(1) == closed
    gate.set_rule("PHONE_FORMAT", is_enabled=1)
    counts, *_ = retest(gate, "PHONE_FORMAT")
    assert [counts[0][f"{name}_Count"] for name in names] == [5, 4, 0, 3, 3]


def test_what_may_be_released_is_counted_by_what_is_an_error_before_and_after(gate: Gate) -> None:
    gate.take_in([person(email=f"{n}@example.org", phone="?") for n in range(3)])
    gate.take_in([person(email="?", phone="?"), person(email="x@example.org", first_name="J0hn")])
    counts, *_ = retest(gate, "PHONE_FORMAT", severity="error")
    assert (counts[0]["Releasable_Before_Count"], counts[0]["Releasable_Count"]) == (4, 1)
    counts, *_ = retest(gate, "EMAIL_FORMAT", severity="warning")
    assert (counts[0]["Releasable_Before_Count"], counts[0]["Releasable_Count"]) == (4, 5)


def test_who_fails_a_rule_today_already_is_told_apart_from_who_would(gate: Gate) -> None:
    gate.take_in(
        [person(email="a@example.org", phone="?"), person(email="b@example.org", phone="5550001111")]
    )
    review.resubmit_records(gate.session, gate.versions_of(1), waive_warnings=True, reason="rang them")
    counts, _, _, divers = retest(gate, "PHONE_FORMAT", severity="error")
    assert [row["Is_Already"] for row in divers] == [1]
    assert (counts[0]["Failing_Diver_Count"], counts[0]["Newly_Failing_Count"]) == (1, 0)


def test_a_rule_that_would_be_off_would_make_its_records_ready(gate: Gate) -> None:
    gate.take_in(
        [
            person(phone="?"),
            person(phone="?", email="b@b.example", first_name=None),
            person(email="c@c.example"),
        ]
    )
    counts, batches, samples, divers = retest(gate, "PHONE_FORMAT", is_enabled=0)
    assert counts[0]["Judged_Count"] == 2
    assert (counts[0]["Changed_Count"], counts[0]["Ready_Count"], counts[0]["Stopped_Count"]) == (2, 1, 0)
    assert [(b["Batch_ID"], b["Ready_Count"], b["Newly_Failing_Count"]) for b in batches] == [(1, 1, 0)]
    assert [(s["Quarantine_ID"], s["Old_Checks"], s["New_Checks"]) for s in samples] == [
        (1, 512, 0),
        (2, 513, 1),
    ]
    assert divers == []


def test_a_threshold_that_would_be_higher_names_the_divers_who_would_fail(gate: Gate) -> None:
    this_year = int(str(gate.session.select("Rule_Catalogue")[0]["Valid_From"])[:4])
    gate.take_in([person(date_of_birth=f"{this_year - 15}-01-01"), person(email="b@b.example")])
    counts, batches, _, divers = retest(gate, "AGE_BELOW_MINIMUM", threshold=17)
    assert (counts[0]["Diver_Count"], counts[0]["Failing_Diver_Count"], counts[0]["Newly_Failing_Count"]) == (
        2,
        1,
        1,
    )
    assert [(b["Batch_ID"], b["Newly_Failing_Count"]) for b in batches] == [(1, 1)]
    assert [(d["Diver_ID"], bool(d["Is_Already"])) for d in divers] == [(1, False)]


def test_a_diver_who_fails_the_rule_as_it_is_does_not_fail_newly(gate: Gate) -> None:
    gate.set_rule("PHONE_FORMAT", is_enabled=0)
    gate.take_in([person(phone="?")])
    counts, _, _, divers = retest(gate, "PHONE_FORMAT", is_enabled=1)
    assert (counts[0]["Failing_Diver_Count"], counts[0]["Newly_Failing_Count"]) == (1, 1)
    gate.set_rule("PHONE_FORMAT", is_enabled=1)
    counts, batches, _, divers = retest(gate, "PHONE_FORMAT", severity="error")
    assert (counts[0]["Failing_Diver_Count"], counts[0]["Newly_Failing_Count"]) == (1, 0)
    assert (batches, [bool(d["Is_Already"]) for d in divers]) == ([], [True])


def test_a_warning_less_or_more_changes_what_may_be_released(gate: Gate) -> None:
    gate.take_in([person(email="x@y"), person(phone="?")])
    counts = retest(gate, "EMAIL_FORMAT", severity="warning")[0][0]
    assert (counts["Changed_Count"], counts["Releasable_Before_Count"], counts["Releasable_Count"]) == (
        0,
        1,
        2,
    )


def test_a_rehearsal_leaves_everything_as_it_was(gate: Gate) -> None:
    gate.take_in([person(phone="?"), person(email="x@y")])
    before = (
        standing(gate),
        gate.session.select("Rule_Versions", order=[Order("Rule_Code"), Order("Valid_From")]),
        gate.session.count("Action_Log"),
    )
    retest(gate, "PHONE_FORMAT", is_enabled=0)
    assert before == (
        standing(gate),
        gate.session.select("Rule_Versions", order=[Order("Rule_Code"), Order("Valid_From")]),
        gate.session.count("Action_Log"),
    )


def test_a_retest_says_who_is_ready_and_lets_nobody_in(gate: Gate) -> None:
    gate.take_in([person(phone="?")])
    gate.set_rule("PHONE_FORMAT", is_enabled=0)
    assert standing(gate) == [(1, "Open", 512)]
    retest(gate)
    assert standing(gate) == [(1, "Open", 0)]
    assert gate.divers() == []


def test_a_damaged_record_stays_damaged_and_a_rival_a_rival(gate: Gate) -> None:
    gate.take_in(
        [person(payload="null"), person(email="r@r.example"), person(email="r@r.example", first_name="Bea")]
    )
    before = standing(gate)
    retest(gate, "PAYLOAD_INVALID")
    retest(gate, "DUPLICATE_IN_BATCH")
    assert standing(gate) == before
    retest(gate)
    after = standing(gate)
    assert after[0] == before[0]
    assert after[1][2] == before[1][2] | 4194304, "the one who was let in is a diver by now"


def test_a_rule_that_there_is_not_and_a_change_that_would_be_saved_are_refused(gate: Gate) -> None:
    with pytest.raises(Refused, match="no rule"):
        retest(gate, "NO_SUCH_RULE")
    with pytest.raises(Refused, match="Set_Rule saves it"):
        gate.session.call(
            "Retest_Quarantine", rule_code="PHONE_FORMAT", severity="error", is_enabled=1, rehearse=0
        )
    with pytest.raises(Refused, match="stays on"):
        retest(gate, "DOB_FORMAT", is_enabled=0)


PEOPLE = st.lists(
    st.builds(
        person,
        email=st.sampled_from(["a@a.example", "b@b.example", "c@c.example", "d@d.example", "x@y", None]),
        first_name=st.sampled_from(["Ada", "4da", None]),
        phone=st.sampled_from([None, "5550001111", "?"]),
        date_of_birth=st.sampled_from(
            ["1990-05-17", "2012-01-01", "2018-01-01", "1900-01-01", "2999-01-01", "?"]
        ),
        certification=st.sampled_from([None, "OWD", "Divemaster"]),
    ),
    min_size=1,
    max_size=12,
)
CHANGES = st.sampled_from(
    [
        ("AGE_BELOW_MINIMUM", {"threshold": 8}),
        ("AGE_BELOW_MINIMUM", {"threshold": 40}),
        ("AGE_BELOW_MINIMUM", {"is_enabled": 0}),
        ("AGE_ABOVE_MAXIMUM", {"threshold": 30}),
        ("AGE_ABOVE_MAXIMUM", {"severity": "error"}),
        ("CERTIFICATION_UNDERAGE", {"threshold": 50}),
        ("CERTIFICATION_UNDERAGE", {"is_enabled": 0}),
        ("PHONE_FORMAT", {"is_enabled": 0}),
        ("EMAIL_FORMAT", {"is_enabled": 0}),
        ("EMAIL_FORMAT", {"severity": "warning"}),
        ("NAME_CHARACTERS", {"is_enabled": 0}),
        ("DOB_FUTURE", {"is_enabled": 0}),
    ]
)
COUNTS = (
    "Judged_Count",
    "Changed_Count",
    "Ready_Count",
    "Stopped_Count",
    "Releasable_Count",
    "Failing_Diver_Count",
)


@settings(max_examples=40)
@given(people=PEOPLE, earlier=CHANGES, change=CHANGES)
def test_what_was_promised_is_what_happens(
    make_gate: Make, people: list[dict[str, str | None]], earlier: tuple[str, Any], change: tuple[str, Any]
) -> None:
    """Also where another rule was changed before and the records were judged again since."""
    gate = make_gate()
    with closing(gate.session):
        gate.take_in(people)
        gate.set_rule(earlier[0], **earlier[1])
        retest(gate)
        code, what = change
        before = {each[0]: each[2] for each in standing(gate)}
        promised = retest(gate, code, **what)
        gate.set_rule(code, **what)
        done = retest(gate, code)
        assert [promised[0][0][name] for name in COUNTS] == [done[0][0][name] for name in COUNTS]
        assert promised[2] == done[2]
        after = {each[0]: each[2] for each in standing(gate)}
        ready = sum(before[number] != 0 and after[number] == 0 for number in before)
        stopped = sum(before[number] == 0 and after[number] != 0 for number in before)
        assert (promised[0][0]["Ready_Count"], promised[0][0]["Stopped_Count"]) == (ready, stopped)
        retest(gate)
        assert {each[0]: each[2] for each in standing(gate)} == after, (
            "judging everything again finds nothing else"
        )

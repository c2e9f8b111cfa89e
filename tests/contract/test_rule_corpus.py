"""Every rule by example (corpus.py): a record breaks exactly the rules that it breaks, no fewer and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from corpus import BORDERS, CASES, DAYS, Border, Case, Check, arrivals
from gates import Fate, Gate

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Filter

Judged = dict[str, tuple[Fate, dict[str, object]]]
BY_TITLE = {case.title: case for case in CASES}


@pytest.fixture(scope="module")
def corpus_gate(make_gate: Callable[[], Gate]) -> Iterator[Gate]:
    made = make_gate()
    with closing(made.session):
        yield made


@pytest.fixture(scope="module")
def judged(corpus_gate: Gate) -> Judged:
    """All cases, governed together: one batch a day of receipt, behind one of those who are divers already."""
    found: Judged = {}
    for day in DAYS:
        known, batch, places = arrivals(day)
        if known:
            assert {fate.outcome for fate in corpus_gate.take_in(known, received_on=day)} == {"Promoted"}
        fates = corpus_gate.take_in(batch, received_on=day)
        divers = {row["Diver_ID"]: row for row in corpus_gate.divers()}
        cases = [case for case in CASES if case.received_on == day]
        for case, place in zip(cases, places, strict=True):
            fate = fates[place]
            found[case.title] = fate, divers.get(fate.diver_id, {})
            for company in fates[place + 1 : place + 1 + len(case.newer)]:
                assert company.verdict == frozenset(), case.title
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_record_breaks_exactly_these_rules(judged: Judged, case: Case) -> None:
    fate, _ = judged[case.title]
    assert fate.verdict == case.fails
    assert fate.outcome == case.outcome
    assert (fate.quarantine_id is None) == (not case.fails)
    assert (fate.diver_id is None) == bool(case.fails)


@pytest.mark.parametrize("case", [case for case in CASES if case.stored], ids=lambda case: case.title)
def test_a_promoted_record_is_stored_as_normalised(judged: Judged, corpus_gate: Gate, case: Case) -> None:
    fate, diver = judged[case.title]
    directory = corpus_gate.session.select(
        "Diver_Directory", filters=[Filter("Diver_ID", "=", fate.diver_id)]
    )
    stored = {**diver, "Certification": directory[0]["Certification"]}
    assert {column: stored[column] for column in case.stored} == case.stored


# Whether the corpus itself is whole ---------------------------------------------------------------------------


def test_no_two_cases_have_one_title() -> None:
    assert len(BY_TITLE) == len(CASES) > 700


@pytest.mark.parametrize("border", BORDERS, ids=lambda b: f"{'.'.join(b.check)}: {b.title}")
def test_a_border_has_a_case_on_either_side_that_differs_in_one_thing(border: Border) -> None:
    inside, outside = BY_TITLE[border.passes], BY_TITLE[border.fails]
    assert border.check not in inside.fails
    assert border.check in outside.fails
    assert len(differences(inside, outside)) == 1


def differences(one: Case, other: Case) -> set[str]:
    """The things in which two cases differ: a value of the record, its day, or whom it meets."""
    own = {"payload"} if "PAYLOAD_INVALID" not in {rule for rule, _ in one.fails | other.fails} else set()
    given = {name for name in one.values.keys() - own if said(one, name) != said(other, name)}
    found = given | ({"received on"} if one.received_on != other.received_on else set())
    return found | {kind for kind in ("earlier", "newer") if met(one, kind) != met(other, kind)}


def said(case: Case, name: str) -> str | None:
    """A value of the record; the email that a case was given so as to meet nobody is that of any other."""
    value = case.values[name]
    return "" if value and value.endswith("@corpus.example") else value


def met(case: Case, kind: str) -> list[dict[str, str | None]]:
    """What the records that a case meets say that it does not say itself."""
    company = case.earlier if kind == "earlier" else case.newer
    return [
        {name: v for name, v in values.items() if v != case.values[name] and name != "payload"}
        for values in company
    ]


def test_every_check_of_the_catalogue_has_both_sides_of_its_border(corpus_gate: Gate) -> None:
    # Who was erased before is no matter of a record's values (test_subjects).
    rows = corpus_gate.backend.run(
        "SELECT Rule_Code, Column_Name FROM Rule_Check WHERE Rule_Code <> 'ERASED_SUBJECT'"
    )
    catalogue: set[Check] = {(rule, column) for rule, column in rows}
    assert {border.check for border in BORDERS} == catalogue
    assert {check for case in CASES for check in case.fails} == catalogue


def test_every_threshold_of_the_catalogue_has_its_border_in_the_corpus(corpus_gate: Gate) -> None:
    rules = corpus_gate.session.select("Rule_Catalogue", filters=[Filter("Threshold", "is not null")])
    assert {rule["Rule_Code"] for rule in rules} <= {border.check[0] for border in BORDERS}
    for rule in rules:
        borders = [border for border in BORDERS if border.check[0] == rule["Rule_Code"]]
        days = {BY_TITLE[border.passes].received_on for border in borders}
        assert len(days) > 1, "a leap day, or the end of a year, beside a plain one"


def test_the_corpus_names_every_level_and_code_of_the_catalogue(corpus_gate: Gate) -> None:
    levels = corpus_gate.session.select("Certification_Mix", ["Level_Code", "Level_Name"])
    known = {(case.values["certification"], case.stored.get("Certification")) for case in CASES}
    assert levels
    for row in levels:
        assert {(row["Level_Code"], row["Level_Name"]), (row["Level_Name"], row["Level_Name"])} <= known


# What stands beside the verdicts ------------------------------------------------------------------------------


def test_what_the_batch_reports_is_what_its_records_broke(corpus_gate: Gate, judged: Judged) -> None:
    reported: Counter[str] = Counter()
    for row in corpus_gate.session.select("Batch_Rejections"):
        reported[row["Rule_Code"]] += row["Record_Count"]
    assert reported == Counter(rule for case in CASES for rule in {rule for rule, _ in case.fails})


def test_every_reason_shows_the_value_as_it_arrived(corpus_gate: Gate, judged: Judged) -> None:
    arrived = {row["Raw_ID"]: row for row in corpus_gate.session.select("Raw_Divers")}
    for reason in corpus_gate.reasons():
        value = arrived[reason["Raw_ID"]][reason["Column_Name"]]
        assert reason["Observed_Value"] == (value[:400] if reason["Column_Name"] == "Payload" else value)


def test_every_record_is_kept_verbatim(corpus_gate: Gate, judged: Judged) -> None:
    kept = Counter(
        (row["Payload"], *(row[name] for name in COLUMNS)) for row in corpus_gate.session.select("Raw_Divers")
    )
    everybody = [values for case in CASES for values in (case.values, *case.earlier, *case.newer)]
    assert kept == Counter(
        (values["payload"], *(values[name.lower()] for name in COLUMNS)) for values in everybody
    )

"""Every rule by example (corpus.py): a record breaks exactly the rules that it breaks, no fewer and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from corpus import CASES, LEVELS, Case
from gates import Fate, Gate

from divegov_gui.database.session import Filter

Judged = dict[str, tuple[Fate, dict[str, object]]]


@pytest.fixture(scope="module")
def corpus_gate(make_gate: Callable[[], Gate]) -> Iterator[Gate]:
    made = make_gate()
    with closing(made.session):
        yield made


@pytest.fixture(scope="module")
def judged(corpus_gate: Gate) -> Judged:
    """All cases, governed together: one batch a day of receipt."""
    found: Judged = {}
    for day in dict.fromkeys(case.received_on for case in CASES):
        cases = [case for case in CASES if case.received_on == day]
        fates = corpus_gate.take_in([case.values for case in cases], received_on=day)
        divers = {row["Diver_ID"]: row for row in corpus_gate.divers()}
        for case, fate in zip(cases, fates, strict=True):
            found[case.title] = fate, divers.get(fate.diver_id, {})
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_record_breaks_exactly_these_rules(judged: Judged, case: Case) -> None:
    fate, _ = judged[case.title]
    assert fate.verdict == case.fails
    assert fate.outcome == ("Quarantined" if case.fails else "Promoted")
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


def test_the_corpus_names_every_check_that_looks_at_one_record(corpus_gate: Gate) -> None:
    named = {check for case in CASES for check in case.fails}
    known = set(corpus_gate.backend.run("SELECT Rule_Code, Column_Name FROM Rule_Check"))
    assert known - named == {("DUPLICATE_IN_BATCH", "Email"), ("DUPLICATE_OF_DIVER", "Email")}
    assert named <= known


def test_the_corpus_names_every_level_and_code_of_the_catalogue(corpus_gate: Gate) -> None:
    levels = corpus_gate.session.select("Certification_Mix", ["Level_Code", "Level_Name"])
    assert {row["Level_Name"]: row["Level_Code"] for row in levels} == {
        name: spellings[0] if spellings[0].isupper() else spellings for name, spellings in LEVELS.items()
    }


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
    fields = (
        "First_Name",
        "Last_Name",
        "Email",
        "Phone",
        "Date_Of_Birth",
        "Certification",
        "Source_Reference",
    )
    kept = Counter(
        (row["Payload"], *(row[name] for name in fields)) for row in corpus_gate.session.select("Raw_Divers")
    )
    brought = Counter(
        (case.values["payload"], *(case.values[name.lower()] for name in fields)) for case in CASES
    )
    assert kept == brought

"""Suggestions on a real workspace: Python proposes, the database judges, and only what it accepts is shown."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parked import ingest, person, waiting

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest as take_in
from divegov_gui.services.queue import read_catalogue
from divegov_gui.services.review import check_records
from divegov_gui.services.suggestions import (
    Confidence,
    Knowledge,
    Suggestion,
    Values,
    read_knowledge,
    suggest,
    unambiguous,
)

ANY = st.one_of(st.none(), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
LIKELY = st.sampled_from(
    [
        *(
            "anna_at_gmail.com",
            "anna@gmail",
            "31/12/1990",
            "03/04/1990",
            "2085-01-01",
            "J0hn",
            "ANNA",
            "tel: 0639981234",
        ),
        *(
            "n/a",
            "Resuce Diver",
            "Kowalska, Anna",
            "anna@gmail.com",
            "1990-12-31",
            "Divemaster",
            "+48 601 123 456",
            "",
        ),
    ]
)


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with what a demo puts into it, a little dirtier."""
    path = tmp_path_factory.mktemp("dirty") / "workspace.db"
    with closing(open_workspace(path)) as session:
        deploy(session)
        take_in(session, GeneratedSource(GenerationRequest(rows=2_000, seed=7, dirty=0.25)))
    return path


def suggestions(
    session: Session, *records: tuple[str | None, ...], improve: bool = False
) -> list[Suggestion]:
    """What is suggested for records that are typed in: their checks are those that the database finds."""
    judged = check_records(
        session, {place: dict(zip(COLUMNS, texts, strict=True)) for place, texts in enumerate(records)}
    )
    values = [Values(place, 1, texts, judged[place].failed_checks) for place, texts in enumerate(records)]
    found = suggest(session, values, improve=improve)
    return [each for place in range(len(records)) for each in found.get(place, ())]


def test_each_suggestion_says_what_it_does_and_what_is_then_left(session: Session) -> None:
    found = suggestions(session, person(email="anna_at_gmial.com", phone="see above"))
    assert [(each.column, dict(each.changes), each.words) for each in found] == [
        ("Email", {"Email": "anna@gmail.com"}, "Writes the @ sign and corrects the mail domain"),
        ("Email", {"Email": "anna@gmial.com"}, "Writes the @ sign"),
        ("Phone", {"Phone": None}, "Empties the field, which holds no number"),
    ]
    left = [
        [check.column for check in read_catalogue(session).checks.of(each.failed_checks)] for each in found
    ]
    assert left == [["Phone"], ["Phone"], ["Email"]]


def test_what_the_gatekeeper_would_refuse_is_not_suggested(session: Session) -> None:
    ingest(session, [person(email="anna@gmail.com")])
    assert suggestions(session, person(last_name="Nowak", email="anna_at_gmail.com")) == []
    assert [
        each.value for each in suggestions(session, person(last_name="Nowak", email="anne_at_gmail.com"))
    ] == ["anne@gmail.com"]


def test_only_what_is_wanted_is_proposed(session: Session) -> None:
    ingest(session, [person(email="anna_at_gmail.com", phone="n/a")])
    (row,) = waiting(session)
    record = Values(row.quarantine_id, row.record_version, tuple(row.values.values()), row.failed_checks)
    everything = suggest(session, [record])[row.quarantine_id]
    assert {each.column for each in everything} == {"Email", "Phone"}
    narrowed = suggest(session, [record], wanted=lambda proposal: proposal.kind == "phone.empty")
    assert [each.kind for each in narrowed[row.quarantine_id]] == ["phone.empty"]
    assert [each.column for each in suggest(session, [record], columns=["Email"])[row.quarantine_id]] == [
        "Email"
    ]


def test_a_threshold_that_a_rule_sets_decides_and_not_python(session: Session) -> None:
    (found,) = suggestions(session, person(date_of_birth="01/01/2014"))
    assert found.value == "2014-01-01"
    assert suggestions(session, person(date_of_birth="01/01/2025")) == []


def test_an_ambiguous_date_offers_both_days_and_none_may_be_taken_unseen(session: Session) -> None:
    found = suggestions(session, person(date_of_birth="03/04/1990"))
    assert {each.value for each in found} == {"1990-04-03", "1990-03-04"}
    assert unambiguous(found) is None


def test_swapped_names_are_seen_where_the_diver_is_there_the_other_way_round(session: Session) -> None:
    ingest(session, [person()])
    swapped = person(first_name="Kowalska", last_name="Anna")
    (found,) = suggestions(session, swapped)
    assert (found.column, dict(found.changes)) == ("Email", {"First_Name": "Anna", "Last_Name": "Kowalska"})
    assert (found.words, found.failed_checks) == ("Swaps first and last name", 0)


def test_a_rival_of_its_batch_is_not_let_in_by_what_leaves_its_address_alone(session: Session) -> None:
    ingest(session, [person(first_name="Kowalska", last_name="Anna"), person(date_of_birth="1980-01-01")])
    (row,) = waiting(session)
    assert suggest(session, [Values.of(row)]) == {}


def test_a_domain_that_is_frequent_among_the_divers_is_known(session: Session) -> None:
    mistyped = person(first_name="Zoe", email="zoe@tauchclub-kiel")
    assert suggestions(session, mistyped) == []
    ingest(session, [person(first_name=name, email=f"{name}@tauchclub-kiel.de") for name in ("a", "b", "c")])
    assert [each.value for each in suggestions(session, mistyped)] == ["zoe@tauchclub-kiel.de"]


def test_a_country_given_or_hinted_at_makes_international_numbers(session: Session) -> None:
    assert [each.value for each in suggestions(session, person(phone="tel: 601123456"))] == ["601123456"]
    (found,) = suggestions(session, person(email="anna@wp.pl", phone="tel: 601123456"))
    assert (found.value, found.kind) == ("+48601123456", "phone.label+phone.e164.PL")
    judged = check_records(session, {0: dict(zip(COLUMNS, person(phone="tel: 601123456"), strict=True))})
    record = Values(0, 1, person(phone="tel: 601123456"), judged[0].failed_checks)
    by_region = suggest(session, [record], read_knowledge(session, regions=["PL"]))
    assert [each.value for each in by_region[0]] == ["+48601123456"]


def test_a_record_that_passes_gets_no_suggestion_but_may_be_improved(session: Session) -> None:
    tidy = person(first_name="ANNA", last_name="van  der berg", email="anna@gmial.com")
    assert suggestions(session, tidy) == []
    assert {each.column: each.value for each in suggestions(session, tidy, improve=True)} == {
        "First_Name": "Anna",
        "Last_Name": "van der Berg",
        "Email": "anna@gmail.com",
    }


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.tuples(*[st.one_of(ANY, LIKELY)] * 7))
def test_no_suggestion_touches_what_passes_and_each_ends_what_it_was_made_for(
    session: Session, texts: tuple[str | None, ...]
) -> None:
    checks = read_catalogue(session).checks
    mask = check_records(session, {0: dict(zip(COLUMNS, texts, strict=True))})[0].failed_checks
    record = Values(1, 1, texts, mask)
    for found in suggest(session, [record]).get(1, ()):
        assert checks.for_column(mask, found.column)
        fixed = record.with_changes(found.changes)
        after = check_records(session, {0: fixed})[0].failed_checks
        assert not checks.for_column(after, found.column)
        assert not any(checks.for_column(after, column) for column in found.changes)
        again = Values(1, 1, tuple(fixed[column] for column in COLUMNS), after)
        assert [each for each in suggest(session, [again]).get(1, ()) if each.column == found.column] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.tuples(*[st.one_of(st.none(), LIKELY)] * 7))
def test_nothing_is_made_up(session: Session, texts: tuple[str | None, ...]) -> None:
    """Every letter and digit of a suggested name comes from the record itself, and an empty record gets nothing."""
    mask = check_records(session, {0: dict(zip(COLUMNS, texts, strict=True))})[0].failed_checks
    there = "".join(text or "" for text in texts).casefold()
    for found in suggest(session, [Values(1, 1, texts, mask)]).get(1, ()):
        assert any(text and text.strip() for text in texts)
        for column in ("First_Name", "Last_Name"):
            name = found.changes.get(column) or ""
            assert all(
                letter in there or letter in "oliestab" for letter in name.casefold() if letter.isalpha()
            )


def test_what_a_demo_leaves_in_quarantine_mostly_gets_a_suggestion(dirty: Path) -> None:
    """The rules that a spelling can break; what is missing, or holds two truths, has nothing to be suggested from."""
    with closing(open_workspace(dirty)) as session:
        shares = _shares(session, read_knowledge(session))
    at_least = {
        "EMAIL_FORMAT": 0.8,
        "DOB_FORMAT": 0.4,
        "DOB_FUTURE": 0.95,
        "AGE_ABOVE_MAXIMUM": 0.95,
        "PHONE_FORMAT": 0.6,
        "CERTIFICATION_UNKNOWN": 0.7,
        "NAME_CHARACTERS": 0.95,
        "FIELD_TOO_LONG": 0.95,
    }
    assert {rule: share for rule, share in shares.items() if share < at_least.get(rule, 0)} == {}
    assert shares["EMAIL_MISSING"] == shares["DOB_MISSING"] == 0


def _shares(session: Session, knowledge: Knowledge) -> dict[str, float]:
    catalogue = read_catalogue(session)
    records = [Values.of(row) for row in waiting(session, catalogue)]
    found = suggest(session, records, knowledge)
    failing: dict[str, list[bool]] = {}
    for record in records:
        for check in catalogue.checks.of(record.failed_checks):
            mine = [each for each in found.get(record.quarantine_id, ()) if each.column == check.column]
            failing.setdefault(check.rule, []).append(bool(mine))
    return {rule: sum(seen) / len(seen) for rule, seen in failing.items()}


def test_only_one_likely_fix_may_be_taken_unseen() -> None:
    def made(*confidences: Confidence) -> list[Suggestion]:
        return [
            Suggestion(1, 1, "Email", "email.dots", {"Email": str(each)}, each, 0) for each in confidences
        ]

    low, medium, high = Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH
    assert unambiguous([]) is None
    assert unambiguous(made(low)) is None
    assert unambiguous(made(medium)) is not None
    assert unambiguous(made(high, low, low)) is not None
    assert unambiguous(made(medium, low)) is None
    assert unambiguous(made(high, medium)) is None
    assert unambiguous(made(high, high)) is None


@pytest.mark.parametrize(
    "text", ["x", " a", "a ", "@", ".", "a.", "1", "1-", "(a", "a,", " at ", "O1", "a@a."]
)
def test_a_text_of_any_length_is_no_trouble(session: Session, text: str) -> None:
    """A pattern that goes wrong on long texts would take hours here, and no test waits so long."""
    long = text * (200_000 // len(text))
    records = [
        tuple(long if place == column else value for place, value in enumerate(person()))
        for column in range(7)
    ]
    suggestions(
        session, *records, (None, *[long] * 6), (long, None, *[long] * 5), (long, long, None, *[long] * 4)
    )
    suggestions(session, tuple([long] * 7), improve=True)

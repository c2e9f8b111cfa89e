"""Names with digits, control characters and remarks, and in the wrong letter case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divegov_gui.services.suggestions.model import Confidence, Values
from divegov_gui.services.suggestions.name_case import proper
from divegov_gui.services.suggestions.names import improvements, repairs
from divegov_gui.services.suggestions.whole_record import misplaced_address, missing_name, swapped_names


def proposed(value: str, email: str | None = None) -> list[str | None]:
    return [each.changes["Last_Name"] for each in repairs(value, "Last_Name", email)]


def record(first: str | None, last: str | None, email: str | None = None, phone: str | None = None) -> Values:
    return Values(1, 1, (first, last, email, phone, None, None, None), 0)


@pytest.mark.parametrize(
    ("dirty", "meant"),
    [
        ("J0hn", "John"),
        ("J0HN", "John"),
        ("Mü11er", "Müller"),
        ("St3in", "Stein"),
        ("5ara", "Sara"),
        ("0lga", "Olga"),
        ("Łuka5z", "Łukasz"),
        ("Anna2", "Anna"),
        ("Anna 2", "Anna"),
        ("Anna (2)", "Anna"),
        ("Anna_1", "Anna"),
        ("James007", "James"),
        ("Smith-Jones 3", "Smith-Jones"),
        ("An\u0007na", "Anna"),
        ("An\u001bna", "Anna"),
        ("An\tna", "Anna"),
        ("Anna\r\nMaria", "Anna Maria"),
        ("Anna\t Maria", "Anna Maria"),
        ("Ko\u0000walska", "Kowalska"),
        ("Sam" + "m" * 120, "Sam"),
        ("Sam " * 40, "Sam"),
        ("da Rosa Ferreira " * 8 + "da Rosa Fe", "da Rosa Ferreira"),
        ("Тереза1", "Тереза"),
        ("Sam (prefers to be called by the second name, see the remarks in the register)", "Sam"),
    ],
)
def test_the_name_that_was_meant_comes_first(dirty: str, meant: str) -> None:
    assert proposed(dirty)[:1] == [meant]


@pytest.mark.parametrize(
    ("dirty", "alternatives"),
    [
        ("A1ice", ["Alice", "Aiice"]),
        ("1da", ["Ida", "Lda"]),
        ("Robbi3", ["Robbi", "Robbie"]),
        ("Pau1", ["Pau", "Paul", "Paui"]),
        ("AN\tNA", ["Anna", "An Na"]),
    ],
)
def test_a_sign_that_may_be_two_letters_offers_both(dirty: str, alternatives: list[str]) -> None:
    assert proposed(dirty) == alternatives
    assert {each.confidence for each in repairs(dirty, "Last_Name")} == {Confidence.MEDIUM}


def test_the_longest_name_that_an_address_holds_is_the_one() -> None:
    found = repairs("Robbi3", "First_Name", "robbie.smith@gmail.com")
    assert [(each.changes["First_Name"], each.confidence.name) for each in found] == [
        ("Robbie", "HIGH"),
        ("Robbi", "LOW"),
    ]


def test_the_email_address_is_a_witness() -> None:
    first, second = repairs("A1ice", "First_Name", "alice.smith@gmail.com")
    assert (first.changes, first.confidence) == ({"First_Name": "Alice"}, Confidence.HIGH)
    assert second.confidence is Confidence.LOW


@pytest.mark.parametrize(
    "hopeless", ["", " ", "123", "007", "R2D2", "\t", "4711 Club", "A" * 150 + "B", "12 34"]
)
def test_nothing_is_proposed_where_no_name_is_left(hopeless: str) -> None:
    assert proposed(hopeless) == []


@pytest.mark.parametrize(
    "good", ["Anna", "McDonald", "O'Neill", "van der Berg", "Jean-Luc", "Łukasz", "王", "D'Angelo"]
)
def test_a_good_name_is_left_alone(good: str) -> None:
    assert proposed(good) == []
    assert improvements(good, "Last_Name") == []
    assert proper(good) == good


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("MCDONALD", "McDonald"),
        ("mcdonald", "McDonald"),
        ("MACDONALD", "MacDonald"),
        ("MACHADO", "Machado"),
        ("O'NEILL", "O'Neill"),
        ("o’neill", "O’Neill"),
        ("D'ANGELO", "D'Angelo"),
        ("VAN DER BERG", "van der Berg"),
        ("von goethe", "von Goethe"),
        ("'T HOOFT", "'t Hooft"),
        ("SMITH-JONES", "Smith-Jones"),
        ("jean-luc", "Jean-Luc"),
        ("anna maria", "Anna Maria"),
        ("ÉMILIE", "Émilie"),
        ("ŁUKASZ", "Łukasz"),
        ("ΓΙΏΡΓΟΣ", "Γιώργος"),
        ("иван", "Иван"),
        ("IJSSELSTEIN", "IJsselstein"),
        ("HENRY VIII", "Henry VIII"),
        ("J. R. SMITH", "J. R. Smith"),
    ],
)
def test_all_upper_or_all_lower_case_is_written_as_people_write_it(wrong: str, right: str) -> None:
    assert [each.changes for each in improvements(wrong, "Last_Name")] == [{"Last_Name": right}]


@pytest.mark.parametrize("name", ["McDONALD", "deLuca", "JO", "van", "Ann-marie", "王小明", "de la", "X"])
def test_mixed_case_and_initials_are_a_persons_own(name: str) -> None:
    assert proper(name) == name


def test_needless_spaces_and_invisible_characters_go() -> None:
    (found,) = improvements("Anna \u200b  Maria", "First_Name")
    assert (found.changes, found.kind) == ({"First_Name": "Anna Maria"}, "name.spaces")


@given(name=st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=30))
def test_writing_a_name_properly_twice_is_writing_it_once(name: str) -> None:
    assert proper(proper(name)) == proper(name)


@pytest.mark.parametrize(
    ("first", "last", "parted"),
    [
        (None, "Kowalska, Anna", [("Anna", "Kowalska")]),
        ("", "Anna Kowalska", [("Anna", "Kowalska"), ("Kowalska", "Anna")]),
        (None, "Vincent van Gogh", [("Vincent", "van Gogh")]),
        ("Anna Maria Kowalska", None, [("Anna Maria", "Kowalska")]),
        (None, "Kowalska", []),
        (None, None, []),
    ],
)
def test_a_full_name_in_one_field_is_parted(
    first: str | None, last: str | None, parted: list[tuple[str, str]]
) -> None:
    column = "Last_Name" if last is None else "First_Name"
    found = [each for each in missing_name(record(first, last), column) if each.kind == "name.split"]
    assert [(each.changes["First_Name"], each.changes["Last_Name"]) for each in found] == parted


@pytest.mark.parametrize(
    ("last", "email", "first"),
    [
        ("Kowalska", "anna.kowalska12@gmail.com", ["Anna"]),
        ("Kowalska", "kowalska_anna@gmail.com", ["Anna"]),
        ("Kowalska", "a.kowalska@gmail.com", []),
        ("Kowalska", "annakowalska@gmail.com", []),
        ("Kowalska", "happy.turtle@gmail.com", []),
        ("Kowalska", "kowalska.xxxxxxxxxx@gmail.com", []),
        (None, "anna.kowalska@gmail.com", []),
    ],
)
def test_a_missing_name_is_taken_from_an_address_that_holds_the_other_one(
    last: str | None, email: str, first: list[str]
) -> None:
    found = [
        each
        for each in missing_name(record(None, last, email), "First_Name")
        if each.kind == "name.from_email"
    ]
    assert [each.changes["First_Name"] for each in found] == first
    assert all(each.confidence is Confidence.LOW for each in found)


def test_an_address_in_another_field_is_moved_and_what_else_stood_there_stays() -> None:
    (found,) = misplaced_address(record("Anna", "Kowalska", None, "anna@wp.pl, 601123456"))
    assert found.changes == {"Email": "anna@wp.pl", "Phone": "601123456"}
    (alone,) = misplaced_address(record("Anna", "Kowalska", None, "anna@wp.pl"))
    assert alone.changes == {"Email": "anna@wp.pl", "Phone": None}


def test_names_can_be_swapped_only_where_there_are_two() -> None:
    assert [each.changes for each in swapped_names(record("Kowalska", "Anna"))] == [
        {"First_Name": "Anna", "Last_Name": "Kowalska"}
    ]
    assert list(swapped_names(record("Anna", None))) == list(swapped_names(record("Sam", "Sam"))) == []

"""Phone numbers with what does not belong into them, and as international numbers where the country can be told."""

from __future__ import annotations

import pytest

from divegov_gui.services.suggestions.model import Confidence
from divegov_gui.services.suggestions.phones import improvements, region_of, repairs


def proposed(value: str, *regions: str) -> list[str | None]:
    return [each.changes["Phone"] for each in repairs(value, regions)]


@pytest.mark.parametrize(
    ("dirty", "meant"),
    [
        ("tel: 0639981234", "0639981234"),
        ("Tel.: 063 998 1234", "0639981234"),
        ("mobile: 063 998 1234", "0639981234"),
        ("0639981/234", "0639981234"),
        ("030/1234567", "0301234567"),
        ("063 998 1234 (home)", "0639981234"),
        ("06 39 98 12 34 ext. 12", "0639981234x12"),
        ("06 39 98 12 34 ext 12", "0639981234x12"),
        ("0639981234 Durchwahl 7", "0639981234x7"),
        ("0639981234#45", "0639981234x45"),
        ("063 998O1234", "06399801234"),
        ("O3O 1234567", "0301234567"),
        ("06399812l4", "0639981214"),
        ("0639981234+", "0639981234"),
        ("063_998_1234", "0639981234"),
        ("063*998*1234", "0639981234"),
        ("555-CALL-DIVE", "55522553483"),
        ("+48 601 123 456,", "+48601123456"),
        ("++48601123456", "+48601123456"),
        ("+49 (0)30/1234567", "+49301234567"),
        ("00 48 601/123/456", "+48601123456"),
        ("+4930I234567", "+49301234567"),
        ("tel +44 20 7946 0958 ext 12", "+442079460958x12"),
    ],
)
def test_the_number_that_was_meant_is_proposed_without_knowing_a_country(dirty: str, meant: str) -> None:
    assert proposed(dirty) == [meant]


@pytest.mark.parametrize(
    ("dirty", "region", "meant"),
    [
        ("tel: 601 123 456", "PL", "+48601123456"),
        ("030/1234567", "DE", "+49301234567"),
        ("06.12.34.56/78", "FR", "+33612345678"),
        ("020/7946 0958", "GB", "+442079460958"),
        ("(212) 555-O123", "US", "+12125550123"),
        ("601 123 456 ext. 9", "PL", "+48601123456x9"),
    ],
)
def test_a_country_makes_it_an_international_number(dirty: str, region: str, meant: str) -> None:
    assert proposed(dirty, region) == [meant]


def test_of_several_countries_each_that_has_such_a_number_is_offered_and_none_is_sure() -> None:
    found = repairs("tel: 612 345 678", ["PL", "ES", "IS"])
    assert [each.changes["Phone"] for each in found] == ["+48612345678", "+34612345678"]
    assert {each.confidence for each in found} == {Confidence.MEDIUM}
    assert found[0].words == (
        "Takes away what is no part of the number and writes it as an international number of PL"
    )


@pytest.mark.parametrize(
    ("dirty", "numbers"),
    [
        ("0639981234 or 0639985678", ["0639981234", "0639985678"]),
        ("5550001 or 5550002", ["5550001", "5550002"]),
        ("0301234567 / 01712345678", ["0301234567", "01712345678"]),
        ("0639981234; 0639985678", ["0639981234", "0639985678"]),
        ("tel. 0301234567, mob. 01712345678", ["0301234567", "01712345678"]),
    ],
)
def test_of_several_numbers_each_is_offered(dirty: str, numbers: list[str]) -> None:
    assert proposed(dirty) == numbers
    assert all(each.confidence < Confidence.HIGH for each in repairs(dirty))


@pytest.mark.parametrize(
    "nothing", ["n/a", "none", "unknown", "?", "-", "no phone", "N/A", "brak", "ask at reception"]
)
def test_what_is_no_number_may_be_taken_away_since_a_phone_is_optional(nothing: str) -> None:
    assert proposed(nothing) == [None]


@pytest.mark.parametrize(
    "hopeless",
    [
        "0639",
        "06 39981",
        "+06399812344432189936",
        "06399812 x1234567",
        "1990-12-31T00",
        "room 12",
        "12 or 13",
        "R2D2",
    ],
)
def test_nothing_is_proposed_where_digits_are_missing_or_too_many(hopeless: str) -> None:
    assert proposed(hopeless) == []


@pytest.mark.parametrize(
    ("passes", "regions", "better"),
    [
        ("+48 601 123 456", [], []),
        ("0048601123456", [], ["+48601123456"]),
        ("601 123 456", ["PL"], ["+48601123456"]),
        ("601 123 456", [], []),
        ("+48601123456", ["DE"], []),
        ("1234567", ["DE"], []),
    ],
)
def test_a_usable_number_can_be_improved_where_its_country_is_known(
    passes: str, regions: list[str], better: list[str]
) -> None:
    assert [each.changes["Phone"] for each in improvements(passes, regions)] == better


@pytest.mark.parametrize(
    ("email", "region"),
    [
        ("a@wp.pl", "PL"),
        ("a@club.co.uk", "GB"),
        ("a@x.DE ", "DE"),
        ("a@gmail.com", None),
        ("a@x.eu", None),
        ("a@startup.io", None),
        ("a@shop.co", None),
        (None, None),
        ("", None),
    ],
)
def test_an_address_hints_at_a_country_by_its_top_label(email: str | None, region: str | None) -> None:
    assert region_of(email) == region

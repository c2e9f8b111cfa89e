"""Dates of birth in other spellings, and the calendar dates that each may mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divegov_gui.services.suggestions.dates import repairs
from divegov_gui.services.suggestions.model import Confidence

TODAY = date(2026, 11, 26)


def read(value: str) -> list[str | None]:
    return [each.changes["Date_Of_Birth"] for each in repairs(value, TODAY)]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31/12/1990", "1990-12-31"),
        ("12/31/1990", "1990-12-31"),
        ("31.12.1990", "1990-12-31"),
        ("31-12-1990", "1990-12-31"),
        ("31 12 1990", "1990-12-31"),
        ("31. 12. 1990", "1990-12-31"),
        ("31.12.1990.", "1990-12-31"),
        ("1990/12/31", "1990-12-31"),
        ("1990.12.31", "1990-12-31"),
        ("1990-2-5", "1990-02-05"),
        ("1990–12–31", "1990-12-31"),
        ("19901231", "1990-12-31"),
        ("31121990", "1990-12-31"),
        ("31.12.90", "1990-12-31"),
        ("12/31/90", "1990-12-31"),
        ("90-12-31", "1990-12-31"),
        ("901231", "1990-12-31"),
        ("311290", "1990-12-31"),
        ("Dec 31 1990", "1990-12-31"),
        ("December 31, 1990", "1990-12-31"),
        ("31 Dec 1990", "1990-12-31"),
        ("31-Dec-1990", "1990-12-31"),
        ("31-DEC-90", "1990-12-31"),
        ("1990 Dec 31", "1990-12-31"),
        ("31st of December 1990", "1990-12-31"),
        ("Monday, 31 December 1990", "1990-12-31"),
        ("31. Dezember 1990", "1990-12-31"),
        ("5. März 1985", "1985-03-05"),
        ("5 août 1985", "1985-08-05"),
        ("5 de mayo de 1985", "1985-05-05"),
        ("31 grudnia 1990", "1990-12-31"),
        ("5 października 1985", "1985-10-05"),
        ("5 luglio 1985", "1985-07-05"),
        ("1990-12-31T00:00:00", "1990-12-31"),
        ("1990-12-31T00:00:00.000Z", "1990-12-31"),
        ("1990-12-31 00:00", "1990-12-31"),
        ("31/12/1990 12:00 AM", "1990-12-31"),
        ("1990-13-05", "1990-05-13"),
        ("l99O-12-31", "1990-12-31"),
        ("3I/12/1990", "1990-12-31"),
        ("33238", "1990-12-31"),
        ("03/03/1990", "1990-03-03"),
        ("29.02.1988", "1988-02-29"),
        # a year that cannot be
        ("2085-03-01", "1985-03-01"),
        ("1880-05-06", "1980-05-06"),
    ],
)
def test_an_unambiguous_spelling_is_read(written: str, day: str) -> None:
    assert read(written) == [day]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("03/04/1990", {"1990-04-03", "1990-03-04"}),
        ("3.4.1990", {"1990-04-03", "1990-03-04"}),
        ("12101990", {"1990-10-12", "1990-12-10"}),
        ("3.4.05", {"2005-04-03", "2005-03-04"}),
        ("05-12-11", {"2011-12-05", "2011-05-12", "2005-12-11"}),
        ("12 Dec 05", {"2005-12-12", "2012-12-05"}),
        ("2090-12-31", {"1990-12-31", "2009-12-31"}),
        ("1890-01-01", {"1990-01-01", "1980-01-01"}),
    ],
)
def test_an_ambiguous_spelling_offers_every_reading_and_prefers_none(written: str, days: set[str]) -> None:
    assert set(read(written)) == days
    assert all(each.confidence < Confidence.HIGH for each in repairs(written, TODAY))


@pytest.mark.parametrize(
    "hopeless",
    [
        *("", " ", "unknown", "n/a", "tba", "?", "in the eighties", "1978", "1990-12", "12/1990", "Dec 1990"),
        *("0000-00-00", "1900-00-00", "1990-02-30", "1989-02-29", "1990-04-31", "1990-00-12", "1990-12-00"),
        *("1990-12-32", "31/31/1990", "12345678901", "99999", "1300-01-01", "31.12.199", "April May 1990"),
        *("1.2.3.4", "31/12", "2024-05-01"),
    ],
)
def test_nothing_is_proposed_where_no_plausible_day_is_told(hopeless: str) -> None:
    assert read(hopeless) == []


@pytest.mark.parametrize("good", ["1990-12-31", " 1990-12-31 ", "2000-02-29", "1950-01-01"])
def test_a_good_date_is_left_alone(good: str) -> None:
    assert [each for each in repairs(good, TODAY) if each.confidence > Confidence.LOW] == []


@given(day=st.dates(date(1950, 1, 1), date(2010, 12, 31)))
def test_whatever_day_is_spelt_out_is_read_as_that_day(day: date) -> None:
    spellings = [
        f"{day:%d %B %Y}",
        f"{day:%B %d, %Y}",
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y-%m-%dT00:00:00}",
    ]
    for spelling in spellings[:2]:
        assert read(spelling) == [day.isoformat()], spelling
    for spelling in spellings[2:]:
        assert day.isoformat() in read(spelling), spelling


@given(day=st.dates(date(1950, 1, 1), date(2010, 12, 31)), order=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_numbers_in_doubt_are_never_decided(day: date, order: str) -> None:
    found = read(day.strftime(order))
    assert day.isoformat() in found
    assert len(found) == (2 if day.day <= 12 and day.day != day.month else 1)


@given(text=st.text(max_size=30))
def test_what_is_proposed_is_always_a_calendar_date_in_the_past(text: str) -> None:
    for value in read(text):
        assert date.fromisoformat(value or "") <= TODAY

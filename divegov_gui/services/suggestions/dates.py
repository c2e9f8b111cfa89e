"""Fixes for a date of birth: every calendar date that its spelling may mean, and never a guess among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from divegov_gui.services.suggestions.dates_words import month_number, plain
from divegov_gui.services.suggestions.model import Confidence, Proposal

_OLDEST = 100
"""Years of age up to which a reading counts as plausible; what is allowed is the database's to say."""

_SIGN = r"\s*[./\-,\s\u2010-\u2015\u2212]\s*"
_GROUPS = re.compile(rf"(\d{{1,4}}){_SIGN}(\d{{1,2}}){_SIGN}(\d{{1,4}})\.?", re.ASCII)
_TIME = re.compile(
    r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$", re.I
)
_MISREAD = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})
_LIKE_A_DATE = re.compile(r"[\dOolI|SB]{1,4}[./-][\dOolI|SB]{1,2}[./-][\dOolI|SB]{1,4}|[\dOolI|SB]{8}")
_SPREADSHEET = date(1899, 12, 30)


@dataclass(frozen=True)
class _Reading:
    """One date that a spelling may mean, and by which reading of it."""

    day: date
    kind: str
    confidence: Confidence = Confidence.HIGH


def repairs(value: str, today: date) -> list[Proposal]:
    """The dates that `value` may mean, as YYYY-MM-DD. More than one: it is ambiguous, and none is preferred."""
    text = " ".join(value.split())
    exact = _exact(text)
    readings = list(_other_years(exact, today)) if exact else list(_readings(text, today))
    found: dict[date, _Reading] = {}
    for reading in readings:
        found.setdefault(reading.day, reading)
    unsure = Confidence.MEDIUM if len(found) > 1 else Confidence.HIGH
    return [
        Proposal(each.kind, {"Date_Of_Birth": each.day.isoformat()}, min(unsure, each.confidence))
        for each in found.values()
        if each.day.isoformat() != value.strip()
    ]


def _exact(text: str) -> date | None:
    """The date where `text` is one already, as the database writes it."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        return None


def _readings(text: str, today: date) -> Iterator[_Reading]:
    untimed = _TIME.sub("", text)
    digits = _digits_for_letters(untimed)
    steps = [
        step for step, taken in (("date.time", untimed != text), ("date.letters", digits != untimed)) if taken
    ]
    for reading in (*_numbers(digits, today), *_solid(digits, today), *_with_month_name(digits, today)):
        kind = "+".join(steps if steps and reading.kind == _ISO else [*steps, reading.kind])
        yield _Reading(reading.day, kind, reading.confidence)


def _digits_for_letters(text: str) -> str:
    is_meant = _LIKE_A_DATE.fullmatch(text) and sum(letter.isdigit() for letter in text) >= 4
    return text.translate(_MISREAD) if is_meant else text


_ISO = "date.year_first"


def _numbers(text: str, today: date) -> Iterator[_Reading]:
    """Three numbers with signs between them."""
    found = _GROUPS.fullmatch(text)
    if not found:
        return
    first, second, third = found.groups()
    if len(first) == 4:
        yield from _dated(first, second, third, _ISO, today)
        if int(second) > 12:
            yield from _dated(first, third, second, "date.year_day_month", today)
    elif len(third) == 4:
        yield from _dated(third, second, first, "date.day_first", today)
        yield from _dated(third, first, second, "date.month_first", today)
    elif len(first) <= 2 and len(third) == 2:
        yield from _dated(third, second, first, "date.day_first", today)
        yield from _dated(third, first, second, "date.month_first", today)
        if len(first) == 2 and (int(first) > 31 or not re.search("[./]", text)):
            yield from _dated(first, second, third, _ISO, today)


def _solid(text: str, today: date) -> Iterator[_Reading]:
    """Digits without any sign between them: a date written in one, or a spreadsheet's number of a day."""
    if not re.fullmatch(r"\d{5,8}", text, re.ASCII):
        return
    if len(text) == 8:
        yield from _dated(text[:4], text[4:6], text[6:], _ISO, today)
        yield from _dated(text[4:], text[2:4], text[:2], "date.day_first", today)
        yield from _dated(text[4:], text[:2], text[2:4], "date.month_first", today)
    elif len(text) == 6:
        yield from _dated(text[:2], text[2:4], text[4:], _ISO, today)
        yield from _dated(text[4:], text[2:4], text[:2], "date.day_first", today)
        yield from _dated(text[4:], text[:2], text[2:4], "date.month_first", today)
    elif len(text) == 5:
        day = _SPREADSHEET + timedelta(days=int(text))
        if _plausible(day, today):
            yield _Reading(day, "date.serial", Confidence.MEDIUM)


def _with_month_name(text: str, today: date) -> Iterator[_Reading]:
    """A month in words: in the languages that divers write in, or as python-dateutil reads English."""
    words = re.findall(r"[^\W\d_]+|\d+", plain(text))
    months = [month for month in map(month_number, words) if month]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1:
        return
    if len(numbers) == 2:
        for year, day in ((numbers[1], numbers[0]), (numbers[0], numbers[1])):
            if len(day) <= 2 and len(year) in (2, 4):
                yield from _dated(year, str(months[0]), day, "date.month_name", today)
    elif len(numbers) > 2:
        yield from _by_dateutil(text, today)


def _by_dateutil(text: str, today: date) -> Iterator[_Reading]:
    """What python-dateutil reads, where it fills in nothing of its own and no order of day and month matters."""
    from dateutil.parser import ParserError, parse

    try:
        read = {
            parse(text, default=default, dayfirst=dayfirst, ignoretz=True).date()
            for default in (datetime(1904, 1, 1), datetime(1908, 2, 2))
            for dayfirst in (False, True)
        }
    except (ParserError, OverflowError):
        return
    if len(read) == 1 and _plausible(day := read.pop(), today):
        yield _Reading(day, "date.month_name", Confidence.MEDIUM)


def _dated(year: str, month: str, day: str, kind: str, today: date) -> Iterator[_Reading]:
    """The date of these parts where there is one; for a year of two digits, every plausible century's."""
    years = [int(year)] if len(year) == 4 else []
    if len(year) == 2:
        years = [century + int(year) for century in (1900, 2000)]
    for each in years:
        try:
            born = date(each, int(month), int(day))
        except ValueError:
            continue
        if _plausible(born, today):
            yield _Reading(born, kind)


def _other_years(born: date, today: date) -> Iterator[_Reading]:
    """For a real date with an unlikely year: the same day in another century, or with two digits swapped."""
    year = f"{born.year:04}"
    yield from _in_year(born, born.year - 100, "date.century", Confidence.MEDIUM, today)
    yield from _in_year(born, born.year + 100, "date.century", Confidence.LOW, today)
    for place in range(3):
        swapped = year[:place] + year[place + 1] + year[place] + year[place + 2 :]
        yield from _in_year(born, int(swapped), "date.year_digits", Confidence.LOW, today)


def _in_year(born: date, year: int, kind: str, confidence: Confidence, today: date) -> Iterator[_Reading]:
    try:
        moved = born.replace(year=year)
    except ValueError:
        return
    if moved != born and _plausible(moved, today):
        yield _Reading(moved, kind, confidence)


def _plausible(born: date, today: date) -> bool:
    return today.year - _OLDEST <= born.year and born <= today

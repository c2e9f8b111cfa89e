"""Divers whose records break no rule, drawn column by column."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

import numpy as np

from divegov_gui.services.generation.addresses import address_book
from divegov_gui.services.generation.certifications import REGISTERS, certifications
from divegov_gui.services.generation.permutation import Permutation
from divegov_gui.services.generation.randomness import RowBits
from divegov_gui.services.generation.sheet import EMAIL, Column, Sheet
from divegov_gui.services.generation.vocabulary import (
    BLANK_PHONE,
    NO_PHONE,
    Numbers,
    Phones,
    Texts,
    Vocabulary,
    texts,
)

_WORDS_A_ROW = 6
_ADDRESS_STREAM = 2**64 - 1
_REFERENCE_STREAM = 2**64 - 2

_BORN_FROM, _BORN_TO = 1950, 2011

_NO_PHONE_OF_100 = 10
_NO_EMAIL = dict.fromkeys(EMAIL, "")
_FIRST_REFERENCE = np.uint64(10_000_000)


def draw_people(seed: int, start: int, rows: int, words: Vocabulary) -> Sheet:
    """The divers of the `rows` rows from `start` (0 is the first row of the data set).

    Row for row the same however many rows are asked for.
    """
    bits = RowBits(seed, start, rows, _WORDS_A_ROW)
    positions = np.arange(start, start + rows, dtype=np.int64)
    locale = bits.below(len(words.romanised), width=16)
    table = 2 * locale + bits.below(2, width=1)
    first = words.first.slots[words.first.start[table] + bits.below(words.first.count[table])]
    last = words.last.slots[words.last.start[table] + bits.below(words.last.count[table])]
    numbers = Permutation(seed, _ADDRESS_STREAM)(positions)
    email = address_book(words).write(first, last, words.romanised[locale], numbers, bits)
    level, spelling = certifications().draw(bits)
    phones = _phones(words.phones, locale, bits)
    birthdays = _birthdays(level, bits)
    references = Permutation(seed, _REFERENCE_STREAM)(positions) + _FIRST_REFERENCE
    columns = {
        "row": Column(positions + 1),
        "first name": Column(first, words.first.texts),
        "last name": Column(last, words.last.texts),
        **email,
        **phones,
        "birthday": birthdays,
        **certifications().written(spelling, bits.below(len(REGISTERS), width=8)),
        "reference": Column(references),
    }
    return Sheet(columns, _careless(columns, bits))


def _phones(phones: Phones, locale: Numbers, bits: RowBits) -> dict[str, Column]:
    head = phones.head_start[locale] + bits.below(phones.head_count[locale])
    rights = phones.right_count[head]
    tail = bits.below(phones.left_count[head] * rights)
    left = phones.left_start[head] + tail // rights
    right = phones.right_start[head] + tail % rights
    dealt = bits.below(100, width=16)
    without = np.flatnonzero(dealt < _NO_PHONE_OF_100)
    why = np.where(dealt[without] % 3 == 0, BLANK_PHONE, NO_PHONE)
    for place in (head, left, right):
        place[without] = why
    return {
        "phone": Column(head, phones.heads),
        "payload phone": Column(head, phones.payload_heads),
        "phone middle": Column(left, phones.lefts),
        "phone end": Column(right, phones.rights),
        "payload phone end": Column(right, phones.payload_rights),
    }


@lru_cache(maxsize=1)
def _calendar() -> Texts:
    """Every day from the first birthday to the last."""
    days = [f"{day:02}" for day in range(1, 32)]
    months = [
        (f"{year}-{month:02}-", monthrange(year, month)[1])
        for year in range(_BORN_FROM, _BORN_TO + 1)
        for month in range(1, 13)
    ]
    return texts([month + day for month, length in months for day in days[:length]])


def _birthdays(level: Numbers, bits: RowBits) -> Column:
    """Days in the years of each level, both included, more of them in the middle than at the ends."""
    table = certifications()
    earliest = table.born_from[level]
    span = table.born_before[level] - earliest
    day = earliest + (bits.below(span) + bits.below(span)) // 2 - date(_BORN_FROM, 1, 1).toordinal()
    return Column(day, _calendar())


def _careless(columns: Mapping[str, Column], bits: RowBits) -> dict[int, dict[str, str]]:
    """By row the blanks and capitals that a few people in a hundred leave and that no rule minds."""
    habits = bits.take(8)
    rows: list[int] = np.flatnonzero(habits < 12).tolist()
    said = zip(*(columns[name].at(rows) for name in ("first name", "last name", *EMAIL)), strict=True)
    return {
        row: _with_habit(habit, *words)
        for row, habit, words in zip(rows, habits[rows].tolist(), said, strict=True)
    }


def _with_habit(habit: int, first: str, last: str, *email: str) -> dict[str, str]:
    match habit:
        case 0 | 1:
            return {"first name": f"{first} "}
        case 2:
            return {"last name": f"  {last}"}
        case 3:
            return {"first name": f" {first}", "last name": f"{last} "}
        case 4 | 5:
            return {"last name": _recased(str.upper, last)}
        case 6:
            return {"first name": _recased(str.lower, first), "last name": _recased(str.lower, last)}
        case 7 | 8:
            return {**_NO_EMAIL, EMAIL[0]: "".join(email).title()}
        case 9:
            return {**_NO_EMAIL, EMAIL[0]: "".join(email).upper()}
        case 10:
            return {EMAIL[-1]: f"{email[-1]} "}
        case _:
            return {EMAIL[0]: f" {email[0]}"}


def _recased(change: Callable[[str], str], written: str) -> str:
    """Change a name that is written in JSON, which spells other letters than a–z in codes of its own."""
    return json.dumps(change(json.loads(f'"{written}"')))[1:-1] if "\\" in written else change(written)

"""Divers whose records break no rule, drawn column by column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import add

import numpy as np

from divegov_gui.services.generation.addresses import address_book
from divegov_gui.services.generation.certifications import certifications
from divegov_gui.services.generation.permutation import Permutation
from divegov_gui.services.generation.randomness import RowBits
from divegov_gui.services.generation.vocabulary import Numbers, Texts, Vocabulary, texts

_WORDS_A_ROW = 6
_ADDRESS_STREAM = 2**64 - 1
_REFERENCE_STREAM = 2**64 - 2

_FIRST_BIRTHDAY = date(1950, 1, 1)
_LAST_BIRTHDAY = date(2011, 12, 31)

_NO_PHONE_OF_100 = 10
_REGISTERS = ("WEB", "WEB", "WEB", "CRM", "CRM", "SHOP", "CLUB", "RESORT")


@dataclass
class People:
    """One block of divers as columns of raw text; the lists are the caller's to change."""

    first_name: list[str | None]
    last_name: list[str | None]
    email: list[str | None]
    phone: list[str | None]
    date_of_birth: list[str | None]
    certification: list[str | None]
    source_reference: list[str | None]


def draw_people(seed: int, start: int, rows: int, words: Vocabulary) -> People:
    """The divers of the `rows` rows from `start` (0 is the first row of the data set).

    Row for row the same however many rows are asked for.
    """
    bits = RowBits(seed, start, rows, _WORDS_A_ROW)
    positions = np.arange(start, start + rows, dtype=np.int64)
    locale = bits.below(len(words.romanised), width=16)
    table = 2 * locale + bits.below(2, width=1)
    first = words.first.start[table] + bits.below(words.first.count[table])
    last = words.last.start[table] + bits.below(words.last.count[table])
    numbers = Permutation(seed, _ADDRESS_STREAM)(positions)
    addresses = address_book(words).write(first, last, words.romanised[locale], numbers, bits)
    held = certifications().draw(bits)
    first_names: list[str] = words.first.texts[first].tolist()
    last_names: list[str] = words.last.texts[last].tolist()
    phones = _phones(words, locale, bits)
    birthdays = _birthdays(held.born_from, held.born_to, bits)
    references = _references(seed, positions, bits)
    _write_carelessly(first_names, last_names, addresses, bits)
    return People([*first_names], [*last_names], [*addresses], phones, birthdays, held.written, references)


def _phones(words: Vocabulary, locale: Numbers, bits: RowBits) -> list[str | None]:
    head = words.head_start[locale] + bits.below(words.head_count[locale])
    tail = words.tail_start[head] + bits.below(words.tail_count[head])
    phones: list[str | None] = list(map(add, words.heads[head].tolist(), words.tails[tail].tolist()))
    dealt = bits.below(100, width=16)
    for row in np.flatnonzero(dealt < _NO_PHONE_OF_100).tolist():
        phones[row] = None if dealt[row] % 3 else ""
    return phones


@lru_cache(maxsize=1)
def _calendar() -> Texts:
    days = range(_FIRST_BIRTHDAY.toordinal(), _LAST_BIRTHDAY.toordinal() + 1)
    return texts([date.fromordinal(day).isoformat() for day in days])


def _birthdays(born_from: Numbers, born_to: Numbers, bits: RowBits) -> list[str | None]:
    """Days in the given years, both included, more of them in the middle than at the ends."""
    days = (
        np.array([date(year, 1, 1).toordinal() for year in range(1950, 2013)]) - _FIRST_BIRTHDAY.toordinal()
    )
    earliest, after = days[born_from - 1950], days[born_to + 1 - 1950]
    span = after - earliest
    day = earliest + (bits.below(span) + bits.below(span)) // 2
    written: list[str | None] = _calendar()[day].tolist()
    return written


def _references(seed: int, positions: Numbers, bits: RowBits) -> list[str | None]:
    numbers = Permutation(seed, _REFERENCE_STREAM)(positions).tolist()
    registers = texts(_REGISTERS)[bits.below(len(_REGISTERS), width=8)].tolist()
    return [f"{register}-{10_000_000 + number}" for register, number in zip(registers, numbers, strict=True)]


def _write_carelessly(first: list[str], last: list[str], email: list[str], bits: RowBits) -> None:
    """Give a few rows in a hundred the blanks and capitals that people leave and that no rule minds."""
    habit = bits.take(8)
    for row in np.flatnonzero(habit < 12).tolist():
        match int(habit[row]):
            case 0 | 1:
                first[row] = f"{first[row]} "
            case 2:
                last[row] = f"  {last[row]}"
            case 3:
                first[row], last[row] = f" {first[row]}", f"{last[row]} "
            case 4 | 5:
                last[row] = last[row].upper()
            case 6:
                first[row], last[row] = first[row].lower(), last[row].lower()
            case 7 | 8:
                email[row] = email[row].title()
            case 9:
                email[row] = email[row].upper()
            case 10:
                email[row] = f"{email[row]} "
            case _:
                email[row] = f" {email[row]}"

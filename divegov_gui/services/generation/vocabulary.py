"""The words that people are made of: Faker's lists, read once, cleaned, combined and kept as arrays."""

from __future__ import annotations

import hashlib
import importlib
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.generation.locales import LocaleProfile, Styles, profile
from divegov_gui.services.generation.randomness import dice
from divegov_gui.services.generation.romanise import latin
from divegov_gui.services.generation.telephones import Exchange

Texts = NDArray[np.object_]
Numbers = NDArray[np.int64]

_TABLE = 2048
"""Names in one table: a whole list, or its words again in the country's compound forms."""

_LONGEST_WORD = 24


class Name(NamedTuple):
    """A name as written, and in the letters of an address (empty where it cannot be romanised)."""

    text: str
    latin: str


@dataclass(frozen=True)
class NameArrays:
    """All tables of one kind of name laid end to end; table 2 × locale + gender starts at `start[table]`."""

    texts: Texts
    latins: tuple[str, ...]
    start: Numbers
    count: Numbers


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the divers of one choice of locales are drawn from."""

    first: NameArrays
    last: NameArrays
    romanised: NDArray[np.bool_]
    head_start: Numbers
    head_count: Numbers
    heads: Texts
    tail_start: Numbers
    tail_count: Numbers
    tails: Texts
    checksum: str


@lru_cache(maxsize=4)
def vocabulary(locales: tuple[str, ...]) -> Vocabulary:
    """The words of `locales`, in their order; a locale that is named twice counts twice.

    Raises InputRefused where the installed Faker has no names for one of them.
    """
    profiles = [profile(locale) for locale in locales]
    first = _laid_out([table for locale in locales for table in name_tables(locale).first])
    last = _laid_out([table for locale in locales for table in name_tables(locale).last])
    exchange = Exchange()
    ranges = [exchange.connect(each.phones) for each in profiles]
    return Vocabulary(
        first=first,
        last=last,
        romanised=np.array([each.script != "unromanised" for each in profiles]),
        head_start=np.array([start for start, _ in ranges]),
        head_count=np.array([count for _, count in ranges]),
        heads=texts(exchange.heads),
        tail_start=np.array(exchange.tail_start),
        tail_count=np.array(exchange.tail_count),
        tails=texts(exchange.tails),
        checksum=_checksum(
            first.texts, first.latins, last.texts, last.latins, exchange.heads, exchange.tails
        ),
    )


def texts(values: Sequence[str | None]) -> Texts:
    """`values` as an array of Python strings."""
    array = np.empty(len(values), dtype=np.object_)
    array[:] = values
    return array


def _laid_out(tables: Sequence[Table]) -> NameArrays:
    count = np.array([len(table.texts) for table in tables])
    return NameArrays(
        texts=texts([text for table in tables for text in table.texts]),
        latins=tuple(letters for table in tables for letters in table.latins),
        start=np.cumsum(count) - count,
        count=count,
    )


def _checksum(*lists: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for words in lists:
        digest.update("\n".join(words).encode())
        digest.update(b"\0")
    return digest.hexdigest()


class Table(NamedTuple):
    """Names as columns: a hundred thousand small objects would slow every garbage collection down."""

    texts: tuple[str, ...]
    latins: tuple[str, ...]


class NameTables(NamedTuple):
    """One locale's names: of men, then of women."""

    first: tuple[Table, Table]
    last: tuple[Table, Table]


@lru_cache(maxsize=64)
def name_tables(locale: str) -> NameTables:
    """The name tables of `locale`, read from Faker's provider.

    Raises InputRefused where the installed Faker has none.
    """
    is_about = profile(locale)
    try:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    except ImportError as missing:
        raise _no_names(locale) from missing
    reader = _Reader(locale, is_about, provider)
    return NameTables(
        first=(reader.first(is_about.first_male, "male"), reader.first(is_about.first_female, "female")),
        last=(reader.last(is_about.last_male, "male"), reader.last(is_about.last_female, "female")),
    )


def _no_names(locale: str) -> InputRefused:
    return InputRefused(
        f"The installed Faker has no names for {locale}.",
        hint="Leave that locale out, or install the Faker version that the program was released with.",
    )


class _Reader:
    """Turns one provider's lists into tables."""

    def __init__(self, locale: str, is_about: LocaleProfile, provider: Any) -> None:
        self._locale = locale
        self._profile = is_about
        self._provider = provider

    def first(self, attributes: tuple[str, ...], gender: str) -> Table:
        """First names: plain ones and the double ones; of both genders where Faker keeps one list."""
        words = self._words(attributes) or self._some(("first_names",))
        seconds = self._some(self._profile.middle) if self._profile.middle else words
        return _columns(self._table(words, seconds, self._profile.first_styles, f"first {gender}"))

    def last(self, attributes: tuple[str, ...], gender: str) -> Table:
        """Surnames: plain ones, double ones, and the forms that a woman bears."""
        words = self._words(attributes) or self._some(("last_names",))
        extra = [Name(text, latin(text, self._profile.script)) for text in self._profile.extra_last]
        if gender == "female":
            words = [self._feminine(name) for name in words]
        table = self._table(words, words, self._profile.last_styles, f"last {gender}")
        return _columns(table + extra * (len(table) // 400))

    def _words(self, attributes: tuple[str, ...]) -> list[Name]:
        weights: dict[Name, float] = {}
        for attribute in attributes:
            listed = getattr(self._provider, attribute, ())
            weighted = listed.items() if isinstance(listed, Mapping) else ((word, 1.0) for word in listed)
            for word, weight in list(weighted)[: self._profile.most_of_a_list]:
                name = self._name(word)
                if self._is_usable(name):
                    weights[name] = max(weights.get(name, 0.0), float(weight))
        return _by_weight(weights)

    def _some(self, attributes: tuple[str, ...]) -> list[Name]:
        words = self._words(attributes)
        if not words:
            raise _no_names(self._locale)
        return words

    def _name(self, word: Any) -> Name:
        if isinstance(word, str):
            text = unicodedata.normalize("NFC", word.strip())
            return Name(text, latin(text, self._profile.script))
        return Name(unicodedata.normalize("NFC", word[0]), latin(word[2], "latin"))

    def _is_usable(self, name: Name) -> bool:
        letters = name.text.isalpha() or all(
            unicodedata.category(letter)[0] in "LM" or letter in " -'" for letter in name.text
        )
        in_bounds = 0 < len(name.text) <= _LONGEST_WORD and max(name.text) <= "\uffff"
        words = name.text.count(" ") + 1
        return (
            letters
            and in_bounds
            and words <= self._profile.most_words
            and (name.latin != "" or self._profile.script == "unromanised")
        )

    def _feminine(self, name: Name) -> Name:
        for ending, woman in self._profile.feminine:
            if name.text.endswith(ending):
                return Name(name.text.removesuffix(ending) + woman, name.latin.removesuffix(ending) + woman)
        return name

    def _table(self, words: list[Name], seconds: list[Name], styles: Styles, part: str) -> list[Name]:
        size = max(_TABLE, len(words))
        throws = dice(zlib.crc32(f"{self._locale} {part}".encode()), 1, 2 * size)
        deck = [style for style, weight in styles for _ in range(weight)]
        return [
            _combined(words[place % len(words)], throws.pick(seconds), throws.pick(deck))
            for place in range(size)
        ]


def _columns(names: list[Name]) -> Table:
    return Table(tuple(name.text for name in names), tuple(name.latin for name in names))


def _combined(name: Name, second: Name, style: str) -> Name:
    if style == "{0}" or name == second:
        return name
    return Name(style.format(name.text, second.text), name.latin)


def _by_weight(weights: dict[Name, float]) -> list[Name]:
    """The names in alphabetical order, a frequent one as many times over as it is frequent."""
    total = sum(weights[name] for name in sorted(weights))
    even = len(set(weights.values())) == 1
    copies = {name: 1 if even else max(1, round(weights[name] / total * _TABLE)) for name in weights}
    return [name for name in sorted(copies) for _ in range(copies[name])]

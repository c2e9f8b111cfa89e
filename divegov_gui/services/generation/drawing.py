"""Draws the words that the generator uses from Faker's lists: python -m divegov_gui.services.generation.drawing.

A maintainer runs it when the profiles or Faker's lists have changed; the program itself reads the files that it
writes (resources/vocabulary), so that a data set does not depend on which Faker is installed, nor on there being one.
"""

from __future__ import annotations

import importlib
import json
import unicodedata
import zlib
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from divegov_gui.services.generation.locales import AVAILABLE_LOCALES, LocaleProfile, Styles, profile
from divegov_gui.services.generation.randomness import dice
from divegov_gui.services.generation.romanise import latin
from divegov_gui.services.generation.telephones import beginnings, ending
from divegov_gui.services.generation.vocabulary import BETWEEN, PLACES, words_file

_TABLE = 2048
"""Names in one table: a whole list, or its words again in the country's compound forms."""

_LONGEST_WORD = 24


class Name(NamedTuple):
    """A name as written, and in the letters of an address (empty where it cannot be romanised)."""

    text: str
    latin: str


def drawn(locale: str) -> dict[str, dict[str, str]]:
    """The words of `locale`, as they stand in its file: lists as one text, which is read in a fraction of the time.

    Names are listed once. `men` and `women` are the tables that a name is drawn from: places in the list, a frequent
    name several times. Every phone has `ending`, and BEGINNINGS_A_PATTERN of `beginning` for each of them.
    """
    is_about = profile(locale)
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    reader = _Reader(locale, is_about, provider)
    return {
        "first": _listed(
            men=reader.first(is_about.first_male, "male"), women=reader.first(is_about.first_female, "female")
        ),
        "last": _listed(
            men=reader.last(is_about.last_male, "male"), women=reader.last(is_about.last_female, "female")
        ),
        "phone": {
            "beginning": BETWEEN.join(text for pattern in is_about.phones for text in beginnings(pattern)),
            "ending": BETWEEN.join(ending(pattern) for pattern in is_about.phones),
        },
    }


def written(words: dict[str, dict[str, str]]) -> str:
    """`words` as JSON with a line for each list, so that a comparison of two versions shows where they differ."""
    return json.dumps(words, ensure_ascii=False, indent=1) + "\n"


def _listed(**tables: list[Name]) -> dict[str, str]:
    places: dict[Name, int] = {}
    slots = {who: [places.setdefault(name, len(places)) for name in table] for who, table in tables.items()}
    return {
        "text": BETWEEN.join(name.text for name in places),
        "latin": BETWEEN.join(name.latin for name in places),
        **{who: b64encode(np.array(each, dtype=PLACES).tobytes()).decode() for who, each in slots.items()},
    }


class _Reader:
    """Turns one provider's lists into tables. Raises LookupError where the installed Faker has not those lists."""

    def __init__(self, locale: str, is_about: LocaleProfile, provider: Any) -> None:
        self._locale = locale
        self._profile = is_about
        self._provider = provider

    def first(self, attributes: tuple[str, ...], gender: str) -> list[Name]:
        """First names: plain ones and the double ones; of both genders where Faker keeps one list."""
        words = self._words(attributes) or self._some(("first_names",))
        seconds = self._some(self._profile.middle) if self._profile.middle else words
        return self._table(words, seconds, self._profile.first_styles, f"first {gender}")

    def last(self, attributes: tuple[str, ...], gender: str) -> list[Name]:
        """Surnames: plain ones, double ones, and the forms that a woman bears."""
        words = self._words(attributes) or self._some(("last_names",))
        extra = [Name(text, latin(text, self._profile.script)) for text in self._profile.extra_last]
        if gender == "female":
            words = [self._feminine(name) for name in words]
        table = self._table(words, words, self._profile.last_styles, f"last {gender}")
        return table + extra * (len(table) // 400)

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
            raise LookupError(f"This Faker has no {attributes} for {self._locale}.")
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
        for man, woman in self._profile.feminine:
            if name.text.endswith(man):
                return Name(name.text.removesuffix(man) + woman, name.latin.removesuffix(man) + woman)
        return name

    def _table(self, words: list[Name], seconds: list[Name], styles: Styles, part: str) -> list[Name]:
        size = max(_TABLE, len(words))
        throws = dice(zlib.crc32(f"{self._locale} {part}".encode()), 1, 2 * size)
        deck = [style for style, weight in styles for _ in range(weight)]
        return [
            _combined(words[place % len(words)], throws.pick(seconds), throws.pick(deck))
            for place in range(size)
        ]


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


def main() -> None:
    """Write the words of every locale anew."""
    for locale in AVAILABLE_LOCALES:
        words_file(locale).write_text(written(drawn(locale)), encoding="utf-8")


if __name__ == "__main__":
    main()

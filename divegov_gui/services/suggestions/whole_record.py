"""Fixes that look at more than one column: swapped, joined and misplaced values. Nothing is made up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from divegov_gui.services.suggestions.dates_words import plain
from divegov_gui.services.suggestions.model import Confidence, Proposal, Values
from divegov_gui.services.suggestions.name_case import is_particle, proper

_ADDRESS = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:.]{2,}")
_NAME = re.compile(r"(?!.*(.)\1{2})[a-z]{3,30}")
_LONGEST = 200
"""Characters beyond which a field holds no name and no address that was misplaced."""


class KnownNames:
    """How often words stand as first and as last names of the platform's own divers."""

    def __init__(self, people: Iterable[tuple[str | None, str | None]] = ()) -> None:
        self._first: Counter[str] = Counter()
        self._last: Counter[str] = Counter()
        for first, last in people:
            self._first[plain(first or "")] += 1
            self._last[plain(last or "")] += 1

    def is_first(self, name: str) -> bool:
        """Whether `name` is rather a first name."""
        return self._first[plain(name)] > self._last[plain(name)]

    def is_last(self, name: str) -> bool:
        """Whether `name` is rather a last name."""
        return self._last[plain(name)] > self._first[plain(name)]


_OTHER_NAME = {"First_Name": "Last_Name", "Last_Name": "First_Name"}


def missing_name(record: Values, column: str) -> list[Proposal]:
    """For an empty name: the other name field may hold both, or the address may tell it."""
    other = (record[_OTHER_NAME[column]] or "").strip()
    return [*_split(other, column), *_from_address(record["Email"], other, column)]


def misplaced_address(record: Values) -> Iterator[Proposal]:
    """For an email field without an address: one that stands in another field."""
    for column in ("Phone", "First_Name", "Last_Name", "Source_Reference"):
        value = (record[column] or "").strip()
        found = _ADDRESS.search(value) if len(value) < _LONGEST else None
        if found:
            rest = re.sub(r"[\s<>()\[\],;:]+$|^[\s<>()\[\],;:]+", "", value.replace(found[0], " ")) or None
            yield Proposal("email.moved", {"Email": found[0], column: rest}, Confidence.MEDIUM)


def swapped_names(record: Values) -> Iterator[Proposal]:
    """For a record that differs from its namesake: first and last name the other way round."""
    first, last = record["First_Name"], record["Last_Name"]
    if first and last and first.strip() and last.strip() and first != last:
        yield Proposal("name.swapped", {"First_Name": last, "Last_Name": first}, Confidence.MEDIUM)


def names_the_wrong_way(record: Values, known: KnownNames) -> Iterator[Proposal]:
    """First and last name swapped, where the divers' own names tell so, or one of them does and the address too."""
    first, last = (record["First_Name"] or "").strip(), (record["Last_Name"] or "").strip()
    if not first or not last or not known.is_first(last) or known.is_first(first):
        return
    local = (record["Email"] or "")[:_LONGEST].partition("@")[0]
    parts = [part for part in re.split(r"[^a-z]+", plain(local)) if part]
    in_address = parts == [re.sub(r"[^a-z]", "", plain(name)) for name in (last, first)]
    if known.is_last(first) or in_address:
        changes: dict[str, str | None] = {"First_Name": last, "Last_Name": first}
        yield Proposal("name.swapped", changes, Confidence.MEDIUM)


def _split(whole: str, column: str) -> Iterator[Proposal]:
    """A full name in one field as two: `Kowalska, Anna` is certain, `Anna Kowalska` may be either way round."""
    if len(whole) > _LONGEST:
        return
    last, comma, first = whole.partition(",")
    if comma and first.strip() and last.strip() and "," not in first:
        yield _parted(first.strip(), last.strip(), Confidence.HIGH)
        return
    words = whole.split()
    if not 2 <= len(words) <= 4 or len(whole) > 60:
        return
    beginning = next(
        (place for place, word in enumerate(words) if place and is_particle(word)), len(words) - 1
    )
    yield _parted(" ".join(words[:beginning]), " ".join(words[beginning:]), Confidence.LOW)
    if len(words) == 2 and not is_particle(words[1]) and column == "First_Name":
        yield _parted(words[1], words[0], Confidence.LOW)


def _parted(first: str, last: str, confidence: Confidence) -> Proposal:
    return Proposal("name.split", {"First_Name": first, "Last_Name": last}, confidence)


def _from_address(email: str | None, known: str, column: str) -> Iterator[Proposal]:
    """The other name in an address such as anna.kowalska@…, where it holds the one that is known."""
    local = (email or "")[:_LONGEST].partition("@")[0]
    parts = [part for part in re.split(r"[^a-z]+", local.lower()) if len(part) > 1]
    name = re.sub(r"[^a-z]", "", plain(known))
    others = [part for part in parts if part != name]
    if name and name in parts and len(others) == 1 and _NAME.fullmatch(others[0]):
        yield Proposal("name.from_email", {column: proper(others[0])}, Confidence.LOW)

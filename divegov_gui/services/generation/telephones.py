"""Telephone numbers in each country's own spellings, as beginnings and endings that are put together.

A pattern such as ``+49 (0)30 #######`` is cut before its last four free digits: the beginning is written out
a number of times with digits of its own, the endings are all there are. A million divers need no loop so.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from divegov_gui.services.generation.randomness import Dice, dice

_FREE_DIGITS = 4
_BEGINNINGS_A_PATTERN = 64


@dataclass
class Exchange:
    """The beginnings of all patterns given so far, each with the range of endings that fit it."""

    heads: list[str] = field(default_factory=list)
    tail_start: list[int] = field(default_factory=list)
    tail_count: list[int] = field(default_factory=list)
    tails: list[str] = field(default_factory=list)
    _ranges: dict[str, tuple[int, int]] = field(default_factory=dict)

    def connect(self, patterns: Iterable[str]) -> tuple[int, int]:
        """Take `patterns` in; returns where their heads start, and how many there are."""
        start = len(self.heads)
        for pattern in patterns:
            beginning, ending = _cut(pattern)
            first, count = self._endings(ending)
            throws = dice(zlib.crc32(pattern.encode()), 0, 1024)
            for _ in range(_BEGINNINGS_A_PATTERN):
                self.heads.append(_with_digits(beginning, throws))
                self.tail_start.append(first)
                self.tail_count.append(count)
        return start, len(self.heads) - start

    def _endings(self, ending: str) -> tuple[int, int]:
        if ending not in self._ranges:
            written = _all_endings(ending)
            self._ranges[ending] = (len(self.tails), len(written))
            self.tails.extend(written)
        return self._ranges[ending]


def _cut(pattern: str) -> tuple[str, str]:
    places = [place for place, character in enumerate(pattern) if character == "#"]
    cut = places[-_FREE_DIGITS:][0]
    return pattern[:cut], pattern[cut:]


@lru_cache(maxsize=64)
def _all_endings(ending: str) -> tuple[str, ...]:
    digits = ending.count("#")
    template = ending.replace("#", "{}")
    return tuple(template.format(*f"{number:0{digits}}") for number in range(10**digits))


def _with_digits(beginning: str, throws: Dice) -> str:
    written = (
        str(throws.below(10))
        if character == "#"
        else str(2 + throws.below(8))
        if character == "$"
        else character
        for character in beginning
    )
    return "".join(written)

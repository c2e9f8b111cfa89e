"""Telephone numbers in each country's own spellings, as beginnings and endings that are put together.

A pattern such as ``+49 (0)30 #######`` is cut before its last four free digits: the beginning is written out
a number of times with digits of its own, the ending in two halves that are all there are. A million divers need no
loop so.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

from divegov_gui.services.generation.randomness import Dice, dice

BEGINNINGS_A_PATTERN = 64

_FREE_DIGITS = 4
_DIGITS = "0123456789"


def beginnings(pattern: str) -> list[str]:
    """BEGINNINGS_A_PATTERN ways in which numbers of `pattern` begin."""
    beginning, _ = _cut(pattern)
    throws = dice(zlib.crc32(pattern.encode()), 0, 1024)
    return [_with_digits(beginning, throws) for _ in range(BEGINNINGS_A_PATTERN)]


def ending(pattern: str) -> str:
    """What is left of `pattern` behind its beginning."""
    return _cut(pattern)[1]


def ends(free: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The two halves of the ending `free`, each with all its digits in their order."""
    half = len(free) // 2
    return _digits_for(free[:half]), _digits_for(free[half:])


@lru_cache(maxsize=64)
def _digits_for(pattern: str) -> tuple[str, ...]:
    written = [""]
    for character in pattern:
        written = [text + digit for text in written for digit in (_DIGITS if character == "#" else character)]
    return tuple(written)


def _cut(pattern: str) -> tuple[str, str]:
    places = [place for place, character in enumerate(pattern) if character == "#"]
    cut = places[-_FREE_DIGITS:][0]
    return pattern[:cut], pattern[cut:]


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

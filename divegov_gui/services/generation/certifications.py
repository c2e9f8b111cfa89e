"""The certifications that synthetic divers hold: how often, born when, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from divegov_gui.services.generation.randomness import RowBits
from divegov_gui.services.generation.vocabulary import Numbers, Texts, texts


class Level(NamedTuple):
    """A certification, how many divers of a thousand or so hold it, and the years they were born in."""

    name: str
    weight: int
    born_from: int = 1950
    born_to: int = 2006


AMATEUR: tuple[Level, ...] = (
    Level("Open Water Diver", 290, born_to=2011),
    Level("Advanced Open Water Diver", 225, born_to=2008),
    Level("Rescue Diver", 85),
    Level("Enriched Air Diver", 70),
    Level("Discover Scuba Diver", 60, born_to=2011),
    Level("Scuba Diver", 45, born_to=2011),
    Level("Freediver", 35),
    Level("Deep Diver", 30),
    Level("Junior Open Water Diver", 25, born_from=2007, born_to=2011),
    Level("Wreck Diver", 22),
    Level("Master Scuba Diver", 18),
    Level("Technical Diver", 12, born_to=2000),
    Level("Cave Diver", 8, born_to=2000),
)

PROFESSIONAL: tuple[Level, ...] = (
    Level("Divemaster", 40, born_to=2000),
    Level("Open Water Scuba Instructor", 18, born_to=1998),
    Level("Assistant Instructor", 8, born_to=1999),
    Level("Master Instructor", 4, born_to=1992),
    Level("Course Director", 3, born_to=1988),
)

_BLANKS: tuple[tuple[str | None, int], ...] = ((None, 30), ("", 18), ("  ", 2))
_SPELLINGS = 64
"""Ways to write each one: 57 as it is, the rest in other letter case or with a blank too many."""


@dataclass(frozen=True)
class Held:
    """One block's certifications as written, with the years that their holders may be born in."""

    written: list[str | None]
    born_from: Numbers
    born_to: Numbers


@dataclass(frozen=True)
class CertificationTable:
    """All spellings of all certifications, ready to be drawn from."""

    level: Numbers
    spelling: Texts
    born_from: Numbers
    born_to: Numbers

    def draw(self, bits: RowBits) -> Held:
        """A certification for each row, or none."""
        level = self.level[bits.below(len(self.level))]
        spelling = level * _SPELLINGS + bits.below(_SPELLINGS, width=6)
        return Held(self.spelling[spelling].tolist(), self.born_from[level], self.born_to[level])


@lru_cache(maxsize=1)
def certifications() -> CertificationTable:
    """The table of the levels above."""
    levels = AMATEUR + PROFESSIONAL
    weights = [level.weight for level in levels] + [weight for _, weight in _BLANKS]
    spellings = [_spellings(level.name) for level in levels] + [[blank] * _SPELLINGS for blank, _ in _BLANKS]
    return CertificationTable(
        level=np.repeat(np.arange(len(weights)), weights),
        spelling=texts([written for each in spellings for written in each]),
        born_from=np.array([level.born_from for level in levels] + [1950] * len(_BLANKS)),
        born_to=np.array([level.born_to for level in levels] + [2011] * len(_BLANKS)),
    )


def _spellings(name: str) -> list[str | None]:
    careless: list[str | None] = [name.upper(), name.upper(), name.lower(), name.lower(), name.capitalize()]
    return [name] * (_SPELLINGS - 7) + careless + [f"{name} ", f" {name}"]

"""The certifications that synthetic divers hold: how often, born when, and how they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import orjson

from divegov_gui.services.generation.randomness import RowBits
from divegov_gui.services.generation.sheet import Column, in_payload
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

# As it is, in other letter case, or with a blank too many: of 64, how many write it so.
_SPELLINGS: tuple[tuple[Callable[[str], str], int], ...] = (
    (str, 57),
    (str.upper, 2),
    (str.lower, 2),
    (str.capitalize, 1),
    ("{} ".format, 1),
    (" {}".format, 1),
)

REGISTERS = ("WEB", "WEB", "WEB", "CRM", "CRM", "SHOP", "CLUB", "RESORT")
"""What a source reference begins with, each as often as it stands here."""


@dataclass(frozen=True)
class CertificationTable:
    """All spellings of all certifications, ready to be drawn from.

    `in_columns` and `in_payload` have them as they stand between a date of birth and the number of a source reference,
    for each register. A holder of a level is born on a day from `born_from` up to but not including `born_before`.
    """

    level: Numbers
    spelling: Numbers
    in_columns: Texts
    in_payload: Texts
    born_from: Numbers
    born_before: Numbers

    def draw(self, bits: RowBits) -> tuple[Numbers, Numbers]:
        """A certification for each row, or none: the level and how it is spelt."""
        level = self.level[bits.below(len(self.level))]
        return level, level * len(_SPELLINGS) + self.spelling[bits.below(len(self.spelling), width=6)]

    def written(self, spelling: Numbers, register: Numbers) -> dict[str, Column]:
        """The columns of a sheet that say so."""
        place = spelling * len(REGISTERS) + register
        return {
            "certification": Column(place, self.in_columns),
            "payload certification": Column(place, self.in_payload),
        }


@lru_cache(maxsize=1)
def certifications() -> CertificationTable:
    """The table of the levels above."""
    levels = (*AMATEUR, *PROFESSIONAL, *(Level("", weight, born_to=2011) for _, weight in _BLANKS))
    written = [json for level in levels[: -len(_BLANKS)] for json in _written_variously(level.name)]
    written += [orjson.dumps(blank).decode() for blank, _ in _BLANKS for _ in _SPELLINGS]
    pairs = [(spelling, register) for spelling in written for register in REGISTERS]
    return CertificationTable(
        level=np.repeat(np.arange(len(levels)), [level.weight for level in levels]),
        spelling=np.repeat(np.arange(len(_SPELLINGS)), [many for _, many in _SPELLINGS]),
        in_columns=texts([f'",{spelling},"{register}-' for spelling, register in pairs]),
        in_payload=texts(
            [
                in_payload(f'","certification":{spelling},"source_reference":"{register}-')
                for spelling, register in pairs
            ]
        ),
        born_from=np.array([date(level.born_from, 1, 1).toordinal() for level in levels]),
        born_before=np.array([date(level.born_to + 1, 1, 1).toordinal() for level in levels]),
    )


def _written_variously(name: str) -> list[str]:
    return [orjson.dumps(write(name)).decode() for write, _ in _SPELLINGS]

"""Which rows of a block carry which defects, which are copies, and of which row.

A block is laid out on its own. Totals over blocks are exact, because a block's share is what is due up to its
last row less what was due up to its first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from divegov_gui.services.generation.kinds import (
    BY_CODE,
    DEFAULT_DEFECTS,
    DUPLICATE_IN_BATCH,
    DUPLICATE_OF_DIVER,
    PAYLOAD_INVALID,
)
from divegov_gui.services.generation.randomness import Dice, Words, dice, philox_words
from divegov_gui.services.generation.request import GenerationRequest

# Streams of their own, so that the people of a block do not depend on its defects. A block's first row is
# below 2**25, so each is far from every other block's.
_POSITIONS = 1 << 40
_COMBINING = 2 << 40
_KINDS = 3 << 40

_SLOTS = {code: kind.slots for code, kind in BY_CODE.items()}
_PARTNERED = (DUPLICATE_IN_BATCH, DUPLICATE_OF_DIVER)


Defects = tuple[tuple[str, frozenset[str]], ...]


class Placement(NamedTuple):
    """One row that is to be spoilt, counted from 0 within its block.

    `defects` are (code, fields it occupies), in the order to apply them. `partner` is the later row whose
    address a DUPLICATE_IN_BATCH takes; `diver` the place of the known diver whose
    address a DUPLICATE_OF_DIVER takes.
    """

    row: int
    defects: Defects
    partner: int | None = None
    diver: int | None = None


@dataclass(frozen=True)
class BlockPlan:
    """What is done to one block: the rows spoilt, and (older, newer) of each pair that is to be identical."""

    dirty: list[Placement] = field(default_factory=list)
    repeated: list[tuple[int, int]] = field(default_factory=list)


def plan_block(request: GenerationRequest, start: int, rows: int) -> BlockPlan:
    """Lay out the `rows` rows from `start` (0 is the first row of the data set)."""
    counts = _counts(request, start, rows)
    singles = [code for code, count in counts.items() if code != DUPLICATE_IN_BATCH for _ in range(count)]
    duplicates = counts.get(DUPLICATE_IN_BATCH, 0)
    free = rows - len(singles) - 2 * duplicates
    copies = min(_due(request.repeated, start, rows), free // 2)

    order = _lowest(
        philox_words(request.seed, _POSITIONS + start, rows), len(singles) + 2 * (duplicates + copies)
    )
    older_newer = [tuple(sorted(order[at : at + 2])) for at in range(0, 2 * (duplicates + copies), 2)]
    pairs = [(older, newer) for older, newer in older_newer]
    rest = order[2 * (duplicates + copies) :]
    made_for = [(older, DUPLICATE_IN_BATCH) for older, _ in pairs[:duplicates]]
    made_for += list(zip(rest, singles, strict=False))
    throws = dice(request.seed, _COMBINING + start, 16 * len(made_for) + 16)
    joined = _join(request, made_for, throws)
    return BlockPlan(
        _placements(request, start, made_for, joined, dict(pairs[:duplicates])), pairs[duplicates:]
    )


def _lowest(words: Words, count: int) -> list[int]:
    """Where the `count` lowest of `words` stand, the lowest first: random rows, none of them twice."""
    some = np.argpartition(words, count)[:count] if count < len(words) else np.arange(len(words))
    places: list[int] = some[np.argsort(words[some])].tolist()
    return places


def _due(share: float, start: int, rows: int) -> int:
    return round(share * (start + rows)) - round(share * start)


def _counts(request: GenerationRequest, start: int, rows: int) -> dict[str, int]:
    if request.rates is None:
        return _even_counts(request, start, rows)
    rates = {code: request.rates[code] for code in BY_CODE if request.rates.get(code, 0) > 0}
    counts = {code: _due(rate, start, rows) for code, rate in rates.items()}
    if DUPLICATE_OF_DIVER in counts:
        rate, known = rates[DUPLICATE_OF_DIVER], len(request.known_divers)
        until = min(known, round(rate * (start + rows)))
        counts[DUPLICATE_OF_DIVER] = until - min(known, round(rate * start))
    while sum(counts.values()) > rows:  # each was rounded on its own
        counts[max(counts, key=counts.__getitem__)] -= 1
    others = sum(counts.values()) - counts.get(DUPLICATE_IN_BATCH, 0)
    if DUPLICATE_IN_BATCH in counts:
        counts[DUPLICATE_IN_BATCH] = min(counts[DUPLICATE_IN_BATCH], (rows - others) // 2)
    return counts


def _even_counts(request: GenerationRequest, start: int, rows: int) -> dict[str, int]:
    """The dirty rows dealt out over the default kinds in turn; each seed begins with another kind."""
    turn = dice(request.seed, _KINDS, 64).shuffled(DEFAULT_DEFECTS)
    first, count = round(request.dirty * start), _due(request.dirty, start, rows)
    counts = dict.fromkeys(DEFAULT_DEFECTS, 0)
    partners = rows - count
    for place in range(first, first + count):
        code = turn[place % len(turn)]
        if code == DUPLICATE_IN_BATCH and counts[code] >= partners:
            code = turn[(place + 1) % len(turn)]
        counts[code] += 1
    return counts


def _join(request: GenerationRequest, made_for: list[tuple[int, str]], throws: Dice) -> dict[int, Defects]:
    """The defects of each row: the one it was made for, and for some rows one or two that fit beside it."""
    in_play = [code for code in dict.fromkeys(code for _, code in made_for) if code not in _PARTNERED]
    in_play = [code for code in in_play if code != PAYLOAD_INVALID]
    wanted = round(request.combined * len(made_for))
    defects: dict[int, Defects] = {}
    for row, code in throws.shuffled(made_for):
        own = (code, throws.pick(_SLOTS[code]))
        defects[row] = (own,)
        if wanted and code != PAYLOAD_INVALID:
            defects[row] = _beside(own, throws.shuffled(in_play), 1 + (throws.below(3) == 0))
            wanted -= len(defects[row]) > 1
    return defects


def _beside(own: tuple[str, frozenset[str]], candidates: list[str], most: int) -> Defects:
    chosen, taken = [own], own[1]
    for code in candidates:
        for slots in _SLOTS[code]:
            if not slots & taken and code not in (other for other, _ in chosen):
                chosen.append((code, slots))
                taken = taken | slots
                break
        if len(chosen) > most:
            break
    return tuple(chosen)


def _placements(
    request: GenerationRequest,
    start: int,
    made_for: list[tuple[int, str]],
    defects: dict[int, Defects],
    partners: dict[int, int],
) -> list[Placement]:
    rate = (request.rates or {}).get(DUPLICATE_OF_DIVER, 0.0)
    diver = min(len(request.known_divers), round(rate * start))
    placements = []
    for row, code in made_for:
        taken = None
        if code == DUPLICATE_OF_DIVER:
            taken, diver = diver, diver + 1
        placements.append(Placement(row, defects[row], partners.get(row), taken))
    return placements

"""One block of the data set, made whole: people, then defects, then copies, then records."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter

import orjson

from divegov_gui.core.records import FIELDS, REPEATED_RECORD, InjectedDefect
from divegov_gui.services.generation.defects import Draft, spoil
from divegov_gui.services.generation.kinds import (
    BY_CODE,
    DUPLICATE_IN_BATCH,
    DUPLICATE_OF_DIVER,
    ORDER,
    PAYLOAD_INVALID,
)
from divegov_gui.services.generation.people import draw_people
from divegov_gui.services.generation.placement import BlockPlan, Placement, plan_block
from divegov_gui.services.generation.randomness import Dice, philox_words
from divegov_gui.services.generation.request import GenerationRequest
from divegov_gui.services.generation.sheet import Sheet, Values, written
from divegov_gui.services.generation.vocabulary import Vocabulary

_SPOILING = 4 << 40
_THROWS_A_ROW = 24
_BROKEN_BY = {code: sorted((code, *kind.also), key=ORDER.__getitem__) for code, kind in BY_CODE.items()}


def make_block(
    request: GenerationRequest, start: int, rows: int, words: Vocabulary
) -> tuple[Sheet, list[InjectedDefect]]:
    """The records of the `rows` rows from `start` (0 is the first), and what is wrong with them by row."""
    with _no_collecting():
        sheet = draw_people(request.seed, start, rows, words)
        plan = plan_block(request, start, rows)
        clean = sheet.values(_rows_of(plan.dirty))
        spoilt, injected = _spoil(request, start, plan, clean)
        sheet.rewrite(spoilt)
        sheet.repeat(plan.repeated)
        return sheet, sorted(injected, key=itemgetter(0))


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Spare the garbage collector the many small objects of a block, none of which can form a cycle.

    It would look through all of them again and again, for a quarter of the time that a block takes. Freezing and
    thawing put them among the old objects, so that it does not look through them once more when it is back.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def _rows_of(dirty: Sequence[Placement]) -> list[int]:
    """The rows that are spoilt, and those that they are to share something with."""
    rows = [placement.row for placement in dirty]
    return sorted(rows + [placement.partner for placement in dirty if placement.partner is not None])


def _spoil(
    request: GenerationRequest, start: int, plan: BlockPlan, clean: Mapping[int, Values]
) -> tuple[dict[int, str], list[InjectedDefect]]:
    """The texts of the rows that the plan changes, and what is wrong with them."""
    injected: list[InjectedDefect] = []
    spoilt: dict[int, str] = {}
    throws = philox_words(request.seed, _SPOILING + start, _THROWS_A_ROW * len(plan.dirty)).data
    for at, placement in enumerate(plan.dirty):
        source_row = start + placement.row + 1
        dice = Dice(throws[at * _THROWS_A_ROW : (at + 1) * _THROWS_A_ROW])
        payload, values = _spoilt(request, clean, placement, dice)
        spoilt[placement.row] = written(source_row, payload, values)
        for rule in _broken_by(placement):
            injected.append(InjectedDefect(source_row, rule))

    injected += [InjectedDefect(start + older + 1, REPEATED_RECORD) for older, _ in plan.repeated]
    return spoilt, injected


def _broken_by(placement: Placement) -> Sequence[str]:
    """The rules that a row breaks, in their order."""
    if len(placement.defects) == 1:
        return _BROKEN_BY[placement.defects[0][0]]
    return sorted((rule for code, _ in placement.defects for rule in _BROKEN_BY[code]), key=ORDER.__getitem__)


def _spoilt(
    request: GenerationRequest, clean: Mapping[int, Values], placement: Placement, throws: Dice
) -> tuple[str, Values]:
    """Payload and columns of one row."""
    draft = Draft(*clean[placement.row])
    for code, slots in placement.defects:
        if code == DUPLICATE_IN_BATCH and placement.partner is not None:
            _take_after(draft, Draft(*clean[placement.partner]), throws)
        elif code == DUPLICATE_OF_DIVER and placement.diver is not None:
            draft.email = _spelt_anew(request.known_divers[placement.diver].email, throws)
        elif code == PAYLOAD_INVALID:  # alone, since it takes all fields
            return _damaged(draft, throws), [None] * len(FIELDS)
        else:
            spoil(draft, code, slots, request.reference_year, throws)
    return _payload(draft), [*vars(draft).values()]


def _take_after(draft: Draft, later: Draft, throws: Dice) -> None:
    """Give `draft` the address of a later record: the same person registered anew, or a shared mailbox."""
    draft.email = _spelt_anew(later.email or "", throws)
    draft.last_name = later.last_name
    if throws.below(3):
        draft.first_name = later.first_name


def _spelt_anew(email: str, throws: Dice) -> str:
    plain = email.strip().lower()
    return throws.pick((plain, plain, plain, plain.title(), plain.upper(), f"{plain} "))


def _damaged(draft: Draft, throws: Dice) -> str:
    """A payload whose JSON is cut off or is no object, so that not one column can be drawn from it."""
    whole = _payload(draft)
    cut = whole[: 12 + throws.below(len(whole) - 12)]
    values = [*vars(draft).values()]
    line = ";".join(value or "" for value in values)
    damaged = (
        cut,
        cut,
        cut,
        whole[:-1],
        whole[:-1] + ",",
        whole.replace(":", "", 1),
        whole.replace('"', "", 1),
        line,
        orjson.dumps(line).decode(),
        orjson.dumps(values).decode(),
        f"[{whole}]",
        "null",
    )
    return throws.pick(damaged)


def _payload(draft: Draft) -> str:
    return orjson.dumps(draft).decode()

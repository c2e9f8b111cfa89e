"""One block of the data set, made whole: people, then defects, then copies, then records."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import orjson

from divegov_gui.core.records import FIELDS, REPEATED_RECORD, InjectedDefect, RawRecord
from divegov_gui.services.generation.defects import Draft, spoil
from divegov_gui.services.generation.kinds import (
    BY_CODE,
    DUPLICATE_IN_BATCH,
    DUPLICATE_OF_DIVER,
    ORDER,
    PAYLOAD_INVALID,
)
from divegov_gui.services.generation.people import People, draw_people
from divegov_gui.services.generation.placement import Placement, plan_block
from divegov_gui.services.generation.randomness import Dice, philox_words
from divegov_gui.services.generation.request import GenerationRequest
from divegov_gui.services.generation.vocabulary import Vocabulary

_SPOILING = 4 << 40
_THROWS_A_ROW = 24
_COLUMNS = tuple(column.name for column in FIELDS)

_new = tuple.__new__  # spares each record a second look at its fields
_record = partial(_new, RawRecord)


def make_block(
    request: GenerationRequest, start: int, rows: int, words: Vocabulary
) -> tuple[list[RawRecord], list[InjectedDefect]]:
    """The records of the `rows` rows from `start` (0 is the first), and what is wrong with them by row."""
    with _no_collecting():
        return _made(request, start, rows, words)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Spare the garbage collector the many small tuples of a block, none of which can form a cycle.

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


def _made(
    request: GenerationRequest, start: int, rows: int, words: Vocabulary
) -> tuple[list[RawRecord], list[InjectedDefect]]:
    people = draw_people(request.seed, start, rows, words)
    records = _clean_records(people, start)
    plan = plan_block(request, start, rows)
    injected: list[InjectedDefect] = []
    throws = philox_words(request.seed, _SPOILING + start, _THROWS_A_ROW * len(plan.dirty))
    thrown: list[list[int]] = throws.reshape(-1, _THROWS_A_ROW).tolist()
    for placement, words_of_row in zip(plan.dirty, thrown, strict=True):
        source_row, _, *values = records[placement.row]
        draft = _spoilt(Draft(*values), request, people, placement, Dice(words_of_row))
        records[placement.row] = _record((source_row, draft.payload or _payload(draft), *draft.values()))
        injected += [InjectedDefect(source_row, code) for code in _broken_rules(placement)]

    for older, newer in plan.repeated:
        records[older] = records[newer]._replace(source_row=start + older + 1)
        injected.append(InjectedDefect(start + older + 1, REPEATED_RECORD))
    injected.sort(key=lambda defect: (defect.source_row, ORDER.get(defect.defect_code, len(ORDER))))
    return records, injected


def _broken_rules(placement: Placement) -> list[str]:
    return [rule for code, _ in placement.defects for rule in (code, *BY_CODE[code].also)]


def _spoilt(
    draft: Draft, request: GenerationRequest, people: People, placement: Placement, throws: Dice
) -> Draft:
    for code, slots in placement.defects:
        if code == DUPLICATE_IN_BATCH and placement.partner is not None:
            _take_after(draft, people, placement.partner, throws)
        elif code == DUPLICATE_OF_DIVER and placement.diver is not None:
            draft.email = _spelt_anew(request.known_divers[placement.diver].email, throws)
        elif code == PAYLOAD_INVALID:
            draft = _damaged(draft, throws)
        else:
            spoil(draft, code, slots, request.reference_year, throws)
    return draft


def _take_after(draft: Draft, people: People, partner: int, throws: Dice) -> None:
    """Give `draft` the address of a later record: the same person registered anew, or a shared mailbox."""
    draft.email = _spelt_anew(people.email[partner] or "", throws)
    if throws.below(3):
        draft.first_name, draft.last_name = people.first_name[partner], people.last_name[partner]
    else:
        draft.last_name = people.last_name[partner]


def _spelt_anew(email: str, throws: Dice) -> str:
    plain = email.strip().lower()
    return throws.pick((plain, plain, plain, plain.title(), plain.upper(), f"{plain} "))


def _damaged(draft: Draft, throws: Dice) -> Draft:
    """A record whose JSON is cut off or is no object, so that not one column can be drawn from it."""
    whole = _payload(draft)
    cut = whole[: 12 + throws.below(len(whole) - 12)]
    values = draft.values()
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
    return Draft(None, None, None, None, None, None, None, payload=throws.pick(damaged))


def _payload(draft: Draft) -> str:
    return orjson.dumps(dict(zip(_COLUMNS, draft.values(), strict=True))).decode()


def _clean_records(people: People, start: int) -> list[RawRecord]:
    """The records of all, their payloads written out: clean text holds nothing that JSON would escape."""
    columns = [getattr(people, name) for name in _COLUMNS]
    phones = ["null" if phone is None else f'"{phone}"' for phone in people.phone]
    held = ["null" if written is None else f'"{written}"' for written in people.certification]
    rows = range(start + 1, start + 1 + len(phones))
    return [
        _new(
            RawRecord,
            (
                row,
                f'{{"first_name":"{a}","last_name":"{b}","email":"{c}","phone":{phone},'
                f'"date_of_birth":"{e}","certification":{level},"source_reference":"{g}"}}',
                a, b, c, d, e, f, g,
            ),
        )
        for row, a, b, c, d, e, f, g, phone, level in zip(rows, *columns, phones, held, strict=True)
    ]  # fmt: skip

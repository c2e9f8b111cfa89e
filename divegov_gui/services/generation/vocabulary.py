"""The words that people are made of, drawn from Faker's lists once (see `drawing`) and kept as arrays of text.

Names are kept as they stand in JSON of plain ASCII (`Zo\\u00eb`): whole chunks of records are joined from such pieces.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.paths import bundled
from divegov_gui.services.generation.locales import profile
from divegov_gui.services.generation.sheet import in_payload
from divegov_gui.services.generation.telephones import BEGINNINGS_A_PATTERN, ends

Texts = NDArray[np.object_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Names:
    """One kind of name in all locales: `texts` by place and, for addresses and with BETWEEN in between, `latins`.

    A table is a run of `slots`, which hold places; 2 × locale + gender has `count[table]` from `start[table]` on.
    """

    texts: Texts
    latins: str
    slots: Numbers
    start: Numbers
    count: Numbers


BETWEEN = "|"
"""What stands between two words in a file."""

PLACES = "<u2"
"""How a place in a list of names is written in a file, in base 64."""

BLANK_PHONE, NO_PHONE = -2, -1
"""Where heads, lefts and rights have what stands for a phone that is blank, or not given."""


@dataclass(frozen=True)
class Phones:
    """Telephone numbers in three pieces: `heads`, of which a locale has `head_count` from `head_start`, and two ends.

    Each head goes with `left_count` of `lefts` and `right_count` of `rights`, any of them with any. Heads and rights
    come with what stands before and behind a phone, in the columns and in the payload.
    """

    heads: Texts
    payload_heads: Texts
    lefts: Texts
    rights: Texts
    payload_rights: Texts
    head_start: Numbers
    head_count: Numbers
    left_start: Numbers
    left_count: Numbers
    right_start: Numbers
    right_count: Numbers


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the divers of one choice of locales are drawn from."""

    first: Names
    last: Names
    phones: Phones
    romanised: NDArray[np.bool_]


@lru_cache(maxsize=4)
def vocabulary(locales: tuple[str, ...]) -> Vocabulary:
    """The words of `locales`, in their order; a locale that is named twice counts twice.

    Raises InputRefused where the installation has lost the file of one of them.
    """
    words = [orjson.loads(_read(locale)) for locale in locales]
    return Vocabulary(
        first=_names([each["first"] for each in words]),
        last=_names([each["last"] for each in words]),
        phones=_phones([each["phone"] for each in words]),
        romanised=np.array([profile(locale).script != "unromanised" for locale in locales]),
    )


def checksum(locales: tuple[str, ...]) -> str:
    """SHA-256 of the words of `locales`. Raises InputRefused as `vocabulary` does."""
    return hashlib.sha256(b"".join(_read(locale) for locale in locales)).hexdigest()


def texts(values: Sequence[str | None]) -> Texts:
    """`values` as an array of Python strings."""
    array = np.empty(len(values), dtype=np.object_)
    array[:] = values
    return array


def words_file(locale: str) -> Path:
    """Where the words of `locale` are kept."""
    return bundled("resources") / "vocabulary" / f"{locale}.json"


def _read(locale: str) -> bytes:
    try:
        return words_file(locale).read_bytes()
    except OSError as error:
        raise InputRefused(
            f"The names for {locale} cannot be read.",
            f"{words_file(locale)}: {error.strerror}.",
            "Leave that locale out, or install the program anew.",
        ) from error


def _names(lists: Sequence[dict[str, str]]) -> Names:
    before = np.cumsum([0, *(each["text"].count(BETWEEN) + 1 for each in lists)]).tolist()
    tables = [
        np.frombuffer(b64decode(each[who]), dtype=PLACES).astype(np.int64) + first
        for each, first in zip(lists, before, strict=False)
        for who in ("men", "women")
    ]
    count = np.array([len(table) for table in tables])
    return Names(
        texts=texts(json.dumps(BETWEEN.join(each["text"] for each in lists))[1:-1].split(BETWEEN)),
        latins=BETWEEN.join(each["latin"] for each in lists),
        slots=np.concatenate(tables),
        start=np.cumsum(count) - count,
        count=count,
    )


def _phones(lists: Sequence[dict[str, str]]) -> Phones:
    numbers = [each["beginning"].split(BETWEEN) for each in lists]
    heads = [head for each in numbers for head in each]
    halves = [ends(ending) for each in lists for ending in each["ending"].split(BETWEEN)]
    lefts, left_start, left_count = _end_to_end([left for left, _ in halves])
    rights, right_start, right_count = _end_to_end([right for _, right in halves])
    head_count = np.array([len(each) for each in numbers])
    before, quote = in_payload('","phone":'), in_payload('"')
    closings = [*(f'{right}"' for right in rights), '"', ""]
    return Phones(
        heads=texts([*(f'","{head}' for head in heads), '","', '",null']),
        payload_heads=texts(
            [*(f"{before}{quote}{head}" for head in heads), f"{before}{quote}", f"{before}null"]
        ),
        lefts=texts([*lefts, "", ""]),
        rights=texts([f'{closing},"' for closing in closings]),
        payload_rights=texts([in_payload(f'{closing},"date_of_birth":"') for closing in closings]),
        head_start=np.cumsum(head_count) - head_count,
        head_count=head_count,
        left_start=left_start,
        left_count=left_count,
        right_start=right_start,
        right_count=right_count,
    )


def _end_to_end(halves: Sequence[tuple[str, ...]]) -> tuple[list[str], Numbers, Numbers]:
    """All different halves of endings in one list, and for each head where its own starts and how long it is."""
    laid: list[str] = []
    starts: dict[tuple[str, ...], int] = {}
    for half in dict.fromkeys(halves):
        starts[half] = len(laid)
        laid += half
    start, count = np.array([starts[half] for half in halves]), np.array([len(half) for half in halves])
    return laid, np.repeat(start, BEGINNINGS_A_PATTERN), np.repeat(count, BEGINNINGS_A_PATTERN)

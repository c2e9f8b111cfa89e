"""Records in columns, and how they become the text that Load_Batch takes.

Making a text of each record, or only of each value, takes longer than all else that goes into them. So a list is
filled by slices, and one join writes out hundreds of records. All pieces are plain ASCII (JSON escapes the rest):
such a text takes one byte a character and goes to the database as it is.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from divegov_gui.core.records import InjectedDefect, RawRecord, RecordChunk

_AT_ONCE = 1000
"""Records that are joined at once: as many as have room, with all their pieces, close to the processor."""

Values = list[str | None]

EMAIL = ("email word", "email second word", "email number", "email host")


def in_payload(text: str) -> str:
    """A piece of a record's JSON as it stands in its payload, which is JSON in JSON."""
    return text.replace('"', '\\"')


# A record's text: what stands in every record, and in tuples the things that are set in each. It ends with what
# begins the next one, since that takes no piece of its own.
# What stands around a phone and a certification, which may be none, is part of them.
_LAYOUT: tuple[str | tuple[str, ...], ...] = (
    ("row",),
    ',"' + in_payload('{"first_name":"'),
    ("first name",),
    in_payload('","last_name":"'),
    ("last name",),
    in_payload('","email":"'),
    (
        *EMAIL,
        "payload phone",
        "phone middle",
        "payload phone end",
        "birthday",
        "payload certification",
        "reference",
    ),
    in_payload('"}') + '","',
    ("first name",),
    '","',
    ("last name",),
    '","',
    (*EMAIL, "phone", "phone middle", "phone end", "birthday", "certification", "reference"),
    '"],[',
)


def _laid_out() -> tuple[list[str], dict[str, list[int]]]:
    pieces: list[str] = []
    places: dict[str, list[int]] = {}
    for part in _LAYOUT:
        if isinstance(part, str):
            pieces.append(part)
            continue
        for name in part:
            places.setdefault(name, []).append(len(pieces))
            pieces.append("")
    return pieces, places


_EMPTY, _PLACES = _laid_out()
_WIDTH = len(_EMPTY)
"""Pieces a record."""

_EMPTY_VALUES = ['"', *_EMPTY[_PLACES["first name"][1] :]]
"""The same without row and payload."""

_NOTHING_MORE = [""] * (_WIDTH - 1)


class Column(NamedTuple):
    """One thing of all records: where each has its text in `words`, or the number that it is."""

    numbers: NDArray[np.int64] | NDArray[np.uint64]
    words: NDArray[np.object_] | None = None

    def at(self, rows: range | list[int]) -> list[str]:
        """What these rows have."""
        numbers = self.numbers[rows.start : rows.stop] if isinstance(rows, range) else self.numbers[rows]
        if self.words is None:
            return orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].decode().split(",")
        texts: list[str] = self.words[numbers].tolist()
        return texts


class Sheet:
    """Some records in columns. The first is 0."""

    def __init__(self, columns: Mapping[str, Column], careless: dict[int, dict[str, str]]) -> None:
        """`columns` has each thing of `_LAYOUT`, and `careless` by row what some have instead; all as it is in JSON."""
        self._columns = columns
        self._careless = careless
        self._rewritten: dict[int, str] = {}
        self._careless_rows = sorted(careless)
        self._rewritten_rows: list[int] = []

    def repeat(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Make the first row of each pair say what the second says."""
        first, second = [row for row, _ in pairs], [row for _, row in pairs]
        for name, column in self._columns.items():
            if name != "row":
                column.numbers[first] = column.numbers[second]
        for row, other in pairs:
            self._careless[row] = self._careless.get(other, {})
        self._careless_rows = sorted(self._careless)

    def values(self, rows: list[int]) -> dict[int, Values]:
        """The text columns of these rows, in the order of core.records.FIELDS, before any is rewritten."""
        if not rows:
            return {}
        careless = [(at, row) for at, row in enumerate(rows) if row in self._careless]
        records = orjson.loads(_joined(["".join(self._pieces(rows, careless, _EMPTY_VALUES))]))
        return dict(zip(rows, records, strict=True))

    def rewrite(self, texts: Mapping[int, str]) -> None:
        """Put other records (see `written`) in the places of some."""
        self._rewritten |= texts
        self._rewritten_rows = sorted(self._rewritten)

    def texts(self, first: int, after: int) -> Iterator[str]:
        """The records from `first` up to but not including `after`, each with the beginning of the next."""
        for start in range(first, after, _AT_ONCE):
            rows = range(start, min(start + _AT_ONCE, after))
            careless = [(row - start, row) for row in _between(self._careless_rows, rows)]
            pieces = self._pieces(rows, careless, _EMPTY)
            for row in _between(self._rewritten_rows, rows):
                at = (row - start) * _WIDTH
                pieces[at : at + _WIDTH] = [self._rewritten[row], *_NOTHING_MORE]
            yield "".join(pieces)

    def _pieces(
        self, rows: range | list[int], careless: list[tuple[int, int]], empty: list[str]
    ) -> list[str]:
        """As many pieces of each of these rows, from the last, as `empty` has."""
        width, first = len(empty), _WIDTH - len(empty)
        pieces = empty * len(rows)
        for name, places in _PLACES.items():
            if places[-1] >= first:
                texts = self._columns[name].at(rows)
                for place in places:
                    if place >= first:
                        pieces[place - first :: width] = texts
        for at, row in careless:
            for name, text in self._careless[row].items():
                for place in _PLACES[name]:
                    if place >= first:
                        pieces[at * width + place - first] = text
        return pieces


def _between(rows: list[int], all_rows: range) -> list[int]:
    """Those of `rows`, which are in order, that are in `all_rows`."""
    return rows[bisect_left(rows, all_rows.start) : bisect_left(rows, all_rows.stop)]


def written(source_row: int, payload: str, values: Values) -> str:
    """The text of any record, as it stands in those of a sheet."""
    record = (source_row, payload, *values)
    return f"{_in_ascii(record)[1:]},["


def _in_ascii(record: Sequence[object]) -> str:
    """JSON of `record` without any other letters. orjson cannot, and the standard library's is slow."""
    text = orjson.dumps(record).decode()
    if text.isascii():
        return text
    codes = text.encode("ascii", "backslashreplace").decode()  # ł as \u0142, but ë as \xeb
    if "\\x" in text or "\\U" in codes:
        return json.dumps(record)
    return codes.replace("\\x", "\\u00")


def _joined(texts: Iterable[str]) -> str:
    """All that `texts` hold, as one array."""
    parts = ["[[", *texts]
    parts[-1] = f"{parts[-1][:-2]}]"
    return "".join(parts)


class Span(NamedTuple):
    """The records of `sheet` from `first` (0 is its first) up to but not including `after`."""

    sheet: Sheet
    first: int
    after: int


class WrittenChunk(RecordChunk):
    """The records of some spans: written out when they are sent, read back by whoever looks at them."""

    def __init__(self) -> None:
        super().__init__([])
        self._spans: list[Span] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, span: Span, defects: list[InjectedDefect]) -> None:
        """Take in the records that come next."""
        self._spans.append(span)
        self._length += span.after - span.first
        self.defects += defects

    def as_json(self) -> str:
        """The records as Load_Batch takes them."""
        return _joined(text for sheet, first, after in self._spans for text in sheet.texts(first, after))

    @property
    def records(self) -> list[RawRecord]:
        """The records themselves, read back at each look."""
        return [RawRecord._make(record) for record in orjson.loads(self.as_json())]

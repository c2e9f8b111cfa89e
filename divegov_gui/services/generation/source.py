"""The synthetic data set as a record source: made block by block, handed out in chunks.

numpy and Faker are imported when the first record is made, not before.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.records import InjectedDefect, RecordChunk
from divegov_gui.services.generation.request import GenerationRequest

if TYPE_CHECKING:
    from divegov_gui.services.generation.sheet import Span

GENERATOR_VERSION = 1
"""To be raised with any change that gives an old seed other records."""

BLOCK_ROWS = 20_000
"""Rows that are made at once, and held in memory at once; a part of what defines a data set."""


class GeneratedSource:
    """The records of a request, the same each time and whatever the size of the chunks."""

    kind = "synthetic"

    def __init__(self, request: GenerationRequest, chunk_rows: int = 5000) -> None:
        """Raise InputRefused where `chunk_rows` is less than 1."""
        if chunk_rows < 1:
            raise InputRefused(
                "A chunk has to hold at least one row.", hint="The default of 5,000 suits most."
            )
        self._request = request
        self._chunk_rows = chunk_rows

    @property
    def name(self) -> str:
        """The request in words."""
        request = self._request
        dirty = request.dirty if request.rates is None else sum(request.rates.values())
        divers = "diver" if request.rows == 1 else "divers"
        return f"{request.rows:,} synthetic {divers} (seed {request.seed}, {dirty * 100:.3g} % dirty)"

    @property
    def row_count(self) -> int:
        """How many records there are."""
        return self._request.rows

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the request, of the generator's version and of the words used."""
        from divegov_gui.services.generation.vocabulary import checksum

        described = {
            "generator": [GENERATOR_VERSION, BLOCK_ROWS],
            "request": {each.name: getattr(self._request, each.name) for each in fields(self._request)},
            "vocabulary": checksum(self._request.locales),
        }
        return hashlib.sha256(orjson.dumps(described, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def chunks(self) -> Iterator[RecordChunk]:
        """The records in order, `chunk_rows` at a time (the last chunk may be shorter)."""
        from divegov_gui.services.generation.sheet import WrittenChunk

        chunk = WrittenChunk()
        for span, defects in self._spans():
            chunk.add(span, defects)
            if len(chunk) == self._chunk_rows:
                yield chunk
                chunk = WrittenChunk()
        if len(chunk):
            yield chunk

    def _spans(self) -> Iterator[tuple[Span, list[InjectedDefect]]]:
        """All records, none of the spans going beyond the end of a chunk, each with the defects in it."""
        from divegov_gui.services.generation.block import make_block
        from divegov_gui.services.generation.sheet import Span
        from divegov_gui.services.generation.vocabulary import vocabulary

        words, size = vocabulary(self._request.locales), self._chunk_rows
        for start in range(0, self._request.rows, BLOCK_ROWS):
            end = min(start + BLOCK_ROWS, self._request.rows)
            sheet, defects = make_block(self._request, start, end - start, words)
            ends = [*range(start - start % size + size, end, size), end]
            for first, after in zip([start, *ends], ends, strict=False):
                inside = slice(*(bisect_left(defects, (row + 1, "")) for row in (first, after)))
                yield Span(sheet, first - start, after - start), defects[inside]

"""Records for the tests: a valid person, and whatever a test wants to be different about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from divegov_gui.core.records import InjectedDefect, RawRecord, RecordChunk

VALUES = RawRecord._fields[2:]
VALID: dict[str, str | None] = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.org",
    "phone": None,
    "date_of_birth": "1990-05-17",
    "certification": None,
    "source_reference": None,
}


GONE: dict[str, str | None] = {
    **VALID,
    "last_name": "Gone",
    "email": "ada@gone.example",
    "date_of_birth": "1971-03-09",
}
"""Somebody who is erased, and may come back."""


def person(**values: str | None) -> dict[str, str | None]:
    """A valid record with some values changed; `payload` overrides the record's own JSON."""
    assert values.keys() <= {*VALID, "payload"}
    return {**VALID, **values}


def raw_records(people: Sequence[dict[str, str | None]], first_row: int = 1) -> list[RawRecord]:
    """The people in their order, as a source would hand them over."""
    return [raw_record(row, values) for row, values in enumerate(people, start=first_row)]


def raw_record(row: int, values: dict[str, str | None]) -> RawRecord:
    fields = {name: values[name] for name in VALUES}
    payload = values.get("payload", json.dumps(fields, ensure_ascii=False))
    return RawRecord(source_row=row, payload=payload or "", **fields)


@dataclass
class Given:
    """Given records as a source."""

    records: list[RawRecord]
    chunk_rows: int = 1000
    name: str = "given"
    kind: str = "file"
    defects: list[InjectedDefect] = field(default_factory=list)

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(repr([tuple(record) for record in self.records]).encode()).hexdigest()

    @property
    def row_count(self) -> int:
        return len(self.records)

    def chunks(self) -> Iterator[RecordChunk]:
        for start in range(0, len(self.records), self.chunk_rows):
            chunk = self.records[start : start + self.chunk_rows]
            rows = {record.source_row for record in chunk}
            yield RecordChunk(chunk, [defect for defect in self.defects if defect.source_row in rows])


def source(people: Sequence[dict[str, str | None]], **how: Any) -> Given:
    return Given(raw_records(people), **how)

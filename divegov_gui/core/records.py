"""The shape in which divers' records travel from a source into the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True)
class Field:
    """One thing that the platform knows of a diver, as a source may call it."""

    name: str
    column: str
    label: str
    required: bool


FIELDS: tuple[Field, ...] = (
    Field("first_name", "First_Name", "First name", True),
    Field("last_name", "Last_Name", "Last name", True),
    Field("email", "Email", "Email", True),
    Field("phone", "Phone", "Phone", False),
    Field("date_of_birth", "Date_Of_Birth", "Date of birth", True),
    Field("certification", "Certification", "Certification", False),
    Field("source_reference", "Source_Reference", "Source reference", False),
)
"""The raw text columns of Staging.Raw_Divers, in order. Required: a file must bring it or be given a default."""

COLUMNS = tuple(field.column for field in FIELDS)
COLUMN_BITS = {column: 1 << place for place, column in enumerate(COLUMNS)}
"""The bit of each column where a number says which: in `Edited_Columns`, and in `Changed_Columns` of a diver."""
LABELS = {field.column: field.label for field in FIELDS} | {"Payload": "Whole record"}
"""What a person calls each column, and the place of a check that looks at all of a record."""


def columns_in(bits: int) -> tuple[str, ...]:
    """The columns whose bits are set, in their order."""
    return tuple(column for column, bit in COLUMN_BITS.items() if bits & bit)


class RawRecord(NamedTuple):
    """One source record on its way into Staging.Raw_Divers: everything is text, None is a value not given."""

    source_row: int
    """Position in the source, from 1 (a file's header is not counted)."""
    payload: str
    """The record verbatim, as JSON text."""
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    date_of_birth: str | None
    certification: str | None
    source_reference: str | None


class InjectedDefect(NamedTuple):
    """Ground truth of a synthetic record: the rule that it was made to break, or REPEATED_RECORD."""

    source_row: int
    defect_code: str


REPEATED_RECORD = "REPEATED_RECORD"
"""Not a rule: the record stands in its batch a second time, identical, and is to end as `Duplicate`."""


class RecordChunk:
    """Some records that follow each other in the source, small enough to send in one call."""

    def __init__(self, records: list[RawRecord], defects: list[InjectedDefect] | None = None) -> None:
        self._records = records
        self.defects = defects or []

    def __len__(self) -> int:
        return len(self._records)

    @property
    def records(self) -> list[RawRecord]:
        """The records themselves."""
        return self._records

    def as_json(self) -> str:
        """The records as Load_Batch takes them: an array of arrays, each in the order of RawRecord."""
        from orjson import dumps

        return dumps([tuple(record) for record in self._records]).decode()


class RecordSource(Protocol):
    """Anything that can be ingested: a file that was read whole, or a generator."""

    @property
    def name(self) -> str:
        """What the batch is called: a file's name, or the generator's request in words."""
        ...

    @property
    def kind(self) -> str:
        """``file`` or ``synthetic``."""
        ...

    @property
    def content_hash(self) -> str:
        """SHA-256 in hex of the content and of how it is mapped: the same hash, the same records."""
        ...

    @property
    def row_count(self) -> int:
        """How many records `chunks` will yield."""
        ...

    def chunks(self) -> Iterator[RecordChunk]:
        """The records in the source's order; may be called again, and yields the same again."""
        ...

"""A file as a source of records: its columns mapped to what the platform knows of a diver."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from operator import itemgetter

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.records import FIELDS, Field, RawRecord, RecordChunk
from divegov_gui.services.files.inspection import changed, open_table, unreadable
from divegov_gui.services.files.limits import CHUNK_CHARACTERS
from divegov_gui.services.files.model import Fingerprint, SourceFile, sha256_of
from divegov_gui.services.files.wording import listing

_BY_NAME = {field.name: field for field in FIELDS}


class FileSource:
    """The records of an inspected file, for ingestion (a `core.records.RecordSource`).

    `mapping` gives fields their columns, `defaults` gives a field without a column one value for every
    record; a default never fills an empty cell. Raises InputRefused for what cannot be meant.
    """

    kind = "file"

    def __init__(
        self,
        file: SourceFile,
        mapping: Mapping[str, str],
        defaults: Mapping[str, str] | None = None,
        chunk_rows: int = 5_000,
    ) -> None:
        if chunk_rows < 1:
            raise ValueError("a chunk holds at least one row")
        self.file = file
        self.mapping = dict(mapping)
        self.defaults = {field: value for field, value in (defaults or {}).items() if value.strip()}
        self._chunk_rows = chunk_rows
        _check_mapping(file, self.mapping, defaults or {})
        _check_required(file, self.mapping, self.defaults)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    @property
    def row_count(self) -> int:
        """How many records the file holds."""
        return self.file.row_count

    @property
    def content_hash(self) -> str:
        """SHA-256 in hex of the file's bytes, of how they are read, of the mapping and of the defaults."""
        file = self.file
        parts = [
            *(file.content_sha256, file.format, file.encoding, file.delimiter, file.sheet),
            *(sorted(self.mapping.items()), sorted(self.defaults.items())),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def chunks(self) -> Iterator[RecordChunk]:
        """The records in the file's order, read anew.

        Raises InputRefused where the file is no longer the one that was inspected: at the start by its
        size and time, at the end by the number of its rows and its SHA-256. So whoever commits after the
        last chunk commits the file that was seen, or nothing.
        """
        try:
            self._refuse_if_touched()
            yield from self._chunks()
        except OSError as error:
            raise unreadable(self.file.path, error) from error
        except UnicodeDecodeError as error:
            raise changed(self.file.path) from error

    def _chunks(self) -> Iterator[RecordChunk]:
        records: list[RawRecord] = []
        characters = read = 0
        for record in self._records():
            records.append(record)
            characters += len(record.payload)
            if len(records) == self._chunk_rows or characters >= CHUNK_CHARACTERS:
                read += len(records)
                if read >= self.row_count:
                    break  # the last chunk is handed on only after the check below
                yield RecordChunk(records)
                records, characters = [], 0
        else:
            read += len(records)
        self._refuse_if_different(read)
        if records:
            yield RecordChunk(records)

    def _records(self) -> Iterator[RawRecord]:
        from orjson import dumps

        file = self.file
        columns = file.columns
        constants = [None, *self.defaults.values()]
        pick = itemgetter(*self._places(len(columns)))
        make = RawRecord._make
        for number, row in enumerate(open_table(file).rows(columns, file.positions), start=1):
            payload = dumps(dict(zip(columns, row))).decode()  # noqa: B905 - rows are even by now
            make_from = (number, payload, *pick((*row, *constants)))
            yield make(make_from)

    def _places(self, width: int) -> list[int]:
        """For each field, where its value stands in a row followed by None and the defaults."""
        after = {field: width + 1 + i for i, field in enumerate(self.defaults)}
        column_at = {column: i for i, column in enumerate(self.file.columns)}
        return [
            column_at[self.mapping[field.name]]
            if field.name in self.mapping
            else after.get(field.name, width)
            for field in FIELDS
        ]

    def _refuse_if_touched(self) -> None:
        if Fingerprint.of(self.file.path) != self.file.fingerprint:
            raise changed(self.file.path)

    def _refuse_if_different(self, read: int) -> None:
        self._refuse_if_touched()
        if read != self.row_count or sha256_of(self.file.path) != self.file.content_sha256:
            raise changed(self.file.path)


def _check_mapping(file: SourceFile, mapping: Mapping[str, str], defaults: Mapping[str, str]) -> None:
    """Refuse unknown fields and columns, a column used twice, and a default beside a column."""
    fields = listing([field.name for field in FIELDS])
    for name in (*mapping, *defaults):
        if name not in _BY_NAME:
            raise InputRefused(
                f"There is no field “{name}”.",
                f"The fields are {fields}.",
                "Name one of them.",
                options=_map_option("email", "E-Mail"),
            )
    used: dict[str, str] = {}
    for name, column in mapping.items():
        label = _BY_NAME[name].label
        if column not in file.columns:
            raise InputRefused(
                f"{file.name} has no column “{column}”.",
                f"It was to give the {label.lower()}. The columns are: {', '.join(file.columns)}.",
                "Choose one of the file's columns for it.",
                options=_map_option(name, file.columns[0]),
            )
        if column in used:
            raise InputRefused(
                f"The column “{column}” is mapped twice.",
                f"It cannot be both {used[column].lower()} and {label.lower()}.",
                "Choose another column for one of them.",
                options=_map_option(name, "…"),
            )
        used[column] = label
        if defaults.get(name, "").strip():
            raise InputRefused(
                f"{label} has both a column and a default.",
                "A default stands in for a column that is missing; it does not fill a column's empty cells.",
                "Take away one of the two: the column or the default.",
                options=f"--map {name}=… or --default {name}=…",
            )


def _check_required(file: SourceFile, mapping: Mapping[str, str], defaults: Mapping[str, str]) -> None:
    missing: list[Field] = [
        field
        for field in FIELDS
        if field.required and field.name not in mapping and field.name not in defaults
    ]
    if not missing:
        return
    labels = listing([field.label for field in missing])
    has = "has" if len(missing) == 1 else "have"
    free = [column for column in file.columns if column not in mapping.values()]
    options = " ".join(_map_option(field.name, "…") for field in missing)
    raise InputRefused(
        f"{labels} {has} no column.",
        f"Every record needs a place for it. Columns not used yet: {', '.join(free) or 'none'}.",
        "Choose the column that holds it, or give one value for all rows.",
        options=f'{options} or --default {missing[0].name}="…"',
    )


def _map_option(field: str, column: str) -> str:
    """The command line's way of mapping: ``--map email="E-Mail"``."""
    return f'--map {field}="{column}"'

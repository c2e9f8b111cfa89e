"""JSON documents and JSON Lines: the records are objects, the columns the union of their keys."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files.columns import check_column_count
from divegov_gui.services.files.json_text import BadValue, Flat, RepeatedKey, flatten, parse, reason
from divegov_gui.services.files.limits import JSON_LIMIT, PREVIEW_ROWS, RECORD_LIMIT
from divegov_gui.services.files.model import Row, Survey, Watch
from divegov_gui.services.files.wording import count, row_and_line

_REPORT_EVERY = 4_096
_BOM = "\ufeff"
_NO_RECORD = ("The file holds no record.", "Choose a file with at least one record.")
_WRONG_SHAPE = (
    "It must be an array of objects, or an object with one array of objects in it.",
    "Bring the records as [{…}, {…}], or one object a line in a file that ends in .jsonl.",
)


class _ObjectTable:
    """What the two formats share: records as flat objects, surveyed into columns."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._encoding = encoding
        self._notes: list[str] = []

    def _objects(self, watch: Watch) -> Iterator[Flat]:
        raise NotImplementedError

    def survey(self, watch: Watch) -> Survey:
        """Read the whole file; raises InputRefused naming the record that cannot be taken."""
        self._notes = []
        columns: dict[str, None] = {}
        preview: list[Flat] = []
        total = 0
        for record in self._objects(watch):
            total += 1
            if record.keys() != columns.keys():
                columns.update(dict.fromkeys(record))
                check_column_count(len(columns))
            if len(preview) < PREVIEW_ROWS:
                preview.append(record)
        if not total:
            raise InputRefused(_NO_RECORD[0], "There is no object in it.", _NO_RECORD[1])
        if not columns:
            raise InputRefused(
                "The records have no keys.", "Every object in the file is empty.", _NO_RECORD[1]
            )
        names = tuple(columns)
        shown = tuple(tuple(record.get(name) for name in names) for record in preview)
        return Survey(names, tuple(range(len(names))), total, shown, tuple(self._notes))

    def rows(self, columns: Sequence[str], positions: Sequence[int]) -> Iterator[Row]:
        """The records again, with None for a key that a record does not have."""
        for record in self._objects(Watch()):
            yield tuple(record.get(name) for name in columns)


class JsonLinesTable(_ObjectTable):
    """JSON Lines: one object a line, read line by line."""

    def _objects(self, watch: Watch) -> Iterator[Flat]:
        row = blank = 0
        size = self._path.stat().st_size
        with self._path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self._encoding) as text:
            for line_number, line in enumerate(_lines(text), start=1):
                if not line.strip():
                    blank += 1
                    continue
                row += 1
                yield _record_of_line(line, row, line_number)
                if row % _REPORT_EVERY == 0:
                    watch.at("Reading the records", min(raw.tell(), size), size)
        if blank:
            self._notes.append(f"{count(blank, 'blank line')} skipped.")


class JsonTable(_ObjectTable):
    """One JSON document, held in memory whole."""

    def _objects(self, watch: Watch) -> Iterator[Flat]:
        watch.at("Reading the document", 0)
        records = self._records(self._document())
        for row in range(1, len(records) + 1):
            try:
                record = flatten(records[row - 1])
            except BadValue as error:
                raise _refuse_record(f"Row {row}", error) from None
            records[row - 1] = None  # its memory is free from here on
            _check_length(record, f"Row {row}")
            yield record
            if row % _REPORT_EVERY == 0:
                watch.at("Reading the records", row, len(records))

    def _document(self) -> Any:
        if self._path.stat().st_size > JSON_LIMIT:
            raise InputRefused(
                "The JSON document is too large.",
                f"It is larger than {JSON_LIMIT >> 20} MiB, and a document has to be held in memory whole.",
                "Save it as JSON Lines (one object a line), for which there is no such limit.",
            )
        try:
            return parse(self._path.read_text(encoding=self._encoding).removeprefix(_BOM))
        except json.JSONDecodeError as error:
            raise InputRefused(
                "The file is not sound JSON.",
                f"Line {error.lineno}, column {error.colno}: {reason(error)}.",
                "Correct it there, or export the file once more.",
            ) from None
        except BadValue as error:
            raise InputRefused("The file is not sound JSON.", f"In it, {error}.", _EXPORT) from None
        except RecursionError:
            raise InputRefused("The JSON document is nested too deeply.", "", _WRONG_SHAPE[1]) from None

    def _records(self, document: Any) -> list[Any]:
        if isinstance(document, RepeatedKey):
            raise InputRefused(
                "The file's object names a key twice.", f"It is the key “{document.key}”.", _EXPORT
            )
        if isinstance(document, list):
            return document
        if not isinstance(document, dict):
            raise InputRefused("The file is JSON, but no table.", *_WRONG_SHAPE)
        arrays = [key for key, value in document.items() if _holds_objects(value)]
        if len(arrays) != 1:
            found = "There is none." if not arrays else f"There are {len(arrays)} arrays of objects."
            raise InputRefused(
                "The file is JSON, but no table.", f"{_WRONG_SHAPE[0]} {found}", _WRONG_SHAPE[1]
            )
        note = f"The records are those under “{arrays[0]}”; what stands beside it is not read."
        self._notes.append(note if len(document) > 1 else f"The records are those under “{arrays[0]}”.")
        records: list[Any] = document[arrays[0]]
        return records


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict | RepeatedKey) for each in value)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of an open file, refusing one that is longer than a record may be."""
    number = 0
    while line := text.readline(RECORD_LIMIT + 2):
        number += 1
        if len(line) > RECORD_LIMIT + 1:
            raise InputRefused(
                f"Line {number} is longer than 1 MiB.",
                "One record a line is expected, and none is as long as that.",
                "If the file is one JSON document, give it a name that ends in .json.",
            )
        yield line.removeprefix(_BOM) if number == 1 else line


def _record_of_line(line: str, row: int, line_number: int) -> Flat:
    where = row_and_line(row, line_number)
    try:
        return flatten(parse(line.strip()))
    except json.JSONDecodeError as error:
        raise InputRefused(
            f"{where} is not sound JSON.",
            f"At column {error.colno}: {reason(error)}.",
            "Every line must hold one object in braces.",
        ) from None
    except BadValue as error:
        raise _refuse_record(where, error) from None
    except RecursionError:
        raise InputRefused(f"{where} is nested too deeply.", "", _EXPORT) from None


def _check_length(record: Flat, where: str) -> None:
    if sum(len(value) for value in record.values() if value) > RECORD_LIMIT:
        raise InputRefused(f"{where} is longer than 1 MiB.", "No diver's record is as long as that.", _EXPORT)


def _refuse_record(where: str, error: BadValue) -> InputRefused:
    return InputRefused(f"{where} cannot be taken.", f"As it stands, {error}.", _EXPORT)


_EXPORT = "Correct it, or export the file once more from the program that it comes from."

"""CSV files, read record by record, every cell as the text that stands in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NoReturn

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files.columns import check_header, clean_header, name_columns
from divegov_gui.services.files.delimiter import find_delimiter, given_delimiter, sep_line
from divegov_gui.services.files.limits import PREVIEW_ROWS, RECORD_LIMIT
from divegov_gui.services.files.model import Row, Survey, Watch
from divegov_gui.services.files.wording import count, listing, row_and_line

SAMPLE = 256 << 10
"""Characters from the start of a file by which its delimiter is found."""

_REPORT_EVERY = 8_192
_BOM = "\ufeff"


class _RecordTooLong(Exception):
    """A record passed RECORD_LIMIT; the rest of it was not read."""


class CsvTable:
    """A CSV file whose encoding is known."""

    def __init__(self, path: Path, encoding: str, delimiter: str | None = None) -> None:
        self._path = path
        self._encoding = encoding
        self._skip_sep_line, declared, sample, whole = self._look()
        if delimiter is not None:
            self.delimiter = given_delimiter(delimiter)
        else:
            self.delimiter = declared or find_delimiter(sample, whole)

    def survey(self, watch: Watch) -> Survey:
        """Read the whole file; raises InputRefused naming the row that cannot be taken."""
        with self._path.open("rb") as raw, self._decoded(raw) as text:
            records = _Records(text, self.delimiter, self._skip_sep_line)
            names = clean_header(records.header)
            check_header(names)
            unnamed = [position for position, name in enumerate(names) if not name]
            with_data: set[int] = set()
            preview: list[Row] = []
            total = self._path.stat().st_size
            for row in records:
                if len(preview) < PREVIEW_ROWS:
                    preview.append(row)
                if unnamed:
                    with_data.update(i for i in unnamed if (row[i] or "").strip())
                if records.count % _REPORT_EVERY == 0:
                    watch.at("Reading the rows", min(raw.tell(), total), total)
        columns, positions = name_columns(names, with_data)
        shown = tuple(tuple(row[i] for i in positions) for row in preview)
        return Survey(columns, positions, records.count, shown, records.notes(names, with_data))

    def rows(self, columns: Sequence[str], positions: Sequence[int]) -> Iterator[Row]:
        """The records again, each with the cells at `positions`."""
        with self._path.open("rb") as raw, self._decoded(raw) as text:
            records = _Records(text, self.delimiter, self._skip_sep_line)
            if list(positions) == list(range(len(records.header))):
                yield from records
            elif len(positions) == 1:
                for row in records:
                    yield (row[positions[0]],)
            else:
                yield from map(itemgetter(*positions), records)

    def _decoded(self, raw: BinaryIO) -> io.TextIOWrapper:
        return io.TextIOWrapper(raw, encoding=self._encoding, newline="")

    def _look(self) -> tuple[bool, str | None, str, bool]:
        """Whether a ``sep=`` line is there, what it declares, a sample of the rest, whether that is all."""
        with self._path.open("rb") as raw, self._decoded(raw) as text:
            sample = text.read(SAMPLE + 1).removeprefix(_BOM)
        line = next(iter(io.StringIO(sample, newline="")), "")
        declared = sep_line(line)
        rest = sample[len(line) :] if declared else sample
        return declared is not None, declared, rest[:SAMPLE], len(sample) <= SAMPLE


class _Records:
    """The records of an open file, header first; keeps count of what it passes over."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str, skip_sep_line: bool) -> None:
        self._text = text
        self._room = RECORD_LIMIT
        self._unfed = 1 if skip_sep_line else 0
        self._line = 0  # the last line that the record before this one took, as the reader counts
        csv.field_size_limit(max(csv.field_size_limit(), RECORD_LIMIT))
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self.count = -1  # the header is record 0
        self.blank = self.short = self.trimmed = 0
        self.header: list[str] = next(self._sound_records(), [])
        if not self.header:
            raise InputRefused(
                "The file holds only blank lines.", "There is no header and no record in it.", _CHOOSE
            )

    def __iter__(self) -> Iterator[Row]:
        width = len(self.header)
        for row in self._sound_records():
            yield row if len(row) == width else self._evened(row, width)
        if self.count == 0:
            raise InputRefused("The file holds a header and no record.", "Nothing follows it.", _CHOOSE)

    def notes(self, names: Sequence[str], with_data: set[int]) -> tuple[str, ...]:
        """What was passed over, in sentences."""
        notes: list[str] = []
        if self.short:
            ends = (
                "is shorter than the header; its" if self.short == 1 else "are shorter than the header; their"
            )
            notes.append(f"{count(self.short, 'row')} {ends} missing cells are empty.")
        if self.trimmed:
            has = "has" if self.trimmed == 1 else "have"
            notes.append(
                f"{count(self.trimmed, 'row')} {has} more cells than the header; the extra ones are empty."
            )
        if self.blank:
            notes.append(f"{count(self.blank, 'blank line')} skipped.")
        if unnamed := sorted(position + 1 for position in with_data if not names[position]):
            notes.append(f"{count(len(unnamed), 'column')} without a name: {listing(unnamed)}.")
        return tuple(notes)

    def _sound_records(self) -> Iterator[list[str]]:
        """The records that hold anything; what cannot be read becomes a refusal that says where."""
        reader = self._reader
        self._line = reader.line_num
        try:
            for row in reader:
                self._room = RECORD_LIMIT
                if not any(row) or not (row[0].strip() or any(map(str.strip, row))):
                    self.blank += 1
                else:
                    self.count += 1
                    yield row
                self._line = reader.line_num
        except _RecordTooLong:
            self._refuse_long()
        except csv.Error as error:
            self._refuse(str(error))
        except UnicodeDecodeError as error:
            raise InputRefused(
                "The file cannot be decoded any more.",
                f"{self._here()} is affected.",
                "Choose the file once more.",
            ) from error

    def _lines(self) -> Iterator[str]:
        """The file's lines with their ends, never more of one than a record may hold."""
        readline = self._text.readline
        first = readline(RECORD_LIMIT + 1).removeprefix(_BOM)
        if not self._unfed:
            self._room -= len(first)
            if self._room < 0:
                raise _RecordTooLong
            if first:
                yield first
        while line := readline(self._room + 1):
            self._room -= len(line)
            if self._room < 0:
                raise _RecordTooLong
            yield line

    def _evened(self, row: list[str], width: int) -> Row:
        """A row as wide as the header, or a refusal where a value has no column."""
        if len(row) < width:
            self.short += 1
            return [*row, *([None] * (width - len(row)))]
        if any(map(str.strip, row[width:])):
            where = row_and_line(self.count, self._first_line(), self._reader.line_num + self._unfed)
            raise InputRefused(
                f"{where} has {count(len(row), 'cell')}, but there {'is' if width == 1 else 'are'} "
                f"{count(width, 'column')}.",
                "A value would have no column. Mostly a delimiter stands in a value that has no quotes.",
                "Put the value in double quotes, or choose the right delimiter.",
                options='--delimiter ";" or --delimiter tab',
            )
        self.trimmed += 1
        return row[:width]

    def _first_line(self) -> int:
        return self._line + self._unfed + 1

    def _here(self) -> str:
        return row_and_line(self.count + 1, self._first_line())

    def _refuse_long(self) -> NoReturn:
        within = self._reader.line_num + self._unfed >= self._first_line()
        why = (
            "A quote was opened there and never closed, as it seems."
            if within
            else "That is no record of a table: the line breaks are missing, or this is another kind of file."
        )
        raise InputRefused(
            f"{self._here()} is longer than 1 MiB.", why, "Correct the row, or export the file once more."
        )

    def _refuse(self, problem: str) -> NoReturn:
        if "end of data" in problem:
            raise InputRefused(
                f"{self._here()} opens a quote that is never closed.",
                "Everything after it to the end of the file would be one value.",
                "Close the quote. A quote that belongs to a value is written twice inside quotes.",
            )
        where = row_and_line(self.count + 1, self._first_line(), self._reader.line_num + self._unfed)
        if "expected after" in problem:
            raise InputRefused(
                f"{where} has text after a closing quote.",
                "A quoted value must be followed by the delimiter or the end of the line.",
                "Write a quote that belongs to a value twice, or choose the right delimiter.",
            )
        raise InputRefused(
            f"{where} cannot be read.", "It does not follow the rules of CSV.", "Correct the row."
        )


_CHOOSE = "Choose a file with a row of column names and at least one record."

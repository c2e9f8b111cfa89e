"""Excel workbooks: one sheet as a table of text, formulas by the values that Excel last saw."""

from __future__ import annotations

import datetime as dt
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files.columns import check_header, clean_header, name_columns
from divegov_gui.services.files.detect import damaged_workbook
from divegov_gui.services.files.json_text import BadValue, check_texts
from divegov_gui.services.files.limits import PREVIEW_ROWS, XLSX_UNPACKED_LIMIT
from divegov_gui.services.files.model import Row, Survey, Watch
from divegov_gui.services.files.wording import count, listing

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, struct.error, ParseError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, NotImplementedError),
)
_REPORT_EVERY = 2_048
_CHOOSE = "Choose a sheet with a row of column names and at least one record."

Placed = tuple[int, list[str | None]]
"""A row that holds anything: its number in the sheet, and its cells up to the last that does."""


class XlsxTable:
    """One sheet of a workbook: the one asked for, or the first that holds anything.

    `sheet` is known once the table was surveyed. Its survey keeps the rows where there are no more than `keep`.
    """

    def __init__(self, path: Path, sheet: str | None = None, keep: int = 0) -> None:
        self._path = path
        self.sheet = sheet
        self._keep = keep

    def survey(self, watch: Watch) -> Survey:
        """Read the whole sheet; raises InputRefused where it cannot be taken."""
        _refuse_explosive(self._path)
        watch.at("Opening the workbook", 0)
        with _open(self._path) as book:
            self.sheet, notes = _choose_sheet(book, self._path, self.sheet)
            titles, header, body = _split(_placed_rows(book[self.sheet], self._path), self.sheet)
            names = clean_header(header[1])
            check_header(names)
            tally = _Tally(names, self._keep)
            for row in body:
                tally.add(row)
                if tally.rows % _REPORT_EVERY == 0:
                    watch.at("Reading the rows", tally.rows)
        if not tally.rows:
            raise InputRefused(
                f"The sheet “{self.sheet}” holds a header and no record.", "Nothing follows it.", _CHOOSE
            )
        columns, positions = name_columns(names + [""] * (tally.width - len(names)), tally.unnamed)
        if titles:
            notes.append(f"{count(titles, 'row')} above the header skipped.")
        if tally.unnamed:
            places = listing(sorted(position + 1 for position in tally.unnamed))
            notes.append(f"{count(len(tally.unnamed), 'column')} without a name: {places}.")
        shown = tuple(_project(cells, positions) for cells in tally.preview)
        kept = tuple(_project(cells, positions) for cells in tally.kept) if tally.keeps else None
        return Survey(columns, positions, tally.rows, shown, tuple(notes), kept)

    def rows(self, columns: Sequence[str], positions: Sequence[int]) -> Iterator[Row]:
        """The records again, each with the cells at `positions`."""
        with _open(self._path) as book:
            name, _ = _choose_sheet(book, self._path, self.sheet)
            _, _, body = _split(_placed_rows(book[name], self._path), name)
            for _number, cells in body:
                yield _project(cells, positions)


class _Tally:
    """What is counted while the rows of a sheet go by."""

    def __init__(self, names: Sequence[str], keep: int) -> None:
        self._names = names
        self._keep = keep
        self.rows = self.width = 0
        self.unnamed: set[int] = set()
        self.preview: list[list[str | None]] = []
        self.kept: list[list[str | None]] = []

    @property
    def keeps(self) -> bool:
        """Whether all rows so far are kept."""
        return 0 < self.rows <= self._keep

    def add(self, row: Placed) -> None:
        """Take one row in; raises InputRefused for a text that cannot be stored."""
        number, cells = row
        _check(cells, number)
        self.rows += 1
        self.width = max(self.width, len(cells))
        for position, cell in enumerate(cells):
            if (position >= len(self._names) or not self._names[position]) and _holds(cell):
                self.unnamed.add(position)
        if len(self.preview) < PREVIEW_ROWS:
            self.preview.append(cells)
        if self.keeps:
            self.kept.append(cells)
        else:
            self.kept.clear()


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    """The workbook, read-only."""
    import openpyxl

    # A date after the year 9999 is read as the text #VALUE!, which the gate refuses; no need to print it.
    warnings.filterwarnings("ignore", message="Cell .* is marked as a date", category=UserWarning)
    with path.open("rb") as stream:  # by its path, openpyxl would refuse a name that does not end in .xlsx
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl warns of styles, which do not matter here
                book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        except _DAMAGE as error:
            raise damaged_workbook(path) from error
        try:
            yield book
        finally:
            book.close()


def _refuse_explosive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise damaged_workbook(path) from error
    if any(part.flag_bits & 1 for part in parts):
        raise InputRefused(
            f"{path.name} is protected with a password.", "", "Remove the password and save it once more."
        )
    if sum(part.file_size for part in parts) > XLSX_UNPACKED_LIMIT:
        raise InputRefused(
            f"{path.name} is too large for a workbook.",
            f"Unpacked it takes more than {XLSX_UNPACKED_LIMIT >> 30} GiB.",
            "Save the sheet as CSV, for which there is no such limit.",
        )


def _choose_sheet(book: Any, path: Path, wanted: str | None) -> tuple[str, list[str]]:
    sheets = book.worksheets
    names = [sheet.title for sheet in sheets]
    if wanted is not None:
        if wanted not in names:
            quoted = listing([f"“{name}”" for name in names]) if names else "none"
            raise InputRefused(
                f"The workbook has no sheet “{wanted}”.",
                f"Its sheets: {quoted}.",
                "Name one of them.",
                options=f'--sheet "{names[0]}"' if names else "",
            )
        return wanted, []
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    hidden = [sheet for sheet in sheets if sheet.sheet_state != "visible"]
    filled = next((sheet for sheet in visible + hidden if next(_placed_rows(sheet, path), None)), None)
    if filled is None:
        raise InputRefused("The workbook is empty.", "None of its sheets holds a value.", _CHOOSE)
    if len(sheets) == 1:
        return filled.title, []
    return filled.title, [f"Read the sheet “{filled.title}”, the first of {len(sheets)} that holds anything."]


def _split(rows: Iterator[Placed], sheet: str) -> tuple[int, Placed, Iterator[Placed]]:
    """How many title rows stand above the header, the header, and the rows that follow it.

    A title is a row with a single value above a row with three or more: a merged heading, mostly.
    """
    first = list(islice(rows, 3))
    if not first:
        raise InputRefused(f"The sheet “{sheet}” is empty.", "It holds no value.", _CHOOSE)
    titles = 0
    while titles + 1 < len(first) and _filled(first[titles]) == 1 and _filled(first[titles + 1]) >= 3:
        titles += 1
    return titles, first[titles], chain(first[titles + 1 :], rows)


def _filled(row: Placed) -> int:
    return sum(1 for cell in row[1] if _holds(cell))


def _placed_rows(sheet: Any, path: Path) -> Iterator[Placed]:
    """The sheet's rows that hold anything, as text."""
    for number, texts in enumerate(_rows_as_text(sheet, path), start=1):
        while texts and not texts[-1]:
            texts.pop()
        if any(map(_holds, texts)):
            yield number, texts


def _rows_as_text(sheet: Any, path: Path) -> Iterator[list[str | None]]:
    """Every row of the sheet; whatever turns out broken in it becomes a refusal."""
    try:
        sheet.reset_dimensions()  # some programs write a size that is not the sheet's
        for cells in sheet.iter_rows():
            yield [_text(cell) for cell in cells]
    except _DAMAGE as error:
        raise damaged_workbook(path) from error


def _holds(cell: str | None) -> bool:
    return cell is not None and bool(cell.strip())


def _text(cell: Any) -> str | None:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without a fraction, TRUE and FALSE."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    """A number as Excel keeps it (15 digits), with the leading zeros that a format such as 00000 shows."""
    if isinstance(value, float) and not value.is_integer():
        return format(value, ".15g")
    digits = str(int(value))
    return digits.zfill(len(number_format)) if set(number_format) == {"0"} else digits


def _project(cells: Sequence[str | None], positions: Sequence[int]) -> tuple[str | None, ...]:
    width = len(cells)
    return tuple(cells[i] if i < width else None for i in positions)


def _check(cells: Sequence[str | None], number: int) -> None:
    try:
        check_texts(cells)
    except BadValue as error:
        raise InputRefused(
            f"Row {number} of the sheet cannot be taken.", f"As it stands, {error}.", "Correct it and save."
        ) from None

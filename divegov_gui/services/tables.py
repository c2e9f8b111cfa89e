"""Writing rows to a file that people open: CSV for any program, XLSX for Excel."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from divegov_gui.core import private_files
from divegov_gui.core.errors import Refused
from divegov_gui.core.numbers import grouped

Cell = str | int | float | None
_EXCEL_ROWS = 1_048_576
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write `heading` and `rows` to `path`, as its ending says; a file that is there is replaced once all is written.

    A text that a spreadsheet would take for a formula is written so that it stays a text. Raises Refused where the
    ending is another or the rows are too many for Excel, InputRefused where the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise Refused(
            f"{path.name} is neither a CSV file nor an Excel workbook.",
            hint="Let its name end in .csv or .xlsx.",
        )
    with private_files.with_reason(path), private_files.replacing(path) as beside:
        (_write_csv if kind == ".csv" else _write_xlsx)(beside, heading, rows)


def _write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows([_safe(cell) for cell in row] for row in rows)


def _write_xlsx(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("DiveGov Steward")
    sheet.append(list(heading))
    for number, row in enumerate(rows, start=2):
        if number > _EXCEL_ROWS:
            raise Refused(
                "These are more rows than Excel can hold.",
                f"A sheet ends at {grouped(_EXCEL_ROWS)} rows.",
                "Choose CSV, or a shorter time.",
            )
        sheet.append([_safe(cell) for cell in row])
    book.save(path)


def _safe(cell: Cell) -> Cell:
    """A text that begins like a formula, with an apostrophe before it (OWASP, "CSV Injection")."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

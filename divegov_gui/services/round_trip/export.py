"""Writing records to a workbook or a CSV file that the data's owner corrects and sends back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.core.records import COLUMNS, LABELS
from divegov_gui.database.session import Session
from divegov_gui.services.checks import Checks
from divegov_gui.services.queue import Catalogue, QueueRow, read_rows
from divegov_gui.services.round_trip.safe_text import to_csv
from divegov_gui.services.round_trip.workbook import MOST_ROWS, Workbook

ID, VERSION = "Quarantine_ID", "Record_Version"
HEADER = (ID, VERSION, "Batch_ID", "Source_Name", "Source_Row", "Reasons", *COLUMNS)
"""The names of the columns. An import asks for the first two and compares the last seven; the others tell."""

_CHUNK = 500


@dataclass(frozen=True)
class Exported:
    """A file that was written, and how many records are in it."""

    path: Path
    record_count: int


Cells = tuple[int | str | None, ...]
Writer = Callable[[Cells, int], None]
"""Takes a row, and the failing columns of its record as bits by their place in `HEADER`."""


def export_records(
    session: Session,
    catalogue: Catalogue,
    ids: Sequence[int],
    path: Path,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Exported:
    """Write the records `ids`, in that order, to `path`: a workbook where it ends in .xlsx, else CSV.

    The file appears when it is whole, and replaces one of the same name. Raises InputRefused, Cancelled.
    """
    path = Path(path)
    if path.suffix.lower() not in {".xlsx", ".csv"}:
        raise InputRefused(
            f"{path.name} is neither a workbook nor a CSV file.",
            "Records are exported as XLSX or CSV.",
            "Give the file a name that ends in .xlsx or .csv.",
        )
    is_workbook = path.suffix.lower() == ".xlsx"
    if is_workbook and len(ids) > MOST_ROWS:
        raise InputRefused(
            f"{grouped(len(ids))} records are too many for a workbook.",
            f"A sheet holds {grouped(MOST_ROWS)} of them.",
            "Export to a name that ends in .csv, or narrow the selection.",
        )
    written = 0
    with (
        private_files.with_reason(path),
        private_files.replacing(path) as draft,
        _writing(draft, len(ids), is_workbook) as write,
    ):
        for start in range(0, len(ids), _CHUNK):
            if cancel:
                cancel.raise_if_cancelled()
            progress(Progress("Writing the records", start, len(ids)))
            for row in _in_order(session, ids[start : start + _CHUNK], cancel):
                write(_cells(row, catalogue.checks), _failing(row, catalogue.checks))
                written += 1
    progress(Progress("Writing the records", len(ids), len(ids)))
    return Exported(path, written)


def _in_order(session: Session, ids: Sequence[int], cancel: CancelToken | None) -> Iterator[QueueRow]:
    rows = {row.quarantine_id: row for row in read_rows(session, ids, cancel)}
    return (rows[each] for each in ids if each in rows)


def _cells(row: QueueRow, checks: Checks) -> Cells:
    return (
        *(row.quarantine_id, row.record_version, row.batch_id, row.source_name, row.source_row),
        reasons_in_words(row.failed_checks, checks),
        *row.values.values(),
    )


def reasons_in_words(failed_checks: int, checks: Checks) -> str:
    """Everything that a record fails, for the owner of its data: `Email: Email is not a valid address. One @, …`."""
    failed = checks.of(failed_checks)
    return " · ".join(
        f"{LABELS.get(each.column, each.column)}: {each.wording}. {each.hint}" for each in failed
    )


def _failing(row: QueueRow, checks: Checks) -> int:
    return sum(
        1 << HEADER.index(column) for column in COLUMNS if checks.for_column(row.failed_checks, column)
    )


@contextmanager
def _csv(path: Path) -> Iterator[Writer]:
    """UTF-8 with the mark by which spreadsheets know it."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(HEADER)
        yield lambda cells, _: rows.writerow(
            [to_csv(cell) if isinstance(cell, str) else cell for cell in cells]
        )


@contextmanager
def _workbook(path: Path, rows: int) -> Iterator[Writer]:
    with Workbook(path, HEADER, rows) as book:
        yield book.add


def _writing(path: Path, rows: int, as_workbook: bool) -> AbstractContextManager[Writer]:
    return _workbook(path, rows) if as_workbook else _csv(path)

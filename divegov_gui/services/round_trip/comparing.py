"""A corrected file against the records as they are now: what changed, what cannot be taken, and taking it over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.files import SourceFile, inspect_file
from divegov_gui.services.files.inspection import open_table
from divegov_gui.services.queue import Catalogue, QueueRow, read_rows
from divegov_gui.services.review import Edit, Edited, check_records, edit_records
from divegov_gui.services.round_trip.export import HEADER, ID, VERSION
from divegov_gui.services.round_trip.safe_text import from_csv, from_xlsx

_CHUNK = 500
_MOST_KEPT = 200_000
"""Rows of a workbook that are held instead of being read a second time: a hundred megabytes or two."""


@dataclass(frozen=True)
class CellChange:
    """A cell that the file gives another value; `version` is the record's version, in the file and now."""

    quarantine_id: int
    version: int
    column: str
    before: str | None = field(repr=False)
    after: str | None = field(repr=False)
    passes: bool = True
    """Whether its column would then fail no check."""


@dataclass(frozen=True)
class CellConflict:
    """A cell of a record that has changed since the export and holds another value than the file."""

    quarantine_id: int
    exported_version: int
    version: int
    column: str
    ours: str | None = field(repr=False)
    theirs: str | None = field(repr=False)
    passes: bool = True
    """Whether the file's value would fail no check."""


@dataclass(frozen=True)
class Corrections:
    """What a corrected file would change. Nothing is saved yet.

    `compared` are the columns that the file has, `missing` those that it lacks and that stay as they are, `ignored`
    those that mean nothing here. `unknown` are ids of no record, `closed` those of records that do not wait any more,
    `claimed` those that others work on.
    """

    name: str
    record_count: int
    changes: tuple[CellChange, ...]
    conflicts: tuple[CellConflict, ...]
    unchanged_count: int
    unknown: tuple[int, ...]
    closed: tuple[int, ...]
    claimed: tuple[int, ...]
    compared: tuple[str, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def changed_ids(self) -> tuple[int, ...]:
        """The records that would be changed, without conflicts."""
        return tuple(dict.fromkeys(each.quarantine_id for each in self.changes))

    @property
    def conflicting_ids(self) -> tuple[int, ...]:
        """The records for which somebody has to choose."""
        return tuple(dict.fromkeys(each.quarantine_id for each in self.conflicts))


def read_corrections(
    session: Session,
    catalogue: Catalogue,
    path: Path,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Corrections:
    """Read a file that `export_records` has written and somebody has corrected. Raises InputRefused, Cancelled."""
    file = _inspect(Path(path), progress, cancel)
    _refuse_without_ids(file)
    compared = tuple(column for column in COLUMNS if column in file.columns)
    reader = _Comparison(session, catalogue, compared)
    records = _records(file, compared)
    while chunk := list(islice(records, _CHUNK)):
        if cancel:
            cancel.raise_if_cancelled()
        with interruptible(session, cancel):
            reader.take(chunk)
        progress(Progress("Comparing the records", reader.record_count, file.row_count))
    return Corrections(
        name=file.name,
        record_count=reader.record_count,
        changes=tuple(reader.changes),
        conflicts=tuple(reader.conflicts),
        unchanged_count=reader.unchanged_count,
        unknown=tuple(reader.unknown),
        closed=tuple(reader.closed),
        claimed=tuple(reader.claimed),
        compared=compared,
        missing=tuple(column for column in COLUMNS if column not in file.columns),
        ignored=tuple(column for column in file.columns if column not in HEADER),
    )


def apply_corrections(
    session: Session,
    corrections: Corrections,
    reason: str | None,
    *,
    take_theirs: Collection[int] = (),
    excluded: Collection[int] = (),
    cancel: CancelToken | None = None,
) -> Edited:
    """Save the changes as one group, without the records of `excluded`.

    Of the records in conflict only those of `take_theirs` are changed: there the file's value wins. Raises Conflict
    where a record has changed since the file was compared: then nothing is saved.
    """
    left_out, theirs = set(excluded), set(take_theirs)
    edits = [
        Edit(each.quarantine_id, each.version, each.column, each.after)
        for each in corrections.changes
        if each.quarantine_id not in left_out
    ]
    edits += [
        Edit(each.quarantine_id, each.version, each.column, each.theirs)
        for each in corrections.conflicts
        if each.quarantine_id in theirs
    ]
    return edit_records(session, edits, reason=reason, kind="Import", return_records=False, cancel=cancel)


@dataclass(frozen=True)
class _Corrected:
    """One row of the file."""

    number: int
    quarantine_id: int
    version: int
    values: dict[str, str | None]


class _Comparison:
    """Compares rows of the file with the records, some hundreds at a time."""

    def __init__(self, session: Session, catalogue: Catalogue, compared: Sequence[str]) -> None:
        self._session = session
        self._actor, self._checks = catalogue.actor, catalogue.checks
        self._compared = compared
        self._seen: dict[int, int] = {}
        self.record_count = self.unchanged_count = 0
        self.changes: list[CellChange] = []
        self.conflicts: list[CellConflict] = []
        self.unknown: list[int] = []
        self.closed: list[int] = []
        self.claimed: list[int] = []

    def take(self, chunk: Sequence[_Corrected]) -> None:
        """Compare some rows. Raises InputRefused for a record that stands in the file twice."""
        rows = {
            row.quarantine_id: row for row in read_rows(self._session, [each.quarantine_id for each in chunk])
        }
        noted: list[tuple[QueueRow, _Corrected, list[str]]] = []
        for corrected in chunk:
            self._refuse_twice(corrected)
            self.record_count += 1
            row = rows.get(corrected.quarantine_id)
            if row is None:
                self.unknown.append(corrected.quarantine_id)
            elif different := self._compare(row, corrected):
                noted.append((row, corrected, different))
        self._judge(noted)

    def _refuse_twice(self, corrected: _Corrected) -> None:
        earlier = self._seen.setdefault(corrected.quarantine_id, corrected.number)
        if earlier != corrected.number:
            raise InputRefused(
                f"Record {corrected.quarantine_id} stands in the file twice.",
                f"It is in row {earlier} and in row {corrected.number}.",
                "Remove one of the two rows.",
            )

    def _compare(self, row: QueueRow, corrected: _Corrected) -> list[str]:
        """The columns that the file changes, nothing where the record may not be changed."""
        different = [c for c in self._compared if (row.value(c) or None) != corrected.values[c]]
        if not different:
            self.unchanged_count += 1
        elif not row.is_open:
            self.closed.append(row.quarantine_id)
        elif row.is_claimed and row.claimed_by != self._actor:
            self.claimed.append(row.quarantine_id)
        else:
            return different
        return []

    def _judge(self, noted: Sequence[tuple[QueueRow, _Corrected, list[str]]]) -> None:
        """Have the gatekeeper judge what the file makes of the records, and note it cell by cell."""
        made = {row.quarantine_id: row.values | corrected.values for row, corrected, _ in noted}
        verdicts = check_records(self._session, made) if made else {}
        for row, corrected, different in noted:
            failed = verdicts[row.quarantine_id].failed_checks
            for column in different:
                self._note(row, corrected, column, not failed & self._checks.bits_of_column(column))

    def _note(self, row: QueueRow, corrected: _Corrected, column: str, passes: bool) -> None:
        key, version = row.quarantine_id, row.record_version
        ours, theirs = row.value(column), corrected.values[column]
        if version == corrected.version:
            self.changes.append(CellChange(key, version, column, ours, theirs, passes))
        else:
            self.conflicts.append(CellConflict(key, corrected.version, version, column, ours, theirs, passes))


def _inspect(path: Path, progress: ProgressSink, cancel: CancelToken | None) -> SourceFile:
    """The file, read with the delimiter that gives it the columns of an export."""
    file = inspect_file(path, progress=progress, cancel=cancel, keep=_MOST_KEPT)
    if file.format != "csv" or ID in file.columns:
        return file
    for delimiter in (",", ";", "\t"):
        if any(delimiter in column for column in file.columns):
            file = inspect_file(path, progress=progress, cancel=cancel, delimiter=delimiter)
    return file


def _refuse_without_ids(file: SourceFile) -> None:
    lacking = [column for column in (ID, VERSION) if column not in file.columns]
    if lacking:
        raise InputRefused(
            f"{file.name} has no column {' and no column '.join(lacking)}.",
            "By these two a correction finds its record. The columns are: " + ", ".join(file.columns) + ".",
            "Take the file that was exported, with its header row, and correct the values in it.",
        )
    if not any(column in file.columns for column in COLUMNS):
        raise InputRefused(
            f"{file.name} has no column to compare.",
            f"None of {', '.join(COLUMNS)} is there.",
            "Keep the header row of the export as it was.",
        )


def _records(file: SourceFile, compared: Sequence[str]) -> Iterator[_Corrected]:
    read: Callable[[str | None], str | None] = from_xlsx if file.format == "xlsx" else from_csv
    place = {column: file.columns.index(column) for column in (ID, VERSION, *compared)}
    rows = file.kept if file.kept is not None else open_table(file).rows(file.columns, file.positions)
    for number, row in enumerate(rows, start=2):
        yield _Corrected(
            number,
            _whole_number(row[place[ID]], ID, number),
            _whole_number(row[place[VERSION]], VERSION, number),
            {column: read(row[place[column]]) for column in compared},
        )


def _whole_number(cell: str | None, column: str, row: int) -> int:
    text = (cell or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise InputRefused(
        f"Row {row} has no {column}.",
        "Each row says by it which record it corrects."
        if column == ID
        else "It tells whether the record has changed.",
        "Put back the number that was exported, or remove the row.",
    )

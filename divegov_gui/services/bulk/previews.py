"""What an operation would do to many records, cell by cell, before anything is saved; and saving it as one group."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.services.bulk.operations import Changes, Made, Operation, Untouched
from divegov_gui.services.bulk.reading import CHUNK, editable
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue import Catalogue
from divegov_gui.services.review import Edit, Edited, check_records, edit_records
from divegov_gui.services.suggestions import Knowledge, Values, read_knowledge

MOST = 100_000
"""Records that one step changes at most: a preview stays within some tens of megabytes, a save within seconds."""


class PreviewCell(NamedTuple):
    """One cell as it is and as it would be; `passes`: its column would then fail no check."""

    quarantine_id: int
    record_version: int
    column: str
    before: str | None
    after: str | None
    passes: bool


@dataclass
class Preview:
    """The cells that an operation would change, in the order of the records, a few bytes each beside their texts.

    `claimed` counts the records that others work on and `closed` those that do not wait any more: neither is
    touched. `untouched` says of the others why. `left_count` records were not looked at, since `MOST` was reached.
    """

    operation: Operation
    record_count: int = 0
    accepted_count: int = 0
    claimed: int = 0
    closed: int = 0
    left_count: int = 0
    untouched: Counter[Untouched] = field(default_factory=Counter)
    _ids: array[int] = field(default_factory=lambda: array("q"), repr=False)
    _versions: array[int] = field(default_factory=lambda: array("q"), repr=False)
    _columns: bytearray = field(default_factory=bytearray, repr=False)
    _passes: bytearray = field(default_factory=bytearray, repr=False)
    _before: list[str | None] = field(default_factory=list, repr=False)
    _after: list[str | None] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, place: int) -> PreviewCell:
        return PreviewCell(
            self._ids[place],
            self._versions[place],
            COLUMNS[self._columns[place]],
            self._before[place],
            self._after[place],
            bool(self._passes[place]),
        )

    def __iter__(self) -> Iterator[PreviewCell]:
        return (self[place] for place in range(len(self)))

    @cached_property
    def passing(self) -> frozenset[int]:
        """The records of which some cell would pass."""
        return frozenset(number for number, good in zip(self._ids, self._passes, strict=True) if good)

    def count(self, excluded: Collection[int] = (), *, only_passing: bool = False) -> int:
        """How many records `edits` would change."""
        if only_passing:
            return len(self.passing - set(excluded))
        return self.record_count - len(excluded)

    def edits(self, excluded: Collection[int] = (), *, only_passing: bool = False) -> Iterator[Edit]:
        """What is to be saved, without the records of `excluded`, or without all that would still fail."""
        left_out = set(excluded)
        for cell in self:
            if cell.quarantine_id not in left_out and (cell.passes or not only_passing):
                yield Edit(cell.quarantine_id, cell.record_version, cell.column, cell.after)

    def add(self, record: Values, changes: Changes, failed_after: int, masks: Mapping[str, int]) -> None:
        """Take in what would become of one record."""
        passes = [not failed_after & masks[column] for column in changes]
        self.record_count += 1
        self.accepted_count += all(passes)
        for (column, text), good in zip(changes.items(), passes, strict=True):
            self._ids.append(record.quarantine_id)
            self._versions.append(record.record_version)
            self._columns.append(COLUMNS.index(column))
            self._passes.append(good)
            self._before.append(record[column])
            self._after.append(text)


def preview(
    session: Session,
    catalogue: Catalogue,
    ids: Sequence[int],
    operation: Operation,
    *,
    knowledge: Knowledge | None = None,
    most: int = MOST,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> Preview:
    """What `operation` would make of the records `ids`, each new value judged. Saves nothing. Raises Cancelled.

    Ends after the stretch of records in which the changes became `most`.
    """
    chunk = min(CHUNK, most)
    found = Preview(operation)
    with interruptible(session, cancel):
        knowledge = knowledge or read_knowledge(session)
        for start in range(0, len(ids), chunk):
            if cancel:
                cancel.raise_if_cancelled()
            progress(Progress("Looking at the records", start, len(ids)))
            read = editable(session, catalogue, ids[start : start + chunk])
            found.claimed += read.claimed
            found.closed += read.closed
            _take_in(session, found, read.records, operation, knowledge)
            if found.record_count >= most:
                found.left_count = len(ids) - min(start + chunk, len(ids))
                break
    progress(Progress("Looking at the records", len(ids), len(ids)))
    return found


def apply_preview(
    session: Session,
    found: Preview,
    reason: str | None,
    *,
    excluded: Collection[int] = (),
    only_passing: bool = False,
    cancel: CancelToken | None = None,
) -> Edited:
    """Save what was looked at, as one group. Raises Conflict where a record has changed meanwhile: then nothing is."""
    edits = found.edits(excluded, only_passing=only_passing)
    return edit_records(
        session, edits, reason=reason, kind=found.operation.kind, return_records=False, cancel=cancel
    )


def _take_in(
    session: Session,
    found: Preview,
    records: Sequence[Values],
    operation: Operation,
    knowledge: Knowledge,
) -> None:
    of = {record.quarantine_id: record for record in records}
    made: dict[int, Made] = {}
    for key, result in operation.changes(session, records, knowledge).items():
        if isinstance(result, Untouched):
            found.untouched[result] += 1
        else:
            made[key] = result
    unknown = {
        key: of[key].with_changes(each.changes) for key, each in made.items() if each.failed_checks is None
    }
    verdicts = check_records(session, unknown) if unknown else {}
    for key, each in made.items():
        failed = verdicts[key].failed_checks if each.failed_checks is None else each.failed_checks
        found.add(of[key], each.changes, failed, knowledge.masks)

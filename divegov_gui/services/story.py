"""What happened to a record, and what was edited in the whole quarantine: by whom, and whether it still stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from divegov_gui.core.progress import CancelToken
from divegov_gui.core.records import columns_in
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue import read_payload

_TOLD = ["Story_At", "Story_Kind", "Actor", "Summary", "Detail"]
_CELL = ["Quarantine_ID", "Column_Name", "Old_Value", "New_Value", "Edited_By", "Edited_At", "Is_Standing"]


@dataclass(frozen=True)
class Change:
    """A value that was changed."""

    column: str
    old: str | None = field(repr=False)
    new: str | None = field(repr=False)


@dataclass(frozen=True)
class Chapter:
    """One thing that happened to a record: when (UTC text), of what kind, by whom, in words, and what it changed.

    A version of a diver says how it came about (Created, Changed, Restored) and in which columns it differs.
    """

    at: str
    kind: str
    actor: str
    summary: str
    changes: tuple[Change, ...] = ()
    version_kind: str | None = None
    version_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """A record from its arrival on, the newest last, and as it arrived, verbatim (None: it is gone)."""

    quarantine_id: int
    chapters: tuple[Chapter, ...]
    payload: str | None = field(repr=False)


@dataclass(frozen=True)
class EditGroup:
    """Edits that were made at once and can be undone at once; `undone_count` of its cells were, last by `undone_by`.

    Edits of one record alone say which, and in which columns.
    """

    group_id: int
    kind: str
    reason: str | None
    edited_by: str
    edited_at: str
    record_count: int
    cell_count: int
    undoes: int | None
    undone_by: int | None
    undone_count: int
    record: int | None = None
    columns: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether something of it has not been undone."""
        return self.undone_count < self.cell_count


@dataclass(frozen=True)
class CellEdit:
    """One cell of a group; it `stands` where no later edit and no undo has changed it since."""

    quarantine_id: int
    column: str
    old: str | None = field(repr=False)
    new: str | None = field(repr=False)
    edited_by: str
    edited_at: str
    stands: bool


def read_story(session: Session, quarantine_id: int, cancel: CancelToken | None = None) -> Story:
    """All that happened to one record, from its arrival on."""
    with interruptible(session, cancel):
        rows = session.select(
            "Record_Story",
            _TOLD,
            [Filter("Quarantine_ID", "=", quarantine_id)],
            [Order("Story_At"), Order("Story_Step")],
        )
        payload = read_payload(session, quarantine_id)
    return Story(quarantine_id, tuple(map(_chapter, rows)), payload)


def read_thread(session: Session, diver_id: int, cancel: CancelToken | None = None) -> tuple[Chapter, ...]:
    """All that happened to a diver, from the arrival of the record that became one on."""
    with interruptible(session, cancel):
        rows = session.select(
            "Record_Story",
            _TOLD,
            [Filter("Diver_ID", "=", diver_id)],
            [Order("Story_At"), Order("Story_Step")],
        )
    return tuple(map(_chapter, rows))


def _chapter(row: Row) -> Chapter:
    told = Chapter(row["Story_At"], row["Story_Kind"], row["Actor"] or "", row["Summary"] or "")
    if told.kind not in ("Edited", "Version") or not row["Detail"]:
        return told
    detail = json.loads(row["Detail"])
    if told.kind == "Edited":
        return replace(
            told, changes=tuple(Change(each["column"], each["old"], each["new"]) for each in detail)
        )
    return replace(told, version_kind=detail["change"], version_columns=columns_in(detail["columns"]))


def read_history(session: Session, limit: int = 200, cancel: CancelToken | None = None) -> list[EditGroup]:
    """The newest groups of edits, by whomever they were made."""
    with interruptible(session, cancel):
        rows = session.select("Edit_History", order=[Order("Edit_Group_ID", descending=True)], limit=limit)
        of_one = [row["Edit_Group_ID"] for row in rows if row["Record_Count"] == 1]
        edited = _cells_by_group(session, of_one) if of_one else {}
    return [
        EditGroup(
            row["Edit_Group_ID"],
            row["Edit_Kind"],
            row["Edit_Reason"],
            row["Edited_By"],
            row["Edited_At"],
            row["Record_Count"],
            row["Cell_Count"],
            row["Undoes_Group_ID"],
            row["Undone_By_Group_ID"],
            row["Undone_Count"],
            *edited.get(row["Edit_Group_ID"], (None, ())),
        )
        for row in rows
    ]


def _cells_by_group(session: Session, groups: Sequence[int]) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Of groups of one record each: which record, and which columns."""
    rows = session.select(
        "Revision_History",
        ["Edit_Group_ID", "Quarantine_ID", "Column_Name"],
        [Filter("Edit_Group_ID", "in", tuple(groups))],
    )
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for row in rows:
        group = row["Edit_Group_ID"]
        columns = found[group][1] if group in found else ()
        found[group] = (row["Quarantine_ID"], (*columns, row["Column_Name"]))
    return found


def read_cells(
    session: Session, group_id: int, limit: int = 500, cancel: CancelToken | None = None
) -> list[CellEdit]:
    """The cells of one group, at most `limit` of them."""
    with interruptible(session, cancel):
        rows = session.select(
            "Revision_History",
            _CELL,
            [Filter("Edit_Group_ID", "=", group_id)],
            [Order("Quarantine_ID"), Order("Column_Name")],
            limit,
        )
    return [_cell(row) for row in rows]


def read_last_edits(
    session: Session, quarantine_id: int, cancel: CancelToken | None = None
) -> dict[str, CellEdit]:
    """For each column of a record that was edited, the edit that stands."""
    with interruptible(session, cancel):
        rows = session.select(
            "Revision_History",
            _CELL,
            [Filter("Quarantine_ID", "=", quarantine_id)],
            [Order("Edited_At")],
        )
    return {row["Column_Name"]: _cell(row) for row in rows}


def _cell(row: Row) -> CellEdit:
    return CellEdit(
        row["Quarantine_ID"],
        row["Column_Name"],
        row["Old_Value"],
        row["New_Value"],
        row["Edited_By"],
        row["Edited_At"],
        bool(row["Is_Standing"]),
    )

"""What happened to a record, and what was edited in the whole quarantine: by whom, and whether it still stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible


@dataclass(frozen=True)
class Change:
    """A value that was changed."""

    column: str
    old: str | None = field(repr=False)
    new: str | None = field(repr=False)


@dataclass(frozen=True)
class Chapter:
    """One thing that happened to a record: when (UTC text), of what kind, by whom, and more in lines."""

    at: str
    kind: str
    actor: str
    title: str
    lines: tuple[str, ...] = ()
    change: Change | None = None


@dataclass(frozen=True)
class Story:
    """A record from its arrival on, the newest last, and as it arrived, verbatim (None: it is gone)."""

    quarantine_id: int
    chapters: tuple[Chapter, ...]
    payload: str | None = field(repr=False)


@dataclass(frozen=True)
class EditGroup:
    """Edits that were made at once and can be undone at once; `undone_count` of its cells were, last by `undone_by`."""

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
    """All that happened to one record: its arrival, each attempt, each edit, and what became of it."""
    mine = [Filter("Quarantine_ID", "=", quarantine_id)]
    with interruptible(session, cancel):
        rows = session.select("Quarantine_Queue", filters=mine)
        reasons = session.select(
            "Quarantine_Reasons", filters=mine, order=[Order("Attempt"), Order("Rule_Code")]
        )
        edits = session.select("Revision_History", filters=mine, order=[Order("Revision_ID")])
    if not rows:
        return Story(quarantine_id, (), None)
    row = rows[0]
    chapters = [_arrival(row), *_attempts(reasons), *map(_edit, edits), *_end(row)]
    return Story(quarantine_id, tuple(sorted(chapters, key=lambda each: each.at)), row["Payload"])


def _arrival(row: Row) -> Chapter:
    place = f", row {row['Source_Row']:,}" if row["Source_Row"] else ""
    return Chapter(row["Quarantined_At"], "Arrived", "", f"Arrived from {row['Source_Name']}{place}")


def _attempts(reasons: Sequence[Row]) -> Iterator[Chapter]:
    """Each time that it stood before the gate, with all that it failed."""
    for attempt, found in groupby(reasons, key=lambda row: row["Attempt"]):
        broken = list(found)
        lines = tuple(dict.fromkeys(row["Wording"] for row in broken))
        yield Chapter(broken[0]["Recorded_At"], "Rejected", "", f"Rejected, attempt {attempt}", lines)


def _edit(row: Row) -> Chapter:
    kind, title = ("Undone", "An edit was undone") if row["Undoes_Revision_ID"] else ("Edited", "Edited")
    reason = (f"“{row['Edit_Reason']}”",) if row["Edit_Reason"] else ()
    change = Change(row["Column_Name"], row["Old_Value"], row["New_Value"])
    return Chapter(row["Edited_At"], kind, row["Edited_By"], title, reason, change)


def _end(row: Row) -> Iterator[Chapter]:
    if row["Status"] != "Open":
        diver = f", diver {row['Diver_ID']}" if row["Diver_ID"] else ""
        reason = (f"“{row['Resolution_Reason']}”",) if row["Resolution_Reason"] else ()
        title = f"{row['Status']}{diver}"
        yield Chapter(row["Resolved_At"], row["Status"], row["Resolved_By"] or "", title, reason)


def read_history(session: Session, limit: int = 200, cancel: CancelToken | None = None) -> list[EditGroup]:
    """The newest groups of edits, by whomever they were made."""
    with interruptible(session, cancel):
        rows = session.select("Edit_History", order=[Order("Edit_Group_ID", descending=True)], limit=limit)
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
        )
        for row in rows
    ]


def read_cells(
    session: Session, group_id: int, limit: int = 500, cancel: CancelToken | None = None
) -> list[CellEdit]:
    """The cells of one group, at most `limit` of them."""
    with interruptible(session, cancel):
        rows = session.select(
            "Revision_History",
            [
                "Quarantine_ID",
                "Column_Name",
                "Old_Value",
                "New_Value",
                "Edited_By",
                "Edited_At",
                "Is_Standing",
            ],
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
            [
                "Quarantine_ID",
                "Column_Name",
                "Old_Value",
                "New_Value",
                "Edited_By",
                "Edited_At",
                "Is_Standing",
            ],
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

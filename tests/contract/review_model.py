"""What review is meant to do, said a second time in plain Python: what is refused, by whom, and what stands afterwards.

It knows records, cells on which edits stand one on the other, claims, and what each steward has read. It knows no rule
of the gate: what the gate let in it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from divegov_gui.core.records import COLUMNS

Cell = tuple[int, str]
Value = str | None


class Refusal(NamedTuple):
    """Why a step is refused: the first record, what about it, how many there are, and who may be named for it."""

    what: str
    record: int | None = None
    count: int = 1
    who: frozenset[str | None] = frozenset({None})


class Revision(NamedTuple):
    """One value that was written into a cell, and the one that was there."""

    number: int
    group: int | None
    record: int
    column: str
    old: Value
    new: Value
    who: str
    undoes: int | None = None
    is_undo: bool = False


class Group(NamedTuple):
    """One edit, of however many cells; the database gives it a number, by which it is known outside."""

    number: int | None
    kind: str
    who: str
    reason: str | None
    records: int
    cells: int
    undoes: int | None = None


class Action(NamedTuple):
    """What the log keeps of a step: numbers, and no person's data."""

    who: str
    action: str
    subject: int | None
    detail: dict[str, Any]


class Event(NamedTuple):
    """What the story of a record tells besides edits and arrivals."""

    record: int
    kind: str
    who: str
    words: str


@dataclass
class Record:
    """One record as it stands."""

    came: dict[str, Value]
    values: dict[str, Value]
    changed_by: str
    moved_by: str | None = None
    status: str = "Open"
    code: str | None = None
    reason: str | None = None
    closed_by: str | None = None
    diver: int | None = None
    version: int = 1
    attempts: int = 1
    claimed_by: str | None = None
    was_claimed_by: str | None = None
    """Whose claim has expired; they may still give it up."""


@dataclass
class Review:
    """The whole bench: five records, what was done to them, and what each steward read last."""

    records: dict[int, Record]
    seen: dict[str, dict[int, int]] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    log: list[Action] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    _standing: dict[Cell, tuple[int, ...]] = field(default_factory=dict)
    _left: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def look(self, who: str, numbers: Iterable[int] | None = None) -> None:
        """A steward reads records, or all of them, as they are now."""
        for number in self.records if numbers is None else numbers:
            self.seen.setdefault(who, {})[number] = self.records[number].version

    def read(self, who: str, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Records with the versions that a steward knows."""
        return [(number, self.seen[who][number]) for number in sorted(numbers)]

    # --- what is refused
    def refusal(
        self, who: str, numbers: Iterable[int], status: str = "Open", *, versions: bool = True
    ) -> Refusal | None:
        """Records must have a status, stand as they were read, and be claimed by nobody else."""
        found = {n: what for n in numbers if (what := self._obstacle(who, n, status, versions))}
        if not found:
            return None
        first = self.records[min(found)]
        what = found[min(found)]
        name = {"status": first.moved_by, "changed": first.changed_by, "claimed": first.claimed_by}[what]
        return Refusal(what, min(found), len(found), frozenset({name}))

    def _obstacle(self, who: str, number: int, status: str, versions: bool) -> str | None:
        record = self.records[number]
        if record.status != status:
            return "status"
        if versions and record.version != self.seen[who][number]:
            return "changed"
        return "claimed" if record.claimed_by not in (None, who) else None

    def undo_refusal(self, who: str, group: int, only: Collection[int] | None, skip: bool) -> Refusal | None:
        """A later edit that stands refuses, unless such records are left out; so do a status and a claim."""
        if skip:
            return None
        targets = self._targets(group, only)
        blocked = [revision for revision in targets if self._is_blocked(revision)]
        if not blocked:
            return self.refusal(who, {r.record for r in targets}, versions=False)
        first = min(revision.record for revision in blocked)
        who_may = frozenset(
            later.who
            for mine in blocked
            for later in self.revisions
            if mine.record == first and later[2:4] == mine[2:4] and later.number > mine.number
        )
        return Refusal("later edit", first, len({r.record for r in blocked}), who_may)

    def _targets(self, group: int, only: Collection[int] | None) -> list[Revision]:
        return [r for r in self.revisions if r.group == group and (only is None or r.record in only)]

    def _is_blocked(self, revision: Revision) -> bool:
        """An edit can be taken back when it stands on top; an undo, when its cell is as it left it."""
        standing = self._standing.get((revision.record, revision.column), ())
        if not revision.is_undo:
            return standing[-1:] != (revision.number,)
        redone = any(later.undoes == revision.number for later in self.revisions)
        return redone or standing != self._left[revision.number]

    # --- what is done
    def logged(self, who: str, action: str, subject: int | None = None, **detail: Any) -> None:
        self.log.append(Action(who, action, subject, detail))

    def edited(self, who: str, cells: Mapping[Cell, Value], kind: str, reason: str | None) -> int | None:
        """New values were saved; returns their group."""
        return self._written(who, {cell: (value, None) for cell, value in cells.items()}, kind, reason)

    def undone(
        self, who: str, group: int, only: Collection[int] | None, skip: bool, reason: str | None
    ) -> tuple[int | None, int]:
        """A group was taken back, some records may have been left out; returns the new group and how many were."""
        targets = self._targets(group, only)
        asked = {revision.record for revision in targets}
        left_out = {revision.record for revision in targets if self._is_blocked(revision)}
        if skip:
            left_out |= {n for n in asked if self.refusal(who, [n], versions=False)}
        cells = {(r.record, r.column): (r.old, r) for r in targets if r.record not in left_out}
        return self._written(who, cells, "Undo", reason, group), len(left_out)

    def _written(
        self,
        who: str,
        cells: Mapping[Cell, tuple[Value, Revision | None]],
        kind: str,
        reason: str | None,
        undoes: int | None = None,
    ) -> int | None:
        changed = {
            cell: new for cell, new in cells.items() if self.records[cell[0]].values[cell[1]] != new[0]
        }
        if not changed:
            return None
        number = len(self.groups) + 1
        touched = sorted({record for record, _ in changed})
        self.groups.append(Group(None, kind, who, reason, len(touched), len(changed), undoes))
        for cell in sorted(changed, key=lambda cell: (cell[0], COLUMNS.index(cell[1]))):
            self._write(who, number, cell, *changed[cell])
        for record in touched:
            self.records[record].version += 1
            self.records[record].changed_by = who
        self.look(who, touched)
        self.logged(who, "Edit_Records", number, kind=kind, records=len(touched), cells=len(changed))
        return number

    def numbered(self, place: int, number: int | None) -> Group:
        """The database has told the number of an edit, which is larger than those before it."""
        assert number is not None
        assert all(number > (earlier.number or 0) for earlier in self.groups)
        self.groups[place - 1] = self.groups[place - 1]._replace(number=number)
        return self.groups[place - 1]

    def _write(self, who: str, group: int, cell: Cell, value: Value, undoes: Revision | None) -> None:
        record, column = cell
        values = self.records[record].values
        is_undo = undoes is not None and not undoes.is_undo
        taken_back = undoes.number if undoes else None
        number = len(self.revisions) + 1
        self.revisions.append(
            Revision(number, group, record, column, values[column], value, who, taken_back, is_undo)
        )
        values[column] = value
        standing = self._standing.get(cell, ())
        self._standing[cell] = standing[:-1] if is_undo else (*standing, number)
        if is_undo:
            self._left[number] = self._standing[cell]

    def closed(
        self, who: str, number: int, status: str, code: str, reason: str | None, diver: int | None = None
    ) -> None:
        """A record left the queue."""
        record = self.records[number]
        record.code, record.reason, record.closed_by, record.diver = code, reason, who, diver
        record.claimed_by = record.was_claimed_by = None
        self._moved(who, number, status)

    def reopened(self, who: str, number: int) -> None:
        """A record waits again."""
        record = self.records[number]
        record.code = record.reason = record.closed_by = None
        self._moved(who, number, "Open")

    def _moved(self, who: str, number: int, status: str) -> None:
        record = self.records[number]
        record.status = status
        record.moved_by = record.changed_by = who
        record.version += 1
        self.look(who, [number])

    def stopped(self, who: str, number: int) -> None:
        """A record went through the gate again and was not let in."""
        record = self.records[number]
        record.attempts += 1
        record.version += 1
        record.changed_by = who
        self.look(who, [number])

    def claimed(
        self, who: str, numbers: Iterable[int], take_over: bool, reason: str
    ) -> dict[int, str | None]:
        """Claims were asked for; returns who has each open record now."""
        asked = [n for n in sorted(numbers) if self.records[n].status == "Open"]
        others = [n for n in asked if self.records[n].claimed_by not in (None, who)]
        taken_over = others if take_over else []
        got = [n for n in asked if n not in others or take_over]
        self.events += [Event(number, "Claimed", who, reason) for number in taken_over]
        for number in got:
            self.records[number].claimed_by, self.records[number].was_claimed_by = who, None
        self.logged(who, "Claim_Records", records=len(got), taken_over=len(taken_over), minutes=30)
        return {number: self.records[number].claimed_by for number in asked}

    def given_up(self, who: str, numbers: Iterable[int]) -> None:
        """One's own claims were given up."""
        mine = [n for n in numbers if who in (self.records[n].claimed_by, self.records[n].was_claimed_by)]
        for number in mine:
            self.records[number].claimed_by = self.records[number].was_claimed_by = None
        self.logged(who, "Release_Claims", records=len(mine))

    def lapsed(self) -> None:
        """The time of all claims is over."""
        for record in self.records.values():
            record.was_claimed_by, record.claimed_by = record.claimed_by or record.was_claimed_by, None

    # --- what stands
    def rows(self) -> list[dict[str, Any]]:
        """The queue as it must read."""
        return [
            {
                "Quarantine_ID": number,
                "Status": record.status,
                "Record_Version": record.version,
                "Attempt_Count": record.attempts,
                "Claimed_By": record.claimed_by,
                "Is_Claimed": record.claimed_by is not None,
                "Resolution_Code": record.code,
                "Resolution_Reason": record.reason,
                "Resolved_By": record.closed_by,
                "Diver_ID": record.diver,
                "Edited_Columns": sum(
                    1 << bit for bit, c in enumerate(COLUMNS) if record.values[c] != record.came[c]
                ),
                **record.values,
                **{f"Raw_{column}": value for column, value in record.came.items()},
            }
            for number, record in self.records.items()
        ]

"""The versions of a diver as the page shows them, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from divegov_gui.services.directory import Change
from divegov_gui.services.history import FIELDS, Timeline
from divegov_gui.ui.pages.history.timeline_parts import VersionSpan

TITLES = dict(FIELDS)
SAME, CHANGED, ADDED, REMOVED = "Same", "Changed", "Added", "Removed"


@dataclass(frozen=True)
class Version:
    """One version of a diver; `valid_to` is None while it is current. Times are UTC text.

    `changed` names the columns that it changed against the version before it, as the database saw them: two values
    that look alike under a mask may differ.
    """

    number: int
    values: Mapping[str, str | None]
    actor: str
    reason: str
    valid_from: str
    valid_to: str | None
    changed: frozenset[str] = frozenset()
    ends_deleted: bool = False
    follows_deletion: bool = False
    deletion: str = ""
    """By whom and why the diver was deleted when this version ended, where that is known."""

    @property
    def changes(self) -> str:
        """What it changed, in words."""
        if self.number == 1:
            return "Created"
        named = [title for column, title in FIELDS if column in self.changed]
        if self.follows_deletion:
            return "Restored" + (f", {', '.join(named)}" if named else "")
        return ", ".join(named) or "No field"

    @property
    def name(self) -> str:
        """First and last name in one."""
        return " ".join(v for v in (self.values.get("First_Name"), self.values.get("Last_Name")) if v)

    def span(self) -> VersionSpan:
        """The version as the timeline draws it."""
        return VersionSpan(
            self.number,
            self.valid_from,
            self.valid_to,
            self.changes,
            self.actor,
            self.reason,
            self.ends_deleted,
            self.deletion,
        )


@dataclass(frozen=True)
class Difference:
    """One field in two versions. `veiled` where both look alike because they are masked, and yet differ."""

    column: str
    title: str
    kind: str
    before: str | None
    after: str | None
    veiled: bool = False


def differences(
    versions: Sequence[Version], before: Version | None, after: Version | None
) -> tuple[Difference, ...]:
    """Every field of two versions of `versions`; None stands for: there was no such diver."""
    changed = _changed_between(versions, before, after)
    return tuple(_difference(column, title, before, after, changed) for column, title in FIELDS)


def _changed_between(
    versions: Sequence[Version], before: Version | None, after: Version | None
) -> frozenset[str]:
    """The columns that some version between the two, up to the later one, has changed."""
    if before is None or after is None:
        return frozenset()
    low, high = sorted((before.number, after.number))
    between = [v.changed for v in versions if low < v.number <= high]
    return frozenset().union(*between)


def _difference(
    column: str, title: str, before: Version | None, after: Version | None, changed: frozenset[str]
) -> Difference:
    old = before.values.get(column) if before else None
    new = after.values.get(column) if after else None
    if old == new:
        veiled = column in changed and old is not None and looks_masked(old)
        return Difference(column, title, CHANGED if veiled else SAME, old, new, veiled)
    if old is None or new is None:
        return Difference(column, title, ADDED if old is None else REMOVED, old, new)
    return Difference(column, title, CHANGED, old, new)


def looks_masked(value: str) -> bool:
    """Whether a value is the text of a mask: what is under it cannot be compared here."""
    return "XXX" in value or value == "1900-01-01"


def versions_of(found: Timeline, changes: Sequence[Change]) -> tuple[Version, ...]:
    """The versions of a diver's timeline, with what the database says that each changed and who ended one."""
    changed = {each.at: frozenset(each.columns) for each in changes}
    ended = {
        each.deleted_at: f" by {each.deleted_by}" + (f": {each.reason}" if each.reason else "")
        for each in found.deletions
    }
    made: list[Version] = []
    for number, version in enumerate(found.versions, start=1):
        made.append(
            Version(
                number,
                dict(zip(TITLES, version.values, strict=True)),
                version.modified_by,
                version.change_reason,
                version.valid_from,
                version.valid_to,
                changed.get(version.valid_from, frozenset()),
                ends_deleted=version.valid_to in ended,
                follows_deletion=bool(made) and made[-1].ends_deleted,
                deletion=ended.get(version.valid_to or "", ""),
            )
        )
    return tuple(made)

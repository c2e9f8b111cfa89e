"""The divers through time: their versions, and what differs between two.

Instants are UTC text as the database has it, ``2026-11-22 20:18:43.123456``. Values are shown as the session's role may
see them: masked where it lacks the grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from divegov_gui.core import records
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services import known_again
from divegov_gui.services.connections import interruptible

END = "9999-12-31 23:59:59.999999"
"""Until when a version is valid that nothing has followed yet."""

FIELDS: tuple[tuple[str, str], ...] = tuple((field.column, field.label) for field in records.FIELDS)
"""The columns of a diver that versions are compared by, and what a person calls them."""


@dataclass(frozen=True)
class Version:
    """One version of a diver. `values` are those of `FIELDS`, in their order; `valid_to` is None for the current."""

    diver_id: int
    values: tuple[str | None, ...]
    modified_by: str
    change_reason: str
    valid_from: str
    valid_to: str | None

    @property
    def is_current(self) -> bool:
        """Whether nothing has followed it."""
        return self.valid_to is None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.values[0]} {self.values[1]}"

    def value(self, column: str) -> str | None:
        """The value of a column of `FIELDS`."""
        return self.values[_POSITIONS[column]]


@dataclass(frozen=True)
class Deletion:
    """When a diver was taken out of the directory, by whom and why, as far as that is known."""

    deleted_at: str
    deleted_by: str
    reason: str


@dataclass(frozen=True)
class Timeline:
    """All that is known of a diver over time: versions from first to last, and the deletions between or after."""

    diver_id: int
    versions: tuple[Version, ...]
    deletions: tuple[Deletion, ...]

    @property
    def current(self) -> Version | None:
        """The version in force; None where the diver is deleted."""
        return next((v for v in reversed(self.versions) if v.is_current), None)

    def as_of(self, instant: str) -> Version | None:
        """The version in force at an instant, or None where the diver was not there."""
        return next((v for v in self.versions if v.valid_from <= instant < (v.valid_to or _AFTER_ALL)), None)

    def before(self, version: Version) -> Version | None:
        """The version that a version followed."""
        position = self.versions.index(version)
        return self.versions[position - 1] if position else None


@dataclass(frozen=True)
class FieldDifference:
    """One field of two versions, side by side."""

    column: str
    label: str
    old: str | None
    new: str | None

    @property
    def is_changed(self) -> bool:
        """Whether the two differ, as far as they may be seen."""
        return self.old != self.new


@dataclass(frozen=True)
class Written:
    """What a change made: the diver's version in force, and whether there was anything to change."""

    diver_id: int
    valid_from: str
    is_changed: bool


_AFTER_ALL = "~"
_POSITIONS = {column: position for position, (column, _) in enumerate(FIELDS)}
COLUMNS = ["Diver_ID", *_POSITIONS, "Modified_By", "Change_Reason", "Valid_From", "Valid_To", "Is_Current"]
"""Those of Diver_Versions, as `read_version` wants them."""


# -- one diver ------------------------------------------------------------------------------------------------


def timeline(session: Session, diver_id: int, *, cancel: CancelToken | None = None) -> Timeline:
    """Every version of a diver, and every deletion. No versions where there never was such a diver."""
    mine = [Filter("Diver_ID", "=", diver_id)]
    with interruptible(session, cancel):
        versions = session.select("Diver_Versions", COLUMNS, mine, [Order("Valid_From")])
        gone = [*mine, Filter("Change_Kind", "=", "Deleted")]
        deletions = session.select("Diver_Changes", (), gone, [Order("Changed_At")])
    return Timeline(
        diver_id,
        tuple(read_version(row) for row in versions),
        tuple(Deletion(r["Changed_At"], r["Modified_By"], r["Change_Reason"]) for r in deletions),
    )


def as_of(session: Session, diver_id: int, instant: str) -> Version | None:
    """The version of a diver that was in force at an instant."""
    filters = [Filter("Diver_ID", "=", diver_id), *in_force(instant)]
    rows = session.select("Diver_Versions", COLUMNS, filters)
    return read_version(rows[0]) if rows else None


def diff(old: Version | None, new: Version | None) -> tuple[FieldDifference, ...]:
    """Every field of two versions side by side; None is a diver who was not there."""
    nothing = (None,) * len(FIELDS)
    before, after = old.values if old else nothing, new.values if new else nothing
    return tuple(
        FieldDifference(column, label, *pair)
        for (column, label), pair in zip(FIELDS, zip(before, after, strict=True), strict=True)
    )


# -- everybody ------------------------------------------------------------------------------------------------


def directory_as_of(
    session: Session,
    instant: str,
    *,
    after: int = 0,
    limit: int = 200,
    cancel: CancelToken | None = None,
) -> tuple[Version, ...]:
    """A page of the directory as it was at an instant, in the order of the divers' numbers, behind number `after`.

    Fewer than `limit` means that the directory ends there.
    """
    page: list[Version] = []
    with interruptible(session, cancel):
        width, last = limit + limit // 5, None
        # A range of numbers at a time: else SQLite would read on to the end of the history for a version in force.
        while len(page) < limit and (last is None or after < last):
            filters = [
                Filter("Diver_ID", ">", after),
                Filter("Diver_ID", "<=", after + width),
                *in_force(instant),
            ]
            rows = session.select("Diver_Versions", COLUMNS, filters, [Order("Diver_ID")], limit - len(page))
            page += map(read_version, rows)
            after += width
            width *= 2
            if len(page) < limit and last is None:
                last = _last_diver(session)
    return tuple(page)


def count_as_of(session: Session, instant: str, *, cancel: CancelToken | None = None) -> int:
    """How many divers were in the directory at an instant, exactly."""
    with interruptible(session, cancel):
        return session.count("Diver_Versions", in_force(instant))


def _last_diver(session: Session) -> int:
    rows = session.select("Diver_Versions", ["Diver_ID"], order=[Order("Diver_ID", descending=True)], limit=1)
    return int(rows[0]["Diver_ID"]) if rows else 0


def in_force(instant: str) -> list[Filter]:
    """Of Diver_Versions, those that were valid at an instant."""
    return [Filter("Valid_From", "<=", instant), Filter("Valid_To", ">", instant)]


# -- changing -------------------------------------------------------------------------------------------------


def update(
    session: Session,
    version: Version,
    values: Iterable[tuple[str, str | None]],
    reason: str,
    *,
    is_back: bool = False,
) -> Written:
    """Write a new version over `version`, the current one, with other values in some columns of `FIELDS`.

    Raises Refused where the rules do, or where a value is a mask; Conflict where the diver was changed meanwhile;
    KnownAgain where they would be an erased person, unless `is_back`.
    """
    import orjson

    given = dict(values)
    return _written(
        session.call(
            "Update_Diver",
            diver_id=version.diver_id,
            valid_from=version.valid_from,
            values=orjson.dumps(given).decode(),
            reason=reason,
            **known_again.of_diver(session, version.diver_id, given, is_back=is_back),
        )
    )


def restore(
    session: Session, current: Version | None, earlier: Version, reason: str, *, is_back: bool = False
) -> Written:
    """Bring `earlier` back as a new version over `current` (None: the diver is deleted).

    Raises Refused, Conflict; KnownAgain where that is an erased person, unless `is_back`.
    """
    values = dict(zip(_POSITIONS, earlier.values, strict=True))
    return _written(
        session.call(
            "Restore_Diver",
            diver_id=earlier.diver_id,
            valid_from=current.valid_from if current else None,
            restore_valid_from=earlier.valid_from,
            reason=reason,
            **known_again.of_diver(session, earlier.diver_id, values, is_back=is_back),
        )
    )


def delete(session: Session, version: Version, reason: str) -> Deletion:
    """Take a diver out of the directory. Raises Refused, Conflict (also while dives or bookings refer to them)."""
    row = session.call(
        "Delete_Diver", diver_id=version.diver_id, valid_from=version.valid_from, reason=reason
    )[-1][0]
    return Deletion(row["Deleted_At"], row["Deleted_By"], row["Delete_Reason"])


def _written(results: Sequence[Sequence[Row]]) -> Written:
    row = results[-1][0]
    return Written(row["Diver_ID"], row["Valid_From"], bool(row["Is_Changed"]))


def read_version(row: Row) -> Version:
    """A row of the view Diver_Versions as a version."""
    return Version(
        diver_id=row["Diver_ID"],
        values=tuple(row[column] for column in _POSITIONS),
        modified_by=row["Modified_By"],
        change_reason=row["Change_Reason"],
        valid_from=row["Valid_From"],
        valid_to=None if row["Is_Current"] else row["Valid_To"],
    )

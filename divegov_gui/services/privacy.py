"""What each role sees and may do, and looking behind a mask.

The database decides; what is here tells the window and the command line beforehand, so that nobody is offered what
would be refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from divegov_gui.core.errors import Refused
from divegov_gui.database.masks import masked_text
from divegov_gui.database.session import Session
from divegov_gui.services.history import FIELDS, timeline
from divegov_gui.services.roles import role_of

REVEALED_SECONDS = 300
"""How long a revealed value may be shown."""


@dataclass(frozen=True)
class Mask:
    """A column that is masked for those without the right to see behind it, and how."""

    column: str
    function: str


@dataclass(frozen=True)
class RoleSight:
    """A role in words, and over which columns it sees masks."""

    name: str
    label: str
    description: str
    masked: frozenset[str]


@dataclass(frozen=True)
class Seen:
    """One diver as one role sees them: every value of `FIELDS` by its column, and which of them are masks."""

    values: Mapping[str, str | None] = field(repr=False)
    masked: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """One diver as each role sees them, as far as the one who asks may see. `name` is what the asker sees."""

    diver_id: int
    name: str
    roles: Mapping[str, Seen]


@dataclass(frozen=True)
class Revealed:
    """One masked value in the clear, until `expires_at` (UTC), `seconds` from now."""

    diver_id: int
    column: str
    value: str | None = field(repr=False)
    expires_at: str
    seconds: int = REVEALED_SECONDS


def read_masks(session: Session) -> tuple[Mask, ...]:
    """The masked columns, and how each is masked."""
    rows = session.select("Role_Masks", ["Column_Name", "Mask_Function"])
    return tuple(sorted({Mask(r["Column_Name"], r["Mask_Function"]) for r in rows}, key=lambda m: m.column))


def read_roles(session: Session) -> tuple[RoleSight, ...]:
    """The roles, those who see most first."""
    rows = session.select("Role_Masks")
    found = {
        row["Role_Name"]: RoleSight(
            row["Role_Name"],
            row["Role_Label"],
            row["Description"],
            frozenset(
                r["Column_Name"] for r in rows if r["Role_Name"] == row["Role_Name"] and r["Is_Masked"]
            ),
        )
        for row in rows
    }
    return tuple(sorted(found.values(), key=lambda role: (len(role.masked), role.name)))


def read_rights(session: Session) -> dict[str, frozenset[str]]:
    """Which procedures each role may run, and which views it may read."""
    rows = session.select("Role_Rights", ["Role_Name", "Object_Name"])
    names = {row["Role_Name"] for row in rows}
    return {n: frozenset(r["Object_Name"] for r in rows if r["Role_Name"] == n) for n in names}


def compare_roles(session: Session, diver_id: int) -> Comparison:
    """One diver as each role sees them. What the one who asks sees masked stays masked. Raises Refused."""
    current = timeline(session, diver_id).current
    if current is None:
        raise Refused(f"There is no diver {diver_id}.")
    functions = {mask.column: mask.function for mask in read_masks(session)}
    mine = role_of(session).masked
    seen = {}
    for role in read_roles(session):
        masked = role.masked | mine
        seen[role.name] = Seen(
            {c: _as_seen(c, current.value(c), functions, masked - mine) for c, _ in FIELDS}, masked
        )
    return Comparison(diver_id, current.name, seen)


def reveal(session: Session, diver_id: int, column: str, reason: str) -> Revealed:
    """Look behind the mask over one column of one diver. Raises Refused. The log tells who looked, never the value."""
    row = session.call("Reveal_Diver", diver_id=diver_id, column_name=column, reason=reason)[-1][0]
    return Revealed(row["Diver_ID"], row["Column_Name"], row["Revealed_Value"], row["Expires_At"])


def _as_seen(
    column: str, value: str | None, functions: Mapping[str, str], masked: frozenset[str]
) -> str | None:
    if column not in masked:
        return value
    return masked_text(functions[column], value, is_date=column == "Date_Of_Birth")

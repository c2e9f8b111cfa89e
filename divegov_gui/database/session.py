"""What a session with a database can do: the two verbs, and what the deployer needs."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from divegov_gui.database.scripts import Script

Row = Mapping[str, Any]
MessageSink = Callable[[str], None]
Operator = (
    Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "is null", "is not null"]
    | Literal["has bit", "lacks bit", "search", "any of", "all of", "starts with"]
)


@dataclass(frozen=True)
class Filter:
    """A condition on one column of a view. ``contains`` is plain text, found in any letter case.

    ``has bit``: the column, a mask, shares a bit with the value; ``lacks bit``: it shares none.
    ``search``: each word of the value is found in one of the columns that `column` names, parted by blanks.
    ``starts with``: the text begins so, letter case and all; an index is searched for it.
    ``any of``: one of the filters that are the value holds; ``all of``: each does; `column` is not looked at.
    """

    column: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True)
class Order:
    """One column to sort by."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class JournalEntry:
    """The newest application of a script, as the deployment journal has it. `applied_at` is UTC."""

    script_name: str
    checksum: str
    applied_at: str
    applied_by: str
    duration_ms: int
    program_version: str


@dataclass(frozen=True)
class Drifted:
    """An object that is not as it was deployed: `drift` is ``Missing`` or ``Altered``; `found_as` what it is now.

    `base` is the table that it belongs to, or itself.
    """

    kind: str
    name: str
    base: str
    drift: str
    found_as: str = ""


@dataclass(frozen=True)
class Recording:
    """What a deployment records of the catalogue: the objects that the scripts make, by name.

    `keep` are drifted ones, as (kind, name), that it does not put right: what was recorded of them stays.
    """

    names: tuple[str, ...]
    keep: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Target:
    """What a deployment goes to: the database in a few words, its server, and whether that is this computer."""

    label: str
    database: str
    server: str = ""
    is_local: bool = True


@dataclass(frozen=True)
class Obstacle:
    """Why nothing can be deployed here, whoever one is: in a sentence, and what to do about it."""

    words: str
    advice: str


class Session(Protocol):
    """An open connection, used by the thread that made it; only `interrupt` may be called from another."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that one holds here; ``owner`` is bound by none."""
        ...

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``sqlserver``."""
        ...

    @property
    def actor(self) -> str:
        """Who works here, as the database writes it beside what they do."""
        ...

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        """Run a procedure in one transaction; returns its result sets.

        Raises Refused or Conflict where the procedure does, Cancelled after `interrupt`, ConnectionFailed where the
        database cannot go on. Whatever is raised, nothing was changed.
        """
        ...

    def select(
        self,
        view: str,
        columns: Sequence[str] = (),
        filters: Sequence[Filter] = (),
        order: Sequence[Order] = (),
        limit: int | None = None,
    ) -> list[Row]:
        """Rows of a view; all its columns where none are named."""
        ...

    def count(self, view: str, filters: Sequence[Filter] = ()) -> int:
        """How many rows of a view match."""
        ...

    def keys(
        self, view: str, key: str, filters: Sequence[Filter] = (), order: Sequence[Order] = ()
    ) -> array[int]:
        """The whole numbers of one column of a view, 8 bytes each: what a grid of a million rows holds."""
        ...

    def journal(self) -> list[JournalEntry]:
        """The newest application of each script; empty in a database that nothing was deployed to."""
        ...

    @property
    def target(self) -> Target:
        """What a deployment goes to."""
        ...

    def drift(self) -> list[Drifted]:
        """What of the catalogue is not as it was deployed, as far as one may see it."""
        ...

    def missing_rights(self) -> dict[str, str]:
        """The rights that a deployment needs and one does not have, each with what it is for."""
        ...

    def obstacle(self) -> Obstacle | None:
        """Why the scripts do not run here at all, None where they do."""
        ...

    def apply_scripts(
        self,
        scripts: Sequence[Script],
        program_version: str,
        on_statement: Callable[[Script, int, int], None],
        recording: Recording | None = None,
    ) -> JournalEntry:
        """Apply scripts and write their journal rows, in one transaction; returns the last one's entry.

        `on_statement` hears the script, the number of its statement and how many it has. What `recording` names is
        recorded in the same transaction, where the database has the procedure for it.
        Raises DeploymentFailed naming script and line.
        """
        ...

    def record_catalogue(self, recording: Recording) -> None:
        """Record what `recording` names as it is now, in a transaction of its own."""
        ...

    def rehearse_scripts(
        self, scripts: Sequence[Script], on_statement: Callable[[Script, int, int], None]
    ) -> None:
        """Apply scripts and undo all of it: what `apply_scripts` would say."""
        ...

    def interrupt(self) -> None:
        """Stop what runs; safe from any thread."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...

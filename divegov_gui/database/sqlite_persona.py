"""A persona in the embedded workspace: what GRANT, masks and EXECUTE AS OWNER are to SQL Server.

The grants are rows of Object_Grant and Unmask_Grant, deployed with the scripts. A persona's connection holds a
temporary view for each view that it may read, with a mask over each column that it may not see behind; an authorizer
refuses all else: tables, views of the file itself, writes, PRAGMA, ATTACH. A procedure runs on a connection of its own,
as the owner of the file, and its temporary tables end with it.

SQLite tells the authorizer by which view a table is read (sqlite.org/c3ref/set_authorizer.html), and a common table
expression passes for a view of its name. So the views that read tables have names that nobody can know, and a statement
that could bring a name of its own, or find theirs out, is refused before SQLite sees it; so is one that says theirs.
"""

from __future__ import annotations

import os
import re
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from divegov_gui.core.errors import Refused
from divegov_gui.database.masks import mask_expression
from divegov_gui.database.scripts import Script
from divegov_gui.database.session import Drifted, Filter, JournalEntry, MessageSink, Recording, Row
from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.database.sqlite_errors import not_granted, outdated
from divegov_gui.database.sqlite_file import connect, disconnect

_MASKED_TABLES = ("Diver", "Diver_History", "Search_Term", "Diver_Deletion")
_REASONS = dict.fromkeys(("Change_Reason", "Delete_Reason"), "default()")
"""What people write in their own words, in which a diver may be named: masked for whoever sees no last names."""
_SQL_WORDS = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|\b(\w+)\b|(--|/\*|;\s*\S)"
)
"""Texts and quoted names, which are passed over; words; and what a plain SELECT has not. Comments are of those: an
apostrophe in one would make a text of the statement behind it."""
_EXPRESSION_NAME = re.compile(
    r"(?:\bWITH\s+(?:RECURSIVE\s+)?|\)\s*,\s*)(\w+)\s+AS\s+(?:(?:NOT\s+)?MATERIALIZED\s+)?\("
)
_FORBIDDEN_WORDS = {"WITH", "EXPLAIN", "PRAGMA", "ATTACH", "CREATE"}
_HAS_GRANTS = "SELECT 1 FROM sqlite_master WHERE name = 'Object_Grant'"
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}


class _GuardedCursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> _GuardedCursor:
        self._look_at(sql)
        super().execute(sql, parameters)
        return self

    def executemany(self, sql: str, parameters: Any, /) -> _GuardedCursor:
        self._look_at(sql)
        super().executemany(sql, parameters)
        return self

    def _look_at(self, sql: str) -> None:
        connection = self.connection
        assert isinstance(connection, GuardedConnection)
        if connection.secret in sql.lower():
            raise sqlite3.DatabaseError("not authorized")
        _refuse_own_names(sql)

    def executescript(self, sql: str, /) -> _GuardedCursor:
        raise sqlite3.DatabaseError("not authorized")


class GuardedConnection(sqlite3.Connection):
    """A connection that takes plain SELECTs only, once it is guarded."""

    is_guarded = False
    secret = ""
    """The beginning of the names that nobody knows; a statement that says it is none of the program's."""

    def cursor(self, *args: Any, **how: Any) -> Any:
        """A cursor that looks at each statement first."""
        return super().cursor(_GuardedCursor) if self.is_guarded else super().cursor(*args, **how)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run one statement on a cursor of its own."""
        return (
            super().execute(sql, parameters)
            if not self.is_guarded
            else self.cursor().execute(sql, parameters)
        )

    def executescript(self, sql: str, /) -> sqlite3.Cursor:
        """Refused: a script is more than one SELECT."""
        if self.is_guarded:
            raise sqlite3.DatabaseError("not authorized")
        return super().executescript(sql)


def _refuse_own_names(sql: str) -> None:
    for found in _SQL_WORDS.finditer(sql):
        if found[2] or (found[1] and found[1].upper() in _FORBIDDEN_WORDS):
            raise sqlite3.DatabaseError("not authorized")


ROLES = ("data_steward", "compliance_officer", "data_analyst")


class PersonaSession(SqliteSession):
    """A session that reads and runs what a role is granted, and nothing else."""

    _schema: ClassVar[str] = "temp."

    def __init__(self, path: Path, role: str, actor: str, busy_seconds: float) -> None:
        connection = connect(path, busy_seconds, kind=GuardedConnection)
        assert isinstance(connection, GuardedConnection)
        super().__init__(connection, path, actor, role)
        self._busy_seconds = busy_seconds
        self._running: SqliteSession | None = None
        self._is_outdated = not connection.execute(_HAS_GRANTS).fetchone()
        try:
            self._views = frozenset(_view_texts(connection))
            self._readable = _restrict(connection, role)
        except BaseException:
            self.close()
            raise

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        """Run a procedure that the role is granted, as the owner of the file (see `Session.call`)."""
        if self._is_outdated:
            raise outdated(self.path, "what each role may do")
        connection = connect(self.path, self._busy_seconds)
        with SqliteSession(connection, self.path, self.actor, self.role) as as_owner:
            self._running = as_owner
            try:
                return as_owner.call(procedure, on_message=on_message, **parameters)
            finally:
                self._running = None

    def select(self, view: str, *what: Any, **how: Any) -> list[Row]:
        """Rows of a view that the role is granted (see `Session.select`)."""
        self._check_view(view)
        return super().select(view, *what, **how)

    def count(self, view: str, filters: Sequence[Filter] = ()) -> int:
        """How many rows of a view match (see `Session.count`)."""
        self._check_view(view)
        return super().count(view, filters)

    def keys(self, view: str, key: str, *what: Any, **how: Any) -> array[int]:
        """The whole numbers of one column (see `Session.keys`)."""
        self._check_view(view)
        return super().keys(view, key, *what, **how)

    def _check_view(self, view: str) -> None:
        if self._is_outdated or view not in self._views:
            raise outdated(self.path, view)
        if view not in self._readable:
            raise not_granted(self.role, view, "see")

    def journal(self) -> list[JournalEntry]:
        """The deployment journal (see `Session.journal`). It is no secret, not even of scripts that know no roles."""
        connection = connect(self.path, self._busy_seconds)
        with SqliteSession(connection, self.path, self.actor) as as_owner:
            return as_owner.journal()

    def drift(self) -> list[Drifted]:
        """Nothing: the catalogue is the owner's to see."""
        return []

    def missing_rights(self) -> dict[str, str]:
        """The file's ownership: the scripts are the owner's."""
        return {"owner": "the scripts are applied by whoever the file belongs to"}

    def apply_scripts(
        self,
        scripts: Sequence[Script],
        program_version: str,
        on_statement: Callable[[Script, int, int], None],
        recording: Recording | None = None,
    ) -> JournalEntry:
        """Refused: the scripts are the owner's."""
        raise not_granted(self.role, "Deploying scripts")

    def record_catalogue(self, recording: Recording) -> None:
        """Refused: the catalogue is the owner's."""
        raise not_granted(self.role, "Recording the catalogue")

    def rehearse_scripts(
        self, scripts: Sequence[Script], on_statement: Callable[[Script, int, int], None]
    ) -> None:
        """Refused: the scripts are the owner's."""
        raise not_granted(self.role, "Deploying scripts")

    def interrupt(self) -> None:
        """Stop what runs; safe from any thread."""
        running = self._running
        if running is not None:
            running.interrupt()
        super().interrupt()


def sees_masks(path: Path, role: str, busy_seconds: float) -> bool:
    """Whether a role must be kept from something that the file holds. Raises Refused for a role that is none."""
    if role not in ROLES:
        raise Refused(f"There is no role {role}.", f"There are {', '.join(ROLES)}.")
    connection = connect(path, busy_seconds)
    try:
        return role != "data_steward" or bool(_masked_columns(connection, role))
    finally:
        disconnect(connection, path)


def _masked_columns(connection: sqlite3.Connection, role: str) -> dict[str, str]:
    """The columns that a role sees masks over, and their masks."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'Unmask_Grant'").fetchone():
        return {}
    found = dict(
        connection.execute(
            "SELECT Column_Name, Mask_Function FROM Masked_Column WHERE Column_Name NOT IN "
            "(SELECT Column_Name FROM Unmask_Grant WHERE Role_Name = ?)",
            (role,),
        ).fetchall()
    )
    return found | _REASONS if "Last_Name" in found else found


def _granted(connection: sqlite3.Connection, role: str) -> set[str]:
    """What a role is granted; nothing in a file without grants."""
    if not connection.execute(_HAS_GRANTS).fetchone():
        return set()
    rows = connection.execute("SELECT Object_Name FROM Object_Grant WHERE Role_Name = ?", (role,))
    return {row[0] for row in rows}


def _view_texts(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())


def _restrict(connection: GuardedConnection, role: str) -> frozenset[str]:
    """Make the role's views and refuse everything else; returns the views that it may read."""
    granted = _granted(connection, role)
    masks = _masked_columns(connection, role)
    secret = f"v{os.urandom(16).hex()}_"
    bodies = _view_texts(connection)
    readable = frozenset(granted & bodies.keys())
    for name, sql in bodies.items():
        connection.execute(_hidden(name, sql, bodies, secret))
    for name in readable:
        connection.execute(_shown(connection, name, masks, secret))
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_authorizer(readable, secret))
    connection.secret = secret
    connection.is_guarded = True
    return readable


def _hidden(name: str, sql: str, bodies: dict[str, str], secret: str) -> str:
    """The view itself under a name that nobody knows; so are the views and common table expressions that it reads."""
    head = re.match(rf"CREATE VIEW {name}\s+AS\b", sql)
    if head is None:
        raise ValueError(f"the view {name} is written in another way than CREATE VIEW {name} AS")
    body = sql[head.end() :]
    names = {*bodies, *_EXPRESSION_NAME.findall(body)}
    known = re.compile(rf"(?<![.\w'])({'|'.join(map(re.escape, names))})(?![\w'])")
    return f"CREATE TEMP VIEW {secret}{name} AS" + known.sub(rf"{secret}\1", body)


def _shown(connection: sqlite3.Connection, name: str, masks: dict[str, str], secret: str) -> str:
    """What the role sees of a view: its columns, masked where the view reads them from a masked table."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    masked = masks if masks and _reads_divers(connection, name) else {}
    listed = [_column(column, masked) for column in columns]
    # Nobody finds a diver by what a mask hides from them.
    kept = ""
    if masked and "Search_Column" in columns:
        kept = f" WHERE Search_Column NOT IN ({', '.join(repr(column) for column in masked)})"
    return f"CREATE TEMP VIEW {name} AS SELECT {', '.join(listed)} FROM temp.{secret}{name}{kept}"


def _column(column: str, masked: dict[str, str]) -> str:
    bare = column.removeprefix("Old_").removeprefix("New_")
    if bare not in masked:
        return column
    return f"{mask_expression(masked[bare], column, is_date=bare == 'Date_Of_Birth')} AS {column}"


def _reads_divers(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a view reads a table whose columns are masked."""
    tables: set[str] = set()

    def note(action: int, table: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table:
            tables.add(table)
        return sqlite3.SQLITE_OK

    connection.set_authorizer(note)
    try:
        connection.execute(f"EXPLAIN SELECT * FROM main.{name}").fetchall()
    finally:
        connection.set_authorizer(_allow)
    return not tables.isdisjoint(_MASKED_TABLES)


def _allow(*_: object) -> int:
    """Everything: Python 3.10 takes no authorizer away again, and refuses all where it is given none."""
    return sqlite3.SQLITE_OK


def _authorizer(readable: frozenset[str], secret: str) -> Callable[..., int]:
    """What SQLite asks before it runs a statement."""

    def ask(action: int, first: str | None, second: str | None, database: str | None, by: str | None) -> int:
        inside = by is not None and by.startswith(secret)
        match action:
            case sqlite3.SQLITE_SELECT:
                return sqlite3.SQLITE_OK
            case sqlite3.SQLITE_RECURSIVE if inside:
                return sqlite3.SQLITE_OK
            case sqlite3.SQLITE_FUNCTION if (second or "").lower() not in _FORBIDDEN_FUNCTIONS:
                return sqlite3.SQLITE_OK
            case sqlite3.SQLITE_READ if inside or (by in readable and (first or "").startswith(secret)):
                return sqlite3.SQLITE_OK
            # A read of no column: SQLite counts the rows of what a view was resolved to.
            case sqlite3.SQLITE_READ if not second or (first in readable and database == "temp"):
                return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return ask

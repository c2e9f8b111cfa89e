"""The embedded workspace: one SQLite file, with the procedures and views of sql_scripts/sqlite in it."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from divegov_gui.core.errors import DeploymentFailed
from divegov_gui.database import procedures, sqlite_catalogue, sqlite_errors
from divegov_gui.database.procedures import Procedure, Step, Variables, bind, parse_procedure
from divegov_gui.database.scripts import CONDITION, Script, Statement, split_sqlite
from divegov_gui.database.session import (
    Drifted,
    Filter,
    JournalEntry,
    MessageSink,
    Order,
    Recording,
    Row,
    Target,
)
from divegov_gui.database.sqlite_errors import error_name, lacking, not_granted, thrown, translated
from divegov_gui.database.sqlite_file import connect, disconnect
from divegov_gui.database.sqlite_host import CLOCK, login
from divegov_gui.database.sqlite_keys import read_keys
from divegov_gui.database.sqlite_select import count_text, flags, select_text
from divegov_gui.database.views import VIEWS

_ENDS_TRANSACTION = re.compile(r"(?:COMMIT|END|ROLLBACK(?!\s+(?:TRANSACTION\s+)?TO\b))\b", re.IGNORECASE)
_MAX_NESTING = 16
_GRANT = re.compile(r"GRANT\s+(?:SELECT|EXECUTE)\s+ON\s+(\w+)\s+TO\s+([\w,\s]+?);?\s*\Z", re.IGNORECASE)
_HAS_GRANTS = "SELECT 1 FROM sqlite_master WHERE name = 'Object_Grant'"
_IS_GRANTED = "SELECT 1 FROM Object_Grant WHERE Role_Name = ? AND Object_Name = ? COLLATE NOCASE"


OWNER = "owner"
"""Whoever opens the file without a persona: nothing is masked, nothing refused."""


def open_workspace(
    path: Path, *, persona: str = OWNER, busy_seconds: float = 5.0, actor: str | None = None
) -> SqliteSession:
    """Open the workspace `path`, or make an empty one. Raises ConnectionFailed with what to do.

    `persona` is a role that stands in for a login: it reads and runs what that role is granted, through its masks.
    `actor` is who works here, where that is not the operating system's user: tests have several at one machine.
    """
    # It is made of what is here.
    from divegov_gui.database.sqlite_persona import PersonaSession, sees_masks

    who = actor or login()
    if persona != OWNER and sees_masks(path, persona, busy_seconds):
        return PersonaSession(path, persona, who, busy_seconds)
    return SqliteSession(connect(path, busy_seconds), path, who, persona)


class SqliteSession:
    """A session with a workspace file (see `database.session.Session`)."""

    dialect = "sqlite"
    _schema: ClassVar[str] = ""
    """What stands before a view's name."""

    def __init__(self, connection: sqlite3.Connection, path: Path, actor: str, role: str = OWNER) -> None:
        self.path = path
        self.actor = actor
        self.role = role
        self._raw = connection
        self._is_closed = False

    @property
    def roles(self) -> tuple[str, ...]:
        """The persona that was chosen (see `Session.roles`)."""
        return (self.role,)

    # -- the two verbs ------------------------------------------------------------------------------------

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        """Run a procedure (see `Session.call`)."""
        results: list[list[Row]] = []
        with self._translating():
            found = self._procedure(procedure)
            self._check_grant(procedure)
        known = {parameter.name.lower() for parameter in found.parameters}
        if unknown := sorted(name for name in parameters if name.lower() not in known):
            raise sqlite_errors.outdated(self.path, f"{found.name} with {unknown[0]}")
        variables = bind(found, parameters)
        with self._transaction(set_context=not found.read_only, lock=not found.read_only) as transaction:
            self._run(found, variables, results, on_message or (lambda _: None), depth=0)
            transaction.keep = not (found.read_only or variables.get("rehearse"))
        return results

    def select(
        self,
        view: str,
        columns: Sequence[str] = (),
        filters: Sequence[Filter] = (),
        order: Sequence[Order] = (),
        limit: int | None = None,
    ) -> list[Row]:
        """Rows of a view (see `Session.select`)."""
        text, values = select_text(view, columns, filters, order, limit, self._schema)
        names, told = columns or VIEWS[view].columns, flags(view, columns)
        with self._reading():
            found = [dict(zip(names, row, strict=True)) for row in self._raw.execute(text, values)]
        for row in found if told else ():
            row.update((name, None if row[name] is None else bool(row[name])) for name in told)
        return list[Row](found)

    def count(self, view: str, filters: Sequence[Filter] = ()) -> int:
        """How many rows of a view match (see `Session.count`)."""
        with self._reading():
            return int(self._raw.execute(*count_text(view, filters, self._schema)).fetchone()[0])

    def keys(
        self, view: str, key: str, filters: Sequence[Filter] = (), order: Sequence[Order] = ()
    ) -> array[int]:
        """The whole numbers of one column (see `Session.keys`)."""
        with self._reading():
            return read_keys(self._raw, self._schema, view, key, filters, order)

    # -- deployment ---------------------------------------------------------------------------------------

    def journal(self) -> list[JournalEntry]:
        """The deployment journal (see `Session.journal`)."""
        with self._translating():
            return sqlite_catalogue.read_journal(self._raw)

    @property
    def target(self) -> Target:
        """The file (see `Session.target`)."""
        return Target(self.path.name, self.path.name)

    def drift(self) -> list[Drifted]:
        """What of the catalogue is not as it was deployed (see `Session.drift`)."""
        with self._translating():
            return sqlite_catalogue.read_drift(self._raw)

    def missing_rights(self) -> dict[str, str]:
        """None: whoever may write the file may deploy to it."""
        return {}

    def obstacle(self) -> None:
        """None: SQLite comes with the program."""

    def apply_scripts(
        self,
        scripts: Sequence[Script],
        program_version: str,
        on_statement: Callable[[Script, int, int], None],
        recording: Recording | None = None,
    ) -> JournalEntry:
        """Apply scripts with their journal rows (see `Session.apply_scripts`)."""
        with self._transaction(set_context=False):
            for script in scripts:
                started = time.monotonic()
                self._run_script(script, on_statement)
                entry = JournalEntry(
                    script.name,
                    script.checksum,
                    CLOCK.now(),
                    self.actor,
                    round((time.monotonic() - started) * 1000),
                    program_version,
                )
                self._write_journal(entry)
            self._record(recording)
        return entry

    def record_catalogue(self, recording: Recording) -> None:
        """Record the catalogue as it is (see `Session.record_catalogue`)."""
        with self._transaction(set_context=False):
            self._record(recording)

    def _record(self, recording: Recording | None) -> None:
        if recording is None or not sqlite_catalogue.has_procedure(self._raw, "Record_Schema"):
            return
        procedure = self._procedure("Record_Schema")
        given = {"names": json.dumps(recording.names), "keep": json.dumps(recording.keep)}
        self._run(procedure, bind(procedure, given), [], lambda _: None, depth=0)

    def rehearse_scripts(
        self, scripts: Sequence[Script], on_statement: Callable[[Script, int, int], None]
    ) -> None:
        """Apply scripts and undo them (see `Session.rehearse_scripts`)."""
        with self._transaction(set_context=False) as transaction:
            transaction.keep = False
            for script in scripts:
                self._run_script(script, on_statement)

    def _write_journal(self, entry: JournalEntry) -> None:
        try:
            sqlite_catalogue.write_journal(self._raw, entry)
        except sqlite3.Error as error:
            if error_name(error) in _NOT_THE_SCRIPT:
                raise
            raise DeploymentFailed(
                f"{entry.script_name} ran, but the journal does not take its row.",
                f"{error}. It was undone.",
                "The first script makes the table Schema_Script, as the program's own 01_schema.sql does.",
            ) from error

    def _run_script(self, script: Script, on_statement: Callable[[Script, int, int], None]) -> None:
        statements = split_sqlite(script.text)
        for number, statement in enumerate(statements, start=1):
            on_statement(script, number, len(statements))
            try:
                self._run_statement(statement)
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                if isinstance(error, sqlite3.Error) and error_name(error) in _NOT_THE_SCRIPT:
                    raise
                raise DeploymentFailed(
                    f"{script.name} did not apply: line {statement.line}.",
                    f"{error}. The statement begins: {_first_line(statement.text)}",
                    "Nothing of the script was kept. Correct it and deploy again.",
                    script=script.name,
                    line=statement.line,
                ) from error

    def _run_statement(self, statement: Statement) -> None:
        if condition := CONDITION.match(statement.text):
            if not self._value(condition[1], {}):
                return
            statement = Statement(statement.line, condition[2])
        if statement.text.upper().startswith("CREATE OR ALTER PROCEDURE"):
            name = parse_procedure(statement.text).name
            self._raw.execute(
                "INSERT INTO Stored_Procedure (Procedure_Name, Definition) VALUES (?, ?) "
                "ON CONFLICT (Procedure_Name) DO UPDATE SET Definition = excluded.Definition",
                (name, statement.text),
            )
        elif granted := _GRANT.match(statement.text):
            self._grant(granted[1], re.split(r",\s*", granted[2]))
        elif _ENDS_TRANSACTION.match(statement.text):
            raise ValueError("a script runs in one transaction with its journal row and cannot end it")
        else:
            self._raw.execute(statement.text)

    def _grant(self, name: str, roles: Sequence[str]) -> None:
        """GRANT: the roles that may read a view or run a procedure are these and no others."""
        self._raw.execute("DELETE FROM Object_Grant WHERE Object_Name = ?", (name,))
        rows = [(name, role) for role in roles]
        self._raw.executemany("INSERT INTO Object_Grant (Object_Name, Role_Name) VALUES (?, ?)", rows)

    # -- life ---------------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stop what runs; safe from any thread."""
        self._raw.interrupt()

    def close(self) -> None:
        """Close the connection; once closed, closing again does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        disconnect(self._raw, self.path)

    def __enter__(self) -> SqliteSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- procedures ---------------------------------------------------------------------------------------

    def _check_grant(self, procedure: str) -> None:
        """Raise Refused where the role is not granted a procedure. The owner needs no grant, nor a file without any."""
        if self.role == OWNER or not self._raw.execute(_HAS_GRANTS).fetchone():
            return
        if not self._raw.execute(_IS_GRANTED, (self.role, procedure)).fetchone():
            raise not_granted(self.role, procedure)

    def _procedure(self, name: str) -> Procedure:
        row = self._raw.execute(
            "SELECT Definition FROM Stored_Procedure WHERE Procedure_Name = ? COLLATE NOCASE", (name,)
        ).fetchone()
        if row is None:
            raise sqlite_errors.no_procedure(name)
        return parse_procedure(row[0])

    def _run(
        self,
        procedure: Procedure,
        variables: dict[str, Any],
        results: list[list[Row]],
        on_message: MessageSink,
        depth: int,
    ) -> None:
        """Run the steps of a procedure until its end or a RETURN."""
        if depth > _MAX_NESTING:
            raise RecursionError(f"{procedure.name} calls itself without end")
        for step in procedure.steps:
            if isinstance(step, procedures.If):
                if not self._value(step.condition, variables):
                    continue
                step = step.consequent
            if isinstance(step, procedures.Return):
                return
            self._run_step(step, variables, results, on_message, depth)

    def _run_step(
        self,
        step: Step,
        variables: dict[str, Any],
        results: list[list[Row]],
        on_message: MessageSink,
        depth: int,
    ) -> None:
        match step:
            case procedures.SetVariable():
                variables[step.name.lower()] = self._value(step.expression, variables)
            case procedures.Throw():
                raise thrown(step.number, str(self._value(step.message, variables)))
            case procedures.Execute():
                inner = self._procedure(step.procedure)
                given = {name: self._value(text, variables) for name, text in step.arguments}
                self._run(inner, bind(inner, given), results, on_message, depth + 1)
            case procedures.Print():
                on_message(str(self._value(step.message, variables)))
            case procedures.Sql():
                cursor = self._raw.execute(step.text, Variables(variables))
                if cursor.description is not None:
                    names = [column[0] for column in cursor.description]
                    results.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    def _value(self, expression: str, variables: dict[str, Any]) -> Any:
        return self._raw.execute(f"SELECT {expression}", Variables(variables)).fetchone()[0]

    # -- transactions -------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self, *, set_context: bool = True, lock: bool = True) -> Iterator[_Transaction]:
        """BEGIN IMMEDIATE, then COMMIT, or ROLLBACK where anything was raised or nothing is to be kept."""
        transaction = _Transaction()
        with self._translating():
            self._raw.execute("BEGIN IMMEDIATE" if lock else "BEGIN")
            try:
                if set_context:
                    self._set_context(CLOCK.now(), self.actor)
                yield transaction
                if transaction.keep:
                    if set_context:
                        self._set_context(None, None)
                    self._raw.execute("COMMIT")
            finally:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")

    def _set_context(self, instant: str | None, actor: str | None) -> None:
        self._raw.execute("UPDATE Transaction_Context SET Instant = ?, Actor = ?", (instant, actor))

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """The same for a SELECT of views, which older scripts may not have made yet."""
        try:
            with self._translating():
                yield
        except sqlite3.Error as error:
            told = lacking(error, self.path)
            if told is None:
                raise
            raise told from error


_NOT_THE_SCRIPT = {"SQLITE_INTERRUPT", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_IOERR"}
"""Errors of the machine or the person, which the session's own translation tells of."""


class _Transaction:
    keep = True


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0]

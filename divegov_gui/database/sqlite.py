"""The embedded workspace: one SQLite file, with the procedures and views of sql_scripts/sqlite in it."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from divegov_gui.core.errors import ConnectionFailed, DeploymentFailed, Refused
from divegov_gui.database import procedures
from divegov_gui.database.procedures import Procedure, Step, parse_procedure
from divegov_gui.database.queries import count_statement, select_statement
from divegov_gui.database.scripts import Script, Statement, split_sqlite
from divegov_gui.database.session import Filter, JournalEntry, MessageSink, Order, Row
from divegov_gui.database.sqlite_errors import error_name, thrown, translated

APPLICATION_ID = 0x44474F56
"""``DGOV`` in the file's header (PRAGMA application_id, set by 01_schema.sql): this file is a workspace of ours."""

SCHEMA_VERSION = 1
"""The newest PRAGMA user_version that this program understands."""

MINIMUM_SQLITE = (3, 37, 0)

_HEADER = b"SQLite format 3\x00"
_ENDS_TRANSACTION = re.compile(r"(?:COMMIT|END|ROLLBACK(?!\s+(?:TRANSACTION\s+)?TO\b))\b", re.IGNORECASE)
_MAX_NESTING = 16


def open_workspace(path: Path, *, busy_seconds: float = 5.0) -> SqliteSession:
    """Open the workspace `path`, or make an empty one. Raises ConnectionFailed with what to do."""
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        raise ConnectionFailed(
            f"SQLite {sqlite3.sqlite_version} is too old.",
            "The embedded workspace needs 3.37 or newer.",
            "Use a newer Python; it brings its SQLite along.",
        )
    _check_file(path)
    try:
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    try:
        _configure(connection, path)
    except BaseException:
        connection.close()
        raise
    return SqliteSession(connection, path)


def _check_file(path: Path) -> None:
    """Refuse what is no database before SQLite touches it."""
    try:
        if path.is_dir():
            raise ConnectionFailed(
                f"{path} is a folder.", hint="Name a file, such as workspace.db inside it."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > 0:
            with path.open("rb") as file:
                if file.read(len(_HEADER)) != _HEADER:
                    raise ConnectionFailed(
                        f"{path.name} is not a DiveGov workspace.",
                        "The file is no SQLite database. It was left as it is.",
                        "Choose another file with --workspace.",
                    )
    except OSError as error:
        raise ConnectionFailed(
            f"The workspace {path} cannot be opened.",
            (error.strerror or str(error)) + ".",
            "Check the path and its permissions, or choose another file with --workspace.",
        ) from error


def _configure(connection: sqlite3.Connection, path: Path) -> None:
    try:
        application_id, user_version, objects = (
            connection.execute(query).fetchone()[0]
            for query in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_master",
            )
        )
        if objects and application_id != APPLICATION_ID:
            raise ConnectionFailed(
                f"{path.name} belongs to another program.",
                "It is a SQLite database, but not a DiveGov workspace. It was left as it is.",
                "Choose another file with --workspace.",
            )
        if user_version > SCHEMA_VERSION:
            raise ConnectionFailed(
                f"{path.name} was made by a newer version of DiveGov Steward.",
                f"Its schema is version {user_version}; this program knows version {SCHEMA_VERSION}.",
                "Update the program, or choose another workspace.",
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = OFF")
        connection.execute("PRAGMA cache_size = -131072")
    except sqlite3.Error as error:
        raise translated(error, path) from error
    connection.create_function("sha256", 1, _sha256, deterministic=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _login() -> str:
    """Who is working, as the operating system has it: no environment variable says so."""
    try:
        import pwd
    except ImportError:  # Windows, where this asks the system
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return f"uid {os.getuid()}"


class _Clock:
    """UTC with microseconds, never the same twice in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = datetime.min.replace(tzinfo=timezone.utc)

    def now(self) -> str:
        with self._lock:
            self._last = max(datetime.now(timezone.utc), self._last + timedelta(microseconds=1))
            return self._last.strftime("%Y-%m-%d %H:%M:%S.%f")


_CLOCK = _Clock()


class SqliteSession:
    """A session with a workspace file (see `database.session.Session`)."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self.actor = _login()
        self._raw = connection
        engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=sa.pool.StaticPool)
        self._connection = engine.connect().execution_options(
            schema_translate_map={"Staging": None, "Governance": None, "dbo": None}
        )

    # -- the two verbs ------------------------------------------------------------------------------------

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        """Run a procedure (see `Session.call`)."""
        results: list[list[Row]] = []
        with self._transaction() as transaction:
            found = self._procedure(procedure)
            variables = _bind(found, parameters)
            self._run(found, variables, results, on_message or (lambda _: None), depth=0)
            transaction.keep = not variables.get("rehearse")
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
        statement = select_statement(view, columns, filters, order, limit)
        with self._translating():
            return [dict(row._mapping) for row in self._connection.execute(statement)]

    def count(self, view: str, filters: Sequence[Filter] = ()) -> int:
        """How many rows of a view match (see `Session.count`)."""
        with self._translating():
            return int(self._connection.execute(count_statement(view, filters)).scalar_one())

    # -- deployment ---------------------------------------------------------------------------------------

    def journal(self) -> list[JournalEntry]:
        """The deployment journal (see `Session.journal`)."""
        with self._translating():
            exists = self._raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'Schema_Script'").fetchone()
            if not exists:
                return []
            rows = self._raw.execute(
                "SELECT Script_Name, Checksum, Applied_At, Applied_By, Duration_Ms, Program_Version "
                "FROM Schema_Script AS s "
                "WHERE Journal_ID = (SELECT max(Journal_ID) FROM Schema_Script WHERE Script_Name = s.Script_Name) "
                "ORDER BY Script_Name"
            ).fetchall()
        return [JournalEntry(*row) for row in rows]

    def apply_scripts(
        self,
        scripts: Sequence[Script],
        program_version: str,
        on_statement: Callable[[Script, int, int], None],
    ) -> JournalEntry:
        """Apply scripts with their journal rows (see `Session.apply_scripts`)."""
        with self._transaction(set_context=False):
            for script in scripts:
                started = time.monotonic()
                self._run_script(script, on_statement)
                entry = JournalEntry(
                    script.name,
                    script.checksum,
                    _CLOCK.now(),
                    self.actor,
                    round((time.monotonic() - started) * 1000),
                    program_version,
                )
                self._write_journal(entry)
        return entry

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
            self._raw.execute(
                "INSERT INTO Schema_Script "
                "(Script_Name, Checksum, Applied_At, Applied_By, Duration_Ms, Program_Version) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    entry.script_name,
                    entry.checksum,
                    entry.applied_at,
                    entry.applied_by,
                    entry.duration_ms,
                    entry.program_version,
                ),
            )
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
        if statement.text.upper().startswith("CREATE OR ALTER PROCEDURE"):
            name = parse_procedure(statement.text).name
            self._raw.execute(
                "INSERT INTO Stored_Procedure (Procedure_Name, Definition) VALUES (?, ?) "
                "ON CONFLICT (Procedure_Name) DO UPDATE SET Definition = excluded.Definition",
                (name, statement.text),
            )
        elif _ENDS_TRANSACTION.match(statement.text):
            raise ValueError("a script runs in one transaction with its journal row and cannot end it")
        else:
            self._raw.execute(statement.text)

    # -- life ---------------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stop what runs; safe from any thread."""
        self._raw.interrupt()

    def close(self) -> None:
        """Close the connection; once closed, closing again does nothing."""
        self._connection.close()
        self._connection.engine.dispose()
        self._raw.close()

    def __enter__(self) -> SqliteSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- procedures ---------------------------------------------------------------------------------------

    def _procedure(self, name: str) -> Procedure:
        row = self._raw.execute(
            "SELECT Definition FROM Stored_Procedure WHERE Procedure_Name = ? COLLATE NOCASE", (name,)
        ).fetchone()
        if row is None:
            raise Refused(
                f"This workspace has no procedure {name}.",
                "Its scripts are older than this program, or come from another folder.",
                "Open Deploy and apply the scripts.",
            )
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
                self._run(inner, _bind(inner, given), results, on_message, depth + 1)
            case procedures.Print():
                on_message(str(self._value(step.message, variables)))
            case procedures.Sql():
                cursor = self._raw.execute(step.text, _CaseFolded(variables))
                if cursor.description is not None:
                    names = [column[0] for column in cursor.description]
                    results.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    def _value(self, expression: str, variables: dict[str, Any]) -> Any:
        return self._raw.execute(f"SELECT {expression}", _CaseFolded(variables)).fetchone()[0]

    # -- transactions -------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self, *, set_context: bool = True) -> Iterator[_Transaction]:
        """BEGIN IMMEDIATE, then COMMIT, or ROLLBACK where anything was raised or nothing is to be kept."""
        transaction = _Transaction()
        with self._translating():
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                if set_context:
                    self._set_context(_CLOCK.now(), self.actor)
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
        except sa.exc.DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise translated(error.orig, self.path) from error.orig
            raise


_NOT_THE_SCRIPT = {"SQLITE_INTERRUPT", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_IOERR"}
"""Errors of the machine or the person, which the session's own translation tells of."""


class _Transaction:
    keep = True


class _CaseFolded(dict[str, Any]):
    """The variables of a procedure: @Batch_ID and @batch_id are one, as in T-SQL."""

    def __init__(self, variables: dict[str, Any]) -> None:
        super().__init__(variables)

    def __missing__(self, name: str) -> Any:
        return self[name.lower()] if name != name.lower() else None


def _bind(procedure: Procedure, given: dict[str, Any]) -> dict[str, Any]:
    """The starting variables of a call. A parameter that is unknown or missing is a bug: TypeError."""
    values = {name.lower(): value for name, value in given.items()}
    unknown = values.keys() - {p.name.lower() for p in procedure.parameters}
    if unknown:
        raise TypeError(f"{procedure.name} has no parameter {sorted(unknown)[0]}")
    for parameter in procedure.parameters:
        name = parameter.name.lower()
        if name in values:
            continue
        if parameter.default is None:
            raise TypeError(f"{procedure.name} needs @{parameter.name}")
        values[name] = _literal(parameter.default)
    return values


def _literal(text: str) -> Any:
    """A default: NULL, a whole number or a 'string'."""
    if text.upper() == "NULL":
        return None
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0]

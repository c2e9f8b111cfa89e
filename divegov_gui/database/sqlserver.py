"""A session with SQL Server, through pyodbc: the two verbs, and the deployment of sql_scripts/sqlserver.

pyodbc is imported when a session is opened, and never before.
"""

from __future__ import annotations

import re
import threading
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divegov_gui.core.errors import Refused
from divegov_gui.core.progress import CancelToken
from divegov_gui.database import odbc_catalogue, odbc_deploy
from divegov_gui.database.odbc_link import PAUSES, Link, Operation, Wait, execute, open_link, quoted
from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.database.odbc_select import compiled_count, compiled_select, plain_rows, readers
from divegov_gui.database.odbc_strings import Secret
from divegov_gui.database.scripts import Script
from divegov_gui.database.session import (
    Drifted,
    Filter,
    JournalEntry,
    MessageSink,
    Obstacle,
    Order,
    Recording,
    Row,
    Target,
)
from divegov_gui.database.sqlserver_errors import read_error, without_prefix
from divegov_gui.database.sqlserver_release import Release, read_release

ROLES = ("data_steward", "compliance_officer", "data_analyst")

_CATALOGUE = """
SELECT s.name, p.name, a.name
FROM sys.procedures AS p
INNER JOIN sys.schemas AS s ON s.schema_id = p.schema_id
LEFT JOIN sys.parameters AS a ON a.object_id = p.object_id AND a.parameter_id > 0
WHERE p.is_ms_shipped = 0
ORDER BY s.name, p.name, a.parameter_id
"""
_IDENTITY = """
SELECT ORIGINAL_LOGIN(), USER_NAME(), IS_ROLEMEMBER(N'db_owner'),
       IS_ROLEMEMBER(N'data_steward'), IS_ROLEMEMBER(N'compliance_officer'), IS_ROLEMEMBER(N'data_analyst')
"""
_SPOKEN = re.compile(r"\[01000\] \((?:0|50000)\)")
"""PRINT comes as number 0, RAISERROR with severity 10 or less as 50000. Others (5701: the database has changed) are the
server's own small talk."""

_PARAMETER = re.compile(r"\w+")


@dataclass(frozen=True)
class DeployedProcedure:
    """A procedure as the database's catalogue has it; `parameters` by their name in lower case, without the @."""

    schema: str
    name: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Identity:
    """Who one is to the server: the login, the user in the database, and which of the program's roles they hold."""

    login: str
    user: str
    is_owner: bool
    roles: tuple[str, ...]


def open_sqlserver(
    profile: SqlServerProfile,
    password: Secret | None = None,
    *,
    database: str | None = None,
    odbc: Any = None,
    cancel: CancelToken | None = None,
    wait: Wait = threading.Event.wait,
    clock: Callable[[], float] = time.monotonic,
) -> SqlServerSession:
    """Open a session. Raises ConnectionFailed with what to do, InputRefused, Refused, Cancelled.

    An error that passes (Azure SQL says which) is met with up to three more attempts. `database` is another one than
    the profile's. `odbc`, `wait` and `clock` stand in for pyodbc and for time in tests.
    """
    link = open_link(profile, password, database=database, odbc=odbc, cancel=cancel, wait=wait, clock=clock)
    return SqlServerSession(link, target_of(profile, database))


def create_database(
    profile: SqlServerProfile,
    password: Secret | None = None,
    *,
    odbc: Any = None,
    cancel: CancelToken | None = None,
    wait: Wait = threading.Event.wait,
) -> None:
    """Make the profile's database, empty. Raises Refused where the login may not, ConnectionFailed, Cancelled."""
    link = open_link(profile, password, database="master", odbc=odbc, cancel=cancel, wait=wait)
    try:
        with link.operation() as operation, operation.cursor(link.connected(operation)) as cursor:
            execute(cursor, f"CREATE DATABASE {quoted(profile.database)};")
            while cursor.nextset():
                operation.raise_if_stopped()
    finally:
        link.close()


def target_of(profile: SqlServerProfile, database: str | None = None) -> Target:
    """What a deployment to a profile's database (or another one of its server) goes to."""
    return Target(profile.label, database or profile.database, profile.address, profile.is_this_computer)


class SqlServerSession:
    """A session with a SQL Server database (see `database.session.Session`)."""

    dialect = "sqlserver"

    def __init__(self, link: Link, target: Target | None = None) -> None:
        self._link = link
        self._target = target or Target(link.target, link.target)
        self._procedures: dict[str, DeployedProcedure] = {}
        self._actor: str | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that the server says one is a member of (see `Session.roles`)."""
        identity = self.identity()
        return ("owner",) if identity.is_owner else identity.roles

    # -- the two verbs ------------------------------------------------------------------------------------

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        """Run a procedure (see `Session.call`). With `rehearse` everything is undone, whatever the procedure does."""
        given = {name.lower(): value for name, value in parameters.items()}
        with self._link.operation() as operation:
            self._link.connected(operation)
            text, values = _execute_text(self._procedure(procedure, operation), given)
            return self._run(operation, text, values, on_message, keep=not given.get("rehearse"))

    def select(
        self,
        view: str,
        columns: Sequence[str] = (),
        filters: Sequence[Filter] = (),
        order: Sequence[Order] = (),
        limit: int | None = None,
    ) -> list[Row]:
        """Rows of a view (see `Session.select`)."""
        text, values = compiled_select(view, columns, filters, order, limit)
        chosen = readers(view, columns)
        with self._link.operation() as operation:
            rows = self._link.read(operation, text, values)[1]
        return [{name: read(value) for (name, read), value in zip(chosen, row, strict=True)} for row in rows]

    def count(self, view: str, filters: Sequence[Filter] = ()) -> int:
        """How many rows of a view match (see `Session.count`)."""
        text, values = compiled_count(view, filters)
        with self._link.operation() as operation:
            return int(self._link.read(operation, text, values)[1][0][0])

    def keys(
        self, view: str, key: str, filters: Sequence[Filter] = (), order: Sequence[Order] = ()
    ) -> array[int]:
        """The whole numbers of one column (see `Session.keys`)."""
        text, values = compiled_select(view, [key], filters, order, None)
        with self._link.operation() as operation:
            return array("q", (int(row[0]) for row in self._link.read(operation, text, values)[1]))

    # -- deployment ---------------------------------------------------------------------------------------

    def journal(self) -> list[JournalEntry]:
        """The deployment journal (see `Session.journal`)."""
        return odbc_deploy.read_journal(self._link)

    @property
    def target(self) -> Target:
        """The database and its server (see `Session.target`)."""
        return self._target

    def drift(self) -> list[Drifted]:
        """What of the catalogue is not as it was deployed (see `Session.drift`)."""
        return odbc_catalogue.read_drift(self._link)

    def missing_rights(self) -> dict[str, str]:
        """The rights that one lacks for a deployment (see `Session.missing_rights`)."""
        return odbc_catalogue.missing_rights(self._link)

    def release(self) -> Release:
        """What the server and the database are."""
        return read_release(self._link)

    def obstacle(self) -> Obstacle | None:
        """A server or a compatibility level that is too old (see `Session.obstacle`)."""
        return self.release().obstacle

    def apply_scripts(
        self,
        scripts: Sequence[Script],
        program_version: str,
        on_statement: Callable[[Script, int, int], None],
        recording: Recording | None = None,
    ) -> JournalEntry:
        """Apply scripts with their journal rows (see `Session.apply_scripts`)."""
        self._procedures = {}
        return odbc_deploy.apply_scripts(self._link, scripts, program_version, on_statement, recording)

    def record_catalogue(self, recording: Recording) -> None:
        """Record the catalogue as it is (see `Session.record_catalogue`)."""
        with self._link.operation() as operation, self._link.transaction(operation) as connection:
            odbc_catalogue.record(operation, connection, recording)

    def rehearse_scripts(
        self, scripts: Sequence[Script], on_statement: Callable[[Script, int, int], None]
    ) -> None:
        """Apply scripts and undo them (see `Session.rehearse_scripts`)."""
        odbc_deploy.rehearse_scripts(self._link, scripts, on_statement)

    # -- what a connection test and the status line ask ----------------------------------------------------

    def look(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query about the server itself; what the program's data is, views tell."""
        with self._link.operation() as operation:
            description, rows = self._link.read(operation, query, values)
        return plain_rows(description, rows)

    def identity(self) -> Identity:
        """Who one is here, as the server says."""
        with self._link.operation() as operation:
            login, user, owner, *held = self._link.read(operation, _IDENTITY)[1][0]
        return Identity(
            login, user, owner == 1, tuple(r for r, is_in in zip(ROLES, held, strict=True) if is_in == 1)
        )

    @property
    def actor(self) -> str:
        """Who one is here (see `Session.actor`): the login, which no impersonation changes. Asked for once."""
        if self._actor is None:
            self._actor = self.identity().login
        return self._actor

    # -- life ---------------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stop what runs; safe from any thread."""
        self._link.interrupt()

    def close(self) -> None:
        """Close the connection; once closed, closing again does nothing."""
        self._link.close()

    def __enter__(self) -> SqlServerSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- procedures ---------------------------------------------------------------------------------------

    def _procedure(self, name: str, operation: Operation) -> DeployedProcedure:
        """The procedure of that name, in whatever schema it stands; the catalogue is read once, and anew for a miss."""
        if name.lower() not in self._procedures:
            self._procedures = _catalogued(self._link.read(operation, _CATALOGUE)[1])
        found = self._procedures.get(name.lower())
        if found is None:
            raise Refused(
                f"This database has no procedure {name} that you may run.",
                "Its scripts are older than this program, come from another folder, or your role lacks the right.",
                "Open Deploy and apply the scripts, or ask a database owner for a role.",
            )
        return found

    def _run(
        self,
        operation: Operation,
        text: str,
        values: list[Any],
        on_message: MessageSink | None,
        *,
        keep: bool,
    ) -> list[list[Row]]:
        """Run in one transaction; again only where the server refused to begin it."""
        for pause in PAUSES:
            try:
                return self._run_once(operation, text, values, on_message, keep=keep)
            except self._link.odbc.Error as error:
                if operation.stopped or not read_error(error).was_not_run:
                    raise
            operation.pause(pause)
        return self._run_once(operation, text, values, on_message, keep=keep)

    def _run_once(
        self,
        operation: Operation,
        text: str,
        values: list[Any],
        on_message: MessageSink | None,
        *,
        keep: bool,
    ) -> list[list[Row]]:
        with (
            self._link.transaction(operation, keep=keep) as connection,
            operation.cursor(connection) as cursor,
        ):
            execute(cursor, text, values)
            return _drained(cursor, on_message, operation)


def _drained(cursor: Any, on_message: MessageSink | None, operation: Operation) -> list[list[Row]]:
    """All result sets. An error behind the first one is only told by nextset, and only to who asks for it."""
    results: list[list[Row]] = []
    while True:
        if on_message is not None:
            for message in spoken(cursor.messages):
                on_message(message)
        if cursor.description is not None:
            results.append(plain_rows(cursor.description, cursor.fetchall()))
        operation.raise_if_stopped()
        if not cursor.nextset():
            return results


def spoken(messages: Sequence[tuple[str, Any]] | None) -> list[str]:
    """What PRINT and RAISERROR said, without the driver's prefix (pyodbc, Cursor.messages)."""
    return [
        without_prefix(text)
        for kind, text in messages or ()
        if isinstance(text, str) and _SPOKEN.fullmatch(kind)
    ]


def _catalogued(rows: Sequence[Sequence[Any]]) -> dict[str, DeployedProcedure]:
    """The procedures by their name in lower case. Where two schemas have one, the program's own schemas win."""
    parameters: dict[tuple[str, str], dict[str, str]] = {}
    for schema, name, parameter in rows:
        known = parameters.setdefault((schema, name), {})
        if parameter:
            known[parameter.lstrip("@").lower()] = parameter
    ours = ("staging", "dbo", "governance")
    ranked = sorted(parameters, key=lambda key: key[0].lower() in ours)
    return {
        name.lower(): DeployedProcedure(schema, name, parameters[schema, name]) for schema, name in ranked
    }


def _execute_text(procedure: DeployedProcedure, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """EXECUTE with named parameters, each spelled as it was declared: a case-sensitive database knows no other.

    NULL is written out: bound, it would have pyodbc ask the server what type it is (SQLDescribeParam).
    Raises Refused for a parameter that the procedure does not have.
    """
    arguments, values = [], []
    for name, value in given.items():
        declared = procedure.parameters.get(name)
        if declared is None or not _PARAMETER.fullmatch(name):
            raise Refused(
                f"The procedure {procedure.name} of this database does not know {name}.",
                "Its scripts are older than this program, or come from another folder.",
                "Open Deploy and apply the scripts, or ask a database owner to.",
            )
        arguments.append(f"{declared} = {'NULL' if value is None else '?'}")
        values += [] if value is None else [value]
    text = f"EXECUTE {quoted(procedure.schema)}.{quoted(procedure.name)} {', '.join(arguments)}"
    return text.rstrip() + ";", values

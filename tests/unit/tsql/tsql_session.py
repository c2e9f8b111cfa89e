"""A session whose procedures are T-SQL's, run on a workspace by the interpreter; its views too, where SQLite can."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlglot import exp
from tsql_functions import register
from tsql_interpreter import Interpreter, Thrown
from tsql_reading import bare, modules
from tsql_statements import parsed
from tsql_to_sqlite import Names, to_sqlite

from divegov_gui.database.procedures import bind
from divegov_gui.database.session import MessageSink, Row
from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.database.sqlite_errors import thrown
from divegov_gui.database.sqlite_host import CLOCK


def padded(path: Path) -> None:
    """Have every text of a workspace compare as SQL Server does, the blanks at its end not counting."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(replace(sql, ' TEXT', ' TEXT COLLATE RTRIM'), "
            "' COLLATE RTRIM COLLATE', ' COLLATE') WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        connection.execute("PRAGMA writable_schema = RESET")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("REINDEX")


SERVER_S_OWN = {
    "dbo.Diver_Directory": "masks are the server's",
    "dbo.Diver_Versions": "masks are the server's",
    "dbo.Diver_Search": "it asks for a role's membership",
    "Governance.Rule_Versions": "the end of time has one digit more on the server",
    "Governance.Action_Log": "the ledger's hashes are no columns",
    "Governance.Deployment_Status": "tells of the scripts that were applied, which are SQLite's",
}
"""Views that stay SQLite's, and why; so do those that read the server's catalogue."""


def with_views_of_tsql(path: Path) -> None:
    """Replace the views of a workspace by the T-SQL ones, in SQLite's words."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, view in modules("VIEW").items():
            tree = parsed(view.body.rstrip().rstrip(";"))
            if name not in SERVER_S_OWN and not any(table.db == "sys" for table in tree.find_all(exp.Table)):
                connection.execute(f"DROP VIEW IF EXISTS {bare(name)}")
                connection.execute(f"CREATE VIEW {bare(name)} AS {to_sqlite(tree, Names({}))}")


def with_functions(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection that knows T-SQL's functions, which the views ask for."""
    register(connection)
    connection.create_function("SYSUTCDATETIME", 0, CLOCK.now)
    connection.create_function(
        "IS_ROLEMEMBER", 1, lambda _: 1
    )  # the owner is asked; server_backend asks for others
    return connection


class TsqlSession:
    """See `divegov_gui.database.session.Session`."""

    def __init__(self, session: SqliteSession) -> None:
        self._session = session
        with_functions(session._raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        session = self._session
        handed_out: dict[str, int] = {}
        try:
            with session._transaction() as transaction:
                context = "SELECT Instant, Actor FROM Transaction_Context"
                instant, actor = session._raw.execute(context).fetchone()
                interpreter = Interpreter(
                    session._raw,
                    instant=instant,
                    actor=actor,
                    log_action=self._log,
                    on_message=on_message or (lambda _: None),
                    handed_out=handed_out,
                )
                try:
                    frame = interpreter.execute(procedure, parameters)
                except Thrown as error:
                    raise thrown(error.number, error.message) from error
                finally:
                    interpreter.note_numbers()
                transaction.keep = not frame.variables.get("v_rehearse")
        finally:
            self._keep_numbers(handed_out)
        return interpreter.results  # type: ignore[return-value]

    def _keep_numbers(self, handed_out: Mapping[str, int]) -> None:
        """What a transaction took of an IDENTITY or a sequence is gone, whether or not it was undone."""
        raw = self._session._raw
        now = dict(raw.execute("SELECT name, seq FROM sqlite_sequence"))
        for table, number in handed_out.items():
            if table not in now:
                raw.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))
            elif now[table] < number:
                raw.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, table))

    def _log(self, arguments: Mapping[str, Any]) -> None:
        """The twin's own procedure writes the log, with its chain of hashes."""
        procedure = self._session._procedure("Log_Action")
        self._session._run(procedure, bind(procedure, arguments), [], lambda _: None, depth=1)

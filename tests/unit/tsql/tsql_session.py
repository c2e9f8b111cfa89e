"""A session whose procedures are the T-SQL ones, run on a workspace by the interpreter; its views are SQLite's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tsql_interpreter import Interpreter, Thrown

from divegov_gui.database.procedures import bind
from divegov_gui.database.session import MessageSink, Row
from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.database.sqlite_errors import thrown


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


class TsqlSession:
    """See `divegov_gui.database.session.Session`."""

    def __init__(self, session: SqliteSession) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def call(
        self, procedure: str, /, *, on_message: MessageSink | None = None, **parameters: Any
    ) -> list[list[Row]]:
        session = self._session
        with session._transaction() as transaction:
            instant, actor = session._raw.execute("SELECT Instant, Actor FROM Transaction_Context").fetchone()
            interpreter = Interpreter(
                session._raw,
                instant=instant,
                actor=actor,
                log_action=self._log,
                on_message=on_message or (lambda _: None),
            )
            try:
                frame = interpreter.execute(procedure, parameters)
            except Thrown as error:
                raise thrown(error.number, error.message) from error
            transaction.keep = not frame.variables.get("v_rehearse")
        return interpreter.results  # type: ignore[return-value]

    def _log(self, arguments: Mapping[str, Any]) -> None:
        """The twin's own procedure writes the log, with its chain of hashes."""
        procedure = self._session._procedure("Log_Action")
        self._session._run(procedure, bind(procedure, arguments), [], lambda _: None, depth=1)

"""The T-SQL procedures on a connection that no session uses: a copy of a workspace, beside that of the twin."""

from __future__ import annotations

import sqlite3
from typing import Any

from tsql_interpreter import Interpreter, Rows, Thrown

from divegov_gui.database.sqlite_host import CLOCK

__all__ = ["Gatekeeper", "Thrown"]


class Gatekeeper:
    """Runs procedures as T-SQL tells them, against a workspace of the SQLite twin. The log is left to the twin."""

    runs: type[Interpreter] = Interpreter

    def __init__(self, connection: sqlite3.Connection, actor: str = "witness") -> None:
        self.connection = connection
        self.actor = actor
        self.messages: list[str] = []

    def govern(self, batch_id: int) -> None:
        """Everything that Govern_Batch does."""
        self.call("Govern_Batch", batch_id=batch_id)

    def call(self, procedure: str, **given: Any) -> list[Rows]:
        """Run a procedure; returns its results. Whatever is thrown, nothing of it is kept."""
        now, self.messages = CLOCK.now(), []
        interpreter = self.runs(
            self.connection, instant=now, actor=self.actor, on_message=self.messages.append
        )
        context = "UPDATE Transaction_Context SET Instant = ?, Actor = ?"
        self.connection.execute("SAVEPOINT Call")
        try:
            self.connection.execute(context, (now, self.actor))
            interpreter.execute(procedure, given)
            self.connection.execute(context, (None, None))
        except BaseException:
            self.connection.execute("ROLLBACK TO Call")
            raise
        finally:
            self.connection.execute("RELEASE Call")
        return interpreter.results

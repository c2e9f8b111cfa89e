"""The databases that the contract is asked of. Another one is a class more, and its name in DIVEGOV_TEST_BACKENDS.

A backend makes a fresh, deployed database and opens sessions with it, which are what the tests use. `run` goes around
the program, as an administrator with the database's own shell does; the tests use it where that is the matter, and to
say on which day a batch was received.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy


class Backend(Protocol):
    """One fresh, deployed database."""

    def open(self) -> Session:
        """A new session."""
        ...

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement in a transaction of its own, without the program."""
        ...

    def columns(self, view: str) -> list[str]:
        """The columns of a view, as the database itself names them."""
        ...

    def dump(self) -> list[str]:
        """Everything that the database holds."""
        ...


class SqliteBackend:
    """A workspace file, copied from one that the program deployed."""

    _deployed: Path | None = None

    def __init__(self, folder: Path) -> None:
        self.path = folder / "workspace.db"
        if SqliteBackend._deployed is None or not SqliteBackend._deployed.exists():
            SqliteBackend._deployed = folder / "deployed.db"
            with closing(open_workspace(SqliteBackend._deployed)) as session:
                deploy(session)
        shutil.copy(SqliteBackend._deployed, self.path)

    def open(self) -> Session:
        return open_workspace(self.path, busy_seconds=0.1)

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(sql, values).fetchall()

    def columns(self, view: str) -> list[str]:
        return [row[1] for row in self.run(f"PRAGMA table_info({view})")]

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())


BACKENDS: dict[str, type[SqliteBackend]] = {"sqlite": SqliteBackend}
CHOSEN = os.environ.get("DIVEGOV_TEST_BACKENDS", "sqlite").split(",")

"""The databases that the contract is asked of: SQLite always, SQL Server where DIVEGOV_TEST_SQLSERVER leads to one.

Between the two stands "tsql": T-SQL's procedures and views, interpreted on SQLite. It knows their logic, and no server.

A backend makes a fresh, deployed database and opens sessions with it, which are what the tests use. `run` goes around
the program, as an administrator with the database's own shell does; the tests use it where that is the matter, and to
say on which day a batch was received. What only the embedded workspace has is marked `sqlite_only`.
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

CONNECTION_STRING = os.environ.get("DIVEGOV_TEST_SQLSERVER", "")
"""An ODBC connection string of a login that may create databases. Each test works in one of the tests' own."""

CHOSEN = ("sqlite", "tsql", "sqlserver") if CONNECTION_STRING else ("sqlite", "tsql")


class Backend(Protocol):
    """One fresh, deployed database."""

    @property
    def outsider(self) -> str:
        """The name under which a change made without the program is signed."""
        ...

    def open(self, role: str | None = None, steward: str | None = None) -> Session:
        """A new session; `role`: of somebody who has that role and no other. Without one, of who sees everything.

        `steward`: of a person of that name.
        """
        ...

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement in a transaction of its own, without the program. Tables are named without a schema."""
        ...

    def columns(self, view: str) -> list[str]:
        """The columns of a view, as the database itself names them."""
        ...

    def dump(self) -> list[str]:
        """Everything that the database holds."""
        ...


class SqliteBackend:
    """A workspace file, copied from one that the program deployed."""

    outsider = "unknown (outside the program)"
    _deployed: Path | None = None

    def __init__(self, folder: Path) -> None:
        self.path = folder / "workspace.db"
        kind = type(self)
        if kind._deployed is None or not kind._deployed.exists():
            kind._deployed = folder / "deployed.db"
            kind._deploy(kind._deployed)
        shutil.copy(kind._deployed, self.path)

    @classmethod
    def _deploy(cls, path: Path) -> None:
        with closing(open_workspace(path)) as session:
            deploy(session)

    def copied(self, folder: Path) -> SqliteBackend:
        """Another workspace that is as this one, which nobody has open."""
        copy = type(self)(folder)
        shutil.copy(self.path, copy.path)
        return copy

    def open(self, role: str | None = None, steward: str | None = None) -> Session:
        return open_workspace(self.path, persona=role or "owner", busy_seconds=0.1, actor=steward)

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with closing(self._connect()) as connection, connection:
            return connection.execute(sql, values).fetchall()

    def columns(self, view: str) -> list[str]:
        return [row[1] for row in self.run(f"PRAGMA table_info({view})")]

    def dump(self) -> list[str]:
        with closing(self._connect()) as connection:
            return list(connection.iterdump())

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)

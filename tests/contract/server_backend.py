"""The contract's databases on a SQL Server: made, deployed and dropped by the tests.

Deploying takes seconds, and hundreds of tests want a database of their own. So a database is deployed once and a
snapshot taken of it; when a test has closed its sessions, the next gets the same database, put back to its snapshot.
Their collation is Turkish, which holds that i and I are different letters: no verdict may hang on it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import cached_property
from typing import Any

from divegov_gui.database.odbc_link import Link, quoted
from divegov_gui.database.odbc_select import SQL_TYPE_TIMESTAMP, instant_text, plain
from divegov_gui.database.session import Session
from divegov_gui.database.sqlserver import ROLES, SqlServerSession
from divegov_gui.services.deployment import deploy

COLLATION = "Turkish_100_CI_AS"
_TABLE = re.compile(r"\b(FROM|JOIN|INTO|UPDATE)(\s+)([A-Za-z_]+)\b(?!\.)")


class Server:
    """A SQL Server on which databases may be made. `odbc` is pyodbc, or what stands in for it."""

    def __init__(self, connection_string: str, odbc: Any) -> None:
        self._text = connection_string
        self._odbc = odbc
        self._made: list[str] = []
        self._free: list[str] = []
        self._people: dict[str, str] = {}
        odbc.pooling = False

    def lend(self) -> str:
        """The name of a database that is as it was when it was deployed."""
        if self._free:
            name = self._free.pop()
            self._put_back(name)
            return name
        name = f"DiveGovTest_{uuid.uuid4().hex[:12]}"
        self.execute("master", f"CREATE DATABASE {quoted(name)} COLLATE {COLLATION}")
        self._made.append(name)
        with closing(self.session(name)) as session:
            deploy(session)
        for role in ROLES:
            self.execute(name, f"CREATE USER {quoted(f'test_{role}')} WITHOUT LOGIN")
            self.execute(name, f"ALTER ROLE {quoted(role)} ADD MEMBER {quoted(f'test_{role}')}")
        self._take_snapshot(name)
        return name

    def give_back(self, name: str) -> None:
        """A test is done with a database."""
        self._free.append(name)

    def drop_all(self) -> None:
        """Drop every database that was made here."""
        for name in self._made:
            self.execute("master", f"DROP DATABASE IF EXISTS {quoted(f'{name}_snapshot')}")
            self._alone(name)
            self.execute("master", f"DROP DATABASE {quoted(name)}")
        for name in self._people:
            self.execute("master", f"DROP LOGIN {quoted(name)}")
        self._made.clear()
        self._free.clear()
        self._people.clear()

    def session(
        self,
        database: str,
        role: str | None = None,
        steward: str | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> SqlServerSession:
        """A session of the program; `role`: as a user who is a member of that role and of nothing else.

        `steward`: as a login of that name, made for the tests, who owns the database.
        """
        login = self._login(steward, database) if steward else ""

        def connect() -> Any:
            connection = self._connect(database, login)
            if role is not None:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(f"EXECUTE AS USER = N'test_{role}'")
            return connection

        link = Link(self._odbc, connect, "the test server")
        link.open()
        return LentSession(link, on_close)

    def execute(self, database: str, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement in a transaction of its own; its rows, as SQLite would give them."""
        with closing(self._connect(database)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql, *([list(values)] if values else []))
            rows = cursor.fetchall() if cursor.description else []
            while cursor.nextset():  # an error behind the first result is told only to who asks for it
                pass
            return [tuple(map(plain, row)) for row in rows]

    def _login(self, name: str, database: str) -> str:
        """What logs somebody of that name in to a database."""
        if name not in self._people:
            self._people[name] = f"Dg1-{uuid.uuid4()}"
            self.execute(
                "master",
                f"CREATE LOGIN {quoted(name)} WITH PASSWORD = N'{self._people[name]}', CHECK_POLICY = OFF",
            )
        self.execute(
            database,
            f"IF USER_ID(N'{name}') IS NULL BEGIN CREATE USER {quoted(name)} FOR LOGIN {quoted(name)}; "
            f"ALTER ROLE db_owner ADD MEMBER {quoted(name)}; END",
        )
        return f"UID={name};PWD={self._people[name]};Trusted_Connection=no;"

    def _connect(self, database: str, login: str = "") -> Any:
        # Of a keyword that stands there twice the first counts (ODBC, "SQLDriverConnect").
        text = f"DATABASE={database};{login}{self._text}"
        connection = self._odbc.connect(text, autocommit=True, timeout=30)
        connection.add_output_converter(SQL_TYPE_TIMESTAMP, instant_text)
        return connection

    def _take_snapshot(self, name: str) -> None:
        ((logical, physical),) = self.execute(
            name, "SELECT name, physical_name FROM sys.database_files WHERE type_desc = N'ROWS'"
        )
        file = physical.replace("'", "''")
        self.execute(
            "master",
            f"CREATE DATABASE {quoted(f'{name}_snapshot')} ON (NAME = {quoted(logical)}, FILENAME = N'{file}.ss') "
            f"AS SNAPSHOT OF {quoted(name)}",
        )

    def _put_back(self, name: str) -> None:
        self._alone(name)
        self.execute("master", f"RESTORE DATABASE {quoted(name)} FROM DATABASE_SNAPSHOT = N'{name}_snapshot'")
        self.execute("master", f"ALTER DATABASE {quoted(name)} SET MULTI_USER")

    def _alone(self, name: str) -> None:
        self.execute("master", f"ALTER DATABASE {quoted(name)} SET SINGLE_USER WITH ROLLBACK IMMEDIATE")


class LentSession(SqlServerSession):
    """A session that tells when it is closed."""

    def __init__(self, link: Link, on_close: Callable[[], None] | None) -> None:
        super().__init__(link)
        self._on_close = on_close

    def close(self) -> None:
        super().close()
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()


class SqlServerBackend:
    """A database of a server, the test's own until it has closed its sessions."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._name = server.lend()
        self._open = 0

    @cached_property
    def outsider(self) -> str:
        return str(self._server.execute(self._name, "SELECT ORIGINAL_LOGIN()")[0][0])

    @cached_property
    def _schemas(self) -> dict[str, str]:
        rows = self._server.execute(
            self._name,
            "SELECT o.name, s.name FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id "
            "WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0",
        )
        return dict(rows)

    def open(self, role: str | None = None, steward: str | None = None) -> Session:
        self._open += 1
        return self._server.session(self._name, role, steward, self._closed)

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._server.execute(self._name, self._qualified(sql), values)

    def columns(self, view: str) -> list[str]:
        name = f"{self._schemas[view]}.{view}"
        sql = f"SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(N'{name}') ORDER BY column_id"
        return [row[0] for row in self._server.execute(self._name, sql)]

    def dump(self) -> list[str]:
        columns: dict[str, list[str]] = {}
        for schema, table, column in self._server.execute(
            self._name,
            "SELECT s.name, t.name, c.name FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id "
            "JOIN sys.columns AS c ON c.object_id = t.object_id WHERE t.is_ms_shipped = 0 "
            "ORDER BY s.name, t.name, c.column_id",
        ):
            columns.setdefault(f"{quoted(schema)}.{quoted(table)}", []).append(quoted(column))
        return [line for table, names in columns.items() for line in sorted(self._rows(table, names))]

    def _rows(self, table: str, columns: Iterable[str]) -> list[str]:
        rows = self._server.execute(self._name, f"SELECT {', '.join(columns)} FROM {table}")
        return [f"{table} {row!r}" for row in rows]

    def _qualified(self, sql: str) -> str:
        """The statement with its tables' schemas, where it names a table of ours."""

        def named(found: re.Match[str]) -> str:
            schema = self._schemas.get(found[3])
            return f"{found[1]}{found[2]}{schema}.{found[3]}" if schema else found[0]

        return _TABLE.sub(named, sql)

    def _closed(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._server.give_back(self._name)

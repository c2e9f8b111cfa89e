"""A pyodbc that has no driver behind it: the same names, and a server that the test plays.

What is true of the real one and matters here: a text of more than 2,000 units is sent as NTEXT, which only becomes
another type where it is assigned or cast; errors are (sqlstate, text) in `args`, the text with the driver's prefix
and the server's number in parentheses; an error behind the first result set comes from nextset; messages belong to the
result they stand before; cancel may come from another thread and makes what runs fail with HY008.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

PREFIX = "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]"


class Error(Exception):
    pass


class DatabaseError(Error):
    pass


class InterfaceError(Error):
    pass


class OperationalError(DatabaseError):
    pass


class ProgrammingError(DatabaseError):
    pass


def failure(native: int, text: str, state: str = "42000", kind: type[Error] = ProgrammingError) -> Error:
    """An error as pyodbc makes it of one diagnostic record."""
    return kind(state, f"[{state}] {PREFIX}{text} ({native}) (SQLExecDirectW)")


def link_lost() -> Error:
    return failure(
        10054, "TCP Provider: An existing connection was forcibly closed.", "08S01", OperationalError
    )


TAKES_NTEXT = re.compile(r"(?:\bCAST\(|@\w+(?: NVARCHAR\(MAX\))? = )\Z", re.IGNORECASE)


def refuse_ntext(text: str, values: Sequence[Any]) -> None:
    """SQL Server's error for a long text that is bound where NTEXT may not stand."""
    for value, before in zip(values, text.split("?"), strict=False):
        is_ntext = isinstance(value, str) and len(value.encode("utf-16-le")) > 4_000
        if is_ntext and not TAKES_NTEXT.search(before):
            raise failure(8116, "Argument data type ntext is invalid for argument 1 of openjson function.")


@dataclass
class Result:
    """One result: its messages, its columns and rows (none: a count only), or an error in its place."""

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    messages: Sequence[tuple[str, str]] = ()
    error: Exception | None = None


def printed(text: str, native: int = 0) -> tuple[str, str]:
    return (f"[01000] ({native})", PREFIX + text)


class Running:
    """A statement that runs until it is cancelled; `began` is set when it does."""

    def __init__(self) -> None:
        self.began = threading.Event()


Answer = Any  # a Result, a list of them, an Error to raise, or Running
Server = Callable[[str, list[Any]], Answer]


class Odbc:
    """The module. `server` answers every statement; `log` is what happened, in order."""

    Error, DatabaseError, InterfaceError = Error, DatabaseError, InterfaceError
    OperationalError, ProgrammingError = OperationalError, ProgrammingError

    def __init__(
        self, server: Server = lambda _s, _v: Result(), drivers: Sequence[str] | None = None
    ) -> None:
        self.server = server
        self.installed = ["ODBC Driver 18 for SQL Server"] if drivers is None else list(drivers)
        self.pooling = True
        self.log: list[str] = []
        self.statements: list[tuple[str, list[Any]]] = []
        self.connects: list[tuple[str, dict[str, Any]]] = []
        self.refusals: list[Exception] = []
        self.connections: list[Connection] = []
        self.closed = threading.Event()

    def drivers(self) -> list[str]:
        return self.installed

    def connect(self, text: str, **options: Any) -> Connection:
        assert self.pooling is False, "pooling is switched off before the first connection"
        self.connects.append((text, options))
        self.log.append("connect")
        if self.refusals:
            raise self.refusals.pop(0)
        connection = Connection(self, options["autocommit"])
        self.connections.append(connection)
        return connection


class Connection:
    def __init__(self, odbc: Odbc, autocommit: bool) -> None:
        self._odbc = odbc
        self._autocommit = autocommit
        self.converters: dict[int, Callable[[bytes], Any]] = {}
        self.timeout = 0
        self.closed = False
        self.end: Exception | None = None

    @property
    def autocommit(self) -> bool:
        return self._autocommit

    @autocommit.setter
    def autocommit(self, on: bool) -> None:
        self._alive()
        self._odbc.log.append(f"autocommit {'on' if on else 'off'}")
        self._autocommit = on

    def add_output_converter(self, kind: int, function: Callable[[bytes], Any]) -> None:
        self.converters[kind] = function

    def cursor(self) -> Cursor:
        self._alive()
        return Cursor(self._odbc, self)

    def commit(self) -> None:
        self._ended("commit")

    def rollback(self) -> None:
        self._ended("rollback")

    def close(self) -> None:
        self._alive()
        self._odbc.log.append("close")
        self.closed = True
        self._odbc.closed.set()

    def _ended(self, how: str) -> None:
        self._alive()
        self._odbc.log.append(how)
        if self.end is not None:
            error, self.end = self.end, None
            raise error

    def _alive(self) -> None:
        if self.closed:
            raise ProgrammingError("Attempt to use a closed connection.", "HY000")


class Cursor:
    def __init__(self, odbc: Odbc, connection: Connection) -> None:
        self._odbc = odbc
        self._connection = connection
        self._results: list[Result] = []
        self._cancelled = threading.Event()
        self.closed = False
        self.noscan = False

    @property
    def messages(self) -> list[tuple[str, str]]:
        return list(self._results[0].messages) if self._results else []

    @property
    def description(self) -> list[tuple[Any, ...]] | None:
        columns = self._results[0].columns if self._results else ()
        return [(name, str, None, None, None, None, True) for name in columns] or None

    def execute(self, text: str, values: list[Any] | None = None) -> Cursor:
        given = values or []
        assert text.count("?") == len(given) or not given, "as many values as markers"
        refuse_ntext(text, given)
        self._odbc.statements.append((text, given))
        self._odbc.log.append("execute")
        answer = self._odbc.server(text, given)
        if isinstance(answer, Running):
            answer.began.set()
            assert self._cancelled.wait(30), "nobody cancelled"
            raise failure(0, "Operation canceled", "HY008", Error)
        if isinstance(answer, Exception):
            raise answer
        self._results = [answer] if isinstance(answer, Result) else list(answer)
        self._raise()
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        if not self.description:
            raise ProgrammingError("No results.  Previous SQL was not a query.", "HY000")
        rows, self._results[0].rows = self._results[0].rows, ()
        return [tuple(row) for row in rows]

    def nextset(self) -> bool:
        self._results = self._results[1:]
        self._raise()
        return bool(self._results)

    def cancel(self) -> None:
        assert not self.closed, "a closed cursor is never cancelled"
        self._odbc.log.append("cancel")
        self._cancelled.set()

    def close(self) -> None:
        self.closed = True

    def _raise(self) -> None:
        if self._results and self._results[0].error is not None:
            raise self._results[0].error

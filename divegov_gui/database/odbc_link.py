"""One connection to SQL Server: opening it, what runs on it, stopping that from another thread, starting it again.

Nothing here knows a view or a procedure. The connection is in autocommit mode but for the length of a transaction, so
that a SELECT leaves none open. What may be repeated is: opening, and reading; a transaction never is, but for its
request that the server refused to begin (`DriverError.was_not_run`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from divegov_gui.core.errors import Cancelled, ConnectionFailed
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.odbc_drivers import choose_driver, load_pyodbc
from divegov_gui.database.odbc_entra import entra_token
from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.database.odbc_select import SQL_TYPE_TIMESTAMP, instant_text
from divegov_gui.database.odbc_strings import Secret, connection_string, token_attribute, wants_token
from divegov_gui.database.sqlserver_errors import DriverError, read_error, translated

PAUSES = (1.0, 2.0, 4.0)
"""Seconds between attempts; there is one attempt more. A cancellation ends a pause at once."""

IDLE_SECONDS = 60.0
"""After so long without a request a connection is asked whether it is still there before it is relied on: firewalls and
Azure's gateway forget idle ones (learn.microsoft.com, "Azure SQL connectivity architecture")."""

Wait = Callable[[threading.Event, float], object]


class Operation:
    """What runs on a connection now. Only `stop` may be called from another thread."""

    def __init__(self, wait: Wait) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._wait = wait
        self._cursor: Any = None

    @property
    def stopped(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ask it to stop: SQLCancel on the statement that runs (pyodbc's Cursor.cancel is made for another thread).

        Called in the instant before a statement begins, it is seen when that statement ends: nothing is kept then.
        """
        with self._lock:
            self._stopped.set()
            if self._cursor is not None:
                try:
                    self._cursor.cancel()
                except Exception:  # noqa: BLE001 - the statement may just have ended; the flag holds all the same
                    return

    def raise_if_stopped(self) -> None:
        """Raise Cancelled if somebody asked it to stop."""
        if self.stopped:
            raise Cancelled("Stopped.", "What was being written was undone.")

    def pause(self, seconds: float) -> None:
        """Wait between attempts. Raises Cancelled as soon as it is stopped."""
        self._wait(self._stopped, seconds)
        self.raise_if_stopped()

    @contextmanager
    def cursor(self, connection: Any) -> Iterator[Any]:
        """A cursor that `stop` reaches. It is closed under the lock, so that nobody cancels a closed one."""
        self.raise_if_stopped()
        cursor = connection.cursor()
        with self._lock:
            self._cursor = cursor
        try:
            yield cursor
        finally:
            with self._lock:
                self._cursor = None
                _close_quietly(cursor)


class Link:
    """A connection that is opened again when it was lost, used by one thread."""

    def __init__(
        self,
        odbc: Any,
        connect: Callable[[], Any],
        target: str,
        *,
        wait: Wait = threading.Event.wait,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.odbc = odbc
        self.target = target
        self._connect = connect
        self._wait = wait
        self._clock = clock
        self._connection: Any = None
        self._operation: Operation | None = None
        self._last_used = clock()

    # -- life ---------------------------------------------------------------------------------------------

    def open(self, cancel: CancelToken | None = None) -> None:
        """Connect, again where the error is one that passes. Raises ConnectionFailed, Refused or Cancelled."""
        with self.operation() as operation:
            forget = cancel.on_cancel(operation.stop) if cancel else None
            try:
                if cancel:
                    cancel.raise_if_cancelled()
                self.connected(operation)
            finally:
                if forget:
                    forget()

    def close(self) -> None:
        """Close the connection; once closed, closing again does nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            _close_quietly(connection)

    def is_open_with(self, connection: Any) -> bool:
        """Whether `connection` is still the one in use."""
        return self._connection is connection

    def interrupt(self) -> None:
        """Stop what runs, if anything does; safe from any thread."""
        operation = self._operation
        if operation is not None:
            operation.stop()

    # -- running ------------------------------------------------------------------------------------------

    @contextmanager
    def operation(self) -> Iterator[Operation]:
        """The length of one request of a person; the driver's errors leave it in the program's own words."""
        operation = Operation(self._wait)
        self._operation = operation
        try:
            yield operation
        except self.odbc.Error as error:
            if read_error(error).lost_link:
                self.close()
            raise translated(error, self.target, stopped=operation.stopped) from error
        finally:
            self._operation = None
            self._last_used = self._clock()

    def connected(self, operation: Operation) -> Any:
        """The connection, opened where there is none (any more), asked where it has been idle for long."""
        if self._connection is not None and self._clock() - self._last_used > IDLE_SECONDS:
            self._ask(operation)
        if self._connection is None:
            self._connection = self._connect_again(operation)
        self._last_used = self._clock()
        return self._connection

    def read(
        self, operation: Operation, text: str, values: Sequence[Any] = ()
    ) -> tuple[list[Sequence[Any]], list[Sequence[Any]]]:
        """The description and the rows of one question, repeated where the error is one that passes."""

        def once() -> tuple[list[Sequence[Any]], list[Sequence[Any]]]:
            with operation.cursor(self.connected(operation)) as cursor:
                execute(cursor, text, values)
                while cursor.description is None:  # what the server says first is a result of its own
                    if not cursor.nextset():
                        return [], []
                description, rows = list(cursor.description), list(cursor.fetchall())
                while cursor.nextset():
                    operation.raise_if_stopped()
                return description, rows

        answer: tuple[list[Sequence[Any]], list[Sequence[Any]]] = self._repeating(
            operation, once, lambda said: said.is_transient
        )
        return answer

    @contextmanager
    def transaction(self, operation: Operation, *, keep: bool = True) -> Iterator[Any]:
        """Manual commit for the length of a with block: COMMIT at its end, ROLLBACK where anything is raised."""
        connection = self.connected(operation)
        connection.autocommit = False
        try:
            yield connection
            operation.raise_if_stopped()
            self._commit(connection) if keep else connection.rollback()
        except BaseException:
            self._undo(connection)
            raise
        finally:
            if self._connection is connection:
                self._to_autocommit(connection)

    def _commit(self, connection: Any) -> None:
        try:
            connection.commit()
        except self.odbc.Error as error:
            if not read_error(error).lost_link:
                raise
            self.close()
            raise ConnectionFailed(
                f"The connection to {self.target} broke at the very end.",
                "Whether the change was kept is not known.",
                "Look at it again before you repeat it.",
            ) from error

    def _undo(self, connection: Any) -> None:
        """Roll back; where even that fails the connection is closed, and the server rolls back by itself."""
        try:
            connection.rollback()
        except self.odbc.Error:
            if self._connection is connection:
                self.close()

    def _to_autocommit(self, connection: Any) -> None:
        try:
            connection.autocommit = True
        except self.odbc.Error:
            self.close()

    def _connect_again(self, operation: Operation) -> Any:
        try:
            return self._repeating(operation, self._connect, lambda said: said.may_open_later)
        except self.odbc.Error as error:  # translated here: what is not connected is not worth repeating
            raise translated(error, self.target, stopped=operation.stopped, opening=True) from error

    def _ask(self, operation: Operation) -> None:
        try:
            with operation.cursor(self._connection) as cursor:
                execute(cursor, "SELECT 1")
                cursor.fetchall()
        except self.odbc.Error:
            operation.raise_if_stopped()
            self.close()

    def _repeating(
        self, operation: Operation, action: Callable[[], Any], may_repeat: Callable[[DriverError], bool]
    ) -> Any:
        for pause in PAUSES:
            operation.raise_if_stopped()
            try:
                return action()
            except self.odbc.Error as error:
                said = read_error(error)
                if operation.stopped or not may_repeat(said):
                    raise
                if said.lost_link:
                    self.close()
            operation.pause(pause)
        return action()


def open_link(
    profile: SqlServerProfile,
    password: Secret | None = None,
    *,
    database: str | None = None,
    odbc: Any = None,
    cancel: CancelToken | None = None,
    wait: Wait = threading.Event.wait,
    clock: Callable[[], float] = time.monotonic,
) -> Link:
    """Connect to a SQL Server. Raises ConnectionFailed with what to do, InputRefused, Refused, Cancelled.

    `database` is another one than the profile's. `odbc` stands in for pyodbc in tests.
    """
    profile.check()
    module = odbc if odbc is not None else load_pyodbc()
    driver = choose_driver(module, profile.driver)
    module.pooling = False  # the driver manager's pool would keep logins of other people alive

    def connect() -> Any:
        options: dict[str, Any] = {"timeout": profile.login_timeout, "autocommit": True}
        if wants_token(profile):
            options["attrs_before"] = token_attribute(entra_token(profile))
        text = connection_string(profile, driver, password, database=database)
        connection = module.connect(text, **options)
        connection.add_output_converter(SQL_TYPE_TIMESTAMP, instant_text)
        connection.timeout = profile.query_timeout
        return connection

    link = Link(module, connect, profile.label, wait=wait, clock=clock)
    link.open(cancel)
    return link


def execute(cursor: Any, text: str, values: Sequence[Any] = ()) -> None:
    """Run a statement; without values it is not prepared."""
    if values:
        cursor.execute(text, list(values))
    else:
        cursor.execute(text)


def quoted(name: str) -> str:
    """An identifier in brackets (learn.microsoft.com, "QUOTENAME")."""
    return "[" + name.replace("]", "]]") + "]"


def _close_quietly(closable: Any) -> None:
    try:
        closable.close()
    except Exception:  # noqa: BLE001 - it is gone already, or with the connection
        return

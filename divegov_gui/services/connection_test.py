"""Testing a connection to SQL Server step by step, so that a person sees where it stops and what to do.

driver → name → port → encryption → login → database → version → permissions → schema. Each step is bounded in time and
can be cancelled; the first that fails ends the walk, and those behind it are told as not tried.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.numbers import decimal
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.odbc_profile import Authentication, SqlServerProfile
from divegov_gui.database.odbc_strings import Secret
from divegov_gui.services.connection_steps import Failed, Skipped, Walk

T = TypeVar("T")

SIGNING_IN_SECONDS = 180.0
"""How long a person may take in the browser."""

_SLACK = 2.0
"""What a step gets beyond the driver's or the socket's own timeout, which tells more than ours does."""


class Step(Enum):
    """The steps, in their order; the value is what the screen calls them."""

    DRIVER = "ODBC driver"
    NAME = "Server name"
    PORT = "Port"
    ENCRYPTION = "Encryption"
    LOGIN = "Login"
    DATABASE = "Database"
    VERSION = "Version and edition"
    PERMISSIONS = "Permissions"
    SCHEMA = "Schema"


class State(Enum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class StepResult:
    """One step: what was found, in words, and what to do where it failed.

    `can_create_database`: the database is missing, and this login may make it (`create_database`).
    """

    step: Step
    state: State
    words: str
    advice: str = ""
    can_create_database: bool = False


def walk_connection(
    profile: SqlServerProfile,
    password: Secret | None = None,
    *,
    cancel: CancelToken | None = None,
    odbc: Any = None,
) -> Iterator[StepResult]:
    """Yield each step's result as it is known, all nine. Raises Cancelled; anything else is told as a step's failure.

    Takes at most the profile's login timeout for each step. `odbc` stands in for pyodbc in tests.
    """
    token = cancel or CancelToken()
    walk = Walk(profile, password, token, odbc)
    failed = False
    try:
        for step in Step:
            result = _not_tried(step) if failed else _take(step, walk, token)
            failed = failed or result.state is State.FAILED
            yield result
    finally:
        if not walk.abandoned:
            walk.close()


def create_database(
    profile: SqlServerProfile,
    password: Secret | None = None,
    *,
    cancel: CancelToken | None = None,
    odbc: Any = None,
) -> None:
    """Make the profile's database, empty, for Deploy to fill. Raises Refused, ConnectionFailed, Cancelled."""
    from divegov_gui.database import sqlserver

    sqlserver.create_database(profile, password, cancel=cancel, odbc=odbc)


class NotInTime(Exception):
    """A step took longer than it was given."""


def bounded(
    work: Callable[[], T], seconds: float, cancel: CancelToken, afterwards: Callable[[], None] = lambda: None
) -> T:
    """Run `work` in a thread of its own, and wait for it no longer than `seconds`, nor beyond a cancellation.

    Name resolution and a driver's login can be neither cancelled nor bounded from outside: they are left behind, and
    `afterwards` is called when such a one has ended. Raises NotInTime, Cancelled, and what `work` raises.
    """
    wake, lock = threading.Event(), threading.Lock()
    results: list[T] = []
    errors: list[BaseException] = []
    left_behind = False

    def run() -> None:
        found: list[T] = []
        failed: list[BaseException] = []
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            failed.append(error)
        with lock:
            results.extend(found)
            errors.extend(failed)
            unwanted = left_behind
        if unwanted:
            afterwards()
        wake.set()

    cancel.raise_if_cancelled()
    forget = cancel.on_cancel(wake.set)
    threading.Thread(target=run, name="divegov-connection-test", daemon=True).start()
    wake.wait(seconds)
    forget()
    with lock:
        left_behind = not results and not errors
    cancel.raise_if_cancelled()
    if errors:
        raise errors[0]
    if left_behind:
        raise NotInTime
    return results[0]


def _take(step: Step, walk: Walk, cancel: CancelToken) -> StepResult:
    actions: dict[Step, Callable[[], str]] = {
        Step.DRIVER: walk.find_driver,
        Step.NAME: walk.resolve_name,
        Step.PORT: walk.reach_port,
        Step.ENCRYPTION: walk.agree_on_encryption,
        Step.LOGIN: walk.log_in,
        Step.DATABASE: walk.open_database,
        Step.VERSION: walk.read_version,
        Step.PERMISSIONS: walk.read_permissions,
        Step.SCHEMA: walk.read_schema,
    }
    seconds = _seconds(step, walk.profile)
    try:
        return StepResult(step, State.OK, bounded(actions[step], seconds, cancel, walk.close))
    except Skipped as skipped:
        return StepResult(step, State.SKIPPED, skipped.words)
    except Failed as failure:
        return StepResult(step, State.FAILED, failure.words, failure.advice, failure.can_create_database)
    except NotInTime:
        walk.abandon()
        return StepResult(
            step,
            State.FAILED,
            f"No answer within {decimal(seconds - _SLACK, 0)} seconds.",
            _TIMEOUT_ADVICE[step],
        )
    except Cancelled:
        walk.abandon()
        raise
    except DiveGovError as error:
        return StepResult(step, State.FAILED, str(error), error.hint)


def _seconds(step: Step, profile: SqlServerProfile) -> float:
    asks_person = step is Step.LOGIN and profile.authentication is Authentication.ENTRA_INTERACTIVE
    return (SIGNING_IN_SECONDS if asks_person else float(profile.login_timeout)) + _SLACK


def _not_tried(step: Step) -> StepResult:
    return StepResult(step, State.SKIPPED, "Not tried.")


_NETWORK = "Check the network, the VPN and the firewalls between here and there."
_TIMEOUT_ADVICE: dict[Step, str] = {
    Step.DRIVER: "Install the driver again.",
    Step.NAME: "The name server does not answer. " + _NETWORK,
    Step.PORT: _NETWORK,
    Step.ENCRYPTION: "Something holds the port open and says nothing: check that it is SQL Server's. "
    + _NETWORK,
    Step.LOGIN: "The server is there, but slow to let one in. Try again, or give it longer in the profile.",
    Step.DATABASE: "The server is busy. Try again.",
    Step.VERSION: "The server is busy. Try again.",
    Step.PERMISSIONS: "The server is busy. Try again.",
    Step.SCHEMA: "The server is busy, or a deployment is running. Try again.",
}


def summary(results: list[StepResult]) -> str:
    """One sentence on all steps together."""
    with contextlib.suppress(StopIteration):
        failed = next(r for r in results if r.state is State.FAILED)
        return f"It stops at: {failed.step.value.lower()}. {failed.words}"
    return "Everything works."

"""The thread of a worker: takes jobs in order, and opens, uses and closes their session there; tells by messages."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QThread

from divegov_gui.core.errors import ConnectionFailed, DiveGovError
from divegov_gui.core.progress import Progress, ProgressSink

if TYPE_CHECKING:
    from divegov_gui.ui.tasks import TaskHandle

REPORTS_PER_SECOND = 30


@dataclass(frozen=True)
class Started:
    """A job has begun."""

    handle: TaskHandle


@dataclass(frozen=True)
class Reported:
    """A job says how far it is."""

    handle: TaskHandle
    progress: Progress


@dataclass(frozen=True)
class Ended:
    """A job is through, with what it returned or raised."""

    handle: TaskHandle
    value: Any = None
    error: BaseException | None = None


class WorkerThread(QThread):
    """Takes jobs in order, the patient ones last; `emit` is called in the thread with each message."""

    def __init__(self, open_session: Callable[[], Any], emit: Callable[[object], None], name: str) -> None:
        super().__init__()
        self.setObjectName(f"thread.{name}")
        self._open_session = open_session
        self._emit = emit
        self._queue: deque[TaskHandle] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._session: Any = None

    def put(self, handle: TaskHandle) -> None:
        """Queue a job; the thread starts with the first."""
        with self._wake:
            self._queue.append(handle)
            self._wake.notify()
        if not self.isRunning():
            self.start()

    def withdraw(self, handle: TaskHandle) -> bool:
        """Take a job back; False where it has begun or ended already."""
        with self._wake:
            if handle not in self._queue:
                return False
            self._queue.remove(handle)
            return True

    def has_begun(self, handle: TaskHandle) -> bool:
        """Whether a job that was put here has left the queue."""
        with self._wake:
            return handle not in self._queue

    def leave(self) -> None:
        """End the thread after the job that runs."""
        with self._wake:
            self._stopping = True
            self._queue.clear()
            self._wake.notify()

    def run(self) -> None:
        """Take jobs until told to stop; the session never leaves this function's thread."""
        try:
            while (handle := self._take()) is not None:
                self._emit(self._work(handle))
        finally:
            self._close()

    def _take(self) -> TaskHandle | None:
        with self._wake:
            while not self._queue and not self._stopping:
                self._wake.wait()
            if self._stopping:
                return None
            handle = next((each for each in self._queue if not each.is_patient), self._queue[0])
            self._queue.remove(handle)
            return handle

    def _work(self, handle: TaskHandle) -> Ended:
        report = _Throttle(lambda progress: self._emit(Reported(handle, progress)))
        try:
            handle.token.raise_if_cancelled()
            self._emit(Started(handle))
            if self._session is None:
                self._session = self._open_session()
            value = handle.job(self._session, report, handle.token)
        except DiveGovError as error:
            if isinstance(error, ConnectionFailed):
                self._close()
            return Ended(handle, error=error)
        except BaseException as error:  # noqa: BLE001 - a bug: handed to the crash reporter on the UI thread
            return Ended(handle, error=error)
        report.flush()
        return Ended(handle, value)

    def _close(self) -> None:
        session, self._session = self._session, None
        close = getattr(session, "close", None)
        if callable(close):
            try:
                close()
            except DiveGovError:
                return  # it is gone already, which is what was wanted


class _Throttle:
    """Lets through `REPORTS_PER_SECOND` reports, each change of stage, and at the end the last one."""

    def __init__(self, emit: ProgressSink) -> None:
        self._emit = emit
        self._stage: str | None = None
        self._next = 0.0
        self._held: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == self._stage and now < self._next:
            self._held = progress
            return
        self._stage, self._next, self._held = progress.stage, now + 1 / REPORTS_PER_SECOND, None
        self._emit(progress)

    def flush(self) -> None:
        """Let the report through that was held back last."""
        if self._held is not None:
            self._emit(self._held)
            self._held = None

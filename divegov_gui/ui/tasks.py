"""Work off the UI thread: one thread a database session, answers back through one queued signal.

A job is a plain function of a session, a progress sink and a cancel token. What is submitted ends in
exactly one of `on_success` and `on_failure`, called on the UI thread, unless a newer job of its kind has
replaced it: then in neither. `on_finished` is called in every case.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QThread, Signal

from divegov_gui.core.errors import Cancelled, ConnectionFailed, DiveGovError
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink

T = TypeVar("T")
OpenSession = Callable[[], Any]
Job = Callable[[Any, ProgressSink, CancelToken], T]
OnCrash = Callable[[BaseException], object]

REPORTS_PER_SECOND = 30


class TaskCrashed(DiveGovError):
    """The program itself failed in a job; the crash reporter has been told."""

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong inside the program.",
            "The work was not finished.",
            "The crash report says where. What the database had already confirmed is kept.",
        )


class TaskState(Enum):
    """Where a task stands; the last four are final."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class TaskHandle:
    """One submitted job, as the UI thread sees it."""

    def __init__(self, job: Job[Any], label: str, kind: str | None, write: bool) -> None:
        self.job = job
        self.label = label
        """What the status bar calls it; a task without a label is not shown."""
        self.kind = kind
        self.write = write
        self.token = CancelToken()
        self.state = TaskState.WAITING
        self.progress: Progress | None = None
        self.started_at: float | None = None
        """`time.monotonic()` at the start, None while it waits."""
        self.on_success: Callable[[Any], object] | None = None
        self.on_failure: Callable[[DiveGovError], object] | None = None
        self.on_progress: Callable[[Progress], object] | None = None
        self.on_finished: Callable[[TaskHandle], object] | None = None
        self.owner: QObject | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in (TaskState.WAITING, TaskState.RUNNING)

    @property
    def is_stopping(self) -> bool:
        """Whether it has been asked to stop and has not yet."""
        return self.token.is_cancelled and not self.is_over

    def cancel(self) -> None:
        """Ask the job to stop. It ends in `on_failure` with `Cancelled` once it has.

        A write that was confirmed before it noticed ends in `on_success`, since it has happened.
        """
        self.token.cancel()


@dataclass(frozen=True)
class _Started:
    handle: TaskHandle


@dataclass(frozen=True)
class _Reported:
    handle: TaskHandle
    progress: Progress


@dataclass(frozen=True)
class _Ended:
    handle: TaskHandle
    value: Any = None
    error: BaseException | None = None


class TaskBoard(QObject):
    """Every task that is waiting or running and has a label, for the status bar."""

    changed = Signal(object)
    """The tuple of tasks, oldest first; also emitted at each progress report."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[TaskHandle] = []

    @property
    def tasks(self) -> tuple[TaskHandle, ...]:
        """The tasks shown, oldest first."""
        return tuple(self._tasks)

    def add(self, handle: TaskHandle) -> None:
        """Show `handle` until it is removed, if it has a label."""
        if handle.label:
            self._tasks.append(handle)
            self.changed.emit(self.tasks)

    def update(self, handle: TaskHandle) -> None:
        """Tell that `handle` has moved on."""
        if handle in self._tasks:
            self.changed.emit(self.tasks)

    def remove(self, handle: TaskHandle) -> None:
        """Show `handle` no more."""
        if handle in self._tasks:
            self._tasks.remove(handle)
            self.changed.emit(self.tasks)


class Worker(QObject):
    """A thread with a database session of its own, and the queue of jobs that use it.

    `open_session` is called in the thread, at the first job and after a lost connection; what it returns
    is closed there too (by its ``close``). `on_crash` is told, on the UI thread, of an exception that is
    not a DiveGovError.
    """

    idle = Signal(object)
    """This worker, when its last job has ended."""
    _message = Signal(object)

    def __init__(
        self,
        open_session: OpenSession,
        *,
        name: str = "database",
        on_crash: OnCrash | None = None,
        board: TaskBoard | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"worker.{name}")
        self._on_crash = on_crash
        self._board = board
        self._active: list[TaskHandle] = []
        self._closed = False
        self._message.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self._loop = _Loop(open_session, self._message.emit, name)

    @property
    def on_crash(self) -> OnCrash | None:
        """Who is told of an exception that is not a DiveGovError."""
        return self._on_crash

    @property
    def is_busy(self) -> bool:
        """Whether a job waits or runs."""
        return bool(self._active)

    def submit(
        self,
        job: Job[T],
        *,
        kind: str | None = None,
        label: str = "",
        write: bool = False,
        keep_running: bool = False,
        on_success: Callable[[T], object] | None = None,
        on_failure: Callable[[DiveGovError], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        on_finished: Callable[[TaskHandle], object] | None = None,
        owner: QObject | None = None,
    ) -> TaskHandle:
        """Queue `job`; call on the UI thread.

        A newer read of the same `kind` replaces one that waits, and stops one that runs unless
        `keep_running`. A `write` is never replaced. Once `owner` is deleted, nothing is called.
        """
        handle = TaskHandle(job, label, kind, write)
        handle.on_success, handle.on_failure = on_success, on_failure
        handle.on_progress, handle.on_finished = on_progress, on_finished
        handle.owner = owner
        if self._closed:
            handle.state = TaskState.CANCELLED
            return handle
        if kind is not None:
            self._replace(kind, keep_running)
        self._active.append(handle)
        if self._board is not None:
            self._board.add(handle)
        self._loop.put(handle)
        return handle

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for handle in list(self._active):
            handle.cancel()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop every job, close the session, join the thread; no callback is called from here on.

        Returns whether the thread has ended within `timeout_ms`.
        """
        self.retire()
        return self._loop.wait(timeout_ms)

    def retire(self) -> None:
        """Stop every job and take no more, without waiting for the thread: it closes its session when it is through.

        `shutdown` is still to be called, at the latest when the program ends.
        """
        self._closed = True
        for handle in list(self._active):
            handle.cancel()
            self._end(handle, TaskState.CANCELLED, notify=False)
        self._loop.leave()

    @property
    def has_ended(self) -> bool:
        """Whether the thread is through, or never began."""
        return not self._loop.isRunning()

    def _replace(self, kind: str, keep_running: bool) -> None:
        for handle in [h for h in self._active if h.kind == kind and not h.write]:
            if self._loop.withdraw(handle) or not keep_running:
                handle.token.cancel()
                self._end(handle, TaskState.REPLACED)

    def _receive(self, message: object) -> None:
        """Take one message of the thread; what concerns a task that is over came too late."""
        assert isinstance(message, (_Started, _Reported, _Ended))
        handle = message.handle
        if self._closed or handle.is_over:
            return
        if isinstance(message, _Ended):
            self._conclude(handle, message.value, message.error)
            return
        if isinstance(message, _Started):
            handle.state, handle.started_at = TaskState.RUNNING, time.monotonic()
        else:
            handle.progress = message.progress
            self._call(handle, handle.on_progress, message.progress)
        if self._board is not None:
            self._board.update(handle)

    def _conclude(self, handle: TaskHandle, value: Any, error: BaseException | None) -> None:
        if error is None and handle.token.is_cancelled and not handle.write:
            error = Cancelled()
        if error is None:
            self._end(handle, TaskState.SUCCEEDED, lambda: self._call(handle, handle.on_success, value))
            return
        if not isinstance(error, DiveGovError):
            if self._on_crash is not None:
                self._on_crash(error)
            error = TaskCrashed()
        told = error
        state = TaskState.CANCELLED if isinstance(told, Cancelled) else TaskState.FAILED
        self._end(handle, state, lambda: self._call(handle, handle.on_failure, told))

    def _end(
        self,
        handle: TaskHandle,
        state: TaskState,
        tell: Callable[[], None] | None = None,
        notify: bool = True,
    ) -> None:
        handle.state = state
        self._active.remove(handle)
        if self._board is not None:
            self._board.remove(handle)
        try:
            if tell is not None:
                tell()
        finally:
            if notify:
                self._call(handle, handle.on_finished, handle)
                if not self._active:
                    self.idle.emit(self)

    @staticmethod
    def _call(handle: TaskHandle, callback: Callable[[Any], object] | None, value: object) -> None:
        """Call back, unless the widget that waited for it is gone."""
        for waiting in (handle.owner, getattr(callback, "__self__", None)):
            if isinstance(waiting, QObject) and not shiboken6.isValid(waiting):
                return
        if callback is not None:
            callback(value)


class _Loop(QThread):
    """The thread: takes jobs in order, and opens, uses and closes the session."""

    def __init__(self, open_session: OpenSession, emit: Callable[[object], None], name: str) -> None:
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
            return None if self._stopping else self._queue.popleft()

    def _work(self, handle: TaskHandle) -> _Ended:
        report = _Throttle(lambda progress: self._emit(_Reported(handle, progress)))
        try:
            handle.token.raise_if_cancelled()
            self._emit(_Started(handle))
            if self._session is None:
                self._session = self._open_session()
            value = handle.job(self._session, report, handle.token)
        except DiveGovError as error:
            if isinstance(error, ConnectionFailed):
                self._close()
            return _Ended(handle, error=error)
        except BaseException as error:  # noqa: BLE001 - a bug: handed to the crash reporter on the UI thread
            return _Ended(handle, error=error)
        report.flush()
        return _Ended(handle, value)

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

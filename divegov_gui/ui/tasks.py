"""Work off the UI thread: one thread a database session, answers back through one queued signal.

A job is a plain function of a session, a progress sink and a cancel token. What is submitted ends in
exactly one of `on_success` and `on_failure`, called on the UI thread, unless a newer job of its kind has
replaced it: then in neither. `on_finished` is called in every case.

A patient job stands back: whatever is submitted after it goes first. Where it runs it is interrupted, and begun anew
when nobody waits any more; so what takes long may be asked for without anything else having to wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink
from divegov_gui.ui.task_thread import Ended, Reported, Started, WorkerThread

T = TypeVar("T")
OpenSession = Callable[[], Any]
Job = Callable[[Any, ProgressSink, CancelToken], T]
OnCrash = Callable[[BaseException], object]


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

    def __init__(
        self, job: Job[Any], label: str, kind: str | None, write: bool, patient: bool = False
    ) -> None:
        self.job = job
        self.label = label
        """What the status bar calls it; a task without a label is not shown."""
        self.kind = kind
        self.write = write
        self.is_patient = patient
        self.stands_back = False
        """Whether it was interrupted for another job, and is to be begun anew."""
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
        return self.token.is_cancelled and not self.is_over and not self.stands_back

    def cancel(self) -> None:
        """Ask the job to stop. It ends in `on_failure` with `Cancelled` once it has.

        A write that was confirmed before it noticed ends in `on_success`, since it has happened.
        """
        self.stands_back = False
        self.token.cancel()

    def stand_back(self) -> None:
        """Interrupt the job for another one; it is begun anew, unless it was through before it noticed."""
        if not self.token.is_cancelled:
            self.stands_back = True
            self.token.cancel()

    def begin_anew(self) -> None:
        """Wait again, as if it had just been submitted."""
        self.token, self.state, self.stands_back = CancelToken(), TaskState.WAITING, False


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
        self._loop = WorkerThread(open_session, self._message.emit, name)

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
        patient: bool = False,
        on_success: Callable[[T], object] | None = None,
        on_failure: Callable[[DiveGovError], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        on_finished: Callable[[TaskHandle], object] | None = None,
        owner: QObject | None = None,
    ) -> TaskHandle:
        """Queue `job`; call on the UI thread.

        A newer read of the same `kind` replaces one that waits, and stops one that runs unless
        `keep_running`. A `write` is never replaced. A `patient` one lets all others go first. Once `owner` is
        deleted, nothing is called.
        """
        handle = TaskHandle(job, label, kind, write, patient)
        handle.on_success, handle.on_failure = on_success, on_failure
        handle.on_progress, handle.on_finished = on_progress, on_finished
        handle.owner = owner
        if self._closed:
            handle.state = TaskState.CANCELLED
            return handle
        if kind is not None:
            self._replace(kind, keep_running)
        if not patient:
            self._go_ahead()
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

    def _go_ahead(self) -> None:
        """Have the patient job that runs stand back."""
        for handle in self._active:
            if handle.is_patient and self._loop.has_begun(handle):
                handle.stand_back()

    def _receive(self, message: object) -> None:
        """Take one message of the thread; what concerns a task that is over came too late."""
        assert isinstance(message, (Started, Reported, Ended))
        handle = message.handle
        if self._closed or handle.is_over:
            return
        if isinstance(message, Ended):
            self._conclude(handle, message.value, message.error)
            return
        if isinstance(message, Started):
            handle.state, handle.started_at = TaskState.RUNNING, time.monotonic()
        else:
            handle.progress = message.progress
            self._call(handle, handle.on_progress, message.progress)
        if self._board is not None:
            self._board.update(handle)

    def _conclude(self, handle: TaskHandle, value: Any, error: BaseException | None) -> None:
        if handle.stands_back and isinstance(error, Cancelled):
            handle.begin_anew()
            self._loop.put(handle)
            return
        if error is None and handle.token.is_cancelled and not handle.write and not handle.stands_back:
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

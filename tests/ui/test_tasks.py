"""The laws of background work: order, replacement, cancellation, failure, and an end without leftovers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from divegov_gui.core.errors import Cancelled, ConnectionFailed, DiveGovError, Refused
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink
from divegov_gui.ui.shell.status_line import StatusLine
from divegov_gui.ui.tasks import TaskBoard, TaskCrashed, TaskHandle, TaskState, Worker


class Session:
    """Remembers in which thread it was opened, used and closed."""

    def __init__(self) -> None:
        self.opened_in = threading.get_ident()
        self.closed_in: int | None = None

    def close(self) -> None:
        self.closed_in = threading.get_ident()


class Opener:
    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.failure: DiveGovError | None = None

    def __call__(self) -> Session:
        if self.failure is not None:
            raise self.failure
        self.sessions.append(Session())
        return self.sessions[-1]


class Gate:
    """A job that holds its thread until it is let go or cancelled."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, session: Any, progress: ProgressSink, cancel: CancelToken) -> str:
        self.entered.set()
        assert self.open.wait(10)
        return "through"


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def crashes() -> list[BaseException]:
    return []


@pytest.fixture
def worker(opener: Opener, board: TaskBoard, crashes: list[BaseException], qtbot: QtBot) -> Iterator[Worker]:
    made = Worker(opener, board=board, on_crash=crashes.append)
    yield made
    assert made.shutdown(), "the thread did not end"


def answer(value: object) -> Callable[[Any, ProgressSink, CancelToken], object]:
    return lambda session, progress, cancel: value


def idle(qtbot: QtBot, worker: Worker) -> None:
    qtbot.waitUntil(lambda: not worker.is_busy)


def test_a_job_runs_in_the_thread_and_answers_on_the_ui_thread(
    qtbot: QtBot, worker: Worker, opener: Opener
) -> None:
    ran_in: list[int] = []
    answered_in: list[int] = []

    def job(session: Session, progress: ProgressSink, cancel: CancelToken) -> int:
        ran_in.append(threading.get_ident())
        return 7

    answers: list[int] = []
    worker.submit(job, on_success=lambda v: (answers.append(v), answered_in.append(threading.get_ident())))
    idle(qtbot, worker)
    assert answers == [7]
    assert answered_in == [threading.get_ident()]
    assert ran_in != answered_in
    assert opener.sessions[0].opened_in == ran_in[0]
    assert worker.shutdown()
    assert opener.sessions[0].closed_in == ran_in[0]


def test_jobs_keep_their_order_and_share_one_session(qtbot: QtBot, worker: Worker, opener: Opener) -> None:
    got: list[object] = []
    for i in range(20):
        worker.submit(answer(i), on_success=got.append)
    idle(qtbot, worker)
    assert got == list(range(20))
    assert len(opener.sessions) == 1


def test_a_newer_job_replaces_a_waiting_one_of_its_kind(qtbot: QtBot, worker: Worker) -> None:
    gate, got = Gate(), []
    worker.submit(gate)
    handles = [worker.submit(answer(i), kind="search", on_success=got.append) for i in range(5)]
    other = worker.submit(answer("other"), kind="count", on_success=got.append)
    gate.open.set()
    idle(qtbot, worker)
    assert got == [4, "other"]
    assert [h.state for h in handles] == [TaskState.REPLACED] * 4 + [TaskState.SUCCEEDED]
    assert other.state is TaskState.SUCCEEDED


def test_the_late_answer_of_a_replaced_running_job_is_dropped(qtbot: QtBot, worker: Worker) -> None:
    gate, got = Gate(), []
    old = worker.submit(gate, kind="search", on_success=got.append, on_failure=got.append)
    assert gate.entered.wait(5)
    worker.submit(answer("new"), kind="search", on_success=got.append)
    assert old.token.is_cancelled
    gate.open.set()
    idle(qtbot, worker)
    assert got == ["new"]


def test_a_running_job_may_be_kept_while_the_newest_waits(qtbot: QtBot, worker: Worker) -> None:
    gate, got = Gate(), []
    worker.submit(gate, kind="page", on_success=got.append)
    assert gate.entered.wait(5)
    for i in range(3):
        worker.submit(answer(i), kind="page", keep_running=True, on_success=got.append)
    gate.open.set()
    idle(qtbot, worker)
    assert got == ["through", 2]


def test_a_waiting_write_is_never_replaced(qtbot: QtBot, worker: Worker) -> None:
    gate, got = Gate(), []
    worker.submit(gate)
    for i in range(3):
        worker.submit(answer(i), kind="edit", write=True, on_success=got.append)
    gate.open.set()
    idle(qtbot, worker)
    assert got == [0, 1, 2]


class Patient:
    """A long job that heeds an interruption, and notes how often it began; `hurried` lets it through."""

    def __init__(self) -> None:
        self.began = 0
        self.entered, self.hurried = threading.Event(), threading.Event()

    def __call__(self, session: Any, progress: ProgressSink, cancel: CancelToken) -> str:
        self.began += 1
        self.hurried = threading.Event()
        progress(Progress("counting", self.began, 9))
        cancel.on_cancel(self.hurried.set)
        self.entered.set()
        assert self.hurried.wait(10)
        cancel.raise_if_cancelled()
        return "counted"


def test_a_patient_job_stands_back_for_every_other_and_is_begun_anew(
    qtbot: QtBot, worker: Worker, board: TaskBoard
) -> None:
    job, told = Patient(), []
    handle = worker.submit(
        job, label="Counting", patient=True, on_success=told.append, on_failure=told.append
    )
    for number in range(3):
        assert job.entered.wait(5)
        job.entered.clear()
        worker.submit(answer(number), on_success=told.append)
        assert not handle.is_stopping, "nobody asked it to stop"
        qtbot.waitUntil(lambda upto=number: told == list(range(upto + 1)))
        assert board.tasks == (handle,), "it is shown all the while"
    assert job.entered.wait(5)
    job.hurried.set()
    idle(qtbot, worker)
    assert told == [0, 1, 2, "counted"]
    assert (job.began, handle.state) == (4, TaskState.SUCCEEDED)


def test_what_is_asked_later_goes_before_a_patient_job_that_waits(qtbot: QtBot, worker: Worker) -> None:
    gate, told = Gate(), []
    worker.submit(gate)
    worker.submit(answer("patient"), patient=True, on_success=told.append)
    worker.submit(answer("first"), on_success=told.append)
    worker.submit(answer("second"), on_success=told.append)
    gate.open.set()
    idle(qtbot, worker)
    assert told == ["first", "second", "patient"]


def test_a_patient_job_that_was_through_before_it_noticed_is_not_begun_anew(
    qtbot: QtBot, worker: Worker
) -> None:
    gate, told = Gate(), []
    worker.submit(gate, patient=True, on_success=told.append)
    assert gate.entered.wait(5)
    worker.submit(answer("other"), on_success=told.append)
    gate.open.set()
    idle(qtbot, worker)
    assert told == ["through", "other"]


@pytest.mark.parametrize("first", ["the person", "another job"])
def test_a_patient_job_that_a_person_stops_is_not_begun_anew(
    qtbot: QtBot, worker: Worker, first: str
) -> None:
    job, told = Patient(), []
    handle = worker.submit(job, patient=True, on_success=told.append, on_failure=told.append)
    assert job.entered.wait(5)
    if first == "the person":
        handle.cancel()
    worker.submit(answer("other"))
    handle.cancel()
    assert handle.is_stopping
    idle(qtbot, worker)
    assert isinstance(told[0], Cancelled)
    assert (job.began, handle.state) == (1, TaskState.CANCELLED)


def test_a_patient_job_is_replaced_by_a_newer_one_of_its_kind(qtbot: QtBot, worker: Worker) -> None:
    job, told = Patient(), []
    handle = worker.submit(job, kind="changes", patient=True, on_success=told.append, on_failure=told.append)
    assert job.entered.wait(5)
    worker.submit(answer("newer"), kind="changes", on_success=told.append)
    idle(qtbot, worker)
    assert told == ["newer"]
    assert handle.state is TaskState.REPLACED


def test_cancelling_stops_a_running_job_and_tells_so_once_it_has(qtbot: QtBot, worker: Worker) -> None:
    entered, told = threading.Event(), []

    def job(session: Session, progress: ProgressSink, cancel: CancelToken) -> None:
        interrupted = threading.Event()
        cancel.on_cancel(interrupted.set)
        entered.set()
        assert interrupted.wait(10)
        cancel.raise_if_cancelled()

    handle = worker.submit(job, on_success=told.append, on_failure=told.append)
    assert entered.wait(5)
    handle.cancel()
    assert handle.is_stopping
    idle(qtbot, worker)
    assert [type(error) for error in told] == [Cancelled]
    assert handle.state is TaskState.CANCELLED


def test_the_late_answer_of_a_cancelled_read_is_dropped(qtbot: QtBot, worker: Worker) -> None:
    gate, answers, failures = Gate(), [], []
    handle = worker.submit(gate, on_success=answers.append, on_failure=failures.append)
    assert gate.entered.wait(5)
    handle.cancel()
    gate.open.set()
    idle(qtbot, worker)
    assert answers == []
    assert isinstance(failures[0], Cancelled)


def test_a_write_that_was_confirmed_before_it_noticed_is_told_as_done(qtbot: QtBot, worker: Worker) -> None:
    gate, answers = Gate(), []
    handle = worker.submit(gate, write=True, on_success=answers.append)
    assert gate.entered.wait(5)
    handle.cancel()
    gate.open.set()
    idle(qtbot, worker)
    assert answers == ["through"]


def test_cancelling_a_waiting_job_keeps_it_from_running(qtbot: QtBot, worker: Worker) -> None:
    gate, ran = Gate(), []
    worker.submit(gate)
    handle = worker.submit(lambda *_: ran.append(1))
    handle.cancel()
    gate.open.set()
    idle(qtbot, worker)
    assert ran == []
    assert handle.state is TaskState.CANCELLED


def test_an_error_for_people_goes_to_on_failure(
    qtbot: QtBot, worker: Worker, crashes: list[BaseException]
) -> None:
    error, told = Refused("No."), []

    def job(*_: object) -> None:
        raise error

    handle = worker.submit(job, on_success=told.append, on_failure=told.append)
    idle(qtbot, worker)
    assert told == [error]
    assert handle.state is TaskState.FAILED
    assert crashes == []


def test_a_bug_goes_to_the_crash_reporter_and_ends_the_task(
    qtbot: QtBot, worker: Worker, crashes: list[BaseException]
) -> None:
    told: list[object] = []
    worker.submit(lambda *_: 1 // 0, on_failure=told.append)
    worker.submit(answer("alive"), on_success=told.append)
    idle(qtbot, worker)
    assert isinstance(crashes[0], ZeroDivisionError)
    assert isinstance(told[0], TaskCrashed)
    assert told[1] == "alive"


def test_a_session_that_cannot_be_opened_fails_the_job_and_is_tried_again(
    qtbot: QtBot, worker: Worker, opener: Opener
) -> None:
    told: list[object] = []
    opener.failure = ConnectionFailed("Not there.")
    worker.submit(answer(1), on_success=told.append, on_failure=told.append)
    idle(qtbot, worker)
    assert told == [opener.failure]
    opener.failure = None
    worker.submit(answer(2), on_success=told.append)
    idle(qtbot, worker)
    assert told[1] == 2


def test_a_lost_connection_is_opened_anew(qtbot: QtBot, worker: Worker, opener: Opener) -> None:
    def job(*_: object) -> None:
        raise ConnectionFailed("Lost.")

    worker.submit(job)
    worker.submit(answer(1))
    idle(qtbot, worker)
    assert len(opener.sessions) == 2
    assert opener.sessions[0].closed_in is not None


def test_reports_are_thinned_out_but_the_last_and_each_stage_arrive(qtbot: QtBot, worker: Worker) -> None:
    def job(session: Session, progress: ProgressSink, cancel: CancelToken) -> None:
        for stage in ("Reading", "Writing"):
            for done in range(5001):
                progress(Progress(stage, done, 5000))

    got: list[Progress] = []
    worker.submit(job, on_progress=got.append)
    idle(qtbot, worker)
    assert len(got) < 200
    assert {report.stage for report in got} == {"Reading", "Writing"}
    assert got[-1] == Progress("Writing", 5000, 5000)


def test_nothing_is_called_for_a_widget_that_is_gone(qtbot: QtBot, worker: Worker) -> None:
    gate, got, finished = Gate(), [], []
    owner = QObject()
    worker.submit(gate, owner=owner, on_success=got.append)
    worker.submit(answer(1), on_success=finished.append)
    assert gate.entered.wait(5)
    import shiboken6

    shiboken6.delete(owner)
    gate.open.set()
    idle(qtbot, worker)
    assert got == []
    assert finished == [1]


def test_shutdown_cancels_what_runs_and_nothing_is_called_after(qtbot: QtBot, opener: Opener) -> None:
    worker, got, entered = Worker(opener), [], threading.Event()

    def job(session: Session, progress: ProgressSink, cancel: CancelToken) -> None:
        stopped = threading.Event()
        cancel.on_cancel(stopped.set)
        entered.set()
        stopped.wait(10)
        cancel.raise_if_cancelled()

    worker.submit(job, on_success=got.append, on_failure=got.append, on_finished=got.append)
    worker.submit(answer(1), on_success=got.append)
    assert entered.wait(5)
    assert worker.shutdown()
    assert opener.sessions[0].closed_in is not None
    late = worker.submit(answer(2), on_success=got.append)
    qtbot.waitUntil(lambda: late.is_over)
    assert got == []


def test_a_worker_that_never_worked_shuts_down(opener: Opener) -> None:
    worker = Worker(opener)
    assert worker.shutdown()
    assert opener.sessions == []


def test_on_finished_is_called_however_it_ends(qtbot: QtBot, worker: Worker) -> None:
    gate, ended = Gate(), []

    def note(handle: TaskHandle) -> None:
        ended.append(handle.state)

    worker.submit(gate, on_finished=note)
    worker.submit(answer(1), kind="a", on_finished=note)
    worker.submit(lambda *_: 1 // 0, kind="a", on_finished=note)
    gate.open.set()
    idle(qtbot, worker)
    assert ended == [TaskState.REPLACED, TaskState.SUCCEEDED, TaskState.FAILED]


def test_the_status_line_shows_what_runs_and_stops_it(qtbot: QtBot, worker: Worker, board: TaskBoard) -> None:
    line, entered, told = StatusLine(board), threading.Event(), []
    qtbot.addWidget(line)
    line.show()

    def job(session: Session, progress: ProgressSink, cancel: CancelToken) -> None:
        progress(Progress("Loading", 250, 1000))
        stopped = threading.Event()
        cancel.on_cancel(stopped.set)
        entered.set()
        assert stopped.wait(10)
        cancel.raise_if_cancelled()

    worker.submit(job, label="Ingesting", on_failure=told.append)
    worker.submit(answer(1), label="Counting")
    worker.submit(answer(2))
    qtbot.waitUntil(lambda: line.text.text() == "Ingesting: Loading")
    assert line.bar.value() == 250
    assert line.more.text() == "and 1 more task"
    qtbot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: line.text.text() == "Ready")
    assert isinstance(told[0], Cancelled)
    assert not line.cancel.isVisible()

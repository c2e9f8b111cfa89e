"""Break off anywhere: a batch is governed whole or not at all, and the next run ends as if nothing had happened.

About the embedded workspace only: SIGKILL, statements watched, files compared. A server outlives its clients.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from interruptions import ARRIVAL, half_governed, prepare, state, take_in, watched

from divegov_gui.core.errors import Cancelled
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.ingestion import ingest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "before.db"
    prepare(path)
    return path


@pytest.fixture(scope="module")
def expected(prepared: Path) -> list[object]:
    whole = prepared.with_name("whole.db")
    shutil.copy(prepared, whole)
    take_in(whole)
    return list(state(whole))


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(prepared, tmp_path / "workspace.db"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a child a point")
@pytest.mark.parametrize(
    ("what", "kind", "stride", "inside", "statements"),
    [
        ("ingest", "statement", 1, 100, 80),
        ("ingest", "instruction", 7, 30, 20),
        ("deploy", "statement", 4, 40, 40),
        ("mend", "statement", 3, 25, 25),
        ("mend", "instruction", 2501, 20, 6),
        ("take back", "statement", 4, 20, 20),
        ("import", "statement", 4, 20, 20),
        ("import", "instruction", 5001, 10, 5),
        ("resubmit", "statement", 4, 30, 30),
        ("resubmit", "instruction", 3501, 15, 8),
        ("merge", "statement", 2, 40, 40),
        ("merge", "instruction", 13, 15, 8),
        ("keep", "statement", 3, 40, 40),
    ],
)
def test_a_process_killed_at_any_point_leaves_nothing_half_done(
    tmp_path: Path, what: str, kind: str, stride: int, inside: int, statements: int
) -> None:
    """Most kills fall inside the one transaction that writes, at its first statements and at its last."""
    program = [sys.executable, str(HERE / "killed_at_every_point.py"), str(tmp_path), what, kind, str(stride)]
    paths = os.pathsep.join((str(HERE), str(HERE.parents[1])))
    run = subprocess.run(
        program, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    *problems, last = run.stdout.splitlines() or [""]
    assert (problems, run.stderr, run.returncode) == ([], "", 0)
    counted = re.fullmatch(r"killed \d+ times, (\d+) inside, at (\d+) statements", last)
    assert counted, last
    assert int(counted[1]) >= inside
    assert int(counted[2]) >= statements


def run_cancelled_at(workspace: Path, report: int) -> list[Progress]:
    """Ingest, cancel at a report of progress, and return the reports that were heard."""
    heard: list[Progress] = []
    token = CancelToken()

    def listen(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == report:
            token.cancel()

    with closing(open_workspace(workspace)) as session:
        ingest(session, ARRIVAL, progress=listen, cancel=token)
    return heard


# One report before the first chunk, one a chunk, one a step of governing.
@pytest.mark.parametrize("report", range(1, 12))
def test_a_cancellation_at_any_report_stops_and_loses_nothing(
    workspace: Path, expected: list[object], report: int
) -> None:
    with pytest.raises(Cancelled) as stopped:
        run_cancelled_at(workspace, report)
    assert half_governed(workspace) == ""
    assert "loaded" in stopped.value.detail
    assert "goes on from there" in stopped.value.hint
    take_in(workspace)
    assert state(workspace) == expected


def test_a_cancellation_before_the_start_loads_nothing(workspace: Path, expected: list[object]) -> None:
    token = CancelToken()
    token.cancel()
    with closing(open_workspace(workspace)) as session, pytest.raises(Cancelled):
        ingest(session, ARRIVAL, cancel=token)
    assert len(state(workspace)[1]) == 3
    take_in(workspace)
    assert state(workspace) == expected


def test_there_are_no_more_reports_than_were_tried(workspace: Path) -> None:
    assert len(run_cancelled_at(workspace, 99)) == 11


@contextmanager
def connections(kind: type[sqlite3.Connection], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=kind))
        yield


def test_a_cancellation_inside_any_statement_stops_and_loses_nothing(
    prepared: Path, tmp_path: Path, expected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = 0
    for count in range(1, 200, 3):
        workspace = Path(shutil.copy(prepared, tmp_path / f"{count}.db"))
        token = CancelToken()
        cancelling = watched(_at(count, token.cancel))
        with connections(cancelling, monkeypatch), closing(open_workspace(workspace)) as session:
            try:
                ingest(session, ARRIVAL, cancel=token)
            except Cancelled:
                stopped += 1
        assert half_governed(workspace) == ""
        take_in(workspace)
        assert state(workspace) == expected
    assert stopped > 20


def _at(count: int, act: Callable[[], None]) -> Callable[..., None]:
    left = [count]

    def tick(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            act()

    return tick


def test_a_resumed_arrival_tells_how_much_was_there(workspace: Path) -> None:
    with pytest.raises(Cancelled):
        run_cancelled_at(workspace, 3)
    with closing(open_workspace(workspace)) as session:
        report = ingest(session, ARRIVAL)
    assert report.resumed == 6
    assert report.was_loaded
    assert report.batch.outcomes is not None
    assert report.batch.outcomes.loaded == 8


@pytest.mark.parametrize("statement", [1, 40, 80, 120])
def test_a_deployment_cancelled_at_any_statement_keeps_the_scripts_before_it(
    tmp_path: Path, statement: int
) -> None:
    token = CancelToken()
    tick = _at(statement, token.cancel)
    path = tmp_path / "workspace.db"
    with closing(open_workspace(path)) as session:
        with pytest.raises(Cancelled) as stopped:
            deploy(session, progress=lambda _: tick(), cancel=token)
        kept = [entry.script_name for entry in session.journal()]
        assert stopped.value.detail.endswith("the scripts before it stay applied.")
        assert deploy(session).unchanged == tuple(kept)
        assert len(session.journal()) == 6

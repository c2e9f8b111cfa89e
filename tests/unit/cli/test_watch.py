"""`divegov watch`: what it takes, what it says, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
Divegov = Callable[..., Any]


@pytest.fixture
def inbox(tmp_path: Path, people: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "people.csv").write_text(people.read_text())
    (folder / "bad.csv").write_text("Colour\nred\n")
    return folder


def test_once_takes_what_lies_there_and_stops(divegov: Divegov, inbox: Path, workspace: Path) -> None:
    answer = divegov("watch", inbox, "--once", "--workspace", workspace, "--json")
    assert (answer.code, answer.err) == (0, "")
    facts = {line["file"]: line for line in map(json.loads, answer.out.splitlines())}
    assert facts["people.csv"]["outcome"] == "governed"
    assert facts["people.csv"]["loaded"] == 4
    assert facts["bad.csv"]["outcome"] == "refused"
    assert "no column" in facts["bad.csv"]["reason"]
    assert (inbox / "done" / "people.csv").exists()
    assert (inbox / "refused" / "bad.csv.reason.txt").exists()


def test_what_is_no_folder_is_refused_before_anything_is_made(divegov: Divegov, workspace: Path) -> None:
    answer = divegov("watch", workspace.parent / "nowhere", "--workspace", workspace)
    assert answer.code == 3
    assert "no folder" in answer.err
    assert not workspace.exists()


@pytest.mark.skipif(
    os.name == "nt" or signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
    reason="stops it by a signal, which what a shell starts in the background never hears",
)
def test_it_watches_until_it_is_stopped(inbox: Path, workspace: Path) -> None:
    command = [sys.executable, "-m", "divegov_gui", "watch", str(inbox), "--workspace", str(workspace)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as watcher:
        assert watcher.stdout is not None
        said = [watcher.stdout.readline() for _ in range(3)]
        watcher.send_signal(signal.SIGINT)
        watcher.communicate(timeout=60)
    assert "Watching" in said[0]
    assert {line.partition(":")[0] for line in said[1:]} == {"people.csv", "bad.csv"}
    assert watcher.returncode == 130

"""The built folder, started as a person starts it and clicked through on a real X server.

`python3 run.py build` makes dist/ and runs this; the tests of every day leave it out (marker `build`).
"""

from __future__ import annotations

import configparser
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "dist" / "DiveGov Steward" / ("divegov.exe" if os.name == "nt" else "divegov")
PAGES = ("overview", "connections", "deploy", "ingest", "quarantine", "history", "privacy", "rules")
RUN_THE_DEMO = (415, 527)
NOTHING_HERE = (700, 110)
"""On the page's ground, right of its title."""
FIRST_PAGE_AT = (98, 99)
PAGE_STEP = 44
SCREEN = (1400, 900)
PATIENCE_SECONDS = 60.0

pytestmark = [
    pytest.mark.build,
    pytest.mark.skipif(not PROGRAM.exists(), reason="nothing is built; run `python3 run.py build`"),
]


def test_the_folder_is_a_command_line_that_needs_no_python(tmp_path: Path) -> None:
    nothing_else = {"PATH": "/usr/bin:/bin", "DIVEGOV_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [str(PROGRAM), "demo", "--rows", "500", "--workspace", str(tmp_path / "w.db"), "--no-window"]
    done = subprocess.run(command, env=nothing_else, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Every record is accounted for." in done.stdout


@pytest.fixture
def display() -> Iterator[str]:
    """A screen on a server of its own."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("clicking needs Xvfb and xdotool: apt-get install xvfb xdotool")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{SCREEN[0]}x{SCREEN[1]}x24",
            "-nolisten",
            "tcp",
        ],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def until(what: Callable[[], object], said: str) -> None:
    """Look again and again until `what` is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


def test_the_window_runs_the_demo_and_shows_every_page(display: str, tmp_path: Path) -> None:
    workspace = tmp_path / "w.db"
    environment = {
        **os.environ,
        "DISPLAY": display,
        "DIVEGOV_HOME": str(tmp_path / "home"),
        "QT_QPA_PLATFORM": "xcb",
    }

    def xdotool(*words: object) -> str:
        command = ["xdotool", *map(str, words)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def click(x: int, y: int) -> None:
        xdotool("mousemove", x, y, "click", 1)

    def governed() -> bool:
        with closing(sqlite3.connect(workspace)) as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE name = 'Ingestion_Batch'"
            ).fetchall()
            return bool(tables) and bool(
                database.execute("SELECT 1 FROM Ingestion_Batch WHERE Status = 'Governed'").fetchall()
            )

    empty = grab(display)
    with subprocess.Popen([str(PROGRAM), "app", "--workspace", str(workspace)], env=environment) as window:
        try:
            xdotool("search", "--sync", "--onlyvisible", "--name", "DiveGov Steward")
            until(lambda: changed(display, empty), "the window stays empty")
            until(lambda: colour(display, *RUN_THE_DEMO) != colour(display, *NOTHING_HERE), "no page comes")
            settled(display)
            click(*RUN_THE_DEMO)
            until(governed, "the demo did not run")
            seen = set()
            for place in range(len(PAGES)):
                before = settled(display)
                click(FIRST_PAGE_AT[0], FIRST_PAGE_AT[1] + place * PAGE_STEP)
                if place:
                    until(lambda was=before: changed(display, was), f"a click does not show {PAGES[place]}")
                seen.add(settled(display))
            assert len(seen) == len(PAGES)
            xdotool("key", "ctrl+q")
            assert window.wait(PATIENCE_SECONDS) == 0
        finally:
            window.kill()
    settings = configparser.ConfigParser()
    settings.read(tmp_path / "home" / "window.ini")
    assert PAGES[-1] in {value for section in settings.values() for value in section.values()}


def grab(display: str) -> bytes:
    """The pixels of the screen."""
    program = (
        "import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]); "
        "image = app.primaryScreen().grabWindow(0).toImage(); sys.stdout.buffer.write(bytes(image.constBits()))"
    )
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    ).stdout


def colour(display: str, x: int, y: int) -> bytes:
    """One pixel of the screen."""
    at = 4 * (y * SCREEN[0] + x)
    return grab(display)[at : at + 4]


def changed(display: str, before: bytes) -> bool:
    return grab(display) != before


def settled(display: str) -> bytes:
    """The pixels once two looks see the same."""
    now = grab(display)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (again := grab(display)) != now:
        assert time.monotonic() < deadline, "the screen does not come to rest"
        now = again
    return now

"""What a start costs: a window that shows its first page has brought in nothing that it does not need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from divegov_gui.ui.pages.made import FACTORIES

_START = """
import json, sys
from divegov_gui import __main__ as door

def look(app):
    from PySide6.QtWidgets import QWidget
    (window,) = [w for w in app.topLevelWidgets() if w.objectName() == "window"]
    steward, parts = window.may_close.__self__, []
    while window.is_opening:
        app.processEvents()
        if not parts and window.grab().width():
            parts = [len(window.findChildren(QWidget)), sorted(sys.modules), window.is_opening, window.current_key]
    from divegov_gui.ui.capture import settle
    settle(steward.is_quiet)
    window.grab()
    settle(steward.is_quiet)
    parts += [len(window.findChildren(QWidget)), sorted(sys.modules), window.current_key]
    window.close()
    print(json.dumps(parts))
    return 0

def bring_in():
    module = window_module()
    module.QApplication.exec = look
    return module

window_module, door._window = door._window, bring_in
sys.argv = ["divegov"]
door.main()
"""
HEAVY = {
    "pandas",
    "faker",
    "numpy",
    "pyodbc",
    "pyqtgraph",
    "phonenumbers",
    "rapidfuzz",
    "openpyxl",
    "dateutil",
    "keyring",
    "typer",
    "click",
    "rich",
    "qtawesome",
    "qtpy",
    "sqlalchemy",
    "asyncio",
    "multiprocessing",
    "socket",
    "ssl",
    "email",
    "http",
    "xml",
    "logging.handlers",
    "unittest",
    "PySide6.QtSvg",
    "PySide6.QtPrintSupport",
    "PySide6.QtNetwork",
}
NOT_IN_THE_FRAME = {"sqlite3", "hashlib", "uuid", "decimal", "csv", "divegov_gui.database"}
"""What the first painted frame can do without besides; the first page's data take it."""


class Moment(NamedTuple):
    """What there is at a moment of a start."""

    widgets: int
    modules: set[str]

    @property
    def ours(self) -> set[str]:
        """The modules that are ours."""
        return {name for name in self.modules if name.partition(".")[0] == "divegov_gui"}


class Start(NamedTuple):
    """A start: when the window is painted first, and when its first page is there with its data."""

    frame: Moment
    page: Moment
    opening: bool
    keys: tuple[str, str]


@pytest.fixture(scope="module")
def start(governed: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """`divegov` alone, in a process of its own, on a workspace with two batches."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(governed, home / "workspace.db")
    done = subprocess.run(
        [sys.executable, "-c", _START],
        env={**os.environ, "DIVEGOV_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    widgets, modules, opening, key, later_widgets, later_modules, later_key = json.loads(
        done.stdout.splitlines()[-1]
    )
    return Start(
        Moment(widgets, set(modules)), Moment(later_widgets, set(later_modules)), opening, (key, later_key)
    )


def test_a_window_with_its_first_page_has_imported_nothing_heavy(start: Start) -> None:
    assert start.keys == ("overview", "overview")
    assert HEAVY & start.page.modules == set()


def test_the_window_is_painted_before_the_first_page_and_the_database_are_brought_in(start: Start) -> None:
    assert start.opening
    assert NOT_IN_THE_FRAME & start.frame.modules == set()
    assert not any(name.startswith("divegov_gui.ui.pages.overview") for name in start.frame.modules)
    assert start.page.modules >= {"sqlite3", "divegov_gui.ui.pages.overview.page"}


def test_a_start_stays_lean(start: Start) -> None:
    """Counts instead of seconds: whoever needs more than this brings it in when it is wanted."""
    assert len(start.frame.ours) <= 46, sorted(start.frame.ours)
    assert start.frame.widgets <= 40
    assert len(start.page.ours) <= 88, sorted(start.page.ours - start.frame.ours)
    assert start.page.widgets <= 140


def test_a_start_brings_in_the_page_that_is_shown_and_no_other(start: Start) -> None:
    pages = {name.split(".")[3] for name in start.page.modules if name.startswith("divegov_gui.ui.pages.")}
    assert pages == {"page", "specs", "made", "unreadable", "overview"}, (
        "parts that all pages share, and one page"
    )


_ALONE = """
import sys
from divegov_gui import __main__ as door
from divegov_gui.core.errors import InputRefused

def open_window(target, scripts, page):
    if {refuses}:
        raise InputRefused("The window cannot be opened.", "There is no display.", "Use the commands.")
    print(type(target).__name__, scripts, page, sorted({{'typer', 'rich', 'click', 'PySide6'}} & set(sys.modules)))
    return 0

door._open_window = open_window
sys.argv[0] = "divegov"
door.main()
"""


@pytest.mark.parametrize("words", [[], ["app"]])
def test_divegov_alone_opens_the_window_without_the_command_line(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ALONE.format(refuses=False), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "Workspace None None []\n"


def test_an_error_at_its_start_is_told_with_what_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ALONE.format(refuses=True)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr == (
        "divegov: The window cannot be opened. There is no display.\n  hint: Use the commands.\n"
    )


def test_every_part_that_the_widgets_name_is_there() -> None:
    from divegov_gui.ui import widgets

    assert all(getattr(widgets, name) is not None for name in widgets.__all__)
    assert not hasattr(widgets, "NoSuchPart")


_STEPS = """
import importlib, json, sys
from divegov_gui import app
from divegov_gui.ui.pages.made import BRINGS, FACTORIES
importlib.import_module("divegov_gui.ui.pages.overview")
brought = []
for name in BRINGS[sys.argv[1]]:
    before = set(sys.modules)
    importlib.import_module(name)
    brought.append(sum(each.startswith("divegov_gui.") for each in set(sys.modules) - before))
before = set(sys.modules)
importlib.import_module("divegov_gui.ui.pages." + sys.argv[1])
brought.append(len(set(sys.modules) - before))
print(json.dumps(brought))
"""


@pytest.mark.parametrize("page", sorted(FACTORIES))
def test_a_page_is_brought_in_by_a_few_modules_a_turn(page: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STEPS, page], capture_output=True, text=True, timeout=60, check=True
    )
    *turns, left = json.loads(done.stdout)
    assert left == 0, "what is brought in turn by turn is the whole page"
    assert max(turns) <= 44, turns

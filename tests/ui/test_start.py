"""What a start costs: a window that shows its first page has brought in nothing that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_OPEN = """
import json, sys
from pathlib import Path
from divegov_gui import app
from divegov_gui.services.connections import Workspace
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.theme import ThemeManager

themes = ThemeManager(app._application(), "light")
steward = app.Steward(Workspace(Path(sys.argv[1])), None, themes, UiSettings())
steward.window.show()
from divegov_gui.ui.capture import settle
settle(steward.is_quiet)
steward.window.grab()
settle(steward.is_quiet)
shown = steward.window.current_key
steward.window.close()
steward.shut_down()
print(json.dumps([shown, sorted(sys.modules)]))
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
    "rich",
    "qtawesome",
    "sqlalchemy",
    "asyncio",
}


def modules_after_opening(workspace: Path) -> tuple[str, set[str]]:
    """The page that a window shows first, and all that was imported for it, in a process of its own."""
    command = [sys.executable, "-c", _OPEN, str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    shown, modules = json.loads(done.stdout.splitlines()[-1])
    return shown, set(modules)


def test_a_window_with_its_first_page_has_imported_nothing_heavy(workspace: Path) -> None:
    shown, modules = modules_after_opening(workspace)
    assert shown == "overview"
    assert HEAVY & modules == set()


def test_a_start_brings_in_the_page_that_is_shown_and_no_other(workspace: Path) -> None:
    _, modules = modules_after_opening(workspace)
    pages = {name.split(".")[3] for name in modules if name.startswith("divegov_gui.ui.pages.")}
    assert pages == {"page", "planned", "made", "unreadable", "overview"}, (
        "parts that all pages share, and one page"
    )


_ALONE = """
import sys
from divegov_gui import __main__ as door
from divegov_gui.core.errors import InputRefused

def open_window(target, scripts, page):
    if {refuses}:
        raise InputRefused("The window cannot be opened.", "There is no display.", "Use the commands.")
    print(type(target).__name__, scripts, page, sorted({{'typer', 'rich', 'click'}} & set(sys.modules)))
    return 0

door._open_window = open_window
sys.argv = ["divegov"]
door.main()
"""


def test_divegov_alone_opens_the_window_without_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ALONE.format(refuses=False)],
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

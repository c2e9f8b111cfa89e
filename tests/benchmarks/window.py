"""The window as the benchmarks of its pages hold it: opened on a workspace, and waited for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from divegov_gui.app import Steward
from divegov_gui.services.connections import Workspace
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.theme import ThemeManager


@contextmanager
def opened(path: Path, size: tuple[int, int]) -> Iterator[Steward]:
    """The program on the workspace `path`, its window of that size and not shown yet."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    themes = ThemeManager(app, "light")
    steward = Steward(Workspace(path), None, themes, UiSettings())
    steward.window.resize(*size)
    try:
        yield steward
    finally:
        steward.window.close()
        steward.shut_down()
        themes.let_go()


def wait(ready: Callable[[], bool], seconds: float = 60) -> None:
    """Let the window work until `ready` says so. It sleeps between events, as it does in a person's hands: a loop
    that asks without a pause would take turns from the threads that it waits for."""
    until = time.monotonic() + seconds
    loop, look = QEventLoop(), QTimer()
    look.timeout.connect(lambda: loop.quit() if ready() or time.monotonic() > until else None)
    look.start(1)
    while not ready():  # and still so when the loop has ended: what it does last may begin another job
        if time.monotonic() > until:
            raise TimeoutError
        loop.exec()

"""What every test gets: an offscreen screen, a home of its own, and an eye on what it leaves behind."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import sys
import tempfile
import threading
import traceback
import weakref
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Before any Qt import, and for child processes too: nothing reads or writes what is a person's own.
HOME = Path(tempfile.mkdtemp(prefix="divegov-tests-"))
for _kind in ("CONFIG_HOME", "DATA_HOME", "CACHE_HOME", "STATE_HOME", "RUNTIME_DIR"):
    _folder = HOME / _kind.lower()
    _folder.mkdir(mode=0o700)
    os.environ[f"XDG_{_kind}"] = str(_folder)
os.environ["DIVEGOV_HOME"] = str(HOME / "divegov")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Wall-clock limits on single examples say more about the machine than about the program.
settings.register_profile("divegov", deadline=None)
settings.load_profile("divegov")

GRACE_MS = 1000
FAILED = pytest.StashKey[bool]()
_numbers = itertools.count(1)
_started: list[tuple[weakref.ref[Any], str]] = []


def pytest_unconfigure() -> None:
    """Remove the homes of this run."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remember a failure: what a failed test leaves behind is no second finding."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def _own_home() -> Iterator[None]:
    """A data folder for this test alone; the program creates it when it first needs it."""
    shared = os.environ["DIVEGOV_HOME"]
    os.environ["DIVEGOV_HOME"] = str(HOME / f"divegov-{next(_numbers)}")
    yield
    os.environ["DIVEGOV_HOME"] = shared


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread running, a timer ticking or a window alive, and name it."""
    _watch_starts()
    _started.clear()
    threads, windows = set(threading.enumerate()), set(_windows())
    yield
    found = [*_busy_qt_objects(), *_threads_beyond(threads), *_windows_beyond(windows)]
    if found and not request.node.stash.get(FAILED, False):
        pytest.fail("This test left behind:\n  " + "\n  ".join(found), pytrace=False)


def _threads_beyond(before: set[threading.Thread]) -> Iterator[str]:
    """Python threads that a program would wait for at its end, and where each stands."""
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join(GRACE_MS / 1000)
        if not thread.daemon and thread.is_alive():
            frame = sys._current_frames().get(thread.ident or 0)
            place = traceback.format_stack(frame)[-1].strip() if frame else "unknown"
            yield f"the thread {thread.name!r}, at {place}"


def _watch_starts() -> None:
    """Have QThread.start and QTimer.start note their caller, once Qt is there."""
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and not hasattr(core.QThread.start, "watched"):
        for kind in (core.QThread, core.QTimer):
            kind.start = _noting(kind.start)


def _noting(start: Callable[..., None]) -> Callable[..., None]:
    """`start`, which also notes the object and the line that called."""

    def noted(self: Any, *arguments: Any, **named: Any) -> None:
        caller = sys._getframe(1)
        _started.append((weakref.ref(self), f"{caller.f_code.co_filename}:{caller.f_lineno}"))
        start(self, *arguments, **named)

    noted.watched = True  # type: ignore[attr-defined]
    return noted


def _busy_qt_objects() -> Iterator[str]:
    """Threads still running and timers still ticking that this test started, and work left in the pool."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    from shiboken6 import isValid

    for reference, place in _started:
        found = reference()
        if found is None or not isValid(found):
            continue
        timer = isinstance(found, core.QTimer)
        if found.isActive() if timer else found.isRunning() and not found.wait(GRACE_MS):
            yield f"the {type(found).__name__} {found.objectName()!r}, started at {place}"
            found.stop() if timer else found.quit()
    if not core.QThreadPool.globalInstance().waitForDone(GRACE_MS):
        yield f"{core.QThreadPool.globalInstance().activeThreadCount()} tasks in the global QThreadPool"


def _windows() -> dict[int, Any]:
    """The top-level widgets that are alive, by their address; tooltips and menus of other widgets apart."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    from shiboken6 import getCppPointer

    alive = (w for w in widgets.QApplication.topLevelWidgets() if w.parent() is None)
    return {getCppPointer(w)[0]: w for w in alive if w.metaObject().className() != "QTipLabel"}


def _windows_beyond(before: set[int]) -> Iterator[str]:
    """Windows that this test made and did not close or let go; they are removed, to blame no later test."""
    if set(_windows()) <= before:
        return
    gc.collect()  # what only waits for the garbage collector is no leak
    for address, widget in _windows().items():
        if address not in before:
            state, name = "visible" if widget.isVisible() else "hidden", widget.objectName()
            yield f"the {state} window {type(widget).__name__} {name or widget.windowTitle()!r}"
            widget.hide()
            widget.deleteLater()

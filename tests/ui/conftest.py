"""A window in the offscreen platform, with no file of the person's touched and no thread left behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from blank_pages import blank_pages
from driving import fill, quiet
from lives import give_past
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from quarantine_harness import Workbench

from divegov_gui.app import Steward
from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GenerationRequest
from divegov_gui.services.servers import Place
from divegov_gui.ui.capture import settle
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.pages import PageSpec
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager, dress


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the person's own folder."""
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def themes(qapp: QApplication) -> ThemeManager:
    return ThemeManager(qapp, "light")


@pytest.fixture(autouse=True)
def light(themes: ThemeManager) -> Iterator[None]:
    """Every test begins in the light look."""
    themes.set_mode("light")
    yield
    themes.set_mode("light")
    settle(lambda: not themes.is_at_work)


@pytest.fixture
def qtbot(qtbot: QtBot, themes: ThemeManager) -> QtBot:
    """A widget that is tried without the window looks as it does in it."""
    add = qtbot.addWidget

    def add_dressed(widget: QWidget, **options: Any) -> None:
        if widget.parentWidget() is None and not isinstance(widget, MainWindow):
            dress(widget)
        add(widget, **options)

    qtbot.addWidget = add_dressed  # type: ignore[method-assign]
    return qtbot


@pytest.fixture
def board() -> TaskBoard:
    return TaskBoard()


@pytest.fixture
def notifier() -> Notifier:
    return Notifier()


@pytest.fixture
def settings(tmp_path: Path) -> UiSettings:
    return UiSettings(tmp_path / "window.ini")


@pytest.fixture
def pages() -> list[PageSpec]:
    return blank_pages()


@pytest.fixture
def window(
    qtbot: QtBot,
    pages: list[PageSpec],
    themes: ThemeManager,
    notifier: Notifier,
    board: TaskBoard,
    settings: UiSettings,
) -> MainWindow:
    made = MainWindow(pages, themes=themes, notifier=notifier, board=board, settings=settings)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


OpenOn = Callable[..., Steward]


@pytest.fixture(scope="session")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two governed batches of 400 and 120 divers, made once; never opened by a test."""
    path = tmp_path_factory.mktemp("governed") / "template.db"
    return fill(path, GenerationRequest(400, seed=7, dirty=0.2), GenerationRequest(120, seed=8, dirty=0.2))


@pytest.fixture
def workspace(governed: Path, tmp_path: Path) -> Path:
    """A copy of the governed workspace, this test's own."""
    return Path(shutil.copy(governed, tmp_path / "harbour.db"))


@pytest.fixture
def lived(workspace: Path) -> Path:
    """This test's own workspace, with the divers in it who have a past."""
    return give_past(workspace)


@pytest.fixture
def open_on(qtbot: QtBot, themes: ThemeManager, settings: UiSettings) -> Iterator[OpenOn]:
    """Opens the whole window on a workspace, as `divegov` does, and waits until its first page is there."""
    opened: list[Steward] = []

    def open_(place: Path | Place, scripts: Path | None = None, *, mask_personal: bool = False) -> Steward:
        where = Workspace(place) if isinstance(place, Path) else place
        steward = Steward(where, scripts, themes, settings, mask_personal=mask_personal)
        opened.append(steward)
        qtbot.addWidget(steward.window)
        steward.window.show()
        steward.window.activateWindow()
        qtbot.waitUntil(steward.window.isActiveWindow)
        quiet(steward)
        return steward

    yield open_
    for steward in opened:
        steward.window.may_close = lambda: True
        steward.window.close()
        steward.shut_down()


@pytest.fixture
def bench(qtbot: QtBot, open_on: OpenOn, workspace: Path) -> Workbench:
    """The quarantine page of a workspace with two governed batches."""
    return Workbench(qtbot, open_on(workspace), workspace)

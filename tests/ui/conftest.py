"""A window in the offscreen platform, with no file of the person's touched and no thread left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.pages import PageSpec, page_specs
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager


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
    return page_specs()


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

"""Pictures are the same each time, and nothing of them appears on a screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from blank_pages import blank_pages
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from divegov_gui.ui.capture import capture, capture_pages
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager


@pytest.fixture
def hidden(qtbot: QtBot, themes: ThemeManager) -> MainWindow:
    made = MainWindow(blank_pages(), themes=themes, notifier=Notifier(), board=TaskBoard())
    qtbot.addWidget(made)
    return made


def test_the_same_picture_twice(hidden: MainWindow, themes: ThemeManager, tmp_path: Path) -> None:
    first = capture(hidden, tmp_path / "a.png", (1280, 800), themes=themes)
    second = capture(hidden, tmp_path / "b.png", (1280, 800), themes=themes)
    assert first.read_bytes() == second.read_bytes()
    image = QImage(str(first))
    assert (image.width(), image.height()) == (1280, 800)


def test_pages_are_pictured_in_both_looks(hidden: MainWindow, themes: ThemeManager, tmp_path: Path) -> None:
    made = capture_pages(hidden, tmp_path, ["deploy", "ingest"], themes=themes, size=(1024, 680))
    assert sorted(file.name for file in made) == [
        "deploy-dark.png",
        "deploy-light.png",
        "ingest-dark.png",
        "ingest-light.png",
    ]
    assert len({file.read_bytes() for file in made}) == 4


def test_a_page_that_is_never_ready_is_not_waited_for_forever(
    hidden: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 10_000, 20))
    monkeypatch.setattr("divegov_gui.ui.capture.time.monotonic", lambda: float(next(ticks)))
    with pytest.raises(TimeoutError):
        capture(hidden, tmp_path / "never.png", ready=lambda: False)

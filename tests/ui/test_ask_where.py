"""Asking where a file or a folder is to be: by name, by kind, and with nothing left behind."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.widgets.ask_where import CSV_OR_EXCEL, ask_for_file, ask_for_folder

NAME = "harbour.where"


def asked(window: MainWindow, folder: Path) -> QFileDialog:
    (dialog,) = window.findChildren(QFileDialog, NAME)
    dialog.setDirectory(str(folder))
    return dialog


def answer(qtbot: QtBot, dialog: QFileDialog, text: str) -> None:
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def is_gone(window: MainWindow) -> bool:
    return not window.findChildren(QFileDialog, NAME)


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        (0, "ships", "ships.csv"),
        (1, "ships", "ships.xlsx"),
        (0, "ships.xlsx", "ships.xlsx"),
    ],
)
def test_a_name_without_an_ending_gets_that_of_the_chosen_kind(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, kind: int, typed: str, written: str
) -> None:
    told: list[Path] = []
    ask_for_file(window, NAME, "Export the ships", CSV_OR_EXCEL, told.append, "harbour")
    dialog = asked(window, tmp_path)
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    assert [kinds.itemText(at) for at in range(kinds.count())] == ["CSV (*.csv)", "Excel workbook (*.xlsx)"]
    kinds.setFocus()
    for _ in range(kind):
        qtbot.keyClick(kinds, Qt.Key.Key_Down)
    answer(qtbot, dialog, typed)
    qtbot.waitUntil(partial(is_gone, window))
    assert told == [tmp_path / written]


def test_the_suggested_name_is_taken_with_enter(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    told: list[Path] = []
    ask_for_file(window, NAME, "Export the ships", CSV_OR_EXCEL, told.append, "harbour")
    dialog = asked(window, tmp_path)
    qtbot.keyClick(dialog.findChild(QLineEdit, "fileNameEdit"), Qt.Key.Key_Return)
    qtbot.waitUntil(partial(is_gone, window))
    assert told == [tmp_path / "harbour.csv"]


def test_a_folder_is_asked_for_and_escape_asks_for_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    told: list[Path] = []
    (tmp_path / "quay").mkdir()
    ask_for_folder(window, NAME, "Where to put the ships", told.append)
    dialog = asked(window, tmp_path)
    answer(qtbot, dialog, "quay")
    qtbot.waitUntil(partial(is_gone, window))
    assert told == [tmp_path / "quay"]
    ask_for_folder(window, NAME, "Where to put the ships", told.append)
    qtbot.keyClick(asked(window, tmp_path), Qt.Key.Key_Escape)
    qtbot.waitUntil(partial(is_gone, window))
    assert told == [tmp_path / "quay"]

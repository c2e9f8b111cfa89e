"""Asks where a file or a folder goes; the window is not held up meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

CSV_OR_EXCEL = {"csv": "CSV", "xlsx": "Excel workbook"}
"""What a list is exported as."""


def ask_for_file(
    window: QWidget,
    name: str,
    title: str,
    kinds: Mapping[str, str],
    then: Callable[[Path], object],
    suggested: str,
) -> None:
    """Ask for a file to write and do `then` with its path, which has an ending.

    `kinds` are words by ending, the first of them the usual one; `suggested` is a name without an ending.
    """
    filters = {f"{words} (*.{ending})": ending for ending, words in kinds.items()}
    dialog = _dialog(window, name, title, then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(filters))
    dialog.setDefaultSuffix(next(iter(kinds)))
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(filters[chosen]))
    dialog.selectFile(suggested)
    dialog.open()


def ask_for_folder(window: QWidget, name: str, title: str, then: Callable[[Path], object]) -> None:
    """Ask for a folder and do `then` with its path."""
    dialog = _dialog(window, name, title, then)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.open()


def _dialog(window: QWidget, name: str, title: str, then: Callable[[Path], object]) -> QFileDialog:
    dialog = QFileDialog(window, title)
    dialog.setObjectName(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    return dialog

"""The cheat sheet: every key of the page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui.pages.quarantine.actions import GROUPS, IN_GRID, IN_PREVIEW
from divegov_gui.ui.widgets import button, label
from divegov_gui.ui.widgets.dialog import Dialog


class KeySheet(Dialog):
    """All keys, by what they are for; Escape closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("quarantine.sheet", "Keys of the quarantine", "keys", window)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        groups = {
            name: [(s.words.rstrip("…"), ", ".join(_shown(k) for k in s.keys)) for s in specs if s.keys]
            for name, specs in GROUPS.items()
        }
        groups["In the grid"] = list(IN_GRID)
        groups["In a preview"] = list(IN_PREVIEW)
        for names in (("Move", "In the grid"), ("Fix", "Decide"), ("List", "Columns", "In a preview")):
            column = QVBoxLayout()
            column.setSpacing(16)
            for name in names:
                column.addLayout(_group(name, groups[name]))
            column.addStretch(1)
            columns.addLayout(column)
        self.body.addLayout(columns)
        close = button("Close", name="quarantine.sheet.close", variant="primary")
        self.add_button(close, self.accept, default=True)


def _group(name: str, lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.addWidget(label(name, "overline"), 0, 0, 1, 2)
    for place, (words, keys) in enumerate(lines, start=1):
        grid.addWidget(label(words), place, 0)
        grid.addWidget(label(keys, "key"), place, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return grid


def _shown(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)

"""A sentence with a sign, in a tone, in its place on a page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import icon_label, label, restyle, reveal


class Note(QFrame):
    """A sentence with a sign, in a tone; hidden while there is nothing to say."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("notice", "true")
        space = theme.current().space
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(space.m, space.s, space.m, space.s)
        self.row.setSpacing(space.s)
        self._sign = icon_label("info", "info", 18)
        self.words = label("", wrap=True, name=name)
        self.row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addWidget(self.words, 1)
        self.hide()

    def say(self, text: str, tone: str = "info") -> None:
        """Say `text`; an empty one hides the note."""
        self.words.setText(text)
        self.setAccessibleName(text)
        theme.set_icon(self._sign, tone, tone, 18)
        self.setProperty("tone", tone)
        restyle(self)
        reveal(self, bool(text))

"""Small parts of this page: a note, and work beside the database's."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.tasks import Worker
from divegov_gui.ui.widgets import icon_label, label, restyle, reveal


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


def let_go(widget: QWidget) -> None:
    """Take `widget` away at once, its names with it, and delete it when whatever it is doing is over."""
    widget.hide()
    widget.setParent(None)
    QTimer.singleShot(0, lambda: widget.deleteLater())


class Nothing:
    """What work has for a session that needs none."""

    def close(self) -> None:
        """Nothing to close."""


def side_worker(name: str, owner: QObject) -> Worker:
    """A thread beside the database's two: for sockets and for the keyring, which both may keep one waiting.

    A fault of the program goes where every other goes that nobody takes: to the crash reporter.
    """
    return Worker(
        Nothing,
        name=name,
        on_crash=lambda error: sys.excepthook(type(error), error, error.__traceback__),
        parent=owner,
    )

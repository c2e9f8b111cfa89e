"""Small parts of this page: cards in columns, a note, and work beside the database's."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.tasks import Worker
from divegov_gui.ui.widgets import icon_label, label, restyle, reveal


class CardGrid(QWidget):
    """Cards of one width, row by row, in as many columns as fit."""

    def __init__(self, least_width: int, most_columns: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most = least_width, most_columns
        self._cards: list[QWidget] = []
        self._columns = 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.current().space.l)

    def set_cards(self, cards: list[QWidget]) -> None:
        """Show `cards` and let the earlier ones go."""
        for old in self._cards:
            self._grid.removeWidget(old)
            let_go(old)
        self._cards = cards
        self._arrange(self._fitting())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange(self._fitting())

    def _fitting(self) -> int:
        gap = self._grid.spacing()
        return max(1, min(self._most, (self.width() + gap) // (self._least + gap)))

    def _arrange(self, columns: int) -> None:
        for column in range(self._columns):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for place, card in enumerate(self._cards):
            self._grid.addWidget(card, place // columns, place % columns)
            card.show()  # now, so that the focus can go there
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        self.updateGeometry()


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

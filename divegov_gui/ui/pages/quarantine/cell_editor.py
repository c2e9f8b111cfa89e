"""The editor in a cell: what is typed is judged at once, and a bubble under it says what the gatekeeper would."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from divegov_gui.core.records import LABELS
from divegov_gui.services.checks import Check
from divegov_gui.services.queue import QueueRow
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import restyle


class CellEditor(QLineEdit):
    """A line of text over a cell of `row`, in one of its columns."""

    def __init__(self, parent: QWidget, row: QueueRow, column: str) -> None:
        super().__init__(parent)
        self.row, self.column = row, column
        self.is_committed = False
        """Whether what was typed is on its way into the database."""
        self.setObjectName("quarantine.editor")
        self.setAccessibleName(f"{LABELS[column]} of record {row.quarantine_id}")
        self.setText(row.value(column) or "")
        self.selectAll()
        self.bubble = Bubble(self.window())

    def show_verdict(self, found: tuple[Check, ...], other_count: int) -> None:
        """Say what the gatekeeper finds in the text as it is now."""
        tone = "" if not found else "danger" if found[0].is_error else "warning"
        self.setProperty("mark", tone)
        restyle(self)
        if found:
            words = found[0].wording
        elif other_count:
            words = f"This passes; {other_count} more to go"
        else:
            words = "The record would pass"
        self.bubble.say(words, tone or "success")
        self.bubble.point_at(self)
        self.setAccessibleDescription(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()  # the cursor stays in the cell
        else:
            super().keyPressEvent(event)

    def close_bubble(self) -> None:
        """The editor goes, and its bubble with it."""
        self.bubble.hide()
        self.bubble.deleteLater()


class Bubble(QFrame):
    """A verdict in a word, near to what it is about; it takes no focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("quarantine.verdict")
        self.setProperty("notice", "true")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 10, 4)
        row.setSpacing(6)
        self._sign = QLabel()
        self._words = QLabel()
        self._words.setObjectName("quarantine.verdict.words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self._sign)
        row.addWidget(self._words)
        self.hide()

    def say(self, words: str, tone: str) -> None:
        """Show a verdict in a tone."""
        theme.set_icon(self._sign, tone, tone, 16)
        self._words.setText(words)
        self.setProperty("tone", tone)
        restyle(self)
        self.adjustSize()

    def point_at(self, editor: QWidget) -> None:
        """Stand under the editor, or over it where there is no room, and within the window."""
        window = self.parentWidget()
        if window is None:
            return
        below = editor.mapTo(window, QPoint(0, editor.height() + 4))
        if below.y() + self.height() > window.height():
            below.setY(editor.mapTo(window, QPoint(0, 0)).y() - self.height() - 4)
        below.setX(max(4, min(below.x(), window.width() - self.width() - 4)))
        self.move(below)
        self.raise_()
        self.show()

"""As whom one acts in a file without logins: changed on purpose alone, never by a wheel that passes or a stray key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from divegov_gui.ui.pages.privacy.work import PERSONAS

_OPENING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}
_CHOOSING = {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}


class PersonaField(QComboBox):
    """The personas in a list that is opened first: what is pressed while it is closed chooses nothing."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setObjectName("privacy.persona")
        self.setAccessibleName("Acting as")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for each, title in PERSONAS:
            self.addItem(title, each)
        self.setCurrentIndex(max(0, self.findData(role)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING:
            self.showPopup()
        elif event.key() in _CHOOSING or (event.text().isprintable() and event.text()):
            event.ignore()
        else:
            super().keyPressEvent(event)

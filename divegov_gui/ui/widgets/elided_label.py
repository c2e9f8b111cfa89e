"""A line of text that gives way where there is no room for all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """One line with “…” where it does not fit (at its end, or where `elide` says); the tooltip has all of it."""

    def __init__(
        self,
        text: str = "",
        role: str = "muted",
        parent: QWidget | None = None,
        *,
        note: str = "",
        name: str = "",
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._elide_mode = elide
        self._full = self._note = ""
        self.set_full(text, note)

    @property
    def full(self) -> str:
        """All of the text."""
        return self._full

    def set_full(self, text: str, note: str = "") -> None:
        """Show `text`, as much of it as fits; the tooltip adds `note`."""
        self._full, self._note = " ".join(text.split()), note
        self.setAccessibleName(self._full)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self._elide_mode, max(0, self.width()))
        self.setText(shown)
        hidden = self._full if shown != self._full else ""
        self.setToolTip("\n".join(part for part in (hidden, self._note) if part))

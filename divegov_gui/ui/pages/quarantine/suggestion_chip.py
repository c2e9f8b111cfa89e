"""A suggested value as a chip: what it would be, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from divegov_gui.core.records import LABELS
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.columns import show_value
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.painting import color, focus_ring, rounded

if TYPE_CHECKING:
    from divegov_gui.services.suggestions.model import Suggestion

_GAP = 8
_SURE = {1: "not sure", 2: "likely", 3: ""}


class SuggestionChip(QAbstractButton):
    """Takes the suggestion when it is pressed."""

    def __init__(
        self,
        suggestion: Suggestion,
        column: str,
        place: int,
        mask: bool,
        parent: QWidget | None = None,
        *,
        mends: bool = True,
    ) -> None:
        super().__init__(parent)
        self._tone, self._mends = ("success" if mends else "info"), mends
        self.suggestion = suggestion
        self.setObjectName(f"quarantine.suggestion.{column.lower()}.{place}")
        self.setText(in_words(suggestion, mask))
        sure = _SURE[int(suggestion.confidence)]
        self._what = suggestion.words + (f" ({sure})" if sure else "")
        self.setAccessibleName(f"Suggestion: {self.text()}")
        self.setAccessibleDescription(self._what)
        passes = "The gatekeeper would accept it." if mends else "The value passes as it is, too."
        self.setToolTip(f"{self.text()}\n{self._what}\n{passes}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        value = QFontMetrics(_value_font()).horizontalAdvance(self.text())
        what = QFontMetrics(text_font(12)).horizontalAdvance(self._what)
        width = max(value, what) if self._mends else value + _GAP + what
        return QSize(width + 44, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height)

    @property
    def _height(self) -> int:
        """A repair has two lines; what passes anyway takes less room from what does not."""
        return 42 if self._mends else 26

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillPath(rounded(area, 8), color(f"{self._tone}_soft"))
        painter.setPen(QPen(color(f"{self._tone}_fill" if self.underMouse() else f"{self._tone}_soft"), 1))
        painter.drawRoundedRect(area, 8, 8)
        ink = theme.current().tone(self._tone)
        theme.paint_icon(painter, "suggest", 9, (self.height() - 16) / 2, 16, ink.on_soft)
        room = self.width() - 32 - 10
        if self._mends:
            self._line(painter, 5, _value_font(), ink.on_soft, self.text(), room)
            self._line(painter, 21, text_font(12), ink.on_soft, self._what, room)
        else:
            used = self._line(painter, 4, _value_font(), ink.on_soft, self.text(), room) + _GAP
            self._line(painter, 4, text_font(12), ink.on_soft, self._what, room - used, used)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), 8)

    @staticmethod
    def _line(painter: QPainter, top: int, font: QFont, ink: str, text: str, room: int, left: int = 0) -> int:
        """Draw one line, as much of it as there is room for; returns how wide it is."""
        painter.setFont(font)
        painter.setPen(QPen(ink))
        measure = QFontMetrics(font)
        shown = measure.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
        painter.drawText(QRectF(32 + left, top, max(0, room), 18), Qt.AlignmentFlag.AlignVCenter, shown)
        return measure.horizontalAdvance(shown)


def in_words(suggestion: Suggestion, mask: bool = False) -> str:
    """What the values would be; those of other columns are named."""
    parts = []
    for column, value in suggestion.changes.items():
        shown = show_value(column, value, mask) or "empty"
        parts.append(shown if column == suggestion.column else f"{LABELS[column]}: {shown}")
    return ", ".join(parts)


def _value_font() -> QFont:
    return text_font(13, QFont.Weight.DemiBold)

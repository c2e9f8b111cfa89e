"""A state in a word: sign, text and colour together, so that none has to carry it alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.painting import color, rounded

_SIGN = 14
_HEIGHT = 22


class Badge(QWidget):
    """A pill with a sign and a word in one of the tones."""

    def __init__(
        self, text: str, tone: str = "neutral", sign: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFont(text_font(12, text_font().Weight.DemiBold))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._text, self._tone, self._sign = "", tone, sign
        self.set_state(text, tone, sign)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    @property
    def tone(self) -> str:
        """The name of its tone."""
        return self._tone

    def set_state(self, text: str, tone: str = "neutral", sign: str = "") -> None:
        """Show `text`; the sign is an icon's name, and the tone's own where none is given."""
        self._text, self._tone, self._sign = text, tone, sign or tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self._text)
        return QSize(width + _SIGN + 4 + 2 * 8, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, 0, self.width(), _HEIGHT)
        painter.fillPath(rounded(area, _HEIGHT / 2), color(f"{self._tone}_soft"))
        ink = theme.current().tone(self._tone).on_soft
        theme.paint_icon(painter, self._sign, 8, (_HEIGHT - _SIGN) / 2, _SIGN, ink)
        painter.setPen(color(f"{self._tone}_on_soft"))
        painter.setFont(self.font())
        painter.drawText(area.adjusted(8 + _SIGN + 4, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, self._text)

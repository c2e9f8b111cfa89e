"""One choice of a facet: a tick, words, and how many records it shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.facets import FacetValue
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets import plural
from divegov_gui.ui.widgets.painting import color, focus_ring, rounded

HEIGHT = 26
_BOX = 14


class FacetRow(QAbstractButton):
    """A choice with its count and a hairline as long as its share; Up and Down go on to the next."""

    def __init__(self, facet: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facet = facet
        self.value: str | int = ""
        self._count, self._share = 0, 0.0
        self._count_text = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_value(self, found: FacetValue, most: int, chosen: bool) -> None:
        """Show one choice; `most` is the largest count beside it."""
        self.value, self._count = found.value, found.count
        self._share = found.count / most if most else 0.0
        self._count_text = grouped(found.count)
        self.setText(found.words)
        self.setObjectName(f"quarantine.facet.{self._facet}.{found.value}")
        self.setToolTip("\n".join(part for part in (found.words, found.note) if part))
        self.setAccessibleName(f"{found.words}, {plural(found.count, 'record')}")
        self.setChecked(chosen)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.underMouse():
            painter.fillPath(rounded(area, 5), color("hover"))
        self._paint_box(painter)
        font = text_font(13, text_font().Weight.DemiBold if self.isChecked() else text_font().Weight.Normal)
        measure = QFontMetrics(font)
        numbers = QFontMetrics(text_font(12))
        room = self.width() - 28 - numbers.horizontalAdvance(self._count_text) - 12
        painter.setFont(font)
        quiet = not self._count and not self.isChecked()
        painter.setPen(color("muted" if quiet else "text"))
        words = measure.elidedText(self.text(), Qt.TextElideMode.ElideRight, max(20, room))
        painter.drawText(area.adjusted(28, 0, 0, -1), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(text_font(12))
        painter.setPen(color("muted"))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(0, 0, -7, -1), right, self._count_text)
        self._paint_share(painter)
        if self.hasFocus():
            focus_ring(painter, area, 5)

    def _paint_box(self, painter: QPainter) -> None:
        box = QRectF(7.5, (HEIGHT - _BOX) / 2 - 0.5, _BOX - 1, _BOX - 1)
        painter.setBrush(color("accent") if self.isChecked() else color("raised"))
        painter.setPen(QPen(color("accent") if self.isChecked() else color("control_border"), 1))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(color("accent_text"), 1.8))
            x, y = box.left(), box.top()
            painter.drawPolyline([QPointF(x + 3, y + 6.7), QPointF(x + 5.6, y + 9.2), QPointF(x + 10, y + 4)])

    def _paint_share(self, painter: QPainter) -> None:
        width = (self.width() - 35) * self._share
        if width >= 1:
            painter.fillRect(QRectF(28, HEIGHT - 3, width, 2), color("border"))

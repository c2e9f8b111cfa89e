"""The steps of an ingestion beside each other: which are done, which is under way, which are to come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.painting import color

_SIGN, _GAP, _LINE = 20, 8, 48
_HEIGHT = 28


class Steps(QWidget):
    """A line of steps; `set_current` moves on, `halt` says that it stands still."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._names: tuple[str, ...] = ()
        self._at = -1
        self._sign = ""

    def begin(self, names: Sequence[str]) -> None:
        """Show `names`, none of them under way."""
        self._names, self._at, self._sign = tuple(names), -1, ""
        self._say()

    @property
    def current(self) -> int:
        """The place of the step under way, -1 before the first."""
        return self._at

    def set_current(self, place: int) -> None:
        """The step at `place` is under way; past the last, all are done."""
        self._at, self._sign = place, ""
        self._say()

    def halt(self, sign: str) -> None:
        """The step under way stands still; `sign` is the icon that says why (``pause``, ``danger``)."""
        self._sign = sign
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(520, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, _HEIGHT)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0.0
        for place, name in enumerate(self._names):
            if place:
                painter.setPen(QPen(color("accent" if place <= self._at else "border"), 2))
                middle = _HEIGHT / 2
                painter.drawLine(QPointF(x, middle), QPointF(x + _LINE, middle))
                x += _LINE + _GAP
            x += self._paint_step(painter, place, name, x) + _GAP

    def _paint_step(self, painter: QPainter, place: int, name: str, x: float) -> float:
        """Draw one step at `x`; returns its width."""
        under_way = place == self._at
        top = (_HEIGHT - _SIGN) / 2
        if place < self._at:
            theme.paint_icon(painter, "success", x, top, _SIGN, "success")
        elif under_way and self._sign:
            theme.paint_icon(painter, self._sign, x, top, _SIGN, _tone(self._sign))
        else:
            self._paint_number(painter, QRectF(x, top, _SIGN, _SIGN), place + 1, under_way)
        weight = QFont.Weight.DemiBold if under_way else QFont.Weight.Medium
        painter.setFont(text_font(13, weight))
        painter.setPen(color("text" if place <= self._at else "muted"))
        width = QFontMetrics(painter.font()).horizontalAdvance(name)
        left = x + _SIGN + 6
        painter.drawText(QRectF(left, 0, width + 2, _HEIGHT), Qt.AlignmentFlag.AlignVCenter, name)
        return _SIGN + 6 + width

    def _paint_number(self, painter: QPainter, area: QRectF, number: int, under_way: bool) -> None:
        painter.setPen(QPen(color("accent" if under_way else "control_border"), 1.4))
        painter.setBrush(color("accent") if under_way else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(area.adjusted(1, 1, -1, -1))
        painter.setFont(text_font(11, QFont.Weight.DemiBold))
        painter.setPen(color("accent_text" if under_way else "muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(number))

    def _say(self) -> None:
        count = len(self._names)
        if 0 <= self._at < count:
            said = f"Step {self._at + 1} of {count}: {self._names[self._at]}"
        else:
            said = "All steps are done" if self._at >= count else f"{count} steps to come"
        self.setAccessibleName(said)
        self.update()


def _tone(sign: str) -> str:
    return "danger" if sign == "danger" else "warning"

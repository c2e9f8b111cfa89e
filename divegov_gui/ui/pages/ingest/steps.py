"""The steps of an ingestion under each other: what each is for, which are done, which is under way."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets import label
from divegov_gui.ui.widgets.painting import color

_SIGN, _INDENT = 24, 40
_TONES = {"pause": "warning", "danger": "danger", "success": "success"}


class Step(QWidget):
    """One step: its number or sign, its name, what it is for; `slot` takes what is shown while it lasts."""

    def __init__(self, number: int, name: str, text: str, last: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._last = number, last
        self._state, self._sign = "to come", ""
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(_INDENT, 1, 0, 0 if last else space.l)
        column.setSpacing(2)
        self.name: QLabel = label(name, "strong")
        column.addWidget(self.name)
        column.addWidget(label(text, "muted", wrap=True))
        self.slot = QVBoxLayout()
        self.slot.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.slot)
        self.set_state("to come")

    def set_number(self, number: int) -> None:
        """Count the step differently, where one before it falls away."""
        self._number = number
        self.update()

    def set_state(self, state: str, sign: str = "") -> None:
        """``to come``, ``under way`` or ``done``; `sign` is an icon in the number's place (``pause``)."""
        self._state, self._sign = state, "success" if state == "done" else sign
        self.setAccessibleName(f"Step {self._number}, {self.name.text()}: {state}")
        self.update()

    @property
    def state(self) -> str:
        """``to come``, ``under way`` or ``done``."""
        return self._state

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._last:
            painter.setPen(QPen(color("accent" if self._state == "done" else "border"), 2))
            x = _SIGN / 2
            painter.drawLine(QPointF(x, _SIGN + 4), QPointF(x, self.height() - 4))
        if self._sign:
            theme.paint_icon(painter, self._sign, 0, 0, _SIGN, _TONES.get(self._sign, "muted"))
            return
        under_way = self._state == "under way"
        painter.setPen(QPen(color("accent" if under_way else "control_border"), 1.5))
        painter.setBrush(color("accent") if under_way else Qt.BrushStyle.NoBrush)
        area = QRectF(1, 1, _SIGN - 2, _SIGN - 2)
        painter.drawEllipse(area)
        painter.setFont(text_font(12, QFont.Weight.DemiBold))
        painter.setPen(color("accent_text" if under_way else "muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(self._number))

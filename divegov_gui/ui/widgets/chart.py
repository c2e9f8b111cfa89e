"""A chart that is hovered, clicked and walked by keyboard, and that writes itself as a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from divegov_gui.core import private_files
from divegov_gui.ui.widgets.chart_data import ChartData, ChartPlan, Mark
from divegov_gui.ui.widgets.chart_paint import paint_chart
from divegov_gui.ui.widgets.painting import color, focus_ring

_PAD = 4
_SHARP = 2
"""Pixels of a picture for each of the screen's."""


class Chart(QWidget):
    """The marks of `data`. Arrow keys, Home and End move from mark to mark; Enter, Space or a click choose one."""

    mark_looked_at = Signal(object)
    """The Mark under the mouse or the cursor, None where there is none."""
    mark_chosen = Signal(object)
    """The Mark that was chosen; only one that has a key can be."""

    def __init__(self, name: str, accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.data = ChartData("line")
        self._at = -1

    def set_data(self, data: ChartData) -> None:
        """Show `data`."""
        self.data = data
        self._at = -1
        self.setAccessibleDescription(data.said)
        self.setFixedHeight(data.height + 2 * _PAD)
        self.update()

    @property
    def current(self) -> Mark | None:
        """The mark that is looked at."""
        return self.data.drawn[self._at] if 0 <= self._at < len(self.data.drawn) else None

    def place_of(self, index: int) -> QPointF:
        """A point of the widget that belongs to a mark."""
        plan = self._plan()
        if self.data.form == "rows":
            return plan.row(index).center()
        return QPointF(plan.x_of(index), plan.plot.center().y())

    def save(self, path: Path) -> None:
        """Write the chart as .png or .svg. Raises OSError where that cannot be done."""
        if path.suffix.lower() == ".svg":
            self._save_svg(path)
            return
        private_files.reserve(path)
        image = QImage(self.size() * _SHARP, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(_SHARP)
        image.fill(color("raised"))
        painter = QPainter(image)
        paint_chart(painter, self._plan())
        painter.end()
        if not image.save(str(path)):
            raise OSError(f"The picture could not be written to {path}.")

    def sizeHint(self) -> QSize:
        return QSize(440, self.data.height + 2 * _PAD)

    # --- Qt's own
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chart(painter, self._plan(), self._at)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._look(self._plan().mark_at(event.position()))
        chosen = self.current
        can = chosen is not None and chosen.key is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._look(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look(self._plan().mark_at(event.position()))
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self.data.drawn) - 1
        back, on = (
            (Qt.Key.Key_Up, Qt.Key.Key_Down)
            if self.data.form == "rows"
            else (Qt.Key.Key_Left, Qt.Key.Key_Right)
        )
        goal = {
            back: max(0, self._at - 1),
            on: min(last, self._at + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in goal and last >= 0:
            self._look(goal[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._look(-1)
        super().focusOutEvent(event)

    # --- inside
    def _plan(self) -> ChartPlan:
        return ChartPlan(self.data, QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD))

    def _look(self, index: int) -> None:
        if index == self._at:
            return
        self._at = index
        mark = self.current
        self.setAccessibleDescription(mark.words if mark else self.data.said)
        self.mark_looked_at.emit(mark)
        self.update()

    def _choose(self) -> None:
        mark = self.current
        if mark is not None and mark.key is not None:
            self.mark_chosen.emit(mark)

    def _save_svg(self, path: Path) -> None:
        from PySide6.QtSvg import QSvgGenerator

        private_files.reserve(path)
        made = QSvgGenerator()
        made.setFileName(str(path))
        made.setSize(self.size())
        made.setViewBox(self.rect())
        made.setTitle(self.accessibleName())
        made.setDescription(self.data.said)
        painter = QPainter()
        if not painter.begin(made):
            raise OSError(f"The picture could not be written to {path}.")
        painter.fillRect(self.rect(), color("raised"))
        paint_chart(painter, self._plan())
        painter.end()

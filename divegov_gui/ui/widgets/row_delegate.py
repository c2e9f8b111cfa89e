"""Draws a table's cells by itself: one question to the model a row, no style option to fill."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import mono_font, text_font
from divegov_gui.ui.widgets.painting import color, rounded
from divegov_gui.ui.widgets.table_columns import CellBadge, Column
from divegov_gui.ui.widgets.virtual_model import ELLIPSIS, VirtualTableModel

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT, COMPACT_HEIGHT = 32, 26
_PAD = 10


class RowDelegate(QStyledItemDelegate):
    """Draws text, badges, selection and the current cell of a VirtualTableModel."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme: theme.Theme | None = None
        self.take_theme()

    def take_theme(self) -> None:
        """Keep the theme's pens and fonts, which are asked for at every cell."""
        if self._theme is theme.current():
            return
        self._theme = theme.current()
        self._text, self._muted = color("text"), color("muted")
        self._line, self._chosen = color("border"), color("selection")
        self._chosen_text, self._ring = color("selection_text"), color("focus")
        self._fonts = {False: text_font(), True: mono_font(12)}
        self._badge_font = text_font(12, text_font().Weight.DemiBold)
        self._measures = {mono: QFontMetrics(font) for mono, font in self._fonts.items()}
        self._badge_measure = QFontMetrics(self._badge_font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, VirtualTableModel)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(area, self._chosen)
        painter.setPen(self._line)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        at, column = index.row(), index.column()
        spec, texts = model.columns[column], model.texts(at)
        if texts is None:
            self._paint_absent(painter, area, model.error_at(at))
        elif spec.badge is not None and (badge := spec.badge(model.row(at))) is not None:
            self._paint_badge(painter, area, badge)
        else:
            tone = spec.tone(model.row(at)) if spec.tone is not None else ""
            ink = color(f"{tone}_text") if tone else (self._chosen_text if chosen else self._text)
            painter.setPen(ink)
            self._paint_text(painter, area, spec, texts[column])
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._ring, 2))
            painter.drawRect(area.adjusted(1, 1, -1, -2))

    def _paint_text(self, painter: QPainter, area: QRect, spec: Column, text: str) -> None:
        room = area.adjusted(_PAD, 0, -_PAD, 0)
        measure = self._measures[spec.mono]
        if len(text) * measure.averageCharWidth() > room.width() * 0.6:
            text = measure.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, room.width())
        side = Qt.AlignmentFlag.AlignRight if spec.align_right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(self._fonts[spec.mono])
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_absent(self, painter: QPainter, area: QRect, error: str) -> None:
        """A row that has not arrived, or could not be had."""
        painter.setPen(color("danger_text") if error else self._muted)
        painter.setFont(self._fonts[False])
        room = area.adjusted(_PAD, 0, -_PAD, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "!" if error else ELLIPSIS)

    def _paint_badge(self, painter: QPainter, area: QRect, badge: CellBadge) -> None:
        room = area.width() - 2 * _PAD - 34
        words = self._badge_measure.elidedText(badge.text, Qt.TextElideMode.ElideRight, room)
        width = self._badge_measure.horizontalAdvance(words) + 34
        pill = QRectF(area.left() + _PAD - 2, area.center().y() - 9.5, width, 20)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(rounded(pill, 10), color(f"{badge.tone}_soft"))
        ink = theme.current().tone(badge.tone).on_soft
        theme.paint_icon(painter, badge.sign or badge.tone, pill.left() + 8, pill.top() + 3, 14, ink)
        painter.setPen(color(f"{badge.tone}_on_soft"))
        painter.setFont(self._badge_font)
        painter.drawText(pill.adjusted(26, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

"""Draws a chart into any painter: the window's, a picture's or an SVG file's."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.chart_data import ChartPlan, Mark
from divegov_gui.ui.widgets.painting import color, fill_pattern, rounded

_FEW = 10
"""A line with so few points has its values written to them."""
_MANY = 60
"""A line with more points shows them only where it is looked at."""


def paint_chart(painter: QPainter, plan: ChartPlan, current: int = -1) -> None:
    """Draw the chart; the mark `current` stands out."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    if not plan.data.drawn:
        return
    if plan.data.form == "rows":
        _paint_rows(painter, plan, current)
        return
    _paint_grid(painter, plan)
    if plan.data.form == "columns":
        _paint_columns(painter, plan, current)
    else:
        _paint_line(painter, plan, current)


def _paint_grid(painter: QPainter, plan: ChartPlan) -> None:
    painter.setFont(text_font(11))
    plot = plan.plot
    for tick in plan.ticks:
        y = round(plan.y_of(tick)) + 0.5
        painter.setPen(QPen(color("border"), 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(color("muted"))
        area = QRectF(plan.area.left(), y - 9, plot.left() - plan.area.left() - 8, 18)
        painter.drawText(
            area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, plan.data.format(tick)
        )
    measure = QFontMetricsF(painter.font())
    painter.setPen(color("muted"))
    for index in plan.labelled(measure.horizontalAdvance):
        width = measure.horizontalAdvance(plan.data.drawn[index].label) + 4
        area = QRectF(plan.label_left(index, width), plot.bottom() + 6, width, 18)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, plan.data.drawn[index].label)


def _paint_line(painter: QPainter, plan: ChartPlan, current: int) -> None:
    tone = plan.data.series[0].tone
    points = plan.points()
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    ground = QPainterPath(path)
    ground.lineTo(points[-1].x(), plan.plot.bottom())
    ground.lineTo(points[0].x(), plan.plot.bottom())
    shade = color(f"{tone}_fill")
    shade.setAlphaF(0.14)
    painter.fillPath(ground, shade)
    painter.setPen(
        QPen(
            color(f"{tone}_fill"),
            2,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )
    painter.drawPath(path)
    for index, point in enumerate(points):
        if index == current:
            _paint_guide(painter, plan, point)
        if index == current or len(points) <= _MANY:
            painter.setPen(QPen(color("raised"), 1.5))
            painter.setBrush(color(f"{tone}_fill"))
            size = 5.5 if index == current else 3.5
            painter.drawEllipse(point, size, size)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(points) <= _FEW:
        _paint_values(painter, plan, points)


def _paint_values(painter: QPainter, plan: ChartPlan, points: list[QPointF]) -> None:
    """Write a value over each point that has room for it."""
    painter.setFont(text_font(11, QFont.Weight.DemiBold))
    painter.setPen(color("text"))
    measure, free = QFontMetricsF(painter.font()), plan.plot.left() + 2
    for mark, point in zip(plan.data.drawn, points, strict=True):
        words = plan.data.format(mark.values[0])
        width = measure.horizontalAdvance(words) + 6
        left = min(max(point.x() - width / 2, plan.plot.left() + 2), plan.area.right() - width)
        if left >= free:
            painter.drawText(QRectF(left, point.y() - 22, width, 16), Qt.AlignmentFlag.AlignCenter, words)
            free = left + width


def _paint_guide(painter: QPainter, plan: ChartPlan, point: QPointF) -> None:
    painter.setPen(QPen(color("control_border"), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(point.x(), plan.plot.top()), QPointF(point.x(), plan.plot.bottom()))


def _paint_columns(painter: QPainter, plan: ChartPlan, current: int) -> None:
    painter.setFont(text_font(11, QFont.Weight.DemiBold))
    for index, mark in enumerate(plan.data.drawn):
        parts = plan.column(index)
        for series, part in zip(plan.data.series, parts, strict=True):
            if part.height() > 0:
                fill_pattern(painter, part, series.tone, series.pattern)
        whole = parts[0].united(parts[-1])
        if index == current:
            painter.setPen(QPen(color("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole.adjusted(-1, -1, 1, 1))
        if sum(mark.values):
            painter.setPen(color("text"))
            area = QRectF(whole.center().x() - 40, whole.top() - 18, 80, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, plan.data.format(sum(mark.values)))


def _paint_rows(painter: QPainter, plan: ChartPlan, current: int) -> None:
    for index, mark in enumerate(plan.data.drawn):
        place = plan.row(index)
        if index == current:
            painter.fillPath(rounded(place.adjusted(0, 0, 0, -1), 4), color("hover"))
        _paint_words(painter, place.adjusted(8, 3, -8, -14), mark, plan)
        track = QRectF(place.left() + 8, place.top() + 25, place.width() - 16, 8)
        painter.save()
        painter.setClipPath(rounded(track, 4))
        painter.fillRect(track, color("sunken"))
        for series, part in zip(plan.data.series, plan.bars(index), strict=True):
            if part.width() > 0:
                fill_pattern(painter, part, series.tone, series.pattern)
        painter.restore()


def _paint_words(painter: QPainter, area: QRectF, mark: Mark, plan: ChartPlan) -> None:
    aside = mark.aside or plan.data.format(sum(mark.values))
    painter.setFont(text_font(13, QFont.Weight.DemiBold))
    painter.setPen(color("text"))
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, aside)
    room = area.width() - QFontMetricsF(painter.font()).horizontalAdvance(aside) - 16
    painter.setFont(text_font(13))
    label = QFontMetricsF(painter.font()).elidedText(mark.label, Qt.TextElideMode.ElideRight, room)
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, label)

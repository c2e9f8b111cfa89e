"""Draws a timeline: the axis, what happened, the versions, and the instant that one looks from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from divegov_gui.ui import theme
from divegov_gui.ui.pages.history.timeline_lives import Lives, Piece
from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan
from divegov_gui.ui.pages.history.timeline_scale import HOUR, local_datetime, ticks, utc_text
from divegov_gui.ui.pages.history.timeline_window import TimeWindow
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.times import date_text, exact_local, local_time, which_hour
from divegov_gui.ui.widgets.basics import plural
from divegov_gui.ui.widgets.painting import color, rounded

AXIS, STORY, BAR, FOOT, PAD = 32, 32, 48, 34, 12
_SEAM, _MARK = 2.0, 20.0
_POINT = 14.0
"""How far the current version reaches beyond now."""
_APART = 3.0
"""Ticks of the axis are no nearer to each other."""
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Lanes:
    """Where the parts of a timeline of some size are."""

    area: QRectF
    has_story: bool

    @property
    def story(self) -> QRectF:
        """The lane of what happened; without height where nothing is told."""
        return QRectF(
            self.area.left(), self.area.top() + AXIS, self.area.width(), STORY if self.has_story else 0
        )

    @property
    def bars(self) -> QRectF:
        """The lane of versions."""
        return QRectF(self.area.left(), self.story.bottom() + 4, self.area.width(), BAR)

    @property
    def foot(self) -> QRectF:
        """The lane of the cursor's label."""
        return QRectF(self.area.left(), self.bars.bottom(), self.area.width(), FOOT)


def lane_height(has_story: bool) -> int:
    """The height of a timeline in pixels."""
    return AXIS + (STORY if has_story else 0) + 4 + BAR + FOOT


def bar_area(lives: Lives, place: int, window: TimeWindow, lanes: Lanes) -> QRectF:
    """Where the version at a place is drawn: never so narrow that it could not be seen."""
    left, right = window.x(lives.starts[place]), window.x(lives.end(place))
    if lives.spans[place].last is None:
        right += _POINT
    width = max(right - left - _SEAM, 3.0)
    return QRectF(left, lanes.bars.top(), width, lanes.bars.height())


def mark_groups(marks: Sequence[StoryMark], window: TimeWindow) -> list[tuple[float, list[StoryMark]]]:
    """Marks, in order, by their pixel; those that would overlap are one group."""
    groups: list[tuple[float, list[StoryMark]]] = []
    for mark in marks:
        x = window.x(mark.instant)
        if groups and x - groups[-1][0] < _MARK + 4:
            groups[-1][1].append(mark)
        else:
            groups.append((x, [mark]))
    return groups


class TimelinePainter:
    """One painting of one timeline."""

    def __init__(self, painter: QPainter, window: TimeWindow, lanes: Lanes, lives: Lives) -> None:
        self._painter, self._window, self._lanes, self._lives = painter, window, lanes, lives
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    # --- the axis
    def axis(self) -> None:
        """Ticks of local time, over a hairline."""
        area = self._lanes.area
        y = area.top() + AXIS - 6
        self._painter.setPen(QPen(color("border"), 1))
        self._painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if self._window.scale.is_linear:
            self._linear_ticks(y)
        else:
            self._knot_ticks(y)

    def _linear_ticks(self, y: float) -> None:
        area, window = self._lanes.area, self._window
        first, last = window.instant(area.left()), window.instant(area.right())
        shared, found = ticks(first, last, int(area.width() // 110))
        start = area.left() + 4
        if shared:
            self._painter.setPen(color("text"))
            self._painter.setFont(text_font(12, QFont.Weight.DemiBold))
            self._painter.drawText(QRectF(start, area.top(), 200, AXIS - 8), _MIDDLE, shared)
            start += QFontMetrics(self._painter.font()).horizontalAdvance(shared) + 14
        for tick in found:
            start = self._tick(window.x(tick.instant), y, tick.text, start)

    def _knot_ticks(self, y: float) -> None:
        area, before, free = self._lanes.area, None, self._lanes.area.left()
        measure = QFontMetrics(text_font(12))
        for knot in self._knots_in_sight():
            x, text = self._window.x(knot), ""
            if x >= free:
                moment = local_datetime(knot)
                text = _step_text(before, moment)
                width = measure.horizontalAdvance(text)
                if x + width < area.right() - 24:
                    before, free = moment, x + width + 12
                else:
                    text = ""
            self._tick(x, y, text, area.left(), left_of=False)

    def _knots_in_sight(self) -> Iterator[int]:
        """The knots between the edges, some pixels apart."""
        knots, window = self._window.scale.knots[:-1], self._window
        at = bisect_left(knots, window.instant(self._lanes.area.left() - 1))
        while at < len(knots) and (x := window.x(knots[at])) <= self._lanes.area.right():
            yield knots[at]
            at = max(at + 1, bisect_left(knots, window.instant(x + _APART)))

    def _tick(self, x: float, y: float, text: str, start: float, *, left_of: bool = True) -> float:
        """A tick with its text: centred over it, or beginning at it; no text stands left of `start`.

        Returns where the next text may start.
        """
        painter = self._painter
        painter.setPen(QPen(color("control_border"), 1))
        painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3))
        if not text:
            return start
        painter.setFont(text_font(12))
        painter.setPen(color("muted"))
        width = QFontMetrics(painter.font()).horizontalAdvance(text)
        left = x - width / 2 if left_of else x
        if left < start or left + width > self._lanes.area.right() - 2:
            return start
        painter.drawText(QRectF(left, self._lanes.area.top(), width + 4, AXIS - 8), _MIDDLE, text)
        return left + width + 10

    # --- what happened
    def story(self, marks: Sequence[StoryMark]) -> None:
        """The marks above the versions, each with its sign; several in one place as their number."""
        lane = self._lanes.story
        for x, group in mark_groups(marks, self._window):
            if not lane.left() - _MARK < x < lane.right() + _MARK:
                continue
            gravest = group[0] if len(group) == 1 else None
            tone = gravest.tone if gravest else "neutral"
            circle = QRectF(x - _MARK / 2, lane.top() + 4, _MARK, _MARK)
            self._painter.setPen(QPen(color(f"{tone}_fill"), 1.4))
            self._painter.drawLine(QPointF(x, circle.bottom()), QPointF(x, self._lanes.bars.top()))
            self._painter.setBrush(color(f"{tone}_soft"))
            self._painter.drawEllipse(circle)
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            if gravest:
                ink = theme.current().tone(tone).on_soft
                theme.paint_icon(self._painter, gravest.icon, x - 6.5, circle.top() + 3.5, 13, ink)
            else:
                self._painter.setPen(color(f"{tone}_on_soft"))
                self._painter.setFont(text_font(12, QFont.Weight.DemiBold))
                self._painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(len(group)))

    # --- the versions
    def lane(self) -> None:
        """The ground that the versions lie on: where it shows, there was no such diver."""
        bars = self._lanes.bars
        middle = bars.center().y()
        self._painter.setPen(QPen(color("control_border"), 1, Qt.PenStyle.DashLine))
        self._painter.drawLine(QPointF(bars.left(), middle), QPointF(bars.right(), middle))

    def versions(self, chosen: int, *, focused: bool) -> None:
        """All versions in sight, the chosen one over its neighbours."""
        for piece in self._lives.in_sight(self._window, _POINT):
            if piece.count > 1:
                self._many(piece)
            elif piece.first != chosen:
                self._version(piece.first, chosen=False, focused=False)
        if 0 <= chosen < len(self._lives.spans):
            self._version(chosen, chosen=True, focused=focused)

    def _many(self, piece: Piece) -> None:
        """Versions that stand too close to be told apart, as one: how many they are, as far as there is room."""
        area = self._bar(piece.first).united(self._bar(piece.last))
        _, edge, ink = _bar_colors(self._lives.spans[piece.first], False)
        path = rounded(area.adjusted(0.5, 0.5, -0.5, -0.5), 6 if area.width() > 14 else 1.5)
        painter = self._painter
        painter.fillPath(path, color("neutral_soft"))
        painter.fillPath(path, QBrush(color("border"), Qt.BrushStyle.VerPattern))
        painter.setPen(QPen(edge, 1))
        painter.drawPath(path)
        self._count(piece.count, area.intersected(self._lanes.area), ink)

    def _count(self, count: int, area: QRectF, ink: QColor) -> None:
        """How many versions an area is, in its middle."""
        painter, words = self._painter, plural(count, "version")
        painter.setFont(text_font(13, QFont.Weight.DemiBold))
        width = QFontMetrics(painter.font()).horizontalAdvance(words) + 16
        if width <= area.width() - 8:
            pill = QRectF(area.center().x() - width / 2, area.center().y() - 12, width, 24)
            painter.fillPath(rounded(pill, 6), color("neutral_soft"))
            painter.setPen(ink)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)

    def _bar(self, place: int) -> QRectF:
        return bar_area(self._lives, place, self._window, self._lanes)

    def _version(self, place: int, *, chosen: bool, focused: bool) -> None:
        """One version with what it changed, who did it and why, as far as there is room."""
        span, area = self._lives.spans[place], self._bar(place)
        if area.right() < self._lanes.area.left() or area.left() > self._lanes.area.right():
            return
        ground, edge, ink = _bar_colors(span, chosen)
        painter = self._painter
        painter.setPen(QPen(edge, 2 if chosen else 1))
        painter.setBrush(ground)
        painter.drawPath(_bar_path(area.adjusted(0.5, 0.5, -0.5, -0.5), open_ended=span.end is None))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if focused and chosen:
            painter.setPen(QPen(color("focus"), 2))
            painter.drawPath(_bar_path(area.adjusted(-2.5, -2.5, 2.5, 2.5), open_ended=span.end is None))
        self._bar_words(span, area, ink)
        if span.ends_deleted:
            self._end_mark(area)

    def _bar_words(self, span: VersionSpan, area: QRectF, ink: QColor) -> None:
        sight = area.intersected(self._lanes.area)
        kept = 10 if span.ends_deleted else 18 if span.end is None else 0
        room = sight.adjusted(8, 4, -8 - kept, -5)
        if room.width() < 8:
            return
        upper = QRectF(room.left(), room.top(), room.width(), 20)
        lower = QRectF(room.left(), upper.bottom() - 1, room.width(), 20)
        painter = self._painter
        painter.setPen(ink)
        painter.setFont(text_font(13, QFont.Weight.DemiBold))
        number = str(span.number)
        wide = QFontMetrics(painter.font()).horizontalAdvance(number)
        if room.width() < wide:
            return
        painter.drawText(upper, _MIDDLE, number)
        rest = upper.adjusted(wide + 8, 0, 0, 0)
        painter.setFont(text_font(13, QFont.Weight.Medium))
        _elided(painter, rest, span.changes, least=36)
        painter.setFont(text_font(12))
        _elided(painter, lower, f"{span.actor} · {span.reason}", least=44)

    def _end_mark(self, area: QRectF) -> None:
        """The diver was deleted: a sign at the end of the last version."""
        size = 18.0
        x, y = area.right() - size / 2, area.center().y() - size / 2
        plate = QRectF(x - 3, y - 3, size + 6, size + 6)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color("raised"))
        self._painter.drawEllipse(plate)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        theme.paint_icon(self._painter, "delete", x, y, size, "danger")

    # --- the instant one looks from
    def cursor(self, as_of: int | None, dragged: bool) -> None:
        """The line of the instant, with a handle; what came later is veiled."""
        area, bars = self._lanes.area, self._lanes.bars
        x = self._window.x(self._lives.now if as_of is None else as_of)
        if as_of is not None and x < area.right():
            veil = color("raised")
            veil.setAlphaF(0.72)
            left = max(x, area.left())
            self._painter.fillRect(
                QRectF(
                    left, area.top() + AXIS - 4, area.right() - left, bars.bottom() - area.top() - AXIS + 6
                ),
                veil,
            )
        if not area.left() - 8 <= x <= area.right() + 8:
            return
        tone = "warning" if as_of is not None else "neutral"
        ink = color(f"{tone}_fill")
        self._painter.setPen(QPen(ink, 3 if dragged else 2))
        self._painter.drawLine(QPointF(x, area.top() + AXIS - 6), QPointF(x, bars.bottom() + 6))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(ink)
        tip = bars.bottom() + 2
        self._painter.drawPolygon(
            QPolygonF([QPointF(x, tip), QPointF(x - 7, tip + 9), QPointF(x + 7, tip + 9)])
        )
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._cursor_label(x, as_of, tone)

    def _cursor_label(self, x: float, as_of: int | None, tone: str) -> None:
        words = "now" if as_of is None else f"as of {self._as_exact_as_the_axis(as_of)}"
        self._painter.setFont(text_font(12, QFont.Weight.DemiBold))
        width = QFontMetrics(self._painter.font()).horizontalAdvance(words) + 16
        area = self._lanes.area
        left = min(max(x - width / 2, area.left()), area.right() - width)
        pill = QRectF(left, self._lanes.foot.top() + 12, width, 19)
        self._painter.fillPath(rounded(pill, 6), color(f"{tone}_soft"))
        self._painter.setPen(color(f"{tone}_on_soft"))
        self._painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)

    def _as_exact_as_the_axis(self, instant: int) -> str:
        """Local time to the minute, or to the microsecond where less than an hour is in sight."""
        area = self._lanes.area
        in_sight = self._window.instant(area.right()) - self._window.instant(area.left())
        return (exact_local if in_sight < HOUR else local_time)(utc_text(instant))


def _step_text(before: datetime | None, moment: datetime) -> str:
    """A time as far as it differs from the one written before it."""
    if before is None or moment.date() != before.date():
        return f"{date_text(moment)} {moment:%H:%M}{which_hour(moment)}"
    if (moment.hour, moment.minute, moment.utcoffset()) != (before.hour, before.minute, before.utcoffset()):
        return f"{moment:%H:%M}{which_hour(moment)}"
    if moment.second != before.second:
        return f"{moment:%H:%M:%S}"
    return f"{moment:.%f}"


def _bar_path(area: QRectF, *, open_ended: bool) -> QPainterPath:
    """A version's bar; one that is still valid points into the future."""
    if not open_ended or area.width() < 24:
        return rounded(area, 6 if area.width() > 14 else 1.5)
    tip, neck = area.right(), area.right() - 12
    path = rounded(QRectF(area.left(), area.top(), max(14.0, neck - area.left()), area.height()), 6)
    arrow = QPolygonF(
        [
            QPointF(neck - 7, area.top()),
            QPointF(neck, area.top()),
            QPointF(tip, area.center().y()),
            QPointF(neck, area.bottom()),
            QPointF(neck - 7, area.bottom()),
        ]
    )
    head = QPainterPath()
    head.addPolygon(arrow)
    head.closeSubpath()
    return path.united(head)


def _bar_colors(span: VersionSpan, chosen: bool) -> tuple[QColor, QColor, QColor]:
    """Ground, edge and text of a version's bar."""
    if chosen:
        return color("selection"), color("accent"), color("selection_text")
    if span.end is None:
        return color("promoted_soft"), color("promoted_fill"), color("promoted_on_soft")
    return color("neutral_soft"), color("neutral_fill"), color("neutral_on_soft")


def _elided(painter: QPainter, area: QRectF, text: str, least: int) -> None:
    """Draw a text, cut with “…” where it does not fit; nothing where there is hardly room."""
    if area.width() < least:
        return
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, _MIDDLE, fitting)

"""A diver's versions along time, drawn: to see at a glance what changed when, and to look from any instant."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from divegov_gui.ui.pages.history.timeline_paint import (
    PAD,
    Lanes,
    TimelinePainter,
    bar_area,
    lane_height,
    mark_groups,
)
from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan, span_at
from divegov_gui.ui.pages.history.timeline_scale import Scale, equal_steps, to_scale, utc_text
from divegov_gui.ui.pages.history.timeline_window import TimeWindow
from divegov_gui.ui.times import both_times
from divegov_gui.ui.widgets.painting import focus_ring

_NEAR = 7.0
_ZOOM = 1.25
_NARROW = 26.0
"""A version narrower than this when all is in sight asks for equal steps."""


class Timeline(QWidget):
    """One lane of versions, with what happened above them, and a cursor for the instant that one looks from.

    Left and Right go from version to version, Home and End to the first and the last; plus, minus and 0 zoom, Shift
    with an arrow pans, A looks from the beginning of the version, Escape from now. The wheel zooms, dragging pans,
    and the cursor can be dragged.
    """

    version_selected = Signal(object)
    """The place of the version that was selected, an int from 0."""
    story_chosen = Signal(object)
    """The StoryMarks that were clicked."""
    as_of_changed = Signal(object)
    """The instant that one looks from, in microseconds since 1970; None for now."""

    def __init__(self, name: str = "history.timeline", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._spans: tuple[VersionSpan, ...] = ()
        self._marks: tuple[StoryMark, ...] = ()
        self._now = 0
        self._chosen = -1
        self._as_of: int | None = None
        self._steps: bool | None = None
        self._window = TimeWindow(to_scale([0], 1))
        self._press: QPointF | None = None
        self._dragging = ""
        self.show_versions((), (), 0)

    # --- what the page does
    def show_versions(
        self, spans: Sequence[VersionSpan], marks: Sequence[StoryMark] = (), now: int = 0
    ) -> None:
        """Show `spans` in their order of time and what happened around them; the newest is selected."""
        self._spans, self._marks, self._now = tuple(spans), tuple(marks), now
        self._chosen = len(spans) - 1
        self._as_of = None
        self._steps = None
        self.updateGeometry()
        self.fit()
        self._describe()

    @property
    def spans(self) -> tuple[VersionSpan, ...]:
        """The versions shown."""
        return self._spans

    @property
    def selected(self) -> int:
        """The place of the version that is selected, -1 for none."""
        return self._chosen

    def select(self, place: int) -> None:
        """Select a version without telling; it is brought into sight."""
        if not 0 <= place < len(self._spans):
            return
        self._chosen = place
        span = self._spans[place]
        self._window.reveal(span.first, span.last if span.last is not None else self._now)
        self._describe()
        self.update()

    @property
    def as_of(self) -> int | None:
        """The instant that one looks from, None for now."""
        return self._as_of

    def set_as_of(self, instant: int | None) -> None:
        """Look from `instant` without telling."""
        self._as_of = instant
        self._describe()
        self.update()

    @property
    def has_equal_steps(self) -> bool:
        """Whether every version is as wide as the other, whatever time it lasted."""
        return not self._window.scale.is_linear if self._steps is None else self._steps

    def set_equal_steps(self, wanted: bool) -> None:
        """Choose between equal steps and time to scale."""
        self._steps = wanted
        self.fit()

    def fit(self) -> None:
        """Bring everything into sight; unless it was chosen, equal steps where a version would be too narrow."""
        self._rescale()
        if self._steps is None and len(self._spans) > 1:
            narrowest = min(
                bar_area(span, self._window, self._lanes(), self._now).width() for span in self._spans
            )
            if narrowest < _NARROW:
                self._window.scale = self._stepped()
        self.update()

    def zoom(self, factor: float, at_x: float | None = None) -> None:
        """Zoom in (above 1) or out, around a pixel or the middle."""
        self._window.zoom(factor, self.width() / 2 if at_x is None else at_x)
        self.update()

    # --- size
    def sizeHint(self) -> QSize:
        return QSize(640, lane_height(bool(self._marks)))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, lane_height(bool(self._marks)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        whole = self._window.is_whole
        self._place_window()
        if whole:
            self.fit()

    # --- painting
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        lanes = self._lanes()
        if self._spans:
            painter.save()
            painter.setClipRect(lanes.area.adjusted(-4, 0, 4, 0))
            drawing = TimelinePainter(painter, self._window, lanes, self._now)
            drawing.axis()
            drawing.lane()
            drawing.story(self._marks)
            for place, span in enumerate(self._spans):
                if place != self._chosen:
                    drawing.version(span, chosen=False, focused=False)
            if 0 <= self._chosen < len(self._spans):
                drawing.version(self._spans[self._chosen], chosen=True, focused=self.hasFocus())
            drawing.cursor(self._as_of, self._dragging == "cursor")
            painter.restore()
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()))

    def bar_of(self, place: int) -> QRectF:
        """Where the version at a place is drawn."""
        return bar_area(self._spans[place], self._window, self._lanes(), self._now)

    def cursor_x(self) -> float:
        """The pixel of the instant that one looks from."""
        return self._window.x(self._now if self._as_of is None else self._as_of)

    # --- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._spans:
            return
        self._press = event.position()
        self._dragging = "cursor" if self._is_at_cursor(event.position()) else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            at_cursor = self._is_at_cursor(event.position())
            over = self._place_at(event.position()) is not None or bool(self._marks_at(event.position()))
            self.setCursor(
                Qt.CursorShape.SplitHCursor
                if at_cursor
                else Qt.CursorShape.PointingHandCursor
                if over
                else Qt.CursorShape.ArrowCursor
            )
            return
        if self._dragging == "cursor":
            self._look_from(self._snapped(event.position().x()))
            return
        moved = event.position().x() - self._press.x()
        if self._dragging == "pan" or abs(moved) >= QApplication.startDragDistance():
            self._dragging = "pan"
            self._window.pan(moved)
            self._press = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and not self._dragging:
            place, marks = self._place_at(event.position()), self._marks_at(event.position())
            if place is not None:
                self._choose(place)
            elif marks:
                self.story_chosen.emit(marks)
        self._press, self._dragging = None, ""
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if place is None:
            self.fit()
            return
        span = self._spans[place]
        self._window.show(span.first, span.last if span.last is not None else self._now)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        sideways = turned.x() or (turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self._window.pan(sideways / 2)
            self.update()
        elif turned.y():
            self.zoom(_ZOOM ** (turned.y() / 120), event.position().x())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tooltip_at(self, point: QPointF) -> str:
        """What a hover says: the version, what happened, or the instant."""
        if marks := self._marks_at(point):
            return "\n".join(f"{both_times(mark.at)}  {mark.words}" for mark in marks)
        place = self._place_at(point)
        if place is not None:
            return self._spans[place].sentence
        return ""

    # --- keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self._spans) - 1
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        targets = {
            Qt.Key.Key_Left: self._chosen - 1,
            Qt.Key.Key_Right: self._chosen + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and shifted:
            self._window.pan(80 if key == Qt.Key.Key_Left else -80)
        elif key in targets:
            if 0 <= (place := targets[key]) <= last:
                self._choose(place)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM, self._middle_of_chosen())
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM, self._middle_of_chosen())
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_A and self._chosen >= 0:
            self._look_from(self._spans[self._chosen].first)
        elif key == Qt.Key.Key_Escape and self._as_of is not None:
            self._look_from(None)
        else:
            super().keyPressEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    # --- inside
    def _changes(self) -> list[int]:
        """Every instant at which a version begins or ends."""
        ends = [span.last for span in self._spans if span.last is not None]
        return [span.first for span in self._spans] + ends

    def _stepped(self) -> Scale:
        """A step for each change; what happened before the first version has a step too."""
        changes = self._changes()
        earliest = min((mark.instant for mark in self._marks), default=changes[0])
        return equal_steps([*changes, min(earliest, *changes)], self._now)

    def _rescale(self) -> None:
        """Make the scale anew: time to scale, or a step for each change."""
        changes = self._changes()
        if not changes:
            self._window.scale = to_scale([0], 1)
        elif self._steps:
            self._window.scale = self._stepped()
        else:
            self._window.scale = to_scale([*changes, *(mark.instant for mark in self._marks)], self._now)
        self._place_window()
        self._window.fit()

    def _place_window(self) -> None:
        self._window.x0, self._window.width = float(PAD), max(20.0, self.width() - 2.0 * PAD)

    def _lanes(self) -> Lanes:
        return Lanes(QRectF(PAD, 0, max(20, self.width() - 2 * PAD), self.height()), bool(self._marks))

    def _place_at(self, point: QPointF) -> int | None:
        """The version under a point, the selected one first where two are drawn over each other."""
        order = sorted(range(len(self._spans)), key=lambda place: place != self._chosen)
        return next(
            (place for place in order if self.bar_of(place).adjusted(-1, 0, 1, 0).contains(point)), None
        )

    def _marks_at(self, point: QPointF) -> list[StoryMark]:
        """What happened at a point of the lane above the versions."""
        lanes = self._lanes()
        if not lanes.has_story or not lanes.story.contains(point):
            return []
        groups = mark_groups(self._marks, self._window)
        return next((group for x, group in groups if abs(x - point.x()) <= _NEAR + 4), [])

    def _is_at_cursor(self, point: QPointF) -> bool:
        lanes = self._lanes()
        near = abs(point.x() - self.cursor_x())
        in_foot = lanes.foot.top() <= point.y()
        return bool(self._spans) and near <= (_NEAR + (14 if in_foot else -3))

    def _snapped(self, x: float) -> int | None:
        """The instant of a pixel; near a change it is the change itself, and at the end it is now."""
        nearest = min(self._changes(), key=lambda each: abs(self._window.x(each) - x))
        if abs(self._window.x(nearest) - x) <= _NEAR:
            return nearest
        if x >= self._window.x(self._now) - _NEAR:
            return None
        return max(self._window.instant(x), self._window.scale.first)

    def _middle_of_chosen(self) -> float:
        if self._chosen < 0:
            return self.width() / 2
        return min(max(self.bar_of(self._chosen).left(), PAD), self.width() - PAD)

    def _choose(self, place: int) -> None:
        if place != self._chosen:
            self.select(place)
            self.version_selected.emit(place)

    def _look_from(self, instant: int | None) -> None:
        if instant != self._as_of:
            self.set_as_of(instant)
            self.as_of_changed.emit(instant)

    def _describe(self) -> None:
        count = len(self._spans)
        self.setAccessibleName(f"Timeline of {count} version{'' if count == 1 else 's'}")
        words = self._spans[self._chosen].sentence if 0 <= self._chosen < count else "Nothing to show yet."
        if self._as_of is not None:
            there = span_at(self._spans, self._as_of)
            which = "no version was valid" if there is None else f"{self._spans[there].title} was valid"
            words += f" Looking from {both_times(utc_text(self._as_of))}: {which}."
        self.setAccessibleDescription(words)

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

from divegov_gui.ui.pages.history.timeline_lives import Lives
from divegov_gui.ui.pages.history.timeline_paint import (
    PAD,
    Lanes,
    TimelinePainter,
    bar_area,
    lane_height,
    mark_groups,
)
from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan
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
        self.lives = Lives((), (), 0)
        """What is shown."""
        self._chosen = -1
        self._as_of: int | None = None
        self._steps: bool | None = None
        self.sight = TimeWindow(to_scale([0], 1))
        self._press: QPointF | None = None
        self._dragging = ""
        self.show_versions((), (), 0)

    # --- what the page does
    def show_versions(
        self, spans: Sequence[VersionSpan], marks: Sequence[StoryMark] = (), now: int = 0
    ) -> None:
        """Show `spans` in their order of time and what happened around them; the newest is selected."""
        self.lives = Lives(spans, marks, now)
        self._chosen = len(spans) - 1
        self._as_of = None
        self._steps = None
        self.updateGeometry()
        self.fit()
        self._describe()

    @property
    def spans(self) -> tuple[VersionSpan, ...]:
        """The versions shown."""
        return self.lives.spans

    @property
    def selected(self) -> int:
        """The place of the version that is selected, -1 for none."""
        return self._chosen

    def select(self, place: int) -> None:
        """Select a version without telling; it is brought into sight."""
        if not 0 <= place < len(self.spans):
            return
        self._chosen = place
        self.sight.reveal(self.spans[place].first, self.lives.end(place))
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
        return not self.sight.scale.is_linear if self._steps is None else self._steps

    def set_equal_steps(self, wanted: bool) -> None:
        """Choose between equal steps and time to scale."""
        self._steps = wanted
        self.fit()

    def fit(self) -> None:
        """Bring everything into sight; unless it was chosen, equal steps where a version would be too narrow."""
        self._rescale()
        if self._steps is None and len(self.spans) > 1:
            lasted = self.sight.scale.last - self.sight.scale.first
            if self.lives.shortest / lasted / self.sight.span * self.sight.width < _NARROW:
                self.sight.scale = self._stepped()
        self.update()

    def zoom(self, factor: float, at_x: float | None = None) -> None:
        """Zoom in (above 1) or out, around a pixel or the middle."""
        self.sight.zoom(factor, self.width() / 2 if at_x is None else at_x)
        self.update()

    # --- size
    def sizeHint(self) -> QSize:
        return QSize(640, lane_height(bool(self.lives.marks)))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, lane_height(bool(self.lives.marks)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        whole = self.sight.is_whole
        self._place_window()
        if whole:
            self.fit()

    # --- painting
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        lanes = self._lanes()
        if self.spans:
            painter.save()
            painter.setClipRect(lanes.area.adjusted(-4, 0, 4, 0))
            drawing = TimelinePainter(painter, self.sight, lanes, self.lives)
            drawing.axis()
            drawing.lane()
            drawing.story(self._marks_in_sight())
            drawing.versions(self._chosen, focused=self.hasFocus())
            drawing.cursor(self._as_of, self._dragging == "cursor")
            painter.restore()
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()))

    def bar_of(self, place: int) -> QRectF:
        """Where the version at a place is drawn."""
        return bar_area(self.lives, place, self.sight, self._lanes())

    def cursor_x(self) -> float:
        """The pixel of the instant that one looks from."""
        return self.sight.x(self.lives.now if self._as_of is None else self._as_of)

    # --- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.spans:
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
            self.sight.pan(moved)
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
        self.sight.show(self.spans[place].first, self.lives.end(place))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        sideways = turned.x() or (turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self.sight.pan(sideways / 2)
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
            return self.spans[place].sentence
        return ""

    # --- keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self.spans) - 1
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        targets = {
            Qt.Key.Key_Left: self._chosen - 1,
            Qt.Key.Key_Right: self._chosen + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and shifted:
            self.sight.pan(80 if key == Qt.Key.Key_Left else -80)
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
            self._look_from(self.spans[self._chosen].first)
        elif key == Qt.Key.Key_Escape and self._as_of is not None:
            self._look_from(None)
        else:
            super().keyPressEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    # --- inside
    def _stepped(self) -> Scale:
        """A step for each change; what happened before the first version has a step too."""
        changes, marks = self.lives.changes, self.lives.marks
        before = [mark.instant for mark in marks[:1] if mark.instant < changes[0]]
        return equal_steps([*before, *changes], self.lives.now)

    def _rescale(self) -> None:
        """Make the scale anew: time to scale, or a step for each change."""
        changes, marks = self.lives.changes, self.lives.marks
        if not changes:
            self.sight.scale = to_scale([0], 1)
        elif self._steps:
            self.sight.scale = self._stepped()
        else:
            ends = [changes[0], changes[-1], *(mark.instant for mark in (*marks[:1], *marks[-1:]))]
            self.sight.scale = to_scale(ends, self.lives.now)
        self._place_window()
        self.sight.fit()

    def _place_window(self) -> None:
        self.sight.x0, self.sight.width = float(PAD), max(20.0, self.width() - 2.0 * PAD)

    def _lanes(self) -> Lanes:
        return Lanes(QRectF(PAD, 0, max(20, self.width() - 2 * PAD), self.height()), bool(self.lives.marks))

    def _place_at(self, point: QPointF) -> int | None:
        """The version under a point, the selected one first where two are drawn over each other."""
        at = self.lives.place_before(self.sight.instant(point.x()))
        near = [self._chosen, at, at - 1, at + 1, at - 2]
        order = [place for place in near if 0 <= place < len(self.spans)]
        return next(
            (place for place in order if self.bar_of(place).adjusted(-1, 0, 1, 0).contains(point)), None
        )

    def _marks_in_sight(self) -> Sequence[StoryMark]:
        """The marks between the edges, and those that show at an edge."""
        left, right = (self.sight.instant(x) for x in (-_NEAR, self.width() + _NEAR))
        return self.lives.marks_between(left, right)

    def _marks_at(self, point: QPointF) -> list[StoryMark]:
        """What happened at a point of the lane above the versions."""
        lanes = self._lanes()
        if not lanes.has_story or not lanes.story.contains(point):
            return []
        groups = mark_groups(self._marks_in_sight(), self.sight)
        return next((group for x, group in groups if abs(x - point.x()) <= _NEAR + 4), [])

    def _is_at_cursor(self, point: QPointF) -> bool:
        lanes = self._lanes()
        near = abs(point.x() - self.cursor_x())
        in_foot = lanes.foot.top() <= point.y()
        return bool(self.spans) and near <= (_NEAR + (14 if in_foot else -3))

    def _snapped(self, x: float) -> int | None:
        """The instant of a pixel; near a change it is the change itself, and at the end it is now."""
        nearest = self.lives.nearest_change(self.sight.instant(x))
        if abs(self.sight.x(nearest) - x) <= _NEAR:
            return nearest
        if x >= self.sight.x(self.lives.now) - _NEAR:
            return None
        return max(self.sight.instant(x), self.sight.scale.first)

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
        count = len(self.spans)
        self.setAccessibleName(f"Timeline of {count} version{'' if count == 1 else 's'}")
        words = self.spans[self._chosen].sentence if 0 <= self._chosen < count else "Nothing to show yet."
        if self._as_of is not None:
            there = self.lives.place_at(self._as_of)
            which = "no version was valid" if there is None else f"{self.spans[there].title} was valid"
            words += f" Looking from {both_times(utc_text(self._as_of))}: {which}."
        self.setAccessibleDescription(words)

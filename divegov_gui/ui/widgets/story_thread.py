"""What happened, one thing under the other: a sign for each, joined by a line, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.times import exact_local, exact_utc, local_time
from divegov_gui.ui.widgets.basics import button, label, plural, reveal
from divegov_gui.ui.widgets.painting import color
from divegov_gui.ui.widgets.turns import Turns

AT_ONCE = 100
"""How many events are shown at first, and how many more when one asks for those before."""
_A_TURN = 12
"""How many of them are made in one turn of the event loop."""
_SIGN = 24


@dataclass(frozen=True)
class StoryEvent:
    """One thing that happened: when (UTC text), a sign, a title, who did it, and more in lines."""

    at: str
    icon: str
    tone: str
    title: str
    actor: str = ""
    lines: tuple[str, ...] = ()


class StoryThread(QScrollArea):
    """A record's story; with nothing to tell it says `nothing`. Not `exact`: to the minute, the rest on hover."""

    def __init__(
        self,
        name: str,
        nothing: str = "Nothing is known of it yet.",
        parent: QWidget | None = None,
        *,
        exact: bool = True,
    ) -> None:
        super().__init__(parent)
        self._time = exact_local if exact else local_time
        self.setObjectName(name)
        self.setAccessibleName("Record story")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = nothing
        self._events: tuple[StoryEvent, ...] = ()
        self._first = 0
        self._is_made = False
        self._anchor: tuple[QWidget, int] | None = None
        self._turns = Turns(self)
        self.verticalScrollBar().rangeChanged.connect(lambda: self._stay())
        self.show_story(())

    @property
    def story(self) -> tuple[StoryEvent, ...]:
        """What is told, all of it."""
        return self._events

    @property
    def earlier(self) -> int:
        """How many events are before those that are shown."""
        return self._first

    def show_story(self, events: Sequence[StoryEvent]) -> None:
        """Show `events` in their order: the newest of them, and the earlier ones when they are asked for."""
        self._events = tuple(events)
        self._is_made = False
        self.setAccessibleDescription(
            " ".join(f"{exact_local(each.at)}: {each.title}." for each in self._events[-AT_ONCE:])
            or self._nothing
        )
        if self.isVisible():
            self._make()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make()

    # --- inside
    def _make(self) -> None:
        """Begin anew with what is told; nothing where that is done already."""
        if self._is_made:
            return
        self._is_made, self._anchor = True, None
        inside = QWidget()
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(4, 4, theme.current().space.s, 4)
        self._layout.setSpacing(0)
        self._more = button("", name=f"{self.objectName()}.earlier", variant="link")
        self._more.clicked.connect(self._go_back)
        self._layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        if not self._events:
            self._layout.addWidget(label(self._nothing, "muted", wrap=True))
        self._layout.addStretch(1)
        self.setWidget(inside)
        self._show_from(len(self._events))

    def _go_back(self) -> None:
        """Show more events; what is in sight stays there."""
        first = min(self.findChildren(_Item), key=lambda item: item.y())
        self._anchor = first, first.y() - self.verticalScrollBar().value()
        self._show_from(self._first)

    def _show_from(self, last: int) -> None:
        """Show the events before `last`: the first slice at once, then a slice a turn."""
        self._first = max(0, last - AT_ONCE)
        slices = range(self._first, last, _A_TURN)
        steps = [partial(self._add, first, min(first + _A_TURN, last)) for first in slices]
        for step in steps[:1]:
            step()
        self._turns.drop()
        self._turns.deleteLater()
        self._turns = Turns(self, *steps[1:])
        self._turns.start()
        more = min(self._first, AT_ONCE)
        self._more.setText(f"Show {grouped(more)} of {plural(self._first, 'earlier event')}")
        self._more.setAccessibleName(self._more.text())
        reveal(self._more, bool(self._first))

    def _add(self, first: int, last: int) -> None:
        newest = len(self._events) - 1
        for at in range(first, last):
            item = _Item(self._events[at], self._time, is_first=at == 0, is_last=at == newest)
            self._layout.insertWidget(1 + at - self._first, item)

    def _stay(self) -> None:
        """Events came before those in sight: these stay where they were."""
        if self._anchor is not None:
            self._layout.activate()
            first, below_the_edge = self._anchor
            self.verticalScrollBar().setValue(first.y() - below_the_edge)


class _Item(QWidget):
    """One event beside its sign."""

    def __init__(
        self, event: StoryEvent, time_of: Callable[[str], str], *, is_first: bool, is_last: bool
    ) -> None:
        super().__init__()
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.m)
        row.addWidget(_Sign(event, above=not is_first, below=not is_last))
        words = QVBoxLayout()
        words.setContentsMargins(0, 2, 0, space.m)
        words.setSpacing(1)
        words.addWidget(label(event.title, "strong", wrap=True))
        when = label(time_of(event.at) + (f" · {event.actor}" if event.actor else ""), "hint", wrap=True)
        when.setToolTip(exact_utc(event.at))
        words.addWidget(when)
        for line in event.lines:
            words.addWidget(label(line, "muted", wrap=True))
        row.addLayout(words, 1)


class _Sign(QWidget):
    """The sign of an event, with the line to its neighbours."""

    def __init__(self, event: StoryEvent, *, above: bool, below: bool) -> None:
        super().__init__()
        self._event, self._above, self._below = event, above, below
        self.setFixedWidth(_SIGN)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = _SIGN / 2
        painter.setPen(QPen(color("control_border"), 1.5))
        if self._above:
            painter.drawLine(QPointF(middle, 0), QPointF(middle, 2))
        if self._below:
            painter.drawLine(QPointF(middle, _SIGN), QPointF(middle, self.height()))
        tone = self._event.tone
        painter.setPen(QPen(color(f"{tone}_fill"), 1.4))
        painter.setBrush(color(f"{tone}_soft"))
        painter.drawEllipse(QRectF(1, 2, _SIGN - 2, _SIGN - 2))
        ink = theme.current().tone(tone).on_soft
        theme.paint_icon(painter, self._event.icon, 5, 6, 14, ink)

"""What happened, one thing under the other: a sign for each, joined by a line, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.times import exact_local, exact_utc, local_time
from divegov_gui.ui.widgets.basics import label
from divegov_gui.ui.widgets.painting import color

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
        self.show_story(())

    @property
    def story(self) -> tuple[StoryEvent, ...]:
        """What is shown."""
        return self._events

    def show_story(self, events: Sequence[StoryEvent]) -> None:
        """Show `events` in their order."""
        self._events = tuple(events)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(4, 4, theme.current().space.s, 4)
        layout.setSpacing(0)
        for at, event in enumerate(self._events):
            layout.addWidget(_Item(event, self._time, is_first=at == 0, is_last=at == len(self._events) - 1))
        if not self._events:
            layout.addWidget(label(self._nothing, "muted", wrap=True))
        layout.addStretch(1)
        self.setWidget(inside)
        self.setAccessibleDescription(
            " ".join(f"{exact_local(each.at)}: {each.title}." for each in self._events) or self._nothing
        )


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

"""From which instant one looks: a time to type, a slider to drag, and a way back to now."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDateTime, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QHBoxLayout, QSlider, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.history.moments import moment_field, moment_format
from divegov_gui.ui.pages.history.timeline_scale import SECOND, local_datetime, utc_text
from divegov_gui.ui.times import both_times, zone_name
from divegov_gui.ui.widgets import button, icon_label, label, reveal

_STEPS = 2000


class AsOfBar(QWidget):
    """A date-time field and a slider over the time that the workspace knows, in local time."""

    chosen = Signal(object)
    """The instant chosen, in microseconds since 1970; None for now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._first, self._now = 0, SECOND
        self._as_of: int | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(label("As of", "label", tone="muted"))
        self.field = self._date_field()
        row.addWidget(self.field)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("history.as_of_slider")
        self.slider.setAccessibleName("As of, from the first version to now")
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setFixedWidth(170)
        self.slider.valueChanged.connect(self._slide)
        row.addWidget(self.slider)
        self.show_as_of(None)

    def set_range(self, first: int, now: int) -> None:
        """Let one choose between two instants; the later one stands for now."""
        self._first, self._now = first, max(now, first + SECOND)
        blocker = QSignalBlocker(self.field)
        self.field.setMaximumDateTime(_qt(self._now))
        blocker.unblock()
        self.show_as_of(self._as_of)

    def show_as_of(self, instant: int | None) -> None:
        """Show from when one looks, without telling."""
        self._as_of = instant
        blockers = QSignalBlocker(self.field), QSignalBlocker(self.slider)
        self.field.setDisplayFormat(moment_format())
        shown = self._now if instant is None else instant
        self.field.setDateTime(_qt(shown))
        share = (shown - self._first) / (self._now - self._first)
        self.slider.setValue(round(_STEPS * min(max(share, 0.0), 1.0)))
        for blocker in blockers:
            blocker.unblock()

    # --- inside
    def _date_field(self) -> QDateTimeEdit:
        field = moment_field("history.as_of", f"As of, local time {zone_name()}")
        field.setToolTip(f"Local time ({zone_name()})")
        field.dateTimeChanged.connect(self._type)
        return field

    def _type(self, typed: QDateTime) -> None:
        instant = typed.toMSecsSinceEpoch() * 1000
        self._choose(None if instant // SECOND >= self._now // SECOND else instant)

    def _slide(self, value: int) -> None:
        whole = self._now - self._first
        self._choose(None if value >= _STEPS else self._first + whole * value // _STEPS)

    def _choose(self, instant: int | None) -> None:
        if instant != self._as_of:
            self.show_as_of(instant)
            self.chosen.emit(instant)


class AsOfBanner(QWidget):
    """Says that one looks from the past; hidden while one does not."""

    left = Signal(object)
    """This banner, when the person wants to be back at now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = QFrame()
        frame.setProperty("notice", "true")
        frame.setProperty("tone", "warning")
        outer.addWidget(frame)
        row = QHBoxLayout(frame)
        row.setContentsMargins(space.m, space.xs, space.xs, space.xs)
        row.setSpacing(space.s)
        row.addWidget(icon_label("clock", "warning_on_soft", 18))
        self.words = label("", "strong", name="history.as_of_words")
        self.note = label("What came later was not known then.", "body")
        row.addWidget(self.words)
        row.addWidget(self.note, 1)
        self.back = button("Back to now", name="history.now", variant="ghost", icon="forward")
        self.back.clicked.connect(lambda: self.left.emit(self))
        row.addWidget(self.back)
        self.show_as_of(None)

    def show_as_of(self, instant: int | None) -> None:
        """Say from when one looks; None hides the banner."""
        if instant is not None:
            utc = utc_text(instant)
            self.words.setText(f"As of {both_times(utc)}")
        reveal(self, instant is not None)


def _qt(instant: int) -> QDateTime:
    moment: datetime = local_datetime(instant)
    return QDateTime.fromMSecsSinceEpoch(round(moment.timestamp() * 1000) // 1000 * 1000)

"""How far long work has come, how fast it goes, how long it will take, and how to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.core.progress import Progress
from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import button, label, reveal

_STEPS = 10_000


class ProgressPanel(QFrame):
    """Stage, bar, speed and time left of one piece of work; `unit` is what it counts (empty: bare numbers)."""

    cancel_requested = Signal(object)
    """This panel, when the person asks to stop."""

    def __init__(
        self,
        name: str,
        unit: str = "rows",
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "card")
        self._unit, self._clock = unit, clock
        self._pace = Pace()
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.l, space.m, space.l, space.l)
        layout.setSpacing(space.s)
        head = QHBoxLayout()
        head.setSpacing(space.s)
        self.stage = label("", "strong")
        self.cancel = button("Stop", name=f"{name}.cancel", icon="stop")
        self.cancel.clicked.connect(self._ask_to_stop)
        head.addWidget(self.stage, 1)
        head.addWidget(self.cancel)
        layout.addLayout(head)
        self.bar = QProgressBar()
        self.bar.setObjectName(f"{name}.bar")
        self.bar.setAccessibleName("Progress")
        self.bar.setTextVisible(False)
        layout.addWidget(self.bar)
        self.detail = label("", "hint")
        layout.addWidget(self.detail)

    def start(self, stage: str = "Starting", can_cancel: bool = True) -> None:
        """Show the panel at its beginning."""
        self._pace = Pace()
        self.cancel.setEnabled(can_cancel)
        self.cancel.setText("Stop")
        self.report(Progress(stage))
        reveal(self, True)

    def report(self, progress: Progress) -> None:
        """Show one report; fits as a task's `on_progress`."""
        self._pace.add(progress, self._clock())
        self.stage.setText(progress.stage)
        if progress.total:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(min(_STEPS, round(_STEPS * progress.done / progress.total)))
        else:
            self.bar.setRange(0, 0)
        self.detail.setText(" · ".join(self._details(progress)))
        self.bar.setAccessibleDescription(f"{progress.stage}. {self.detail.text()}")

    def finish(self, text: str, detail: str = "") -> None:
        """Show that the work has ended, and how."""
        self.stage.setText(text)
        self.detail.setText(detail)
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(_STEPS)
        self.cancel.setEnabled(False)

    def _details(self, progress: Progress) -> list[str]:
        parts = []
        if progress.total:
            parts.append(f"{grouped(progress.done)} of {grouped(progress.total)} {self._unit}".rstrip())
        elif progress.done:
            parts.append(f"{grouped(progress.done)} {self._unit}".rstrip())
        if self._unit and self._pace.per_second >= 1:
            parts.append(f"{decimal(self._pace.per_second, 0)} {self._unit}/s")
            if progress.total and progress.done < progress.total:
                left = (progress.total - progress.done) / self._pace.per_second
                parts.append(f"{duration(left)} left")
        return parts

    def _ask_to_stop(self) -> None:
        self.cancel.setEnabled(False)
        self.cancel.setText("Stopping…")
        self.cancel_requested.emit(self)


class Pace:
    """Units a second within one stage, smoothed over the last seconds."""

    def __init__(self) -> None:
        self.per_second = 0.0
        self._stage: str | None = None
        self._done, self._at = 0, 0.0

    def add(self, progress: Progress, now: float) -> None:
        """Take one report into account."""
        if progress.stage != self._stage or progress.done < self._done:
            self._stage, self._done, self._at, self.per_second = progress.stage, progress.done, now, 0.0
            return
        elapsed = now - self._at
        if elapsed < 0.2:
            return
        latest = (progress.done - self._done) / elapsed
        weight = min(1.0, elapsed / 2)
        self.per_second = (
            latest if not self.per_second else self.per_second + weight * (latest - self.per_second)
        )
        self._done, self._at = progress.done, now


def duration(seconds: float) -> str:
    """A time for people: ``less than a second``, ``12 s``, ``3 min 20 s``, ``1 h 5 min``."""
    if seconds < 1:
        return "less than a second"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

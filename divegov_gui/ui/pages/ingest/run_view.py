"""An ingestion under way: how far it is, and, where it stopped, how to go on."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import Progress
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.job import GOVERNING, LOADING, SETTING_UP, Paused
from divegov_gui.ui.pages.ingest.parts import ElidedLabel, ScrollColumn
from divegov_gui.ui.pages.ingest.refusal_card import RefusalCard
from divegov_gui.ui.pages.ingest.steps import Steps
from divegov_gui.ui.shell.notices import announce
from divegov_gui.ui.widgets import Card, button, duration, label, reveal, rule
from divegov_gui.ui.widgets.progress_panel import Pace

_BAR_STEPS = 10_000
_NAMES = {SETTING_UP: "Set up the workspace", LOADING: "Load the records", GOVERNING: "Govern them"}
_WIDEST = 980


class RunView(ScrollColumn):
    """One card from the start to the end, or to the stop; nothing on it moves without a reason."""

    stop_wanted = Signal()
    go_on_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._began, self._pace = 0.0, Pace()
        self._stages: list[str] = []
        self._ticking = QTimer(self)
        self._ticking.setInterval(1000)
        self._ticking.timeout.connect(self._tick)
        card = Card()
        card.setMaximumWidth(_WIDEST)
        card.body.setSpacing(theme.current().space.l)
        card.body.addLayout(self._head())
        card.body.addWidget(self._steps_part())
        card.body.addWidget(rule())
        card.body.addWidget(self._progress_part())
        card.body.addWidget(self._stopped_part())
        self.refusal = RefusalCard("ingest.failed")
        card.body.addWidget(self.refusal)
        card.body.addWidget(self._buttons_part())
        centred = QHBoxLayout()
        centred.addWidget(card, 1)
        self.body.addLayout(centred)
        self.body.addStretch(1)

    # --- what the page does
    def begin(self, name: str, sets_up: bool) -> None:
        """Show a run at its beginning."""
        self._began, self._pace = self._clock(), Pace()
        self._title.set_full(name)
        self._stages = [SETTING_UP, LOADING, GOVERNING] if sets_up else [LOADING, GOVERNING]
        self._steps.begin([_NAMES[stage] for stage in self._stages])
        self._stop.setEnabled(True)
        self._stop.setText("Stop")
        self._show_parts(running=True)
        self.report(Progress("Waiting to begin"))
        self._ticking.start()

    def report(self, progress: Progress) -> None:
        """Show one report of the job."""
        self._pace.add(progress, self._clock())
        stage, _, words = progress.stage.partition(" · ")
        if stage in _NAMES:
            self._reach(stage)
        self._stage.setText(words[:1].upper() + words[1:] if words else progress.stage)
        self._bar.setRange(0, _BAR_STEPS if progress.total else 0)
        if progress.total:
            self._bar.setValue(min(_BAR_STEPS, round(_BAR_STEPS * progress.done / progress.total)))
        self._detail.setText(self._details(stage, progress))
        self._bar.setAccessibleDescription(f"{self._stage.text()}. {self._detail.text()}")

    def show_stopping(self) -> None:
        """The person has asked to stop."""
        self._stop.setEnabled(False)
        self._stop.setText("Stopping…")

    def show_paused(self, paused: Paused) -> None:
        """The run was stopped and can go on."""
        self._ticking.stop()
        self._steps.halt("pause")
        self._loaded.setText(f"{paused.loaded:,} of {paused.total:,} records are loaded")
        self._kept.setText(
            "None of them is governed yet, and nothing is lost: they wait in the workspace. Go on, now or "
            "another day with the same source, and it continues from there."
            if paused.loaded
            else "Nothing was loaded yet. Go on, and it starts from the beginning."
        )
        self._go_on.setText("Go on")
        self._show_parts(paused=True)
        announce(self, f"Stopped. {self._loaded.text()}.", urgent=False)

    def show_failed(self, error: DiveGovError) -> None:
        """The run came to an end that nobody wanted."""
        self._ticking.stop()
        self._steps.halt("danger")
        self.refusal.show_error(error)
        self._go_on.setText("Try again")
        self._show_parts(failed=True)
        announce(self, self.refusal.text, urgent=True)

    def show_done(self) -> None:
        """The run is over; the page shows its result."""
        self._ticking.stop()

    def focus_first(self) -> None:
        """Put the focus on the button that comes first: the one that stops, or the one that goes on."""
        first = self._stop if self._go_on.isHidden() else self._go_on
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._title = ElidedLabel(role="heading")
        self._title.setObjectName("ingest.run.title")
        self._elapsed = label("", "muted", name="ingest.run.elapsed")
        row.addWidget(self._title, 1)
        row.addWidget(self._elapsed)
        return row

    def _steps_part(self) -> QWidget:
        self._steps = Steps()
        self._steps.setObjectName("ingest.run.steps")
        return self._steps

    def _progress_part(self) -> QWidget:
        self._progress = QWidget()
        column = QVBoxLayout(self._progress)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.s)
        self._stage = label("", "strong", name="ingest.run.stage")
        self._bar = QProgressBar()
        self._bar.setObjectName("ingest.run.bar")
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._detail = label("", "muted", name="ingest.run.detail")
        for part in (self._stage, self._bar, self._detail):
            column.addWidget(part)
        return self._progress

    def _stopped_part(self) -> QWidget:
        self._stopped = QWidget()
        column = QVBoxLayout(self._stopped)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.xs)
        self._loaded = label("", "heading", wrap=True, name="ingest.run.loaded")
        self._kept = label("", "muted", wrap=True)
        column.addWidget(self._loaded)
        column.addWidget(self._kept)
        return self._stopped

    def _buttons_part(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.s)
        self._go_on = button("Go on", name="ingest.resume", variant="primary", icon="play")
        self._go_on.clicked.connect(self.go_on_wanted)
        self._leave = button("Change what to ingest", name="ingest.back", icon="back")
        self._leave.clicked.connect(self.leave_wanted)
        self._stop = button("Stop", name="ingest.cancel", icon="stop")
        self._stop.setAccessibleDescription("Stops the ingestion. What is loaded is kept.")
        self._stop.clicked.connect(self.stop_wanted)
        self._promise = label("Stopping loses nothing: what is loaded is kept, and you can go on.", "hint")
        for part in (self._stop, self._promise, self._go_on, self._leave):
            row.addWidget(part)
        row.addStretch(1)
        return made

    def _show_parts(self, running: bool = False, paused: bool = False, failed: bool = False) -> None:
        for part in (self._progress, self._stop, self._promise):
            reveal(part, running)
        for part in (self._go_on, self._leave):
            reveal(part, paused or failed)
        reveal(self._stopped, paused)
        if not failed:
            self.refusal.show_error(None)
        if running:
            self._tick()
        else:
            self._elapsed.setText("")

    def _reach(self, stage: str) -> None:
        if stage not in self._stages:  # a script changed between the look at the workspace and the start
            self._stages.insert(0, stage)
            self._steps.begin([_NAMES[each] for each in self._stages])
        self._steps.set_current(self._stages.index(stage))

    def _details(self, stage: str, progress: Progress) -> str:
        if stage == LOADING and progress.total:
            return " · ".join(self._loading(progress.done, progress.total))
        if stage in (SETTING_UP, GOVERNING) and progress.total:
            what = "Script" if stage == SETTING_UP else "Step"
            return f"{what} {min(progress.done + 1, progress.total)} of {progress.total}"
        return "Other work in this workspace goes first." if not progress.total else ""

    def _loading(self, done: int, total: int) -> list[str]:
        parts = [f"{done:,} of {total:,} records"]
        if self._pace.per_second >= 1:
            parts.append(f"{self._pace.per_second:,.0f} records/s")
            if done < total:
                parts.append(f"{duration((total - done) / self._pace.per_second)} left to load")
        return parts

    def _tick(self) -> None:
        whole = int(self._clock() - self._began)
        self._elapsed.setText(f"{duration(whole)} so far" if whole >= 1 else "")

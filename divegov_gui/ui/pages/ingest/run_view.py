"""An ingestion under way: how far it is, and, where it stopped, how to go on."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.core.progress import Progress
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.job import GOVERNING, LOADING, SETTING_UP, Paused
from divegov_gui.ui.pages.ingest.parts import ScrollColumn
from divegov_gui.ui.pages.ingest.refusal_card import RefusalCard
from divegov_gui.ui.pages.ingest.steps import Step
from divegov_gui.ui.shell.notices import announce
from divegov_gui.ui.widgets import Card, button, duration, label, reveal, rule
from divegov_gui.ui.widgets.elided_label import ElidedLabel
from divegov_gui.ui.widgets.progress_panel import Pace

_BAR_STEPS = 10_000
_STAGES = (SETTING_UP, LOADING, GOVERNING)
_STEPS = {
    SETTING_UP: (
        "Set up the workspace",
        "The numbered scripts make the tables, the rules and the gatekeepers, each whole or not at all.",
    ),
    LOADING: (
        "Load the records",
        "Every record is kept exactly as it came, before anything judges it.",
    ),
    GOVERNING: (
        "Govern them",
        "All rules are run inside the database, in one transaction. Every record gets exactly one outcome.",
    ),
}


class RunView(ScrollColumn):
    """One card from the start to the end, or to the stop; what is under way stands under its step."""

    stop_wanted = Signal()
    go_on_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._began, self._pace = 0.0, Pace()
        self._at = LOADING
        self._runs = False
        self._ticking = QTimer(self)
        self._ticking.setInterval(1000)
        self._ticking.timeout.connect(self._tick)
        self.steps = {
            stage: Step(place, *_STEPS[stage], last=stage == GOVERNING)
            for place, stage in enumerate(_STAGES, start=1)
        }
        card = Card()
        card.body.setSpacing(0)
        card.body.addLayout(self._head())
        card.body.addSpacing(theme.current().space.m)
        card.body.addWidget(rule())
        card.body.addSpacing(theme.current().space.l)
        for step in self.steps.values():
            card.body.addWidget(step)
        self._now = self._now_part()
        self.steps[LOADING].slot.addWidget(self._now)
        self.body.addWidget(card)
        self.body.addStretch(1)

    # --- what the page does
    def begin(self, name: str, sets_up: bool) -> None:
        """Show a run at its beginning."""
        self._began, self._pace = self._clock(), Pace()
        self._title.set_full(name)
        self._number(sets_up)
        self._reach(SETTING_UP if sets_up else LOADING)
        self._stop.setEnabled(True)
        self._stop.setText("Stop")
        self._show_parts(running=True)
        self.report(Progress("Waiting for other work in this workspace"))
        self._run(True)

    def report(self, progress: Progress) -> None:
        """Show one report of the job."""
        self._pace.add(progress, self._clock())
        stage, _, words = progress.stage.partition(" · ")
        if stage in _STAGES:
            self._reach(stage)
        self._bar.setRange(0, _BAR_STEPS if progress.total else 0)
        if progress.total:
            self._bar.setValue(min(_BAR_STEPS, round(_BAR_STEPS * progress.done / progress.total)))
        self._detail.setText(self._details(stage, words, progress))
        self._bar.setAccessibleDescription(f"{stage}. {self._detail.text()}")

    def show_stopping(self) -> None:
        """The person has asked to stop."""
        self._stop.setEnabled(False)
        self._stop.setText("Stopping…")

    def show_paused(self, paused: Paused) -> None:
        """The run was stopped and can go on."""
        self._run(False)
        self.steps[self._at].set_state("under way", "pause")
        self._loaded.setText(
            f"Stopped: {grouped(paused.loaded)} of {grouped(paused.total)} records are loaded"
        )
        self._kept.setText(
            "None of them is governed yet, and nothing is lost. Go on now, or another day with the same source."
            if paused.loaded
            else "Nothing was loaded yet. Go on, and it starts from the beginning."
        )
        self._go_on.setText("Go on")
        self._show_parts(paused=True)
        announce(self, self._loaded.text(), urgent=False)

    def show_failed(self, error: DiveGovError) -> None:
        """The run came to an end that nobody wanted."""
        self._run(False)
        self.steps[self._at].set_state("under way", "danger")
        self.refusal.show_error(error)
        self._go_on.setText("Try again")
        self._show_parts(failed=True)
        announce(self, self.refusal.text, urgent=True)

    def show_done(self) -> None:
        """The run is over; the page shows its result."""
        self._run(False)

    def focus_first(self) -> None:
        """Put the focus on the button that comes first: the one that stops, or the one that goes on."""
        first = self._stop if self._go_on.isHidden() else self._go_on
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run(self._runs)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees the clock: it need not tick."""
        self._ticking.stop()
        super().hideEvent(event)

    # --- inside
    def _run(self, runs: bool) -> None:
        """Note whether the work runs; the clock ticks while it does and is seen."""
        self._runs = runs
        if runs and self.isVisible():
            self._tick()
            self._ticking.start()
        elif not runs:
            self._ticking.stop()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.m)
        self._title = ElidedLabel(role="heading")
        self._title.setObjectName("ingest.run.title")
        self._elapsed = label("", "muted", name="ingest.run.elapsed")
        self._stop = button("Stop", name="ingest.cancel", icon="stop")
        self._stop.setAccessibleDescription("Stops the ingestion. What is loaded is kept.")
        self._stop.clicked.connect(self.stop_wanted)
        row.addWidget(self._title, 1)
        row.addWidget(self._elapsed)
        row.addWidget(self._stop)
        row.addStrut(self._stop.sizeHint().height())
        return row

    def _now_part(self) -> QWidget:
        """What stands under the step that is under way: progress, the stop, or the failure."""
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, theme.current().space.m, 0, theme.current().space.s)
        column.setSpacing(theme.current().space.m)
        column.addWidget(self._progress_part())
        column.addWidget(self._stopped_part())
        self.refusal = RefusalCard("ingest.failed")
        column.addWidget(self.refusal)
        column.addWidget(self._choices_part())
        return made

    def _progress_part(self) -> QWidget:
        self._progress = QWidget()
        column = QVBoxLayout(self._progress)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.s)
        self._bar = QProgressBar()
        self._bar.setObjectName("ingest.run.bar")
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self._detail = label("", "label", name="ingest.run.detail")
        column.addWidget(self._bar)
        column.addWidget(self._detail)
        column.addWidget(label("Stopping loses nothing: what is loaded is kept, and you can go on.", "hint"))
        return self._progress

    def _stopped_part(self) -> QWidget:
        self._stopped = QWidget()
        column = QVBoxLayout(self._stopped)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.xs)
        self._loaded = label("", "heading", wrap=True, name="ingest.run.loaded")
        self._kept = label("", wrap=True)
        column.addWidget(self._loaded)
        column.addWidget(self._kept)
        return self._stopped

    def _choices_part(self) -> QWidget:
        self._choices = QWidget()
        row = QHBoxLayout(self._choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.s)
        self._go_on = button("Go on", name="ingest.resume", variant="primary", icon="play")
        self._go_on.clicked.connect(self.go_on_wanted)
        self._leave = button("Change what to ingest", name="ingest.back", icon="back")
        self._leave.clicked.connect(self.leave_wanted)
        row.addWidget(self._go_on)
        row.addWidget(self._leave)
        row.addStretch(1)
        return self._choices

    def _show_parts(self, running: bool = False, paused: bool = False, failed: bool = False) -> None:
        for part in (self._progress, self._stop):
            reveal(part, running)
        for part in (self._choices, self._go_on, self._leave):
            reveal(part, paused or failed)
        reveal(self._stopped, paused)
        if not failed:
            self.refusal.show_error(None)
        if running:
            self._tick()
        else:
            self._elapsed.setText("")

    def _number(self, sets_up: bool) -> None:
        """Count the steps from 1, with or without the first."""
        reveal(self.steps[SETTING_UP], sets_up)
        for place, stage in enumerate(_STAGES if sets_up else _STAGES[1:], start=1):
            self.steps[stage].set_number(place)

    def _reach(self, stage: str) -> None:
        """`stage` is under way; those before it are done."""
        if stage == SETTING_UP and self.steps[stage].isHidden():
            self._number(sets_up=True)  # a script changed since the page looked at the workspace
        place = _STAGES.index(stage)
        for at, each in enumerate(_STAGES):
            state = "done" if at < place else "under way" if at == place else "to come"
            self.steps[each].set_state(state)
        self._at = stage
        self.steps[stage].slot.addWidget(self._now)

    def _details(self, stage: str, words: str, progress: Progress) -> str:
        if not progress.total:
            return f"{progress.stage}…"
        if stage == LOADING:
            return " · ".join(self._loading(progress.done, progress.total))
        what = "Script" if stage == SETTING_UP else "Step"
        step = f"{what} {min(progress.done + 1, progress.total)} of {progress.total}"
        return f"{step} · {words}"

    def _loading(self, done: int, total: int) -> list[str]:
        parts = [f"{grouped(done)} of {grouped(total)} records"]
        if self._pace.per_second >= 1:
            parts.append(f"{decimal(self._pace.per_second, 0)} records/s")
            if done < total:
                parts.append(f"{duration((total - done) / self._pace.per_second)} left to load")
        return parts

    def _tick(self) -> None:
        whole = int(self._clock() - self._began)
        self._elapsed.setText(f"{duration(whole)} so far" if whole >= 1 else "")

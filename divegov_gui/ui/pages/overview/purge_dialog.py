"""Purging old raw data: a day, a rehearsal that says what would go, a reason, and then the purge."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from divegov_gui.services.batches import Purged, day_before
from divegov_gui.ui.context import BATCHES, AppContext
from divegov_gui.ui.pages.overview.work_batches import run_purge
from divegov_gui.ui.widgets import FormRow, ProgressPanel, ReasonRow, button, label, plural, reveal
from divegov_gui.ui.widgets.question import Question

DAYS = 365
_REHEARSAL = "Rehearsal"
_DETAIL = (
    "Takes away what sources sent before a day, for good. What became of each record, all counts and the divers "
    "stay. What a record came from that still waits in quarantine stays until it is resolved."
)


class PurgeDialog(Question):
    """Nothing can be purged that was not rehearsed for the same day."""

    purged = Signal(object)
    """What was Purged."""

    def __init__(self, context: AppContext, window: QWidget, *, allowed: bool = True) -> None:
        """Who is not `allowed` to purge is told who is."""
        name = "overview.purge_dialog"
        super().__init__(name, "Purge old raw data", "erase", "Purge", window, detail=_DETAIL, danger=True)
        self._context = context
        self._rehearsed: Purged | None = None
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        oldest = day_before(DAYS)
        self.day.setDate(QDate(oldest.year, oldest.month, oldest.day))
        self.day.setMaximumDate(QDate(*day_before(0).timetuple()[:3]))
        self.day.dateChanged.connect(lambda _: self._forget())
        self.rehearse = button("Rehearse", name=f"{name}.rehearse", icon="rehearse")
        self.rehearse.clicked.connect(partial(self._run, True))
        line = QHBoxLayout()
        line.addWidget(FormRow("Received &before (UTC)", self.day, name=f"{name}.day"), 1)
        self.body.addLayout(line)
        self.body.addWidget(self.rehearse, 0, Qt.AlignmentFlag.AlignLeft)
        self.told = label(
            "Rehearse first: it says what would go, and changes nothing.",
            "muted",
            wrap=True,
            name=f"{name}.told",
        )
        self.body.addWidget(self.told)
        self.reason = ReasonRow(f"{name}.reason", "It is kept in the log of actions.")
        self.reason.line.textChanged.connect(lambda _: self._allow())
        self.body.addWidget(self.reason)
        self.progress = ProgressPanel(f"{name}.progress", unit="steps")
        self.body.addWidget(self.progress)
        reveal(self.progress, False)
        self.yes.clicked.connect(partial(self._run, False))
        self._allow()
        if not allowed:
            self.rehearse.setEnabled(False)
            self.told.setText("To purge is for compliance officers: tell one what should go.")

    # --- inside
    def _before(self) -> date:
        chosen = self.day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def _forget(self) -> None:
        """Another day: what was rehearsed holds no more."""
        self._rehearsed = None
        self.told.setText("Rehearse first: it says what would go, and changes nothing.")
        self._allow()

    def _allow(self) -> None:
        found = self._rehearsed
        self.yes.setEnabled(found is not None and found.records > 0 and bool(self.reason.text))

    def _run(self, rehearse: bool, _: bool = False) -> None:
        self.say_problem(None)
        self.yes.setEnabled(False)
        self.rehearse.setEnabled(False)
        self.progress.start("Rehearsing" if rehearse else "Purging")
        reveal(self.progress, True)
        handle = self._context.writer.submit(
            partial(run_purge, self._before(), _REHEARSAL if rehearse else self.reason.text, rehearse),
            label="Rehearsing a purge" if rehearse else "Purging old raw data",
            write=not rehearse,
            on_progress=self.progress.report,
            on_success=self._show if rehearse else self._finish,
            on_failure=self.say_problem,
            on_finished=lambda _: self._end(),
            owner=self,
        )
        self.progress.cancel_requested.connect(lambda _: handle.cancel())

    def _end(self) -> None:
        reveal(self.progress, False)
        self.rehearse.setEnabled(True)
        self._allow()

    def _show(self, found: Purged) -> None:
        if found.before != self._before():
            return
        self._rehearsed = found
        if not found.batches:
            words = f"Nothing would go: no batch that was received before {found.before} has raw data left."
        else:
            kept = f" {plural(found.kept, 'record')} would stay, since they still wait." if found.kept else ""
            words = (
                f"The raw values of {plural(found.records, 'record')} of {plural(found.batches, 'batch', 'batches')} "
                f"would go.{kept} Among them: {', '.join(found.newest)}."
            )
        self.told.setText(words)

    def _finish(self, done: Purged) -> None:
        self.purged.emit(done)
        self._context.notifier.success(
            "The raw data is purged.",
            f"The raw values of {plural(done.records, 'record')} are gone; outcomes and counts stay.",
        )
        self._context.tell_changed({BATCHES})
        self.accept()

"""Governing a batch again: a rehearsal that says what would become of it, and then doing it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.quality import BatchSummary
from divegov_gui.services.replay import Replay
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, AppContext
from divegov_gui.ui.pages.overview.turn_list import TurnList
from divegov_gui.ui.pages.overview.work_batches import run_replay
from divegov_gui.ui.widgets import ProgressPanel, label, plural, reveal
from divegov_gui.ui.widgets.question import Question


class ReplayDialog(Question):
    """It rehearses at once; what was rehearsed can be done."""

    replayed = Signal(object)
    """The Replay that was done."""

    def __init__(self, context: AppContext, batch: BatchSummary, window: QWidget) -> None:
        name = "overview.replay_dialog"
        title = f"Govern batch {batch.batch_id} again"
        detail = (
            f"What {batch.source_name} brought is kept verbatim. It is judged by the rules as they are today and "
            "compared with the divers as they are today, as a batch of its own. Nobody is made a second time, and "
            "what waits in quarantine keeps its place."
        )
        super().__init__(name, title, "rehearse", "Govern again", window, detail=detail)
        self._context, self._batch = context, batch
        self.told = label("", "strong", wrap=True, name=f"{name}.told")
        reveal(self.told, False)
        self.body.addWidget(self.told)
        self.turns = TurnList(f"{name}.turns")
        self.body.addWidget(self.turns)
        self.progress = ProgressPanel(f"{name}.progress", unit="steps")
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        self.yes.clicked.connect(partial(self._run, False))
        self._run(True)

    # --- inside
    def _run(self, rehearse: bool, _: bool = False) -> None:
        self.say_problem(None)
        self.yes.setEnabled(False)
        self.progress.start("Rehearsing" if rehearse else "Governing again")
        reveal(self.progress, True)
        number = self._batch.batch_id
        handle = self._context.writer.submit(
            partial(run_replay, number, rehearse),
            label=f"Rehearsing batch {number}" if rehearse else f"Governing batch {number} again",
            write=not rehearse,
            on_progress=self.progress.report,
            on_success=self._show if rehearse else self._finish,
            on_failure=self._refuse,
            on_finished=lambda _: self._end(),
            owner=self,
        )
        self._handle = handle
        self.progress.cancel_requested.connect(lambda _: handle.cancel())
        self.finished.connect(lambda _: handle.cancel())

    def _show(self, found: Replay) -> None:
        left = [
            f"{plural(count, 'record')} {'is' if count == 1 else 'are'} left out: {why}."
            for count, why in (
                (found.purged, "what the source sent was purged"),
                (found.erased, "the person was erased"),
            )
            if count
        ]
        different = found.comparison.different
        said = (
            f"{plural(different, 'record')} would turn out differently."
            if different
            else "Every record would turn out as it did the first time."
        )
        self.told.setText(" ".join([said, *left]))
        reveal(self.told, True)
        self.turns.show_comparison(found.comparison)
        self.yes.setEnabled(True)
        self.yes.setFocus()

    def _end(self) -> None:
        reveal(self.progress, False)
        self.fit()

    def _refuse(self, error: DiveGovError) -> None:
        self.say_problem(error)
        self.yes.setEnabled(False)

    def _finish(self, done: Replay) -> None:
        self._context.notifier.success(
            f"Batch {done.first.batch_id} was governed again as batch {done.batch_id}.",
            f"{plural(done.comparison.different, 'record')} turned out differently.",
        )
        self._context.tell_changed({BATCHES, QUARANTINE, DIVERS})
        self.replayed.emit(done)
        self.accept()

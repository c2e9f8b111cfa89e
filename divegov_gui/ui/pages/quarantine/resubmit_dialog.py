"""Resubmitting with a rehearsal: what the gate would say of these records, before it is asked in earnest."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.core.errors import Cancelled, Conflict, DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.checks import Checks
from divegov_gui.services.queue import Decidable, read_decidable
from divegov_gui.services.review import Resubmitted, Versions, resubmit_records
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.pages.quarantine.left_out_words import left_out, nothing_left
from divegov_gui.ui.pages.quarantine.rehearsal_words import collides, fails, passes, sentence, why
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import ProgressPanel, ReasonRow, button, icon_label, label, plural, reveal
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.question import Problem

_WIDTH, _HEIGHT = 640, 460


class ResubmitDialog(Dialog):
    """Rehearses at once, says what would happen, and then does it."""

    resubmitted = Signal(object)
    """The Resubmitted, once it has really happened."""
    outdated = Signal()
    """Others have changed what the list shows."""

    def __init__(
        self,
        context: AppContext,
        checks: Checks,
        ids: array[int],
        window: QWidget,
        *,
        waive: bool = False,
        seen: Mapping[int, int] | None = None,
    ) -> None:
        super().__init__(
            "quarantine.resubmit_dialog", f"Resubmit {plural(len(ids), 'record')}", "rehearse", window
        )
        self.resize(_WIDTH, _HEIGHT)
        self._context, self._checks, self._ids, self._seen = context, checks, ids, seen
        self._decidable = Decidable(())
        self._rehearsed: Resubmitted | None = None
        self._handle: TaskHandle | None = None
        self._doing = False
        self._build(waive)
        self._rehearse()

    # --- building
    def _build(self, waive: bool) -> None:
        self.problem = Problem("quarantine.rehearsal.problem")
        self.body.addWidget(self.problem)
        self.progress = ProgressPanel("quarantine.rehearsal", "")
        self.progress.cancel_requested.connect(lambda _: self._stop())
        self.body.addWidget(self.progress)
        self._result = QWidget()
        column = QVBoxLayout(self._result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.m)
        self._tiles = QHBoxLayout()
        column.addLayout(self._tiles)
        self.sentence = label("", wrap=True, name="quarantine.rehearsal.sentence")
        column.addWidget(self.sentence)
        self.left_out = label("", "muted", wrap=True, name="quarantine.rehearsal.left_out")
        column.addWidget(self.left_out)
        self.records = QListWidget()
        self.records.setObjectName("quarantine.rehearsal.records")
        self.records.setAccessibleName("Records that would stay")
        self.records.setMinimumHeight(132)
        self.records.setWordWrap(True)
        self.records.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.records, 1)
        column.addStretch()
        self.body.addWidget(self._result, 1)
        self._build_waiving(waive)
        self.cancel = button("Cancel", name="quarantine.rehearsal.cancel")
        self.add_button(self.cancel, self.reject)
        self.everything = button("Resubmit all", name="quarantine.rehearsal.all")
        self.add_button(self.everything, lambda: self._do(self._decidable.versions))
        self.passing = button("Resubmit", name="quarantine.rehearsal.go", variant="primary")
        self.add_button(self.passing, lambda: self._do(self._passing()))
        self._result.hide()

    def _build_waiving(self, waive: bool) -> None:
        self.waive = QCheckBox("Release what fails by warnings alone, with a reason")
        self.waive.setObjectName("quarantine.rehearsal.waive")
        self.waive.setChecked(waive)
        self.reason = ReasonRow("quarantine.rehearsal.reason", "Kept with every record that is released.")
        reveal(self.reason, waive)
        self.waive.toggled.connect(self._toggle_waiving)
        self.body.addWidget(self.waive)
        self.body.addWidget(self.reason)

    # --- rehearsing
    def _toggle_waiving(self, on: bool) -> None:
        self.reason.setVisible(on)
        if on:
            self.reason.line.setFocus()
        self._rehearse()

    def _rehearse(self) -> None:
        """Ask the gate and keep nothing. A rehearsal needs no reason of the person's."""
        reason = "Rehearsal" if self.waive.isChecked() else None
        self._start(
            partial(_rehearse, self._ids, self._seen, self.waive.isChecked(), reason),
            "Rehearsing",
            self._show_rehearsal,
            write=False,
        )

    def _start(self, job: Any, words: str, on_success: Callable[[Any], object], write: bool) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._doing = write
        self._result.setVisible(False)
        for control in (self.passing, self.everything, self.waive):
            control.setEnabled(False)
        self.progress.start(words)
        self._handle = self._context.writer.submit(
            job,
            label=f"{words} {plural(len(self._ids), 'record')}",
            kind=None if write else "quarantine.rehearse",
            write=write,
            on_success=on_success,
            on_failure=self._take_failure,
            on_progress=self.progress.report,
            owner=self,
        )

    def _show_rehearsal(self, answer: tuple[Decidable, Resubmitted | None]) -> None:
        self._decidable, found = answer
        if found is None:
            self._context.notifier.info(*nothing_left(self._decidable))
            self._handle = None
            self.reject()
            return
        self._rehearsed = found
        self.say_title(f"Resubmit {plural(len(self._decidable.versions), 'record')}")
        self.left_out.setText(left_out(self._decidable))
        reveal(self.left_out, bool(self.left_out.text()))
        self.progress.hide()
        self._result.show()
        self._show_tiles(found)
        erring = any(record.failed_checks & self._checks.errors for record in found.records)
        never = " Errors are never released." if self.waive.isChecked() and erring else ""
        self.sentence.setText(sentence(found, self._checks) + never)
        self._list(found)
        self._offer(found)
        self._take_room(bool(found.failed_count))

    def _offer(self, found: Resubmitted) -> None:
        """The buttons say what they would send; what would do nothing is not there."""
        count, staying = found.passed_count, found.failed_count
        which = f" the {plural(count, 'record')} that {passes(count)}" if staying else ""
        self.passing.setText(f"Resubmit{which}")
        self.passing.setAccessibleName(self.passing.text())
        self.everything.setText(f"Resubmit all {grouped(len(self._decidable.versions))}")
        self.passing.setEnabled(count > 0)
        for control in (self.everything, self.waive):
            control.setEnabled(True)
        reveal(self.passing, count > 0)
        reveal(self.everything, staying > 0)
        warned = any(self._checks.only_warnings(r.failed_checks) for r in found.records)
        reveal(self.waive, warned or self.waive.isChecked())
        default = self.passing if count else self.cancel
        default.setDefault(True)
        if not self.reason.isVisible() or self.reason.text:
            default.setFocus()

    def _take_room(self, lists: bool) -> None:
        """As high as what there is to say; a list has room of its own."""
        self.fit()
        if lists:
            self.resize(self.width(), max(_HEIGHT, self.height()))

    def _show_tiles(self, found: Resubmitted, done: bool = False) -> None:
        while (item := self._tiles.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.hide()
                part.deleteLater()
        failing = found.failed_count - found.collided_count
        for count, words, tone in (
            (found.passed_count, passes(found.passed_count, done), "success"),
            (failing, fails(failing), "danger"),
            (found.collided_count, collides(found.collided_count), "duplicate"),
        ):
            self._tiles.addWidget(_tile(count, words, tone))

    def _list(self, found: Resubmitted) -> None:
        """Name the records that would stay, and why."""
        self.records.clear()
        staying = [record for record in found.records if not record.passed]
        most = page_size()
        for record in staying[:most]:
            self.records.addItem(why(record, self._checks))
        if len(staying) > most:
            self.records.addItem(f"and {grouped(len(staying) - most)} more")
        reveal(self.records, bool(staying))

    # --- doing
    def _passing(self) -> Versions:
        if self._rehearsed is None:
            return ()
        staying = {record.quarantine_id for record in self._rehearsed.records if not record.passed}
        return [each for each in self._decidable.versions if each[0] not in staying]

    def _do(self, records: Versions) -> None:
        is_needed = self.waive.isChecked()
        reason = self.reason.ask("Say why these warnings are no obstacle.") if is_needed else self.reason.text
        if is_needed and not reason:
            return
        self._start(
            partial(_resubmit, records, False, self.waive.isChecked(), reason or None),
            "Resubmitting",
            self._finish,
            write=True,
        )

    def _finish(self, found: Resubmitted) -> None:
        self._handle = None
        self.resubmitted.emit(found)
        if found.failed_count:
            self._show_outcome(found)
        else:
            self.accept()

    def _show_outcome(self, found: Resubmitted) -> None:
        """What has happened, and record by record why some stay."""
        self.progress.hide()
        self._result.show()
        self.say_title(f"Resubmitted {plural(found.passed_count + found.failed_count, 'record')}")
        self.problem.say(None)
        self._show_tiles(found, done=True)
        said = sentence(found, self._checks, done=True)
        self.sentence.setText(f"{said} What fails waits on, with its new reasons.")
        self._list(found)
        for control in (self.passing, self.everything, self.waive, self.reason):
            control.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        self._take_room(lists=True)

    def _stop(self) -> None:
        """Stop what runs; nothing of it is kept."""
        if self._handle is not None:
            self._handle.cancel()

    def _take_failure(self, error: DiveGovError) -> None:
        self._handle = None
        if isinstance(error, Conflict) and (self._doing or self._seen):
            self._rehearse_anew(error)
            return
        if not isinstance(error, Cancelled):
            self._context.notifier.error(error)
        self.reject()

    def _rehearse_anew(self, error: Conflict) -> None:
        """Somebody was faster: say who, and what would become of the records as they are now."""
        self.problem.say(
            DiveGovError(error.title, "Nothing was sent. Below is what the gate says of it now.")
        )
        self._seen = None
        self.outdated.emit()
        self._rehearse()

    def reject(self) -> None:
        """Close; a rehearsal that still runs is stopped. One in earnest is stopped by its own button."""
        if self._handle is not None and not self._handle.is_over:
            self._handle.cancel()
            if self._doing:
                return  # it may still succeed, and then says so
        super().reject()


def _tile(count: int, words: str, tone: str) -> QWidget:
    tile = QFrame()
    tile.setProperty("role", "sunken")
    tile.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    row = QHBoxLayout(tile)
    row.addWidget(icon_label(tone, tone if count else "muted", 20))
    number = label(grouped(count), "heading", tone=tone if count else "muted")
    row.addWidget(number)
    row.addWidget(label(words, tone="" if count else "muted"), 1)
    tile.setAccessibleName(f"{grouped(count)} {words}")
    return tile


def _rehearse(
    ids: array[int],
    seen: Mapping[int, int] | None,
    waive: bool,
    reason: str | None,
    session: Any,
    progress: ProgressSink,
    cancel: CancelToken,
) -> tuple[Decidable, Resubmitted | None]:
    found = read_decidable(session, ids, seen=seen, cancel=cancel)
    if not found.versions:
        return found, None
    return found, _resubmit(found.versions, True, waive, reason, session, progress, cancel)


def _resubmit(
    versions: Versions,
    rehearse: bool,
    waive: bool,
    reason: str | None,
    session: Any,
    progress: ProgressSink,
    cancel: CancelToken,
) -> Resubmitted:
    return resubmit_records(
        session,
        versions,
        rehearse=rehearse,
        waive_warnings=waive,
        reason=reason,
        progress=progress,
        cancel=cancel,
    )

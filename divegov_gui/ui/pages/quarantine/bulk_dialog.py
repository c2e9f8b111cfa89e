"""One change to many records: seen before and after, exceptions made, a reason given, saved as one undoable step."""

from __future__ import annotations

from array import array
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.bulk import LikeThis, Operation, Preview, apply_preview, preview
from divegov_gui.services.queue import Catalogue, read_open
from divegov_gui.services.review import Edited
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.bulk_form import BulkForm
from divegov_gui.ui.pages.quarantine.preview_model import Line, PreviewModel
from divegov_gui.ui.pages.quarantine.preview_table import PreviewTable
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import ProgressPanel, ReasonRow, button, label, plural, reveal
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.question import Problem


class BulkDialog(Dialog):
    """Previews an operation over records and saves it."""

    saved = Signal(object)
    """The Edited group."""

    def __init__(
        self,
        context: AppContext,
        catalogue: Catalogue,
        window: QWidget,
        *,
        ids: array[int] | None = None,
        column: str = "",
        like: LikeThis | None = None,
        bits: int = 0,
    ) -> None:
        title = "Fix the others like this" if like else f"Change {plural(len(ids or ()), 'record')}"
        where = ", wherever a record fails in the same way" if bits else ""
        detail = f"{like.words}{where}." if like else ""
        super().__init__("quarantine.bulk", title, "suggest" if like else "edit", window, detail=detail)
        self.resize(1000, 640)
        self._context, self._catalogue = context, catalogue
        self._ids, self._like, self._bits = ids, like, bits
        self._found: Preview | None = None
        self._handle: TaskHandle | None = None
        self._build(column)
        (self.reason.line if self._form is None else self._form.find_text).setFocus()
        self._look()

    # --- building
    def _build(self, column: str) -> None:
        self._form = None if self._like else BulkForm(column)
        if self._form is not None:
            self._form.changed.connect(self._look)
            self.body.addWidget(self._form)
        self.problem = Problem("quarantine.bulk.problem")
        self.body.addWidget(self.problem)
        self.progress = ProgressPanel("quarantine.bulk.progress", "records")
        self.progress.cancel_requested.connect(lambda _: self._stop())
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.lines = PreviewModel(self._context.mask_personal, self)
        self.lines.chosen_changed.connect(self._show_sums)
        self.table = PreviewTable(self.lines, "quarantine.bulk.table")
        self.body.addWidget(self.table, 1)
        self.sums = label("", "strong", wrap=True, name="quarantine.bulk.sums")
        self.body.addWidget(self.sums)
        self.body.addLayout(self._reason_line())
        self.add_button(button("Cancel", name="quarantine.bulk.cancel"), self.reject)
        self.apply = button("Change", name="quarantine.bulk.apply", variant="primary")
        self.add_button(self.apply, self._save, default=True)

    def _reason_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.reason = ReasonRow("quarantine.bulk.reason")
        self.reason.line.setPlaceholderText("Why, in a few words")
        self.only_passing = QCheckBox("Leave out what would still fail")
        self.only_passing.setObjectName("quarantine.bulk.passing")
        self.only_passing.toggled.connect(self.lines.leave_out_failing)
        line.addWidget(self.reason, 1)
        line.addWidget(self.only_passing)
        return line

    # --- looking
    def _look(self) -> None:
        """Find out what would become of each record."""
        self.problem.say(None)
        try:
            operation = self._like or (self._form.wanted() if self._form is not None else None)
        except DiveGovError as error:
            self.problem.say(error)
            operation = None
        self._stop()
        if operation is None:
            self._show(None)
            return
        self.apply.setEnabled(False)
        self.progress.start("Looking at the records")
        self._handle = self._context.reader.submit(
            partial(_preview, self._catalogue, self._ids, self._bits, operation),
            kind="quarantine.bulk",
            on_success=self._show,
            on_failure=self._take_failure,
            on_progress=self.progress.report,
            owner=self,
        )

    def _show(self, found: Preview | None) -> None:
        self._handle = None
        self._found = found
        self.progress.hide()
        self.lines.show_lines(_Lines(found) if found is not None else ())
        reveal(self.only_passing, found is not None and found.accepted_count < found.record_count)

    def _show_sums(self) -> None:
        found = self._found
        if found is None:
            self.sums.setText(
                "Say what is to be changed; what would come of it is shown here, before anything is saved."
            )
            self.apply.setEnabled(False)
            return
        passing = self.only_passing.isChecked()
        count = found.count(self.lines.excluded, only_passing=passing)
        words = [f"{plural(count, 'record')} to change"]
        failing = found.record_count - found.accepted_count
        if failing and passing:
            words.append(f"what would still fail of {plural(failing, 'record')} left out")
        elif failing:
            words.append(f"{grouped(failing)} would still fail in what is changed")
        if self.lines.excluded:
            words.append(f"{grouped(len(self.lines.excluded))} left out")
        words += [f"{grouped(number)} stay: {why.value}" for why, number in found.untouched.items()]
        if found.claimed:
            words.append(f"{grouped(found.claimed)} claimed by others")
        if found.closed:
            words.append(f"{grouped(found.closed)} closed")
        if found.left_count:
            words.append(f"{grouped(found.left_count)} not looked at: a step changes 100,000 at most")
        self.sums.setText(" · ".join(words))
        self.apply.setText(f"Change {plural(count, 'record')}")
        self.apply.setAccessibleName(self.apply.text())
        self.apply.setEnabled(count > 0 and self._handle is None)

    # --- saving
    def _save(self) -> None:
        reason = self.reason.ask()
        if not reason:
            return
        assert self._found is not None
        self.apply.setEnabled(False)
        self.progress.start("Saving", can_cancel=True)
        self._handle = self._context.writer.submit(
            partial(
                _apply, self._found, reason, frozenset(self.lines.excluded), self.only_passing.isChecked()
            ),
            label=f"Changing {plural(self._found.record_count, 'record')}",
            write=True,
            on_success=self._finish,
            on_failure=self._take_failure,
            owner=self,
        )

    def _finish(self, edited: Edited) -> None:
        self._handle = None
        self.saved.emit(edited)
        self.accept()

    def _take_failure(self, error: DiveGovError) -> None:
        self._handle = None
        self.progress.hide()
        if not isinstance(error, Cancelled):
            self.problem.say(error)
        self._show_sums()

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def reject(self) -> None:
        """Close; a preview that still runs is stopped."""
        self._stop()
        super().reject()


class _Lines:
    """The cells of a preview as lines of the table, made when they come into sight."""

    def __init__(self, found: Preview) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, place: int) -> Line:
        cell = self._found[place]
        return Line(cell.quarantine_id, cell.column, cell.before, cell.after, cell.passes)


def _preview(
    catalogue: Catalogue,
    ids: array[int] | None,
    bits: int,
    operation: Operation,
    session: Any,
    progress: ProgressSink,
    cancel: CancelToken,
) -> Preview:
    wanted = read_open(session, bits, cancel) if ids is None else ids
    return preview(session, catalogue, wanted, operation, progress=progress, cancel=cancel)


def _apply(
    found: Preview,
    reason: str,
    excluded: frozenset[int],
    only_passing: bool,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> Edited:
    return apply_preview(session, found, reason, excluded=excluded, only_passing=only_passing, cancel=cancel)

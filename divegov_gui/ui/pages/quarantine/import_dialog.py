"""What a corrected file would change: before and after, conflicts to choose from, and one step to take it."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.core.records import LABELS
from divegov_gui.services.review import Edited
from divegov_gui.services.round_trip import Corrections, apply_corrections
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.preview_model import Line, PreviewModel
from divegov_gui.ui.pages.quarantine.preview_table import PreviewTable
from divegov_gui.ui.widgets import ReasonRow, button, label, plural
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.question import Problem


class ImportDialog(Dialog):
    """Shows the differences and saves those that are ticked. A conflict is ticked only by the person."""

    saved = Signal(object)
    """The Edited group."""

    def __init__(self, context: AppContext, found: Corrections, window: QWidget) -> None:
        title = f"Corrections from {found.name}"
        super().__init__("quarantine.import_dialog", title, "upload", window, detail=summary(found))
        self.resize(1000, 600)
        self._context, self._found = context, found
        lines = _lines(found)
        self._failing = {line.quarantine_id for line in lines if not line.passes}
        self.problem = Problem("quarantine.import.problem")
        self.body.addWidget(self.problem)
        self.lines = PreviewModel(context.mask_personal, self)
        self.table = PreviewTable(self.lines, "quarantine.import.table")
        self.table.setColumnWidth(4, 216)
        self.body.addWidget(self.table, 1)
        self.sums = label("", "strong", wrap=True, name="quarantine.import.sums")
        self.body.addWidget(self.sums)
        self.reason = ReasonRow("quarantine.import.reason")
        self.reason.line.setText("Corrected by the data's owner")
        self.body.addWidget(self.reason)
        self.add_button(button("Cancel", name="quarantine.import.cancel"), self.reject)
        self.apply = button("Take over", name="quarantine.import.apply", variant="primary")
        self.add_button(self.apply, self._save, default=True)
        self.lines.chosen_changed.connect(self._show_sums)
        self.lines.show_lines(lines, set(found.conflicting_ids))

    def _show_sums(self) -> None:
        ids = {*self._found.changed_ids, *self._found.conflicting_ids} - self.lines.excluded
        words = [f"{plural(len(ids), 'record')} to change"]
        if self._failing & ids:
            words.append(f"{grouped(len(self._failing & ids))} would still fail in what is changed")
        left = len(set(self._found.conflicting_ids) & self.lines.excluded)
        if left:
            words.append(
                f"{plural(left, 'record')} changed since the export: tick those where the file is right"
            )
        self.sums.setText(" · ".join(words))
        self.apply.setEnabled(bool(ids))

    def _save(self) -> None:
        reason = self.reason.ask()
        if not reason:
            return
        self.apply.setEnabled(False)
        excluded = frozenset(self.lines.excluded)
        theirs = frozenset(self._found.conflicting_ids) - excluded
        self._context.writer.submit(
            partial(_apply, self._found, reason, theirs, excluded),
            label="Taking corrections over",
            write=True,
            on_success=self._finish,
            on_failure=self._take_failure,
            owner=self,
        )

    def _finish(self, edited: Edited) -> None:
        self.saved.emit(edited)
        self.accept()

    def _take_failure(self, error: DiveGovError) -> None:
        if not isinstance(error, Cancelled):
            self.problem.say(error)
        self._show_sums()


def _lines(found: Corrections) -> list[Line]:
    conflicts = [
        Line(each.quarantine_id, each.column, each.ours, each.theirs, each.passes, "changed since")
        for each in found.conflicts
    ]
    changes = [
        Line(each.quarantine_id, each.column, each.before, each.after, each.passes) for each in found.changes
    ]
    return [*conflicts, *changes]


def summary(found: Corrections) -> str:
    """What is in the file, and what of it cannot be taken."""
    parts = [
        f"{plural(found.record_count, 'record')} compared, {grouped(found.unchanged_count)} as they were"
    ]
    for ids, words in (
        (found.unknown, "unknown"),
        (found.closed, "closed"),
        (found.claimed, "claimed by others"),
    ):
        if ids:
            parts.append(f"{grouped(len(ids))} {words}")
    if found.missing:
        parts.append(f"columns not in the file: {', '.join(LABELS[c] for c in found.missing)}")
    if found.ignored:
        parts.append(f"{plural(len(found.ignored), 'column')} not known here")
    return "; ".join(parts) + "."


def _apply(
    found: Corrections,
    reason: str,
    theirs: frozenset[int],
    excluded: frozenset[int],
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> Edited:
    return apply_corrections(session, found, reason, take_theirs=theirs, excluded=excluded, cancel=cancel)

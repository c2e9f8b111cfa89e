"""Reads the edit history for the panel, and takes its steps back: whole, or for some records."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.review import Edited, undo_edit
from divegov_gui.services.story import read_cells, read_history
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.widgets import plural

if TYPE_CHECKING:
    from divegov_gui.ui.pages.quarantine.desk import Desk
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage


class HistoryDesk(QObject):
    """What the leaf of edits asks for."""

    def __init__(self, context: AppContext, page: QuarantinePage, desk: Desk) -> None:
        super().__init__(desk)
        self._context, self._view, self._desk = context, page.panes.history, desk
        self._view.undo_wanted.connect(self._undo)
        self._view.cells_wanted.connect(self._read_cells)

    def read(self) -> None:
        """Show the newest groups of edits."""
        self._context.reader.submit(
            partial(_history, page_size()),
            kind="quarantine.history",
            on_success=lambda groups: self._view.show_history(groups, self._context.mask_personal),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _read_cells(self, group_id: int) -> None:
        self._context.reader.submit(
            partial(_cells, group_id),
            kind=f"quarantine.cells.{group_id}",
            on_success=lambda cells: self._view.show_cells(group_id, cells),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _undo(self, group_id: int, only: list[int] | None, leave_out: bool = False) -> None:
        group = next(view.group for view in self._view.groups if view.group.group_id == group_id)
        count = len(only) if only else group.record_count
        without = partial(self._undo, group_id, only, leave_out=True)
        self._context.writer.submit(
            partial(_undo, group_id, only, leave_out),
            label="Undoing an edit",
            write=True,
            on_success=partial(self._take_undone, group_id),
            on_failure=lambda error: self._desk.conflicts.take_refusal(error, count, without),
            owner=self,
        )

    def _take_undone(self, group_id: int, edited: Edited) -> None:
        editing = self._desk.editing
        editing.undoable = [step for step in editing.undoable if step.group_id != group_id]
        editing.remember_group(edited)
        skipped = f"{plural(edited.skipped_count, 'record')} left out." if edited.skipped_count else ""
        self._context.notifier.success(f"{plural(edited.cell_count, 'value')} put back.", skipped)
        self._desk.take_undone(edited)


def _history(most: int, session: Any, _: ProgressSink, cancel: CancelToken) -> Any:
    return read_history(session, most, cancel)


def _cells(group_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> Any:
    return read_cells(session, group_id, cancel=cancel)


def _undo(
    group_id: int,
    only: list[int] | None,
    leave_out: bool,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> Edited:
    return undo_edit(session, group_id, only=only, skip_conflicts=leave_out, cancel=cancel)

"""Opens the comparison of a duplicate, and tells what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from divegov_gui.core.errors import Conflict
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.merging import Sides, read_sides
from divegov_gui.ui.context import DIVERS, QUARANTINE, AppContext
from divegov_gui.ui.pages.quarantine.merge_dialog import MergeDialog

if TYPE_CHECKING:
    from divegov_gui.ui.pages.quarantine.decisions import Decisions
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage


class MergeDesk(QObject):
    """From the current record to the dialog and back."""

    def __init__(self, context: AppContext, page: QuarantinePage, decisions: Decisions) -> None:
        super().__init__(decisions)
        self._context, self._page, self._decisions = context, page, decisions

    def open(self) -> None:
        """Read who shares the current record's email, and show them side by side."""
        row = self._page.panel.row
        if row is not None and row.is_open:
            self._read(row.quarantine_id, self._show)

    def _read(self, quarantine_id: int, show: Callable[[Sides], object]) -> None:
        self._context.reader.submit(
            partial(_sides, quarantine_id),
            kind="quarantine.sides",
            on_success=show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show(self, sides: Sides) -> MergeDialog | None:
        if sides.diver is None and not sides.others:
            words = f"{sides.record.name} has nothing to be compared with."
            self._context.notifier.info(words, "No diver and no other record that waits has its email now.")
            return None
        self._page.grid.setFocus()  # where one comes back to: the button goes with the record
        dialog = MergeDialog(self._context, self._page.marks.checks, sides, self._page.window())
        dialog.merged.connect(self._tell)
        dialog.outdated.connect(lambda error: self._read_anew(dialog, error))
        dialog.open()
        return dialog

    def _read_anew(self, dialog: MergeDialog, error: Conflict) -> None:
        """Somebody was faster: show them as they are now, with what the person has chosen."""
        draft = dialog.draft

        def show(sides: Sides) -> None:
            dialog.reject()
            again = self._show(sides)
            if again is not None:
                again.go_on(draft, error)
            else:
                self._context.notifier.error(error)

        self._read(draft.record, show)

    def _tell(self, into_diver: bool) -> None:
        words = "Merged into the diver." if into_diver else "Kept as one record; the others are discarded."
        self._context.notifier.success(words)
        self._decisions.after({QUARANTINE, DIVERS} if into_diver else {QUARANTINE})


def _sides(quarantine_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> Sides:
    return read_sides(session, quarantine_id, cancel)

"""Where two stewards met: what one has typed or undone is told with the other's name, and the person chooses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from divegov_gui.core.errors import Conflict, DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.core.records import LABELS
from divegov_gui.services.queue import QueueRow, read_rows
from divegov_gui.services.review import Claim, claim_records
from divegov_gui.services.story import read_last_edits
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.editing import Wish
from divegov_gui.ui.pages.quarantine.leave_out_dialog import LeaveOutDialog
from divegov_gui.ui.pages.quarantine.word_question import WordQuestion

if TYPE_CHECKING:
    from divegov_gui.ui.pages.quarantine.desk import Desk
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage


class Conflicts(QObject):
    """Asks, and does what was chosen through the desk."""

    def __init__(self, context: AppContext, page: QuarantinePage, desk: Desk) -> None:
        super().__init__(desk)
        self._context, self._page, self._desk = context, page, desk

    def resolve(self, wish: Wish, error: Conflict) -> None:
        """An edit was refused: tell who was faster, show both values, and let the person choose."""
        self._context.reader.submit(
            partial(_both, wish.quarantine_id),
            kind="quarantine.conflict",
            on_success=lambda found: self._ask_which(wish, error, *found),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def take_refusal(self, error: DiveGovError, count: int, without: Callable[[], object]) -> None:
        """A step over `count` records was refused: show what stood in the way as it is now; where that is not all of
        them, offer to do it `without`."""
        if isinstance(error, Conflict) and error.facts.record is not None:
            self._desk.read_rows_anew([error.facts.record])
        if isinstance(error, Conflict) and error.facts.count < count:
            dialog = LeaveOutDialog(error, self._page.window())
            dialog.accepted.connect(without)
            dialog.open()
        else:
            self._context.notifier.error(error)

    def _ask_which(self, wish: Wish, error: Conflict, row: QueueRow | None, edits: Any) -> None:
        if row is None:
            self._context.notifier.error(error)
            return
        self._desk.take_row(row)
        if error.facts.what == "claimed":
            self._ask_take_over(wish, error, row)
            return
        from divegov_gui.ui.pages.quarantine.conflict_dialog import ConflictDialog

        dialog = ConflictDialog(wish, row, edits, error, self._context.mask_personal, self._page.window())
        dialog.mine_chosen.connect(self._desk.editing.save)
        dialog.open()

    def _ask_take_over(self, wish: Wish, error: Conflict, row: QueueRow) -> None:
        fields = " and ".join(LABELS[column] for column in wish.changes)
        asked = WordQuestion(
            "quarantine.take_over",
            error.title,
            "lock",
            self._page.window(),
            yes="Take over and save",
            text=f"What you typed for {fields} is not saved. Taking the record over tells "
            f"{row.claimed_by or 'the other'} why, and saves it.",
        )
        asked.given.connect(lambda _, reason: self._take_over(Wish(row, wish.changes, wish.kind), reason))
        asked.open()

    def _take_over(self, wish: Wish, reason: str) -> None:
        def done(_: object) -> None:
            self._desk.read_rows_anew([wish.quarantine_id])
            self._desk.editing.save(wish)

        self._context.writer.submit(
            partial(_claim, wish.quarantine_id, reason),
            label="Claiming",
            write=True,
            on_success=done,
            on_failure=self._context.notifier.error,
            owner=self,
        )


def _both(quarantine_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> Any:
    rows = read_rows(session, [quarantine_id], cancel)
    return (rows[0] if rows else None), read_last_edits(session, quarantine_id, cancel)


def _claim(quarantine_id: int, reason: str, session: Any, _: ProgressSink, __: CancelToken) -> list[Claim]:
    return claim_records(session, [quarantine_id], take_over=True, reason=reason)

"""What is decided on selected records: each decision is asked about, done off the window's thread, and told."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from divegov_gui.core.errors import Conflict, DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.queue import Catalogue, Decidable, Sorting, read_decidable, read_keys
from divegov_gui.services.queue_query import OPEN, READY
from divegov_gui.services.review import (
    Claim,
    Edited,
    Resubmitted,
    Versions,
    claim_records,
    discard_codes,
    discard_records,
    release_claims,
    reopen_records,
)
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, AppContext
from divegov_gui.ui.pages.quarantine.left_out_words import left_out, nothing_left
from divegov_gui.ui.pages.quarantine.steps import discard_step
from divegov_gui.ui.pages.quarantine.word_question import WordQuestion
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import plural

if TYPE_CHECKING:
    from divegov_gui.services.suggestions import Suggestion
    from divegov_gui.ui.pages.quarantine.desk import Desk
    from divegov_gui.ui.pages.quarantine.file_round_trip import RoundTrip
    from divegov_gui.ui.pages.quarantine.merge_desk import MergeDesk
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage


class Decisions(QObject):
    """Resubmit, release, discard, reopen, claim; change many at once; export and import.

    Each dialog is imported when it is first opened: together they take as long to import as the page itself.
    """

    def __init__(self, context: AppContext, page: QuarantinePage, desk: Desk) -> None:
        super().__init__(desk)
        self._context, self._page, self._desk = context, page, desk
        self._round_trip: RoundTrip | None = None
        self._merging: MergeDesk | None = None

    def chosen(self) -> array[int]:
        """The ids of the selected records, also of those that were never in sight; else the current one."""
        grid = self._page.grid
        ids = grid.rows.keys_in(grid.selected_ranges())
        at = grid.currentIndex().row()
        if not len(ids) and at >= 0 and (key := grid.rows.key_at(at)) is not None:
            return array("q", [key])
        return ids

    # --- through the gate
    def resubmit(self) -> None:
        """Rehearse, tell, and then do it."""
        self._resubmit(waive=False)

    def resubmit_ready(self) -> None:
        """Rehearse everything that waits and fails nothing any more, selected or not."""
        catalogue = self._page.loader.catalogue
        if catalogue is not None:
            self._read(partial(_ready, catalogue), self._resubmit_these)

    def release(self) -> None:
        """The same, with what fails by warnings alone released for a reason."""
        self._resubmit(waive=True)

    def _resubmit(self, waive: bool) -> None:
        self._resubmit_these(self.chosen(), waive)

    def _resubmit_these(self, ids: array[int], waive: bool = False) -> None:
        if not len(ids):
            self._context.notifier.info("No record to resubmit.", "None that waits is ready yet.")
            return
        from divegov_gui.ui.pages.quarantine.resubmit_dialog import ResubmitDialog

        dialog = ResubmitDialog(
            self._context, self._page.marks.checks, ids, self._page.window(), waive=waive, seen=self._seen()
        )
        dialog.resubmitted.connect(self._tell_resubmitted)
        dialog.outdated.connect(self._read_anew)
        dialog.open()

    def _tell_resubmitted(self, found: Resubmitted) -> None:
        through = found.passed_count
        words = f"{plural(through, 'record')} went through the gate."
        verb = "stays" if found.failed_count == 1 else "stay"
        stay = f"{plural(found.failed_count, 'record')} {verb}, with the new reasons."
        self._context.notifier.success(words, stay if found.failed_count else "")
        self.after({QUARANTINE, BATCHES, DIVERS})

    # --- out of the queue and back
    def discard(self) -> None:
        """Ask why, and put the records away."""
        self._decide(self.chosen(), "Open", self._ask_discard)

    def _ask_discard(self, found: Decidable, codes: list[tuple[str, str]]) -> None:
        many = len(found.versions)
        one = "It waits no longer. It is kept as it is"
        kept = one if many == 1 else "They wait no longer. They are kept as they are"
        told = f"{plural(many, 'record')} discarded."
        asked = WordQuestion(
            "quarantine.discard_dialog",
            f"Discard {plural(many, 'record')}",
            "discard",
            self._page.window(),
            yes="Discard",
            text=f"{kept}, and can be reopened. {left_out(found)}",
            codes=codes,
            needs_reason=False,
            reasoned=("other",),
            danger=True,
        )
        asked.given.connect(lambda code, reason: self._discard(found, code, reason, told))
        asked.open()

    def _discard(self, found: Decidable, code: str, reason: str, told: str) -> None:
        def done(_: object) -> None:
            self._desk.editing.remember(discard_step(found.ids, code, reason or None))
            self._tell_done(told, "Ctrl+Z takes it back.")

        self._submit(partial(_discard, found.versions, code, reason), "Discarding", done)

    def reopen(self) -> None:
        """Ask why, and let discarded records wait again."""
        self._decide(self.chosen(), "Discarded", self._ask_reopen)

    def _ask_reopen(self, found: Decidable, _: object) -> None:
        many = len(found.versions)
        asked = WordQuestion(
            "quarantine.reopen_dialog",
            f"Reopen {plural(many, 'record')}",
            "undo",
            self._page.window(),
            yes="Reopen",
            text=f"{'It waits' if many == 1 else 'They wait'} again. {left_out(found, 'Discarded')}",
        )
        told = f"{plural(many, 'record')} reopened."
        asked.given.connect(
            lambda _, reason: self._write(partial(_reopen, found.versions, reason), "Reopening", told)
        )
        asked.open()

    def _decide(
        self, ids: array[int], status: str, ask: Callable[[Decidable, list[tuple[str, str]]], object]
    ) -> None:
        """Look which of `ids` can be decided on, behind the edits that are on their way, and ask."""

        def looked(answer: tuple[Decidable, list[tuple[str, str]]]) -> None:
            if answer[0].versions:
                ask(*answer)
            else:
                self._context.notifier.info(*nothing_left(answer[0], status))
                self._read_anew()

        behind_edits = self._desk.editing.is_busy
        if len(ids):
            (self._context.writer if behind_edits else self._context.reader).submit(
                partial(_decidable, ids, status, self._seen()),
                on_success=looked,
                on_failure=self._context.notifier.error,
                owner=self,
            )

    def _seen(self) -> dict[int, int]:
        """The records at hand, in the versions that the person sees; none while an edit of theirs is on its way."""
        if self._desk.editing.is_busy:
            return {}
        return {row.quarantine_id: row.record_version for row in self._page.grid.rows.rows_at_hand()}

    # --- claims
    def claim(self) -> None:
        """Claim the records; what another has claimed can be taken over, with a word why."""
        ids = self.chosen()
        if len(ids):
            self._submit(partial(_claim, ids, None), "Claiming", self._tell_claims)

    def _tell_claims(self, found: list[Claim]) -> None:
        if not found:
            self._context.notifier.info("No record to claim.", "None of these waits any more.")
        taken = [claim for claim in found if not claim.is_claimed]
        mine = len(found) - len(taken)
        if mine:
            until = next(local_time(c.claimed_until) for c in found if c.is_claimed)
            self._context.notifier.success(f"{plural(mine, 'record')} claimed until {until}.")
        self.after({QUARANTINE})
        if taken:
            self._ask_take_over(taken)

    def _ask_take_over(self, taken: list[Claim]) -> None:
        who = ", ".join(sorted({claim.claimed_by or "another" for claim in taken}))
        until = max(local_time(claim.claimed_until) for claim in taken)
        asked = WordQuestion(
            "quarantine.take_over",
            f"{plural(len(taken), 'record')} claimed by {who}",
            "lock",
            self._page.window(),
            yes="Take over",
            text=f"{who} works on them until {until}. Taking over tells them why.",
        )
        ids = array("q", (claim.quarantine_id for claim in taken))
        told = f"{plural(len(ids), 'claim')} taken over."
        asked.given.connect(lambda _, reason: self._write(partial(_claim, ids, reason), "Claiming", told))
        asked.open()

    def give_up_claims(self) -> None:
        """Let others have the records."""
        ids = self.chosen()
        if len(ids):
            self._submit(partial(_give_up, ids), "Giving claims up", self._tell_given_up)

    def _tell_given_up(self, count: int) -> None:
        if count:
            self._tell_done(f"{plural(count, 'claim')} given up.")
        else:
            self._context.notifier.info("You have claimed none of these records.")

    # --- many at once
    def change_values(self) -> None:
        """Change the selected records together."""
        ids = self.chosen()
        if len(ids):
            self._open_bulk(ids=ids, column=self._page.grid.current_column())

    def similar_fixes(self) -> None:
        """Group what is selected, or else all that matches, by the repair that mends it."""
        catalogue, grid = self._page.loader.catalogue, self._page.grid
        ids = self.chosen()
        if len(ids) < 2:
            ids = grid.rows.keys_in([(0, grid.rows.rowCount() - 1)])
        if catalogue is not None and len(ids):
            from divegov_gui.ui.pages.quarantine.groups_dialog import GroupsDialog

            dialog = GroupsDialog(self._context, catalogue, ids, self._page.window())
            dialog.saved.connect(self.tell_bulk)
            dialog.open()

    def fix_others(self, suggestion: Suggestion | None) -> None:
        """Repair all records that fail as this one does by the repair that was suggested for it."""
        row = self._page.panel.row
        if suggestion is None or row is None:
            self._context.notifier.info("No suggestion here whose like could be applied to others.")
            return
        from divegov_gui.services.bulk import LikeThis

        bits = row.failed_checks & self._page.marks.checks.bits_of_column(suggestion.column)
        self._open_bulk(like=LikeThis(suggestion.column, suggestion.kind), bits=bits)

    def _open_bulk(self, **what: Any) -> None:
        catalogue = self._page.loader.catalogue
        if catalogue is None:
            return
        from divegov_gui.ui.pages.quarantine.bulk_dialog import BulkDialog

        dialog = BulkDialog(self._context, catalogue, self._page.window(), **what)
        dialog.saved.connect(self.tell_bulk)
        dialog.open()

    def tell_bulk(self, edited: Edited) -> None:
        """Many records were changed in one step."""
        self._desk.editing.remember_group(edited)
        self._context.notifier.success(
            f"{plural(edited.record_count, 'record')} changed.", "Ctrl+Z takes all of it back in one step."
        )
        self.after({QUARANTINE})

    def compare(self) -> None:
        """Show a duplicate beside what it duplicates."""
        from divegov_gui.ui.pages.quarantine.merge_desk import MergeDesk

        if self._merging is None:
            self._merging = MergeDesk(self._context, self._page, self)
        self._merging.open()

    def export(self) -> None:
        """Write the selected records to a file."""
        self.round_trip().export(self.chosen())

    def import_file(self) -> None:
        """Take corrections from a file."""
        self.round_trip().choose_file()

    def round_trip(self) -> RoundTrip:
        """What goes out to a file and comes back."""
        from divegov_gui.ui.pages.quarantine.file_round_trip import RoundTrip

        if self._round_trip is None:
            self._round_trip = RoundTrip(self._context, self._page, self)
        return self._round_trip

    # --- doing
    def after(self, what: set[str]) -> None:
        """Read the list anew around the place where one is, and tell the other pages."""
        self._read_anew()
        self._desk.tell(what)

    def _write(self, job: Any, words: str, told: str) -> None:
        self._submit(job, words, lambda _: self._tell_done(told))

    def _tell_done(self, told: str, more: str = "") -> None:
        self._context.notifier.success(told, more)
        self.after({QUARANTINE})

    def _submit(self, job: Any, words: str, on_success: Callable[[Any], object]) -> None:
        self._context.writer.submit(
            job,
            label=words,
            write=True,
            on_success=on_success,
            on_failure=self._take_refusal,
            owner=self,
        )

    def _take_refusal(self, error: DiveGovError) -> None:
        """Tell why; where somebody else was faster, show the records as they are now."""
        self._context.notifier.error(error)
        if isinstance(error, Conflict):
            self._read_anew()

    def _read_anew(self) -> None:
        self._page.loader.reload(self._page.place())

    def _read(self, job: Any, on_success: Callable[[Any], object]) -> None:
        self._context.reader.submit(
            job, on_success=on_success, on_failure=self._context.notifier.error, owner=self
        )


def _ready(catalogue: Catalogue, session: Any, _: ProgressSink, cancel: CancelToken) -> array[int]:
    query = OPEN.choosing("standing", frozenset({READY}))
    return read_keys(session, catalogue, query, Sorting(), cancel)


def _decidable(
    ids: array[int], status: str, seen: dict[int, int], session: Any, _: ProgressSink, cancel: CancelToken
) -> tuple[Decidable, list[tuple[str, str]]]:
    return read_decidable(session, ids, status, seen, cancel), discard_codes(session)


def _discard(
    records: Versions, code: str, reason: str, session: Any, _: ProgressSink, cancel: CancelToken
) -> None:
    discard_records(session, records, code, reason or None, cancel)


def _reopen(records: Versions, reason: str, session: Any, _: ProgressSink, cancel: CancelToken) -> None:
    reopen_records(session, records, reason, cancel)


def _claim(
    ids: array[int], take_over: str | None, session: Any, _: ProgressSink, __: CancelToken
) -> list[Claim]:
    return claim_records(session, ids, take_over=take_over is not None, reason=take_over)


def _give_up(ids: array[int], session: Any, _: ProgressSink, cancel: CancelToken) -> int:
    mine = read_decidable(session, ids, cancel=cancel).mine
    if mine:
        release_claims(session, mine)
    return len(mine)

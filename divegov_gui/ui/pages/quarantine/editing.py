"""Edits of single cells: judged while one types, saved one after the other, undone and redone, conflicts told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from divegov_gui.core.errors import Conflict, DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.queue import QueueRow
from divegov_gui.services.review import Edit, Edited, Judged, check_records, edit_records
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.columns import Marks
from divegov_gui.ui.pages.quarantine.steps import Step, TakenBack, step_of

_PAUSE_MS = 120
"""How long a person pauses before what is typed is judged."""
Rows = Callable[[int], QueueRow | None]
Changes = Mapping[str, str | None]


@dataclass(frozen=True)
class Wish:
    """New values for one record, as a person wants them who has seen `row`."""

    row: QueueRow = field(repr=False)
    changes: Changes = field(repr=False)
    kind: str = "Edit"

    @property
    def quarantine_id(self) -> int:
        """Which record it is."""
        return self.row.quarantine_id


class Editing(QObject):
    """Judges and saves edits; `row_of` gives the row of a record that is at hand."""

    judged = Signal(object)
    """The id of a record whose marks have changed before anything was saved."""
    row_changed = Signal(object)
    """The QueueRow as it is now."""
    saved = Signal(object)
    """The Edited group of edits."""
    taken_back = Signal(object)
    """The Edited group of an undo or a redo; None where records were discarded or reopened."""
    in_conflict = Signal(object, object)
    """The Wish that was refused, and the Conflict."""
    refused = Signal(object, object, object)
    """The DiveGovError for which nothing was taken back, how many records the step has, and what takes it back for
    those that do not stand in the way."""
    history_changed = Signal()
    """What can be undone or redone has changed."""

    def __init__(self, context: AppContext, marks: Marks, row_of: Rows, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._marks, self._row_of = context, marks, row_of
        self.undoable: list[Step] = []
        self.redoable: list[Step] = []
        self._waiting: deque[Wish] = deque()
        self._mine: dict[tuple[int, str], str | None] = {}
        """By record and column, what was last saved here: that is no news to the person."""
        self._busy = False
        self._to_judge: tuple[QueueRow, Changes] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._judge_now)

    @property
    def is_busy(self) -> bool:
        """Whether an edit is on its way into the database."""
        return self._busy or bool(self._waiting)

    # --- while one types
    def judge(self, row: QueueRow, changes: Changes) -> None:
        """Have the gatekeeper judge `row` with `changes`, after a pause; the newest wish wins."""
        self._to_judge = (row, changes)
        self._pause.start()

    def forget_judgement(self, quarantine_id: int) -> None:
        """What was typed is not wanted: the marks are those of what is saved."""
        self._to_judge = None
        self._pause.stop()
        if self._marks.judged.pop(quarantine_id, None) is not None:
            self.judged.emit(quarantine_id)

    # --- saving
    def save(self, wish: Wish) -> None:
        """Save new values; edits are saved one after the other, so that no one trips over one's own."""
        self._waiting.append(wish)
        self._next()

    def undo(self) -> None:
        """Take the newest step back that was made here and still stands."""
        self._take_back(self.undoable, self.redoable, "Undoing")

    def redo(self) -> None:
        """Do the newest step again that was taken back here."""
        self._take_back(self.redoable, self.undoable, "Redoing")

    def remember(self, step: Step | None) -> None:
        """Something was done: undo begins with it, and there is nothing to redo."""
        if step is not None:
            self.undoable.append(step)
            self.redoable.clear()
            self.history_changed.emit()

    def remember_group(self, edited: Edited) -> None:
        """A group of edits was saved."""
        self.remember(step_of(edited))

    # --- inside
    def _judge_now(self) -> None:
        if self._to_judge is None:
            return
        row, changes = self._to_judge
        self._context.reader.submit(
            partial(_check, row, changes),
            kind="quarantine.judge",
            on_success=self._take_judgement,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _take_judgement(self, found: Judged) -> None:
        if self._to_judge is not None and self._to_judge[0].quarantine_id == found.key:
            self._marks.judged[found.key] = found.failed_checks
            self.judged.emit(found.key)

    def _next(self) -> None:
        """Save what waits longest, with the version that its record has now; or with the one that the person has seen,
        where somebody else has changed the very values since."""
        while self._waiting and not self._busy:
            wish = self._waiting.popleft()
            row = self._row_of(wish.quarantine_id) or wish.row
            changes = {c: v for c, v in wish.changes.items() if (row.value(c) or None) != (v or None)}
            self._to_judge = None
            if not changes:
                self.forget_judgement(wish.quarantine_id)
                continue
            self._busy = True
            version = wish.row.record_version if self._is_news(wish, row) else row.record_version
            self._context.writer.submit(
                partial(_save, row.quarantine_id, version, changes, wish.kind),
                label="Saving an edit",
                write=True,
                on_success=partial(self._take_saved, row, changes),
                on_failure=partial(self._take_failure, wish),
                on_finished=self._go_on,
                owner=self,
            )

    def _is_news(self, wish: Wish, row: QueueRow) -> bool:
        """Whether `row` holds other values than the person has seen, and not from them."""
        return any(
            row.value(column)
            not in (wish.row.value(column), self._mine.get((row.quarantine_id, column), value))
            for column, value in wish.changes.items()
        )

    def _go_on(self, _: object) -> None:
        self._busy = False
        self._next()

    def _take_saved(self, row: QueueRow, changes: Changes, edited: Edited) -> None:
        self._marks.judged.pop(row.quarantine_id, None)
        self._mine |= {(row.quarantine_id, column): value for column, value in changes.items()}
        for standing in edited.records:
            now: dict[str, Any] = {column.lower(): value for column, value in changes.items()}
            now["record_version"] = standing.record_version
            now["failed_checks"] = standing.failed_checks
            now["edited_columns"] = standing.edited_columns
            self.row_changed.emit(row._replace(**now))
        self.remember_group(edited)
        self.saved.emit(edited)

    def _take_failure(self, wish: Wish, error: DiveGovError) -> None:
        self.forget_judgement(wish.quarantine_id)
        if isinstance(error, Conflict):
            self.in_conflict.emit(wish, error)
        else:
            self._context.notifier.error(error)

    def _take_back(self, steps: list[Step], onto: list[Step], words: str, leave_out: bool = False) -> None:
        """Take the last of `steps` back; what does it again goes `onto` the others. Refused, it stays, unless it can
        never be taken back: then the next one is the one before it."""
        if not steps:
            return
        step = steps.pop()

        def done(found: TakenBack) -> None:
            onto.extend([found.again] if found.again is not None else [])
            self.history_changed.emit()
            self.taken_back.emit(found.edited)

        def failed(error: DiveGovError) -> None:
            if not _is_for_good(error, step):
                steps.append(step)
            self.history_changed.emit()
            without = partial(self._take_back, steps, onto, words, leave_out=True)
            self.refused.emit(error, step.record_count, without)

        self.history_changed.emit()
        self._context.writer.submit(
            lambda session, _, cancel: step.take_back(session, cancel, leave_out),
            label=f"{words} {step.words}",
            write=True,
            on_success=done,
            on_failure=failed,
            owner=self,
        )


def _is_for_good(error: DiveGovError, step: Step) -> bool:
    """Whether what stands in the way of a step never goes: all of its records are divers by now."""
    if not isinstance(error, Conflict) or error.facts.count < step.record_count:
        return False
    return error.facts.what == "status" and error.facts.status in ("Released", "Merged")


def _check(row: QueueRow, changes: Changes, session: Any, _: ProgressSink, cancel: CancelToken) -> Judged:
    key = row.quarantine_id
    return check_records(session, {key: {**row.values, **changes}}, cancel)[key]


def _save(
    record: int,
    version: int,
    changes: Changes,
    kind: str,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> Edited:
    edits = [Edit(record, version, column, value) for column, value in changes.items()]
    return edit_records(session, edits, kind=kind, cancel=cancel)

"""What was done here and can be taken back: each step knows how, and taking it back is a step again."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from divegov_gui.core.progress import CancelToken
from divegov_gui.services.queue import read_versions
from divegov_gui.services.review import Edited, discard_records, reopen_records, undo_edit


class TakenBack(NamedTuple):
    """What became of taking a step back: the step that does it again (None: nothing was put back), and the edits."""

    again: Step | None
    edited: Edited | None


@dataclass(frozen=True)
class Step:
    """One thing that was done; `take_back` works with a session, in its thread, and leaves out what conflicts if it is
    told to. `group_id` where it was an edit, of `record_count` records."""

    words: str
    take_back: Callable[[Any, CancelToken, bool], TakenBack]
    group_id: int | None = None
    record_count: int = 1


def edit_step(group_id: int, record_count: int = 1) -> Step:
    """A group of edits."""

    def take_back(session: Any, cancel: CancelToken, leave_out: bool) -> TakenBack:
        edited = undo_edit(session, group_id, skip_conflicts=leave_out, cancel=cancel)
        return TakenBack(step_of(edited), edited)

    return Step("an edit", take_back, group_id, record_count)


def step_of(edited: Edited) -> Step | None:
    """The step of what was just edited; None where nothing was."""
    return None if edited.group_id is None else edit_step(edited.group_id, edited.record_count)


def discard_step(ids: array[int], code: str, reason: str | None) -> Step:
    """Records that were discarded."""

    def take_back(session: Any, cancel: CancelToken, _: bool) -> TakenBack:
        reopen_records(session, read_versions(session, ids, cancel), "Discarding was taken back", cancel)
        return TakenBack(_reopen_step(ids, code, reason), None)

    return Step("a discard", take_back)


def _reopen_step(ids: array[int], code: str, reason: str | None) -> Step:
    """Records whose discarding was taken back."""

    def take_back(session: Any, cancel: CancelToken, _: bool) -> TakenBack:
        discard_records(session, read_versions(session, ids, cancel), code, reason, cancel)
        return TakenBack(discard_step(ids, code, reason), None)

    return Step("a discard", take_back)

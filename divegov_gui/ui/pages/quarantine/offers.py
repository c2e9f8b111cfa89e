"""What can be done now: by whom, with what is selected, and with what was done before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from divegov_gui.services.queue import QueueRow

if TYPE_CHECKING:
    from divegov_gui.ui.pages.quarantine.editing import Editing
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage

_LOOKED_AT = 500
"""Selected rows that are looked at; among more, whatever the list may hold is thought possible."""
_WITH_OPEN = ("resubmit", "release", "discard", "change", "claim", "unclaim")
_WITH_ONE = ("edit", "accept", "others", "compare")


def offered(page: QuarantinePage, editing: Editing) -> dict[str, bool]:
    """For each action by name, whether it can do something."""
    may, row = page.marks.may_change, page.panel.row
    some = page.grid.rows.rowCount() > 0
    is_open = row is not None and row.is_open
    can = {"export": some, "import": may, "resubmit_ready": may, "groups": may and some}
    can |= {"undo": bool(editing.undoable), "redo": bool(editing.redoable)}
    can |= dict.fromkeys(_WITH_OPEN, may and _may_hold(page, "Open"))
    can["reopen"] = may and _may_hold(page, "Discarded")
    return can | dict.fromkeys(_WITH_ONE, may and is_open)


def _may_hold(page: QuarantinePage, status: str) -> bool:
    """Whether a record of `status` may be among those selected, or is the current one."""
    grid = page.grid
    rows = grid.selected_indices(_LOOKED_AT + 1) or [grid.currentIndex().row()]
    found = [grid.rows.row(at) for at in rows if at >= 0]
    if any(isinstance(row, QueueRow) and row.status == status for row in found):
        return True
    wanted = page.loader.query.values("status")
    return (None in found or len(found) > _LOOKED_AT) and (not wanted or status in wanted)

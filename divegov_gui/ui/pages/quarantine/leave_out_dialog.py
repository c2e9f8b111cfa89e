"""A step over many records that cannot be taken for some of them: is it to be taken for the others?"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from divegov_gui.core.errors import Conflict
from divegov_gui.ui.widgets import button
from divegov_gui.ui.widgets.dialog import Dialog


class LeaveOutDialog(Dialog):
    """Says what stands in the way; accepted, the others are wanted."""

    def __init__(self, error: Conflict, window: QWidget) -> None:
        super().__init__(
            "quarantine.leave_out",
            error.title,
            "warning",
            window,
            detail="Nothing was changed. What stands in the way can be left as it is, and the others be put back.",
        )
        no = button("Cancel", name="quarantine.leave_out.cancel")
        self.add_button(no, self.reject, default=True).setFocus()
        self.add_button(
            button("Leave these out", name="quarantine.leave_out.yes", variant="primary"), self.accept
        )

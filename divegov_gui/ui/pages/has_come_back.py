"""What a person says where a change would make a diver somebody who was erased: that they have come back."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from divegov_gui.core.errors import DiveGovError, KnownAgain
from divegov_gui.ui.widgets import reveal


class HasComeBack(QCheckBox):
    """Not there until the change was refused, or is known to be going to: then it is asked for again, knowingly."""

    def __init__(self, name: str) -> None:
        super().__init__("The person who was erased has come &back of their own will")
        self.setObjectName(f"{name}.is_back")
        self.setAccessibleName(self.text().replace("&", ""))
        self.setToolTip("The change is made, and the log says that it was made in spite of the erasure.")
        reveal(self, False)

    @property
    def is_said(self) -> bool:
        """Whether the person was asked, and has said so."""
        return not self.isHidden() and self.isChecked()

    def offer(self, error: DiveGovError | None) -> None:
        """Ask where a change was refused for that."""
        if isinstance(error, KnownAgain):
            reveal(self, True)
            self.setFocus()

"""One of several values to choose: as much of it as there is room for, and whole on hover and when it is read out."""

from __future__ import annotations

from PySide6.QtWidgets import QRadioButton

from divegov_gui.core.records import LABELS
from divegov_gui.ui.pages.quarantine.columns import show_value

_LONGEST = 48
"""Characters that are shown."""


class ValueChoice(QRadioButton):
    """The value of `column`; `whose` it is, is said where its place cannot be seen."""

    def __init__(self, name: str, column: str, value: str | None, mask: bool, whose: str) -> None:
        shown = show_value(column, value, mask, _LONGEST) or "nothing"
        super().__init__(shown.replace("&", "&&"))  # one alone would mark a key
        words = show_value(column, value, mask)
        self.setObjectName(name)
        self.setAccessibleName(f"{LABELS[column]} {whose}: {words or 'nothing'}")
        self.setToolTip(words)

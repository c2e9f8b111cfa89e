"""What each role may do, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from divegov_gui.ui.pages.privacy.by_role import ByRoleTable
from divegov_gui.ui.pages.privacy.work import ROLES
from divegov_gui.ui.widgets import CellBadge

_DEEDS = (
    ("Ingest records", "Govern_Batch"),
    ("Edit and resubmit", "Resubmit_Records"),
    ("Change divers", "Update_Diver"),
    ("Change rules", "Set_Rule"),
    ("Reveal a value", "Reveal_Diver"),
    ("Find by whole email", "Find_Diver"),
    ("Hand out data", "Export_Subject"),
    ("Erase a person", "Erase_Diver"),
    ("Read the log", "Action_Log"),
)
"""What people do, and the procedure or view that it takes."""


class DeedRow:
    """One thing to do, and which role may."""

    def __init__(self, title: str, needed: str, rights: Mapping[str, frozenset[str]]) -> None:
        self.title, self.needed = title, needed
        for role, _ in ROLES:
            setattr(self, role, "May" if needed in rights.get(role, frozenset()) else "May not")


def _badge(row: DeedRow, role: str) -> CellBadge:
    may = getattr(row, role) == "May"
    return CellBadge(getattr(row, role), "success" if may else "neutral", "success" if may else "cancel")


class RightsTable(ByRoleTable):
    """A row for each action, a column for each role: as the database grants it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            name="privacy.rights",
            accessible="What each role may do",
            key="title",
            titled="Action",
            badge=_badge,
            tip=lambda row, _, title: f"{title}: {row.needed}",
            parent=parent,
        )

    def sizeHint(self) -> QSize:
        """It asks for little, and takes what there is."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    count = len(_DEEDS)
    """How many actions there are."""

    def show_rights(self, rights: Mapping[str, frozenset[str]]) -> None:
        """Show what the database grants to each role."""
        self.show_rows([DeedRow(*deed, rights) for deed in _DEEDS])

"""What each role sees of one diver, side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from divegov_gui.services.history import FIELDS
from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.privacy.by_role import ByRoleTable
from divegov_gui.ui.pages.privacy.work import ROLES, Comparison
from divegov_gui.ui.widgets import CellBadge

_NOTHING = "–"


class SeenRow:
    """One field as each role sees it; the roles are attributes."""

    def __init__(self, column: str, title: str, found: Comparison, mask: bool) -> None:
        self.column, self.title = column, title
        self.veiled: set[str] = set()
        self.withheld: set[str] = set()
        for role, _ in ROLES:
            seen = found.roles.get(role)
            value = seen.values.get(column) if seen else None
            if seen is not None and column in seen.masked and value is not None:
                self.veiled.add(role)
            elif seen is not None and column in seen.withheld:
                self.withheld.add(role)
                value = "in the clear"
            elif mask and value:
                value = masked(column, value)
            setattr(self, role, value or _NOTHING)


def _badge(row: SeenRow, role: str) -> CellBadge | None:
    if role in row.withheld:
        return CellBadge("in the clear", "success", "reveal")
    return CellBadge(getattr(row, role), "neutral", "hide") if role in row.veiled else None


def _tip(row: SeenRow, role: str, title: str) -> str:
    state = "masked" if role in row.veiled else "in the clear"
    return f"{row.title} for the {title.lower()}: {getattr(row, role)} ({state})"


class ComparisonTable(ByRoleTable):
    """A row for each field, a column for each role; a mask has a sign of its own."""

    def __init__(self, *, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(
            name="privacy.comparison",
            accessible="What each role sees",
            key="column",
            titled="Field",
            badge=_badge,
            tip=_tip,
            parent=parent,
        )
        self._mask = mask
        self.set_placeholder("No diver yet", "Ingest records, and see here what each role sees of them.")

    def show_comparison(self, found: Comparison) -> None:
        """Show one diver as each role sees them."""
        self.show_rows([SeenRow(column, title, found, self._mask) for column, title in FIELDS])

"""A table with a column for each role: what the two tables of the roles, one under the other, have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.pages.privacy.work import ROLES
from divegov_gui.ui.widgets import CellBadge, Column
from divegov_gui.ui.widgets.list_table import ListTable

_TITLE_WIDE, _ROLE_WIDE, _LAST_WIDE = 130, 194, 150
"""The same in both tables; the last role's column takes what is left."""


class ByRoleTable(ListTable):
    """A row for each `titled` thing, whose attributes are the roles; `badge` and `tip` say a cell by role and title."""

    def __init__(
        self,
        *,
        name: str,
        accessible: str,
        key: str,
        titled: str,
        badge: Callable[[Any, str], CellBadge | None],
        tip: Callable[[Any, str, str], str],
        parent: QWidget | None = None,
    ) -> None:
        def column(role: str, title: str) -> Column:
            return Column(
                role,
                title,
                _LAST_WIDE if role == ROLES[-1][0] else _ROLE_WIDE,
                sortable=False,
                badge=lambda row: badge(row, role),
                tooltip=lambda row: tip(row, role, title),
            )

        super().__init__(
            (Column("title", titled, _TITLE_WIDE, sortable=False), *(column(*role) for role in ROLES)),
            name=name,
            accessible=accessible,
            key=key,
            description=f"A row for each {titled.lower()}, a column for each role.",
            parent=parent,
        )

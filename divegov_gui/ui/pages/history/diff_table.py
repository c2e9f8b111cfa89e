"""What differs between two versions, field by field: a sign, a word and a colour for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.history.versions import ADDED, CHANGED, REMOVED, SAME, Difference
from divegov_gui.ui.widgets import CellBadge, Column
from divegov_gui.ui.widgets.list_table import ListTable

_BADGES = {
    SAME: CellBadge("Same", "neutral", "unchanged"),
    CHANGED: CellBadge("Changed", "warning", "edit"),
    ADDED: CellBadge("Added", "success", "add"),
    REMOVED: CellBadge("Removed", "danger", "remove"),
}
_NOTHING = "–"
_NONE_WORDS = ("Choose a version", "What it changed is shown here.")
_SAME_WORDS = ("No field differs", "Both versions hold the same values.")


class DiffRow:
    """One field with its cells as attributes."""

    def __init__(self, found: Difference, mask: bool) -> None:
        self.column, self.title, self.kind = found.column, found.title, found.kind
        self.before, self.after = (_shown(found.column, each, mask) for each in (found.before, found.after))
        if found.veiled:
            self.after += "  (differs under its mask)"

    @property
    def sentence(self) -> str:
        """The difference in words, for a hover."""
        if self.kind == SAME:
            return f"{self.title} is the same: {self.after}"
        return f"{self.title} {self.kind.lower()}: {self.before} → {self.after}"


def _shown(column: str, value: str | None, mask: bool) -> str:
    if value is None or not value:
        return _NOTHING
    return masked(column, value) if mask else value


def _tone(kind: str, side: str) -> str:
    """Values that went are red, those that came are green; the badge says it in a word."""
    if kind == SAME:
        return "neutral"
    return "danger" if side == "before" else "success"


def _value_column(side: str, title: str) -> Column:
    return Column(
        side,
        title,
        120,
        sortable=False,
        tone=lambda row: _tone(row.kind, side) if getattr(row, side) != _NOTHING else "neutral",
        tooltip=lambda row: row.sentence,
    )


_COLUMNS = (
    Column("kind", "Change", 118, sortable=False, badge=lambda row: _BADGES[row.kind]),
    Column("title", "Field", 120, sortable=False),
    _value_column("before", "Before"),
    _value_column("after", "After"),
)


class DiffTable(ListTable):
    """The fields of two versions; those that are the same are folded away until they are asked for."""

    def __init__(
        self, name: str = "history.diff", *, mask: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _COLUMNS,
            name=name,
            accessible="Differences",
            key="column",
            description="Each field, before and after.",
            parent=parent,
        )
        self._mask = mask
        self._all: list[DiffRow] = []
        self._unfolded = False
        self.stretch("before", "after")
        self.set_placeholder(*_NONE_WORDS)

    @property
    def same_count(self) -> int:
        """How many fields are the same."""
        return sum(row.kind == SAME for row in self._all)

    def show_differences(self, found: Sequence[Difference]) -> None:
        """Show the fields of two versions."""
        self._all = [DiffRow(each, self._mask) for each in found]
        self._fill()

    def unfold(self, unfolded: bool) -> None:
        """Show the fields that are the same too, or fold them away."""
        self._unfolded = unfolded
        self._fill()

    def _fill(self) -> None:
        self.set_placeholder(*(_SAME_WORDS if self._all else _NONE_WORDS))
        self.show_rows([row for row in self._all if self._unfolded or row.kind != SAME])

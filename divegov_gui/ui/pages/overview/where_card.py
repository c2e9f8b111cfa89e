"""Where the records that were put aside are now: how many are open, ready, released, merged, discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import Card, Reflow, button, label, plural

if TYPE_CHECKING:
    from divegov_gui.services.quality import Whereabouts

STATES = (
    ("failing", "Fail still", "quarantined"),
    ("ready", "Ready to resubmit", "info"),
    ("released", "Released", "promoted"),
    ("merged", "Merged", "duplicate"),
    ("discarded", "Discarded", "neutral"),
)
"""Key, words and tone of each place where a record can be."""


class WhereCard(Card):
    """A number a place; each leads to its records."""

    place_chosen = Signal(object)
    """The key of a place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Where the quarantined are now", parent=parent)
        self.body.setSpacing(theme.current().space.s)
        self._numbers = {}
        self._links = []
        row = Reflow(104, most_columns=5, gaps=(theme.current().space.s, theme.current().space.s))
        cells = []
        for key, words, tone in STATES:
            cell = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(6, 0, 0, 0)
            column.setSpacing(0)
            number = label("–", "heading", name=f"overview.where.{key}")
            number.setContentsMargins(6, 0, 0, 0)
            self._numbers[key] = number
            column.addWidget(number)
            link = button(words, name=f"overview.show_{key}", variant="link", icon=tone)
            link.clicked.connect(lambda _=False, key=key: self.place_chosen.emit(key))
            theme.set_icon(link, tone, tone)
            self._links.append(link)
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            cells.append(cell)
        row.set_cells(cells)
        self.body.addWidget(row)

    def allow_review(self, allowed: bool) -> None:
        """Whether the records may be seen, or only be counted."""
        for link in self._links:
            link.setEnabled(allowed)

    def show_places(self, where: Whereabouts) -> None:
        """Show the counts."""
        counts = {
            "failing": where.open - where.ready,
            "ready": where.ready,
            "released": where.released,
            "merged": where.merged,
            "discarded": where.discarded,
        }
        words = {key: said for key, said, _ in STATES}
        for key, count in counts.items():
            self._numbers[key].setText(grouped(count))
            self._numbers[key].setAccessibleName(f"{words[key]}: {grouped(count)}")
        assert self.header is not None
        self.header.title.setToolTip(
            f"{plural(where.total, 'record')}; one that arrives again while it waits keeps its place"
        )

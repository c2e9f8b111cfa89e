"""The four numbers over everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import StatTile

if TYPE_CHECKING:
    from divegov_gui.services.quality import Arrivals, Holdings


class Tiles(QWidget):
    """Divers, open records, earlier versions, batches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.m)
        self.divers = StatTile("Divers", "person", "overview.divers")
        self.open = StatTile("Open in quarantine", "quarantine", "overview.quarantine_open")
        self.versions = StatTile("Earlier versions", "history", "overview.history_rows")
        self.batches = StatTile("Batches", "ingest", "overview.batch_count")
        for tile in (self.divers, self.open, self.versions, self.batches):
            row.addWidget(tile)

    def show_arrivals(self, arrivals: Arrivals) -> None:
        """Show what is known at once."""
        newest = arrivals.batches[0]
        self.batches.set_value(arrivals.batch_count, f"newest {local_time(newest.received_at)}")
        for tile in (self.divers, self.open, self.versions):
            if tile.value_text == "–":
                tile.set_value(None, "counting")

    def show_holdings(self, holdings: Holdings) -> None:
        """Show the numbers as the database counts them."""
        self.divers.set_value(holdings.divers, "promoted and current")
        waiting, ready = holdings.whereabouts.open, holdings.whereabouts.ready
        said = f"{grouped(ready)} of them ready to resubmit" if ready else "wait for a steward"
        self.open.set_value(waiting, said if waiting else "nothing waits", "quarantined" if waiting else "")
        self.versions.set_value(holdings.history_rows, "kept of divers who changed")

"""The newest batches under what there is now, where the window is high enough: how much of each was right at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.services.quality import BatchSummary
from divegov_gui.services.trends import BatchQuality
from divegov_gui.ui import theme
from divegov_gui.ui.pages.overview.trend_charts import batches_chart
from divegov_gui.ui.widgets import Card, reveal
from divegov_gui.ui.widgets.chart import Chart
from divegov_gui.ui.widgets.chart_data import ROW_HEIGHT, ChartData

MOST = 8
_LEAST = 3
_AROUND = 92
"""Pixels of the card that are not batches."""


class NewestCard(Card):
    """A row a batch; Enter or a click opens it."""

    batch_chosen = Signal(object)
    """The number of a batch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Newest batches", "Choose one to see its records", parent)
        self.body.setSpacing(theme.current().space.s)
        self.chart = Chart("overview.newest", "Newest batches")
        self.chart.mark_chosen.connect(lambda mark: self.batch_chosen.emit(mark.key))
        self.body.addWidget(self.chart)
        self._all = ChartData("rows")

    def show_batches(self, batches: Sequence[BatchSummary]) -> None:
        """Show those of `batches` that are governed."""
        self._all = batches_chart(
            tuple(
                BatchQuality(one.batch_id, one.source_name, one.received_at[:10], one.outcomes)
                for one in batches
                if one.outcomes is not None
            )
        )

    def fit(self, room: int) -> None:
        """Show as many batches as `room` pixels hold; none where that would be only a few."""
        rows = min(MOST, len(self._all.marks), (room - _AROUND) // ROW_HEIGHT)
        shown = rows >= min(_LEAST, max(1, len(self._all.marks)))
        if shown and (rows != self.chart.data.shown or self.chart.data.marks != self._all.marks):
            self.chart.set_data(replace(self._all, shown=rows))
        reveal(self, shown)

"""The newest batches under what there is now, where the window is high enough: how much of each was right at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets import Card, reveal

if TYPE_CHECKING:
    from divegov_gui.services.quality import BatchSummary
    from divegov_gui.ui.widgets.chart import Chart

MOST = 8
_LEAST = 3
_AROUND = 92
"""Pixels of the card that are not batches."""
_ROW = 38
"""Pixels of one batch: chart_data.ROW_HEIGHT, without the chart, which a low window never needs."""


class NewestCard(Card):
    """A row a batch; Enter or a click opens it. The chart is made when there is room for it."""

    batch_chosen = Signal(object)
    """The number of a batch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Newest batches", "Choose one to see its records", parent)
        self.body.setSpacing(theme.current().space.s)
        self._governed: list[BatchSummary] = []

    @cached_property
    def chart(self) -> Chart:
        """The batches, drawn."""
        from divegov_gui.ui.widgets.chart import Chart

        made = Chart("overview.newest", "Newest batches")
        made.mark_chosen.connect(lambda mark: self.batch_chosen.emit(mark.key))
        self.body.addWidget(made)
        return made

    def show_batches(self, batches: Sequence[BatchSummary]) -> None:
        """Show those of `batches` that are governed."""
        self._governed = [one for one in batches if one.outcomes is not None]

    def fit(self, room: int) -> None:
        """Show as many batches as `room` pixels hold; none where that would be only a few."""
        rows = min(MOST, len(self._governed), (room - _AROUND) // _ROW)
        shown = rows >= min(_LEAST, max(1, len(self._governed)))
        if shown:
            self._draw(rows)
        reveal(self, shown)

    def _draw(self, rows: int) -> None:
        from divegov_gui.services.trends import BatchQuality
        from divegov_gui.ui.pages.overview.trend_charts import batches_chart

        found = batches_chart(
            tuple(
                BatchQuality(one.batch_id, one.source_name, one.received_at[:10], one.outcomes)
                for one in self._governed
                if one.outcomes is not None
            )
        )
        if rows != self.chart.data.shown or self.chart.data.marks != found.marks:
            self.chart.set_data(replace(found, shown=rows))

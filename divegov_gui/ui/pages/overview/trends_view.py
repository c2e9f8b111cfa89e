"""The view Over time: whether quality gets better, where bad data comes from, and how long it waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from divegov_gui.services.trends import Period, Trends
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview import trend_charts as charts
from divegov_gui.ui.pages.overview.report_saver import ReportSaver
from divegov_gui.ui.pages.overview.work_batches import QualityOverTime, read_quality
from divegov_gui.ui.widgets import EmptyState, Reflow, StateStack, button, label
from divegov_gui.ui.widgets.chart_card import ChartCard
from divegov_gui.ui.widgets.chart_data import Mark
from divegov_gui.ui.widgets.chips import choose_one
from divegov_gui.ui.widgets.scrolling import scrolling

PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days", "all": "All time"}
_LEAST_WIDTH = 440


class TrendsView(QWidget):
    """The charts of one period."""

    day_chosen = Signal(object)
    """A day whose batches are wanted."""
    rule_chosen = Signal(object)
    """The code of a rule whose open records are wanted."""
    source_chosen = Signal(object, object)
    """The name of a source whose batches are wanted, and the Period that they came in."""
    batch_chosen = Signal(object)
    """The number of a batch that is wanted."""
    age_chosen = Signal(object)
    """The name of an age whose open records are wanted."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._chosen = "30"
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        layout.addLayout(self._head())
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        self._cells = Reflow(_LEAST_WIDTH, most_columns=3, gaps=(space.m, space.m))
        self._cells.set_cells([*self._cards()])
        inside.addWidget(self._cells)
        inside.addStretch(1)
        self._stack = StateStack(scrolling(content))
        layout.addWidget(self._stack, 1)

    @property
    def period(self) -> Period:
        """The period that is chosen, up to today (UTC)."""
        if self._chosen == "all":
            return Period()
        return Period(_today() - timedelta(int(self._chosen) - 1))

    @property
    def period_words(self) -> str:
        """The period in words."""
        return "All time" if self._chosen == "all" else f"The last {PERIODS[self._chosen]}"

    def refresh(self) -> None:
        """Read the trends anew."""
        self._context.reader.submit(
            partial(read_quality, self.period),
            kind="overview.trends",
            on_success=self._show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def choose(self, period: str) -> None:
        """Show another period: a key of PERIODS."""
        self._chosen = period
        self._chips[period].setChecked(True)
        self.refresh()

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        row.addWidget(label("Period", "muted"))
        self._chips: dict[str, QPushButton] = {}
        for key, words in PERIODS.items():
            chip = button(words, name=f"overview.period.{key}")
            chip.clicked.connect(partial(self._choose_by_chip, key))
            row.addWidget(chip)
            self._chips[key] = chip
        choose_one(self, list(self._chips.values()))
        self._chips[self._chosen].setChecked(True)
        row.addStretch(1)
        self._saver = ReportSaver(self._context, self)
        report = button(
            "Report", name="overview.report", icon="file", description="One page for print or mail."
        )
        report.clicked.connect(lambda: self._saver.ask(self.period))
        row.addWidget(report)
        return row

    def _choose_by_chip(self, key: str, _: bool = False) -> None:
        self.choose(key)

    def _cards(self) -> list[ChartCard]:
        self.share = ChartCard("overview.share", "Right at once", "Nothing arrived in this period.")
        self.share.mark_chosen.connect(lambda mark: self.day_chosen.emit(mark.key))
        self.batches = ChartCard("overview.batch_trend", "By batch", "Nothing arrived in this period.")
        self.batches.mark_chosen.connect(lambda mark: self.batch_chosen.emit(mark.key))
        self.rules = ChartCard(
            "overview.rule_trend", "Rejections by rule", "No record was rejected in this period."
        )
        self.rules.mark_chosen.connect(lambda mark: self.rule_chosen.emit(mark.key))
        self.waits = ChartCard(
            "overview.waits", "Time to resolution", "No record was resolved in this period."
        )
        self.backlog = ChartCard(
            "overview.backlog", "Backlog by age", "No record that came in this period waits."
        )
        self.backlog.mark_chosen.connect(self._choose_age)
        self.sources = ChartCard("overview.sources", "By source", "Nothing arrived in this period.")
        self.sources.mark_chosen.connect(lambda mark: self.source_chosen.emit(mark.key, self.period))
        self.repairs = ChartCard(
            "overview.repairs", "Fixed by hand", "No steward has changed a record in this period."
        )
        cards = [
            *(self.share, self.rules, self.batches, self.sources),
            *(self.waits, self.backlog, self.repairs),
        ]
        for card in cards:
            card.saved.connect(
                lambda path: self._context.notifier.success(f"{path.name} is written.", str(path.parent))
            )
            card.failed.connect(self._context.notifier.error)
        return cards

    def _choose_age(self, mark: Mark) -> None:
        if sum(mark.values):
            self.age_chosen.emit(mark.key)

    def _show(self, found: QualityOverTime) -> None:
        trends = found.trends
        if trends.is_empty and not (trends.resolutions or trends.repairs) and self._chosen != "all":
            self._stack.show_state(self._nothing())
            return
        self._stack.show_content()
        self._show_charts(trends, found)

    def _show_charts(self, trends: Trends, found: QualityOverTime) -> None:
        period = self.period_words
        self.share.show_data(charts.share_chart(trends), f"{period}: records that needed no steward")
        self.rules.show_data(charts.rules_chart(trends, found.wordings), f"{period}: as records arrived")
        self.batches.show_data(charts.batches_chart(trends.batches), f"{period}: the newest first")
        self.waits.show_data(charts.waits_chart(trends), f"{period}: median wait in quarantine, by day")
        days = None if self._chosen == "all" else int(self._chosen)
        self.backlog.show_data(charts.backlog_chart(trends, _today(), days), f"{period}: what came and waits")
        self.sources.show_data(charts.sources_chart(trends), f"{period}: the most to mend first")
        self.repairs.show_data(charts.repairs_chart(trends), f"{period}: cells; what was undone is left out")

    def _nothing(self) -> EmptyState:
        return EmptyState(
            "trend",
            f"Nothing arrived in the last {PERIODS[self._chosen]}",
            "What arrived before is still there.",
            "Show all time",
            lambda: self.choose("all"),
            name="overview.show_all_time",
        )


def _today() -> date:
    return datetime.now(timezone.utc).date()

"""The page Overview."""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import partial

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.ingestion import IngestReport
from divegov_gui.services.quality import Overview, RuleHits
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.overview.batches import BatchesTable
from divegov_gui.ui.pages.overview.demo import DemoRun
from divegov_gui.ui.pages.overview.empty import empty_state
from divegov_gui.ui.pages.overview.meter_card import MeterCard
from divegov_gui.ui.pages.overview.next_step import NextStep, NextStepBar, next_step
from divegov_gui.ui.pages.overview.tiles import Tiles
from divegov_gui.ui.pages.overview.work import BatchDetails, WorkspaceState, read_details, read_state
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.widgets import (
    Card,
    EmptyState,
    RuleBars,
    RuleCount,
    StateStack,
    label,
    reveal,
    tool_button,
)
from divegov_gui.ui.widgets.rule_bars import ROW_HEIGHT as RULE_HEIGHT

_RULES = (3, 5)
"""Rules in sight: where the window is small, and where it is large; there are more to scroll to."""


class OverviewPage(Page):
    """The state of the workspace, of all its batches or of the one that is selected."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("overview", "Overview", "", parent=parent)
        self._context = context
        self._state: WorkspaceState | None = None
        self._batch_id: int | None = None
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read anew."""
        self.refresh()

    def refresh(self) -> None:
        """Read the workspace anew."""
        self._context.reader.submit(
            partial(read_state, self._context.scripts),
            kind="overview.state",
            on_success=self._show_state,
            on_failure=self._show_failure,
            owner=self,
        )

    # --- building
    def _build(self) -> None:
        space = theme.current().space
        again = tool_button("refresh", name="overview.refresh", accessible="Read anew")
        again.clicked.connect(self.refresh)
        self.add_action(again)
        self._content = QWidget()
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.m)
        self.next_bar = NextStepBar()
        self.next_bar.chosen.connect(self._take_step)
        self.tiles = Tiles()
        self.batches = BatchesTable()
        self.batches.batch_chosen.connect(self._choose_batch)
        layout.addWidget(self.next_bar)
        layout.addWidget(self.tiles)
        layout.addLayout(self._middle())
        layout.addWidget(self.batches)
        layout.addStretch(1)
        self._stack = StateStack(self._content)
        self.demo = DemoRun(self._context)
        self.demo.finished.connect(self._welcome)
        self.body.addWidget(self.demo)
        self.body.addWidget(self._stack, 1)

    def _middle(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.m)
        self.meter_card = MeterCard()
        self.meter_card.all_requested.connect(lambda _: self._choose_batch(None))
        self.meter_card.outcome_chosen.connect(self._open_outcome)
        row.addWidget(self.meter_card, 3)
        card = Card("Rejections by rule", "Choose one to see its records")
        card.body.setSpacing(theme.current().space.s)
        self.rules = RuleBars("overview.rules")
        self.rules.rule_chosen.connect(self._open_rule)
        self._no_rules = label("No record was rejected.", "muted", name="overview.no_rules")
        card.body.addWidget(self.rules)
        card.body.addWidget(self._no_rules)
        card.body.addStretch(1)
        row.addWidget(card, 2)
        return row

    # --- showing
    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and what & {SCHEMA, BATCHES, QUARANTINE, DIVERS}:
            self.refresh()

    def _show_state(self, state: WorkspaceState) -> None:
        self._state = state
        overview = state.overview
        if overview is None or not overview.batch_count:
            self._batch_id = None
            self._stack.show_state(empty_state(state, self.demo.start, self._context.go_to))
            self.demo.lock(self)
            return
        self._stack.show_content()
        self.next_bar.show_step(next_step(state.plan, overview))
        self.tiles.show_overview(overview)
        if self._batch_id not in {batch.batch_id for batch in overview.batches}:
            self._batch_id = None
        self.batches.show_batches(overview.batches, overview.batch_count, self._batch_id)
        self._show_scope(overview)
        self._fit()

    def _fit(self) -> None:
        """Share the window's height between the rules and the batches, in whole rows."""
        margins = self.body.contentsMargins()
        least, most = _RULES
        self.rules.setFixedHeight(least * RULE_HEIGHT + 8)
        self.batches.fit(0)
        layout = self._content.layout()
        assert layout is not None
        taken = layout.totalHeightForWidth(self.width() - margins.left() - margins.right())
        room = self.batches.fit(self.body_height() - margins.bottom() - taken)
        rules = max(least, min(most, least + room // RULE_HEIGHT))
        self.rules.setFixedHeight(rules * RULE_HEIGHT + 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show_scope(self, overview: Overview) -> None:
        """Show all batches, or read the one that is selected."""
        if self._batch_id is None:
            self.meter_card.show_totals(overview)
            self._show_rules(overview.rules)
            return
        self._context.reader.submit(
            partial(read_details, self._batch_id),
            kind="overview.batch",
            on_success=self._show_details,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show_details(self, details: BatchDetails) -> None:
        if details.batch.batch_id == self._batch_id:
            self.meter_card.show_batch(details)
            self._show_rules(details.rules)

    def _show_rules(self, hits: Iterable[RuleHits]) -> None:
        rules = [RuleCount(hit.code, hit.wording, hit.records, hit.severity) for hit in hits if hit.records]
        self.rules.set_rules(rules)
        reveal(self.rules, bool(rules))
        reveal(self._no_rules, not rules)

    def _show_failure(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        if self._state is None:
            state = EmptyState(
                "workspace", error.title, error.hint, "Try again", self.refresh, name="overview.retry"
            )
            self._stack.show_state(state)

    # --- what a person does
    def _choose_batch(self, batch_id: int | None) -> None:
        if batch_id == self._batch_id or self._state is None or self._state.overview is None:
            return
        self._batch_id = batch_id
        self.batches.select(batch_id)
        self._show_scope(self._state.overview)

    def _take_step(self, step: NextStep) -> None:
        self._context.go_to(step.page, **step.aim)

    def _open_rule(self, rule: RuleCount) -> None:
        self._context.go_to("quarantine", rule=rule.code, **self._scope())

    def _open_outcome(self, key: str) -> None:
        if key == "quarantined":
            self._context.go_to("quarantine", **self._scope())

    def _scope(self) -> dict[str, object]:
        return {} if self._batch_id is None else {"batch_id": self._batch_id}

    def _welcome(self, report: IngestReport | None) -> None:
        """The demo has ended, well or not."""
        if report is not None and report.batch.outcomes is not None:
            found = report.batch.outcomes
            self._context.notifier.success(
                "The demo is ready.",
                f"{found.loaded:,} records arrived: {found.promoted:,} promoted, {found.quarantined:,} quarantined.",
            )
        self._context.tell_changed({SCHEMA, BATCHES, QUARANTINE, DIVERS})

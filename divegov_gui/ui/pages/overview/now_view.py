"""The view Now: what to do next, what there is, what became of all that arrived, and what fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.balance import Balance
from divegov_gui.ui.pages.overview.meter_card import MeterCard
from divegov_gui.ui.pages.overview.newest_card import NewestCard
from divegov_gui.ui.pages.overview.next_step import NextStep, NextStepBar, next_step
from divegov_gui.ui.pages.overview.tiles import Tiles
from divegov_gui.ui.pages.overview.where_card import WhereCard
from divegov_gui.ui.widgets import Card, RuleBars, RuleCount, button, label, reveal
from divegov_gui.ui.widgets.rule_bars import ROW_HEIGHT

if TYPE_CHECKING:
    from divegov_gui.services.quality import Holdings, RuleHits
    from divegov_gui.ui.pages.overview.work import WorkspaceState

_LEAST_RULES = 5
"""Rules in sight in the smallest window; where there is more room there are more."""
_LEFT, _RIGHT = 8, 5
"""How the two columns share the width."""
_AROUND_RULES = 134
"""Pixels of their card that are not rules."""


class NowView(QWidget):
    """The arrivals come at once, what is counted follows, and the check of every batch goes on behind both."""

    step_chosen = Signal(object)
    """The NextStep whose button was pressed."""
    rule_chosen = Signal(object)
    """The RuleCount that was chosen."""
    outcome_chosen = Signal(object)
    """The outcome that was chosen on the meter."""
    batch_chosen = Signal(object)
    """The number of a batch that is wanted."""
    place_chosen = Signal(object)
    """Where records are that are wanted: a key of where_card.STATES."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: WorkspaceState | None = None
        self._holdings: Holdings | None = None
        self._failing: list[RuleCount] = []
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.m)
        self.next_bar = NextStepBar()
        self.next_bar.chosen.connect(self.step_chosen)
        self.tiles = Tiles()
        layout.addWidget(self.next_bar)
        layout.addWidget(self.tiles)
        row = QHBoxLayout()
        row.setSpacing(space.m)
        row.addLayout(self._left(context), _LEFT)
        row.addWidget(self._rules_card(), _RIGHT)
        layout.addLayout(row, 1)

    def show_state(self, state: WorkspaceState) -> None:
        """Show what came in."""
        assert state.arrivals is not None
        self._state = state
        self.meter_card.show_arrivals(state.arrivals)
        self.tiles.show_arrivals(state.arrivals)
        self.newest.show_batches(state.arrivals.batches)
        self._fit()
        self.next_bar.allow_review(state.may_review)
        self.where.allow_review(state.may_review)
        self._show_step()

    def show_holdings(self, holdings: Holdings) -> None:
        """Show what is there now."""
        self._holdings = holdings
        self.tiles.show_holdings(holdings)
        self.where.show_places(holdings.whereabouts)
        self._show_rules(holdings.failing)
        self._show_step()

    # --- inside
    def _left(self, context: AppContext) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.current().space.m)
        self.meter_card = MeterCard("overview", "Everything that arrived")
        self.meter_card.outcome_chosen.connect(self.outcome_chosen)
        self.balance = Balance(context)
        self.balance.alarmed.connect(lambda _: self._show_step())
        self.meter_card.more.addWidget(self.balance)
        self.where = WhereCard()
        self.where.place_chosen.connect(self.place_chosen)
        column.addWidget(self.meter_card)
        column.addWidget(self.where)
        self.newest = NewestCard()
        self.newest.batch_chosen.connect(self.batch_chosen)
        self.newest.hide()
        column.addWidget(self.newest)
        column.addStretch(1)
        return column

    def _rules_card(self) -> Card:
        card = Card("What fails now", "Open records by rule; choose one to see them")
        card.body.setSpacing(theme.current().space.s)
        self.rules = RuleBars("overview.rules")
        self.rules.setMinimumWidth(200)
        self.rules.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rules.rule_chosen.connect(self.rule_chosen)
        self._no_rules = label("No open record fails a rule.", "muted", name="overview.no_rules")
        self.all_rules = button("All rules", name="overview.all_rules", variant="link")
        self.all_rules.clicked.connect(lambda: self.step_chosen.emit(NextStep("", "", "", "rules")))
        card.body.addWidget(self.rules)
        card.body.addWidget(self._no_rules)
        card.body.addStretch(1)
        card.body.addWidget(self.all_rules, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def minimumSizeHint(self) -> QSize:
        """As tall as its width makes it, and not as tall as it would be at its narrowest."""
        return QSize(super().minimumSizeHint().width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show_rules(self, hits: Iterable[RuleHits]) -> None:
        self._failing = [
            RuleCount(hit.code, hit.wording, hit.records, hit.severity) for hit in hits if hit.records
        ]
        self._fit()

    def _fit(self) -> None:
        """Share the window's height: more rules and, where it is high, the newest batches."""
        self._fit_rules()
        around, gap = self.parentWidget(), theme.current().space.m
        width = (self.width() - gap) * _LEFT // (_LEFT + _RIGHT)
        taken = self._height(self.meter_card, width) + self._height(self.where, width)
        self.newest.fit((around.height() if around else 0) - self._rules_at - taken - 2 * gap)

    @staticmethod
    def _height(card: Card, width: int) -> int:
        layout = card.layout()
        assert layout is not None
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else card.sizeHint().height()

    def _fit_rules(self) -> None:
        """Show the worst rules, as many as there is room for; the rest is a page away."""
        around = self.parentWidget()
        room = (around.height() if around else 0) - self._rules_at - _AROUND_RULES
        shown = self._failing[: max(_LEAST_RULES, room // ROW_HEIGHT)]
        if list(self.rules.rules) != shown:
            self.rules.set_rules(shown)
        self.rules.setFixedHeight(len(shown) * ROW_HEIGHT + 8)
        left = len(self._failing) - len(shown)
        self.all_rules.setText(f"{left} more in Rules" if left else "Open Rules")
        self.all_rules.setAccessibleName(self.all_rules.text())
        reveal(self.rules, bool(shown))
        reveal(self._no_rules, not shown)

    @property
    def _rules_at(self) -> int:
        """How far down the cards begin."""
        return (
            self.next_bar.sizeHint().height() + self.tiles.sizeHint().height() + 2 * theme.current().space.m
        )

    def _show_step(self) -> None:
        if self._state is not None and self._state.arrivals is not None:
            self.next_bar.show_step(
                next_step(self._state.plan, self._state.arrivals, self._holdings, self.balance.found)
            )

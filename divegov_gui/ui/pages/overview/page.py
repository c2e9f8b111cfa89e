"""The page Overview."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.overview.demo import DemoRun
from divegov_gui.ui.pages.overview.empty import empty_state
from divegov_gui.ui.pages.overview.next_step import NextStep
from divegov_gui.ui.pages.overview.now_view import NowView
from divegov_gui.ui.pages.overview.work import WorkspaceState, count_holdings, read_state
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.pages.unreadable import unreadable
from divegov_gui.ui.widgets import RuleCount, StateStack, Turns, tool_button
from divegov_gui.ui.widgets.basics import tabs
from divegov_gui.ui.widgets.scrolling import scrolling

if TYPE_CHECKING:
    from divegov_gui.services.batches import BatchQuery
    from divegov_gui.services.ingestion import IngestReport
    from divegov_gui.services.trends import Period
    from divegov_gui.ui.pages.overview.batches_view import BatchesView
    from divegov_gui.ui.pages.overview.trends_view import TrendsView

NOW, OVER_TIME, BATCHES_TAB = 0, 1, 2
_LATER = {OVER_TIME: "trends", BATCHES_TAB: "batches"}
"""The views that are made when they are first wanted."""
_AIMS: dict[str, dict[str, object]] = {
    "failing": {"standing": ("warnings", "errors")},
    "ready": {"standing": ("ready",)},
    "released": {"status": "Released"},
    "merged": {"status": "Merged"},
    "discarded": {"status": "Discarded"},
}


class OverviewPage(Page):
    """The state of the workspace now, over time, and batch by batch."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("overview", "Overview", "", scrolls=False, parent=parent)
        self._context = context
        self._state: WorkspaceState | None = None
        self._check_anew = False
        self._coming = Turns(self)
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read anew."""
        self.refresh()

    def aim_at(self, batch_id: int | None = None) -> None:
        """Show a batch."""
        if batch_id is not None:
            self._turn_to_batches()
            self.batches.open_batch(batch_id)

    def refresh(self) -> None:
        """Read the workspace anew: what is known at once, and then what is counted."""
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
        again.clicked.connect(self._read_anew)
        self.add_action(again)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.m)
        self.views = tabs("overview.views", "Views", "Now", "Over time", "Batches")
        layout.addWidget(self.views)
        layout.addWidget(self._views(), 1)
        self._stack = StateStack(content)
        self.demo = DemoRun(self._context)
        self.demo.finished.connect(self._welcome)
        self.body.addWidget(self.demo)
        self.body.addWidget(self._stack, 1)

    def _views(self) -> QStackedWidget:
        self.now = NowView(self._context)
        self.now.step_chosen.connect(self._take_step)
        self.now.rule_chosen.connect(self._open_rule)
        self.now.outcome_chosen.connect(self._open_outcome)
        self.now.place_chosen.connect(lambda key: self._context.go_to("quarantine", **_AIMS[key]))
        self.now.batch_chosen.connect(lambda batch_id: self.aim_at(batch_id=batch_id))
        self.now.balance.batch_wanted.connect(lambda batch_id: self.aim_at(batch_id=batch_id))
        self._shown = QStackedWidget()
        self._shown.setObjectName("overview.view")
        self._now_area = scrolling(self.now)
        self._shown.addWidget(self._now_area)
        self.views.currentChanged.connect(self._turn_to)
        return self._shown

    @cached_property
    def trends(self) -> TrendsView:
        """What happened over time; made when it is first wanted, since a start can do without."""
        from divegov_gui.services.batches import BatchQuery
        from divegov_gui.ui.pages.overview.trends_view import TrendsView

        made = TrendsView(self._context)
        made.day_chosen.connect(lambda day: self._list_batches(BatchQuery(since=day, until=day)))
        made.source_chosen.connect(self._list_source)
        made.batch_chosen.connect(lambda batch_id: self.aim_at(batch_id=batch_id))
        made.rule_chosen.connect(self._open_records)
        made.age_chosen.connect(self._open_age)
        self._shown.addWidget(made)
        return made

    @cached_property
    def batches(self) -> BatchesView:
        """The batches, made when they are first wanted."""
        from divegov_gui.ui.pages.overview.batches_view import BatchesView

        made = BatchesView(self._context)
        self._allow(made)
        self._shown.addWidget(made)
        return made

    def _turn_to(self, view: int) -> None:
        """Show a view, and read what it shows; one that is looked at first is brought in and made in turns."""
        name = _LATER.get(view, "")
        self._coming.drop()
        if not name or name in self.__dict__:
            self._show_view()
            return
        module = f"divegov_gui.ui.pages.overview.{name}_view"
        made = partial(getattr, self, name)
        self._coming = Turns(self, partial(import_module, module), made, self._show_view)
        self._coming.start()

    def _turn_to_batches(self) -> None:
        """Show the batches now, since one of them is wanted."""
        self.views.setCurrentIndex(BATCHES_TAB)
        self._coming.finish()

    def _show_view(self) -> None:
        name = _LATER.get(self.views.currentIndex(), "")
        self._shown.setCurrentWidget(getattr(self, name) if name else self._now_area)
        self._read_view()

    # --- showing
    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and what & {SCHEMA, BATCHES, QUARANTINE, DIVERS}:
            self.refresh()

    def _show_state(self, state: WorkspaceState) -> None:
        self._state = state
        if state.arrivals is None or not state.arrivals.batch_count:
            self._stack.show_state(empty_state(state, self.demo.start, self._context.go_to))
            self.demo.lock(self)
            return
        self._stack.show_content()
        self.now.show_state(state)
        if "batches" in self.__dict__:
            self._allow(self.batches)
        self._read_view()

    def _read_view(self) -> None:
        """Read what the view in sight shows beyond what is known at once."""
        if self._state is None or self._state.arrivals is None:
            return
        if self.views.currentIndex() != NOW:
            (self.batches if self.views.currentIndex() == BATCHES_TAB else self.trends).refresh()
            return
        self._context.reader.submit(
            count_holdings,
            kind="overview.holdings",
            on_success=self.now.show_holdings,
            on_failure=self._context.notifier.error,
            owner=self,
        )
        self.now.balance.start(anew=self._check_anew)
        self._check_anew = False

    def _show_failure(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        if self._state is None:
            self._stack.show_state(unreadable(self._context, "overview", "workspace", error, self.refresh))

    # --- what a person does
    @property
    def _may_review(self) -> bool:
        return self._state is None or self._state.may_review

    def _read_anew(self) -> None:
        """Everything, and every batch checked once more."""
        self._check_anew = True
        self.refresh()

    def _take_step(self, step: NextStep) -> None:
        self._context.go_to(step.page, **step.aim)

    def _list_batches(self, query: BatchQuery) -> None:
        self._turn_to_batches()
        self.batches.look_at(query)

    def _list_source(self, name: str, period: Period) -> None:
        from divegov_gui.services.batches import BatchQuery

        since = period.since.isoformat() if period.since else ""
        self._list_batches(BatchQuery(source=name, since=since))

    def _open_rule(self, rule: RuleCount) -> None:
        """Show the records that fail it; who may not see those sees the rule."""
        self._open_records(rule.code)

    def _open_records(self, code: str) -> None:
        self._context.go_to("quarantine" if self._may_review else "rules", rule=code)

    def _open_age(self, age: str) -> None:
        if self._may_review:
            self._context.go_to("quarantine", age=age)

    def _allow(self, batches: BatchesView) -> None:
        if self._state is not None:
            batches.allow(review=self._state.may_review, purge=self._state.may_purge)

    def _open_outcome(self, key: str) -> None:
        if key == "quarantined" and self._may_review:
            self._context.go_to("quarantine")

    def _welcome(self, report: IngestReport | None) -> None:
        """The demo has ended, well or not."""
        if report is not None and report.batch.outcomes is not None:
            found = report.batch.outcomes
            self._context.notifier.success(
                "The demo is ready.",
                f"{grouped(found.loaded)} records arrived: {grouped(found.promoted)} promoted, "
                f"{grouped(found.quarantined)} quarantined.",
            )
            self._context.demo_ready.emit()
        self._context.tell_changed({SCHEMA, BATCHES, QUARANTINE, DIVERS})

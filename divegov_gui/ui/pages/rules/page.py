"""The page Rules."""

from __future__ import annotations

from collections.abc import Set
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.rules import RetestReport, Rule, RuleSettings, RuleVersion
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.pages.rules.columns import COLUMNS, RuleRow
from divegov_gui.ui.pages.rules.rule_panel import RulePanel
from divegov_gui.ui.pages.rules.words import saved_text
from divegov_gui.ui.pages.rules.work import (
    Catalogue,
    Rights,
    judge_again,
    read_catalogue,
    read_history,
    save,
    try_out,
)
from divegov_gui.ui.pages.unreadable import not_deployed, unreadable
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import (
    ProgressPanel,
    SqlView,
    StateStack,
    button,
    label,
    plural,
    reveal,
)
from divegov_gui.ui.widgets.list_table import ListTable

_SUBTITLE = "What the gatekeepers ask of every record. Try a change here before it does anything."


class RulesPage(Page):
    """The catalogue with the SQL behind it; beside it the selected rule, what if, and its history."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("rules", "Rules", _SUBTITLE, scrolls=False, parent=parent)
        self._context = context
        self._rules: dict[str, Rule] = {}
        self._code = ""
        self._sql = ""
        self._may = Rights()
        self._task: TaskHandle | None = None
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read anew."""
        self.refresh()

    def aim_at(self, rule: str = "") -> None:
        """Show the rule with this code."""
        self._code = rule or self._code
        self.refresh()

    def refresh(self) -> None:
        """Read the catalogue anew."""
        self._context.reader.submit(
            partial(read_catalogue, self._context.scripts),
            kind="rules.catalogue",
            on_success=self._show_catalogue,
            on_failure=self._show_failure,
            owner=self,
        )

    # --- building
    def _build(self) -> None:
        space = theme.current().space
        self.again = button(
            "Judge what waits again",
            name="rules.retest",
            icon="refresh",
            description="Judges every open record by the rules as they are today. It lets nobody in.",
        )
        self.again.clicked.connect(self._judge_again)
        self.add_action(self.again)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.m)
        self.progress = ProgressPanel("rules.progress", unit="steps")
        self.progress.cancel_requested.connect(self._stop)
        self.progress.hide()
        column.addWidget(self.progress)
        across = QHBoxLayout()
        across.setSpacing(space.l)
        across.addWidget(self._left(), 1)
        self.panel = RulePanel()
        self.panel.change.try_requested.connect(self._try_out)
        self.panel.change.save_requested.connect(self._save)
        self.panel.open_requested.connect(lambda code: self._context.go_to("quarantine", rule=code))
        across.addWidget(self.panel)
        column.addLayout(across, 1)
        self._stack = StateStack(content)
        self.body.addWidget(self._stack, 1)

    def _left(self) -> QSplitter:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("rules.split")
        split.setChildrenCollapsible(False)
        self.table = ListTable(COLUMNS, name="rules.table", accessible="The rules", key="code")
        self.table.stretch("title")
        self.table.setMinimumHeight(160)
        self.table.current_changed.connect(self._choose)
        split.addWidget(self.table)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, theme.current().space.s, 0, 0)
        column.setSpacing(theme.current().space.xs)
        column.addWidget(label("The SQL that judges, as it is deployed", "strong"))
        self.sql = SqlView("rules.sql", "The SQL that implements the rules")
        self.sql.setMinimumHeight(120)
        column.addWidget(self.sql, 1)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        return split

    # --- showing
    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and what & {SCHEMA, BATCHES, QUARANTINE}:
            self.refresh()

    def _show_catalogue(self, catalogue: Catalogue | None) -> None:
        self.again.setVisible(catalogue is not None)
        if catalogue is None:
            self._stack.show_state(not_deployed(self._context, "rules", "The rules are kept by the scripts."))
            return
        self._rules = {rule.code: rule for rule in catalogue.rules}
        rows = [
            RuleRow(rule) for rule in sorted(catalogue.rules, key=lambda r: (-r.open, -r.rejected, r.code))
        ]
        if catalogue.sql != self._sql:
            self._sql = catalogue.sql
            self.sql.set_sql(catalogue.sql or "-- Your role may not read the deployed SQL.")
        self._may = catalogue.may
        self.panel.allow(catalogue.may)
        self.again.setEnabled(catalogue.may.judge)
        wanted = self._code
        self.table.show_rows(rows)
        place = next((i for i, row in enumerate(rows) if row.code == wanted), 0)
        self._stack.show_content()
        self.table.go_to(place)

    def _choose(self, row: RuleRow | None) -> None:
        if row is None:
            return
        self._code = row.code
        self.panel.show_rule(row.rule)
        self._mark_sql(row.code)
        self._context.reader.submit(
            partial(read_history, row.code),
            kind="rules.history",
            on_success=partial(self._show_history, row.code),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show_history(self, code: str, versions: tuple[RuleVersion, ...]) -> None:
        if code == self._code:
            self.panel.show_versions(versions)

    def _mark_sql(self, code: str) -> None:
        """Bring the line that names the rule into sight."""
        lines = self._sql.splitlines()
        self.sql.note_line(
            next((n for n, line in enumerate(lines, start=1) if code in line and "--" in line), 0)
        )

    def _show_failure(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        if not self._rules:
            self._stack.show_state(unreadable(self._context, "rules", "rule", error, self.refresh))

    # --- what a person does
    def _stop(self, _: object) -> None:
        if self._task is not None:
            self._task.cancel()

    def _try_out(self, settings: RuleSettings) -> None:
        self.panel.change.set_busy(True)
        self.progress.start("Trying the change out")
        self._task = self._context.writer.submit(
            partial(try_out, self._code, settings),
            label="Trying a change of a rule out",
            on_progress=self.progress.report,
            on_success=partial(self.panel.change.show_effect, settings),
            on_failure=self._fail,
            on_finished=lambda _: reveal(self.progress, False),
            owner=self,
        )

    def _save(self, given: tuple[RuleSettings, str]) -> None:
        settings, reason = given
        self.panel.change.set_busy(True)
        self.progress.start("Saving the change")
        self._task = self._context.writer.submit(
            partial(save, self._rules[self._code], settings, reason),
            label="Saving a change of a rule",
            write=True,
            on_progress=self.progress.report,
            on_success=self._finish_saving,
            on_failure=self._fail,
            on_finished=lambda _: reveal(self.progress, False),
            owner=self,
        )

    def _finish_saving(self, report: RetestReport) -> None:
        self.panel.change.saved()
        self._context.notifier.success("The rule is changed.", saved_text(report))
        self._context.tell_changed({QUARANTINE})

    def _judge_again(self) -> None:
        self.again.setEnabled(False)
        self.progress.start("Judging what waits again")
        self._task = self._context.writer.submit(
            judge_again,
            label="Judging what waits again",
            write=True,
            on_progress=self.progress.report,
            on_success=self._finish_judging,
            on_failure=self._context.notifier.error,
            on_finished=self._end_judging,
            owner=self,
        )

    def _end_judging(self, _: object) -> None:
        reveal(self.progress, False)
        self.again.setEnabled(self._may.judge)

    def _finish_judging(self, report: RetestReport) -> None:
        self._context.notifier.success(f"{plural(report.judged, 'record')} judged again.", saved_text(report))
        self._context.tell_changed({QUARANTINE})

    def _fail(self, error: DiveGovError) -> None:
        self.panel.change.say_problem(error)
        self.refresh()

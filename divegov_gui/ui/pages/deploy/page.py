"""The page Deploy."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from divegov_gui.core.errors import DeploymentFailed, DiveGovError
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink
from divegov_gui.services.catalogue import Finding
from divegov_gui.services.deployment import (
    DeploymentPlan,
    DeploymentReport,
    accept_drift,
    deploy,
    plan_deployment,
    plan_text,
    save_plan,
)
from divegov_gui.ui import theme
from divegov_gui.ui.context import SCHEMA, AppContext
from divegov_gui.ui.pages.deploy.confirm import AcceptDrift, ConfirmTarget
from divegov_gui.ui.pages.deploy.rows import COLUMNS, ScriptRow, Stage
from divegov_gui.ui.pages.deploy.script_panel import ScriptPanel
from divegov_gui.ui.pages.deploy.words import (
    Failure,
    button_text,
    failure_of,
    hindrance_text,
    result_text,
    state_text,
)
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import (
    DataTable,
    EmptyState,
    ProgressPanel,
    RowRequest,
    StateStack,
    button,
    reveal,
)
from divegov_gui.ui.widgets.density import hold_rows
from divegov_gui.ui.widgets.note import Note

_FILTER = "T-SQL (*.sql);;All files (*)"
_SUBTITLE = "The numbered scripts that make the database, and what of them is in it."


def choose_plan_file(parent: QWidget) -> Path | None:
    """Ask where to write the plan."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the plan", "plan.sql", _FILTER)
    return Path(chosen) if chosen else None


class DeployPage(Page):
    """The scripts with their state and their SQL, and one button that applies what is outstanding."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("deploy", "Deploy", _SUBTITLE, scrolls=False, parent=parent)
        self._context = context
        self._plan: DeploymentPlan | None = None
        self._rows: list[ScriptRow] = []
        self._task: TaskHandle | None = None
        self._todo: list[str] = []
        self._failure: Failure | None = None
        self.choose_plan_file: Callable[[QWidget], Path | None] = choose_plan_file
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read the plan anew: scripts are files, and files change."""
        self.refresh()

    def refresh(self) -> None:
        """Compare the scripts with the journal."""
        self._context.reader.submit(
            partial(_read_plan, self._context),
            kind="deploy.plan",
            on_success=self._show_plan,
            on_failure=self._show_failure_to_read,
            owner=self,
        )

    # --- building
    def _build(self) -> None:
        self.save = button(
            "Save the plan…",
            name="deploy.save_plan",
            icon="save",
            description="Writes what would run as one .sql file, for SSMS or sqlcmd. It applies nothing.",
        )
        self.save.clicked.connect(self._save_plan)
        self.dry_run = button(
            "Dry run",
            name="deploy.dry_run",
            icon="rehearse",
            description="Applies everything that is outstanding and undoes it again.",
        )
        self.dry_run.clicked.connect(lambda: self._run(dry_run=True))
        self.start = button("Deploy", name="deploy.start", variant="primary", icon="deploy")
        self.start.clicked.connect(self._start)
        reveal(self.save, False)
        for control in (self.save, self.dry_run, self.start):
            control.setEnabled(False)
            self.add_action(control)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.l)
        self.progress = ProgressPanel("deploy.progress", unit="scripts")
        self.progress.cancel_requested.connect(self._stop)
        self.progress.hide()
        layout.addWidget(self.progress)
        self._rights = Note("deploy.rights")
        self._rights.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._rights)
        self.table = self._make_table()
        layout.addWidget(self.table, 3)
        self.script = ScriptPanel()
        self.script.whole_asked.connect(self._show_whole)
        self.script.accept_asked.connect(self._accept)
        layout.addWidget(self.script, 4)
        self._stack = StateStack(content)
        self.body.addWidget(self._stack, 1)

    def _make_table(self) -> DataTable:
        table = DataTable(
            COLUMNS, self._deliver, name="deploy.scripts", accessible="The numbered scripts", key="name"
        )
        table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        table.stretch("title")
        table.current_changed.connect(lambda row: self.script.show_script(row, self._failure))
        return table

    def _deliver(self, request: RowRequest) -> None:
        self.table.rows.deliver(request, self._rows[request.first : request.first + request.count])

    # --- the plan
    def _take_change(self, what: Set[str]) -> None:
        if SCHEMA in what and self.isVisible():
            self.refresh()

    def _show_plan(self, plan: DeploymentPlan) -> None:
        self._plan = plan
        failed = self._failure.script if self._failure else ""
        self._show_rows([ScriptRow(s, Stage.FAILED if s.name == failed else None) for s in plan.scripts])
        self._stack.show_content()
        self._rights.say(hindrance_text(plan), "warning")
        self._rights.setToolTip("\n".join(f"{right}: {why}" for right, why in plan.missing_rights.items()))
        self._offer()

    def _show_rows(self, rows: list[ScriptRow]) -> None:
        """Show `rows`, the cursor where it was, or on the first that needs something."""
        names = [row.name for row in rows]
        same = [row.name for row in self._rows] == names
        current = self.table.currentIndex().row()
        self._rows = rows
        if same and current >= 0:
            self.table.rows.replace_rows(rows)
            self.script.show_script(rows[current], self._failure)
            return
        head = self.table.horizontalHeader().sizeHint().height() + 6
        hold_rows(self.table, min(len(rows), 2), min(len(rows), 11), head)
        self.table.rows.reset(len(rows))
        assert self._plan is not None
        outstanding = {script.name for script in self._plan.outstanding}
        wanted = next((i for i, name in enumerate(names) if name in outstanding), 0)
        self.table.rows.texts(wanted)
        self.table.go_to(0 if self._plan.is_empty else wanted)
        self.script.show_script(rows[max(0, self.table.currentIndex().row())], self._failure)

    def _offer(self) -> None:
        """Say what the button will do, and whether there is anything to do."""
        if self._plan is None:
            return
        idle = self._task is None
        self.start.setText(button_text(self._plan))
        self.start.setAccessibleName(self.start.text())
        theme.set_icon(self.start, "success" if self._plan.is_current else "deploy", "accent_text")
        self.start.setToolTip(state_text(self._plan))
        self.start.setAccessibleDescription(state_text(self._plan))
        hindered = self._plan.is_current or self._plan.missing_rights or self._plan.obstacle
        for control in (self.start, self.dry_run):
            control.setEnabled(idle and not hindered)
        by_hand = self._plan.dialect == "sqlserver"
        reveal(self.save, by_hand)
        self.save.setEnabled(not self._plan.is_current)
        self.script.offer_whole(by_hand and not self._plan.is_current)
        where = "" if self._context.scripts is None else f" Read from {self._plan.folder}."
        self.set_subtitle(state_text(self._plan) + where)

    def _show_failure_to_read(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        if self._plan is None:
            state = EmptyState(
                "deploy", error.title, error.hint, "Try again", self.refresh, name="deploy.retry"
            )
            self._stack.show_state(state)

    # --- the plan as one text
    def _show_whole(self) -> None:
        """Show all that would run, as the file has it."""
        if self._plan is not None:
            self._context.reader.submit(
                partial(_plan_text, self._plan),
                kind="deploy.whole",
                on_success=self.script.show_whole,
                on_failure=self._context.notifier.error,
                owner=self,
            )

    def _save_plan(self) -> None:
        target = self.choose_plan_file(self)
        if target is None or self._plan is None:
            return
        self._context.reader.submit(
            partial(_save_plan, self._plan, target),
            on_success=lambda _: self._context.notifier.success("The plan is saved.", str(target)),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    # --- drift that no script ends
    def _accept(self) -> None:
        """Ask, then take what no script puts back as it is."""
        assert self._plan is not None
        found = [f for f in self._plan.findings if not f.restorable]
        ask = AcceptDrift(found, self.window())
        ask.accepted.connect(self._take_as_it_is)
        ask.open()

    def _take_as_it_is(self) -> None:
        self._context.writer.submit(
            partial(_accept_drift, self._context),
            label="Accepting the database as it is",
            write=True,
            on_success=lambda _: self._context.tell_changed({SCHEMA}),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    # --- deploying
    def _start(self) -> None:
        """Deploy; where it is the first time on a server, once its name was typed."""
        assert self._plan is not None
        if not self._plan.name_to_confirm:
            self._run(dry_run=False)
            return
        ask = ConfirmTarget(self._plan, self.window())
        ask.confirmed.connect(lambda name: self._run(dry_run=False, confirmed=name))
        ask.open()

    def _run(self, *, dry_run: bool, confirmed: str = "") -> None:
        assert self._plan is not None
        self._failure = None
        self._todo = [script.name for script in self._plan.outstanding]
        waits = self._context.writer.is_busy
        self.progress.start("Waiting for the work before it" if waits else "Starting")
        self._task = self._context.writer.submit(
            partial(_deploy, self._context, dry_run, confirmed),
            label="Dry run of the scripts" if dry_run else "Deploying the scripts",
            write=True,
            on_progress=self._show_progress,
            on_success=self._finish,
            on_failure=self._fail,
            owner=self,
        )
        self._offer()

    def _stop(self, _: object) -> None:
        if self._task is not None:
            self._task.cancel()

    def _show_progress(self, progress: Progress) -> None:
        self.progress.report(progress)
        running = progress.stage.partition(" · ")[0]
        at = self._todo.index(running) if running in self._todo else len(self._todo)
        stages = {
            name: Stage.DONE if i < at else Stage.RUNNING if i == at else Stage.WAITING
            for i, name in enumerate(self._todo)
        }
        self._show_rows([replace(row, stage=stages.get(row.name, row.stage)) for row in self._rows])

    def _finish(self, report: DeploymentReport) -> None:
        self._task = None
        reveal(self.progress, False)
        if not report.dry_run:
            self._context.notifier.withdraw("Open Deploy")
        self._context.notifier.success(result_text(report))
        self._tell(report.dry_run)

    def _fail(self, error: DiveGovError) -> None:
        self._task = None
        reveal(self.progress, False)
        self._context.notifier.error(error)
        if isinstance(error, DeploymentFailed):
            self._failure = failure_of(error)
            self._select(self._failure.script if self._failure else "")
        self._tell(dry_run=False)

    def _select(self, name: str) -> None:
        place = next((i for i, row in enumerate(self._rows) if row.name == name), None)
        if place is not None:
            self.table.go_to(place)

    def _tell(self, dry_run: bool) -> None:
        """Have everyone read anew what may have changed; a dry run changes nothing but this page's rows."""
        if dry_run or not self.isVisible():
            self.refresh()
        if not dry_run:
            self._context.tell_changed({SCHEMA})


def _read_plan(context: AppContext, session: Any, _: ProgressSink, __: CancelToken) -> DeploymentPlan:
    return plan_deployment(session, context.scripts)


def _deploy(
    context: AppContext,
    dry_run: bool,
    confirmed: str,
    session: Any,
    progress: ProgressSink,
    cancel: CancelToken,
) -> DeploymentReport:
    return deploy(
        session,
        scripts=context.scripts,
        dry_run=dry_run,
        progress=progress,
        cancel=cancel,
        confirmed=confirmed,
    )


def _accept_drift(context: AppContext, session: Any, _: ProgressSink, __: CancelToken) -> tuple[Finding, ...]:
    return accept_drift(session, context.scripts)


def _plan_text(plan: DeploymentPlan, _: Any, __: ProgressSink, ___: CancelToken) -> str:
    return plan_text(plan)


def _save_plan(plan: DeploymentPlan, file: Path, _: Any, __: ProgressSink, ___: CancelToken) -> None:
    save_plan(plan, file)

"""The Ingest page: wires the ways in, the run and its result to the workspace."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.deployment import DeploymentPlan, plan_deployment
from divegov_gui.services.ingestion import IngestReport, read_report
from divegov_gui.services.roles import may
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.ingest.drop_zone import dropped_file
from divegov_gui.ui.pages.ingest.job import Finished, IngestJob, Paused
from divegov_gui.ui.pages.ingest.order import Order
from divegov_gui.ui.pages.ingest.parts import Views
from divegov_gui.ui.pages.ingest.recognised_view import RecognisedView
from divegov_gui.ui.pages.ingest.result_view import ResultView
from divegov_gui.ui.pages.ingest.run_view import RunView
from divegov_gui.ui.pages.ingest.setup_view import FILE, SetupView
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import plural

View = SetupView | RunView | RecognisedView | ResultView


class IngestPage(Page):
    """Choose, run, see. What runs goes on while other pages are shown."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(
            "ingest",
            "Ingest",
            "Records come in, and the gatekeepers in the database decide on every one of them.",
            scrolls=False,
            parent=parent,
        )
        self._context = context
        self._order: Order | None = None
        self._job: IngestJob | None = None
        self._handle: TaskHandle | None = None
        self._report: IngestReport | None = None
        self._sets_up = False
        self.setup = SetupView(context.reader, lambda: context.watching)
        self._views = Views()
        self._views.add(self.setup)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._views, 1)
        self.setAcceptDrops(True)
        self._connect()

    # --- the views, made when they are first wanted
    @cached_property
    def run(self) -> RunView:
        """An ingestion under way."""
        made = RunView()
        made.stop_wanted.connect(self._stop)
        made.go_on_wanted.connect(self._go_on)
        made.leave_wanted.connect(self._back_to_setup)
        self._views.add(made)
        return made

    @cached_property
    def recognised(self) -> RecognisedView:
        """Content that was governed before."""
        made = RecognisedView()
        made.show_wanted.connect(self._show_recognised)
        made.again_wanted.connect(lambda: self._begin(again=True))
        made.leave_wanted.connect(self._back_to_setup)
        self._views.add(made)
        return made

    @cached_property
    def result(self) -> ResultView:
        """What became of a batch."""
        made = ResultView()
        made.rejected_wanted.connect(self._show_rejected)
        made.another_wanted.connect(self._back_to_setup)
        self._views.add(made)
        return made

    def _back_to_setup(self) -> None:
        self._turn_to(self.setup)

    def aim_at(
        self, *, way: str = "", path: str = "", rows: int = 0, batch_id: int | None = None, **_: object
    ) -> None:
        """Turn to a way in (``generate`` with `rows`, ``file`` with `path`, ``watch``), or to a batch's result.

        While something runs, that stays in sight.
        """
        if self._handle is not None:
            return
        if batch_id is not None:
            self._look_up(batch_id)
            return
        self._turn_to(self.setup)
        if path or way:
            self.setup.choose(FILE if path else way)
        if path:
            self.setup.file.look_at(Path(path))
        if rows:
            self.setup.generate.rows.setValue(rows)

    def page_shown(self) -> None:
        self._read_plan()

    # --- wiring
    def _connect(self) -> None:
        self._context.changed.connect(self._follow_change)
        self.setup.start_wanted.connect(self._start)
        self.setup.batch_wanted.connect(self._look_up)
        start = QShortcut(QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_Return), self)
        start.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        start.activated.connect(self._start_by_key)

    def _turn_to(self, view: View) -> None:
        """Show a view; the focus goes along if it was on this page."""
        focused = QApplication.focusWidget()
        had_focus = self.isVisible() and (focused is None or self.isAncestorOf(focused))
        self._views.show_view(view)
        if had_focus:
            view.focus_first()

    # --- the workspace
    def _read_plan(self) -> None:
        def job(session: Any, _: ProgressSink, __: CancelToken) -> tuple[DeploymentPlan, bool]:
            plan = plan_deployment(session, self._context.scripts)
            return plan, not plan.is_current or may(session, "Open_Batch")

        self._context.reader.submit(
            job,
            kind="ingest.plan",
            on_success=self._take_plan,
            on_failure=lambda error: self.setup.promise(str(error), "danger"),
            owner=self,
        )

    def _take_plan(self, found: tuple[DeploymentPlan, bool]) -> None:
        plan, is_allowed = found
        self.setup.allow(is_allowed)
        if not is_allowed:
            self.setup.promise(
                "You may look, but not ingest in this role: that is for data stewards.", "warning"
            )
            return
        self._sets_up = not plan.is_current
        count = len(plan.outstanding)
        if plan.name_to_confirm:
            self.setup.promise(
                f"Nothing was ever deployed to {plan.target.label}. Open Deploy first: it asks for the server's name.",
                "warning",
            )
            return
        name, watched = self._context.workspace.name, ""
        if plan.is_empty:
            said = f"This workspace is new: its {plural(count, 'script')} are deployed first, then the records come in."
        elif self._sets_up:
            are = "is" if count == 1 else "are"
            said = f"{plural(count, 'script')} {are} not deployed as {'it reads' if count == 1 else 'they read'} now: "
            said += "that is done first."
        else:
            said = f"They come into {name} as one batch."
            watched = f"Each file comes into {name} as a batch of its own."
        self.setup.promise(said, watched=watched)

    def _follow_change(self, what: object) -> None:
        if isinstance(what, frozenset) and SCHEMA in what:
            self._read_plan()

    # --- running
    def _start_by_key(self) -> None:
        if self._views.current is self.setup:
            self.setup.start()

    def _start(self, order: object) -> None:
        assert isinstance(order, Order)
        self._order = order
        self._begin(again=False)

    def _begin(self, again: bool) -> None:
        """Make the job of the order and run it."""
        assert self._order is not None
        self._job = IngestJob(self._order.make, self._order.count, scripts=self._context.scripts, again=again)
        self._go_on()

    def _go_on(self) -> None:
        """Run the job, for the first time or where it stopped."""
        if self._job is None or self._order is None or self._handle is not None:
            return
        self.run.begin(self._order.name, self._sets_up)
        self._turn_to(self.run)
        self._handle = self._context.writer.submit(
            self._job,
            label=f"Ingesting {self._order.name}",
            write=True,
            on_success=self._take_result,
            on_failure=self._take_failure,
            on_progress=self.run.report,
            owner=self,
        )

    def _stop(self) -> None:
        if self._handle is not None:
            self.run.show_stopping()
            self._handle.cancel()

    def _take_result(self, finished: Finished) -> None:
        self._handle, self._report = None, finished.report
        self.run.show_done()
        if finished.report.was_loaded:
            self.result.show_report(finished.report, finished.setup_seconds)
            self._turn_to(self.result)
        else:
            self.recognised.show_report(finished.report)
            self._turn_to(self.recognised)
        self._tell_elsewhere(finished.report)
        self._context.tell_changed({BATCHES, QUARANTINE, DIVERS, SCHEMA})

    def _take_failure(self, error: DiveGovError) -> None:
        self._handle = None
        if isinstance(error, Cancelled):  # no Paused where it had not begun
            total = self._order.count if self._order else 0
            self.run.show_paused(error if isinstance(error, Paused) else Paused(0, total))
        else:
            self.run.show_failed(error)
        self._turn_to(self.run)
        if not self.isVisible():
            self._context.notifier.error(error)
        self._context.tell_changed({BATCHES, SCHEMA})

    def _tell_elsewhere(self, report: IngestReport) -> None:
        """Say that it is done to a person who is on another page."""
        outcomes = report.batch.outcomes
        if self.isVisible() or outcomes is None:
            return
        if report.was_loaded:
            said = f"{grouped(outcomes.promoted)} promoted, {grouped(outcomes.quarantined)} quarantined."
            self._context.notifier.success(f"Batch {report.batch.batch_id} is governed", said)
        else:
            self._context.notifier.info(
                "This content was governed before", f"As batch {report.batch.batch_id}."
            )

    # --- results
    def _show_recognised(self) -> None:
        if self._report is not None:
            self.result.show_report(self._report)
            self._turn_to(self.result)

    def _look_up(self, batch_id: int) -> None:
        def job(session: Any, _: ProgressSink, __: CancelToken) -> IngestReport:
            return read_report(session, batch_id)

        self._context.reader.submit(
            job,
            kind="ingest.report",
            on_success=self._take_looked_up,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _take_looked_up(self, report: IngestReport) -> None:
        if self._handle is None and report.batch.outcomes is not None:
            self._report = report
            self.result.show_report(report)
            self._turn_to(self.result)

    def _show_rejected(self, batch_id: object, rule: object) -> None:
        aim = {"batch_id": batch_id} if rule is None else {"batch_id": batch_id, "rule": rule}
        self._context.go_to("quarantine", **aim)

    # --- dropping a file on the page
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._handle is None and dropped_file(event.mimeData()):
            event.acceptProposedAction()
            self._turn_to(self.setup)
            self.setup.choose(FILE)
            self.setup.file.drop.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.setup.file.drop.set_hot(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.setup.file.drop.set_hot(False)
        path = dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.setup.file.look_at(Path(path))

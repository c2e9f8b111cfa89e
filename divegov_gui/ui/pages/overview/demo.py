"""The demo as one click: deploy, generate, load, govern, with its progress."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.work import run_demo
from divegov_gui.ui.tasks import TaskHandle

if TYPE_CHECKING:
    from divegov_gui.services.ingestion import IngestReport
    from divegov_gui.ui.widgets import ProgressPanel

_OFFERS = ("overview.demo", "overview.deploy", "overview.ingest")


class DemoRun(QWidget):
    """Runs the demo and shows how far it is; hidden while it does not run."""

    finished = Signal(object)
    """The IngestReport, or None where it failed or was stopped; what was deployed by then is kept."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: TaskHandle | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @cached_property
    def progress(self) -> ProgressPanel:
        """How far it is; made with the first run."""
        from divegov_gui.ui.widgets import ProgressPanel

        made = ProgressPanel("overview.progress", unit="")
        made.cancel_requested.connect(self._stop)
        self._layout.addWidget(made)
        return made

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self._task is not None

    def start(self) -> None:
        """Begin, unless it runs already."""
        if self.is_running:
            return
        self.progress.start("Waiting for the work before it" if self._context.writer.is_busy else "Starting")
        self.show()
        self._task = self._context.writer.submit(
            partial(run_demo, self._context.scripts),
            label="Running the demo",
            write=True,
            on_progress=self.progress.report,
            on_success=self._succeed,
            on_failure=self._fail,
            owner=self,
        )
        self.lock(self.parentWidget())

    def lock(self, page: QWidget | None) -> None:
        """While the demo runs, `page` offers nothing that would start it, or what it does, again."""
        if page is None:
            return
        for name in _OFFERS:
            offer = page.findChild(QAbstractButton, name)
            if offer is not None:
                offer.setEnabled(not self.is_running)

    def _stop(self, _: object) -> None:
        if self._task is not None:
            self._task.cancel()

    def _succeed(self, report: IngestReport) -> None:
        self._end(report)

    def _fail(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        self._end(None)

    def _end(self, report: IngestReport | None) -> None:
        self._task = None
        self.hide()
        self.lock(self.parentWidget())
        self.finished.emit(report)

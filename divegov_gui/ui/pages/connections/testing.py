"""One test of one connection: the password found or asked for, then the steps, each shown as it is done."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.progress import Progress
from divegov_gui.services.connection_test import State, StepResult
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import Profile
from divegov_gui.ui.pages.connections import work
from divegov_gui.ui.pages.connections.asking import PasswordFinder
from divegov_gui.ui.pages.connections.parts import side_worker
from divegov_gui.ui.pages.connections.steps_panel import StepsPanel
from divegov_gui.ui.pages.connections.words import said
from divegov_gui.ui.tasks import TaskHandle


class ConnectionTest(QObject):
    """Runs tests for one panel, in a thread of its own that ends with it. The password is shown nowhere."""

    worked = Signal(object)
    """The Profile whose every step worked."""
    keep_asked = Signal(object, object)
    """The Profile and the Secret that the person wants to keep."""

    def __init__(
        self, panel: StepsPanel, passwords: Passwords, odbc: Any = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._panel, self._odbc = panel, odbc
        self._worker = side_worker("connection-test", self)
        self._task: TaskHandle | None = None
        self._finder = PasswordFinder(passwords, self._worker, "Test", panel)
        self._finder.found.connect(self._walk)
        self._finder.waits.connect(panel.begin)
        self._finder.refused.connect(lambda: panel.stopped("Not tested: it needs a password."))
        self._finder.failed.connect(self._fail)
        self._finder.keep_asked.connect(self.keep_asked)
        self._results: list[StepResult] = []
        self._password: Secret | None = None
        panel.stop_asked.connect(self._stop)
        panel.again_asked.connect(lambda: self.start())
        panel.create_asked.connect(self._create)

    @property
    def is_busy(self) -> bool:
        """Whether a step is being taken."""
        return self._worker.is_busy

    def start(self, password: Secret | None = None) -> None:
        """Find the password where one is needed and not yet known, then take the steps."""
        if password is not None:
            self._walk(password)
        else:
            self._finder.find(self._profile)

    def shut_down(self) -> None:
        """Stop, and join the thread."""
        self._finder.stop()
        self._worker.shutdown()

    # --- inside
    @property
    def _profile(self) -> Profile:
        return self._panel.profile

    def _walk(self, password: Secret | None) -> None:
        self._password = password
        self._results = []
        self._panel.begin()
        self._task = self._worker.submit(
            partial(work.walk, self._profile, password, self._results, self._odbc),
            on_progress=self._show,
            on_success=self._finish,
            on_failure=self._fail,
            owner=self,
        )

    def _show(self, _: Progress) -> None:
        self._panel.show_results(list(self._results), running=True)

    def _finish(self, results: list[StepResult]) -> None:
        self._task = None
        self._panel.show_results(results, running=False)
        if all(r.state is not State.FAILED for r in results):
            self.worked.emit(self._profile)

    def _fail(self, error: DiveGovError) -> None:
        self._task = None
        if isinstance(error, Cancelled):
            self._panel.stopped("Stopped. The steps behind were not tried.")
        else:
            self._panel.stopped(said(error), "danger")

    def _stop(self) -> None:
        if not self._finder.stop() and self._task is not None:
            self._task.cancel()

    def _create(self) -> None:
        """Make the missing database, and walk again."""
        password = self._password
        self._panel.begin("Creating the database.")
        self._task = self._worker.submit(
            partial(work.create, self._profile, password, self._odbc),
            write=True,
            on_success=lambda _: self._walk(password),
            on_failure=self._fail,
            owner=self,
        )

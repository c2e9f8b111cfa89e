"""The window's door: makes every part once, joins them, and takes them apart again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from divegov_gui import __version__
from divegov_gui.core import paths
from divegov_gui.services.connections import Workspace, local_workspace
from divegov_gui.ui.capture import capture_pages, settle
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.crash import CrashReporter
from divegov_gui.ui.main_window import TITLE, MainWindow
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.pages import page_specs
from divegov_gui.ui.pages.connections import ConnectionsPage
from divegov_gui.ui.pages.deploy import DeployPage
from divegov_gui.ui.pages.ingest import IngestPage
from divegov_gui.ui.pages.overview import OverviewPage
from divegov_gui.ui.pages.quarantine import QuarantinePage
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.shell.closing import CloseQuestion
from divegov_gui.ui.shell.header_bar import WorkspaceInfo
from divegov_gui.ui.tasks import TaskBoard, Worker
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.times import zone_name

PICTURED = ("overview", "connections", "deploy", "ingest", "quarantine")
"""The pages that are there to be seen; the others say that they are still to come."""


def run(workspace: Path | None, scripts: Path | None, page: str | None = None) -> int:
    """Open the window on `workspace` (or the person's own) and stay until it is closed; returns the exit code.

    It shows `page`, or the one that was shown last.
    """
    app = _application()
    settings = _settings()
    themes = ThemeManager(app, settings.theme_mode)
    steward = Steward(local_workspace(workspace), scripts, themes, settings)
    steward.install_crash_reporter()
    if page is not None:
        steward.window.go_to(page)
    steward.window.show()
    try:
        return app.exec()
    finally:
        steward.shut_down()
        themes.let_go()


def save_pages(workspace: Path, folder: Path, sizes: Sequence[tuple[int, int]]) -> list[Path]:
    """Write every page, light and dark, as PNG files into `folder`; returns them.

    The first size names its files ``<page>-<look>.png``, each further one ``<page>-<look>-WxH.png``. What is
    personal is masked. Nothing appears on the screen.
    """
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = _application()
    themes = ThemeManager(app, "light")
    steward = Steward(local_workspace(workspace), None, themes, UiSettings(), mask_personal=True)
    made: list[Path] = []
    try:
        for place, size in enumerate(sizes):
            suffix = "" if place == 0 else f"-{size[0]}x{size[1]}"
            made += capture_pages(
                steward.window,
                folder,
                PICTURED,
                themes=themes,
                size=size,
                suffix=suffix,
                ready=steward.is_quiet,
            )
    finally:
        steward.window.close()
        steward.shut_down()
        steward.window.deleteLater()
        themes.let_go()
        settle()
    return made


class Steward:
    """The window, its two database sessions and all between them, joined."""

    def __init__(
        self,
        place: Workspace,
        scripts: Path | None,
        themes: ThemeManager,
        settings: UiSettings,
        *,
        mask_personal: bool = False,
    ) -> None:
        self.reporter = CrashReporter()
        self._has_hooks = False
        self.notifier = Notifier()
        self.board = TaskBoard()
        self.reader, self.writer = self._worker(place, "reader"), self._worker(place, "writer")
        self.context = AppContext(
            place,
            reader=self.reader,
            writer=self.writer,
            notifier=self.notifier,
            scripts=scripts,
            mask_personal=mask_personal,
        )
        self.window = MainWindow(
            page_specs(self._factories()),
            themes=themes,
            notifier=self.notifier,
            board=self.board,
            settings=settings,
        )
        self.window.set_workspace(WorkspaceInfo(place.name, str(place.path)))
        self.window.status.set_note(
            f"Times are local ({zone_name()})", "The database keeps UTC; it is shown on hover."
        )
        self.window.may_close = self._may_close
        self.window.closing.connect(lambda _: self.shut_down())
        self.context.page_requested.connect(self._show_page)

    @property
    def is_busy(self) -> bool:
        """Whether a job waits or runs."""
        return self.reader.is_busy or self.writer.is_busy

    def is_quiet(self) -> bool:
        """Whether everything that was asked for is there."""
        return not self.is_busy

    def install_crash_reporter(self) -> None:
        """Take the exceptions that nothing else takes, until `shut_down`."""
        self.reporter.install()
        self._has_hooks = True

    def shut_down(self) -> None:
        """Stop both workers and join their threads; what the database had confirmed is kept."""
        self.window.hide()
        for worker in (self.reader, self.writer):
            worker.shutdown()
        if self._has_hooks:
            self.reporter.uninstall()
            self._has_hooks = False

    # --- inside
    def _worker(self, place: Workspace, name: str) -> Worker:
        return Worker(place.open_session, name=name, on_crash=self.reporter.report, board=self.board)

    def _factories(self) -> dict[str, Callable[[], QWidget]]:
        made: dict[str, Callable[[AppContext], QWidget]] = {
            "overview": OverviewPage,
            "connections": ConnectionsPage,
            "deploy": DeployPage,
            "ingest": IngestPage,
            "quarantine": QuarantinePage,
        }
        return {key: partial(make, self.context) for key, make in made.items()}

    def _show_page(self, key: str, aim: dict[str, object] | None) -> None:
        """Show a page as another one has asked, turned to what it is to show."""
        self.window.go_to(key)
        page = self.window.page(key)
        if aim and hasattr(page, "aim_at"):
            page.aim_at(**aim)

    def _may_close(self) -> bool:
        """Whether the window may close now; asks where a write still runs."""
        if not self.writer.is_busy:
            return True
        CloseQuestion(self.writer, self.board, self.window).open()
        return False


def _application() -> QApplication:
    """The one QApplication, made where there is none."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication(sys.argv[:1])
    app.setApplicationName(TITLE)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("divegov-steward")
    return app


def _settings() -> UiSettings:
    """What the window remembers; where the data folder cannot be written, nothing."""
    try:
        return UiSettings(paths.data_folder() / "window.ini")
    except OSError:
        return UiSettings()

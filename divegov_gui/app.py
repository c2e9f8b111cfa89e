"""The window's door: makes every part once, joins them, and takes them apart again."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from divegov_gui import __version__
from divegov_gui.core import paths
from divegov_gui.services.connections import Workspace, local_workspace
from divegov_gui.ui.context import EVERYTHING, AppContext
from divegov_gui.ui.crash import CrashReporter
from divegov_gui.ui.main_window import TITLE, MainWindow
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.opened import Opened, info_of
from divegov_gui.ui.pages import PAGES, page_specs
from divegov_gui.ui.pages.made import BRINGS, FACTORIES
from divegov_gui.ui.preferences import apply_preferences
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.tasks import TaskBoard, Worker
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.times import zone_name

if TYPE_CHECKING:
    from divegov_gui.services.profiles import Profile
    from divegov_gui.services.servers import Place, Standing
    from divegov_gui.ui.tour import Tour

_STANDS_MS = 1_000
"""By when the window stands with its first page, as a rule."""


def run(target: Place | Profile, scripts: Path | None, page: str | None = None) -> int:
    """Open the window on `target` and stay until it is closed; returns the exit code.

    It shows `page`, or the one that was shown last. A server's Profile is opened as its card opens it, on the page
    Connections: a password is asked for in the window, and an opening that fails is explained there.
    """
    app = _application()
    settings = _settings()
    themes = ThemeManager(app, settings.theme_mode)
    place, profile = _place_and_profile(target)
    if profile is not None:
        settings.page = "connections"  # no other page reads the local workspace first
    steward = Steward(place, scripts, themes, settings)
    steward.install_crash_reporter()
    if page is not None:
        steward.window.go_to(page)
    steward.window.show()
    if page == "overview":  # the demo has just been run
        steward.tour.offer()
    if profile is not None:
        steward.open_profile(profile)
    QTimer.singleShot(_STANDS_MS, _collect_garbage)
    try:
        return app.exec()
    finally:
        steward.shut_down()
        themes.let_go()


def save_pages(place: Place, folder: Path, sizes: Sequence[tuple[int, int]]) -> list[Path]:
    """Write every page, light and dark, as PNG files into `folder`; returns them.

    The first size names its files ``<page>-<look>.png``, each further one ``<page>-<look>-WxH.png``. What is
    personal is masked. Nothing appears on the screen.
    """
    from divegov_gui.ui.capture import capture_pages, settle

    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = _application()
    themes = ThemeManager(app, "light")
    steward = Steward(place, None, themes, UiSettings(), mask_personal=True)
    made: list[Path] = []
    try:
        for turn, size in enumerate(sizes):
            suffix = "" if turn == 0 else f"-{size[0]}x{size[1]}"
            made += capture_pages(
                steward.window,
                folder,
                tuple(PAGES),
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


_WITHOUT_DIVERS = ("privacy", "connections", "deploy", "ingest", "rules")
"""The pages that hold nothing of a diver when one is erased: Privacy, where it is done, forgets by itself."""


class Steward:
    """The window, its two database sessions and all between them, joined."""

    def __init__(
        self,
        place: Place,
        scripts: Path | None,
        themes: ThemeManager,
        settings: UiSettings,
        *,
        mask_personal: bool = False,
    ) -> None:
        apply_preferences(settings)
        self.reporter = CrashReporter()
        self._has_hooks = False
        self.notifier = Notifier()
        self.board = TaskBoard()
        self.opened = Opened(place, self._worker)
        self.context = AppContext(
            place,
            reader=self.reader,
            writer=self.writer,
            notifier=self.notifier,
            scripts=scripts,
            mask_personal=mask_personal,
            settings=settings,
        )
        self.window = MainWindow(
            page_specs(self._factories(), BRINGS),
            themes=themes,
            notifier=self.notifier,
            board=self.board,
            settings=settings,
        )
        self._show_place(place, None)
        self.window.status.set_note(
            f"Times are local ({zone_name()})", "The database keeps UTC; it is shown on hover."
        )
        self._join()
        if settings.has_watched:
            self._say_watch()

    def _join(self) -> None:
        """Have each part hear what the others tell."""
        self.window.may_close = self._may_close
        self.window.closing.connect(lambda _: self.shut_down())
        self.context.page_requested.connect(self._show_page)
        self.context.place_asked.connect(self._turn_to)
        self.window.tour_wanted.connect(lambda: self.tour.start())
        self.context.person_erased.connect(lambda: self.window.remake_pages(keep=_WITHOUT_DIVERS))
        self.context.demo_ready.connect(lambda: self.tour.offer())
        self.window.writing_changed.connect(lambda: self.context.tell_changed(EVERYTHING))
        self.window.status.watch_chosen.connect(lambda: self.context.go_to("ingest", way="watch"))
        self.context.watching_changed.connect(self._say_watch)

    @cached_property
    def tour(self) -> Tour:
        """Shows a newcomer around; made when it is first wanted."""
        from divegov_gui.ui.tour import Tour

        return Tour(self.context, self.window, self.context.settings)

    @property
    def reader(self) -> Worker:
        """The session that the pages read with."""
        return self.opened.reader

    @property
    def writer(self) -> Worker:
        """The session that changes data."""
        return self.opened.writer

    @property
    def is_busy(self) -> bool:
        """Whether a job waits or runs."""
        return self.reader.is_busy or self.writer.is_busy

    def is_quiet(self) -> bool:
        """Whether everything that was asked for is there, the page among it."""
        return not self.is_busy and not self.window.is_opening

    def install_crash_reporter(self) -> None:
        """Take the exceptions that nothing else takes, until `shut_down`."""
        self.reporter.install()
        self._has_hooks = True

    def shut_down(self) -> None:
        """Stop both workers and join their threads; what the database had confirmed is kept."""
        self.window.hide()
        self.context.leave_watching()
        self.opened.shut_down()
        if self._has_hooks:
            self.reporter.uninstall()
            self._has_hooks = False

    def open_profile(self, profile: Profile) -> None:
        """Open a profile's place, on the page Connections, as its card does."""

        def open_on(page: QWidget) -> None:
            from divegov_gui.ui.pages.connections import ConnectionsPage

            assert isinstance(page, ConnectionsPage)
            page.open(profile)

        self.window.go_to("connections", open_on)

    # --- inside
    def _turn_to(self, place: Place, standing: Standing) -> None:
        """Turn the whole window to another place; where a write still runs, once the person agrees."""
        if self.writer.is_busy:
            from divegov_gui.ui.shell.closing import CloseQuestion

            CloseQuestion(
                self.writer,
                self.board,
                self.window,
                go_on=partial(self._turn_to, place, standing),
                stop=f"Stop and open {place.name}",
                then=f"{place.name} also opens by itself when the work is done.",
            ).open()
            return
        left = self.context.workspace
        same_file = isinstance(place, Workspace) and isinstance(left, Workspace) and place.path == left.path
        self.opened.turn_to(place)
        self.context.take_place(place, reader=self.reader, writer=self.writer)
        self._show_place(place, standing)
        self.window.remake_pages(keep=("connections",))
        self.context.place_changed.emit()
        if not same_file:  # who only acts as somebody else stays on the page
            QTimer.singleShot(0, self.window, lambda: self.window.go_to("overview"))

    def _show_place(self, place: Place, standing: Standing | None) -> None:
        """Say in the header where one is and as whom; of a server that is asked where it is not known yet."""
        self.window.set_workspace(info_of(place, standing, mask=self.context.mask_personal))
        if standing is None and not isinstance(place, Workspace):
            self.opened.ask_standing(partial(self._show_place, place))

    def _say_watch(self) -> None:
        """Say in the status line which folder is watched, or was when the window was closed."""
        from divegov_gui.ui.watching import watch_note

        self.window.status.set_watch(*watch_note(self.context.watching))

    def _worker(self, place: Place, name: str) -> Worker:
        return Worker(place.open_session, name=name, on_crash=self.reporter.report, board=self.board)

    def _factories(self) -> dict[str, Callable[[], QWidget]]:
        return {key: partial(make, self.context) for key, make in FACTORIES.items()}

    def _show_page(self, key: str, aim: dict[str, object] | None) -> None:
        """Show a page as another one has asked, turned to what it is to show."""

        def turn(page: QWidget) -> None:
            if aim and hasattr(page, "aim_at"):
                page.aim_at(**aim)

        self.window.go_to(key, turn)

    def _may_close(self) -> bool:
        """Whether the window may close now; asks where a write still runs."""
        if not self.writer.is_busy:
            return True
        from divegov_gui.ui.shell.closing import CloseQuestion

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
    app.setWindowIcon(QIcon(str(paths.bundled("resources") / "icons" / "divegov-steward.svg")))
    return app


def _collect_garbage() -> None:
    """Collect it from now on, if the door had put that off; what the start has made is there to stay, and left out."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _place_and_profile(target: Place | Profile) -> tuple[Place, Profile | None]:
    """The place that is open at first, and the profile that is to be opened then."""
    if isinstance(target, Workspace):
        return target, None
    from divegov_gui.services.profiles import Profile  # which one's own workspace can do without

    return (local_workspace(), target) if isinstance(target, Profile) else (target, None)


def _settings() -> UiSettings:
    """What the window remembers; where the data folder cannot be written, nothing."""
    try:
        return UiSettings(paths.data_folder() / "window.ini")
    except OSError:
        return UiSettings()

"""The window: wires the frame and the pages together, and does nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from importlib import import_module

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.notifier import Notice, Notifier
from divegov_gui.ui.pages.page import Page, PageSpec
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.shell.header_bar import HeaderBar, WorkspaceInfo
from divegov_gui.ui.shell.nav_rail import NavRail
from divegov_gui.ui.shell.notices import BannerArea, ToastStack
from divegov_gui.ui.shell.opening import Opening
from divegov_gui.ui.shell.status_line import StatusLine
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager

TITLE = "DiveGov Steward"
_MINIMUM = (1024, 680)
_FIRST = (1280, 800)


class MainWindow(QMainWindow):
    """Navigation, header, notices and status around pages that are made when they are first shown."""

    page_changed = Signal(object)
    """The key of the page that is now shown."""
    writing_changed = Signal()
    """Dates, numbers or pages are written differently from now on."""
    tour_wanted = Signal()
    """The person wants to be shown around."""
    closing = Signal(object)
    """This window, just before it closes: whoever owns workers shuts them down."""

    def __init__(
        self,
        pages: Sequence[PageSpec],
        *,
        themes: ThemeManager,
        notifier: Notifier,
        board: TaskBoard,
        settings: UiSettings | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*_MINIMUM)
        self._specs = {spec.key: spec for spec in pages}
        self._made: dict[str, QWidget] = {}
        self._current = ""
        self._then: Callable[[QWidget], object] | None = None
        self._themes = themes
        self._settings = settings or UiSettings()
        self.may_close: Callable[[], bool] = lambda: True
        """Asked when the window is to close; whoever says no closes it later."""
        self._build(pages, board)
        self._connect(notifier)
        self._add_shortcuts(pages)
        self._restore(pages)

    # --- what the application does
    @property
    def current_key(self) -> str:
        """The key of the page that is shown."""
        return self._current

    @property
    def is_opening(self) -> bool:
        """Whether the page that is wanted is not there yet."""
        return self._stack.currentWidget() is self._opening

    def page(self, key: str) -> QWidget:
        """The page of that key, made now if it was not yet; an unknown key raises KeyError."""
        self._make(key)
        if key == self._current:
            self._show(key)
        return self._made[key]

    def go_to(self, key: str, then: Callable[[QWidget], object] | None = None) -> None:
        """Show the page of that key; `then` is called with it when it is there.

        One that is not made yet is so in turns: its title is painted first, and no turn holds up the window.
        """
        if key == self._current:
            self._then = then or self._then
        else:
            self._leave(key)
            self._then = then
        if key in self._made:
            self._show(key)

    def remake_pages(self, *, keep: Collection[str] = ()) -> None:
        """Let every page go but those of the keys in `keep`; each is made anew when it is next shown."""
        for key in [key for key in self._made if key not in keep]:
            page = self._made.pop(key)
            if key == self._current and isinstance(page, Page):
                page.page_hidden()
            self._stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        if self._current not in self._made:
            current, self._current = self._current, ""
            self.go_to(current)

    def set_workspace(self, info: WorkspaceInfo | None) -> None:
        """Say in header and title which workspace is open."""
        self.header.set_workspace(info)
        self.setWindowTitle(f"{info.name} — {TITLE}" if info else TITLE)

    def show_preferences(self) -> None:
        """Open the preferences, which are in force as they are chosen."""
        from divegov_gui.ui.shell.preferences import PreferencesDialog

        dialog = PreferencesDialog(self._settings, self._themes.mode, self)
        dialog.look_chosen.connect(self._choose_theme)
        dialog.writing_changed.connect(self.writing_changed)
        dialog.open()

    def show_help(self) -> None:
        """Open the help."""
        from divegov_gui.ui.shell.help import HelpDialog

        info = self.header.info
        dialog = HelpDialog(info.location if info else "No workspace", self)
        dialog.tour_wanted.connect(self.tour_wanted)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self._opening.leave()
        self._settings.geometry = self.saveGeometry()
        self._settings.page = self._current
        self._settings.sync()
        self.closing.emit(self)
        super().closeEvent(event)

    # --- inside
    def _leave(self, key: str) -> None:
        """Turn from the page that is shown to the one of `key`, which may be still to be made."""
        shown, self._current = self._stack.currentWidget(), key
        self.nav.set_current(key)
        if isinstance(shown, Page):
            shown.page_hidden()
        if key not in self._made:
            self._open(self._specs[key])

    def _open(self, spec: PageSpec) -> None:
        """Stand in for a page while it is brought in, made and shown."""
        self._stack.setCurrentWidget(self._opening)
        self._opening.begin(
            spec.title,
            *(partial(import_module, name) for name in spec.brings),
            partial(self._make, spec.key),
            partial(self._show, spec.key),
        )

    def _make(self, key: str) -> None:
        if key not in self._made:
            page = self._made[key] = self._specs[key].factory()
            self._stack.addWidget(page)
            theme.dress(page)  # where it stays: what is dressed and then moved is dressed twice

    def _show(self, key: str) -> None:
        """Show a page that is made, and do what was to be done when it is there."""
        page = self._made[key]
        if self._stack.currentWidget() is not page:
            self._opening.leave()
            self._stack.setCurrentWidget(page)
            if isinstance(page, Page):
                page.page_shown()
            self.page_changed.emit(key)
        then, self._then = self._then, None
        if then is not None:
            then(page)

    def _build(self, pages: Sequence[PageSpec], board: TaskBoard) -> None:
        self.nav = NavRail(pages)
        self.header = HeaderBar()
        self.banners = BannerArea()
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        self._opening = Opening()
        self._stack.addWidget(self._opening)
        theme.dress(self._opening)
        self.status = StatusLine(board)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.header)
        right.addWidget(self.banners)
        right.addWidget(self._stack, 1)
        right.addWidget(self.status)
        frame = QWidget()
        across = QHBoxLayout(frame)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.nav)
        across.addLayout(right, 1)
        theme.PartsDresser(self, frame, self._stack)
        self.setCentralWidget(frame)
        self.toasts = ToastStack(frame)

    def _connect(self, notifier: Notifier) -> None:
        self.nav.page_chosen.connect(self.go_to)
        self.header.workspace_opened.connect(self._open_connections)
        self.header.theme_chosen.connect(self._choose_theme)
        self.header.preferences_wanted.connect(self.show_preferences)
        self.header.help_wanted.connect(self.show_help)
        self.header.set_mode(self._themes.mode)
        notifier.posted.connect(self._show_notice)
        notifier.withdrawn.connect(self.banners.withdraw)

    def _add_shortcuts(self, pages: Sequence[PageSpec]) -> None:
        for place, spec in enumerate(pages[:9], start=1):
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(f"Ctrl+{place}"), QKeySequence(f"Alt+{place}")])
            shortcut.activated.connect(lambda key=spec.key: self.go_to(key))
        QShortcut(QKeySequence(Qt.Key.Key_F6), self, self._next_region)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.close)
        QShortcut(QKeySequence("Ctrl+,"), self, self.show_preferences)
        QShortcut(QKeySequence(Qt.Key.Key_F1), self, self.show_help)

    def _restore(self, pages: Sequence[PageSpec]) -> None:
        self.resize(*_FIRST)
        if not self._settings.geometry.isEmpty():
            self.restoreGeometry(self._settings.geometry)
        last = self._settings.page
        self.go_to(last if last in self._specs else pages[0].key)

    def _open_connections(self, _: object) -> None:
        if "connections" in self._specs:
            self.go_to("connections")

    def _choose_theme(self, mode: object) -> None:
        self._themes.set_mode(str(mode))
        self._settings.theme_mode = self._themes.mode
        self.header.set_mode(self._themes.mode)

    def _show_notice(self, notice: object) -> None:
        assert isinstance(notice, Notice)
        (self.banners if notice.stays else self.toasts).show_notice(notice)

    def _next_region(self) -> None:
        """Move the focus from the rail to the page and back."""
        focused = self.focusWidget()
        if focused is not None and self.nav.isAncestorOf(focused):
            self._stack.setFocus(Qt.FocusReason.TabFocusReason)
            self._stack.focusNextPrevChild(True)
        else:
            self.nav.button(self._current).setFocus(Qt.FocusReason.TabFocusReason)

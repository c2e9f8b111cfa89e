"""Opening a profile's place: the password found, a session tried beside the window, and only then the window turned."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.services.connections import local_workspace
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import Profile
from divegov_gui.services.servers import Place, Standing, server_place
from divegov_gui.ui import theme
from divegov_gui.ui.pages.connections import work
from divegov_gui.ui.pages.connections.asking import PasswordFinder
from divegov_gui.ui.pages.connections.parts import side_worker
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import Card, SectionHeader, button, label, reveal, rule, tool_button
from divegov_gui.ui.widgets.note import Note


class OpeningPanel(Card):
    """Says that a place is being opened, or why it was not and what to do."""

    stop_asked = Signal()
    again_asked = Signal()
    test_asked = Signal()
    closed = Signal()

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.profile = profile
        self.setObjectName("connections.opening")
        self.setAccessibleName(f"Opening {profile.name}")
        head = SectionHeader(f"Opening {profile.name}", profile.server.label if profile.server else "")
        head.title.setWordWrap(True)
        self._close = tool_button("close", name="connections.opening.close", accessible="Close")
        self._close.clicked.connect(self.closed)
        head.add_action(self._close)
        self.body.addWidget(head)
        self.bar = QProgressBar()
        self.bar.setObjectName("connections.opening.bar")
        self.bar.setAccessibleName("Opening")
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.body.addWidget(self.bar)
        self._note = Note("connections.opening.note")
        self.body.addWidget(self._note)
        self._detail = label("", wrap=True, name="connections.opening.detail")
        self._advice = label("", wrap=True, name="connections.opening.advice")
        self._stays = label("", "muted", wrap=True)
        for words in (self._detail, self._advice, self._stays):
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(words)
        self.body.addStretch(1)
        self.body.addWidget(rule())
        self.body.addLayout(self._buttons())
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._close.click, context=context)

    def begin(self, words: str) -> None:
        """Show what is being waited for."""
        self._say(words, "info", running=True)
        self.stop.setEnabled(True)
        self.stop.setFocus()

    def fail(self, error: DiveGovError, stays: str) -> None:
        """Say why it was not opened; `stays` is the place that is open all the same."""
        stopped = isinstance(error, Cancelled)
        self._say("Not opened." if stopped else error.title, "info" if stopped else "danger", running=False)
        if not stopped:
            self._detail.setText(error.detail)
            self._advice.setText(f"What to do: {error.hint}" if error.hint else "")
        self._stays.setText(f"{stays} is still open.")
        for words in (self._detail, self._advice, self._stays):
            reveal(words, bool(words.text()))
        self.again.setFocus()

    # --- inside
    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        self.stop = button("Stop", name="connections.opening.stop", icon="stop")
        self.stop.clicked.connect(self._ask_to_stop)
        self.test = button("Test step by step", name="connections.opening.test", icon="play")
        self.test.clicked.connect(self.test_asked)
        self.again = button("Try again", name="connections.opening.again", icon="refresh")
        self.again.clicked.connect(self.again_asked)
        row.addStretch(1)
        for each in (self.stop, self.test, self.again):
            row.addWidget(each)
        return row

    def _ask_to_stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop_asked.emit()

    def _say(self, words: str, tone: str, *, running: bool) -> None:
        self._note.say(words, tone)
        for each in (self._detail, self._advice, self._stays):
            each.setText("")
            reveal(each, False)
        reveal(self.bar, running)
        reveal(self.stop, running)
        reveal(self.again, not running)
        reveal(self.test, not running and self.profile.server is not None)


class Opening(QObject):
    """Opens one profile for one panel, in a thread of its own that ends with it."""

    opened = Signal(object, object)
    """The Place, and one's Standing there."""
    keep_asked = Signal(object, object)
    """The Profile and the Secret that the person wants to keep."""

    def __init__(
        self, panel: OpeningPanel, stays: str, passwords: Passwords, odbc: Any, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._panel, self._stays, self._odbc = panel, stays, odbc
        self._worker = side_worker("opening", self)
        self._task: TaskHandle | None = None
        self._finder = PasswordFinder(passwords, self._worker, "Open", panel)
        self._finder.found.connect(self._try)
        self._finder.waits.connect(panel.begin)
        self._finder.refused.connect(lambda: self._fail(Cancelled()))
        self._finder.failed.connect(self._fail)
        self._finder.keep_asked.connect(self.keep_asked)
        panel.stop_asked.connect(self._stop)
        panel.again_asked.connect(self.start)

    @property
    def is_busy(self) -> bool:
        """Whether it is at work."""
        return self._worker.is_busy

    def start(self, password: Secret | None = None) -> None:
        """Open the place; `password` is one just typed."""
        if password:
            self._try(password)
        else:
            self._finder.find(self._panel.profile)

    def shut_down(self) -> None:
        """Stop, and join the thread."""
        self._finder.stop()
        self._worker.shutdown()

    # --- inside
    def _try(self, password: Secret | None) -> None:
        profile = self._panel.profile
        self._panel.begin(f"Opening {profile.label}.")
        try:
            profile.check()
            place: Place = (
                server_place(profile, password, self._odbc)
                if profile.server is not None
                else local_workspace(profile.workspace)
            )
        except DiveGovError as error:
            self._fail(error)
            return
        self._task = self._worker.submit(
            partial(work.try_opening, place),
            on_success=lambda standing: self._finish(place, standing),
            on_failure=self._fail,
            owner=self,
        )

    def _finish(self, place: Place, standing: Standing) -> None:
        self._task = None
        self.opened.emit(place, standing)

    def _fail(self, error: DiveGovError) -> None:
        self._task = None
        self._panel.fail(error, self._stays)

    def _stop(self) -> None:
        if not self._finder.stop() and self._task is not None:
            self._task.cancel()

"""The test of a connection, step by step: what works, where it stops, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from divegov_gui.services.connection_test import State, Step, StepResult, summary
from divegov_gui.services.profiles import Profile
from divegov_gui.ui import theme
from divegov_gui.ui.pages.connections.words import CHECKING, WAITING, state_of
from divegov_gui.ui.widgets import Badge, Card, SectionHeader, button, label, reveal, rule, tool_button
from divegov_gui.ui.widgets.note import Note


class StepRow(QWidget):
    """One step: its name, its state in sign and word, what was found, and what to do."""

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = step
        self.setObjectName(f"connections.step.{step.name.lower()}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(label(step.value, "strong"), 1)
        self.badge = Badge(WAITING, "neutral", "time")
        head.addWidget(self.badge)
        layout.addLayout(head)
        self.words = label("", "muted", wrap=True)
        self.advice = label("", wrap=True)
        for each in (self.words, self.advice):
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(each)
        self._say("", "")

    def wait(self, checking: bool) -> None:
        """Show that it is being tried, or that it will be."""
        self.badge.set_state(*((CHECKING, "info", "refresh") if checking else (WAITING, "neutral", "time")))
        self._say("", "")

    def leave(self) -> None:
        """Show that it was not tried."""
        self.badge.set_state("Not tried", "neutral")
        self._say("", "")

    def show_result(self, result: StepResult) -> None:
        """Show how it ended."""
        word, tone = state_of(result)
        self.badge.set_state(word, tone)
        self._say("" if word == "Not tried" else result.words, result.advice)

    def _say(self, words: str, advice: str) -> None:
        self.words.setText(words)
        self.advice.setText(f"What to do: {advice}" if advice else "")
        reveal(self.words, bool(words))
        reveal(self.advice, bool(advice))
        self.setAccessibleName(f"{self.step.value}: {self.badge.text}")
        self.setAccessibleDescription(" ".join(part for part in (words, self.advice.text()) if part))


class StepsPanel(Card):
    """The nine steps of a profile's test. It shows; the page runs."""

    stop_asked = Signal()
    again_asked = Signal()
    create_asked = Signal()
    closed = Signal()

    def __init__(self, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.profile = profile
        self.setObjectName("connections.steps")
        self.setAccessibleName(f"Test of {profile.name}")
        self._build()
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self.close_button.click,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def begin(self, waits_for: str = "") -> None:
        """Show a test that begins; `waits_for` says what comes before the first step."""
        for row in self.rows.values():
            row.wait(checking=False)
        if not waits_for:
            self.rows[Step.DRIVER].wait(checking=True)
        self._say(waits_for or "Testing. Each step takes no longer than the profile's login timeout.", "info")
        self._offer(running=True)
        self.stop.setFocus()

    def show_results(self, results: Sequence[StepResult], *, running: bool) -> None:
        """Show what is known by now; the step behind it is being tried."""
        for result in results:
            self.rows[result.step].show_result(result)
        steps = list(self.rows.values())
        failed = any(r.state is State.FAILED for r in results)
        if running and len(results) < len(steps) and not failed:
            steps[len(results)].wait(checking=True)
        if failed or not running:
            self._say(summary(list(results)), "danger" if failed else "success")
            self._scroll_to_failure(results)
        if not running:
            self._offer(running=False, create=any(r.can_create_database for r in results))

    def stopped(self, words: str, tone: str = "info") -> None:
        """Show that the test has ended before its end."""
        for row in self.rows.values():
            if row.badge.text in (WAITING, CHECKING):
                row.leave()
        self._say(words, tone)
        self._offer(running=False)

    @property
    def note_text(self) -> str:
        """The sentence over the steps."""
        return self._note.words.text()

    # --- inside
    def _build(self) -> None:
        space = theme.current().space
        self.body.setContentsMargins(0, space.l, 0, space.m)
        server = self.profile.server
        head = SectionHeader(f"Test of {self.profile.name}", server.label if server else "")
        head.title.setWordWrap(True)
        head.layout().setContentsMargins(space.l, 0, space.m, 0)  # type: ignore[union-attr]
        self.close_button = tool_button("close", name="connections.steps.close", accessible="Close the test")
        self.close_button.clicked.connect(self.closed)
        head.add_action(self.close_button)
        self.body.addWidget(head)
        self._note = Note("connections.steps.note")
        held = QVBoxLayout()
        held.setContentsMargins(space.l, 0, space.l, 0)
        held.addWidget(self._note)
        self.body.addLayout(held)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setObjectName("connections.steps.list")
        self._area.setAccessibleName("Steps")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.setSpacing(space.m)
        self.rows = {step: StepRow(step) for step in Step}
        for row in self.rows.values():
            column.addWidget(row)
        column.addStretch(1)
        self._area.setWidget(content)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(rule())
        self.body.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        space = theme.current().space
        row = QHBoxLayout()
        row.setContentsMargins(space.l, 0, space.l - 2, 0)
        row.setSpacing(space.xs)
        self.stop = button("Stop", name="connections.steps.stop", icon="stop")
        self.stop.clicked.connect(self._ask_to_stop)
        self.create_database = button("Create the database", name="connections.steps.create", icon="add")
        self.create_database.clicked.connect(self.create_asked)
        self.again = button("Test again", name="connections.steps.again", icon="refresh")
        self.again.clicked.connect(self.again_asked)
        row.addStretch(1)
        for each in (self.stop, self.create_database, self.again):
            row.addWidget(each)
        return row

    def _ask_to_stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop_asked.emit()

    def _offer(self, *, running: bool, create: bool = False) -> None:
        had_focus = self.stop.hasFocus()
        self.stop.setEnabled(running)
        reveal(self.stop, running)
        reveal(self.again, not running)
        reveal(self.create_database, create and not running)
        if had_focus and not running:
            self.again.setFocus()

    def _say(self, text: str, tone: str) -> None:
        self._note.say(text, tone)

    def _scroll_to_failure(self, results: Sequence[StepResult]) -> None:
        """Bring the failed step into sight, once what it says has its room."""
        failed = [self.rows[r.step] for r in results if r.state is State.FAILED]
        if failed:
            QTimer.singleShot(0, failed[0], lambda: self._area.ensureWidgetVisible(failed[0], 0, 12))

"""One masked value in the clear: for a reason, for some minutes, and then masked again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.records import LABELS
from divegov_gui.services.privacy import Revealed
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked
from divegov_gui.ui.widgets import Card, FormRow, ReasonRow, button, icon_label, label, reveal
from divegov_gui.ui.widgets.question import Problem

_TICK_MS = 250
_ONE_LINE = 24


class RevealCard(Card):
    """Which field, why, and the value while it is in the clear."""

    wanted = Signal(object)
    """(column, reason) of the value to be revealed."""

    def __init__(
        self, *, mask: bool, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            "Reveal a masked value", "For one person and field, logged without the value", parent
        )
        self._mask, self._clock = mask, clock
        self._until = 0.0
        self._seconds = 1
        self._explain = label("", "muted", wrap=True, name="privacy.reveal_note")
        self.body.addWidget(self._explain)
        self._form = QWidget()
        self._build_form()
        self.body.addWidget(self._form)
        self._shown = QWidget()
        self._build_shown()
        self.body.addWidget(self._shown)
        self.problem = Problem("privacy.reveal_problem")
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_TICK_MS)
        self._ticker.timeout.connect(self._tick)
        self.mask_again()

    def offer(self, columns: Sequence[str], why_not: str = "") -> None:
        """Offer the masked `columns`; where there is none, say `why_not`."""
        kept = self.field.currentData()
        self.field.clear()
        for column in columns:
            self.field.addItem(LABELS.get(column, column), column)
        self.field.setCurrentIndex(max(0, self.field.findData(kept)))
        self._explain.setText(why_not)
        reveal(self._explain, bool(why_not))
        reveal(self._form, bool(columns) and not self.is_revealing)

    def show_value(self, found: Revealed) -> None:
        """Show the value until its time is over."""
        self.problem.say(None)
        self._why.line.clear()
        self.go.setEnabled(True)
        value = found.value or "nothing is known"
        shown = masked(found.column, value) if self._mask else value
        self._caption.setText(LABELS.get(found.column, found.column))
        self.value.setText(_breakable(shown))
        self.value.setAccessibleName(f"{self._caption.text()}: {shown}")
        self._seconds = max(1, found.seconds)
        self._until = self._clock() + found.seconds
        reveal(self._shown, True)
        reveal(self._form, False)
        self._ticker.start()
        self._tick()

    def say_problem(self, error: DiveGovError) -> None:
        """Say why it is not revealed."""
        self.go.setEnabled(True)
        self.problem.say(error)

    def mask_again(self) -> None:
        """Take the value off the screen, wherever it stands."""
        self._ticker.stop()
        self.value.clear()
        self.value.setAccessibleName("")
        reveal(self._shown, False)
        reveal(self._form, self.field.count() > 0)

    @property
    def is_revealing(self) -> bool:
        """Whether a value is in the clear."""
        return self._ticker.isActive()

    # --- building
    def _build_form(self) -> None:
        layout = _column(self._form)
        self.field = QComboBox()
        layout.addWidget(FormRow("&Field", self.field, name="privacy.reveal_field"))
        self._why = ReasonRow("privacy.reveal_reason", "It goes into the log.")
        self._why.line.returnPressed.connect(self._ask)
        layout.addWidget(self._why)
        row = QHBoxLayout()
        self.go = button("Reveal", name="privacy.reveal", variant="primary", icon="reveal")
        self.go.clicked.connect(self._ask)
        row.addWidget(self.go)
        row.addStretch(1)
        layout.addLayout(row)

    def _build_shown(self) -> None:
        layout = _column(self._shown)
        head = QHBoxLayout()
        head.setSpacing(theme.current().space.s)
        head.addWidget(icon_label("reveal", "warning", 18))
        self._caption = label("", "label")
        head.addWidget(self._caption, 1)
        layout.addLayout(head)
        self.value = label("", "heading", wrap=True, name="privacy.revealed")
        layout.addWidget(self.value)
        self._bar = QProgressBar()
        self._bar.setObjectName("privacy.countdown")
        self._bar.setAccessibleName("Time until it is masked again")
        self._bar.setTextVisible(False)
        layout.addWidget(self._bar)
        foot = QHBoxLayout()
        self.left = label("", "hint", name="privacy.time_left")
        foot.addWidget(self.left, 1)
        self.hide_now = button("Mask it now", name="privacy.mask_now", icon="hide")
        self.hide_now.clicked.connect(self.mask_again)
        foot.addWidget(self.hide_now)
        layout.addLayout(foot)

    # --- inside
    def _ask(self) -> None:
        reason = self._why.ask("Say why you need to see it.")
        if not reason:
            return
        self.problem.say(None)
        self.go.setEnabled(False)
        self.wanted.emit((self.field.currentData(), reason))

    def _tick(self) -> None:
        left = self._until - self._clock()
        if left <= 0:
            self.mask_again()
            return
        whole = int(left + 0.999)
        self.left.setText(f"Masked again in {whole // 60}:{whole % 60:02}")
        self._bar.setRange(0, self._seconds * 4)
        self._bar.setValue(int(left * 4))


def _breakable(text: str) -> str:
    """A long text that may go on in the next line at any sign of it; a label breaks at blanks alone."""
    return text if len(text) <= _ONE_LINE else "\u200b".join(text)


def _column(inside: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(inside)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.current().space.s)
    return layout

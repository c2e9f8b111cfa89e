"""A question to a person in a window of its own: what it is about, fields, what went wrong, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import button, icon_label, label, restyle, reveal


class Question(QDialog):
    """Put content into `body`; `yes` is what the person agrees with, Cancel and Escape leave all as it is.

    Nothing closes it but its owner's `accept()` and the person's Cancel: what was typed survives a refusal.
    """

    def __init__(
        self, name: str, title: str, icon: str, yes: str, window: QWidget, *, danger: bool = False
    ) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        layout.setSpacing(space.m)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label(icon, "danger" if danger else "muted", 24), 0, Qt.AlignmentFlag.AlignTop)
        self.title = label(title, "heading", wrap=True)
        head.addWidget(self.title, 1)
        layout.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(space.m)
        layout.addLayout(self.body, 1)
        self.problem = Problem(f"{name}.problem")
        layout.addWidget(self.problem)
        layout.addLayout(self._buttons(name, yes, danger))

    def say_problem(self, error: DiveGovError | None) -> None:
        """Show why it could not be done, and let the person go on; None takes it away."""
        self.problem.say(error)
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While the answer is awaited, it cannot be given again."""
        self.yes.setEnabled(not busy)

    def _buttons(self, name: str, yes: str, danger: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        self.extra = QHBoxLayout()
        row.addLayout(self.extra)
        row.addStretch(1)
        self.no = button("Cancel", name=f"{name}.cancel")
        self.no.clicked.connect(self.reject)
        self.yes: QPushButton = button(yes, name=f"{name}.ok", variant="danger" if danger else "primary")
        self.yes.setDefault(not danger)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        return row


class Problem(QFrame):
    """An error in the place where it happened: what, why, what to do."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("notice", "true")
        self.setProperty("tone", "danger")
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(space.m, space.s, space.m, space.s)
        row.setSpacing(space.s)
        row.addWidget(icon_label("danger", "danger_on_soft", 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = label("", "strong", wrap=True)
        self._rest: QLabel = label("", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._rest)
        row.addLayout(words, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, nothing while it is hidden."""
        return "" if self.isHidden() else f"{self._title.text()} {self._rest.text()}".strip()

    def say(self, error: DiveGovError | None) -> None:
        """Show `error`; None takes it away."""
        if error is not None:
            self._title.setText(error.title)
            self._rest.setText(" ".join(part for part in (error.detail, error.hint) if part))
            reveal(self._rest, bool(self._rest.text()))
            self.setAccessibleName(self.text or error.title)
            restyle(self)
        reveal(self, error is not None)

"""A question to a person in a window of its own: what it is about, fields, what went wrong, and two buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.widgets.basics import button, restyle, reveal
from divegov_gui.ui.widgets.cards import NoticeCard
from divegov_gui.ui.widgets.dialog import Dialog


class Question(Dialog):
    """Put fields into `body`; `yes` is what the person agrees with, Cancel and Escape leave all as it is.

    Nothing closes it but its owner's `accept()` and the person's Cancel: what was typed survives a refusal.
    """

    def __init__(
        self,
        name: str,
        title: str,
        icon: str,
        yes: str,
        window: QWidget,
        *,
        detail: str = "",
        danger: bool = False,
        width: int = 520,
    ) -> None:
        tone = "danger" if danger else "muted"
        super().__init__(name, title, icon, window, detail=detail, tone=tone, width=width)
        self.problem = Problem(f"{name}.problem")
        self.foot.insertWidget(0, self.problem)
        self.no = self.add_button(button("Cancel", name=f"{name}.cancel"), self.reject)
        self.yes = button(yes, name=f"{name}.ok", variant="danger" if danger else "primary")
        self.add_button(self.yes, default=not danger)

    def say_problem(self, error: DiveGovError | None) -> None:
        """Show why it could not be done, and let the person go on; None takes it away."""
        self.problem.say(error)
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While the answer is awaited, it cannot be given again."""
        self.yes.setEnabled(not busy)


class Problem(NoticeCard):
    """An error in the place where it happened: what, why, what to do."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, "danger", parent=parent)
        self._title = self.add_line(role="strong")
        self._rest = self.add_line()
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

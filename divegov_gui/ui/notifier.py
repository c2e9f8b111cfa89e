"""How pages tell a person something; where it is shown is the window's affair."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.ui.tasks import TaskCrashed


@dataclass(frozen=True)
class Notice:
    """One message: what happened (`title`), why (`detail`), what to do (`hint`).

    One that `stays` waits until the person closes it; another leaves by itself.
    """

    tone: str
    title: str
    detail: str = ""
    hint: str = ""
    stays: bool = False

    @property
    def text(self) -> str:
        """All of it in one paragraph, for the clipboard and for assistive technology."""
        return " ".join(part for part in (self.title, self.detail, self.hint) if part)


class Notifier(QObject):
    """The one way to tell a person something; every page is given it."""

    posted = Signal(object)
    """A Notice to show."""

    withdrawn = Signal(object)
    """The beginning of a hint: what was said with it is settled."""

    def withdraw(self, hint: str) -> None:
        """Take back what told to do something that is done now: all whose hint begins with `hint`."""
        self.withdrawn.emit(hint)

    def success(self, title: str, detail: str = "") -> None:
        """Say that something is done."""
        self.posted.emit(Notice("success", title, detail))

    def info(self, title: str, detail: str = "") -> None:
        """Say something that is good to know."""
        self.posted.emit(Notice("info", title, detail))

    def warning(self, title: str, detail: str = "", hint: str = "") -> None:
        """Say something that wants attention; it stays until it is closed."""
        self.posted.emit(Notice("warning", title, detail, hint, stays=True))

    def error(self, error: DiveGovError) -> None:
        """Say what happened, why and what to do; fits as a task's `on_failure`.

        A cancellation is what the person wanted, and a crash has its own dialog.
        """
        if isinstance(error, Cancelled):
            self.posted.emit(Notice("info", error.title, error.detail, error.hint))
        elif not isinstance(error, TaskCrashed):
            self.posted.emit(Notice("danger", error.title, error.detail, error.hint, stays=True))

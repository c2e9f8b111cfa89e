"""Finding a profile's password: in the keyring, or by asking. It goes to whoever wanted it, and is shown nowhere."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import Profile
from divegov_gui.ui.pages.connections import work
from divegov_gui.ui.pages.connections.dialogs import PasswordQuestion
from divegov_gui.ui.tasks import TaskHandle, Worker

LOOKING = "Looking for the password in this computer's keyring."
ASKING = "Waiting for the password."


class PasswordFinder(QObject):
    """Finds one password at a time; `verb` is what the question's button says."""

    found = Signal(object)
    """The Secret, or None where the profile's way to log in needs none."""
    waits = Signal(str)
    """What it waits for, in a sentence."""
    refused = Signal()
    """The person would rather not say it."""
    failed = Signal(object)
    """A DiveGovError: it was stopped, or the keyring broke."""
    keep_asked = Signal(object, object)
    """The Profile and the Secret that the person wants to keep."""

    def __init__(self, passwords: Passwords, worker: Worker, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._passwords, self._worker, self._verb, self._widget = passwords, worker, verb, parent
        self._task: TaskHandle | None = None
        self._question: PasswordQuestion | None = None

    def find(self, profile: Profile) -> None:
        """Look for the password of a profile."""
        if profile.server is None or not profile.server.needs_password:
            self.found.emit(None)
            return
        self.waits.emit(LOOKING)
        self._task = self._worker.submit(
            partial(work.recall, self._passwords, profile),
            on_success=lambda found: self._take(profile, *found),
            on_failure=self._fail,
            owner=self,
        )

    def stop(self) -> bool:
        """Give up; returns whether there was anything to give up."""
        if self._question is not None:
            self._question.reject()
        elif self._task is not None:
            self._task.cancel()
        else:
            return False
        return True

    # --- inside
    def _take(self, profile: Profile, password: Secret | None, why_not: str) -> None:
        self._task = None
        if password is not None:
            self.found.emit(password)
            return
        self.waits.emit(ASKING)
        self._question = PasswordQuestion(profile, why_not, self._widget.window(), self._verb)
        self._question.given.connect(partial(self._take_answer, profile))
        self._question.rejected.connect(self.refused)
        self._question.finished.connect(self._forget_question)
        self._question.open()

    def _take_answer(self, profile: Profile, password: Secret, keep: bool) -> None:
        if keep:
            self.keep_asked.emit(profile, password)
        self.found.emit(password)

    def _forget_question(self, _: int) -> None:
        self._question = None

    def _fail(self, error: object) -> None:
        self._task = None
        self.failed.emit(error)

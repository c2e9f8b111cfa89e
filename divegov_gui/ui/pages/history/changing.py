"""Changing the diver that is shown: asks, writes, tells what came of it; a conflict is explained in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services import history
from divegov_gui.services.directory import read_levels
from divegov_gui.ui.context import DIVERS, AppContext
from divegov_gui.ui.pages.history.change_dialogs import DeleteDialog, EditDialog, RestoreDialog
from divegov_gui.ui.pages.history.work import DiverHistory, read_history
from divegov_gui.ui.widgets.question import Question


class Changing(QObject):
    """Opens the questions on `window` and writes what they are answered with."""

    done = Signal(object)
    """The id of the diver that was changed."""

    def __init__(self, context: AppContext, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window

    def edit(self, shown: DiverHistory) -> None:
        """Ask for other values of the current version."""
        self._context.reader.submit(
            lambda session, _, cancel: read_levels(session, cancel),
            on_success=partial(self._ask_for_values, shown),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def restore(self, shown: DiverHistory, place: int) -> None:
        """Ask whether the version at `place` is to be brought back."""
        dialog = RestoreDialog(shown.versions, place, mask=self._context.mask_personal, window=self._window)
        found = shown.timeline
        assert found is not None
        dialog.given.connect(partial(self._bring_back, dialog, found, shown.versions[place].number, place))
        dialog.open()

    def delete(self, shown: DiverHistory) -> None:
        """Ask whether the diver is to be deleted."""
        found = shown.timeline
        assert found is not None
        assert found.current is not None
        current = found.current
        dialog = DeleteDialog(
            shown.versions[-1], len(shown.versions), mask=self._context.mask_personal, window=self._window
        )
        dialog.given.connect(
            lambda reason: self._write(
                dialog,
                shown.diver_id,
                lambda session, _, __: history.delete(session, current, reason),
                "The diver is deleted. The history keeps every version.",
            )
        )
        dialog.open()

    # --- inside
    def _bring_back(
        self, dialog: RestoreDialog, found: history.Timeline, number: int, place: int, reason: str
    ) -> None:
        is_back = dialog.back.is_said
        self._write(
            dialog,
            found.diver_id,
            lambda session, _, __: history.restore(
                session, found.current, found.versions[place], reason, is_back=is_back
            ),
            f"Version {number} is back as a new version.",
        )

    def _ask_for_values(self, shown: DiverHistory, levels: tuple[str, ...]) -> None:
        dialog = EditDialog(shown.versions[-1], levels, mask=self._context.mask_personal, window=self._window)
        dialog.given.connect(partial(self._save, dialog, shown.diver_id))
        dialog.read_anew.connect(lambda _: self._read_anew(dialog, shown.diver_id))
        self._newest = shown
        dialog.open()

    def _save(self, dialog: EditDialog, diver_id: int, answer: tuple[dict[str, str | None], str]) -> None:
        values, reason = answer
        found = self._newest.timeline
        assert found is not None
        current = found.current
        assert current is not None
        is_back = dialog.back.is_said
        self._write(
            dialog,
            diver_id,
            lambda session, _, __: history.update(session, current, values.items(), reason, is_back=is_back),
            "A new version is saved.",
        )

    def _read_anew(self, dialog: EditDialog, diver_id: int) -> None:
        """Show in the dialog what somebody else has saved meanwhile."""

        def show(newest: DiverHistory) -> None:
            self._newest = newest
            dialog.show_newest(newest.versions[-1])

        self._context.reader.submit(
            partial(read_history, diver_id),
            on_success=show,
            on_failure=dialog.say_problem,
            owner=dialog,
        )

    def _write(
        self,
        dialog: Question,
        diver_id: int,
        job: Callable[[Any, ProgressSink, CancelToken], object],
        said: str,
    ) -> None:
        def succeed(_: object) -> None:
            dialog.accept()
            self._context.notifier.success(said)
            self.done.emit(diver_id)
            self._context.tell_changed({DIVERS})

        def fail(error: DiveGovError) -> None:
            dialog.say_problem(error)

        self._context.writer.submit(
            job, label="Writing", write=True, on_success=succeed, on_failure=fail, owner=dialog
        )

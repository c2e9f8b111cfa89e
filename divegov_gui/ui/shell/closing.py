"""The one question at closing, and before another place is opened: work still runs, stop it or stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.tasks import TaskBoard, Worker
from divegov_gui.ui.widgets.basics import button
from divegov_gui.ui.widgets.dialog import Dialog


class CloseQuestion(Dialog):
    """Asks whether to stop the work of `worker` and go on; when the work ends by itself, it goes on too.

    To go on is to close `window`, or what `go_on` does; `stop` and `then` say so.
    """

    def __init__(
        self,
        worker: Worker,
        board: TaskBoard,
        window: QWidget,
        *,
        go_on: Callable[[], object] | None = None,
        stop: str = "Stop and close",
        then: str = "The window also closes by itself when the work is done.",
    ) -> None:
        detail = f"{self._words(board)} {then}"
        super().__init__("closing", "Work is still running", "time", window, detail=detail)
        self._worker, self._then = worker, go_on or window.close
        self._stopper = self.add_button(button(stop, name="closing.stop", icon="stop"), self._stop)
        stay = button("Keep working", name="closing.stay", variant="primary")
        self._stayer = self.add_button(stay, self.reject, default=True)
        stay.setFocus()
        worker.idle.connect(self._go_on)

    @staticmethod
    def _words(board: TaskBoard) -> str:
        what = ", ".join(task.label for task in board.tasks if task.write)
        return (
            f"{what or 'A task'} is not finished. Stopping it keeps what the database has confirmed and undoes "
            "the rest."
        )

    def _stop(self) -> None:
        """Stop the work; it goes on once that has stopped."""
        self._stopper.setEnabled(False)
        self._stayer.setEnabled(False)
        self._worker.cancel_all()

    def _go_on(self, _: object) -> None:
        """Go on, since nothing runs any more."""
        self.accept()
        self._then()

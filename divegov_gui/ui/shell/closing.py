"""The one question at closing, and before another place is opened: work still runs, stop it or stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.tasks import TaskBoard, Worker
from divegov_gui.ui.widgets.basics import button, icon_label, label


class CloseQuestion(QDialog):
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
        super().__init__(window)
        self._worker, self._then = worker, go_on or window.close
        self.setObjectName("closing")
        self.setWindowTitle("Work is still running")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        layout.setSpacing(space.m)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label("time", "muted", 24))
        head.addWidget(label("Work is still running", "heading"), 1)
        layout.addLayout(head)
        layout.addWidget(label(f"{self._words(board)} {then}", wrap=True))
        layout.addSpacing(space.s)
        layout.addLayout(self._buttons(stop))
        worker.idle.connect(self._go_on)

    @staticmethod
    def _words(board: TaskBoard) -> str:
        what = ", ".join(task.label for task in board.tasks if task.write)
        return (
            f"{what or 'A task'} is not finished. Stopping it keeps what the database has confirmed and undoes "
            "the rest."
        )

    def _buttons(self, words: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        stop = button(words, name="closing.stop", icon="stop")
        stop.clicked.connect(self._stop)
        stay = button("Keep working", name="closing.stay", variant="primary")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        row.addWidget(stop)
        row.addWidget(stay)
        stay.setFocus()
        return row

    def _stop(self) -> None:
        """Stop the work; it goes on once that has stopped."""
        for control in (self.findChild(QWidget, name) for name in ("closing.stop", "closing.stay")):
            if control is not None:
                control.setEnabled(False)
        self._worker.cancel_all()

    def _go_on(self, _: object) -> None:
        """Go on, since nothing runs any more."""
        self.accept()
        self._then()

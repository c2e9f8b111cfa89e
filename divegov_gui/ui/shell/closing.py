"""The one question at closing: work still runs, stop it or stay."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.tasks import TaskBoard, Worker
from divegov_gui.ui.widgets.basics import button, icon_label, label


class CloseQuestion(QDialog):
    """Asks whether to stop the work of `worker` and close; when the work ends by itself, `window` closes."""

    def __init__(self, worker: Worker, board: TaskBoard, window: QWidget) -> None:
        super().__init__(window)
        self._worker, self._window = worker, window
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
        layout.addWidget(label(self._words(board), wrap=True))
        layout.addSpacing(space.s)
        layout.addLayout(self._buttons())
        worker.idle.connect(self._go_on)

    @staticmethod
    def _words(board: TaskBoard) -> str:
        what = ", ".join(task.label for task in board.tasks if task.write)
        return (
            f"{what or 'A task'} is not finished. Stopping it keeps what the database has confirmed and undoes "
            "the rest. The window also closes by itself when the work is done."
        )

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        stop = button("Stop and close", name="closing.stop", icon="stop")
        stop.clicked.connect(self._stop)
        stay = button("Keep working", name="closing.stay", variant="primary")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        row.addWidget(stop)
        row.addWidget(stay)
        stay.setFocus()
        return row

    def _stop(self) -> None:
        """Stop the work; the window closes once it has stopped."""
        for control in (self.findChild(QWidget, name) for name in ("closing.stop", "closing.stay")):
            if control is not None:
                control.setEnabled(False)
        self._worker.cancel_all()

    def _go_on(self, _: object) -> None:
        """Close, since nothing runs any more."""
        self.accept()
        self._window.close()

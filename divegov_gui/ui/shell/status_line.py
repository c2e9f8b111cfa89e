"""The status line: what runs, how far it is, and how to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.tasks import TaskBoard, TaskHandle, TaskState
from divegov_gui.ui.widgets.basics import button, label, plural, tool_button

_STEPS = 1000


class StatusLine(QWidget):
    """Shows the oldest task of a TaskBoard, and how many more there are; on the right what lasts."""

    watch_chosen = Signal()
    """The person wants to see the folder that is watched."""

    def __init__(self, board: TaskBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(36)
        self._board = board
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(space.xl, 0, space.l, 0)
        row.setSpacing(space.s)
        self.text = label("Ready", "hint", name="status.text")
        self.bar = QProgressBar()
        self.bar.setObjectName("status.bar")
        self.bar.setAccessibleName("Progress of the running task")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(180)
        self.cancel = tool_button("clear", name="status.cancel", accessible="Stop the running task")
        self.cancel.setProperty("dense", "true")
        self.cancel.clicked.connect(self._cancel)
        self.more = label("", "hint")
        self.note = label("", "hint", name="status.note")
        self.watch = button("", name="status.watch", variant="link", icon="reveal")
        self.watch.setAccessibleName("The folder that is watched")
        self.watch.clicked.connect(self.watch_chosen)
        self.watch.hide()
        for part in (self.text, self.bar, self.cancel, self.more):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.watch)
        row.addWidget(self.note)
        board.changed.connect(self._show)
        self._show(board.tasks)

    def set_note(self, text: str, tooltip: str = "") -> None:
        """Say something lasting on the right, such as the time zone."""
        self.note.setText(text)
        self.note.setToolTip(tooltip)

    def set_watch(self, text: str, description: str = "", tone: str = "link") -> None:
        """Say which folder is watched, or could be again; an empty text says nothing."""
        self.watch.setText(text)
        self.watch.setAccessibleName(text)
        self.watch.setAccessibleDescription(description)
        self.watch.setToolTip(description)
        theme.set_icon(self.watch, "warning" if tone == "warning" else "reveal", tone, 16)
        self.watch.setVisible(bool(text))

    def _show(self, tasks: object) -> None:
        assert isinstance(tasks, tuple)
        busy = bool(tasks)
        for part in (self.bar, self.cancel):
            part.setVisible(busy)
        others = len(tasks) - 1
        self.more.setVisible(others > 0)
        if not busy:
            self.text.setText("Ready")
            return
        self.more.setText(f"and {plural(others, 'more task')}")
        self.more.setToolTip("\n".join(task.label for task in tasks[1:]))
        self._show_task(tasks[0])

    def _show_task(self, task: TaskHandle) -> None:
        progress = task.progress
        if task.is_stopping:
            words = f"{task.label}: stopping…"
        elif task.state is TaskState.WAITING:
            words = f"{task.label}: waiting"
        else:
            words = f"{task.label}: {progress.stage}" if progress and progress.stage else task.label
        self.text.setText(words)
        if progress and progress.total:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(min(_STEPS, round(_STEPS * progress.done / progress.total)))
        else:
            self.bar.setRange(0, 0)
        self.cancel.setEnabled(not task.is_stopping)

    def _cancel(self) -> None:
        if self._board.tasks:
            task = self._board.tasks[0]
            task.cancel()
            self._show(self._board.tasks)

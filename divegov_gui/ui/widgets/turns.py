"""Making a page in slices, one a turn of the event loop: it is there at once, and no slice holds up the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Turns(QObject):
    """Steps that are taken one by one when the event loop has nothing else to do, or all at once on `finish`."""

    def __init__(self, owner: QObject, *steps: Callable[[], object]) -> None:
        super().__init__(owner)
        self._left = deque(steps)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take)

    @property
    def are_done(self) -> bool:
        """Whether every step was taken."""
        return not self._left

    def start(self) -> None:
        """Take the first step at the next turn; does nothing where all are taken."""
        if self._left:
            self._timer.start()

    def finish(self) -> None:
        """Take now what is left."""
        while self._left:
            self._take()

    def drop(self) -> None:
        """Take none of what is left."""
        self._left.clear()
        self._timer.stop()

    def _take(self) -> None:
        if self._left:
            self._left.popleft()()
        if not self._left:
            self._timer.stop()

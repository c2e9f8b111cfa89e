"""What stands in a page's place until it is made: its title where it will be, so that a click is answered at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent

from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.widgets.turns import Turns

_UNPAINTED_MS = 100
"""How long the painting of the title is waited for: a window that is not in sight paints nothing."""
_LONG_MS = 300
"""After how long it is said that the page is on its way."""


class Opening(Page):
    """Paints a page's title, and then takes the steps by which the page is made, each a turn of the event loop."""

    def __init__(self) -> None:
        super().__init__("opening", "", scrolls=False)
        self.body.addStretch(1)
        self._turns: Turns | None = None
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.timeout.connect(self._start)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_LONG_MS)
        self._patience.timeout.connect(lambda: self.set_subtitle("Opening…"))

    def begin(self, title: str, *steps: Callable[[], object]) -> None:
        """Stand for the page of that title; the steps are taken once this is painted."""
        self.leave()
        self.set_title(title)
        self.set_subtitle("")
        self._turns = Turns(self, *steps)
        self._begin.start(_UNPAINTED_MS)
        self._patience.start()

    def leave(self) -> None:
        """Take no further step."""
        for timer in (self._begin, self._patience):
            timer.stop()
        if self._turns is not None:
            self._turns.drop()
            self._turns = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._begin.isActive():
            self._begin.start(0)

    def _start(self) -> None:
        if self._turns is not None:
            self._turns.start()

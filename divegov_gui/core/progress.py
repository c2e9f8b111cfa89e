"""How long work tells where it is, and how a person stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from divegov_gui.core.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """One report: the `stage` in words, and how many of `total` units are `done`.

    `total` is None while it is not known.
    """

    stage: str
    done: int = 0
    total: int | None = None


ProgressSink = Callable[[Progress], None]


def no_progress(_: Progress) -> None:
    """Take a report and show it to nobody."""


def stages(
    progress: ProgressSink, cancel: CancelToken | None = None, words: Callable[[str], str] = str
) -> Callable[[str], None]:
    """What takes a procedure's messages, such as "4/7 Promoting the valid": three of seven stages are done then.

    `words` makes of the procedure's words what is shown. Raises Cancelled between two stages.
    """

    def tell(message: str) -> None:
        step, _, said = message.partition(" ")
        number, _, count = step.partition("/")
        progress(Progress(words(said), max(0, int(number) - 1), int(count)))
        if cancel:
            cancel.raise_if_cancelled()

    return tell


class CancelToken:
    """A request to stop, set from any thread and looked at by the one that works.

    Work that sits in a database call cannot look; it registers a callback (an interrupt that may be
    called across threads) for as long as the call lasts.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Ask the work to stop; safe to call from any thread, any number of times."""
        with self._lock:
            self._event.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    @property
    def is_cancelled(self) -> bool:
        """Whether someone has asked the work to stop."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if someone has asked the work to stop."""
        if self.is_cancelled:
            raise Cancelled()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at a cancellation; returns the function that takes it back."""
        with self._lock:
            self._callbacks.append(callback)

        def forget() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return forget

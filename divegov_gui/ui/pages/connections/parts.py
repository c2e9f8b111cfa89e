"""Small parts of this page: letting a widget go, and work beside the database's."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from divegov_gui.ui.tasks import Worker


def let_go(widget: QWidget) -> None:
    """Take `widget` away at once, its names with it, and delete it when whatever it is doing is over."""
    widget.hide()
    widget.setParent(None)
    QTimer.singleShot(0, lambda: widget.deleteLater())


class Nothing:
    """What work has for a session that needs none."""

    def close(self) -> None:
        """Nothing to close."""


def side_worker(name: str, owner: QObject) -> Worker:
    """A thread beside the database's two: for sockets and for the keyring, which both may keep one waiting.

    A fault of the program goes where every other goes that nobody takes: to the crash reporter.
    """
    return Worker(
        Nothing,
        name=name,
        on_crash=lambda error: sys.excepthook(type(error), error, error.__traceback__),
        parent=owner,
    )

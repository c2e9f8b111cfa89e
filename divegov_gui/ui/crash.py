"""What happens when the program itself fails: a log and one dialog, free of personal data and secrets.

The hooks alone are there from the start; the report and its dialog are brought in when something fails.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from divegov_gui.core import paths, private_files

if TYPE_CHECKING:
    from divegov_gui.ui.crash_dialog import CrashDialog

ShowReport = Callable[[str, Path | None], object]


class CrashReporter(QObject):
    """Takes every exception that nothing else has taken, from any thread: log, then one dialog at a time."""

    _arrived = Signal(object)

    def __init__(
        self, folder: Path | None = None, show: ShowReport | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folder = folder if folder is not None else paths.data_folder()
        self._show = show or self._show_dialog
        self._dialog: CrashDialog | None = None
        self._previous = (sys.excepthook, threading.excepthook)
        self._arrived.connect(self._present, Qt.ConnectionType.QueuedConnection)

    @property
    def log_file(self) -> Path:
        """Where reports are written."""
        return self._folder / "crash.log"

    def install(self) -> None:
        """Take what Python would otherwise print."""
        self._previous = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self.report(args.exc_value or RuntimeError("unknown"))

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._previous

    def report(self, error: BaseException) -> None:
        """Log `error` and show it; may be called from any thread, and as a Worker's `on_crash`."""
        from divegov_gui.ui.crash_report import crash_text

        self._arrived.emit(crash_text(error))

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error.with_traceback(trace))

    def _present(self, report: object) -> None:
        self._show(str(report), self._write(str(report)))

    def _write(self, report: str) -> Path | None:
        """Append to the log; a disk that cannot be written to must not bring a second failure."""
        import logging
        from logging.handlers import RotatingFileHandler

        try:
            private_files.make_folder(self._folder)
            private_files.make_file(self.log_file)
            handler = RotatingFileHandler(self.log_file, maxBytes=512_000, backupCount=2, encoding="utf-8")
        except OSError:
            return None
        try:
            handler.emit(logging.LogRecord("crash", logging.ERROR, "", 0, report + "\n", None, None))
        finally:
            handler.close()
        return self.log_file

    def _show_dialog(self, report: str, log_file: Path | None) -> None:
        if self._dialog is not None:
            return  # the log has it; a second window over the first helps nobody
        from divegov_gui.ui.crash_dialog import CrashDialog

        self._dialog = CrashDialog(report, log_file, QApplication.activeWindow())
        self._dialog.finished.connect(self._forget_dialog)
        self._dialog.destroyed.connect(self._forget_dialog)
        self._dialog.show()

    def _forget_dialog(self, *_: object) -> None:
        self._dialog = None

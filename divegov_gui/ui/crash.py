"""What happens when the program itself fails: a log and one dialog, free of personal data and secrets."""

from __future__ import annotations

import logging
import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from divegov_gui import __version__
from divegov_gui.core import paths, private_files
from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import button, icon_label, label

_SECRET = re.compile(
    r"(?i)\b(pwd|password|passwd|secret|token|api[_-]?key|accesskey)\b(\s*[=:]\s*)[^\s;,)}]+"
)
_URL_SECRET = re.compile(r"(\w+://[^\s:/@]+):[^\s@]+@")
_EMAIL = re.compile(r"[^\s@'\"<>(),;:=\[\]]+@[^\s@'\"<>(),;:\[\]]+")
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\\\n]|\\.|'(?=\w))*'|\"(?:[^\"\\\n]|\\.)*\"")
_LONG_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_HOME = re.compile(r"(?i)([a-z]:\\users\\|/home/|/users/)[^\\/\s'\"]+")


def redact(text: str) -> str:
    """`text` without what may be personal or secret: quoted values, addresses, long numbers, homes."""
    text = _SECRET.sub(r"\1\2…", text)
    text = _URL_SECRET.sub(r"\1:…@", text)
    text = _EMAIL.sub("‹address›", text)
    text = _QUOTED.sub("‹value›", text)
    return _LONG_NUMBER.sub("‹number›", redact_home(text))


def redact_home(text: str) -> str:
    """`text` with the home folder as ``~`` and nobody's account name in a path."""
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    return _HOME.sub("~", text)


def crash_text(error: BaseException) -> str:
    """The report of `error`: versions, then each exception's redacted message and where it was raised."""
    when = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")
    lines = [
        f"DiveGov Steward {__version__} at {when}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.release()}",
    ]
    shown: BaseException | None = error
    seen: set[int] = set()
    while shown is not None and id(shown) not in seen:
        seen.add(id(shown))
        lines += ["", f"{type(shown).__name__}: {redact(str(shown))}"]
        lines += [_frame(frame) for frame in traceback.extract_tb(shown.__traceback__)]
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)
    return "\n".join(lines)


def _frame(frame: traceback.FrameSummary) -> str:
    where = f"{redact_home(frame.filename)}:{frame.lineno}"
    return f"  {where} in {frame.name}\n      {frame.line or ''}".rstrip()


class CrashDialog(QDialog):
    """Says that the program failed, and offers the report to copy."""

    def __init__(self, report: str, log_file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crash")
        if parent is None:
            theme.dress(self)
        self.setWindowTitle("Something went wrong")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(720, 440)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        layout.setSpacing(space.m)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label("bug", "danger", 24))
        head.addWidget(label("Something went wrong inside the program.", "heading"), 1)
        layout.addLayout(head)
        layout.addWidget(
            label(
                "This is a fault of the program, not yours. What the database had confirmed is kept; you can "
                "go on working. Addresses, values and folders have been taken out of the report below.",
                wrap=True,
            )
        )
        layout.addWidget(self._report_view(report), 1)
        if log_file is not None:
            layout.addWidget(label(f"Also written to {redact_home(str(log_file))}", "hint", wrap=True))
        layout.addLayout(self._buttons(report))

    def _report_view(self, report: str) -> QPlainTextEdit:
        view = QPlainTextEdit(report)
        view.setObjectName("crash.report")
        view.setAccessibleName("Crash report")
        view.setReadOnly(True)
        view.setTabChangesFocus(True)
        view.setFont(theme.mono_font(12))
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        return view

    def _buttons(self, report: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        copy = button("Copy report", name="crash.copy", icon="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        close = button("Close", name="crash.close", variant="primary")
        close.clicked.connect(self.close)
        close.setDefault(True)
        row.addWidget(copy)
        row.addWidget(close)
        return row


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
        self._dialog = CrashDialog(report, log_file, QApplication.activeWindow())
        self._dialog.finished.connect(self._forget_dialog)
        self._dialog.destroyed.connect(self._forget_dialog)
        self._dialog.show()

    def _forget_dialog(self, *_: object) -> None:
        self._dialog = None

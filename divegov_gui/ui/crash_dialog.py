"""The one dialog that tells of a failure, with its report to copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.crash_report import redact_home
from divegov_gui.ui.widgets.basics import button, label
from divegov_gui.ui.widgets.dialog import Dialog

_TITLE = "Something went wrong inside the program"
_DETAIL = (
    "This is a fault of the program, not yours. What the database had confirmed is kept; you can go on working. "
    "Addresses, values and folders have been taken out of the report below."
)


class CrashDialog(Dialog):
    """Says that the program failed, and offers the report to copy."""

    def __init__(self, report: str, log_file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__("crash", _TITLE, "bug", parent, detail=_DETAIL, tone="danger")
        self.resize(720, 440)
        self.body.addWidget(self._report_view(report), 1)
        if log_file is not None:
            self.body.addWidget(label(f"Also written to {redact_home(str(log_file))}", "hint", wrap=True))
        copy = button("Copy report", name="crash.copy", icon="copy")
        self.add_button(copy, lambda: QGuiApplication.clipboard().setText(report))
        self.add_button(button("Close", name="crash.close", variant="primary"), self.close, default=True)

    def _report_view(self, report: str) -> QPlainTextEdit:
        view = QPlainTextEdit(report)
        view.setObjectName("crash.report")
        view.setAccessibleName("Crash report")
        view.setReadOnly(True)
        view.setTabChangesFocus(True)
        view.setFont(theme.mono_font(12))
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        return view

"""The one dialog that tells of a failure, with its report to copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.crash_report import redact_home
from divegov_gui.ui.widgets.basics import button, icon_label, label


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

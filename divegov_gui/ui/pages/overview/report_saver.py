"""A report of a batch or of a period: asks where to, and writes it as HTML or PDF in the worker's thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from divegov_gui.core import private_files
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.widgets.ask_where import ask_for_file

if TYPE_CHECKING:
    from divegov_gui.services.reports import Report
    from divegov_gui.services.trends import Period

_KINDS = {"pdf": "Paper", "html": "Web page"}


class ReportSaver(QObject):
    """Writes what it is asked for, and says where."""

    def __init__(self, context: AppContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    def ask(self, about: int | Period) -> None:
        """Ask where the report of a batch or of a period goes, and write it there."""
        ask_for_file(
            self._page.window(),
            "overview.report_dialog",
            "Save the report",
            _KINDS,
            partial(self.write, about),
            f"batch-{about}" if isinstance(about, int) else "data-quality",
        )

    def write(self, about: int | Period, path: Path) -> None:
        """Write the report to `path`, as its ending says."""
        self._context.reader.submit(
            partial(_write, about, path),
            label="Writing a report",
            on_success=lambda report: self._context.notifier.success(
                f"{path.name} is written.", f"{report.title}. It is in {path.parent}."
            ),
            on_failure=self._context.notifier.error,
            owner=self,
        )


def _write(about: int | Period, path: Path, session: Any, _: ProgressSink, cancel: CancelToken) -> Report:
    from divegov_gui.services.reports import batch_report, period_report
    from divegov_gui.ui.paper import write_pdf

    made = (
        batch_report(session, about, cancel)
        if isinstance(about, int)
        else period_report(session, about, cancel)
    )
    with private_files.with_reason(path):
        if path.suffix.lower() == ".pdf":
            write_pdf(made.paper, path, made.title)
        else:
            private_files.write_text(path, made.html)
    return made

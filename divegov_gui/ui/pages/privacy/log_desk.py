"""Drives the action log: reads and filters it, exports it, and verifies its chain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.audit import (
    LogEntry,
    LogFilter,
    Verification,
    count_log,
    export_log,
    read_log,
    verify,
)
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.pages.privacy.log_view import LogView
from divegov_gui.ui.widgets import plural
from divegov_gui.ui.widgets.ask_where import CSV_OR_EXCEL, ask_for_file

_LATELY = 5_000
"""In how many actions, the newest, it is looked who acted and how; all are counted, exported and verified."""


@dataclass(frozen=True)
class LogPage:
    """The newest actions that match, how many match in all; the names of the actions, and who has acted lately."""

    entries: tuple[LogEntry, ...]
    total: int
    actions: tuple[str, ...]
    actors: tuple[str, ...]


class LogDesk(QObject):
    """The view and what it asks of the database."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._wanted = LogFilter()
        self._pages = 1
        self.view = LogView()
        self.setParent(self.view)
        self.view.filtered.connect(self._filter)
        self.view.more_wanted.connect(self._read_on)
        self.view.verify_wanted.connect(lambda _: self._verify())
        self.view.export_wanted.connect(lambda _: self._ask_where())

    def refresh(self) -> None:
        """Read the newest actions."""
        self._context.reader.submit(
            partial(_read, self._wanted, self._pages * page_size()),
            kind="privacy.log",
            on_success=self._show,
            on_failure=self.view.say_problem,
            owner=self,
        )

    def _show(self, found: LogPage) -> None:
        self.view.offer(found.actions, found.actors)
        self.view.show_entries(found.entries, found.total)

    def _filter(self, wanted: tuple[str | None, str]) -> None:
        action, actor = wanted
        self._wanted, self._pages = LogFilter(action=action, actor=actor or None), 1
        self.refresh()

    def _read_on(self) -> None:
        self._pages += 1
        self.refresh()

    def _verify(self) -> None:
        def fail(error: DiveGovError) -> None:
            self.view.verify.setEnabled(True)
            self._context.notifier.error(error)

        self._context.reader.submit(
            _verify,
            kind="privacy.verify",
            label="Verifying the log",
            on_success=self.view.show_verification,
            on_failure=fail,
            owner=self,
        )

    def _ask_where(self) -> None:
        title = "Export the log"
        ask_for_file(self.view, "privacy.log_dialog", title, CSV_OR_EXCEL, self.export_to, "actions")

    def export_to(self, path: Path) -> None:
        """Write every action that matches to `path`."""
        self._context.reader.submit(
            partial(_export, self._wanted, path),
            label=f"Exporting to {path.name}",
            on_success=lambda count: self._context.notifier.success(
                f"{path.name} is written.", f"{plural(count, 'action')} in {path.parent}."
            ),
            on_failure=self._context.notifier.error,
            owner=self,
        )


def _read(wanted: LogFilter, most: int, session: Any, _: ProgressSink, __: CancelToken) -> LogPage:
    lately = read_log(session, limit=_LATELY)
    return LogPage(
        read_log(session, wanted, limit=most),
        count_log(session, wanted),
        tuple(sorted({entry.action for entry in lately})),
        tuple(sorted({entry.actor for entry in lately}, key=str.casefold)),
    )


def _verify(session: Any, _: ProgressSink, cancel: CancelToken) -> Verification:
    return verify(session, cancel=cancel)


def _export(wanted: LogFilter, path: Path, session: Any, _: ProgressSink, cancel: CancelToken) -> int:
    return export_log(session, path, wanted, cancel=cancel)

"""What every page is given: the workspace, its two workers, and ways to tell the window something."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from divegov_gui.services.connections import Workspace
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.tasks import Worker

SCHEMA, BATCHES, QUARANTINE, DIVERS = "schema", "batches", "quarantine", "divers"
"""What a write may change; a write tells which, and each page reads anew what it shows of that."""


class AppContext(QObject):
    """The workspace that is open, seen by the pages.

    `reader` and `writer` each own a session, so that reading goes on while a long write runs.
    """

    changed = Signal(object)
    """A frozenset of the names above: what a write has changed."""
    page_requested = Signal(object, object)
    """The key of a page to show, and what to show on it (a dict, or None)."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        reader: Worker,
        writer: Worker,
        notifier: Notifier,
        scripts: Path | None = None,
        mask_personal: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.reader = reader
        self.writer = writer
        self.notifier = notifier
        self.scripts = scripts
        """A site's own scripts, None for the program's."""
        self.mask_personal = mask_personal
        """Whether personal values are masked on the screen: in pictures that leave the house."""

    def tell_changed(self, what: Set[str]) -> None:
        """Tell every page what a write has changed."""
        self.changed.emit(frozenset(what))

    def go_to(self, page: str, **aim: object) -> None:
        """Show `page`, turned to `aim` (such as batch_id=7); the page's `aim_at(**aim)` takes it."""
        self.page_requested.emit(page, dict(aim) or None)

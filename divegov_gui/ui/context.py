"""What every page is given: the place that is open, its two workers, and ways to tell the window something."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from divegov_gui.services.connections import Workspace, local_workspace
from divegov_gui.ui.settings import UiSettings

if TYPE_CHECKING:
    from divegov_gui.services.servers import Place, Standing
    from divegov_gui.ui.notifier import Notifier
    from divegov_gui.ui.tasks import Worker
    from divegov_gui.ui.watching import FolderWatcher

SCHEMA, BATCHES, QUARANTINE, DIVERS = "schema", "batches", "quarantine", "divers"
"""What a write may change; a write tells which, and each page reads anew what it shows of that."""
EVERYTHING = frozenset({SCHEMA, BATCHES, QUARANTINE, DIVERS})


class AppContext(QObject):
    """The place that is open, a local workspace or a server's database, seen by the pages.

    `reader` and `writer` each own a session, so that reading goes on while a long write runs. When another place is
    opened the pages are made anew, all but Connections, which hears `place_changed`.
    """

    changed = Signal(object)
    """A frozenset of the names above: what a write has changed."""
    page_requested = Signal(object, object)
    """The key of a page to show, and what to show on it (a dict, or None)."""
    place_asked = Signal(object, object)
    """A Place that the window is to turn to, found to open, and one's Standing there."""
    demo_ready = Signal()
    """The demo's records are in: there is something to be shown around in."""
    place_changed = Signal()
    """The window has turned to another place."""
    person_erased = Signal()
    """Somebody was erased: what other pages hold of them, typed or shown, is to go too."""
    watching_changed = Signal()
    """What is to be said of the folder that is watched has changed."""

    def __init__(
        self,
        workspace: Place,
        *,
        reader: Worker,
        writer: Worker,
        notifier: Notifier,
        scripts: Path | None = None,
        mask_personal: bool = False,
        settings: UiSettings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.home = workspace if isinstance(workspace, Workspace) else local_workspace()
        """The local workspace to come back to: the one that is open, or was before a server was."""
        self.reader = reader
        self.writer = writer
        self.notifier = notifier
        self.scripts = scripts
        """A site's own scripts, None for the program's."""
        self.mask_personal = mask_personal
        """Whether personal values are masked on the screen: in pictures that leave the house."""
        self.settings = settings or UiSettings()
        """What the window remembers between two starts; never a diver's data."""

    @cached_property
    def watching(self) -> FolderWatcher:
        """The folder that is watched while the window is open, or could be."""
        from divegov_gui.ui.watching import FolderWatcher

        made = FolderWatcher(self)
        made.changed.connect(self.watching_changed)
        return made

    def leave_watching(self) -> None:
        """Let the watched folder's thread go, where there is one."""
        if "watching" in self.__dict__:
            self.watching.shut_down()

    def take_place(self, place: Place, *, reader: Worker, writer: Worker) -> None:
        """Turn to another place; whoever listens to `place_changed` is told once all is in its place."""
        self.workspace, self.reader, self.writer = place, reader, writer
        if isinstance(place, Workspace):
            self.home = place

    def ask_for(self, place: Place, standing: Standing) -> None:
        """Have the window turn to `place`, which was found to open."""
        self.place_asked.emit(place, standing)

    def tell_changed(self, what: Set[str]) -> None:
        """Tell every page what a write has changed."""
        self.changed.emit(frozenset(what))

    def go_to(self, page: str, **aim: object) -> None:
        """Show `page`, turned to `aim` (such as batch_id=7); the page's `aim_at(**aim)` takes it."""
        self.page_requested.emit(page, dict(aim) or None)

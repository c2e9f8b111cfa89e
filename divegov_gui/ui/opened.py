"""The place that is open: its two workers, those of the places before it, and what the header says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from divegov_gui.services.connections import Workspace
from divegov_gui.ui.masking import masked_text
from divegov_gui.ui.shell.header_bar import WorkspaceInfo
from divegov_gui.ui.tasks import Worker

if TYPE_CHECKING:
    from divegov_gui.services.servers import Place, Standing

    MakeWorker = Callable[[Place, str], Worker]


class Opened:
    """A reader and a writer on one place; `turn_to` another leaves theirs to end by themselves."""

    def __init__(self, place: Place, make_worker: MakeWorker) -> None:
        self._make = make_worker
        self._left: list[Worker] = []
        self._turn(place)

    def turn_to(self, place: Place) -> None:
        """Make workers on `place`. Those on the one before stop what they do and close their sessions, unwaited for."""
        self._left = [worker for worker in self._left if not worker.has_ended]
        for worker in (self.reader, self.writer):
            worker.retire()
            self._left.append(worker)
        self._turn(place)

    def ask_standing(self, tell: Callable[[Standing], object]) -> None:
        """Ask the place who one is. Where that fails nothing is told: the page that reads next says why."""
        from divegov_gui.services.servers import standing

        place = self.place
        self.reader.submit(
            lambda session, *_: standing(place, session), kind="opened.standing", on_success=tell
        )

    def shut_down(self) -> None:
        """Stop all workers and join their threads; what the database had confirmed is kept."""
        everyone = (self.reader, self.writer, *self._left)
        for worker in everyone:
            worker.retire()
        for worker in everyone:
            worker.shutdown()

    def _turn(self, place: Place) -> None:
        self.place = place
        self.reader, self.writer = self._make(place, "reader"), self._make(place, "writer")


def info_of(place: Place, known: Standing | None, *, mask: bool = False) -> WorkspaceInfo:
    """What the header says of a place; `mask` hides the server and the login, for pictures that leave the house."""
    if isinstance(place, Workspace):
        role = place.role.replace("_", " ").capitalize()
        return WorkspaceInfo(place.name, str(place.path), role=role)
    server = place.server
    label = f"{server.database} on {masked_text(server.address)}" if mask else server.label
    login = known.login if known is not None and not mask else ""
    return WorkspaceInfo(
        place.name,
        f"{label}, as {login}" if login else label,
        engine="SQL Server",
        role=known.role if known is not None else "Logging in",
        enforced=True,
        target=label,
    )

"""Which database one works in, and opening a session with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.core.paths import default_workspace

if TYPE_CHECKING:
    from divegov_gui.core.progress import CancelToken
    from divegov_gui.database.session import Session


@dataclass(frozen=True)
class Workspace:
    """An embedded workspace: one SQLite file. It has no logins, so `role` is a chosen persona and no right."""

    path: Path
    role: str = "data_steward"

    @property
    def name(self) -> str:
        """What a person calls it: the file's name."""
        return self.path.name

    @property
    def role_label(self) -> str:
        """The role in words, and honestly what it rests on."""
        return f"{self.role.replace('_', ' ').capitalize()} · demonstrated in this local workspace"

    def open_session(self) -> Session:
        """A new session, for the thread that calls. Raises ConnectionFailed."""
        from divegov_gui.database.sqlite import open_workspace  # which a first paint can do without

        return open_workspace(self.path, persona=self.role)


def local_workspace(path: Path | None = None) -> Workspace:
    """The workspace in `path`, or the person's own where none is named. Raises ConnectionFailed for ~nobody."""
    chosen = path if path is not None else default_workspace()
    try:
        return Workspace(chosen.expanduser().absolute())
    except RuntimeError as error:
        raise ConnectionFailed(
            f"The workspace {chosen} cannot be found.",
            "There is no such home folder.",
            "Write the path out, without the ~.",
        ) from error


def sqlite_version() -> str:
    """The version of the SQLite that reads and writes embedded workspaces."""
    from divegov_gui.database.sqlite_file import ENGINE_VERSION

    return ENGINE_VERSION


@contextmanager
def interruptible(session: Session, cancel: CancelToken | None) -> Iterator[None]:
    """While this lasts, a cancellation also stops the statement that the session is running."""
    forget: Callable[[], None] = cancel.on_cancel(session.interrupt) if cancel else lambda: None
    try:
        if cancel:
            cancel.raise_if_cancelled()
        yield
    finally:
        forget()

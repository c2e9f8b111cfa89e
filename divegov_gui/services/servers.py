"""SQL Server as a place to work in, beside the local workspace: the same face, another engine behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from divegov_gui.core.errors import Cancelled
from divegov_gui.core.paths import default_workspace
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.database.odbc_strings import Secret
from divegov_gui.database.session import Session
from divegov_gui.services.connections import Workspace, local_workspace
from divegov_gui.services.passwords import Passwords
from divegov_gui.services.profiles import Kind, Profile

LOCAL_ID = "local"
"""The id of the profile that stands for the workspace which is open, and is in no file."""

AskPassword = Callable[[Profile], str | None]
"""Asks the person for a profile's password; None is that they would rather not."""


@dataclass(frozen=True)
class Standing:
    """Who one is in a place, and who says so: `login` to the server, `role` in words; `enforced` by the database."""

    login: str
    role: str
    enforced: bool


@dataclass(frozen=True)
class ServerPlace:
    """A database on a SQL Server. Holds the password for sessions that are yet to be opened, and shows it nowhere.

    `odbc` stands in for pyodbc in tests.
    """

    profile_name: str
    server: SqlServerProfile
    password: Secret | None = field(default=None, repr=False)
    profile_id: str = ""
    odbc: Any = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """What a person calls it: the profile's name."""
        return self.profile_name

    @property
    def role_label(self) -> str:
        """What the role rests on; which role it is, the server says (SqlServerSession.identity)."""
        return "enforced by SQL Server"

    def open_session(self, cancel: CancelToken | None = None) -> Session:
        """A new session, for the thread that calls. Raises ConnectionFailed, Refused, Cancelled."""
        from divegov_gui.database.sqlserver import open_sqlserver  # brings SQLAlchemy, and then pyodbc

        return open_sqlserver(self.server, self.password, cancel=cancel, odbc=self.odbc)


Place = Workspace | ServerPlace


def place_of(profile: Profile, ask: AskPassword, passwords: Passwords | None = None) -> Place:
    """The place of a profile, its password from the keyring or else asked for. Raises Cancelled, InputRefused."""
    profile.check()
    if profile.server is None:
        return local_workspace(profile.workspace)
    return server_place(profile, password_of(profile, ask, passwords))


def server_place(profile: Profile, password: Secret | None, odbc: Any = None) -> ServerPlace:
    """The place of a server's profile, to be logged in to with `password`."""
    assert profile.server is not None, "a local workspace has no server"
    return ServerPlace(profile.name, profile.server, password, profile.profile_id, odbc)


def standing(place: Place, session: Session) -> Standing:
    """Who one is: on a server as it says itself, in a local workspace by the chosen persona."""
    from divegov_gui.database.sqlserver import SqlServerSession

    if not isinstance(session, SqlServerSession):
        role = place.role if isinstance(place, Workspace) else ""
        return Standing("", _in_words(role), enforced=False)
    identity = session.identity()
    held = ["db_owner"] if identity.is_owner else list(identity.roles)
    return Standing(identity.login, ", ".join(map(_in_words, held)) or "No role yet", enforced=True)


def try_opening(place: Place, cancel: CancelToken) -> Standing:
    """Open a session, ask who one is, and close it. Raises ConnectionFailed, Refused, InputRefused, Cancelled."""
    session = place.open_session(cancel) if isinstance(place, ServerPlace) else place.open_session()
    try:
        cancel.raise_if_cancelled()
        return standing(place, session)
    finally:
        session.close()


def _in_words(role: str) -> str:
    """A role's name as a person reads it."""
    return "Database owner" if role == "db_owner" else role.replace("_", " ").capitalize()


def password_of(profile: Profile, ask: AskPassword, passwords: Passwords | None = None) -> Secret | None:
    """The password of a profile, or None where its way to log in needs none. Raises Cancelled."""
    if profile.server is None or not profile.server.needs_password:
        return None
    kept = (passwords or Passwords()).recall(profile)
    if kept is not None:
        return kept
    asked = ask(profile)
    if asked is None:
        raise Cancelled("Stopped.", f"{profile.name} needs a password.")
    return Secret(asked)


def local_profile(path: Path | None = None) -> Profile:
    """The local workspace as a profile: the first card, there without being kept in the file."""
    return Profile("Local workspace", Kind.LOCAL, workspace=path or default_workspace(), profile_id=LOCAL_ID)

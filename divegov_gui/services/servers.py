"""SQL Server as a place to work in, beside the local workspace: the same face, another engine behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

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
class ServerPlace:
    """A database on a SQL Server. Holds the password for sessions that are yet to be opened, and shows it nowhere."""

    profile_name: str
    server: SqlServerProfile
    password: Secret | None = field(default=None, repr=False)

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

        return open_sqlserver(self.server, self.password, cancel=cancel)


Place = Workspace | ServerPlace


def place_of(profile: Profile, ask: AskPassword, passwords: Passwords | None = None) -> Place:
    """The place of a profile, its password from the keyring or else asked for. Raises Cancelled, InputRefused."""
    profile.check()
    if profile.server is None:
        return local_workspace(profile.workspace)
    return ServerPlace(profile.name, profile.server, password_of(profile, ask, passwords))


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

"""What this page says of a profile and of a step of the test."""

from __future__ import annotations

from pathlib import Path

from divegov_gui.services.connection_test import State, StepResult
from divegov_gui.services.profiles import AUTHENTICATION_CHOICES, ENCRYPTION_CHOICES, Kind, Profile
from divegov_gui.services.servers import LOCAL_ID
from divegov_gui.ui.masking import masked_text
from divegov_gui.ui.times import local_time, utc_time

KINDS = {Kind.SQLSERVER: "SQL Server", Kind.LOCAL: "Local workspace"}
KIND_FACTS = {Kind.SQLSERVER: "SQL Server", Kind.LOCAL: "A file on this computer (SQLite)"}
KIND_MEANINGS = {
    Kind.SQLSERVER: "A database on a server, where the stewards work together.",
    Kind.LOCAL: "One file on this computer. It needs no server and has no logins.",
}
SUBTITLE = "The workspaces and servers that you know by name. The window works in the one that is open."
NO_SECRETS = (
    "Passwords are never in the file of connections: they are in this computer's keyring, or asked for."
)

WAITING, CHECKING = "Waiting", "Checking"
STATES = {
    State.OK: ("Works", "success"),
    State.FAILED: ("Stops here", "danger"),
    State.SKIPPED: ("Skipped", "neutral"),
}
"""The word and the tone of a step's end; the tone brings its sign."""


def facts(profile: Profile, *, mask: bool = False) -> list[tuple[str, str, str]]:
    """What a card tells of a profile: caption, value, and what hovering adds."""
    told = [("Kind", KIND_FACTS[profile.kind], KIND_MEANINGS[profile.kind])]
    server = profile.server
    if server is None:
        file = profile.workspace or Path()
        told.append(("File", file.name if mask else str(file), ""))
    else:
        login = AUTHENTICATION_CHOICES[server.authentication]
        user = masked_text(server.user) if mask else server.user
        encryption = ENCRYPTION_CHOICES[server.encryption]
        trusts = server.trust_certificate
        told += [
            ("Server", masked_text(server.address) if mask else server.address, ""),
            ("Database", server.database, ""),
            ("Log in with", login.label, login.meaning),
            *([("User", user, "")] if user else []),
            (
                "Encryption",
                f"{encryption.label}, certificate not checked" if trusts else encryption.label,
                encryption.meaning,
            ),
        ]
    if profile.profile_id != LOCAL_ID:  # the workspace that is open is used now
        told.append(("Last used", local_time(profile.last_used) or "Not yet", utc_time(profile.last_used)))
    return told


def state_of(result: StepResult) -> tuple[str, str]:
    """The word and the tone of a step's result."""
    if result.state is State.SKIPPED and result.words == "Not tried.":
        return "Not tried", "neutral"
    return STATES[result.state]


def said(error: BaseException) -> str:
    """An error in one paragraph, for a field or a line."""
    parts = (getattr(error, "title", str(error)), getattr(error, "detail", ""), getattr(error, "hint", ""))
    return " ".join(part for part in parts if part)

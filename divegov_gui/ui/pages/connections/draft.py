"""What is typed into the editor: which fields cannot be, and the profile that it makes. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.profiles import (
    Authentication,
    Encryption,
    Kind,
    Profile,
    SqlServerProfile,
    split_address,
)
from divegov_gui.ui.pages.connections.words import said

USER_WANTED = (Authentication.SQL, Authentication.ENTRA_INTERACTIVE, Authentication.ENTRA_DEFAULT)
"""The ways to log in for which a user name says something; only the first must have one."""


@dataclass(frozen=True)
class Draft:
    """The fields as they stand. `keep` is the wish to keep the password, `password_given` that there is one to keep."""

    kind: Kind = Kind.SQLSERVER
    name: str = ""
    workspace: str = ""
    address: str = ""
    database: str = "EnterpriseDiveDB"
    authentication: Authentication = Authentication.WINDOWS
    user: str = ""
    keep: bool = False
    password_given: bool = False
    encryption: Encryption = Encryption.MANDATORY
    trust_certificate: bool = False
    certificate_host: str = ""
    driver: str = ""
    login_timeout: int = 15
    query_timeout: int = 0

    @property
    def needs_password(self) -> bool:
        """Whether there is a password to ask for."""
        return self.kind is Kind.SQLSERVER and self.authentication is Authentication.SQL

    def problems(self, others: Iterable[Profile]) -> dict[str, str]:
        """What is wrong, by field; empty where it can be kept beside `others`."""
        found = {"name": self._wrong_name(others)}
        if self.kind is Kind.LOCAL:
            found["workspace"] = (
                "" if self.workspace.strip() else "Choose a file, or type where a new one goes."
            )
        else:
            found |= self._wrong_server()
        return {name: text for name, text in found.items() if text}

    def profile(self, base: Profile | None) -> Profile:
        """The profile, in the place of `base` where one is edited. Raises InputRefused."""
        made = Profile(
            self.name.strip(),
            self.kind,
            workspace=Path(self.workspace.strip()).expanduser().absolute()
            if self.kind is Kind.LOCAL
            else None,
            server=self._server() if self.kind is Kind.SQLSERVER else None,
        )
        if base is not None:
            made = replace(
                made,
                profile_id=base.profile_id,
                favourite=base.favourite,
                last_used=base.last_used,
                extra=base.extra,
            )
        made.check()
        return made

    # --- inside
    def _wrong_name(self, others: Iterable[Profile]) -> str:
        name = self.name.strip()
        if not name:
            return "Give it a name: it is how you find it again."
        for other in others:
            if other.name.casefold() == name.casefold():
                return f"There is a connection “{other.name}” already. Choose another name."
        return _refusal(lambda: Profile(name, Kind.LOCAL, workspace=Path("x")).check())

    def _wrong_server(self) -> dict[str, str]:
        """Each field tried by itself in a profile that is otherwise right, so that each error finds its field."""
        right = SqlServerProfile("localhost", authentication=Authentication.WINDOWS)
        found = {"address": "Give the server's name or address."}
        if self.address.strip():
            found["address"] = _refusal(self._address_alone)
        fields: dict[str, dict[str, str]] = {
            "database": {"database": self.database.strip()},
            "certificate_host": {"certificate_host": self.certificate_host.strip()},
            "driver": {"driver": self.driver.strip()},
        }
        for name, values in fields.items():
            found[name] = _refusal(replace(right, **values).check)  # type: ignore[arg-type]
        if self.authentication in USER_WANTED:
            user = replace(right, authentication=self.authentication, user=self.user.strip())
            found["user"] = _refusal(user.check)
        if self.needs_password and self.keep and not self.password_given:
            found["password"] = "Type the password to keep, or choose to be asked each time."
        return found

    def _address_alone(self) -> None:
        server, port, instance = split_address(self.address)
        SqlServerProfile(server, port=port, instance=instance).check()

    def _server(self) -> SqlServerProfile:
        server, port, instance = split_address(self.address)
        return SqlServerProfile(
            server=server,
            database=self.database.strip(),
            port=port,
            instance=instance,
            authentication=self.authentication,
            user=self.user.strip() if self.authentication in USER_WANTED else "",
            encryption=self.encryption,
            trust_certificate=self.trust_certificate,
            certificate_host=self.certificate_host.strip(),
            driver=self.driver.strip(),
            login_timeout=self.login_timeout,
            query_timeout=self.query_timeout,
        )


def draft_of(profile: Profile) -> Draft:
    """The fields of a profile that is there already."""
    server = profile.server
    if server is None:
        return Draft(Kind.LOCAL, profile.name, str(profile.workspace))
    return Draft(
        kind=Kind.SQLSERVER,
        name=profile.name,
        address=server.address,
        database=server.database,
        authentication=server.authentication,
        user=server.user,
        encryption=server.encryption,
        trust_certificate=server.trust_certificate,
        certificate_host=server.certificate_host,
        driver=server.driver,
        login_timeout=server.login_timeout,
        query_timeout=server.query_timeout,
    )


def _refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except InputRefused as error:
        return said(error)
    return ""

"""What a person says of a SQL Server: where it is, who logs in, how it is encrypted. Never a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from divegov_gui.core.errors import InputRefused

DEFAULT_PORT = 1433
"""What SQL Server's default instance listens on (learn.microsoft.com, "Configure a server to listen on a specific
TCP port")."""

_LOCALDB = re.compile(r"\(localdb\)\\(?P<instance>.+)", re.IGNORECASE)
_HOST = re.compile(r"[0-9A-Za-z._:-]{1,253}|\(local\)", re.IGNORECASE)
_INSTANCE = re.compile(r"[0-9A-Za-z_#$-]{1,128}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Authentication(Enum):
    """Who says who one is."""

    WINDOWS = "windows"
    SQL = "sql"
    ENTRA_INTERACTIVE = "entra_interactive"
    ENTRA_DEFAULT = "entra_default"


class Encryption(Enum):
    """How much of the connection is encrypted."""

    STRICT = "strict"
    MANDATORY = "mandatory"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Choice:
    """One choice on the form: its name in a few words, and in plain language what it means."""

    label: str
    meaning: str


AUTHENTICATION_CHOICES: dict[Authentication, Choice] = {
    Authentication.WINDOWS: Choice(
        "Windows account",
        "You are who you are logged in as on this computer; no password is asked. On Linux and macOS this needs a "
        "Kerberos ticket (kinit).",
    ),
    Authentication.SQL: Choice(
        "SQL Server login",
        "A user name and a password that this server keeps itself.",
    ),
    Authentication.ENTRA_INTERACTIVE: Choice(
        "Microsoft Entra, in the browser",
        "A window of Microsoft's asks who you are, with a second factor where your organisation wants one.",
    ),
    Authentication.ENTRA_DEFAULT: Choice(
        "Microsoft Entra, as this computer is logged in",
        "Whatever is there already: a managed identity, environment variables, or an earlier az login.",
    ),
}

ENCRYPTION_CHOICES: dict[Encryption, Choice] = {
    Encryption.STRICT: Choice(
        "Strict",
        "Encrypted from the first byte (TDS 8), and the certificate is always checked. SQL Server 2022 or newer, "
        "ODBC Driver 18.",
    ),
    Encryption.MANDATORY: Choice(
        "Mandatory",
        "Everything is encrypted, or there is no connection. The right choice nearly always.",
    ),
    Encryption.OPTIONAL: Choice(
        "Optional",
        "Only the login is encrypted, unless the server asks for more: whoever listens on the network reads the "
        "divers' data. For a server on this very computer.",
    ),
}

TRUST_CHOICE = Choice(
    "Trust the server's certificate",
    "Takes whatever certificate the server shows, its self-made one too. Still encrypted, but nobody checks that it "
    "is your server that answers. For tests; on a network, install a certificate instead.",
)


@dataclass(frozen=True)
class SqlServerProfile:
    """A SQL Server and a database on it. Timeouts are in seconds; a query timeout of 0 waits as long as it takes.

    `server` is a host name or an address, or ``(localdb)\\Name``; `port` counts before `instance`. `driver` is the name
    of an installed ODBC driver or the path of its library; empty: the best that is found. `certificate_host` is the
    name in the server's certificate where it is not the server's own.
    """

    server: str
    database: str = "EnterpriseDiveDB"
    port: int | None = None
    instance: str = ""
    authentication: Authentication = Authentication.WINDOWS
    user: str = ""
    encryption: Encryption = Encryption.MANDATORY
    trust_certificate: bool = False
    certificate_host: str = ""
    driver: str = ""
    login_timeout: int = 15
    query_timeout: int = 0

    @property
    def is_localdb(self) -> bool:
        """Whether this is a LocalDB: a SQL Server on this computer that Windows starts when it is asked for."""
        return _LOCALDB.fullmatch(self.server) is not None

    @property
    def host(self) -> str:
        """The name to resolve: `server`, and for its short forms this computer."""
        return "localhost" if self.server.lower() in (".", "(local)") else self.server

    @property
    def address(self) -> str:
        """The server as SQL Server's people write it: ``host,port``, ``host\\instance`` or ``host``."""
        if self.is_localdb:
            return self.server
        if self.port is not None:
            return f"{self.server},{self.port}"
        return f"{self.server}\\{self.instance}" if self.instance else self.server

    @property
    def label(self) -> str:
        """Database and server, for a sentence."""
        return f"{self.database} on {self.address}"

    @property
    def needs_password(self) -> bool:
        """Whether a password must be given to log in."""
        return self.authentication is Authentication.SQL

    @property
    def is_this_computer(self) -> bool:
        """Whether the server is surely on this computer."""
        return self.is_localdb or self.host.lower() in ("localhost", "127.0.0.1", "::1")

    def check(self) -> None:
        """Raise InputRefused, naming the field, where this cannot be a SQL Server."""
        _check_server(self)
        for name, value in (("user", self.user), ("database", self.database), ("driver", self.driver)):
            _check_text(name, value, 128 if name != "driver" else 4096)
        _check_text("certificate host", self.certificate_host, 253)
        if not self.database.strip():
            raise InputRefused("A database is missing.", hint="The program's own is called EnterpriseDiveDB.")
        if self.needs_password and not self.user:
            raise InputRefused("A SQL Server login needs a user name.")
        if self.login_timeout < 1 or self.query_timeout < 0:
            raise InputRefused("A timeout is wrong.", "A login may take 1 second or more, a query 0 or more.")


def split_address(text: str) -> tuple[str, int | None, str]:
    """``host,port`` or ``host\\instance`` as server, port and instance. Raises InputRefused for a port that is none."""
    text = text.strip().removeprefix("tcp:")
    if _LOCALDB.fullmatch(text):
        return text, None, ""
    rest, comma, port = text.partition(",")
    server, _, instance = rest.partition("\\")
    if comma and not port.strip().isdecimal():
        raise InputRefused(f"“{port.strip()}” is no port.", hint="A port is a number, such as 1433.")
    return server.strip(), int(port) if comma else None, instance.strip()


def _check_server(profile: SqlServerProfile) -> None:
    localdb = _LOCALDB.fullmatch(profile.server)
    if localdb:
        if not _INSTANCE.fullmatch(localdb["instance"]):
            raise InputRefused(
                "The LocalDB's name is not one.", hint="(localdb)\\MSSQLLocalDB is the usual one."
            )
        return
    if not _HOST.fullmatch(profile.server):
        raise InputRefused(
            f"“{_CONTROL.sub('?', profile.server)}” is no server's name.",
            hint="Give a host name or an address. The port and the instance have their own fields.",
        )
    if profile.instance and not _INSTANCE.fullmatch(profile.instance):
        raise InputRefused("The instance's name has a character that none may have.")
    if profile.port is not None and not 1 <= profile.port <= 65535:
        raise InputRefused(
            f"{profile.port} is no port.", hint="Ports go from 1 to 65535; the usual one is 1433."
        )


def _check_text(name: str, value: str, longest: int) -> None:
    if _CONTROL.search(value):
        raise InputRefused(f"The {name} has a control character in it.", hint="Type it again.")
    if len(value) > longest:
        raise InputRefused(f"The {name} is too long.", f"It may have {longest} characters.")

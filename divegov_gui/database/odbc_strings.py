"""Connection strings for ODBC, in which no value can pass for a keyword.

Sources: ODBC Programmer's Reference, "SQLDriverConnect" (values in braces); [MS-ODBCSTR] 2.1 (a closing brace is
doubled inside braces); learn.microsoft.com, "DSN and connection string keywords and attributes"; FreeTDS,
src/odbc/connectparams.c and User Guide ch. 3.
"""

from __future__ import annotations

import platform
import re
import struct
from dataclasses import dataclass, field

from divegov_gui.core.errors import ConnectionFailed, InputRefused
from divegov_gui.database.odbc_drivers import Driver, DriverKind
from divegov_gui.database.odbc_profile import Authentication, Encryption, SqlServerProfile

APPLICATION = "DiveGov Steward"
"""What the server's administrator sees in sys.dm_exec_sessions.program_name."""

SQL_COPT_SS_ACCESS_TOKEN = 1256
"""msodbcsql.h: the connection attribute that carries a Microsoft Entra token."""

_PLAIN = re.compile(r"[0-9A-Za-z_.\\-]+")
_KEYWORD = re.compile(r"[A-Za-z][A-Za-z_ ]*")
_FREETDS_ENCRYPTION = {
    Encryption.STRICT: "strict",
    Encryption.MANDATORY: "require",
    Encryption.OPTIONAL: "request",
}
_MICROSOFT_ENCRYPTION = {Encryption.STRICT: "strict", Encryption.MANDATORY: "yes", Encryption.OPTIONAL: "no"}


@dataclass(frozen=True)
class Secret:
    """A password or a token on its way to the driver: never shown, whoever prints it."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "•••"


def braced(value: str) -> str:
    """`value` as it must stand in a connection string: between braces where it is not plainly harmless."""
    if "\x00" in value:
        raise InputRefused("A value has a NUL character in it.", hint="Type it again.")
    return value if _PLAIN.fullmatch(value) else "{" + value.replace("}", "}}") + "}"


def freetds_value(value: str) -> str:
    """`value` for FreeTDS, which before 1.4 does not know doubled braces: bare wherever it can stand so.

    Raises InputRefused where it can stand neither bare nor between braces: ``};`` would end it, whatever is doubled
    (v1.3.17, src/odbc/connectparams.c; seen on the wire).
    """
    if "\x00" in value:
        raise InputRefused("A value has a NUL character in it.", hint="Type it again.")
    bare = value and ";" not in value and not value.startswith("{") and value == value.strip()
    if not bare and "}" in value:
        raise InputRefused(
            "FreeTDS cannot pass on a user name, a password or a database like this.",
            "It has a closing brace, together with a semicolon, or a blank or an opening brace at its edge.",
            "Use ODBC Driver 18 for SQL Server.",
        )
    return value if bare else "{" + value + "}"


def connection_string(
    profile: SqlServerProfile, driver: Driver, password: Secret | None = None, *, database: str | None = None
) -> str:
    """The string for SQLDriverConnect. It holds the password: log it nowhere, and keep it no longer than the call.

    `database` is another one than the profile's; an empty one leaves it to the login's default. Raises InputRefused
    for a profile that cannot be, ConnectionFailed where the driver cannot do what the profile asks for.
    """
    profile.check()
    _refuse_impossible(profile, driver)
    named = profile.database if database is None else database
    pairs = _freetds(profile) if driver.kind is DriverKind.FREETDS else _microsoft(profile)
    pairs = {"DRIVER": driver.name, **pairs}
    if named:
        pairs["DATABASE"] = named
    if profile.authentication is Authentication.SQL:
        pairs |= {"UID": profile.user, "PWD": password.value if password else ""}
    pairs["APP"] = APPLICATION
    quote = freetds_value if driver.kind is DriverKind.FREETDS else braced
    return ";".join(f"{key}={_value(key, value, quote)}" for key, value in pairs.items()) + ";"


def wants_token(profile: SqlServerProfile, system: str | None = None) -> bool:
    """Whether the login takes a Microsoft Entra token that the program must fetch.

    Microsoft's driver has no ActiveDirectoryDefault, and asks interactively on Windows only (learn.microsoft.com,
    "Using Microsoft Entra ID with the ODBC Driver"): there it is left to the driver.
    """
    if profile.authentication is Authentication.ENTRA_INTERACTIVE:
        return (system or platform.system()) != "Windows"
    return profile.authentication is Authentication.ENTRA_DEFAULT


def token_attribute(token: Secret) -> dict[int, bytes]:
    """`attrs_before` for pyodbc.connect: an ACCESSTOKEN is its length in bytes, then the token in UTF-16LE."""
    data = token.value.encode("utf-16-le")
    return {SQL_COPT_SS_ACCESS_TOKEN: struct.pack(f"<I{len(data)}s", len(data), data)}


def _value(key: str, value: str, quote: object) -> str:
    assert _KEYWORD.fullmatch(key), key
    assert callable(quote)
    if key == "DRIVER":
        return "{" + value.replace("}", "}}") + "}"  # what the ODBC manager itself looks for
    if key == "SERVER":
        return value  # checked by the profile: no character in it has a meaning here
    return str(quote(value))


def _microsoft(profile: SqlServerProfile) -> dict[str, str]:
    pairs = {"SERVER": profile.address, "ENCRYPT": _MICROSOFT_ENCRYPTION[profile.encryption]}
    if profile.encryption is not Encryption.STRICT:  # which checks the certificate, whatever is said here
        pairs["TrustServerCertificate"] = "yes" if profile.trust_certificate else "no"
    if profile.certificate_host:
        pairs["HostNameInCertificate"] = profile.certificate_host
    if profile.authentication is Authentication.WINDOWS:
        pairs["Trusted_Connection"] = "yes"
    elif profile.authentication is Authentication.ENTRA_INTERACTIVE and not wants_token(profile):
        pairs["Authentication"] = "ActiveDirectoryInteractive"
        if profile.user:
            pairs["UID"] = profile.user
    return pairs


def _freetds(profile: SqlServerProfile) -> dict[str, str]:
    """FreeTDS takes the port apart from the server, its own words for encryption, and the protocol's version."""
    pairs = {"SERVER": profile.host, "TDS_Version": "7.4"}
    if profile.port is not None or not profile.instance:
        pairs["PORT"] = str(profile.port or 1433)
    else:
        pairs["SERVER"] = f"{profile.host}\\{profile.instance}"
    pairs["Encryption"] = _FREETDS_ENCRYPTION[profile.encryption]
    pairs["ClientCharset"] = "UTF-8"
    if profile.authentication is Authentication.WINDOWS:
        pairs["Trusted_Connection"] = "yes"
    return pairs


def _refuse_impossible(profile: SqlServerProfile, driver: Driver) -> None:
    if profile.encryption is Encryption.STRICT and not driver.knows_strict:
        raise ConnectionFailed(
            f"{driver.name} cannot encrypt strictly.",
            "Strict encryption came with ODBC Driver 18.",
            "Install ODBC Driver 18 for SQL Server, or choose mandatory encryption.",
        )
    if driver.kind is DriverKind.FREETDS:
        if profile.is_localdb:
            raise ConnectionFailed(
                "FreeTDS cannot open a LocalDB.", hint="Use Microsoft's driver, on Windows."
            )
        if profile.authentication in (Authentication.ENTRA_DEFAULT, Authentication.ENTRA_INTERACTIVE):
            raise ConnectionFailed(
                "FreeTDS knows no Microsoft Entra logins.", hint="Install ODBC Driver 18 for SQL Server."
            )

"""The ODBC manager and the drivers for SQL Server on this computer: found, ranked, or what to install."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from divegov_gui.core.errors import ConnectionFailed

NEWEST = 18
"""The newest Microsoft driver known here; 17 is accepted too."""

_MICROSOFT = re.compile(r"ODBC Driver (\d+) for SQL Server", re.IGNORECASE)
_LIBRARY = re.compile(r"msodbcsql-?(\d+)", re.IGNORECASE)
_FREETDS = re.compile(r"freetds|tdsodbc", re.IGNORECASE)


class DriverKind(Enum):
    """Whose driver it is; they differ in a few keywords."""

    MICROSOFT = "microsoft"
    FREETDS = "freetds"


@dataclass(frozen=True)
class Driver:
    """One driver. `name` is what the ODBC manager knows it by, or the path of its library; `version` 0 is unknown."""

    name: str
    kind: DriverKind
    version: int = 0

    @property
    def knows_strict(self) -> bool:
        """Whether it can encrypt from the first byte: Microsoft's from 18 on; FreeTDS from 1.5, which we cannot see."""
        return self.kind is DriverKind.MICROSOFT and (self.version >= NEWEST or self.version == 0)

    @property
    def checks_certificates(self) -> bool:
        """FreeTDS takes any certificate unless its own freetds.conf names a `ca file` (FreeTDS User Guide, ch. 3)."""
        return self.kind is DriverKind.MICROSOFT


def load_pyodbc() -> Any:
    """The pyodbc module. Raises ConnectionFailed where it, or the ODBC manager that it needs, is not there.

    Only here is it imported: on a machine without libodbc the import fails, and the embedded workspace must work.
    """
    try:
        import pyodbc
    except ImportError as error:
        missing_manager = "odbc" in str(error).replace("pyodbc", "").lower()
        raise ConnectionFailed(
            "SQL Server cannot be reached from this computer yet.",
            "The ODBC manager (unixODBC, libodbc) is not installed."
            if missing_manager
            else "The Python package pyodbc is not installed, or does not fit this Python.",
            install_hint() if missing_manager else "Run: pip install pyodbc. " + install_hint(),
        ) from error
    return pyodbc


def find_drivers(names: Iterable[str]) -> list[Driver]:
    """The drivers for SQL Server among `names` (pyodbc.drivers()), the best first: 18, 17, older, FreeTDS."""
    found = [driver for name in names if (driver := _recognised(name)) is not None]
    return sorted(found, key=lambda d: (d.kind is DriverKind.MICROSOFT, d.version), reverse=True)


def choose_driver(odbc: Any, wanted: str = "") -> Driver:
    """The driver called `wanted` (a name or a library's path), or the best. Raises ConnectionFailed with what to do."""
    if looks_like_path(wanted):
        return _library(wanted)
    installed = find_drivers(odbc.drivers())
    if wanted:
        for driver in installed:
            if driver.name.lower() == wanted.lower():
                return driver
        known = ", ".join(d.name for d in installed) or "none for SQL Server"
        raise ConnectionFailed(
            f"There is no ODBC driver “{wanted}” here.",
            f"Installed: {known}.",
            "Choose another in the profile.",
        )
    if not installed:
        raise ConnectionFailed(
            "No ODBC driver for SQL Server is installed.",
            "The ODBC manager is there, but knows none of Microsoft's drivers and no FreeTDS.",
            install_hint(),
        )
    return installed[0]


def looks_like_path(wanted: str) -> bool:
    """Whether a driver is named by the path of its library."""
    return "/" in wanted or "\\" in wanted or wanted.lower().endswith((".so", ".dll", ".dylib"))


def install_hint(system: str | None = None, family: str | None = None) -> str:
    """What to install on this computer. `system` is as platform.system() says it, `family` debian or rhel.

    Source: learn.microsoft.com, "Install the Microsoft ODBC driver for SQL Server" (Windows, macOS, Linux).
    """
    system = system or platform.system()
    if system == "Windows":
        return (
            "Install “ODBC Driver 18 for SQL Server” from aka.ms/msodbcsql18, or run: "
            "winget install Microsoft.msodbcsql.18"
        )
    if system == "Darwin":
        return (
            "Run: brew tap microsoft/mssql-release https://github.com/Microsoft/homebrew-mssql-release && "
            "HOMEBREW_ACCEPT_EULA=Y brew install unixodbc msodbcsql18"
        )
    debian = (
        "Debian, Ubuntu: add Microsoft's packages (aka.ms/msodbcsql18-linux), then sudo ACCEPT_EULA=Y apt-get install "
        "msodbcsql18 unixodbc; without them: sudo apt-get install unixodbc tdsodbc (FreeTDS)."
    )
    rhel = (
        "RHEL, Fedora: add Microsoft's packages (aka.ms/msodbcsql18-linux), then sudo ACCEPT_EULA=Y dnf install "
        "msodbcsql18 unixODBC; without them: sudo dnf install unixODBC freetds."
    )
    return {"debian": debian, "rhel": rhel}.get(family or _linux_family(), f"{debian} {rhel}")


def _linux_family(release: Path = Path("/etc/os-release")) -> str:
    """``debian``, ``rhel`` or nothing, by the ID and ID_LIKE of os-release(5)."""
    try:
        lines = release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    words = {
        w
        for line in lines
        if line.startswith(("ID=", "ID_LIKE="))
        for w in line.partition("=")[2].strip("\"'").split()
    }
    if words & {"debian", "ubuntu"}:
        return "debian"
    return "rhel" if words & {"rhel", "fedora", "centos"} else ""


def _recognised(name: str) -> Driver | None:
    match = _MICROSOFT.fullmatch(name.strip())
    if match:
        return Driver(name, DriverKind.MICROSOFT, int(match[1]))
    return Driver(name, DriverKind.FREETDS) if _FREETDS.search(name) else None


def _library(path: str) -> Driver:
    file = Path(path).expanduser()
    if not file.is_file():
        raise ConnectionFailed(
            f"There is no driver library {path}.",
            hint="Give the full path of its file, or leave the driver empty.",
        )
    if _FREETDS.search(file.name):
        return Driver(str(file), DriverKind.FREETDS)
    version = _LIBRARY.search(file.name)
    return Driver(str(file), DriverKind.MICROSOFT, int(version[1]) if version else 0)

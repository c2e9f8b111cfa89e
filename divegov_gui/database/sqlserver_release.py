"""Which servers and databases the scripts run on, and what to do about one that they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from divegov_gui.database.session import Obstacle

if TYPE_CHECKING:
    from divegov_gui.database.odbc_link import Link

OLDEST = 16
"""SQL Server 2022 is 16: column-level UNMASK and ledger tables came with it."""

LEVEL = 160
"""What SQL Server 2022 gives a new database. One that was brought from an older server keeps that one's level, and
Azure SQL Managed Instance may give 150 (learn.microsoft.com, "ALTER DATABASE compatibility level")."""

_AZURE = {5: "Azure SQL Database", 8: "Azure SQL Managed Instance"}
"""By EngineEdition. Both call themselves version 12 and are as new as the newest."""

_YEARS = {13: "2016", 14: "2017", 15: "2019", 16: "2022", 17: "2025"}

_RELEASE = """
SELECT CONVERT(NVARCHAR(128), SERVERPROPERTY(N'ProductVersion')) AS Product_Version,
       CONVERT(NVARCHAR(128), SERVERPROPERTY(N'Edition')) AS Edition,
       CONVERT(INT, SERVERPROPERTY(N'EngineEdition')) AS Engine_Edition,
       d.compatibility_level AS Compatibility_Level,
       d.name AS Database_Name,
       QUOTENAME(d.name) AS Quoted_Name
FROM (VALUES (1)) AS o (One)
LEFT JOIN sys.databases AS d ON d.name = DB_NAME()
"""
"""By name: on Azure SQL Database the two numbers of a database may differ (learn.microsoft.com, "DB_ID")."""


@dataclass(frozen=True)
class Release:
    """A server in a few words, and why the scripts do not run on it, where they do not."""

    words: str
    obstacle: Obstacle | None


def product(major: int) -> str:
    """A version as people call it: 16 is SQL Server 2022."""
    return f"SQL Server {_YEARS[major]}" if major in _YEARS else "SQL Server"


def read_release(link: Link) -> Release:
    """What the server and its database are. Everybody may see that of the database that they are in."""
    with link.operation() as operation:
        return _release_of(link.read(operation, _RELEASE)[1][0])


def _release_of(row: Sequence[Any]) -> Release:
    version, edition, engine, level, database, in_brackets = row
    major, azure = int(str(version).split(".")[0]), _AZURE.get(engine)
    words = f"{azure or product(major)}, {edition} ({version})"
    if azure is None and major < OLDEST:
        return Release(words, _too_old(words))
    return Release(words, _of_older_level(database, in_brackets, level) if level and level < LEVEL else None)


def _too_old(words: str) -> Obstacle:
    return Obstacle(
        f"{words} is too old.",
        f"The program needs {product(OLDEST)} (version {OLDEST}) or newer, or Azure SQL. Have this server upgraded, or "
        "choose another.",
    )


def _of_older_level(database: str, in_brackets: str, level: int) -> Obstacle:
    return Obstacle(
        f"{database} keeps to compatibility level {level}, and the program needs {LEVEL}.",
        f"A database owner changes that with: ALTER DATABASE {in_brackets} SET COMPATIBILITY_LEVEL = {LEVEL};",
    )

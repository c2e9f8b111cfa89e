"""The deployment journal of a workspace, and what of its catalogue is not as it was deployed (by the views of 03)."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from divegov_gui.database.session import Drifted, JournalEntry

_NEWEST = """
SELECT Script_Name, Checksum, Applied_At, Applied_By, Duration_Ms, Program_Version
FROM Schema_Script AS s
WHERE Journal_ID = (SELECT max(Journal_ID) FROM Schema_Script WHERE Script_Name = s.Script_Name)
ORDER BY Script_Name
"""
_DRIFT = "SELECT Object_Kind, Object_Name, Base_Name, Drift, Found_As FROM Schema_Drift ORDER BY 1, 2"


def has(connection: sqlite3.Connection, name: str) -> bool:
    """Whether the workspace has a table or a view of that name."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')", (name,)
    )
    return found.fetchone() is not None


def has_procedure(connection: sqlite3.Connection, name: str) -> bool:
    """Whether the workspace has a procedure of that name."""
    if not has(connection, "Stored_Procedure"):
        return False
    found = connection.execute("SELECT 1 FROM Stored_Procedure WHERE Procedure_Name = ?", (name,))
    return found.fetchone() is not None


def read_journal(connection: sqlite3.Connection) -> list[JournalEntry]:
    """The newest application of each script; empty in a file that nothing was deployed to."""
    return (
        [JournalEntry(*row) for row in connection.execute(_NEWEST)]
        if has(connection, "Schema_Script")
        else []
    )


def write_journal(connection: sqlite3.Connection, entry: JournalEntry) -> None:
    """One more row of the journal."""
    connection.execute(
        "INSERT INTO Schema_Script "
        "(Script_Name, Checksum, Applied_At, Applied_By, Duration_Ms, Program_Version) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        astuple(entry),
    )


def read_drift(connection: sqlite3.Connection) -> list[Drifted]:
    """What is not as it was deployed; nothing where no deployment recorded it.

    Where the view that tells so is itself gone or broken, that is the one thing to be told.
    """
    if not has(connection, "Schema_Object"):
        return []
    try:
        rows = connection.execute(_DRIFT).fetchall()
        return [Drifted(kind, name, base, drift, found or "") for kind, name, base, drift, found in rows]
    except sqlite3.OperationalError as error:
        if "no such" not in str(error):
            raise
        drift = "Altered" if has(connection, "Schema_Drift") else "Missing"
        return [Drifted("view", "Schema_Drift", "Schema_Drift", drift)]

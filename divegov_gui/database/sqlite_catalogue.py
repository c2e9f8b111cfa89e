"""What of a workspace's catalogue is not as it was deployed, and recording it: by the views and the procedure of 03."""

from __future__ import annotations

import sqlite3

from divegov_gui.database.session import Drifted

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

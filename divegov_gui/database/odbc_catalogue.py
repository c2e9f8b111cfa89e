"""A SQL Server database's catalogue: what is not as it was deployed, recording it, and the rights for deploying."""

from __future__ import annotations

import json
from typing import Any

from divegov_gui.database.odbc_link import Link, Operation, execute
from divegov_gui.database.session import Drifted, Recording
from divegov_gui.database.sqlserver_errors import read_error

NEEDED = {
    "CREATE SCHEMA": "to make the schemas Staging and Governance",
    "CREATE TABLE": "to make the tables",
    "ENABLE LEDGER": "to make the log of actions, an append-only ledger table",
    "CREATE VIEW": "to make the views",
    "CREATE PROCEDURE": "to make the procedures",
    "CREATE ROLE": "to make the roles",
    "ALTER ANY MASK": "to mask personal columns",
    "CONTROL": "to grant the roles their rights, and for procedures that run as the database's owner",
}
"""What the scripts need in the database (learn.microsoft.com, "Permissions (Database Engine)"); CONTROL implies all."""

_STATE = """
SELECT OBJECT_ID(N'Governance.Schema_Object', N'U') AS Records,
       OBJECT_ID(N'Governance.Schema_Drift', N'V') AS Drift_View,
       HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'VIEW DEFINITION') AS Sees_Definitions,
       HAS_PERMS_BY_NAME(N'Governance.Schema_Drift', N'OBJECT', N'SELECT') AS May_Read
"""
_DRIFT = """
SELECT d.Object_Kind, d.Object_Name, d.Base_Name, d.Drift, d.Found_As
FROM Governance.Schema_Drift AS d
ORDER BY d.Object_Kind, d.Object_Name
"""
_HELD = "SELECT p.permission_name FROM sys.fn_my_permissions(NULL, N'DATABASE') AS p"
_HAS_RECORDER = "SELECT OBJECT_ID(N'Governance.Record_Schema', N'P')"
_RECORD = "EXECUTE Governance.Record_Schema @Names = ?, @Keep = ?;"

_BROKEN = frozenset({207, 208, 4413, 4502})
"""No such column or object, a view that does not bind: the view itself is what has drifted."""


def read_drift(link: Link) -> list[Drifted]:
    """What is not as it was deployed; nothing where no deployment recorded it, or one may not see definitions."""
    with link.operation() as operation:
        records, view, sees, may_read = link.read(operation, _STATE)[1][0]
        if records is None or sees != 1:
            return []
        if view is None:
            return [_view_itself("Missing")]
        if may_read != 1:
            return []
        try:
            rows = link.read(operation, _DRIFT)[1]
        except link.odbc.Error as error:
            if read_error(error).native not in _BROKEN:
                raise
            return [_view_itself("Altered")]
    return [Drifted(kind, name, base, drift, found or "") for kind, name, base, drift, found in rows]


def missing_rights(link: Link) -> dict[str, str]:
    """The rights that a deployment needs and one does not have, each with what it is for."""
    with link.operation() as operation:
        held = {row[0] for row in link.read(operation, _HELD)[1]}
    return {} if "CONTROL" in held else {right: why for right, why in NEEDED.items() if right not in held}


def record(operation: Operation, connection: Any, recording: Recording | None) -> None:
    """Record what the scripts made, in the transaction that runs, where the database has the procedure for it."""
    if recording is None:
        return
    with operation.cursor(connection) as cursor:
        execute(cursor, _HAS_RECORDER)
        if cursor.fetchall()[0][0] is None:
            return
    with operation.cursor(connection) as cursor:
        execute(cursor, _RECORD, (json.dumps(recording.names), json.dumps(recording.keep)))
        while cursor.nextset():
            operation.raise_if_stopped()


def _view_itself(drift: str) -> Drifted:
    return Drifted("view", "Governance.Schema_Drift", "Governance.Schema_Drift", drift)

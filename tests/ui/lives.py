"""Divers with a past, written behind the program's back: Ada has five versions, Bruno was deleted, Mina has many."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

ADA, BRUNO, MINA = 9001, 9002, 9003
_COLUMNS = (
    "Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, Source_Reference, "
    "Modified_By, Change_Reason, Valid_From"
)
_ADA = (
    ("2021-03-02 09:00:00.000000", "maria", "Moved, told us by phone", "Phone = '+34600111222'"),
    (
        "2022-07-16 12:03:07.123456",
        "steward.b",
        "Marriage certificate seen",
        "Last_Name = 'Okonkwo', Email = 'a.okonkwo@example.net'",
    ),
    ("2022-07-16 12:03:07.123457", "steward.b", "Typing error", "Email = 'ada.okonkwo@example.net'"),
    ("2024-11-02 08:00:00.000000", "maria", "Card 4711 seen", "Certification_Level_ID = 4"),
)


def give_past(workspace: Path) -> Path:
    """Put both divers into a deployed workspace; returns it."""
    connection = sqlite3.connect(workspace)
    try:
        _at(
            connection,
            "2019-05-04 10:00:00.000000",
            f"INSERT INTO Diver ({_COLUMNS}) VALUES ({ADA}, 'Ada', 'Obi', 'ada.obi@example.net', '+4917012345', "
            "'1984-02-11', 2, 'CRM-4711', 'root', 'Promoted from batch 1', '2019-05-04 10:00:00.000000')",
        )
        for instant, who, why, what in _ADA:
            _at(
                connection,
                instant,
                f"UPDATE Diver SET {what}, Modified_By = '{who}', Change_Reason = '{why}' WHERE Diver_ID = {ADA}",
            )
        _at(
            connection,
            "2020-01-01 10:00:00.000000",
            f"INSERT INTO Diver ({_COLUMNS}) VALUES ({BRUNO}, 'Bruno', 'Falk', 'bruno.falk@example.net', NULL, "
            "'1990-02-11', 2, 'CRM-4712', 'root', 'Promoted from batch 1', '2020-01-01 10:00:00.000000')",
        )
        _at(
            connection,
            "2023-01-01 10:00:00.000000",
            "UPDATE Diver SET Phone = '+3312345678', Modified_By = 'maria', Change_Reason = 'Given at the desk' "
            f"WHERE Diver_ID = {BRUNO}",
        )
        _at(connection, "2025-01-01 10:00:00.000000", f"DELETE FROM Diver WHERE Diver_ID = {BRUNO}")
    finally:
        connection.close()
    return workspace


def give_long_past(workspace: Path, versions: int) -> Path:
    """Put Mina into a deployed workspace, who changed every hour."""
    begin = datetime(2024, 1, 1)
    with closing(sqlite3.connect(workspace)) as connection:
        for number in range(versions):
            instant = f"{begin + timedelta(hours=number):%Y-%m-%d %H:%M:%S}.000000"
            new = f"({MINA}, 'Mina', 'Many', 'mina@example.net', NULL, '1984-02-11', 2, 'CRM-8', 'root', 'Promoted', "
            changed = f"Phone = '555000{number:04d}', Modified_By = 'maria', Change_Reason = 'Moved {number}'"
            _at(
                connection,
                instant,
                f"UPDATE Diver SET {changed} WHERE Diver_ID = {MINA}"
                if number
                else f"INSERT INTO Diver ({_COLUMNS}) VALUES {new}'{instant}')",
            )
    return workspace


def change(workspace: Path, what: str, diver_id: int = ADA) -> None:
    """What somebody else does meanwhile."""
    connection = sqlite3.connect(workspace)
    try:
        connection.execute(f"UPDATE Diver SET {what} WHERE Diver_ID = {diver_id}")
        connection.commit()
    finally:
        connection.close()


def _at(connection: sqlite3.Connection, instant: str, statement: str) -> None:
    connection.execute("UPDATE Transaction_Context SET Instant = ?", (instant,))
    connection.execute(statement)
    connection.execute("UPDATE Transaction_Context SET Instant = NULL")
    connection.commit()

"""What versioning costs an update: the same statement on the same divers, versioned and in a table without triggers.

The bare table has the definition of `Diver` and lies in a file of its own with the same pages and caches. Both are
warm; rounds alternate which comes first; the figure is the median of the rounds, in processor time. One by one is each
update a transaction of its own, as the shell and the program make it; many in one transaction cost more for
versioning, since SQLite then keeps for each statement what it would need to take that one back.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from divegov_gui.database.sqlite_file import connect, disconnect

ROUNDS = 7
COUNT = 4_000
DATABASES = {"Diver": "main", "Bare": "bare"}


def ratios(path: Path, folder: Path) -> dict[str, tuple[float, float]]:
    """Of each way to update: microseconds versioned and bare. In `path`, some divers get another phone."""
    connection = connect(path, 60)
    try:
        _add_bare(connection, folder / "bare.db")
        last = connection.execute("SELECT max(Diver_ID) FROM Diver").fetchone()[0]
        found = {"many in one transaction": _measured(connection, last, together=True)}
        found["one by one"] = _measured(connection, last, together=False)
        connection.execute("UPDATE Transaction_Context SET Instant = NULL, Actor = NULL")
    finally:
        disconnect(connection, path)
    return found


def _add_bare(connection: sqlite3.Connection, path: Path) -> None:
    pages = connection.execute("PRAGMA page_size").fetchone()[0]
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"PRAGMA page_size = {pages}")
        made.execute("PRAGMA journal_mode = WAL")
    connection.execute("ATTACH ? AS bare", (str(path),))
    for setting in ("cache_size = -65536", "cache_spill = -131072", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA bare.{setting}")
    connection.execute("PRAGMA foreign_keys = OFF")
    definition = connection.execute("SELECT sql FROM main.sqlite_master WHERE name = 'Diver'").fetchone()[0]
    connection.execute(definition.replace("TABLE Diver", "TABLE bare.Bare", 1))
    columns = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(Diver)"))
    connection.execute(f"INSERT INTO bare.Bare ({columns}) SELECT {columns} FROM Diver")
    connection.execute("PRAGMA foreign_keys = ON")


def _measured(connection: sqlite3.Connection, last: int, *, together: bool) -> tuple[float, float]:
    chance, spent = random.Random(1), {"Diver": list[float](), "Bare": list[float]()}
    for number in range(ROUNDS):
        divers = chance.sample(range(1, last + 1), min(COUNT, last))
        connection.execute(
            "UPDATE Transaction_Context SET Instant = ?, Actor = 'bench'",
            (f"20{27 + together}-06-{number + 1:02d} 00:00:00.000000",),
        )
        for table in spent:
            for diver in divers:
                connection.execute(f"SELECT * FROM {table} WHERE Diver_ID = ?", (diver,)).fetchone()
        for table in sorted(spent, reverse=bool(number % 2)):
            spent[table].append(_update(connection, table, divers, number, together))
    return statistics.median(spent["Diver"]), statistics.median(spent["Bare"])


def _update(
    connection: sqlite3.Connection, table: str, divers: Sequence[int], number: int, together: bool
) -> float:
    """Microseconds of processor time an update, until it is in the database's file."""
    text = f"UPDATE {table} SET Phone = ?, Change_Reason = 'bench' WHERE Diver_ID = ?"
    began = time.process_time()
    if together:
        connection.execute("BEGIN IMMEDIATE")
    for place, diver in enumerate(divers):
        connection.execute(text, (f"+1{together:d}5{number}{place:07d}", diver))
    if together:
        connection.execute("COMMIT")
    connection.execute(f"PRAGMA {DATABASES[table]}.wal_checkpoint(TRUNCATE)").fetchone()
    return (time.process_time() - began) / len(divers) * 1e6

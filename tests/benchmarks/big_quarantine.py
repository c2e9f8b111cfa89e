"""Build a workspace with as many open quarantine records as wanted, by plain SQL, in seconds a hundred thousand.

    python -m tests.benchmarks.big_quarantine FILE [RECORDS]

A small dirty data set goes through the real gate; what it parked is then multiplied in the tables, with
addresses and batches of their own and every other with an unusable phone, so that a record has two violations. For
measuring and for looking at the grid; nothing governed these batches.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest

PER_BATCH = 50_000


def build(path: Path, records: int) -> int:
    """A workspace `path` with `records` open records; returns how many violations they have."""
    with closing(open_workspace(path)) as session:
        deploy(session)
        ingest(
            session, GeneratedSource(GenerationRequest(rows=20_000, seed=11, dirty=0.3, reference_year=2026))
        )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(
            "PRAGMA journal_mode = OFF"
        )  # nothing to go back to: a second copy of it all for nothing
        connection.execute("BEGIN IMMEDIATE")
        indexes = _without_indexes(connection)
        _multiply(connection, records)
        for made in indexes:
            connection.execute(made)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        return int(connection.execute("SELECT count(*) FROM Quarantine_Violation").fetchone()[0])


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of what is multiplied; returns how they are made again. In order, each is made by one sort
    instead of ten million searches."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
        "('Data_Quarantine', 'Raw_Record', 'Record_Outcome', 'Quarantine_Violation')"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [made for _, made in found]


def _multiply(connection: sqlite3.Connection, records: int) -> None:
    """Copies of the records that are parked: numbered on, a batch for each fifty thousand, a payload of their own."""
    there, last_raw = connection.execute(
        "SELECT (SELECT count(*) FROM Data_Quarantine), (SELECT max(Raw_ID) FROM Raw_Record)"
    ).fetchone()
    names = {"there": there, "records": records, "raw": last_raw, "batch": PER_BATCH}
    for statement in _STATEMENTS:
        connection.execute(statement, {k: v for k, v in names.items() if f":{k}" in statement})


_COLUMNS = ", ".join(COLUMNS)
_STATEMENTS = (
    # The records to copy, numbered from 0; and the copies, numbered on from them.
    """CREATE TEMP TABLE Parked AS
       SELECT row_number() OVER (ORDER BY Quarantine_ID) - 1 AS Place, Quarantine_ID
       FROM Data_Quarantine WHERE Status = 'Open' AND Failed_Checks & 6291456 = 0""",
    "CREATE UNIQUE INDEX temp.IX_Parked ON Parked (Place)",
    """CREATE TEMP TABLE Copied (Number INTEGER PRIMARY KEY, Source_ID INTEGER, Quarantine_ID INTEGER, Raw_ID INTEGER,
                                  Batch_ID INTEGER)""",
    """INSERT INTO temp.Copied
       WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :records - :there),
            parked (c) AS (SELECT count(*) FROM temp.Parked)
       SELECT n, (SELECT p.Quarantine_ID FROM temp.Parked AS p WHERE p.Place = n % c),
              n + :there + 1, n + :raw + 1, 2 + n / :batch
       FROM numbers CROSS JOIN parked""",
    """INSERT INTO Ingestion_Batch (Batch_ID, Source_Name, Source_Kind, Content_Hash, Received_At, Received_By,
                                    Declared_Count, Loaded_Count, Status, Governed_At, Quarantined_Count)
       SELECT c.Batch_ID, 'copies-' || c.Batch_ID || '.csv', 'file', 'copies ' || c.Batch_ID, b.Received_At,
              b.Received_By, count(*), count(*), 'Governed', b.Governed_At, count(*)
       FROM temp.Copied AS c CROSS JOIN Ingestion_Batch AS b
       WHERE b.Batch_ID = 1 GROUP BY c.Batch_ID""",
    f"""INSERT INTO Raw_Record (Raw_ID, Batch_ID, Source_Row, {_COLUMNS}, Payload)
        SELECT c.Raw_ID, c.Batch_ID, c.Number + 1, q.First_Name, q.Last_Name,
               CASE WHEN q.Email LIKE '_%@_%' THEN c.Number || q.Email ELSE q.Email END,
               CASE WHEN c.Number % 2 THEN '12' ELSE q.Phone END, q.Date_Of_Birth, q.Certification,
               coalesce(q.Source_Reference, '') || '-' || c.Number,
               replace(r.Payload, '}}', ', "copy": ' || c.Number || '}}')
        FROM temp.Copied AS c
        JOIN Data_Quarantine AS q ON q.Quarantine_ID = c.Source_ID
        JOIN Raw_Record AS r ON r.Raw_ID = q.Raw_ID ORDER BY c.Number""",
    """INSERT INTO Record_Outcome (Raw_ID, Outcome, Quarantine_ID)
       SELECT Raw_ID, 'Quarantined', Quarantine_ID FROM temp.Copied ORDER BY Raw_ID""",
    f"""INSERT INTO Data_Quarantine (Quarantine_ID, Batch_ID, Raw_ID, {_COLUMNS}, Quarantined_At, Failed_Checks)
        SELECT c.Quarantine_ID, c.Batch_ID, c.Raw_ID, r.First_Name, r.Last_Name, r.Email, r.Phone, r.Date_Of_Birth,
               r.Certification, r.Source_Reference,
               strftime('%Y-%m-%d %H:%M:%f', q.Quarantined_At, '-' || (c.Batch_ID * 3) || ' days') || '000',
               q.Failed_Checks | (c.Number % 2) * 512
        FROM temp.Copied AS c
        JOIN Data_Quarantine AS q ON q.Quarantine_ID = c.Source_ID
        JOIN Raw_Record AS r ON r.Raw_ID = c.Raw_ID ORDER BY c.Number""",
    """INSERT INTO Quarantine_Payload (Payload_Hash, Quarantine_ID)
       SELECT lower(hex(randomblob(32))), Quarantine_ID FROM temp.Copied""",
    """INSERT INTO Quarantine_Violation (Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value,
                                         Recorded_At)
       SELECT c.Quarantine_ID, 1, k.Rule_Code, k.Column_Name, c.Raw_ID, NULL, q.Quarantined_At
       FROM temp.Copied AS c
       JOIN Data_Quarantine AS q ON q.Quarantine_ID = c.Quarantine_ID
       JOIN Rule_Check AS k ON q.Failed_Checks & k.Check_Bit ORDER BY c.Quarantine_ID, k.Rule_Code, k.Column_Name""",
    """INSERT INTO Batch_Rule_Count (Batch_ID, Rule_Code, Record_Count)
       SELECT q.Batch_ID, v.Rule_Code, count(DISTINCT v.Quarantine_ID)
       FROM Quarantine_Violation AS v JOIN Data_Quarantine AS q ON q.Quarantine_ID = v.Quarantine_ID
       WHERE q.Batch_ID > 1 GROUP BY q.Batch_ID, v.Rule_Code""",
)

if __name__ == "__main__":
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    began = time.perf_counter()
    found = build(Path(sys.argv[1]), wanted)
    print(f"{wanted:,} open records, {found:,} violations in {time.perf_counter() - began:.1f} s")

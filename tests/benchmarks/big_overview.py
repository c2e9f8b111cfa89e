"""Build a workspace of 1,000 governed batches and as many raw records as wanted, by plain SQL.

    python -m tests.benchmarks.big_overview FILE [ROWS]

Of each batch 10 % are promoted, 85 % unchanged and 5 % quarantined, one batch a day. The rows are narrow: what the
overview reads does not depend on their width. For measuring; nothing governed these batches.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy

BATCHES = 1000
SOURCES = 12


def build(path: Path, rows: int) -> None:
    """A workspace `path` with `rows` raw records in BATCHES batches."""
    with closing(open_workspace(path)) as session:
        deploy(session)
    names = {"batches": BATCHES, "each": rows // BATCHES, "sources": SOURCES}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")
        connection.execute("BEGIN IMMEDIATE")
        for statement in _STATEMENTS:
            connection.execute(statement, {k: v for k, v in names.items() if f":{k}" in statement})
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_AT = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (:batches - b.value) || ' days') || '000'"
_STATEMENTS = (
    f"""INSERT INTO Ingestion_Batch (Batch_ID, Source_Name, Source_Kind, Content_Hash, Received_At, Received_By,
                                     Declared_Count, Loaded_Count, Status, Governed_At, Promoted_Count,
                                     Unchanged_Count, Quarantined_Count)
        SELECT b.value, 'source-' || b.value % :sources || '.csv', 'file', 'big ' || b.value, {_AT}, 'bench',
               :each, :each, 'Governed', {_AT}, (:each + 18) / 20 + (:each + 17) / 20,
               :each - (:each + 18) / 20 - (:each + 17) / 20 - :each / 20, :each / 20
        FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < :batches)
              SELECT value FROM n) AS b""",
    """INSERT INTO Raw_Record (Raw_ID, Batch_ID, Source_Row, Payload)
       WITH RECURSIVE n (value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value + 1 < :batches * :each)
       SELECT value + 1, value / :each + 1, value % :each + 1, '{}' FROM n""",
    """INSERT INTO Data_Quarantine (Quarantine_ID, Batch_ID, Raw_ID, Quarantined_At, Failed_Checks)
       SELECT (r.Batch_ID - 1) * (:each / 20) + r.Source_Row / 20, r.Batch_ID, r.Raw_ID, b.Received_At,
              1 << (r.Source_Row / 20 % 17)
       FROM Raw_Record AS r JOIN Ingestion_Batch AS b ON b.Batch_ID = r.Batch_ID
       WHERE r.Source_Row % 20 = 0 ORDER BY r.Raw_ID""",
    """INSERT INTO Record_Outcome (Raw_ID, Outcome, Diver_ID, Quarantine_ID)
       SELECT Raw_ID,
              CASE Source_Row % 20 WHEN 0 THEN 'Quarantined' WHEN 1 THEN 'Unchanged' WHEN 2 THEN 'Promoted'
                   WHEN 3 THEN 'Promoted' ELSE 'Unchanged' END,
              CASE WHEN Source_Row % 20 THEN Raw_ID END,
              CASE WHEN Source_Row % 20 = 0 THEN (Batch_ID - 1) * (:each / 20) + Source_Row / 20 END
       FROM Raw_Record ORDER BY Raw_ID""",
    """INSERT INTO Diver (Diver_ID, First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason)
       SELECT Raw_ID, 'A', 'B', printf('d%09d@example.org', Raw_ID), '1990-01-01', 'bench', 'bench'
       FROM Record_Outcome WHERE Outcome = 'Promoted' ORDER BY Raw_ID""",
    """INSERT INTO Batch_Rule_Count (Batch_ID, Rule_Code, Record_Count)
       SELECT q.Batch_ID, k.Rule_Code, count(*)
       FROM Data_Quarantine AS q JOIN Rule_Check AS k ON q.Failed_Checks & k.Check_Bit
       GROUP BY q.Batch_ID, k.Rule_Code""",
)

if __name__ == "__main__":
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    began = time.perf_counter()
    build(Path(sys.argv[1]), wanted)
    print(f"{BATCHES:,} batches, {wanted:,} raw records in {time.perf_counter() - began:.1f} s")

"""What review costs, against the plainest way to do the same: ratios within one run.

    python -m tests.benchmarks.bench_review [RECORDS]

Bulk-fixing RECORDS records against a bare UPDATE of the same rows with an audit row each; rehearsing and resubmitting
them against governing a fresh batch of that size.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from divegov_gui.core.records import RawRecord
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.review import Edit, edit_records, resubmit_records, undo_edit

SETTINGS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -32768")
_LETTERS = str.maketrans("0123456789", "abcdefghij")


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes: processor time, which others at the machine disturb less than the clock."""
    began = time.process_time()
    work()
    return time.process_time() - began


def people(records: int, bad_phone: bool) -> list[RawRecord]:
    """Distinct people, good but for their phones."""
    found = []
    for n in range(1, records + 1):
        phone = "12" if bad_phone else f"+49 30 {1_000_000 + n}"
        name = str(n).translate(_LETTERS)
        values = (f"Ann{name}", f"Lee{name}", f"{n}.person@example.org", phone, "1990-05-17", "OWD", f"r-{n}")
        payload = json.dumps(dict(zip(RawRecord._fields[2:], values, strict=True)))
        found.append(RawRecord(n, payload, *values))
    return found


def load(session: Session, records: Sequence[RawRecord], name: str) -> int:
    """Open a batch and load it."""
    opened = session.call(
        "Open_Batch", source_name=name, source_kind="file", content_hash=name, declared_count=len(records)
    )
    batch = int(opened[-1][0]["Batch_ID"])
    for start in range(0, len(records), 5000):
        rows = json.dumps([tuple(record) for record in records[start : start + 5000]])
        session.call("Load_Batch", batch_id=batch, rows=rows)
    return batch


def workspace(path: Path, records: int) -> SqliteSession:
    """A workspace in which `records` records wait for a phone."""
    session = open_workspace(path)
    deploy(session)
    session.call("Govern_Batch", batch_id=load(session, people(records, bad_phone=True), "bad"))
    return session


def bare_update(path: Path) -> float:
    """The yardstick: the same new values into the same rows, one statement a row, and an audit row for each."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in SETTINGS:
            connection.execute(setting)
        connection.execute(
            "CREATE TABLE Audit (Audit_ID INTEGER PRIMARY KEY, Quarantine_ID INTEGER, Column_Name TEXT, Old_Value TEXT,"
            " New_Value TEXT, Edited_By TEXT, Edited_At TEXT)"
        )
        rows = connection.execute("SELECT Quarantine_ID, Phone FROM Data_Quarantine").fetchall()

        def work() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "UPDATE Data_Quarantine SET Phone = ?, Record_Version = Record_Version + 1, Failed_Checks = 0 "
                "WHERE Quarantine_ID = ?",
                ((f"+49 30 {1_000_000 + key}", key) for key, _ in rows),
            )
            connection.executemany(
                "INSERT INTO Audit (Quarantine_ID, Column_Name, Old_Value, New_Value, Edited_By, Edited_At) "
                "VALUES (?, 'Phone', ?, ?, 'anna', '2026-01-01 00:00:00.000000')",
                ((key, old, f"+49 30 {1_000_000 + key}") for key, old in rows),
            )
            connection.execute("COMMIT")

        return seconds(work)


def versions(session: Session) -> list[tuple[int, int]]:
    """The open records as a page knows them."""
    rows = session.select(
        "Quarantine_Queue",
        ["Quarantine_ID", "Record_Version"],
        [Filter("Status", "=", "Open")],
        [Order("Quarantine_ID")],
    )
    return [(row["Quarantine_ID"], row["Record_Version"]) for row in rows]


def bench(records: int, folder: Path) -> dict[str, float]:
    """All of it, once."""
    found = {}
    with closing(workspace(folder / "bare.db", records)):
        pass
    found["bare update with audit"] = bare_update(folder / "bare.db")
    with closing(workspace(folder / "fresh.db", 10)) as session:
        batch = load(session, people(records, bad_phone=False), "fresh")
        found["govern a fresh batch"] = seconds(lambda: session.call("Govern_Batch", batch_id=batch))
    with closing(workspace(folder / "review.db", records)) as session:
        edits = [Edit(n, version, "Phone", f"+49 30 {1_000_000 + n}") for n, version in versions(session)]
        found["bulk edit"] = seconds(
            lambda: edit_records(session, edits, kind="Bulk", reason="phones", return_records=False)
        )
        found["undo it"] = seconds(lambda: undo_edit(session, 1))
        found["redo it"] = seconds(lambda: undo_edit(session, 2))
        wanted = versions(session)
        found["rehearse"] = seconds(lambda: resubmit_records(session, wanted, rehearse=True))
        found["resubmit"] = seconds(lambda: resubmit_records(session, wanted))
    return found


def main(records: int = 100_000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        found = bench(records, Path(folder))
    edit, gate = found["bare update with audit"], found["govern a fresh batch"]
    for name, spent in found.items():
        yardstick = gate if name in ("rehearse", "resubmit") else edit
        ratio = "" if spent in (edit, gate) else f"{spent / yardstick:6.2f} x"
        print(f"{name:28}{spent:8.2f} s  {ratio}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

"""Measure the past: `python -m tests.benchmarks.bench_history [--rows N] [--file FILE]`.

Builds a workspace of N divers with five versions each, their source records and some in quarantine, by plain SQL (or
takes FILE, in which some phones change), and measures what the History and Privacy pages ask of it. Each figure is
processor time, the best of some runs: others on the machine lengthen the wall's.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services import diver_search, history, subjects
from divegov_gui.services.deployment import deploy
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.tombstones import ErasureKey
from tests.benchmarks.updates import ratios

VERSIONS = 5
SAMPLES = 20


def build(path: Path, rows: int) -> None:
    """A workspace with `rows` divers, each with four earlier versions; some had another name, or another email."""
    with closing(open_workspace(path)) as session:
        deploy(session)
    source = GeneratedSource(GenerationRequest(rows=rows, seed=3, dirty=0.0, reference_year=2026))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("CREATE TEMP TABLE Made (First_Name, Last_Name, Email, Date_Of_Birth)")
        for chunk in source.chunks():
            connection.executemany(
                "INSERT INTO Made VALUES (?, ?, lower(trim(?)), ?)",
                [(r.first_name, r.last_name, r.email, r.date_of_birth) for r in chunk.records],
            )
        connection.execute("UPDATE Transaction_Context SET Instant = '2026-01-01', Actor = 'bench'")
        connection.execute(
            "INSERT INTO Diver SELECT rowid, First_Name, Last_Name, Email, printf('+1555%07d', rowid), Date_Of_Birth, "
            "1 + rowid % 18, printf('REF-%07d', rowid), 'bench', 'Promoted', "
            "printf('2025-%02d-%02d %02d:%02d:00.%06d', "
            "9 + rowid % 4, 1 + rowid % 28, rowid % 24, rowid % 60, rowid % 1000000) "
            "FROM Made WHERE true ON CONFLICT DO NOTHING"
        )
        connection.execute(
            "INSERT INTO Diver_History SELECT NULL, d.Diver_ID, d.First_Name, "
            "CASE WHEN v.v <= 1 AND d.Diver_ID % 10 = 0 THEN 'Born' || d.Last_Name ELSE d.Last_Name END, "
            "CASE WHEN v.v <= 2 AND d.Diver_ID % 10 = 1 THEN 'old.' || d.Email ELSE d.Email END, "
            "'+1555000' || v.v, d.Date_Of_Birth, 1 + (d.Diver_ID + v.v) % 18, d.Source_Reference, 'bench', 'Edit', "
            "(2020 + v.v) || substr(d.Valid_From, 5), "
            "CASE WHEN v.v = 4 THEN d.Valid_From ELSE (2021 + v.v) || substr(d.Valid_From, 5) END "
            "FROM Diver AS d, (SELECT 1 AS v UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) AS v ORDER BY 13, 2"
        )
        connection.execute("UPDATE Transaction_Context SET Instant = NULL, Actor = NULL")
        add_records(connection)


def add_records(connection: sqlite3.Connection) -> None:
    """A governed batch that every diver came from, and one in twenty of them once more, into quarantine."""
    rows = connection.execute("SELECT count(*) FROM Diver").fetchone()[0]
    extra = connection.execute("SELECT count(*) FROM Diver WHERE Diver_ID % 20 = 0").fetchone()[0]
    connection.execute(
        "INSERT INTO Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, "
        "Declared_Count, Loaded_Count, Status, Governed_At, Promoted_Count, Quarantined_Count) "
        "VALUES ('bench', 'file', 'x', '2021-01-01', 'bench', ?, ?, 'Governed', '2021-01-01', ?, ?)",
        (rows + extra, rows + extra, rows, extra),
    )
    columns = "First_Name, Last_Name, Email, Phone, Date_Of_Birth, Source_Reference"
    for shift, wanted in ((0, "true"), (10_000_000, "Diver_ID % 20 = 0")):
        connection.execute(
            f"INSERT INTO Raw_Record (Raw_ID, Batch_ID, Source_Row, {columns}, Payload) "
            f"SELECT Diver_ID + {shift}, last_insert_rowid(), Diver_ID + {shift}, {columns}, "
            "json_object('first_name', First_Name, 'last_name', Last_Name, 'email', Email, 'n', Diver_ID) "
            f"FROM (SELECT {columns}, Diver_ID FROM Diver WHERE {wanted})".replace(
                "last_insert_rowid()", "(SELECT max(Batch_ID) FROM Ingestion_Batch)"
            )
        )
    connection.execute(
        "INSERT INTO Record_Outcome (Raw_ID, Outcome, Diver_ID) "
        "SELECT Diver_ID, 'Promoted', Diver_ID FROM Diver"
    )
    connection.execute(
        f"INSERT INTO Data_Quarantine (Quarantine_ID, Batch_ID, Raw_ID, {columns}, Quarantined_At, Failed_Checks) "
        f"SELECT Raw_ID - 10000000, Batch_ID, Raw_ID, {columns}, '2021-01-01', 4194304 "
        "FROM Raw_Record WHERE Raw_ID > 10000000"
    )
    connection.execute(
        "INSERT INTO Record_Outcome (Raw_ID, Outcome, Quarantine_ID) "
        "SELECT Raw_ID, 'Quarantined', Raw_ID - 10000000 FROM Raw_Record WHERE Raw_ID > 10000000"
    )
    connection.execute(
        "INSERT INTO Quarantine_Violation (Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value, "
        "Recorded_At) "
        "SELECT Quarantine_ID, 1, 'DUPLICATE_OF_DIVER', 'Email', Raw_ID, Email, '2021-01-01' FROM Data_Quarantine"
    )


def best(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of processor time of the fastest run."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent) * 1000


def slowest_search(session: Session, last: int) -> tuple[str, float]:
    """The text of many that takes longest to look for, as one types it; and the milliseconds."""
    texts = [
        "s",
        "sm",
        "smi",
        "smith",
        "ma",
        "maria g",
        "bornsm",
        "zzzz",
        "a",
        "ref-00",
        "old.a",
        "qq",
        "ada l",
    ]
    texts += [str(last), "j", "jo"]
    measured = {text: best(lambda t=text: diver_search.search(session, t), 3) for text in texts}  # type: ignore[misc]
    slow = max(measured, key=lambda text: measured[text])
    return slow, measured[slow]


def current_page(session: Session, after: int) -> list[history.Version]:
    """A page of the directory of now, with the same columns as one of the past."""
    filters = [
        Filter("Is_Current", "=", True),
        Filter("Diver_ID", ">", after),
        Filter("Diver_ID", "<=", after + 240),
    ]
    rows = session.select("Diver_Versions", (), filters, [Order("Diver_ID")], limit=200)
    return [history.read_version(row) for row in rows]


def measure(path: Path, console: Console) -> None:
    """Measure and print one table."""
    table = Table(title=f"The past of {path.name}")
    for name in ("what", "measured", "target"):
        table.add_column(name)
    with closing(open_workspace(path)) as session:
        began = time.process_time()
        made = diver_search.prepare_search(session)
        table.add_row("prepare the search, once", f"{time.process_time() - began:.1f} s for {made:,}", "")
        last = session.select(
            "Diver_Directory", ["Diver_ID"], order=[Order("Diver_ID", descending=True)], limit=1
        )[0]
        last_id = int(last["Diver_ID"])
        slow, spent = slowest_search(session, last_id)
        table.add_row(f"search as one types (slowest: {slow!r})", f"{spent:.1f} ms", "< 150 ms")
        lives = [
            best(lambda d=d: history.timeline(session, d), 3) for d in range(1, last_id, last_id // SAMPLES)
        ]  # type: ignore[misc]
        table.add_row("timeline of a diver", f"{statistics.median(lives):.2f} ms", "< 10 ms")
        middle = last_id // 2
        now = best(lambda: current_page(session, middle))
        for instant in ("2023-06-01", "2025-11-01", "2026-06-01"):
            page = best(lambda i=instant: history.directory_as_of(session, i, after=middle, limit=200))  # type: ignore[misc]
            count = best(lambda i=instant: history.count_as_of(session, i), 3)  # type: ignore[misc]
            table.add_row(
                f"page as of {instant}", f"{page:.1f} ms = {page / now:.1f} × {now:.1f} ms", "≤ 2 × current"
            )
            table.add_row(f"exact count as of {instant}", f"{count:.0f} ms", "< 500 ms")
        keys = ErasureKey(folder=Path(tempfile.mkdtemp()))
        identities = keys.find_or_make()
        spent_erasing = []
        for diver in range(middle // 20 * 20, middle + 60, 20):
            began = time.process_time()
            session.call(
                "Erase_Diver",
                diver_id=diver,
                reason="bench",
                tombstones=json.dumps([identities.hash("x")]),
                rehearse=1,
            )
            spent_erasing.append((time.process_time() - began) * 1000)
        inventory = subjects.rehearse_erasure(session, middle // 20 * 20)
        table.add_row(
            f"erasing one ({inventory.rows} rows), rehearsed whole",
            f"{min(spent_erasing):.0f} ms",
            "< 1,000 ms",
        )
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        for way, (versioned, bare) in ratios(path, Path(folder)).items():
            table.add_row(f"versioned update, {way}", f"{versioned / bare:.2f} × {bare:.1f} µs", "≤ 3.5 ×")
    console.print(table)


def main() -> None:
    """Read the options, build and measure."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.bench_history", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, metavar="N")
    parser.add_argument("--file", type=Path, metavar="FILE")
    options = parser.parse_args()
    console = Console()
    if options.file is not None:
        measure(options.file, console)
        return
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        path = Path(folder) / f"{options.rows}.db"
        build(path, options.rows)
        measure(path, console)


if __name__ == "__main__":
    main()

"""A workspace of an earlier version becomes one of this version by deploying again, with all that it holds."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.services.deployment import deploy

VERSION_1 = Path(__file__).with_name("workspace_of_version_1.sql.gz")
"""The arrivals of `interruptions`, in a workspace as the first version made it."""

KEPT = (
    "SELECT * FROM Raw_Record ORDER BY Raw_ID",
    "SELECT * FROM Record_Outcome ORDER BY Raw_ID",
    "SELECT * FROM Diver ORDER BY Diver_ID",
    "SELECT Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value, Recorded_At "
    "FROM Quarantine_Violation ORDER BY Quarantine_ID, Attempt, Rule_Code",
    "SELECT * FROM Steward_Action ORDER BY Action_ID",
    "SELECT Quarantine_ID, Batch_ID, Raw_ID, Email, Status, Attempt_Count, Record_Version "
    "FROM Data_Quarantine ORDER BY Quarantine_ID",
)


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(VERSION_1.read_bytes()).decode())
    assert ask(path, "PRAGMA user_version") == [(1,)]
    return path


def upgraded(path: Path) -> SqliteSession:
    session = open_workspace(path)
    deploy(session)
    return session


def test_an_upgrade_keeps_all_that_a_workspace_holds(old: Path) -> None:
    before = [ask(old, query) for query in KEPT]
    with closing(upgraded(old)):
        pass
    assert [ask(old, query) for query in KEPT] == before
    assert ask(old, "PRAGMA integrity_check") == [("ok",)]


def test_the_standing_of_each_record_is_that_of_its_last_attempt(old: Path) -> None:
    with closing(upgraded(old)) as session:
        bits = {(r["Rule_Code"], r["Column_Name"]): r["Check_Bit"] for r in session.select("Rule_Checks")}
        standing: dict[int, int] = {}
        for reason in session.select("Quarantine_Reasons", filters=[Filter("Is_Current", "=", True)]):
            bit = bits[reason["Rule_Code"], reason["Column_Name"]]
            standing[reason["Quarantine_ID"]] = standing.get(reason["Quarantine_ID"], 0) | bit
        queue = session.select("Quarantine_Queue", order=[Order("Quarantine_ID")])
        assert {row["Quarantine_ID"]: row["Failed_Checks"] for row in queue} == standing
        assert all(standing.values())
        assert {row["Edited_Columns"] for row in queue} == {0}


def test_what_waits_since_before_an_upgrade_is_shown_and_known_again_as_it_came(old: Path) -> None:
    payloads = ask(old, "SELECT Quarantine_ID, Payload FROM Data_Quarantine ORDER BY Quarantine_ID")
    with closing(upgraded(old)) as session:
        queue = session.select("Quarantine_Queue", order=[Order("Quarantine_ID")])
        assert [(row["Quarantine_ID"], row["Payload"]) for row in queue] == payloads
        waiting = [row["Quarantine_ID"] for row in queue if row["Status"] == "Open"]
        batches = session.select("Batch_Summary", filters=[Filter("Status", "=", "Governed")])
        for batch in batches:
            session.call("Replay_Batch", batch_id=batch["Batch_ID"])
        again = session.select("Quarantine_Queue", filters=[Filter("Status", "=", "Open")])
        assert waiting
        assert sorted(row["Quarantine_ID"] for row in again) == waiting


@pytest.mark.parametrize("length", [20, 300, 20_000], ids=["short", "long", "beyond its page"])
def test_a_column_that_is_dropped_leaves_nothing_of_the_payloads_in_the_file(old: Path, length: int) -> None:
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(
            "UPDATE Data_Quarantine SET Payload = 'only here ' || Quarantine_ID || ?", ("x" * length,)
        )
        connection.execute("VACUUM")  # what was moved about before is none of the upgrade's doing
        count = connection.execute("SELECT count(*) FROM Data_Quarantine").fetchone()[0]
    assert old.read_bytes().count(b"only here ") >= count > 0
    with closing(upgraded(old)):
        pass
    assert b"only here " not in b"".join(file.read_bytes() for file in old.parent.iterdir())


def test_an_upgraded_workspace_has_what_a_new_one_has(old: Path, tmp_path: Path) -> None:
    with closing(upgraded(old)), closing(upgraded(tmp_path / "new.db")):
        pass
    objects = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' ORDER BY name"
    columns = (
        "SELECT m.name, c.name, c.type, c.[notnull], c.dflt_value FROM sqlite_master AS m "
        "JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY m.name, c.cid"
    )
    for query in (objects, columns, "PRAGMA user_version"):
        assert ask(old, query) == ask(tmp_path / "new.db", query)


def test_deploying_once_more_leaves_what_a_steward_has_made_of_it(old: Path) -> None:
    with closing(upgraded(old)):
        pass
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("UPDATE Data_Quarantine SET Failed_Checks = 0, Edited_Columns = 4")
        connection.execute("DELETE FROM Schema_Script")
    with closing(upgraded(old)):
        pass
    assert ask(old, "SELECT DISTINCT Failed_Checks, Edited_Columns FROM Data_Quarantine") == [(0, 4)]


OLDER_HISTORY = """
    CREATE TABLE Diver_History (
        Diver_ID INTEGER NOT NULL, First_Name TEXT NOT NULL, Last_Name TEXT NOT NULL, Email TEXT NOT NULL, Phone TEXT,
        Date_Of_Birth TEXT NOT NULL, Certification_Level_ID INTEGER, Source_Reference TEXT, Modified_By TEXT NOT NULL,
        Change_Reason TEXT NOT NULL, Valid_From TEXT NOT NULL, Valid_To TEXT NOT NULL, PRIMARY KEY (Diver_ID, Valid_To)
    ) WITHOUT ROWID
"""
VERSIONS = "SELECT * FROM Diver_Versions ORDER BY Diver_ID, Valid_From"


def test_a_history_in_the_order_of_the_divers_becomes_one_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with closing(upgraded(path)):
        pass
    columns = "Diver_ID, First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"INSERT INTO Diver ({columns}) VALUES (1, 'Ada', 'L', 'a@b.cc', '1990-01-01', 'x', 'y'), "
            "(2, 'Bob', 'M', 'b@b.cc', '1990-01-01', 'x', 'y')"
        )
        for number in range(5):
            connection.execute("UPDATE Diver SET Phone = ?", (str(number),))
    before = ask(path, VERSIONS)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        kept = connection.execute("SELECT * FROM Diver_History ORDER BY Valid_To").fetchall()
        connection.execute("DROP TABLE Diver_History")
        connection.execute(OLDER_HISTORY)
        connection.execute("CREATE INDEX IX_Diver_History_Period ON Diver_History (Valid_To, Valid_From)")
        connection.executemany(
            f"INSERT INTO Diver_History VALUES ({', '.join('?' * 12)})", [row[1:] for row in kept]
        )
        connection.execute("DELETE FROM Schema_Script")
    with closing(upgraded(path)):
        pass
    assert len(before) == 12
    assert ask(path, VERSIONS) == before
    ends = [row[0] for row in ask(path, "SELECT Valid_To FROM Diver_History ORDER BY Version_ID")]
    assert ends == sorted(ends, key=str)


def test_an_index_that_knew_no_ends_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "before.db"
    with closing(upgraded(path)):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP INDEX IX_Diver_History_Timeline")
        connection.execute("CREATE INDEX IX_Diver_History_Timeline ON Diver_History (Diver_ID)")
        connection.execute("DELETE FROM Schema_Script")
    with closing(upgraded(path)):
        pass
    ((columns,),) = ask(path, "SELECT group_concat(name) FROM pragma_index_info('IX_Diver_History_Timeline')")
    assert columns == "Diver_ID,Valid_To"

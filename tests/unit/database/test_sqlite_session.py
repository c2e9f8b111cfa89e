"""A session with a workspace file: opening, transactions, errors in words, who and when."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.core.errors import Cancelled, ConnectionFailed, DeploymentFailed, Refused
from divegov_gui.database.scripts import Script
from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.database.sqlite_file import SCHEMA_VERSION
from divegov_gui.services.deployment import deploy

Define = Callable[[str], None]


def plain(path: Path, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """What the plain shell does: no program, no functions, no settings."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def procedure(name: str, body: str, parameters: str = "") -> str:
    return f"CREATE OR ALTER PROCEDURE {name}\n{parameters}\nAS\nBEGIN\n{body}\nEND;\n"


# Opening ------------------------------------------------------------------------------------------------------


def test_a_new_workspace_is_an_empty_file_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "new.db"
    with closing(open_workspace(path)) as session:
        assert session.journal() == []
        assert path.exists()


def assert_refused(path: Path, title: str) -> ConnectionFailed:
    before = path.read_bytes() if os.path.isfile(path) else None  # noqa: PTH113 - asks of any path
    with pytest.raises(ConnectionFailed, match=title) as refused:
        open_workspace(path, busy_seconds=0)
    assert refused.value.hint
    assert before is None or path.read_bytes() == before
    return refused.value


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    for number, content in enumerate((b"hello", b"SQLite format 3", b"\0" * 4096, b"x" * 100_000)):
        path = tmp_path / f"{number}.db"
        path.write_bytes(content)
        assert_refused(path, "is not a DiveGov workspace")


def test_a_damaged_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    path.write_bytes(b"SQLite format 3\0" + os.urandom(8000))
    assert_refused(path, "damaged or is no SQLite database")


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    plain(path, "CREATE TABLE Bookmarks (Url)")
    assert_refused(path, "belongs to another program")


def test_a_workspace_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    plain(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    assert "Update the program" in assert_refused(path, "made by a newer version").hint


def test_a_folder_is_no_workspace(tmp_path: Path) -> None:
    assert_refused(tmp_path, "is a folder")


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_refused(tmp_path / "file" / "workspace.db", "cannot be opened")


def test_a_path_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / ("x" * 300), "cannot be opened")


@pytest.mark.parametrize("lock", ["PRAGMA locking_mode = EXCLUSIVE", None])
def test_a_workspace_that_another_program_holds_says_so(path: Path, lock: str | None) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if lock:
            other.execute(lock)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE Dive_Tour SET Days = 1")
        with (
            pytest.raises(ConnectionFailed, match="in use by another program") as refused,
            closing(open_workspace(path, busy_seconds=0)) as session,
        ):
            session.call(
                "Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=1
            )
        assert "Close the other program" in refused.value.hint
        other.execute("ROLLBACK")


def test_two_sessions_see_each_others_work(path: Path) -> None:
    with closing(open_workspace(path)) as one, closing(open_workspace(path)) as other:
        one.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=1)
        assert other.count("Batch_Summary") == one.count("Batch_Summary") == 1


def test_closing_twice_does_nothing(path: Path) -> None:
    session = open_workspace(path)
    session.close()
    session.close()


# Transactions -------------------------------------------------------------------------------------------------


def test_any_error_undoes_everything(define: Define, session: SqliteSession, path: Path) -> None:
    define(
        procedure(
            "Fails_Late", "DELETE FROM Dive_Tour;\nCREATE TEMP TABLE Mine (X);\nSELECT * FROM No_Such_Table;"
        )
        + procedure("Breaks_Rule", "DELETE FROM Dive_Tour;\nINSERT INTO Dive_Tour (Tour_Code) VALUES ('X');")
    )
    before = dump(path)
    with pytest.raises(sqlite3.OperationalError, match="No_Such_Table"):
        session.call("Fails_Late")
    with pytest.raises(Refused, match="The database refused the change"):
        session.call("Breaks_Rule")
    assert dump(path) == before
    assert session.count("Tour_Occupancy") == 6


def test_a_session_goes_on_after_an_error(define: Define, session: SqliteSession) -> None:
    define(procedure("Fails", "SELECT * FROM No_Such_Table;") + procedure("Works", "SELECT 1 AS X;"))
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError):
            session.call("Fails")
        assert session.call("Works") == [[{"X": 1}]]


def test_a_rehearsal_undoes_everything_and_tells_what_it_saw(
    define: Define, session: SqliteSession, path: Path
) -> None:
    define(
        procedure(
            "Empty_Tours",
            "DELETE FROM Dive_Tour;\nSELECT count(*) AS N FROM Dive_Tour;",
            "@Rehearse INTEGER = 0",
        )
    )
    before = dump(path)
    assert session.call("Empty_Tours", rehearse=1) == [[{"N": 0}]]
    assert dump(path) == before
    assert session.call("Empty_Tours") == [[{"N": 0}]]
    assert session.count("Tour_Occupancy") == 0


def test_an_interrupt_stops_a_statement_and_undoes_what_was_done(
    define: Define, session: SqliteSession
) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;"
    define(procedure("Endless", f"DELETE FROM Dive_Tour;\nPRINT 'now';\n{endless}"))
    timers: list[threading.Timer] = []

    def soon(_: str) -> None:
        timers.append(threading.Timer(0.05, session.interrupt))
        timers[0].start()

    with pytest.raises(Cancelled):
        session.call("Endless", on_message=soon)
    timers[0].join()
    assert session.count("Tour_Occupancy") == 6


def test_a_full_disk_is_told_and_undone(session: SqliteSession, path: Path) -> None:
    (pages,) = session._raw.execute("PRAGMA page_count").fetchone()
    session._raw.execute(f"PRAGMA max_page_count = {pages + 2}")
    opened = session.call(
        "Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=1
    )
    rows = '[[1, "{}", "%s"]]' % ("x" * 100_000)
    with pytest.raises(ConnectionFailed, match="The disk is full") as full:
        session.call("Load_Batch", batch_id=opened[0][0]["Batch_ID"], rows=rows)
    assert "Make room" in full.value.hint
    assert session.count("Raw_Divers") == 0
    session._raw.execute("PRAGMA max_page_count = 1000000")
    assert session.call("Load_Batch", batch_id=1, rows=rows) == [[{"Loaded_Count": 1}]]


def test_a_full_disk_during_deployment_is_not_the_scripts_fault(tmp_path: Path) -> None:
    with closing(open_workspace(tmp_path / "new.db")) as session:
        session._raw.execute("PRAGMA max_page_count = 3")
        script = Script(1, "01_a.sql", "CREATE TABLE A AS SELECT randomblob(100000) AS X;", "sum")
        with pytest.raises(ConnectionFailed, match="The disk is full"):
            session.apply_scripts([script], "test", lambda *_: None)


def test_a_failing_script_names_its_statement_and_line_and_leaves_nothing(
    session: SqliteSession, path: Path
) -> None:
    before = dump(path)
    text = "CREATE TABLE Fine (X);\n\n-- a comment;\nINSERT INTO Fine VALUES (1); INSERT INTO\n  Nowhere VALUES (2);\n"
    with pytest.raises(DeploymentFailed) as failed:
        session.apply_scripts([Script(9, "09_bad.sql", text, "sum")], "test", lambda *_: None)
    assert failed.value.title == "09_bad.sql did not apply: line 4."
    assert "no such table: Nowhere" in failed.value.detail
    assert "INSERT INTO" in failed.value.detail
    assert dump(path) == before


@pytest.mark.parametrize(
    "end", ["COMMIT", "commit transaction", "END", "ROLLBACK", "Rollback Transaction", "BEGIN"]
)
def test_a_script_cannot_leave_the_transaction_that_its_journal_row_is_in(
    session: SqliteSession, path: Path, end: str
) -> None:
    before = dump(path)
    text = f"CREATE TABLE Mine (X);\n{end};\nCREATE TABLE Yours (X);"
    with pytest.raises(DeploymentFailed, match=r"09_bad\.sql did not apply: line 2"):
        session.apply_scripts([Script(9, "09_bad.sql", text, "sum")], "test", lambda *_: None)
    assert dump(path) == before


def test_a_script_may_have_savepoints_of_its_own(session: SqliteSession) -> None:
    text = "SAVEPOINT a; CREATE TABLE Mine (X); ROLLBACK TO a; RELEASE a; CREATE TABLE Mine (Y);"
    session.apply_scripts([Script(9, "09_fine.sql", text, "sum")], "test", lambda *_: None)
    assert session.journal()[-1].script_name == "09_fine.sql"


# Who and when -------------------------------------------------------------------------------------------------


def test_one_transaction_has_one_instant_and_the_next_a_later_one(
    define: Define, session: SqliteSession
) -> None:
    define(
        procedure(
            "Tell",
            "SELECT Instant, Actor FROM Transaction_Context;\nSELECT Instant, Actor FROM Transaction_Context;",
        )
    )
    instants = []
    for _ in range(50):
        (first,), (second,) = session.call("Tell")
        assert first == second
        instants.append(first["Instant"])
    assert instants == sorted(set(instants))


def test_outside_a_transaction_nobodys_name_is_left_behind(session: SqliteSession, path: Path) -> None:
    with pytest.raises(Refused):
        session.call("Govern_Batch", batch_id=9)
    session.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=1)
    assert plain(path, "SELECT Instant, Actor FROM Transaction_Context") == [(None, None)]


def test_who_works_is_the_operating_systems_user_whatever_the_environment_says(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "mallory")
    with closing(open_workspace(path)) as session:
        session.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=1)
        (batch,) = session.select("Batch_Summary")
    assert batch["Received_By"] == pwd.getpwuid(os.getuid()).pw_name != "mallory"


@pytest.mark.skipif(os.getuid() != 0, reason="becomes a user without a name, which only root may")
def test_a_user_without_a_name_can_work_too() -> None:
    here = Path(__file__).resolve()
    if not all(folder.stat().st_mode & 0o001 for folder in here.parents):
        pytest.skip("The program lies in a folder that only its owner may enter, as /root is.")
    program = (
        "import os, pwd, sys; from pathlib import Path\n"
        "from divegov_gui.database.sqlite import open_workspace\n"
        "os.chown(sys.argv[1], 54321, 54321); os.setgid(54321); os.setuid(54321)\n"
        "print(open_workspace(Path(sys.argv[1]) / 'workspace.db').actor)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program, folder],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    assert (done.stdout, done.stderr) == ("uid 54321\n", "")


# Conditions in scripts ----------------------------------------------------------------------------------------

ADD_ONCE = """
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Equipment') WHERE name = 'Colour')
    UPDATE Equipment SET Model = 'before; the column' WHERE Equipment_ID = 1;
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Equipment') WHERE name = 'Colour')
    ALTER TABLE Equipment ADD COLUMN Colour TEXT NOT NULL DEFAULT 'blue';
"""


def test_what_stands_under_an_if_runs_where_its_condition_holds(path: Path, define: Define) -> None:
    define(ADD_ONCE)
    first = "SELECT Model, Colour FROM Equipment WHERE Equipment_ID = 1"
    assert plain(path, first) == [("before; the column", "blue")]
    plain(path, "UPDATE Equipment SET Model = 'Apex 60', Colour = 'red' WHERE Equipment_ID = 1")
    define(ADD_ONCE)
    assert plain(path, first) == [("Apex 60", "red")]


@pytest.mark.parametrize(
    ("text", "line"),
    [("\nIF nonsense(1)\n    UPDATE Equipment SET Model = '';", 2), ("IF 1 = 1 SELECT 2;", 1), ("IF 1", 1)],
)
def test_a_condition_that_is_none_is_refused_with_its_line(define: Define, text: str, line: int) -> None:
    with pytest.raises(DeploymentFailed) as failed:
        define(text)
    assert failed.value.line == line


# The plain shell ----------------------------------------------------------------------------------------------


@pytest.fixture
def diver(session: SqliteSession, path: Path) -> Path:
    """A workspace with one diver, first promoted at a known instant."""
    plain(
        path,
        "INSERT INTO Diver (First_Name, Last_Name, Email, Phone, Date_Of_Birth, Modified_By, Change_Reason) "
        "VALUES ('Ada', 'Lovelace', 'ada@example.org', '5550001111', '1990-05-17', 'ana', 'promoted')",
    )
    return path


def change_at(path: Path, instant: str | None, sql: str) -> str:
    """Change the diver while the clock stands at `instant`; returns the new validity."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE Transaction_Context SET Instant = ?", (instant,))
        connection.execute(sql)
        connection.execute("UPDATE Transaction_Context SET Instant = NULL")
        found = connection.execute(
            "SELECT Valid_From FROM Diver UNION ALL SELECT max(Valid_To) FROM Diver_History"
        ).fetchone()
        return str(found[0])


RENAME = "UPDATE Diver SET First_Name = First_Name || 'x'"


def test_a_clock_that_stands_still_still_gives_later_validities(diver: Path) -> None:
    frozen = "2030-01-01 00:00:00.000000"
    found = [change_at(diver, frozen, RENAME) for _ in range(5)]
    assert found == [f"2030-01-01 00:00:00.00000{n}" for n in range(5)]


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2030-01-01 00:00:00.000000", "2030-01-01 00:00:00.000001"),
        ("2030-01-01 00:00:00.000009", "2030-01-01 00:00:00.000010"),
        ("2030-01-01 00:00:00.099999", "2030-01-01 00:00:00.100000"),
        ("2030-01-01 00:00:00.999999", "2030-01-01 00:00:01.000000"),
        ("2030-01-01 00:00:59.999999", "2030-01-01 00:01:00.000000"),
        ("2030-12-31 23:59:59.999999", "2031-01-01 00:00:00.000000"),
        ("2032-02-28 23:59:59.999999", "2032-02-29 00:00:00.000000"),
    ],
)
@pytest.mark.parametrize("backward", [True, False])
def test_a_clock_that_runs_backward_moves_on_by_a_microsecond(
    diver: Path, at: str, then: str, backward: bool
) -> None:
    assert change_at(diver, at, RENAME) == at
    assert change_at(diver, "2029-01-01 00:00:00.000000" if backward else None, RENAME) == then
    assert change_at(diver, at, "DELETE FROM Diver") > then
    assert len(plain(diver, "SELECT DISTINCT Valid_From FROM Diver_History")) == 3


def test_the_validity_of_an_insert_is_the_programs_instant_within_the_program(diver: Path) -> None:
    with closing(sqlite3.connect(diver)) as connection, connection:
        connection.execute("UPDATE Transaction_Context SET Instant = '2030-01-01 00:00:00.000000'")
        connection.execute(
            "INSERT INTO Diver (First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason, Valid_From) "
            "SELECT 'A', 'B', 'a@b.example', '1990-01-01', 'ana', 'promoted', Instant FROM Transaction_Context"
        )
        connection.execute("UPDATE Transaction_Context SET Instant = NULL")
    assert len(plain(diver, "SELECT 1 FROM Diver")) == 2


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT OR REPLACE INTO Diver SELECT * FROM Diver",
        "REPLACE INTO Diver (First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason) "
        "VALUES ('Eve', 'L', 'ada@example.org', '1990-01-01', 'eve', 'theft')",
        "UPDATE OR REPLACE Diver SET Email = 'ada@example.org' WHERE Diver_ID = 2",
        "UPDATE OR REPLACE Diver SET Diver_ID = 1 WHERE Diver_ID = 2",
        "INSERT OR REPLACE INTO Dive_Tour SELECT * FROM Dive_Tour",
        "INSERT OR REPLACE INTO Dive_Tour SELECT 99, Tour_Code, 'Stolen', Dive_Site_ID, Minimum_Level, Starts_On, "
        "Days, Capacity, 0, 'eve', 'theft', Valid_From FROM Dive_Tour",
        "UPDATE OR REPLACE Dive_Tour SET Tour_Code = 'KONA-27' WHERE Tour_Code = 'SILFRA-27'",
        "UPDATE OR REPLACE Dive_Tour SET Dive_Tour_ID = 1 WHERE Dive_Tour_ID = 2",
        "INSERT OR REPLACE INTO Quality_Rule SELECT * FROM Quality_Rule",
        "UPDATE OR REPLACE Quality_Rule SET Rule_Code = 'EMAIL_FORMAT' WHERE Rule_Code = 'DOB_FUTURE'",
    ],
)
def test_no_version_is_lost_to_a_replacement(diver: Path, attack: str) -> None:
    plain(
        diver,
        "INSERT INTO Diver (First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason) "
        "VALUES ('Bob', 'B', 'bob@example.org', '1990-01-01', 'ana', 'promoted')",
    )
    before = dump(diver)
    with pytest.raises(sqlite3.IntegrityError, match=r"replaced|has this|cannot be changed"):
        plain(diver, attack)
    assert dump(diver) == before


HISTORIES = ("Diver", "Dive_Tour", "Quality_Rule")


@pytest.fixture
def with_a_past(diver: Path) -> Path:
    """A workspace whose every history holds a version."""
    for table in HISTORIES:
        plain(diver, f"UPDATE {table} SET Modified_By = 'ana'")
    return diver


@pytest.mark.parametrize("table", HISTORIES)
def test_who_comes_without_the_program_takes_nothing_out_of_a_history(with_a_past: Path, table: str) -> None:
    before = dump(with_a_past)
    for attack in (
        f"DELETE FROM {table}_History",
        f"DELETE FROM {table}_History WHERE Modified_By <> 'eve'",
        f"INSERT OR REPLACE INTO {table}_History SELECT * FROM {table}_History",
        f"UPDATE OR REPLACE {table}_History SET Modified_By = 'eve'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="The past cannot be"):
            plain(with_a_past, attack)
    assert dump(with_a_past) == before


def test_nobody_without_the_program_adds_a_version_where_there_is_one(with_a_past: Path) -> None:
    before = dump(with_a_past)
    columns = "Diver_ID, First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason, Valid_From, Valid_To"
    for shift in (0, 1):
        taken = columns.replace("Valid_To", "Valid_To || 'x'" if shift else "Valid_To")
        with pytest.raises(sqlite3.IntegrityError, match="The past cannot be"):
            plain(with_a_past, f"INSERT INTO Diver_History ({columns}) SELECT {taken} FROM Diver_History")
    assert dump(with_a_past) == before


@pytest.mark.parametrize("table", HISTORIES)
def test_a_procedure_may_take_a_version_out(with_a_past: Path, table: str) -> None:
    plain(
        with_a_past,
        "INSERT INTO Stored_Procedure VALUES ('Forget', "
        f"'CREATE OR ALTER PROCEDURE Forget\nAS\nBEGIN\n    DELETE FROM {table}_History;\nEND;\n')",
    )
    with open_workspace(with_a_past) as session:
        session.call("Forget")
    assert plain(with_a_past, f"SELECT count(*) FROM {table}_History") == [(0,)]


@pytest.mark.parametrize("column", ["Action_ID", "Action_Hash"])
def test_no_row_of_the_log_is_lost_to_a_replacement(session: SqliteSession, path: Path, column: str) -> None:
    for number in range(2):
        session.call(
            "Open_Batch", source_name="s", source_kind="file", content_hash=str(number), declared_count=1
        )
    before = dump(path)
    taken = {"Action_ID": "Action_ID, Acted_At, 'eve', Action, Subject_Type, Subject_ID, Detail, h, 'new'"}
    taken["Action_Hash"] = "99, Acted_At, 'eve', Action, Subject_Type, Subject_ID, Detail, h, Action_Hash"
    with pytest.raises(sqlite3.IntegrityError, match="log row"):
        plain(
            path,
            f"INSERT OR REPLACE INTO Steward_Action SELECT {taken[column]} FROM Steward_Action, "
            "(SELECT Action_Hash AS h FROM Steward_Action ORDER BY Action_ID DESC LIMIT 1) WHERE Action_ID = 1",
        )
    assert dump(path) == before


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 shell is not installed")
def test_the_sqlite3_shell_leaves_the_old_version_in_the_history(diver: Path) -> None:
    shell = ["sqlite3", str(diver), "UPDATE Diver SET Phone='+1 555 000 1111' WHERE Diver_ID=1"]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert plain(diver, "SELECT Phone, Modified_By FROM Diver_History") == [("5550001111", "ana")]
    assert plain(diver, "SELECT Phone, Modified_By FROM Diver") == [
        ("+1 555 000 1111", "unknown (outside the program)")
    ]
    assert plain(
        diver, "SELECT h.Valid_To = d.Valid_From FROM Diver AS d JOIN Diver_History AS h USING (Diver_ID)"
    ) == [(1,)]


# several programs at one file ------------------------------------------------------------------------------------


@pytest.mark.parametrize("opened_again", [0, 1])
def test_another_program_that_comes_and_goes_takes_nothing_away(tmp_path: Path, opened_again: int) -> None:
    """A second session of this process must not drop the locks by which the first one holds its write-ahead log."""
    path = tmp_path / "workspace.db"
    look = (
        f"import sqlite3; c = sqlite3.connect({str(path)!r}); "
        "print(c.execute('SELECT count(*) FROM Ingestion_Batch').fetchone()[0]); c.close()"
    )

    def other_program() -> str:
        done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    with closing(open_workspace(path)) as first:
        deploy(first)
        with ExitStack() as others:
            for _ in range(opened_again):
                others.enter_context(closing(open_workspace(path)))
            assert other_program() == "0"
            assert path.with_name(path.name + "-wal").exists()
            first.call(
                "Open_Batch", source_name="a", source_kind="file", content_hash="1", declared_count=1, again=0
            )
            assert other_program() == "1"


def test_a_file_is_looked_at_again_when_nobody_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    open_workspace(path).close()
    path.unlink()
    path.write_text("no database")
    with pytest.raises(ConnectionFailed, match="not a DiveGov workspace"):
        open_workspace(path)

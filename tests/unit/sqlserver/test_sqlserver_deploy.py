from __future__ import annotations

import hashlib

import pytest
from fake_odbc import Result, Running, failure, link_lost
from stage import Background, Stage

from divegov_gui.core.errors import Cancelled, ConnectionFailed, DeploymentFailed
from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.database.scripts import Script
from divegov_gui.database.session import JournalEntry

ENTRY = ("01_schema.sql", "c0ffee", "2026-07-16 12:03:07.123456", "DIVE\\anna", 12, "0.1")
COLUMNS = ("Script_Name", "Checksum", "Applied_At", "Applied_By", "Duration_Ms", "Program_Version")


def script(text: str, name: str = "01_schema.sql") -> Script:
    return Script(int(name[:2]), name, text, hashlib.sha256(text.encode()).hexdigest())


def ignore(*_: object) -> None:
    return


@pytest.fixture
def journalled(stage: Stage) -> Stage:
    stage.on("FROM Governance.Schema_Script", Result(COLUMNS, [ENTRY]))
    return stage


def test_batches_run_in_one_transaction_with_their_journal_row(journalled: Stage) -> None:
    session = journalled.open()
    journalled.odbc.log.clear()
    one = script("SET NOCOUNT ON;\nGO\nCREATE TABLE a (b INT);\nGO 2\n")
    heard: list[tuple[str, int, int]] = []
    entry = session.apply_scripts([one], "0.1", lambda s, n, c: heard.append((s.name, n, c)))
    assert entry == JournalEntry(*ENTRY)
    assert heard == [("01_schema.sql", 1, 2), ("01_schema.sql", 2, 2)]
    texts = [text.strip() for text in journalled.texts()]
    assert [t[:6] for t in texts] == ["SET NO", "CREATE", "CREATE", "INSERT", "SELECT"]
    assert journalled.odbc.statements[3][1][:2] == ["01_schema.sql", one.checksum]
    assert journalled.odbc.log[0] == "autocommit off"
    assert journalled.odbc.log[-2:] == ["commit", "autocommit on"]


def test_a_rehearsal_undoes_everything_and_writes_no_journal(stage: Stage) -> None:
    stage.open().rehearse_scripts(
        [script("CREATE TABLE a (b INT);"), script("SELECT 2;", "02_x.sql")], ignore
    )
    assert stage.texts() == ["CREATE TABLE a (b INT);", "SELECT 2;"]
    assert stage.odbc.log[-2:] == ["rollback", "autocommit on"]


def test_a_failing_batch_is_told_by_its_script_and_line(stage: Stage) -> None:
    text = "-- one\nSELECT 1;\nGO\n\nCREATE VIEW v AS\nSELECT 1 AS a,\nFORM b;\nGO\n"
    stage.on("sp_executesql", Result(("Error_Number", "Error_Line", "Error_Procedure"), [(102, 3, "v")]))
    stage.on("CREATE VIEW", failure(102, "Incorrect syntax near 'FORM'."))
    with pytest.raises(DeploymentFailed) as caught:
        stage.open().apply_scripts([script(text)], "0.1", ignore)
    line = text.splitlines().index("FORM b;") + 1
    assert caught.value.title == f"01_schema.sql did not apply: line {line}."
    assert "Incorrect syntax near 'FORM'" in caught.value.detail
    assert "CREATE VIEW v AS" in caught.value.detail
    assert "commit" not in stage.odbc.log


def test_to_find_the_line_what_came_before_is_run_again_and_undone(stage: Stage) -> None:
    stage.on("sp_executesql", Result(("Error_Number", "Error_Line", "Error_Procedure"), [(208, 1, None)]))
    stage.on("BAD", failure(208, "Invalid object name."))
    with pytest.raises(DeploymentFailed):
        stage.open().apply_scripts([script("SELECT 1;\nGO\nSELECT BAD;")], "0.1", ignore)
    assert [t.strip()[:9] for t in stage.texts()] == ["SELECT 1;", "SELECT BA", "SELECT 1;", "DECLARE @"]
    assert stage.odbc.statements[-1][1] == ["SELECT BAD;"]
    assert [e for e in stage.odbc.log if e in ("commit", "rollback")] == ["rollback", "rollback"]


@pytest.mark.parametrize(
    "located",
    [
        Result(("Error_Number", "Error_Line", "Error_Procedure"), [(2714, 9, None)]),
        Result(("Error_Number", "Error_Line", "Error_Procedure"), [(547, 9, "Some_Trigger")]),
        Result(),
        failure(3930, "The current transaction cannot be committed."),
    ],
)
def test_where_the_line_cannot_be_told_it_is_the_batchs(stage: Stage, located: object) -> None:
    stage.on("sp_executesql", located)
    stage.on("INSERT", failure(547, "conflicted"))
    with pytest.raises(DeploymentFailed, match=r"line 3\."):
        stage.open().apply_scripts([script("SELECT 1;\nGO\nINSERT INTO a\nVALUES (1);")], "0.1", ignore)


def test_what_cannot_be_in_a_transaction_runs_before_it(journalled: Stage) -> None:
    session = journalled.open()
    journalled.odbc.log.clear()
    text = "SET NOCOUNT ON;\nGO\nALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON;\nGO\nCREATE TABLE a (b INT);"
    session.apply_scripts([script(text)], "0.1", ignore)
    assert journalled.odbc.log[:4] == ["execute", "execute", "autocommit off", "execute"]


def test_a_rehearsal_leaves_it_out(stage: Stage) -> None:
    stage.open().rehearse_scripts(
        [script("ALTER DATABASE CURRENT SET RECOVERY SIMPLE;\nGO\nSELECT 1;")], ignore
    )
    assert stage.texts() == ["SELECT 1;"]


def test_amid_a_script_it_is_refused_before_anything_runs(stage: Stage) -> None:
    text = "CREATE TABLE a (b INT);\nGO\nALTER DATABASE CURRENT SET RECOVERY SIMPLE;"
    with pytest.raises(DeploymentFailed, match="line 3"):
        stage.open().apply_scripts([script(text)], "0.1", ignore)
    assert stage.texts() == []


@pytest.mark.parametrize(
    "text",
    [
        "-- ALTER DATABASE x",
        "PRINT 'ALTER DATABASE x';",
        "ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 2;",
    ],
)
def test_words_in_comments_and_strings_are_no_statements(journalled: Stage, text: str) -> None:
    session = journalled.open()
    journalled.odbc.log.clear()
    session.apply_scripts([script(f"CREATE TABLE a (b INT);\nGO\n{text}\nSELECT 1;")], "0.1", ignore)
    assert journalled.odbc.log[0] == "autocommit off"


def test_an_error_in_a_later_result_of_a_batch_is_an_error(stage: Stage) -> None:
    stage.on("INSERT", [Result(), Result(error=failure(547, "conflicted"))])
    with pytest.raises(DeploymentFailed):
        stage.open().apply_scripts([script("INSERT INTO a VALUES (1);")], "0.1", ignore)
    assert "commit" not in stage.odbc.log


def test_without_a_journal_nothing_is_applied(stage: Stage) -> None:
    stage.on("INSERT INTO Governance.Schema_Script", failure(208, "Invalid object name.", "42S02"))
    with pytest.raises(DeploymentFailed, match="journal"):
        stage.open().apply_scripts([script("SELECT 1;")], "0.1", ignore)
    assert "commit" not in stage.odbc.log


def test_a_connection_that_breaks_is_not_the_scripts_mistake(stage: Stage) -> None:
    stage.on("INSERT", link_lost())
    with pytest.raises(ConnectionFailed, match="broke"):
        stage.open().apply_scripts([script("INSERT INTO a VALUES (1);")], "0.1", ignore)


def test_a_deployment_is_stopped_between_batches_and_within_one(stage: Stage) -> None:
    session = stage.open()
    with pytest.raises(Cancelled):
        session.apply_scripts([script("SELECT 1;\nGO\nSELECT 2;")], "0.1", lambda *_: session.interrupt())
    running = Running()
    stage.on("CREATE INDEX", running)
    background = Background(
        lambda: session.apply_scripts([script("CREATE INDEX i ON a (b);")], "0.1", ignore)
    )
    assert running.began.wait(30)
    session.interrupt()
    background.join()
    assert isinstance(background.error, Cancelled)
    assert "commit" not in stage.odbc.log


def test_the_query_timeout_does_not_hold_for_scripts(journalled: Stage) -> None:
    session = journalled.open(SqlServerProfile(server="sql01", query_timeout=30))
    seen: list[int] = []
    session.apply_scripts(
        [script("SELECT 1;")], "0.1", lambda *_: seen.append(journalled.odbc.connections[0].timeout)
    )
    assert seen == [0]
    assert journalled.odbc.connections[0].timeout == 30


def test_procedures_are_looked_up_anew_after_a_deployment(journalled: Stage) -> None:
    session = journalled.open()
    session.call("Govern_Batch", batch_id=1)
    session.apply_scripts([script("SELECT 1;")], "0.1", ignore)
    session.call("Govern_Batch", batch_id=1)
    assert sum("sys.procedures" in text for text in journalled.texts()) == 2


@pytest.mark.parametrize(("visible", "rows"), [(None, 0), ("table", 1), ("view", 1)])
def test_the_journal_is_read_from_what_one_may_see(stage: Stage, visible: str | None, rows: int) -> None:
    stage.on("HAS_PERMS_BY_NAME", Result(("v",), [(visible,)]))
    stage.on("Governance.Deployment_Status AS", Result(COLUMNS, [ENTRY]))
    stage.on("Governance.Schema_Script AS", Result(COLUMNS, [ENTRY]))
    assert len(stage.open().journal()) == rows

"""The plan as one .sql file: what a person runs by hand in SSMS or sqlcmd does what the program would have done."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_odbc import Result
from stage import Stage

from divegov_gui.core.errors import DeploymentFailed, InputRefused
from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.scripts import Script, read_scripts
from divegov_gui.database.session import Recording, Target
from divegov_gui.database.tsql_batches import split_batches
from divegov_gui.database.tsql_plan import written_plan
from divegov_gui.services.connections import Workspace
from divegov_gui.services.deployment import plan_deployment, plan_text, save_plan

TARGET = Target("EnterpriseDiveDB on sql01,1433", "EnterpriseDiveDB", "sql01,1433", is_local=False)
SCRIPTS = read_scripts(scripts_folder("sqlserver"))
RECORDING = Recording(("dbo.Diver",), (("mask", "dbo.Diver.Email"),))


def script(text: str, name: str = "01_schema.sql", checksum: str = "c0ffee") -> Script:
    return Script(int(name[:2]), name, text, checksum)


def plan(*scripts: Script, target: Target = TARGET, recording: Recording | None = RECORDING) -> str:
    return written_plan(scripts, target, "0.1", recording)


def batches(text: str) -> list[str]:
    return [batch.text for batch in split_batches(text)]


def places(text: str, *parts: str) -> list[int]:
    """Where each part stands, in the order in which they are named; each must be there."""
    return [text.index(part) for part in parts]


def test_microsofts_parser_takes_every_batch_of_it() -> None:
    beside = Path(sys.executable).with_name("maxdop")
    maxdop = str(beside) if beside.exists() else shutil.which("maxdop")
    if maxdop is None:
        pytest.skip("maxdop is not installed: pip install maxdop==0.1.3")
    text = plan(*SCRIPTS)
    frame = [b for b in batches(text) if not any(b in s.text for s in SCRIPTS)]
    assert len(frame) > 6 * 4
    for batch in [*dict.fromkeys(frame), ";\n".join(dict.fromkeys(frame))]:
        done = subprocess.run(
            [maxdop, "--parser-version", "2022"], input=batch, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or "failed verification" in done.stderr, (done.stderr, batch)


def test_all_batches_of_all_scripts_are_in_it_in_their_order() -> None:
    text = plan(*SCRIPTS)
    found = batches(text)
    wanted = [batch.text for one in SCRIPTS for batch in split_batches(one.text)]
    left = iter(found)
    assert all(batch in left for batch in wanted)
    assert "$(" not in text, "sqlcmd would put a variable there"
    assert not re.search(r"^(?::|!!)", text, re.MULTILINE), "SSMS knows no command of sqlcmd's"


def test_it_is_for_this_database_and_no_other() -> None:
    text = plan(script("SELECT 1;"), target=Target("a", "Dive]DB 'x'", "sql01"))
    assert "USE [Dive]]DB 'x'];\nGO\nIF DB_NAME() <> N'Dive]DB ''x'''\nBEGIN\n    RAISERROR" in text
    assert places(text, "USE [", "SET NOEXEC ON;", "SELECT 1;") == sorted(
        places(text, "USE [", "SET NOEXEC ON;", "SELECT 1;")
    )


def test_each_script_is_one_transaction_with_its_journal_row_and_the_catalogue() -> None:
    text = plan(script("SELECT 1;\nGO\nSELECT 2;"), script("SELECT 3;", "02_more.sql", "abba"))
    parts = [
        "BEGIN TRANSACTION;",
        "SELECT 1;",
        "SELECT 2;",
        "VALUES (N'01_schema.sql', N'c0ffee', SYSUTCDATETIME(), ORIGINAL_LOGIN(),",
        """@Names = N'["dbo.Diver"]',""",
        """@Keep = N'[["mask", "dbo.Diver.Email"]]';""",
        "COMMIT TRANSACTION;",
    ]
    assert places(text, *parts) == sorted(places(text, *parts))
    rest = text[text.index("SELECT 3;") :]
    assert "VALUES (N'02_more.sql', N'abba'" in rest
    assert text.count("BEGIN TRANSACTION;") == text.count("COMMIT TRANSACTION;") == 2


def test_behind_every_batch_of_a_script_it_is_looked_whether_to_go_on() -> None:
    found = batches(plan(script("SELECT 1;\nGO\nSELECT 2;\nGO 3\n")))
    for statement in ("SELECT 1;", "SELECT 2;"):
        after = found[found.index(statement) + 1]
        assert after == "IF @@ERROR <> 0 OR XACT_STATE() <> 1\n    SET NOEXEC ON;"
    assert "SELECT 2;\nGO 3\n" in plan(script("SELECT 2;\nGO 3\n"))


def test_at_its_end_it_says_how_it_went_and_leaves_no_transaction_open() -> None:
    *_, off, back, said = batches(plan(script("SELECT 1;"), script("SELECT 2;", "06_last.sql")))
    assert off.endswith("SET NOEXEC OFF;")
    assert back == "IF XACT_STATE() <> 0\n    ROLLBACK TRANSACTION;"
    assert "= N'06_last.sql'" in said
    assert "The plan is applied whole." in said
    assert "The plan stopped before its end." in said


def test_what_can_run_in_no_transaction_runs_before_it() -> None:
    text = plan(script("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON;\nGO\nSELECT 1;"))
    parts = ["ALTER DATABASE", "BEGIN TRANSACTION;", "SELECT 1;"]
    assert places(text, *parts) == sorted(places(text, *parts))


def test_amid_a_script_it_is_refused_as_the_program_refuses_it() -> None:
    with pytest.raises(DeploymentFailed, match="line 3"):
        plan(script("SELECT 1;\nGO\nALTER DATABASE CURRENT SET RECOVERY SIMPLE;"))


def test_names_cannot_end_a_comment_or_a_text() -> None:
    target = Target("x\nDROP TABLE y on s", "x\nDROP TABLE y", "s\nDROP DATABASE z")
    text = plan(script("SELECT 1;", "01_it's.sql"), target=target)
    assert not re.search(r"^\s*DROP DATABASE", text, re.MULTILINE)
    assert "N'01_it''s.sql'" in text


def test_the_file_says_how_it_is_run() -> None:
    text = plan(script("SELECT 1;"))
    head = text[: text.index("SET ANSI_NULLS")]
    assert all(line.startswith("--") for line in head.splitlines() if line)
    assert "sqlcmd -S sql01,1433 -d EnterpriseDiveDB -E -b -I -x -f 65001 -i PLAN.sql" in head
    assert "SSMS" in head
    assert "\n-- :on error exit\n" in head


# --- through the service


def test_only_what_is_outstanding_is_in_the_plan_and_it_is_saved_for_windows_tools(
    stage: Stage, tmp_path: Path
) -> None:
    rows = [(s.name, s.checksum, "2026-07-16 12:03:07.1", "anna", 1, "0.1") for s in SCRIPTS[:4]]
    columns = ("Script_Name", "Checksum", "Applied_At", "Applied_By", "Duration_Ms", "Program_Version")
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [("table",)]))
    stage.on("FROM Governance.Schema_Script", Result(columns, rows))
    made = plan_deployment(stage.open())
    save_plan(made, tmp_path / "plan.sql")
    data = (tmp_path / "plan.sql").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\nGO\r\n" in data
    assert b"\r\r" not in data
    text = plan_text(made)
    assert [s.name for s in SCRIPTS if f"-- {s.name} · checksum {s.checksum}" in text] == [
        "05_gatekeeper.sql",
        "06_reporting.sql",
    ]
    assert "PWD" not in text


def test_a_file_that_cannot_be_written_is_told(stage: Stage, tmp_path: Path) -> None:
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [(None,)]))
    made = plan_deployment(stage.open())
    with pytest.raises(InputRefused, match="cannot be written"):
        save_plan(made, tmp_path / "nowhere" / "plan.sql")


def test_a_local_workspace_has_no_plan_for_other_tools(tmp_path: Path) -> None:
    session = Workspace(tmp_path / "w.db").open_session()
    try:
        with pytest.raises(InputRefused, match="SQL Server only"):
            plan_text(plan_deployment(session))
    finally:
        session.close()

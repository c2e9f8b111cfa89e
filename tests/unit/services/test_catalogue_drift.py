"""Drift by catalogue: what a script has made and somebody has dropped or altered since is found, and put back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.session import Session
from divegov_gui.services.connections import Workspace
from divegov_gui.services.deployment import ScriptState, accept_drift, deploy, plan_deployment

Shell = Callable[[str], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace.db"


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    made = Workspace(path).open_session()
    deploy(made)
    yield made
    made.close()


@pytest.fixture
def shell(path: Path, session: Session) -> Shell:
    """The plain shell, which knows nothing of the program."""

    def run(sql: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(sql)

    return run


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(scripts_folder("sqlite"), tmp_path / "scripts"))


def told(session: Session) -> list[str]:
    return [finding.words for finding in plan_deployment(session).findings]


def outstanding(session: Session) -> list[str]:
    return [script.name for script in plan_deployment(session).outstanding]


def test_what_was_just_deployed_is_as_it_was(session: Session) -> None:
    assert told(session) == []
    assert plan_deployment(session).is_current


@pytest.mark.parametrize(
    ("sql", "words", "script"),
    [
        ("DROP TRIGGER Diver_Updated", "The trigger Diver_Updated is missing.", "02_versioning.sql"),
        (
            "DROP VIEW Batch_Summary; CREATE VIEW Batch_Summary AS SELECT 1 AS Batch_ID",
            "The view Batch_Summary was altered since it was deployed.",
            "06_reporting.sql",
        ),
        (
            "DROP INDEX IX_Certification_Diver",
            "The index IX_Certification_Diver is missing.",
            "01_schema.sql",
        ),
        (
            "DELETE FROM Stored_Procedure WHERE Procedure_Name = 'Govern_Batch'",
            "The procedure Govern_Batch is missing.",
            "05_gatekeeper.sql",
        ),
        (
            "UPDATE Stored_Procedure SET Definition = replace(Definition, 'Promoted', 'Lost') "
            "WHERE Procedure_Name = 'Govern_Batch'",
            "The procedure Govern_Batch was altered since it was deployed.",
            "05_gatekeeper.sql",
        ),
        (
            "DELETE FROM Unmask_Grant WHERE Role_Name = 'compliance_officer'",
            "A right of a role is missing: compliance_officer: UNMASK on Last_Name.",
            "04_static_data.sql",
        ),
        (
            "DELETE FROM Object_Grant WHERE Object_Name = 'Diver_Directory' AND Role_Name = 'data_analyst'",
            "A right of a role is missing: data_analyst: Diver_Directory.",
            "03_security.sql",
        ),
        (
            "DELETE FROM Masked_Column WHERE Column_Name = 'Phone'",
            "The mask on Phone is switched off.",
            "04_static_data.sql",
        ),
    ],
)
def test_what_is_gone_or_altered_is_found_and_its_script_puts_it_back(
    session: Session, shell: Shell, sql: str, words: str, script: str
) -> None:
    shell(sql)
    assert words in told(session)
    plan = plan_deployment(session)
    assert [s.name for s in plan.outstanding] == [script]
    assert {s.name: s.state for s in plan.scripts}[script] is ScriptState.DRIFTED
    assert deploy(session).applied == (script,)
    assert told(session) == []


def test_versioning_that_was_switched_off_works_again(session: Session, shell: Shell) -> None:
    shell("DROP TRIGGER Dive_Tour_Updated")
    deploy(session)
    shell("UPDATE Dive_Tour SET Capacity = Capacity + 1")
    assert session.select("Workspace_Summary")
    with closing(sqlite3.connect(session.path)) as connection:  # type: ignore[attr-defined]
        assert connection.execute("SELECT count(*) > 0 FROM Dive_Tour_History").fetchone() == (1,)


def test_of_a_missing_table_nothing_else_is_told(session: Session, shell: Shell) -> None:
    shell("DROP TABLE Dive_Log_Equipment")
    assert told(session) == ["The table Dive_Log_Equipment is missing."]
    deploy(session)
    assert told(session) == []


def test_what_no_script_can_put_back_is_told_until_a_person_does(session: Session, shell: Shell) -> None:
    shell("ALTER TABLE Dive_Site ADD COLUMN Remark TEXT")
    words = ["The table Dive_Site was altered since it was deployed."]
    assert told(session) == words
    assert outstanding(session) == [], "there is nothing to apply"
    shell("DROP VIEW Batch_Score")
    deploy(session)
    assert told(session) == words, "a deployment of something else does not make it right"
    shell("ALTER TABLE Dive_Site DROP COLUMN Remark")
    assert told(session) == []


def test_what_is_meant_to_stay_can_be_accepted_and_only_that(session: Session, shell: Shell) -> None:
    shell("ALTER TABLE Dive_Site ADD COLUMN Remark TEXT; DROP VIEW Batch_Score;")
    (taken,) = accept_drift(session)
    assert taken.words == "The table Dive_Site was altered since it was deployed."
    assert told(session) == ["The view Batch_Score is missing."], "a script puts that back"
    deploy(session)
    assert told(session) == []
    shell("ALTER TABLE Dive_Site DROP COLUMN Remark")
    assert told(session) == [taken.words], "from now on it belongs there"
    assert accept_drift(session)
    assert accept_drift(session) == ()


def test_what_is_not_the_scripts_concerns_nobody(session: Session, shell: Shell) -> None:
    shell("CREATE TABLE Own (a); CREATE VIEW Own_View AS SELECT 1 AS a;")
    deploy(session)
    shell("DROP TABLE Own; DROP VIEW Own_View;")
    assert told(session) == []


def test_an_own_index_on_a_table_of_the_scripts_may_go_again(session: Session, shell: Shell) -> None:
    shell("CREATE INDEX Own_Index ON Dive_Site (Country_Code); DROP VIEW Batch_Score;")
    deploy(session)
    shell("DROP INDEX Own_Index")
    assert told(session) == []


def test_a_script_that_changes_what_it_makes_is_no_catalogue_drift(session: Session, scripts: Path) -> None:
    script = scripts / "06_reporting.sql"
    script.write_text(
        script.read_text()
        + "\nDROP VIEW IF EXISTS Batch_Score;\nCREATE VIEW Batch_Score AS SELECT 1 AS Batch_ID;\n"
    )
    deploy(session, scripts=scripts)
    assert plan_deployment(session, scripts).findings == ()


@pytest.mark.parametrize("view", ["Schema_Drift", "Schema_Catalogue"])
def test_where_drift_cannot_be_seen_that_is_told_and_what_it_hid_comes_next(
    session: Session, shell: Shell, view: str
) -> None:
    shell(f"DROP VIEW {view}; DROP TRIGGER Diver_Updated;")
    (words,) = told(session)
    assert "Schema_Drift" in words
    assert deploy(session).applied == ("03_security.sql",)
    assert told(session) == ["The trigger Diver_Updated is missing."]
    deploy(session)
    assert told(session) == []


def test_a_dry_run_records_nothing(session: Session, shell: Shell) -> None:
    shell("DROP VIEW Batch_Score")
    deploy(session, dry_run=True)
    assert told(session) == ["The view Batch_Score is missing."]


def test_a_workspace_of_an_older_program_has_its_catalogue_recorded_when_it_is_next_deployed_to(
    session: Session, shell: Shell
) -> None:
    shell(
        "DROP VIEW Schema_Drift; DROP VIEW Schema_Catalogue; DROP TABLE Schema_Object;"
        "DELETE FROM Stored_Procedure WHERE Procedure_Name = 'Record_Schema';"
        "UPDATE Schema_Script SET Checksum = 'older' WHERE Script_Name IN ('01_schema.sql', '03_security.sql');"
    )
    assert told(session) == []
    deploy(session)
    shell("DROP VIEW Batch_Score")
    assert told(session) == ["The view Batch_Score is missing."]

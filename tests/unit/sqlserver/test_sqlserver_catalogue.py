"""Drift by catalogue on SQL Server, and the rights that deploying needs; the fake answers what the catalogue says."""

from __future__ import annotations

import json
import re

import pytest
from fake_odbc import Result, failure
from stage import Stage

from divegov_gui.core.errors import InputRefused, Refused
from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.database.scripts import read_scripts
from divegov_gui.database.sqlserver import ROLES
from divegov_gui.services.deployment import accept_drift, deploy, plan_deployment

STATE = ("Records", "Drift_View", "Sees_Definitions", "May_Read")
DRIFT = ("Object_Kind", "Object_Name", "Base_Name", "Drift", "Found_As")
JOURNAL = ("Script_Name", "Checksum", "Applied_At", "Applied_By", "Duration_Ms", "Program_Version")


@pytest.fixture
def deployed(stage: Stage) -> Stage:
    """A database in which every script is applied, and whose catalogue was recorded."""
    rows = [
        (s.name, s.checksum, "2026-07-16 12:03:07.123456", "DIVE\\anna", 12, "0.1")
        for s in read_scripts(scripts_folder("sqlserver"))
    ]
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [("table",)]))
    stage.on("FROM Governance.Schema_Script", Result(JOURNAL, rows))
    stage.on("AS Records", Result(STATE, [(1, 2, 1, 1)]))
    stage.on("FROM Governance.Schema_Drift", Result(DRIFT, []))
    stage.on("OBJECT_ID(N'Governance.Record_Schema'", Result(("id",), [(7,)]))
    return stage


def drifted(stage: Stage, *rows: tuple[str, str, str, str, str | None]) -> list[tuple[str, str, bool]]:
    stage.on("FROM Governance.Schema_Drift", Result(DRIFT, rows))
    return [(f.words, f.script, f.restorable) for f in plan_deployment(stage.open()).findings]


@pytest.mark.parametrize(
    ("row", "words", "script", "restorable"),
    [
        (
            ("versioning", "dbo.Diver", "dbo.Diver", "Missing", None),
            "dbo.Diver is no longer versioned. What was changed meanwhile left no earlier version.",
            "02_versioning.sql",
            True,
        ),
        (
            ("versioning", "dbo.Diver", "dbo.Diver", "Altered", "dbo.Elsewhere"),
            "dbo.Diver keeps its history in another table: dbo.Elsewhere.",
            "01_schema.sql",
            False,
        ),
        (
            ("mask", "dbo.Diver.Email", "dbo.Diver", "Missing", None),
            "The mask on dbo.Diver.Email is switched off.",
            "03_security.sql",
            True,
        ),
        (
            ("mask", "dbo.Diver.Email", "dbo.Diver", "Altered", "default()"),
            "The mask on dbo.Diver.Email is not the one that was deployed.",
            "01_schema.sql",
            False,
        ),
        (
            ("role", "data_steward", "Governance.Security_Role", "Missing", None),
            "The role data_steward is missing.",
            "03_security.sql",
            True,
        ),
        (
            ("grant", "data_analyst: SELECT on dbo.Tour_Occupancy", "dbo.Tour_Occupancy", "Missing", None),
            "A right of a role is missing: data_analyst: SELECT on dbo.Tour_Occupancy.",
            "06_reporting.sql",
            True,
        ),
        (
            (
                "grant",
                "compliance_officer: VIEW LEDGER CONTENT in the database",
                "Governance.Steward_Action",
                "Missing",
                None,
            ),
            "A right of a role is missing: compliance_officer: VIEW LEDGER CONTENT in the database.",
            "03_security.sql",
            True,
        ),
        (
            ("procedure", "Staging.Govern_Batch", "Staging.Govern_Batch", "Altered", "C0FFEE"),
            "The procedure Staging.Govern_Batch was altered since it was deployed.",
            "05_gatekeeper.sql",
            True,
        ),
        (
            ("trigger", "dbo.Diver_Updated", "dbo.Diver", "Altered", "C0FFEE DISABLED"),
            "The trigger dbo.Diver_Updated is switched off.",
            "02_versioning.sql",
            True,
        ),
        (
            ("index", "dbo.Certification.IX_Certification_Diver", "dbo.Certification", "Missing", None),
            "The index dbo.Certification.IX_Certification_Diver is missing.",
            "01_schema.sql",
            True,
        ),
        (
            ("constraint", "dbo.Dive_Site.CK_Dive_Site_Depth", "dbo.Dive_Site", "Missing", None),
            "The constraint dbo.Dive_Site.CK_Dive_Site_Depth is missing.",
            "01_schema.sql",
            False,
        ),
        (
            ("column", "dbo.Diver.Email", "dbo.Diver", "Altered", "varchar 10"),
            "The column dbo.Diver.Email was altered since it was deployed.",
            "01_schema.sql",
            False,
        ),
    ],
)
def test_each_kind_of_drift_is_told_with_the_script_that_mends_it(
    deployed: Stage, row: tuple[str, str, str, str, str | None], words: str, script: str, restorable: bool
) -> None:
    assert drifted(deployed, row) == [(words, script, restorable)]


def test_of_a_view_that_is_missing_the_rights_that_went_with_it_are_not_told(deployed: Stage) -> None:
    name = "dbo.Tour_Occupancy"
    rights = [("grant", f"{role}: SELECT on {name}", name, "Missing", None) for role in ROLES]
    view = ("view", name, name, "Missing", None)
    assert drifted(deployed, view, *rights) == [(f"The view {name} is missing.", "06_reporting.sql", True)]
    assert len(drifted(deployed, *rights)) == 3


def test_what_a_script_can_mend_makes_it_outstanding(deployed: Stage) -> None:
    drifted(deployed, ("mask", "dbo.Diver.Phone", "dbo.Diver", "Missing", None))
    session = deployed.open()
    assert [s.name for s in plan_deployment(session).outstanding] == ["03_security.sql"]
    assert deploy(session).applied == ("03_security.sql",)
    recorded = next(
        values for text, values in deployed.odbc.statements if "EXECUTE Governance.Record" in text
    )
    names, kept = map(json.loads, recorded)
    assert {"dbo.Diver", "Staging.Govern_Batch", "dbo.Certification.IX_Certification_Diver"} <= set(names)
    assert "#Judge_Input" not in names
    assert kept == [["mask", "dbo.Diver.Phone"]], "it passes for right only once it is"


def test_the_catalogue_is_recorded_in_the_transaction_of_the_script(deployed: Stage) -> None:
    drifted(deployed, ("role", "data_steward", "Governance.Security_Role", "Missing", None))
    session = deployed.open()
    deployed.odbc.log.clear()
    start = len(deployed.odbc.statements)
    deploy(session)
    texts = [text for text, _ in deployed.odbc.statements[start:]]
    record = next(i for i, text in enumerate(texts) if "EXECUTE Governance.Record_Schema" in text)
    assert texts.index(next(t for t in texts if "INSERT INTO Governance.Schema_Script" in t)) < record
    assert deployed.odbc.log[-3:] == ["execute", "commit", "autocommit on"]


def test_what_is_accepted_is_recorded_in_a_transaction_of_its_own(deployed: Stage) -> None:
    drifted(
        deployed,
        ("column", "dbo.Diver.Email", "dbo.Diver", "Altered", "varchar 10"),
        ("mask", "dbo.Diver.Phone", "dbo.Diver", "Missing", None),
    )
    session = deployed.open()
    deployed.odbc.log.clear()
    (taken,) = accept_drift(session)
    assert taken.object.name == "dbo.Diver.Email"
    recorded = next(
        values for text, values in deployed.odbc.statements if "EXECUTE Governance.Record" in text
    )
    assert json.loads(recorded[1]) == [["mask", "dbo.Diver.Phone"]]
    assert deployed.odbc.log[-2:] == ["commit", "autocommit on"]


def test_whoever_may_not_see_definitions_is_told_of_no_drift(deployed: Stage) -> None:
    deployed.on("AS Records", Result(STATE, [(1, 2, 0, 0)]))
    assert drifted(deployed, ("table", "dbo.Diver", "dbo.Diver", "Missing", None)) == []


def test_a_database_whose_catalogue_was_never_recorded_has_no_drift_to_tell(deployed: Stage) -> None:
    deployed.on("AS Records", Result(STATE, [(None, None, 1, None)]))
    assert drifted(deployed, ("table", "dbo.Diver", "dbo.Diver", "Missing", None)) == []


@pytest.mark.parametrize(
    ("state", "answer", "words"),
    [
        ((1, None, 1, None), Result(DRIFT, []), "The view Governance.Schema_Drift is missing."),
        (
            (1, 2, 1, 1),
            failure(208, "Invalid object name 'Governance.Schema_Catalogue'."),
            "The view Governance.Schema_Drift was altered since it was deployed.",
        ),
    ],
)
def test_a_drift_view_that_is_gone_or_broken_is_itself_drift(
    deployed: Stage, state: tuple[object, ...], answer: object, words: str
) -> None:
    deployed.on("AS Records", Result(STATE, [state]))
    deployed.on("FROM Governance.Schema_Drift", answer)
    plan = plan_deployment(deployed.open())
    assert [(f.words, f.script) for f in plan.findings] == [(words, "03_security.sql")]
    assert plan.recording is None, "what it hid must not be recorded as right"


# --- rights


def test_a_login_without_the_rights_is_told_which_and_what_for(stage: Stage) -> None:
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [(None,)]))
    stage.on("fn_my_permissions", Result(("permission_name",), [("CONNECT",), ("CREATE TABLE",)]))
    session = stage.open()
    plan = plan_deployment(session)
    assert "CREATE TABLE" not in plan.missing_rights
    assert plan.missing_rights["ALTER ANY MASK"] == "to mask personal columns"
    begun = len(stage.odbc.statements)
    with pytest.raises(Refused) as caught:
        deploy(session, confirmed="sql01,1433")
    assert "You may not deploy to EnterpriseDiveDB on sql01,1433." in caught.value.title
    assert "CONTROL (to grant the roles their rights" in caught.value.detail
    assert "db_owner" in caught.value.hint
    assert not [t for t, _ in stage.odbc.statements[begun:] if "CREATE TABLE" in t], "nothing was begun"


@pytest.fixture
def older(stage: Stage) -> Stage:
    """A database that keeps to the level of SQL Server 2019."""
    row = ("16.0.4125.3", "Developer Edition (64-bit)", 3, 150, "EnterpriseDiveDB", "[EnterpriseDiveDB]")
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [(None,)]))
    stage.on("ProductVersion", Result(tuple("venldq"), [row]))
    return stage


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_database_of_an_older_level_is_refused_before_anything_is_begun(
    older: Stage, dry_run: bool
) -> None:
    with pytest.raises(Refused) as caught:
        deploy(older.open(), confirmed="sql01,1433", dry_run=dry_run)
    assert "compatibility level 150, and the program needs 160" in caught.value.title
    assert "ALTER DATABASE [EnterpriseDiveDB] SET COMPATIBILITY_LEVEL = 160;" in caught.value.hint
    assert not [text for text in older.texts() if "ALTER DATABASE" in text or "CREATE" in text]


def test_the_first_script_tells_the_same_to_whoever_runs_it_by_hand_before_it_changes_anything(
    older: Stage,
) -> None:
    obstacle = plan_deployment(older.open()).obstacle
    assert obstacle is not None
    text = read_scripts(scripts_folder("sqlserver"))[0].text
    check = text[: text.index("ALTER DATABASE CURRENT")]
    assert check.count("THROW 50400") == 2
    for part in re.split(r"EnterpriseDiveDB|\[EnterpriseDiveDB\]|150", f"{obstacle.words} {obstacle.advice}"):
        assert part in check


def test_a_database_owner_lacks_nothing(deployed: Stage) -> None:
    assert plan_deployment(deployed.open()).missing_rights == {}


# --- the first deployment


@pytest.fixture
def new(stage: Stage) -> Stage:
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [(None,)]))
    stage.on("FROM Governance.Schema_Script", Result(JOURNAL, [("a", "b", "c", "d", 1, "e")]))
    return stage


@pytest.mark.parametrize("name", ["", "sql02", "EnterpriseDiveDB"])
def test_the_first_deployment_to_a_server_is_refused_without_its_name(new: Stage, name: str) -> None:
    with pytest.raises(InputRefused) as caught:
        deploy(new.open(), confirmed=name)
    assert "sql01,1433" in caught.value.detail
    assert "divegov deploy" in caught.value.hint
    assert not any("CREATE TABLE" in text for text in new.texts())


@pytest.mark.parametrize("name", ["sql01,1433", " SQL01,1433 "])
def test_with_its_name_it_goes_on(new: Stage, name: str) -> None:
    assert len(deploy(new.open(), confirmed=name).applied) == 6


def test_a_dry_run_asks_for_no_name(new: Stage) -> None:
    assert deploy(new.open(), dry_run=True).dry_run


@pytest.mark.parametrize("server", ["localhost", ".", "127.0.0.1", r"(localdb)\MSSQLLocalDB"])
def test_on_this_computer_nobody_asks(new: Stage, server: str) -> None:
    session = new.open(SqlServerProfile(server=server, database="EnterpriseDiveDB"))
    assert plan_deployment(session).name_to_confirm == ""
    assert len(deploy(session).applied) == 6


def test_the_second_deployment_asks_no_more(deployed: Stage) -> None:
    assert plan_deployment(deployed.open()).name_to_confirm == ""

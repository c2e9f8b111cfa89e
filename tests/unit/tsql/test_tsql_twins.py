"""The two script sets are twins: the same headings, objects, columns, procedures and rows; what differs is dialect."""

from __future__ import annotations

import re

import pytest
from tsql_reading import (
    SCRIPTS,
    Table,
    bare,
    code,
    headings,
    inserted_rows,
    modules,
    parameters,
    tables,
    text,
    view_columns,
)

from divegov_gui.database.procedures import parse_procedure
from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.database.views import VIEWS

# What SQL Server has of itself: sys.sql_modules, sys.database_permissions, and SYSUTCDATETIME() with ORIGINAL_LOGIN().
ONLY_SQLITE = {"Stored_Procedure", "Transaction_Context", "Object_Grant"}
# The ledger keeps its hashes to itself; a history that is versioned by the server needs no key of its own.
ONLY_SQLITE_COLUMNS = {"Steward_Action": ["Previous_Hash", "Action_Hash"], "Diver_History": ["Version_ID"]}
# A period has an end.
ONLY_SQLSERVER = {"Diver": ["Valid_To"], "Dive_Tour": ["Valid_To"], "Quality_Rule": ["Valid_To"]}
TEMPORAL = {"dbo.Diver": "Diver_ID", "dbo.Dive_Tour": "Dive_Tour_ID", "Governance.Quality_Rule": "Rule_Code"}


def sqlserver_tables() -> dict[str, Table]:
    return {bare(name): table for name, table in tables("sqlserver").items()}


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_have_the_same_headings_in_the_same_order(script: str) -> None:
    assert headings("sqlserver", script) == headings("sqlite", script)
    assert headings("sqlserver", script)


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_names_itself_and_its_twin(script: str) -> None:
    first, *rest = text("sqlserver", script).splitlines()
    assert first.startswith(f"-- {script}.sql · EnterpriseDiveDB on SQL Server 2022: ")
    assert any(f"sqlite/{script}.sql" in line for line in rest[:5])


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_make_their_tables_in_the_same_order(script: str) -> None:
    made = {
        dialect: [
            bare(name)
            for name in re.findall(
                r"CREATE TABLE (?:IF NOT EXISTS )?([A-Z]\w*(?:\.\w+)?|dbo\.\w+) \(", code(dialect, script)
            )
            if name not in ONLY_SQLITE
        ]
        for dialect in ("sqlite", "sqlserver")
    }
    assert made["sqlserver"] == made["sqlite"]


def test_every_table_has_its_twin_with_the_same_columns_in_the_same_order() -> None:
    sqlite, sqlserver = tables("sqlite"), sqlserver_tables()
    assert sqlserver.keys() == sqlite.keys() - ONLY_SQLITE
    for name, table in sqlserver.items():
        ours = [c for c in table.columns if c not in ONLY_SQLSERVER.get(name, [])]
        theirs = [c for c in sqlite[name].columns if c not in ONLY_SQLITE_COLUMNS.get(name, [])]
        assert ours == theirs, name


def test_a_column_that_must_have_a_value_must_have_one_in_both() -> None:
    sqlite, sqlserver = tables("sqlite"), sqlserver_tables()
    for name, table in sqlserver.items():
        for column, definition in table.columns.items():
            if column in ONLY_SQLSERVER.get(name, []):
                continue
            twin = sqlite[name].columns[column]
            needed = "NOT NULL" in twin or "PRIMARY KEY" in twin
            assert ("NOT NULL" in definition) == needed or is_in_primary_key(name, column), f"{name}.{column}"


def is_in_primary_key(table: str, column: str) -> bool:
    keys = re.findall(r"PRIMARY KEY \(([^)]*)\)", "".join(code("sqlite", s) for s in SCRIPTS[:3]))
    return any(column in key for key in keys)


def test_the_indexes_of_the_twin_are_there() -> None:
    theirs = re.findall(
        r"CREATE INDEX IF NOT EXISTS (\w+) ON (\w+)", "".join(code("sqlite", s) for s in SCRIPTS[:3])
    )
    ours = re.findall(
        r"CREATE (?:CLUSTERED )?INDEX (\w+)\s+ON [\w]+\.(\w+)",
        "".join(code("sqlserver", s) for s in SCRIPTS[:3]),
    )
    assert set(theirs) <= set(ours)


def test_a_history_table_has_the_columns_of_its_table_and_its_masks() -> None:
    found = tables("sqlserver")
    for name in TEMPORAL:
        now, past = found[name].columns, found[f"{name}_History"].columns
        assert list(now) == list(past)
        for column, definition in past.items():
            assert definition == as_history(now[column]), f"{name}.{column}"


def as_history(definition: str) -> str:
    plain = re.sub(
        r" (CONSTRAINT|GENERATED ALWAYS AS ROW|IDENTITY) ?.*?(?=NOT NULL|$)", " ", definition + " ", count=1
    )
    head = re.match(r"(.*?(?:NOT )?NULL)\b", plain)
    return " ".join((head[1] if head else plain).split())


def test_each_history_serves_a_row_s_timeline_and_everybody_s_period() -> None:
    sql = " ".join(code("sqlserver", "02_versioning").split())
    for name, key in TEMPORAL.items():
        history = f"{name}_History"
        assert (
            f"CREATE CLUSTERED INDEX IX_{bare(history)}_Timeline ON {history} ({key}, Valid_To, Valid_From)"
            in sql
        )
        assert f"CREATE INDEX IX_{bare(history)}_Period ON {history} (Valid_To, Valid_From)" in sql
        assert f"ALTER TABLE {name} SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = {history}," in sql


def test_every_view_has_the_columns_that_the_program_reads() -> None:
    ours = {name: view_columns(view) for name, view in modules("VIEW").items()}
    assert ours == {f"{view.schema}.{name}": list(view.columns) for name, view in VIEWS.items()}


def test_every_view_has_the_columns_of_its_twin(workspace: SqliteSession) -> None:
    for name, view in modules("VIEW").items():
        theirs = [row[1] for row in workspace._raw.execute(f"PRAGMA table_info({bare(name)})")]
        assert view_columns(view) == theirs, name


@pytest.mark.parametrize("script", SCRIPTS)
def test_views_procedures_and_triggers_come_in_the_same_order(script: str) -> None:
    kinds = r"(?:CREATE VIEW|CREATE TRIGGER|CREATE OR ALTER (?:VIEW|TRIGGER|PROCEDURE)) ([\w.]+)"
    ours = [bare(name) for name in re.findall(kinds, code("sqlserver", script))]
    theirs = [name for name in re.findall(kinds, code("sqlite", script)) if name in ours]
    assert ours == theirs


def test_every_procedure_has_its_twin_with_the_same_parameters_and_defaults(workspace: SqliteSession) -> None:
    definitions = dict(
        workspace._raw.execute("SELECT Procedure_Name, Definition FROM Stored_Procedure").fetchall()
    )
    theirs = {
        name: [(p.name, p.default) for p in parse_procedure(definition).parameters]
        for name, definition in definitions.items()
    }
    assert {bare(name): parameters(p.header) for name, p in modules("PROCEDURE").items()} == theirs


def test_roles_are_granted_the_same(workspace: SqliteSession) -> None:
    ours = {
        (bare(name), role)
        for script in SCRIPTS
        for name, roles in re.findall(
            r"\bGRANT (?:SELECT|EXECUTE) ON ([\w.]+) TO ([^;]*);", code("sqlserver", script)
        )
        for role in re.split(r",\s*", roles)
    }
    theirs = workspace._raw.execute("SELECT Object_Name, Role_Name FROM Object_Grant").fetchall()
    assert sorted(theirs) == sorted(ours)


def test_refusals_have_the_same_numbers_in_the_same_order() -> None:
    # The lock that SQLite takes of itself has a refusal of its own here.
    for script in ("03_security", "05_gatekeeper"):
        theirs = re.findall(r"THROW (\d+)", code("sqlite", script))
        ours = [
            number for number in re.findall(r"THROW (\d+)", code("sqlserver", script)) if number != "50423"
        ]
        assert ours == theirs


def test_refusals_say_the_same() -> None:
    said = re.sub(r"\s+", " ", code("sqlserver", "05_gatekeeper"))
    for message in re.findall(r"THROW \d+, (.*?);", code("sqlite", "05_gatekeeper"), re.DOTALL):
        for words in re.findall(r"'([^']+)'", message):
            assert f"N'{words}'" in said, words


def test_progress_is_told_in_the_same_words() -> None:
    ours = re.findall(r"RAISERROR\(N'([^']*)', 0, 1\) WITH NOWAIT;", code("sqlserver", "05_gatekeeper"))
    assert ours == re.findall(r"PRINT '([^']*)';", code("sqlite", "05_gatekeeper"))
    assert ours
    assert not any("%" in message for message in ours)


@pytest.mark.parametrize(
    "table",
    [
        "dbo.Certification_Level",
        "dbo.Certification_Alias",
        "dbo.Dive_Site",
        "dbo.Equipment",
        "dbo.Dive_Tour",
        "Governance.Security_Role",
        "Governance.Masked_Column",
        "Governance.Unmask_Grant",
        "Governance.Rule_Check",
    ],
)
def test_the_rows_to_start_with_are_the_same(workspace: SqliteSession, table: str) -> None:
    columns, ours = inserted_rows(table)
    theirs = workspace._raw.execute(f"SELECT {', '.join(columns)} FROM {bare(table)}").fetchall()
    assert sorted(ours, key=str) == sorted(theirs, key=str)
    assert ours


def test_the_rule_catalogue_is_the_same(workspace: SqliteSession) -> None:
    columns, ours = inserted_rows("@Rule")
    theirs = workspace._raw.execute(f"SELECT {', '.join(columns)} FROM Quality_Rule").fetchall()
    assert sorted(ours, key=str) == sorted(theirs, key=str)
    assert len(ours) == 18
    assert "N'divegov', N'Static data'" in code("sqlserver", "04_static_data")

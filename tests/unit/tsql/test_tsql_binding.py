"""Every name in the T-SQL scripts means a column that is there, spelled as it was declared; no server is asked.

A procedure is stored by SQL Server even where it names a table that is not there (deferred name resolution), and fails
when it is first run. Here a statement is bound when the tests run.
"""

from __future__ import annotations

import pytest
from sqlglot import exp
from sqlglot.errors import OptimizeError
from tsql_queries import written
from tsql_reading import SCRIPTS
from tsql_scopes import bound
from tsql_statements import columns_of, full_name, statements

STATEMENTS = statements()
BY_THE_SERVER = ("IDENTITY", "GENERATED ALWAYS")


def unbound(text: str) -> str:
    """What cannot be resolved in a statement."""
    try:
        query = bound(text)
    except OptimizeError as error:
        return str(error)
    return "" if query is None else "; ".join(missing(query))


def missing(query: exp.Expression) -> list[str]:
    """The tables that are none, and the columns that an OPENJSON does not make."""
    ctes = {cte.alias for cte in query.find_all(exp.CTE)}
    known = columns_of()
    found = [
        f"no table {table.sql('tsql')}"
        for table in query.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier) and table.name not in ctes and full_name(table) not in known
    ]
    made = {
        json.parent.alias_or_name: {column.name for column in json.expressions} or {"key", "value", "type"}
        for json in query.find_all(exp.OpenJSON)
        if json.parent
    }
    return found + [
        f"no column {column.sql('tsql')}"
        for column in query.find_all(exp.Column)
        if column.table in made and column.name not in made[column.table]
    ]


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("SELECT d.Nope FROM dbo.Diver AS d", "SELECT d.Email FROM dbo.Diver AS d"),
        ("SELECT d.email FROM dbo.Diver AS d", "SELECT Email FROM dbo.Diver"),
        ("SELECT 1 AS One FROM dbo.Divers AS d", "SELECT 1 AS One FROM dbo.Diver AS d"),
        (
            "SELECT d.Diver_ID FROM dbo.Diver AS d JOIN dbo.Data_Quarantine AS q ON Email = q.Resolved_By",
            "SELECT d.Diver_ID FROM dbo.Diver AS d JOIN dbo.Data_Quarantine AS q ON d.Email = q.Resolved_By",
        ),
        (
            "SELECT CONVERT(DATE, Received_At) AS Day FROM Staging.Ingestion_Batch WHERE Day > N'2020'",
            "SELECT CONVERT(DATE, Received_At) AS Day FROM Staging.Ingestion_Batch ORDER BY Day",
        ),
        (
            "SELECT Batch_ID AS Number FROM Staging.Ingestion_Batch GROUP BY Number",
            "SELECT Batch_ID AS Number FROM Staging.Ingestion_Batch GROUP BY Batch_ID",
        ),
        (
            "UPDATE d SET Phone = x.Phone FROM dbo.Diver AS d",
            "UPDATE d SET Phone = d.Email FROM dbo.Diver AS d",
        ),
        ("DELETE FROM dbo.Diver WHERE ID = 1", "DELETE FROM dbo.Diver WHERE Diver_ID = 1"),
        (
            "SELECT j.B FROM OPENJSON(@R) WITH (A BIGINT '$[0]') AS j",
            "SELECT j.A FROM OPENJSON(@R) WITH (A BIGINT '$[0]') AS j",
        ),
    ],
)
def test_the_binding_is_alive(bad: str, good: str) -> None:
    assert unbound(bad)
    assert unbound(good) == ""


def test_statements_are_found() -> None:
    assert len(STATEMENTS) > 100
    assert {"Staging.Govern_Batch", "dbo.Diver_Versions", "dbo.Diver_Updated", ""} <= {
        s.module for s in STATEMENTS
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_name_is_bound(script: str) -> None:
    found = {s.place: said for s in STATEMENTS if s.script == script and (said := unbound(s.text))}
    assert found == {}


def test_what_is_written_is_there_and_may_be_written() -> None:
    for statement in STATEMENTS:
        into = written(statement.tree)
        if into is None:
            continue
        table, names = into
        columns = columns_of()[full_name(table)]
        for name in names:
            assert name in columns, statement.place
            own = columns[name]
            assert not any(word in own for word in BY_THE_SERVER), statement.place
            assert not own.startswith("AS "), statement.place


def test_an_insert_brings_every_value_that_must_be_there() -> None:
    seen = 0
    for statement in STATEMENTS:
        into = written(statement.tree)
        if into is None or not isinstance(statement.tree, exp.Insert):
            continue
        table, given = into
        for name, definition in columns_of()[full_name(table)].items():
            by_itself = "DEFAULT" in definition or any(word in definition for word in BY_THE_SERVER)
            if "NOT NULL" in definition and not by_itself:
                assert name in given, f"{statement.place} leaves out {name}"
                seen += 1
    assert seen > 50

"""Every name in the T-SQL scripts means a column that is there, spelled as it was declared; no server is asked.

A procedure is stored by SQL Server even where it names a table that is not there (deferred name resolution), and fails
when it is first run. Here a statement is bound when the tests run.
"""

from __future__ import annotations

import pytest
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify
from tsql_reading import SCRIPTS
from tsql_statements import DIALECT, columns_of, parsed, schema, statements

STATEMENTS = statements()
BY_THE_SERVER = ("IDENTITY", "GENERATED ALWAYS")


def unbound(text: str) -> str:
    """What cannot be resolved in a statement."""
    query = as_query(parsed(text).copy())
    if query is None:
        return ""
    for node in list(query.find_all(exp.NextValueFor)):
        node.replace(exp.Literal.number(1))
    try:
        qualify(
            query,
            schema=schema(),
            dialect=DIALECT,
            db="dbo",
            expand_alias_refs=False,
            expand_stars=False,
            quote_identifiers=False,
            identify=False,
        )
    except OptimizeError as error:
        return str(error)
    return "; ".join(missing(query))


def as_query(tree: exp.Expression) -> exp.Expression | None:
    """What a statement reads, as a SELECT: of an UPDATE the values that it sets, of a DELETE its condition."""
    if isinstance(tree, exp.Insert):
        source = tree.expression
        if isinstance(source, exp.Query) and tree.args.get("with_"):
            source.set("with_", tree.args["with_"])
        return source if isinstance(source, exp.Query) else None
    if isinstance(tree, (exp.Update, exp.Delete)):
        values = [pair.expression for pair in tree.expressions] or [exp.Literal.number(1)]
        query = exp.Select(expressions=values)
        source = tree.args.get("from_")
        query = query.from_(tree.this) if source is None else query
        for name, part in (
            ("from_", source),
            ("where", tree.args.get("where")),
            ("with_", tree.args.get("with_")),
        ):
            if part is not None:
                query.set(name, part)
        return query
    return tree if isinstance(tree, exp.Query) else None


def missing(query: exp.Expression) -> list[str]:
    """The tables that are none, and the columns that an OPENJSON does not make."""
    ctes = {cte.alias for cte in query.find_all(exp.CTE)}
    known = columns_of()
    found = [
        f"no table {table.sql('tsql')}"
        for table in query.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier)
        and table.name not in ctes
        and f"{table.db or 'dbo'}.{table.name}" not in known
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
        tree = statement.tree
        if isinstance(tree, exp.Insert):
            table, names = tree.this.this, [column.name for column in tree.this.expressions]
        elif isinstance(tree, exp.Update):
            table, names = target(tree), [pair.this.name for pair in tree.expressions]
        else:
            continue
        columns = columns_of()[f"{table.db or 'dbo'}.{table.name}"]
        for name in names:
            assert name in columns, statement.place
            own = columns[name]
            assert not any(word in own for word in BY_THE_SERVER), statement.place
            assert not own.startswith("AS "), statement.place


def target(tree: exp.Update) -> exp.Table:
    """The table that an UPDATE changes: its alias is among those of FROM."""
    source = tree.args.get("from_")
    everything = source.find_all(exp.Table) if source is not None else ()
    return next((table for table in everything if table.alias == tree.this.name), tree.this)


def test_an_insert_brings_every_value_that_must_be_there() -> None:
    seen = 0
    for statement in STATEMENTS:
        if not isinstance(statement.tree, exp.Insert):
            continue
        table = statement.tree.this.this
        given = {column.name for column in statement.tree.this.expressions}
        for name, definition in columns_of()[f"{table.db or 'dbo'}.{table.name}"].items():
            by_itself = "DEFAULT" in definition or any(word in definition for word in BY_THE_SERVER)
            if "NOT NULL" in definition and not by_itself:
                assert name in given, f"{statement.place} leaves out {name}"
                seen += 1
    assert seen > 50

"""Texts, numbers and times do not meet in one CASE, COALESCE, comparison or UNION of the T-SQL.

SQLite does not mind. SQL Server converts the text to the other's type (learn.microsoft.com, "Data type precedence"),
and fails when a row comes whose text is no number (245) or no date (241).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.scope import Scope, traverse_scope
from tsql_reading import SCRIPTS
from tsql_scopes import bound, source_of
from tsql_statements import columns_of, full_name, kind_of, schema, statements, variables

TEXTUAL = (exp.National, exp.Collate, exp.Left, exp.Right, exp.Concat, exp.Substring, exp.Trim, exp.Translate)

TOGETHER = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.Add, exp.Sub),  # of a text and a number + is a sum
)
"""What makes one type of its two sides."""


def mixed(text: str, module: str = "") -> list[str]:
    """Where a statement lets kinds meet."""
    query = bound(text)
    if query is None:
        return []
    bits = [
        node.sql("tsql")
        for scope in traverse_scope(query)
        for node in scope.walk()
        if reckons_a_bit(node, scope)
    ]
    query = annotate_types(query, schema=schema())
    return bits + [
        node.sql("tsql")
        for node in query.walk()
        for parts in meetings(node)
        if len({kind(part, module) for part in parts} - {None}) > 1
    ]


def reckons_a_bit(node: exp.Expression, scope: Scope) -> bool:
    """Whether a BIT is summed or the greatest is sought (8117), or ~ turns it round, which gives 0 and not -2."""
    kinds = (exp.Max, exp.Min, exp.Sum, exp.Avg, exp.BitwiseNot)
    return isinstance(node, kinds) and isinstance(node.this, exp.Column) and is_bit(node.this, scope)


def is_bit(column: exp.Column, scope: Scope | None) -> bool:
    """Whether a column is a BIT, also where a derived table passes it on."""
    source = source_of(column, scope)
    if isinstance(source, Scope):
        shown = {part.alias_or_name: part.unalias() for part in source.expression.selects}.get(column.name)
        return isinstance(shown, exp.Column) and is_bit(shown, source)
    name = full_name(source) if isinstance(source, exp.Table) else ""
    return columns_of().get(name, {}).get(column.name, "").startswith("BIT")


def meetings(node: exp.Expression) -> Iterator[list[exp.Expression]]:
    """The expressions that a node makes one type of."""
    if isinstance(node, exp.Case):
        yield [branch.args["true"] for branch in node.args["ifs"]] + [
            *filter(None, [node.args.get("default")])
        ]
        yield [*filter(None, [node.this])] + [branch.this for branch in node.args["ifs"] if node.this]
    elif isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        yield [*filter(None, [node.args["true"], node.args.get("false")])]
    elif isinstance(node, (exp.Coalesce, exp.In)):
        yield [node.this, *node.expressions]
    elif isinstance(node, exp.Between):
        yield [node.this, node.args["low"], node.args["high"]]
    elif isinstance(node, TOGETHER):
        yield [node.left, node.right]
    elif isinstance(node, exp.SetOperation):
        sides = zip(node.left.selects, node.right.selects, strict=False)
        yield from ([one.unalias(), other.unalias()] for one, other in sides)


def kind(node: exp.Expression, module: str) -> str | None:
    """Text, number or time; None where it is NULL or cannot be told."""
    if isinstance(node, exp.Paren):
        return kind(node.this, module)
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    if isinstance(node, TEXTUAL):
        return "text"
    if isinstance(node, exp.Convert):
        return kind_of(node.this.sql("tsql"))
    if isinstance(node, exp.Parameter):
        return variables(module).get(node.name.lower())
    if isinstance(node, exp.Null) or node.type is None:
        return None
    return kind_of(node.type.sql("tsql"))


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (
            "SELECT COALESCE(d.Diver_ID, N'none') AS Who FROM dbo.Diver AS d",
            "SELECT COALESCE(CONVERT(NVARCHAR(20), d.Diver_ID), N'none') AS Who FROM dbo.Diver AS d",
        ),
        (
            "SELECT CASE WHEN d.Phone IS NULL THEN 0 ELSE d.Phone END AS P FROM dbo.Diver AS d",
            "SELECT CASE WHEN d.Phone IS NULL THEN N'0' ELSE d.Phone END AS P FROM dbo.Diver AS d",
        ),
        (
            "SELECT d.Diver_ID FROM dbo.Diver AS d JOIN #Normalised AS n ON n.Date_Of_Birth = d.Date_Of_Birth",
            "SELECT d.Diver_ID FROM dbo.Diver AS d JOIN #Normalised AS n "
            "ON TRY_CONVERT(DATE, n.Date_Of_Birth, 23) = d.Date_Of_Birth",
        ),
        (
            "SELECT Raw_ID FROM Staging.Raw_Record WHERE Phone IN (1, 2)",
            "SELECT Raw_ID FROM Staging.Raw_Record WHERE Phone IN (N'1', N'2')",
        ),
        (
            "SELECT Raw_ID AS A FROM Staging.Raw_Record UNION ALL SELECT Payload FROM Staging.Raw_Record",
            "SELECT Raw_ID AS A FROM Staging.Raw_Record UNION ALL SELECT NULL FROM Staging.Raw_Record",
        ),
        (
            "SELECT N'Diver ' + d.Diver_ID AS Who FROM dbo.Diver AS d",
            "SELECT CONCAT(N'Diver ', d.Diver_ID + 1) AS Who, d.First_Name + N'.' AS Dot FROM dbo.Diver AS d",
        ),
        (
            "SELECT MAX(x.E) AS M FROM (SELECT Is_Enabled AS E FROM Governance.Quality_Rule) AS x",
            "SELECT MAX(IIF(r.Is_Enabled = 1, 1, 0)) AS M FROM Governance.Quality_Rule AS r",
        ),
    ],
)
def test_the_rule_is_alive(bad: str, good: str) -> None:
    assert mixed(bad)
    assert mixed(good) == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_texts_numbers_and_times_do_not_meet(script: str) -> None:
    found = {s.place: met for s in statements() if s.script == script and (met := mixed(s.text, s.module))}
    assert found == {}

"""Where the T-SQL writes texts, none of a row that is joined or filtered away is too long for its column.

SQL Server may convert a value to the column's type before it joins: then one long text of a record that is not written
at all fails the whole statement (2628), on one plan and not on another. So a text that may be longer is cut by CONVERT,
which changes nothing where the row is written: what is too long for its column was refused before.
"""

from __future__ import annotations

import re

import pytest
from sqlglot import exp
from sqlglot.optimizer.scope import Scope
from tsql_queries import written
from tsql_reading import SCRIPTS
from tsql_scopes import names_of, scopes, source_of
from tsql_statements import columns_of, full_name, parsed, statements

MAX = 10**9


def longest(node: exp.Expression | None, scope: Scope) -> int:
    """How many units a text may have at most; 0 where it is no text, or cannot be told."""
    if isinstance(node, exp.Column):
        return of_column(node, scope)
    if isinstance(node, exp.Convert):
        return declared(node.this.sql("tsql"))
    if isinstance(node, exp.Cast):
        return declared(node.to.sql("tsql"))
    if isinstance(node, exp.National) or (isinstance(node, exp.Literal) and node.is_string):
        return len(node.name)
    if isinstance(node, (exp.Left, exp.Right)):
        number = node.expression
        return int(number.name) if isinstance(number, exp.Literal) else longest(node.this, scope)
    if isinstance(node, exp.If):
        return max(longest(node.args["true"], scope), otherwise(node, scope))
    if isinstance(node, exp.Case):
        branches = [branch.args["true"] for branch in node.args["ifs"]]
        return max(longest(branch, scope) for branch in (*branches, node.args.get("default")))
    if isinstance(node, exp.Coalesce):
        return max(longest(part, scope) for part in (node.this, *node.expressions))
    if isinstance(node, exp.Add):
        return longest(node.left, scope) + longest(node.right, scope)
    if isinstance(node, (exp.Nullif, exp.Trim, exp.Translate, exp.Paren, exp.Collate, exp.Alias)):
        return longest(node.this, scope)
    return 0


def otherwise(node: exp.If, scope: Scope) -> int:
    """The other side of an IIF: what is no longer than n behind LEN(…) > n is no longer than n."""
    asked, other = node.this, node.args.get("false")
    if isinstance(asked, exp.GT) and isinstance(asked.left, exp.Length) and other is not None:
        measured = asked.left.this.unnest()
        if isinstance(measured, exp.Cast):  # what sqlglot puts around an argument
            measured = measured.this
        if measured.sql("tsql") == other.sql("tsql"):
            return int(asked.right.name)
    return longest(other, scope)


def declared(kind: str) -> int:
    """The length of a type."""
    found = re.match(r"N?(?:VAR)?CHAR\((\w+)\)", kind, re.IGNORECASE)
    return 0 if found is None else MAX if found[1].upper() == "MAX" else int(found[1])


def of_column(column: exp.Column, scope: Scope | None) -> int:
    source = source_of(column, scope)
    if isinstance(source, Scope):
        return dict(zip(names_of(source), shown(source), strict=False)).get(column.name, 0)
    if isinstance(source, exp.Table) and not isinstance(source.this, exp.OpenJSON):
        return declared(columns_of().get(full_name(source), {}).get(column.name, ""))
    return 0


def shown(scope: Scope) -> list[int]:
    """The lengths of the columns that a query shows."""
    if isinstance(scope.expression, exp.SetOperation):
        sides = [shown(each) for each in scope.set_operation_scopes]
        return [max(lengths) for lengths in zip(*sides, strict=False)]
    return [longest(select, scope) for select in scope.expression.selects]


def loses_rows(query: exp.Expression) -> bool:
    """Whether a row that is read may not be written."""
    joins = (join for join in query.find_all(exp.Join) if not isinstance(join.this, exp.Lateral))
    return query.find(exp.Where) is not None or any(join.side != "LEFT" for join in joins)


def too_long(text: str) -> list[str]:
    """The columns for which a text that is joined away may be too long."""
    into = written(parsed(text))
    reads = scopes(text) if into else []
    if into is None or not reads or not loses_rows(reads[-1].expression):
        return []
    table, names = into
    definitions = columns_of()[full_name(table)]
    return [
        f"{name}: {length}"
        for name, length in zip(names, shown(reads[-1]), strict=True)
        if 0 < declared(definitions[name]) < length
    ]


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (
            "INSERT INTO dbo.Diver (First_Name) SELECT n.First_Name FROM #Normalised AS n "
            "JOIN #Promotion AS p ON p.Record_ID = n.Record_ID",
            "INSERT INTO dbo.Diver (First_Name) SELECT CONVERT(NVARCHAR(200), n.First_Name) FROM #Normalised AS n "
            "JOIN #Promotion AS p ON p.Record_ID = n.Record_ID",
        ),
        (
            "UPDATE d SET Phone = COALESCE(NULLIF(n.Digits, N''), n.Phone) FROM dbo.Diver AS d "
            "JOIN #Normalised AS n ON n.Record_ID = d.Diver_ID",
            "UPDATE d SET Phone = LEFT(n.Digits, 80) FROM dbo.Diver AS d "
            "JOIN #Normalised AS n ON n.Record_ID = d.Diver_ID",
        ),
        (
            "INSERT INTO #Contested_Email (Email) SELECT x.E FROM (SELECT r.Email AS E FROM Staging.Raw_Record AS r "
            "WHERE r.Batch_ID = 1) AS x",
            "INSERT INTO #Contested_Email (Email) SELECT x.E FROM (SELECT d.Email AS E FROM dbo.Diver AS d "
            "WHERE d.Diver_ID = 1) AS x",
        ),
        (
            "INSERT INTO #Contested_Email (Email) SELECT r.Email FROM Staging.Raw_Record AS r WHERE LEN(r.Email) < 600",
            "INSERT INTO #Contested_Email (Email) SELECT IIF(LEN(r.Email) > 600, LEFT(r.Email, 600), r.Email) "
            "FROM Staging.Raw_Record AS r WHERE r.Batch_ID = 1",
        ),
        (
            "INSERT INTO #Contested_Email (Email) SELECT r.Email FROM Staging.Raw_Record AS r WHERE r.Batch_ID = 1",
            "INSERT INTO #Contested_Email (Email) SELECT r.Email FROM Staging.Raw_Record AS r",
        ),
    ],
)
def test_the_rule_is_alive(bad: str, good: str) -> None:
    assert too_long(bad)
    assert too_long(good) == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_text_that_is_not_written_fails_a_statement(script: str) -> None:
    found = {s.place: what for s in statements() if s.script == script and (what := too_long(s.text))}
    assert found == {}

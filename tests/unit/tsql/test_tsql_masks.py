"""Where SQL Server's masks reach further than the column that has them.

A column of a result that comes from several columns is masked where one of them is, all of it: so it is by design in a
UNION (techcommunity.microsoft.com, "Understanding Dynamic Data Masking in Azure SQL DB"). What a WHERE compares is
not masked, nor what a query in the SELECT list compares.
"""

from __future__ import annotations

from functools import cache

import pytest
from sqlglot import exp
from sqlglot.optimizer.scope import Scope
from tsql_reading import MASKED, ROLES, grants, inserted_rows, modules
from tsql_scopes import names_of, of_view, scopes, source_of
from tsql_statements import full_name

Origin = tuple[str, str]
"""A table and its column."""


def origins(node: exp.Expression, scope: Scope) -> set[Origin]:
    """The columns of tables that the value of an expression comes from."""
    if isinstance(node, exp.Column):
        return of_column(node, scope)
    if isinstance(node, exp.Query):
        inner = next((s for s in scope.subquery_scopes if s.expression is node.unnest()), None)
        return set().union(*shown(inner)) if inner else set()
    parts = (
        [node.args["true"], node.args.get("false")] if isinstance(node, exp.If) else node.iter_expressions()
    )
    return set().union(*(origins(part, scope) for part in parts if part is not None))


def of_column(column: exp.Column, scope: Scope | None) -> set[Origin]:
    source = source_of(column, scope)
    if isinstance(source, Scope):
        return dict(zip(names_of(source), shown(source), strict=False)).get(column.name, set())
    if isinstance(source, exp.Table):
        name = full_name(source)
        return (
            view_origins(name).get(column.name, set()) if name in modules("VIEW") else {(name, column.name)}
        )
    return set()


def shown(scope: Scope) -> list[set[Origin]]:
    """Where the columns of a query come from."""
    if isinstance(scope.expression, exp.SetOperation):
        sides = [shown(each) for each in scope.set_operation_scopes]
        return [set().union(*each) for each in zip(*sides, strict=False)]
    if isinstance(scope.expression, exp.Values):
        return [set() for _ in scope.expression.expressions[0].expressions or [1]]
    return [origins(select, scope) for select in scope.expression.selects]


@cache
def view_origins(name: str) -> dict[str, set[Origin]]:
    """Where the columns of a view come from."""
    query = of_view(name)
    return dict(zip(names_of(query), shown(query), strict=True))


def masked_along(columns: dict[str, set[Origin]], hidden: set[str]) -> dict[str, set[Origin]]:
    """The columns that hold something else beside what is masked for somebody, who sees none of it."""
    behind = {(table, column) for table in MASKED for column in hidden}
    return {name: came for name, came in columns.items() if came & behind and came - behind}


def hidden_from(role: str) -> set[str]:
    declared = {row[0] for row in inserted_rows("Governance.Masked_Column")[1]}
    return {
        str(c) for c in declared - {c for r, c in inserted_rows("Governance.Unmask_Grant")[1] if r == role}
    }


def test_the_rule_is_alive() -> None:
    (of,) = scopes("SELECT d.Email AS E, d.Phone AS P FROM dbo.Diver AS d")
    assert shown(of) == [{("dbo.Diver", "Email")}, {("dbo.Diver", "Phone")}]
    *_, of = scopes(
        "SELECT CONCAT(d.Last_Name, N' ', d.First_Name) AS N FROM dbo.Diver AS d UNION ALL "
        "SELECT (SELECT MAX(t.Term) FROM dbo.Search_Term AS t) FROM dbo.Diver AS d WHERE d.Email = N''"
    )
    came = {"N": shown(of)[0]}
    assert came["N"] == {("dbo.Diver", "Last_Name"), ("dbo.Diver", "First_Name"), ("dbo.Search_Term", "Term")}
    assert masked_along(came, {"Last_Name"}) == came
    assert masked_along(came, {"Email"}) == {}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_column_that_a_mask_hides_holds_nothing_else(role: str) -> None:
    hidden = hidden_from(role)
    assert bool(hidden) == (role != "data_steward")
    found = {
        name: set(along)
        for permission, name, _, roles in grants()
        if permission == "SELECT" and role in roles and (along := masked_along(view_origins(name), hidden))
    }
    # Term is there to be compared with, and the program does not read it.
    assert found == ({"dbo.Diver_Search": {"Term"}} if hidden else {})

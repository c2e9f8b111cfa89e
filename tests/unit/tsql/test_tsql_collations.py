"""Texts of different collations do not meet in the T-SQL, whatever the collation of the database is.

The columns of the platform have Latin1_General_100_BIN2. What comes out of JSON, and the server's names, have the
database's; its descriptions (…_desc) a third one. Where two of them meet, SQL Server refuses the statement (448, 451,
468), unless one is named. The rules are those of learn.microsoft.com, "Collation Precedence"; where the documentation
is silent (a literal in a derived table, JSON_OBJECT, FOR JSON) the stricter reading is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import pytest
from sqlglot import exp
from sqlglot.optimizer.scope import Scope
from tsql_reading import COLLATION, SCRIPTS, modules
from tsql_scopes import names_of, of_view, scopes, source_of
from tsql_statements import columns_of, full_name, statements

OURS, DATABASE, FIXED = COLLATION, "the database's", "the catalogue's"


class Label(NamedTuple):
    """How firmly an expression has a collation: coercible, implicit, none any more, or explicit."""

    rank: int
    collation: str


COERCIBLE, NO_COLLATION = Label(0, DATABASE), Label(2, "none")


def implicit(collation: str) -> Label:
    return Label(1, collation)


def combined(labels: Iterable[Label | None]) -> Label | None:
    """The label of an expression over texts with these labels."""
    texts = {label for label in labels if label is not None}
    if not texts:
        return None
    highest = max(label.rank for label in texts)
    top = {label for label in texts if label.rank == highest}
    return top.pop() if len(top) == 1 else NO_COLLATION


ARGUMENTS = (
    exp.Trim,
    exp.Translate,
    exp.Nullif,
    exp.Left,
    exp.Right,
    exp.Substring,
    exp.Stuff,
    exp.Reverse,
    exp.Repeat,
)
"""Functions whose text has the collation of their first argument."""

COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.NullSafeEQ, exp.NullSafeNEQ)


class Collations:
    """The labels of the expressions of one scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def conflicts(self) -> Iterator[exp.Expression]:
        """The expressions in which texts of different collations meet."""
        for node in self._scope.walk():
            if isinstance(node, COMPARED):
                parts = [node.left, node.right]
            elif isinstance(node, exp.In):
                query = node.args.get("query")
                parts = [node.this, *node.expressions, *([query] if query else [])]
            elif isinstance(node, (exp.Case, exp.Coalesce, exp.Concat, exp.Add, exp.If)):
                parts = self._parts(node)
            else:
                continue
            if combined(map(self.label, parts)) == NO_COLLATION:
                yield node
        yield from self._conflicting_columns()

    def _conflicting_columns(self) -> Iterator[exp.Expression]:
        if isinstance(self._scope.expression, exp.SetOperation):
            sides = [outputs(scope) for scope in self._scope.set_operation_scopes]
            for place, labels in enumerate(zip(*sides, strict=False)):
                if combined(labels) == NO_COLLATION:
                    yield self._scope.expression.selects[place]

    def label(self, node: exp.Expression) -> Label | None:
        """The label of an expression; None where it is no text, or cannot be told."""
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Collate):
            return Label(3, node.expression.name)
        if isinstance(node, (exp.National, exp.Parameter)) or (
            isinstance(node, exp.Literal) and node.is_string
        ):
            return COERCIBLE
        if isinstance(node, exp.JSONObject):
            return implicit(DATABASE)
        if isinstance(node, exp.Convert):
            text = "CHAR" in node.this.sql("tsql").upper()
            return (self.label(node.expression) or COERCIBLE) if text else None
        if isinstance(node, exp.Cast):
            return self.label(node.this) if node.to.is_type(*exp.DataType.TEXT_TYPES) else None
        if isinstance(node, (exp.Subquery, exp.Select)):
            return self._scalar(node.unnest())
        if isinstance(
            node, (exp.Paren, exp.Alias, exp.Window, exp.Max, exp.Min, exp.Order, exp.FirstValue, *ARGUMENTS)
        ):
            return self.label(node.this)
        if isinstance(node, exp.GroupConcat):
            return self.label(node.this)
        if isinstance(node, (exp.Case, exp.If, exp.Coalesce, exp.Concat, exp.Add)):
            return combined(map(self.label, self._parts(node)))
        return None

    def _parts(self, node: exp.Expression) -> list[exp.Expression]:
        if isinstance(node, exp.Case):
            branches = [branch.args["true"] for branch in node.args["ifs"]]
            return [*branches, *filter(None, [node.args.get("default")])]
        if isinstance(node, exp.If):
            return [*filter(None, [node.args["true"], node.args.get("false")])]
        if isinstance(node, exp.Add):
            return [node.left, node.right]
        return [*filter(None, [node.this if isinstance(node, exp.Coalesce) else None]), *node.expressions]

    def _scalar(self, query: exp.Expression) -> Label | None:
        if query.args.get("for_"):
            return implicit(DATABASE)
        inner = next((s for s in self._scope.subquery_scopes if s.expression is query), None)
        found = outputs(inner) if inner else []
        return found[0] if found else None

    def _column(self, column: exp.Column) -> Label | None:
        source = source_of(column, self._scope)
        return None if source is None else of_source(source, column.name)


def of_source(source: exp.Expression | Scope, name: str) -> Label | None:
    """The label of a column of a table, a view, JSON, or a derived table."""
    if isinstance(source, Scope):
        found = dict(zip(names_of(source), outputs(source), strict=False)).get(name)
        return None if found is None else implicit(found.collation)
    if isinstance(source.this, exp.OpenJSON):
        kinds = {c.name: c.args["kind"].sql("tsql").upper() for c in source.this.expressions}
        return implicit(DATABASE) if "CHAR" in kinds.get(name, "NVARCHAR") and name != "type" else None
    if not isinstance(source, exp.Table):
        return None
    full = full_name(source)
    if source.db == "sys":
        described = name.endswith("_desc") or name == "permission_name"
        return (
            implicit(FIXED if described else DATABASE)
            if described or "name" in name or "definition" in name
            else None
        )
    if full in modules("VIEW"):
        return view_labels(full).get(name)
    definition = columns_of().get(full, {}).get(name, "")
    return (
        implicit(OURS if OURS in definition else DATABASE)
        if definition.startswith(("NVARCHAR", "NCHAR"))
        else None
    )


@cache
def view_labels(name: str) -> dict[str, Label | None]:
    """The labels of a view's columns."""
    query = of_view(name)
    labels = [None if label is None else implicit(label.collation) for label in outputs(query)]
    return dict(zip(names_of(query), labels, strict=True))


def outputs(scope: Scope) -> list[Label | None]:
    """The labels of the columns that a query shows."""
    if isinstance(scope.expression, exp.SetOperation):
        return [combined(labels) for labels in zip(*map(outputs, scope.set_operation_scopes), strict=False)]
    if isinstance(scope.expression, exp.Values):
        row = scope.expression.expressions[0]
        return [Collations(scope).label(value) for value in row.expressions or [row.unnest()]]
    return [Collations(scope).label(select) for select in scope.expression.selects]


def mistranslated(text: str) -> list[str]:
    """Where TRANSLATE or TRIM looks for characters by the database's own collation, as a variable has it: an i may be
    no I there, an a an A, and a character without weight any other one.
    """
    return [
        node.sql("tsql")
        for scope in scopes(text)
        for node in scope.walk()
        if isinstance(node, exp.Translate) or (isinstance(node, exp.Trim) and node.expression)
        if Collations(scope).label(node.this) in (implicit(DATABASE), COERCIBLE)
    ]


def conflicts(text: str) -> list[str]:
    """Where a statement lets texts of different collations meet."""
    return [node.sql("tsql") for scope in scopes(text) for node in Collations(scope).conflicts()]


JSON = "OPENJSON(@R) WITH (Email NVARCHAR(600) '$[0]', N BIGINT '$[1]') AS j"


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (
            f"SELECT d.Diver_ID FROM dbo.Diver AS d JOIN {JSON} ON j.Email = d.Email",
            f"SELECT d.Diver_ID FROM dbo.Diver AS d JOIN {JSON} ON j.Email COLLATE {OURS} = d.Email",
        ),
        (
            f"SELECT d.Diver_ID FROM dbo.Diver AS d WHERE d.Email IN (SELECT j.Email FROM {JSON})",
            f"SELECT d.Diver_ID FROM dbo.Diver AS d WHERE d.Diver_ID IN (SELECT j.N FROM {JSON})",
        ),
        (
            f"SELECT x.E FROM (SELECT TRIM(j.Email) AS E FROM {JSON}) AS x JOIN dbo.Diver AS d ON d.Email = x.E",
            f"SELECT x.E FROM (SELECT TRIM(j.Email) COLLATE {OURS} AS E FROM {JSON}) AS x "
            "JOIN dbo.Diver AS d ON d.Email = x.E",
        ),
        (
            f"SELECT CONCAT(d.Email, j.Email) AS C FROM dbo.Diver AS d CROSS JOIN {JSON}",
            "SELECT CONCAT(d.Email, N': ', @X) AS C FROM dbo.Diver AS d",
        ),
        (
            "SELECT o.name AS A FROM sys.objects AS o UNION ALL SELECT o.type_desc FROM sys.objects AS o",
            f"SELECT o.name COLLATE {OURS} AS A FROM sys.objects AS o UNION ALL SELECT d.Email FROM dbo.Diver AS d",
        ),
        (
            "SELECT CASE WHEN d.Phone IS NULL THEN JSON_OBJECT('a': d.Email) ELSE d.Phone END AS A FROM dbo.Diver AS d",
            "SELECT CASE WHEN d.Phone IS NULL THEN @X ELSE d.Phone END AS A FROM dbo.Diver AS d",
        ),
        (
            f"SELECT v.Email FROM dbo.Diver_Directory AS v JOIN {JSON} ON v.Email = j.Email",
            "SELECT v.Email FROM dbo.Diver_Directory AS v JOIN dbo.Diver AS d ON v.Email = d.Email",
        ),
        (
            "SELECT c.N FROM (VALUES (N'a')) AS c (N) JOIN dbo.Diver AS d ON d.Phone = c.N",
            f"SELECT c.N FROM (VALUES (N'a')) AS c (N) JOIN dbo.Diver AS d ON d.Phone = c.N COLLATE {OURS}",
        ),
    ],
)
def test_the_rule_is_alive(bad: str, good: str) -> None:
    assert conflicts(bad)
    assert conflicts(good) == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_texts_of_different_collations_do_not_meet(script: str) -> None:
    found = {s.place: met for s in statements() if s.script == script and (met := conflicts(s.text))}
    assert found == {}


def test_the_rule_about_letters_is_alive() -> None:
    assert mistranslated(f"SELECT TRANSLATE(TRIM(j.Email), @U, @L) AS E FROM {JSON}")
    assert not mistranslated(f"SELECT TRANSLATE(TRIM(j.Email COLLATE {OURS}), @U, @L) AS E FROM {JSON}")
    assert not mistranslated("SELECT TRANSLATE(d.Email, @U, @L) AS E FROM dbo.Diver AS d")
    assert mistranslated("SELECT TRANSLATE(COALESCE(@V, N''), @U, @L) AS V")
    assert mistranslated("SELECT TRIM(@B FROM COALESCE(@V, N'')) AS V")
    assert not mistranslated(f"SELECT TRANSLATE(TRIM(@B FROM COALESCE(@V, N'') COLLATE {OURS}), @U, @L) AS V")
    assert not mistranslated("SELECT TRIM(@V) AS V")


@pytest.mark.parametrize("script", SCRIPTS)
def test_letters_become_lower_case_by_their_code_alone(script: str) -> None:
    found = {s.place: what for s in statements() if s.script == script and (what := mistranslated(s.text))}
    assert found == {}

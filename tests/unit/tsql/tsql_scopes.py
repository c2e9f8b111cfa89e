"""What a statement of T-SQL reads, with every name in it bound: its queries, and where their columns come from."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from tsql_reading import modules
from tsql_statements import DIALECT, parsed, schema


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


def bound(text: str) -> exp.Expression | None:
    """What a statement reads, each column under its source; None where it reads nothing.

    A name that cannot be resolved raises an OptimizeError.
    """
    query = as_query(parsed(text).copy())
    if query is None:
        return None
    for node in list(query.find_all(exp.NextValueFor)):
        node.replace(exp.Literal.number(1))
    return qualify(
        query,
        schema=schema(),
        dialect=DIALECT,
        db="dbo",
        expand_alias_refs=False,
        expand_stars=False,
        quote_identifiers=False,
        identify=False,
    )


def scopes(text: str) -> list[Scope]:
    """A statement's queries, the inner ones first."""
    query = bound(text)
    return [] if query is None else list(traverse_scope(query))


def of_view(name: str) -> Scope:
    """The query of a view."""
    *_, outermost = scopes(modules("VIEW")[name].body.rstrip().rstrip(";"))
    return outermost


def source_of(column: exp.Column, scope: Scope | None) -> exp.Expression | Scope | None:
    """The table or the query that a column is of, in its own query or in one around it."""
    while scope is not None and column.table not in scope.sources:
        scope = scope.parent
    return scope.sources[column.table] if scope is not None else None


def names_of(scope: Scope) -> list[str]:
    """What the columns of a query are called by whoever reads it."""
    return scope.outer_columns or [select.alias_or_name for select in scope.expression.selects]

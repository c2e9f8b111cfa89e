"""What a statement of T-SQL reads, as a SELECT of its own: for the interpreter, which does the writing by itself."""

from __future__ import annotations

import re

from sqlglot import exp
from tsql_reading import inside
from tsql_to_sqlite import Names, call


def assigned(tree: exp.Expression) -> exp.Expression:
    """SELECT @a = x, … as SELECT x, …."""
    query = tree.copy()
    query.set("expressions", [exp.alias_(e.expression, f"c{n}") for n, e in enumerate(query.expressions)])
    return query


def one_row(row: exp.Expression) -> exp.Expression:
    return exp.select(*(value.copy() for value in row.expressions))


def read_by(tree: exp.Insert) -> exp.Expression:
    """The query of an INSERT; numbers of a sequence go on from a variable."""
    query = tree.expression.copy()
    if tree.args.get("with_"):
        query.set("with_", tree.args["with_"].copy())
    for number in list(query.find_all(exp.NextValueFor)):
        over = exp.Window(this=exp.RowNumber(), order=number.args["order"])
        base = exp.Parameter(this=exp.Var(this=f"next_{number.this.name}"))
        number.replace(exp.Add(this=base, expression=over))
    return query


def changed_table(tree: exp.Expression) -> exp.Table:
    """The table that an UPDATE or a DELETE changes: its alias is among those of FROM."""
    source = tree.args.get("from_")
    listed = list(source.find_all(exp.Table)) if source is not None else [tree.this]
    named = (tree.args.get("tables") or [tree.this])[0].name
    return next((t for t in listed if t.alias_or_name == named), tree.this)


def written(tree: exp.Expression) -> tuple[exp.Table, list[str]] | None:
    """The table that an INSERT or an UPDATE writes values into, and the columns; None of anything else."""
    if isinstance(tree, exp.Insert):
        return tree.this.this, [column.name for column in tree.this.expressions]
    if isinstance(tree, exp.Update):
        return changed_table(tree), [pair.this.name for pair in tree.expressions]
    return None


def matching(
    tree: exp.Expression, table: exp.Table, key: list[str], values: list[exp.Expression]
) -> exp.Expression:
    """The rows that an UPDATE or a DELETE meets: their keys, and their new values."""
    source = tree.args.get("from_")
    query = exp.Select(
        expressions=[exp.alias_(exp.column(k, table=table.alias_or_name), f"k{n}") for n, k in enumerate(key)]
        + [exp.alias_(value.copy(), f"c{n}") for n, value in enumerate(values)],
        from_=source.copy() if source is not None else exp.From(this=tree.this.copy()),
    )
    for part in ("where", "with_"):
        if tree.args.get(part):
            query.set(part, tree.args[part].copy())
    return query


def query_in_parentheses(expression: str) -> str:
    """The SELECT that an expression wholly is; empty where it is something else."""
    if not re.match(r"\(\s*SELECT\b", expression):
        return ""
    query = inside(expression, 0)
    return query if len(query) + 2 == len(expression) else ""


def bits_in_json(tree: exp.Expression, names: Names) -> exp.Expression:
    """FOR JSON and JSON_OBJECT write a BIT as true or false."""
    tree = tree.copy()
    for node in tree.find_all(exp.Parameter):
        within = node.find_ancestor(exp.JSONKeyValue) or (
            isinstance(node.parent, exp.Alias)
            and node.find_ancestor(exp.Select)
            and node.find_ancestor(exp.Select).args.get("for_")
        )
        if (
            within
            and node.name.lower() in names.bits
            and isinstance(node.parent, (exp.Alias, exp.JSONKeyValue))
        ):
            node.replace(call("AS_BOOLEAN", node.copy()))
    return tree

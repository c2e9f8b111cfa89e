"""`select` in words of SQLAlchemy: a view, columns, filters and an order become one statement.

It is written for SQL Server. SQLite's own is in `sqlite_select`: SQLAlchemy would cost a start more than all else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.tables import TABLES


def select_statement(
    view: str, columns: Sequence[str], filters: Sequence[Filter], order: Sequence[Order], limit: int | None
) -> sa.Select[Any]:
    """The SELECT for `Session.select`. An unknown view or column is a KeyError: a bug, not a person's mistake."""
    table = TABLES[view]
    chosen = [table.c[name] for name in columns] if columns else list(table.c)
    statement = sa.select(*chosen).where(*(_condition(table, one) for one in filters))
    for one in order:
        column = table.c[one.column]
        statement = statement.order_by(column.desc() if one.descending else column.asc())
    return statement if limit is None else statement.limit(limit)


def count_statement(view: str, filters: Sequence[Filter]) -> sa.Select[Any]:
    """The SELECT for `Session.count`."""
    table = TABLES[view]
    return sa.select(sa.func.count()).select_from(table).where(*(_condition(table, one) for one in filters))


def _condition(table: sa.Table, one: Filter) -> sa.ColumnElement[bool]:
    if one.operator == "any of":
        return sa.or_(sa.false(), *(_condition(table, each) for each in one.value))
    if one.operator == "all of":
        return sa.and_(sa.true(), *(_condition(table, each) for each in one.value))
    if one.operator == "search":
        columns = [table.c[name] for name in one.column.split()]
        return sa.and_(sa.true(), *(_found(columns, word) for word in str(one.value).split()))
    return _OPERATORS[one.operator](table.c[one.column], one.value)


def _found(columns: Sequence[sa.Column[Any]], word: str) -> sa.ColumnElement[bool]:
    """Whether a word is in one of the columns. LIKE, not lower() on both sides: half the time over a million rows."""
    return sa.or_(*(_AnyCase(column).contains(word, autoescape=True) for column in columns))


class _AnyCase(FunctionElement[str]):
    """A text to be compared in any letter case: SQLite's LIKE does, SQL Server's asks the collation."""

    type = sa.Unicode()
    inherit_cache = True


@compiles(_AnyCase)
def _as_it_is(element: _AnyCase, compiler: SQLCompiler, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(_AnyCase, "mssql")
def _by_a_collation(element: _AnyCase, compiler: SQLCompiler, **how: Any) -> str:
    return f"{compiler.process(element.clauses, **how)} COLLATE Latin1_General_100_CI_AS"


_OPERATORS: dict[str, Callable[[sa.Column[Any], Any], sa.ColumnElement[bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "starts with": lambda column, text: sa.and_(column >= text, column < f"{text}\U0010ffff"),
    "in": lambda column, values: column.in_(list(values)),
    "contains": lambda column, text: _AnyCase(column).contains(str(text), autoescape=True),
    "has bit": lambda column, bits: column.bitwise_and(sa.literal(bits, sa.BigInteger())) != 0,
    "lacks bit": lambda column, bits: column.bitwise_and(sa.literal(bits, sa.BigInteger())) == 0,
    "is null": lambda column, _: column.is_(None),
    "is not null": lambda column, _: column.is_not(None),
}

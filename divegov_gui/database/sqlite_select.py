"""`select` and `count` as SQLite's own text: a view, columns, filters and an order become one statement.

What each operator means is written in `session.Filter`; the same for SQL Server is in `queries`, and one suite of tests
asks both. SQLAlchemy, which writes those, would take longer to import than the whole window takes to open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.views import VIEWS, View, kind_of

Statement = tuple[str, list[Any]]
"""The text with a question mark a value, and the values."""


def select_text(
    view: str,
    columns: Sequence[str],
    filters: Sequence[Filter],
    order: Sequence[Order],
    limit: int | None,
    schema: str = "",
) -> Statement:
    """The SELECT for `Session.select`. An unknown view or column is a KeyError: a bug, not a person's mistake."""
    found = VIEWS[view]
    text, values = _from(
        found, ", ".join(_name(found, each) for each in columns or found.columns), filters, schema
    )
    if order:
        text += " ORDER BY " + ", ".join(
            f"{_name(found, one.column)} {'DESC' if one.descending else 'ASC'}" for one in order
        )
    return (text, values) if limit is None else (f"{text} LIMIT ?", [*values, limit])


def count_text(view: str, filters: Sequence[Filter], schema: str = "") -> Statement:
    """The SELECT for `Session.count`.

    To count a union SQLite reads every column of it, unless it is told to limit it (-1: not). Source: "The flattening
    of subqueries", rules for compound subqueries (sqlite.org/optoverview.html).
    """
    found = VIEWS[view]
    if not found.is_union:
        return _from(found, "count(*)", filters, schema)
    text, values = _from(found, "1", filters, schema)
    return f"SELECT count(*) FROM ({text} LIMIT -1)", values


def flags(view: str, columns: Sequence[str]) -> list[str]:
    """The columns of a SELECT whose 0 and 1 are False and True."""
    return [name for name in columns or VIEWS[view].columns if kind_of(name) == "flag"]


def _from(view: View, what: str, filters: Sequence[Filter], schema: str) -> Statement:
    text, values = f'SELECT {what} FROM {schema}"{view.name}"', list[Any]()
    if filters:
        condition, values = _joined(view, filters, " AND ", "1")
        text += f" WHERE {condition}"
    return text, values


def _name(view: View, column: str) -> str:
    """A column's name with its view's: alone, SQLite takes a quoted word that names no column for a text, and a view
    of older scripts may lack one."""
    if column not in view.columns:
        raise KeyError(column)
    return f'"{view.name}"."{column}"'


def _joined(view: View, filters: Sequence[Filter], by: str, none: str) -> Statement:
    """Conditions joined by AND or OR; `none` is what holds where there is no condition."""
    parts = [_condition(view, one) for one in filters]
    values = [value for _, of_part in parts for value in of_part]
    return f"({by.join(text for text, _ in parts)})" if parts else none, values


def _condition(view: View, one: Filter) -> Statement:
    if one.operator == "any of":
        return _joined(view, one.value, " OR ", "0")
    if one.operator == "all of":
        return _joined(view, one.value, " AND ", "1")
    if one.operator == "search":
        return _searched([_name(view, name) for name in one.column.split()], str(one.value).split())
    return _OPERATORS[one.operator](_name(view, one.column), one.value)


def _searched(columns: Sequence[str], words: Sequence[str]) -> Statement:
    """Each word in one of the columns. LIKE, not lower() on both sides: half the time over a million rows.

    LIKE knows the letter cases of a to z alone.
    """
    from divegov_gui.core.letter_cases import letter_cases  # no start searches

    like = [f"{column} LIKE '%' || ? || '%' ESCAPE '/'" for column in columns]
    spelt = [(word,) if word.isascii() else letter_cases(word) for word in words]
    each = ["(" + " OR ".join(like * len(spellings)) + ")" for spellings in spelt]
    values = [_escaped(text) for spellings in spelt for text in spellings for _ in columns]
    return " AND ".join(each) or "1", values


def _escaped(text: str) -> str:
    """A text in which LIKE finds no wildcard."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _compared(sign: str) -> Callable[[str, Any], Statement]:
    return lambda column, value: (f"{column} {sign} ?", [value])


def _equal(column: str, value: Any) -> Statement:
    return (f"{column} IS NULL", []) if value is None else (f"{column} = ?", [value])


def _unequal(column: str, value: Any) -> Statement:
    return (f"{column} IS NOT NULL", []) if value is None else (f"{column} != ?", [value])


def _in(column: str, values: Any) -> Statement:
    listed = list(values)
    return (f"{column} IN ({', '.join('?' * len(listed))})", listed) if listed else ("0", [])


_OPERATORS: dict[str, Callable[[str, Any], Statement]] = {
    "=": _equal,
    "!=": _unequal,
    **{sign: _compared(sign) for sign in ("<", "<=", ">", ">=")},
    "starts with": lambda column, text: (f"({column} >= ? AND {column} < ?)", [text, f"{text}\U0010ffff"]),
    "in": _in,
    "contains": lambda column, text: (
        f"lower({column}) LIKE '%' || lower(?) || '%' ESCAPE '/'",
        [_escaped(str(text))],
    ),
    "has bit": lambda column, bits: (f"({column} & ?) != 0", [bits]),
    "lacks bit": lambda column, bits: (f"({column} & ?) = 0", [bits]),
    "is null": lambda column, _: (f"{column} IS NULL", []),
    "is not null": lambda column, _: (f"{column} IS NOT NULL", []),
}

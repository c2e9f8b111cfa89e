"""SELECTs for SQL Server out of SQLAlchemy's words, and values as the rest of the program knows them.

SQLAlchemy compiles, with its mssql+pyodbc dialect and every value a parameter; the session runs the text on a cursor
of its own, since that cursor must be cancelled from another thread. An engine would also ask the server four things
each time that a session opens (version, schema, NVARCHAR(MAX), extended properties), none of which is needed here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mssql.pyodbc import MSDialect_pyodbc

from divegov_gui.database.queries import count_statement, select_statement
from divegov_gui.database.session import Filter, Order, Row
from divegov_gui.database.tables import TABLES

MOST_IN_A_LIST = 500
"""SQL Server takes 2,100 parameters in all (learn.microsoft.com, "Maximum capacity specifications"); longer lists go as
one JSON array, read by OPENJSON."""

LONGEST_BOUND = 1_000
"""A longer text is cast where it is read: beyond 2,000 units of UTF-16 pyodbc has it sent as NTEXT (pyodbc issues 620
and 835), which OPENJSON refuses (8116) and nothing compares with (402). A character may take two units."""

SQL_TYPE_TIMESTAMP = 93
"""sql.h: what DATETIME2 and DATETIME are called in ODBC."""

_TIMESTAMP = struct.Struct("<hHHHHHI")
_BIN2 = "Latin1_General_100_BIN2"


def compiled_select(
    view: str, columns: Sequence[str], filters: Sequence[Filter], order: Sequence[Order], limit: int | None
) -> tuple[str, list[Any]]:
    """The text and the parameters of `Session.select`."""
    short, long = _divided(filters)
    statement = select_statement(view, columns, short, order, limit)
    return _compiled(statement.where(*(_in_json(view, one) for one in long)))


def compiled_count(view: str, filters: Sequence[Filter]) -> tuple[str, list[Any]]:
    """The text and the parameters of `Session.count`."""
    short, long = _divided(filters)
    return _compiled(count_statement(view, short).where(*(_in_json(view, one) for one in long)))


def readers(view: str, columns: Sequence[str]) -> list[tuple[str, Callable[[Any], Any]]]:
    """For each column of a SELECT its name, and what makes its value what SQLite gives for the same column."""
    table = TABLES[view]
    chosen = columns or [column.name for column in table.c]
    return [(name, _reader(table.c[name].type)) for name in chosen]


def plain(value: Any) -> Any:
    """A driver's value as SQLite gives it: numbers, text, bytes, None. BIT is 0 or 1."""
    if value is None or type(value) in (str, int, float):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):  # where the driver gave no raw value: the seventh digit is lost
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


def plain_rows(description: Iterable[Sequence[Any]], rows: Iterable[Sequence[Any]]) -> list[Row]:
    """A result set of a procedure."""
    names = [column[0] for column in description]
    return [dict(zip(names, map(plain, row), strict=True)) for row in rows]


def instant_text(raw: bytes | None) -> str | None:
    """A SQL_TIMESTAMP_STRUCT as text: ``2026-07-16 12:03:07.123456``, with a seventh digit where there is one.

    pyodbc hands an output converter what SQLGetData wrote for SQL_C_BINARY, and that is this structure of 16 bytes,
    its fraction in nanoseconds: in Microsoft's driver (pyodbc issue 235, gordthompson) as in FreeTDS
    (src/odbc/convert_tds2sql.c, odbc_convert_datetime_to_binary). A Python datetime would lose the seventh digit of
    DATETIME2(7), and with it the equality of an instant that was read with the one in the table.
    """
    if raw is None:
        return None
    if len(raw) != _TIMESTAMP.size:
        raise ValueError(f"an instant of {len(raw)} bytes: this driver writes another form")
    year, month, day, hour, minute, second, nanoseconds = _TIMESTAMP.unpack(raw)
    digits = f"{nanoseconds // 100:07d}"
    fraction = digits[:6] if digits.endswith("0") else digits
    return f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}.{fraction}"


@lru_cache(maxsize=1)
def _dialect() -> MSDialect_pyodbc:
    return MSDialect_pyodbc(paramstyle="qmark")  # type: ignore[no-untyped-call]


def _compiled(statement: sa.Select[Any]) -> tuple[str, list[Any]]:
    compiled = statement.compile(dialect=_dialect(), compile_kwargs={"render_postcompile": True})
    values = [compiled.params[name] for name in getattr(compiled, "positiontup", None) or []]
    return _with_long_texts(str(compiled), values), values


def _with_long_texts(text: str, values: Sequence[Any]) -> str:
    """The text with its markers; nothing else in it is a question mark, since every value is a parameter."""
    head, *behind = text.split("?")
    return head + "".join(_marker(value) + part for value, part in zip(values, behind, strict=True))


def _marker(value: Any) -> str:
    is_long = isinstance(value, str) and len(value) > LONGEST_BOUND
    return "CAST(? AS NVARCHAR(MAX))" if is_long else "?"


def _divided(filters: Sequence[Filter]) -> tuple[list[Filter], list[Filter]]:
    """The filters, and those of them with long lists. One inside an ``any of`` is a person's choice of a few."""
    short: list[Filter] = []
    long: list[Filter] = []
    for one in filters:
        if one.operator == "in" and len(values := list(one.value)) > MOST_IN_A_LIST:
            long.append(Filter(one.column, "in", values))
        else:
            short.append(_for_the_server(one))
    return short, long


def _for_the_server(one: Filter) -> Filter:
    """In SQL Server's LIKE a bracket is a wildcard; here it stands for itself.

    Its BIN2 orders by the units of UTF-16, in which U+FFFF comes after U+10FFFF, or by code points, in which it does
    not: the end of what begins with a text is whichever of the two comes later.
    """
    if one.operator in ("any of", "all of"):
        return Filter(one.column, one.operator, [_for_the_server(each) for each in one.value])
    if one.operator in ("contains", "search"):
        return Filter(one.column, one.operator, str(one.value).replace("[", "[[]"))
    if one.operator == "starts with":
        before = [Filter(one.column, "<", f"{one.value}{last}") for last in ("\uffff", "\U0010ffff")]
        return Filter("", "all of", [Filter(one.column, ">=", one.value), Filter("", "any of", before)])
    return one


def _in_json(view: str, one: Filter) -> sa.ColumnElement[bool]:
    column = TABLES[view].c[one.column]
    array = sa.literal(json.dumps(one.value), sa.Unicode())
    value = sa.func.openjson(array).table_valued(sa.column("value", sa.Unicode())).c.value
    if isinstance(column.type, (sa.BigInteger, sa.Boolean)):
        return column.in_(sa.select(sa.cast(value, sa.BigInteger())))
    return column.in_(sa.select(sa.collate(value, _BIN2)))


def _reader(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    if isinstance(kind, sa.Boolean):
        return lambda value: None if value is None else bool(value)
    if isinstance(kind, sa.Float):
        return lambda value: None if value is None else float(value)
    return plain

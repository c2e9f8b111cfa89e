"""What the T-SQL scripts read, run by DuckDB: a second witness, which shares no word with the emulation on SQLite.

sqlglot turns a SELECT of T-SQL into one of DuckDB's. It is believed about relations: joins, grouping, windows, set
operations, NULL, arithmetic on bits. It is not believed about functions that it takes for another's namesake, or cannot
know the meaning of; a SELECT that uses one is left to the other witness (`LEFT_OUT`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
from sqlglot import exp
from tsql_statements import columns_of

LEFT_OUT = {
    "LIKE": "a set in brackets is a wildcard in T-SQL, and two brackets in DuckDB",
    "TRIM": "T-SQL takes any of the given characters off; sqlglot does not pass the set on everywhere",
    "TRANSLATE": "T-SQL refuses sets of unequal length, DuckDB deletes what is left over",
    "text read with a style": "DuckDB has no styles: 23 becomes a STRPTIME, which takes 1990-1-1 for a date",
    "length": "LEN does not count blanks at the end, and counts UTF-16 units without an _SC collation",
    "places in a text": "UTF-16 units in T-SQL, characters in DuckDB",
    "HASHBYTES": "T-SQL hashes UTF-16, DuckDB UTF-8",
    "JSON": "ISJSON, OPENJSON and FOR JSON have no counterpart",
    "division": "of whole numbers, / is whole in T-SQL and a fraction in DuckDB",
    "DATEADD": "to a DATE it gives a DATE in T-SQL and a TIMESTAMP in DuckDB",
    "NEXT VALUE FOR": "a sequence of the server's",
    "FOR SYSTEM_TIME": "no counterpart",
    "SYSUTCDATETIME": "a clock of its own",
    "sys": "the server's own catalogue",
}
"""What DuckDB is not asked about, and why."""

_PLACES = (exp.Left, exp.Right, exp.Substring, exp.Stuff, exp.StrPosition, exp.Reverse)
_BY_KIND: dict[str, tuple[type[exp.Expression], ...]] = {
    "LIKE": (exp.Like,),
    "TRIM": (exp.Trim,),
    "TRANSLATE": (exp.Translate,),
    "length": (exp.Length, exp.ByteLength),
    "places in a text": _PLACES,
    "HASHBYTES": (exp.SHA2,),
    "JSON": (exp.OpenJSON,),
    "division": (exp.Div, exp.Mod),
    "DATEADD": (exp.DateAdd,),
    "NEXT VALUE FOR": (exp.NextValueFor,),
    "FOR SYSTEM_TIME": (exp.Version,),
}
_BY_NAME = {
    "ISJSON": "JSON",
    "SYSUTCDATETIME": "SYSUTCDATETIME",
    "DATALENGTH": "length",
    "HASHBYTES": "HASHBYTES",
}


def reason(tree: exp.Expression) -> str:
    """Why DuckDB is not asked about a statement; empty where it is."""
    return next((why for node in tree.walk() if (why := _reason(node))), "")


def _reason(node: exp.Expression) -> str:
    for why, kinds in _BY_KIND.items():
        if isinstance(node, kinds):
            return why
    if isinstance(node, exp.Convert) and node.args.get("style") and "CHAR" not in node.this.sql():
        return "text read with a style"
    if isinstance(node, exp.Anonymous):
        return _BY_NAME.get(node.name.upper(), "")
    if isinstance(node, exp.Table) and node.db == "sys":
        return "sys"
    return "JSON" if isinstance(node, exp.Query) and node.args.get("for_") else ""


class Witness:
    """A DuckDB with the tables that a statement reads, as they are."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("CREATE MACRO IS_ROLEMEMBER(role) AS 1")
        for schema in ("Staging", "Governance", "dbo"):
            self._connection.execute(f"CREATE SCHEMA {schema}")

    def close(self) -> None:
        self._connection.close()

    def put(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """A table with these rows; computed columns and the ends of periods are left out."""
        columns = stored(name)
        self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        typed = ", ".join(f"{column} {_type(definition)}" for column, definition in columns.items())
        self._connection.execute(f"CREATE TABLE {name} ({typed})")
        rows = list(rows)
        if rows:
            one = f"({', '.join('?' * len(columns))})"
            values = [value for row in rows for value in row]
            self._connection.execute(f"INSERT INTO {name} VALUES {', '.join([one] * len(rows))}", values)

    def view(self, name: str, query: exp.Expression) -> None:
        """A view, which others may read."""
        self._connection.execute(f"CREATE VIEW {name} AS {_understood(query).sql('duckdb')}")

    def rows(self, query: exp.Expression, variables: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What DuckDB makes of a SELECT of T-SQL, its values as SQLite tells them."""
        text = _understood(query).sql("duckdb")
        given = {name: variables[f"v_{name.lower()}"] for name in set(re.findall(r"\$([A-Za-z_]\w*)", text))}
        return [tuple(map(_plain, row)) for row in self._connection.execute(text, given).fetchall()]


def stored(name: str) -> dict[str, str]:
    """The columns of a table that both dialects store."""
    columns = columns_of()[name if "." in name else f"dbo.{name}"]
    return {
        column: definition
        for column, definition in columns.items()
        if not definition.startswith("AS ") and "AS ROW END" not in definition
    }


def _type(definition: str) -> str:
    kind = definition.split("(")[0].split()[0]
    return _STORED.get(kind, kind)


_STORED = {
    "NVARCHAR": "VARCHAR",
    "BIT": "INTEGER",
    "BINARY": "VARCHAR",
    "DATETIME2": "TIMESTAMP",
    "DECIMAL": "DOUBLE",
}
"""As SQLite tells them: a hash is its hexadecimal digits."""

_SIMPLER = {"BIT": "INT", "NVARCHAR": "TEXT", "NCHAR": "TEXT", "VARCHAR": "TEXT", "DATETIME2": "TIMESTAMP"}
"""DuckDB's BIT is a string of bits; its texts have no length."""


def _understood(query: exp.Expression) -> exp.Expression:
    """The query without collations (DuckDB compares by code point) and with types of DuckDB's.

    A JSON object is a text, as on the server: DuckDB would take what stands beside it in a CASE for JSON too.
    """

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Collate):
            made = node.this
            return exp.cast(made, "TEXT") if isinstance(made, exp.JSONObject) else made
        if isinstance(node, exp.National):
            return exp.Literal.string(node.name)
        if isinstance(node, exp.DataType):
            return exp.DataType.build(_SIMPLER.get(node.this.name, node.this.name))
        return node

    return query.copy().transform(change)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return int(value) if isinstance(value, bool) else value

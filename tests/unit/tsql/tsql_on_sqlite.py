"""The T-SQL gatekeeper, run on SQLite: a second witness for its logic where no server can be had.

Its text is taken from sqlserver/05_gatekeeper.sql as it stands. Syntax is rewritten (CROSS APPLY, UPDATE … FROM, NEXT
VALUE FOR, schema names), and SQL Server's functions are told here anew, after its documentation and for binary
collations only: UTF-16 units, LIKE with sets, blanks that LEN does not count, errors for negative lengths. What this
cannot witness: locks, types, and whatever this module itself takes for SQL Server's way.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from tsql_reading import inside, modules, split_top

Variables = dict[str, Any]


class Gatekeeper:
    """Runs Govern_Batch as T-SQL tells it, against a workspace of the SQLite twin."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.messages: list[str] = []
        for name, (count, function) in FUNCTIONS.items():
            connection.create_function(name, count, function, deterministic=True)

    def govern(self, batch_id: int) -> None:
        """Everything from the first message to the report."""
        variables = {"Batch_ID": batch_id, "Lock": 0, "Rehearse": 0}
        for sequence, table in (("Diver_Number", "Diver"), ("Quarantine_Number", "Data_Quarantine")):
            row = self.connection.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)
            ).fetchone()
            variables[sequence] = row[0] if row else 0
        self._run("Staging.Govern_Batch", variables)

    def _run(self, procedure: str, variables: Variables) -> None:
        skipping = False
        for chunk in split_top(modules("PROCEDURE")[procedure].body, ";"):
            statement = re.sub(r"^(?:BEGIN(?: TRY)?\s+)+", "", chunk)
            if skipping:
                skipping = statement != "END"
            elif statement.startswith("IF "):
                skipping = self._expect_not(statement, variables)
            else:
                self._step(statement, variables)

    def _expect_not(self, statement: str, variables: Variables) -> bool:
        """An IF that guards: its condition must not hold. Whether a block follows, to be passed over."""
        found = re.match(r"IF (NOT )?EXISTS \(", statement)
        if found is None:
            return "BEGIN" in statement
        query = inside(statement, found.end() - 1)
        exists = self._value(f"EXISTS ({query})", variables)
        if bool(exists) != bool(found[1]):
            raise AssertionError(f"a guard fired: {' '.join(statement.split())[:200]}")
        return "BEGIN" in statement

    def _step(self, statement: str, variables: Variables) -> None:
        if found := re.match(
            r"(?:DECLARE|SET) @(\w+)(?: [A-Z0-9]+(?:\(\d+\))?)? = (.*)\Z", statement, re.DOTALL
        ):
            if "FOR JSON" not in statement:
                variables[found[1]] = self._value(found[2], variables)
        elif found := re.match(r"RAISERROR\(N'([^']*)'", statement):
            self.messages.append(found[1])
        elif found := re.match(r"EXECUTE Governance\.Judge_Records @Received_On = @(\w+)", statement):
            self._run("Governance.Judge_Records", {"Received_On": variables[found[1]]})
        elif found := re.match(r"CREATE TABLE #(\w+) \(", statement):
            columns = [part.split()[0] for part in split_top(inside(statement, found.end() - 1))]
            self.connection.execute(f"DROP TABLE IF EXISTS temp.tmp_{found[1]}")
            self.connection.execute(
                f"CREATE TEMP TABLE tmp_{found[1]} ({', '.join(columns)}, PRIMARY KEY ({columns[0]}))"
            )
        elif re.match(r"(?:INSERT|UPDATE|WITH|TRUNCATE)\b", statement):
            self.connection.execute(translated(statement), variables)
            for eager in applied_values(statement):
                self.connection.execute(eager, variables).fetchall()

    def _value(self, expression: str, variables: Variables) -> Any:
        return self.connection.execute(f"SELECT {translated(expression)}", variables).fetchone()[0]


# -- Syntax ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def translated(sql: str) -> str:
    """A statement or an expression of T-SQL in SQLite's words."""
    for pattern, replacement in REWRITES:
        sql = re.sub(pattern, replacement, sql)
    return _updated(_applied(sql))


REWRITES: tuple[tuple[str, str], ...] = (
    (r"\bN'", "'"),
    (r"\b(?:Governance|Staging|dbo)\.", ""),
    (r"#(\w+)", r"tmp_\1"),
    (r" WITH \(UPDLOCK\)", ""),
    (r"TRUNCATE TABLE", "DELETE FROM"),
    (r"NEXT VALUE FOR (\w+) OVER \(([^)]*)\)", r"@\1 + row_number() OVER (\2)"),
    (
        r"q\.Payload_Hash = CONVERT\(BINARY\(32\), HASHBYTES\('SHA2_256', r\.Payload\)\)",
        "q.Payload = r.Payload",
    ),
    (r"CONVERT\(NVARCHAR\(64\), HASHBYTES\('SHA2_256', ([\w.]+)\), 2\)", r"SHA_HEX(\1)"),
    (r"CONVERT\(NCHAR\(10\), @Received_On, 23\)", "@Received_On"),
    (r"TRY_CONVERT\(DATE, ([\w.]+), 23\)", r"TRY_DATE(\1)"),
    (r"CONVERT\(DATE, ([\w.]+), 23\)", r"TRY_DATE(\1)"),
    (r"CONVERT\(DATE, Received_At\)", "substr(Received_At, 1, 10)"),
    (r"CONVERT\(NVARCHAR\(10\), ([\w.]+), 23\) COLLATE Latin1_General_100_BIN2", r"\1"),
    (r"TRIM\((@\w+) FROM ([\w.]+)\)", r"TRIM_OF(\2, \1)"),
    (r"LEN\(([\w.]+) COLLATE Latin1_General_100_CI_AS_SC\)", r"length(\1)"),
    (r"LEFT\(([\w.]+) COLLATE Latin1_General_100_CI_AS_SC, (\d+)\)", r"substr(\1, 1, \2)"),
    (r"\bLEFT\(", "LEFT_OF("),
    (r"\bRIGHT\(", "RIGHT_OF("),
    (r"COUNT_BIG\(", "count("),
    (r"SYSUTCDATETIME\(\)", "'2026-01-01 00:00:00.000000'"),
    (r"ORIGINAL_LOGIN\(\)", "'witness'"),
    (r" \+ (?=SHA_HEX|SUBSTRING|')", " || "),
)


@lru_cache(maxsize=256)
def applied_values(sql: str) -> tuple[str, ...]:
    """Queries of what a statement applies, for every row: the server may compute it before it is asked for."""
    source = re.search(r"FROM #(\w+) AS (\w+)", sql)
    found = re.finditer(r"CROSS APPLY \(", sql)
    return tuple(
        translated(f"{inside(sql, m.end() - 1)} FROM #{source[1]} AS {source[2]}") for m in found if source
    )


def _applied(sql: str) -> str:
    """CROSS APPLY (SELECT expression AS Name, …) AS x is taken out, and each x.Name becomes its expression."""
    while found := re.search(r"CROSS APPLY \(\s*SELECT\b", sql):
        opening = sql.index("(", found.start())
        body = inside(sql, opening)
        closing = opening + len(body) + 2
        alias = re.match(r"\s*AS (\w+)", sql[closing:])
        assert alias
        expressions = {
            part.rpartition(" AS ")[2].strip(): part.rpartition(" AS ")[0].strip()
            for part in split_top(body.strip().removeprefix("SELECT"))
        }
        sql = sql[: found.start()] + sql[closing + alias.end() :]
        sql = re.sub(rf"\b{alias[1]}\.(\w+)", lambda m, e=expressions: f"({e[m[1]]})", sql)
    return sql


def _updated(sql: str) -> str:
    """UPDATE x SET … FROM T AS x JOIN U ON c becomes UPDATE T AS x SET … FROM U WHERE c."""
    found = re.match(r"UPDATE (\w+)\s+SET (.*?)\s+FROM (\w+) AS \1\s+(CROSS )?JOIN\s+(.*)\Z", sql, re.DOTALL)
    if found is None or found[1] == found[3]:
        return sql
    alias, assignments, table, cross, rest = found.groups()
    if not cross:
        depth_free = split_top(rest, r"\bON\b")
        source, condition = depth_free[0], rest[rest.index(depth_free[0]) + len(depth_free[0]) :].lstrip()
        condition = condition.removeprefix("ON")
        first, *others = re.split(r"\n\s*JOIN ", condition, maxsplit=1)
        rest = source + "".join(f"\nJOIN {other}" for other in others) + f"\nWHERE {first}"
    return f"UPDATE {table} AS {alias} SET {assignments} FROM {rest}"


# -- Functions ------------------------------------------------------------------------------------------------


def _units(text: str) -> bytes:
    return text.encode("utf-16-le")


def _from_units(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")


def _length(text: str) -> int:
    return len(_units(text.rstrip(" "))) // 2


def _substring(text: str, start: int, length: int) -> str:
    if length < 0:
        raise ValueError("537: Invalid length parameter passed to the LEFT or SUBSTRING function.")
    end = start + length
    return _from_units(_units(text)[2 * (max(start, 1) - 1) : 2 * (max(end, 1) - 1)])


def _left(text: str, length: int) -> str:
    return _substring(text, 1, length)


def _right(text: str, length: int) -> str:
    if length < 0:
        raise ValueError("536: Invalid length parameter passed to the RIGHT function.")
    return _from_units(_units(text)[max(0, len(_units(text)) - 2 * length) :])


def _char_index(sought: str, text: str) -> int:
    at = text.find(sought)
    return 0 if at < 0 else 1 + len(_units(text[:at])) // 2


def _stuff(text: str, start: int, length: int, inserted: str) -> str | None:
    if start < 1 or start > len(_units(text)) // 2 or length < 0:
        return None
    return _substring(text, 1, start - 1) + inserted + _substring(text, start + length, len(text) + 1)


def _is_json(text: str) -> int:
    def refuse(_: str) -> None:
        raise ValueError

    try:
        return int(isinstance(json.loads(text, parse_constant=refuse), (dict, list)))
    except ValueError:
        return 0


def _try_date(text: str) -> str | None:
    try:
        return (
            date.fromisoformat(text).isoformat()
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
            else None
        )
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _like_pattern(pattern: str) -> re.Pattern[str]:
    parts, i = [], 0
    while i < len(pattern):
        if pattern[i] == "[":
            end = pattern.index("]", i + 1)
            inner = pattern[i + 1 : end]
            negated = "^" if inner.startswith("^") else ""
            inner = inner.removeprefix("^")
            ranges = re.findall(r"(.)-(.)|(.)", inner, re.DOTALL)
            assert not any(single == "-" for _, _, single in ranges), (
                "a bare hyphen in a set: say it otherwise"
            )
            members = "".join(
                f"{re.escape(low)}-{re.escape(high)}" if low else re.escape(single)
                for low, high, single in ranges
            )
            parts.append(f"[{negated}{members}]")
            i = end + 1
        else:
            parts.append({"%": ".*", "_": "."}.get(pattern[i], re.escape(pattern[i])))
            i += 1
    return re.compile("".join(parts), re.DOTALL)


def _like(pattern: str, text: str) -> int:
    return int(_like_pattern(pattern).fullmatch(text) is not None)


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """NULL in, NULL out."""

    def called(*values: Any) -> Any:
        return None if any(value is None for value in values) else function(*values)

    return called


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "CONCAT": (-1, lambda *values: "".join("" if v is None else str(v) for v in values)),
    **{
        name: (count, _strict(function))
        for name, count, function in (
            ("NCHAR", 1, chr),
            ("LEN", 1, _length),
            ("LEFT_OF", 2, _left),
            ("RIGHT_OF", 2, lambda text, length: _right(str(text), length)),
            ("SUBSTRING", 3, _substring),
            ("CHARINDEX", 2, _char_index),
            ("STUFF", 4, _stuff),
            ("REVERSE", 1, lambda text: text[::-1]),
            ("REPLICATE", 2, lambda text, times: text * times),
            ("TRANSLATE", 3, lambda text, old, new: text.translate(str.maketrans(old, new))),
            ("TRIM_OF", 2, lambda text, blank: text.strip(blank)),
            ("SHA_HEX", 1, lambda text: hashlib.sha256(_units(text)).hexdigest().upper()),
            ("YEAR", 1, lambda text: int(text[:4])),
            ("ISJSON", 1, _is_json),
            ("TRY_DATE", 1, _try_date),
            ("LIKE", 2, _like),
        )
    },
}

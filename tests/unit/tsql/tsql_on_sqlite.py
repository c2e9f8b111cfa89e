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
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from tsql_reading import bare, inside, modules, parameters, split_top

from divegov_gui.database.sqlite_host import CLOCK

Variables = dict[str, Any]
Results = list[list[dict[str, Any]]]


class Thrown(Exception):
    """A refusal: its number and what it says."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(number, message)
        self.number, self.message = number, message


class _Returned(Exception):
    """RETURN."""


class Gatekeeper:
    """Runs procedures as T-SQL tells them, against a workspace of the SQLite twin."""

    def __init__(self, connection: sqlite3.Connection, actor: str = "witness") -> None:
        self.connection = connection
        self.actor = actor
        self.messages: list[str] = []
        self.results: Results = []
        self._now = ""
        self._made: list[list[str]] = []
        for name, (count, function) in FUNCTIONS.items():
            connection.create_function(name, count, function, deterministic=True)

    def govern(self, batch_id: int) -> None:
        """Everything that Govern_Batch does."""
        self.call("Govern_Batch", batch_id=batch_id)

    def call(self, procedure: str, **given: Any) -> Results:
        """Run a procedure; whatever is thrown, nothing of it is kept."""
        self._now, self.results, self.messages = CLOCK.now(), [], []
        name = next(name for name in modules("PROCEDURE") if bare(name) == procedure)
        self.connection.execute("SAVEPOINT Call")
        try:
            self._call(name, given)
        except BaseException:
            self.connection.execute("ROLLBACK TO Call")
            raise
        finally:
            self.connection.execute("RELEASE Call")
        return self.results

    def _call(self, name: str, given: Variables) -> None:
        module = modules("PROCEDURE")[name]
        values = {key.lower(): value for key, value in given.items()}
        variables: Variables = {"Utc_Now": self._now, "Login": self.actor}
        for parameter, default in parameters(module.header):
            if parameter.lower() in values:
                variables[parameter] = values.pop(parameter.lower())
            else:
                assert default is not None, f"{name} needs @{parameter}"
                variables[parameter] = self._value(default, {})
        assert not values, f"{name} has no parameter {values}"
        for sequence, table in (("Diver_Number", "Diver"), ("Quarantine_Number", "Data_Quarantine")):
            row = self.connection.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)
            ).fetchone()
            variables[sequence] = row[0] if row else 0
        self._made.append([])
        with suppress(_Returned):
            self._run(statements(module.body), variables)
        for table in self._made.pop():
            self.connection.execute(f"DROP TABLE IF EXISTS temp.{table}")

    def _run(self, nodes: Sequence[Node], variables: Variables) -> None:
        for node in nodes:
            if isinstance(node, tuple):
                condition, inner = node
                if self._value(f"({condition})", variables):
                    self._run(inner, variables)
            else:
                self._step(node, variables)

    def _step(self, statement: str, variables: Variables) -> None:
        if re.match(r"(?:SET NOCOUNT|BEGIN TRAN|COMMIT TRAN|EXECUTE @\w+ = sys\.)", statement):
            return
        if found := re.match(r"(SAVE|ROLLBACK) TRANSACTION (\w+)", statement):
            self.connection.execute(f"{'SAVEPOINT' if found[1] == 'SAVE' else 'ROLLBACK TO'} {found[2]}")
        elif statement.startswith("DECLARE "):
            for part in split_top(statement.removeprefix("DECLARE ")):
                name, _, expression = part.partition("=")
                variables[name.split()[0][1:]] = (
                    self._value(expression, variables) if expression.strip() else None
                )
        elif found := re.match(r"SET @(\w+) = (.*)\Z", statement, re.DOTALL):
            if "FOR JSON" not in statement:
                variables[found[1]] = self._value(found[2], variables)
        elif found := re.match(r"RAISERROR\(N'([^']*)'", statement):
            self.messages.append(found[1])
        elif found := re.match(r"THROW (\d+), (.*), 1\Z", statement, re.DOTALL):
            raise Thrown(int(found[1]), self._value(found[2], variables))
        elif statement == "RETURN":
            raise _Returned
        elif found := re.match(r"EXECUTE ([\w.]+)\s*(.*)\Z", statement, re.DOTALL):
            given = {}
            for part in split_top(found[2]):
                name, _, expression = part.partition("=")
                given[name.strip()[1:]] = self._value(expression, variables)
            if bare(found[1]) != "Log_Action":
                self._call(found[1], given)
        elif found := re.match(r"CREATE TABLE #(\w+) \(", statement):
            parts = [p for p in split_top(inside(statement, found.end() - 1)) if "PRIMARY KEY (" not in p]
            key = re.search(r"PRIMARY KEY \(([^)]*)\)", statement)
            columns = [part.split()[0] for part in parts]
            self._made[-1].append(f"tmp_{found[1]}")
            self.connection.execute(f"DROP TABLE IF EXISTS temp.tmp_{found[1]}")
            self.connection.execute(
                f"CREATE TEMP TABLE tmp_{found[1]} ({', '.join(columns)}, "
                f"PRIMARY KEY ({key[1] if key else columns[0]}))"
            )
        elif statement.startswith("SELECT"):
            cursor = self.connection.execute(translated(statement), variables)
            names = [column[0] for column in cursor.description]
            self.results.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
        else:
            assert re.match(r"(?:INSERT|UPDATE|WITH|TRUNCATE|DELETE)\b", statement), statement[:80]
            self.connection.execute(translated(statement), variables)
            for eager in applied_values(statement):
                self.connection.execute(eager, variables).fetchall()

    def _value(self, expression: str, variables: Variables) -> Any:
        return self.connection.execute(f"SELECT {translated(expression.strip())}", variables).fetchone()[0]


# -- Statements -----------------------------------------------------------------------------------------------

Node = str | tuple[str, list[Any]]
"""A statement, or a condition and the nodes that it guards."""

_AFTER_IF = re.compile(r"\n\s*(?=(?:THROW|RETURN|EXECUTE|SET|BEGIN|ROLLBACK|INSERT|UPDATE|RAISERROR)\b)")


@lru_cache(maxsize=64)
def statements(body: str) -> list[Node]:
    """The statements of a procedure. What stands in CATCH is left out: here an error goes its own way."""
    nodes, rest = _block(re.sub(r"BEGIN CATCH.*?END CATCH;", "", body, flags=re.DOTALL))
    assert not rest.strip(), rest[:80]
    return nodes


def _block(text: str) -> tuple[list[Node], str]:
    """The nodes up to the END that closes the block, and what stands behind it."""
    nodes: list[Node] = []
    while text := text.lstrip():
        if found := re.match(r"END(?: TRY)?\b;?", text):
            return nodes, text[found.end() :]
        inner, text = _node(text)
        nodes += inner
    return nodes, ""


def _node(text: str) -> tuple[list[Node], str]:
    """The next statement, or those of the next block."""
    text = text.lstrip()
    if found := re.match(r"BEGIN(?: TRY)?\b(?! TRAN)", text):
        return _block(text[found.end() :])
    if text.startswith("IF "):
        end = next(m for m in _AFTER_IF.finditer(text) if _is_even(text[: m.start()]))
        inner, rest = _node(text[end.end() :])
        return [(text[3 : end.start()], inner)], rest
    statement = split_top(text, ";")[0]
    return [statement], text[text.index(statement) + len(statement) :].lstrip().removeprefix(";")


def _is_even(text: str) -> bool:
    plain = re.sub(r"N?'(?:[^']|'')*'", "", text)
    return plain.count("(") == plain.count(")")


# -- Syntax ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def translated(sql: str) -> str:
    """A statement or an expression of T-SQL in SQLite's words."""
    for pattern, replacement in REWRITES:
        sql = re.sub(pattern, replacement, sql)
    return _updated(_applied(_json(sql)))


def _json(sql: str) -> str:
    """OPENJSON(x) WITH (Name TYPE 'path', …) AS j becomes a subquery; JSON_OBJECT's colons become commas."""
    while found := re.search(r"OPENJSON\((@\w+)\)(?: WITH \()?", sql):
        if not found[0].endswith("("):
            sql = f"{sql[: found.start()]}json_each({found[1]}){sql[found.end() :]}"
            continue
        listed = inside(sql, found.end() - 1)
        columns = (re.match(r"(\w+)\s+\S+\s+'([^']+)'", part) for part in split_top(listed))
        chosen = ", ".join(
            f"{'value' if c[2] == '$' else f'json_extract(value, {c[2]!r})'} AS {c[1]}" for c in columns if c
        )
        closing = found.end() + len(listed) + 1
        sql = f"{sql[: found.start()]}(SELECT {chosen} FROM json_each({found[1]})){sql[closing:]}"
    while found := re.search(r"JSON_OBJECT\(", sql):
        listed = inside(sql, found.end() - 1)
        pairs = re.sub(r"('\w+'):", r"\1,", listed)
        sql = f"{sql[: found.start()]}json_object({pairs}{sql[found.end() + len(listed) :]}"
    return sql


REWRITES: tuple[tuple[str, str], ...] = (
    (r"\bN'", "'"),
    (r"\b(?:Governance|Staging|dbo)\.", ""),
    (r"#(\w+)", r"tmp_\1"),
    (r" WITH \(UPDLOCK(?:, HOLDLOCK)?\)", ""),
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
    (r"CONVERT\(DATE, SYSUTCDATETIME\(\)\)", "substr(@Utc_Now, 1, 10)"),
    (r"CONVERT\(DATE, ([@\w.]+)\)", r"substr(\1, 1, 10)"),
    (r"CONVERT\(NVARCHAR\(30\), ([@\w.]+), 121\)", r"\1"),
    (r"IS NOT DISTINCT FROM", "IS"),
    (r"IS DISTINCT FROM", "IS NOT"),
    (
        r"DATEADD\(MINUTE, (@\w+), (@\w+)\)",
        r"strftime('%Y-%m-%d %H:%M:%f', \2, '+' || \1 || ' minutes') || '000'",
    ),
    (r"SCOPE_IDENTITY\(\)", "last_insert_rowid()"),
    (r"@@ROWCOUNT", "changes()"),
    (r"CONVERT\(NVARCHAR\(10\), ([\w.]+), 23\) COLLATE Latin1_General_100_BIN2", r"\1"),
    (r"TRIM\((@\w+) FROM ([\w.]+)\)", r"TRIM_OF(\2, \1)"),
    (r"LEN\(([\w.]+) COLLATE Latin1_General_100_CI_AS_SC\)", r"length(\1)"),
    (r"LEFT\(([\w.]+) COLLATE Latin1_General_100_CI_AS_SC, (\d+)\)", r"substr(\1, 1, \2)"),
    (r"\bLEFT\(", "LEFT_OF("),
    (r"\bRIGHT\(", "RIGHT_OF("),
    (r"COUNT_BIG\(", "count("),
    (r"SYSUTCDATETIME\(\)", "@Utc_Now"),
    (r"ORIGINAL_LOGIN\(\)", "@Login"),
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

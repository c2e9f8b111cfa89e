"""The T-SQL procedures, run on SQLite as they stand in sqlserver/*.sql: a second witness where no server can be had.

It works on a workspace of the SQLite twin, within a transaction of its session. What SQL Server does silently or
refuses is done and refused here too, as far as it is known: a variable cuts what is too long for it, a column does not
take it, texts compare without the blanks at their end. What this cannot witness: locks, permissions, plans, types of
results, collations that conflict, and whatever this module itself takes for SQL Server's way.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlglot import exp
from tsql_frames import Frame, Returned, Thrown, formatted
from tsql_functions import register, units
from tsql_program import Block, Command, If, Node, Try, program
from tsql_queries import (
    assigned,
    bits_in_json,
    changed_table,
    matching,
    one_row,
    query_in_parentheses,
    read_by,
)
from tsql_reading import bare, inside, modules, split_top
from tsql_statements import columns_of, full_name, parsed
from tsql_to_sqlite import to_sqlite

Rows = list[dict[str, Any]]
_TEXTS: dict[Any, str] = {}
_PARAMETER = re.compile(
    r"@(\w+)\s+(\w+(?:\s*\([^)]*\))?)(?:\s*=\s*(N?'(?:[^']|'')*'|[^,\n]+?))?(\s+OUTPUT)?\s*(?:,|\n|\Z)"
)


VERSIONED = {"Diver", "Dive_Tour", "Quality_Rule"}


class Interpreter:
    """Runs procedures; `log_action` writes the log, which has hashes only in the twin."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        instant: str,
        actor: str,
        log_action: Callable[[Mapping[str, Any]], None] = lambda _: None,
        on_message: Callable[[str], None] = lambda _: None,
        handed_out: dict[str, int] | None = None,
    ) -> None:
        self.connection = connection
        self.results: list[Rows] = []
        self._log_action = log_action
        self._on_message = on_message
        self._instant = instant
        self._numbers: dict[str, int] = {}
        self.handed_out = {} if handed_out is None else handed_out
        self._resting: dict[str, list[str]] = {}
        self._special = {"v__rowcount": 0, "v__trancount": 1, "identity": None}
        register(connection)
        connection.create_function("SYSUTCDATETIME", 0, lambda: instant)
        connection.create_function("ORIGINAL_LOGIN", 0, lambda: actor)
        connection.create_function("IS_ROLEMEMBER", 1, lambda _: 1)
        connection.create_function("SCOPE_IDENTITY", 0, lambda: self._special["identity"])
        connection.create_function("ROWCOUNT_BIG", 0, lambda: self._special["v__rowcount"])

    # -- procedures ---------------------------------------------------------------------------------------

    def execute(self, name: str, arguments: Mapping[str, Any], caller: Frame | None = None) -> Frame:
        """Run a procedure, named with or without its schema; arguments by name."""
        procedures = modules("PROCEDURE")
        found = next(p for full, p in procedures.items() if bare(full).lower() == bare(name).lower())
        frame = Frame(caller.depth + 1 if caller else 0, temporary=dict(caller.temporary) if caller else {})
        given = {key.lower(): value for key, value in arguments.items()}
        for parameter, kind, default, _ in _PARAMETER.findall(found.header.split("WITH EXECUTE")[0]):
            frame.types[parameter.lower()] = kind
            if parameter.lower() in given:
                frame.set(parameter, given.pop(parameter.lower()))
            else:
                assert default, f"{name} needs @{parameter}"
                frame.set(parameter, self._value(default, frame))
        assert not given, f"{name} has no {given.keys()}"
        self.run(program(found.body), frame)
        return frame

    def run(self, block: Block, frame: Frame) -> None:
        """Run a block to its end or to a RETURN; its temporary tables end with it."""
        inherited = dict(frame.temporary)
        try:
            self._nodes(block, frame)
        except Returned:
            pass
        finally:
            for actual in set(frame.temporary.values()) - set(inherited.values()):
                self.connection.execute(f"DROP TABLE IF EXISTS temp.{actual}")

    def _nodes(self, node: Node, frame: Frame) -> None:
        match node:
            case Block(nodes):
                for inner in nodes:
                    self._nodes(inner, frame)
            case Try(
                body, _
            ):  # a handler undoes everything and throws again, which is what an error does here
                self._nodes(body, frame)
            case If(condition, consequent, otherwise):
                if self._holds(condition, frame):
                    self._nodes(consequent, frame)
                elif otherwise is not None:
                    self._nodes(otherwise, frame)
            case Command(text):
                self._command(text, frame)

    # -- commands -----------------------------------------------------------------------------------------

    def _command(self, text: str, frame: Frame) -> None:
        verb = re.match(r"\w+", text)
        method = getattr(self, f"_do_{verb[0].lower()}", None) if verb else None
        if method is None:
            raise NotImplementedError(text[:80])
        method(text, frame)

    def _do_set(self, text: str, frame: Frame) -> None:
        if found := re.match(r"SET\s+@(\w+)\s*=\s*(.*)\Z", text, re.DOTALL):
            frame.set(found[1], self._value(found[2], frame))

    def _do_declare(self, text: str, frame: Frame) -> None:
        if found := re.match(r"DECLARE\s+@(\w+)\s+TABLE\s*\(", text):
            self._create(found[1], inside(text, found.end() - 1), frame)
            return
        for part in split_top(text.split(None, 1)[1]):
            found = re.match(r"@(\w+)\s+(\w+(?:\s*\([^)]*\))?)\s*(?:=\s*(.*))?\Z", part, re.DOTALL)
            assert found, part
            frame.types[found[1].lower()] = found[2]
            frame.set(found[1], self._value(found[3], frame) if found[3] else None)

    def _do_create(self, text: str, frame: Frame) -> None:
        found = re.match(r"CREATE TABLE #(\w+)\s*\(", text)
        if found:
            self._create(found[1], inside(text, found.end() - 1), frame)
        else:
            assert re.match(r"CREATE (?:UNIQUE )?(?:CLUSTERED )?INDEX", text), text

    def _create(self, name: str, definition: str, frame: Frame) -> None:
        actual = f"tmp_{name}_{frame.depth}"
        parts = []
        for part in split_top(definition):
            if re.match(r"(?:PRIMARY KEY|UNIQUE|CONSTRAINT|CHECK)\b", part):
                parts.append(re.sub(r"\b(?:NON)?CLUSTERED\b", "", part))
                continue
            column, kind = part.split(None, 1)
            key = " PRIMARY KEY" if "PRIMARY KEY" in kind else ""
            needed = " NOT NULL" if "NOT NULL" in kind else ""
            given = re.search(r"DEFAULT\s*\(([^)]*)\)", kind)
            number = "INTEGER PRIMARY KEY" if "IDENTITY" in kind else ""
            text = "TEXT COLLATE RTRIM" if "CHAR" in kind else ""
            parts.append(
                f"{column} {number or text + needed + key}{f' DEFAULT ({given[1]})' if given else ''}"
            )
        self.connection.execute(f"DROP TABLE IF EXISTS temp.{actual}")
        self.connection.execute(f"CREATE TEMP TABLE {actual} ({', '.join(parts)})")
        frame.temporary[name] = actual

    def _do_alter(self, text: str, _frame: Frame) -> None:
        """Versioning is switched off and on: what the twin's triggers do of it rests so long."""
        found = re.match(r"ALTER TABLE \w+\.(\w+)\s+SET \(SYSTEM_VERSIONING = (ON|OFF)", text)
        assert found, text
        if found[2] == "ON":
            for made in self._resting.pop(found[1]):
                self.connection.execute(made)
            return
        history = f"{found[1]}_History"
        rest = self.connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
            "AND (tbl_name = ? OR tbl_name = ? AND sql LIKE ?)",
            (history, found[1], f"%INSERT INTO {history}%"),
        ).fetchall()
        self._resting[found[1]] = [made for _, made in rest]
        for name, _ in rest:
            self.connection.execute(f"DROP TRIGGER {name}")

    def _do_drop(self, text: str, frame: Frame) -> None:
        found = re.match(r"DROP TABLE (?:IF EXISTS )?#(\w+)\Z", text)
        assert found, text
        self.connection.execute(f"DROP TABLE IF EXISTS temp.{frame.temporary.pop(found[1])}")

    def _do_throw(self, text: str, frame: Frame) -> None:
        found = re.match(r"THROW\s+(\d+),\s*(.*),\s*\d+\Z", text, re.DOTALL)
        assert found, text
        raise Thrown(int(found[1]), formatted(str(self._value(found[2], frame))))

    def _do_return(self, _text: str, _frame: Frame) -> None:
        raise Returned

    def _do_raiserror(self, text: str, _frame: Frame) -> None:
        found = re.match(r"RAISERROR\(N'((?:[^']|'')*)', 0, 1\) WITH NOWAIT\Z", text)
        assert found, text
        self._on_message(found[1].replace("''", "'"))

    def _do_nothing(self, _text: str, _frame: Frame) -> None:
        return

    _do_begin = _do_commit = _do_revert = _do_nothing

    def _do_save(self, text: str, _frame: Frame) -> None:
        self.connection.execute(f"SAVEPOINT {text.split()[-1]}")

    def _do_rollback(self, text: str, _frame: Frame) -> None:
        assert re.match(r"ROLLBACK TRANSACTION \w+\Z", text), text
        self.note_numbers()
        self.connection.execute(f"ROLLBACK TO {text.split()[-1]}")

    def _do_execute(self, text: str, frame: Frame) -> None:
        if text.startswith("EXECUTE AS"):
            return
        found = re.match(r"EXECUTE\s+(?:@(\w+)\s*=\s*)?([\w.]+)\s*(.*)\Z", text, re.DOTALL)
        assert found, text
        result, name, listed = found.groups()
        if name == "sys.sp_getapplock":
            frame.set(result, 0)
            return
        if name == "sys.sp_executesql":
            self._dynamic(split_top(listed), frame)
            return
        arguments, outputs = {}, {}
        for part in split_top(listed):
            parameter, _, value = part.partition("=")
            value = value.strip()
            if value.endswith(" OUTPUT"):
                value = value.removesuffix(" OUTPUT")
                outputs[parameter.strip()[1:].lower()] = value[1:]
            arguments[parameter.strip()[1:]] = self._value(value, frame)
        if bare(name) == "Log_Action":
            self._log_action(arguments)
            return
        ended = self.execute(name, arguments, frame)
        for parameter, variable in outputs.items():
            frame.set(variable, ended.variables[f"v_{parameter}"])

    def _dynamic(self, parts: list[str], frame: Frame) -> None:
        inner = Frame(frame.depth + 1, temporary=dict(frame.temporary))
        if len(parts) > 1:
            for name, kind, *_ in _PARAMETER.findall(str(self._value(parts[1], frame))):
                inner.types[name.lower()] = kind
        for part in parts[2:]:
            name, _, value = part.partition("=")
            inner.set(name.strip()[1:], self._value(value, frame))
        self.run(program(f"{self._value(parts[0], frame)};"), inner)

    # -- queries ------------------------------------------------------------------------------------------

    def _do_select(self, text: str, frame: Frame) -> None:
        tree = parsed(text)
        assigns = [isinstance(e, exp.EQ) and isinstance(e.this, exp.Parameter) for e in tree.expressions]
        if any(assigns):
            assert all(assigns), f"141: a SELECT assigns or shows, not both: {text[:80]}"
            rows = self._rows(lambda: assigned(tree), frame, ("assigned", text))[1]
            for row in rows[-1:]:
                for pair, value in zip(tree.expressions, row, strict=True):
                    frame.set(pair.this.name, value)
            return
        columns, rows = self._rows(lambda: tree, frame, text)
        self.results.append([dict(zip(columns, row, strict=True)) for row in rows])

    def _do_with(self, text: str, frame: Frame) -> None:
        {exp.Insert: self._do_insert, exp.Update: self._do_update, exp.Delete: self._do_delete}.get(
            type(parsed(text)), self._do_select
        )(text, frame)

    def _do_truncate(self, text: str, frame: Frame) -> None:
        self.connection.execute(f"DELETE FROM {frame.temporary[text.split('#')[1]]}")

    def _do_insert(self, text: str, frame: Frame) -> None:
        tree = parsed(text)
        assert isinstance(tree, exp.Insert)
        target, columns = tree.this.this, [c.name for c in tree.this.expressions]
        rows = self._new_rows(tree, frame, text)
        actual = (
            frame.temporary[target.name.removeprefix("tmp_")]
            if target.name.startswith("tmp_")
            else target.name
        )
        self._refuse_what_does_not_fit(target, columns, rows)
        if target.name in VERSIONED:  # a version begins at the instant of its transaction
            columns, rows = [*columns, "Valid_From"], [(*row, self._instant) for row in rows]
        passing = "OR IGNORE " if target.name == "Raw_Record" else ""  # IGNORE_DUP_KEY
        marks = ", ".join("?" * len(columns))
        before = self.connection.total_changes
        for row in rows:
            cursor = self.connection.execute(
                f"INSERT {passing}INTO {actual} ({', '.join(columns)}) VALUES ({marks})", row
            )
            self._special["identity"] = cursor.lastrowid
        counted = self.connection.total_changes - before if passing else len(rows)
        self._special["v__rowcount"] = counted

    def _new_rows(self, tree: exp.Insert, frame: Frame, text: str) -> list[tuple[Any, ...]]:
        source = tree.expression
        if isinstance(source, exp.Values):
            return [
                self._rows(partial(one_row, row), frame, (text, n))[1][0]
                for n, row in enumerate(source.expressions)
            ]
        sequences = set(re.findall(r"NEXT VALUE FOR dbo\.(\w+)", text))
        for sequence in sequences:
            frame.variables[f"v_next_{sequence.lower()}"] = self._last_number(sequence)
        rows = self._rows(lambda: read_by(tree), frame, ("new", text))[1]
        for sequence in sequences:
            self._numbers[sequence] = self._last_number(sequence) + len(rows)
        return rows

    def _last_number(self, sequence: str) -> int:
        table = {"Diver_Number": "Diver", "Quarantine_Number": "Data_Quarantine"}[sequence]
        row = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return max(row[0] if row else 0, self._numbers.get(sequence, 0))

    def note_numbers(self) -> None:
        """Before something is undone: the numbers that were handed out stay so, of an IDENTITY and of a sequence."""
        for table, number in self.connection.execute("SELECT name, seq FROM sqlite_sequence"):
            self.handed_out[table] = max(number, self.handed_out.get(table, 0))

    def _refuse_what_does_not_fit(
        self, target: exp.Table, columns: list[str], rows: list[tuple[Any, ...]]
    ) -> None:
        definitions = columns_of()[full_name(target)]
        for place, column in enumerate(columns):
            size = re.match(r"NVARCHAR\((\d+)\)", definitions[column])
            if size and any(row[place] is not None and units(str(row[place])) > int(size[1]) for row in rows):
                raise AssertionError(f"2628: a value would be truncated in {target.name}.{column}")

    def _do_update(self, text: str, frame: Frame) -> None:
        tree = parsed(text)
        names = [pair.this.name for pair in tree.expressions]
        table, actual, key, rows = self._matched(
            tree, [pair.expression for pair in tree.expressions], frame, text
        )
        self._refuse_what_does_not_fit(table, names, [row[len(key) :] for row in rows])
        assigned = ", ".join(f"{name} = ?" for name in names)
        place = " AND ".join(f"{column} IS ?" for column in key)
        for row in rows:
            values = (*row[len(key) :], *row[: len(key)])
            self.connection.execute(f"UPDATE {actual} SET {assigned} WHERE {place}", values)
        self._special["v__rowcount"] = len(rows)

    def _do_delete(self, text: str, frame: Frame) -> None:
        _, actual, key, rows = self._matched(parsed(text), [], frame, text)
        place = " AND ".join(f"{column} IS ?" for column in key)
        for row in rows:
            self.connection.execute(f"DELETE FROM {actual} WHERE {place}", row)
        self._special["v__rowcount"] = len(rows)

    def _matched(
        self, tree: exp.Expression, values: list[exp.Expression], frame: Frame, text: str
    ) -> tuple[exp.Table, str, list[str], list[tuple[Any, ...]]]:
        """The table that is changed, its name, its key, and for each row its key and the new values: one a row."""
        table = changed_table(tree)
        actual = (
            frame.temporary[table.name.removeprefix("tmp_")] if table.name.startswith("tmp_") else table.name
        )
        key = self._key(actual)
        rows = self._rows(lambda: matching(tree, table, key, values), frame, ("matched", text))[1]
        return table, actual, key, list({row[: len(key)]: row for row in reversed(rows)}.values())

    def _key(self, table: str) -> list[str]:
        made = self.connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = ? UNION ALL SELECT sql FROM temp.sqlite_master WHERE name = ?",
            (table, table),
        ).fetchone()
        if "WITHOUT ROWID" not in made[0]:
            return ["rowid"]
        return [row[1] for row in self.connection.execute(f"PRAGMA table_info({table})") if row[5]]

    def _rows(
        self, build: Callable[[], exp.Expression], frame: Frame, key: Any
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        names = frame.names
        known = (key, tuple(sorted(names.temporary.items())), names.bits)
        if known not in _TEXTS:
            _TEXTS[known] = to_sqlite(bits_in_json(build(), names), names)
        cursor = self.connection.execute(_TEXTS[known], {**frame.variables, **self._special})
        return [column[0] for column in cursor.description], cursor.fetchall()

    def _value(self, expression: str, frame: Frame) -> Any:
        query = query_in_parentheses(expression.strip())
        text = query or f"SELECT {expression} AS Value"
        rows = self._rows(lambda: parsed(text), frame, text)[1]
        assert len(rows) <= 1, f"512: more than one value: {expression}"
        return rows[0][0] if rows else None

    def _holds(self, condition: str, frame: Frame) -> bool:
        rows = self._rows(lambda: parsed(f"SELECT 1 AS Value WHERE {condition}"), frame, ("if", condition))[1]
        return bool(rows)

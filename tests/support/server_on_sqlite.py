"""A SQL Server that the whole window can open: pyodbc's names in front, and a SQLite workspace that answers behind.

What the program reads (compiled by its own T-SQL dialect) and calls (EXECUTE of a procedure) is run by the twin in the
workspace; what it asks of the server itself is answered as a test says. Scripts are noted and not run: only the
journal keeps them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fake_odbc import Answer, Odbc, Result, failure, printed

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.scripts import read_scripts
from divegov_gui.database.sqlite import open_workspace

JOURNAL = ("Script_Name", "Checksum", "Applied_At", "Applied_By", "Duration_Ms", "Program_Version")
LOGIN = r"HARBOUR\anna"

_BRACKETS = re.compile(r"\[([^\]]*)\]")
_SCHEMA = re.compile(r"\b(?:dbo|Staging|Governance)\.")
_TOP = re.compile(r"^(SELECT) TOP (\d+)\b(.*)$", re.DOTALL)
_EXECUTE = re.compile(r"EXECUTE \[(\w+)\]\.\[(\w+)\](.*);", re.DOTALL)


class ServerOnSqlite:
    """The server; `odbc` is what stands in for pyodbc. `roles` are those of the login, `owner` whether it owns all."""

    def __init__(self, workspace: Path, *, deployed: bool = True, owner: bool = True) -> None:
        self.workspace = workspace
        self.owner = owner
        self.roles: Sequence[str] = ()
        self.rights = ["CONTROL"]
        self.level = 160
        self.drift: list[tuple[str, str, str, str, str]] = []
        self.recordings: list[list[Any]] = []
        self.journal: dict[str, tuple[Any, ...]] = {}
        self.answers: dict[str, Answer] = {}
        self.batches: list[str] = []
        self.odbc = Odbc(self.answer)
        self.calls: list[str] = []
        if deployed:
            for script in read_scripts(scripts_folder("sqlserver")):
                self.record(script.name, script.checksum)

    def record(self, name: str, checksum: str) -> None:
        """Write a row of the deployment journal."""
        self.journal[name] = (name, checksum, "2026-11-20 09:12:44.123456", LOGIN, 184, "0.1")

    def on(self, part: str, answer: Answer) -> None:
        """A statement that contains `part` is answered so, whatever it is."""
        self.answers[part] = answer

    def answer(self, text: str, values: list[Any]) -> Answer:
        for part, answer in self.answers.items():
            if part in text:
                return answer(text, values) if callable(answer) else _again(answer)
        for part, know in (
            ("ORIGINAL_LOGIN(), USER_NAME()", self._identity),
            ("HAS_PERMS_BY_NAME(N'Governance.Schema_Script'", self._visible),
            ("INSERT INTO Governance.Schema_Script", self._insert),
            ("AS Records", self._state),
            ("FROM Governance.Schema_Drift", self._drifted),
            ("fn_my_permissions", self._rights),
            ("ProductVersion", self._release),
            ("OBJECT_ID(N'Governance.Record_Schema'", self._recorder),
            ("EXECUTE Governance.Record_Schema", self._record),
            ("FROM Governance.Schema_Script", self._entries),
            ("FROM sys.procedures", self._catalogue),
            ("EXECUTE [", self._execute),
        ):
            if part in text:
                return know(text, values)
        if re.match(r"SELECT (?:TOP|count\(\*\)|dbo\.|\[?(?:Staging|Governance))", text):
            return self._select(text, values)
        self.batches.append(text)
        return Result()

    # --- what is asked of the server itself
    def _identity(self, _: str, __: list[Any]) -> Result:
        held = [int(role in self.roles) for role in ("data_steward", "compliance_officer", "data_analyst")]
        return Result(("l", "u", "o", "s", "c", "a"), [(LOGIN, "dbo", int(self.owner), *held)])

    def _visible(self, _: str, __: list[Any]) -> Result:
        return Result(("v",), [("table" if self.journal else None,)])

    def _insert(self, _: str, values: list[Any]) -> Result:
        self.record(values[0], values[1])
        return Result()

    def _entries(self, _: str, values: list[Any]) -> Result:
        rows = [row for name, row in sorted(self.journal.items()) if not values or name == values[0]]
        return Result(JOURNAL, rows)

    def _state(self, _: str, __: list[Any]) -> Result:
        made = 1 if self.journal else None
        return Result(("Records", "Drift_View", "Sees_Definitions", "May_Read"), [(made, made, 1, made)])

    def _drifted(self, _: str, __: list[Any]) -> Result:
        return Result(("k", "n", "b", "d", "f"), self.drift)

    def _rights(self, _: str, __: list[Any]) -> Result:
        return Result(("permission_name",), [(right,) for right in self.rights])

    def _release(self, _: str, __: list[Any]) -> Result:
        row = (
            "16.0.4125.3",
            "Developer Edition (64-bit)",
            3,
            self.level,
            "EnterpriseDiveDB",
            "[EnterpriseDiveDB]",
        )
        return Result(tuple("venldq"), [row])

    def _recorder(self, _: str, __: list[Any]) -> Result:
        return Result(("id",), [(7 if "03_security.sql" in self.journal else None,)])

    def _record(self, _: str, values: list[Any]) -> Result:
        self.recordings.append(values)
        return Result()

    def _catalogue(self, _: str, __: list[Any]) -> Result:
        rows = []
        with _reading(self.workspace) as connection:
            for (definition,) in connection.execute("SELECT Definition FROM Stored_Procedure"):
                head = re.split(r"\bAS\b", definition, maxsplit=1)[0]
                name = re.search(r"PROCEDURE\s+(\w+)", head)
                assert name is not None
                rows += [("dbo", name[1], parameter) for parameter in re.findall(r"@\w+", head) or [None]]
        return Result(("s", "p", "a"), rows)

    # --- what the twin answers
    def _select(self, text: str, values: list[Any]) -> Answer:
        with _reading(self.workspace) as connection:
            cursor = connection.execute(in_sqlite(text), values)
            return Result([column[0] for column in cursor.description], cursor.fetchall())

    def _execute(self, text: str, values: list[Any]) -> Answer:
        found = _EXECUTE.fullmatch(text)
        assert found is not None, text
        self.calls.append(found[2])
        names = [part.split("=") for part in found[3].split(",") if part.strip()]
        left = iter(values)
        given = {n.strip().lstrip("@").lower(): None if v.strip() == "NULL" else next(left) for n, v in names}
        said: list[str] = []
        with open_workspace(self.workspace) as session:
            try:
                sets = session.call(found[2], on_message=said.append, **given)
            except DiveGovError as error:
                return failure(50400, f"{error.title}|{error.detail}|{error.hint}")
        results = [
            Result(list(rows[0]) if rows else ["n"], [tuple(r.values()) for r in rows]) for rows in sets
        ]
        return [Result(messages=[printed(text) for text in said]), *results]


def in_sqlite(text: str) -> str:
    """A SELECT that SQLAlchemy has compiled for SQL Server, as SQLite takes it."""
    plain = _SCHEMA.sub("", _BRACKETS.sub(r"\1", text)).replace(
        "'%' + lower(?) + '%'", "'%' || lower(?) || '%'"
    )
    return _TOP.sub(r"\1\3 LIMIT \2", plain)


class _reading:  # noqa: N801 - a with block
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _again(answer: Answer) -> Answer:
    """Rows are handed out once; the next time they are there again."""
    if isinstance(answer, Result):
        return Result(answer.columns, answer.rows, answer.messages, answer.error)
    return [_again(one) for one in answer] if isinstance(answer, list) else answer

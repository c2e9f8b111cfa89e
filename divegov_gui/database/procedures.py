"""Procedures on SQLite: their definitions are rows of Stored_Procedure, and this module reads them.

Between plain SQL statements a procedure may use six of T-SQL's, with T-SQL's meaning: SET, IF, THROW, RETURN, EXECUTE
and PRINT (05_gatekeeper.sql describes them). Nothing here knows what any procedure is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from divegov_gui.database.scripts import split_sqlite

_HEADER = re.compile(
    r"CREATE\s+OR\s+ALTER\s+PROCEDURE\s+(?P<name>\w+)\s*(?P<parameters>.*?)(?P<read_only>\bWITH\s+READ_ONLY\s+)?"
    r"\bAS\s*\n\s*BEGIN\b(?P<body>.*)^END;\s*\Z",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_PARAMETER = re.compile(
    r"@(?P<name>\w+)\s+(?P<type>\w+)(?:\s*=\s*(?P<default>'(?:[^']|'')*'|[^,\n]+))?", re.IGNORECASE
)
_SET = re.compile(r"SET\s+@(\w+)\s*=\s*(.*?);?\s*\Z", re.IGNORECASE | re.DOTALL)
_IF = re.compile(r"IF\s+(.*?)\n\s*((?:THROW|RETURN|EXECUTE|SET)\b.*)\Z", re.IGNORECASE | re.DOTALL)
_THROW = re.compile(r"THROW\s+(\d+)\s*,\s*(.*?);?\s*\Z", re.IGNORECASE | re.DOTALL)
_RETURN = re.compile(r"RETURN\s*;?\s*\Z", re.IGNORECASE)
_EXECUTE = re.compile(r"EXECUTE\s+(\w+)\s*(.*?);?\s*\Z", re.IGNORECASE | re.DOTALL)
_ARGUMENT = re.compile(r"@(\w+)\s*=\s*(.*)\Z", re.DOTALL)
_PRINT = re.compile(r"PRINT\s+(.*?);?\s*\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Parameter:
    """One parameter; `default` is an SQL literal, or None where the caller must give a value."""

    name: str
    default: str | None


@dataclass(frozen=True)
class Sql:
    """A plain statement."""

    line: int
    text: str


@dataclass(frozen=True)
class SetVariable:
    """SET @name = expression."""

    line: int
    name: str
    expression: str


@dataclass(frozen=True)
class Throw:
    """THROW number, message."""

    line: int
    number: int
    message: str


@dataclass(frozen=True)
class Return:
    """RETURN."""

    line: int


@dataclass(frozen=True)
class Execute:
    """EXECUTE procedure with arguments, each an expression."""

    line: int
    procedure: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Print:
    """PRINT message."""

    line: int
    message: str


@dataclass(frozen=True)
class If:
    """IF condition, and what then happens."""

    line: int
    condition: str
    consequent: SetVariable | Throw | Return | Execute


Step = Sql | SetVariable | Throw | Return | Execute | Print | If


@dataclass(frozen=True)
class Procedure:
    """A procedure, read. One that is `read_only` writes nothing but temporary tables, and takes no lock."""

    name: str
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    read_only: bool = False


@lru_cache(maxsize=128)
def parse_procedure(definition: str) -> Procedure:
    """Read a CREATE OR ALTER PROCEDURE statement. Raises ValueError, with the line in it, where it is malformed."""
    match = _HEADER.match(definition)
    if match is None:
        raise ValueError("a procedure reads: CREATE OR ALTER PROCEDURE name parameters AS BEGIN … END;")
    header = re.sub(r"--[^\n]*", "", match["parameters"])
    parameters = tuple(
        Parameter(found["name"], found["default"].strip() if found["default"] else None)
        for found in _PARAMETER.finditer(header)
    )
    first_line = 1 + definition.count("\n", 0, match.start("body"))
    steps = tuple(_step(s.line, s.text) for s in split_sqlite(match["body"], first_line))
    return Procedure(match["name"], parameters, steps, match["read_only"] is not None)


def _step(line: int, text: str) -> Step:
    if re.match(r"IF\b", text, re.IGNORECASE):
        found = _IF.match(text)
        if found is None:
            raise ValueError(f"line {line}: IF needs its THROW, RETURN, EXECUTE or SET on a line of its own")
        consequent = _step(line, found[2])
        if not isinstance(consequent, (SetVariable, Throw, Return, Execute)):
            raise ValueError(f"line {line}: IF leads to THROW, RETURN, EXECUTE or SET only")
        return If(line, found[1], consequent)
    if found := _SET.match(text):
        return SetVariable(line, found[1], found[2])
    if found := _THROW.match(text):
        return Throw(line, int(found[1]), found[2])
    if _RETURN.match(text):
        return Return(line)
    if found := _EXECUTE.match(text):
        return Execute(line, found[1], _arguments(line, found[2]))
    if found := _PRINT.match(text):
        return Print(line, found[1])
    return Sql(line, text)


def _arguments(line: int, text: str) -> tuple[tuple[str, str], ...]:
    arguments = []
    for part in _split_at_commas(text):
        found = _ARGUMENT.match(part.strip())
        if found is None:
            raise ValueError(f"line {line}: an argument reads @Name = expression")
        arguments.append((found[1], found[2]))
    return tuple(arguments)


def _split_at_commas(text: str) -> list[str]:
    """Cut at the commas that stand in no parentheses and no string."""
    parts, depth, quoted, start = [], 0, False, 0
    for position, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif not quoted and depth == 0 and character == ",":
            parts.append(text[start:position])
            start = position + 1
    last = text[start:]
    return [*parts, last] if last.strip() else parts


class Variables(dict[str, Any]):
    """The variables of a procedure: @Batch_ID and @batch_id are one, as in T-SQL."""

    def __missing__(self, name: str) -> Any:
        if name == name.lower():
            raise KeyError(name)
        return self[name.lower()]


def bind(procedure: Procedure, given: dict[str, Any]) -> dict[str, Any]:
    """The starting variables of a call. A parameter that is unknown or missing is a bug: TypeError."""
    values = {name.lower(): value for name, value in given.items()}
    unknown = values.keys() - {p.name.lower() for p in procedure.parameters}
    if unknown:
        raise TypeError(f"{procedure.name} has no parameter {sorted(unknown)[0]}")
    for parameter in procedure.parameters:
        name = parameter.name.lower()
        if name in values:
            continue
        if parameter.default is None:
            raise TypeError(f"{procedure.name} needs @{parameter.name}")
        values[name] = _literal(parameter.default)
    return dict.fromkeys(_variables_set(procedure)) | values


def _variables_set(procedure: Procedure) -> set[str]:
    """The local variables: NULL until a SET is reached. A name that nothing sets is a mistake, told by SQLite."""
    steps = (step.consequent if isinstance(step, If) else step for step in procedure.steps)
    return {step.name.lower() for step in steps if isinstance(step, SetVariable)}


def _literal(text: str) -> Any:
    """A default: NULL, a whole number or a 'string'."""
    if text.upper() == "NULL":
        return None
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)

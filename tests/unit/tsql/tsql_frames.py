"""What a T-SQL procedure has of its own while it runs, and how it ends early."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tsql_functions import cut
from tsql_to_sqlite import Names


class Thrown(Exception):
    """THROW: a number and a message."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(number, message)
        self.number, self.message = number, message


class Returned(Exception):
    pass


@dataclass
class Frame:
    """What a procedure has of its own, and what it sees of its callers."""

    depth: int
    variables: dict[str, Any] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    temporary: dict[str, str] = field(default_factory=dict)

    def set(self, name: str, value: Any) -> None:
        self.variables[f"v_{name.lower()}"] = fitted(value, self.types.get(name.lower(), ""))

    @property
    def names(self) -> Names:
        return Names(self.temporary, frozenset(n for n, kind in self.types.items() if kind == "BIT"))


def fitted(value: Any, kind: str) -> Any:
    """A value as a variable of that type holds it."""
    kind = kind.upper()
    if value is None:
        return None
    if found := re.match(r"N?(?:VAR)?CHAR\s*\((\d+)\)", kind):
        return cut(str(value), int(found[1]))
    if kind.startswith("BIT"):
        return int(bool(value))
    if kind.startswith(("INT", "BIGINT")):
        return int(value)
    if kind == "DATE":
        return str(value)[:10]
    return str(value) if "CHAR" in kind or kind.startswith("DATETIME2") else value


def formatted(message: str) -> str:
    """What THROW says: a per cent sign that is doubled is one, and any other begins a format."""
    assert "%" not in message.replace("%%", ""), f"2787: invalid format specification: {message}"
    return message.replace("%%", "%")

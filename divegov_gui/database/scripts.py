"""The numbered scripts: finding them, their checksums, and cutting them into statements."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from divegov_gui.core.errors import InputRefused

_NAME = re.compile(r"^(\d\d)_(\w+)\.sql$")
_PROCEDURE = re.compile(r"\s*CREATE\s+OR\s+ALTER\s+PROCEDURE\b", re.IGNORECASE)
_PROCEDURE_END = re.compile(r"^END;[ \t]*$", re.IGNORECASE | re.MULTILINE)
_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)

CONDITION = re.compile(
    r"IF\s+(.*?)\n\s*((?:ALTER|CREATE|DROP|INSERT|UPDATE|DELETE)\b.*)\Z", re.IGNORECASE | re.DOTALL
)
"""IF condition, and on a line of its own the one statement that runs where it holds: for what has no IF NOT EXISTS."""


@dataclass(frozen=True)
class Statement:
    """One statement of a script, and the line (from 1) on which it begins."""

    line: int
    text: str


@dataclass(frozen=True)
class Script:
    """One numbered script as it stands on disk.

    `checksum` is the SHA-256, in hex, of its text with LF line ends, so that a checkout on Windows is no drift.
    """

    number: int
    name: str
    text: str
    checksum: str


def read_scripts(folder: Path) -> list[Script]:
    """The numbered scripts of `folder` in their order. Raises InputRefused where one is no UTF-8 text."""
    scripts = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.match(path.name)
        if match is None:
            continue
        try:
            text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputRefused(
                f"{path.name} cannot be read.", str(error), "Save the script as UTF-8 text and try again."
            ) from error
        checksum = hashlib.sha256(text.encode()).hexdigest()
        scripts.append(Script(int(match[1]), path.name, text, checksum))
    return scripts


def split_sqlite(text: str, first_line: int = 1) -> list[Statement]:
    """Cut a SQLite script into statements.

    Whether a semicolon ends a statement (and does not stand in a string, a comment or a trigger's body) is asked of
    SQLite itself. A procedure reaches from CREATE OR ALTER PROCEDURE to a line that says END; and nothing else.
    """
    statements: list[Statement] = []
    position = 0
    while True:
        leading = _LEADING.match(text, position)
        start = leading.end() if leading else position
        if start >= len(text):
            return statements
        end = (
            _end_of_procedure(text, start)
            if _PROCEDURE.match(text, start)
            else _end_of_statement(text, start)
        )
        line = first_line + text.count("\n", 0, start)
        statements.append(Statement(line, text[start:end].strip()))
        position = end


def _end_of_procedure(text: str, start: int) -> int:
    match = _PROCEDURE_END.search(text, start)
    return match.end() if match else len(text)


def _end_of_statement(text: str, start: int) -> int:
    end = text.find(";", start)
    while end != -1:
        if sqlite3.complete_statement(text[start : end + 1]):
            return end + 1
        end = text.find(";", end + 1)
    return len(text)

"""Drift by catalogue: objects of the scripts that are missing or altered, in words, and which script puts them back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.database.scripts import Script
from divegov_gui.database.session import Drifted

_COMMENT = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)
_CREATED = re.compile(
    r"\bCREATE\s+(?:OR\s+ALTER\s+)?(?:TABLE|VIEW|PROCEDURE|PROC|FUNCTION|TRIGGER|SEQUENCE)\s+"
    r"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[\w\[\]]+(?:\.[\w\[\]]+)?)",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"\bCREATE\s+(?:(?:UNIQUE|CLUSTERED|NONCLUSTERED)\s+)*INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?P<name>[\w\[\]]+)\s+ON\s+(?P<table>[\w\[\]]+(?:\.[\w\[\]]+)?)",
    re.IGNORECASE,
)
_MODULES = frozenset({"view", "procedure", "function", "trigger"})
_WHOLE = frozenset({"table", "view", "procedure", "function"})
"""What others belong to, by its name: on SQL Server a view that is dropped takes the rights to it along."""
_ROWS = frozenset({"Security_Role", "Masked_Column", "Unmask_Grant"})
"""On SQLite roles, masks and the rights to see behind them are rows of these tables."""


@dataclass(frozen=True)
class Finding:
    """One object that is not as it was deployed. `script` is the one to show it at.

    `restorable`: applying that script again puts the object back. Others a person must put right.
    """

    object: Drifted
    script: str
    restorable: bool

    @property
    def words(self) -> str:
        """What is wrong, in a sentence."""
        return _in_words(self.object)


def created_names(scripts: Sequence[Script], dialect: str) -> tuple[str, ...]:
    """What the scripts make: tables, views, procedures, functions, triggers, sequences and indexes, by their names.

    On SQL Server an index's is schema.table.index, as in Schema_Catalogue.
    """
    found: dict[str, None] = {}
    for script in scripts:
        code = _code(script)
        for match in _CREATED.finditer(code):
            found.setdefault(_full(match["name"], dialect))
        for match in _INDEX.finditer(code):
            table = "" if dialect == "sqlite" else f"{_full(match['table'], dialect)}."
            found.setdefault(f"{table}{_bare(match['name'])}")
    return tuple(found)


def findings(drift: Sequence[Drifted], scripts: Sequence[Script], dialect: str) -> tuple[Finding, ...]:
    """Each drifted object with its script. Of one that is missing, what went with it (columns, rights) is not told."""
    gone = {one.name for one in drift if one.kind in _WHOLE and one.drift == "Missing"}
    told = [one for one in drift if one.base not in gone or one.kind in _WHOLE]
    return tuple(_finding(one, scripts, dialect) for one in told)


# -- which script ---------------------------------------------------------------------------------------------


def _finding(one: Drifted, scripts: Sequence[Script], dialect: str) -> Finding:
    pattern = _restoring(one, dialect)
    restoring = next((s.name for s in scripts if pattern and pattern.search(_code(s))), None)
    return Finding(one, restoring or _owner(one, scripts, dialect), restoring is not None)


def _owner(one: Drifted, scripts: Sequence[Script], dialect: str) -> str:
    """The script that makes the object's table, or the first where none does."""
    makers = (s.name for s in scripts if {one.base, one.name} & set(created_names([s], dialect)))
    return next(makers, scripts[0].name if scripts else "")


def _restoring(one: Drifted, dialect: str) -> re.Pattern[str] | None:
    """What stands in a script that puts the object back; None where no script can."""
    bare = one.name.rpartition(".")[2]
    statement = ""
    if one.kind in _MODULES:
        statement = rf"CREATE (OR ALTER )?{one.kind} (IF NOT EXISTS )?{_name(one.name)}"
    elif one.drift == "Missing":
        is_row = dialect == "sqlite" and one.kind != "table" and one.base in _ROWS
        statement = rf"INSERT INTO {one.base}\b" if is_row else _made(one, bare)
    return re.compile(statement.replace(" ", r"\s+"), re.IGNORECASE) if statement else None


def _made(one: Drifted, bare: str) -> str:
    table = _name(one.base)
    return {
        "table": rf"CREATE TABLE (IF NOT EXISTS )?{table}",
        "sequence": rf"CREATE SEQUENCE {table}",
        "index": rf"CREATE (UNIQUE |CLUSTERED |NONCLUSTERED )*INDEX (IF NOT EXISTS )?{_name(bare)}",
        "role": rf"CREATE ROLE {_name(one.name)}",
        "versioning": rf"ALTER TABLE {table} SET\s*\(\s*SYSTEM_VERSIONING",
        "mask": rf"ALTER TABLE {table} ALTER COLUMN {_name(bare)} ADD MASKED",
        "column": rf"ALTER TABLE {table} ADD (COLUMN )?{_name(bare)}",
        "grant": _granting(one, table),
    }.get(one.kind, "")


def _granting(one: Drifted, table: str) -> str:
    of_all = re.search(r": (.+) in the database\Z", one.name)
    return rf"GRANT {of_all[1]} TO" if of_all else rf"GRANT [^;]*?ON {table}"


def _name(name: str) -> str:
    return rf"{re.escape(name)}\b"


def _code(script: Script) -> str:
    """A script without its comments."""
    return _COMMENT.sub(lambda found: found[1] or " ", script.text)


def _full(name: str, dialect: str) -> str:
    bare = _bare(name)
    return bare if dialect == "sqlite" or "." in bare else f"dbo.{bare}"


def _bare(name: str) -> str:
    return name.replace("[", "").replace("]", "")


# -- in words -------------------------------------------------------------------------------------------------


def _in_words(one: Drifted) -> str:
    missing = one.drift == "Missing"
    match one.kind:
        case "versioning" if missing:
            return f"{one.name} is no longer versioned. What was changed meanwhile left no earlier version."
        case "versioning":
            return f"{one.name} keeps its history in another table: {one.found_as}."
        case "mask":
            return (
                f"The mask on {one.name} is {'switched off' if missing else 'not the one that was deployed'}."
            )
        case "grant":
            return f"A right of a role is {'missing' if missing else 'altered'}: {one.name}."
        case _ if one.found_as.endswith(" DISABLED"):
            return f"The {one.kind} {one.name} is switched off."
        case _:
            state = "is missing" if missing else "was altered since it was deployed"
            return f"The {one.kind} {one.name} {state}."

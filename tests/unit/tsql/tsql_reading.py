"""Reading the numbered scripts of both dialects, as far as the tests need it: headings, objects, rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from divegov_gui.core.paths import bundled
from divegov_gui.database.tsql_batches import Batch, split_batches

SCRIPTS = ("01_schema", "02_versioning", "03_security", "04_static_data", "05_gatekeeper", "06_reporting")
SCHEMAS = ("Staging", "dbo", "Governance")
COLLATION = "Latin1_General_100_BIN2"
ROLES = {"data_steward", "compliance_officer", "data_analyst"}
MASKED = {"dbo.Diver", "dbo.Diver_History"}
"""The tables that have masks."""

INTERNAL = {
    "Governance.Judge_Records",
    "Governance.Normalise_Records",
    "Governance.Apply_Rules",
    "Governance.Compare_With_Divers",
    "Governance.Log_Action",
    "Governance.Change_Rule",
    "dbo.Write_Diver_Draft",
    "dbo.Refuse_Stale_Diver",
    "dbo.Find_Subject",
    "Governance.Flag_Erased",
    "Governance.Compare_With_Earlier",
    "dbo.Require_Records",
    "dbo.Refuse_Conflict",
    "dbo.Apply_Edits",
    "dbo.Judge_Divers",
    "dbo.Judge_Some_Divers",
    "dbo.Judge_Failing_Divers",
    "Governance.Record_Schema",
}
"""Procedures that others call; granted to nobody."""

_HEADING = re.compile(r"^-{40,}\n((?:-- .*\n)+)-{40,}$", re.MULTILINE)
_TOKEN = re.compile(r"N?'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_NO_COLUMN = {"CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "PERIOD", "FOREIGN", "INDEX"}


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, each with the text of its definition."""

    name: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Module:
    """A procedure, view or trigger: its name, what stands between the name and AS, and the text behind AS."""

    kind: str
    name: str
    header: str
    body: str


@cache
def text(dialect: str, script: str) -> str:
    """A script as it stands on disk."""
    return (Path(bundled("sql_scripts")) / dialect / f"{script}.sql").read_text(encoding="utf-8")


@cache
def code(dialect: str, script: str) -> str:
    """A script without its comments; line breaks stay."""
    return uncommented(text(dialect, script))


def uncommented(sql: str) -> str:
    """SQL without its comments; strings stay."""
    return _TOKEN.sub(lambda m: m[0] if m[0].lstrip("N").startswith("'") else "\n" * m[0].count("\n"), sql)


def without_strings(sql: str) -> str:
    """SQL with every string emptied."""
    return _TOKEN.sub(lambda m: "''" if m[0].lstrip("N").startswith("'") else m[0], sql)


@cache
def batches(script: str) -> list[Batch]:
    """The batches of a T-SQL script."""
    return split_batches(text("sqlserver", script))


def headings(dialect: str, script: str) -> list[str]:
    """The headings between two lines of dashes."""
    return [found[1] for found in _HEADING.finditer(text(dialect, script))]


def bare(name: str) -> str:
    """A name without its schema."""
    return name.rpartition(".")[2]


def inside(sql: str, opening: int) -> str:
    """What stands between the parenthesis at `opening` and the one that closes it."""
    depth = 0
    for found in re.finditer(r"N?'(?:[^']|'')*'|[()]", sql[opening:]):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return sql[opening + 1 : opening + found.start()]
    raise ValueError(f"unclosed: {sql[opening : opening + 60]}")


def split_top(sql: str, separator: str = ",") -> list[str]:
    """Cut at separators that stand in no parentheses and no string."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(rf"N?'(?:[^']|'')*'|[()]|{separator}", sql):
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
        elif depth == 0 and not found[0].lstrip("N").startswith("'"):
            parts.append(sql[start : found.start()])
            start = found.end()
    return [part.strip() for part in [*parts, sql[start:]] if part.strip()]


@cache
def tables(dialect: str) -> dict[str, Table]:
    """Every lasting table of the first three scripts, by its name (with its schema, where it has one)."""
    found = {}
    for script in SCRIPTS[:3]:
        sql = code(dialect, script)
        for match in re.finditer(r"CREATE TABLE (?:IF NOT EXISTS )?([\w.]+) \(", sql):
            parts = split_top(inside(sql, match.end() - 1))
            columns = {
                part.split()[0]: " ".join(part.split()[1:])
                for part in parts
                if part.split()[0].upper() not in _NO_COLUMN
            }
            found[match[1]] = Table(match[1], columns)
        for match in re.finditer(r"ALTER TABLE ([\w.]+)\s+ADD (?:COLUMN )?(\w+) ([^;]*);", sql):
            if match[2] != "CONSTRAINT":
                found[match[1]].columns[match[2]] = " ".join(match[3].split())
    return found


@cache
def modules(kind: str) -> dict[str, Module]:
    """The T-SQL procedures, views or triggers, by name with schema."""
    found = {}
    for script in SCRIPTS:
        for batch in batches(script):
            sql = uncommented(batch.text)
            match = re.match(rf"\s*CREATE OR ALTER {kind}\s+([\w.]+)(.*?)\bAS\b\s*\n(.*)\Z", sql, re.DOTALL)
            if match:
                found[match[1]] = Module(kind, match[1], match[2], match[3])
    return found


def view_columns(view: Module) -> list[str]:
    """What the columns of a view are called: those of its first SELECT that is no part of a CTE."""
    depth, selects = 0, []
    for found in re.finditer(r"N?'(?:[^']|'')*'|[()]|\bSELECT\b|\bFROM\b", view.body):
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
        elif depth == 0 and found[0] in ("SELECT", "FROM"):
            selects.append(found)
    listed = view.body[selects[0].end() : selects[1].start() if len(selects) > 1 else len(view.body)]
    return [re.split(r"[\s.]+", part.rstrip(";"))[-1] for part in split_top(listed)]


def first_list(sql: str) -> str:
    """What stands before the first FROM that is in no parentheses."""
    depth = 0
    for found in re.finditer(r"N?'(?:[^']|'')*'|[()]|\bFROM\b", sql):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "FROM" and depth == 0:
            return sql[: found.start()]
    return sql


def parameters(header: str) -> list[tuple[str, str | None]]:
    """The parameters of a procedure: each name, and its default (a string without its N)."""
    found = re.findall(r"@(\w+)\s+\w+(?:\(\w+\))?(?:\s*=\s*([^,\n]+?))?\s*(?:,|\n|\Z)", header)
    return [(name, re.sub(r"^N(?=')", "", default) or None) for name, default in found]


def grants() -> list[tuple[str, str, tuple[str, ...], set[str]]]:
    """Each GRANT: permission, object (none: the database), columns, roles."""
    found = []
    for script in SCRIPTS:
        for permission, name, columns, roles in re.findall(
            r"\bGRANT ([A-Z ]+?)(?: ON ([\w.]+)(?: \(([^)]*)\))?)? TO ([^;]*);", code("sqlserver", script)
        ):
            found.append(
                (
                    permission,
                    name,
                    tuple(c.strip() for c in columns.split(",") if c),
                    set(re.split(r",\s*", roles)),
                )
            )
    assert len(found) == sum(len(re.findall(r"\bGRANT\b", code("sqlserver", s))) for s in SCRIPTS)
    return found


def inserted_rows(table: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """The rows that 04 brings for a table, and the columns that they fill."""
    sql = code("sqlserver", "04_static_data")
    at = re.search(rf"INSERT INTO {re.escape(table)} \(", sql)
    assert at, table
    columns = split_top(inside(sql, at.end() - 1))
    values = sql.index("VALUES", at.end())
    rows = []
    for row in re.finditer(r"^    \(", sql[values:], re.MULTILINE):
        start = values + row.end() - 1
        if re.search(r"^(?:\)|GO\b|UPDATE|INSERT)", sql[values:start], re.MULTILINE):
            break
        rows.append(tuple(_literal(part) for part in split_top(inside(sql, start))))
    return columns, rows


def _literal(sql: str) -> object:
    if sql == "NULL":
        return None
    if sql.startswith("N'"):
        return sql[2:-1].replace("''", "'")
    return float(sql) if "." in sql else int(sql)

"""The statements of the T-SQL scripts one by one, as trees, and the catalogue in which their names are looked up.

The trees are sqlglot's. It reads SELECT, INSERT, UPDATE, DELETE and WITH; conditions and assigned values are handed to
it as SELECTs of their own. What it says is a second opinion on structure and names, not on what a function does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.schema import MappingSchema
from tsql_reading import SCRIPTS, batches, code, inside, modules, split_top, tables, uncommented, view_columns

DIALECT = "tsql,normalization_strategy=case_sensitive"
"""On a case-sensitive server a name is spelled as it was declared, or it is another one."""

_MODULE = re.compile(r"\s*CREATE OR ALTER (PROCEDURE|VIEW|TRIGGER)\s+([\w.]+)(.*?)\bAS\b\s*\n", re.DOTALL)
_FLOW = re.compile(r"(?:BEGIN(?:\s+TRY|\s+CATCH)?|END(?:\s+TRY|\s+CATCH)?|ELSE)\b\s*")
VERBS = (
    r"BEGIN|SET|SELECT|INSERT|UPDATE(?!\s*\()|DELETE|WITH|THROW|EXECUTE|RETURN|ALTER|CREATE|DECLARE"
    r"|ROLLBACK|COMMIT"
)


@dataclass(frozen=True)
class Statement:
    """A statement, the script and the module that it stands in, and its tree."""

    script: str
    module: str
    text: str

    @property
    def tree(self) -> exp.Expression:
        return parsed(self.text)

    @property
    def place(self) -> str:
        return f"{self.script} {self.module}: {' '.join(self.text.split())[:90]}"


@cache
def statements() -> list[Statement]:
    """Every statement of every script."""
    found = []
    for script in SCRIPTS:
        for batch in batches(script):
            sql = uncommented(batch.text)
            module = _MODULE.match(sql)
            body = sql[module.end() :] if module else sql
            if module and module[1] == "TRIGGER":
                body = _of_its_table(body, module[3])
            name = module[2] if module else ""
            found += [Statement(script, name, text) for text in texts(body)]
    return found


def texts(sql: str) -> list[str]:
    """The statements of a batch or of a module's body."""
    return [text for chunk in split_top(sql, ";") for text in _cut(chunk)]


@cache
def parsed(text: str) -> exp.Expression:
    """The tree of a statement. A temporary table is called tmp_, a table variable too."""
    text = re.sub(r"(?<![\w'])#(?=\w)", "tmp_", text)
    text = re.sub(r"\b(FROM|JOIN|INTO)(\s+)@(?=\w)", r"\1\2tmp_", text)
    return sqlglot.parse_one(text, read="tsql")


def _of_its_table(body: str, header: str) -> str:
    """A trigger's `inserted` and `deleted` are rows of its table; UPDATE(column) is a question and no statement."""
    table = re.search(r"\bON\s+([\w.]+)", header)
    assert table
    return re.sub(
        r"\b(FROM|JOIN)\s+(?:inserted|deleted)\b",
        rf"\1 {table[1]}",
        re.sub(r"\bUPDATE\(\w+\)", "1 = 1", body),
    )


def commands(sql: str) -> list[str]:
    """What stands between semicolons, without the BEGIN, END, ELSE and IF before it."""
    found = []
    for chunk in split_top(sql, ";"):
        rest = _without_flow(chunk)
        while rest.startswith("IF "):
            rest = _without_flow(rest[_end_of_condition(rest) :])
        found.append(rest)
    return found


def _without_flow(chunk: str) -> str:
    while flow := _FLOW.match(chunk):
        chunk = chunk[flow.end() :]
    return chunk


def _cut(chunk: str) -> Iterator[str]:
    chunk = _without_flow(chunk)
    if chunk.startswith("IF "):
        ends = _end_of_condition(chunk)
        yield f"SELECT 1 AS Value WHERE {chunk[3:ends]}"
        yield from _cut(chunk[ends:])
    elif chunk.startswith(("SET @", "DECLARE @")):
        for part in split_top(chunk.split(None, 1)[1]):
            _, assigns, value = part.partition("=")
            if assigns and not re.match(r"@\w+\s+TABLE\b", part):
                yield f"SELECT {value} AS Value"
    elif re.match(r"(?:INSERT|UPDATE|DELETE|WITH|SELECT)\b", chunk):
        yield chunk


def _end_of_condition(chunk: str) -> int:
    depth = 0
    for found in re.finditer(rf"N?'(?:[^']|'')*'|[()]|\b(?:{VERBS})\b", chunk):
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
        elif depth == 0 and not found[0].endswith("'"):
            return found.start()
    raise ValueError(f"no end of the condition: {chunk[:80]}")


# -- The catalogue --------------------------------------------------------------------------------------------


@cache
def temporary_tables() -> dict[str, list[tuple[str, str]]]:
    """Every definition of each temporary table and table variable: the module, and the definition in one line."""
    found: dict[str, list[tuple[str, str]]] = {}
    for script in SCRIPTS:
        for batch in batches(script):
            sql = uncommented(batch.text)
            module = _MODULE.match(sql)
            for match in re.finditer(r"CREATE TABLE (#\w+) \(|DECLARE (@\w+) TABLE \(", sql):
                definition = " ".join(inside(sql, match.end() - 1).split())
                found.setdefault(match[1] or match[2], []).append((module[2] if module else "", definition))
    return found


SYSTEM = {
    "sys.columns": "object_id column_id name is_masked is_hidden is_identity is_computed is_nullable user_type_id "
    "max_length precision scale collation_name generated_always_type_desc",
    "sys.computed_columns": "object_id column_id definition",
    "sys.masked_columns": "object_id column_id name masking_function is_masked",
    "sys.databases": "database_id name compatibility_level is_read_committed_snapshot_on "
    "snapshot_isolation_state",
    "sys.database_principals": "principal_id name type type_desc sid owning_principal_id",
    "sys.database_role_members": "role_principal_id member_principal_id",
    "sys.database_permissions": "class class_desc major_id minor_id grantee_principal_id permission_name state_desc",
    "sys.objects": "object_id schema_id parent_object_id name type type_desc is_ms_shipped",
    "sys.indexes": "object_id index_id name type_desc is_unique is_primary_key is_unique_constraint is_disabled "
    "filter_definition",
    "sys.index_columns": "object_id index_id column_id key_ordinal",
    "sys.check_constraints": "object_id definition is_disabled",
    "sys.default_constraints": "object_id definition",
    "sys.foreign_keys": "object_id referenced_object_id is_disabled",
    "sys.triggers": "object_id is_disabled",
    "sys.sequences": "object_id schema_id name user_type_id",
    "sys.schemas": "schema_id name principal_id",
    "sys.procedures": "object_id schema_id name is_ms_shipped",
    "sys.sql_modules": "object_id definition",
    "sys.tables": "object_id schema_id name temporal_type history_table_id ledger_type ledger_type_desc "
    "is_ms_shipped",
}
"""The catalogue views that the scripts may ask, as far as they do (learn.microsoft.com, "System catalog views")."""


@cache
def columns_of() -> dict[str, dict[str, str]]:
    """What a statement may read and write: every table, view and temporary table, with its columns' definitions."""
    found = {name: table.columns for name, table in tables("sqlserver").items()}
    for name, column, definition in added_columns():
        found.setdefault(name, {}).setdefault(column, definition)
    found |= {name: dict.fromkeys(columns.split(), "") for name, columns in SYSTEM.items()}
    for name, view in modules("VIEW").items():
        found[name] = dict.fromkeys(view_columns(view), "")
    for name, definitions in temporary_tables().items():
        parts = [part.split(None, 1) for part in split_top(definitions[0][1])]
        found[f"dbo.tmp_{name[1:]}"] = {part[0]: part[1] for part in parts if part[0] != "CONSTRAINT"}
    return found


def full_name(table: exp.Table) -> str:
    """A table's name as the catalogue has it."""
    return f"{table.db or 'dbo'}.{table.name}"


def added_columns() -> list[tuple[str, str, str]]:
    """The columns that a script adds to a table that is there: table, column, definition."""
    return [
        (found[1], found[2], " ".join(found[3].split()))
        for script in SCRIPTS[:3]
        for found in re.finditer(
            r"ALTER TABLE ([\w.]+)\s+ADD (?!CONSTRAINT|PERIOD|MASKED)(\w+)\s+([^;]+);",
            code("sqlserver", script),
        )
    ]


# -- The kinds of values --------------------------------------------------------------------------------------

KINDS = {
    "text": {"VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "TEXT"},
    "number": {"BIGINT", "INT", "SMALLINT", "TINYINT", "BIT", "BOOLEAN", "DECIMAL", "DOUBLE", "FLOAT"},
    "time": {"DATE", "DATETIME2", "DATETIME", "TIMESTAMP"},
}


def kind_of(definition: str) -> str | None:
    """Text, number or time: what a type's name says."""
    name = re.match(r"\w+", definition.upper())
    return next((kind for kind, names in KINDS.items() if name and name[0] in names), None)


@cache
def variables(module: str) -> dict[str, str | None]:
    """What the variables and parameters of a procedure are."""
    procedure = modules("PROCEDURE").get(module)
    text = f"{procedure.header}\n{procedure.body}" if procedure else ""
    found = re.findall(r"@(\w+)\s+([A-Z][A-Z0-9]+)(?:\s*\([^)]*\))?\s*(?:=|,|;|\n)", text)
    return {name.lower(): kind_of(kind) for name, kind in found}


@cache
def schema() -> MappingSchema:
    """The catalogue for sqlglot, with a type for each kind."""
    stands_for = {"text": "VARCHAR", "number": "BIGINT", "time": "DATETIME2", None: "UNKNOWN"}
    mapping: dict[str, dict[str, dict[str, str]]] = {}
    for name, columns in columns_of().items():
        own, _, table = name.rpartition(".")
        mapping.setdefault(own, {})[table] = {c: stands_for[kind_of(d)] for c, d in columns.items()}
    return MappingSchema(mapping, dialect=DIALECT)

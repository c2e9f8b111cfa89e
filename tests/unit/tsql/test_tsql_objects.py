"""Temporary tables, indexes, added columns and row counts in the T-SQL scripts: what a server would refuse of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tsql_reading import SCRIPTS, batches, code, modules, split_top, tables, uncommented, without_strings
from tsql_statements import columns_of, temporary_tables, texts

# -- Temporary tables -----------------------------------------------------------------------------------------


def test_a_temporary_table_is_the_same_wherever_it_is_made() -> None:
    """A procedure that is called may make a table anew that its caller has: then both must have one form."""
    for name, definitions in temporary_tables().items():
        if name.startswith("#"):
            assert len({definition for _, definition in definitions}) == 1, name


def test_a_temporary_table_is_made_by_who_uses_it_or_by_everyone_who_calls() -> None:
    procedures = modules("PROCEDURE")
    made = {
        name: {t for t, found in temporary_tables().items() if name in dict(found)} for name in procedures
    }
    callers = {
        name: [other for other, p in procedures.items() if re.search(rf"EXECUTE\s+{name}\b", p.body)]
        for name in procedures
    }

    def finds(name: str, table: str) -> bool:
        """Whether a table is there when a procedure runs, whoever calls it."""
        return table in made[name] or (
            bool(callers[name]) and all(finds(each, table) for each in callers[name])
        )

    checked = 0
    for name, procedure in procedures.items():
        for table in set(re.findall(r"#\w+", procedure.body)) - made[name]:
            assert finds(name, table), (name, table)
            checked += 1
    assert checked >= 3


def test_a_constraint_of_a_temporary_table_has_no_name() -> None:
    """It would be in tempdb once for all: two who run the procedure at once would meet there (2714)."""
    for name, definitions in temporary_tables().items():
        assert not any("CONSTRAINT" in definition for _, definition in definitions), name


# -- Indexes and columns --------------------------------------------------------------------------------------

SIZES = {"BIGINT": 8, "INT": 4, "BIT": 1, "DATE": 3, "DATETIME2(7)": 8, "BINARY(32)": 32, "DECIMAL": 9}


def bytes_of(definition: str) -> int:
    if found := re.match(r"NVARCHAR\((\w+)\)", definition):
        return 10**9 if found[1] == "MAX" else 2 * int(found[1])
    if found := re.match(r"AS CONVERT\(BINARY\((\d+)\)", definition):
        return int(found[1])
    return next(size for kind, size in SIZES.items() if definition.startswith(kind))


def keys() -> Iterator[tuple[str, str, bool, list[str]]]:
    """Each index and key: where, its table, whether it is clustered, its columns."""
    sql = "".join(code("sqlserver", script) for script in SCRIPTS)
    for found in re.finditer(r"CREATE (UNIQUE )?(CLUSTERED )?INDEX (\w+)\s+ON ([\w.]+) \(([^)]*)\)", sql):
        yield found[3], found[4], bool(found[2]), [c.split()[0] for c in found[5].split(",")]
    for name in tables("sqlserver"):
        body = re.search(rf"CREATE TABLE {re.escape(name)} \((.*?)\n    \)", sql, re.DOTALL)
        assert body
        for found in re.finditer(r"(PRIMARY KEY|UNIQUE)( NONCLUSTERED| CLUSTERED)? \(([^)]*)\)", body[1]):
            clustered = found[2] == " CLUSTERED" or (
                found[1] == "PRIMARY KEY" and found[2] != " NONCLUSTERED"
            )
            yield name, name, clustered, [c.split()[0] for c in found[3].split(",")]
        for column, definition in tables("sqlserver")[name].columns.items():
            if found := re.search(r"(PRIMARY KEY|UNIQUE)( NONCLUSTERED| CLUSTERED)?", definition):
                yield name, name, found[1] == "PRIMARY KEY" and found[2] != " NONCLUSTERED", [column]


def test_a_key_is_no_longer_than_an_index_may_hold() -> None:
    """900 bytes a clustered key, 1,700 another one (1944, 1946: the row that is too long is refused when it comes)."""
    found = list(keys())
    assert len(found) > 30
    for where, table, clustered, names in found:
        length = sum(bytes_of(columns_of()[table][name]) for name in names)
        assert length <= (900 if clustered else 1700), (where, names, length)


def test_a_column_that_is_added_is_first_named_in_a_later_batch() -> None:
    """A batch is compiled before it runs, and the names of columns are not looked up later (207)."""
    added = 0
    for script in SCRIPTS:
        for batch in batches(script):
            sql = uncommented(batch.text)
            for name in re.findall(r"ALTER TABLE [\w.]+\s+ADD (?!CONSTRAINT|PERIOD|MASKED)(\w+)", sql):
                added += 1
                assert len(re.findall(rf"\b{name}\b", without_strings(sql))) == 1, (script, batch.line, name)
    assert added or not re.search(r"COL_LENGTH", code("sqlserver", "01_schema"))


COMPUTED = {"Payload_Hash"}
"""Columns of former versions that held nothing of their own."""


def test_of_a_column_that_is_dropped_nothing_stays_in_the_rows() -> None:
    """DROP COLUMN leaves the values where they are ("DBCC CLEANTABLE", which no transaction may hold)."""
    dropped = set()
    for batch in (batch for script in SCRIPTS for batch in batches(script)):
        sql = uncommented(batch.text)
        for table, checked, column in re.findall(r"ALTER TABLE ([\w.]+) DROP COLUMN (IF EXISTS )?(\w+)", sql):
            dropped.add(column)
            if column in COMPUTED:
                assert checked
                continue
            steps = (
                f"IF COL_LENGTH(N'{table}', N'{column}') IS NOT NULL",
                f"UPDATE {table} SET {column} = N''",
                f"DROP COLUMN {column}",
                f"ALTER TABLE {table} REBUILD",
            )
            places = [sql.find(step) for step in steps]
            assert -1 not in places
            assert places == sorted(places)
    assert dropped == {"Payload", *COMPUTED}


def test_a_row_count_is_asked_right_behind_the_statement_that_it_counts() -> None:
    """SET, IF and DECLARE put @@ROWCOUNT back to 0 or 1."""
    asked = 0
    for procedure in modules("PROCEDURE").values():
        chunks = split_top(procedure.body, ";")
        for before, chunk in pairwise(chunks):
            if "@@ROWCOUNT" in chunk:
                asked += 1
                assert any(re.match(r"INSERT|UPDATE|DELETE|WITH", text) for text in texts(before)), (
                    procedure.name
                )
    assert asked


# -- What is there when a script runs -------------------------------------------------------------------------


def made_before() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """Each module in the order of the scripts: its kind and name, what its text names, and what is made before it."""
    known: set[str] = set()
    for script in SCRIPTS:
        for batch in batches(script):
            sql = without_strings(uncommented(batch.text))
            named = set(re.findall(r"\b(?:FROM|JOIN)\s+((?:dbo|Staging|Governance)\.\w+)", sql))
            module = re.match(r"\s*CREATE OR ALTER (\w+)\s+([\w.]+)", sql)
            if module:
                yield module[1], module[2], named, set(known)
                known.add(module[2])
            known |= set(re.findall(r"CREATE TABLE ([\w.]+) \(", sql))


def test_a_view_is_made_of_what_is_there_by_then() -> None:
    """Only a procedure is stored while what it names is not there yet (208)."""
    views = [each for each in made_before() if each[0] == "VIEW"]
    assert len(views) > 40
    assert {name: missing for _, name, named, known in views if (missing := named - known)} == {}


READ_BEFORE_MADE = {
    "Staging.Raw_Divers": "Raw_ID Batch_ID Source_Row Outcome First_Name Last_Name Email Phone Date_Of_Birth "
    "Certification Source_Reference Payload",
    "Staging.Batch_Turns": "First_Batch_ID Second_Batch_ID Turn First_Outcome Second_Outcome Record_Count",
    "Staging.Batch_Turn_Records": "First_Batch_ID Second_Batch_ID Source_Row Turn First_Outcome Second_Outcome "
    "Diver_ID Quarantine_ID",
    "dbo.Diver_Versions": "Diver_ID First_Name Last_Name Email Phone Date_Of_Birth Certification Source_Reference "
    "Modified_By Change_Reason Valid_From Valid_To",
}
"""The views that a procedure reads though they are made after it, with the columns that they had from the first."""


def test_a_procedure_reads_of_a_later_view_only_what_an_earlier_deployment_has_made_of_it() -> None:
    """Where the view is there, a procedure is bound to it as it is then: a column that is new to it is none (207)."""
    late = {
        (name, view)
        for kind, name, named, known in made_before()
        if kind == "PROCEDURE"
        for view in named - known
        if view in modules("VIEW")
    }
    assert {view for _, view in late} == set(READ_BEFORE_MADE)
    for name, view in late:
        (alias,) = set(re.findall(rf"{re.escape(view)} AS (\w+)", modules("PROCEDURE")[name].body))
        read = set(re.findall(rf"\b{alias}\.(\w+)", " ".join(around(name, view))))
        assert read
        assert read <= set(READ_BEFORE_MADE[view].split()), (name, view)


def around(name: str, view: str) -> list[str]:
    """The statements of a procedure that read a view."""
    return [text for text in split_top(modules("PROCEDURE")[name].body, ";") if view in text]

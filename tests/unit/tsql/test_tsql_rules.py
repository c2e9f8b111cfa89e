"""The T-SQL scripts parse, and keep rules of ours that no parser knows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tsql_reading import (
    COLLATION,
    INTERNAL,
    SCRIPTS,
    batches,
    code,
    first_list,
    inside,
    modules,
    split_top,
    tables,
    uncommented,
    without_strings,
)

from divegov_gui.database.tsql_batches import Batch

# -- Microsoft's parser ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parse() -> Callable[[str], str]:
    """What Microsoft's parser (SQL Server 2022) has to say against a batch."""
    beside = Path(sys.executable).with_name("maxdop")
    program = str(beside) if beside.exists() else shutil.which("maxdop")
    if program is None:
        pytest.skip("maxdop is not installed: pip install maxdop==0.1.3")

    def run(batch: str) -> str:
        done = subprocess.run(
            [program, "--parser-version", "2022"],
            input=batch,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        # 2: it parsed, and the formatter does not trust its own output. That is no finding about the script.
        return (
            ""
            if done.returncode == 0 or "failed verification" in done.stderr
            else done.stderr or str(done.returncode)
        )

    try:
        run("SELECT 1;")
    except OSError as error:
        pytest.skip(f"maxdop does not run here: {error}")
    return run


def test_the_parser_is_alive(parse: Callable[[str], str]) -> None:
    assert parse("SELECT 1 AS One;") == ""
    assert "1:" in parse("SELECT FROM WHERE;")
    assert parse("CREATE OR ALTER PROCEDURE dbo.P AS BEGIN IF 1 = 1 THROW 50400 END;")


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_batch_parses(script: str, parse: Callable[[str], str]) -> None:
    parts = [(batch.line, batch.text) for batch in batches(script)]
    parts += [(line, inner) for line, text in parts for inner in dynamic(text)]
    with ThreadPoolExecutor(2) as pool:
        complaints = list(pool.map(lambda part: parse(part[1]), parts))
    found = {line: said for (line, _), said in zip(parts, complaints, strict=True) if said}
    assert found == {}


def dynamic(sql: str) -> list[str]:
    """The strings of a batch that are statements to be run."""
    strings = re.findall(r"N'((?:[^']|'')*)'", uncommented(sql))
    verbs = r"\s*(?:ALTER TABLE|CREATE SCHEMA|DELETE FROM|INSERT INTO|UPDATE \w+\.|DROP|EXECUTE)\b"
    return [text.replace("''", "'") for text in strings if re.match(verbs, text)]


def test_a_statement_in_a_string_is_parsed_too() -> None:
    assert dynamic("EXECUTE (N'DELETE FROM x WHERE y = N''z'';');") == ["DELETE FROM x WHERE y = N'z';"]
    assert any(dynamic(batch.text) for batch in batches("01_schema"))


# -- Batches --------------------------------------------------------------------------------------------------

OPTIONS = (
    "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;\n"
    "SET NUMERIC_ROUNDABORT OFF;\nSET NOCOUNT, XACT_ABORT ON;"
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_begins_with_the_options_that_its_indexes_need(script: str) -> None:
    assert uncommented(batches(script)[0].text).strip() == OPTIONS


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_batch_runs_once_and_ends_with_a_semicolon(script: str) -> None:
    for batch in batches(script):
        assert batch.repeat == 1
        assert uncommented(batch.text).rstrip().endswith(";"), (script, batch.line)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_module_has_a_batch_to_itself(script: str) -> None:
    for batch in batches(script):
        sql = uncommented(batch.text)
        made = re.findall(r"CREATE OR ALTER", sql)
        assert len(made) <= 1
        assert not made or sql.lstrip().startswith("CREATE OR ALTER"), (script, batch.line)


CREATES = r"^ *(CREATE (?!OR ALTER)|ALTER TABLE (?!\S+ DROP COLUMN IF EXISTS)|EXECUTE \(N'CREATE)"


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_may_run_twice(script: str) -> None:
    for batch in batches(script):
        for statement in re.finditer(CREATES, uncommented(batch.text), re.M):
            before = uncommented(batch.text)[: statement.start()].rstrip().splitlines()
            guard = next(line for line in reversed(before) if not line.startswith(" "))
            in_procedure = "PROCEDURE" in batch.text
            assert in_procedure or re.match(
                r"IF (NOT EXISTS|EXISTS|OBJECT_ID|COL_LENGTH|INDEXPROPERTY|OBJECTPROPERTY|SCHEMA_ID)", guard
            )


FORBIDDEN = {
    "drops a table": r"\bDROP\s+TABLE\b",
    "empties a lasting table": r"\bTRUNCATE\s+TABLE\s+(?!#)",
    # Delete_Diver takes a diver out of the directory; its versions stay.
    "deletes": r"(?<!AFTER )\bDELETE\b(?! FROM dbo\.Diver$| o\s+FROM Governance\.Schema_Object\b)",
    "leaves the database": r"^\s*USE\b|\bCREATE\s+DATABASE\b"
    r"|\bALTER\s+DATABASE\b(?! CURRENT SET (?:READ_COMMITTED|ALLOW_SNAPSHOT)_)",
    "selects *": r"SELECT\s+(?:TOP\s*\(\d+\)\s*)?\*|\.\*",
    "merges": r"\bMERGE\b",
    "opens a cursor": r"\bCURSOR\b|\bFETCH\b",
    "loops": r"\bWHILE\b|\bGOTO\b",
    "reads what is not committed": r"\bNOLOCK\b|READ\s+UNCOMMITTED",
    "makes an sp_": r"(?:PROCEDURE|FUNCTION)\s+(?:\w+\.)?sp_",
    "asks @@IDENTITY": r"@@IDENTITY",
    "asks the local clock": r"\bGETDATE\b|\bSYSDATETIME\b|\bCURRENT_TIMESTAMP\b",
    "believes the impersonated user": r"\bSUSER_S?NAME\b|\bUSER_NAME\b|\b(?:SYSTEM|CURRENT|SESSION)_USER\b",
    "changes case by the collation": r"(?<!\w)(?:LOWER|UPPER)\s*\(",
    "prints where RAISERROR sends at once": r"\bPRINT\b",
    "converts text that may be none of the kind": r"(?<!TRY_)\bCONVERT\((?:DATE|INT|BIGINT)\b[^,]*, (?:n|i|j|t|r)\.",
    "numbers rows in no order": r"ROW_NUMBER\(\)\s*OVER\s*\((?![^()]*ORDER BY)",
    "begins a CTE behind no semicolon": r"(?<![;\s])\s+WITH\s+\w+\s+AS\s*\(\s*SELECT",
    "switches versioning off": r"SYSTEM_VERSIONING\s*=\s*OFF",
    "uses an 8-bit string column": r"\bVARCHAR\b|\bCHAR\(\d|\bTEXT\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_does_what_none_may(script: str, what: str) -> None:
    sql = without_strings(code("sqlserver", script))
    if what in ("deletes", "switches versioning off"):  # which is what an erasure is
        sql = re.sub(
            r"CREATE OR ALTER PROCEDURE dbo\.Erase_Diver\b.*?^GO$", "", sql, flags=re.DOTALL | re.MULTILINE
        )
    if what.startswith("begins a CTE"):
        sql = re.sub(r"VIEW\s+[\w.]+\s+AS\s+WITH", "VIEW;\nWITH", sql)
    assert not re.search(FORBIDDEN[what], sql, re.IGNORECASE | re.MULTILINE), what


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("selects *", "SELECT * FROM dbo.Diver"),
        ("numbers rows in no order", "ROW_NUMBER() OVER (PARTITION BY n.Email)"),
        ("begins a CTE behind no semicolon", "SELECT 1\nWITH x AS (SELECT 1)"),
        ("converts text that may be none of the kind", "CONVERT(DATE, n.Date_Of_Birth, 23)"),
        ("empties a lasting table", "TRUNCATE TABLE dbo.Diver"),
        ("changes case by the collation", "SET @x = LOWER(@y)"),
    ],
)
def test_the_rules_are_alive(what: str, sql: str) -> None:
    assert re.search(FORBIDDEN[what], sql, re.IGNORECASE | re.MULTILINE)


def test_batches_know_their_lines() -> None:
    for script in SCRIPTS:
        lines = code("sqlserver", script).splitlines()
        for batch in batches(script):
            assert isinstance(batch, Batch)
            assert uncommented(batch.text).splitlines()[0].rstrip() == lines[batch.line - 1].rstrip()


# -- Names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_name_has_its_schema(script: str) -> None:
    for batch in batches(script):
        sql = without_strings(uncommented(batch.text))
        assert unqualified(sql) == [], (script, batch.line)


def unqualified(sql: str) -> list[str]:
    """Names of objects without a schema, that are no temporary table, variable, CTE, alias or pseudo-table."""
    known = {"inserted", "deleted", "OPENJSON"}
    known |= set(re.findall(r"(?:\bWITH|,)\s+(\w+)\s+AS\s*\(\s*SELECT", sql))
    aliases = set(re.findall(r"\bAS\s+(\w+)", sql))
    found = re.findall(
        r"\b(FROM|JOIN|INTO|REFERENCES|EXECUTE|TABLE|NEXT VALUE FOR|(?<!AFTER )UPDATE|PROCEDURE|(?<!GRANT )VIEW|TRIGGER"
        r"|GRANT \w+ ON)\s+(?:@\w+\s*=\s*)?([#@]?[\w]+)(?![\w]*\.)(?!\s*\()(?:\b)",
        re.sub(r"TRIM\(@\w+ FROM", "TRIM(", sql),
    )
    return [
        name
        for verb, name in found
        if name[0] not in "#@"
        and name not in known
        and not (verb == "UPDATE" and name in aliases)
        and not (verb == "EXECUTE" and name in ("AS", "ON"))
    ]


def test_the_rule_on_names_is_alive() -> None:
    assert unqualified("SELECT 1 FROM Diver AS d JOIN dbo.Dive_Log AS l ON 1 = 1") == ["Diver"]
    assert unqualified("EXECUTE Report_Batch @Batch_ID = @Batch_ID") == ["Report_Batch"]


def test_what_a_procedure_calls_and_reads_is_there() -> None:
    objects = {*tables("sqlserver"), *modules("PROCEDURE"), *modules("VIEW"), *modules("TRIGGER")}
    objects |= {"dbo.Diver_Number", "dbo.Quarantine_Number"}
    for script in SCRIPTS:
        named = set(
            re.findall(r"\b((?:dbo|Staging|Governance)\.\w+)", without_strings(code("sqlserver", script)))
        )
        assert named <= objects


# -- Tables ---------------------------------------------------------------------------------------------------


def test_every_text_column_compares_by_code_point() -> None:
    for name, table in tables("sqlserver").items():
        for column, definition in table.columns.items():
            if definition.startswith("NVARCHAR"):
                assert f"COLLATE {COLLATION}" in definition, f"{name}.{column}"


def test_temporary_tables_do_not_take_the_collation_of_tempdb() -> None:
    for definition in re.findall(
        r"^\s*\w+\s+(NVARCHAR\([^\n]*NULL)", code("sqlserver", "05_gatekeeper"), re.MULTILINE
    ):
        assert f"COLLATE {COLLATION}" in definition


def test_every_constraint_has_a_name() -> None:
    for script in SCRIPTS[:3]:
        for match in re.finditer(r"CREATE TABLE [\w.]+ \(", code("sqlserver", script)):
            body = inside(code("sqlserver", script), match.end() - 1)
            anonymous = r"(?<!\w )\b(?:PRIMARY KEY|UNIQUE|CHECK \(|REFERENCES|DEFAULT)"
            for found in re.finditer(anonymous, body):
                assert re.search(r"CONSTRAINT \w+\s+$", body[: found.start()]), body[
                    found.start() : found.start() + 60
                ]


def test_the_names_of_constraints_and_indexes_are_used_once() -> None:
    sql = "".join(code("sqlserver", s) for s in SCRIPTS)
    names = re.findall(r"CONSTRAINT (\w+)", sql) + re.findall(r"CREATE (?:CLUSTERED )?INDEX (\w+)", sql)
    assert len(names) == len(set(names))


def test_bronze_truncates_nothing() -> None:
    raw = tables("sqlserver")["Staging.Raw_Record"].columns
    text = {c: d for c, d in raw.items() if d.startswith("NVARCHAR")}
    assert len(text) == 8
    assert all(d.startswith("NVARCHAR(MAX)") for d in text.values())


def test_a_silver_column_holds_every_value_that_its_rule_lets_through() -> None:
    limits = dict(
        re.findall(
            r"LEN\(n\.(\w+) COLLATE Latin1_General_100_CI_AS_SC\) > (\d+)", code("sqlserver", "05_gatekeeper")
        )
    )
    columns = tables("sqlserver")["dbo.Diver"].columns
    for column in ("First_Name", "Last_Name", "Email", "Phone", "Source_Reference"):
        size = re.match(r"NVARCHAR\((\d+)\)", columns[column])
        assert size
        # A character may take two UTF-16 units.
        assert int(size[1]) >= 2 * int(limits[column]), column


# -- DML ------------------------------------------------------------------------------------------------------


def test_nobody_writes_a_period_column() -> None:
    for script in SCRIPTS:
        sql = code("sqlserver", script)
        for match in re.finditer(r"INSERT INTO [\w.#@]+ \(", sql):
            assert "Valid_" not in inside(sql, match.end() - 1)
        for assignments in re.findall(r"\bSET\s+(\w+ = .*?)\bFROM\b", without_strings(sql), re.DOTALL):
            assert "Valid_" not in assignments


def test_an_insert_brings_as_many_values_as_it_names_columns() -> None:
    for script in SCRIPTS:
        sql = code("sqlserver", script)
        for match in re.finditer(r"INSERT INTO ([\w.#@]+) \(", sql):
            columns = split_top(inside(sql, match.end() - 1))
            rest = sql[match.end() + len(inside(sql, match.end() - 1)) + 1 :]
            if values := re.match(r"\s*VALUES\s*\(", rest):
                given = split_top(inside(rest, values.end() - 1))
            else:
                selected = re.match(r"\s*SELECT (?:DISTINCT )?(.*)", rest, re.DOTALL)
                assert selected, match[0]
                given = split_top(first_list(selected[1]))
            assert len(given) == len(columns), match[0]
            assert len(columns) == len(set(columns))


def test_the_past_is_asked_of_versioned_tables_only() -> None:
    asked = re.findall(r"([\w.]+) FOR SYSTEM_TIME", "".join(code("sqlserver", s) for s in SCRIPTS))
    versioned = re.findall(
        r"ALTER TABLE ([\w.]+)\s+SET \(SYSTEM_VERSIONING = ON", code("sqlserver", "02_versioning")
    )
    assert {name for name in asked if name != "PERIOD"} - {""} <= set(versioned)
    assert len(versioned) == 3


# -- Procedures -----------------------------------------------------------------------------------------------

PROCEDURES = modules("PROCEDURE")


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_procedure_begins_with_nocount_and_xact_abort(name: str) -> None:
    assert re.match(r"\s*BEGIN\s+SET NOCOUNT, XACT_ABORT ON;", PROCEDURES[name].body)


@pytest.mark.parametrize("name", modules("TRIGGER"))
def test_a_trigger_begins_with_nocount_and_xact_abort(name: str) -> None:
    assert re.match(r"\s*BEGIN\s+SET NOCOUNT, XACT_ABORT ON;", modules("TRIGGER")[name].body)


@pytest.mark.parametrize("name", sorted(PROCEDURES.keys() - INTERNAL))
def test_a_procedure_that_writes_is_one_transaction_and_tells_what_went_wrong(name: str) -> None:
    body = " ".join(PROCEDURES[name].body.split())
    if not re.search(r"\b(INSERT INTO|UPDATE|EXECUTE)\b", body):
        return
    assert body.count("BEGIN TRANSACTION;") == 1
    assert body.endswith(
        "COMMIT TRANSACTION; END TRY BEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; THROW; END CATCH; END;"
    )
    assert body.count("RETURN;") == body.count("COMMIT TRANSACTION; RETURN;")


def test_who_reads_divers_runs_as_owner_or_is_called_by_who_does() -> None:
    """A masked caller would store the mask."""
    readers = {n: p for n, p in PROCEDURES.items() if re.search(r"\bdbo\.Diver(?:_History)?\b", p.body)}
    assert len(readers) > 5
    for name, procedure in readers.items():
        if "WITH EXECUTE AS OWNER" not in procedure.header:
            callers = [p for p in PROCEDURES.values() if re.search(rf"EXECUTE {re.escape(name)}\b", p.body)]
            assert callers, name
            assert all("WITH EXECUTE AS OWNER" in p.header or p.name in INTERNAL for p in callers), name


def test_who_writes_divers_waits_at_the_gate_first() -> None:
    lock = "sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive'"
    write = r"(?:INSERT INTO|DELETE FROM|UPDATE) dbo\.Diver\b|UPDATE d\s+SET [^;]*FROM dbo\.Diver AS d\b"
    gates = {name for name, p in PROCEDURES.items() if lock in p.body}
    writers = {n: found for n, p in PROCEDURES.items() if (found := re.search(write, p.body))}
    assert {
        "Staging.Govern_Batch",
        "dbo.Write_Diver_Draft",
        "dbo.Delete_Diver",
        "dbo.Erase_Diver",
    } <= writers.keys()
    for name, found in writers.items():
        before = PROCEDURES[name].body[: found.start()]
        called = set(re.findall(r"EXECUTE (\w+\.\w+)", before))
        assert lock in before or called & gates, name


def test_a_rehearsal_reports_first_and_then_goes_back() -> None:
    """To a savepoint of a name of its own: a ROLLBACK finds the newest of a name, which may be an inner procedure's."""
    names = []
    for procedure in PROCEDURES.values():
        if "@Rehearse" in procedure.header:
            body = " ".join(procedure.body.split())
            (name,) = re.findall(r"SAVE TRANSACTION (\w+);", body)
            names.append(name)
            assert (
                body.index("sp_getapplock")
                < body.index(f"SAVE TRANSACTION {name};")
                < body.index("INSERT INTO ")
            )
            assert f"IF @Rehearse = 1 ROLLBACK TRANSACTION {name}; COMMIT TRANSACTION; END TRY" in body
    assert {"Rehearsal", "Resubmission"} <= set(names)


def test_a_refusal_has_a_number_of_ours() -> None:
    for script in SCRIPTS:
        sql = code("sqlserver", script)
        for number, message in re.findall(r"THROW (\d+), (N'(?:[^']|'')*'|@\w+), 1;", sql):
            assert 50400 <= int(number) <= 50599
            assert message.endswith((".'", "@Message"))
        assert len(re.findall(r"THROW \d+", sql)) == len(re.findall(r"THROW \d+, (?:N'[^']*'|@\w+), 1;", sql))

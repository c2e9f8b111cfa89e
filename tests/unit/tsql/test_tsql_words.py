"""Words in the T-SQL that parse, and that SQL Server refuses or takes otherwise when it runs (see test_tsql_traps)."""

from __future__ import annotations

import re

import pytest
from sqlglot import exp
from tsql_queries import query_in_parentheses
from tsql_reading import (
    SCRIPTS,
    Module,
    batches,
    modules,
    parameters,
    split_top,
    uncommented,
    without_strings,
)
from tsql_statements import columns_of, commands, parsed, variables

TEXT_RULES = {
    # pattern, an example that breaks it, one that does not
    "what a procedure returns is inserted, which cannot be nested (8164)": (
        r"INSERT\s+INTO\s+[\w.#@]+\s*(?:\([^()]*\)\s*)?EXEC",
        "INSERT INTO #x (a) EXECUTE dbo.P",
        "INSERT INTO #x (a) SELECT 1; EXECUTE dbo.P",
    ),
    "a history is written by a statement that was compiled while versioning was on (13560, 13561)": (
        r"(?:DELETE\s+(?:TOP\s*\([^)]*\)\s*)?FROM|INSERT\s+INTO|UPDATE)\s+\w+\.\w+_History\b",
        "DELETE FROM dbo.Diver_History WHERE Diver_ID = 1",
        "EXECUTE sys.sp_executesql N''",
    ),
    "JSON_VALUE gives NULL for a text beyond 4,000 characters": (
        r"\bJSON_VALUE\s*\(",
        "SELECT JSON_VALUE(@j, '$.a')",
        "SELECT a FROM OPENJSON(@j)",
    ),
    "texts are put together in 8,000 bytes (9829)": (
        r"STRING_AGG\s*\(\s*(?!CONVERT\(NVARCHAR\(MAX\))",
        "STRING_AGG(v.Rule_Code, N', ')",
        "STRING_AGG(CONVERT(NVARCHAR(MAX), v.Rule_Code), N', ')",
    ),
    "two texts are told apart without the blanks at their ends": (
        r"(?<!\+ '')(?<!\+ N'')\s+IS\s+(?:NOT\s+)?DISTINCT\s+FROM",
        "WHERE s.New_Value IS DISTINCT FROM s.Old_Value",
        "WHERE s.New_Value + N'' IS DISTINCT FROM s.Old_Value + N''",
    ),
    "a table that is versioned or referred to cascades": (
        r"ON\s+(?:DELETE|UPDATE)\s+(?:CASCADE|SET\s+NULL|SET\s+DEFAULT)",
        "REFERENCES dbo.Diver (Diver_ID) ON DELETE CASCADE",
        "REFERENCES dbo.Diver (Diver_ID)",
    ),
    "a role is asked for whom the procedure runs as, and not for the caller": (
        r"\bIS_(?:ROLE|SRVROLE)?MEMBER\s*\(|\bHAS_PERMS_BY_NAME\s*\(",
        "IF IS_ROLEMEMBER(N'data_steward') = 0",
        "EXECUTE AS CALLER; SET @Is_Steward = IS_ROLEMEMBER(N'data_steward'); REVERT;",
    ),
    "a savepoint's name is longer than 32 characters": (
        r"SAVE\s+TRANSACTION\s+\w{33,}",
        f"SAVE TRANSACTION {'x' * 33};",
        "SAVE TRANSACTION Rehearsal;",
    ),
    "a text is pasted into a statement that is run": (
        r"EXEC(?:UTE)?\s*\(\s*(?!''\s*\))",
        "EXECUTE (@Sql)",
        "EXECUTE sys.sp_executesql @Sql",
    ),
}


def as_caller_left_out(sql: str) -> str:
    """A module's text without what it does as its caller; a view is read as whoever reads it."""
    if re.match(r"\s*CREATE OR ALTER VIEW\b", sql):
        sql = sql.replace("IS_ROLEMEMBER(", "(")
    return re.sub(r"EXECUTE AS CALLER;.*?REVERT;", "", sql, flags=re.DOTALL)


@pytest.mark.parametrize("what", TEXT_RULES)
def test_no_batch_does_what_a_server_refuses(what: str) -> None:
    pattern, bad, good = TEXT_RULES[what]
    found = re.compile(pattern, re.IGNORECASE)
    assert found.search(bad), "the rule sleeps"
    assert not found.search(as_caller_left_out(good)), "the rule cries wolf"
    for script in SCRIPTS:
        for batch in batches(script):
            sql = as_caller_left_out(without_strings(uncommented(batch.text)))
            assert not found.search(sql), (script, batch.line, found.search(sql))


@pytest.mark.parametrize("word", ["THROW", "EXECUTE", "SAVE TRANSACTION", "DECLARE"])
def test_a_statement_begins_behind_a_semicolon(word: str) -> None:
    """Without one, THROW is the name of the savepoint that the ROLLBACK before it goes back to."""
    assert amid(f"BEGIN CATCH ROLLBACK TRANSACTION {word}; END CATCH", word)
    assert not amid(f"BEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; {word}; END CATCH", word)
    for script in SCRIPTS:
        for batch in batches(script):
            assert not amid(without_strings(uncommented(batch.text)), word), (script, batch.line)


def amid(sql: str, word: str) -> list[str]:
    """The commands that hold a word in their middle. The header of a module is none of them."""
    body = re.sub(r"CREATE OR ALTER \w+.*?\bAS\b\s*\n", "", sql, count=1, flags=re.DOTALL)
    body = body.replace("GRANT EXECUTE", "GRANT")
    return [c for c in commands(body) if re.search(rf"\b{word}\b", c) and not c.startswith(word)]


# -- What is thrown -------------------------------------------------------------------------------------------


def unescaped(procedure: Module) -> list[str]:
    """The texts, written by whomever, that stand in a message without their per cent signs being doubled."""
    found = []
    for command in commands(procedure.body):
        if not command.startswith("SET @Message ="):
            continue
        message = command.partition("=")[2].strip()
        query = query_in_parentheses(message) or f"SELECT {message} AS Said"
        tables = {f"{t.db}.{t.name}" for t in parsed(query).find_all(exp.Table)}
        for node in parsed(query).find_all(exp.Parameter, exp.Column):
            is_text = (
                variables(procedure.name).get(node.name.lower()) == "text"
                if isinstance(node, exp.Parameter)
                else any(columns_of()[t].get(node.name, "").startswith("NVARCHAR") for t in tables)
            )
            if is_text and not node.find_ancestor(exp.Replace, exp.Where):
                found.append(node.sql("tsql"))
    return found


def test_a_message_that_is_thrown_has_its_per_cent_signs_doubled() -> None:
    """THROW takes one by itself for the beginning of a format (learn.microsoft.com, "THROW", Remarks)."""
    header = "\n    @Rule_Code NVARCHAR(40),\n    @Batch_ID BIGINT\n"
    texts = "SET @Message = CONCAT(N'No ', @Rule_Code, @Batch_ID); THROW 50404, @Message, 1;"
    made = Module("PROCEDURE", "Governance.Set_Rule", header, texts)
    assert unescaped(made) == ["@Rule_Code"]
    doubled = texts.replace("@Rule_Code,", "REPLACE(@Rule_Code, N'%', N'%%'),")
    assert unescaped(Module("PROCEDURE", "Governance.Set_Rule", header, doubled)) == []
    found = {name: unescaped(procedure) for name, procedure in modules("PROCEDURE").items()}
    assert {name: texts for name, texts in found.items() if texts} == {}


# -- Variables ------------------------------------------------------------------------------------------------

OF_THE_SERVER = {"Resource", "LockMode", "LockOwner", "LockTimeout", "key", "value"}
"""Parameters of procedures that are not ours."""


def undeclared(header: str, body: str) -> set[str]:
    """The variables that a procedure names otherwise than it has declared them, letter by letter."""
    body = without_strings(body)
    known = {name for name, _ in parameters(header)} | OF_THE_SERVER
    for declared in re.findall(r"\bDECLARE\s+(@.*?);", body, re.DOTALL):
        known |= {part[1:].split()[0] for part in split_top(declared)}
    for called in re.findall(r"\bEXECUTE\s+(\w+\.\w+)", body):
        known |= (
            {name for name, _ in parameters(modules("PROCEDURE")[called].header)}
            if called[:4] != "sys."
            else set()
        )
    return set(re.findall(r"(?<![@\w])@(\w+)", body)) - known


def test_a_variable_is_spelled_as_it_was_declared() -> None:
    """On a case-sensitive server it is another one otherwise (137)."""
    assert undeclared("\n    @Batch_ID BIGINT\n", "SET @Batch_Id = 1;") == {"Batch_Id"}
    assert undeclared("\n    @Batch_ID BIGINT\n", "DECLARE @A INT, @B INT = @Batch_ID; SET @A = @B;") == set()
    found = {name: undeclared(p.header, p.body) for name, p in modules("PROCEDURE").items()}
    assert {name: names for name, names in found.items() if names} == {}

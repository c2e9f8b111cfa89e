"""The interpreter does what SQL Server does where that is not what SQLite would do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from tsql_interpreter import Frame, Interpreter, Thrown
from tsql_program import program

NOW = "2026-03-01 12:00:00.000000"


@pytest.fixture
def interpreter() -> Iterator[Interpreter]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield Interpreter(connection, instant=NOW, actor="anna")


def run(interpreter: Interpreter, batch: str) -> list[list[dict[str, Any]]]:
    interpreter.run(program(batch), Frame(0))
    return interpreter.results


def value(interpreter: Interpreter, expression: str, before: str = "") -> Any:
    return run(interpreter, f"{before} SELECT {expression} AS Value;")[-1][0]["Value"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("LEN(N'ab  ')", 2),
        ("DATALENGTH(N'ab  ')", 8),
        ("LEN(N'🤿')", 2),
        ("LEN(N'🤿' COLLATE Latin1_General_100_CI_AS_SC)", 1),
        ("LEFT(N'a🤿b', 3)", "a🤿"),
        ("CHARINDEX(N'b', N'🤿b')", 3),
        ("SUBSTRING(N'abc', 0, 2)", "a"),
        ("CONCAT(N'a', NULL, 1)", "a1"),
        ("N'a' + NULL", None),
        ("RIGHT(CONCAT(N'000', 7), 4)", "0007"),
        ("IIF(N'a ' = N'a', 1, 0)", 1),
        ("IIF(N'a' = N'A', 1, 0)", 0),
        ("IIF(N'x1y' LIKE N'x[0-9]y', 1, 0)", 1),
        ("IIF(N'x_y' LIKE N'x[^a-z]y', 1, 0)", 1),
        ("TRIM(N'.x' FROM N'..ax.')", "a"),
        ("TRY_CONVERT(DATE, N'2026-02-30', 23)", None),
        ("CONVERT(NVARCHAR(10), N'2026-03-01 12:00:00', 121)", "2026-03-01"),
        ("DATEADD(MINUTE, -30, SYSUTCDATETIME())", "2026-03-01 11:30:00.000000"),
        ("ISJSON(N'7')", 0),
        ("ISJSON(N'{\"a\":NaN}')", 0),
        ("JSON_OBJECT('a': 1, 'b': NULL)", '{"a":1,"b":null}'),
        ("(SELECT 1 AS a, NULL AS b FOR JSON PATH, WITHOUT_ARRAY_WRAPPER)", '{"a":1}'),
        ("(SELECT x.a AS a FROM (VALUES (1), (2)) AS x (a) FOR JSON PATH)", '[{"a":1},{"a":2}]'),
        ("7 / 2", 3),
        ("ORIGINAL_LOGIN()", "anna"),
    ],
)
def test_a_function_is_sql_server_s(interpreter: Interpreter, expression: str, expected: object) -> None:
    assert value(interpreter, expression) == expected


def test_a_bit_is_true_or_false_in_json(interpreter: Interpreter) -> None:
    assert value(interpreter, "JSON_OBJECT('on': @On)", "DECLARE @On BIT = 5;") == '{"on":true}'


def test_a_variable_cuts_what_is_too_long_for_it(interpreter: Interpreter) -> None:
    assert value(interpreter, "@Short", "DECLARE @Short NVARCHAR(3) = N'abcdef';") == "abc"


def test_a_column_does_not_take_what_is_too_long_for_it(interpreter: Interpreter) -> None:
    interpreter.connection.execute("CREATE TABLE Diver_Reveal (Column_Name)")
    with pytest.raises(AssertionError, match="2628"):
        run(interpreter, f"INSERT INTO dbo.Edit_Group (Edit_Kind) VALUES (N'{'x' * 21}');")


def test_a_text_column_compares_without_the_blanks_at_its_end(interpreter: Interpreter) -> None:
    batch = (
        "CREATE TABLE #Wanted_Record (Quarantine_ID NVARCHAR(9) NOT NULL);"
        "INSERT INTO #Wanted_Record (Quarantine_ID) VALUES (N'a  ');"
        "SELECT COUNT_BIG(*) AS n FROM #Wanted_Record AS w WHERE w.Quarantine_ID = N'a';"
    )
    assert run(interpreter, batch) == [[{"n": 1}]]


def test_more_than_one_value_is_an_error(interpreter: Interpreter) -> None:
    with pytest.raises(AssertionError, match="512"):
        run(interpreter, "DECLARE @x INT = (SELECT v.a FROM (VALUES (1), (2)) AS v (a));")


def test_if_else_and_return_go_their_way(interpreter: Interpreter) -> None:
    batch = """
        DECLARE @n INT = 2;
        IF @n = 1
            SELECT 1 AS a;
        ELSE IF @n = 2
        BEGIN
            SELECT 2 AS a;
            RETURN;
        END;
        SELECT 3 AS a;
    """
    assert run(interpreter, batch) == [[{"a": 2}]]


def test_null_is_neither_equal_nor_unequal(interpreter: Interpreter) -> None:
    assert run(interpreter, "DECLARE @n INT; IF @n <> 1 SELECT 1 AS a; ELSE SELECT 0 AS a;") == [[{"a": 0}]]


def test_what_is_thrown_leaves_with_its_number(interpreter: Interpreter) -> None:
    with pytest.raises(Thrown) as thrown:
        run(interpreter, "DECLARE @m NVARCHAR(40) = CONCAT(N'No ', 7); THROW 50404, @m, 1;")
    assert (thrown.value.number, thrown.value.message) == (50404, "No 7")


def test_a_per_cent_sign_that_is_thrown_begins_a_format(interpreter: Interpreter) -> None:
    with pytest.raises(Thrown, match="50% of it"):
        run(interpreter, "THROW 50400, N'50%% of it', 1;")
    with pytest.raises(AssertionError, match="2787"):
        run(interpreter, "THROW 50400, N'50% of it', 1;")


def test_an_update_reads_everything_before_it_writes(interpreter: Interpreter) -> None:
    batch = (
        "CREATE TABLE #Wanted_Record (Quarantine_ID BIGINT NOT NULL, Record_Version INT NULL);"
        "INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version) VALUES (1, 10), (2, 20);"
        "UPDATE w SET Record_Version = o.Record_Version FROM #Wanted_Record AS w "
        "JOIN #Wanted_Record AS o ON o.Quarantine_ID = 3 - w.Quarantine_ID;"
        "SELECT @@ROWCOUNT AS n;"
        "SELECT w.Record_Version FROM #Wanted_Record AS w ORDER BY w.Quarantine_ID;"
    )
    assert run(interpreter, batch) == [[{"n": 2}], [{"Record_Version": 20}, {"Record_Version": 10}]]


def test_a_temporary_table_ends_with_the_block_that_made_it(interpreter: Interpreter) -> None:
    run(interpreter, "CREATE TABLE #Purge (Batch_ID BIGINT NOT NULL);")
    assert interpreter.connection.execute("SELECT name FROM temp.sqlite_master").fetchall() == []


def test_what_a_dynamic_statement_is_given_it_has(interpreter: Interpreter) -> None:
    run(
        interpreter,
        "DECLARE @b INT = 4; EXECUTE sys.sp_executesql N'SELECT @a + 1 AS c;', N'@a INT', @a = @b;",
    )
    assert interpreter.results == [[{"c": 5}]]

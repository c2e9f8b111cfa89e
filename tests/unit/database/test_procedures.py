"""Procedures as SQL text: the six statements between the plain SQL mean what they mean in T-SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from divegov_gui.core.errors import Conflict, ConnectionFailed, DeploymentFailed, Refused
from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.procedures import Execute, If, Parameter, Throw, parse_procedure
from divegov_gui.database.scripts import read_scripts, split_sqlite
from divegov_gui.database.sqlite import SqliteSession

Define = Callable[[str], None]


def procedure(body: str, parameters: str = "", name: str = "P") -> str:
    return f"CREATE OR ALTER PROCEDURE {name}\n{parameters}\nAS\nBEGIN\n{body}\nEND;\n"


@pytest.fixture
def run(define: Define, session: SqliteSession) -> Callable[..., list[list[dict[str, object]]]]:
    """Define a procedure P with a body and call it."""

    def _run(body: str, parameters: str = "", **given: object) -> list[list[dict[str, object]]]:
        define(procedure(body, parameters))
        return [[dict(row) for row in rows] for rows in session.call("P", **given)]

    return _run


Run = Callable[..., list[list[dict[str, object]]]]


def test_each_select_is_a_result_set(run: Run) -> None:
    assert run("SELECT 1 AS A, NULL AS B; SELECT 2 AS C WHERE 0; SELECT 3 AS A UNION SELECT 4;") == [
        [{"A": 1, "B": None}],
        [],
        [{"A": 3}, {"A": 4}],
    ]


def test_what_is_no_select_gives_no_result_set(run: Run) -> None:
    assert run("CREATE TEMP TABLE T (X); INSERT INTO T VALUES (1); SELECT X FROM T;") == [[{"X": 1}]]


def test_set_gives_a_variable_its_value_and_names_know_no_case(run: Run) -> None:
    body = "SET @Total = @a + 1;\nSET @TOTAL = @total * 10;\nSELECT @ToTaL AS T, @A AS A;"
    assert run(body, "@A INTEGER", a=4) == [[{"T": 50, "A": 4}]]


def test_a_variable_that_was_not_reached_is_null_and_one_that_nothing_sets_is_a_mistake(run: Run) -> None:
    assert run("IF 0\n    SET @X = 1;\nSELECT @X AS X;") == [[{"X": None}]]
    with pytest.raises(sqlite3.ProgrammingError, match="Mistyped"):
        run("SET @X = 1;\nSELECT @Mistyped AS X;")


def test_set_takes_any_expression(run: Run) -> None:
    body = """
SET @X = (
    SELECT max(column1) -- the most; of all
    FROM (VALUES (1), (3)));
SET @Y = 'a = ''b'';';SELECT @X AS X, @Y AS Y;"""
    assert run(body) == [[{"X": 3, "Y": "a = 'b';"}]]


@pytest.mark.parametrize(
    ("condition", "then"), [("1", "yes"), ("0", None), ("NULL", None), ("@R IS NULL", "yes")]
)
def test_if_does_its_one_thing_where_the_condition_holds(run: Run, condition: str, then: str | None) -> None:
    assert run(f"IF {condition}\n    SET @R = 'yes';\nSELECT @R AS R;") == [[{"R": then}]]


def test_an_if_may_ask_a_query_over_several_lines(run: Run) -> None:
    body = "IF EXISTS (\n SELECT 1\n WHERE @X = 'IF; THROW'\n )\n    RETURN;\nSELECT 1 AS Went_On;"
    assert run(body, "@X TEXT", x="IF; THROW") == []
    assert run(body, "@X TEXT", x="") == [[{"Went_On": 1}]]


def test_return_ends_and_keeps_what_was_done(run: Run, session: SqliteSession) -> None:
    assert run(
        "INSERT INTO Dive_Log_Equipment SELECT 1, 1 WHERE 0; SELECT 1 AS A;\nRETURN;\nSELECT 2 AS B;"
    ) == [[{"A": 1}]]


def test_throw_refuses_in_the_procedures_own_words_and_undoes_everything(
    run: Run, session: SqliteSession
) -> None:
    with pytest.raises(Refused, match=r"^No 7 for you\.$") as refused:
        run("DELETE FROM Dive_Tour;\nTHROW 50400, 'No ' || @N || ' for you.';", "@N INTEGER", n=7)
    assert refused.value.exit_code == 6
    assert session.count("Tour_Occupancy") == 6


def test_a_throw_of_50412_is_a_conflict(run: Run) -> None:
    with pytest.raises(Conflict) as conflict:
        run("THROW 50412, 'Changed by Bob.';")
    assert conflict.value.exit_code == 7
    assert conflict.value.hint


def test_execute_calls_another_in_the_same_transaction(define: Define, session: SqliteSession) -> None:
    define(procedure("SELECT @A AS A, @B AS B;\nSET @A = 99;", "@A INTEGER,\n@B TEXT = 'b, c'", "Inner_One"))
    define(
        procedure(
            "SET @A = 1;\nEXECUTE Inner_One @A = (SELECT max(@A, 5)), @B = 'x, @y = z';\n"
            "EXECUTE inner_one\n    @A = @A;\nSELECT @A AS Mine;",
            name="Outer_One",
        )
    )
    assert [dict(rows[0]) for rows in session.call("Outer_One")] == [
        {"A": 5, "B": "x, @y = z"},
        {"A": 1, "B": "b, c"},
        {"Mine": 1},
    ]


def test_a_return_or_a_throw_inside_is_the_inner_ones_or_everybodys(
    define: Define, session: SqliteSession
) -> None:
    define(
        procedure(
            "IF @Stop = 1\n    RETURN;\nIF @Stop = 2\n    THROW 50400, 'Inner.';",
            "@Stop INTEGER",
            "Inner_One",
        )
    )
    define(
        procedure(
            "DELETE FROM Dive_Tour;\nEXECUTE Inner_One @Stop = @Stop;\nSELECT 1 AS Went_On;",
            "@Stop INTEGER",
            "Outer_One",
        )
    )
    with pytest.raises(Refused, match=r"Inner\."):
        session.call("Outer_One", stop=2)
    assert session.count("Tour_Occupancy") == 6
    assert session.call("Outer_One", stop=1) == [[{"Went_On": 1}]]
    assert session.count("Tour_Occupancy") == 0


def test_a_procedure_that_calls_itself_without_end_is_stopped(define: Define, session: SqliteSession) -> None:
    define(procedure("EXECUTE P;"))
    with pytest.raises(RecursionError):
        session.call("P")


def test_print_tells_whoever_watches(define: Define, session: SqliteSession) -> None:
    define(procedure("PRINT '1/2 First; ' || @X;\nPRINT '2/2 it''s done';", "@X TEXT"))
    heard: list[str] = []
    session.call("P", x="x", on_message=heard.append)
    session.call("P", x="nobody listens")
    assert heard == ["1/2 First; x", "2/2 it's done"]


def test_whoever_watches_may_stop_it_by_raising(define: Define, session: SqliteSession) -> None:
    define(procedure("DELETE FROM Dive_Tour;\nPRINT '1/1 now';"))

    def stop(_: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        session.call("P", on_message=stop)
    assert session.count("Tour_Occupancy") == 6


# Parameters ---------------------------------------------------------------------------------------------------

DEFAULTS = """
    @A INTEGER,          -- a comment, with @Not_One INTEGER
    @B TEXT = NULL,
    @C INTEGER = -3,
    @D TEXT = 'it''s'"""


def test_what_is_not_given_has_its_default(run: Run) -> None:
    body = "SELECT @A AS A, @B AS B, @C AS C, @D AS D;"
    assert run(body, DEFAULTS, a=1) == [[{"A": 1, "B": None, "C": -3, "D": "it's"}]]
    assert run(body, DEFAULTS, A=1, B="b", c=None, D="") == [[{"A": 1, "B": "b", "C": None, "D": ""}]]


def test_an_unknown_parameter_is_refused(run: Run) -> None:
    with pytest.raises(ConnectionFailed, match=r"older scripts.*P with e"):
        run("SELECT 1;", DEFAULTS, a=1, e=2)


def test_a_missing_parameter_is_refused(run: Run) -> None:
    with pytest.raises(TypeError, match="P needs @A"):
        run("SELECT 1;", DEFAULTS)


def test_an_unknown_procedure_says_what_to_do(session: SqliteSession) -> None:
    with pytest.raises(Refused, match="no procedure Nonsense") as refused:
        session.call("Nonsense")
    assert "Deploy" in refused.value.hint


def test_values_are_values_and_never_code(run: Run) -> None:
    nasty = "'); DROP TABLE Diver; -- \\ % ? @X :y $z"
    assert run("SELECT @X AS X;", "@X TEXT", x=nasty) == [[{"X": nasty}]]


# Reading ------------------------------------------------------------------------------------------------------


def test_a_definition_is_read_with_its_lines() -> None:
    read = parse_procedure(
        procedure("\nIF @A\n    THROW 50400, 'x';\nEXECUTE Q @B = 1;", "    @A INTEGER = 0", "My_One")
    )
    assert read.name == "My_One"
    assert read.parameters == (Parameter("A", "0"),)
    assert read.steps == (If(6, "@A", Throw(6, 50400, "'x'")), Execute(8, "Q", (("B", "1"),)))


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("CREATE OR ALTER PROCEDURE P AS SELECT 1;", "a procedure reads"),
        ("CREATE OR ALTER PROCEDURE P\nAS\nBEGIN\nSELECT 1;", "a procedure reads"),
        (procedure("SELECT 1;\nIF 1 THROW 50400, 'x';"), "line 6: IF needs"),
        (procedure("IF 1\n    SELECT 1;"), "line 5: IF needs"),
        (procedure("\nEXECUTE Q 1, 2;"), "line 6: an argument reads"),
    ],
)
def test_a_malformed_procedure_names_its_line(definition: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_procedure(definition)


def test_a_malformed_procedure_does_not_deploy(define: Define) -> None:
    with pytest.raises(DeploymentFailed, match=r"90_test\.sql did not apply: line 3"):
        define("-- one\nSELECT 1;\n" + procedure("IF 1 RETURN;"))


def test_all_of_the_programs_procedures_can_be_read() -> None:
    names = []
    for script in read_scripts(scripts_folder("sqlite")):
        for statement in split_sqlite(script.text):
            if statement.text.startswith("CREATE OR ALTER PROCEDURE"):
                names.append(parse_procedure(statement.text).name)
    assert {"Open_Batch", "Load_Batch", "Govern_Batch", "Log_Action"} <= set(names)
    assert len(set(names)) == len(names)


def test_defining_again_replaces(define: Define, session: SqliteSession, path: Path) -> None:
    define(procedure("SELECT 1 AS X;"))
    define(procedure("SELECT 2 AS X;"))
    assert session.call("p") == [[{"X": 2}]]

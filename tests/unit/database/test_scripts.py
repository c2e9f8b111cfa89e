"""The numbered scripts: which files they are, and how they are cut into statements."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.scripts import read_scripts, split_sqlite


def texts(script: str) -> list[str]:
    return [statement.text for statement in split_sqlite(script)]


def lines(script: str) -> list[int]:
    return [statement.line for statement in split_sqlite(script)]


TRIGGER = """CREATE TRIGGER T AFTER UPDATE ON A
WHEN NEW.X <> ';'
BEGIN
    UPDATE A SET Y = CASE WHEN 1 THEN 'END;' ELSE 2 END;
    INSERT INTO B VALUES (1);
END;"""
PROCEDURE = """CREATE OR ALTER PROCEDURE P
    @A INTEGER
AS
BEGIN
    IF @A = 1
        THROW 50400, 'No; not END;';
    SELECT 1;
    SELECT 2;
END;"""


@pytest.mark.parametrize("script", ["", "   \n\t", "-- nothing", "/* nothing;\n */ -- ;", "--", "/**/"])
def test_a_script_without_a_statement_has_none(script: str) -> None:
    assert texts(script) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1;",
        "SELECT ';';",
        "SELECT 'it''s; here';",
        'SELECT ";" AS "a;b";',
        "SELECT [;], `;`;",
        "SELECT 1 -- one; two\n, 2;",
        "SELECT /* ; ; */ 1;",
        "SELECT '--;', '/*', 1, '*/;';",
        "SELECT '\n;\n';",
        TRIGGER,
        "CREATE TEMP TRIGGER T AFTER INSERT ON A BEGIN SELECT 1; SELECT 2; END;",
        PROCEDURE,
        PROCEDURE.lower(),
    ],
)
def test_a_semicolon_in_a_string_a_comment_or_a_body_ends_nothing(statement: str) -> None:
    assert texts(f"{statement}\n{statement}\nSELECT 9;") == [statement, statement, "SELECT 9;"]


def test_several_statements_may_share_a_line() -> None:
    assert texts("SELECT 1;SELECT 2; SELECT 3") == ["SELECT 1;", "SELECT 2;", "SELECT 3"]
    assert lines("SELECT 1;SELECT 2;\n SELECT 3") == [1, 1, 2]


def test_the_last_statement_needs_no_semicolon() -> None:
    assert texts("SELECT 1;\nSELECT 2 -- the end") == ["SELECT 1;", "SELECT 2 -- the end"]


def test_a_statement_begins_behind_the_comments_before_it() -> None:
    script = f"-- one\n\n/* two;\n three */\nSELECT 1;\n\n-- four\n{TRIGGER}\n{PROCEDURE}\nSELECT\n2;"
    assert lines(script) == [5, 8, 14, 23]


def test_what_never_ends_is_one_statement_to_be_refused_by_the_database() -> None:
    assert texts("SELECT 'open; SELECT 2;") == ["SELECT 'open; SELECT 2;"]
    assert texts("CREATE OR ALTER PROCEDURE P AS BEGIN SELECT 1;") == [
        "CREATE OR ALTER PROCEDURE P AS BEGIN SELECT 1;"
    ]


PIECES = st.sampled_from(
    [
        "SELECT 1;",
        "SELECT ';' ;",
        "SELECT 'it''s';",
        'SELECT ";";',
        "-- comment; here\n",
        "/* a; b\n c */",
        "INSERT INTO T VALUES (1, '-- no comment', '/*');",
        "\n",
        "  ",
        f"{TRIGGER}\n",
        f"{PROCEDURE}\n",
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_cutting_loses_nothing_but_comments_and_blanks(pieces: list[str]) -> None:
    script = "".join(pieces)
    expected = [p.strip() for p in pieces if p.strip() and not p.startswith(("--", "/*"))]
    assert texts(script) == expected


@given(st.lists(PIECES, max_size=12))
def test_every_statement_stands_on_the_line_that_is_named(pieces: list[str]) -> None:
    script = "".join(pieces)
    rows = script.split("\n")
    for statement in split_sqlite(script):
        assert statement.text.split("\n")[0] in rows[statement.line - 1]


@given(st.text(alphabet="';-/*\n \"ABEGINEND[]`", max_size=60))
def test_no_text_is_too_odd_to_be_cut(script: str) -> None:
    found = split_sqlite(script)
    position = 0
    for statement in found:
        position = script.index(statement.text, position) + len(statement.text)
    kept = "".join(statement.text for statement in found)
    assert len(kept) <= len(script)
    assert all(statement.text.strip() for statement in found)


@pytest.mark.parametrize("script", read_scripts(scripts_folder("sqlite")), ids=lambda script: script.name)
def test_the_programs_own_scripts_come_apart_whole(script: object) -> None:
    text = script.text  # type: ignore[attr-defined]
    statements = split_sqlite(text)
    rows = text.split("\n")
    assert statements
    for statement in statements:
        assert rows[statement.line - 1].strip() == statement.text.split("\n")[0].strip()
        assert statement.text.endswith(";")
    left = text
    for statement in statements:
        left = left.replace(statement.text, "", 1)
    assert re.sub(r"--[^\n]*|\s+", "", left) == ""


# The files ----------------------------------------------------------------------------------------------------


def test_the_program_has_its_six_scripts_in_order() -> None:
    names = [script.name for script in read_scripts(scripts_folder("sqlite"))]
    words = ("schema", "versioning", "security", "static_data", "gatekeeper", "reporting")
    assert names == [f"{number:02}_{word}.sql" for number, word in enumerate(words, start=1)]


def test_only_numbered_scripts_are_read_and_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("10_b.sql", "02_a.sql", "notes.sql", "3_c.sql", "04_d.txt", "05-e.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    assert [(s.number, s.name) for s in read_scripts(tmp_path)] == [(2, "02_a.sql"), (10, "10_b.sql")]


def test_the_checksum_looks_past_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    sums = set()
    for content in (
        b"SELECT 1;\nSELECT 2;\n",
        b"SELECT 1;\r\nSELECT 2;\r\n",
        b"\xef\xbb\xbfSELECT 1;\nSELECT 2;\n",
    ):
        (tmp_path / "01_a.sql").write_bytes(content)
        sums.add(read_scripts(tmp_path)[0].checksum)
    (tmp_path / "01_a.sql").write_bytes(b"SELECT 1;\nSELECT  2;\n")
    assert len(sums) == 1
    assert read_scripts(tmp_path)[0].checksum not in sums


def test_a_script_that_is_no_utf8_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "01_a.sql").write_bytes(b"SELECT '\xe9';")
    with pytest.raises(InputRefused, match=r"01_a\.sql cannot be read") as refused:
        read_scripts(tmp_path)
    assert "UTF-8" in refused.value.hint


def test_a_sites_scripts_stand_in_its_folder_or_in_one_named_after_the_dialect(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="No numbered scripts"):
        scripts_folder("sqlite", tmp_path)
    (tmp_path / "01_a.sql").write_text("SELECT 1;")
    assert scripts_folder("sqlite", tmp_path) == tmp_path
    (tmp_path / "sqlite").mkdir()
    (tmp_path / "sqlite" / "01_a.sql").write_text("SELECT 1;")
    assert scripts_folder("sqlite", tmp_path) == tmp_path / "sqlite"

"""The T-SQL splitter: GO is a separator where sqlcmd and SSMS say so, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divegov_gui.database.tsql_batches import Batch, split_batches


def texts(script: str) -> list[str]:
    return [batch.text for batch in split_batches(script)]


@pytest.mark.parametrize(
    "separator",
    [
        "GO",
        "go",
        "Go",
        "  GO",
        "\tGO  ",
        "GO -- end",
        "GO--end",
        "GO /* end */",
        "GO 1",
        "GO 1 -- once",
        "GO\r",
    ],
)
def test_go_separates(separator: str) -> None:
    assert texts(f"SELECT 1\n{separator}\nSELECT 2") == ["SELECT 1", "SELECT 2"]


@pytest.mark.parametrize(
    "line",
    [
        "GO;",
        "GO 0",
        "GO -5",
        "GO 5;",
        "GO5",
        "GOTO x",
        "GO x",
        "SELECT 1 GO",
        "/* a */ GO",
        "-- GO",
        "GO_ON",
        "GO /* open",
        "[GO]",
        "ＧＯ",
    ],
)
def test_what_is_no_separator_stays_in_its_batch(line: str) -> None:
    assert texts(f"SELECT 1\n{line}\n") == [f"SELECT 1\n{line}"]


@pytest.mark.parametrize(
    "hiding",
    [
        "'\nGO\n'",
        "N'it''s\nGO\n'",
        '"\nGO\n"',
        '"a""\nGO\n"',
        "[\nGO\n]",
        "[a]]\nGO\n]",
        "/*\nGO\n*/",
        "/* /* \nGO\n */\nGO\n*/",
        "/* ' */ '\nGO\n'",
        "'--'/*\nGO\n*/",
        "'/*' + '\nGO\n*/'",
    ],
)
def test_a_go_that_is_hidden_is_none(hiding: str) -> None:
    assert texts(f"SELECT {hiding}\nGO\nSELECT 2") == [f"SELECT {hiding}", "SELECT 2"]


def test_a_quote_in_a_line_comment_opens_nothing() -> None:
    assert texts("SELECT 1 -- don't\nGO\nSELECT 2") == ["SELECT 1 -- don't", "SELECT 2"]


def test_a_slash_star_in_a_line_comment_opens_nothing() -> None:
    assert texts("SELECT 1 -- /*\nGO\nSELECT 2") == ["SELECT 1 -- /*", "SELECT 2"]


def test_the_count_is_how_often_a_batch_runs() -> None:
    assert split_batches("A\nGO 5\nB\nGO 007\nC") == [Batch(1, "A", 5), Batch(3, "B", 7), Batch(5, "C", 1)]


def test_a_batch_begins_on_the_line_of_its_first_text() -> None:
    script = "\n\n  -- why\n  SELECT 1\n\nGO\n\n\nSELECT 2\nGO"
    assert split_batches(script) == [Batch(3, "  -- why\n  SELECT 1"), Batch(9, "SELECT 2")]


@pytest.mark.parametrize(
    "script", ["", "\n", "GO", "GO\nGO\n", "-- only words\nGO\n/* and /* more */ */", " \n\t\nGO 3"]
)
def test_what_does_nothing_is_no_batch(script: str) -> None:
    assert split_batches(script) == []


def test_what_is_not_closed_reaches_to_the_end() -> None:
    assert texts("SELECT 1\nGO\nSELECT '\nGO\n2") == ["SELECT 1", "SELECT '\nGO\n2"]
    assert texts("SELECT 1\nGO\nSELECT 2 /* /* */\nGO\n") == ["SELECT 1", "SELECT 2 /* /* */\nGO"]


STATEMENTS = st.sampled_from(
    [
        "SELECT 1;",
        "PRINT 'GO';",
        "SELECT '\nGO\n';",
        "/*\nGO\n*/ PRINT [a]]b];",
        'SELECT "x""\nGO\n";',
        "EXEC a\n  -- '\n  ;",
    ]
)
SEPARATORS = st.tuples(
    st.sampled_from(["GO", "go", " gO", "\tGo"]),
    st.integers(1, 99),
    st.sampled_from(["", " -- it's", " /* [ */", "  "]),
)


@given(st.lists(st.tuples(st.lists(STATEMENTS, min_size=1, max_size=3), SEPARATORS), max_size=5))
def test_what_was_joined_is_what_comes_out(parts: list[tuple[list[str], tuple[str, int, str]]]) -> None:
    script, expected = "", []
    for statements, (go, count, comment) in parts:
        body = "\n".join(statements)
        expected.append(Batch(1 + script.count("\n"), body, count))
        script += f"{body}\n{go} {count}{comment}\n"
    assert split_batches(script) == expected


@given(st.text(alphabet="'\"[]-/*GOgo5; \n", max_size=60))
def test_any_text_is_cut_as_a_plain_reader_cuts_it(script: str) -> None:
    found = split_batches(script)
    assert [(b.line, b.text, b.repeat) for b in found] == list(read_character_by_character(script))


@given(st.text(alphabet="'\"[]-/*GO5 \nA", max_size=60))
def test_each_batch_stands_where_it_says(script: str) -> None:
    lines = script.split("\n")
    for batch in split_batches(script):
        first, *_ = own = batch.text.split("\n")
        assert lines[batch.line - 1].rstrip() == first.rstrip()
        assert "\n".join(lines[batch.line - 1 :]).startswith(batch.text)
        assert len(own) <= len(lines)


def read_character_by_character(script: str) -> list[tuple[int, str, int]]:
    """The same rules, told in another way: a state for each line."""
    found: list[tuple[int, str, int]] = []
    lines, state, depth = script.split("\n"), "", 0
    held: list[str] = []
    start, alive = 1, False

    def close(repeat: int) -> None:
        nonlocal alive
        if alive:
            skipped = next(i for i, line in enumerate(held) if line.strip())
            found.append((start + skipped, "\n".join(held[skipped:]).rstrip(), repeat))
        held.clear()
        alive = False

    for number, line in enumerate(lines, start=1):
        if not held:
            start = number
        if not state and (count := count_of_go(line)):
            close(count)
            continue
        held.append(line)
        i = 0
        while i < len(line):
            two = line[i : i + 2]
            if state == "*":
                step = {"/*": 1, "*/": -1}.get(two, 0)
                depth += step
                i += 2 if step else 1
                state = "*" if depth else ""
            elif state:
                if two == state * 2:
                    i += 1
                elif line[i] == state:
                    state = ""
                i += 1
            elif two == "--":
                break
            elif two == "/*":
                state, depth, i = "*", 1, i + 2
            else:
                alive = alive or bool(line[i].strip())
                state = {"'": "'", '"': '"', "[": "]"}.get(line[i], "")
                i += 1
    close(1)
    return found


def count_of_go(line: str) -> int | None:
    rest = line.strip()
    if rest[:2].upper() != "GO":
        return None
    rest = rest[2:]
    if rest[:1].isspace() and rest.strip()[:1].isdigit():
        rest = rest.lstrip()
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        if int(digits) == 0:
            return None
        rest, count = rest[len(digits) :], int(digits)
    else:
        count = 1
    rest = rest.strip()
    if rest == "" or rest.startswith("--"):
        return count
    inner = rest[2:-2]
    is_comment = rest.startswith("/*") and rest.endswith("*/") and len(rest) >= 4
    return count if is_comment and not set(inner) & set("*/") else None

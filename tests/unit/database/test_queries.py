"""What a select may ask for: bits of a mask, words in several columns, one of several conditions, and keys alone."""

from __future__ import annotations

import pytest

from divegov_gui.database.odbc_select import compiled_select
from divegov_gui.database.session import Filter, Order
from divegov_gui.database.sqlite import SqliteSession

VIEW, KEY = "Certification_Mix", "Certification_Level_ID"
WORDS = "Level_Code Level_Name"


def keys(session: SqliteSession, *filters: Filter) -> list[int]:
    return list(session.keys(VIEW, KEY, filters, [Order(KEY)]))


@pytest.fixture
def every(session: SqliteSession) -> list[int]:
    return [row[KEY] for row in session.select(VIEW, [KEY], order=[Order(KEY)])]


def test_keys_are_the_rows_in_the_order_asked_for(session: SqliteSession, every: list[int]) -> None:
    found = session.keys(VIEW, KEY, order=[Order(KEY, descending=True)])
    assert found.typecode == "q"
    assert list(found) == every[::-1]


def test_a_mask_is_asked_for_any_of_its_bits_or_for_none(session: SqliteSession, every: list[int]) -> None:
    with_bit = [key for key in every if key & 6]
    assert with_bit
    assert keys(session, Filter(KEY, "has bit", 6)) == with_bit
    assert keys(session, Filter(KEY, "lacks bit", 6)) == [key for key in every if not key & 6]


def test_each_word_is_found_in_one_of_the_columns_in_any_letter_case(session: SqliteSession) -> None:
    named = {row[KEY]: f"{row['Level_Code']}|{row['Level_Name']}".lower() for row in session.select(VIEW)}
    wanted = [key for key, text in named.items() if "open" in text and "water" in text]
    assert wanted
    assert keys(session, Filter(WORDS, "search", " WATER  open")) == sorted(wanted)
    assert keys(session, Filter(WORDS, "search", "open nowhere")) == []
    assert keys(session, Filter(WORDS, "search", "%")) == []
    assert len(keys(session, Filter(WORDS, "search", " "))) == len(named)


def test_one_of_several_conditions_is_enough_and_none_of_none_is_not(
    session: SqliteSession, every: list[int]
) -> None:
    first, last = Filter(KEY, "=", every[0]), Filter(KEY, "in", (every[-2], every[-1]))
    assert keys(session, Filter("", "any of", (first, last))) == [every[0], *every[-2:]]
    assert keys(session, Filter("", "any of", ())) == []
    both = Filter("", "all of", (Filter(KEY, ">", every[0]), Filter(KEY, "<", every[-1])))
    assert keys(session, Filter("", "any of", (both, first))) == every[:-1]
    assert keys(session, Filter("", "all of", ())) == every


def test_sql_server_is_asked_the_same_with_every_value_a_parameter() -> None:
    either = Filter("", "any of", (Filter("Level_Name", "search", "a[b"), Filter(KEY, "has bit", 4)))
    text, values = compiled_select(VIEW, [KEY], [either, Filter(KEY, "lacks bit", 2)], [], None)
    assert "&" in text
    assert " OR " in text
    assert values[:2] == ["a[[]b", 4]


def test_what_begins_with_a_text_ends_for_sql_server_after_the_last_of_either_order() -> None:
    text, values = compiled_select(VIEW, [KEY], [Filter("Level_Name", "starts with", "ow")], [], None)
    assert "[Level_Name] >= ? AND ([Level_Name] < ? OR [Level_Name] < ?)" in text.replace(
        f"dbo.[{VIEW}].", ""
    )
    assert values == ["ow", "ow\uffff", "ow\U0010ffff"]


def test_sql_server_searches_in_any_letter_case_whatever_the_columns_compare_by() -> None:
    text, _ = compiled_select(VIEW, [KEY], [Filter(WORDS, "search", "owd")], [], None)
    assert text.count("COLLATE Latin1_General_100_CI_AS LIKE") == 2
    text, values = compiled_select(VIEW, [KEY], [Filter("Level_Name", "contains", "I")], [], None)
    assert "lower(" not in text.lower(), (
        "of a parameter, it would be the database's own: Turkish has another i"
    )
    assert text.count("COLLATE Latin1_General_100_CI_AS LIKE") == 1
    assert values == ["I"]

"""JSON documents and JSON Lines: the spelling of every value is kept, and what is ambiguous is refused."""

from __future__ import annotations

import json

import pytest

from divegov_gui.services.files import json_reader


def test_an_array_of_objects_is_a_table(read):
    file = read('[{"a": 1, "b": "x"}, {"a": 2, "b": null}]', "divers.json")
    assert (file.format, file.encoding) == ("json", "utf-8")
    assert file.columns == ("a", "b")
    assert file.preview == (("1", "x"), ("2", None))


def test_one_object_a_line_is_a_table(read):
    file = read('{"a": 1}\n\n{"a": 2}\r\n', "divers.jsonl")
    assert file.format == "jsonl"
    assert file.preview == (("1",), ("2",))
    assert file.notes == ("1 blank line skipped.",)


def test_an_object_with_one_array_of_objects_is_a_table(read):
    file = read('{"total": 2, "ids": [1, 2], "divers": [{"a": 1}, {"a": 2}]}', "divers.json")
    assert file.row_count == 2
    assert "“divers”" in file.notes[0]


def test_numbers_keep_their_spelling_and_nested_values_become_compact_json(read):
    file = read(
        '[{"a": 1.50, "b": 1e3, "c": 12345678901234567890123, "d": true, '
        '"e": {"x": [1.0, "ü", null, false]}, "f": -0}]',
        "divers.json",
    )
    assert file.preview == (
        ("1.50", "1e3", "12345678901234567890123", "true", '{"x":[1.0,"ü",null,false]}', "-0"),
    )


def test_the_columns_are_all_keys_in_the_order_of_their_appearance(read):
    file = read('{"b":1,"a":2}\n{"c":3,"a":4}\n', "divers.jsonl")
    assert file.columns == ("b", "a", "c")
    assert file.preview == (("1", "2", None), (None, "4", "3"))


@pytest.mark.parametrize("name", ["divers.json", "divers.txt", "divers"])
def test_json_lines_are_known_by_their_content(read, name):
    assert read('{"a": 1}\n{"a": 2}\n', name).format == "jsonl"


@pytest.mark.parametrize("name", ["divers.jsonl", "divers.csv", "divers"])
def test_an_array_is_known_by_its_content(read, name):
    assert read('[\n {"a": 1},\n {"a": 2}\n]', name).format == "json"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(("name", "content"), [("d.json", '[{"ä": "ö"}]'), ("d.jsonl", '{"ä": "ö"}\n')])
def test_json_in_other_encodings_is_read(read, codec, name, content):
    file = read(content, name, codec)
    assert (file.columns, file.preview) == (("ä",), (("ö",),))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"a": 1}, {"b": 2, "b": 3}]', "Row 2 cannot be taken."),
        ('[{"a": {"x": 1, "x": 2}}]', "nested object"),
        ('{"rows": [{"a": 1}], "rows": []}', "names a key twice"),
        ('[{"a": 1}, 17]', "Row 2 cannot be taken."),
        ('[{"a": 1}, null]', "Row 2 cannot be taken."),
        ('[{"a": "x\\u0000y"}]', "NUL"),
        ('[{"a": "\\ud800"}]', "half of a character"),
        ('[{"a": NaN}]', "NaN is not a number"),
        ('[{"a": 1},\n {"a": }]', "Line 2, column 8"),
        ('[{"a": 1}', "Line 1, column 10"),
        ("[]", "holds no record"),
        ("[{}]", "no keys"),
        ('"text"', "no table"),
        ('{"a": 1}', "There is none."),
        ('{"a": [{"x": 1}], "b": [{"x": 1}]}', "There are 2 arrays"),
        ('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]", "nested too deeply"),
        ('[{"a": "' + "x" * 1_100_000 + '"}]', "longer than 1 MiB"),
    ],
)
def test_a_document_that_is_no_sound_table_is_refused(refused, content, says):
    error = refused(content, "divers.json")
    assert says in f"{error.title} {error.detail}"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"a": 1', "is not sound JSON"),
        ("[1]", "it is not an object"),
        ('{"a": 1, "a": 2}', "“a” stands in it twice"),
        ('{"a": 1} {"a": 2}', "something follows"),
        ('{"a": Infinity}', "Infinity is not a number"),
        ('{"a": "' + "x" * 1_100_000 + '"}', "longer than 1 MiB"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(refused, line, says):
    error = refused('{"a": "fine"}\n\n' + line + "\n", "divers.jsonl")
    text = f"{error.title} {error.detail}"
    assert says in text
    assert "line 3" in text.lower()


def test_a_refusal_repeats_no_value(refused):
    error = refused('{"a": "private"}\n{"a": private}\n', "divers.jsonl")
    assert "private" not in str(error) + error.hint


def test_a_document_past_the_limit_is_refused_before_it_is_read(refused, monkeypatch):
    monkeypatch.setattr(json_reader, "JSON_LIMIT", 100)
    error = refused(json.dumps([{"a": "x" * 200}]), "divers.json")
    assert "too large" in error.title
    assert "JSON Lines" in error.hint


def test_ever_new_keys_are_refused(refused):
    lines = "".join(f'{{"k{i}": 1}}\n' for i in range(2_100))
    assert "too many columns" in refused(lines, "divers.jsonl").title

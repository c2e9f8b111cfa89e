"""The law of reading: a table that was written comes back identical, in any delimiter and encoding."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files import FileSource, inspect_file
from divegov_gui.services.files.csv_reader import CsvTable

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "cp1251", "cp932"]
# csv.writer quotes a line break only if its own line ends have it: with the others everything is quoted.
STYLES = [(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r")]
CELLS = st.text(
    st.one_of(
        st.sampled_from(list("aZ0 ,;|\t\"\n\r'éüßЖ山😀=@")),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)
FIXED = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    width = draw(st.integers(1, 5))
    header = [f"col {i}" for i in range(width)]
    row = st.lists(CELLS, min_size=width, max_size=width).filter(
        lambda cells: any(cell.strip() for cell in cells)
    )
    return header, draw(st.lists(row, min_size=1, max_size=8))


def encoded(text: str, encoding: str) -> bytes:
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
        raise
    assume(content.decode(encoding) == text)
    return content


@FIXED
@given(
    table=tables(),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(ENCODINGS),
    style=st.sampled_from(STYLES),
)
def test_any_table_of_text_comes_back_identical(tmp_path, table, delimiter, encoding, style):
    quoting, end = style
    header, rows = table
    path: Path = tmp_path / "t.csv"
    with (tmp_path / "t.txt").open("w+", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(
            [header, *rows]
        )
        stream.seek(0)
        path.write_bytes(encoded(stream.read(), encoding))
    file = inspect_file(path, encoding=encoding, delimiter=delimiter)
    assert list(file.columns) == header
    assert [list(row) for row in file.preview] == rows
    again = CsvTable(path, file.encoding or "", file.delimiter).rows(file.columns, file.positions)
    assert [list(row) for row in again] == rows


@FIXED
@given(
    table=tables(),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
)
def test_a_fully_quoted_table_needs_no_help(tmp_path, table, delimiter, encoding):
    header, rows = table
    path: Path = tmp_path / "t.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    file = inspect_file(path)
    assert list(file.columns) == header
    assert [list(row) for row in file.preview] == rows
    if len(header) > 1:
        assert file.delimiter == delimiter


@FIXED
@given(
    rows=st.lists(st.dictionaries(CELLS, st.one_of(st.none(), CELLS), max_size=4), min_size=1, max_size=6),
    lines=st.booleans(),
)
def test_any_objects_of_text_come_back_identical(tmp_path, rows, lines):
    assume(any(rows))
    path: Path = tmp_path / ("t.jsonl" if lines else "t.json")
    path.write_text("\n".join(map(json.dumps, rows)) if lines else json.dumps(rows), encoding="utf-8")
    file = inspect_file(path)
    back = [dict(zip(file.columns, row, strict=True)) for row in file.preview]
    assert back == [{name: row.get(name) for name in file.columns} for row in rows]


@FIXED
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_whole_or_refused_with_a_sentence(tmp_path, content):
    path: Path = tmp_path / "t.csv"
    path.write_bytes(content)
    try:
        file = inspect_file(path)
    except InputRefused as error:
        assert all((error.title, error.hint))  # noqa: PT017 - either end is right
    else:
        required = dict(zip(("first_name", "last_name", "email", "date_of_birth"), ["x"] * 4, strict=True))
        records = [r for chunk in FileSource(file, {}, required).chunks() for r in chunk.records]
        assert len(records) == file.row_count

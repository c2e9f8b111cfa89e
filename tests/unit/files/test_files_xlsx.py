"""Workbooks: what a person sees in Excel is what is read, as text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files import FileSource, inspect_file, xlsx_reader


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Save a workbook with these sheets (name -> rows)."""

    def _book(name: str = "divers.xlsx", **sheets: list[list[Any]]) -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / name)
        workbook.close()
        return tmp_path / name

    return _book


def test_a_sheet_is_a_table_of_text(book):
    file = inspect_file(
        book(
            Divers=[
                ["Id", "Born", "Seen", "Depth", "Nitrox", "Note", "Big", "At"],
                [
                    7,
                    dt.date(1990, 2, 28),
                    dt.datetime(2024, 1, 2, 3, 4, 5),
                    18.0,
                    True,
                    "007",
                    10**14,
                    dt.time(9, 30),
                ],
                [8, dt.datetime(1990, 2, 28), None, 36.6, False, "NA", 0.1 + 0.2, None],
            ]
        )
    )
    assert (file.format, file.encoding, file.delimiter, file.sheet) == ("xlsx", None, None, "Divers")
    assert file.preview == (
        ("7", "1990-02-28", "2024-01-02 03:04:05", "18", "TRUE", "007", "100000000000000", "09:30:00"),
        ("8", "1990-02-28", None, "36.6", "FALSE", "NA", "0.3", None),
    )


def test_leading_zeros_that_a_number_format_shows_are_kept(book, tmp_path):
    path = book(A=[["No", "x"], [42, 1]])
    workbook = openpyxl.load_workbook(path)
    workbook["A"]["A2"].number_format = "00000"
    workbook.save(path)
    assert inspect_file(path).preview == (("00042", "1"),)


def test_a_workbook_is_known_by_its_content_not_its_name(book):
    assert inspect_file(book("divers.csv", A=[["a"], ["1"]])).format == "xlsx"


def test_the_first_sheet_that_holds_anything_is_read_and_noted(book):
    file = inspect_file(book(Empty=[], Divers=[["a"], ["1"]], More=[["b"], ["2"]]))
    assert file.sheet == "Divers"
    assert "“Divers”" in file.notes[0]


def test_a_sheet_can_be_picked(book):
    path = book(Divers=[["a"], ["1"]], More=[["b"], ["2"]])
    file = inspect_file(path, sheet="More")
    assert (file.sheet, file.columns, file.notes) == ("More", ("b",), ())
    with pytest.raises(InputRefused, match="no sheet “Other”") as caught:
        inspect_file(path, sheet="Other")
    assert "“Divers” and “More”" in caught.value.detail


def test_blank_rows_and_a_merged_title_above_the_header_are_passed_over(book):
    path = book(A=[[], ["Our divers"], [], ["a", "b", "c"], [1, 2, 3], [], [4, None, 6]])
    workbook = openpyxl.load_workbook(path)
    workbook["A"].merge_cells("A2:C2")
    workbook.save(path)
    file = inspect_file(path)
    assert file.columns == ("a", "b", "c")
    assert file.preview == (("1", "2", "3"), ("4", None, "6"))
    assert file.notes == ("1 row above the header skipped.",)


def test_a_cell_beside_the_header_gets_a_column_of_its_own(book):
    file = inspect_file(book(A=[["a", None, "b"], [1, None, 2], [3, None, 4, None, "checked"]]))
    assert file.columns == ("a", "b", "Column 5")
    assert file.preview == (("1", "2", None), ("3", "4", "checked"))
    assert file.notes == ("1 column without a name: 5.",)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "workbook is empty"),
        ([["a", "b"]], "a header and no record"),
        ([["a", "b", "a"], [1, 2, 3]], "more than once"),
        ([["jo@example.org", "Jo"], ["ann@example.org", "Ann"]], "looks like a record"),
    ],
)
def test_a_sheet_that_is_no_table_is_refused(book, rows, says):
    with pytest.raises(InputRefused, match=says):
        inspect_file(book(A=rows))


def test_formulas_count_by_the_value_that_excel_saw_last(book, tmp_path):
    path = book(A=[["a", "b"], ["x", 41]])
    changed = tmp_path / "formula.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.endswith("sheet1.xml"):
                content = content.replace(b"<v>41</v>", b"<f>40+1</f><v>41</v>")
                assert b"<f>" in content
            new.writestr(part, content)
    assert inspect_file(changed).preview == (("x", "41"),)


def test_a_sheet_that_states_a_wrong_size_is_read_whole(book, tmp_path):
    path = book(A=[["a", "b"], [1, 2], [3, 4]])
    changed = tmp_path / "size.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert inspect_file(changed).row_count == 2


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_workbook_that_was_not_copied_whole_is_refused(book, keep):
    path = book(A=[["a", "b"], *[[i, "x"] for i in range(500)]])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(InputRefused, match="cannot be read") as caught:
        inspect_file(path)
    assert "damaged" in caught.value.detail


def test_a_workbook_with_a_damaged_sheet_is_refused(book, tmp_path):
    path = book(A=[["a", "b"], [1, 2]])
    changed = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content[:-40] if part.endswith("sheet1.xml") else content)
    with pytest.raises(InputRefused, match="cannot be read"):
        inspect_file(changed)


def test_a_text_named_xlsx_is_refused(refused):
    assert "not an Excel workbook" in refused("a,b\n1,2\n", "divers.xlsx").title


def test_a_workbook_made_to_explode_is_refused(book, monkeypatch):
    monkeypatch.setattr(xlsx_reader, "XLSX_UNPACKED_LIMIT", 1_000)
    with pytest.raises(InputRefused, match="too large"):
        inspect_file(book(A=[["a"], ["1"]]))


def test_a_date_that_excel_cannot_show_is_no_date(book):
    path = book(A=[["a", "b"], [99_999_999, "x"]])
    workbook = openpyxl.load_workbook(path)
    workbook["A"]["A2"].number_format = "yyyy-mm-dd"
    workbook.save(path)
    assert inspect_file(path).preview == (("#VALUE!", "x"),)


def test_the_records_of_a_sheet_are_handed_on(book):
    file = inspect_file(
        book(
            A=[
                ["First", None, "Last", "E-Mail", "DOB"],
                *[[f"F{i}", None, "L", "e", dt.date(1990, 1, 1)] for i in range(7)],
            ]
        )
    )
    source = FileSource(
        file,
        {"first_name": "First", "last_name": "Last", "email": "E-Mail", "date_of_birth": "DOB"},
        chunk_rows=3,
    )
    chunks = list(source.chunks())
    assert [len(chunk.records) for chunk in chunks] == [3, 3, 1]
    assert chunks[0].records[0].payload == '{"First":"F0","Last":"L","E-Mail":"e","DOB":"1990-01-01"}'

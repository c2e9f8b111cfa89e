"""What the reading of CSV files owes a person: every record as it stands, or a refusal that says where."""

from __future__ import annotations

import time
import tracemalloc

import pytest

PEOPLE = "First,Last,Email\nJo,Rivers,jo@example.org\nAnn,Lake,ann@example.org\n"


def test_a_plain_file_is_what_it_looks_like(read):
    file = read(PEOPLE)
    assert (file.format, file.encoding, file.delimiter, file.sheet) == ("csv", "utf-8", ",", None)
    assert file.columns == ("First", "Last", "Email")
    assert file.row_count == 2
    assert file.preview == (("Jo", "Rivers", "jo@example.org"), ("Ann", "Lake", "ann@example.org"))
    assert file.notes == ()
    assert file.name == "divers.csv"


def test_everything_is_text_exactly_as_written(read):
    cells = ("007", "12345678901234567890", "1.50", "NA", "null", "2024-01-05", " x ", "")
    file = read("a,b,c,d,e,f,g,h\n" + ",".join(cells) + "\n")
    assert file.preview == (cells,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_usual_delimiters_are_found(read, delimiter):
    file = read(PEOPLE.replace(",", delimiter))
    assert file.delimiter == delimiter
    assert file.columns == ("First", "Last", "Email")


def test_a_delimiter_inside_quotes_parts_nothing(read):
    file = read('Name;Note\n"Rivers, Jo, Dr";"a,b"\n"Lake, Ann, Dr";"c,d"\n')
    assert file.delimiter == ";"
    assert file.preview[0] == ("Rivers, Jo, Dr", "a,b")


def test_commas_in_texts_do_not_outvote_the_semicolon(read):
    file = read("Name;Price;City\nJo;1,50;Bonn\nAnn;2,75;Kiel\n")
    assert file.delimiter == ";"


def test_a_ragged_file_keeps_its_delimiter(read):
    assert read("a;b;c\n1\n1;2\n1;2;3\n").delimiter == ";"


def test_a_file_of_one_column_is_a_table_too(read):
    file = read("Email\njo@example.org\nann@example.org\n")
    assert file.columns == ("Email",)
    assert file.row_count == 2


def test_a_given_delimiter_overrules_what_would_be_found(read):
    assert read("a,b;c\n1,2;3\n", delimiter=";").columns == ("a,b", "c")
    assert read("a\tb,c\n1\t2,3\n", delimiter="tab").columns == ("a", "b,c")


@pytest.mark.parametrize("delimiter", ["", '"', "\n", "::", " "])
def test_what_cannot_be_a_delimiter_is_refused(refused, delimiter):
    assert "delimiter" in refused(PEOPLE, delimiter=delimiter).title


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_excels_sep_line_is_obeyed_and_is_no_record(read, line):
    file = read(f"{line}\r\na,1;b\r\nx;y\r\n")
    assert file.columns == ("a,1", "b")
    assert file.row_count == 1


def test_lines_are_counted_as_an_editor_counts_them_after_a_sep_line(refused):
    assert refused("sep=;\na;b\n1;2\n1;2;3\n").title.startswith("Row 2 (line 4 of the file)")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(read, end):
    assert read(PEOPLE.replace("\n", end)).row_count == 2


def test_a_file_may_end_without_a_line_end(read):
    assert read(PEOPLE.rstrip("\n")).row_count == 2


def test_line_breaks_and_doubled_quotes_inside_quotes_belong_to_the_value(read):
    file = read('a,b\n"one\r\ntwo","say ""hi"""\nx,y\n')
    assert file.preview == (("one\r\ntwo", 'say "hi"'), ("x", "y"))


def test_a_short_row_is_filled_up_and_noted(read):
    file = read("a,b,c\n1\n1,2\n1,2,3\n")
    assert file.preview == (("1", None, None), ("1", "2", None), ("1", "2", "3"))
    assert file.notes == ("2 rows are shorter than the header; their missing cells are empty.",)


def test_extra_empty_cells_are_dropped_and_noted(read):
    file = read("a,b\n1,2,,\n3,4\n")
    assert file.preview == (("1", "2"), ("3", "4"))
    assert file.notes == ("1 row has more cells than the header; the extra ones are empty.",)


def test_a_value_without_a_column_refuses_the_file_and_says_where(refused):
    error = refused('a,b\n1,"x\ny"\n\n1,secret,2\n')
    assert error.title == "Row 2 (line 5 of the file) has 3 cells, but there are 2 columns."
    assert "secret" not in str(error) + error.hint


def test_the_first_row_is_told_from_the_header(refused):
    assert refused("a,b\n1,2,3\n").title.startswith("Row 1 (line 2 of the file) has 3 cells")
    assert refused('\na,b\n1,"2\n').title.startswith("Row 1 (line 3 of the file) opens a quote")


def test_spaces_before_quotes_are_refused_not_taken_for_names(refused):
    assert "starts with a quote" in refused('a, "b, c"\n1, 2\n').title


def test_an_unclosed_quote_is_refused_with_the_row_that_opened_it(refused):
    error = refused('a,b\n1,2\n3,"oops\n5,6\n7,8\n')
    assert error.title == "Row 2 (line 3 of the file) opens a quote that is never closed."


def test_an_unclosed_quote_in_the_header_is_refused(refused):
    assert refused('a,"b\n1,2\n').title.startswith("The header (line 1 of the file) opens a quote")


def test_text_after_a_closing_quote_is_refused_with_all_its_lines(refused):
    error = refused('a,b\n1,2\n"oops,4\n5,"6\n7,8\n')
    assert error.title.startswith("Row 2 (lines 3 to 4 of the file) has text after a closing quote")


def test_blank_lines_are_skipped_and_noted(read):
    file = read("\na,b\n\n1,2\n,\n  \n3,4\n\n")
    assert file.row_count == 2
    assert file.notes == ("5 blank lines skipped.",)


def test_a_column_named_twice_is_refused_by_name_and_place(refused):
    error = refused("Id,X,Email,A,B,C,Email\n1,2,3,4,5,6,7\n")
    assert error.detail == "“Email” stands twice, in columns 3 and 7."


def test_a_header_is_trimmed_before_its_names_are_compared(read, refused):
    assert read(' First , "Date\nof birth"\n1,2\n'.replace(', "', ',"')).columns == ("First", "Date of birth")
    assert "twice" in refused("a, a\n1,2\n").detail


def test_a_column_without_a_name_is_called_after_its_place_if_it_holds_data(read):
    file = read("a,b,c,,,\n1,2,3,x,,\n1,2,3,,,\n")
    assert file.columns == ("a", "b", "c", "Column 4")
    assert file.preview == (("1", "2", "3", "x"), ("1", "2", "3", ""))
    assert file.notes == ("1 column without a name: 4.",)


def test_an_empty_column_without_a_name_is_not_there(read):
    file = read("a,,b\n1,,2\n")
    assert file.columns == ("a", "b")
    assert file.preview == (("1", "2"),)


def test_a_name_made_for_a_column_never_repeats_another(read):
    assert len(set(read("Column 2,\n1,2\n").columns)) == 2


def test_a_file_without_a_header_is_refused_and_its_first_record_not_repeated(refused):
    error = refused("Jo,Rivers,jo@example.org\nAnn,Lake,ann@example.org\n")
    assert error.title.startswith("The first row looks like a record")
    assert "jo" not in (str(error) + error.hint).lower()


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("", "divers.csv is empty."),
        ("\n\r\n  \n", "The file holds only blank lines."),
        (",,\n", "The file holds only blank lines."),
        ("\ufeff", "The file holds only blank lines."),
        ("First,Last\n", "The file holds a header and no record."),
        ("First,Last\n\n,\n", "The file holds a header and no record."),
    ],
)
def test_a_file_without_a_record_is_refused_with_its_own_sentence(refused, content, title):
    assert refused(content).title == title


def test_a_line_of_ten_megabytes_is_refused_quickly_and_within_memory(refused, write):
    content = b"a,b\n1,2\n" + b"x" * 10_000_000
    started = time.perf_counter()
    error = refused(content)
    assert time.perf_counter() - started < 2
    assert error.title == "Row 2 (line 3 of the file) is longer than 1 MiB."
    tracemalloc.start()
    refused(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - len(content) < 30_000_000


def test_a_quote_left_open_in_a_large_file_is_refused_at_its_row(refused):
    error = refused('a,b\n1,2\n3,"oops\n' + "5,6\n" * 300_000)
    assert error.title == "Row 2 (line 3 of the file) is longer than 1 MiB."
    assert "quote" in error.detail


def test_a_long_value_within_the_limit_is_read(read):
    assert len(read("a,b\n1," + "x" * 1_000_000 + "\n").preview[0][1]) == 1_000_000


def test_too_many_columns_are_refused(refused):
    assert "too many columns" in refused(",".join(f"c{i}" for i in range(2_001)) + "\n1\n").title


def test_the_preview_is_the_first_fifty_rows(read):
    file = read("n,m\n" + "".join(f"{i},x\n" for i in range(120)))
    assert file.row_count == 120
    assert [row[0] for row in file.preview] == [str(i) for i in range(50)]

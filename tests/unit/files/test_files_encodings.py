"""Any usual encoding is found, and the one that is chosen has decoded every byte of the file."""

from __future__ import annotations

import codecs

import pytest

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files import inspect_file

TEXT = "Vorname;Nachname\nJürgen;Müller\nZoë;Großmann\n"
ROWS = (("Jürgen", "Müller"), ("Zoë", "Großmann"))


@pytest.mark.parametrize(
    ("mark", "codec", "found"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
        (b"", "utf-16-le", "utf-16-le"),
        (b"", "utf-16-be", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
        (b"", "cp1252", "cp1252"),
        (b"", "mac_roman", "mac_roman"),
        (b"", "cp850", "cp850"),
    ],
)
def test_an_encoding_is_found(read, mark, codec, found):
    file = read(mark + TEXT.encode(codec))
    assert file.encoding == found
    assert file.columns == ("Vorname", "Nachname")
    assert file.preview == ROWS


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1250", "Imię;Nazwisko\nŁukasz;Wójcik\nStanisław;Dąbrowski\n"),
        ("cp1251", "Имя;Фамилия\nИван;Петров\nОльга;Смирнова\n"),
        ("cp1253", "Όνομα;Επώνυμο\nΓιώργος;Παπαδόπουλος\nΜαρία;Νικολάου\n"),
        ("cp932", "名,姓,住所\n太郎,山田,東京都\n花子,佐藤,大阪府\n"),
    ],
)
def test_other_scripts_are_told_from_western_ones(read, codec, text):
    file = read(text, encoding=codec)
    assert file.encoding == codec
    assert file.columns == tuple(text.splitlines()[0].replace(";", ",").split(","))


def test_a_guess_is_noted_and_what_is_certain_is_not(read):
    assert read(TEXT, encoding="cp1252").notes[0].startswith("Read as Windows-1252, a guess")
    assert read(TEXT).notes == ()


def test_the_only_accent_of_a_file_counts_wherever_it_stands(read):
    file = read("a;b\n" + "Jo;Rivers\n" * 300_000 + "Zoë;Lake\n", encoding="cp1252")
    assert file.encoding == "cp1252"
    assert file.row_count == 300_001


def test_typographic_quotes_are_windows_1252(read):
    assert read("a;b\nO’Brien;“x” – y\n", encoding="cp1252").encoding == "cp1252"


def test_utf8_with_a_broken_byte_at_its_end_is_refused_not_read_as_something_else(refused):
    error = refused(TEXT.encode() + b"Ren\xe9;Lake\n")
    assert error.title == "divers.csv is UTF-8, but not throughout."
    assert f"offset {len(TEXT.encode()) + 3}" in error.detail
    assert "line 4" in error.detail


def test_utf8_cut_in_the_middle_of_a_character_is_refused(refused):
    assert "not throughout" in refused(TEXT.encode() + "Zoë".encode()[:-1]).title


def test_utf16_with_an_odd_byte_at_its_end_is_refused(refused):
    assert "UTF-16" in refused(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le") + b"x").title


def test_a_given_encoding_is_obeyed(read):
    file = read(TEXT, encoding="latin-1")
    assert file.encoding == "cp1252"  # what would be found

    assert inspect_file(file.path, encoding="Latin-1").encoding == "iso8859-1"
    assert inspect_file(file.path, encoding="cp1250").notes == ()


def test_a_given_encoding_that_does_not_hold_is_refused_with_offset_and_line(write):
    content = TEXT.encode("cp1252")
    with pytest.raises(InputRefused) as caught:
        inspect_file(write(content), encoding="utf-8")
    assert caught.value.title == "divers.csv is not UTF-8 throughout."
    assert (
        caught.value.detail
        == f"The byte at offset {content.index(0xFC)} cannot be read; it stands on line 2."
    )


@pytest.mark.parametrize("name", ["utf-9", "base64", "rot13", "no such", "x\0y"])
def test_an_unknown_encoding_is_refused(write, name):
    with pytest.raises(InputRefused, match="no such encoding"):
        inspect_file(write(TEXT), encoding=name)


@pytest.mark.parametrize("given", ["utf-8", "utf-8-sig", "UTF8"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(write, given):
    path = write(codecs.BOM_UTF8 + TEXT.encode())
    assert inspect_file(path, encoding=given).columns[0] == "Vorname"


@pytest.mark.parametrize("given", ["utf-16", "utf-16-le"])
def test_utf16_may_be_named_with_or_without_its_byte_order(write, given):
    assert inspect_file(write(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")), encoding=given).preview == ROWS


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
def test_a_nul_in_the_text_is_refused_with_its_line(refused, codec):
    error = refused(TEXT * 40 + "x;\0\n", encoding=codec)
    if codec == "cp1252":
        assert "NUL" in str(error) or "encoding" in error.title
    else:
        assert error.title == "divers.csv holds a NUL character."
        assert "line 121" in error.detail


def test_utf16_read_as_latin_1_is_refused_for_its_nul_characters(write):
    with pytest.raises(InputRefused, match="NUL"):
        inspect_file(write(TEXT, encoding="utf-16"), encoding="latin-1")

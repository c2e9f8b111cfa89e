"""A file becomes records only as its mapping says, and only while it is the file that was inspected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import chain

import pytest

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files import FileSource, guess_mapping, inspect_file

CONTENT = "Nr,Vorname,Nachname,E-Mail,Geburtsdatum,Ort\n" + "".join(
    f"{i:04d},Zoë{i},Lake,z{i}@example.org,1990-01-01,\n" for i in range(1, 13)
)
MAPPING = {
    "first_name": "Vorname",
    "last_name": "Nachname",
    "email": "E-Mail",
    "date_of_birth": "Geburtsdatum",
}


@pytest.fixture
def file(read):
    return read(CONTENT)


def records(source):
    return [record for chunk in source.chunks() for record in chunk.records]


def test_a_record_carries_the_row_verbatim_and_the_mapped_texts(file):
    source = FileSource(file, {**MAPPING, "source_reference": "Nr"})
    first = records(source)[0]
    assert first.source_row == 1
    assert first.payload == (
        '{"Nr":"0001","Vorname":"Zoë1","Nachname":"Lake","E-Mail":"z1@example.org",'
        '"Geburtsdatum":"1990-01-01","Ort":""}'
    )
    assert first[2:] == ("Zoë1", "Lake", "z1@example.org", None, "1990-01-01", None, "0001")
    assert (source.name, source.kind, source.row_count) == ("divers.csv", "file", 12)


def test_missing_cells_are_null_and_empty_ones_are_empty(read):
    file = read("Vorname,Nachname,E-Mail,Geburtsdatum,Phone\nJo,,x\n")
    [record] = records(FileSource(file, guess_mapping(file.columns)))
    assert json.loads(record.payload)["Nachname"] == ""
    assert (record.last_name, record.date_of_birth, record.phone) == ("", None, None)


@pytest.mark.parametrize("chunk_rows", [1, 5, 6, 12, 100])
def test_chunks_follow_each_other_and_come_again(file, chunk_rows):
    source = FileSource(file, MAPPING, chunk_rows=chunk_rows)
    rows = [[record.source_row for record in chunk.records] for chunk in source.chunks()]
    assert list(chain.from_iterable(rows)) == list(range(1, 13))
    assert max(map(len, rows)) <= chunk_rows
    assert records(source) == records(source)


def test_long_records_close_a_chunk_early(read, monkeypatch):
    monkeypatch.setattr("divegov_gui.services.files.source.CHUNK_CHARACTERS", 300)
    source = FileSource(read(CONTENT), MAPPING)
    assert [len(chunk.records) for chunk in source.chunks()] == [3, 3, 3, 3]


def test_a_default_fills_a_field_without_a_column_and_no_empty_cell(file):
    source = FileSource(file, MAPPING, {"certification": "Open Water Diver", "phone": " "})
    assert {(record.certification, record.phone) for record in records(source)} == {
        ("Open Water Diver", None)
    }


def test_a_required_field_may_be_given_a_default(file):
    mapping = {field: column for field, column in MAPPING.items() if field != "date_of_birth"}
    assert (
        records(FileSource(file, mapping, {"date_of_birth": "1990-01-01"}))[0].date_of_birth == "1990-01-01"
    )


def test_the_hash_covers_content_mapping_and_defaults(file, write):
    source = FileSource(file, MAPPING)
    again = FileSource(inspect_file(file.path), dict(reversed(MAPPING.items())))
    assert source.content_hash == again.content_hash
    others = [
        FileSource(file, {**MAPPING, "source_reference": "Nr"}),
        FileSource(file, MAPPING, {"certification": "Rescue Diver"}),
        FileSource(inspect_file(write(CONTENT + "13,a,b,c,d,e\n", "other.csv")), MAPPING),
    ]
    assert len({source.content_hash, *(other.content_hash for other in others)}) == 4


@pytest.mark.parametrize(
    ("mapping", "defaults", "title", "options"),
    [
        ({**MAPPING, "shoe_size": "Nr"}, {}, "There is no field “shoe_size”.", '--map email="E-Mail"'),
        (MAPPING, {"shoe_size": "44"}, "There is no field “shoe_size”.", "--map"),
        ({**MAPPING, "email": "Mail"}, {}, "divers.csv has no column “Mail”.", "--map email="),
        ({**MAPPING, "phone": "E-Mail"}, {}, "The column “E-Mail” is mapped twice.", "--map phone="),
        (MAPPING, {"email": "x@example.org"}, "Email has both a column and a default.", "--default email="),
        (
            {"email": "E-Mail"},
            {"first_name": "Jo"},
            "Last name and Date of birth have no column.",
            '--map last_name="…"',
        ),
        (
            {},
            {"email": "  "},
            "First name, Last name, Email and Date of birth have no column.",
            "--default first_name",
        ),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_the_way_to_correct_it(
    file, mapping, defaults, title, options
):
    with pytest.raises(InputRefused) as caught:
        FileSource(file, mapping, defaults)
    assert caught.value.title == title
    assert options in caught.value.options
    assert caught.value.hint
    assert caught.value.detail


def test_a_file_that_grew_since_it_was_inspected_is_refused_before_any_record(file):
    source = FileSource(file, MAPPING)
    with file.path.open("a") as stream:
        stream.write("13,a,b,c,d,e\n")
    with pytest.raises(InputRefused, match="changed"):
        next(source.chunks())


def test_a_file_exchanged_under_the_same_size_and_time_is_refused_before_the_last_chunk(file):
    source = FileSource(file, MAPPING, chunk_rows=12)
    stat = file.path.stat()
    file.path.write_text(CONTENT.replace("Lake", "Pond"), encoding="utf-8")
    os.utime(file.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(InputRefused, match="changed"):
        next(source.chunks())


def test_a_file_with_other_rows_under_the_same_size_and_time_is_refused(file):
    stat = file.path.stat()
    spoilt = CONTENT.replace(",\n0002", ",,0002")
    file.path.write_text(spoilt, encoding="utf-8")
    os.utime(file.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(InputRefused):
        list(FileSource(file, MAPPING).chunks())


def test_a_file_that_changes_while_it_is_read_is_refused_at_the_end(file):
    chunks = FileSource(file, MAPPING, chunk_rows=5).chunks()
    next(chunks)
    os.utime(file.path, ns=(1, 1))
    with pytest.raises(InputRefused, match="changed"):
        list(chunks)


def test_a_file_that_is_gone_is_refused(file):
    source = FileSource(file, MAPPING)
    file.path.unlink()
    with pytest.raises(InputRefused, match="There is no file"):
        list(source.chunks())


def test_the_readers_libraries_are_not_loaded_with_the_module():
    code = (
        "import sys, divegov_gui.services.files as f; "
        "heavy = {'pandas', 'openpyxl', 'numpy', 'charset_normalizer', 'orjson'}; "
        "print(sorted(heavy.intersection(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

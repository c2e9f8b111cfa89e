"""The samples that come with the program are read as a newcomer would read them: without any help."""

from __future__ import annotations

import pytest

from divegov_gui.core.paths import bundled
from divegov_gui.core.records import FIELDS
from divegov_gui.services.files import FileSource, guess_mapping, inspect_file


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "rows"),
    [
        ("divers_clean.csv", "utf-8", ",", 40),
        ("divers_dirty.csv", "cp1252", ";", 41),
        ("divers.jsonl", "utf-8", None, 20),
    ],
)
def test_a_sample_is_read_and_mapped_without_help(name, encoding, delimiter, rows):
    file = inspect_file(bundled("resources") / "samples" / name)
    assert (file.encoding, file.delimiter, file.row_count) == (encoding, delimiter, rows)
    mapping = guess_mapping(file.columns)
    assert mapping.keys() == {field.name for field in FIELDS}
    assert sum(len(chunk.records) for chunk in FileSource(file, mapping).chunks()) == rows

"""SQLite's errors in the program's own words; a mistake of the program's own is no message to a person."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from divegov_gui.core.errors import Cancelled, Conflict, ConnectionFailed, DiveGovError, Refused
from divegov_gui.database.sqlite_errors import error_name, thrown, translated


def error(text: str, name: str | None = None) -> sqlite3.OperationalError:
    made = sqlite3.OperationalError(text)
    if name:
        made.sqlite_errorname = name  # type: ignore[attr-defined, unused-ignore]
    return made


# The texts are those by which Python 3.10, which tells no name, is understood.
@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("interrupted", "SQLITE_INTERRUPT", Cancelled),
        ("database is locked", "SQLITE_BUSY", ConnectionFailed),
        ("database is locked", "SQLITE_BUSY_SNAPSHOT", ConnectionFailed),
        ("database table is locked", "SQLITE_LOCKED", ConnectionFailed),
        ("attempt to write a readonly database", "SQLITE_READONLY", ConnectionFailed),
        ("attempt to write a readonly database", "SQLITE_READONLY_DIRECTORY", ConnectionFailed),
        ("database or disk is full", "SQLITE_FULL", ConnectionFailed),
        ("file is not a database", "SQLITE_NOTADB", ConnectionFailed),
        ("database disk image is malformed", "SQLITE_CORRUPT", ConnectionFailed),
        ("unable to open database file", "SQLITE_CANTOPEN", ConnectionFailed),
        ("disk I/O error", "SQLITE_IOERR_WRITE", ConnectionFailed),
    ],
)
def test_what_a_person_can_do_something_about_is_told_with_a_hint(
    text: str, name: str, kind: type[DiveGovError]
) -> None:
    for given in (error(text, name), error(text)):
        told = translated(given, Path("/secret/place/workspace.db"))
        assert type(told) is kind
        assert told.title.endswith(".")
        assert told.detail
        assert told.hint or kind is Cancelled


def test_a_broken_constraint_is_a_refusal() -> None:
    told = translated(error("CHECK constraint failed: X", "SQLITE_CONSTRAINT_CHECK"), Path("w.db"))
    assert isinstance(told, Refused)


@pytest.mark.parametrize("text", ['near "SELEC": syntax error', "no such table: X", "no such function: f"])
def test_a_mistake_of_the_programs_own_is_raised_as_it_is(text: str) -> None:
    given = error(text, "SQLITE_ERROR")
    with pytest.raises(sqlite3.OperationalError) as raised:
        translated(given, Path("w.db"))
    assert raised.value is given


def test_an_extended_name_is_cut_to_its_family() -> None:
    assert error_name(error("x", "SQLITE_IOERR_FSYNC")) == "SQLITE_IOERR"
    assert error_name(error("disk I/O error")) == "SQLITE_IOERR"
    assert error_name(error("something else")) == ""


@pytest.mark.parametrize(
    ("number", "kind"),
    [(50400, Refused), (50404, Refused), (50409, Refused), (50412, Conflict), (50500, Refused)],
)
def test_a_thrown_number_is_a_refusal_or_a_conflict(number: int, kind: type[DiveGovError]) -> None:
    told = thrown(number, "In the procedure's words.")
    assert type(told) is kind
    assert told.title == "In the procedure's words."

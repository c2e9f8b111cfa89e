"""A workspace that an earlier version made: every command says the truth of it, and what to do."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy

VERSION_1 = Path(__file__).parents[2] / "contract" / "workspace_of_version_1.sql.gz"
Divegov = Callable[..., Any]
COMMANDS: tuple[tuple[object, ...], ...] = (
    ("history", "a"),
    ("as-of", "2026-01-01"),
    ("diff", 1, "2026-01-01"),
    ("restore", 1, "2026-01-01", "--reason", "x"),
    ("evidence", "diver", 1, "pack"),
    ("evidence", "period", "2000-01-01", "2999-01-01", "pack"),
    ("audit", "verify"),
    ("audit", "show"),
    ("subject", "export", 1, "--reason", "x"),
    ("subject", "erase", 1, "--reason", "x", "--yes"),
    ("report", "--json"),
    ("trends",),
    ("rules", "list"),
    ("purge", "--older-than", 1, "--reason", "x"),
    ("quarantine", "list"),
    ("quarantine", "resubmit", "--all"),
)
ROLES = ("data_steward", "compliance_officer", "data_analyst")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(VERSION_1.read_bytes()).decode())
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(map(str, command[:2])))
def test_no_command_says_of_an_older_workspace_that_nothing_was_deployed(
    divegov: Divegov, old: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[object, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    roles = [()] if command[0] == "quarantine" else [("--as", role) for role in ROLES]
    for role in roles:
        answer = divegov(*command, *role, "--workspace", old)
        assert "Nothing was deployed" not in answer.err
        if answer.code:
            assert "older" in answer.err, (role, answer.err)
            assert "run divegov deploy" in answer.err, (role, answer.err)


def test_the_export_of_a_subject_leads_to_deploying_and_then_works(divegov: Divegov, old: Path) -> None:
    export = ("subject", "export", 1, "--reason", "asked", "--workspace", old)
    refused = divegov(*export)
    assert refused.code in (4, 6)
    assert "old.db was made by older scripts" in refused.err
    assert divegov("deploy", "--workspace", old).code == 0
    assert divegov(*export).json["versions"]


def test_where_nothing_was_deployed_that_is_said(divegov: Divegov, tmp_path: Path) -> None:
    with closing(open_workspace(tmp_path / "empty.db")):
        pass
    for role in ROLES:
        answer = divegov("history", "a", "--as", role, "--workspace", tmp_path / "empty.db")
        assert "Nothing was deployed" in answer.err


def test_a_workspace_that_lacks_one_newer_script_is_told_by_what_it_lacks(
    divegov: Divegov, tmp_path: Path
) -> None:
    """As after an update of the program: a view and a parameter that its scripts do not know yet."""
    path = tmp_path / "behind.db"
    with closing(open_workspace(path)) as session:
        deploy(session)
        session._raw.execute("DROP VIEW Diver_Search")
        session._raw.execute(
            "UPDATE Stored_Procedure SET Definition = replace(Definition, '@Reason', '@Grund') "
            "WHERE Procedure_Name = 'Export_Subject'"
        )
    for command in (("history", "1"), ("subject", "export", 1, "--reason", "x")):
        for role in ("data_steward", "compliance_officer"):
            answer = divegov(*command, "--as", role, "--workspace", path)
            if (command[0], role) != ("subject", "data_steward"):  # to whom it is not granted at all
                assert "behind.db was made by older scripts" in answer.err, answer.err
                assert "run divegov deploy" in answer.err


PEOPLE = """\
First Name,Last Name,Email,Date of birth
Bob,Byron,bob,1985-01-31
Cyd,Charisse,cyd,1985-01-31
"""


@pytest.mark.parametrize(
    "command",
    [
        ("discard", "--id", 2, "--code", "test_data"),
        ("resubmit", "--id", 2),
        ("reopen", "--id", 1, "--reason", "x"),
    ],
    ids=lambda command: str(command[0]),
)
def test_procedures_of_before_refuse_what_they_would_read_otherwise(
    divegov: Divegov, tmp_path: Path, command: tuple[object, ...]
) -> None:
    """They took @Records as pairs; of an object of versions they would have made the records 1, 2, 3."""
    workspace, people = tmp_path / "harbour.db", tmp_path / "people.csv"
    people.write_text(PEOPLE)
    assert divegov("ingest", "--file", people, "--workspace", workspace).code == 0
    first = ("quarantine", "discard", "--id", 1, "--code", "test_data")
    assert divegov(*first, "--workspace", workspace).code == 0
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute("UPDATE Stored_Procedure SET Definition = replace(Definition, '@Versions', '@Records')")
    answer = divegov("quarantine", *command, "--workspace", workspace)
    assert answer.code
    assert "older scripts" in answer.err
    with closing(sqlite3.connect(workspace)) as raw:
        assert raw.execute("SELECT Status FROM Data_Quarantine ORDER BY Quarantine_ID").fetchall() == [
            ("Discarded",),
            ("Open",),
        ]

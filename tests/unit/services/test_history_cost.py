"""A diver with thousands of versions costs no more for each of them than one with a few."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.directory import changes_of
from divegov_gui.services.history import timeline
from divegov_gui.services.story import read_thread

FEW, MANY = 1, 2
VERSIONS = {FEW: 200, MANY: 800}
DIVER = (
    "INSERT INTO Diver (Diver_ID, First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason, Valid_From) "
    "VALUES (?, 'Mina', 'Many', ?, '1984-02-11', 'root', 'Promoted', ?)"
)
READS = {
    "changes": "SELECT * FROM Diver_Changes WHERE Diver_ID = ? ORDER BY Changed_At",
    "times": "SELECT * FROM Diver_Change_Times WHERE Diver_ID = ?",
    "versions": "SELECT * FROM Diver_Versions WHERE Diver_ID = ? ORDER BY Valid_From",
    "story": "SELECT * FROM Record_Story WHERE Diver_ID = ? ORDER BY Story_At, Story_Step",
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a diver of 200 versions and one of 800, written behind the program's back."""
    path = tmp_path_factory.mktemp("lived") / "lived.db"
    with open_workspace(path) as session:
        deploy(session)
    begin = datetime(2024, 1, 1)
    with closing(sqlite3.connect(path)) as raw, raw:
        for diver, count in VERSIONS.items():
            for number in range(count):
                at = f"{begin + timedelta(hours=number):%Y-%m-%d %H:%M:%S}.000000"
                raw.execute("UPDATE Transaction_Context SET Instant = ?", (at,))
                if number:
                    raw.execute(
                        "UPDATE Diver SET Phone = ? WHERE Diver_ID = ?", (f"555000{number:04d}", diver)
                    )
                else:
                    raw.execute(DIVER, (diver, f"mina{diver}@example.org", at))
        raw.execute("UPDATE Transaction_Context SET Instant = NULL")
    return path


def steps(path: Path, question: str, diver: int) -> int:
    """How many hundred instructions SQLite's machine takes to answer."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    with closing(sqlite3.connect(path)) as raw:
        raw.set_progress_handler(count, 100)
        assert len(raw.execute(question, (diver,)).fetchall()) >= VERSIONS[diver]
    return taken


@pytest.mark.parametrize("read", READS)
def test_four_times_the_versions_are_four_times_the_work(lived: Path, read: str) -> None:
    few, many = (steps(lived, READS[read], diver) for diver in (FEW, MANY))
    assert many < 6 * few


def test_all_of_them_are_told(lived: Path) -> None:
    with open_workspace(lived) as session:
        assert len(timeline(session, MANY).versions) == 800
        changes = changes_of(session, MANY)
        assert [each.kind for each in changes] == ["Created", *["Changed"] * 799]
        assert {each.columns for each in changes[1:]} == {("Phone",)}
        assert [each.version_kind for each in read_thread(session, MANY)] == [each.kind for each in changes]

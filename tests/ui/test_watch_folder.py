"""A folder that is watched in the window: what arrives comes in by itself, and the person sees what became of it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from driving import ask, cells, click, clipped, find, quiet, texts
from ingest_harness import write_people
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from divegov_gui.app import Steward
from divegov_gui.services.connections import Workspace
from divegov_gui.services.watching import FolderWatch
from divegov_gui.ui import theme, watching
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.widgets import DataTable

BATCHES_OF_PEOPLE = "SELECT count(*) FROM Batch_Summary WHERE Source_Name = 'people.csv'"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often than a person would want to wait for."""
    monkeypatch.setattr(watching, "LOOK_MS", 20)
    monkeypatch.setattr(watching, "PAUSE_MS", 200)


class Watching:
    """A person at the third way in."""

    def __init__(self, qtbot: QtBot, steward: Steward) -> None:
        self.qtbot, self.steward = qtbot, steward
        steward.window.go_to("ingest")
        quiet(steward)
        click(qtbot, steward, "ingest.way.watch")

    def start(self, folder: Path) -> None:
        field = find(self.steward, "ingest.watch.folder", QLineEdit)
        field.clear()
        self.qtbot.keyClicks(field, str(folder))
        click(self.qtbot, self.steward, "ingest.start")
        self.qtbot.waitUntil(lambda: not self.steward.context.watching.is_starting)

    def wait_for(self, count: int) -> None:
        watcher = self.steward.context.watching
        self.qtbot.waitUntil(lambda: len(watcher.arrivals) == count, timeout=20_000)
        quiet(self.steward)

    def row(self, at: int = 0) -> list[str]:
        return cells(find(self.steward, "ingest.watch.files", DataTable), at)


@pytest.fixture
def person(qtbot: QtBot, open_on: Any, workspace: Path) -> Watching:
    return Watching(qtbot, open_on(workspace))


def test_a_file_that_arrives_is_governed_and_shown(
    person: Watching, inbox: Path, workspace: Path, qtbot: QtBot
) -> None:
    told: list[frozenset[str]] = []
    person.steward.context.changed.connect(told.append)
    person.start(inbox)
    assert any(text.startswith("Nothing has arrived yet.") for text in texts(person.steward.window))
    write_people(inbox / "people.csv", 150)
    person.wait_for(1)
    assert person.row()[1:] == [
        "people.csv",
        "Governed",
        "3",
        "150 records: 147 promoted, 3 quarantined",
    ]
    assert (inbox / "done" / "people.csv").exists()
    assert ask(workspace, BATCHES_OF_PEOPLE) == [(1,)]
    assert {"batches", "quarantine", "divers"} <= told[0]


def test_what_became_of_a_file_is_one_key_away(person: Watching, inbox: Path, qtbot: QtBot) -> None:
    person.start(inbox)
    write_people(inbox / "people.csv", 150)
    person.wait_for(1)
    table = find(person.steward, "ingest.watch.files", DataTable)
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    quiet(person.steward)
    assert find(person.steward, "ingest.meter").isVisible()


def test_a_refused_file_says_why_and_the_next_one_is_taken(person: Watching, inbox: Path) -> None:
    person.start(inbox)
    (inbox / "letter.json").write_text('{"dear": "diver"')
    person.wait_for(1)
    assert person.row()[2] == "Refused"
    assert person.row()[4].startswith("The file is not sound JSON.")
    write_people(inbox / "people.csv", 50)
    person.wait_for(2)
    assert person.row()[2] == "Governed"
    assert (inbox / "refused" / "letter.json.reason.txt").exists()


def test_the_same_content_again_is_recognised(person: Watching, inbox: Path, workspace: Path) -> None:
    person.start(inbox)
    for turn, name in enumerate(("people.csv", "again.csv"), start=1):
        write_people(inbox / name, 50)
        person.wait_for(turn)
    assert person.row()[2] == "Recognised"
    assert "batch 3" in person.row()[4]


def test_the_mapping_can_be_corrected_and_given_values(
    person: Watching, inbox: Path, workspace: Path, qtbot: QtBot
) -> None:
    click(qtbot, person.steward, "ingest.watch.mapping")
    qtbot.keyClicks(find(person.steward, "ingest.watch.map.first_name", QLineEdit), "Moniker")
    qtbot.keyClicks(find(person.steward, "ingest.watch.default.certification", QLineEdit), "Open Water Diver")
    person.start(inbox)
    (inbox / "people.csv").write_text(
        "Moniker,Last Name,Email,Date of birth\nShelia,Mahoney,s.m@example.org,1984-05-01\n"
    )
    person.wait_for(1)
    assert person.row()[2] == "Governed"
    assert ask(workspace, "SELECT First_Name FROM Diver WHERE Email = 's.m@example.org'") == [("Shelia",)]


def test_two_fields_of_one_column_are_refused_before_anything_starts(
    person: Watching, inbox: Path, qtbot: QtBot
) -> None:
    click(qtbot, person.steward, "ingest.watch.mapping")
    for field in ("first_name", "last_name"):
        qtbot.keyClicks(find(person.steward, f"ingest.watch.map.{field}", QLineEdit), "Name")
    person.start(inbox)
    assert not person.steward.context.watching.is_on
    assert find(person.steward, "ingest.watch.map.first_name").hasFocus()


def test_a_folder_that_is_none_is_refused_with_what_to_do(person: Watching, tmp_path: Path) -> None:
    person.start(tmp_path / "nowhere")
    assert not person.steward.context.watching.is_on
    refusal = find(person.steward, "ingest.watch.refused")
    assert refusal.isVisible()
    assert "Make it first" in refusal.accessibleName()


def test_the_status_line_says_what_is_watched_and_leads_there(
    person: Watching, inbox: Path, qtbot: QtBot
) -> None:
    note = find(person.steward, "status.watch", QPushButton)
    assert not note.isVisible()
    person.start(inbox)
    person.steward.window.go_to("overview")
    assert note.text() == "Watching inbox"
    click(qtbot, person.steward, "status.watch")
    assert person.steward.window.current_key == "ingest"
    assert find(person.steward, "ingest.watch.folder").isVisible()
    click(qtbot, person.steward, "ingest.start")
    assert not person.steward.context.watching.is_on
    assert not note.isVisible()


def test_a_watched_folder_is_offered_at_the_next_start_and_not_started(
    person: Watching, inbox: Path, workspace: Path, open_on: Any, qtbot: QtBot, settings: UiSettings
) -> None:
    person.start(inbox)
    person.steward.window.close()
    again = open_on(workspace)
    assert not again.context.watching.is_on
    assert find(again, "status.watch", QPushButton).text() == "Watch inbox again?"
    click(qtbot, again, "status.watch")
    quiet(again)
    assert find(again, "ingest.watch.folder", QLineEdit).text() == str(inbox)
    click(qtbot, again, "ingest.start")
    qtbot.waitUntil(lambda: again.context.watching.is_on)


def test_another_place_takes_no_files_of_the_one_before(
    person: Watching, inbox: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    person.start(inbox)
    other = Workspace(tmp_path / "other.db")
    person.steward.context.ask_for(other, None)  # type: ignore[arg-type]
    quiet(person.steward)
    assert not person.steward.context.watching.is_on


def test_while_the_database_refuses_files_wait_and_are_taken_later(
    person: Watching, inbox: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    from divegov_gui.core.errors import ConnectionFailed

    whole = FolderWatch.take
    refusals = iter([True, False])

    def take(self: FolderWatch, *what: Any) -> Any:
        if next(refusals, False):
            raise ConnectionFailed("The workspace is locked.", "Another program writes.", "Wait.")
        return whole(self, *what)

    monkeypatch.setattr(FolderWatch, "take", take)
    troubles: list[Any] = []
    watcher = person.steward.context.watching
    watcher.changed.connect(lambda: troubles.append(watcher.trouble))
    person.start(inbox)
    write_people(inbox / "people.csv", 50)
    person.wait_for(1)
    assert [str(trouble.title) for trouble in troubles if trouble] == ["The workspace is locked."]
    assert watcher.trouble is None


def test_a_folder_that_vanishes_is_looked_for_until_it_is_back(
    person: Watching, inbox: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    person.start(inbox)
    watcher = person.steward.context.watching
    inbox.rename(tmp_path / "away")
    qtbot.waitUntil(lambda: watcher.trouble is not None, timeout=20_000)
    assert watching.watch_note(watcher)[0] == f"{inbox.name}: files wait"
    (tmp_path / "away").rename(inbox)
    write_people(inbox / "people.csv", 50)
    person.wait_for(1)
    assert watcher.trouble is None
    assert watching.watch_note(watcher)[0] == f"Watching {inbox.name}"


def test_the_file_system_is_asked_and_files_are_taken_off_the_window_s_thread(
    person: Watching, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    for name in ("look", "take", "_prepare"):
        whole = getattr(FolderWatch, name)

        def seen(self: FolderWatch, *what: Any, whole: Any = whole) -> Any:
            threads.append(threading.get_ident())
            return whole(self, *what)

        monkeypatch.setattr(FolderWatch, name, seen)
    person.start(inbox)
    write_people(inbox / "people.csv", 50)
    person.wait_for(1)
    assert len(set(threads)) == 2
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_of_it_is_cut_off(
    person: Watching,
    inbox: Path,
    size: tuple[int, int],
    look: str,
    themes: theme.ThemeManager,
    qtbot: QtBot,
) -> None:
    themes.set_mode(look)
    person.steward.window.resize(*size)
    quiet(person.steward)
    assert clipped(person.steward.window) == []
    click(qtbot, person.steward, "ingest.watch.mapping")
    quiet(person.steward)
    assert clipped(person.steward.window) == []
    person.start(inbox)
    write_people(inbox / "people.csv", 50)
    person.wait_for(1)
    assert clipped(person.steward.window) == []

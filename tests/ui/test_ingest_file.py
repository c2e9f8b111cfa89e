"""A file on the Ingest page: choosing, reading, refusing, mapping, previewing, ingesting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ingest_harness import HEADER, Steward, open_page, write_people
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from divegov_gui.services.files import inspect_file
from divegov_gui.ui.pages.ingest import file_pane
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager


@pytest.fixture
def steward(qtbot: QtBot, tmp_path: Path, board: TaskBoard, themes: ThemeManager) -> Iterator[Steward]:
    yield from open_page(qtbot, tmp_path, board)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people.csv")


def test_a_file_goes_through_with_guess_and_default(steward: Steward, people: Path) -> None:
    steward.click("ingest.way.file")
    assert not steward.find("ingest.start").isEnabled()
    assert steward.text("ingest.promise") == "Choose a file first."
    steward.take_file(people)
    assert steward.text("ingest.file.size").startswith("150 records · 9 columns")
    assert steward.text("ingest.file.facts") == "Read as CSV, UTF-8, comma between the cells"
    chosen = {
        name: steward.find(f"ingest.map.{name}", QComboBox).currentText()
        for name in ("first_name", "last_name", "email", "phone", "date_of_birth", "certification")
    }
    assert list(chosen.values()) == [
        "First Name",
        "Last Name",
        "Email",
        "Phone",
        "Date of birth",
        "No column",
    ]
    steward.click("ingest.suggest.certification")
    assert steward.find("ingest.default.certification", QLineEdit).text() == "Open Water Diver"
    assert steward.text("ingest.start") == "Ingest 150 records"
    steward.start()
    steward.assert_meter_tells(1)
    assert steward.batch(1).outcomes.promoted == 147  # type: ignore[union-attr]
    assert not steward.page.result.score.isVisible()
    with steward.context.workspace.open_session() as session:
        divers = session.select("Diver_Directory")
    assert {diver["Certification"] for diver in divers} == {"Open Water Diver"}


def test_the_same_file_twice_adds_nobody(steward: Steward, people: Path) -> None:
    steward.take_file(people)
    steward.start()
    divers = steward.overview().divers
    steward.click("ingest.another")
    steward.start()
    assert steward.sees("ingest.recognised")
    assert "(local time) as batch 1." in steward.text("ingest.recognised")
    assert steward.overview().batch_count == 1
    steward.click("ingest.show_result")
    steward.assert_meter_tells(1)
    assert not steward.sees("ingest.time")
    steward.click("ingest.another")
    steward.start()
    steward.click("ingest.again")
    steward.wait_idle()
    steward.assert_meter_tells(2)
    assert "governed before, as batch 1" in steward.text("ingest.result.remarks")
    assert steward.batch(2).outcomes.promoted == 0  # type: ignore[union-attr]
    assert steward.overview().divers == divers


def test_a_wrong_mapping_is_corrected(steward: Steward, tmp_path: Path) -> None:
    header = ("Index", "User Id", "Last Name", "First Name", "Sex", "Email", "Phone", "DOB", "Job Title")
    steward.take_file(write_people(tmp_path / "swapped.csv", 20, header))
    steward.choose("ingest.map.first_name", "Last Name")
    assert "Also chosen for last name." in steward.find("ingest.map.first_name").accessibleDescription()
    assert "First name: Also chosen" in steward.text("ingest.promise")
    steward.click("ingest.start")
    assert not steward.context.writer.is_busy
    assert steward.focused() == "ingest.map.first_name"
    steward.choose("ingest.map.last_name", "First Name")
    assert steward.page.setup.file.mapping.problems == {}
    steward.start()
    with steward.context.workspace.open_session() as session:
        names = {(d["First_Name"], d["Last_Name"]) for d in session.select("Diver_Directory")}
    assert ("Åsa", "Østergård") in names


def test_a_required_field_needs_a_column_or_a_value(steward: Steward, people: Path) -> None:
    steward.take_file(people)
    steward.choose("ingest.map.last_name", "No column")
    assert steward.sees("ingest.map.last_name.problem")
    steward.type_into("ingest.default.last_name", "Unknown")
    assert not steward.sees("ingest.map.last_name.problem")
    assert steward.page.setup.file.mapping.defaults == {"last_name": "Unknown"}
    assert steward.page.setup.file.order() is not None


def test_the_preview_shows_the_first_records_and_marks_what_is_taken(steward: Steward, people: Path) -> None:
    steward.take_file(people)
    table = steward.page.setup.file.preview.table
    assert table.rows.rowCount() == 50
    titles = [table.rows.headerData(i, Qt.Orientation.Horizontal) for i in range(len(HEADER))]
    assert titles[:3] == ["Index", "✓ User Id", "✓ First Name"]
    steward.qtbot.waitUntil(lambda: table.rows.texts(1) is not None)
    assert table.rows.texts(1)[3] == "Østergård"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty.csv is empty."),
        ("head.csv", b"First Name,Last Name,Email\n", "The file holds a header and no record."),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "It appears to be a PNG picture."),
        ("twice.csv", b"Email,Email\na,b\n", "The header names a column more than once."),
        ("latin.csv", "Имя,Email\nЖ,a@b.c\nñ\xff".encode() + b"\xff\n", "latin.csv"),
        ("long.csv", b"Email,Name\n" + b"x" * (10 << 20), "long.csv was not taken"),
    ],
)
def test_a_refused_file_says_why_and_costs_nothing(
    steward: Steward, tmp_path: Path, people: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    steward.take_file(tmp_path / name)
    assert said in steward.page.setup.file.refusal.text
    assert "--" not in steward.page.setup.file.refusal.text
    assert steward.sees("ingest.drop")
    assert not steward.find("ingest.start").isEnabled()
    assert steward.text("ingest.promise") == "This file was not taken. Choose another."
    steward.take_file(people)
    assert not steward.sees("ingest.refused")
    steward.choose("ingest.map.phone", "No column")
    steward.take_file(tmp_path / name)
    assert steward.page.setup.file.refusal.text.endswith("people.csv stays chosen.")
    assert steward.find("ingest.file", QLineEdit).text() == str(people)
    assert "phone" not in steward.page.setup.file.mapping.mapping
    assert steward.text("ingest.start") == "Ingest 150 records"


@pytest.mark.parametrize(("rows", "said"), [(1, "The only one, as text"), (3, "All 3, as text")])
def test_the_preview_says_how_many_it_shows(steward: Steward, tmp_path: Path, rows: int, said: str) -> None:
    steward.take_file(write_people(tmp_path / "few.csv", rows))
    header = steward.page.setup.file.preview.header
    assert header is not None
    assert header.subtitle.text().startswith(said)


def test_a_path_can_be_typed(steward: Steward, people: Path, tmp_path: Path) -> None:
    steward.click("ingest.way.file")
    path = steward.find("ingest.file", QLineEdit)
    path.setFocus()
    steward.qtbot.keyClicks(path, str(tmp_path / "nobody.csv"))
    steward.key(Qt.Key.Key_Return)
    steward.wait_idle()
    assert "There is no file nobody.csv." in steward.page.setup.file.refusal.text
    assert not steward.sees("ingest.refused.retry")
    path.clear()
    steward.qtbot.keyClicks(path, str(people))
    steward.key(Qt.Key.Key_Return)
    steward.wait_idle()
    assert steward.page.setup.file.file is not None


def test_a_file_is_read_differently_and_keeps_its_mapping(steward: Steward, tmp_path: Path) -> None:
    steward.take_file(write_people(tmp_path / "western.csv", 20, encoding="cp1252"))
    assert "a guess" in steward.text("ingest.file.notes")
    steward.choose("ingest.map.phone", "No column")
    combo = steward.find("ingest.encoding", QComboBox)
    combo.setCurrentIndex(combo.findData("cp1250"))
    combo.activated.emit(combo.currentIndex())
    steward.wait_idle()
    assert "Windows-1250" in steward.text("ingest.file.facts")
    assert "phone" not in steward.page.setup.file.mapping.mapping
    combo.setCurrentIndex(combo.findData("utf-8"))
    combo.activated.emit(combo.currentIndex())
    steward.wait_idle()
    assert "is not UTF-8 throughout" in steward.page.setup.file.refusal.text
    assert combo.currentData() == "cp1250"
    assert "phone" not in steward.page.setup.file.mapping.mapping


def test_a_refused_file_may_be_read_again_as_a_person_says(steward: Steward, tmp_path: Path) -> None:
    broken = "Vorname,Nachname,Email,Geburtsdatum\nJörg,Müß,a@b.org,1980-01-02\n".encode()
    (tmp_path / "mixed.csv").write_bytes(broken + b"Ann,O\xff,b@b.org,1980-01-02\n")
    steward.take_file(tmp_path / "mixed.csv")
    assert "is UTF-8, but not throughout" in steward.page.setup.file.refusal.text
    combo = steward.find("ingest.refused.encoding", QComboBox)
    combo.setCurrentIndex(combo.findData("cp1252"))
    steward.click("ingest.refused.retry")
    steward.wait_idle()
    assert steward.page.setup.file.file is not None
    assert steward.find("ingest.map.last_name", QComboBox).currentText() == "Nachname"


def test_another_sheet_of_a_workbook_is_read(steward: Steward, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Spring"  # type: ignore[union-attr]
    for sheet in (book.active, book.create_sheet("Autumn")):
        sheet.append(["First name", "Last name", "Email", "Date of birth"])  # type: ignore[union-attr]
        sheet.append(["Jo", "Rivers", f"{sheet.title}@example.org", "1980-01-02"])  # type: ignore[union-attr]
    book.save(tmp_path / "club.xlsx")
    steward.take_file(tmp_path / "club.xlsx")
    assert steward.find("ingest.sheet", QLineEdit).text() == "Spring"
    assert not steward.sees("ingest.encoding")
    steward.type_into("ingest.sheet", "Winter")
    steward.wait_idle()
    assert "“Spring” and “Autumn”" in steward.page.setup.file.refusal.text
    assert steward.find("ingest.sheet", QLineEdit).text() == "Spring"
    steward.type_into("ingest.sheet", "Autumn")
    steward.wait_idle()
    assert steward.page.setup.file.file.preview[0][2] == "Autumn@example.org"  # type: ignore[union-attr]


def test_reading_is_stopped_and_what_was_there_stays(
    steward: Steward, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward.take_file(people)
    entered, go = threading.Event(), threading.Event()

    def slow(path: Path, **options: Any) -> object:
        entered.set()
        assert go.wait(20)
        return inspect_file(path, **options)

    monkeypatch.setattr(file_pane, "inspect_file", slow)
    other = write_people(tmp_path / "other.csv", 3)
    steward.page.setup.file.card.pick = lambda: str(other)
    steward.click("ingest.browse")
    steward.qtbot.waitUntil(entered.is_set)
    assert not steward.find("ingest.start").isEnabled()
    assert steward.board.tasks[0].label == "Reading other.csv"
    steward.click("ingest.inspect.cancel")
    go.set()
    steward.wait_idle()
    assert steward.find("ingest.file", QLineEdit).text() == str(people)
    assert not steward.sees("ingest.refused")
    assert steward.text("ingest.start") == "Ingest 150 records"


def test_a_file_that_changed_meanwhile_is_refused_in_place(steward: Steward, people: Path) -> None:
    steward.take_file(people)
    write_people(people, 140)
    steward.start()
    assert "people.csv has changed since it was looked at." in steward.page.run.refusal.text
    assert steward.focused() == "ingest.resume"
    assert steward.overview().divers == 0
    steward.click("ingest.back")
    assert steward.sees("ingest.map.email")


def test_a_file_is_dropped_on_the_page(steward: Steward, people: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(people))])
    nothing = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, *nothing)
    QApplication.sendEvent(steward.page, enter)
    assert enter.isAccepted()
    assert steward.page.setup.way == "file"
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, *nothing)
    QApplication.sendEvent(steward.page, drop)
    steward.wait_idle()
    assert steward.page.setup.file.file is not None

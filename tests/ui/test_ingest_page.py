"""The Ingest page as a person uses it: over a real workspace, by clicks and keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.services.files import inspect_file
from divegov_gui.services.generation import AVAILABLE_LOCALES, DEFAULT_LOCALES, DEFECTS
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.pages import page_specs
from divegov_gui.ui.pages.ingest import file_pane, generate_pane
from divegov_gui.ui.pages.ingest.defects_card import KINDS, even_shares
from divegov_gui.ui.pages.ingest.words import without_options
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.widgets import ConservationMeter
from tests.ui.ingest_harness import HEADER, HeldSource, Steward, open_page, write_people

TAB = Qt.Key.Key_Tab


@pytest.fixture
def steward(qtbot: QtBot, tmp_path: Path, board: TaskBoard, themes: ThemeManager) -> Iterator[Steward]:
    yield from open_page(qtbot, tmp_path, board)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people.csv")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[HeldSource]]:
    HeldSource.hold()
    monkeypatch.setattr(generate_pane, "GeneratedSource", HeldSource)
    yield HeldSource
    HeldSource.let_go.set()


def assert_meter_tells_the_batch(steward: Steward, batch_id: int) -> None:
    outcomes = steward.batch(batch_id).outcomes
    counts = steward.find("ingest.meter", ConservationMeter).counts
    assert outcomes is not None
    assert counts is not None
    assert counts.holds
    for key in ("loaded", "promoted", "unchanged", "duplicate", "quarantined"):
        assert getattr(counts, key) == getattr(outcomes, key), key


# --- generating ----------------------------------------------------------------------------------------------


def test_divers_are_generated_governed_and_accounted_for(steward: Steward) -> None:
    assert "6 scripts are deployed first" in steward.text("ingest.promise")
    steward.type_into("ingest.rows", "300")
    assert steward.text("ingest.start") == "Ingest 300 records"
    steward.start()
    assert steward.sees("ingest.meter")
    assert steward.batch(1).loaded == 300
    assert_meter_tells_the_batch(steward, 1)
    assert "0 missed, 0 false rejects" in steward.page.result.score.badge.text
    assert sum(rule.count for rule in steward.page.result.rules.rules) >= 15
    assert "Setting up the workspace" in steward.words("ingest.time")
    assert {BATCHES, QUARANTINE, DIVERS, SCHEMA} in steward.changes
    assert steward.notices == []


def test_the_rejected_are_one_click_away(steward: Steward) -> None:
    steward.type_into("ingest.rows", "300")
    steward.start()
    rejected = steward.batch(1).outcomes.quarantined  # type: ignore[union-attr]
    assert steward.text("ingest.rejected") == f"Show the {rejected} rejected records"
    steward.click("ingest.rejected")
    assert steward.aims == [("quarantine", {"batch_id": 1})]
    steward.page.result.rules.setFocus()
    steward.key(Qt.Key.Key_Home)
    steward.key(Qt.Key.Key_Return)
    assert steward.aims[1][1]["rule"] == steward.page.result.rules.rules[0].code


def test_a_workspace_that_is_set_up_is_said_to_be(steward: Steward) -> None:
    steward.type_into("ingest.rows", "20")
    steward.start()
    steward.click("ingest.another")
    assert steward.text("ingest.promise") == "They come into harbour.db as one batch."
    steward.click("ingest.new_seed")
    steward.start()
    assert "Setting up" not in steward.words("ingest.time")


def test_another_seed_is_another_data_set(steward: Steward) -> None:
    steward.click("ingest.new_seed")
    seed = steward.find("ingest.seed", QLineEdit).text()
    assert seed.isdigit()
    assert seed != "7"
    steward.click("ingest.rows.100000")
    order = steward.page.setup.generate.order()
    assert order is not None
    assert order.name == f"100,000 synthetic divers (seed {seed}, 5 % dirty)"


def test_content_is_the_same_from_the_command_line_and_from_here(steward: Steward) -> None:
    from divegov_gui.services.generation import GeneratedSource, GenerationRequest

    order = steward.page.setup.generate.order()
    assert order is not None
    assert order.make().content_hash == GeneratedSource(GenerationRequest(1000)).content_hash


def test_each_defect_has_a_share_of_its_own(steward: Steward) -> None:
    steward.click("ingest.defects")
    steward.type_into("ingest.rate.EMAIL_FORMAT", "30")
    assert not steward.find("ingest.dirty").isEnabled()
    for kind in KINDS:
        if kind.code != "EMAIL_FORMAT":
            steward.type_into(f"ingest.rate.{kind.code}", "0")
    steward.type_into("ingest.combined", "0")
    steward.type_into("ingest.repeated", "0")
    assert steward.text("ingest.rates.sum") == "Your shares add up to 30 % of the records."
    steward.type_into("ingest.rows", "100")
    steward.start()
    assert {rule.code: rule.count for rule in steward.page.result.rules.rules} == {"EMAIL_FORMAT": 30}


def test_shares_beyond_the_whole_are_refused_at_once(steward: Steward) -> None:
    steward.click("ingest.defects")
    steward.type_into("ingest.rate.DOB_FORMAT", "99")
    assert "The shares add up to 103.69 %" in steward.text("ingest.rates.sum")
    steward.click("ingest.defects")
    steward.click("ingest.start")
    assert steward.focused() == "ingest.rate.DOB_FORMAT"
    assert not steward.context.writer.is_busy
    steward.click("ingest.rates.even")
    assert steward.find("ingest.dirty").isEnabled()
    assert steward.find("ingest.dirty", QDoubleSpinBox).value() == 100
    assert not steward.sees("ingest.rates.even")


def test_even_shares_add_up(steward: Steward) -> None:
    for share in (0.0, 0.0001, 0.05, 0.333, 1.0):
        assert round(sum(even_shares(share).values()), 6) == share
    steward.type_into("ingest.dirty", "16")
    assert steward.find("ingest.rate.DOB_FUTURE", QDoubleSpinBox).value() == 1


def test_languages_are_chosen_by_name(steward: Steward) -> None:
    steward.click("ingest.locales.all")
    assert set(steward.page.setup.generate.locales.locales) == set(AVAILABLE_LOCALES)
    steward.click("ingest.locales.usual")
    assert steward.page.setup.generate.locales.locales == DEFAULT_LOCALES
    box = steward.find("ingest.locale.pl_PL", QCheckBox)
    assert box.text() == "Polish"
    for code in DEFAULT_LOCALES:
        steward.find(f"ingest.locale.{code}").setFocus()
        steward.key(Qt.Key.Key_Space)
    assert steward.sees("ingest.locales.problem")
    steward.click("ingest.start")
    assert steward.focused() == "ingest.locale.en_US"
    assert not steward.context.writer.is_busy


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("ingest.rows", "0", "0 rows were asked for"),
        ("ingest.rows", "30000001", "more than one data set can have"),
        ("ingest.seed", "-4", "This cannot be a seed."),
        ("ingest.seed", "seven", "This cannot be a seed."),
        ("ingest.seed", "9223372036854775808", "This cannot be a seed."),
    ],
)
def test_what_cannot_be_generated_is_said_at_its_field(
    steward: Steward, field: str, typed: str, said: str
) -> None:
    steward.type_into(field, typed)
    assert said in steward.find(field).accessibleDescription()
    assert said in steward.text("ingest.promise")
    steward.click("ingest.start")
    assert steward.focused() == field
    assert not steward.context.writer.is_busy


# --- from a file ---------------------------------------------------------------------------------------------


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
    assert_meter_tells_the_batch(steward, 1)
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
    assert_meter_tells_the_batch(steward, 1)
    assert not steward.sees("ingest.time")
    steward.click("ingest.another")
    steward.start()
    steward.click("ingest.again")
    steward.wait_idle()
    assert_meter_tells_the_batch(steward, 2)
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
    assert ("Åsa", "ØXXXX") in names  # as a steward sees it


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
    steward.take_file(people)
    assert not steward.sees("ingest.refused")
    steward.choose("ingest.map.phone", "No column")
    steward.take_file(tmp_path / name)
    assert steward.page.setup.file.refusal.text.endswith("people.csv stays chosen.")
    assert steward.find("ingest.file", QLineEdit).text() == str(people)
    assert "phone" not in steward.page.setup.file.mapping.mapping
    assert steward.text("ingest.start") == "Ingest 150 records"


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


# --- stopping, going on, coming back -------------------------------------------------------------------------


def start_and_hold(steward: Steward, held: type[HeldSource]) -> None:
    steward.type_into("ingest.rows", "12000")
    steward.click("ingest.start")
    steward.qtbot.waitUntil(held.reached.is_set, timeout=20_000)
    steward.qtbot.waitUntil(lambda: "5,000 of 12,000" in steward.text("ingest.run.detail"))


def test_a_stop_loses_nothing_and_going_on_finishes(steward: Steward, held: type[HeldSource]) -> None:
    start_and_hold(steward, held)
    assert steward.focused() == "ingest.cancel"
    steward.click("ingest.cancel")
    assert steward.text("ingest.cancel") == "Stopping…"
    held.let_go.set()
    steward.wait_idle()
    assert steward.text("ingest.run.loaded") == "Stopped: 5,000 of 12,000 records are loaded"
    assert steward.batch(1).loaded == 5000
    assert steward.batch(1).outcomes is None
    assert steward.notices == []
    assert steward.focused() == "ingest.resume"
    steward.click("ingest.resume")
    steward.wait_idle()
    assert steward.overview().batch_count == 1
    assert_meter_tells_the_batch(steward, 1)
    assert "went on after 5,000 records" in steward.text("ingest.result.remarks")


def test_the_same_source_goes_on_another_day(steward: Steward, held: type[HeldSource]) -> None:
    start_and_hold(steward, held)
    steward.click("ingest.cancel")
    held.let_go.set()
    steward.wait_idle()
    steward.click("ingest.back")
    assert steward.text("ingest.start") == "Ingest 12,000 records"
    steward.start()
    assert "went on after 5,000 records" in steward.text("ingest.result.remarks")
    assert steward.batch(1).loaded == 12_000


def test_a_stop_before_anything_is_loaded_says_so(steward: Steward) -> None:
    gate = threading.Event()
    steward.context.writer.submit(lambda *_: gate.wait(20))
    steward.click("ingest.start")
    assert "Waiting for other work" in steward.text("ingest.run.detail")
    steward.click("ingest.cancel")
    gate.set()
    steward.wait_idle()
    assert steward.text("ingest.run.loaded") == "Stopped: 0 of 1,000 records are loaded"
    steward.click("ingest.resume")
    steward.wait_idle()
    assert_meter_tells_the_batch(steward, 1)


def test_work_goes_on_while_another_page_is_shown(
    qtbot: QtBot, steward: Steward, held: type[HeldSource], themes: ThemeManager
) -> None:
    context = steward.context
    window = MainWindow(
        page_specs({"ingest": lambda: steward.page}),
        themes=themes,
        notifier=context.notifier,
        board=steward.board,
    )
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go_to("ingest")
    start_and_hold(steward, held)
    window.go_to("overview")
    assert "Ingesting 12,000 synthetic divers" in window.status.text.text()
    window.go_to("ingest")
    assert steward.sees("ingest.cancel")
    assert "5,000 of 12,000" in steward.text("ingest.run.detail")
    window.go_to("overview")
    held.let_go.set()
    steward.wait_idle()
    assert steward.notices[-1].title == "Batch 1 is governed"
    window.go_to("ingest")
    assert_meter_tells_the_batch(steward, 1)


def test_a_failure_is_said_where_it_happened(steward: Steward, monkeypatch: pytest.MonkeyPatch) -> None:
    from divegov_gui.core.errors import ConnectionFailed
    from divegov_gui.ui.pages.ingest import job

    def full(*_: object, **__: object) -> None:
        raise ConnectionFailed("The disk is full.", "It could not grow.", "Make room and try again.")

    with monkeypatch.context() as patch:
        patch.setattr(job, "ingest", full)
        steward.start()
    assert steward.page.run.refusal.text == "The disk is full. It could not grow. Make room and try again."
    assert steward.text("ingest.resume") == "Try again"
    steward.click("ingest.resume")
    steward.wait_idle()
    assert_meter_tells_the_batch(steward, 1)


# --- pointed at ----------------------------------------------------------------------------------------------


def test_the_page_is_aimed_at_a_way_a_file_or_a_batch(steward: Steward, people: Path) -> None:
    steward.page.aim_at(way="generate", rows=50)
    assert steward.text("ingest.start") == "Ingest 50 records"
    steward.start()
    steward.page.aim_at(path=str(people))
    steward.wait_idle()
    assert steward.page.setup.way == "file"
    assert steward.text("ingest.start") == "Ingest 150 records"
    steward.page.aim_at(batch_id=1)
    steward.wait_idle()
    assert steward.text("ingest.result.title") == "Batch 1"
    assert_meter_tells_the_batch(steward, 1)


# --- keyboard and names --------------------------------------------------------------------------------------


def walk(steward: Steward, most: int = 120) -> list[str]:
    """The names of the controls that Tab reaches, in order, until it comes round."""
    reached: list[str] = []
    for _ in range(most):
        name = steward.focused()
        if name in reached:
            break
        reached.append(name)
        steward.key(TAB)
    return reached


def controls(page: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit, QAbstractItemView)
    found = [w for kind in kinds for w in page.findChildren(kind) if w.isVisible() and w.isEnabled()]
    inner = (QSpinBox, QDoubleSpinBox, QComboBox, QLineEdit)
    whole = (w for w in dict.fromkeys(found) if not isinstance(w, QHeaderView))
    return [w for w in whole if not isinstance(w.parent(), inner)]


def named(page: QWidget) -> set[str]:
    return {w.objectName() for w in controls(page) if w.focusPolicy() & Qt.FocusPolicy.TabFocus}


def test_tab_goes_through_the_generator_from_top_to_bottom(steward: Steward) -> None:
    steward.click("ingest.defects")
    steward.find("ingest.way.generate").setFocus()
    order = walk(steward)
    assert set(order) >= named(steward.page)
    wanted = [
        "ingest.way.generate",
        "ingest.rows",
        "ingest.seed",
        "ingest.dirty",
        "ingest.locale.en_US",
        "ingest.locale.ar_AA",
        "ingest.defects",
        "ingest.rate.FIRST_NAME_MISSING",
        "ingest.rate.DUPLICATE_IN_BATCH",
        "ingest.combined",
        "ingest.start",
    ]
    assert [name for name in order if name in wanted] == wanted


def test_tab_goes_through_the_file_from_top_to_bottom(steward: Steward, people: Path) -> None:
    steward.take_file(people)
    steward.find("ingest.way.file").setFocus()
    order = walk(steward)
    assert set(order) >= named(steward.page)
    wanted = [
        "ingest.way.file",
        "ingest.file",
        "ingest.browse",
        "ingest.encoding",
        "ingest.map.first_name",
        "ingest.map.certification",
        "ingest.default.certification",
        "ingest.map.source_reference",
        "ingest.preview",
        "ingest.start",
    ]
    assert [name for name in order if name in wanted] == wanted


def test_everything_is_done_by_keyboard_alone(steward: Steward, people: Path) -> None:
    steward.find("ingest.way.generate").setFocus()
    steward.key(Qt.Key.Key_Right)
    assert steward.focused() == "ingest.way.file"
    steward.key(TAB)
    steward.qtbot.keyClicks(QApplication.focusWidget(), str(people))
    steward.key(Qt.Key.Key_Return)
    steward.wait_idle()
    while steward.focused() != "ingest.default.certification":
        steward.key(TAB)
    steward.qtbot.keyClicks(QApplication.focusWidget(), "Rescue Diver")
    steward.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    steward.wait_idle()
    assert_meter_tells_the_batch(steward, 1)
    assert steward.focused() == "ingest.rejected"
    steward.key(Qt.Key.Key_Space)
    assert steward.aims == [("quarantine", {"batch_id": 1})]


def test_every_control_has_a_name_for_automation_and_for_people(steward: Steward, people: Path) -> None:
    seen: set[str] = set()

    def check() -> None:
        for control in controls(steward.page):
            assert control.objectName().startswith("ingest."), control
            assert control.accessibleName(), control.objectName()
            seen.add(control.objectName())

    steward.click("ingest.defects")
    check()
    steward.take_file(people)
    check()
    steward.start()
    check()
    steward.click("ingest.another")
    steward.start()
    check()
    wanted = {"ingest.start", "ingest.again", "ingest.map.email", "ingest.default.certification"}
    assert wanted | {f"ingest.rate.{kind.code}" for kind in KINDS} <= seen
    assert {f"ingest.locale.{code}" for code in AVAILABLE_LOCALES} <= seen
    assert len(KINDS) == len(DEFECTS) - 1


def test_scrolling_past_a_field_changes_nothing(steward: Steward) -> None:
    from PySide6.QtGui import QWheelEvent

    rows = steward.find("ingest.rows", QSpinBox)
    steward.find("ingest.start").setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(rows.mapToGlobal(QPoint(5, 5))),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(rows, wheel)
    assert rows.value() == 1000


@pytest.mark.parametrize(
    ("hint", "bare"),
    [
        ("Save it once more as UTF-8: --encoding utf-8", "Save it once more as UTF-8."),
        (
            "Take away one: the column (--map a=…) or the default (--default a=…).",
            "Take away one: the column or the default.",
        ),
        ("Check the path.", "Check the path."),
        ("", ""),
    ],
)
def test_a_hint_names_no_option_of_the_command_line(hint: str, bare: str) -> None:
    assert without_options(hint) == bare

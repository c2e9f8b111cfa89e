"""The Ingest page as a person uses it: over a real workspace, by clicks and keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from blank_pages import blank_pages
from ingest_harness import HeldSource, Steward, open_page, write_people
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.services.generation import AVAILABLE_LOCALES, DEFAULT_LOCALES
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.pages.ingest import generate_pane
from divegov_gui.ui.pages.ingest.defects_card import KINDS, even_shares
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager


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


# --- being shown ---------------------------------------------------------------------------------------------


def test_the_page_is_shown_before_its_heavy_parts_are_made(steward: Steward) -> None:
    assert {
        "ingest.way.file",
        "ingest.rows",
        "ingest.seed",
        "ingest.dirty",
        "ingest.start",
    } <= steward.at_first
    late = {"ingest.defects", "ingest.combined", f"ingest.rate.{KINDS[0].code}", "ingest.locales.all"}
    late |= {f"ingest.locale.{code}" for code in AVAILABLE_LOCALES}
    assert not late & steward.at_first
    there = {part.objectName() for part in steward.page.findChildren(QWidget)}
    assert late <= there


def test_what_a_run_shows_is_made_when_something_runs(steward: Steward) -> None:
    def there() -> set[str]:
        return {part.objectName() for part in steward.page.findChildren(QWidget)}

    late = {"ingest.cancel", "ingest.another", "ingest.meter", "ingest.browse"}
    assert not late & there()
    steward.type_into("ingest.rows", "20")
    steward.start()
    assert {"ingest.cancel", "ingest.another", "ingest.meter"} <= there()
    assert "ingest.browse" not in there()


def test_who_is_quicker_than_the_page_gets_what_the_fields_say(
    qtbot: QtBot, tmp_path: Path, board: TaskBoard, themes: ThemeManager
) -> None:
    pane = generate_pane.GeneratePane()
    qtbot.addWidget(pane)
    pane.rows.setValue(300)
    pane.dirty.setValue(10)
    order = pane.order()
    assert order is not None
    assert order.name == "300 synthetic divers (seed 7, 10 % dirty)"
    assert pane.waiting_for() == ""
    assert not pane.is_whole
    assert pane.defects.total == 0.1
    assert pane.is_whole


# --- generating ----------------------------------------------------------------------------------------------


def test_divers_are_generated_governed_and_accounted_for(steward: Steward) -> None:
    assert "6 scripts are deployed first" in steward.text("ingest.promise")
    steward.type_into("ingest.rows", "300")
    assert steward.text("ingest.start") == "Ingest 300 records"
    steward.start()
    assert steward.sees("ingest.meter")
    assert steward.batch(1).loaded == 300
    steward.assert_meter_tells(1)
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
    steward.assert_meter_tells(1)
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
    steward.assert_meter_tells(1)


def test_work_goes_on_while_another_page_is_shown(
    qtbot: QtBot, steward: Steward, held: type[HeldSource], themes: ThemeManager
) -> None:
    context = steward.context
    window = MainWindow(
        blank_pages(ingest=lambda: steward.page),
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
    steward.assert_meter_tells(1)


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
    steward.assert_meter_tells(1)


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
    steward.assert_meter_tells(1)

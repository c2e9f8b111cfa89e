"""Quarantine: every rejected record can be found, in any order, by any combination of what there is to choose."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from driving import click, clipped, fill, find, quiet, texts
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from quarantine_harness import Workbench

from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GenerationRequest
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked, masked_payload
from divegov_gui.ui.pages.quarantine.grid_layout import GridLayout


def choose(bench: Workbench, facet: str, value: object) -> None:
    if bench.page.findChild(QAbstractButton, f"quarantine.facet.{facet}.{value}") is None:
        bench.click(f"quarantine.facet.{facet}.more")
    bench.click(f"quarantine.facet.{facet}.{value}")


def facet_counts(bench: Workbench, facet: str) -> dict[Any, int]:
    shown = bench.page.loader.facets
    assert shown is not None
    (found,) = (each for each in shown.facets if each.name == facet)
    return {value.value: value.count for value in found.values}


def with_rule(rule: str) -> str:
    return f"Failed_Checks & (SELECT sum(Check_Bit) FROM Rule_Check WHERE Rule_Code = '{rule}') <> 0"


# --- the list


def test_every_open_record_is_listed_and_counted(bench: Workbench) -> None:
    ids = bench.open_ids()
    assert bench.ids() == ids
    assert bench.count() == f"{len(ids):,} records wait"


def test_the_grid_sorts_by_any_column_over_the_whole_result(bench: Workbench) -> None:
    for column in ("Last_Name", "Email"):
        bench.grid.setFocus()
        bench.grid.go_to_cell(0, column)
        bench.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier, on=bench.grid)
        assert bench.ids() == bench.open_ids(order=f"{column} DESC, Quarantine_ID DESC")
    bench.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, on=bench.grid)
    assert bench.ids() == bench.open_ids(order="Email, Quarantine_ID")


def test_sorting_that_is_stopped_leaves_the_list_in_its_order(bench: Workbench) -> None:
    before, header = bench.ids(), bench.grid.horizontalHeader()
    go_on = threading.Event()
    bench.steward.reader.submit(lambda *_: go_on.wait())
    bench.grid.setFocus()
    bench.grid.go_to_cell(0, "Last_Name")
    bench.qtbot.keyClick(bench.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert find(bench.steward, "status.text", QLabel).text().startswith("Sorting")
    click(bench.qtbot, bench.steward, "status.cancel")
    go_on.set()
    bench.quiet()
    assert bench.ids() == before
    assert [bench.grid.rows.row(place).quarantine_id for place in range(5)] == before[:5]
    assert header.sortIndicatorSection() == bench.grid.column_of("quarantine_id")
    assert bench.count() == f"{len(before):,} records wait"


def test_the_search_looks_in_every_value_and_for_the_number(bench: Workbench) -> None:
    email = bench.one("SELECT Email FROM Data_Quarantine WHERE length(Email) > 12 LIMIT 1")
    bench.ctrl(Qt.Key.Key_F)
    bench.type(email[:10].upper())
    wanted = bench.open_ids(f"Email LIKE '%{email[:10]}%'")
    assert wanted
    assert bench.ids() == wanted
    assert bench.count().startswith(f"{len(wanted)} match")
    bench.key(Qt.Key.Key_Escape)
    assert bench.focus() is bench.grid
    record = bench.open_ids()[5]
    bench.write_in("quarantine.search", str(record))
    assert record in bench.ids()


def test_a_search_that_is_too_much_lists_nothing_to_act_on_and_says_why(bench: Workbench) -> None:
    before = bench.ids()
    bench.write_in("quarantine.search", " ".join(["ann"] * 51))
    assert bench.ids() == []
    assert bench.count() == "0 match"
    said = [text for text in bench.texts(bench.steward.window) if "too much for one search" in text]
    assert len(said) == 1, "one banner, though the list, the counts and the keys are refused"
    bench.qtbot.keyClick(
        bench.control("quarantine.search"), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier
    )
    bench.key(Qt.Key.Key_Delete)
    assert bench.ids() == before
    assert bench.count() == f"{len(before)} records wait"


def test_the_place_in_the_list_is_kept_when_one_comes_back(bench: Workbench) -> None:
    record = bench.ids()[7]
    bench.point_at(record, "First_Name")
    bench.steward.window.go_to("overview")
    bench.steward.window.go_to("quarantine")
    bench.quiet()
    assert bench.grid.currentIndex().row() == 7
    assert bench.page.panel.row is not None
    assert bench.page.panel.row.quarantine_id == record


def test_all_that_matches_is_selected_and_said(bench: Workbench) -> None:
    choose(bench, "rule", "EMAIL_FORMAT")
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_A)
    ids = bench.open_ids(with_rule("EMAIL_FORMAT"))
    assert bench.count() == f"{len(ids)} match; all selected"
    assert list(bench.page.desk.decisions.chosen()) == ids


# --- facets


def test_facets_combine_or_within_and_between(bench: Workbench) -> None:
    choose(bench, "rule", "EMAIL_FORMAT")
    assert bench.ids() == bench.open_ids(with_rule("EMAIL_FORMAT"))
    choose(bench, "rule", "EMAIL_MISSING")
    either = f"({with_rule('EMAIL_FORMAT')} OR {with_rule('EMAIL_MISSING')})"
    assert bench.ids() == bench.open_ids(either)
    bench.click("quarantine.facet.batch.title")
    choose(bench, "batch", 2)
    assert bench.ids() == bench.open_ids(f"{either} AND Batch_ID = 2")
    bench.click("quarantine.clear")
    assert bench.ids() == bench.open_ids()


def test_a_facets_counts_heed_every_choice_but_its_own(bench: Workbench) -> None:
    before = facet_counts(bench, "rule")
    for rule, count in before.items():
        assert count == len(bench.open_ids(with_rule(rule)))
    choose(bench, "rule", "EMAIL_FORMAT")
    assert facet_counts(bench, "rule") == before
    batches = facet_counts(bench, "batch")
    for batch in (1, 2):
        assert batches[batch] == len(bench.open_ids(f"{with_rule('EMAIL_FORMAT')} AND Batch_ID = {batch}"))
    standing = facet_counts(bench, "standing")
    assert standing == {"errors": len(bench.open_ids(with_rule("EMAIL_FORMAT")))}


def test_counts_follow_the_search(bench: Workbench) -> None:
    email = bench.one("SELECT Email FROM Data_Quarantine WHERE Email LIKE '%@%' LIMIT 1")
    bench.write_in("quarantine.search", email)
    assert sum(facet_counts(bench, "batch").values()) == len(bench.ids())


def test_what_only_warns_is_found_apart_from_errors(bench: Workbench) -> None:
    choose(bench, "standing", "warnings")
    errors = bench.one(
        "SELECT sum(Check_Bit) FROM Rule_Check JOIN Quality_Rule USING (Rule_Code) WHERE Severity = 'error'"
    )
    warned = bench.open_ids(f"Failed_Checks <> 0 AND Failed_Checks & {errors} = 0")
    assert warned
    assert bench.ids() == warned
    choose(bench, "standing", "errors")
    assert bench.ids() == bench.open_ids("Failed_Checks <> 0")


def test_facets_go_by_keyboard(bench: Workbench) -> None:
    bench.grid.setFocus()
    bench.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    first = bench.focus()
    assert isinstance(first, QAbstractButton)
    bench.key(Qt.Key.Key_Down)
    second = bench.focus()
    assert second is not first
    bench.key(Qt.Key.Key_Space)
    assert isinstance(second, QAbstractButton)
    assert second.isChecked()
    assert bench.ids() != bench.open_ids()


def test_an_aim_leads_to_the_records_that_are_meant(bench: Workbench) -> None:
    bench.page.aim_at(rule="EMAIL_MISSING", batch_id=2)
    bench.quiet()
    assert bench.ids() == bench.open_ids(f"{with_rule('EMAIL_MISSING')} AND Batch_ID = 2")
    bench.page.aim_at(rule="NO_SUCH_RULE")
    bench.quiet()
    assert bench.ids() == []
    assert "No record selected" in bench.texts()


def test_filters_are_kept_by_name_and_without_the_search(bench: Workbench, settings: Any) -> None:
    choose(bench, "rule", "EMAIL_FORMAT")
    bench.write_in("quarantine.search", "anna")
    bench.page.saved.keep("Bad addresses")
    assert "anna" not in str(settings.value("quarantine/filters"))
    bench.click("quarantine.clear")
    bench.page.saved._menu.aboutToShow.emit()
    (kept,) = (a for a in bench.page.saved._menu.actions() if a.text() == "Bad addresses")
    kept.trigger()
    bench.quiet()
    assert bench.ids() == bench.open_ids(with_rule("EMAIL_FORMAT"))


# --- cells


def test_a_failing_cell_is_marked_by_ground_and_sign_and_told(bench: Workbench) -> None:
    (record, *_) = bench.failing("EMAIL_MISSING")
    assert bench.spoken(record, "Email").startswith("nothing given, error: Email is missing")
    bench.point_at(record, "First_Name")
    index = bench.grid.rows.index(bench.row_of(record), bench.grid.column_of("email"))
    bench.grid.clearSelection()
    bench.grid.scrollTo(index)
    image: QImage = bench.grid.viewport().grab(bench.grid.visualRect(index)).toImage()
    colours = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    assert theme.current().colors.danger.soft.lower() in colours
    assert theme.current().colors.danger.on_soft.lower() in colours
    tip = str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert "Email is missing" in tip


def test_all_rules_that_a_record_fails_are_named(bench: Workbench) -> None:
    record, mask = bench.ask("SELECT Quarantine_ID, max(Failed_Checks) FROM Data_Quarantine")[0]
    rules = bench.ask(f"SELECT DISTINCT Rule_Code FROM Rule_Check WHERE Check_Bit & {mask}")
    at = bench.grid.rows.index(bench.row_of(record), bench.grid.column_of("failed_checks"))
    said = str(at.data(Qt.ItemDataRole.AccessibleTextRole))
    assert len(said.split(", ")) == len(rules)
    bench.point_at(record, "Email")
    shown = bench.texts(bench.page.panel)
    for (wording,) in bench.ask(
        f"SELECT Wording FROM Rule_Check JOIN Quality_Rule USING (Rule_Code) WHERE Check_Bit & {mask}"
    ):
        assert any(wording in text for text in shown)


def test_the_next_failing_cell_is_a_key_away_in_both_directions(bench: Workbench) -> None:
    bench.grid.setFocus()
    seen = []
    for _ in range(6):
        bench.key(Qt.Key.Key_F8)
        at = bench.grid.currentIndex()
        row = bench.grid.rows.row(at.row())
        assert bench.page.marks.tone(row.failed_checks, bench.grid.current_column())
        seen.append((at.row(), at.column()))
    assert len(set(seen)) == 6
    for place in reversed(seen[:-1]):
        bench.key(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
        assert (bench.grid.currentIndex().row(), bench.grid.currentIndex().column()) == place


def test_a_right_click_offers_what_can_be_done_with_the_record(bench: Workbench) -> None:
    record = bench.ids()[4]
    index = bench.grid.rows.index(4, bench.grid.column_of("last_name"))
    bench.grid.customContextMenuRequested.emit(bench.grid.visualRect(index).center())
    bench.quiet()
    menu = bench.grid.findChild(QMenu, "quarantine.context_menu")
    assert menu is not None
    assert list(bench.page.desk.decisions.chosen()) == [record]
    assert bench.page.actions_["discard"] in menu.actions()
    menu.close()


# --- columns


def test_columns_are_hidden_pinned_and_moved_and_stay_so(
    qtbot: QtBot, open_on: Any, workspace: Path, bench: Workbench
) -> None:
    layout = bench.grid.layout_now.shown("phone", False).shown("status", True).with_pin("email", True)
    bench.grid.set_layout(layout)
    again = Workbench(qtbot, open_on(workspace), workspace)
    header = again.grid.horizontalHeader()
    assert header.isSectionHidden(again.grid.column_of("phone"))
    assert not header.isSectionHidden(again.grid.column_of("status"))
    assert again.grid.pinned.shows(again.grid.column_of("email"))
    assert header.visualIndex(again.grid.column_of("email")) == 1
    again.grid.set_layout(GridLayout.first(again.grid.rows.columns))
    assert not header.isSectionHidden(again.grid.column_of("phone"))


def test_a_kept_layout_of_nonsense_is_passed_over(bench: Workbench, settings: Any) -> None:
    columns = bench.grid.rows.columns
    for text in (
        "",
        "[]",
        "{",
        '{"order": 7}',
        '{"order": ["gone"], "hidden": [], "pinned": [], "widths": {}}',
    ):
        settings.set_value("quarantine/columns", text)
        assert set(GridLayout.kept(columns, settings).order) == {column.name for column in columns}


# --- the record and the states


def test_the_record_is_shown_as_it_arrived(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.point_at(record, "First_Name")
    bench.click("quarantine.tab.story")
    payload = find(bench.steward, "quarantine.payload", QPlainTextEdit)
    verbatim = bench.one(f"SELECT Payload FROM Quarantine_Queue WHERE Quarantine_ID = {record}")
    assert json.loads(payload.toPlainText()) == json.loads(verbatim)
    bench.click("quarantine.verbatim")
    assert payload.toPlainText() == verbatim


def test_an_empty_queue_and_an_empty_workspace_say_what_to_do(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    clean = open_on(fill(tmp_path / "clean.db", GenerationRequest(40, dirty=0)))
    clean.window.go_to("quarantine")
    quiet(clean)
    assert "No record waits" in texts(clean.window.page("quarantine"))
    new = open_on(tmp_path / "new.db")
    new.window.go_to("quarantine")
    quiet(new)
    assert "Nothing is deployed yet" in texts(new.window.page("quarantine"))
    click(qtbot, new, "quarantine.deploy")
    assert new.window.current_key == "deploy"


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
def test_nothing_is_cut_off_at_any_size(bench: Workbench, size: tuple[int, int]) -> None:
    bench.steward.window.resize(*size)
    bench.quiet()
    known = ("quarantine.pinned", "Record")
    assert [text for text in clipped(bench.steward.window) if not any(k in text for k in known)] == []


def test_a_picture_for_others_shows_no_personal_value(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    bench = Workbench(qtbot, open_on(workspace, mask_personal=True), workspace)
    last_name = bench.one("SELECT Last_Name FROM Data_Quarantine WHERE length(Last_Name) > 5 LIMIT 1")
    shown = [
        bench.grid.rows.index(row, column).data() or ""
        for row in range(40)
        for column in range(len(bench.grid.rows.columns))
    ]
    assert any("XXX" in text for text in shown)
    assert not any(last_name in text for text in shown)


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("Email", "anna@dive.example", "aXXX@XXXX.com"),
        ("Email", "anna at dive", "aXXX"),
        ("Last_Name", "  Østergård", "ØXXX"),
        ("Last_Name", "", ""),
        ("Date_Of_Birth", "1984-02-30", "19XX-XX-XX"),
        ("Phone", "+45 20 11 22", "+45 XX XX XX"),
        ("Certification", "Rescue Diver", "Rescue Diver"),
    ],
)
def test_personal_values_are_masked_by_their_kind(column: str, value: str, shown: str) -> None:
    assert masked(column, value) == shown


def test_a_masked_payload_keeps_its_shape_and_no_value() -> None:
    record = {"email": "anna@dive.example", "first_name": "Anna", "phone": None, "dives": 41}
    shown = json.loads(masked_payload(json.dumps(record)))
    assert shown == {"email": "aXXX@XXXX.com", "first_name": "AXXX", "phone": None, "dives": "XXX"}
    assert "anna" not in masked_payload('{"email": "anna@dive.example"}')


def test_who_may_only_read_is_offered_nothing_else(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    bench = Workbench(qtbot, open_on(Workspace(workspace, "compliance_officer")), workspace)
    assert bench.ids() == bench.open_ids()
    assert any("You may read here" in text for text in bench.texts())
    for name in ("quarantine.resubmit", "quarantine.discard", "quarantine.groups"):
        assert not bench.control(name).isEnabled()
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    assert bench.focus() is bench.grid
    bench.qtbot.keyClicks(bench.grid, "x")
    assert bench.focus() is bench.grid
    field = bench.control("quarantine.field.email")
    assert isinstance(field, QLineEdit)
    assert field.isReadOnly()
    assert bench.page.desk.suggesting.suggestions == ()


def test_who_may_not_even_read_is_told_so(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(Workspace(workspace, "data_analyst"))
    steward.window.go_to("quarantine")
    quiet(steward)
    assert "Not for your role" in texts(steward.window.page("quarantine"))
    assert not steward.window.findChildren(QWidget, "notice"), "what is no error is no banner"


def test_an_aim_begins_at_the_top_of_what_it_leads_to(bench: Workbench) -> None:
    bench.point_at(bench.ids()[30], "First_Name")
    bench.steward.window.go_to("overview")
    bench.steward.context.go_to("quarantine", rule="EMAIL_FORMAT")
    bench.quiet()
    assert bench.ids() == bench.open_ids(with_rule("EMAIL_FORMAT"))
    assert bench.grid.currentIndex().row() == 0


def test_a_view_of_older_scripts_is_told_once(open_on: Any, workspace: Path) -> None:
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute("DROP VIEW Quarantine_Open_Keys")
        raw.execute("CREATE VIEW Quarantine_Open_Keys AS SELECT 1 AS Quarantine_ID")
        raw.execute("DROP VIEW Quarantine_Cube")
    steward = open_on(workspace)
    steward.window.go_to("quarantine")
    quiet(steward)
    said = [text for text in texts(steward.window) if "made by older scripts" in text]
    assert 1 <= len(said) <= 2, "one banner, and what the page itself says"
    assert any("Open Deploy" in text for text in texts(steward.window.page("quarantine")))

"""What one sees of the workbench: nothing cut off, no look that bleeds into a neighbour, numbers that are true."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from driving import ask, fill, find
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QTableView
from pytestqt.qtbot import QtBot
from quarantine_harness import Workbench

from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GenerationRequest
from divegov_gui.ui.pages.quarantine.grid_layout import GridLayout
from divegov_gui.ui.pages.quarantine.search_row import CountLabel
from divegov_gui.ui.shell.notices import NoticeView, ToastStack

CTRL_SHIFT = (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)


def number_of(bench: Workbench, record: int) -> QImage:
    """The cell with a record's number, as it is painted."""
    index = bench.grid.rows.index(bench.row_of(record), bench.grid.column_of("quarantine_id"))
    pinned = bench.grid.pinned
    return pinned.viewport().grab(pinned.visualRect(index)).toImage().copy(2, 2, 80, 20)


# --- the grid


def test_a_records_number_looks_the_same_whatever_stands_in_the_row_above(bench: Workbench) -> None:
    missing = bench.failing("EMAIL_MISSING")[0]
    below = bench.ids()[bench.row_of(missing) + 1]
    bench.grid.go_to(max(0, bench.row_of(missing) - 3))
    bench.quiet()
    before = number_of(bench, below)
    bench.grid.set_layout(bench.grid.layout_now.with_pin("email", True))
    bench.quiet()
    assert number_of(bench, below) == before


def test_a_number_of_seven_digits_and_the_lock_have_room_beside_each_other(bench: Workbench) -> None:
    column = bench.grid.rows.columns[0]
    width = bench.grid.fontMetrics().horizontalAdvance("1,000,000")
    assert column.name == "quarantine_id"
    assert column.width >= width + 20 + 9, "with the sign and the edge"


def test_the_raw_date_has_room_beside_the_edited_one(bench: Workbench) -> None:
    cells = bench.grid.cells
    now = cells._text_of("1990-12-31", 500, "text").width
    raw = cells._text_of("31/12/1990", 500, "small").width
    look = cells._look_of(
        _edited(bench), "Date_Of_Birth", "1990-12-31", 0, bench.grid.columnWidth(_date(bench))
    )
    assert look.right - look.left >= now + 8 + raw


def _date(bench: Workbench) -> int:
    return bench.grid.column_of("date_of_birth")


def _edited(bench: Workbench) -> Any:
    """A record whose date was put right."""
    (record,) = bench.arrive({"date_of_birth": "31/12/1990"})
    bench.point_at(record, "Date_Of_Birth")
    bench.ctrl(Qt.Key.Key_Period)
    return bench.page.panel.row


# --- columns by keyboard


def shown(bench: Workbench) -> list[str]:
    return [name for name in bench.grid.layout_now.visual_order() if name not in bench.grid.layout_now.hidden]


def test_a_column_is_moved_pinned_and_hidden_by_keys(bench: Workbench) -> None:
    bench.point_at(bench.ids()[0], "Last_Name")
    bench.key(Qt.Key.Key_Left, *CTRL_SHIFT)
    assert shown(bench)[:4] == ["quarantine_id", "failed_checks", "last_name", "first_name"]
    bench.key(Qt.Key.Key_Right, *CTRL_SHIFT)
    assert shown(bench)[:4] == ["quarantine_id", "failed_checks", "first_name", "last_name"]
    bench.key(Qt.Key.Key_P, *CTRL_SHIFT)
    assert shown(bench)[:3] == ["quarantine_id", "last_name", "failed_checks"]
    assert bench.grid.pinned.shows(bench.grid.column_of("last_name"))
    bench.key(Qt.Key.Key_P, *CTRL_SHIFT)
    assert not bench.grid.pinned.shows(bench.grid.column_of("last_name"))
    bench.key(Qt.Key.Key_H, *CTRL_SHIFT)
    assert "last_name" not in shown(bench)
    assert bench.grid.currentIndex().isValid()
    assert not bench.grid.isColumnHidden(bench.grid.currentIndex().column())


def test_a_column_stops_at_the_edge_of_its_kind(bench: Workbench) -> None:
    first = GridLayout.first(bench.grid.rows.columns)
    assert first.moved("quarantine_id", -1) == first
    assert first.moved("quarantine_id", 1) == first, "it is pinned alone"
    assert first.moved("failed_checks", -1) == first
    assert first.moved("status", 1) == first, "what is hidden does not move"


# --- the count


def test_a_count_is_never_cut_off_but_said_in_fewer_words(bench: Workbench) -> None:
    label = find(bench.steward, "quarantine.count", CountLabel)
    label.say("1,000,000 records wait · 999,999 selected", "999,999 of 1,000,000 selected")
    label.setFixedWidth(label.sizeHint().width())
    assert label.text() == "1,000,000 records wait · 999,999 selected"
    label.setFixedWidth(label.minimumSizeHint().width())
    assert label.text() == "999,999 of 1,000,000 selected"
    assert label.accessibleName() == "1,000,000 records wait · 999,999 selected"


@pytest.mark.parametrize("width", [1000, 1280])
def test_the_count_of_everything_has_room_at_any_width(bench: Workbench, width: int) -> None:
    bench.steward.window.resize(width, 760)
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_A)
    label = find(bench.steward, "quarantine.count", QLabel)
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    assert f"{len(bench.ids()):,}" in label.text()


# --- changing many


def test_what_would_still_fail_is_left_out_of_the_count_too(bench: Workbench) -> None:
    failing = bench.failing("EMAIL_FORMAT")[:2]
    fine = bench.failing("DOB_FORMAT")[:1]
    bench.select(*failing, *fine)
    bench.ctrl(Qt.Key.Key_H)
    _choose(bench, "quarantine.bulk.column", "Email")
    bench.write_in("quarantine.bulk.find", "$")
    bench.click("quarantine.bulk.regex")
    bench.write_in("quarantine.bulk.text", "x")
    sums, apply = bench.control("quarantine.bulk.sums"), bench.control("quarantine.bulk.apply")
    assert isinstance(sums, QLabel)
    assert sums.text().startswith("3 records to change · 2 would still fail")
    bench.click("quarantine.bulk.passing")
    assert sums.text().startswith("1 record to change")
    assert apply.text() == "Change 1 record"  # type: ignore[attr-defined]
    table = bench.control("quarantine.bulk.table")
    assert isinstance(table, QTableView)
    ticked = [
        table.model().index(row, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        for row in range(3)
    ]
    assert sum(ticked) == 1
    bench.write_in("quarantine.bulk.reason", "a test")
    bench.click("quarantine.bulk.apply")
    assert bench.one("SELECT Record_Count FROM Edit_Group ORDER BY Edit_Group_ID DESC LIMIT 1") == 1


def test_what_holds_nothing_is_not_told_as_a_change_of_nothing_to_nothing(bench: Workbench) -> None:
    (record,) = bench.arrive({"phone": "", "date_of_birth": "x"})
    bench.select(record)
    bench.ctrl(Qt.Key.Key_H)
    _choose(bench, "quarantine.bulk.column", "All columns")
    bench.write_in("quarantine.bulk.find", "zzz")
    assert bench.control("quarantine.bulk.table").model().rowCount() == 0  # type: ignore[attr-defined]


def test_the_values_before_and_after_get_the_room_there_is(bench: Workbench) -> None:
    bench.select(*bench.ids()[:3])
    bench.ctrl(Qt.Key.Key_H)
    table = bench.control("quarantine.bulk.table")
    assert isinstance(table, QTableView)
    assert table.columnWidth(2) >= 240
    assert abs(table.columnWidth(2) - table.columnWidth(3)) <= 2
    assert table.textElideMode() == Qt.TextElideMode.ElideMiddle, "addresses mostly differ at their ends"


def _choose(bench: Workbench, name: str, words: str) -> None:
    box = bench.control(name)
    box.setCurrentText(words)  # type: ignore[attr-defined]
    bench.quiet()


# --- the history and the notices


def test_an_edit_of_one_record_says_in_the_history_which(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.another_edits(record)
    bench.click("quarantine.tab.edits")
    assert f"Edited: Email of record {record:,}" in bench.texts(bench.page.panes.history)


def test_notices_under_each_other_are_as_high_as_their_words(bench: Workbench) -> None:
    for number in range(3):
        bench.steward.notifier.success(
            f"{number} records went through the gate.", "The others stay, with reasons."
        )
    bench.quiet()
    stack = find(bench.steward, "toasts", ToastStack)
    views = stack.findChildren(NoticeView)
    assert len(views) == 3
    for label in stack.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()) or not label.text()
    tops = sorted((view.y(), view.y() + view.height()) for view in views)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(tops))


def test_keys_that_are_held_choose_nothing_beside_the_cursor(bench: Workbench) -> None:
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_A)
    bench.qtbot.keyPress(bench.grid, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    bench.grid.go_to(2)
    assert bench.grid.selected_count() == 1


# --- searching and measuring


@pytest.mark.parametrize("typed", ["χρυσαυγή", "ΧΡΥΣΑΥΓΉ", "Χρυσ"])
def test_the_search_heeds_no_letter_case_in_any_script(bench: Workbench, typed: str) -> None:
    (record,) = bench.arrive({"first_name": "Χρυσαυγή", "date_of_birth": "x", "email": "greek@dive.example"})
    bench.page.search.search.setText(typed)
    bench.quiet()
    assert record in bench.ids()


def test_the_benchmark_comes_to_an_end_on_a_short_list(bench: Workbench) -> None:
    from tests.benchmarks.bench_quarantine_page import jumping, scrolling

    assert bench.grid.rows.rowCount() < 500
    assert scrolling(bench.grid, bench.steward)["longest stall, ms"] > 0
    assert jumping(bench.grid, bench.steward, bench.path)["jump to the middle, ms"] > 0


def test_what_is_copied_is_what_is_shown_with_the_rules_that_fail(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.point_at(record, "Email")
    bench.grid.set_layout(bench.grid.layout_now.with_pin("email", True))
    bench.ctrl(Qt.Key.Key_C)
    headings, values = QApplication.clipboard().text().split("\n")
    assert headings.split("\t")[:3] == ["Record", "Email", "Fails"]
    assert "Status" not in headings, "it is hidden"
    assert values.split("\t")[2] == "Email format"


def test_after_an_undo_from_the_history_the_focus_stays_there(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.another_edits(record)
    bench.click("quarantine.tab.edits")
    group = bench.one("SELECT max(Edit_Group_ID) FROM Edit_Group")
    bench.control(f"quarantine.group.{group}.undo").setFocus()
    bench.key(Qt.Key.Key_Space)
    assert bench.one("SELECT max(Edit_Group_ID) FROM Edit_Group") > group
    history = bench.page.panes.history
    assert bench.focus() is history or history.isAncestorOf(bench.focus())


def test_a_release_says_that_errors_are_never_released(bench: Workbench) -> None:
    bench.select(bench.failing("DOB_FORMAT")[0])
    bench.key(Qt.Key.Key_Return, *CTRL_SHIFT)
    said = bench.control("quarantine.rehearsal.sentence")
    assert isinstance(said, QLabel)
    assert said.text().endswith("Errors are never released.")


# --- walking


def test_the_next_failing_cell_is_found_behind_pages_that_are_not_at_hand(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    path = fill(tmp_path / "harbour.db", GenerationRequest(1_600, seed=7, dirty=0.4))
    waiting = [row[0] for row in ask(path, "SELECT Quarantine_ID FROM Data_Quarantine ORDER BY 1")]
    last = waiting[-1]
    assert len(waiting) > 450
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            f"UPDATE Data_Quarantine SET Failed_Checks = 0 WHERE Quarantine_ID NOT IN ({last}, 1)"
        )
    bench = Workbench(qtbot, open_on(path), path)
    bench.grid.setFocus()
    bench.grid.go_to(1)
    bench.key(Qt.Key.Key_F8)
    assert bench.grid.rows.key_at(bench.grid.currentIndex().row()) == last
    for _ in range(6):  # past each of its failing cells
        bench.key(Qt.Key.Key_F8)
    assert bench.grid.rows.key_at(bench.grid.currentIndex().row()) == last
    assert "No failing cell after this one." in bench.texts(bench.steward.window)


def test_pinned_columns_leave_room_to_the_others_and_to_the_scroll_bar(bench: Workbench) -> None:
    grid = bench.grid
    bench.steward.window.resize(1000, 700)
    layout = grid.layout_now
    for name in ("email", "phone", "date_of_birth", "certification"):
        layout = layout.with_pin(name, True)
    grid.set_layout(layout)
    bench.quiet()
    assert grid.pinned.shows(grid.column_of("quarantine_id"))
    assert grid.pinned.width() <= grid.viewport().width() - 100
    assert not grid.pinned.shows(grid.column_of("certification")), "it scrolls with the others"
    email = grid.column_of("email")
    assert not grid.pinned.shows(email)
    grid.horizontalHeader().resizeSection(email, 60)
    assert grid.pinned.shows(email), "it has become narrow enough"
    grid.horizontalHeader().resizeSection(email, layout.widths["email"])
    bench.steward.window.resize(1900, 900)
    bench.quiet()
    assert grid.pinned.shows(grid.column_of("email"))
    assert grid.columnWidth(grid.column_of("certification")) == layout.widths["certification"]


def test_who_may_not_even_read_has_no_key_that_changes(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    bench = Workbench(qtbot, open_on(Workspace(workspace, "data_analyst")), workspace)
    actions = bench.page.actions_
    assert not [
        name for name in ("import", "resubmit_ready", "resubmit", "discard") if actions[name].isEnabled()
    ]

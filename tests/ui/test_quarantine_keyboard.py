"""The whole loop of review without a mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu
from quarantine_harness import Workbench

from divegov_gui.ui.pages.quarantine.cell_editor import CellEditor
from divegov_gui.ui.pages.quarantine.facet_row import FacetRow

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def keys(bench: Workbench) -> Workbench:
    """The page as one comes to it by key, from another one."""
    bench.steward.window.go_to("overview")
    bench.quiet()
    place = list(bench.steward.window._specs).index("quarantine")
    bench.key(Qt.Key(Qt.Key.Key_1.value + place), CTRL, on=bench.steward.window)
    assert bench.steward.window.current_key == "quarantine"
    return bench


def test_from_the_first_failing_cell_to_the_resubmission(keys: Workbench) -> None:
    bench = keys
    bench.key(Qt.Key.Key_F, CTRL, SHIFT)
    while not (isinstance(found := bench.focus(), FacetRow) and found.value == "EMAIL_MISSING"):
        bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Space)
    bench.key(Qt.Key.Key_Escape)
    assert bench.focus() is bench.grid

    record = bench.failing("EMAIL_MISSING")[0]
    bench.grid.go_to(bench.row_of(record))
    bench.key(Qt.Key.Key_F8)
    assert bench.grid.current_column() == "Email"
    bench.key(Qt.Key.Key_F2)
    assert isinstance(bench.focus(), CellEditor)
    bench.type("by.key@dive.example")
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Failed_Checks") == 0

    bench.key(Qt.Key.Key_Return, CTRL)
    go = bench.focus()
    assert isinstance(go, QAbstractButton)
    assert go.text() == "Resubmit"
    bench.key(Qt.Key.Key_Return)
    assert bench.dialog() is None
    assert bench.value(record, "Status") == "Released"
    assert bench.focus() is bench.grid
    assert bench.grid.currentIndex().isValid()


def test_a_record_is_put_right_in_the_panel_and_one_comes_back_to_the_grid(keys: Workbench) -> None:
    bench = keys
    record = bench.failing("DOB_MISSING")[0]
    bench.grid.go_to(bench.row_of(record))
    bench.quiet()
    bench.key(Qt.Key.Key_R, ALT, on=bench.steward.window)
    field = bench.focus()
    assert isinstance(field, QLineEdit)
    assert field.accessibleName() == "Date of birth"
    bench.type("1991-07-06")
    bench.key(Qt.Key.Key_Escape)
    assert field.text() == ""
    bench.type("1991-07-07")
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Date_Of_Birth") == "1991-07-07"
    bench.key(Qt.Key.Key_Escape)
    assert bench.focus() is bench.grid


def test_a_discard_and_its_undoing(keys: Workbench) -> None:
    bench = keys
    bench.grid.setFocus()
    record = bench.ids()[0]
    bench.key(Qt.Key.Key_Delete)
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Status") == "Discarded"
    assert bench.focus() is bench.grid
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.value(record, "Status") == "Open"


def test_every_dialog_closes_by_escape_and_gives_the_focus_back(keys: Workbench) -> None:
    bench = keys
    bench.grid.setFocus()
    for name in ("change", "groups", "resubmit", "discard", "keys"):
        bench.page.actions_[name].trigger()
        bench.quiet()
        dialog = bench.dialog()
        assert dialog is not None, name
        assert dialog.accessibleName(), name
        bench.key(Qt.Key.Key_Escape, on=QApplication.focusWidget() or dialog)
        assert bench.dialog() is None, name
        assert bench.focus() is bench.grid, name


def test_the_question_mark_shows_the_keys_with_shift_or_without(keys: Workbench) -> None:
    bench = keys
    bench.grid.setFocus()
    for held in ((), (SHIFT,)):
        bench.key(Qt.Key.Key_Question, *held, on=bench.grid)
        dialog = bench.dialog()
        assert dialog is not None
        assert "F8" in bench.texts(dialog)
        bench.key(Qt.Key.Key_Escape, on=QApplication.focusWidget() or dialog)


def test_a_list_that_is_read_anew_while_one_types_keeps_the_focus(keys: Workbench) -> None:
    bench = keys
    bench.grid.go_to_cell(2, "Last_Name")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    assert isinstance(bench.focus(), CellEditor)
    bench.key(Qt.Key.Key_F5, on=bench.focus())
    assert isinstance(bench.focus(), CellEditor)
    bench.key(Qt.Key.Key_Escape)
    assert bench.focus() is bench.grid


def test_every_action_is_in_the_menu_with_its_key(keys: Workbench) -> None:
    menu = keys.control("quarantine.more").menu()  # type: ignore[attr-defined]
    parts = [menu, *menu.findChildren(QMenu)]
    shown = {action.objectName() for part in parts for action in part.actions()}
    buttons = {"quarantine.action.undo", "quarantine.action.redo"}
    assert shown | buttons >= {action.objectName() for action in keys.page.actions_.by_name.values()}
    assert all(action.shortcuts() for action in keys.page.actions_.by_name.values())

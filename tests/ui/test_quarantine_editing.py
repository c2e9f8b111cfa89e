"""Editing in the quarantine: judged while one types, saved, undone, redone, conflicts told, many at once."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QRadioButton, QTableView
from quarantine_harness import Workbench

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.services.queue import read_versions
from divegov_gui.services.review import Edit, claim_records, edit_records, resubmit_records
from divegov_gui.ui.pages.quarantine import steps
from divegov_gui.ui.pages.quarantine.cell_editor import CellEditor

GOOD = "new.address@dive.example"


def open_editor(bench: Workbench, record: int, column: str = "Email") -> CellEditor:
    bench.point_at(record, column)
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    editor = bench.focus()
    assert isinstance(editor, CellEditor)
    return editor


def verdict(bench: Workbench) -> str:
    bubble = bench.steward.window.findChild(QLabel, "quarantine.verdict.words")
    assert bubble is not None
    return str(bubble.text())


def test_what_is_typed_is_judged_before_it_is_saved(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    before = bench.value(record, "Email")
    editor = open_editor(bench, record)
    assert editor.text() == before
    editor.selectAll()
    bench.type("still@wrong")
    assert verdict(bench) == "Email is not a valid address"
    editor.selectAll()
    bench.type(GOOD)
    assert verdict(bench) == "The record would pass"
    assert "error" not in bench.spoken(record, "Email")
    assert bench.value(record, "Email") == before
    bench.key(Qt.Key.Key_Escape)
    assert "error" in bench.spoken(record, "Email")
    assert bench.value(record, "Email") == before
    assert bench.focus() is bench.grid


def test_enter_saves_and_the_marks_and_counts_follow(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    raw = bench.value(record, "Email")
    open_editor(bench, record).selectAll()
    bench.type(GOOD)
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Email") == GOOD
    assert bench.mask(record) == 0
    assert bench.spoken(record, "Email") == f"{GOOD}, arrived as {raw}"
    assert record in bench.ids(), "a record stays in sight when it is put right"
    assert bench.actions()[-1] == "Edit_Records"
    ready = bench.page.loader.facets
    assert ready is not None
    assert {v.value: v.count for v in ready.facets[0].values}["ready"] == 1


def test_typing_a_letter_begins_the_edit(bench: Workbench) -> None:
    record = bench.failing("FIRST_NAME_MISSING")[0]
    bench.point_at(record, "First_Name")
    bench.qtbot.keyClicks(bench.grid, "A")
    editor = bench.focus()
    assert isinstance(editor, CellEditor)
    bench.qtbot.keyClicks(editor, "nna")
    bench.quiet()
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "First_Name") == "Anna"


def test_enter_on_the_record_opens_what_fails(bench: Workbench) -> None:
    record = bench.failing("DOB_FORMAT")[0]
    bench.grid.setFocus()
    index = bench.grid.rows.index(bench.row_of(record), bench.grid.column_of("failed_checks"))
    bench.grid.setCurrentIndex(index)
    bench.quiet()
    bench.key(Qt.Key.Key_Return, on=bench.grid)
    editor = bench.focus()
    assert isinstance(editor, CellEditor)
    assert editor.column == "Date_Of_Birth"


def test_a_value_is_edited_in_the_panel_too(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.point_at(record, "First_Name")
    bench.write_in("quarantine.field.email", GOOD)
    assert bench.value(record, "Email") != GOOD
    assert not any("not a valid address" in text for text in bench.texts(bench.page.panel))
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Email") == GOOD


def test_a_suggestion_is_taken_by_a_click_and_by_a_key(bench: Workbench) -> None:
    done = 0
    for record in bench.failing("EMAIL_FORMAT"):
        bench.point_at(record, "Email")
        found = bench.page.desk.suggesting.suggestions
        if not found:
            continue
        if done == 0:
            bench.click("quarantine.suggestion.email.0")
        else:
            bench.ctrl(Qt.Key.Key_Period)
        assert bench.value(record, "Email") == found[0].changes["Email"]
        assert bench.mask(record) == 0
        done += 1
        if done == 2:
            break
    assert done == 2
    kinds = [row[0] for row in bench.ask("SELECT Edit_Kind FROM Edit_Group")]
    assert kinds == ["Suggestion", "Suggestion"]


def test_undo_and_redo_go_back_and_forth(bench: Workbench) -> None:
    first, second = bench.failing("EMAIL_FORMAT")[:2]
    raw = {record: bench.value(record, "Email") for record in (first, second)}
    for record in (first, second):
        open_editor(bench, record).selectAll()
        bench.type(f"n{record}@dive.example")
        bench.key(Qt.Key.Key_Return)
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_Z)
    assert bench.value(second, "Email") == raw[second]
    bench.click("quarantine.undo")
    assert bench.value(first, "Email") == raw[first]
    assert "arrived" not in bench.spoken(first, "Email")
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    assert bench.value(first, "Email") == f"n{first}@dive.example"
    bench.click("quarantine.redo")
    assert bench.value(second, "Email") == f"n{second}@dive.example"
    assert not bench.page.actions_["redo"].isEnabled()


def test_a_step_that_could_not_be_taken_back_for_now_can_be_later(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    raw = bench.value(record, "Email")
    open_editor(bench, record).selectAll()
    bench.type("now@dive.example")
    bench.key(Qt.Key.Key_Return)
    bench.grid.setFocus()

    def busy(*_: object, **__: object) -> None:
        raise ConnectionFailed("The workspace is busy.")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(steps, "undo_edit", busy)
        bench.ctrl(Qt.Key.Key_Z)
    assert bench.value(record, "Email") == "now@dive.example"
    bench.ctrl(Qt.Key.Key_Z)
    assert bench.value(record, "Email") == raw


def test_another_day_any_step_is_undone_from_the_history(bench: Workbench, qtbot: Any, open_on: Any) -> None:
    first, second = bench.failing("EMAIL_FORMAT")[:2]
    raw = {record: bench.value(record, "Email") for record in (first, second)}

    def both(session: Any) -> None:
        versions = dict(read_versions(session, [first, second]))
        edit_records(
            session,
            [Edit(r, v, "Email", f"b{r}@dive.example") for r, v in versions.items()],
            reason="phoned them",
            kind="Bulk",
        )

    bench.as_another(both)
    bench.click("quarantine.tab.edits")
    said = bench.texts(bench.page.panes.history)
    assert any("berta" in text for text in said)
    assert "“phoned them”" in said
    group = bench.one("SELECT max(Edit_Group_ID) FROM Edit_Group")
    bench.click(f"quarantine.group.{group}.details")
    bench.click(f"quarantine.cell.{first}")
    bench.click(f"quarantine.group.{group}.undo")
    assert bench.value(first, "Email") == raw[first]
    assert bench.value(second, "Email") == f"b{second}@dive.example"


def test_an_undo_that_a_later_edit_stands_on_is_refused_with_the_name(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    open_editor(bench, record).selectAll()
    bench.type(GOOD)
    bench.key(Qt.Key.Key_Return)
    bench.another_edits(record, text="later@dive.example")
    bench.click("quarantine.undo")
    assert bench.value(record, "Email") == "later@dive.example"
    assert any("berta" in text for text in bench.texts(bench.steward.window))
    assert bench.page.actions_["undo"].isEnabled(), "what was refused can be tried again"


def test_what_is_a_diver_by_now_does_not_keep_earlier_edits_from_being_undone(bench: Workbench) -> None:
    first, second = bench.failing("EMAIL_FORMAT")[:2]
    raw = bench.value(first, "Email")
    for record in (first, second):
        open_editor(bench, record).selectAll()
        bench.type(f"n{record}@dive.example")
        bench.key(Qt.Key.Key_Return)
    bench.as_another(lambda s: resubmit_records(s, read_versions(s, [second])))
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_Z)
    assert any(f"Record {second} was released by berta" in text for text in bench.texts(bench.steward.window))
    bench.ctrl(Qt.Key.Key_Z)
    assert bench.value(first, "Email") == raw


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_two_stewards_on_one_record_choose_and_nothing_is_lost(bench: Workbench, choice: str) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    editor = open_editor(bench, record)
    bench.another_edits(record, text="hers@dive.example")
    editor.selectAll()
    bench.type(GOOD)
    bench.key(Qt.Key.Key_Return)
    dialog = bench.dialog()
    assert dialog is not None
    assert dialog.objectName() == "quarantine.conflict"
    theirs = dialog.findChild(QRadioButton, "quarantine.conflict.theirs.email")
    assert theirs is not None
    assert theirs.text() == "hers@dive.example"
    assert "berta" in theirs.accessibleDescription()
    if choice == "mine":
        bench.click("quarantine.conflict.mine.email")
        bench.click("quarantine.conflict.save")
        assert bench.value(record, "Email") == GOOD
    else:
        bench.click("quarantine.conflict.keep")
        assert bench.value(record, "Email") == "hers@dive.example"
    assert bench.spoken(record, "Email").startswith(bench.value(record, "Email"))
    kept = [row[0] for row in bench.ask("SELECT New_Value FROM Quarantine_Revision ORDER BY 1")]
    assert "hers@dive.example" in kept


def test_a_record_that_another_has_claimed_is_left_to_her(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    editor = open_editor(bench, record)
    before = bench.value(record, "Email")
    bench.as_another(lambda s: claim_records(s, [record]))
    editor.selectAll()
    bench.type(GOOD)
    bench.key(Qt.Key.Key_Return)
    dialog = bench.dialog()
    assert dialog is not None
    assert dialog.objectName() == "quarantine.take_over"
    assert any("berta" in text for text in bench.texts(dialog))
    bench.key(Qt.Key.Key_Escape)
    assert bench.value(record, "Email") == before
    assert bench.spoken(record, "Email").startswith(f"{before}, error")
    at = bench.grid.rows.index(bench.row_of(record), bench.grid.column_of("quarantine_id"))
    assert "Claimed by berta" in str(at.data(Qt.ItemDataRole.AccessibleTextRole))


def test_what_is_being_typed_survives_the_save_of_another_field(bench: Workbench) -> None:
    record = next(iter(bench.failing("EMAIL_FORMAT")))
    bench.point_at(record, "First_Name")
    bench.qtbot.mouseClick(bench.control("quarantine.field.email"), Qt.MouseButton.LeftButton)
    bench.focus().selectAll()  # type: ignore[attr-defined]
    bench.qtbot.keyClicks(bench.focus(), GOOD)
    bench.qtbot.keyClick(bench.focus(), Qt.Key.Key_Tab)
    phone = bench.control("quarantine.field.phone")
    phone.setFocus()
    phone.selectAll()  # type: ignore[attr-defined]
    bench.qtbot.keyClicks(phone, "+4912345")
    bench.quiet()
    assert bench.value(record, "Email") == GOOD
    assert phone.text() == "+4912345"  # type: ignore[attr-defined]
    bench.type("678")
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Phone") == "+4912345678"


def test_the_others_like_this_are_fixed_in_one_undoable_step(bench: Workbench) -> None:
    kind = next(
        bench.page.desk.suggesting.suggestions[0].kind
        for record in bench.failing("DOB_FORMAT")
        if _suggested(bench, record, "Date_Of_Birth")
    )
    assert kind
    bench.click("quarantine.others.date_of_birth")
    dialog = bench.dialog()
    assert dialog is not None
    table = dialog.findChild(QTableView, "quarantine.bulk.table")
    assert table is not None
    lines = table.model().rowCount()
    assert lines > 1
    before = [bench.value(_record(table, row), "Date_Of_Birth") for row in range(lines)]
    table.selectRow(0)
    table.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.click("quarantine.bulk.apply")
    assert any("Say why" in text for text in bench.texts(dialog))
    left_out = _record(table, 0)
    records = [_record(table, row) for row in range(lines)]
    bench.write_in("quarantine.bulk.reason", "the source writes days first")
    bench.click("quarantine.bulk.apply")
    assert bench.dialog() is None
    changed = [r for r, old in zip(records, before, strict=True) if bench.value(r, "Date_Of_Birth") != old]
    assert changed == [r for r in records if r != left_out]
    group = bench.ask("SELECT Edit_Kind, Record_Count, Edit_Reason FROM Edit_Group")
    assert group == [("Bulk", lines - 1, "the source writes days first")]
    bench.ctrl(Qt.Key.Key_Z)
    assert [bench.value(r, "Date_Of_Birth") for r in records] == before


def test_similar_fixes_are_gone_through_group_by_group(bench: Workbench) -> None:
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_G)
    groups = bench.dialog()
    assert groups is not None
    table = groups.findChild(QTableView, "quarantine.groups.table")
    assert table is not None
    counts = [int(table.model().index(row, 3).data()) for row in range(table.model().rowCount())]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1
    first = (table.model().index(0, 0).data(), table.model().index(0, 1).data())
    bench.key(Qt.Key.Key_Return, on=table)
    bench.write_in("quarantine.bulk.reason", "all of a kind")
    bench.click("quarantine.bulk.apply")
    assert bench.ask("SELECT Edit_Kind, Record_Count FROM Edit_Group") == [("Bulk", counts[0])]
    left = [
        (table.model().index(row, 0).data(), table.model().index(row, 1).data())
        for row in range(table.model().rowCount())
    ]
    assert first not in left
    bench.click("quarantine.groups.close")
    bench.click("quarantine.undo")
    assert bench.one("SELECT count(*) FROM Data_Quarantine WHERE Edited_Columns <> 0") == 0


def test_find_and_replace_changes_the_selection_only(bench: Workbench) -> None:
    chosen = bench.ids()[:30]
    bench.grid.setFocus()
    bench.grid.go_to_cell(0, "Source_Reference")
    for _ in range(29):
        bench.qtbot.keyClick(bench.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    bench.quiet()
    assert list(bench.page.desk.decisions.chosen()) == chosen
    before = dict(bench.ask("SELECT Quarantine_ID, First_Name FROM Data_Quarantine"))
    bench.ctrl(Qt.Key.Key_H)
    dialog = bench.dialog()
    assert dialog is not None
    column = dialog._form.column  # type: ignore[attr-defined]
    column.setCurrentIndex(column.findData("First_Name"))
    bench.write_in("quarantine.bulk.find", "a")
    bench.write_in("quarantine.bulk.text", "o")
    bench.write_in("quarantine.bulk.reason", "spelling")
    bench.click("quarantine.bulk.apply")
    after = dict(bench.ask("SELECT Quarantine_ID, First_Name FROM Data_Quarantine"))
    changed = {record for record in after if after[record] != before[record]}
    assert changed
    assert changed <= set(chosen)
    assert all("a" not in (after[record] or "").lower() for record in changed)


def test_a_pattern_that_cannot_be_read_is_told_in_place(bench: Workbench) -> None:
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_H)
    bench.click("quarantine.bulk.regex")
    bench.write_in("quarantine.bulk.find", "(")
    dialog = bench.dialog()
    assert dialog is not None
    assert any("pattern cannot be read" in text for text in bench.texts(dialog))
    bench.click("quarantine.bulk.cancel")


def test_every_key_is_on_the_sheet(bench: Workbench) -> None:
    bench.grid.setFocus()
    bench.key(Qt.Key.Key_Question)
    dialog = bench.dialog()
    assert dialog is not None
    said = bench.texts(dialog)
    for action in bench.page.actions_.by_name.values():
        for key in action.shortcuts():
            assert any(key.toString() in text for text in said), key
    bench.key(Qt.Key.Key_Escape, on=dialog)
    assert bench.focus() is bench.grid


def _suggested(bench: Workbench, record: int, column: str) -> bool:
    bench.point_at(record, column)
    found = bench.page.desk.suggesting.suggestions
    return bool(found) and found[0].column == column


def _record(table: QTableView, row: int) -> int:
    return int(str(table.model().index(row, 0).data()).replace(",", ""))


def test_a_pinned_column_is_edited_where_it_stands(bench: Workbench) -> None:
    bench.grid.set_layout(bench.grid.layout_now.with_pin("email", True))
    bench.quiet()
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.grid.go_to_cell(bench.row_of(record), "Email")
    bench.grid.horizontalScrollBar().setValue(bench.grid.horizontalScrollBar().maximum())
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    editor = bench.focus()
    assert isinstance(editor, CellEditor)
    assert bench.grid.pinned.isAncestorOf(editor)
    editor.selectAll()
    bench.type(GOOD)
    assert verdict(bench) == "The record would pass"
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Email") == GOOD


def test_a_long_history_is_shown_in_parts(bench: Workbench) -> None:
    records = bench.open_ids()[:40]

    def many(session: Any) -> None:
        for record in records:
            edit_records(session, [Edit(record, 1, "Source_Reference", f"ref {record}")])

    bench.as_another(many)
    bench.click("quarantine.tab.edits")
    history = bench.page.panes.history
    assert len(history.groups) == 15
    for shown in (30, 40):
        bench.click("quarantine.history.older")
        assert len(history.groups) == shown
    assert not bench.control("quarantine.history.older").isVisible()
    assert [view.group.group_id for view in history.groups] == list(range(40, 0, -1))

"""Two stewards on the same records: what one has typed is never lost, and nothing is done over the other's head."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from quarantine_harness import HERS, Workbench

from divegov_gui.services.queue import read_versions
from divegov_gui.services.review import (
    claim_records,
    discard_records,
    reopen_records,
)
from divegov_gui.ui.pages.quarantine.cell_editor import CellEditor

MINE = "mine@dive.example"


def test_what_is_typed_in_a_cell_stays_when_the_list_is_read_anew(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[1]
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type(MINE)
    bench.key(Qt.Key.Key_F5)
    editor = bench.focus()
    assert isinstance(editor, CellEditor)
    assert editor.text() == MINE
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Email") == MINE


def test_what_is_typed_in_the_panel_stays_and_meets_what_another_saved(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[1]
    bench.point_at(record, "First_Name")
    bench.qtbot.mouseClick(bench.control("quarantine.field.email"), Qt.MouseButton.LeftButton)
    field = bench.focus()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    bench.type(MINE)
    bench.another_edits(record)
    bench.key(Qt.Key.Key_F5)
    assert bench.focus() is field
    assert field.text() == MINE
    bench.key(Qt.Key.Key_Return)
    assert bench.value(record, "Email") == HERS.format(record), "hers is not overwritten unseen"
    assert "berta" in bench.in_dialog()
    bench.click("quarantine.conflict.mine.email")
    bench.click("quarantine.conflict.save")
    assert bench.value(record, "Email") == MINE


def test_two_edits_of_one_field_in_a_row_are_no_conflict_with_oneself(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[1]
    bench.point_at(record, "Email")
    for text in ("first@dive.example", "second@dive.example"):
        bench.qtbot.keyClick(bench.grid, Qt.Key.Key_F2)
        bench.qtbot.keyClicks(bench.focus(), text)
        bench.qtbot.keyClick(bench.focus(), Qt.Key.Key_Return)
        QApplication.processEvents()  # the editor closes, and the save is on its way
    bench.quiet()
    assert bench.dialog() is None
    assert bench.value(record, "Email") == "second@dive.example"


def test_a_conflict_tells_what_else_the_other_has_changed(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[1]
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type(MINE)
    bench.another_edits(record, column="Last_Name", text="Hersson")
    bench.key(Qt.Key.Key_Return)
    said = bench.in_dialog()
    assert "berta" in said
    assert "Last name" in said
    assert "Hersson" in said
    bench.click("quarantine.conflict.mine.email")
    bench.click("quarantine.conflict.save")
    assert bench.value(record, "Email") == MINE
    assert bench.value(record, "Last_Name") == "Hersson"


def test_a_choice_shows_every_sign_of_a_value_and_a_long_one_makes_no_dialog_wider(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[1]
    typed = "Tom & Jerry " + "x" * 200
    bench.point_at(record, "Last_Name")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type(typed)
    bench.another_edits(record, column="Last_Name", text="Hersson")
    bench.key(Qt.Key.Key_Return)
    mine = bench.control("quarantine.conflict.mine.last_name")
    assert mine.text().startswith("Tom && Jerry x"), "a single one would mark a key"  # type: ignore[attr-defined]
    assert mine.toolTip() == typed
    assert mine.accessibleName() == f"Last name as you typed it: {typed}"
    dialog = bench.dialog()
    assert dialog is not None
    assert dialog.width() < 900
    bench.click("quarantine.conflict.mine.last_name")
    bench.click("quarantine.conflict.save")
    assert bench.value(record, "Last_Name") == typed


def test_a_claimed_record_is_taken_over_with_what_was_typed(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.as_another(lambda s: claim_records(s, [record]))
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type(MINE)
    bench.key(Qt.Key.Key_Return)
    assert "berta" in bench.in_dialog()
    bench.write_in("quarantine.take_over.reason", "she is on leave")
    bench.click("quarantine.take_over.yes")
    assert bench.value(record, "Email") == MINE
    assert bench.value(record, "Claimed_By") != "berta"


def test_a_discard_of_what_has_changed_since_it_was_seen_is_refused(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.point_at(record, "Email")
    bench.another_edits(record)
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    bench.click("quarantine.discard_dialog.yes")
    assert bench.status(record) == "Open"
    assert any("berta" in text for text in bench.texts(bench.steward.window))
    assert bench.spoken(record, "Email").startswith(f"hers{record}"), "the list shows what she has made of it"
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    bench.click("quarantine.discard_dialog.yes")
    assert bench.status(record) == "Discarded", "now it was seen as it is"


def test_what_changed_since_the_rehearsal_is_not_sent_but_rehearsed_anew(bench: Workbench) -> None:
    record, other = bench.put_right(2)
    bench.select(record, other)
    bench.ctrl(Qt.Key.Key_Return)
    assert "2 pass." in bench.in_dialog()
    bench.another_edits(record, column="First_Name", text="")
    bench.click("quarantine.rehearsal.go")
    assert {bench.status(record), bench.status(other)} == {"Open"}
    said = bench.in_dialog()
    assert "berta" in said
    assert "1 passes, 1 still fails (first name missing)." in said
    bench.click("quarantine.rehearsal.go")
    assert [bench.status(each) for each in (record, other)] == ["Open", "Released"]


def test_a_list_that_is_out_of_date_is_told_before_anything_is_sent(bench: Workbench) -> None:
    (record,) = bench.put_right(1)
    bench.select(record)
    bench.another_edits(record, column="First_Name", text="Xaver")
    bench.ctrl(Qt.Key.Key_Return)
    said = bench.in_dialog()
    assert "berta" in said
    assert "1 passes." in said
    assert bench.spoken(record, "First_Name").startswith("Xaver")


def test_everything_that_matches_is_sent_but_what_others_work_on(bench: Workbench) -> None:
    ready = bench.put_right(3)
    hers = ready[1]
    bench.as_another(lambda s: claim_records(s, [hers]))
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.ctrl(Qt.Key.Key_A)
    bench.ctrl(Qt.Key.Key_Return)
    dialog = bench.dialog()
    assert dialog is not None
    left = dialog.findChild(QLabel, "quarantine.rehearsal.left_out")
    assert left is not None
    assert left.text() == "Left out: 1 record is claimed by berta."
    bench.click("quarantine.rehearsal.go")
    assert [bench.status(each) for each in ready] == ["Released", "Open", "Released"]


def test_everything_that_matches_is_discarded_but_what_others_work_on(bench: Workbench) -> None:
    mine, hers = bench.ids()[:2]
    bench.as_another(lambda s: claim_records(s, [hers]))
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.select(mine, hers)
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    assert "Discard 1 record" in bench.in_dialog()
    assert "Left out: 1 record is claimed by berta." in bench.in_dialog()
    bench.click("quarantine.discard_dialog.yes")
    assert [bench.status(each) for each in (mine, hers)] == ["Discarded", "Open"]


def test_a_step_over_many_is_undone_but_where_others_stand_on_it(bench: Workbench) -> None:
    records = bench.failing("EMAIL_FORMAT")[:3]
    raw = [bench.value(each, "Email") for each in records]
    bench.another_edits(*records)
    bench.as_another(
        lambda s: discard_records(s, read_versions(s, records[:1]), "test_data", "never was a person")
    )
    bench.click("quarantine.tab.edits")
    group = bench.one("SELECT max(Edit_Group_ID) FROM Edit_Group")
    bench.click(f"quarantine.group.{group}.undo")
    assert "discarded" in bench.in_dialog()
    assert bench.value(records[1], "Email") != raw[1], "nothing is undone before one has chosen"
    bench.click("quarantine.leave_out.yes")
    assert [bench.value(each, "Email") for each in records[1:]] == raw[1:]
    assert bench.value(records[0], "Email") == HERS.format(records[0])


def test_ones_own_bulk_step_is_undone_by_the_key_but_where_others_stand_on_it(bench: Workbench) -> None:
    records = bench.failing("EMAIL_FORMAT")[:3]
    raw = [bench.value(each, "First_Name") for each in records]
    bench.select(*records)
    bench.ctrl(Qt.Key.Key_H)
    operation = bench.control("quarantine.bulk.operation")
    operation.setFocus()
    bench.key(Qt.Key.Key_Down, on=operation)
    bench.write_in("quarantine.bulk.text", "Mistake")
    bench.write_in("quarantine.bulk.reason", "all alike")
    bench.click("quarantine.bulk.apply")
    assert [bench.value(each, "First_Name") for each in records] == ["Mistake"] * 3
    bench.another_edits(records[0], column="First_Name", text="Hers")
    bench.ctrl(Qt.Key.Key_Z)
    assert "berta" in bench.in_dialog()
    bench.click("quarantine.leave_out.yes")
    assert bench.value(records[0], "First_Name") == "Hers"
    assert [bench.value(each, "First_Name") for each in records[1:]] == raw[1:]
    assert bench.page.actions_["redo"].isEnabled()


def test_reopening_is_offered_where_something_was_discarded(bench: Workbench) -> None:
    waiting, gone = bench.ids()[:2]
    assert not bench.page.actions_["reopen"].isEnabled()
    bench.as_another(lambda s: discard_records(s, read_versions(s, [gone]), "test_data", None))
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.click("quarantine.facet.status.Discarded")
    bench.select(waiting, gone)
    assert bench.page.actions_["reopen"].isEnabled()
    bench.page.actions_["reopen"].trigger()
    bench.quiet()
    assert "Reopen 1 record" in bench.in_dialog()
    assert "Left out: 1 record was not discarded." in bench.in_dialog()
    bench.write_in("quarantine.reopen_dialog.reason", "was a person after all")
    bench.click("quarantine.reopen_dialog.yes")
    assert bench.status(gone) == "Open"
    bench.point_at(gone, "Email")
    assert not bench.page.actions_["reopen"].isEnabled()
    assert bench.page.actions_["discard"].isEnabled()


def test_nothing_but_reopening_is_offered_for_what_was_discarded(bench: Workbench) -> None:
    gone = bench.ids()[0]
    bench.as_another(lambda s: discard_records(s, read_versions(s, [gone]), "test_data", None))
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.click("quarantine.facet.status.Open")
    bench.click("quarantine.facet.status.Discarded")
    assert bench.ids() == [gone]
    bench.point_at(gone, "Email")
    actions = bench.page.actions_
    assert actions["reopen"].isEnabled()
    for name in ("resubmit", "release", "discard", "change", "claim", "unclaim", "edit"):
        assert not actions[name].isEnabled(), name


def test_claims_that_one_has_not_are_not_told_as_given_up(bench: Workbench) -> None:
    record = bench.ids()[0]
    bench.as_another(lambda s: claim_records(s, [record]))
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    said = bench.texts(bench.steward.window)
    assert "You have claimed none of these records." in said
    assert bench.value(record, "Claimed_By") == "berta"


def test_what_another_does_to_the_records_in_sight_shows_by_itself(bench: Workbench) -> None:
    claimed, edited, typed = bench.ids()[:3]
    bench.point_at(typed, "Email")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type(MINE)
    bench.as_another(lambda s: claim_records(s, [claimed]))
    bench.another_edits(edited)
    bench.another_edits(typed)
    bench.page.desk.watch.timeout.emit()
    bench.quiet()
    at = bench.grid.rows.index(bench.row_of(claimed), bench.grid.column_of("quarantine_id"))
    assert "Claimed by berta" in str(at.data(Qt.ItemDataRole.AccessibleTextRole))
    assert bench.spoken(edited, "Email").startswith(f"hers{edited}")
    editor = bench.focus()
    assert isinstance(editor, CellEditor)
    assert editor.text() == MINE, "what is being typed stays"
    bench.key(Qt.Key.Key_Return)
    assert "berta" in bench.in_dialog(), "and meets what she has saved"


# --- merging


SAME: dict[str, str | None] = {"email": "same.person@dive.example", "phone": "+48600111222"}


def duplicate(bench: Workbench) -> int:
    """A record whose email a diver has, who differs; the cursor is on it."""
    assert bench.arrive(SAME, name="first.csv") == []
    (record,) = bench.arrive(SAME | {"last_name": "Hills", "phone": "+48600111333"}, name="second.csv")
    bench.point_at(record, "Email")
    return record


def berta_changes_the_diver(bench: Workbench, values: str) -> None:
    diver, since = bench.ask(
        "SELECT Diver_ID, Valid_From FROM Diver WHERE Email = 'same.person@dive.example'"
    )[0]
    bench.as_another(
        lambda s: s.call(
            "Update_Diver", diver_id=diver, valid_from=since, values=values, reason="phoned them"
        )
    )


def test_a_merge_with_a_diver_who_changed_meanwhile_goes_on_with_what_was_chosen(bench: Workbench) -> None:
    record = duplicate(bench)
    bench.ctrl(Qt.Key.Key_M)
    bench.click("quarantine.merge.last_name.1")
    bench.write_in("quarantine.merge.reason", "the same passport")
    berta_changes_the_diver(bench, '{"Phone": "+48999888777"}')
    bench.click("quarantine.merge.ok")
    assert bench.status(record) == "Open"
    said = bench.in_dialog()
    assert "berta" in said
    assert "Nothing was merged" in said
    phone, last = bench.control("quarantine.merge.phone.0"), bench.control("quarantine.merge.last_name.1")
    assert (phone.text(), last.isChecked()) == ("+48999888777", True)  # type: ignore[attr-defined]
    bench.click("quarantine.merge.ok")
    assert bench.dialog() is None
    assert bench.status(record) == "Merged"
    assert bench.ask("SELECT Last_Name, Phone FROM Diver WHERE Email = 'same.person@dive.example'") == [
        ("Hills", "+48999888777")
    ]


def test_a_record_that_is_no_duplicate_has_nothing_to_be_compared_with(bench: Workbench) -> None:
    record = bench.failing("PHONE_FORMAT")[0]
    bench.point_at(record, "Email")
    bench.ctrl(Qt.Key.Key_M)
    assert bench.dialog() is None
    said = bench.texts(bench.steward.window)
    assert f"Record {record:,} has nothing to be compared with." in said


def test_the_sides_of_a_merge_say_since_when_and_from_where(bench: Workbench) -> None:
    duplicate(bench)
    bench.ctrl(Qt.Key.Key_M)
    said = bench.in_dialog()
    assert "second.csv" in said
    assert "since 20" in said
    bench.key(Qt.Key.Key_Escape, on=bench.dialog())
    assert bench.dialog() is None
    assert bench.focus() is bench.grid


# --- the story


def test_the_story_tells_the_code_and_the_comment_of_a_discard_and_who_took_over(bench: Workbench) -> None:
    record = bench.ids()[0]

    def do(session: Any) -> None:
        discard_records(session, read_versions(session, [record]), "test_data", "looks made up")
        reopen_records(session, read_versions(session, [record]), "a person after all")
        claim_records(session, [record])

    bench.as_another(do)
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.point_at(record, "Email")
    bench.ctrl(Qt.Key.Key_K)
    bench.write_in("quarantine.take_over.reason", "she is on leave")
    bench.click("quarantine.take_over.yes")
    bench.click("quarantine.tab.story")
    story = {event.title: event for event in bench.page.panes.story.thread_.story}
    assert story["Discarded"].lines == ("Test data: looks made up",)
    assert story["Reopened"].lines == ("a person after all",)
    assert story["Taken over"].lines == ("she is on leave",)

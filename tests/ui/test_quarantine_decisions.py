"""Decisions on quarantined records: rehearsed, resubmitted, released, discarded, reopened, claimed, taken by file."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QTableView
from quarantine_harness import HERS, Workbench

from divegov_gui.services.review import claim_records


def only_warned(bench: Workbench) -> list[int]:
    return bench.failing("PHONE_FORMAT")


def sentence(bench: Workbench) -> str:
    dialog = bench.dialog()
    assert dialog is not None
    found = dialog.findChild(QLabel, "quarantine.rehearsal.sentence")
    assert found is not None
    return str(found.text())


def holds(bench: Workbench) -> bool:
    """Whether every batch accounts for every row."""
    return bool(
        bench.one(
            "SELECT min(Loaded_Count = Promoted_Count + Unchanged_Count + Duplicate_Count + Quarantined_Count) "
            "FROM Ingestion_Batch"
        )
    )


def test_a_rehearsal_tells_and_keeps_nothing(bench: Workbench) -> None:
    ready = bench.put_right(2)
    failing = bench.failing("AGE_BELOW_MINIMUM")[:1]
    bench.select(*ready, *failing)
    before = bench.ask("SELECT count(*), max(Batch_ID) FROM Ingestion_Batch")
    bench.ctrl(Qt.Key.Key_Return)
    assert sentence(bench) == "2 pass, 1 still fails (age below minimum)."
    assert bench.ask("SELECT count(*), max(Batch_ID) FROM Ingestion_Batch") == before
    dialog = bench.dialog()
    assert dialog is not None
    names = dialog.findChild(QListWidget, "quarantine.rehearsal.records")
    assert names is not None
    assert [names.item(row).text().split(":")[0] for row in range(names.count())] == [
        f"Record {failing[0]:,}"
    ]
    bench.click("quarantine.rehearsal.cancel")
    assert {bench.status(record) for record in (*ready, *failing)} == {"Open"}


def test_what_passes_is_resubmitted_and_what_fails_stays(bench: Workbench) -> None:
    ready = bench.put_right(2)
    failing = bench.failing("AGE_BELOW_MINIMUM")[:1]
    bench.select(*ready, *failing)
    bench.click("quarantine.resubmit")
    bench.click("quarantine.rehearsal.go")
    assert bench.dialog() is None
    assert [bench.status(record) for record in ready] == ["Released", "Released"]
    assert bench.status(failing[0]) == "Open"
    assert not set(ready) & set(bench.ids())
    assert failing[0] in bench.ids()
    for record in ready:
        assert bench.one(f"SELECT count(*) FROM Diver WHERE Email = '{HERS.format(record)}'") == 1
    assert bench.actions()[-1] == "Resubmit_Records"
    assert holds(bench)
    assert bench.grid.currentIndex().isValid(), "the cursor stays in the list"


def test_all_can_be_sent_and_the_failing_keep_their_new_reasons(bench: Workbench) -> None:
    failing = bench.failing("AGE_BELOW_MINIMUM")[:1]
    bench.select(*failing)
    bench.click("quarantine.resubmit")
    bench.click("quarantine.rehearsal.all")
    assert sentence(bench).startswith("0 passed, 1 still fails (age below minimum).")
    dialog = bench.dialog()
    assert dialog is not None
    names = dialog.findChild(QListWidget, "quarantine.rehearsal.records")
    assert names is not None
    assert names.item(0).text().startswith(f"Record {failing[0]:,}: ")
    bench.click("quarantine.rehearsal.cancel")
    attempts = bench.value(failing[0], "Attempt_Count")
    assert attempts == 2
    assert failing[0] in bench.ids()
    assert "error" in bench.spoken(failing[0], "Date_Of_Birth")


def test_warnings_are_released_with_a_reason_and_errors_never(bench: Workbench) -> None:
    warned, wrong = only_warned(bench)[:2], bench.failing("EMAIL_FORMAT")[:1]
    bench.select(*warned, *wrong)
    bench.click("quarantine.resubmit")
    assert sentence(bench).startswith("0 pass")
    bench.click("quarantine.rehearsal.waive")
    assert sentence(bench).startswith("2 pass, 1 still fails")
    bench.click("quarantine.rehearsal.go")
    dialog = bench.dialog()
    assert dialog is not None
    assert any("Say why" in text for text in bench.texts(dialog))
    bench.write_in("quarantine.rehearsal.reason", "numbers checked by hand")
    bench.click("quarantine.rehearsal.go")
    told = bench.ask(
        "SELECT Status, Resolution_Code, Resolution_Reason FROM Data_Quarantine "
        f"WHERE Quarantine_ID IN ({warned[0]}, {warned[1]})"
    )
    assert told == [("Released", "Released with warning", "numbers checked by hand")] * 2
    assert bench.status(wrong[0]) == "Open"


def test_records_are_discarded_with_a_code_and_reopened_with_a_reason(bench: Workbench) -> None:
    records = bench.failing("EMAIL_FORMAT")[:2]
    bench.select(*records)
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    dialog = bench.dialog()
    assert dialog is not None
    code = dialog.code  # type: ignore[attr-defined]
    code.setCurrentIndex(code.findData("other"))
    bench.click("quarantine.discard_dialog.yes")
    assert bench.dialog() is dialog, "this code needs a word why"
    code.setCurrentIndex(code.findData("test_data"))
    bench.click("quarantine.discard_dialog.yes")
    assert {bench.status(record) for record in records} == {"Discarded"}
    assert not set(records) & set(bench.ids())
    assert bench.focus() is bench.grid

    bench.click("quarantine.facet.status.Discarded")
    bench.click("quarantine.facet.status.Open")
    assert bench.ids() == records
    bench.grid.selectAll()
    bench.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    bench.write_in("quarantine.reopen_dialog.reason", "they are real")
    bench.click("quarantine.reopen_dialog.yes")
    assert {bench.status(record) for record in records} == {"Open"}
    assert bench.actions()[-2:] == ["Discard_Records", "Reopen_Records"]


def test_a_discard_is_taken_back_and_done_again_like_an_edit(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.select(record)
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    bench.click("quarantine.discard_dialog.yes")
    assert bench.status(record) == "Discarded"
    bench.ctrl(Qt.Key.Key_Z)
    assert bench.status(record) == "Open"
    assert record in bench.ids()
    bench.click("quarantine.redo")
    assert bench.status(record) == "Discarded"


def test_all_that_are_ready_are_sent_by_one_key(bench: Workbench) -> None:
    ready = bench.put_right(3)
    bench.key(
        Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, on=bench.grid
    )
    assert sentence(bench) == "3 pass."
    bench.click("quarantine.rehearsal.go")
    assert [bench.status(record) for record in ready] == ["Released"] * 3


def test_where_nothing_is_ready_the_key_says_so_and_asks_nothing(bench: Workbench) -> None:
    bench.key(
        Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, on=bench.grid
    )
    assert bench.dialog() is None
    notice = bench.steward.window.toasts.views[-1].notice
    assert (notice.title, notice.detail) == ("No record to resubmit.", "None that waits is ready yet.")


def test_a_discard_is_refused_where_another_was_faster(bench: Workbench) -> None:
    record = bench.failing("EMAIL_FORMAT")[0]
    bench.as_another(lambda s: claim_records(s, [record]))
    bench.select(record)
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    assert bench.dialog() is None, "there is nothing to ask: it is hers"
    assert bench.status(record) == "Open"
    assert any("berta" in text for text in bench.texts(bench.steward.window))


def test_a_claim_is_shown_and_taken_over_with_a_word(bench: Workbench) -> None:
    mine, hers = bench.ids()[:2]
    bench.as_another(lambda s: claim_records(s, [hers]))
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    at = bench.grid.rows.index(bench.row_of(hers), bench.grid.column_of("quarantine_id"))
    assert "Claimed by berta" in str(at.data(Qt.ItemDataRole.AccessibleTextRole))
    bench.select(mine, hers)
    bench.ctrl(Qt.Key.Key_K)
    dialog = bench.dialog()
    assert dialog is not None
    assert dialog.objectName() == "quarantine.take_over"
    assert any("berta" in text for text in bench.texts(dialog))
    bench.write_in("quarantine.take_over.reason", "she is on leave")
    bench.click("quarantine.take_over.yes")
    owners = {
        row[0] for row in bench.ask("SELECT DISTINCT Claimed_By FROM Data_Quarantine WHERE Claimed_By <> ''")
    }
    assert len(owners) == 1
    assert "berta" not in owners
    bench.select(mine, hers)
    bench.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    assert bench.one("SELECT count(*) FROM Data_Quarantine WHERE Claimed_By IS NOT NULL") == 0


def test_records_go_out_to_a_file_and_come_back_corrected(bench: Workbench, tmp_path: Path) -> None:
    records = bench.failing("EMAIL_FORMAT")[:3]
    bench.select(*records)
    trip = bench.page.desk.decisions.round_trip()
    file = tmp_path / "for the owner.csv"
    trip.write(bench.page.desk.decisions.chosen(), file)
    bench.quiet()
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    email = rows[0].index("Email")
    for row in rows[1:]:
        row[email] = f"owner{row[0]}@dive.example"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    bench.another_edits(records[0], text="meanwhile@dive.example")
    trip.read(file)
    bench.quiet()
    dialog = bench.dialog()
    assert dialog is not None
    table = dialog.findChild(QTableView, "quarantine.import.table")
    assert table is not None
    assert table.model().rowCount() == 3
    assert any("changed since the export" in text for text in bench.texts(dialog))
    bench.click("quarantine.import.apply")
    values = [bench.value(record, "Email") for record in records]
    assert values == ["meanwhile@dive.example", *(f"owner{record}@dive.example" for record in records[1:])]
    assert bench.ask("SELECT Edit_Kind, Record_Count FROM Edit_Group ORDER BY Edit_Group_ID")[-1] == (
        "Import",
        2,
    )


def test_a_correction_that_would_not_pass_is_told_before_it_is_taken(
    bench: Workbench, tmp_path: Path
) -> None:
    records = bench.failing("EMAIL_FORMAT")[:2]
    bench.select(*records)
    trip, file = bench.page.desk.decisions.round_trip(), tmp_path / "corrected.csv"
    trip.write(bench.page.desk.decisions.chosen(), file)
    bench.quiet()
    trip.read(file)
    bench.quiet()
    assert bench.dialog() is None, "there is nothing to be taken over, and nothing to be asked"
    assert "Nothing in corrected.csv is to be taken over." in bench.texts(bench.steward.window)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    email = rows[0].index("Email")
    rows[1][email], rows[2][email] = "owner@dive.example", "still bad"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    trip.read(file)
    bench.quiet()
    table = bench.control("quarantine.import.table")
    assert isinstance(table, QTableView)
    assert [table.model().index(row, 4).data() for row in range(2)] == ["passes", "still fails"]
    said = bench.control("quarantine.import.sums")
    assert isinstance(said, QLabel)
    assert said.text() == "2 records to change · 1 would still fail in what is changed"


def test_where_no_diver_has_the_address_one_record_is_kept_and_the_other_discarded(bench: Workbench) -> None:
    kept, other = bench.failing("LAST_NAME_MISSING")[:2]

    bench.another_edits(kept, other, text="twin@dive.example")
    bench.another_edits(other, column="Last_Name", text="Twin")
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.point_at(kept, "Email")
    bench.ctrl(Qt.Key.Key_M)
    dialog = bench.dialog()
    assert dialog is not None
    assert any("No diver has this email yet" in text for text in bench.texts(dialog))
    bench.click("quarantine.merge.all.0")
    bench.click("quarantine.merge.last_name.1")
    bench.write_in("quarantine.merge.reason", "the same person twice")
    bench.click("quarantine.merge.ok")
    assert bench.dialog() is None
    found = bench.ask(
        "SELECT Status, Last_Name, Resolution_Code FROM Data_Quarantine "
        f"WHERE Quarantine_ID IN ({kept}, {other}) ORDER BY Quarantine_ID = {other}"
    )
    assert found == [("Open", "Twin", None), ("Discarded", "Twin", "duplicate")]


def test_after_a_merge_from_the_button_one_is_back_in_the_list(bench: Workbench) -> None:
    (record, *_) = bench.failing("DUPLICATE_IN_BATCH")
    bench.point_at(record, "Email")
    bench.click("quarantine.compare")
    bench.write_in("quarantine.merge.reason", "the same person")
    bench.click("quarantine.merge.ok")
    assert bench.dialog() is None
    assert record not in bench.ids()
    assert bench.grid.hasFocus()

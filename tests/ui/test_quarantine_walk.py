"""One steward's morning: from a dirty arrival to a resubmission, by clicks and keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from driving import fill
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QTableView
from pytestqt.qtbot import QtBot
from quarantine_harness import Workbench

from divegov_gui.ui.widgets import ConservationMeter

SUGGESTED = ("EMAIL_FORMAT", "DOB_FORMAT", "PHONE_FORMAT", "CERTIFICATION_UNKNOWN", "NAME_CHARACTERS")


def test_a_morning_of_a_steward(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    bench = _arrive(qtbot, open_on, tmp_path)
    arrived = bench.one("SELECT count(*) FROM Data_Quarantine")
    assert arrived > 50
    assert bench.count() == f"{arrived} records wait"

    typed = _fix_by_typing(bench)
    suggested = _fix_by_a_suggestion(bench)
    others = _fix_the_others_like_this(bench)
    merged, diver = _merge_a_duplicate(bench)
    discarded = _discard(bench)
    undone = _undo_one(bench)
    passed = _rehearse_and_resubmit(bench, [typed, suggested, *others], undone)

    assert bench.status(merged) == "Merged"
    assert bench.one(f"SELECT count(*) FROM Diver_History WHERE Diver_ID = {diver}") == 1
    assert bench.status(discarded) == "Discarded"
    left = bench.one("SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'")
    assert left == arrived - len(passed) - 2

    _overview_balances(bench, left)
    told = set(bench.ask("SELECT Action, json_extract(Detail, '$.kind') FROM Steward_Action"))
    for kind in ("Edit", "Suggestion", "Bulk", "Undo"):
        assert ("Edit_Records", kind) in told
    for action in ("Govern_Batch", "Merge_Record", "Discard_Records", "Resubmit_Records"):
        assert action in {name for name, _ in told}
    emails = [row[0] for row in bench.ask("SELECT Email FROM Diver UNION SELECT Email FROM Data_Quarantine")]
    log = " ".join(row[0] for row in bench.ask("SELECT Detail FROM Steward_Action"))
    assert not any(email and len(email) > 6 and email in log for email in emails), (
        "no personal data in the log"
    )


def _arrive(qtbot: QtBot, open_on: Any, tmp_path: Path) -> Workbench:
    """A thousand generated divers, a quarter of them dirty, come in by the page Ingest."""
    path = fill(tmp_path / "harbour.db")
    steward = open_on(path)
    bench = Workbench(qtbot, steward, path)
    steward.window.go_to("ingest")
    bench.quiet()
    for name, value in (("ingest.rows", "1000"), ("ingest.dirty", "25")):
        field = bench.control(name)
        assert isinstance(field, QAbstractSpinBox)
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, value)
        qtbot.keyClick(field, Qt.Key.Key_Tab)
    bench.click("ingest.start")
    bench.quiet()
    assert bench.one("SELECT Loaded_Count FROM Ingestion_Batch") == 1000
    steward.window.go_to("quarantine")
    bench.quiet()
    return bench


def _fix_by_typing(bench: Workbench) -> int:
    record = bench.failing("EMAIL_MISSING")[0]
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type("typed.by.hand@dive.example")
    bench.key(Qt.Key.Key_Return)
    assert bench.mask(record) == 0
    return record


def _fix_by_a_suggestion(bench: Workbench) -> int:
    for record in bench.failing("EMAIL_FORMAT"):
        bench.point_at(record, "Email")
        if bench.page.desk.suggesting.suggestions:
            bench.ctrl(Qt.Key.Key_Period)
            assert bench.mask(record) == 0
            return record
    raise AssertionError("no suggestion for any address")


def _fix_the_others_like_this(bench: Workbench) -> list[int]:
    for record in [r for rule in SUGGESTED for r in bench.failing(rule)]:
        bench.point_at(record, "First_Name")
        if not bench.page.desk.suggesting.suggestions:
            continue
        bench.ctrl(Qt.Key.Key_L)
        dialog = bench.dialog()
        assert dialog is not None
        table = dialog.findChild(QTableView, "quarantine.bulk.table")
        assert table is not None
        if table.model().rowCount() < 2:
            bench.click("quarantine.bulk.cancel")
            continue
        bench.write_in("quarantine.bulk.reason", "the same slip everywhere")
        bench.click("quarantine.bulk.apply")
        rows = bench.ask(
            "SELECT DISTINCT Quarantine_ID FROM Quarantine_Revision AS r JOIN Edit_Group USING (Edit_Group_ID) "
            "WHERE Edit_Kind = 'Bulk'"
        )
        fixed = [row[0] for row in rows]
        assert len(fixed) > 1
        return [each for each in fixed if bench.mask(each) == 0]
    raise AssertionError("no group of two")


def _merge_a_duplicate(bench: Workbench) -> tuple[int, int]:
    """The record's phone survives, the rest is the diver's."""
    for record in bench.failing("DUPLICATE_IN_BATCH"):
        bench.point_at(record, "Email")
        bench.click("quarantine.compare")
        dialog = bench.dialog()
        assert dialog is not None
        sides = dialog._sides  # type: ignore[attr-defined]
        if sides.diver is None or "Certification" not in sides.differing():
            bench.click("quarantine.merge.cancel")
            continue
        bench.click("quarantine.merge.certification.1")
        bench.click("quarantine.merge.ok")
        assert any("Say why" in text for text in bench.texts(dialog))
        bench.write_in("quarantine.merge.reason", "the same person, newer card")
        bench.click("quarantine.merge.ok")
        assert bench.dialog() is None
        return record, sides.diver.key
    raise AssertionError("no duplicate with a diver")


def _discard(bench: Workbench) -> int:
    record = bench.failing("AGE_BELOW_MINIMUM")[0]
    bench.point_at(record, "Email")
    bench.key(Qt.Key.Key_Delete, on=bench.grid)
    bench.click("quarantine.discard_dialog.yes")
    return record


def _undo_one(bench: Workbench) -> int:
    record = bench.failing("LAST_NAME_MISSING")[0]
    before = bench.value(record, "Last_Name")
    bench.point_at(record, "Last_Name")
    bench.key(Qt.Key.Key_F2, on=bench.grid)
    bench.type("Mistake")
    bench.key(Qt.Key.Key_Return)
    assert bench.mask(record) == 0
    bench.ctrl(Qt.Key.Key_Z)
    assert bench.value(record, "Last_Name") == before
    return record


def _rehearse_and_resubmit(bench: Workbench, mended: list[int], undone: int) -> list[int]:
    """Everything is sent to the rehearsal; what would pass is sent in earnest."""
    ready = bench.open_ids("Failed_Checks = 0")
    assert set(mended) <= set(ready)
    assert undone not in ready
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.grid.setFocus()
    bench.ctrl(Qt.Key.Key_A)
    assert "all selected" in bench.count()
    bench.ctrl(Qt.Key.Key_Return)
    dialog = bench.dialog()
    assert dialog is not None
    said = dialog.findChild(QLabel, "quarantine.rehearsal.sentence")
    assert said is not None
    assert f"{len(ready)} pass" in said.text()
    assert "still fail" in said.text()
    bench.click("quarantine.rehearsal.go")
    assert bench.dialog() is None
    passed = [
        row[0]
        for row in bench.ask("SELECT Quarantine_ID FROM Data_Quarantine WHERE Status = 'Released' ORDER BY 1")
    ]
    assert passed == ready
    assert not set(passed) & set(bench.ids())
    return passed


def _overview_balances(bench: Workbench, left: int) -> None:
    bench.steward.window.go_to("overview")
    bench.quiet()
    overview = bench.steward.window.page("overview")
    meters = [meter for meter in overview.findChildren(ConservationMeter) if meter.isVisible()]
    assert meters
    for meter in meters:
        assert meter.counts.holds, meter.counts.sentence
    shown = " ".join(bench.texts(overview))
    assert f"{left} records wait" in shown or str(left) in shown

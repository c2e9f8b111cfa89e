"""Quarantine: every rejected record can be found, and every reason of it be read."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from driving import ask, cells, click, click_row, fill, find, quiet, texts
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QTableView
from pytestqt.qtbot import QtBot

from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GenerationRequest
from divegov_gui.services.quarantine import QueueFilter, read_queue, read_records
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked, masked_payload


def opened(open_on: Any, path: Path) -> Any:
    steward = open_on(path)
    steward.window.go_to("quarantine")
    quiet(steward)
    return steward


def grid(steward: Any) -> QTableView:
    return find(steward, "quarantine.grid", QTableView)


def open_ids(path: Path, where: str = "1") -> list[int]:
    rows = ask(
        path, f"SELECT Quarantine_ID FROM Data_Quarantine WHERE Status = 'Open' AND {where} ORDER BY 1"
    )
    return [int(str(row[0])) for row in rows]


def shown_ids(steward: Any) -> list[int]:
    model = grid(steward).model()
    return [model.key_at(row) for row in range(model.rowCount())]


def choose(qtbot: QtBot, steward: Any, name: str, value: object) -> None:
    """Choose in a combo box by keyboard."""
    box = find(steward, name, QComboBox)
    box.setFocus()
    target = box.findData(value)
    while box.currentIndex() != target:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < target else Qt.Key.Key_Up)
        quiet(steward)
        target = box.findData(value)


def test_every_open_record_is_listed_and_counted(open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    ids = open_ids(workspace)
    assert shown_ids(steward) == ids
    assert find(steward, "quarantine.count", QLabel).text() == f"{len(ids):,} records wait"


def test_the_page_says_what_is_still_to_come(open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    said = [text for text in texts(steward.window.page("quarantine")) if "review workbench" in text]
    assert len(said) == 1


def test_a_rule_narrows_the_list(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "quarantine.rule", "EMAIL_FORMAT")
    wanted = open_ids(
        workspace,
        "Quarantine_ID IN (SELECT Quarantine_ID FROM Quarantine_Violation WHERE Rule_Code = 'EMAIL_FORMAT')",
    )
    assert wanted
    assert shown_ids(steward) == wanted
    whole = len(open_ids(workspace))
    assert find(steward, "quarantine.count", QLabel).text() == f"{len(wanted)} of {whole} records"
    click(qtbot, steward, "quarantine.clear")
    quiet(steward)
    assert len(shown_ids(steward)) == whole
    assert not find(steward, "quarantine.clear").isVisible()


def test_a_batch_narrows_the_list_and_a_rule_with_it(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "quarantine.batch", 2)
    assert shown_ids(steward) == open_ids(workspace, "Batch_ID = 2")
    steward.window.page("quarantine").aim_at(rule="EMAIL_MISSING", batch_id=2)
    quiet(steward)
    assert shown_ids(steward) == open_ids(
        workspace,
        "Batch_ID = 2 AND Quarantine_ID IN "
        "(SELECT Quarantine_ID FROM Quarantine_Violation WHERE Rule_Code = 'EMAIL_MISSING')",
    )


def test_an_aim_without_records_says_so(open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    steward.window.page("quarantine").aim_at(rule="NO_SUCH_RULE")
    quiet(steward)
    assert shown_ids(steward) == []
    assert find(steward, "quarantine.rule", QComboBox).currentText() == "NO_SUCH_RULE"
    assert "No record selected" in texts(steward.window.page("quarantine"))


def test_all_reasons_of_a_record_are_told_with_what_was_seen(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    ((record,),) = ask(
        workspace,
        "SELECT Quarantine_ID FROM Quarantine_Violation GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    )
    steward = opened(open_on, workspace)
    row = shown_ids(steward).index(int(str(record)))
    click_row(qtbot, grid(steward), row, 1)
    quiet(steward)
    reasons = ask(
        workspace,
        "SELECT Wording, Hint, Rule_Code, Severity, Observed_Value, Column_Name FROM Quarantine_Reasons "
        f"WHERE Quarantine_ID = {record}",
    )
    assert len(reasons) > 1
    said = texts(steward.window.page("quarantine"))
    for wording, hint, code, severity, observed, column in reasons:
        assert wording in said
        assert hint in said
        assert f"{code} · {severity}" in said
        seen = "as it arrived" if column == "Payload" else str(observed or "nothing was given")[:40]
        assert any(seen in text for text in said)


def test_the_record_is_shown_as_it_arrived(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    table = grid(steward)
    payload = find(steward, "quarantine.payload", QPlainTextEdit)
    for _ in range(3):
        record = table.model().key_at(table.currentIndex().row())
        ((verbatim,),) = ask(workspace, f"SELECT Payload FROM Data_Quarantine WHERE Quarantine_ID = {record}")
        assert payload.toPlainText() == verbatim
        qtbot.keyClick(table, Qt.Key.Key_Down)
        quiet(steward)


def test_a_cell_that_failed_is_marked_by_a_sign_and_a_word_and_in_colour(
    open_on: Any, workspace: Path
) -> None:
    steward = opened(open_on, workspace)
    steward.window.page("quarantine").aim_at(rule="EMAIL_MISSING")
    quiet(steward)
    table = grid(steward)
    at = next(i for i in range(9) if table.model().headerData(i, Qt.Orientation.Horizontal) == "Email")
    assert cells(table, 0)[at] == "missing"
    tip = table.model().index(0, at).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("Email is missing")
    table.scrollTo(table.model().index(1, at))
    place = table.visualRect(table.model().index(1, at))
    image: QImage = table.viewport().grab(place).toImage()
    colours = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    assert theme.current().colors.danger.soft.lower() in colours


def test_records_can_be_turned_newest_first(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    table = grid(steward)
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    quiet(steward)
    assert shown_ids(steward) == open_ids(workspace)[::-1]


def test_the_place_in_the_list_is_kept_when_one_comes_back(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = opened(open_on, workspace)
    click_row(qtbot, grid(steward), 7, 1)
    quiet(steward)
    steward.window.go_to("overview")
    steward.window.go_to("quarantine")
    quiet(steward)
    assert grid(steward).currentIndex().row() == 7


def test_an_empty_queue_and_an_empty_workspace_say_what_to_do(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    clean = opened(open_on, fill(tmp_path / "clean.db", GenerationRequest(40, dirty=0)))
    assert "No record waits" in texts(clean.window.page("quarantine"))
    new = opened(open_on, tmp_path / "new.db")
    assert "Nothing is deployed yet" in texts(new.window.page("quarantine"))
    click(qtbot, new, "quarantine.deploy")
    assert new.window.current_key == "deploy"


def test_a_page_of_many_records_is_fetched_by_its_ids(tmp_path: Path) -> None:
    path = fill(tmp_path / "many.db", GenerationRequest(30_000, dirty=0.5))
    with Workspace(path).open_session() as session:  # type: ignore[attr-defined]
        queue = read_queue(session, QueueFilter())
        assert list(queue.ids) == open_ids(path)
        began = time.perf_counter()
        whole = read_queue(session, QueueFilter())
        listing = time.perf_counter() - began
        began = time.perf_counter()
        page = read_records(session, whole.ids[12_000:12_200])
        assert time.perf_counter() - began < max(0.2, listing)
    assert [record.quarantine_id for record in page] == list(queue.ids[12_000:12_200])
    assert all(record.reasons for record in page)


def test_reasons_of_the_last_attempt_count_and_older_ones_do_not(workspace: Path) -> None:
    ((record,),) = ask(workspace, "SELECT min(Quarantine_ID) FROM Data_Quarantine")
    with Workspace(workspace).open_session() as session:  # type: ignore[attr-defined]
        (before,) = read_records(session, [int(str(record))])
        codes = {reason.code for reason in before.reasons}
        for code in codes:
            assert record in read_queue(session, QueueFilter(rule=code)).ids


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
    assert "anna" not in masked_payload('{"email": "anna@dive.example"')

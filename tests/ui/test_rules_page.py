"""Rules: what each asks and does, trying a change out, saving it with a reason, and judging again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import ask, cells, click, click_row, clipped, find, quiet, texts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QSpinBox, QTableView
from pytestqt.qtbot import QtBot

from divegov_gui.services.connections import Workspace
from divegov_gui.services.rules import RuleSettings, read_rules, save_rule
from divegov_gui.ui.context import QUARANTINE
from divegov_gui.ui.widgets import SqlView


def opened(open_on: Any, path: Path) -> Any:
    """The page, for the role that may change rules."""
    steward = open_on(Workspace(path, role="compliance_officer"))
    steward.window.go_to("rules")
    quiet(steward)
    return steward


def choose(qtbot: QtBot, steward: Any, words: str) -> None:
    table = find(steward, "rules.table", QTableView)
    rows = [cells(table, row)[1] for row in range(table.model().rowCount())]
    click_row(qtbot, table, next(i for i, each in enumerate(rows) if each.startswith(words)))
    quiet(steward)


def tick(qtbot: QtBot, steward: Any) -> None:
    box = find(steward, "rules.enabled", QCheckBox)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(14, box.height() // 2))


def test_every_rule_is_listed_with_what_it_did(open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    table = find(steward, "rules.table", QTableView)
    rows = [cells(table, row) for row in range(table.model().rowCount())]
    counts = dict(
        ask(
            workspace,
            "SELECT r.Wording, count(DISTINCT v.Quarantine_ID) FROM Quality_Rule r LEFT JOIN Quarantine_Violation v "
            "USING (Rule_Code) GROUP BY r.Rule_Code",
        )
    )
    assert len(rows) == 18
    assert {row[1].partition(" (")[0].strip(): int(row[3]) for row in rows} == {
        str(wording).partition(" (")[0]: count for wording, count in counts.items()
    }
    assert {row[0] for row in rows} == {"Error", "Warning"}


def test_the_selected_rule_is_told_with_its_sql_and_its_history(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "Phone is not")
    sql = find(steward, "rules.sql", SqlView)
    assert "PHONE_FORMAT" in sql.document().findBlockByNumber(sql.marked_line - 1).text()
    told = texts(find(steward, "rules"))
    assert "PHONE_FORMAT" in told
    assert any("Static data" in text for text in told)


def test_a_change_is_tried_out_then_saved_with_a_reason(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    told: list[object] = []
    steward.context.changed.connect(told.append)
    choose(qtbot, steward, "Phone is not")
    assert not find(steward, "rules.try").isEnabled()
    tick(qtbot, steward)
    click(qtbot, steward, "rules.try")
    quiet(steward)
    ready = ask(workspace, "SELECT count(*) FROM Data_Quarantine WHERE Failed_Checks = 512")[0][0]
    assert ready
    assert any(text.startswith(f"{ready} waiting record") for text in texts(find(steward, "rules.effect")))
    assert ask(workspace, "SELECT Is_Enabled FROM Quality_Rule WHERE Rule_Code = 'PHONE_FORMAT'") == [(1,)]

    click(qtbot, steward, "rules.save")
    assert any(text.startswith("Say why") for text in texts(find(steward, "rules")))
    qtbot.keyClicks(find(steward, "rules.reason", QLineEdit), "Phones are optional now")
    click(qtbot, steward, "rules.save")
    quiet(steward)
    assert ask(
        workspace, "SELECT Is_Enabled, Change_Reason FROM Quality_Rule WHERE Rule_Code = 'PHONE_FORMAT'"
    ) == [(0, "Phones are optional now")]
    assert ask(
        workspace, "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open' AND Failed_Checks = 0"
    ) == [(ready,)]
    assert ask(workspace, "SELECT count(*) FROM Data_Quarantine WHERE Status <> 'Open'") == [(0,)]
    assert frozenset({QUARANTINE}) in told
    assert any("Phones are optional now" in text for text in texts(find(steward, "rules")))


def test_another_threshold_names_the_divers_it_would_touch(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "Diver is younger")
    field = find(steward, "rules.threshold", QSpinBox)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "40")
    click(qtbot, steward, "rules.try")
    quiet(steward)
    assert any(
        "promoted diver" in text and "would fail" in text for text in texts(find(steward, "rules.effect"))
    )
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert not find(steward, "rules.effect").isVisible(), "the effect belongs to another threshold"
    assert not find(steward, "rules.save").isVisible()


def test_a_rule_that_keeps_the_tables_sound_cannot_be_changed(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "Email is missing")
    assert find(steward, "rules.locked").isVisible()
    assert not find(steward, "rules.try").isVisible()


def test_whoever_is_slower_is_told_and_sees_the_newest(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "Phone is not")
    box = find(steward, "rules.enabled", QCheckBox)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    click(qtbot, steward, "rules.try")
    quiet(steward)
    with steward.context.workspace.open_session() as other:
        phone = next(rule for rule in read_rules(other) if rule.code == "PHONE_FORMAT")
        save_rule(other, phone, RuleSettings("error", None, True), "Stricter")
    qtbot.keyClicks(find(steward, "rules.reason", QLineEdit), "Off")
    click(qtbot, steward, "rules.save")
    quiet(steward)
    assert any("was changed by" in text for text in texts(find(steward, "rules.problem")))
    assert any("Stricter" in text for text in texts(find(steward, "rules")))


def test_a_steward_may_try_but_not_save_and_is_told_why(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(Workspace(workspace, role="data_steward"))
    steward.window.go_to("rules")
    quiet(steward)
    choose(qtbot, steward, "Phone is not")
    tick(qtbot, steward)
    click(qtbot, steward, "rules.try")
    quiet(steward)
    assert find(steward, "rules.effect").isVisible()
    assert not find(steward, "rules.save").isVisible()
    assert "compliance officers" in find(steward, "rules.not_yours", QLabel).text()
    assert find(steward, "rules.not_yours").isVisible()
    assert ask(workspace, "SELECT Is_Enabled FROM Quality_Rule WHERE Rule_Code = 'PHONE_FORMAT'") == [(1,)]


def test_what_waits_is_judged_again_and_nobody_is_let_in(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    divers = ask(workspace, "SELECT count(*) FROM Diver")
    click(qtbot, steward, "rules.retest")
    quiet(steward)
    assert "judged again" in steward.window.toasts.views[-1].notice.title
    assert ask(workspace, "SELECT count(*) FROM Diver") == divers


def test_the_open_records_of_a_rule_are_one_click_away(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    choose(qtbot, steward, "Phone is not")
    click(qtbot, steward, "rules.open")
    quiet(steward)
    assert steward.window.current_key == "quarantine"


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
def test_nothing_is_cut_off(qtbot: QtBot, open_on: Any, workspace: Path, size: tuple[int, int]) -> None:
    steward = opened(open_on, workspace)
    steward.window.resize(*size)
    choose(qtbot, steward, "Diver is younger")
    find(steward, "rules.threshold", QSpinBox).setValue(30)
    click(qtbot, steward, "rules.try")
    quiet(steward)
    assert clipped(steward.window) == []


def test_where_nothing_is_deployed_it_says_so_and_leads_to_deploy(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    steward = open_on(tmp_path / "new.db")
    steward.window.go_to("rules")
    quiet(steward)
    assert "Nothing is deployed yet" in texts(steward.window.page("rules"))
    assert steward.window.banners.views == ()
    click(qtbot, steward, "rules.deploy")
    assert steward.window.current_key == "deploy"

"""Overview: what became of every record, in the database's own numbers; and a way in for newcomers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import (
    ask,
    cells,
    click,
    click_row,
    click_tab,
    clipped,
    fill,
    find,
    own_scripts,
    quiet,
    shortened,
    texts,
)
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar, QTableView
from pytestqt.qtbot import QtBot

from divegov_gui.core.errors import Cancelled
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.quality import DefectScore, Score
from divegov_gui.services.review import discard_records, resubmit_records
from divegov_gui.services.rules import read_rules, save_rule
from divegov_gui.ui.pages.overview.replay_dialog import ReplayDialog
from divegov_gui.ui.pages.overview.turn_list import TurnList
from divegov_gui.ui.pages.overview.words import score_text
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import ConservationMeter, DataTable, RuleBars, SortChoice, StatTile
from divegov_gui.ui.widgets.chart import Chart
from divegov_gui.ui.widgets.list_table import ListTable

SUMS = (
    "SELECT sum(Loaded_Count), sum(Promoted_Count), sum(Unchanged_Count), sum(Duplicate_Count), "
    "sum(Quarantined_Count)"
)


def meter(steward: Any) -> tuple[int, ...]:
    counts = find(steward, "overview.meter", ConservationMeter).counts
    assert counts is not None
    return counts.loaded, counts.promoted, counts.unchanged, counts.duplicate, counts.quarantined


def words(steward: Any) -> str:
    return find(steward, "overview.next_words", QLabel).text()


def test_a_newcomer_needs_one_click(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    steward = open_on(path)
    assert "This workspace is new" in texts(steward.window.page("overview"))
    click(qtbot, steward, "overview.demo")
    assert find(steward, "overview.progress").isVisible()
    assert not find(steward, "overview.demo").isEnabled()
    quiet(steward)
    assert not find(steward, "overview.progress").isVisible()
    assert meter(steward) == (1000, *ask(path, SUMS + " FROM Ingestion_Batch")[0][1:])
    assert ask(path, "SELECT count(*) FROM Schema_Script") == [(6,)]
    assert steward.window.toasts.views[-1].notice.title == "The demo is ready."


def test_stopping_the_demo_loses_nothing_and_offers_it_again(
    qtbot: QtBot, open_on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise Cancelled()

    monkeypatch.setattr("divegov_gui.services.ingestion.ingest", stopped)
    steward = open_on(tmp_path / "new.db")
    click(qtbot, steward, "overview.demo")
    quiet(steward)
    assert "Nothing has arrived yet" in texts(steward.window.page("overview"))
    assert find(steward, "overview.demo").isEnabled()
    assert steward.window.toasts.views[-1].notice.title == "Stopped."


def test_an_empty_workspace_offers_to_deploy(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    steward = open_on(tmp_path / "new.db")
    click(qtbot, steward, "overview.deploy")
    assert steward.window.current_key == "deploy"


def test_a_deployed_workspace_without_batches_leads_to_ingest(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    steward = open_on(fill(tmp_path / "bare.db"))
    assert "Nothing has arrived yet" in texts(steward.window.page("overview"))
    click(qtbot, steward, "overview.ingest")
    assert steward.window.current_key == "ingest"


def test_a_deployment_that_is_not_finished_is_said(open_on: Any, tmp_path: Path, workspace: Path) -> None:
    scripts = own_scripts(tmp_path / "scripts")
    (scripts / "07_site.sql").write_text("-- 07_site.sql: what this site adds.\nSELECT 1;\n")
    steward = open_on(workspace, scripts)
    assert "The deployment is not finished" in texts(steward.window.page("overview"))


def test_a_workspace_of_older_scripts_leads_to_deploy(open_on: Any, workspace: Path) -> None:
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute("DROP VIEW Workspace_Summary")
        raw.execute("CREATE VIEW Workspace_Summary AS SELECT 1 AS Diver_Count")
    steward = open_on(workspace)
    shown = texts(steward.window.page("overview"))
    assert "harbour.db was made by older scripts." in shown
    assert any(text.startswith("Open Deploy, or run divegov deploy") for text in shown)


def test_the_numbers_are_the_databases(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    (sums,) = ask(workspace, SUMS + " FROM Ingestion_Batch WHERE Status = 'Governed'")
    assert meter(steward) == sums
    for tile, question in {
        "overview.divers": "SELECT count(*) FROM Diver",
        "overview.quarantine_open": "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'",
        "overview.history_rows": "SELECT count(*) FROM Diver_History",
        "overview.batch_count": "SELECT count(*) FROM Ingestion_Batch",
    }.items():
        assert find(steward, tile, StatTile).value_text == f"{ask(workspace, question)[0][0]:,}"
    loaded, *parts = sums
    names = ("promoted", "unchanged", "duplicate", "quarantined")
    told = " + ".join(f"{count:,} {name}" for count, name in zip(parts, names, strict=True))
    assert find(steward, "overview.equation", QLabel).text() == f"{loaded:,} loaded = {told}"
    rules = [(rule.code, rule.count) for rule in find(steward, "overview.rules", RuleBars).rules]
    failing = ask(
        workspace,
        "SELECT c.Rule_Code, count(DISTINCT q.Quarantine_ID) FROM Data_Quarantine q JOIN Rule_Check c "
        "ON q.Failed_Checks & c.Check_Bit WHERE q.Status = 'Open' GROUP BY 1 ORDER BY 2 DESC, 1",
    )
    assert rules == failing[: len(rules)]
    left = len(failing) - len(rules)
    assert find(steward, "overview.all_rules", QPushButton).text() == f"{left} more in Rules"


def test_what_stewards_send_again_does_not_arrive_once_more(open_on: Any, workspace: Path) -> None:
    ((version,),) = ask(workspace, "SELECT Record_Version FROM Data_Quarantine WHERE Quarantine_ID = 1")
    with Workspace(workspace).open_session() as session:  # type: ignore[attr-defined]
        resubmit_records(session, [(1, int(str(version)))])
        discard_records(session, [(2, 1)], "test_data", None)
    steward = open_on(workspace)
    assert meter(steward)[0] == 520
    assert find(steward, "overview.batch_count", StatTile).value_text == "3"
    assert find(steward, "overview.where.discarded", QLabel).text() == "1"
    ((failing,),) = ask(workspace, "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'")
    assert find(steward, "overview.where.failing", QLabel).text() == f"{failing:,}"


def test_a_place_of_the_quarantined_leads_to_its_records(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    with Workspace(workspace).open_session() as session:  # type: ignore[attr-defined]
        discard_records(session, [(2, 1), (3, 1)], "test_data", None)
    steward = open_on(workspace)
    click(qtbot, steward, "overview.show_discarded")
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    assert find(steward, "quarantine.grid", QTableView).model().rowCount() == 2


def test_a_high_window_shows_the_newest_batches_and_opens_one(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    steward.window.resize(1280, 800)
    quiet(steward)
    assert not any(chart.isVisible() for chart in steward.window.findChildren(Chart))
    steward.window.resize(1920, 1080)
    quiet(steward)
    newest = find(steward, "overview.newest", Chart)
    assert newest.isVisible()
    shown = [(mark.key, mark.cells[2], mark.cells[3]) for mark in newest.data.drawn]
    assert shown == ask(
        workspace,
        "SELECT Batch_ID, count(*), sum(Outcome = 'Quarantined') FROM Raw_Record JOIN Record_Outcome USING (Raw_ID) "
        "GROUP BY 1 ORDER BY 1 DESC",
    )
    qtbot.mouseClick(newest, Qt.MouseButton.LeftButton, pos=newest.place_of(1).toPoint())
    quiet(steward)
    assert find(steward, "overview.batch_title", QLabel).text().startswith("Batch 1 · ")


def test_every_batch_is_checked_against_its_records(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    assert (
        find(steward, "overview.balance", QLabel)
        .text()
        .startswith("Checked against the records of 2 batches")
    )
    assert not find(steward, "overview.alarm").isVisible()


def test_an_imbalance_is_an_alarm_that_leads_to_the_batch(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute("DELETE FROM Record_Outcome WHERE Raw_ID = (SELECT max(Raw_ID) FROM Raw_Record)")
    steward = open_on(workspace)
    assert find(steward, "overview.alarm").isVisible()
    assert words(steward) == "Alarm: 1 batch does not add up."
    assert find(steward, "overview.alarm_detail", QLabel).text().startswith("Batch 2: 1 fewer ")
    click(qtbot, steward, "overview.alarm_batch")
    quiet(steward)
    assert find(steward, "overview.batch_title", QLabel).text().startswith("Batch 2 · ")


def test_what_is_known_to_be_sound_is_not_counted_at_every_look_but_when_asked(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute("DELETE FROM Record_Outcome WHERE Raw_ID = (SELECT max(Raw_ID) FROM Raw_Record)")
    turn_to(qtbot, steward, "Batches")
    turn_to(qtbot, steward, "Now")
    assert (
        find(steward, "overview.balance", QLabel)
        .text()
        .startswith("Checked against the records of 2 batches")
    )
    click(qtbot, steward, "overview.refresh")
    quiet(steward)
    assert find(steward, "overview.alarm").isVisible()
    turn_to(qtbot, steward, "Batches")
    turn_to(qtbot, steward, "Now")
    assert find(steward, "overview.alarm").isVisible()


def turn_to(qtbot: QtBot, steward: Any, title: str) -> None:
    """Click a view's tab."""
    bar = find(steward, "overview.views", QTabBar)
    at = next(i for i in range(bar.count()) if bar.tabText(i) == title)
    click_tab(qtbot, steward, "overview.views", at)
    quiet(steward)


def open_batch(qtbot: QtBot, steward: Any, row: int) -> None:
    """Turn to the list and open the batch in `row` by keyboard."""
    turn_to(qtbot, steward, "Batches")
    table = find(steward, "overview.batches", QTableView)
    click_row(qtbot, table, row)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    quiet(steward)


@pytest.mark.parametrize("size", [(1024, 768), (1280, 800), (1920, 1080)], ids=str)
def test_the_sources_of_batches_are_read_whole(
    qtbot: QtBot, open_on: Any, workspace: Path, size: tuple[int, int]
) -> None:
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute(
            "UPDATE Ingestion_Batch SET Source_Name = '1,000,000 synthetic divers (seed 7, 5 % dirty)', "
            "Declared_Count = 1000000, Loaded_Count = 1000000, "
            "Promoted_Count = Promoted_Count + 1000000 - Loaded_Count WHERE Batch_ID = 1"
        )
    steward = open_on(workspace)
    steward.window.resize(*size)
    turn_to(qtbot, steward, "Batches")
    table = find(steward, "overview.batches", QTableView)
    assert [shortened(table, row) for row in (0, 1)] == [[], []]
    left = table.columnViewportPosition(5)
    assert left + table.columnWidth(5) - 10 <= table.viewport().width(), (
        "how many are quarantined is in sight"
    )


def test_batches_are_listed_newest_first_in_local_time_with_utc_on_hover(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    turn_to(qtbot, steward, "Batches")
    table = find(steward, "overview.batches", QTableView)
    (row,) = ask(
        workspace,
        "SELECT Source_Name, Received_At, Loaded_Count, Promoted_Count, Quarantined_Count, "
        "100 - 100.0 * Quarantined_Count / Loaded_Count, Unchanged_Count, Duplicate_Count "
        "FROM Ingestion_Batch WHERE Batch_ID = 2",
    )
    source, received, loaded, promoted, quarantined, right, unchanged, duplicate = row
    assert cells(table, 0) == [
        *("2", source, local_time(str(received))),
        *(f"{count:,}" for count in (loaded, promoted, quarantined)),
        f"{right:.1f} %",
        *(f"{count:,}" for count in (unchanged, duplicate)),
        *("Synthetic", "Governed"),
    ]
    assert cells(table, 1)[0] == "1"
    tip = table.model().index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert str(received)[:19] + " UTC" in tip


def test_the_list_is_searched_and_sorted(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    turn_to(qtbot, steward, "Batches")
    table = find(steward, "overview.batches", DataTable)
    table.sort_requested.emit(SortChoice("loaded", False))
    quiet(steward)
    assert [cells(table, row)[0] for row in range(2)] == ["1", "2"]
    qtbot.keyClicks(find(steward, "overview.batch_search"), "seed 8")
    qtbot.waitUntil(lambda: table.model().rowCount() == 1)
    quiet(steward)
    assert cells(table, 0)[0] == "2"
    assert find(steward, "overview.batches_note", QLabel).text() == "1 batch"


def test_an_opened_batch_shows_its_own_numbers_score_and_matrix(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    open_batch(qtbot, steward, 1)
    counts = find(steward, "overview.batch.meter", ConservationMeter).counts
    assert counts is not None
    (sums,) = ask(workspace, SUMS + " FROM Ingestion_Batch WHERE Batch_ID = 1")
    assert (counts.loaded, counts.promoted, counts.unchanged, counts.duplicate, counts.quarantined) == sums
    assert "0 defects missed, 0 clean records rejected" in find(steward, "overview.score", QLabel).text()
    rules = {rule.code: rule.count for rule in find(steward, "overview.batch_rules", RuleBars).rules}
    assert rules == dict(
        ask(workspace, "SELECT Rule_Code, Record_Count FROM Batch_Rule_Count WHERE Batch_ID = 1")
    )
    matrix = find(steward, "overview.matrix", ListTable)
    injected = dict(
        ask(workspace, "SELECT Defect_Code, count(*) FROM Injected_Defect WHERE Batch_ID = 1 GROUP BY 1")
    )
    shown = {
        row.code: (row.injected, row.found, row.missed) for row in matrix.list if row.code != "CLEAN_RECORD"
    }
    assert shown == {code: (count, count, 0) for code, count in injected.items()}
    click(qtbot, steward, "overview.all_batches")
    quiet(steward)
    assert find(steward, "overview.batches", QTableView).isVisible()


def test_an_opened_batch_stays_open_when_the_page_is_read_anew(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    open_batch(qtbot, steward, 1)
    click(qtbot, steward, "overview.refresh")
    quiet(steward)
    assert find(steward, "overview.batch_title", QLabel).text().startswith("Batch 1 · ")


def show_records(qtbot: QtBot, steward: Any, batch_row: int) -> DataTable:
    open_batch(qtbot, steward, batch_row)
    click_tab(qtbot, steward, "overview.batch_tabs", 1)
    quiet(steward)
    return find(steward, "overview.records", DataTable)


def test_every_record_is_shown_with_its_outcome_and_where_it_went(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    table = show_records(qtbot, steward, 1)
    rows = ask(
        workspace,
        "SELECT r.Source_Row, o.Outcome, coalesce('Record ' || o.Quarantine_ID, 'Diver ' || o.Diver_ID), "
        "coalesce(r.First_Name, '') FROM Raw_Record r JOIN Record_Outcome o USING (Raw_ID) "
        "WHERE Batch_ID = 1 ORDER BY r.Source_Row",
    )
    assert table.model().rowCount() == 400
    for place in range(40):
        number, outcome, went, first_name = rows[place]
        assert cells(table, place)[:4] == [f"{number:,}", outcome, went, first_name]
    click(qtbot, steward, "overview.records.quarantined")
    quiet(steward)
    assert table.model().rowCount() == sum(row[1] == "Quarantined" for row in rows)


def test_a_record_is_followed_into_the_quarantine(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    table = show_records(qtbot, steward, 0)
    click(qtbot, steward, "overview.records.quarantined")
    quiet(steward)
    wanted = cells(table, 3)[2].removeprefix("Record ")
    click_row(qtbot, table, 3)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    row = find(steward, "quarantine.grid", DataTable).current_row()
    assert row is not None
    assert row.quarantine_id == int(wanted)


def test_a_record_is_followed_to_its_diver(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    table = show_records(qtbot, steward, 1)
    click(qtbot, steward, "overview.records.promoted")
    quiet(steward)
    click_row(qtbot, table, 2)
    click(qtbot, steward, "overview.follow")
    quiet(steward)
    assert steward.window.current_key == "history"


def test_two_batches_are_compared_as_counts_and_shares(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    turn_to(qtbot, steward, "Batches")
    table = find(steward, "overview.batches", QTableView)
    assert not find(steward, "overview.compare").isEnabled()
    click_row(qtbot, table, 0)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    click(qtbot, steward, "overview.compare")
    quiet(steward)
    shown = {row.code: row for row in find(steward, "overview.compare_table", ListTable).list}
    assert (shown["loaded"].first, shown["loaded"].second) == (400, 120)
    for code, first, second in ask(
        workspace,
        "SELECT Rule_Code, sum((Batch_ID = 1) * Record_Count), sum((Batch_ID = 2) * Record_Count) "
        "FROM Batch_Rule_Count GROUP BY 1",
    ):
        assert (shown[str(code)].first, shown[str(code)].second) == (first, second)
        assert shown[str(code)].first_share == f"{100 * int(str(first)) / 400:.1f} %"
    click(qtbot, steward, "overview.leave_compare")
    assert table.isVisible()


def test_a_steward_is_told_that_purging_is_for_the_compliance_officer(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    turn_to(qtbot, steward, "Batches")
    click(qtbot, steward, "overview.purge")
    assert "is for compliance officers" in find(steward, "overview.purge_dialog.told", QLabel).text()
    assert not find(steward, "overview.purge_dialog.rehearse").isEnabled()
    assert not find(steward, "overview.purge_dialog.ok").isEnabled()
    click(qtbot, steward, "overview.purge_dialog.cancel")


def test_an_analyst_sees_what_became_of_a_batch_and_no_record_of_it(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(Workspace(workspace, "data_analyst"))
    table = show_records(qtbot, steward, 0)
    assert table.model().rowCount() == 0
    find(steward, "overview.batch_tabs", QTabBar).setCurrentIndex(0)
    click_row(qtbot, find(steward, "overview.batch_rules", RuleBars), 0)
    quiet(steward)
    assert steward.window.current_key == "rules"
    assert not steward.window.banners.views


def test_an_officer_purges_what_was_rehearsed_and_gives_a_reason(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute(
            "UPDATE Ingestion_Batch SET Received_At = '2020-05-05 10:00:00.000000' WHERE Batch_ID = 1"
        )
    steward = open_on(Workspace(workspace, "compliance_officer"))
    turn_to(qtbot, steward, "Batches")
    click(qtbot, steward, "overview.purge")
    confirm = find(steward, "overview.purge_dialog.ok")
    click(qtbot, steward, "overview.purge_dialog.rehearse")
    quiet(steward)
    ((gone,),) = ask(
        workspace,
        "SELECT count(*) FROM Record_Outcome o JOIN Raw_Record r USING (Raw_ID) "
        "WHERE r.Batch_ID = 1 AND o.Outcome <> 'Quarantined'",
    )
    told = find(steward, "overview.purge_dialog.told", QLabel).text()
    assert told.startswith(f"The raw values of {gone} records of 1 batch would go. ")
    assert ask(workspace, "SELECT count(*) FROM Raw_Record WHERE Payload = ''") == [(0,)]
    assert not confirm.isEnabled()
    qtbot.keyClicks(find(steward, "overview.purge_dialog.reason"), "kept long enough")
    click(qtbot, steward, "overview.purge_dialog.ok")
    quiet(steward)
    assert ask(workspace, "SELECT count(*) FROM Raw_Record WHERE Payload = ''") == [(gone,)]
    assert meter(steward)[0] == 520


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
def test_nothing_is_cut_off(qtbot: QtBot, open_on: Any, workspace: Path, size: tuple[int, int]) -> None:
    steward = open_on(workspace)
    steward.window.resize(*size)
    quiet(steward)
    found = {"now": clipped(steward.window)}
    turn_to(qtbot, steward, "Batches")
    found["batches"] = clipped(steward.window)
    open_batch(qtbot, steward, 0)
    found["batch"] = clipped(steward.window)
    assert found == {"now": [], "batches": [], "batch": []}


def test_a_rule_leads_to_its_records(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    bars = find(steward, "overview.rules", RuleBars)
    rule = bars.rules[0]
    click_row(qtbot, bars, 0)
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    assert find(steward, f"quarantine.facet.rule.{rule.code}").isChecked()
    assert find(steward, "quarantine.grid", QTableView).model().rowCount() == rule.count


def test_a_rule_of_a_batch_leads_to_that_batchs_records(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    open_batch(qtbot, steward, 0)
    bars = find(steward, "overview.batch_rules", RuleBars)
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    chosen = bars.rules[bars.currentIndex().row()]
    qtbot.keyClick(bars, Qt.Key.Key_Return)
    quiet(steward)
    assert find(steward, "quarantine.facet.batch.2").isChecked()
    assert find(steward, "quarantine.grid", QTableView).model().rowCount() == chosen.count


def test_the_next_step_is_to_review_what_waits(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    ((waiting,),) = ask(workspace, "SELECT count(*) FROM Data_Quarantine")
    assert words(steward) == f"{waiting} records wait in quarantine for a steward."
    click(qtbot, steward, "overview.next_action")
    assert steward.window.current_key == "quarantine"


def test_the_next_step_is_to_deploy_where_scripts_have_drifted(
    qtbot: QtBot, open_on: Any, workspace: Path, tmp_path: Path
) -> None:
    scripts = own_scripts(tmp_path / "scripts")
    script = scripts / "05_gatekeeper.sql"
    script.write_text(script.read_text() + "\n-- changed\n")
    steward = open_on(workspace, scripts)
    assert words(steward).startswith("1 script has changed since it was applied")
    click(qtbot, steward, "overview.next_action")
    assert steward.window.current_key == "deploy"


def test_the_next_step_is_fresh_data_where_all_is_clear(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    steward = open_on(fill(tmp_path / "clean.db", GenerationRequest(50, dirty=0)))
    assert words(steward).startswith("All clear")
    assert find(steward, "overview.no_rules").isVisible()
    click(qtbot, steward, "overview.next_action")
    assert steward.window.current_key == "ingest"


def test_an_unfinished_batch_says_how_to_go_on(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    cancel = CancelToken()

    def stop_halfway(progress: Progress) -> None:
        if progress.done >= 100:
            cancel.cancel()

    source = GeneratedSource(GenerationRequest(300, seed=9), chunk_rows=100)
    with Workspace(workspace).open_session() as session, pytest.raises(Cancelled):  # type: ignore[attr-defined]
        ingest(session, source, progress=stop_halfway, cancel=cancel)
    steward = open_on(workspace)
    said = "Not governed yet: 100 of 300 loaded; ingest the same source again to go on"
    assert words(steward).startswith("Batch 3 is not governed yet.")
    assert meter(steward)[0] == 520
    turn_to(qtbot, steward, "Batches")
    table = find(steward, "overview.batches", QTableView)
    assert cells(table, 0)[-1] == "Not governed"
    assert table.model().index(0, 10).data(Qt.ItemDataRole.ToolTipRole) == said
    open_batch(qtbot, steward, 0)
    assert find(steward, "overview.batch.meter", ConservationMeter).counts is None
    assert find(steward, "overview.score", QLabel).text() == said + "."


def test_a_score_with_faults_is_an_alarm() -> None:
    score = Score(
        (DefectScore("EMAIL_FORMAT", 10, 8, 2, 0), DefectScore("CLEAN_RECORD", 90, 0, 0, 1)),
    )
    tone, said = score_text(score)
    assert tone == "danger"
    assert "2 defects missed, 1 clean record rejected." in said
    assert "EMAIL_FORMAT 2" in said


def replay_dialog(qtbot: QtBot, steward: Any, batch: int) -> ReplayDialog:
    """Open a batch and press Govern again; the rehearsal is over."""
    steward.context.go_to("overview", batch_id=batch)
    quiet(steward)
    click(qtbot, steward, "overview.replay")
    quiet(steward)
    return find(steward, "overview.replay_dialog", ReplayDialog)


def test_governing_a_batch_again_is_rehearsed_and_leaves_nothing_when_left(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    before = ask(workspace, "SELECT count(*), (SELECT count(*) FROM Diver) FROM Ingestion_Batch")
    dialog = replay_dialog(qtbot, steward, 1)
    assert dialog.told.text() == "Every record would turn out as it did the first time."
    ((there, waiting),) = ask(
        workspace,
        "SELECT sum(Outcome <> 'Quarantined'), sum(Outcome = 'Quarantined') FROM Record_Outcome "
        "JOIN Raw_Record USING (Raw_ID) WHERE Batch_ID = 1",
    )
    assert dialog.turns.lines[:2] == (
        f"{there} are there already, identical",
        f"{waiting} wait in quarantine still, in their place",
    )
    click(qtbot, steward, "overview.replay_dialog.cancel")
    quiet(steward)
    assert ask(workspace, "SELECT count(*), (SELECT count(*) FROM Diver) FROM Ingestion_Batch") == before


def test_a_batch_governed_again_is_compared_with_the_first_time_and_says_why(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    with Workspace(workspace, "owner").open_session() as session:
        phone = next(rule for rule in read_rules(session) if rule.code == "PHONE_FORMAT")
        save_rule(session, phone, replace(phone.settings, is_enabled=False), "Nobody calls")
    steward = open_on(workspace)
    dialog = replay_dialog(qtbot, steward, 1)
    promised = dialog.turns.lines
    assert "would turn out differently." in dialog.told.text()
    qtbot.keyClick(dialog.yes, Qt.Key.Key_Return)
    quiet(steward)
    assert find(steward, "overview.compare_title", QLabel).text() == "Batch 1 and batch 3"
    shown = find(steward, "overview.compare_turns", TurnList)
    assert shown.isVisible()
    assert shown.lines == promised
    ((let_in,),) = ask(workspace, "SELECT Promoted_Count FROM Ingestion_Batch WHERE Batch_ID = 3")
    assert f"{let_in} were stopped the first time and are let in" in shown.lines
    assert shown.lines[-1].startswith("PHONE_FORMAT was switched off by ")
    assert shown.lines[-1].endswith(": Nobody calls")
    assert steward.window.toasts.views[-1].notice.title == "Batch 1 was governed again as batch 3."


def test_who_may_not_govern_is_told_in_the_dialog(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(Workspace(workspace, "compliance_officer"))
    dialog = replay_dialog(qtbot, steward, 1)
    assert dialog.problem.text.startswith("A compliance officer may not do this.")
    assert not dialog.yes.isEnabled()
    click(qtbot, steward, "overview.replay_dialog.cancel")


def test_what_stewards_sent_again_is_not_governed_again(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    with Workspace(workspace).open_session() as session:
        resubmit_records(session, [(1, 1)])
    steward = open_on(workspace)
    steward.context.go_to("overview", batch_id=3)
    quiet(steward)
    assert not find(steward, "overview.replay").isEnabled()


@pytest.mark.parametrize(("tab", "made", "name"), [(1, "trends", "Over time"), (2, "batches", "Batches")])
def test_a_view_is_made_in_turns_when_it_is_first_looked_at(
    qtbot: QtBot, open_on: Any, workspace: Path, tab: int, made: str, name: str
) -> None:
    steward = open_on(workspace)
    page = steward.window.page("overview")
    tabs = find(steward, "overview.views", QTabBar)
    assert tabs.tabText(tab) == name
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(tab).center())
    assert tabs.currentIndex() == tab, "the click is answered at once"
    assert made not in page.__dict__, "and the view follows"
    quiet(steward)
    assert getattr(page, made).isVisible()


def test_who_turns_back_meanwhile_stays_there(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    page = steward.window.page("overview")
    for tab in (2, 1, 0):
        page.views.setCurrentIndex(tab)
    quiet(steward)
    assert page.now.isVisible()
    assert {"trends", "batches"} & set(page.__dict__) == set()

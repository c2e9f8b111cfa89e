"""Overview: what became of every record, in the database's own numbers; and a way in for newcomers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import ask, cells, click, click_row, fill, find, own_scripts, quiet, texts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from divegov_gui.core.errors import Cancelled
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.quality import DefectScore, Score
from divegov_gui.ui.pages.overview.meter_card import score_text
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import ConservationMeter, RuleBars, StatTile

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

    monkeypatch.setattr("divegov_gui.ui.pages.overview.work.ingest", stopped)
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
    rules = {rule.code: rule.count for rule in find(steward, "overview.rules", RuleBars).rules}
    assert rules == dict(
        ask(workspace, "SELECT Rule_Code, sum(Record_Count) FROM Batch_Rule_Count GROUP BY Rule_Code")
    )


def test_batches_are_listed_newest_first_in_local_time_with_utc_on_hover(
    open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    table = find(steward, "overview.batches", QTableView)
    (row,) = ask(
        workspace,
        "SELECT Source_Name, Received_At, Received_By, Loaded_Count, Promoted_Count, Unchanged_Count, "
        "Duplicate_Count, Quarantined_Count FROM Ingestion_Batch WHERE Batch_ID = 2",
    )
    source, received, by, *counts = row
    assert cells(table, 0) == [
        *("2", source, "Synthetic", local_time(str(received)), by),
        *(f"{count:,}" for count in counts),
        "Governed",
    ]
    assert cells(table, 1)[0] == "1"
    tip = table.model().index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert str(received)[:19] + " UTC" in tip


def test_a_selected_batch_shows_its_own_numbers_and_score(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    whole = meter(steward)
    click_row(qtbot, find(steward, "overview.batches", QTableView), 1)
    quiet(steward)
    assert meter(steward) == ask(workspace, SUMS + " FROM Ingestion_Batch WHERE Batch_ID = 1")[0]
    assert "0 defects missed, 0 clean records rejected" in find(steward, "overview.score", QLabel).text()
    rules = {rule.code: rule.count for rule in find(steward, "overview.rules", RuleBars).rules}
    assert rules == dict(
        ask(workspace, "SELECT Rule_Code, Record_Count FROM Batch_Rule_Count WHERE Batch_ID = 1")
    )
    click(qtbot, steward, "overview.show_all")
    quiet(steward)
    assert meter(steward) == whole
    assert find(steward, "overview.batches", QTableView).selectionModel().selectedRows() == []


def test_a_batch_is_selected_by_keyboard_alone(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    table = find(steward, "overview.batches", QTableView)
    table.setFocus()
    assert meter(steward)[0] == 520
    qtbot.keyClick(table, Qt.Key.Key_Down)
    quiet(steward)
    assert meter(steward)[0] == 400


def test_a_selected_batch_stays_selected_when_the_page_is_read_anew(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    click_row(qtbot, find(steward, "overview.batches", QTableView), 1)
    quiet(steward)
    click(qtbot, steward, "overview.refresh")
    quiet(steward)
    assert meter(steward)[0] == 400


def test_a_rule_leads_to_its_records(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    bars = find(steward, "overview.rules", RuleBars)
    rule = bars.rules[0]
    click_row(qtbot, bars, 0)
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    assert find(steward, f"quarantine.facet.rule.{rule.code}").isChecked()
    assert find(steward, "quarantine.grid", QTableView).model().rowCount() == rule.count


def test_a_rule_of_a_selected_batch_leads_to_that_batchs_records(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    click_row(qtbot, find(steward, "overview.batches", QTableView), 0)
    quiet(steward)
    bars = find(steward, "overview.rules", RuleBars)
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


def test_an_unfinished_batch_says_how_to_go_on(open_on: Any, workspace: Path) -> None:
    cancel = CancelToken()

    def stop_halfway(progress: Progress) -> None:
        if progress.done >= 100:
            cancel.cancel()

    source = GeneratedSource(GenerationRequest(300, seed=9), chunk_rows=100)
    with Workspace(workspace).open_session() as session, pytest.raises(Cancelled):  # type: ignore[attr-defined]
        ingest(session, source, progress=stop_halfway, cancel=cancel)
    steward = open_on(workspace)
    table = find(steward, "overview.batches", QTableView)
    said = "Not governed yet: 100 of 300 loaded; ingest the same source again to go on"
    assert said in cells(table, 0)
    assert table.columnSpan(0, 5) == 6
    assert words(steward).startswith("Batch 3 is not governed yet.")
    assert meter(steward)[0] == 520
    table.selectRow(0)
    quiet(steward)
    assert find(steward, "overview.meter", ConservationMeter).counts is None
    assert find(steward, "overview.score", QLabel).text() == said + "."


def test_a_score_with_faults_is_an_alarm() -> None:
    score = Score(
        (DefectScore("EMAIL_FORMAT", 10, 8, 2, 0), DefectScore("CLEAN_RECORD", 90, 0, 0, 1)),
    )
    tone, said = score_text(score)
    assert tone == "danger"
    assert "2 defects missed, 1 clean record rejected." in said
    assert "EMAIL_FORMAT 2" in said

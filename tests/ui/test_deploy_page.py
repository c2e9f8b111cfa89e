"""Deploy: what each script is, how it stands, and applying what is outstanding."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from driving import ask, cells, click, click_row, find, own_scripts, quiet, texts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QTableView
from pytestqt.qtbot import QtBot

from divegov_gui.core.progress import Progress
from divegov_gui.ui.context import SCHEMA
from divegov_gui.ui.pages.deploy import DeployPage
from divegov_gui.ui.widgets import SqlView

NAMES = [
    *("01_schema.sql", "02_versioning.sql", "03_security.sql"),
    *("04_static_data.sql", "05_gatekeeper.sql", "06_reporting.sql"),
]


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return own_scripts(tmp_path / "scripts")


def opened(open_on: Any, path: Path, scripts: Path | None = None) -> Any:
    steward = open_on(path, scripts)
    steward.window.go_to("deploy")
    quiet(steward)
    return steward


def states(steward: Any) -> list[str]:
    table = find(steward, "deploy.scripts", QTableView)
    return [cells(table, row)[0] for row in range(table.model().rowCount())]


def start(steward: Any) -> QAbstractButton:
    return find(steward, "deploy.start", QAbstractButton)


def change(scripts: Path, name: str, more: str = "\n-- changed\n") -> None:
    (scripts / name).write_text((scripts / name).read_text() + more)


def test_an_empty_database_has_six_pending_scripts(open_on: Any, tmp_path: Path) -> None:
    steward = opened(open_on, tmp_path / "new.db")
    table = find(steward, "deploy.scripts", QTableView)
    assert [cells(table, row)[1] for row in range(6)] == NAMES
    assert states(steward) == ["Pending"] * 6
    assert start(steward).text() == "Apply 6 scripts"


def test_deploying_from_empty(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    steward = opened(open_on, path)
    told: list[object] = []
    steward.context.changed.connect(told.append)
    click(qtbot, steward, "deploy.start")
    assert find(steward, "deploy.progress").isVisible()
    assert not start(steward).isEnabled()
    quiet(steward)
    assert states(steward) == ["Applied"] * 6
    assert start(steward).text() == "Everything is applied"
    assert not start(steward).isEnabled()
    assert "There is nothing to do." in start(steward).accessibleDescription()
    assert not find(steward, "deploy.progress").isVisible()
    assert [name for (name,) in ask(path, "SELECT Script_Name FROM Schema_Script ORDER BY 1")] == NAMES
    assert told == [frozenset({SCHEMA})]
    assert steward.window.toasts.views[-1].notice.title.startswith("6 scripts applied in ")


def test_the_journal_is_shown(open_on: Any, workspace: Path) -> None:
    steward = opened(open_on, workspace)
    ((by, checksum),) = ask(
        workspace, "SELECT Applied_By, Checksum FROM Schema_Script WHERE Script_Name = '05_gatekeeper.sql'"
    )
    row = cells(find(steward, "deploy.scripts", QTableView), 4)
    assert row[4] == by
    assert row[5].endswith("s")
    assert row[6] == str(checksum)[:10]


def test_each_row_tells_how_far_it_is(open_on: Any, tmp_path: Path) -> None:
    steward = opened(open_on, tmp_path / "new.db")
    page = steward.window.page("deploy")
    assert isinstance(page, DeployPage)
    page._todo = NAMES
    page._show_progress(Progress("03_security.sql · statement 2 of 9", 2, 6))
    assert states(steward) == ["Done", "Done", "Running", "Waiting", "Waiting", "Waiting"]


def test_a_dry_run_keeps_nothing(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    steward = opened(open_on, path)
    click(qtbot, steward, "deploy.dry_run")
    quiet(steward)
    assert states(steward) == ["Pending"] * 6
    assert ask(path, "SELECT count(*) FROM sqlite_master") == [(0,)]
    assert "would apply without an error" in steward.window.toasts.views[-1].notice.title


def test_a_selected_script_can_be_read(qtbot: QtBot, open_on: Any, workspace: Path, scripts: Path) -> None:
    steward = opened(open_on, workspace, scripts)
    table = find(steward, "deploy.scripts", QTableView)
    click_row(qtbot, table, 4, 1)
    sql = find(steward, "deploy.sql", SqlView)
    assert sql.toPlainText() == (scripts / "05_gatekeeper.sql").read_text()
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert sql.toPlainText() == (scripts / "04_static_data.sql").read_text()


def test_drift_is_explained_and_applying_again_ends_it(
    qtbot: QtBot, open_on: Any, workspace: Path, scripts: Path
) -> None:
    change(scripts, "06_reporting.sql")
    ((before,),) = ask(workspace, "SELECT Checksum FROM Schema_Script WHERE Script_Name = '06_reporting.sql'")
    divers = ask(workspace, "SELECT count(*) FROM Diver")
    steward = opened(open_on, workspace, scripts)
    assert states(steward) == ["Applied"] * 5 + ["Drifted"]
    assert start(steward).text() == "Apply 1 changed script"
    note = find(steward, "deploy.note", QLabel).text()
    now = cells(find(steward, "deploy.scripts", QTableView), 5)[6]
    assert f"checksum {str(before)[:10]} then, {now} now" in note
    assert "none drops a table that holds data" in note
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert states(steward) == ["Applied"] * 6
    assert not find(steward, "deploy.note").isVisible()
    assert ask(workspace, "SELECT count(*) FROM Diver") == divers


def test_a_script_that_changes_while_the_window_is_open_is_seen_when_the_page_is_shown(
    open_on: Any, workspace: Path, scripts: Path
) -> None:
    steward = opened(open_on, workspace, scripts)
    assert start(steward).text() == "Everything is applied"
    steward.window.go_to("overview")
    change(scripts, "03_security.sql")
    steward.window.go_to("deploy")
    quiet(steward)
    assert states(steward)[2] == "Drifted"


def test_a_failing_script_is_shown_with_its_line_and_statement(
    qtbot: QtBot, open_on: Any, tmp_path: Path, scripts: Path
) -> None:
    lines = len((scripts / "03_security.sql").read_text().splitlines())
    change(scripts, "03_security.sql", "\nCREATE VIEW Broken AS\nSELECT nothing FROM;\n")
    path = tmp_path / "new.db"
    steward = opened(open_on, path, scripts)
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert states(steward) == ["Applied", "Applied", "Failed", "Pending", "Pending", "Pending"]
    (banner,) = steward.window.banners.views
    assert banner.notice.title == f"03_security.sql did not apply: line {lines + 2}."
    assert "CREATE VIEW Broken AS" in banner.notice.detail
    assert find(steward, "deploy.script", QLabel).text().startswith("03_security.sql")
    assert find(steward, "deploy.sql", SqlView).marked_line == lines + 2
    assert "CREATE VIEW Broken AS" in find(steward, "deploy.note", QLabel).text()
    assert start(steward).text() == "Apply 4 scripts"


def test_a_corrected_script_goes_on_where_it_stopped(
    qtbot: QtBot, open_on: Any, tmp_path: Path, scripts: Path
) -> None:
    good = (scripts / "03_security.sql").read_text()
    change(scripts, "03_security.sql", "\nSELEKT 1;\n")
    steward = opened(open_on, tmp_path / "new.db", scripts)
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    (scripts / "03_security.sql").write_text(good)
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert states(steward) == ["Applied"] * 6
    assert find(steward, "deploy.sql", SqlView).marked_line == 0


def test_a_deployment_can_be_stopped_between_statements(
    qtbot: QtBot, open_on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from divegov_gui.ui.pages.deploy import page as module

    real = module.deploy

    def stopped_early(session: Any, *, cancel: Any, **rest: Any) -> Any:
        cancel.cancel()
        return real(session, cancel=cancel, **rest)

    monkeypatch.setattr(module, "deploy", stopped_early)
    steward = opened(open_on, tmp_path / "new.db")
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert states(steward) == ["Pending"] * 6
    assert steward.window.banners.views == ()
    assert steward.window.toasts.views[-1].notice.title == "Stopped."
    assert start(steward).isEnabled()


def test_a_folder_without_scripts_is_said(open_on: Any, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    steward = opened(open_on, tmp_path / "new.db", tmp_path / "nothing")
    assert any("No numbered scripts for sqlite" in said for said in texts(steward.window.page("deploy")))


def test_what_told_to_deploy_goes_once_it_is_done(qtbot: QtBot, open_on: Any, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    text = (Path(__file__).parents[1] / "contract" / "workspace_of_version_1.sql.gz").read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(text).decode())
    steward = open_on(path)
    for page in ("overview", "quarantine", "rules"):
        steward.window.go_to(page)
        quiet(steward)
        assert find(steward, f"{page}.retry").isVisible()
    assert len(steward.window.banners.views) == 1, "one sentence tells it, whichever page asks"
    click(qtbot, steward, "rules.open_deploy")
    quiet(steward)
    assert steward.window.current_key == "deploy"
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert steward.window.banners.views == ()

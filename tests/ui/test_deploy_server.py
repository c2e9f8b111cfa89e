"""Deploy on SQL Server, and drift by catalogue: the name asked back, the plan to read and to save, missing rights."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from driving import cells, click, click_row, clipped, find, quiet, texts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QTableView
from pytestqt.qtbot import QtBot
from server_on_sqlite import ServerOnSqlite

from divegov_gui.app import Steward
from divegov_gui.services.profiles import SqlServerProfile
from divegov_gui.services.servers import ServerPlace
from divegov_gui.ui.pages.deploy import DeployPage
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.widgets import SqlView

PROFILE = SqlServerProfile("sql01.example.org", port=1444)
NAME = "sql01.example.org,1444"


@pytest.fixture
def server(workspace: Path) -> ServerOnSqlite:
    """A server on which nothing is deployed."""
    return ServerOnSqlite(workspace, deployed=False)


@pytest.fixture
def deployed(workspace: Path) -> ServerOnSqlite:
    return ServerOnSqlite(workspace)


def opened(open_on: Any, server: ServerOnSqlite, profile: SqlServerProfile = PROFILE) -> Steward:
    steward: Steward = open_on(ServerPlace("Harbour", profile, odbc=server.odbc))
    steward.window.go_to("deploy")
    quiet(steward)
    return steward


def states(steward: Steward) -> list[str]:
    table = find(steward, "deploy.scripts", QTableView)
    return [cells(table, row)[0] for row in range(table.model().rowCount())]


def asking(steward: Steward) -> QDialog | None:
    return next((d for d in steward.window.findChildren(QDialog, "deploy.confirm") if d.isVisible()), None)


# --- the name asked back


def test_the_first_deployment_asks_the_servers_name_back(
    qtbot: QtBot, open_on: Any, server: ServerOnSqlite
) -> None:
    steward = opened(open_on, server)
    click(qtbot, steward, "deploy.start")
    dialog = asking(steward)
    assert dialog is not None
    assert f"EnterpriseDiveDB on {NAME}" in " ".join(texts(dialog))
    yes = find(steward, "deploy.confirm.ok", QAbstractButton)
    field = find(steward, "deploy.confirm.name", QLineEdit)
    assert not yes.isEnabled()
    qtbot.keyClicks(field, "EnterpriseDiveDB")
    assert not yes.isEnabled(), "the database's name is the same on every server"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert server.journal == {}
    field.selectAll()
    qtbot.keyClicks(field, NAME)
    assert yes.isEnabled()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    quiet(steward)
    assert states(steward) == ["Applied"] * 6
    assert len(server.journal) == 6


def test_whoever_is_not_sure_deploys_nothing(qtbot: QtBot, open_on: Any, server: ServerOnSqlite) -> None:
    steward = opened(open_on, server)
    click(qtbot, steward, "deploy.start")
    click(qtbot, steward, "deploy.confirm.cancel")
    quiet(steward)
    assert server.journal == {}
    assert states(steward) == ["Pending"] * 6


def test_a_dry_run_asks_nothing(qtbot: QtBot, open_on: Any, server: ServerOnSqlite) -> None:
    steward = opened(open_on, server)
    click(qtbot, steward, "deploy.dry_run")
    assert asking(steward) is None
    quiet(steward)
    assert "would apply without an error" in steward.window.toasts.views[-1].notice.title
    assert server.journal == {}


def test_a_server_on_this_computer_is_not_asked_for(
    qtbot: QtBot, open_on: Any, server: ServerOnSqlite
) -> None:
    steward = opened(open_on, server, SqlServerProfile("localhost"))
    click(qtbot, steward, "deploy.start")
    assert asking(steward) is None
    quiet(steward)
    assert len(server.journal) == 6


def test_no_other_page_deploys_to_a_server_for_the_first_time(
    qtbot: QtBot, open_on: Any, server: ServerOnSqlite
) -> None:
    steward = opened(open_on, server)
    steward.window.go_to("overview")
    quiet(steward)
    said = texts(steward.window.page("overview"))
    assert "Nothing is deployed here yet" in said
    assert "Run the demo" not in said, "made-up divers do not come to a server by one click"
    steward.window.go_to("ingest")
    quiet(steward)
    assert any("Open Deploy first" in text for text in texts(steward.window.page("ingest")))
    qtbot.keyClick(steward.window.page("ingest"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    quiet(steward)
    assert server.journal == {}
    steward.window.go_to("overview")
    quiet(steward)
    click(qtbot, steward, "overview.deploy")
    assert steward.window.current_key == "deploy"


def test_drift_is_what_the_overview_points_at(open_on: Any, deployed: ServerOnSqlite) -> None:
    deployed.drift = [("mask", "dbo.Diver.Email", "dbo.Diver", "Missing", "")]
    steward = opened(open_on, deployed)
    steward.window.go_to("overview")
    quiet(steward)
    said = find(steward, "overview.next_words", QLabel).text()
    assert said == "1 object of the database is missing or altered since the last deployment."


# --- the plan


def test_the_whole_plan_can_be_read(qtbot: QtBot, open_on: Any, server: ServerOnSqlite) -> None:
    steward = opened(open_on, server)
    sql = find(steward, "deploy.sql", SqlView)
    one = sql.toPlainText()
    click(qtbot, steward, "deploy.whole")
    quiet(steward)
    assert "USE [EnterpriseDiveDB];" in sql.toPlainText()
    assert one in sql.toPlainText() or one.split("GO\n")[1] in sql.toPlainText()
    assert find(steward, "deploy.script", QLabel).text() == "The whole plan"
    click_row(qtbot, find(steward, "deploy.scripts", QTableView), 4, 1)
    assert "05_gatekeeper.sql" in find(steward, "deploy.script", QLabel).text()
    assert not find(steward, "deploy.whole", QAbstractButton).isChecked()
    assert "USE [EnterpriseDiveDB];" not in sql.toPlainText()


def test_the_plan_is_saved_and_nothing_is_applied(
    qtbot: QtBot, open_on: Any, server: ServerOnSqlite, tmp_path: Path
) -> None:
    steward = opened(open_on, server)
    page = steward.window.page("deploy")
    assert isinstance(page, DeployPage)
    page.choose_plan_file = lambda _: tmp_path / "plan.sql"
    click(qtbot, steward, "deploy.save_plan")
    quiet(steward)
    assert "USE [EnterpriseDiveDB];" in (tmp_path / "plan.sql").read_text(encoding="utf-8-sig")
    assert steward.window.toasts.views[-1].notice.title == "The plan is saved."
    assert server.journal == {}


def test_a_local_workspace_offers_no_plan(open_on: Any, tmp_path: Path) -> None:
    steward = open_on(tmp_path / "new.db")
    steward.window.go_to("deploy")
    quiet(steward)
    assert not find(steward, "deploy.save_plan").isVisible()
    assert not find(steward, "deploy.whole").isVisible()


# --- rights


def test_whoever_may_not_deploy_is_told_why_and_may_save_the_plan(
    open_on: Any, server: ServerOnSqlite
) -> None:
    server.rights = ["CONNECT"]
    steward = opened(open_on, server)
    said = find(steward, "deploy.rights", QLabel).text()
    assert "CREATE TABLE" in said
    assert "CREATE TABLE: to make the tables" in find(steward, "deploy.rights").parentWidget().toolTip()
    assert "db_owner" in said
    assert not find(steward, "deploy.start").isEnabled()
    assert not find(steward, "deploy.dry_run").isEnabled()
    assert find(steward, "deploy.save_plan").isEnabled()


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800)])
def test_a_database_of_an_older_level_says_which_statement_helps(
    open_on: Any, server: ServerOnSqlite, size: tuple[int, int]
) -> None:
    server.level = 150
    steward = opened(open_on, server)
    steward.window.resize(*size)
    quiet(steward)
    note = find(steward, "deploy.rights", QLabel)
    assert "compatibility level 150, and the program needs 160" in note.text()
    assert "ALTER DATABASE [EnterpriseDiveDB] SET COMPATIBILITY_LEVEL = 160;" in note.text()
    assert note.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse, (
        "it is there to be copied"
    )
    assert not find(steward, "deploy.start").isEnabled()
    assert not find(steward, "deploy.dry_run").isEnabled()
    assert clipped(steward.window) == []
    server.level = 160
    steward.window.go_to("overview")
    quiet(steward)
    steward.window.go_to("deploy")
    quiet(steward)
    assert find(steward, "deploy.start").isEnabled()
    assert not note.isVisible()


# --- drift


def test_drift_on_a_server_is_told_and_mended(qtbot: QtBot, open_on: Any, deployed: ServerOnSqlite) -> None:
    deployed.drift = [
        ("mask", "dbo.Diver.Email", "dbo.Diver", "Missing", ""),
        ("versioning", "dbo.Diver", "dbo.Diver", "Missing", ""),
    ]
    steward = opened(open_on, deployed)
    assert states(steward)[1:3] == ["Drifted", "Drifted"]
    note = find(steward, "deploy.note", QLabel).text()
    assert "dbo.Diver is no longer versioned." in note
    assert "Applying this script again puts that back." in note
    assert not find(steward, "deploy.accept").isVisible()
    assert find(steward, "deploy.start", QAbstractButton).text() == "Apply 2 scripts again"
    deployed.drift = []
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert states(steward) == ["Applied"] * 6


def test_a_dropped_trigger_is_found_in_a_workspace_and_put_back(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    with closing(sqlite3.connect(workspace)) as connection:
        connection.execute("DROP TRIGGER Diver_Updated")
    steward = open_on(workspace)
    steward.window.go_to("deploy")
    quiet(steward)
    assert states(steward)[1] == "Drifted"
    assert "The trigger Diver_Updated is missing." in find(steward, "deploy.note", QLabel).text()
    click(qtbot, steward, "deploy.start")
    quiet(steward)
    assert states(steward) == ["Applied"] * 6
    assert not find(steward, "deploy.note").isVisible()


def test_what_no_script_mends_is_told_and_may_be_accepted(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    with closing(sqlite3.connect(workspace)) as connection:
        connection.execute("ALTER TABLE Dive_Site ADD COLUMN x")
    steward = open_on(workspace)
    steward.window.go_to("deploy")
    quiet(steward)
    assert "No script puts that back" in find(steward, "deploy.note", QLabel).text()
    assert not find(steward, "deploy.start").isEnabled()
    assert "1 object in the database is not as deployed" in " ".join(texts(steward.window.page("deploy")))
    click(qtbot, steward, "deploy.accept")
    assert "The table Dive_Site was altered" in " ".join(texts(find(steward, "deploy.accepting")))
    click(qtbot, steward, "deploy.accepting.cancel")
    quiet(steward)
    assert states(steward)[0] == "Drifted"
    click(qtbot, steward, "deploy.accept")
    click(qtbot, steward, "deploy.accepting.ok")
    quiet(steward)
    assert states(steward) == ["Applied"] * 6
    assert not find(steward, "deploy.accept").isVisible()


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_cut_off(
    open_on: Any, deployed: ServerOnSqlite, themes: ThemeManager, size: tuple[int, int], look: str
) -> None:
    deployed.drift = [("view", f"dbo.View_{n}", f"dbo.View_{n}", "Missing", "") for n in range(9)]
    deployed.rights = ["CONNECT"]
    themes.set_mode(look)
    steward = opened(open_on, deployed)
    steward.window.resize(*size)
    quiet(steward)
    assert clipped(steward.window) == []

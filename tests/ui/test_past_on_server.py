"""History and Privacy where the place is a SQL Server: the same pages, and who enforces the roles is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import find, quiet, texts
from lives import ADA
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot
from server_on_sqlite import LOGIN, ServerOnSqlite

from divegov_gui.app import Steward
from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.services.servers import ServerPlace, Standing
from divegov_gui.ui.pages.history.page import HistoryPage
from divegov_gui.ui.pages.history.timeline import Timeline
from divegov_gui.ui.pages.privacy.page import PrivacyPage


@pytest.fixture
def at_server(open_on: Any, lived: Path, tmp_path: Path) -> Steward:
    """The window turned to a server that holds two divers with a past."""
    server = ServerOnSqlite(lived)
    steward: Steward = open_on(tmp_path / "reef.db")
    place = ServerPlace(
        "Harbour", replace(SqlServerProfile("sql01.example.org"), port=1444), odbc=server.odbc
    )
    steward.context.ask_for(place, Standing(LOGIN, "Database owner", enforced=True))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    quiet(steward)
    return steward


def banners(steward: Steward) -> list[str]:
    return [f"{view.notice.title} {view.notice.detail}" for view in steward.window.banners.views]


def test_every_view_of_the_history_reads_from_a_server(qtbot: QtBot, at_server: Steward) -> None:
    at_server.context.go_to("history", diver_id=ADA)
    quiet(at_server)
    page = at_server.window.page("history")
    assert isinstance(page, HistoryPage)
    assert [span.changes for span in find(at_server, "history.timeline", Timeline).spans][:2] == [
        "Created",
        "Phone",
    ]
    for view in (1, 2):
        page.views.setCurrentIndex(view)
        quiet(at_server)
    assert find(at_server, "history.directory", QTableView).model().rowCount() > 400
    assert banners(at_server) == []


def test_every_view_of_privacy_reads_from_a_server_which_enforces_the_roles(
    qtbot: QtBot, at_server: Steward
) -> None:
    at_server.window.go_to("privacy")
    quiet(at_server)
    page = at_server.window.page("privacy")
    assert isinstance(page, PrivacyPage)
    assert find(at_server, "privacy.enforcement").accessibleName() == "Enforced by SQL Server"
    assert page.findChild(QLabel, "privacy.persona") is None, "one's role is the login's"
    assert find(at_server, "privacy.comparison", QTableView).model().rowCount() == 7
    for view in (1, 2):
        page.views.setCurrentIndex(view)
        quiet(at_server)
        said = texts(page)
        assert ("Erase this person" in said) == (view == 1)
    assert find(at_server, "privacy.log", QTableView).model().rowCount() > 3
    assert banners(at_server) == []

"""Opening a place from its card: the whole window turns to it, or says why not and stays where it is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import ask, click, find, quiet, texts
from fake_odbc import failure
from memory_keyring import Keyring
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QTableView
from pytestqt.qtbot import QtBot
from server_on_sqlite import LOGIN, ServerOnSqlite

from divegov_gui import app
from divegov_gui.app import Steward
from divegov_gui.services.passwords import Passwords
from divegov_gui.services.profiles import Authentication, Kind, Profile, ProfileStore, SqlServerProfile
from divegov_gui.services.servers import ServerPlace
from divegov_gui.ui.pages.connections import ConnectionsPage
from divegov_gui.ui.pages.connections.profile_card import ProfileCard
from divegov_gui.ui.pages.made import FACTORIES

PASSWORD = "Tide; {an} alle'42"
SERVER = SqlServerProfile("sql01.example.org", port=1444)


class NoKeyring:
    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object) -> Any:
            raise RuntimeError("no keyring")

        return fail


def keep(name: str, **options: Any) -> Profile:
    server = replace(SERVER, **options)
    return ProfileStore().add(Profile(name, Kind.SQLSERVER, server=server))


class Driver:
    """A person at the window, on the page Connections."""

    def __init__(self, qtbot: QtBot, steward: Steward, server: ServerOnSqlite) -> None:
        self.qtbot, self.steward, self.server = qtbot, steward, server
        page = steward.window.page("connections")
        assert isinstance(page, ConnectionsPage)
        self.page = page
        page.odbc = server.odbc
        page.passwords = Passwords(NoKeyring())
        page.refresh()

    def click(self, name: str) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        click(self.qtbot, self.steward, f"connections.{name}")
        self.qtbot.wait(0)

    def open(self, profile: Profile) -> None:
        self.click(f"open.{profile.profile_id}")

    def connections(self) -> None:
        self.steward.window.go_to("connections")
        quiet(self.steward)

    def finish(self) -> None:
        self.qtbot.waitUntil(lambda: not self.page.is_busy, timeout=20_000)
        quiet(self.steward)

    def header(self) -> tuple[str, str, str]:
        header = self.steward.window.header
        engine = find(self.steward, "header.engine", QLabel)
        role = find(self.steward, "header.role")
        return header.workspace.text(), engine.full, role.accessibleName()  # type: ignore[attr-defined]

    def said(self) -> str:
        return "\n".join(texts(find(self.steward, "connections.opening")))


@pytest.fixture
def server(workspace: Path, tmp_path: Path) -> ServerOnSqlite:
    return ServerOnSqlite(workspace)


@pytest.fixture
def at(qtbot: QtBot, open_on: Any, server: ServerOnSqlite, tmp_path: Path) -> Driver:
    """The window on an empty local workspace; the server holds the governed divers."""
    steward = open_on(tmp_path / "reef.db")
    steward.window.go_to("connections")
    quiet(steward)
    return Driver(qtbot, steward, server)


def test_the_whole_window_turns_to_the_server(at: Driver) -> None:
    at.steward.window.go_to("quarantine")
    quiet(at.steward)
    before = at.steward.window.page("quarantine")
    at.steward.window.go_to("connections")
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    at.finish()
    name, engine, role = at.header()
    assert (name, engine) == ("Harbour", "SQL Server · EnterpriseDiveDB on sql01.example.org,1444")
    assert role == "Role: Database owner — enforced by SQL Server"
    assert LOGIN in at.steward.window.header.workspace.toolTip()
    assert at.steward.window.current_key == "overview"
    assert at.steward.window.windowTitle() == "Harbour — DiveGov Steward"
    assert find(at.steward, f"connections.card.{profile.profile_id}").accessibleName() == "Harbour, open now"
    at.steward.window.go_to("quarantine")
    quiet(at.steward)
    assert at.steward.window.page("quarantine") is not before
    shown = find(at.steward, "quarantine.grid", QTableView).model().rowCount()
    assert [(shown,)] == ask(
        at.server.workspace, "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'"
    )
    at.steward.window.go_to("deploy")
    quiet(at.steward)
    assert "All 6 scripts are applied" in " ".join(texts(at.steward.window.page("deploy")))


@pytest.mark.parametrize("page", FACTORIES)
def test_every_page_reads_what_it_shows_from_a_server(at: Driver, page: str) -> None:
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    at.finish()
    at.server.odbc.statements.clear()
    at.steward.window.go_to(page)
    quiet(at.steward)
    assert at.steward.window.banners.views == ()
    assert at.server.batches == [], "nothing is asked that no twin can answer"


def test_it_is_used_and_says_when(at: Driver) -> None:
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    at.finish()
    assert ProfileStore().find("Harbour").last_used is not None


def test_the_sessions_of_the_place_before_are_closed(at: Driver) -> None:
    first, second = keep("First"), keep("Second", database="Other")
    at.page.refresh()
    at.open(first)
    at.finish()
    opened = [c for c in at.server.odbc.connections if not c.closed]
    assert opened, "the reader is at work"
    at.steward.window.go_to("connections")
    at.open(second)
    at.finish()
    at.qtbot.waitUntil(lambda: all(c.closed for c in opened))


def test_the_local_card_leads_back(at: Driver, tmp_path: Path) -> None:
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    at.finish()
    at.connections()
    at.click("open.local")
    at.finish()
    name, engine, role = at.header()
    assert (name, engine) == ("reef.db", "SQLite")
    assert role == "Role: Data steward — demonstrated in this local workspace"
    at.steward.window.go_to("overview")
    quiet(at.steward)
    assert "This workspace is new" in texts(at.steward.window.page("overview"))


def test_a_kept_workspace_opens_too(at: Driver, tmp_path: Path) -> None:
    profile = ProfileStore().add(Profile("Play", Kind.LOCAL, workspace=tmp_path / "play.db"))
    at.page.refresh()
    at.open(profile)
    at.finish()
    assert at.header()[0] == "play.db"
    at.connections()
    assert at.page.findChildren(ProfileCard)[0].profile.name == "Play"


def test_the_role_is_the_servers_word(at: Driver) -> None:
    at.server.owner, at.server.roles = False, ("data_steward", "data_analyst")
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    at.finish()
    assert at.header()[2] == "Role: Data steward, Data analyst — enforced by SQL Server"


# --- the password


def test_a_password_that_is_not_kept_is_asked_and_goes_nowhere_else(at: Driver) -> None:
    profile = keep("Harbour", authentication=Authentication.SQL, user="anna")
    at.page.refresh()
    seen: list[str] = []

    def answer() -> None:
        (dialog,) = [d for d in at.steward.window.findChildren(QDialog) if d.isVisible()]
        field = dialog.findChild(QLineEdit)
        assert field is not None
        assert field.echoMode() == QLineEdit.EchoMode.Password
        assert find(at.steward, "connections.ask.ok").text() == "Open"  # type: ignore[attr-defined]
        at.qtbot.keyClicks(field, PASSWORD)
        at.click("ask.ok")
        seen.append(field.text())

    at.open(profile)
    at.qtbot.waitUntil(lambda: any(d.isVisible() for d in at.steward.window.findChildren(QDialog)))
    answer()
    at.finish()
    assert at.header()[0] == "Harbour"
    assert seen == [""], "the field is emptied at once"
    assert any("PWD={" in text for text, _ in at.server.odbc.connects)
    for widget in QApplication.allWidgets():
        assert PASSWORD not in f"{widget.toolTip()}{widget.accessibleName()}{widget.property('text')}"
    assert PASSWORD not in repr(at.steward.context.workspace)
    assert PASSWORD not in ProfileStore().path.read_text()


def test_a_kept_password_is_not_asked_for(at: Driver) -> None:
    profile = keep("Harbour", authentication=Authentication.SQL, user="anna")
    keyring = Keyring()
    keyring.set_password("DiveGov Steward", profile.profile_id, PASSWORD)
    at.page.passwords = Passwords(keyring)
    at.page.refresh()
    at.open(profile)
    at.finish()
    assert at.header()[0] == "Harbour"


def test_whoever_says_no_stays_where_they_are(at: Driver) -> None:
    profile = keep("Harbour", authentication=Authentication.SQL, user="anna")
    at.page.refresh()
    at.open(profile)
    at.qtbot.waitUntil(lambda: any(d.isVisible() for d in at.steward.window.findChildren(QDialog)))
    at.click("ask.cancel")
    at.finish()
    assert at.header()[0] == "reef.db"
    assert "reef.db is still open." in at.said()


# --- what fails


def test_an_opening_that_fails_explains_itself_and_leaves_the_old_one_open(at: Driver) -> None:
    at.server.odbc.refusals = [failure(18456, "Login failed for user 'anna'.", "28000")]
    profile = keep("Harbour")
    at.page.refresh()
    reader = at.steward.reader
    at.open(profile)
    at.finish()
    said = at.said()
    assert "The server did not accept the login." in said
    assert "What to do: " in said
    assert "reef.db is still open." in said
    assert at.header()[0] == "reef.db"
    assert at.steward.reader is reader
    assert ProfileStore().find("Harbour").last_used is None
    at.click("opening.again")
    at.finish()
    assert at.header()[0] == "Harbour"


def test_from_a_failure_the_steps_are_one_click_away(at: Driver) -> None:
    at.server.odbc.refusals = [failure(4060, 'Cannot open database "EnterpriseDiveDB".')]
    profile = keep("Harbour", server="127.0.0.1", port=_closed_port())
    at.page.refresh()
    at.open(profile)
    at.finish()
    at.click("opening.test")
    at.finish()
    assert "It stops at: port." in " ".join(texts(find(at.steward, "connections.steps")))


def test_a_workspace_that_is_none_is_refused(at: Driver, tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("Dear diver, this is no database at all.")
    profile = ProfileStore().add(Profile("Letter", Kind.LOCAL, workspace=letter))
    at.page.refresh()
    at.open(profile)
    at.finish()
    assert "letter.db is not a DiveGov workspace." in at.said()
    assert at.header()[0] == "reef.db"


def test_an_opening_can_be_stopped_while_the_server_says_nothing(at: Driver) -> None:
    waits = threading.Event()
    connect = at.server.odbc.connect

    def slow(text: str, **options: Any) -> Any:
        waits.wait(30)
        return connect(text, **options)

    at.server.odbc.connect = slow  # type: ignore[method-assign]
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    assert find(at.steward, "connections.opening.bar").isVisible()
    at.click("opening.stop")
    at.qtbot.waitUntil(lambda: not at.page.is_busy)
    assert "reef.db is still open." in at.said()
    waits.set()
    at.qtbot.waitUntil(lambda: all(c.closed for c in at.server.odbc.connections))


def test_the_window_goes_on_while_a_place_that_hangs_is_left(at: Driver) -> None:
    """The old reader sits in a query that ends late; the window does not wait for it."""
    profile = keep("Harbour")
    at.page.refresh()
    let_go, began = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        began.set()
        let_go.wait(30)

    at.steward.reader.submit(hang)
    at.qtbot.waitUntil(began.is_set)
    at.open(profile)
    at.finish()
    assert at.header()[0] == "Harbour"
    let_go.set()


# --- while work runs


def test_work_that_runs_is_not_cut_off_unasked(at: Driver) -> None:
    let_go, began = threading.Event(), threading.Event()

    def work(_session: object, _progress: object, _cancel: object) -> None:
        began.set()
        let_go.wait(30)

    at.steward.writer.submit(work, label="Ingesting the harbour", write=True)
    at.qtbot.waitUntil(began.is_set)
    profile = keep("Harbour")
    at.page.refresh()
    at.open(profile)
    at.qtbot.waitUntil(lambda: any(d.isVisible() for d in at.steward.window.findChildren(QDialog)))
    said = " ".join(texts(find(at.steward, "closing")))
    assert "Ingesting the harbour is not finished" in said
    assert "Stop and open Harbour" in said
    assert at.header()[0] == "reef.db"
    let_go.set()
    at.qtbot.waitUntil(lambda: at.header()[0] == "Harbour")
    at.finish()


# --- from the command line


def test_a_profile_named_at_the_start_is_opened_in_the_window(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, server: ServerOnSqlite, home: Path
) -> None:
    profile = keep("Harbour")
    seen: list[str] = []
    monkeypatch.setattr("divegov_gui.database.odbc_link.load_pyodbc", lambda: server.odbc)

    def live(_: object = None) -> int:
        (window,) = [
            w for w in QApplication.topLevelWidgets() if w.objectName() == "window" and w.isVisible()
        ]

        def look() -> None:
            if window.windowTitle().startswith("Harbour"):
                seen.append(window.windowTitle())
                loop.quit()

        from PySide6.QtCore import QEventLoop

        loop, timer = QEventLoop(), QTimer()
        timer.timeout.connect(look)
        timer.start(10)
        loop.exec()
        timer.stop()
        window.close()
        window.deleteLater()
        return 0

    monkeypatch.setattr(QApplication, "exec", live)
    assert app.run(profile, None) == 0
    assert seen == ["Harbour — DiveGov Steward"]
    assert not (home / "workspace.db").exists(), "the local workspace is not made for nothing"


def test_pictures_of_a_server_name_neither_it_nor_the_login(
    server: ServerOnSqlite, qtbot: QtBot, open_on: Any
) -> None:
    place = ServerPlace("Harbour", SERVER, odbc=server.odbc)
    steward = open_on(place, mask_personal=True)
    name, engine, role = Driver(qtbot, steward, server).header()
    assert (name, role) == ("Harbour", "Role: Database owner — enforced by SQL Server")
    assert "sql01" not in engine
    assert LOGIN not in steward.window.header.workspace.toolTip()


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])

"""Connections: profiles as cards, their editor, their test step by step, and import and export."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from driving import click, clipped, find, quiet, texts
from fake_odbc import Result
from fake_server import nonsense, port_that
from memory_keyring import Keyring
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from server_on_sqlite import ServerOnSqlite

from divegov_gui.app import Steward
from divegov_gui.services.connection_test import State, Step, StepResult
from divegov_gui.services.connections import local_workspace
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import (
    Authentication,
    Encryption,
    Kind,
    Profile,
    ProfileStore,
    SqlServerProfile,
)
from divegov_gui.ui.notifier import Notice
from divegov_gui.ui.pages.connections import ConnectionsPage, work
from divegov_gui.ui.pages.connections.dialogs import PasswordQuestion
from divegov_gui.ui.pages.connections.profile_card import ProfileCard
from divegov_gui.ui.pages.connections.steps_panel import StepsPanel
from divegov_gui.ui.theme import ThemeManager

PASSWORD = "Tide; {an} alle'42"
ODBC = SimpleNamespace(drivers=lambda: ["ODBC Driver 18 for SQL Server"])


class NoKeyring:
    """What the keyring package is on a computer without one."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object) -> Any:
            raise RuntimeError(f"no keyring {PASSWORD}")

        return fail


class Driver:
    """A person at the page."""

    def __init__(self, qtbot: QtBot, steward: Steward) -> None:
        self.qtbot, self.steward = qtbot, steward
        page = steward.window.page("connections")
        assert isinstance(page, ConnectionsPage)
        self.page = page
        self.keyring = Keyring()
        page.passwords, page.odbc = Passwords(self.keyring), ODBC
        self.notices: list[Notice] = []
        steward.notifier.posted.connect(self.notices.append)

    @property
    def store(self) -> ProfileStore:
        return ProfileStore()

    def click(self, name: str) -> None:
        name = f"connections.{name}"
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the dialogs before this one
        click(self.qtbot, self.steward, name)
        self.qtbot.wait(0)

    def type(self, name: str, text: str) -> None:
        field = find(self.steward, f"connections.{name}", QLineEdit)
        assert field.isVisible()
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)

    def choose(self, name: str, value: object) -> None:
        """Go through the choices with the arrow keys."""
        field = find(self.steward, f"connections.editor.{name}", QComboBox)
        assert field.isVisible()
        assert field.isEnabled()
        field.setFocus()
        self.qtbot.keyClick(field, Qt.Key.Key_Home)
        for _ in range(field.findData(value)):
            self.qtbot.keyClick(field, Qt.Key.Key_Down)
        assert field.currentData() == value

    def finish(self) -> None:
        self.qtbot.waitUntil(lambda: not self.page.is_busy, timeout=20_000)
        self.qtbot.wait(0)

    def cards(self) -> list[ProfileCard]:
        return [c for c in self.page.findChildren(ProfileCard) if c.isVisible()]

    def names(self) -> list[str]:
        return [card.profile.name for card in self.cards()]

    def card(self, name: str) -> ProfileCard:
        return next(card for card in self.cards() if card.profile.name == name)

    def press(self, what: str, name: str) -> None:
        self.click(f"{what}.{self.card(name).profile.profile_id}")

    def steps(self) -> StepsPanel:
        return find(self.steward, "connections.steps", StepsPanel)

    def step_words(self) -> dict[str, str]:
        return {row.step.name: row.badge.text for row in self.steps().rows.values()}

    def error(self, name: str) -> str:
        field = find(self.steward, f"connections.editor.{name}")
        return field.accessibleDescription() if field.property("invalid") == "true" else ""

    def dialog(self) -> QDialog:
        found = [d for d in self.steward.window.findChildren(QDialog) if d.isVisible()]
        assert len(found) == 1
        return found[0]


@pytest.fixture
def at(qtbot: QtBot, open_on: Any, tmp_path: Path) -> Driver:
    steward = open_on(tmp_path / "reef.db")
    steward.window.go_to("connections")
    quiet(steward)
    return Driver(qtbot, steward)


def keep(name: str = "Harbour", **server: Any) -> Profile:
    values: dict[str, Any] = {"server": "127.0.0.1", "login_timeout": 5} | server
    return ProfileStore().add(Profile(name, Kind.SQLSERVER, server=SqlServerProfile(**values)))


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def begin_login(at: Driver, name: str = "Dive registry") -> None:
    at.click("new")
    at.type("editor.name", name)
    at.type("editor.address", r"sql01.example.org,1444")
    at.choose("authentication", Authentication.SQL)
    at.type("editor.user", "steward")
    at.finish()


# --- cards


def test_the_open_workspace_is_the_first_card_and_is_not_kept_by_being_seen(at: Driver) -> None:
    assert at.names() == ["Local workspace"]
    shown = texts(at.cards()[0])
    assert str(at.steward.context.workspace.path) in {
        label.full for label in at.cards()[0].findChildren(QLabel) if hasattr(label, "full")
    }
    assert "Not yet" not in shown, "it is used now"
    assert at.cards()[0].accessibleName() == "Local workspace, open now"
    assert not at.cards()[0].findChildren(QAbstractButton), "there is nothing to change"
    assert not at.store.path.exists()


def test_cards_are_in_order_and_in_words(at: Driver) -> None:
    keep("wreck")
    keep("Atoll", authentication=Authentication.SQL, user="steward", trust_certificate=True)
    at.store.edit(Profile(**(vars(keep("Zebra")) | {"favourite": True, "last_used": "2026-11-20 14:03:11"})))
    at.page.refresh()
    assert at.names() == ["Local workspace", "Zebra", "Atoll", "wreck"]
    shown = texts(at.card("Atoll"))
    for words in ("SQL Server login", "steward", "Mandatory, certificate not checked", "EnterpriseDiveDB"):
        assert words in shown
    assert any(text.startswith("2026-11-2") for text in texts(at.card("Zebra")))
    at.press("favourite", "wreck")
    assert at.names() == ["Local workspace", "wreck", "Zebra", "Atoll"]
    assert at.store.find("wreck").favourite


def test_a_profile_of_the_open_workspace_is_the_first_card(at: Driver) -> None:
    path = at.steward.context.workspace.path
    at.store.add(Profile("Reef", Kind.LOCAL, workspace=path))
    at.page.refresh()
    assert at.names() == ["Reef"]
    assert at.cards()[0].accessibleName() == "Reef, open now"


def test_a_broken_file_is_told_and_left_as_it_is(at: Driver) -> None:
    at.store.path.parent.mkdir(parents=True, exist_ok=True)
    at.store.path.write_text("{")
    at.page.refresh()
    assert "cannot be read" in find(at.steward, "connections.problem", QLabel).text()
    assert at.names() == ["Local workspace"]
    at.store.path.unlink()
    at.click("retry")
    assert not find(at.steward, "connections.problem").isVisible()


# --- the editor


def test_a_new_server_gets_its_card_and_no_password_is_in_the_file(at: Driver) -> None:
    begin_login(at)
    at.choose("keeping", "keep")
    field = find(at.steward, "connections.editor.password", QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    at.type("editor.password", PASSWORD)
    at.choose("encryption", Encryption.STRICT)
    at.click("editor.save")
    at.finish()
    assert at.names() == ["Local workspace", "Dive registry"]
    kept = at.store.find("Dive registry")
    assert kept.server is not None
    assert (kept.server.server, kept.server.port) == ("sql01.example.org", 1444)
    assert kept.server.encryption is Encryption.STRICT
    assert list(at.keyring.kept.values()) == [PASSWORD]
    assert PASSWORD not in at.store.path.read_text()
    assert PASSWORD not in json.dumps(json.loads(at.store.path.read_text()), ensure_ascii=False)
    assert "sql01.example.org,1444" in texts(at.card("Dive registry"))


def test_a_password_is_in_no_widget_and_no_notice_after_saving(at: Driver) -> None:
    begin_login(at)
    at.choose("keeping", "keep")
    at.type("editor.password", PASSWORD)
    at.click("editor.save")
    at.finish()
    assert all(PASSWORD not in edit.text() for edit in at.page.findChildren(QLineEdit))
    assert all(PASSWORD not in notice.text for notice in at.notices)


def test_without_a_keyring_the_editor_says_so_and_asks_each_time(at: Driver) -> None:
    at.page.passwords = Passwords(NoKeyring())
    begin_login(at)
    note = find(at.steward, "connections.editor.keyring", QLabel)
    assert note.isVisible()
    assert "The keyring cannot be used" in note.text()
    assert PASSWORD not in note.text()
    assert not find(at.steward, "connections.editor.keeping").isEnabled()


def test_choosing_to_be_asked_takes_a_kept_password_out_of_the_keyring(at: Driver) -> None:
    profile = keep(authentication=Authentication.SQL, user="anna")
    at.page.passwords.remember(profile, Secret(PASSWORD))
    at.page.refresh()
    at.press("edit", "Harbour")
    at.finish()
    assert find(at.steward, "connections.editor.keeping", QComboBox).currentData() == "keep"
    at.choose("keeping", "ask")
    at.click("editor.save")
    at.finish()
    assert at.keyring.kept == {}


def test_what_is_wrong_is_said_at_its_field(at: Driver) -> None:
    keep("Harbour")
    at.page.refresh()
    at.click("new")
    at.choose("authentication", Authentication.SQL)
    at.finish()
    at.choose("keeping", "keep")
    at.click("editor.save")
    for name in ("name", "address", "user", "password"):
        assert at.error(name), name
    assert QApplication.focusWidget() is find(at.steward, "connections.editor.name")
    at.type("editor.name", "harbour")
    assert at.error("name") == ""
    at.type("editor.address", "sql01,port")
    at.type("editor.database", " ")
    at.click("editor.save")
    assert "already" in at.error("name")
    assert "no port" in at.error("address")
    assert "database" in at.error("database").lower()
    assert len(at.store.all()) == 1


def test_a_local_workspace_can_be_kept_with_the_keyboard_alone(at: Driver) -> None:
    at.click("new")
    at.choose("kind", Kind.LOCAL)
    at.type("editor.name", "Lagoon")
    assert not find(at.steward, "connections.editor.address").isVisible()
    at.type("editor.workspace", "/srv/lagoon.db")
    at.qtbot.keyClick(find(at.steward, "connections.editor.workspace"), Qt.Key.Key_Return)
    assert at.store.find("Lagoon").workspace == Path("/srv/lagoon.db").absolute()
    assert "Lagoon" in at.names()


def test_escape_closes_the_editor_and_asks_where_something_would_be_lost(at: Driver) -> None:
    at.click("new")
    at.finish()
    at.qtbot.keyClick(find(at.steward, "connections.editor.name"), Qt.Key.Key_Escape)
    assert at.page.findChild(QWidget, "connections.editor") is None
    at.click("new")
    at.finish()
    at.type("editor.name", "Half")
    at.qtbot.keyClick(find(at.steward, "connections.editor.name"), Qt.Key.Key_Escape)
    at.click("confirm.no")
    assert find(at.steward, "connections.editor.name", QLineEdit).text() == "Half"
    at.click("new")
    at.click("confirm.yes")
    assert find(at.steward, "connections.editor.name", QLineEdit).text() == ""


def test_duplicate_and_edit_the_copy(at: Driver) -> None:
    keep(login_timeout=7)
    at.page.refresh()
    at.press("duplicate", "Harbour")
    assert at.names() == ["Local workspace", "Harbour", "Harbour (2)"]
    at.type("editor.database", "Training")
    at.click("editor.save")
    at.finish()
    copy, first = at.store.find("Harbour (2)").server, at.store.find("Harbour").server
    assert copy is not None
    assert first is not None
    assert (copy.database, copy.login_timeout, first.database) == ("Training", 7, "EnterpriseDiveDB")


def test_delete_asks_and_takes_the_password_along(at: Driver) -> None:
    profile = keep(authentication=Authentication.SQL, user="anna")
    at.page.passwords.remember(profile, Secret(PASSWORD))
    at.page.refresh()
    at.press("delete", "Harbour")
    at.click("confirm.no")
    assert "Harbour" in at.names()
    at.press("delete", "Harbour")
    assert "EnterpriseDiveDB on 127.0.0.1" in " ".join(texts(at.dialog()))
    at.click("confirm.yes")
    at.finish()
    assert at.names() == ["Local workspace"]
    assert at.store.all() == []
    assert at.keyring.kept == {}


# --- the test


def test_a_closed_port_shows_the_step_and_what_to_do_and_the_window_stays_alive(at: Driver) -> None:
    port = closed_port()
    keep(port=port)
    at.page.refresh()
    ticks: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start(10)
    at.press("test", "Harbour")
    at.qtbot.wait(60)
    at.finish()
    timer.stop()
    assert max(b - a for a, b in pairwise(ticks)) < 0.5
    words = at.step_words()
    assert (words["DRIVER"], words["NAME"], words["PORT"]) == ("Works", "Works", "Stops here")
    assert set(list(words.values())[3:]) == {"Not tried"}
    shown = " ".join(texts(at.steps()))
    assert f"Nothing listens on port {port}" in shown
    assert "What to do: Is SQL Server running" in shown
    assert at.steps().note_text.startswith("It stops at: port.")
    assert at.store.find("Harbour").last_used is None
    at.click("steps.again")
    at.finish()
    assert at.step_words()["PORT"] == "Stops here"
    at.click("steps.close")
    assert at.page.findChild(StepsPanel) is None


def test_a_database_of_an_older_level_shows_the_statement_that_helps(at: Driver, tmp_path: Path) -> None:
    server = ServerOnSqlite(tmp_path / "reef.db")
    server.level = 150
    server.on("DB_NAME() AS", Result(("Database_Name",), [("EnterpriseDiveDB",)]))
    at.page.odbc = server.odbc
    keep(server="(localdb)\\MSSQLLocalDB")
    at.page.refresh()
    at.press("test", "Harbour")
    at.finish()
    assert at.step_words()["VERSION"] == "Stops here"
    shown = " ".join(texts(at.steps()))
    assert "EnterpriseDiveDB keeps to compatibility level 150, and the program needs 160." in shown
    assert "ALTER DATABASE [EnterpriseDiveDB] SET COMPATIBILITY_LEVEL = 160;" in shown
    assert clipped(at.steps()) == []


def test_steps_appear_as_they_are_done_and_a_test_can_be_stopped(at: Driver) -> None:
    with silent_port() as port:
        keep(port=port)
        at.page.refresh()
        at.press("test", "Harbour")
        at.qtbot.waitUntil(lambda: at.step_words()["PORT"] == "Works", timeout=5000)
        assert at.step_words()["ENCRYPTION"] == "Checking"
        assert at.step_words()["LOGIN"] == "Waiting"
        began = time.monotonic()
        at.click("steps.stop")
        at.finish()
        assert time.monotonic() - began < 2
    assert at.step_words()["PORT"] == "Works"
    assert at.step_words()["ENCRYPTION"] == "Not tried"
    assert at.steps().note_text.startswith("Stopped.")


def test_a_silent_port_fails_in_time_at_encryption(at: Driver) -> None:
    with silent_port() as port:
        keep(port=port, login_timeout=1)
        at.page.refresh()
        at.press("test", "Harbour")
        at.finish()
    assert at.step_words()["ENCRYPTION"] == "Stops here"


def test_a_port_that_talks_nonsense_is_told_from_a_sql_server(at: Driver) -> None:
    with port_that(nonsense) as port:
        keep(port=port, login_timeout=5)
        at.page.refresh()
        at.press("test", "Harbour")
        at.finish()
    assert at.step_words()["PORT"] == "Works"
    assert at.step_words()["ENCRYPTION"] == "Stops here"
    assert "not as SQL Server" in " ".join(texts(at.steps()))


def test_a_password_is_asked_for_unseen_and_kept_where_that_is_wanted(at: Driver) -> None:
    profile = keep(port=closed_port(), authentication=Authentication.SQL, user="anna")
    at.page.refresh()
    at.press("test", "Harbour")
    at.qtbot.waitUntil(lambda: at.steward.window.findChild(PasswordQuestion) is not None, timeout=5000)
    field = find(at.steward, "connections.ask.password", QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    at.click("ask.ok")
    assert field.property("invalid") == "true"
    at.qtbot.keyClicks(field, PASSWORD)
    at.click("ask.keep")
    at.qtbot.keyClick(field, Qt.Key.Key_Return)
    at.finish()
    assert at.step_words()["PORT"] == "Stops here"
    recalled = at.page.passwords.recall(profile)
    assert recalled is not None
    assert recalled.value == PASSWORD
    at.click("steps.again")
    at.finish()
    assert at.step_words()["PORT"] == "Stops here", "this time the keyring had it"


def test_without_a_password_nothing_is_tested(at: Driver) -> None:
    at.page.passwords = Passwords(NoKeyring())
    keep(authentication=Authentication.SQL, user="anna")
    at.page.refresh()
    at.press("test", "Harbour")
    at.qtbot.waitUntil(lambda: at.steward.window.findChild(PasswordQuestion) is not None, timeout=5000)
    assert "The keyring cannot be used" in find(at.steward, "connections.ask.note", QLabel).text()
    assert not find(at.steward, "connections.ask.keep").isEnabled()
    at.click("ask.cancel")
    at.finish()
    assert "it needs a password" in at.steps().note_text
    assert set(at.step_words().values()) == {"Not tried"}


def test_closing_the_window_stops_a_test_at_once(at: Driver) -> None:
    with silent_port() as port:
        keep(port=port, login_timeout=60)
        at.page.refresh()
        at.press("test", "Harbour")
        at.qtbot.waitUntil(lambda: at.step_words()["ENCRYPTION"] == "Checking", timeout=5000)
        began = time.monotonic()
        at.steward.window.close()
        assert time.monotonic() - began < 2
    assert not at.page.is_busy


def test_save_and_test_uses_the_password_that_was_just_typed(at: Driver) -> None:
    at.click("new")
    at.type("editor.name", "Dive registry")
    at.type("editor.address", f"127.0.0.1,{closed_port()}")
    at.choose("authentication", Authentication.SQL)
    at.type("editor.user", "steward")
    at.finish()
    at.choose("keeping", "keep")
    at.type("editor.password", PASSWORD)
    at.click("editor.save_and_test")
    at.finish()
    assert at.step_words()["PORT"] == "Stops here"
    assert at.steward.window.findChild(PasswordQuestion) is None
    assert list(at.keyring.kept.values()) == [PASSWORD]


def test_a_missing_database_is_offered_to_be_made_and_then_tested_again(
    at: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[SqlServerProfile] = []

    def walk(*_: object, **__: object) -> Iterator[StepResult]:
        for step in Step:
            missing = step is Step.DATABASE and not made
            state = State.FAILED if missing else State.OK
            yield StepResult(step, state, f"{step.value}.", "", can_create_database=missing)

    monkeypatch.setattr(work, "walk_connection", walk)
    monkeypatch.setattr(work, "create_database", lambda server, *_, **__: made.append(server))
    keep()
    at.page.refresh()
    at.press("test", "Harbour")
    at.finish()
    assert at.store.find("Harbour").last_used is None
    at.click("steps.create")
    at.finish()
    assert [server.database for server in made] == ["EnterpriseDiveDB"]
    at.finish()
    assert at.steps().note_text == "Everything works."
    assert not find(at.steward, "connections.steps.create").isVisible()
    assert at.store.find("Harbour").last_used is not None


# --- import and export


def test_export_and_import_carry_no_secret(at: Driver, tmp_path: Path) -> None:
    profile = keep(authentication=Authentication.SQL, user="anna")
    at.page.passwords.remember(profile, Secret(PASSWORD))
    at.page.refresh()
    target = tmp_path / "out.json"
    at.page.choose_export = lambda _: target
    at.page.choose_import = lambda _: target
    at.click("export")
    assert "pass" not in target.read_text().lower()
    assert PASSWORD not in target.read_text()
    at.click("import")
    assert at.names() == ["Local workspace", "Harbour", "Harbour (2)"]
    assert at.notices[-1].title == "1 connection imported."
    target.write_text("nothing of ours")
    at.click("import")
    assert at.notices[-1].tone == "danger"
    assert len(at.names()) == 3


def test_nothing_to_export_is_not_offered(at: Driver) -> None:
    assert not find(at.steward, "connections.export").isEnabled()


# --- how it looks and is reached


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_is_clipped(at: Driver, themes: ThemeManager, size: tuple[int, int], mode: str) -> None:
    keep(
        "A connection with quite a long name, as people give who keep many",
        port=closed_port(),
    )
    keep(
        "Atoll",
        server="x" * 60 + ".example.org",
        authentication=Authentication.ENTRA_INTERACTIVE,
        user="a@b.org",
    )
    themes.set_mode(mode)
    at.steward.window.resize(*size)
    at.page.refresh()
    quiet(at.steward)
    assert clipped(at.steward.window) == []
    at.click("new")
    at.click("editor.save")
    at.finish()
    quiet(at.steward)
    assert clipped(at.steward.window) == []
    at.page.test(at.store.all()[0])
    at.finish()
    quiet(at.steward)
    assert clipped(at.steward.window) == []


def test_every_control_has_a_name_and_tab_reaches_it(at: Driver) -> None:
    keep("Harbour")
    at.page.refresh()
    at.click("new")
    at.finish()
    controls = [
        w
        for w in [
            *at.page.findChildren(QAbstractButton),
            *at.page.findChildren(QLineEdit),
            *at.page.findChildren(QComboBox),
        ]
        if w.isVisible() and w.isEnabled() and w.objectName().startswith("connections.")
    ]
    assert len(controls) > 15
    unnamed = [w for w in at.page.findChildren(QAbstractButton) if w.isVisible() and not w.objectName()]
    assert unnamed == []
    assert [w.objectName() for w in controls if not w.accessibleName()] == []
    find(at.steward, "connections.import").setFocus()
    reached: set[str] = set()
    for _ in range(80):
        at.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget().objectName())
    assert {w.objectName() for w in controls} - reached == set()


def test_a_picture_that_leaves_the_house_names_no_server_and_no_user(
    open_on: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    keep("Harbour", server="sql01.secret.example", authentication=Authentication.SQL, user="lindqvist")
    steward = open_on(tmp_path / "reef.db", mask_personal=True)
    steward.window.go_to("connections")
    quiet(steward)
    shown = " ".join(texts(steward.window.page("connections")))
    assert "secret" not in shown
    assert "lindqvist" not in shown
    assert str(tmp_path) not in shown
    assert local_workspace(tmp_path / "reef.db").name in shown

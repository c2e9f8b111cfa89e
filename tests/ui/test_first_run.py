"""A newcomer's first start, from an empty home folder: three ways to begin, and the tour with real clicks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import ask, click, clipped, find, quiet, texts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from divegov_gui import app
from divegov_gui.app import Steward
from divegov_gui.services.connections import Workspace, local_workspace
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.page import QuarantinePage
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.tour.coach_mark import Dimness
from divegov_gui.ui.tour.steps import RESUBMIT_DIALOG, STEPS

KEYS = [step.key for step in STEPS]


class Newcomer:
    """A person who has never seen the program."""

    def __init__(self, qtbot: QtBot, steward: Steward) -> None:
        self.qtbot, self.steward = qtbot, steward

    def runs_the_demo(self) -> None:
        click(self.qtbot, self.steward, "overview.demo")
        quiet(self.steward)

    def is_shown(self, key: str) -> None:
        """Wait until the tour is at a step and all that it needs is there."""
        tour = self.steward.tour
        self.qtbot.waitUntil(lambda: tour.step is not None and tour.step.key == key, timeout=10_000)
        quiet(self.steward)
        tour._look()

    def presses(self, name: str) -> None:
        """Click where the control is, as one finds it on the screen: nothing may lie over it."""
        control = self.find(name)
        self.qtbot.waitUntil(lambda: control.isVisible() and control.isEnabled())
        host = control.window()
        at = control.mapTo(host, control.rect().center())
        met = host.childAt(at)
        assert met is control or control.isAncestorOf(met), f"{met.objectName()} lies over {name}"
        self.qtbot.mouseClick(control, Qt.MouseButton.LeftButton)
        quiet(self.steward)

    def find(self, name: str) -> QWidget:
        for window in reversed(QApplication.topLevelWidgets()):
            if (
                isinstance(window, QDialog)
                and window.isVisible()
                and (found := window.findChild(QWidget, name))
            ):
                return found
        return find(self.steward, name)

    def says(self) -> list[str]:
        return texts(self.find("tour.card"))


@pytest.fixture
def newcomer(qtbot: QtBot, open_on: Any, home: Path) -> Newcomer:
    assert not home.exists()
    return Newcomer(qtbot, open_on(local_workspace()))


@pytest.fixture
def toured(newcomer: Newcomer) -> Newcomer:
    """At the first step of the tour."""
    newcomer.runs_the_demo()
    newcomer.presses("tour.next")
    newcomer.is_shown("overview")
    return newcomer


def test_a_new_workspace_offers_three_ways_to_begin(newcomer: Newcomer, qtbot: QtBot) -> None:
    said = texts(newcomer.steward.window)
    for wanted in ("Welcome to DiveGov Steward", "Run the demo", "Choose a file", "Connect"):
        assert wanted in said
    newcomer.presses("overview.own_file")
    assert newcomer.steward.window.current_key == "ingest"
    assert find(newcomer.steward, "ingest.file").isVisible()
    newcomer.steward.window.go_to("overview")
    quiet(newcomer.steward)
    newcomer.presses("overview.server")
    assert newcomer.steward.window.current_key == "connections"


def test_the_whole_tour_by_deeds(toured: Newcomer, qtbot: QtBot, home: Path) -> None:
    toured.presses("overview.next_action")
    toured.is_shown("fix")
    assert "You are in the quarantine." in toured.says()
    steward = toured.steward
    waiting = ask(home / "workspace.db", "SELECT count(*) FROM Data_Quarantine WHERE Failed_Checks = 0")[0][0]
    page = steward.window.page("quarantine")
    assert isinstance(page, QuarantinePage)
    qtbot.waitUntil(lambda: bool(page.desk.suggesting.suggestions))
    qtbot.keyClick(find(steward, "quarantine.grid"), Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    toured.is_shown("resubmit")
    assert ask(home / "workspace.db", "SELECT count(*) FROM Data_Quarantine WHERE Failed_Checks = 0") == [
        (waiting + 1,)
    ]
    toured.presses("quarantine.resubmit")
    toured.is_shown("rehearse")
    toured.presses("quarantine.rehearsal.go")
    toured.is_shown("history")
    assert "It went through the gate." in toured.says()
    assert ask(home / "workspace.db", "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Released'") == [
        (1,)
    ]
    (newest,) = ask(home / "workspace.db", "SELECT max(Diver_ID) FROM Diver")[0]
    assert str(newest) in find(steward, "history.search").text()  # type: ignore[attr-defined]
    for key in ("as_of", "end"):
        toured.presses("tour.next")
        toured.is_shown(key)
    toured.presses("tour.next")
    assert not steward.tour.is_on
    assert steward.tour.is_seen


def test_the_whole_tour_by_next_changes_nothing(toured: Newcomer, home: Path) -> None:
    question = "SELECT count(*), sum(Failed_Checks), sum(Record_Version) FROM Data_Quarantine"
    before = ask(home / "workspace.db", question)
    for key in [key for key in KEYS[1:] if key != "rehearse"]:
        toured.presses("tour.next")
        toured.is_shown(key)
    toured.presses("tour.next")
    assert not toured.steward.tour.is_on
    assert ask(home / "workspace.db", question) == before


def test_next_closes_the_rehearsal_and_nothing_was_sent(toured: Newcomer, home: Path) -> None:
    toured.presses("overview.next_action")
    toured.is_shown("fix")
    toured.presses("tour.next")
    toured.is_shown("resubmit")
    toured.presses("quarantine.resubmit")
    toured.is_shown("rehearse")
    toured.presses("tour.next")
    toured.is_shown("history")
    assert toured.steward.window.findChild(QDialog, RESUBMIT_DIALOG) is None
    assert ask(home / "workspace.db", "SELECT count(*) FROM Data_Quarantine WHERE Status <> 'Open'") == [(0,)]


def test_a_rehearsal_that_is_cancelled_is_no_deed(toured: Newcomer) -> None:
    toured.presses("overview.next_action")
    toured.is_shown("fix")
    toured.presses("tour.next")
    toured.is_shown("resubmit")
    toured.presses("quarantine.resubmit")
    toured.is_shown("rehearse")
    toured.presses("quarantine.rehearsal.cancel")
    toured.is_shown("history")
    assert "It went through the gate." not in toured.says()


@pytest.mark.parametrize("steps", range(6))
def test_it_can_be_skipped_at_every_step_and_is_known_then(
    toured: Newcomer, steps: int, qtbot: QtBot, settings: UiSettings
) -> None:
    keys = [key for key in KEYS if key != "rehearse"]
    for key in keys[1 : steps + 1]:
        toured.presses("tour.next")
        toured.is_shown(key)
    if keys[steps] != "end":
        toured.presses("tour.skip")
    else:
        toured.presses("tour.next")
    assert not toured.steward.tour.is_on
    assert toured.steward.tour.is_seen
    assert (
        toured.steward.window.findChild(Dimness) is None
        or not find(toured.steward, "tour.dimness").isVisible()
    )


def test_keys_alone_lead_through_it(toured: Newcomer, qtbot: QtBot) -> None:
    window = toured.steward.window
    alt = Qt.KeyboardModifier.AltModifier
    assert find(toured.steward, "tour.next").hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_N, alt)
    toured.is_shown("fix")
    assert find(toured.steward, "quarantine.grid").hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_B, alt)
    toured.is_shown("overview")
    assert window.current_key == "overview"
    qtbot.keyClick(find(toured.steward, "tour.next"), Qt.Key.Key_Escape)
    assert not toured.steward.tour.is_on


def test_it_is_offered_once_and_taken_up_again_from_help(
    newcomer: Newcomer, qtbot: QtBot, open_on: Any
) -> None:
    newcomer.runs_the_demo()
    assert "Shall I show you around?" in newcomer.says()
    newcomer.presses("tour.skip")
    newcomer.steward.window.close()
    again = Newcomer(qtbot, open_on(local_workspace()))
    again.steward.tour.offer()
    assert not again.steward.tour.is_on
    again.presses("header.help")
    qtbot.waitUntil(lambda: find(again.steward, "help", QDialog).isVisible())
    again.presses("help.tour")
    again.is_shown("overview")


def test_where_nothing_has_come_in_the_tour_begins_with_the_demo(newcomer: Newcomer, qtbot: QtBot) -> None:
    newcomer.presses("header.help")
    qtbot.waitUntil(lambda: find(newcomer.steward, "help", QDialog).isVisible())
    newcomer.presses("help.tour")
    newcomer.is_shown("demo")
    assert not find(newcomer.steward, "tour.next").isVisible()
    newcomer.presses("overview.demo")
    newcomer.is_shown("overview")
    assert "The demo is ready." in newcomer.says()
    assert "1 of 7" in newcomer.says()


def test_the_demo_s_own_window_offers_the_tour(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, workspace: Path
) -> None:
    offered: list[bool] = []

    def look(*_: object) -> int:
        (card,) = [w for w in QApplication.allWidgets() if w.objectName() == "tour.card" and w.isVisible()]
        offered.append("Shall I show you around?" in texts(card))
        window = card.window()
        window.close()
        window.deleteLater()
        return 0

    monkeypatch.setattr(QApplication, "exec", look)
    assert app.run(Workspace(workspace), None, "overview") == 0
    assert offered == [True]


def test_what_is_dim_takes_no_click_and_what_is_lit_does(toured: Newcomer, qtbot: QtBot) -> None:
    window = toured.steward.window
    rail = window.nav.button("rules")
    met = window.childAt(rail.mapTo(window, rail.rect().center()))
    assert met.objectName() == "tour.dimness"
    lit = find(toured.steward, "overview.next_action", QPushButton)
    assert window.childAt(lit.mapTo(window, QPoint(8, 8))) is lit


def test_each_step_tells_assistive_technology_what_it_is_about(toured: Newcomer) -> None:
    card = toured.find("tour.card")
    assert card.accessibleName() == "Every record has its place"
    assert "Press the button" in card.accessibleDescription()
    assert "Every record has its place." in toured.find("tour.next").accessibleDescription()


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_of_it_is_cut_off(
    newcomer: Newcomer, size: tuple[int, int], look: str, themes: theme.ThemeManager
) -> None:
    window = newcomer.steward.window
    themes.set_mode(look)
    window.resize(*size)
    quiet(newcomer.steward)
    assert clipped(window) == []
    newcomer.runs_the_demo()
    newcomer.presses("tour.next")
    for key in [key for key in KEYS if key != "rehearse"]:
        newcomer.is_shown(key)
        card = newcomer.find("tour.card")
        assert window.rect().contains(card.geometry()), key
        for said in card.findChildren(QLabel):
            if said.isVisible() and said.wordWrap():
                assert said.heightForWidth(said.width()) <= said.height(), said.text()
        newcomer.presses("tour.next")

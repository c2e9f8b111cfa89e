"""The page History: finding divers, walking through their versions, looking from the past, changing and restoring."""

from __future__ import annotations

import csv
import threading
from functools import partial
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
    everything_said,
    find,
    look_for,
    open_page,
    quiet,
    texts,
    write,
)
from lives import ADA, BRUNO, MINA, change, give_long_past
from PySide6.QtCore import QCoreApplication, QDateTime, QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.app import Steward
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.connections import Workspace
from divegov_gui.services.directory import ChangeFilter
from divegov_gui.services.history import FIELDS
from divegov_gui.services.manifest import verify_pack
from divegov_gui.services.servers import Standing
from divegov_gui.ui import theme
from divegov_gui.ui.pages.history import changes_view
from divegov_gui.ui.pages.history import page as history_page
from divegov_gui.ui.pages.history.change_dialogs import EditDialog
from divegov_gui.ui.pages.history.page import HistoryPage
from divegov_gui.ui.pages.history.timeline import Timeline
from divegov_gui.ui.pages.history.timeline_scale import microseconds
from divegov_gui.ui.pages.history.version_list import VersionList
from divegov_gui.ui.pages.history.versions import Version
from divegov_gui.ui.widgets import StatTile
from divegov_gui.ui.widgets.story_thread import StoryThread


@pytest.fixture
def steward(open_on: Any, lived: Path) -> Steward:
    return open_page(open_on, lived, "history")


def page(steward: Steward) -> HistoryPage:
    found = steward.window.page("history")
    assert isinstance(found, HistoryPage)
    return found


def search(qtbot: QtBot, steward: Steward, text: str) -> None:
    look_for(qtbot, steward, "history", text)


def show(qtbot: QtBot, steward: Steward, diver_id: int) -> None:
    search(qtbot, steward, str(diver_id))


def found(steward: Steward) -> list[list[str]]:
    table = find(steward, "history.results", QTableView)
    return [cells(table, row) for row in range(table.model().rowCount())]


def differences(steward: Steward) -> list[list[str]]:
    table = find(steward, "history.diff", QTableView)
    return [cells(table, row) for row in range(table.model().rowCount())]


def label(steward: Steward, name: str) -> str:
    shown = find(steward, name, QLabel)
    return str(getattr(shown, "full", shown.text()))


def turn_to(qtbot: QtBot, steward: Steward, view: int) -> None:
    click_tab(qtbot, steward, "history.views", view)
    quiet(steward)


def look_from(steward: Steward, utc: str) -> None:
    find(steward, "history.as_of", QDateTimeEdit).setDateTime(
        QDateTime.fromMSecsSinceEpoch(microseconds(utc) // 1000)
    )
    quiet(steward)


# --- finding


def test_it_opens_on_whoever_changed_last(steward: Steward) -> None:
    assert label(steward, "history.found") == "Changed last"
    assert len(found(steward)) > 10
    assert find(steward, "history.timeline", Timeline).spans


@pytest.mark.parametrize("text", ["okonkwo", "Ada Ok", "ada.okonkwo@", "CRM-4711", str(ADA)])
def test_a_diver_is_found_by_what_they_are_called_now(qtbot: QtBot, steward: Steward, text: str) -> None:
    search(qtbot, steward, text)
    assert found(steward) == [["Ada Okonkwo", "ada.okonkwo@example.net"]]
    assert label(steward, "history.name") == "Ada Okonkwo"
    assert label(steward, "history.line").startswith(f"Diver {ADA}")


def test_a_diver_is_found_by_a_former_value_which_is_said(qtbot: QtBot, steward: Steward) -> None:
    search(qtbot, steward, "ada.obi@")
    assert found(steward) == [["Ada Okonkwo", "formerly ada.obi@example.net"]]


def test_a_deleted_diver_is_found_and_marked(qtbot: QtBot, steward: Steward) -> None:
    search(qtbot, steward, "bruno")
    assert ["Bruno Falk"] in [row[:1] for row in found(steward)]
    assert "Deleted" in [badge.accessibleName() for badge in page(steward).diver.findChildren(QWidget)]
    assert find(steward, "history.timeline", Timeline).spans[-1].ends_deleted
    assert not find(steward, "history.edit_diver").isVisible()


def test_a_search_that_is_too_much_is_told_with_what_to_do(qtbot: QtBot, steward: Steward) -> None:
    search(qtbot, steward, "x" * 1001)
    assert "This is too much for one search." in " ".join(texts(steward.window))
    search(qtbot, steward, "ada.okonkwo@")
    assert found(steward) == [["Ada Okonkwo", "ada.okonkwo@example.net"]]


def test_nobody_found_says_what_was_searched(qtbot: QtBot, steward: Steward) -> None:
    search(qtbot, steward, "zzzzzz")
    assert found(steward) == []
    assert label(steward, "history.found") == "0 divers"
    assert find(steward, "history.timeline", Timeline).spans == ()
    assert label(steward, "history.name") == ""
    assert differences(steward) == []
    click(qtbot, steward, "history.show_last")
    quiet(steward)
    assert label(steward, "history.found") == "Changed last"
    assert find(steward, "history.timeline", Timeline).isVisible()


def test_ctrl_f_goes_to_the_search_from_any_view(qtbot: QtBot, steward: Steward) -> None:
    turn_to(qtbot, steward, 2)
    qtbot.keyClick(page(steward), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert find(steward, "history.search").hasFocus()
    assert find(steward, "history.views", QTabBar).currentIndex() == 0


def test_down_goes_from_the_field_to_the_list_and_on(qtbot: QtBot, steward: Steward) -> None:
    field = find(steward, "history.search", QLineEdit)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Down)
    table = find(steward, "history.results", QTableView)
    assert table.hasFocus()
    first = label(steward, "history.line")
    qtbot.keyClick(table, Qt.Key.Key_Down)
    quiet(steward)
    assert label(steward, "history.line") != first


def test_another_page_may_ask_for_a_diver(steward: Steward, qtbot: QtBot) -> None:
    steward.window.go_to("overview")
    steward.context.go_to("history", diver_id=ADA)
    qtbot.waitUntil(lambda: label(steward, "history.name") == "Ada Okonkwo")
    quiet(steward)
    assert label(steward, "history.name") == "Ada Okonkwo"


# --- versions and what differs


def test_the_newest_version_is_shown_against_the_one_before(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    assert differences(steward) == [["Changed", "Certification", "Scuba Diver", "Open Water Diver"]]
    assert label(steward, "history.made") == "maria: Card 4711 seen"
    assert "from 2024-11-02 08:00:00 UTC, still valid" in label(steward, "history.validity")


def test_the_story_says_of_each_version_what_is_new_in_it(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    story = find(steward, "history.story", StoryThread).story
    assert [each.title for each in story] == [
        *(
            "Created",
            "Changed: Phone",
            "Changed: Last name, Email",
            "Changed: Email",
            "Changed: Certification",
        )
    ]


def test_a_long_story_is_told_from_its_end_and_more_of_it_when_asked_for(
    qtbot: QtBot, steward: Steward, lived: Path
) -> None:
    give_long_past(lived, 250)
    show(qtbot, steward, MINA)
    assert find(steward, "history.versions", VersionList).model().rowCount() == 250
    click_tab(qtbot, steward, "history.details_tabs", 2)
    told = find(steward, "history.story", StoryThread)
    qtbot.waitUntil(lambda: story_lines(told)[-1:] == ["Moved 249"])
    assert story_lines(told) == [f"Moved {number}" for number in range(150, 250)]
    for shown, more in ((200, "100 of 150"), (250, "50 of 50")):
        quiet(steward)
        told.verticalScrollBar().setValue(0)
        assert find(steward, "history.story.earlier", QPushButton).text() == f"Show {more} earlier events"
        oldest = story_lines(told)[0]
        place = place_of(told, oldest)
        click(qtbot, steward, "history.story.earlier")
        qtbot.waitUntil(partial(has_lines, told, shown))
        quiet(steward)
        assert place_of(told, oldest) == place, "what one read stays in sight"
    assert not find(steward, "history.story.earlier").isVisible()
    assert story_lines(told)[:2] == ["Promoted", "Moved 1"]


def has_lines(told: StoryThread, count: int) -> bool:
    return len(story_lines(told)) == count


def story_lines(told: StoryThread) -> list[str]:
    """Why each event that is shown happened, in order."""
    lines = [each for each in told.findChildren(QLabel) if each.text().startswith(("Moved", "Promoted"))]
    return [each.text() for each in sorted(lines, key=lambda each: each.mapTo(told, QPoint()).y())]


def place_of(told: StoryThread, line: str) -> int:
    """How far below the upper edge an event stands."""
    found = next(each for each in told.findChildren(QLabel) if each.text() == line)
    return found.mapTo(told, QPoint()).y()


def test_any_of_many_versions_can_be_compared(qtbot: QtBot, steward: Steward, lived: Path) -> None:
    give_long_past(lived, 250)
    show(qtbot, steward, MINA)
    against = find(steward, "history.against", QComboBox)
    assert against.count() == 2 + 249, "with each but itself"
    assert against.findText("version 250 of", Qt.MatchFlag.MatchStartsWith) == -1
    against.setCurrentIndex(against.findText("version 7 of", Qt.MatchFlag.MatchStartsWith))
    against.activated.emit(against.currentIndex())
    assert differences(steward) == [["Changed", "Phone", "5550000006", "5550000249"]]
    timeline = find(steward, "history.timeline", Timeline)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    assert against.currentText().startswith("version 7 of"), "what one compares with stays chosen"
    assert differences(steward) == [["Changed", "Phone", "5550000006", "5550000248"]]


def test_keys_on_the_timeline_walk_through_the_versions(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    timeline = find(steward, "history.timeline", Timeline)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    assert differences(steward) == [["Changed", "Email", "a.okonkwo@example.net", "ada.okonkwo@example.net"]]
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    assert {row[0] for row in differences(steward)} == {"Added"}
    assert label(steward, "history.made") == "root: Promoted from batch 1"


def test_the_list_of_versions_is_the_same_walk(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    click_tab(qtbot, steward, "history.details_tabs", 1)
    quiet(steward)
    table = find(steward, "history.versions", QTableView)
    assert cells(table, 0)[:2] == ["5", "Current"]
    assert cells(table, 4)[3:] == ["Created", "root", "Promoted from batch 1"]
    click_row(qtbot, table, 3)
    assert find(steward, "history.timeline", Timeline).selected == 1


def test_a_version_is_compared_with_any_other(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    timeline = find(steward, "history.timeline", Timeline)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    against = find(steward, "history.against", QComboBox)
    against.setFocus()
    against.setCurrentIndex(against.findText("the current one (5)"))
    against.activated.emit(against.currentIndex())
    assert [row[1] for row in differences(steward)] == ["Last name", "Email", "Phone", "Certification"]
    assert differences(steward)[0] == ["Changed", "Last name", "Obi", "Okonkwo"]


def test_unchanged_fields_are_folded_away_until_asked_for(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    click(qtbot, steward, "history.unchanged")
    assert len(differences(steward)) == 7
    assert ["Same", "First name", "Ada", "Ada"] in differences(steward)
    click(qtbot, steward, "history.unchanged")
    assert len(differences(steward)) == 1


def test_a_version_against_the_end_of_the_diver_is_all_removed(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, BRUNO)
    against = find(steward, "history.against", QComboBox)
    against.setCurrentIndex(against.findText("now (deleted)"))
    against.activated.emit(against.currentIndex())
    assert {row[0] for row in differences(steward)} == {"Removed"}


def test_differences_are_copied_as_they_are_shown(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    table = find(steward, "history.diff", QTableView)
    table.setFocus()
    table.selectRow(0)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Scuba Diver\tOpen Water Diver" in QGuiApplication.clipboard().text()


# --- as of


def test_a_time_typed_puts_the_page_into_the_past_and_one_click_back(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    look_from(steward, "2022-01-01 00:00:00")
    assert label(steward, "history.as_of_words") == "As of 2022-01-01 00:00:00 UTC"
    assert label(steward, "history.name") == "Ada Obi"
    assert find(steward, "history.timeline", Timeline).selected == 1
    assert not find(steward, "history.edit_diver").isVisible(), "the past cannot be edited"
    click(qtbot, steward, "history.now")
    assert label(steward, "history.name") == "Ada Okonkwo"
    assert not find(steward, "history.as_of_words").isVisible()


def test_the_slider_and_the_cursor_of_the_timeline_are_one(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    slider = find(steward, "history.as_of_slider", QSlider)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    timeline = find(steward, "history.timeline", Timeline)
    assert timeline.as_of is not None
    slider.setValue(slider.maximum())
    assert timeline.as_of is None


def test_another_diver_is_shown_as_of_the_same_instant(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    look_from(steward, "2022-01-01 00:00:00")
    show(qtbot, steward, BRUNO)
    assert label(steward, "history.as_of_words") == "As of 2022-01-01 00:00:00 UTC"
    assert find(steward, "history.timeline", Timeline).selected == 0
    assert label(steward, "history.name") == "Bruno Falk"
    assert "Known then" in [each.accessibleName() for each in page(steward).diver.findChildren(QWidget)]


def test_before_there_was_a_diver_the_page_says_so(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, BRUNO)
    look_from(steward, "2025-06-01 00:00:00")
    assert "Not there then" in [each.accessibleName() for each in page(steward).diver.findChildren(QWidget)]


def test_the_whole_directory_as_of_an_instant_is_counted_and_compared(qtbot: QtBot, steward: Steward) -> None:
    turn_to(qtbot, steward, 1)
    look_from(steward, "2024-01-01 00:00:00")
    table = find(steward, "history.directory", QTableView)
    assert table.model().rowCount() == 2
    assert [cells(table, row)[-1] for row in (0, 1)] == ["Changed since", "Deleted since"]
    assert cells(table, 0)[1:4] == ["Ada", "Okonkwo", "ada.okonkwo@example.net"]
    assert find(steward, "history.count_then").accessibleName() == "Divers then: 2"
    assert find(steward, "history.count_deleted").accessibleName() == "Deleted: 1"
    click(qtbot, steward, "history.now")
    quiet(steward)
    assert table.model().rowCount() > 400


def test_enter_on_a_diver_of_the_directory_opens_their_history(qtbot: QtBot, steward: Steward) -> None:
    turn_to(qtbot, steward, 1)
    look_from(steward, "2024-01-01 00:00:00")
    table = find(steward, "history.directory", QTableView)
    click_row(qtbot, table, 1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: label(steward, "history.name") == "Bruno Falk")
    assert find(steward, "history.views", QTabBar).currentIndex() == 0


# --- what changed


def test_of_many_changes_the_newest_are_listed_before_all_are_counted(
    qtbot: QtBot, steward: Steward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_view, "page_size", lambda: 2)
    told: list[str] = []
    turn_to(qtbot, steward, 2)
    count = find(steward, "history.change_count", QLabel)
    view = find(steward, "history.more_changes", QWidget).parent()
    monkeypatch.setattr(
        view,
        "_show_count",
        lambda listed, total, real=view._show_count: (told.append(count.text()), real(listed, total)),
    )
    find(steward, "history.since", QDateTimeEdit).setDateTime(QDateTime(2020, 6, 1, 0, 0, 0))
    find(steward, "history.until", QDateTimeEdit).setDateTime(QDateTime(2025, 6, 1, 0, 0, 0))
    quiet(steward)
    assert told[-1] == "The newest 2 are listed · counting all…"
    assert count.text() == "6 changes · the newest 2 are listed"
    assert find(steward, "history.changes", QTableView).model().rowCount() == 2
    assert find(steward, "history.more_changes", QWidget).isVisible()


def test_while_all_changes_are_counted_nothing_waits_for_it_and_it_can_be_stopped(
    qtbot: QtBot, steward: Steward, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[int] = []

    def count(wanted: ChangeFilter, session: Any, progress: ProgressSink, cancel: CancelToken) -> int:
        stopped = threading.Event()
        cancel.on_cancel(stopped.set)
        began.append(len(began))
        assert stopped.wait(10)
        cancel.raise_if_cancelled()
        return 0

    monkeypatch.setattr(changes_view, "page_size", lambda: 2)
    monkeypatch.setattr(changes_view, "count_changes", count)
    find(steward, "history.since", QDateTimeEdit).setDateTime(QDateTime(2020, 6, 1, 0, 0, 0))
    click_tab(qtbot, steward, "history.views", 2)
    qtbot.waitUntil(lambda: bool(began))
    click_tab(qtbot, steward, "history.views", 0)
    qtbot.keyClicks(find(steward, "history.search", QLineEdit), str(ADA))
    qtbot.waitUntil(lambda: len(find(steward, "history.timeline", Timeline).spans) == 5)
    qtbot.waitUntil(lambda: len(began) > 1)
    assert find(steward, "status.text", QLabel).text() == "Counting the changes"
    click(qtbot, steward, "status.cancel")
    quiet(steward)
    assert label(steward, "history.change_count") == "The newest 2 are listed · more were not counted"
    assert not find(steward, "history.more_changes", QWidget).isHidden()


def test_what_changed_is_listed_counted_and_filtered(qtbot: QtBot, steward: Steward) -> None:
    turn_to(qtbot, steward, 2)
    find(steward, "history.since", QDateTimeEdit).setDateTime(QDateTime(2020, 6, 1, 0, 0, 0))
    find(steward, "history.until", QDateTimeEdit).setDateTime(QDateTime(2025, 6, 1, 0, 0, 0))
    quiet(steward)
    assert label(steward, "history.change_count") == "5 changed, 1 deleted"
    table = find(steward, "history.changes", QTableView)
    assert cells(table, 0)[1:4] == [str(BRUNO), "Deleted", ""]
    fields = find(steward, "history.change_field", QComboBox)
    fields.setCurrentIndex(fields.findText("Email"))
    fields.activated.emit(fields.currentIndex())
    quiet(steward)
    assert label(steward, "history.change_count") == "2 changed"
    assert [cells(table, row)[3] for row in (0, 1)] == ["Email", "Last name, Email"]


def test_what_changed_is_exported_as_it_is_filtered(qtbot: QtBot, steward: Steward, tmp_path: Path) -> None:
    turn_to(qtbot, steward, 2)
    find(steward, "history.since", QDateTimeEdit).setDateTime(QDateTime(2020, 6, 1, 0, 0, 0))
    find(steward, "history.until", QDateTimeEdit).setDateTime(QDateTime(2025, 6, 1, 0, 0, 0))
    actor = find(steward, "history.change_actor", QLineEdit)
    qtbot.keyClicks(actor, "steward")
    qtbot.keyClick(actor, Qt.Key.Key_Return)
    quiet(steward)
    page(steward).changes.export_to(tmp_path / "changes.xlsx")
    page(steward).changes.export_to(tmp_path / "changes.csv")
    quiet(steward)
    with (tmp_path / "changes.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert [row[4] for row in rows] == ["By", "steward.b", "steward.b"]
    assert (tmp_path / "changes.xlsx").exists()


# --- changing


def test_an_edit_is_a_new_version_with_a_reason(qtbot: QtBot, steward: Steward, lived: Path) -> None:
    show(qtbot, steward, ADA)
    click(qtbot, steward, "history.edit_diver")
    quiet(steward)
    write(qtbot, steward, "history.edit.phone", "+34 600 999 888")
    click(qtbot, steward, "history.edit.ok")
    assert "Say why; it is kept with the version." in texts(find(steward, "history.edit"))
    write(qtbot, steward, "history.edit.reason", "Called us")
    click(qtbot, steward, "history.edit.ok")
    quiet(steward)
    assert ask(lived, f"SELECT Phone, Change_Reason FROM Diver WHERE Diver_ID = {ADA}") == [
        ("+34600999888", "Called us")
    ]
    assert len(find(steward, "history.timeline", Timeline).spans) == 6
    assert differences(steward) == [["Changed", "Phone", "+34600111222", "+34600999888"]]


def test_while_the_search_is_prepared_a_change_is_saved_at_once(
    qtbot: QtBot, open_on: Any, lived: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[int] = []
    may_end = threading.Event()

    def prepare(session: Any, progress: ProgressSink, cancel: CancelToken) -> int:
        stopped = threading.Event()
        cancel.on_cancel(stopped.set)
        began.append(len(began))
        while not stopped.wait(0.02) and not may_end.is_set():
            pass
        cancel.raise_if_cancelled()
        return 0

    monkeypatch.setattr(history_page, "prepare_search", prepare)
    steward = open_on(lived)
    steward.window.go_to("history")
    qtbot.waitUntil(lambda: bool(began))
    qtbot.keyClicks(find(steward, "history.search", QLineEdit), str(ADA))
    qtbot.waitUntil(lambda: len(find(steward, "history.timeline", Timeline).spans) == 5)
    click(qtbot, steward, "history.edit_diver")
    qtbot.waitUntil(lambda: steward.window.findChild(QLineEdit, "history.edit.phone") is not None)
    write(qtbot, steward, "history.edit.phone", "+34 600 999 888")
    write(qtbot, steward, "history.edit.reason", "Called us")
    click(qtbot, steward, "history.edit.ok")
    qtbot.waitUntil(
        lambda: ask(lived, f"SELECT Phone FROM Diver WHERE Diver_ID = {ADA}") == [("+34600999888",)]
    )
    qtbot.waitUntil(lambda: len(began) > 1)
    may_end.set()
    quiet(steward)


def test_a_value_that_the_rules_refuse_is_explained_in_its_place(qtbot: QtBot, steward: Steward) -> None:
    show(qtbot, steward, ADA)
    click(qtbot, steward, "history.edit_diver")
    quiet(steward)
    write(qtbot, steward, "history.edit.email", "no address")
    write(qtbot, steward, "history.edit.reason", "Test")
    click(qtbot, steward, "history.edit.ok")
    quiet(steward)
    said = " ".join(texts(find(steward, "history.edit.problem")))
    assert "Email is not a valid address" in said
    assert find(steward, "history.edit.email", QLineEdit).text() == "no address", "what was typed is kept"


def test_a_conflict_says_who_was_faster_and_keeps_what_was_typed(
    qtbot: QtBot, steward: Steward, lived: Path
) -> None:
    show(qtbot, steward, ADA)
    click(qtbot, steward, "history.edit_diver")
    quiet(steward)
    write(qtbot, steward, "history.edit.first_name", "Adaeze")
    write(qtbot, steward, "history.edit.reason", "Passport seen")
    change(lived, "Phone = '+15550009999', Modified_By = 'zoe', Change_Reason = 'New phone'")
    click(qtbot, steward, "history.edit.ok")
    quiet(steward)
    assert "zoe" in " ".join(texts(find(steward, "history.edit.problem")))
    click(qtbot, steward, "history.edit.anew")
    quiet(steward)
    assert find(steward, "history.edit.phone", QLineEdit).text() == "+15550009999"
    assert find(steward, "history.edit.first_name", QLineEdit).text() == "Adaeze"
    click(qtbot, steward, "history.edit.ok")
    quiet(steward)
    assert ask(lived, f"SELECT First_Name, Phone FROM Diver WHERE Diver_ID = {ADA}") == [
        ("Adaeze", "+15550009999")
    ]


def test_an_earlier_version_is_restored_after_a_preview(qtbot: QtBot, steward: Steward, lived: Path) -> None:
    show(qtbot, steward, ADA)
    timeline = find(steward, "history.timeline", Timeline)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    click(qtbot, steward, "history.restore")
    quiet(steward)
    preview = find(steward, "history.preview", QTableView)
    assert cells(preview, 0) == ["Changed", "Last name", "Okonkwo", "Obi"]
    write(qtbot, steward, "history.bring_back.reason", "The marriage was annulled")
    click(qtbot, steward, "history.bring_back.ok")
    quiet(steward)
    assert ask(lived, f"SELECT Last_Name, Change_Reason FROM Diver WHERE Diver_ID = {ADA}") == [
        ("Obi", "The marriage was annulled")
    ]
    assert ask(lived, f"SELECT count(*) FROM Diver_History WHERE Diver_ID = {ADA}") == [(5,)]


def test_a_deleted_diver_is_brought_back(qtbot: QtBot, steward: Steward, lived: Path) -> None:
    show(qtbot, steward, BRUNO)
    click(qtbot, steward, "history.restore")
    quiet(steward)
    write(qtbot, steward, "history.bring_back.reason", "Deleted by mistake")
    click(qtbot, steward, "history.bring_back.ok")
    quiet(steward)
    assert ask(lived, f"SELECT First_Name FROM Diver WHERE Diver_ID = {BRUNO}") == [("Bruno",)]
    assert find(steward, "history.timeline", Timeline).spans[-1].changes == "Restored"


def test_a_deletion_wants_a_reason_and_keeps_the_past(qtbot: QtBot, steward: Steward, lived: Path) -> None:
    show(qtbot, steward, ADA)
    click(qtbot, steward, "history.delete")
    write(qtbot, steward, "history.remove.reason", "Asked to leave")
    click(qtbot, steward, "history.remove.ok")
    quiet(steward)
    assert ask(lived, f"SELECT count(*) FROM Diver WHERE Diver_ID = {ADA}") == [(0,)]
    spans = find(steward, "history.timeline", Timeline).spans
    assert spans[-1].ends_deleted
    assert "Asked to leave" in spans[-1].sentence


# --- evidence


def test_an_evidence_pack_of_a_diver_is_written_verified_and_shown(
    qtbot: QtBot, steward: Steward, tmp_path: Path
) -> None:
    show(qtbot, steward, ADA)
    page(steward).evidence.pack_diver(ADA, microseconds("2022-01-01 00:00:00"), tmp_path / "pack")
    quiet(steward)
    verdict = find(steward, "history.evidence_verdict", QLabel).text()
    assert verdict.startswith("Verified: all ")
    assert find(steward, "history.evidence_folder", QLineEdit).text() == str(tmp_path / "pack")
    assert (tmp_path / "pack" / "report.pdf").read_bytes().startswith(b"%PDF")
    assert verify_pack(tmp_path / "pack").holds
    report = (tmp_path / "pack" / "report.html").read_text(encoding="utf-8")
    assert "Marriage certificate seen" in report
    click(qtbot, steward, "history.evidence_result.ok")
    with (tmp_path / "pack" / "versions.csv").open("ab") as file:
        file.write(b"x")
    assert verify_pack(tmp_path / "pack").problems == ("versions.csv was changed.",)


def test_an_evidence_pack_of_a_period_holds_every_change(
    qtbot: QtBot, steward: Steward, tmp_path: Path
) -> None:
    turn_to(qtbot, steward, 2)
    page(steward).evidence.pack_period("2020-06-01 00:00:00", "2025-06-01 00:00:00", tmp_path / "pack")
    quiet(steward)
    assert find(steward, "history.evidence_verdict", QLabel).text().startswith("Verified")
    with (tmp_path / "pack" / "changes.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) == 7


# --- by role


def test_an_analyst_reads_the_history_through_masks_and_changes_nothing(
    qtbot: QtBot, open_on: Any, lived: Path
) -> None:
    steward = open_on(lived)
    steward.context.ask_for(Workspace(lived, "data_analyst"), Standing("", "Data analyst", False))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    steward.window.go_to("history")
    quiet(steward)
    show(qtbot, steward, ADA)
    timeline = find(steward, "history.timeline", Timeline)
    assert [span.changes for span in timeline.spans] == [
        "Created",
        "Phone",
        "Last name, Email",
        "Email",
        "Certification",
    ]
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    assert differences(steward) == [
        ["Changed", "Email", "aXXX@XXXX.com", "aXXX@XXXX.com  (differs under its mask)"]
    ]
    assert not find(steward, "history.edit_diver").isVisible()
    assert not find(steward, "history.restore").isVisible()
    assert not find(steward, "history.evidence").isVisible(), (
        "an analyst may not read the log that a pack holds"
    )
    look_from(steward, "2022-01-01 00:00:00")
    seen = ""
    for view in (0, 1, 2):
        turn_to(qtbot, steward, view)
        seen += everything_on(steward)
    for secret in ("okonkwo", "ada.obi@", "+34600111222"):
        search(qtbot, steward, secret)
        assert found(steward) == [], "a mask is no way to ask"
    assert "aXXX@XXXX.com" in seen
    assert [value for value in ("Okonkwo", "Obi", "ada.", "+34600", "1984-02-11") if value in seen] == []


def everything_on(steward: Steward) -> str:
    """All that the page says, and its timeline on hover."""
    timeline = page(steward).diver.timeline
    hovers = [timeline.tooltip_at(timeline.bar_of(place).center()) for place in range(len(timeline.spans))]
    return "\n".join([everything_said(page(steward)), *hovers])


def test_a_masked_field_that_is_left_alone_is_not_written(qtbot: QtBot, steward: Steward) -> None:
    masked = Version(
        1,
        {**dict.fromkeys(dict(FIELDS)), "First_Name": "Ada", "Last_Name": "OXXXX", "Email": "aXXX@XXXX.com"},
        "root",
        "Created",
        "2026-01-01 00:00:00",
        None,
    )
    dialog = EditDialog(masked, ("Diver",), mask=False, window=steward.window)
    dialog.open()
    assert "Masked for your role; leave it as it is to keep the value." in texts(dialog)
    write(qtbot, steward, "history.edit.first_name", "Eve")
    write(qtbot, steward, "history.edit.reason", "Passport seen")
    with qtbot.waitSignal(dialog.given) as told:
        click(qtbot, steward, "history.edit.ok")
    assert told.args == [({"First_Name": "Eve"}, "Passport seen")]
    dialog.reject()


# --- how it looks and what it hides


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1024, 680)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_cut_off_in_any_view(
    qtbot: QtBot, steward: Steward, size: tuple[int, int], look: str, themes: theme.ThemeManager
) -> None:
    themes.set_mode(look)
    steward.window.resize(*size)
    show(qtbot, steward, ADA)
    look_from(steward, "2022-01-01 00:00:00")
    for view in (0, 1, 2):
        turn_to(qtbot, steward, view)
        assert clipped(steward.window) == [], view


def test_a_million_divers_have_room_in_the_smallest_window(qtbot: QtBot, steward: Steward) -> None:
    steward.window.resize(1024, 680)
    quiet(steward)
    turn_to(qtbot, steward, 1)
    for name in ("history.count_then", "history.count_now"):
        find(steward, name, StatTile).set_value(1_940_000, "in the directory")
    steward.window.grab()
    assert clipped(steward.window) == []
    turn_to(qtbot, steward, 2)
    find(steward, "history.change_count", QLabel).setText("1,940,000 changes · the newest 5,000 are listed")
    steward.window.grab()
    assert clipped(steward.window) == []


def test_in_a_picture_no_value_of_a_diver_is_seen(qtbot: QtBot, open_on: Any, lived: Path) -> None:
    steward = open_on(lived, mask_personal=True)
    steward.window.go_to("history")
    quiet(steward)
    show(qtbot, steward, ADA)
    seen = everything_on(steward)
    for view in (0, 1, 2):
        turn_to(qtbot, steward, view)
        seen += everything_on(steward)
    assert "OXXX" in seen
    assert [value for value in ("Okonkwo", "Obi", "ada.", "+34600", "CRM-4711") if value in seen] == []


def test_an_empty_workspace_says_what_to_do(open_on: Any, tmp_path: Path) -> None:
    steward = open_on(tmp_path / "new.db")
    steward.window.go_to("history")
    quiet(steward)
    assert "Nothing is deployed yet" in texts(steward.window.page("history"))
    assert not find(steward, "history.as_of").isVisible(), "there is no past to look from"

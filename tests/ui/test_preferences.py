"""Preferences and help: what is chosen is in force at once, and kept; what is asked is answered."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import ask, cells, click, clipped, fill, find, quiet, texts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.app import Steward
from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GenerationRequest
from divegov_gui.services.rules import retest
from divegov_gui.ui import numbers, theme, times
from divegov_gui.ui.page_size import DEFAULT, set_page_size
from divegov_gui.ui.preferences import PAGE_SIZE
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.widgets import DataTable
from divegov_gui.ui.widgets.chart import Chart
from divegov_gui.ui.widgets.chart_card import ChartCard
from divegov_gui.ui.widgets.chart_data import ChartPlan
from divegov_gui.ui.widgets.density import COMFORTABLE, set_density

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def as_found() -> Iterator[None]:
    """Dates and rows are as they were, for the tests that follow."""
    yield
    times.set_date_style(times.ISO)
    numbers.set_number_language(numbers.ENGLISH)
    set_page_size(DEFAULT)
    set_density(COMFORTABLE)


@pytest.fixture
def steward(open_on: Any, workspace: Path) -> Steward:
    return open_on(workspace)  # type: ignore[no-any-return]


def opened(qtbot: QtBot, steward: Steward, name: str) -> QDialog:
    dialog = find(steward, name, QDialog)
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def choose(qtbot: QtBot, steward: Steward, name: str, value: str) -> None:
    """Choose an entry of a combo box by the keyboard."""
    field = find(steward, name, QComboBox)
    field.setFocus()
    wanted = field.findData(value)
    while field.currentIndex() != wanted:
        down = field.currentIndex() < wanted
        qtbot.keyClick(field, Qt.Key.Key_Down if down else Qt.Key.Key_Up)


def preferences(qtbot: QtBot, steward: Steward) -> QDialog:
    qtbot.keyClick(steward.window, Qt.Key.Key_Comma, CTRL)
    return opened(qtbot, steward, "preferences")


def test_the_header_opens_preferences_and_help(qtbot: QtBot, steward: Steward) -> None:
    for button, dialog in (("header.preferences", "preferences"), ("header.help", "help")):
        qtbot.mouseClick(find(steward, button), Qt.MouseButton.LeftButton)
        shown = opened(qtbot, steward, dialog)
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda name=dialog: steward.window.findChild(QDialog, name) is None)


def test_a_look_is_in_force_at_once_and_kept(qtbot: QtBot, steward: Steward, settings: UiSettings) -> None:
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.look", "dark")
    assert theme.current().dark
    assert settings.theme_mode == "dark"


@pytest.mark.parametrize(("page", "name"), [("deploy", "deploy.scripts"), ("quarantine", "quarantine.grid")])
def test_compact_rows_are_lower_in_tables_that_are_there_and_that_come(
    qtbot: QtBot, steward: Steward, open_on: Any, workspace: Path, page: str, name: str
) -> None:
    steward.window.go_to(page)
    quiet(steward)
    table = find(steward, name, DataTable)
    before = table.rowHeight(0)
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.density", "compact")
    compact = table.rowHeight(0)
    assert compact < before
    steward.window.go_to("overview")
    steward.window.close()
    again = open_on(workspace)
    again.window.go_to(page)
    quiet(again)
    assert find(again, name, DataTable).rowHeight(0) == compact


def empty_room(table: QTableView) -> int:
    """Pixels under a table's last row."""
    rows = sum(table.rowHeight(row) for row in range(table.model().rowCount()))
    return table.viewport().height() - rows


def test_a_table_as_high_as_its_rows_leaves_no_room_when_they_get_lower(
    qtbot: QtBot, steward: Steward
) -> None:
    """Whether it was there when the density was chosen, or is made after it."""
    steward.window.go_to("privacy")
    quiet(steward)
    there = find(steward, "privacy.comparison", QTableView)
    before = empty_room(there)
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.density", "compact")
    quiet(steward)
    assert empty_room(there) == before
    assert abs(before) < 12
    steward.context.go_to("overview", batch_id=1)
    quiet(steward)
    assert abs(empty_room(find(steward, "overview.matrix", QTableView))) < 12


@pytest.mark.parametrize(
    ("style", "pattern"),
    [("german", r"\d\d\.\d\d\.\d{4} \d\d:\d\d"), ("american", r"\d\d/\d\d/\d{4} \d\d:\d\d")],
)
def test_dates_are_written_as_chosen_at_once_and_at_the_next_start(
    qtbot: QtBot, steward: Steward, open_on: Any, workspace: Path, style: str, pattern: str
) -> None:
    steward.window.go_to("overview")
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.dates", style)
    quiet(steward)
    assert any(re.fullmatch(f"newest {pattern}", text) for text in texts(steward.window))
    steward.window.close()
    again = open_on(workspace)
    assert any(re.fullmatch(f"newest {pattern}", text) for text in texts(again.window))


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More than a thousand of everything that is counted."""
    return fill(
        tmp_path_factory.mktemp("many") / "many.db",
        GenerationRequest(2400, seed=3, dirty=0.5),
        GenerationRequest(1200, seed=4, dirty=0.05),
    )


ENGLISH = re.compile(r"\d,\d{3}\b|\d\.\d+ ?(?:%|s\b|h\b|points|[kM]B)")
"""A number as the English write it: with its thousands grouped, or a fraction with its unit."""
GERMAN = re.compile(r"\d\.\d{3}\b|\d,\d+ ?%")


def written(steward: Steward) -> list[str]:
    """Everything that stands on the page in sight, tables and the scales of charts with it."""
    page = steward.window.page(steward.window.current_key)
    found = list(texts(page))
    for table in page.findChildren(QTableView):
        if table.isVisible():
            rows = range(min(20, table.model().rowCount()))
            found += [text for row in rows for text in cells(table, row)]
    for chart in page.findChildren(Chart):
        if chart.isVisible() and chart.data.marks:
            plan = ChartPlan(chart.data, chart.rect().toRectF())
            found += [chart.data.format(tick) for tick in plan.ticks]
    for field in page.findChildren(QAbstractSpinBox):
        if field.isVisible():
            found.append(field.text())
    return found


def places(steward: Steward) -> Iterator[str]:
    """Every page, and every view of the overview."""
    for key in ("overview", "ingest", "quarantine", "history", "privacy", "rules", "deploy", "connections"):
        steward.window.go_to(key)
        quiet(steward)
        yield key
        for place in (1, 2) if key == "overview" else ():
            find(steward, "overview.views", QTabBar).setCurrentIndex(place)
            quiet(steward)
            yield f"{key} {place}"


def test_numbers_are_written_as_chosen_on_every_page(
    qtbot: QtBot, open_on: Any, many: Path, tmp_path: Path
) -> None:
    steward = open_on(Path(shutil.copy(many, tmp_path / "many.db")))
    before = [text for _ in places(steward) for text in written(steward) if ENGLISH.search(text)]
    assert len(before) > 20
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.numbers", "german")
    quiet(steward)
    assert [text for text in written(steward) if ENGLISH.search(text)] == [], "the page in sight, at once"
    german = 0
    for place in places(steward):
        shown = written(steward)
        left = [text for text in shown if ENGLISH.search(text) and "synthetic divers" not in text]
        assert left == [], place
        german += sum(1 for text in shown if GERMAN.search(text))
    assert german > 20
    steward.window.close()
    again = open_on(tmp_path / "many.db")
    again.window.go_to("overview")
    quiet(again)
    assert any(re.search(r"\d\.\d{3}", text) for text in texts(again.window))


def test_fields_take_numbers_as_they_are_written(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    steward.window.go_to("ingest")
    quiet(steward)
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.numbers", "german")
    qtbot.keyClick(find(steward, "preferences", QDialog), Qt.Key.Key_Escape)
    assert [numbers.read_number(text) for text in ("1.234", "1234", "1 234", "1,5", "x")] == [
        *(1234, 1234, 1234),
        *(None, None),
    ]
    share = find(steward, "ingest.dirty", QDoubleSpinBox)
    share.setFocus()
    share.selectAll()
    qtbot.keyClicks(share, "2,5")
    qtbot.keyClick(share, Qt.Key.Key_Tab)
    assert (share.value(), share.text()) == (2.5, "2,5 %")


def test_what_a_program_reads_stays_as_it_is(qtbot: QtBot, open_on: Any, many: Path, tmp_path: Path) -> None:
    steward = open_on(Path(shutil.copy(many, tmp_path / "many.db")))
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.numbers", "german")
    find(steward, "overview.views", QTabBar).setCurrentIndex(1)
    quiet(steward)
    card = find(steward, "overview.share", ChartCard)
    card.save(tmp_path / "share.csv")
    (row,) = (tmp_path / "share.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert row.split(",")[1:] == [str(cell) for cell in card.chart.data.marks[0].cells[1:]]
    assert row.split(",")[2] == "3600"


def test_a_page_is_as_long_as_chosen_and_more_is_one_click_away(
    qtbot: QtBot, open_on: Any, workspace: Path, settings: UiSettings
) -> None:
    with Workspace(workspace, "owner").open_session() as session:
        for _ in range(130):
            retest(session)
    ((actions,),) = ask(workspace, "SELECT count(*) FROM Steward_Action")
    steward = open_on(Workspace(workspace, "compliance_officer"))
    steward.window.go_to("privacy")
    quiet(steward)
    find(steward, "privacy.views", QTabBar).setCurrentIndex(2)
    quiet(steward)
    log, said = find(steward, "privacy.log", QTableView), find(steward, "privacy.log_count", QLabel)
    assert (log.model().rowCount(), said.text()) == (actions, f"{actions} actions")
    assert not find(steward, "privacy.log_more").isVisible()
    preferences(qtbot, steward)
    choose(qtbot, steward, "preferences.page_size", "50")
    qtbot.keyClick(find(steward, "preferences", QDialog), Qt.Key.Key_Escape)
    quiet(steward)
    assert (log.model().rowCount(), said.text()) == (50, f"the newest 50 of {actions} actions")
    click(qtbot, steward, "privacy.log_more")
    quiet(steward)
    assert (log.model().rowCount(), said.text()) == (100, f"the newest 100 of {actions} actions")
    steward.window.go_to("history")
    quiet(steward)
    assert find(steward, "history.results", QTableView).model().rowCount() == 50
    assert settings.value(PAGE_SIZE) == "50"


def test_there_is_no_telemetry_and_it_says_so(qtbot: QtBot, steward: Steward) -> None:
    dialog = preferences(qtbot, steward)
    assert "Telemetry: there is none" in texts(dialog)


def test_help_names_versions_licences_and_where_things_lie(
    qtbot: QtBot, steward: Steward, workspace: Path, home: Path
) -> None:
    qtbot.keyClick(steward.window, Qt.Key.Key_F1)
    dialog = opened(qtbot, steward, "help")
    said = texts(dialog)
    for wanted in ("Ctrl+,", "F1", "MIT", "SQLite", "LGPL 3, used as it comes"):
        assert wanted in said
    for name, path in (
        ("workspace", workspace),
        ("settings", home / "window.ini"),
        ("log", home / "crash.log"),
    ):
        qtbot.mouseClick(find(steward, f"help.copy.{name}"), Qt.MouseButton.LeftButton)
        assert QApplication.clipboard().text() == str(path)


@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_Comma, "preferences"), (Qt.Key.Key_F1, "help")])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_cut_off_and_all_is_named(
    qtbot: QtBot, steward: Steward, themes: theme.ThemeManager, key: Qt.Key, name: str, look: str
) -> None:
    themes.set_mode(look)
    qtbot.keyClick(steward.window, key, CTRL if name == "preferences" else Qt.KeyboardModifier.NoModifier)
    dialog = opened(qtbot, steward, name)
    quiet(steward)
    assert clipped(dialog) == []
    for control in dialog.findChildren(QWidget):
        if (
            control.focusPolicy() & Qt.FocusPolicy.TabFocus
            and control.isVisible()
            and not control.focusProxy()
        ):
            assert control.objectName().startswith(f"{name}."), control
            assert control.accessibleName(), control.objectName()

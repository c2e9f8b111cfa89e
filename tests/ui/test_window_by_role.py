"""The whole window as an analyst: every page opens, says what that role may not do, and shows nobody unmasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import ask, find, quiet
from lives import ADA
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QTableView,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.app import Steward
from divegov_gui.services.connections import Workspace
from divegov_gui.ui.pages import PAGES

SECRETS = ("okonkwo", "ada.okonkwo@", "ada.obi@", "34600111222", "4917012345", "1984-02-11")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.EditRole,
)


def said(window: QWidget) -> Iterator[str]:
    """All that the window says in any way: texts, tips, accessible names, cells."""
    for widget in [window, *window.findChildren(QWidget)]:
        yield from (
            widget.toolTip(),
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.statusTip(),
        )
        if isinstance(widget, QTextEdit):
            yield widget.toPlainText()
        elif isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
            yield widget.text()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from cells(widget.model())


def cells(model: QAbstractItemModel) -> Iterator[str]:
    root = QModelIndex()
    for row in range(min(model.rowCount(root), 60)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(root)):
            index = model.index(row, column)
            yield from (str(index.data(role)) for role in ROLES)


def leaks(window: QWidget) -> list[str]:
    return [secret for secret in SECRETS for text in said(window) if secret in text.lower()]


@pytest.fixture
def analyst(open_on: Any, lived: Path) -> Steward:
    opened: Steward = open_on(Workspace(lived, role="data_analyst"))
    return opened


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_an_analyst_and_leaks_nothing(analyst: Steward, page: str) -> None:
    analyst.window.go_to(page)
    quiet(analyst)
    assert leaks(analyst.window) == []
    assert find(analyst, f"nav.{page}").isVisible()


@pytest.mark.parametrize("text", [str(ADA), "okonkwo", "ada.okonkwo@"])
def test_an_analyst_looks_for_somebody_and_copies_what_is_there(
    qtbot: QtBot, analyst: Steward, text: str
) -> None:
    analyst.window.go_to("history")
    quiet(analyst)
    field = find(analyst, "history.search", QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    quiet(analyst)
    field.clear()
    quiet(analyst)
    assert leaks(analyst.window) == []
    for table in analyst.window.findChildren(QTableView):
        if table.isVisible():
            table.selectAll()
            table.setFocus()
            qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().lower()
    assert not any(secret in copied for secret in SECRETS)
    assert QApplication.activeModalWidget() is None


def test_opening_the_history_makes_new_divers_quick_to_find(open_on: Any, lived: Path) -> None:
    """Those who came by the gatekeeper are in no index of names yet; the page has them put there, and only once."""
    opened: Steward = open_on(lived)
    assert ask(lived, "SELECT Indexed_To FROM Search_Progress") == [(0,)]
    opened.window.go_to("history")
    quiet(opened)
    assert ask(lived, "SELECT Indexed_To = (SELECT max(Diver_ID) FROM Diver) FROM Search_Progress") == [(1,)]


def test_an_analyst_has_no_right_to_prepare_the_search_and_is_not_told_of_it(
    analyst: Steward, workspace: Path
) -> None:
    analyst.window.go_to("history")
    quiet(analyst)
    assert ask(workspace, "SELECT Indexed_To FROM Search_Progress") == [(0,)]
    assert not any("may not" in text for text in said(analyst.window))


def test_an_analyst_is_offered_no_way_to_the_records_that_wait(analyst: Steward) -> None:
    analyst.window.go_to("overview")
    quiet(analyst)
    assert "wait" in find(analyst, "overview.next_words", QLabel).text()
    assert not find(analyst, "overview.next_action").isVisible()
    assert not find(analyst, "overview.show_failing").isEnabled()
    analyst.window.go_to("rules")
    quiet(analyst)
    assert not find(analyst, "rules.open").isVisible()


def test_the_quarantine_tells_an_analyst_once_that_it_is_not_for_them(analyst: Steward) -> None:
    analyst.window.go_to("quarantine")
    quiet(analyst)
    page = analyst.window.page("quarantine")
    texts = [label.text() for label in page.findChildren(QLabel) if label.isVisible() and label.text()]
    assert "Not for your role" in texts
    assert not any("You may read here" in text for text in texts)
    assert analyst.window.banners.views == ()


def test_an_analyst_neither_ingests_nor_judges(analyst: Steward) -> None:
    analyst.window.go_to("ingest")
    quiet(analyst)
    assert not find(analyst, "ingest.start").isEnabled()
    assert "data stewards" in find(analyst, "ingest.promise", QLabel).toolTip() + texts_of(analyst, "ingest")
    analyst.window.go_to("rules")
    quiet(analyst)
    assert not find(analyst, "rules.retest").isEnabled()


def texts_of(steward: Steward, page: str) -> str:
    return " ".join(w.text() for w in steward.window.page(page).findChildren(QLabel) if w.isVisible())

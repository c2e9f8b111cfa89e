"""What a person does with the whole window, and what one sees of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.app import Steward
from divegov_gui.core.paths import scripts_folder
from divegov_gui.services.connections import Workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.ui.capture import settle
from divegov_gui.ui.pages.search_pane import SearchPane
from divegov_gui.ui.theme import text_font

W = TypeVar("W", bound=QWidget)
_HEADING_PAD = 10
"""What is left free on either side of a heading, and of a cell."""
_SAYING = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def fill(workspace: Path, *sources: GenerationRequest) -> Path:
    """A workspace in which the scripts are deployed and each of `sources` is ingested."""
    with Workspace(workspace).open_session() as session:  # type: ignore[attr-defined]
        deploy(session)
        for request in sources:
            ingest(session, GeneratedSource(request))
    return workspace


def own_scripts(folder: Path) -> Path:
    """A copy of the scripts that a test may change."""
    shutil.copytree(scripts_folder("sqlite"), folder)
    return folder


def ask(workspace: Path, question: str) -> list[tuple[object, ...]]:
    """What the database itself says, behind the program's back."""
    connection = sqlite3.connect(workspace)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def open_page(open_on: Callable[..., Steward], place: Path, key: str) -> Steward:
    """The window on a workspace, turned to the page `key`, on a small screen."""
    steward = open_on(place)
    steward.window.resize(1280, 800)
    steward.window.go_to(key)
    quiet(steward)
    return steward


def quiet(steward: Steward) -> None:
    """Wait until all that was asked for is there, what a table asks for when it paints included."""
    settle(steward.is_quiet)
    steward.window.grab()
    settle(steward.is_quiet)


def find(steward: Steward, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
    found = steward.window.findChild(kind, name)
    assert found is not None, f"there is no {name}"
    return found


def click(qtbot: QtBot, steward: Steward, name: str) -> None:
    """Click a control as a person does: it must be in sight and enabled."""
    control = find(steward, name)
    assert control.isVisible(), f"{name} is not in sight"
    assert control.isEnabled(), f"{name} is disabled"
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton)


def click_tab(qtbot: QtBot, steward: Steward, name: str, at: int) -> None:
    """Click a tab of the row of tabs `name`."""
    bar = find(steward, name, QTabBar)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(at).center())


def write(qtbot: QtBot, steward: Steward, name: str, text: str) -> None:
    """Type into a field, over what stands there."""
    field = find(steward, name, QLineEdit)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def look_for(qtbot: QtBot, steward: Steward, key: str, text: str) -> None:
    """Search for a diver on the page `key`, and wait for what is found."""
    pane = steward.window.page(key).findChild(SearchPane)
    assert pane is not None
    with qtbot.waitSignal(pane.searched):
        write(qtbot, steward, f"{key}.search", text)
    quiet(steward)


def click_row(qtbot: QtBot, table: QTableView | QListView, row: int, column: int = 0) -> None:
    index = table.model().index(row, column)
    table.scrollTo(index)
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).topLeft() + QPoint(12, 8)
    )


def texts(widget: QWidget) -> list[str]:
    """Every text in sight on `widget`."""
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]
    buttons = [b.text() for b in widget.findChildren(QAbstractButton) if b.isVisible() and b.text()]
    return labels + buttons


def everything_said(page: QWidget) -> str:
    """All that `page` shows, tells assistive technology, says on hover or gives to the clipboard."""
    said = texts(page)
    for control in [page, *page.findChildren(QWidget)]:
        said += [control.accessibleName(), control.accessibleDescription(), control.toolTip()]
        if isinstance(control, QLineEdit):
            said.append(control.text())
        if isinstance(control, QTableView):
            model = control.model()
            places = product(range(model.rowCount()), range(model.columnCount()), _SAYING)
            said += [str(model.index(row, column).data(role)) for row, column, role in places]
            QGuiApplication.clipboard().setText("")
            control.selectAll()
            control._copy()  # type: ignore[attr-defined]
            said.append(QGuiApplication.clipboard().text())
    return "\n".join(said)


def cells(table: QTableView, row: int) -> list[str]:
    """A row of a table as people read it: a badge by its word."""
    model = table.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, column).data(role)) for column in range(model.columnCount())]


def shortened(table: QTableView, row: int) -> list[str]:
    """The cells of a row whose text is longer than their column, which ends them with dots."""
    measure = QFontMetrics(text_font())
    texts = [str(table.model().index(row, at).data() or "") for at in range(table.model().columnCount())]
    return [
        text
        for at, text in enumerate(texts)
        if measure.horizontalAdvance(text) + 2 * _HEADING_PAD > table.columnWidth(at)
    ]


def clipped(window: QWidget) -> list[str]:
    """Texts in sight that have less room than they need, and controls that stand out of the window."""
    return [*_cramped(window), *_cut_headings(window), *_outside(window)]


def _cramped(window: QWidget) -> Iterator[str]:
    for widget in [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]:
        if not widget.isVisible() or not widget.text() or _is_header_part(widget):
            continue
        wanted = widget.sizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            if widget.heightForWidth(widget.width()) > widget.height():
                yield f"{widget.text()!r} needs {widget.heightForWidth(widget.width())} px, has {widget.height()}"
        elif wanted.width() > widget.width() or wanted.height() > widget.height():
            yield f"{widget.text()!r} needs {wanted.toTuple()}, has {widget.size().toTuple()}"


def _cut_headings(window: QWidget) -> Iterator[str]:
    measure = QFontMetrics(text_font(12, QFont.Weight.DemiBold))
    for header in window.findChildren(QHeaderView):
        if not header.isVisible() or header.orientation() != Qt.Orientation.Horizontal:
            continue
        for section in range(header.count()):
            if header.isSectionHidden(section):
                continue
            title = header.model().headerData(section, Qt.Orientation.Horizontal)
            wanted = measure.horizontalAdvance(title) + 2 * _HEADING_PAD
            if wanted > header.sectionSize(section):
                yield f"the heading {title!r} needs {wanted} px, has {header.sectionSize(section)}"


def _outside(window: QWidget) -> Iterator[str]:
    whole = QRect(QPoint(0, 0), window.size())
    for widget in window.findChildren(QAbstractButton):
        if not widget.isVisible() or _scrolls(widget, window):
            continue
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        if not whole.contains(place):
            yield f"{widget.objectName()} stands out of the window"


def _is_header_part(widget: QWidget) -> bool:
    return isinstance(widget.parentWidget(), QTableView)


def _scrolls(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False

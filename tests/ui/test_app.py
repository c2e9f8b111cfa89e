"""The whole window over a real workspace: opening, closing, its pictures, and that nothing in it is cut off."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from driving import ask, clipped, find, own_scripts, quiet, texts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QTableView, QWidget
from pytestqt.qtbot import QtBot

from divegov_gui import app
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.connections import Workspace
from divegov_gui.ui import theme
from divegov_gui.ui.pages import PAGES as EVERY_PAGE
from divegov_gui.ui.settings import UiSettings

PAGES = ["overview", "deploy", "quarantine", "history", "privacy"]


def test_the_window_opens_on_a_workspace_and_says_which(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    assert steward.window.header.workspace.text() == "harbour.db"
    role = find(steward, "header.role")
    assert role.accessibleName() == "Role: Data steward — demonstrated in this local workspace"
    assert find(steward, "status.note", QLabel).text().startswith("Times are local (UTC")


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1024, 680)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_cut_off(
    open_on: Any, workspace: Path, size: tuple[int, int], look: str, themes: theme.ThemeManager
) -> None:
    steward = open_on(workspace)
    themes.set_mode(look)
    steward.window.resize(*size)
    for page in PAGES:
        steward.window.go_to(page)
        quiet(steward)
        assert clipped(steward.window) == [], page


def test_a_page_has_its_title_where_it_was_while_the_page_was_made(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    places = set()
    for page in EVERY_PAGE:
        steward.window.go_to(page)
        while not steward.is_quiet():
            places.add(title_place(steward.window))
            QApplication.processEvents()
        quiet(steward)
        places.add(title_place(steward.window))
    assert len(places) == 1, "of eight pages, before and after each was made"


def title_place(window: QWidget) -> tuple[int, ...]:
    """Where the title in sight stands in the window, and how high it is."""
    (title,) = [
        each for each in window.findChildren(QLabel) if each.property("role") == "title" and each.isVisible()
    ]
    return (*title.mapTo(window, QPoint(0, 0)).toTuple(), title.height())


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_nothing_is_cut_off_in_an_empty_or_drifted_workspace(
    open_on: Any, workspace: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    scripts = own_scripts(tmp_path / "scripts")
    script = scripts / "06_reporting.sql"
    script.write_text(script.read_text() + "\n-- changed\n")
    for path in (tmp_path / "new.db", workspace):
        steward = open_on(path, scripts)
        steward.window.resize(*size)
        for page in PAGES:
            steward.window.go_to(page)
            quiet(steward)
            assert clipped(steward.window) == [], (path.name, page)


def test_the_overview_fits_the_smaller_screen_without_scrolling(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    steward.window.resize(1280, 800)
    quiet(steward)
    whole = find(steward, "overview.view").visibleRegion().boundingRect()
    for name in ("overview.next_action", "overview.meter", "overview.show_discarded", "overview.all_rules"):
        control = find(steward, name)
        assert control.visibleRegion().boundingRect().size() == control.size(), name
    assert whole.height() > 400


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_every_control_and_each_has_a_name(
    qtbot: QtBot, open_on: Any, workspace: Path, page: str
) -> None:
    steward = open_on(workspace)
    steward.window.go_to(page)
    quiet(steward)
    shown = steward.window.page(page)
    wanted = {
        control.objectName()
        for control in shown.findChildren(QWidget)
        if control.isVisible()
        and control.isEnabled()
        and control.focusPolicy() & Qt.FocusPolicy.TabFocus
        and control.focusProxy() is None
    }
    assert all(name.startswith(f"{page}.") for name in wanted), wanted
    assert all(find(steward, name).accessibleName() for name in wanted)
    reached: set[str] = set()
    steward.window.nav.button(page).setFocus()
    for _ in range(len(wanted) + 12):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert wanted <= reached


def test_a_page_that_another_asks_for_is_shown_as_aimed(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    steward.context.go_to("quarantine", rule="EMAIL_FORMAT", batch_id=2)
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    assert find(steward, "quarantine.facet.rule.EMAIL_FORMAT").isChecked()
    assert find(steward, "quarantine.facet.batch.2").isChecked()


def test_a_file_that_is_no_workspace_is_refused_and_can_be_tried_again(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear diver, this is no database at all.")
    steward = open_on(path)
    assert "letter.db is not a DiveGov workspace." in texts(steward.window.page("overview"))
    (banner,) = steward.window.banners.views
    assert banner.notice.hint
    path.unlink()
    qtbot.mouseClick(find(steward, "overview.retry"), Qt.MouseButton.LeftButton)
    quiet(steward)
    assert "This workspace is new" in texts(steward.window.page("overview"))


# --- closing


class LongWork:
    """A write that goes on until it is told to stop or let go."""

    def __init__(self, steward: app.Steward) -> None:
        self.let_go = threading.Event()
        self.began = threading.Event()
        steward.writer.submit(self._work, label="Ingesting the harbour", write=True)

    def _work(self, session: Any, progress: ProgressSink, cancel: CancelToken) -> None:
        self.began.set()
        forget = cancel.on_cancel(self.let_go.set)
        self.let_go.wait(10)
        forget()
        cancel.raise_if_cancelled()


def test_closing_while_nothing_runs_asks_nothing(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    steward.window.close()
    assert not steward.window.isVisible()


def test_closing_while_work_runs_asks_and_a_person_may_stay(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    work = LongWork(steward)
    qtbot.waitUntil(work.began.is_set)
    steward.window.close()
    assert steward.window.isVisible()
    assert any("Ingesting the harbour is not finished" in said for said in texts(find(steward, "closing")))
    qtbot.mouseClick(find(steward, "closing.stay"), Qt.MouseButton.LeftButton)
    assert steward.window.isVisible()
    assert steward.writer.is_busy
    work.let_go.set()
    qtbot.waitUntil(lambda: not steward.writer.is_busy)
    assert steward.window.isVisible()


def test_closing_while_work_runs_may_stop_it(qtbot: QtBot, open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace)
    work = LongWork(steward)
    qtbot.waitUntil(work.began.is_set)
    steward.window.close()
    qtbot.mouseClick(find(steward, "closing.stop"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not steward.window.isVisible())


def test_a_window_that_waits_to_close_does_so_when_the_work_is_done(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    steward = open_on(workspace)
    work = LongWork(steward)
    qtbot.waitUntil(work.began.is_set)
    steward.window.close()
    work.let_go.set()
    qtbot.waitUntil(lambda: not steward.window.isVisible())


# --- the door


def test_run_opens_the_window_and_returns_when_it_is_closed(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    seen: list[str] = []

    def live(_: object = None) -> int:
        (window,) = [
            w for w in QApplication.topLevelWidgets() if w.objectName() == "window" and w.isVisible()
        ]
        seen.append(window.windowTitle())
        window.close()
        window.deleteLater()
        return 0

    monkeypatch.setattr(QApplication, "exec", live)
    assert app.run(Workspace(workspace), None) == 0
    assert seen == ["harbour.db — DiveGov Steward"]
    assert (home / "window.ini").exists()


def test_a_data_folder_that_cannot_be_written_keeps_nothing_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "file" / "home"))
    assert isinstance(app._settings(), UiSettings)


# --- pictures


def test_every_page_is_pictured_in_both_looks_and_all_sizes(workspace: Path, tmp_path: Path) -> None:
    made = app.save_pages(Workspace(workspace), tmp_path / "pictures", [(1280, 800), (1024, 680)])
    names = {path.name for path in made}
    assert names == {
        f"{page}-{look}{size}.png"
        for page in EVERY_PAGE
        for look in ("light", "dark")
        for size in ("", "-1024x680")
    }
    assert len({path.read_bytes() for path in made}) == len(made)
    big, small = QImage(str(made[0])), QImage(str(made[-1]))
    assert (big.width(), big.height()) == (1280, 800)
    assert (small.width(), small.height()) == (1024, 680)
    assert not theme.current().dark or theme.current().name == "dark"


def test_no_picture_shows_a_persons_values(open_on: Any, workspace: Path) -> None:
    steward = open_on(workspace, mask_personal=True)
    steward.window.go_to("quarantine")
    quiet(steward)
    grid = find(steward, "quarantine.grid", QTableView)
    page = steward.window.page("quarantine")
    role = Qt.ItemDataRole.AccessibleTextRole
    seen = "\n".join(texts(page)) + find(steward, "quarantine.payload").toPlainText()
    for row in range(grid.model().rowCount()):
        for column in range(grid.model().columnCount()):
            index = grid.model().index(row, column)
            seen += f"\n{index.data(role)}\n{index.data(Qt.ItemDataRole.ToolTipRole)}\n{index.data()}"
    personal = ask(workspace, "SELECT Email, Phone, Date_Of_Birth, Last_Name FROM Data_Quarantine")
    values = {str(value) for row in personal for value in row if value and len(str(value).strip()) > 6}
    assert values
    assert [value for value in values if value in seen] == []
    assert "XXX@XXXX.com" in seen

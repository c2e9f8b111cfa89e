"""The frame of the window, driven by mouse and keyboard."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.core.errors import Cancelled, ConnectionFailed
from divegov_gui.ui import theme
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.notifier import Notifier
from divegov_gui.ui.pages import Page, PageSpec
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.shell.header_bar import WorkspaceInfo
from divegov_gui.ui.tasks import TaskBoard, TaskHandle
from divegov_gui.ui.theme.stylesheet import style_sheet
from divegov_gui.ui.widgets import Card, EmptyState, FormRow, ProgressPanel, button

KEYS = ["overview", "connections", "deploy", "ingest", "quarantine", "history", "privacy", "rules"]


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("key", KEYS)
def test_a_click_on_the_rail_shows_the_page(qtbot: QtBot, window: MainWindow, key: str) -> None:
    click(qtbot, window, f"nav.{key}")
    assert window.current_key == key
    assert window.page(key).isVisible()
    assert window.nav.button(key).isChecked()


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier])
def test_a_number_shows_its_page(qtbot: QtBot, window: MainWindow, modifier: Qt.KeyboardModifier) -> None:
    for place, key in enumerate(KEYS, start=1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + place), modifier)
        assert window.current_key == key


def test_arrow_keys_walk_the_rail_and_take_the_focus_along(qtbot: QtBot, window: MainWindow) -> None:
    window.nav.button("overview").setFocus()
    for key in [*KEYS[1:], KEYS[0]]:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        assert window.current_key == key
        assert window.nav.button(key).hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert window.current_key == "rules"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Home)
    assert window.current_key == "overview"


def test_pages_are_made_when_first_shown(
    qtbot: QtBot, themes: theme.ThemeManager, notifier: Notifier, board: TaskBoard
) -> None:
    made: list[str] = []

    def factory(key: str) -> Page:
        made.append(key)
        return Page(key, key.title())

    specs = [PageSpec(key, key.title(), key, lambda key=key: factory(key)) for key in ("overview", "deploy")]
    window = MainWindow(specs, themes=themes, notifier=notifier, board=board)
    qtbot.addWidget(window)
    assert made == []
    arrive(qtbot, window)
    assert made == ["overview"]
    for key in ("deploy", "overview"):
        window.go_to(key)
        arrive(qtbot, window)
    assert made == ["overview", "deploy"]


@pytest.fixture
def slow(qtbot: QtBot, themes: theme.ThemeManager, notifier: Notifier, board: TaskBoard) -> MainWindow:
    """A window whose pages are made when it is told to."""
    window = MainWindow(
        [PageSpec(key, key.title(), key, lambda key=key: Page(key, key.title())) for key in KEYS],
        themes=themes,
        notifier=notifier,
        board=board,
    )
    qtbot.addWidget(window)
    return window


def arrive(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the page that is wanted is there."""
    window.show()
    qtbot.waitUntil(lambda: not window.is_opening)


def test_the_window_is_painted_with_the_page_s_title_before_the_page_is_made(
    qtbot: QtBot, slow: MainWindow
) -> None:
    slow.show()
    qtbot.waitExposed(slow)
    shown = slow._stack.currentWidget()
    assert slow.is_opening
    assert [text.text() for text in shown.findChildren(QLabel) if text.isVisible()] == ["Overview"]
    title = shown.findChild(QLabel)
    assert title is not None
    at = QRect(title.mapTo(slow, QPoint(0, 0)), title.size())
    arrive(qtbot, slow)
    made = slow.page("overview").findChild(QLabel)
    assert made is not None
    assert made.mapTo(slow, QPoint(0, 0)) == at.topLeft(), "the title stays where it is"
    assert made.height() == at.height()


def test_the_window_takes_keys_and_clicks_while_a_page_is_made(qtbot: QtBot, slow: MainWindow) -> None:
    slow.show()
    slow.activateWindow()
    qtbot.waitUntil(slow.isActiveWindow)
    slow.remake_pages()
    qtbot.keyClick(slow, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert (slow.current_key, slow.is_opening) == (KEYS[2], True)
    click(qtbot, slow, "nav.history")
    arrive(qtbot, slow)
    assert slow.current_key == "history"
    assert set(slow._made) == {"history"}, "what was turned away from is not made"


def test_a_page_that_takes_long_says_that_it_is_on_its_way(qtbot: QtBot, slow: MainWindow) -> None:
    slow.show()
    shown = slow._stack.currentWidget()
    slow._opening.begin("Overview")
    qtbot.waitUntil(lambda: "Opening…" in [text.text() for text in shown.findChildren(QLabel)])


def test_who_asks_for_a_page_is_told_when_it_is_there(qtbot: QtBot, slow: MainWindow) -> None:
    told: list[QWidget] = []
    slow.go_to("deploy", told.append)
    assert told == []
    arrive(qtbot, slow)
    slow.go_to("deploy", told.append)
    assert told == [slow.page("deploy")] * 2


def test_a_page_that_is_not_in_sight_is_made_all_the_same(qtbot: QtBot, slow: MainWindow) -> None:
    qtbot.waitUntil(lambda: not slow.is_opening)
    assert set(slow._made) == {"overview"}


def test_making_parts_throws_no_window_on_the_screen(qtbot: QtBot, window: MainWindow) -> None:
    seen: list[QWidget] = []
    QApplication.instance().focusWindowChanged.connect(lambda found: seen.append(found))
    for key in KEYS:
        window.go_to(key)
        arrive(qtbot, window)
    Card("Title", "Subtitle").deleteLater()
    EmptyState("ingest", "Title", "Text").deleteLater()
    FormRow("Label", QLineEdit(), "Hint").deleteLater()
    panel = ProgressPanel("a.progress")
    panel.start()
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [window]
    assert window.isActiveWindow()
    assert seen == []


def test_a_page_is_told_when_it_comes_and_goes(
    qtbot: QtBot, themes: theme.ThemeManager, notifier: Notifier, board: TaskBoard
) -> None:
    told: list[str] = []

    class Told(Page):
        def page_shown(self) -> None:
            told.append(f"{self.objectName()} shown")

        def page_hidden(self) -> None:
            told.append(f"{self.objectName()} hidden")

    specs = [
        PageSpec(key, key.title(), key, lambda key=key: Told(key, key)) for key in ("overview", "deploy")
    ]
    window = MainWindow(specs, themes=themes, notifier=notifier, board=board)
    qtbot.addWidget(window)
    arrive(qtbot, window)
    window.go_to("deploy")
    arrive(qtbot, window)
    assert told == ["overview shown", "overview hidden", "deploy shown"]


def test_tab_reaches_every_control(
    qtbot: QtBot, themes: theme.ThemeManager, notifier: Notifier, board: TaskBoard
) -> None:
    def factory() -> Page:
        page = Page("overview", "Overview")
        page.add_action(button("Refresh", name="overview.refresh"))
        page.body.addWidget(button("Open", name="overview.open"))
        return page

    window = MainWindow(
        [PageSpec("overview", "Overview", "overview", factory)], themes=themes, notifier=notifier, board=board
    )
    qtbot.addWidget(window)
    arrive(qtbot, window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    notifier.error(ConnectionFailed("No."))
    board.add(TaskHandle(lambda *_: None, "Working", None, False))
    expected = {
        "nav.overview",
        "header.workspace",
        "header.theme",
        "header.preferences",
        "header.help",
        "notice.copy",
        "notice.close",
        "overview.refresh",
        "overview.open",
        "status.cancel",
    }
    reached: set[str] = set()
    window.nav.button("overview").setFocus()
    for _ in range(len(expected) + 2):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert reached == expected


@pytest.mark.parametrize("key", KEYS)
def test_every_control_has_a_name_for_automation_and_for_people(window: MainWindow, key: str) -> None:
    window.go_to(key)
    assert window.page(key).isVisible()
    for control in window.findChildren(QAbstractButton):
        assert "." in control.objectName(), control.text()
        assert control.accessibleName(), control.objectName()


def test_the_theme_switch_changes_the_look_and_is_remembered(
    qtbot: QtBot, window: MainWindow, settings: UiSettings
) -> None:
    window.header._actions["dark"].trigger()
    assert theme.current().dark
    assert settings.theme_mode == "dark"
    assert window.grab().toImage().pixelColor(600, 400).lightness() < 60
    window.header._actions["light"].trigger()
    assert window.grab().toImage().pixelColor(600, 400).lightness() > 200


def lightness(widget: QWidget) -> list[int]:
    """How light each pixel of a widget's middle line is."""
    image = widget.grab().toImage()
    return [image.pixelColor(x, image.height() // 2).lightness() for x in range(0, image.width(), 7)]


def test_pages_out_of_sight_take_the_look_later_and_at_once_when_they_are_shown(
    qtbot: QtBot, window: MainWindow, themes: theme.ThemeManager
) -> None:
    for key in ("deploy", "ingest", "rules", "overview"):
        window.go_to(key)
        qtbot.waitUntil(window.page(key).isVisible)
    light = {key: window.page(key).styleSheet() for key in ("overview", "deploy", "ingest", "rules")}
    themes.set_mode("dark")
    changed = [key for key, sheet in light.items() if window.page(key).styleSheet() != sheet]
    assert changed == ["overview"], "the page in sight waits for no other"
    window.go_to("rules")
    assert window.page("rules").styleSheet() == window.page("overview").styleSheet()
    assert max(lightness(window.page("rules"))) < 60
    qtbot.waitUntil(lambda: window.page("deploy").styleSheet() != light["deploy"])
    qtbot.waitUntil(lambda: window.page("ingest").styleSheet() != light["ingest"])


def test_a_look_that_is_changed_and_changed_back_leaves_no_page_behind(
    qtbot: QtBot, window: MainWindow, themes: theme.ThemeManager
) -> None:
    for key in ("deploy", "overview"):
        window.go_to(key)
        qtbot.waitUntil(window.page(key).isVisible)
    light = window.page("deploy").styleSheet()
    themes.set_mode("dark")
    themes.set_mode("light")
    window.go_to("deploy")
    assert window.page("deploy").styleSheet() == light
    assert min(lightness(window.page("deploy"))) > 200


def test_a_page_that_is_gone_before_its_turn_is_not_missed(
    qtbot: QtBot, window: MainWindow, themes: theme.ThemeManager
) -> None:
    for key in ("deploy", "ingest", "overview"):
        window.go_to(key)
        qtbot.waitUntil(window.page(key).isVisible)
    ingest, light = window.page("ingest"), window.page("ingest").styleSheet()
    themes.set_mode("dark")
    shiboken6.delete(window.page("deploy"))
    qtbot.waitUntil(lambda: ingest.styleSheet() != light)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_whatever_is_put_into_the_window_has_the_look(
    qtbot: QtBot, window: MainWindow, themes: theme.ThemeManager, notifier: Notifier, look: str
) -> None:
    notifier.info("A toast")
    notifier.error(ConnectionFailed("A banner", "It stays.", ""))
    asked = QInputDialog(window)
    asked.open()
    window.show_help()
    themes.set_mode(look)
    shown = [widget for widget in window.findChildren(QWidget) if widget.isVisible()]
    holders = {window.centralWidget(), window.centralWidget().findChild(QStackedWidget, "pages")}
    assert {type(widget).__name__ for widget in shown} >= {
        "NoticeView",
        "HelpDialog",
        "QInputDialog",
        "NavRail",
    }
    sheet = style_sheet(theme.current())
    assert [widget for widget in shown if widget not in holders and not has_sheet(widget, sheet)] == []
    for dialog in window.findChildren(QDialog):
        dialog.close()


def has_sheet(widget: QWidget | None, sheet: str) -> bool:
    while widget is not None:
        if widget.styleSheet() == sheet:
            return True
        widget = widget.parentWidget()
    return False


def test_the_header_says_where_one_is_and_as_whom(window: MainWindow) -> None:
    window.set_workspace(WorkspaceInfo("harbour.db", "/data/harbour.db"))
    assert window.header.workspace.text() == "harbour.db"
    assert window.header.workspace.toolTip() == "/data/harbour.db"
    role = window.findChild(QWidget, "header.role")
    assert role is not None
    assert role.accessibleName() == "Role: Data steward — demonstrated in this local workspace"
    assert window.windowTitle() == "harbour.db — DiveGov Steward"
    info = WorkspaceInfo("prod", "tcp:prod", "SQL Server", "Compliance officer", enforced=True)
    window.set_workspace(info)
    assert role.accessibleName() == "Role: Compliance officer — enforced by SQL Server"


def test_the_workspace_in_the_header_leads_to_the_connections(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "header.workspace")
    assert window.current_key == "connections"


def test_place_and_page_are_kept_for_the_next_time(
    qtbot: QtBot,
    window: MainWindow,
    pages: list[PageSpec],
    themes: theme.ThemeManager,
    settings: UiSettings,
) -> None:
    window.go_to("history")
    with qtbot.waitSignal(window.closing):
        window.close()
    again = MainWindow(pages, themes=themes, notifier=Notifier(), board=TaskBoard(), settings=settings)
    qtbot.addWidget(again)
    assert again.restoreGeometry(settings.geometry)
    assert again.current_key == "history"


def test_an_error_says_what_why_and_what_to_do_until_it_is_dismissed(
    qtbot: QtBot, window: MainWindow, notifier: Notifier
) -> None:
    notifier.error(ConnectionFailed("The database cannot be opened.", "It is locked.", "Close the other."))
    (banner,) = window.banners.views
    said = [text.text() for text in banner.findChildren(QLabel) if text.text()]
    assert said == ["The database cannot be opened.", "It is locked.", "Close the other."]
    click(qtbot, window, "notice.copy")
    assert QApplication.clipboard().text() == banner.notice.text
    click(qtbot, window, "notice.close")
    assert window.banners.views == ()
    assert not window.banners.isVisible()


def test_escape_dismisses_the_notice_that_has_the_focus(
    qtbot: QtBot, window: MainWindow, notifier: Notifier
) -> None:
    notifier.warning("Look at this.")
    window.banners.views[0].close_button.setFocus()
    qtbot.keyClick(window.banners.views[0].close_button, Qt.Key.Key_Escape)
    assert window.banners.views == ()


def test_the_same_error_is_shown_once_and_old_ones_make_room(window: MainWindow, notifier: Notifier) -> None:
    for _ in range(3):
        notifier.error(ConnectionFailed("Same."))
    assert len(window.banners.views) == 1
    for i in range(5):
        notifier.error(ConnectionFailed(f"Number {i}."))
    assert [view.notice.title for view in window.banners.views] == ["Number 2.", "Number 3.", "Number 4."]


def test_success_is_a_toast_that_leaves_by_itself(
    qtbot: QtBot, window: MainWindow, notifier: Notifier
) -> None:
    notifier.success("Saved.")
    (toast,) = window.toasts.views
    assert window.rect().contains(window.toasts.geometry())
    toast._timer.start(1)
    qtbot.waitUntil(lambda: window.toasts.views == ())


def test_a_cancellation_is_no_error(window: MainWindow, notifier: Notifier) -> None:
    notifier.error(Cancelled())
    assert window.banners.views == ()
    assert window.toasts.views[0].notice.title == "Stopped."


def test_f6_goes_between_rail_and_page(qtbot: QtBot, window: MainWindow) -> None:
    window.header.theme_switch.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert window.nav.button("overview").hasFocus()


def test_ctrl_q_closes_the_window(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()

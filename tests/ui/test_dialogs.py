"""Every dialog of the window is of one make: where the keys lead, what it says, and how large it is."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

import pytest
from driving import clipped
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from divegov_gui import ui
from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui import theme
from divegov_gui.ui.capture import settle
from divegov_gui.ui.crash_dialog import CrashDialog
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.pages.connections.dialogs import Confirm
from divegov_gui.ui.pages.quarantine.key_sheet import KeySheet
from divegov_gui.ui.pages.quarantine.word_question import WordQuestion
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.shell.help import HelpDialog
from divegov_gui.ui.shell.preferences import PreferencesDialog
from divegov_gui.ui.widgets.basics import button, label
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.form import FormRow
from divegov_gui.ui.widgets.question import Question

LONG = (
    "What a person agrees to is said in whole sentences, and these need several lines in a narrow window. "
    * 3
)
REFUSED = DiveGovError(
    "It could not be done.", "The database is busy: berta is writing.", "Wait and try again."
)


@pytest.fixture
def opener(qtbot: QtBot, window: MainWindow) -> QPushButton:
    """A button of the window, which has the focus when a dialog opens."""
    made = QPushButton("Ask", window.centralWidget())
    made.show()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def asked(window: QWidget, detail: str = "") -> Question:
    """A question with one field."""
    made = Question("harbour.ask", "Close the harbour?", "question", "Close it", window, detail=detail)
    made.body.addWidget(FormRow("&Reason", QLineEdit(), "It is kept.", name="harbour.ask.reason"))
    return made


def opened(qtbot: QtBot, dialog: QDialog) -> QDialog:
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    settle()
    return dialog


def focused() -> str:
    found = QApplication.focusWidget()
    return found.objectName() if found is not None else ""


def test_one_begins_in_the_body_and_tab_leads_on_to_the_buttons(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, asked(window))
    passed = [focused()]
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        passed.append(focused())
    assert passed == ["harbour.ask.reason", "harbour.ask.cancel", "harbour.ask.ok", "harbour.ask.reason"]
    dialog.close()


def test_escape_leaves_and_the_focus_goes_back(qtbot: QtBot, window: MainWindow, opener: QPushButton) -> None:
    dialog = opened(qtbot, asked(window))
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(opener.hasFocus)


def test_the_focus_stays_where_the_answer_led_it(
    qtbot: QtBot, window: MainWindow, opener: QPushButton
) -> None:
    elsewhere = QPushButton("Elsewhere", window.centralWidget())
    elsewhere.show()
    dialog = opened(qtbot, asked(window))
    dialog.accepted.connect(elsewhere.setFocus)
    dialog.accept()
    qtbot.waitUntil(elsewhere.hasFocus)
    settle()
    assert elsewhere.hasFocus()


def test_what_had_the_focus_may_be_gone(qtbot: QtBot, window: MainWindow, opener: QPushButton) -> None:
    dialog = opened(qtbot, asked(window))
    with qtbot.waitSignal(opener.destroyed):
        opener.deleteLater()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.accept()


def test_a_dialog_that_nobody_holds_stays_whole(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, asked(window))
    gc.collect()
    (dialog,) = window.findChildren(Question)
    dialog.say_problem(REFUSED)
    assert REFUSED.title in dialog.problem.text
    dialog.close()


def test_it_is_as_high_as_what_it_says_and_grows_with_it(qtbot: QtBot, window: MainWindow) -> None:
    short, long = opened(qtbot, asked(window)), opened(qtbot, asked(window, LONG))
    assert short.width() == long.width()
    assert clipped(short) == clipped(long) == []
    lines = long.detail.height() - long.detail.fontMetrics().height()
    assert long.height() >= short.height() + lines
    before = short.height()
    short.say_problem(REFUSED)
    settle()
    assert short.height() >= before + short.problem.height()
    assert clipped(short) == []
    short.close()
    long.close()


def test_a_size_that_it_was_given_is_kept(qtbot: QtBot, window: MainWindow) -> None:
    dialog = Dialog("harbour.list", "Ships in the harbour", "list", window)
    dialog.body.addWidget(label("None today."))
    dialog.resize(700, 500)
    opened(qtbot, dialog)
    assert dialog.size().toTuple() == (700, 500)
    dialog.close()


def test_content_that_is_wider_is_not_cut(qtbot: QtBot, window: MainWindow) -> None:
    dialog = Dialog("harbour.wide", "A wide table", "list", window, width=200)
    dialog.body.addWidget(label("One line that cannot be broken, since it is shown as it stands. " * 2))
    opened(qtbot, dialog)
    assert clipped(dialog) == []
    dialog.close()


def test_a_new_title_is_read_out_too(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, asked(window))
    dialog.say_title("The harbour is closed")
    assert dialog.heading.text() == dialog.accessibleName() == dialog.windowTitle() == "The harbour is closed"
    dialog.close()


def test_a_dialog_without_a_window_is_dressed_by_itself(qtbot: QtBot) -> None:
    dialog = Dialog("harbour.alone", "Alone", "info", None)
    dialog.add_button(button("Close", name="harbour.alone.close"), dialog.reject, default=True)
    qtbot.addWidget(dialog)
    opened(qtbot, dialog)
    assert dialog.styleSheet()
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


MAKERS: dict[str, Callable[[MainWindow, Path], QDialog]] = {
    "preferences": lambda window, folder: PreferencesDialog(UiSettings(folder / "w.ini"), "light", window),
    "help": lambda window, _: HelpDialog("/home/anna/harbour.db", window),
    "crash": lambda window, folder: CrashDialog("ValueError: x", folder / "crash.log", window),
    "confirm": lambda window, _: Confirm("Delete it?", LONG, "Delete", "Keep it", window),
    "keys": lambda window, _: KeySheet(window),
    "word": lambda window, _: WordQuestion(
        "quarantine.discard", "Discard 3 records", "discard", window, yes="Discard", text=LONG
    ),
}


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", MAKERS)
def test_nothing_in_a_dialog_is_cut_off(
    qtbot: QtBot, window: MainWindow, themes: theme.ThemeManager, tmp_path: Path, name: str, look: str
) -> None:
    themes.set_mode(look)
    dialog = opened(qtbot, MAKERS[name](window, tmp_path))
    assert clipped(dialog) == []
    assert dialog.accessibleName() == dialog.windowTitle() != ""
    assert dialog.isAncestorOf(QApplication.focusWidget())
    dialog.close()


def test_no_dialog_is_of_another_make() -> None:
    for found in pkgutil.walk_packages(ui.__path__, "divegov_gui.ui."):
        importlib.import_module(found.name)
    others = [made for made in _kinds(QDialog) if made.__module__.startswith("divegov_gui")]
    assert Dialog in others
    assert [made for made in others if not issubclass(made, Dialog)] == []


def _kinds(base: type) -> list[type]:
    return [each for kind in base.__subclasses__() for each in (kind, *_kinds(kind))]

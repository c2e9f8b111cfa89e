"""A failure of the program itself: told once, logged, and free of personal data and secrets."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from divegov_gui.core import paths
from divegov_gui.ui.crash import CrashReporter
from divegov_gui.ui.crash_dialog import CrashDialog
from divegov_gui.ui.crash_report import crash_text, redact

Report = tuple[str, Path | None]


@pytest.fixture
def shown() -> list[Report]:
    return []


@pytest.fixture
def reporter(qtbot: QtBot, shown: list[Report]) -> Iterator[CrashReporter]:
    made = CrashReporter(show=lambda text, log: shown.append((text, log)))
    made.install()
    yield made
    made.uninstall()


def failure(message: str) -> BaseException:
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    ("said", "kept_out"),
    [
        ("row of anna.berg@dykk.example.no failed", "anna.berg"),
        ("UNIQUE failed: 'Berg'", "Berg"),
        ('invalid literal "O\'Hara"', "Hara"),
        ("DRIVER=x;UID=sa;PWD=Sup3r;Encrypt=yes", "Sup3r"),
        ("password: hunter2 refused", "hunter2"),
        ("mssql://sa:hunter2@host/db", "hunter2"),
        ("phone +47 912 34 567 is taken", "912"),
        (r"C:\Users\anna\x.db is locked", "anna"),
        ("/home/anna/x.db is locked", "anna"),
    ],
)
def test_what_is_personal_or_secret_is_taken_out(said: str, kept_out: str) -> None:
    assert kept_out not in redact(said)
    assert kept_out not in crash_text(failure(said))


def test_what_helps_is_kept() -> None:
    report = crash_text(failure("step 12 of 30 failed: 'x'"))
    assert "ValueError: step 12 of 30 failed: ‹value›" in report
    assert "test_crash.py" in report
    assert "in failure" in report


def test_causes_are_told_without_going_round_in_circles() -> None:
    first, second = failure("first"), failure("second")
    first.__cause__, second.__cause__ = second, first
    report = crash_text(first)
    assert report.count("ValueError: ") == 2


def test_a_report_is_logged_in_the_data_folder_and_shown(
    qtbot: QtBot, reporter: CrashReporter, shown: list[Report]
) -> None:
    reporter.report(failure("it broke"))
    qtbot.waitUntil(lambda: len(shown) == 1)
    text, log = shown[0]
    assert log == paths.data_folder() / "crash.log"
    assert "ValueError: it broke" in log.read_text("utf-8")
    assert text in log.read_text("utf-8")


def test_the_hooks_take_what_nothing_else_took(
    qtbot: QtBot, reporter: CrashReporter, shown: list[Report]
) -> None:
    error = failure("in the open")
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: len(shown) == 1)

    def fail() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert "in a thread" in shown[1][0]


def test_a_folder_that_cannot_be_written_brings_no_second_failure(
    qtbot: QtBot, tmp_path: Path, shown: list[Report]
) -> None:
    (tmp_path / "file").write_text("in the way")
    reporter = CrashReporter(tmp_path / "file", show=lambda text, log: shown.append((text, log)))
    reporter.report(failure("it broke"))
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert shown[0][1] is None


def test_the_dialog_copies_its_report_and_shows_one_at_a_time(qtbot: QtBot) -> None:
    reporter = CrashReporter()
    reporter.report(failure("first"))
    reporter.report(failure("second"))
    qtbot.waitUntil(lambda: reporter._dialog is not None)
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, CrashDialog)]
    assert len(dialogs) == 1
    copy = dialogs[0].findChild(QWidget, "crash.copy")
    close = dialogs[0].findChild(QWidget, "crash.close")
    assert copy is not None
    assert close is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "ValueError: first" in QApplication.clipboard().text()
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: reporter._dialog is None)

"""The Ingest page by keyboard, by name and by eye: all is reached, named and in sight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import clipped
from ingest_harness import Steward, open_page, write_people
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.services.generation import AVAILABLE_LOCALES, DEFECTS
from divegov_gui.ui.capture import settle
from divegov_gui.ui.pages.ingest.defects_card import KINDS
from divegov_gui.ui.pages.ingest.job import Paused
from divegov_gui.ui.tasks import TaskBoard
from divegov_gui.ui.theme import ThemeManager

TAB = Qt.Key.Key_Tab


@pytest.fixture
def steward(qtbot: QtBot, tmp_path: Path, board: TaskBoard, themes: ThemeManager) -> Iterator[Steward]:
    yield from open_page(qtbot, tmp_path, board)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people.csv")


def walk(steward: Steward, most: int = 120) -> list[str]:
    """The names of the controls that Tab reaches, in order, until it comes round."""
    reached: list[str] = []
    for _ in range(most):
        name = steward.focused()
        if name in reached:
            break
        reached.append(name)
        steward.key(TAB)
    return reached


def controls(page: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit, QAbstractItemView)
    found = [w for kind in kinds for w in page.findChildren(kind) if w.isVisible() and w.isEnabled()]
    inner = (QSpinBox, QDoubleSpinBox, QComboBox, QLineEdit)
    whole = (w for w in dict.fromkeys(found) if not isinstance(w, QHeaderView))
    return [w for w in whole if not isinstance(w.parent(), inner)]


def named(page: QWidget) -> set[str]:
    return {w.objectName() for w in controls(page) if w.focusPolicy() & Qt.FocusPolicy.TabFocus}


def test_tab_goes_through_the_generator_from_top_to_bottom(steward: Steward) -> None:
    steward.click("ingest.defects")
    steward.find("ingest.way.generate").setFocus()
    order = walk(steward)
    assert set(order) >= named(steward.page)
    wanted = [
        "ingest.way.generate",
        "ingest.rows",
        "ingest.seed",
        "ingest.dirty",
        "ingest.locale.en_US",
        "ingest.locale.ar_AA",
        "ingest.defects",
        "ingest.rate.FIRST_NAME_MISSING",
        "ingest.rate.DUPLICATE_IN_BATCH",
        "ingest.combined",
        "ingest.start",
    ]
    assert [name for name in order if name in wanted] == wanted


def test_tab_goes_through_the_file_from_top_to_bottom(steward: Steward, people: Path) -> None:
    steward.take_file(people)
    steward.find("ingest.way.file").setFocus()
    order = walk(steward)
    assert set(order) >= named(steward.page)
    wanted = [
        "ingest.way.file",
        "ingest.file",
        "ingest.browse",
        "ingest.encoding",
        "ingest.map.first_name",
        "ingest.map.certification",
        "ingest.default.certification",
        "ingest.map.source_reference",
        "ingest.preview",
        "ingest.start",
    ]
    assert [name for name in order if name in wanted] == wanted


def test_everything_is_done_by_keyboard_alone(steward: Steward, people: Path) -> None:
    steward.find("ingest.way.generate").setFocus()
    steward.key(Qt.Key.Key_Right)
    assert steward.focused() == "ingest.way.file"
    steward.key(TAB)
    steward.qtbot.keyClicks(QApplication.focusWidget(), str(people))
    steward.key(Qt.Key.Key_Return)
    steward.wait_idle()
    while steward.focused() != "ingest.default.certification":
        steward.key(TAB)
    steward.qtbot.keyClicks(QApplication.focusWidget(), "Rescue Diver")
    steward.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    steward.wait_idle()
    steward.assert_meter_tells(1)
    assert steward.focused() == "ingest.rejected"
    steward.key(Qt.Key.Key_Space)
    assert steward.aims == [("quarantine", {"batch_id": 1})]


def test_every_control_has_a_name_for_automation_and_for_people(steward: Steward, people: Path) -> None:
    seen: set[str] = set()

    def check() -> None:
        for control in controls(steward.page):
            assert control.objectName().startswith("ingest."), control
            assert control.accessibleName(), control.objectName()
            seen.add(control.objectName())

    steward.click("ingest.defects")
    check()
    steward.take_file(people)
    check()
    steward.start()
    check()
    steward.click("ingest.another")
    steward.start()
    check()
    wanted = {"ingest.start", "ingest.again", "ingest.map.email", "ingest.default.certification"}
    assert wanted | {f"ingest.rate.{kind.code}" for kind in KINDS} <= seen
    assert {f"ingest.locale.{code}" for code in AVAILABLE_LOCALES} <= seen
    assert len(KINDS) == len(DEFECTS) - 1


def test_scrolling_past_a_field_changes_nothing(steward: Steward) -> None:
    from PySide6.QtGui import QWheelEvent

    rows = steward.find("ingest.rows", QSpinBox)
    steward.find("ingest.start").setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(rows.mapToGlobal(QPoint(5, 5))),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(rows, wheel)
    assert rows.value() == 1000


@pytest.mark.parametrize("size", [(1072, 710), (1712, 990)], ids=["1280x800", "1920x1080"])
def test_nothing_is_cut_off(steward: Steward, people: Path, size: tuple[int, int]) -> None:
    def look() -> list[str]:
        settle()
        return clipped(steward.page)

    steward.page.resize(*size)
    assert look() == []
    steward.click("ingest.defects")
    steward.type_into("ingest.rate.DOB_FORMAT", "99")
    steward.type_into("ingest.rows", "0")
    steward.type_into("ingest.seed", "x")
    assert look() == []
    steward.take_file(people.parent / "nobody.csv")
    assert look() == []
    steward.take_file(people)
    assert look() == []
    steward.choose("ingest.map.phone", "Email")
    assert look() == []
    steward.choose("ingest.map.phone", "Phone")
    steward.start()
    assert look() == []
    steward.click("ingest.another")
    steward.start()
    assert look() == []
    steward.page.run.begin("A source with quite a long name, as file names sometimes are.csv", True)
    steward.page.run.show_failed(ConnectionFailed("It is full.", "It could not grow.", "Make room."))
    steward.page._turn_to(steward.page.run)
    assert look() == []
    steward.page.run.show_paused(Paused(5000, 12_000))
    assert look() == []

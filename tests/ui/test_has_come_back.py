"""A diver who would become an erased person: refused in the dialog until one says that they have come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from driving import ask, click, find, look_for, open_page, quiet, texts, write
from lives import ADA, BRUNO
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot
from quarantine_harness import Workbench

from divegov_gui.app import Steward
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services import subjects
from divegov_gui.services.queue import read_versions
from divegov_gui.services.review import Edit, edit_records
from divegov_gui.ui.pages.history.timeline import Timeline

_WORDS = "would become a person who was erased"


def erase(session: Any, diver: int) -> None:
    subjects.erase(session, diver, "Article 17")


@pytest.fixture
def steward(open_on: Any, lived: Path) -> Steward:
    """Ada is there; Bruno, and who had Ada's first email after her, were erased."""
    session = open_workspace(lived)
    try:
        session.call(
            "Update_Diver",
            diver_id=1,
            valid_from=ask(lived, "SELECT Valid_From FROM Diver WHERE Diver_ID = 1")[0][0],
            values='{"Email": "ada.obi@example.net"}',
            reason="new address",
        )
        for diver in (1, BRUNO):
            erase(session, diver)
    finally:
        session.close()
    return open_page(open_on, lived, "history")


def press(qtbot: QtBot, steward: Steward, name: str) -> None:
    click(qtbot, steward, name)
    quiet(steward)


def edit(qtbot: QtBot, steward: Steward) -> str:
    press(qtbot, steward, "history.edit_diver")
    write(qtbot, steward, "history.edit.email", "Bruno.Falk@example.net")
    return "history.edit"


def restore(qtbot: QtBot, steward: Steward) -> str:
    timeline = find(steward, "history.timeline", Timeline)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    press(qtbot, steward, "history.restore")
    return "history.bring_back"


@pytest.mark.parametrize(
    ("change", "email"), [(edit, "bruno.falk@example.net"), (restore, "ada.obi@example.net")]
)
def test_a_diver_becomes_an_erased_person_only_when_one_says_that_they_have_come_back(
    qtbot: QtBot,
    steward: Steward,
    workspace: Path,
    change: Callable[[QtBot, Steward], str],
    email: str,
) -> None:
    look_for(qtbot, steward, "history", str(ADA))
    name = change(qtbot, steward)
    back = find(steward, f"{name}.is_back", QCheckBox)
    assert not back.isVisible(), "nobody is asked who need not be"
    write(qtbot, steward, f"{name}.reason", "Said so at the desk")
    press(qtbot, steward, f"{name}.ok")
    assert _WORDS in " ".join(texts(find(steward, f"{name}.problem")))
    assert back.hasFocus()
    press(qtbot, steward, f"{name}.ok")
    assert back.isVisible(), "it is refused again until it is said"
    qtbot.keyClick(back, Qt.Key.Key_Space)
    press(qtbot, steward, f"{name}.ok")
    assert ask(workspace, f"SELECT Email FROM Diver WHERE Diver_ID = {ADA}") == [(email,)]
    assert (
        '{"waived":"ERASED_SUBJECT"}'
        in ask(workspace, "SELECT Detail FROM Steward_Action ORDER BY Action_ID")[-1]
    )


def test_a_merge_into_an_erased_person_is_refused_until_it_is_said(bench: Workbench) -> None:
    (record, *_) = bench.failing("DUPLICATE_IN_BATCH")
    email = bench.one(f"SELECT lower(trim(Email)) FROM Data_Quarantine WHERE Quarantine_ID = {record}")
    (gone, first, last, born) = bench.ask(
        "SELECT Diver_ID, First_Name, Last_Name, Date_Of_Birth FROM Diver "
        f"WHERE Email <> '{email}' AND Certification_Level_ID IS NULL ORDER BY Diver_ID LIMIT 1"
    )[0]

    def arrange(session: Any) -> None:
        version = dict(read_versions(session, [record]))[record]
        values = {"First_Name": first, "Last_Name": last, "Date_Of_Birth": born}
        erase(session, gone)
        edit_records(session, [Edit(record, version, column, value) for column, value in values.items()])

    bench.as_another(arrange)
    bench.key(Qt.Key.Key_F5, on=bench.grid)
    bench.point_at(record, "Email")
    bench.ctrl(Qt.Key.Key_M)
    bench.click("quarantine.merge.all.1")
    bench.write_in("quarantine.merge.reason", "the same person")
    bench.click("quarantine.merge.ok")
    problem = bench.control("quarantine.merge.problem")
    assert _WORDS in " ".join(bench.texts(problem))
    bench.click("quarantine.merge.is_back")
    bench.click("quarantine.merge.ok")
    assert bench.dialog() is None
    assert bench.ask(f"SELECT First_Name, Last_Name FROM Diver WHERE Email = '{email}'") == [(first, last)]
    assert bench.one(f"SELECT Status FROM Data_Quarantine WHERE Quarantine_ID = {record}") == "Merged"

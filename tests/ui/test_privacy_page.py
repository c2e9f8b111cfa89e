"""The page Privacy: who sees what, revealing for a reason, what a person may ask for; by every role."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from driving import (
    ask,
    cells,
    click,
    click_tab,
    clipped,
    everything_said,
    fill,
    find,
    look_for,
    open_page,
    quiet,
    texts,
    write,
)
from lives import ADA
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableView,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.app import Steward
from divegov_gui.services import subjects
from divegov_gui.services.manifest import verify_pack
from divegov_gui.ui import theme
from divegov_gui.ui.pages.privacy.page import PrivacyPage
from divegov_gui.ui.pages.privacy.roles_view import RolesView

SECRETS = ("ada.okonkwo@", "+34600111222", "1984-02-11")
FORMER = ("Okonkwo", "ada.obi@", "a.okonkwo@", "+4917012345", *SECRETS)


@pytest.fixture
def steward(open_on: Any, lived: Path) -> Steward:
    return open_page(open_on, lived, "privacy")


def page(steward: Steward) -> PrivacyPage:
    found = steward.window.page("privacy")
    assert isinstance(found, PrivacyPage)
    return found


def act_as(qtbot: QtBot, steward: Steward, role: str) -> None:
    """Choose as whom one acts, with the keyboard."""
    chooser = find(steward, "privacy.persona", QComboBox)
    chooser.setFocus()
    chooser.setCurrentIndex(chooser.findData(role))
    chooser.activated.emit(chooser.currentIndex())
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the page of before
    quiet(steward)


def take_sample(qtbot: QtBot, steward: Steward, text: str = str(ADA)) -> None:
    field = find(steward, "privacy.sample", QLineEdit)
    field.setText(text)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    quiet(steward)


def turn_to(qtbot: QtBot, steward: Steward, view: int) -> None:
    click_tab(qtbot, steward, "privacy.views", view)
    quiet(steward)


def choose_person(qtbot: QtBot, steward: Steward, text: str = str(ADA)) -> None:
    turn_to(qtbot, steward, 1)
    look_for(qtbot, steward, "privacy", text)


def table(steward: Steward, name: str) -> list[list[str]]:
    view = find(steward, name, QTableView)
    return [cells(view, row) for row in range(view.model().rowCount())]


# --- who sees what


def test_it_says_honestly_that_a_file_only_demonstrates(steward: Steward) -> None:
    notice = find(steward, "privacy.enforcement")
    assert notice.accessibleName() == "Demonstrated in this local workspace"
    assert any("Whoever can open the file with another program sees everything" in t for t in texts(notice))


def test_on_a_server_it_says_that_the_server_enforces_the_roles(qtbot: QtBot) -> None:
    view = RolesView(enforced=True, mask=False)
    qtbot.addWidget(view)
    notice = view.findChild(QWidget, "privacy.enforcement")
    assert notice is not None
    assert notice.accessibleName() == "Enforced by SQL Server"


def test_each_role_sees_the_sample_diver_through_its_masks(qtbot: QtBot, steward: Steward) -> None:
    take_sample(qtbot, steward)
    assert table(steward, "privacy.comparison") == [
        ["First name", "Ada", "Ada", "Ada"],
        ["Last name", "Okonkwo", "Okonkwo", "OXXXX"],
        ["Email", "ada.okonkwo@example.net", "aXXX@XXXX.com", "aXXX@XXXX.com"],
        ["Phone", "+34600111222", "XXX-1222", "XXX-1222"],
        ["Date of birth", "1984-02-11", "1900-01-01", "1900-01-01"],
        ["Certification", "Open Water Diver", "Open Water Diver", "Open Water Diver"],
        ["Source reference", "CRM-4711", "CRM-4711", "CRM-4711"],
    ]


def test_another_sample_is_one_click_away(qtbot: QtBot, steward: Steward) -> None:
    first = find(steward, "privacy.who", QLabel).text()
    click(qtbot, steward, "privacy.another")
    quiet(steward)
    assert find(steward, "privacy.who", QLabel).text() != first


def test_a_sample_that_is_not_there_is_said_and_the_page_stays(qtbot: QtBot, steward: Steward) -> None:
    take_sample(qtbot, steward)
    take_sample(qtbot, steward, "zzzz")
    assert "Ada Okonkwo" in find(steward, "privacy.who", QLabel).text()
    assert [view.notice.title for view in steward.window.banners.views] == ["Nobody is found by that."]


def test_who_sees_in_the_clear_has_nothing_to_reveal(steward: Steward) -> None:
    note = find(steward, "privacy.reveal_note", QLabel)
    assert note.text() == "A data steward sees divers in the clear: there is nothing to reveal."
    assert not find(steward, "privacy.reveal").isVisible()


# --- personas


def test_the_page_begins_where_one_works_and_the_persona_changes_on_purpose_alone(
    qtbot: QtBot, steward: Steward
) -> None:
    steward.window.activateWindow()
    shown = page(steward)
    steward.window.setFocus()
    shown.persona.setFocus()
    shown.page_shown()
    assert shown.focusWidget() is find(steward, "privacy.sample")
    turn_to(qtbot, steward, 1)
    shown.persona.setFocus()
    shown.page_shown()
    assert shown.focusWidget() is find(steward, "privacy.search")

    chooser = find(steward, "privacy.persona", QComboBox)
    assert find(steward, "privacy.views", QTabBar).nextInFocusChain() is chooser, "the views come first"
    chosen: list[int] = []
    chooser.activated.connect(chosen.append)
    middle = QPointF(chooser.rect().center())
    wheel = QWheelEvent(
        middle,
        chooser.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chooser, wheel)
    assert not wheel.isAccepted(), "the page behind may scroll"
    chooser.setFocus()
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_O, Qt.Key.Key_D):
        qtbot.keyClick(chooser, key)
    assert (chosen, chooser.currentData()) == ([], "data_steward")
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert chooser.view().isVisible(), "the list opens first"
    assert chosen == []
    qtbot.keyClick(chooser.view(), Qt.Key.Key_Escape)
    assert (chosen, chooser.currentData()) == ([], "data_steward")


def test_the_header_says_as_whom_one_acts_and_the_page_stays(qtbot: QtBot, steward: Steward) -> None:
    act_as(qtbot, steward, "compliance_officer")
    assert steward.window.current_key == "privacy"
    assert "Compliance officer" in find(steward, "header.role").accessibleName()
    assert find(steward, "privacy.persona", QComboBox).currentData() == "compliance_officer"


def test_nobody_is_shown_what_their_own_role_does_not_see(qtbot: QtBot, steward: Steward) -> None:
    act_as(qtbot, steward, "data_analyst")
    take_sample(qtbot, steward)
    rows = table(steward, "privacy.comparison")
    assert rows[1] == ["Last name", "in the clear", "in the clear", "OXXXX"]
    assert rows[2] == ["Email", "in the clear", "aXXX@XXXX.com", "aXXX@XXXX.com"]
    turn_to(qtbot, steward, 1)
    assert [value for value in FORMER if value in everything_said(page(steward))] == []


def test_what_a_role_may_not_do_is_explained_and_not_offered(qtbot: QtBot, steward: Steward) -> None:
    choose_person(qtbot, steward)
    assert not find(steward, "privacy.export").isVisible()
    assert not find(steward, "privacy.rehearse").isVisible()
    assert "a compliance officer does it" in find(steward, "privacy.erase_note", QLabel).text()
    act_as(qtbot, steward, "data_analyst")
    note = find(steward, "privacy.reveal_note", QLabel).text()
    assert note == "A data analyst may not look behind a mask: a compliance officer may."


# --- revealing


def reveal(qtbot: QtBot, steward: Steward, column: str, reason: str) -> None:
    field = find(steward, "privacy.reveal_field", QComboBox)
    field.setCurrentIndex(field.findData(column))
    write(qtbot, steward, "privacy.reveal_reason", reason)
    click(qtbot, steward, "privacy.reveal")
    quiet(steward)


def test_a_value_is_revealed_for_a_reason_and_masked_again(
    qtbot: QtBot, steward: Steward, lived: Path
) -> None:
    act_as(qtbot, steward, "compliance_officer")
    take_sample(qtbot, steward)
    reveal(qtbot, steward, "Email", "Complaint 17")
    assert find(steward, "privacy.revealed", QLabel).text() == "ada.okonkwo@example.net"
    assert find(steward, "privacy.time_left", QLabel).text() in (
        "Masked again in 5:00",
        "Masked again in 4:59",
    )
    click(qtbot, steward, "privacy.mask_now")
    assert SECRETS[0] not in everything_said(page(steward))
    logged = ask(lived, "SELECT Action, Detail FROM Steward_Action ORDER BY Action_ID DESC LIMIT 1")
    assert logged[0][0] == "Reveal_Diver"
    assert "okonkwo" not in str(logged)


def test_without_a_reason_nothing_is_revealed(qtbot: QtBot, steward: Steward) -> None:
    act_as(qtbot, steward, "compliance_officer")
    take_sample(qtbot, steward)
    click(qtbot, steward, "privacy.reveal")
    assert "Say why you need to see it." in texts(page(steward))
    assert not find(steward, "privacy.revealed").isVisible()


def test_when_its_time_is_over_the_value_is_masked_by_itself(qtbot: QtBot, steward: Steward) -> None:
    act_as(qtbot, steward, "compliance_officer")
    take_sample(qtbot, steward)
    card = page(steward).roles.view.card
    now = [1000.0]
    card._clock = lambda: now[0]
    reveal(qtbot, steward, "Phone", "Complaint 17")
    now[0] += 299
    qtbot.waitUntil(lambda: card.left.text() == "Masked again in 0:01")
    now[0] += 2
    qtbot.waitUntil(lambda: not card.is_revealing)
    assert SECRETS[1] not in everything_said(page(steward))


def test_leaving_the_page_masks_what_was_revealed(qtbot: QtBot, steward: Steward) -> None:
    act_as(qtbot, steward, "compliance_officer")
    take_sample(qtbot, steward)
    reveal(qtbot, steward, "Email", "Complaint 17")
    steward.window.go_to("overview")
    assert find(steward, "privacy.revealed", QLabel).text() == ""


# --- what a person may ask for


@pytest.fixture
def officer(qtbot: QtBot, steward: Steward) -> Steward:
    act_as(qtbot, steward, "compliance_officer")
    choose_person(qtbot, steward)
    return steward


def test_everything_held_is_written_as_a_page_a_pdf_and_json(
    qtbot: QtBot, officer: Steward, tmp_path: Path
) -> None:
    click(qtbot, officer, "privacy.export")
    assert "Say for what; it goes into the log." in texts(page(officer))
    handed = tmp_path / "handed"
    page(officer).requests.export_to(handed, "DSR-1")
    quiet(officer)
    page_text = (handed / f"diver-{ADA}-data.html").read_text()
    assert "ada.obi@example.net" in page_text
    assert "Marriage certificate seen" in page_text
    assert (handed / f"diver-{ADA}-data.pdf").read_bytes().startswith(b"%PDF")
    assert len(json.loads((handed / f"diver-{ADA}-data.json").read_text())["versions"]) == 5
    assert verify_pack(handed).holds
    assert {path.stat().st_mode & 0o077 for path in (handed, *handed.iterdir())} == {0}


def test_an_erasure_is_rehearsed_confirmed_in_writing_done_and_certified(
    qtbot: QtBot, officer: Steward, lived: Path, tmp_path: Path
) -> None:
    click(qtbot, officer, "privacy.rehearse")
    quiet(officer)
    assert "Nothing is changed yet." in find(officer, "privacy.inventory_sum", QLabel).text()
    assert [row for row in table(officer, "privacy.inventory") if row[1] == "4"]
    assert ask(lived, f"SELECT count(*) FROM Diver WHERE Diver_ID = {ADA}") == [(1,)]
    erase = find(officer, "privacy.erase")
    write(qtbot, officer, "privacy.erase_reason", "DSR-2026-118")
    assert not erase.isEnabled()
    write(qtbot, officer, "privacy.erase_word", f"erase {ADA}")
    assert not erase.isEnabled(), "the word is to be typed as it is asked for"
    write(qtbot, officer, "privacy.erase_word", f"ERASE {ADA}")
    click(qtbot, officer, "privacy.erase")
    quiet(officer)
    assert "none was found" in find(officer, "privacy.verdict", QLabel).text()
    paper = find(officer, "privacy.certificate", QTextBrowser).toPlainText()
    assert f"Diver {ADA} was erased on" in paper
    assert [value for value in FORMER if value in paper] == []
    raw = b"".join(file.read_bytes() for file in lived.parent.glob(f"{lived.name}*"))
    assert [value for value in FORMER if value.encode() in raw] == []
    done = page(officer).requests.view.erasure._done
    assert done is not None
    kept = Path(find(officer, "privacy.certificate_kept", QLabel).text().rpartition(" in ")[2])
    assert subjects.read_certificate(kept.read_text()).facts == done.certificate.facts
    assert (kept.stat().st_mode & 0o077, kept.parent.stat().st_mode & 0o077) == (0, 0)
    assert find(officer, "privacy.search", QLineEdit).text() == ""
    turn_to(qtbot, officer, 0)
    assert [value for value in FORMER if value in everything_said(page(officer))] == []
    officer.window.go_to("history")
    quiet(officer)
    assert str(ADA) not in find(officer, "history.line", QLabel).text()
    officer.window.go_to("privacy")
    quiet(officer)
    page(officer).requests.save_to(tmp_path / "certificate.pdf", done)
    quiet(officer)
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((tmp_path / "certificate.json").read_text())["diver_id"] == ADA


def test_what_was_typed_shown_or_revealed_of_an_erased_person_is_on_no_page_any_more(
    qtbot: QtBot, officer: Steward
) -> None:
    """Pages keep what they showed while they are out of sight, and fields what was typed."""
    officer.window.go_to("history")
    quiet(officer)
    find(officer, "history.search", QLineEdit).setText("Okonkwo")
    officer.window.go_to("quarantine")
    quiet(officer)
    find(officer, "quarantine.search", QLineEdit).setText(SECRETS[0])
    officer.window.go_to("privacy")
    turn_to(qtbot, officer, 0)
    take_sample(qtbot, officer, SECRETS[0] + "example.net")
    assert f"Diver {ADA}" in find(officer, "privacy.who", QLabel).text(), "found by the whole of the email"
    write(qtbot, officer, "privacy.reveal_reason", "DSR-1")
    click(qtbot, officer, "privacy.reveal")
    quiet(officer)
    assert SECRETS[0] in find(officer, "privacy.revealed", QLabel).text().replace("\u200b", "")
    choose_person(qtbot, officer, "okonkwo")
    click(qtbot, officer, "privacy.rehearse")
    quiet(officer)
    write(qtbot, officer, "privacy.erase_reason", "DSR-2026-118")
    write(qtbot, officer, "privacy.erase_word", f"ERASE {ADA}")
    click(qtbot, officer, "privacy.erase")
    quiet(officer)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    held = "\n".join(
        field.text() for kind in (QLineEdit, QLabel) for field in officer.window.findChildren(kind)
    ).replace("\u200b", "")
    assert [value for value in (*FORMER, "okonkwo") if value in held] == []
    for key in ("history", "quarantine", "overview", "privacy"):
        officer.window.go_to(key)
        quiet(officer)
        assert [value for value in FORMER if value in "\n".join(texts(officer.window))] == [], key


def test_the_certificate_stays_in_sight_where_the_list_has_others(qtbot: QtBot, officer: Steward) -> None:
    with qtbot.waitSignal(page(officer).requests.view.search.searched):
        find(officer, "privacy.search", QLineEdit).clear()
    quiet(officer)
    before = find(officer, "privacy.person", QLabel).text()
    number = page(officer).requests.view.erasure._diver_id
    click(qtbot, officer, "privacy.rehearse")
    quiet(officer)
    write(qtbot, officer, "privacy.erase_reason", "DSR-2026-119")
    write(qtbot, officer, "privacy.erase_word", f"ERASE {number}")
    click(qtbot, officer, "privacy.erase")
    quiet(officer)
    assert len(table(officer, "privacy.results")) > 1
    assert find(officer, "privacy.certificate").isVisible()
    assert find(officer, "privacy.verdict").isVisible()
    assert find(officer, "privacy.person", QLabel).text() == f"Diver {number}" != before


def test_a_person_may_be_kept_after_the_rehearsal(qtbot: QtBot, officer: Steward, lived: Path) -> None:
    click(qtbot, officer, "privacy.rehearse")
    quiet(officer)
    click(qtbot, officer, "privacy.keep")
    assert find(officer, "privacy.rehearse").isVisible()
    assert ask(lived, f"SELECT count(*) FROM Diver_History WHERE Diver_ID = {ADA}") == [(4,)]


# --- the action log


def test_the_log_is_listed_filtered_and_exported(qtbot: QtBot, officer: Steward, tmp_path: Path) -> None:
    click(qtbot, officer, "privacy.rehearse")
    quiet(officer)
    turn_to(qtbot, officer, 2)
    actions = find(officer, "privacy.log_action", QComboBox)
    actions.setCurrentIndex(actions.findData("Govern_Batch"))
    actions.activated.emit(actions.currentIndex())
    quiet(officer)
    assert find(officer, "privacy.log_count", QLabel).text() == "2 actions"
    assert [row[3:5] for row in table(officer, "privacy.log")] == [
        ["Govern_Batch", "Ingestion Batch 2"],
        ["Govern_Batch", "Ingestion Batch 1"],
    ]
    page(officer).log.export_to(tmp_path / "log.csv")
    quiet(officer)
    assert len((tmp_path / "log.csv").read_text(encoding="utf-8-sig").splitlines()) == 3


def test_who_acted_is_found_by_a_part_of_the_name_and_offered(
    qtbot: QtBot, officer: Steward, lived: Path
) -> None:
    tamper(lived, "UPDATE Steward_Action SET Actor = 'Berta Braun' WHERE Action_ID = 2")
    turn_to(qtbot, officer, 2)
    who = find(officer, "privacy.log_actor", QLineEdit)
    who.setFocus()
    qtbot.keyClicks(who, "BRAU")
    quiet_after(qtbot, officer, "1 action")
    assert [row[2] for row in table(officer, "privacy.log")] == ["Berta Braun"]
    offered = who.completer()
    assert offered is not None
    offered.setCompletionPrefix("brau")
    assert offered.currentCompletion() == "Berta Braun"
    who.clear()
    quiet_after(qtbot, officer, f"{ask(lived, 'SELECT count(*) FROM Steward_Action')[0][0]} actions")


def quiet_after(qtbot: QtBot, officer: Steward, said: str) -> None:
    """Wait until what was typed is listed."""
    count = find(officer, "privacy.log_count", QLabel)
    qtbot.waitUntil(lambda: count.text() == said)
    quiet(officer)


def test_a_whole_log_is_verified(qtbot: QtBot, officer: Steward) -> None:
    turn_to(qtbot, officer, 2)
    click(qtbot, officer, "privacy.verify")
    quiet(officer)
    assert "are as they were written" in find(officer, "privacy.log_words", QLabel).text()


def test_a_tampered_row_is_named_and_shown(qtbot: QtBot, officer: Steward, lived: Path) -> None:
    tamper(lived, "UPDATE Steward_Action SET Actor = 'nobody' WHERE Action_ID = 2")
    turn_to(qtbot, officer, 2)
    click(qtbot, officer, "privacy.verify")
    quiet(officer)
    assert (
        find(officer, "privacy.log_words", QLabel)
        .text()
        .startswith("Action 2 was changed after it was written.")
    )
    log = find(officer, "privacy.log", QTableView)
    assert cells(log, log.currentIndex().row())[0] == "2"


def test_a_row_that_was_taken_out_is_noticed(qtbot: QtBot, officer: Steward, lived: Path) -> None:
    tamper(lived, "DELETE FROM Steward_Action WHERE Action_ID = 2")
    turn_to(qtbot, officer, 2)
    click(qtbot, officer, "privacy.verify")
    quiet(officer)
    assert (
        "Action 3 does not follow on the one before it" in find(officer, "privacy.log_words", QLabel).text()
    )


def test_who_may_not_read_the_log_is_told_so(qtbot: QtBot, steward: Steward) -> None:
    act_as(qtbot, steward, "data_analyst")
    turn_to(qtbot, steward, 2)
    assert table(steward, "privacy.log") == []
    assert find(steward, "privacy.log_count", QLabel).text() == ""


def tamper(workspace: Path, statement: str) -> None:
    """What somebody does who can write to the file and knows how to take a trigger away."""
    connection = sqlite3.connect(workspace)
    try:
        for name in ("Updated", "Deleted"):
            connection.execute(f"DROP TRIGGER Steward_Action_{name}")
        connection.execute(statement)
        connection.commit()
    finally:
        connection.close()


# --- how it looks and what it hides


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1024, 680)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_cut_off_in_any_view(
    qtbot: QtBot, officer: Steward, size: tuple[int, int], look: str, themes: theme.ThemeManager
) -> None:
    themes.set_mode(look)
    officer.window.resize(*size)
    click(qtbot, officer, "privacy.rehearse")
    for view in (0, 1, 2):
        turn_to(qtbot, officer, view)
        assert clipped(officer.window) == [], view


def test_in_a_picture_no_value_of_a_diver_is_seen(qtbot: QtBot, open_on: Any, lived: Path) -> None:
    steward = open_on(lived, mask_personal=True)
    steward.window.go_to("privacy")
    quiet(steward)
    choose_person(qtbot, steward)
    said = everything_said(page(steward))
    turn_to(qtbot, steward, 0)
    take_sample(qtbot, steward)
    said += everything_said(page(steward))
    assert "OXXX" in said
    assert [value for value in FORMER if value in said] == []


def test_an_empty_workspace_says_what_to_do(open_on: Any, tmp_path: Path) -> None:
    steward = open_on(tmp_path / "new.db")
    steward.window.go_to("privacy")
    quiet(steward)
    assert "Nothing is deployed yet" in texts(steward.window.page("privacy"))


def test_while_there_is_no_diver_the_roles_are_told_and_nobody_is_offered(
    qtbot: QtBot, open_on: Any, tmp_path: Path
) -> None:
    steward = open_page(open_on, fill(tmp_path / "empty.db"), "privacy")
    rights = find(steward, "privacy.rights", QTableView)
    assert cells(rights, 0)[0] == "Ingest records"
    turn_to(qtbot, steward, 1)
    said = texts(steward.window.page("privacy"))
    assert "Nobody is chosen yet" in said
    assert "Erase this person" not in said

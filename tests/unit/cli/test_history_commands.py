"""The past and privacy at a terminal: the same answers as in the window, for people and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services import history
from divegov_gui.services.deployment import deploy

PEOPLE = (
    "first_name,last_name,email,phone,date_of_birth\n"
    "Ada,Lovelace,ada@example.org,5550001111,1990-05-17\n"
    "Bob,Marley,bob@example.org,,1945-02-06\n"
)
Divegov = Callable[..., Any]


@pytest.fixture
def workspace(tmp_path: Path, divegov: Divegov) -> Path:
    """Two divers; Ada is called King by now."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    place = tmp_path / "workspace.db"
    with closing(open_workspace(place)) as session:
        deploy(session)
    assert divegov("ingest", "--file", tmp_path / "people.csv", "--workspace", place).code == 0
    with closing(open_workspace(place)) as session:
        current = history.timeline(session, 1).current
        assert current is not None
        history.update(session, current, [("Last_Name", "King")], "married")
    return place


def test_a_diver_is_found_by_a_former_name_with_every_version(divegov: Divegov, workspace: Path) -> None:
    said = divegov("history", "lovel", "--workspace", workspace)
    assert said.code == 0
    assert "married" in said.out
    (diver,) = divegov("history", "lovel", "--workspace", workspace, "--json").json["divers"]
    assert [v["values"]["Last_Name"] for v in diver["versions"]] == ["Lovelace", "King"]
    assert "Nobody" in divegov("history", "zzz", "--workspace", workspace).out


def test_an_analyst_at_the_terminal_sees_masks(divegov: Divegov, workspace: Path) -> None:
    (diver,) = divegov("history", "1", "--as", "data_analyst", "--workspace", workspace, "--json").json[
        "divers"
    ]
    assert {v["values"]["Email"] for v in diver["versions"]} == {"aXXX@XXXX.com"}
    refused = divegov(
        "subject", "export", 1, "--reason", "x", "--as", "data_analyst", "--workspace", workspace
    )
    assert refused.code == 6
    assert "may not" in refused.err


def test_the_directory_as_of_an_instant_and_what_differs_since(divegov: Divegov, workspace: Path) -> None:
    (diver,) = divegov("history", "1", "--workspace", workspace, "--json").json["divers"]
    born = diver["versions"][0]["valid_from"]
    then = divegov("as-of", born, "--workspace", workspace, "--json").json
    assert then["count"] == 2
    assert then["divers"][0]["values"]["Last_Name"] == "Lovelace"
    assert divegov("as-of", "2000-01-01", "--workspace", workspace, "--json").json["count"] == 0
    one = divegov("as-of", born, "--diver", 1, "--workspace", workspace)
    assert "Lovelace" in one.out
    differing = divegov("diff", 1, born, "--workspace", workspace, "--json").json["fields"]
    assert [f["column"] for f in differing if f["is_changed"]] == ["Last_Name"]
    assert "≠ Last name" in divegov("diff", 1, born, "--workspace", workspace).out
    assert divegov("as-of", "yesterday", "--workspace", workspace).code == 2


def test_a_time_with_an_offset_is_taken_as_what_it_is_in_utc() -> None:
    from divegov_gui.cli_persona import instant

    assert instant("2026-05-17T14:30+02:00") == "2026-05-17 12:30:00.000000"
    assert instant("2026-05-17T14:30Z") == instant("2026-05-17 14:30")
    assert instant("2026-05-17") == "2026-05-17 00:00:00.000000"


def test_an_earlier_version_is_restored(divegov: Divegov, workspace: Path) -> None:
    (diver,) = divegov("history", "1", "--workspace", workspace, "--json").json["divers"]
    born = diver["versions"][0]["valid_from"]
    done = divegov("restore", 1, born, "--reason", "divorced", "--workspace", workspace, "--json")
    assert done.json["is_changed"]
    assert divegov("restore", 1, "2000-01-01", "--reason", "x", "--workspace", workspace).code == 3
    again = divegov("restore", 1, born, "--reason", "x", "--workspace", workspace)
    assert "so already" in again.out


def test_an_erased_person_is_restored_only_when_it_is_said_that_they_have_come_back(
    divegov: Divegov, workspace: Path
) -> None:
    """Bob had the name under which somebody else was erased."""
    (diver,) = divegov("history", "1", "--workspace", workspace, "--json").json["divers"]
    born = diver["versions"][0]["valid_from"]
    with closing(open_workspace(workspace)) as session:
        bob = history.timeline(session, 2).current
        assert bob is not None
        twin = [("First_Name", "Ada"), ("Last_Name", "Lovelace"), ("Date_Of_Birth", "1990-05-17")]
        history.update(session, bob, twin, "a twin entry")
    assert (
        divegov("subject", "erase", 2, "--reason", "Article 17", "--yes", "--workspace", workspace).code == 0
    )
    refused = divegov("restore", 1, born, "--reason", "divorced", "--workspace", workspace)
    assert refused.code == 6
    assert "would become a person who was erased" in refused.err
    assert "--waive-erased" in refused.err
    done = divegov(
        "restore", 1, born, "--reason", "has come back", "--waive-erased", "--workspace", workspace, "--json"
    )
    assert done.json["is_changed"]


def test_evidence_is_written_and_one_changed_byte_is_found(
    divegov: Divegov, workspace: Path, tmp_path: Path
) -> None:
    made = divegov("evidence", "diver", 1, tmp_path / "pack", "--workspace", workspace, "--json")
    assert {"report.html", "report.pdf", "evidence.json", "versions.csv"} <= set(made.json["files"])
    assert (tmp_path / "pack" / "report.pdf").read_bytes().startswith(b"%PDF")
    assert divegov("evidence", "verify", tmp_path / "pack").code == 0
    report = tmp_path / "pack" / "report.html"
    report.write_bytes(report.read_bytes().replace(b"married", b"Married", 1))
    broken = divegov("evidence", "verify", tmp_path / "pack", "--json")
    assert broken.code == 3
    assert broken.json["problems"] == ["report.html was changed."]
    period = divegov(
        "evidence", "period", "2000-01-01", "2999-01-01", tmp_path / "all", "--workspace", workspace
    )
    assert period.code == 0
    assert divegov("evidence", "verify", tmp_path / "all" / "manifest.json").code == 0
    paper = tmp_path / "all" / "report.pdf"
    held = bytearray(paper.read_bytes())
    held[len(held) // 2] ^= 1
    paper.write_bytes(held)
    assert "report.pdf was changed." in divegov("evidence", "verify", tmp_path / "all").out


def test_papers_are_written_where_there_is_no_screen(
    process: Callable[..., Any], workspace: Path, tmp_path: Path
) -> None:
    """As a server's scheduler runs it: no display, and nothing that says which platform Qt is to take."""
    nowhere = {"QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    to = tmp_path / "handed over"
    made = process(
        *("subject", "export", "1", "--reason", "asked", "--to", to, "--workspace", workspace), env=nowhere
    )
    assert (made.code, made.err) == (0, "")
    assert {path.suffix for path in to.iterdir()} == {".html", ".pdf", ".json"}
    assert {path.stat().st_mode & 0o077 for path in (to, *to.iterdir())} == {0}
    checked = process("evidence", "verify", to)
    assert "All 3 files are as they were written." in checked.out


def test_where_qt_cannot_be_loaded_all_but_the_pdf_is_written(
    divegov: Divegov, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "divegov_gui.ui.paper", None)
    made = divegov("evidence", "diver", 1, tmp_path / "pack", "--workspace", workspace, "--json")
    assert "report.html" in made.json["files"]
    assert "report.pdf" not in made.json["files"]
    assert "No PDF is written" in made.err


def test_an_export_is_refused_before_it_is_logged_where_it_cannot_be_written(
    divegov: Divegov, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    refused = divegov(
        "subject", "export", 1, "--reason", "asked", "--to", tmp_path / "full", "--workspace", workspace
    )
    assert (refused.code, "not empty" in refused.err) == (3, True)
    shown = divegov("audit", "show", "--action", "Export_Subject", "--workspace", workspace, "--json")
    assert shown.json["count"] == 0


def test_the_log_is_shown_exported_and_verified(divegov: Divegov, workspace: Path, tmp_path: Path) -> None:
    assert "as they were written" in divegov("audit", "verify", "--workspace", workspace).out
    shown = divegov("audit", "show", "--action", "Update_Diver", "--workspace", workspace, "--json").json
    assert shown["count"] == 1
    divegov("audit", "show", "--export", tmp_path / "log.csv", "--workspace", workspace)
    assert "Update_Diver" in (tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    with closing(open_workspace(workspace)) as session:
        session._raw.execute("DROP TRIGGER Steward_Action_Updated")
        session._raw.execute("UPDATE Steward_Action SET Actor = 'x' WHERE Action_ID = 2")
    broken = divegov("audit", "verify", "--workspace", workspace, "--json")
    assert (broken.code, broken.json["broken_id"]) == (3, 2)


def test_a_subject_is_exported_erased_and_the_certificate_verified(
    divegov: Divegov, workspace: Path, tmp_path: Path
) -> None:
    to = tmp_path / "ada.json"
    assert (
        divegov("subject", "export", 1, "--reason", "asked", "--to", to, "--workspace", workspace).code == 0
    )
    assert json.loads(to.read_text())["versions"][1]["Last_Name"] == "King"
    rehearsed = divegov(
        "subject", "erase", 1, "--reason", "asked", "--rehearse", "--workspace", workspace, "--json"
    )
    assert rehearsed.json["rehearsal"]
    assert divegov("history", "king", "--workspace", workspace, "--json").json["divers"]

    printed, paper = tmp_path / "certificate.pdf", tmp_path / "certificate.json"
    erase = ("subject", "erase", 1, "--reason", "asked", "--yes", "--workspace", workspace)
    to.chmod(0o644)
    assert divegov(*erase, "--certificate", to).code == 3, "what lies there already is not lost"
    assert to.stat().st_size
    done = divegov(*erase, "--certificate", printed)
    assert done.code == 0
    assert printed.read_bytes().startswith(b"%PDF")
    assert "Nothing of it is found" in done.out
    assert divegov("history", "king", "--workspace", workspace, "--json").json["divers"] == []
    assert divegov("subject", "verify", paper, "--workspace", workspace).code == 0
    assert "Done." in divegov("subject", "rewrite-file", "--workspace", workspace).out
    paper.write_text(paper.read_text().replace('"rows": ', '"rows": 1', 1))
    assert divegov("subject", "verify", paper, "--workspace", workspace).code == 3
    assert divegov("subject", "verify", tmp_path / "none.json", "--workspace", workspace).code == 3

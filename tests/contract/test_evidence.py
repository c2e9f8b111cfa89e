"""The log of actions and evidence packs: one changed byte is found."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from gates import Gate
from people import person

from divegov_gui.core.errors import InputRefused, Refused
from divegov_gui.services import audit, evidence, history
from divegov_gui.services.audit import LogFilter
from divegov_gui.services.manifest import verify_pack


def live(gate: Gate) -> None:
    """A diver who came, was changed and restored, and one beside them."""
    gate.take_in([person(phone="5550001111"), person(email="bob@example.org", first_name="Bob")])
    for values, reason in (
        ({"Last_Name": "King"}, "married"),
        ({"First_Name": "Augusta"}, "as in the passport"),
    ):
        history.update(gate.session, gate.current(), values.items(), reason)


# -- The log --------------------------------------------------------------------------------------------------


def test_a_log_that_nobody_touched_holds(gate: Gate) -> None:
    assert audit.verify(gate.session).holds
    live(gate)
    found = audit.verify(gate.session)
    assert found.holds
    assert found.count == gate.session.count("Action_Log")
    assert found.broken_id is None


TAMPERINGS: dict[str, tuple[list[str], int]] = {
    "somebody else's name": (["UPDATE Steward_Action SET Actor = 'nobody' WHERE Action_ID = 2"], 2),
    "one letter of a detail": (
        ["UPDATE Steward_Action SET Detail = replace(Detail, 'promoted', 'Promoted') WHERE Action_ID = 2"],
        2,
    ),
    "a microsecond": (
        ["UPDATE Steward_Action SET Acted_At = substr(Acted_At, 1, 25) || 'x' WHERE Action_ID = 1"],
        1,
    ),
    "a row removed": (["DELETE FROM Steward_Action WHERE Action_ID = 2"], 3),
    "the first row removed": (["DELETE FROM Steward_Action WHERE Action_ID = 1"], 2),
    "two rows exchanged": (
        [
            "UPDATE Steward_Action SET Action_ID = 100 WHERE Action_ID = 2",
            "UPDATE Steward_Action SET Action_ID = 2 WHERE Action_ID = 3",
            "UPDATE Steward_Action SET Action_ID = 3 WHERE Action_ID = 100",
        ],
        2,
    ),
    "a row's own hash": (["UPDATE Steward_Action SET Action_Hash = 'ab' WHERE Action_ID = 3"], 3),
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_tampered_row_is_named(gate: Gate, what: str) -> None:
    live(gate)
    statements, broken = TAMPERINGS[what]
    with closing(sqlite3.connect(gate.backend.path)) as connection, connection:  # type: ignore[attr-defined]
        for trigger in ("Updated", "Deleted", "Inserted"):
            connection.execute(f"DROP TRIGGER Steward_Action_{trigger}")
        for statement in statements:
            connection.execute(statement)
    found = audit.verify(gate.session)
    assert (found.holds, found.broken_id) == (False, broken)
    assert f"Action {broken} " in found.words


@pytest.mark.sqlite_only
def test_odd_texts_are_hashed_as_the_database_writes_them(gate: Gate) -> None:
    odd = 'a "quoted" \\ back/slash, \t tab, \x01, Ünï \U0001f980, \x7f'
    gate.session.call(
        "Open_Batch", source_name=odd, source_kind="file", content_hash=odd, declared_count=1, again=0
    )
    gate.session.call(
        "Log_Action", action=odd, subject_type=odd, subject_id=None, detail=json.dumps({"a": odd})
    )
    assert audit.verify(gate.session).holds


def test_the_log_is_read_filtered_counted_and_exported(gate: Gate, tmp_path: Path) -> None:
    live(gate)
    changes = LogFilter(action="Update_Diver", subject_type="Diver", subject_id=1)
    assert [e.action for e in audit.read_log(gate.session, changes)] == ["Update_Diver", "Update_Diver"]
    assert audit.count_log(gate.session, changes) == 2
    newest, older = audit.read_log(gate.session, limit=2)
    assert newest.action_id > older.action_id
    assert audit.read_log(gate.session, before=newest.action_id, limit=1) == (older,)
    assert audit.count_log(gate.session, LogFilter(actor="nobody")) == 0
    part = gate.session.actor[1:].upper()
    assert audit.count_log(gate.session, LogFilter(actor=part)) == audit.count_log(gate.session)
    assert audit.count_log(gate.session, LogFilter(since=newest.at)) == 1
    assert audit.export_log(gate.session, tmp_path / "log.csv") == audit.count_log(gate.session)
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(audit.HEADING)
    assert [int(row[0]) for row in rows[1:]] == sorted(int(row[0]) for row in rows[1:])


# -- Evidence packs -------------------------------------------------------------------------------------------


def pack(gate: Gate, folder: Path) -> evidence.Pack:
    live(gate)
    return evidence.pack_diver(gate.session, 1, folder)


def test_a_pack_of_a_diver_holds_what_an_auditor_asks_for(gate: Gate, tmp_path: Path) -> None:
    made = pack(gate, tmp_path / "pack")
    assert verify_pack(made.folder).holds
    assert verify_pack(made.folder / "manifest.json").holds
    facts = json.loads((made.folder / "evidence.json").read_text())
    assert [v["Last_Name"] for v in facts["versions"]] == ["Lovelace", "King", "King"]
    assert [(d["Column"], d["Old"], d["New"], d["Change_Reason"]) for d in facts["differences"]] == [
        ("Last_Name", "Lovelace", "King", "married"),
        ("First_Name", "Ada", "Augusta", "as in the passport"),
    ]
    assert facts["as_of"][0]["First_Name"] == "Augusta"
    assert facts["log"]["holds"]
    assert {"EMAIL_FORMAT", "AGE_BELOW_MINIMUM"} <= {rule["Rule_Code"] for rule in facts["rules"]}
    assert {a["action"] for a in facts["actions"]} == {"Update_Diver"}
    report = (made.folder / "report.html").read_text()
    assert "as in the passport" in report
    assert "<script" not in report
    assert "http" not in report


def test_a_pack_looks_from_the_instant_that_was_asked_for(gate: Gate, tmp_path: Path) -> None:
    live(gate)
    first = history.timeline(gate.session, 1).versions[0]
    made = evidence.pack_diver(gate.session, 1, tmp_path / "then", as_of=first.valid_from)
    facts = json.loads((made.folder / "evidence.json").read_text())
    assert facts["as_of"][0]["Last_Name"] == "Lovelace"
    before = evidence.pack_diver(gate.session, 1, tmp_path / "before", as_of="2000-01-01")
    assert json.loads((before.folder / "evidence.json").read_text())["as_of"] == []


def test_a_pack_of_a_period_holds_every_change_and_action(gate: Gate, tmp_path: Path) -> None:
    live(gate)
    made = evidence.pack_period(gate.session, "2000-01-01", "2999-01-01", tmp_path / "pack")
    facts = json.loads((made.folder / "evidence.json").read_text())
    assert sorted(c["Change_Kind"] for c in facts["changes"]) == ["Changed", "Changed", "Created", "Created"]
    assert len(facts["actions"]) == gate.session.count("Action_Log")
    empty = evidence.pack_period(gate.session, "1999-01-01", "2000-01-01", tmp_path / "empty")
    assert verify_pack(empty.folder).holds


def flip(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


CHANGES: dict[str, Callable[[Path], object]] = {
    "evidence.json was changed": lambda folder: flip(folder / "evidence.json"),
    "versions.csv was changed": lambda folder: flip(folder / "versions.csv"),
    "report.html was changed": lambda folder: flip(folder / "report.html"),
    "rules.csv is missing": lambda folder: (folder / "rules.csv").unlink(),
    "more.txt was added": lambda folder: (folder / "more.txt").write_text("x"),
    "The manifest was changed": lambda folder: (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text().replace("Diver 1", "Diver 2")
    ),
}


@pytest.mark.parametrize("words", CHANGES)
def test_one_changed_byte_of_a_pack_is_found(gate: Gate, tmp_path: Path, words: str) -> None:
    made = pack(gate, tmp_path / "pack")
    CHANGES[words](made.folder)
    verdict = verify_pack(made.folder)
    assert not verdict.holds
    assert any(words in problem for problem in verdict.problems)


def test_every_single_byte_of_a_pack_is_held(gate: Gate, tmp_path: Path) -> None:
    made = pack(gate, tmp_path / "pack")
    small = made.folder / "deletions.csv"
    whole = small.read_bytes()
    for place in range(len(whole)):
        small.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not verify_pack(made.folder).holds
    small.write_bytes(whole)
    assert verify_pack(made.folder).holds


def test_a_pdf_that_somebody_can_make_is_in_the_manifest(gate: Gate, tmp_path: Path) -> None:
    live(gate)
    made = evidence.pack_diver(
        gate.session, 1, tmp_path / "pack", make_pdf=lambda paper, path: path.write_text(paper.title)
    )
    assert "report.pdf" in made.files
    flip(made.folder / "report.pdf")
    assert not verify_pack(made.folder).holds


def test_a_pack_carries_the_masks_of_who_makes_it(gate: Gate, tmp_path: Path) -> None:
    live(gate)
    with closing(gate.backend.open("compliance_officer")) as officer:
        made = evidence.pack_diver(officer, 1, tmp_path / "pack")
    held = "".join(path.read_text(encoding="utf-8") for path in made.folder.iterdir())
    assert "aXXX@XXXX.com" in held
    assert "ada@example.org" not in held
    assert "5550001111" not in held


def test_what_is_no_pack_and_what_cannot_be_one_is_refused(gate: Gate, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no evidence pack"):
        verify_pack(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    live(gate)
    with pytest.raises(InputRefused, match="not empty"):
        evidence.pack_diver(gate.session, 1, tmp_path / "full")
    with pytest.raises(Refused, match="no diver 99"):
        evidence.pack_diver(gate.session, 99, tmp_path / "nobody")

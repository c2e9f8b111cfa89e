"""The past: every earlier version is kept, in order, with who and why; and the log of actions cannot be rewritten.

The changes come from outside the program, through the database's own shell: what is promised holds there too. SQL
Server keeps its promises itself, and in its own words: it refuses what SQLite's triggers refuse or put right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from gates import Gate
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person

END = "9999-12-31 23:59:59.999999"  # SQL Server has a digit more
SAYS_NO = r"past cannot be rewritten|Cannot update rows in a temporal history table"
INSTANT = "%Y-%m-%d %H:%M:%S.%f"


def moved(instant: str, microseconds: int) -> str:
    if microseconds == 0:
        return instant
    return (datetime.strptime(instant[:26], INSTANT) + timedelta(microseconds=microseconds)).strftime(INSTANT)


def rename(gate: Gate, diver: int, name: str) -> None:
    gate.backend.run("UPDATE Diver SET First_Name = ? WHERE Diver_ID = ?", (name, diver))


def test_an_update_leaves_the_old_version_behind_with_no_gap(gate: Gate) -> None:
    gate.take_in([person(phone="5550001111")])
    (before,) = gate.divers()
    gate.backend.run("UPDATE Diver SET Phone = '+1 555 000 1111' WHERE Diver_ID = 1")
    old, new = gate.versions(1)
    assert {**old, "Valid_To": before["Valid_To"], "Is_Current": True} == before
    assert (old["Phone"], new["Phone"]) == ("5550001111", "+1 555 000 1111")
    assert old["Valid_From"] < old["Valid_To"] == new["Valid_From"] < new["Valid_To"]
    assert new["Valid_To"].startswith(END)
    assert (old["Is_Current"], new["Is_Current"]) == (False, True)


def test_validity_grows_strictly_however_fast_the_changes_come(gate: Gate) -> None:
    gate.take_in([person()])
    for number in range(200):
        rename(gate, 1, f"Ada {'x' * number}")
    versions = gate.versions(1)
    assert len(versions) == 201
    for earlier, later in pairwise(versions):
        assert earlier["Valid_From"] < earlier["Valid_To"] == later["Valid_From"]
        datetime.strptime(later["Valid_From"][:26], INSTANT)
    assert [len(v["First_Name"]) for v in versions[1:]] == list(range(4, 204))


def test_all_that_one_statement_changes_changes_at_one_instant(gate: Gate) -> None:
    gate.take_in([person(email=f"p{n}@example.org") for n in range(50)])
    gate.backend.run("UPDATE Diver SET First_Name = 'Eve'")
    assert len({diver["Valid_From"] for diver in gate.divers()}) == 1


def test_all_divers_of_a_batch_begin_at_the_instant_of_governing(gate: Gate) -> None:
    gate.take_in([person(email=f"p{n}@example.org") for n in range(50)] + [person(phone="?")])
    (batch,) = gate.session.select("Batch_Summary")
    (instant,) = {diver["Valid_From"] for diver in gate.divers()}
    assert {reason["Recorded_At"] for reason in gate.reasons()} == {batch["Governed_At"]}
    # On SQL Server a version begins when its transaction did, which is when governing began to wait for its turn.
    assert batch["Received_At"] < instant <= batch["Governed_At"]


def test_a_deleted_diver_is_remembered_until_the_deletion(gate: Gate) -> None:
    gate.take_in([person()])
    rename(gate, 1, "Eve")
    gate.backend.run("DELETE FROM Diver WHERE Diver_ID = 1")
    versions = gate.versions(1)
    assert [(v["First_Name"], v["Is_Current"]) for v in versions] == [("Ada", False), ("Eve", False)]
    assert versions[0]["Valid_To"] == versions[1]["Valid_From"] < versions[1]["Valid_To"] < END


def test_a_change_from_outside_is_signed_as_such(gate: Gate) -> None:
    gate.take_in([person()])
    rename(gate, 1, "Eve")
    old, new = gate.versions(1)
    assert old["Change_Reason"] == "Promoted from batch 1"
    assert old["Modified_By"] not in ("", new["Modified_By"])
    assert new["Modified_By"] == gate.backend.outsider
    assert new["Change_Reason"] == "Changed without DiveGov Steward; no reason was given."


def test_who_gives_name_and_reason_is_believed(gate: Gate) -> None:
    gate.take_in([person()])
    gate.backend.run("UPDATE Diver SET Phone = '5550001111', Modified_By = 'dba', Change_Reason = 'ticket 7'")
    new = gate.versions(1)[-1]
    assert (new["Modified_By"], new["Change_Reason"]) == ("dba", "ticket 7")


@pytest.mark.sqlite_only("SQL Server refuses to have a period column written at all (13537)")
@pytest.mark.parametrize(
    "written", ["1999-01-01 00:00:00.000000", "2999-01-01 00:00:00.000000", "", "tomorrow"]
)
def test_a_validity_written_by_hand_is_not_kept(gate: Gate, written: str) -> None:
    gate.take_in([person()])
    before = gate.divers()[0]["Valid_From"]
    gate.backend.run("UPDATE Diver SET Valid_From = ?, First_Name = 'Eve'", (written,))
    new = gate.versions(1)[-1]
    assert new["Valid_From"] != written
    assert before < new["Valid_From"] < "2999"


@pytest.mark.parametrize("written", ["1999-01-01 00:00:00.000000", "2999-01-01 00:00:00.000000"])
def test_nobody_is_inserted_into_the_past_or_the_future(gate: Gate, written: str) -> None:
    values = "'A', 'B', 'a@b.example', '1990-01-01', 'dba', 'by hand'"
    columns = "First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason"
    with pytest.raises(Exception, match=r"Valid_From is set by the database|GENERATED ALWAYS"):
        gate.backend.run(f"INSERT INTO Diver ({columns}, Valid_From) VALUES ({values}, '{written}')")
    gate.backend.run(f"INSERT INTO Diver ({columns}) VALUES ({values})")
    assert len(gate.divers()) == 1


def test_an_update_that_changes_nothing_is_a_version_too_and_loses_nothing(gate: Gate) -> None:
    gate.take_in([person()])
    gate.backend.run("UPDATE Diver SET First_Name = First_Name")
    assert [v["First_Name"] for v in gate.versions(1)] == ["Ada", "Ada"]


def test_the_number_of_a_diver_cannot_be_changed(gate: Gate) -> None:
    gate.take_in([person()])
    with pytest.raises(Exception, match="cannot be changed"):
        gate.backend.run("UPDATE Diver SET Diver_ID = 7")
    assert [diver["Diver_ID"] for diver in gate.divers()] == [1]


def test_history_cannot_be_updated(gate: Gate) -> None:
    gate.take_in([person()])
    rename(gate, 1, "Eve")
    before = gate.versions(1)
    with pytest.raises(Exception, match=SAYS_NO):
        gate.backend.run("UPDATE Diver_History SET First_Name = 'Mallory'")
    assert gate.versions(1) == before


def test_two_divers_cannot_share_an_email_whoever_writes_it(gate: Gate) -> None:
    gate.take_in([person(), person(email="bob@example.org")])
    with pytest.raises(Exception, match=r"email|UNIQUE"):
        gate.backend.run("UPDATE Diver SET Email = 'ada@example.org' WHERE Diver_ID = 2")
    with pytest.raises(Exception, match="CHECK"):
        gate.backend.run("UPDATE Diver SET Email = 'ADA@example.org' WHERE Diver_ID = 2")


def test_rules_and_tours_are_versioned_too(gate: Gate) -> None:
    gate.backend.run("UPDATE Quality_Rule SET Threshold = 12 WHERE Rule_Code = 'AGE_BELOW_MINIMUM'")
    gate.backend.run("UPDATE Dive_Tour SET Price_Eur = 1 WHERE Tour_Code = 'KONA-27'")
    # What was never in force is no version: on SQL Server a signing trigger leaves a row without duration.
    lasted = "WHERE Valid_From < Valid_To"
    assert gate.backend.run(f"SELECT Rule_Code, Threshold FROM Quality_Rule_History {lasted}") == [
        ("AGE_BELOW_MINIMUM", 10)
    ]
    assert gate.backend.run(f"SELECT Tour_Code, Price_Eur FROM Dive_Tour_History {lasted}") == [
        ("KONA-27", 640)
    ]
    for history in ("Quality_Rule_History", "Dive_Tour_History"):
        with pytest.raises(Exception, match=SAYS_NO):
            gate.backend.run(f"UPDATE {history} SET Modified_By = 'Mallory'")


# As of --------------------------------------------------------------------------------------------------------

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["update", "update", "update", "delete", "insert"]),
        st.integers(1, 4),
        st.sampled_from("ABC"),
    ),
    min_size=1,
    max_size=15,
)


@given(CHANGES)
@settings(max_examples=60)
def test_as_of_any_instant_equals_a_replay(
    make_gate: Callable[[], Gate], changes: list[tuple[str, int, str]]
) -> None:
    gate = make_gate()
    with closing(gate.session):
        story = _change(gate, changes)
        versions = gate.session.select("Diver_Versions", ["Diver_ID", "First_Name", "Valid_From", "Valid_To"])
        instants = {moved(instant, by) for instant, *_ in story for by in (-1, 0, 1)}
        for instant in sorted(instants):
            as_of = {
                v["Diver_ID"]: v["First_Name"] for v in versions if v["Valid_From"] <= instant < v["Valid_To"]
            }
            known = sum(v["Valid_From"] <= instant < v["Valid_To"] for v in versions)
            assert known == len(as_of), "two versions of a diver at one instant"
            assert as_of == _replay(story, instant)


def _change(gate: Gate, changes: list[tuple[str, int, str]]) -> list[tuple[str, int, str | None]]:
    """Make the changes; returns when each took effect, on whom, and the name from then on (None: deleted)."""
    gate.take_in([person(email=f"p{number}@example.org") for number in range(3)])
    story: list[tuple[str, int, str | None]] = [
        (diver["Valid_From"], diver["Diver_ID"], diver["First_Name"]) for diver in gate.divers()
    ]
    for number, (kind, diver, name) in enumerate(changes):
        here = {row[0] for row in gate.backend.run("SELECT Diver_ID FROM Diver")}
        if kind == "insert":
            columns = "First_Name, Last_Name, Email, Date_Of_Birth, Modified_By, Change_Reason"
            values = (name, "L", f"new{number}@example.org", "1990-01-01", "dba", "by hand")
            gate.backend.run(f"INSERT INTO Diver ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)
            (found,) = gate.backend.run(
                "SELECT Valid_From, Diver_ID FROM Diver WHERE Diver_ID = (SELECT max(Diver_ID) FROM Diver)"
            )
            story.append((found[0], found[1], name))
        elif diver in here and kind == "update":
            rename(gate, diver, name)
            (found,) = gate.backend.run("SELECT Valid_From FROM Diver WHERE Diver_ID = ?", (diver,))
            story.append((found[0], diver, name))
        elif diver in here:
            gate.backend.run("DELETE FROM Diver WHERE Diver_ID = ?", (diver,))
            (found,) = gate.backend.run(
                "SELECT max(Valid_To) FROM Diver_History WHERE Diver_ID = ?", (diver,)
            )
            story.append((found[0], diver, None))
    return story


def _replay(story: list[tuple[str, int, str | None]], instant: str) -> dict[int, str]:
    state: dict[int, str | None] = {}
    for at, diver, name in story:
        if at <= instant:
            state[diver] = name
    return {diver: name for diver, name in state.items() if name is not None}


# The log of actions -------------------------------------------------------------------------------------------


def test_what_was_done_is_logged_without_anybodys_data(gate: Gate) -> None:
    gate.take_in([person(), person(phone="?", email="bob@example.org")])
    opened, governed = gate.log()
    assert (opened["Action"], opened["Subject_Type"], opened["Subject_ID"]) == (
        "Open_Batch",
        "Ingestion_Batch",
        1,
    )
    assert json.loads(opened["Detail"]) == {"kind": "file", "declared": 2}
    assert governed["Action"] == "Govern_Batch"
    assert json.loads(governed["Detail"]) == {"promoted": 1, "unchanged": 0, "duplicate": 0, "quarantined": 1}
    assert "example.org" not in repr(gate.log())


@pytest.mark.sqlite_only(
    "SQL Server's ledger keeps its hashes to itself; sys.sp_verify_database_ledger recomputes them"
)
def test_the_chain_of_hashes_verifies_by_recomputation(gate: Gate) -> None:
    for number in range(4):
        gate.take_in([person(email=f"p{number}@example.org")])
    previous = ""
    for row in gate.log():
        names = ("Acted_At", "Actor", "Action", "Subject_Type", "Subject_ID", "Detail")
        told = [previous, *(row[name] for name in names)]
        text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
        assert row["Previous_Hash"] == previous
        assert row["Action_Hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = row["Action_Hash"]


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE Steward_Action SET Actor = 'nobody'",
        "DELETE FROM Steward_Action",
        "DELETE FROM Steward_Action WHERE Action_ID = 2",
        pytest.param(
            "INSERT INTO Steward_Action SELECT 99, Acted_At, 'nobody', Action, Subject_Type, Subject_ID, Detail, "
            "'made up', 'made up' FROM Steward_Action WHERE Action_ID = 1",
            marks=pytest.mark.sqlite_only("hashes are columns there only"),
        ),
    ],
)
def test_the_log_refuses_to_be_rewritten(gate: Gate, attack: str) -> None:
    gate.take_in([person()])
    before = gate.log()
    with pytest.raises(Exception, match=r"append.only|log row"):
        gate.backend.run(attack)
    assert gate.log() == before


def test_a_rehearsal_is_not_logged(gate: Gate) -> None:
    batch = gate.load([person()])
    before = gate.log()
    gate.govern(batch, rehearse=1)
    assert gate.log() == before

"""A duplicate is merged into its diver with the values that survive; and every record and diver has one story."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from gates import Gate
from people import person

from divegov_gui.core.errors import Conflict, Refused
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.review import (
    Edit,
    Edited,
    claim_records,
    discard_records,
    edit_records,
    keep_record,
    merge_record,
    release_claims,
    reopen_records,
    resubmit_records,
    undo_edit,
)


@pytest.fixture
def rivals(gate: Gate) -> Gate:
    """Diver 1 is Ada Lovelace; records 1 and 2 have her email and other data."""
    gate.take_in([person()])
    gate.take_in([person(first_name="Augusta", phone="5550001111")])
    gate.take_in([person(last_name="Byron", certification="OWD")])
    return gate


def read(gate: Gate, diver: int = 1) -> tuple[int, str]:
    """A diver with the version that one reads now."""
    return diver, str(gate.versions(diver)[-1]["Valid_From"])


def merge(gate: Gate, record: int, values: dict[str, str | None], **how: Any) -> None:
    how.setdefault("reason", "the same person")
    merge_record(gate.session, gate.versions_of(record)[0], read(gate), values, **how)


def story(gate: Gate, **of: int) -> list[dict[str, Any]]:
    filters = [Filter(column, "=", value) for column, value in of.items()]
    order = [Order("Story_At"), Order("Story_Step")]
    return [dict(row) for row in gate.session.select("Record_Story", filters=filters, order=order)]


# Merge_Record -------------------------------------------------------------------------------------------------


def test_the_surviving_values_are_a_new_version_of_the_diver(rivals: Gate) -> None:
    merge(rivals, 1, {"First_Name": "Augusta", "Phone": "(555) 000-1111"})
    was, now = rivals.versions(1)
    assert (now["First_Name"], now["Last_Name"], now["Phone"]) == ("Augusta", "Lovelace", "5550001111")
    assert (was["First_Name"], now["Change_Reason"]) == ("Ada", "the same person")
    row = rivals.waiting(1)
    assert (row["Status"], row["Resolution_Code"], row["Diver_ID"]) == ("Merged", "Merged", 1)
    assert row["Resolution_Reason"] == "the same person"
    assert row["Resolved_By"] == now["Modified_By"]


def test_several_records_may_go_into_one_version(rivals: Gate) -> None:
    merge(rivals, 1, {"Last_Name": "Byron", "Phone": "5550001111"}, also=rivals.versions_of(2))
    assert [rivals.waiting(one)["Status"] for one in (1, 2)] == ["Merged", "Merged"]
    assert len(rivals.versions(1)) == 2


def test_a_merge_that_changes_nothing_about_the_diver_makes_no_version(rivals: Gate) -> None:
    merge(rivals, 1, {})
    assert len(rivals.versions(1)) == 1
    assert rivals.waiting(1)["Status"] == "Merged"


def test_a_merge_is_judged_by_the_rules_and_needs_a_reason(rivals: Gate) -> None:
    before = rivals.backend.dump()
    for values, how, told in (
        ({"Date_Of_Birth": "soon"}, {}, "rules refuse"),
        ({"Shoe_Size": "42"}, {}, "Shoe_Size"),
        ({"First_Name": "Augusta"}, {"reason": " "}, "reason"),
    ):
        with pytest.raises(Refused, match=told):
            merge(rivals, 1, values, **how)
    assert rivals.backend.dump() == before


# Keep_Record --------------------------------------------------------------------------------------------------


def keep(gate: Gate, record: int, also: int, *, reason: str = "one person", **values: str | None) -> Edited:
    (kept,), others = gate.versions_of(record), gate.versions_of(also)
    return keep_record(gate.session, kept, [Edit(*kept, c, v) for c, v in values.items()], reason, others)


def test_of_two_records_one_is_kept_with_what_survives_and_the_other_discarded(rivals: Gate) -> None:
    edited = keep(rivals, 1, 2, Last_Name="Byron", Phone="5550001111")
    kept, other = rivals.waiting(1), rivals.waiting(2)
    assert (kept["Status"], kept["Last_Name"], edited.cell_count) == ("Open", "Byron", 1)
    assert (other["Status"], other["Resolution_Code"], other["Resolution_Reason"]) == (
        "Discarded",
        "duplicate",
        "one person",
    )
    undo_edit(rivals.session, edited.group_id or 0)
    assert rivals.waiting(1)["Last_Name"] == "Lovelace"


def test_a_record_may_be_kept_as_it_is(rivals: Gate) -> None:
    assert keep(rivals, 1, 2).group_id is None
    assert [rivals.waiting(n)["Status"] for n in (1, 2)] == ["Open", "Discarded"]


def test_keeping_one_of_several_is_done_whole_or_not_at_all(rivals: Gate, berta: Session) -> None:
    read = rivals.versions_of(1, 2)
    edits = [Edit(*read[0], "Last_Name", "Byron")]
    edit_records(berta, [Edit(2, 1, "Phone", "5550002222")])
    before = rivals.backend.dump()
    with pytest.raises(Conflict, match="Record 2 was changed by berta"):
        keep_record(rivals.session, read[0], edits, "one person", read[1:])
    assert rivals.backend.dump() == before
    claim_records(berta, [1])
    with pytest.raises(Conflict, match="Record 1 is claimed by berta"):
        keep_record(rivals.session, read[0], [], "one person", rivals.versions_of(2))
    release_claims(berta, [1])
    for refused, how in (
        ("the same person", {"reason": " "}),
        ("no duplicate of itself", {"also": read[:1]}),
        ("Only the record that is kept", {"edits": [Edit(2, 2, "Phone", None)]}),
    ):
        given: dict[str, Any] = {"edits": edits, "reason": "one person", "also": rivals.versions_of(2), **how}
        with pytest.raises(Refused, match=refused):
            keep_record(rivals.session, read[0], **given)
    assert rivals.waiting(1)["Last_Name"] == "Lovelace"
    assert rivals.waiting(2)["Status"] == "Open"


def test_neither_a_record_nor_a_diver_that_another_has_changed_is_merged(
    rivals: Gate, berta: Session
) -> None:
    record, diver = rivals.versions_of(1)[0], read(rivals)
    edit_records(berta, [Edit(1, 1, "Phone", None)])
    with pytest.raises(Conflict, match="Record 1 was changed by berta"):
        merge_record(rivals.session, record, diver, {}, "same")
    merge(rivals, 2, {"Certification": "OWD"})
    with pytest.raises(Conflict, match="Diver 1 was changed"):
        merge_record(rivals.session, rivals.versions_of(1)[0], diver, {}, "same")
    assert rivals.waiting(1)["Status"] == "Open"


def test_a_merge_is_told_in_the_log_without_a_diver_s_data(rivals: Gate) -> None:
    merge(rivals, 1, {"First_Name": "Augusta"})
    log = rivals.log()
    assert [row["Action"] for row in log[-2:]] == ["Update_Diver", "Merge_Record"]
    assert json.loads(log[-1]["Detail"]) == {"diver": 1, "records": 1}


# Record_Story -------------------------------------------------------------------------------------------------


def test_the_story_of_a_record_tells_everything_in_its_order(gate: Gate) -> None:
    gate.take_in([person(email="bob", phone="?")])
    gate.take_in([person(email="bob", phone="?")])
    edited = gate.edit(1, Email="bob@example.org")
    undo_edit(gate.session, edited.group_id or 0, reason="wrong Bob")
    claim_records(gate.session, [1])
    discard_records(gate.session, gate.versions_of(1), "test_data", None)
    reopen_records(gate.session, gate.versions_of(1), "no test")
    gate.edit(1, Email="bob@example.org")
    resubmit_records(gate.session, gate.versions_of(1))
    gate.edit(1, Phone=None)
    resubmit_records(gate.session, gate.versions_of(1))
    told = story(gate, Quarantine_ID=1)
    assert [event["Story_Kind"] for event in told] == [
        *("Arrived", "Rejected", "Arrived", "Rejected"),
        *("Edited", "Edited", "Discarded", "Reopened", "Edited"),
        *("Resubmitted", "Rejected", "Edited", "Resubmitted", "Released"),
    ]
    assert told[0]["Summary"] == "Record 1 of given"
    assert "Phone is not a usable number" in told[1]["Summary"]
    assert json.loads(told[1]["Detail"])[0] == {
        "rule": "EMAIL_FORMAT",
        "column": "Email",
        "value": "bob",
        "diver": None,
    }
    assert json.loads(told[4]["Detail"]) == [{"column": "Email", "old": "bob", "new": "bob@example.org"}]
    assert told[5]["Summary"] == "Took edit 1 back: wrong Bob"
    assert (told[6]["Summary"], told[7]["Summary"]) == ("Test data", "no test")
    assert told[-1]["Summary"] == "Promoted"
    assert all(event["Actor"] for event in told)


def test_the_story_of_a_diver_begins_before_they_were_one(gate: Gate) -> None:
    gate.take_in([person(email="bob")])
    gate.edit(1, Email="bob@example.org")
    resubmit_records(gate.session, gate.versions_of(1))
    (bob,) = gate.divers()
    gate.take_in([person(email="bob@example.org")])
    kinds = [event["Story_Kind"] for event in story(gate, Diver_ID=bob["Diver_ID"])]
    assert kinds == ["Arrived", "Rejected", "Edited", "Resubmitted", "Released", "Version", "Arrived"]


def test_a_merge_stands_in_the_story_of_both(rivals: Gate) -> None:
    merge(rivals, 1, {"First_Name": "Augusta"})
    assert [e["Story_Kind"] for e in story(rivals, Quarantine_ID=1)] == ["Arrived", "Rejected", "Merged"]
    assert [e["Story_Kind"] for e in story(rivals, Diver_ID=1)] == [
        *("Arrived", "Version", "Arrived", "Rejected", "Merged", "Version")
    ]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("column", ["Quarantine_ID", "Diver_ID"])
def test_a_story_costs_the_same_however_many_others_there_are(gate: Gate, column: str) -> None:
    def steps() -> int:
        counted = [0]
        with closing(sqlite3.connect(gate.backend.path)) as connection:  # type: ignore[attr-defined]
            connection.set_progress_handler(lambda: counted.__setitem__(0, counted[0] + 1), 10)
            rows = connection.execute(f"SELECT * FROM Record_Story WHERE {column} = 1").fetchall()
        assert len(rows) >= 2
        return counted[0]

    gate.take_in([person(), person(email="x@y")])
    edit_records(gate.session, [Edit(1, 1, "Email", "z")], kind="Bulk")
    alone = steps()
    gate.take_in([person(email=f"{n}@example.org") for n in range(300)])
    gate.take_in([person(email=f"{n}@x") for n in range(300)])
    bulk = [Edit(row["Quarantine_ID"], row["Record_Version"], "Email", "w") for row in gate.queue()]
    edit_records(gate.session, bulk, kind="Bulk")
    assert steps() <= alone * 2

"""What a step of review answers, logs and leaves behind: of the records that were named, and of no others."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest
from gates import Gate, instant
from people import person

from divegov_gui.core.errors import Conflict
from divegov_gui.core.records import COLUMN_BITS
from divegov_gui.database.session import Filter, Session
from divegov_gui.services.review import (
    Edit,
    claim_records,
    discard_codes,
    discard_records,
    edit_records,
    merge_record,
    release_claims,
    reopen_records,
    resubmit_records,
    undo_edit,
)

NEW = {
    "First_Name": "Bea",
    "Last_Name": "Byron",
    "Email": "bea@example.org",
    "Phone": "5550001111",
    "Date_Of_Birth": "1991-06-18",
    "Certification": "Rescue Diver",
    "Source_Reference": "B-2",
}
"""Another value for each of the seven cells of a record."""


@pytest.fixture
def four(three: Gate) -> Gate:
    """The three that wait, and record 4, another rival of Ada."""
    three.take_in([person(first_name="Cleo")])
    return three


def logged(gate: Gate) -> tuple[str, Any, dict[str, Any], str]:
    """The newest line of the log: what was done, to what, in numbers, and when."""
    row = gate.log()[-1]
    return row["Action"], row["Subject_ID"], json.loads(row["Detail"]), instant(row["Acted_At"])


# Cells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", NEW)
def test_each_cell_is_edited_kept_taken_back_and_marked_for_itself(four: Gate, column: str) -> None:
    before = four.waiting(1)
    edited = four.edit(1, **{column: NEW[column]})
    changed = {name for name, value in four.waiting(1).items() if before[name] != value}
    assert changed - {"Failed_Checks"} == {column, "Edited_Columns", "Record_Version"}
    assert (four.waiting(1)[column], four.waiting(1)["Edited_Columns"]) == (NEW[column], COLUMN_BITS[column])
    (revision,) = four.session.select("Revision_History")
    assert [revision[name] for name in ("Column_Name", "Old_Value", "New_Value")] == [
        column,
        before[column],
        NEW[column],
    ]
    undo_edit(four.session, edited.group_id or 0)
    assert {**four.waiting(1), "Record_Version": 1} == before


def test_what_was_typed_is_what_the_gate_sees_and_the_diver_gets(four: Gate) -> None:
    edit_records(four.session, [Edit(1, 1, column, value) for column, value in NEW.items()])
    done = resubmit_records(four.session, four.versions_of(1))
    mine = [Filter("Batch_ID", "=", done.batch_id)]
    (raw,) = four.session.select("Raw_Divers", filters=mine)
    assert {column: raw[column] for column in NEW} == NEW
    assert {column: four.divers()[-1][column] for column in NEW} == NEW


def test_an_edit_is_dated_and_has_its_reason_in_each_of_its_cells(four: Gate) -> None:
    edit_records(
        four.session, [Edit(1, 1, "Email", "b@c.org"), Edit(2, 1, "Phone", None)], reason="rang them"
    )
    (group,) = four.session.select("Edit_History")
    revisions = four.session.select("Revision_History")
    assert [row["Edit_Reason"] for row in revisions] == ["rang them"] * 2
    assert {instant(row["Edited_At"]) for row in (group, *revisions)} == {logged(four)[3]}


def test_nothing_is_told_of_the_records_when_nobody_asks_and_nobody_was_left_out(four: Gate) -> None:
    asked = edit_records(four.session, [Edit(2, 1, "Phone", "13"), Edit(1, 1, "Phone", "13")])
    assert [standing.quarantine_id for standing in asked.records] == [1, 2]
    quiet = edit_records(four.session, [Edit(1, 2, "Phone", None)], return_records=False)
    assert (quiet.records, quiet.cell_count, quiet.skipped_count) == ((), 1, 0)


def test_an_edit_that_changes_nothing_is_not_logged(four: Gate) -> None:
    before = logged(four)
    four.edit(2, Phone="12")
    assert logged(four) == before


def test_who_is_too_young_today_is_seen_as_one_types(four: Gate) -> None:
    four.edit(2, Phone=None, Date_Of_Birth="2020-01-01")
    assert four.standing(2) == {"AGE_BELOW_MINIMUM"}
    four.edit(2, Date_Of_Birth="2005-01-01")
    assert four.standing(2) == set()


# DUPLICATE_IN_BATCH: as long as the email is the one with which the record met its rival -------------------------


@pytest.fixture
def rivals(gate: Gate) -> Gate:
    """Records 1 and 2 have met a rival each when they came in, 3 has met nobody."""
    gate.take_in([person(phone="?"), person(first_name="Bea")])
    gate.take_in(
        [person(email="cyd@example.org", phone="?"), person(email="cyd@example.org", first_name="Cyd")]
    )
    gate.take_in([person(email="eve@example.org", phone="?")])
    return gate


def test_the_email_of_another_s_rival_is_no_rival(rivals: Gate) -> None:
    assert "DUPLICATE_IN_BATCH" in rivals.standing(1) & rivals.standing(2)
    for record, email in ((1, "cyd@example.org"), (3, "ada@example.org")):
        rivals.edit(record, Email="free@example.org")
        rivals.edit(record, Email=email)
        assert "DUPLICATE_IN_BATCH" not in rivals.standing(record)


def test_a_rival_of_an_earlier_attempt_is_none_any_more(rivals: Gate) -> None:
    resubmit_records(rivals.session, rivals.versions_of(1))
    assert "DUPLICATE_IN_BATCH" not in rivals.standing(1)
    rivals.edit(1, Email="free@example.org")
    rivals.edit(1, Email="ada@example.org")
    assert "DUPLICATE_IN_BATCH" not in rivals.standing(1)


# Undo_Edit ----------------------------------------------------------------------------------------------------


def test_as_far_as_it_can_be_taken_back_leaves_out_what_is_closed_or_claimed_by_another(
    four: Gate, berta: Session
) -> None:
    edits = [Edit(n, 1, "Source_Reference", "seen") for n in (1, 2, 3, 4)]
    bulk = edit_records(four.session, edits, kind="Bulk")
    discard_records(four.session, four.versions_of(1), "test_data", None)
    claim_records(berta, [2])
    claim_records(four.session, [3])
    with pytest.raises(Conflict, match=r"Record 1 was discarded by .* 2 records in all"):
        undo_edit(four.session, bulk.group_id or 0)
    undone = undo_edit(four.session, bulk.group_id or 0, skip_conflicts=True)
    assert (undone.record_count, undone.skipped_count) == (2, 2)
    assert [four.waiting(n)["Source_Reference"] for n in (1, 2, 3, 4)] == ["seen", "seen", None, None]


def test_a_claim_that_is_over_leaves_nothing_out(four: Gate, berta: Session) -> None:
    edited = four.edit(2, Phone="13")
    claim_records(berta, [2])
    four.let_claims_end(2)
    assert undo_edit(four.session, edited.group_id or 0, skip_conflicts=True).skipped_count == 0


def test_a_record_with_several_cells_in_the_way_is_one_record_in_the_way(four: Gate, berta: Session) -> None:
    edits = [Edit(n, 1, column, "x") for n in (1, 2, 3) for column in ("First_Name", "Last_Name")]
    first = edit_records(four.session, edits)
    later = [Edit(n, 2, column, "y") for n in (2, 3) for column in ("First_Name", "Last_Name")]
    edit_records(berta, later)
    with pytest.raises(Conflict, match="Record 2 was edited again by berta") as refused:
        undo_edit(four.session, first.group_id or 0)
    assert (refused.value.facts.record, refused.value.facts.count) == (2, 2)


def test_a_record_of_which_one_cell_is_in_the_way_is_left_out_whole(four: Gate) -> None:
    first = edit_records(four.session, [Edit(1, 1, "First_Name", "x"), Edit(1, 1, "Last_Name", "x")])
    four.edit(1, First_Name="y")
    assert undo_edit(four.session, first.group_id or 0, skip_conflicts=True).skipped_count == 1
    assert (four.waiting(1)["First_Name"], four.waiting(1)["Last_Name"]) == ("y", "x")


# Conflicts ----------------------------------------------------------------------------------------------------


def test_a_conflict_of_one_record_speaks_of_no_others(four: Gate, berta: Session) -> None:
    edit_records(berta, [Edit(1, 1, "Phone", None), Edit(1, 1, "Last_Name", "Li")])
    edit_records(berta, [Edit(2, 1, "Phone", None)])
    four.edit(3, Last_Name="Li")
    with pytest.raises(Conflict, match="Record 1 was changed by berta") as refused:
        four.session.call("Edit_Records", edits='[[1, 1, "Phone", "13"], [2, 2, "Phone", "13"]]')
    assert "in all" not in str(refused.value)
    theirs = [r for r in four.session.select("Revision_History") if r["Quarantine_ID"] == 1]
    assert instant(refused.value.facts.when) == instant(theirs[0]["Edited_At"])


def test_a_conflict_is_of_its_own_record_whatever_became_of_others_since(four: Gate, berta: Session) -> None:
    edit_records(berta, [Edit(1, 1, "Phone", "13")])
    edited = logged(four)[3]
    discard_records(berta, [(4, 1)], "test_data", None)
    discarded = logged(four)[3]
    claim_records(four.session, [1], minutes=600)
    four.edit(2, Phone="13")
    discard_records(four.session, four.versions_of(2), "test_data", None)
    reopen_records(four.session, four.versions_of(2), None)
    discard_records(four.session, four.versions_of(3), "test_data", None)
    resubmit_records(four.session, four.versions_of(2))
    for record, what, when in (((1, 1), "changed", edited), ((4, 1), "status", discarded)):
        with pytest.raises(Conflict, match="by berta on ") as refused:
            discard_records(four.session, [record], "test_data", None)
        facts = refused.value.facts
        assert (facts.what, facts.who, instant(facts.when)) == (what, "berta", when)


def test_of_all_who_had_it_before_the_last_one_is_named(four: Gate, berta: Session) -> None:
    with closing(four.backend.open(steward="zoe")) as zoe:
        edit_records(zoe, [Edit(1, 1, "Phone", "13")])
        discard_records(zoe, [(1, 2)], "test_data", None)
        reopen_records(berta, [(1, 3)], None)
        discard_records(zoe, four.versions_of(2), "test_data", None)
    with pytest.raises(Conflict, match="Record 1 was changed by berta"):
        discard_records(four.session, [(1, 1)], "test_data", None)
    discard_records(berta, four.versions_of(1), "test_data", None)
    with pytest.raises(Conflict, match="Record 1 was discarded by berta"):
        discard_records(four.session, [(1, 1)], "test_data", None)


def test_of_several_who_typed_over_it_the_last_one_stands_in_the_way(four: Gate, berta: Session) -> None:
    mine = edit_records(four.session, [Edit(1, 1, "Email", "x"), Edit(1, 1, "Phone", "13")])
    with closing(four.backend.open(steward="zoe")) as zoe:
        edit_records(zoe, [Edit(1, 2, "Email", "y"), Edit(1, 2, "Phone", "14")])
        edit_records(berta, [Edit(1, 3, "Phone", "15")])
        with pytest.raises(Conflict, match="edited again by berta"):
            undo_edit(four.session, mine.group_id or 0)
        edit_records(zoe, [Edit(1, 4, "Phone", "16")])
    with pytest.raises(Conflict, match="edited again by zoe") as refused:
        undo_edit(four.session, mine.group_id or 0)
    assert instant(refused.value.facts.when) == logged(four)[3]


def test_of_a_claim_it_is_told_until_when(four: Gate, berta: Session) -> None:
    claim_records(four.session, [2], minutes=600)
    (claim,) = claim_records(berta, [1], minutes=90)
    with pytest.raises(Conflict, match="Record 1 is claimed by berta until ") as refused:
        four.edit(1, Phone=None)
    assert instant(refused.value.facts.when) == instant(claim.claimed_until)


def test_what_stood_before_the_gate_again_was_changed_by_who_sent_it(four: Gate, berta: Session) -> None:
    read = four.versions_of(1)
    resubmit_records(berta, read)
    with pytest.raises(Conflict, match="Record 1 was changed by berta"):
        discard_records(four.session, read, "test_data", None)


STEPS: dict[str, dict[str, Any]] = {
    "Discard_Records": {"versions": '{"1":1,"1":2}', "code": "test_data", "reason": None},
    "Resubmit_Records": {"versions": '{"1":1,"1":2}'},
    "Edit_Records": {"edits": '[[1, 1, "Email", "x"], [1, 2, "Phone", "x"]]'},
}
"""Procedures as another program may call them, with a record in two versions."""


@pytest.mark.parametrize("step", STEPS)
def test_a_record_that_is_named_in_two_versions_counts_as_read_in_the_older(four: Gate, step: str) -> None:
    four.edit(1, Phone="13")
    before = four.backend.dump()
    with pytest.raises(Conflict, match="Record 1 was changed"):
        four.session.call(step, **STEPS[step])
    assert four.backend.dump() == before


def test_one_that_is_reopened_or_merged_in_two_versions_counts_as_read_in_the_older(four: Gate) -> None:
    diver = (1, str(four.versions(1)[-1]["Valid_From"]))
    four.edit(3, Phone="13")
    with pytest.raises(Conflict, match="Record 3 was changed"):
        merge_record(four.session, (3, 2), diver, {}, "the same", [(3, 1)])
    discard_records(four.session, [(3, 2)], "test_data", None)
    with pytest.raises(Conflict, match="Record 3 was changed"):
        four.session.call("Reopen_Records", versions='{"3":2,"3":3}', reason=None)


# Closing and reopening ----------------------------------------------------------------------------------------


def test_what_is_closed_reopened_and_merged_is_what_was_named(four: Gate) -> None:
    discard_records(four.session, four.versions_of(1, 2), "other", "asked twice")
    assert logged(four)[:3] == ("Discard_Records", None, {"code": "other", "records": 2})
    closed = four.waiting(1)
    assert instant(closed["Resolved_At"]) == logged(four)[3]
    told = four.session.select("Record_Story", filters=[Filter("Story_Kind", "=", "Discarded")])
    assert [(row["Quarantine_ID"], row["Summary"]) for row in told] == [
        (1, "Other: asked twice"),
        (2, "Other: asked twice"),
    ]
    reopen_records(four.session, four.versions_of(2), None)
    assert logged(four)[:3] == ("Reopen_Records", None, {"records": 1})
    assert [four.waiting(n)["Status"] for n in (1, 2, 3)] == ["Discarded", "Open", "Open"]
    assert four.waiting(2)["Resolution_Reason"] is None
    assert four.waiting(1) == closed


def test_every_code_of_the_list_may_be_given_and_the_list_has_words_for_each(four: Gate) -> None:
    codes = discard_codes(four.session)
    assert {"test_data", "duplicate", "other"} <= {code for code, _ in codes}
    for code, label in codes:
        discard_records(four.session, four.versions_of(1), code, "so it is")
        assert label
        assert four.waiting(1)["Resolution_Code"] == code
        reopen_records(four.session, four.versions_of(1), None)


def test_a_merged_record_is_a_new_version_that_nobody_claims(four: Gate) -> None:
    claim_records(four.session, [3])
    read = four.versions_of(3)
    diver = (1, str(four.versions(1)[-1]["Valid_From"]))
    merge_record(four.session, read[0], diver, {"First_Name": "Bea"}, "the same")
    assert four.versions_of(3) == [(3, 2)]
    release_claims(four.session, [3])
    assert logged(four)[2] == {"records": 0}
    with pytest.raises(Conflict, match="Record 3 was merged by"):
        discard_records(four.session, read, "test_data", None)


def test_claims_are_counted_once_a_record_and_only_what_was_ones_own_is_given_up(
    four: Gate, berta: Session
) -> None:
    claim_records(four.session, [2, 1, 2])
    assert logged(four)[2] == {"records": 2, "taken_over": 0, "minutes": 30}
    assert [claim.is_claimed for claim in claim_records(berta, [1, 3, 4], minutes=5)] == [False, True, True]
    assert logged(four)[2] == {"records": 2, "taken_over": 0, "minutes": 5}
    release_claims(berta, [1, 3, 4])
    assert logged(four)[:3] == ("Release_Claims", None, {"records": 2})
    assert [four.waiting(n)["Is_Claimed"] for n in (1, 2, 3, 4)] == [True, True, False, False]


def test_whose_claim_is_over_is_not_asked_and_nothing_is_taken_over_from_them(
    four: Gate, berta: Session
) -> None:
    claim_records(berta, [1, 2])
    four.let_claims_end(1)
    mine, theirs = claim_records(four.session, [1, 2])
    assert (mine.is_claimed, theirs.is_claimed, theirs.claimed_by) == (True, False, "berta")
    claim_records(four.session, [1, 2], take_over=True, reason="urgent")
    assert logged(four)[2] == {"records": 2, "taken_over": 1, "minutes": 30}
    (told,) = four.session.select("Record_Story", filters=[Filter("Story_Kind", "=", "Claimed")])
    assert (told["Quarantine_ID"], instant(told["Story_At"])) == (2, logged(four)[3])


def test_one_may_claim_again_what_one_has_and_is_told_of_it(four: Gate) -> None:
    claim_records(four.session, [1], minutes=5)
    (again,) = claim_records(four.session, [1], take_over=True, reason="to be sure")
    assert again.is_claimed
    assert logged(four)[2] == {"records": 1, "taken_over": 0, "minutes": 30}
    assert four.session.count("Record_Story", [Filter("Story_Kind", "=", "Claimed")]) == 0


# Resubmit_Records ---------------------------------------------------------------------------------------------


def test_a_resubmission_is_signed_by_who_sent_it(four: Gate, berta: Session) -> None:
    done = resubmit_records(berta, four.versions_of(1))
    (batch,) = four.session.select("Batch_Summary", filters=[Filter("Batch_ID", "=", done.batch_id)])
    assert (batch["Source_Name"], batch["Received_By"]) == ("Resubmission by berta", "berta")


def test_two_resubmissions_are_never_taken_for_the_same_content(four: Gate) -> None:
    for _ in range(2):
        resubmit_records(four.session, four.versions_of(1, 2))
    hashes = four.backend.run("SELECT Content_Hash FROM Ingestion_Batch WHERE Source_Kind = 'resubmission'")
    assert len(set(hashes)) == 2


def test_of_a_mixed_resubmission_each_count_is_its_own(four: Gate) -> None:
    four.edit(1, Email="bob@example.org")
    four.edit(3, First_Name="Ada")
    four.edit(4, Phone="?")
    done = resubmit_records(four.session, four.versions_of(1, 2, 3, 4))
    counts = (
        done.passed_count,
        done.failed_count,
        done.collided_count,
        done.unchanged_count,
        done.duplicate_count,
    )
    assert counts == (2, 2, 1, 1, 0)
    assert done.failing == (("PHONE_FORMAT", 2), ("DUPLICATE_OF_DIVER", 1))
    assert logged(four)[1:3] == (done.batch_id, {"records": 4, "passed": 2, "waived": 0})
    assert [(r.quarantine_id, r.passed) for r in done.records] == [(2, False), (3, True), (4, False)]
    told = [(r.quarantine_id, r.outcome, r.failed_checks, r.diver_id) for r in done.records]
    standing = {n: four.waiting(n)["Failed_Checks"] for n in (2, 4)}
    assert told == [
        (2, "Quarantined", standing[2], None),
        (3, "Unchanged", 0, 1),
        (4, "Quarantined", standing[4], 1),
    ]


def test_of_what_was_released_it_is_told_which_warnings_were_waived(four: Gate) -> None:
    for record in (1, 2):
        four.edit(record, Email="gil@example.org", First_Name="Gil", Phone="12")
    done = resubmit_records(four.session, four.versions_of(1, 2), waive_warnings=True, reason="rang them")
    (merged,) = done.records
    assert (merged.quarantine_id, merged.outcome, merged.passed) == (1, "Duplicate", True)
    assert merged.failed_checks == four.waiting(1)["Failed_Checks"] > 0
    assert [four.waiting(n)["Resolution_Code"] for n in (1, 2)] == ["Duplicate", "Released with warning"]


def test_a_collision_names_the_diver_of_this_attempt(four: Gate) -> None:
    four.take_in([person(email="dee@example.org", first_name="Dee")])
    dee = four.divers()[-1]["Diver_ID"]
    four.edit(3, Email="dee@example.org")
    done = resubmit_records(four.session, four.versions_of(3, 4))
    assert [record.diver_id for record in done.records] == [dee, 1]

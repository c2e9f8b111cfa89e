"""Review, second half: records go through the same gate again, are discarded, reopened and claimed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from gates import Gate
from people import person

from divegov_gui.core.errors import Cancelled, Conflict, Refused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.review import (
    Edit,
    Resubmitted,
    claim_records,
    discard_records,
    edit_records,
    release_claims,
    reopen_records,
    resubmit_records,
    undo_edit,
)


def resubmit(gate: Gate, *ids: int, **how: object) -> Resubmitted:
    return resubmit_records(gate.session, gate.versions_of(*ids), **how)  # type: ignore[arg-type]


# Resubmit_Records ---------------------------------------------------------------------------------------------


def test_a_mended_record_becomes_a_diver_and_leaves_the_quarantine(three: Gate) -> None:
    three.edit(1, Email="Bob@example.org ")
    done = resubmit(three, 1, reason="he wrote back")
    row, (_, bob) = three.waiting(), three.divers()
    assert (bob["First_Name"], bob["Email"]) == ("Bob", "bob@example.org")
    assert (row["Status"], row["Resolution_Code"], row["Diver_ID"]) == (
        "Released",
        "Promoted",
        bob["Diver_ID"],
    )
    assert (row["Resolution_Reason"], row["Failed_Checks"]) == ("he wrote back", 0)
    assert row["Resolved_By"] == bob["Modified_By"]
    assert (done.passed_count, done.failed_count, done.failing) == (1, 0, ())
    assert done.records == ()
    assert three.actions()[-2:] == ["Govern_Batch", "Resubmit_Records"]


def test_a_resubmission_is_a_batch_that_adds_up(three: Gate) -> None:
    three.edit(1, Email="bob@example.org")
    done = resubmit(three, 1, 2, 3)
    mine = [Filter("Batch_ID", "=", done.batch_id)]
    (batch,) = three.session.select("Batch_Summary", filters=mine)
    assert (batch["Source_Kind"], batch["Status"], batch["Loaded_Count"]) == ("resubmission", "Governed", 3)
    assert (batch["Promoted_Count"], batch["Quarantined_Count"]) == (1, 2)
    raw = three.session.select("Raw_Divers", filters=mine, order=[Order("Source_Row")])
    assert [row["Email"] for row in raw] == ["bob@example.org", "cyd@example.org", "ada@example.org"]
    assert '"Email":"bob@example.org"' in raw[0]["Payload"]
    assert raw[1]["Payload"] == three.waiting(2)["Payload"]


def test_what_fails_again_stays_with_its_new_reasons(three: Gate) -> None:
    three.edit(1, Email="bob@example.org", Date_Of_Birth="soon")
    done = resubmit(three, 1)
    row = three.waiting()
    assert (row["Status"], row["Attempt_Count"], row["Failed_Rules"]) == ("Open", 2, "DOB_FORMAT")
    assert three.standing() == {"DOB_FORMAT"}
    assert (row["Edited_Columns"], row["Raw_Email"], row["Email"]) == (20, "bob", "bob@example.org")
    assert (done.passed_count, done.failed_count, done.failing) == (0, 1, (("DOB_FORMAT", 1),))
    first = [reason["Rule_Code"] for reason in three.reasons() if reason["Quarantine_ID"] == 1]
    assert first == ["EMAIL_FORMAT", "DOB_FORMAT"]


def test_a_resubmission_names_the_records_that_became_no_diver(three: Gate) -> None:
    three.edit(1, Email="bob@example.org")
    three.edit(3, First_Name="Ada")
    told = [(r.quarantine_id, r.outcome, r.passed, r.diver_id) for r in resubmit(three, 1, 2, 3).records]
    assert told == [(2, "Quarantined", False, None), (3, "Unchanged", True, 1)]


def test_a_collision_names_the_diver(three: Gate) -> None:
    done = resubmit(three, 3)
    assert (done.failed_count, done.collided_count) == (1, 1)
    assert done.records[0].diver_id == 1
    mine = [Filter("Quarantine_ID", "=", 3), Filter("Is_Current", "=", True)]
    (reason,) = three.session.select("Quarantine_Reasons", filters=mine)
    assert (reason["Rule_Code"], reason["Diver_ID"]) == ("DUPLICATE_OF_DIVER", 1)


def test_a_record_that_says_the_same_as_its_diver_is_released_as_unchanged(three: Gate) -> None:
    three.edit(3, First_Name="Ada")
    assert resubmit(three, 3).unchanged_count == 1
    row = three.waiting(3)
    assert (row["Status"], row["Resolution_Code"], row["Diver_ID"]) == ("Released", "Unchanged", 1)
    assert len(three.versions(1)) == 1


def test_of_two_that_say_the_same_one_is_let_in_and_the_other_merged_into_it(three: Gate) -> None:
    for one in (1, 2):
        three.edit(one, First_Name="Gil", Email="gil@example.org", Phone=None)
    done = resubmit(three, 1, 2)
    assert (done.passed_count, done.duplicate_count) == (2, 1)
    rows = [three.waiting(one) for one in (1, 2)]
    assert [(r["Status"], r["Resolution_Code"]) for r in rows] == [
        ("Merged", "Duplicate"),
        ("Released", "Promoted"),
    ]
    assert rows[0]["Diver_ID"] == rows[1]["Diver_ID"] == three.divers()[-1]["Diver_ID"]


def test_of_two_that_say_the_same_and_fail_both_stay(three: Gate) -> None:
    for one in (1, 2):
        three.edit(one, First_Name=None, Email="gil@example.org", Phone=None)
    done = resubmit(three, 1, 2)
    assert (done.passed_count, done.failed_count) == (0, 2)
    assert [three.waiting(one)["Status"] for one in (1, 2)] == ["Open", "Open"]


def test_a_damaged_record_that_nobody_touched_fails_again(gate: Gate) -> None:
    gate.take_in([person(payload="[")])
    assert resubmit(gate, 1).failed_count == 1
    gate.edit(1, Source_Reference="seen")
    assert resubmit(gate, 1).passed_count == 1


def test_a_rehearsal_tells_what_would_happen_and_keeps_nothing(three: Gate) -> None:
    three.edit(1, Email="bob@example.org")
    before = three.backend.dump()
    rehearsed = resubmit(three, 1, 2, 3, rehearse=True)
    assert three.backend.dump() == before
    done = resubmit(three, 1, 2, 3)
    assert replace(rehearsed, batch_id=done.batch_id) == done, (
        "a server does not take the number of a batch back"
    )
    assert (done.passed_count, done.failed_count, done.collided_count) == (1, 2, 1)


def test_warnings_may_be_waived_with_a_reason_and_errors_never(three: Gate) -> None:
    three.edit(1, Phone="?")
    with pytest.raises(Refused, match="Say why"):
        resubmit(three, 2, waive_warnings=True)
    done = resubmit(three, 1, 2, waive_warnings=True, reason="rang them")
    assert [(record.quarantine_id, record.outcome) for record in done.records] == [(1, "Quarantined")]
    row = three.waiting(2)
    assert (row["Status"], row["Resolution_Code"]) == ("Released", "Released with warning")
    assert row["Resolution_Reason"] == "rang them"
    assert three.standing(1) == {"EMAIL_FORMAT", "PHONE_FORMAT"}


def test_a_warning_that_was_not_known_when_it_was_waived_is_none_that_was_waived(three: Gate) -> None:
    three.backend.run("UPDATE Data_Quarantine SET Failed_Checks = 0 WHERE Quarantine_ID = 2")
    assert resubmit(three, 2, waive_warnings=True, reason="all is well").failed_count == 1


def test_the_steps_of_a_resubmission_are_told(three: Gate) -> None:
    heard: list[Progress] = []
    resubmit(three, 2, progress=heard.append)
    assert len(heard) == 8
    assert all(progress.stage for progress in heard)


def test_a_cancelled_resubmission_leaves_everything_as_it_was(three: Gate) -> None:
    three.edit(1, Email="bob@example.org")
    before, token = three.backend.dump(), CancelToken()

    def listen(progress: Progress) -> None:
        if "outcomes" in progress.stage:
            token.cancel()

    with pytest.raises(Cancelled):
        resubmit(three, 1, 2, 3, progress=listen, cancel=token)
    assert three.backend.dump() == before


def test_what_another_has_changed_is_not_resubmitted(three: Gate, berta: Session) -> None:
    read = three.versions_of(1, 2)
    edit_records(berta, [Edit(1, 1, "Email", "bob@example.org")])
    with pytest.raises(Conflict, match="changed by berta"):
        resubmit_records(three.session, read)
    assert len(three.divers()) == 1


def test_what_is_closed_can_be_neither_edited_nor_undone_nor_resubmitted(three: Gate) -> None:
    edited = three.edit(1, Email="bob@example.org")
    resubmit(three, 1)
    for attempt in (
        lambda: three.edit(1, Email="x@y.org"),
        lambda: resubmit(three, 1),
        lambda: undo_edit(three.session, edited.group_id or 0),
        lambda: discard_records(three.session, three.versions_of(1), "test_data", None),
        lambda: reopen_records(three.session, three.versions_of(1), None),
    ):
        with pytest.raises(Conflict, match="Record 1 was released by") as refused:
            attempt()
        assert (refused.value.facts.what, refused.value.facts.status) == ("status", "Released")


def test_nothing_to_resubmit_is_refused(three: Gate) -> None:
    with pytest.raises(Refused, match="no record"):
        resubmit_records(three.session, [])


# Discard_Records, Reopen_Records ------------------------------------------------------------------------------


def test_a_discarded_record_is_put_away_with_who_when_and_why(three: Gate) -> None:
    discard_records(three.session, three.versions_of(1, 2), "not_a_person", "a robot")
    rows = [three.waiting(one) for one in (1, 2, 3)]
    assert [row["Status"] for row in rows] == ["Discarded", "Discarded", "Open"]
    assert (rows[0]["Resolution_Code"], rows[0]["Resolution_Reason"]) == ("not_a_person", "a robot")
    assert rows[0]["Resolved_By"]
    assert rows[0]["Resolved_At"]
    assert three.actions()[-1] == "Discard_Records"


def test_a_reopened_record_waits_as_before(three: Gate) -> None:
    before = three.waiting(1)
    discard_records(three.session, three.versions_of(1), "test_data", None)
    reopen_records(three.session, three.versions_of(1), "it was Bob")
    after = three.waiting(1)
    assert after.pop("Record_Version") == before.pop("Record_Version") + 2
    assert after == before


@pytest.mark.parametrize(("code", "reason"), [("boredom", "x"), ("other", None), ("other", "  "), ("", None)])
def test_a_discard_has_a_code_and_other_has_a_reason(three: Gate, code: str, reason: str | None) -> None:
    with pytest.raises(Refused):
        discard_records(three.session, three.versions_of(1), code, reason)
    assert three.waiting(1)["Status"] == "Open"


def test_what_another_has_discarded_says_so(three: Gate, berta: Session) -> None:
    read = three.versions_of(1)
    discard_records(berta, read, "test_data", None)
    with pytest.raises(Conflict, match="was discarded by berta"):
        discard_records(three.session, read, "test_data", None)
    reopen_records(berta, three.versions_of(1), None)
    with pytest.raises(Conflict, match="was changed by berta"):
        discard_records(three.session, read, "test_data", None)


# Claim_Records, Release_Claims --------------------------------------------------------------------------------


def test_what_was_never_discarded_cannot_be_reopened_and_nobody_is_named_for_it(three: Gate) -> None:
    with pytest.raises(Conflict, match=r"Record 1 is open\.") as refused:
        reopen_records(three.session, three.versions_of(1), None)
    assert (refused.value.facts.what, refused.value.facts.who) == ("status", None)


def test_a_claim_is_shown_to_others_and_keeps_them_off(three: Gate, berta: Session) -> None:
    (claim, other) = claim_records(three.session, [1, 2])
    assert claim.is_claimed
    assert other.is_claimed
    row = three.waiting(1)
    assert (row["Is_Claimed"], row["Claimed_By"]) == (True, claim.claimed_by)
    (theirs,) = claim_records(berta, [1])
    assert (theirs.is_claimed, theirs.claimed_by) == (False, claim.claimed_by)
    with pytest.raises(Conflict, match="is claimed by") as refused:
        edit_records(berta, [Edit(1, 1, "Phone", None)])
    assert refused.value.facts.what == "claimed"
    three.edit(1, Phone=None)


def test_a_claim_is_taken_over_with_a_word(three: Gate, berta: Session) -> None:
    claim_records(three.session, [1])
    with pytest.raises(Refused, match="taken over"):
        claim_records(berta, [1], take_over=True)
    (taken,) = claim_records(berta, [1], take_over=True, reason="he is on leave")
    assert (taken.is_claimed, taken.claimed_by) == (True, "berta")
    edit_records(berta, [Edit(1, 1, "Phone", None)])


def test_a_claim_that_was_taken_over_is_told_with_the_word_and_is_no_change(
    three: Gate, berta: Session
) -> None:
    claim_records(three.session, [1, 2])
    claim_records(berta, [1, 3], take_over=True, reason="he is on leave")
    told = three.session.select("Record_Story", filters=[Filter("Story_Kind", "=", "Claimed")])
    assert [(row["Quarantine_ID"], row["Actor"], row["Summary"]) for row in told] == [
        (1, "berta", "he is on leave")
    ]
    detail = json.loads(three.log()[-1]["Detail"])
    assert detail == {"records": 2, "taken_over": 1, "minutes": 30}
    mine = three.versions_of(2)
    three.edit(2, Phone="13")
    claim_records(berta, [2], take_over=True, reason="urgent")
    with pytest.raises(Conflict, match="was changed by") as refused:
        discard_records(berta, mine, "test_data", None)
    assert refused.value.facts.who != "berta"


def test_a_claim_expires_by_itself(three: Gate, berta: Session) -> None:
    claim_records(three.session, [1])
    three.let_claims_end(1)
    row = three.waiting(1)
    assert (row["Is_Claimed"], row["Claimed_By"]) == (False, None)
    assert {cell["Claimed_By"] for cell in three.session.select("Quarantine_Cube")} == {None}
    edit_records(berta, [Edit(1, 1, "Phone", None)])


def test_one_gives_ones_own_claims_up_and_no_others(three: Gate, berta: Session) -> None:
    claim_records(three.session, [1])
    claim_records(berta, [2])
    release_claims(three.session, [1, 2])
    assert [three.waiting(one)["Claimed_By"] for one in (1, 2)] == [None, "berta"]


def test_a_claim_is_no_change_of_the_record(three: Gate) -> None:
    read = three.versions_of(1)
    claim_records(three.session, [1])
    assert three.versions_of(1) == read


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_claim_lasts_from_a_minute_to_a_day(three: Gate, minutes: int) -> None:
    with pytest.raises(Refused, match="a minute to a day"):
        claim_records(three.session, [1], minutes=minutes)


def test_what_is_closed_or_nowhere_cannot_be_claimed(three: Gate) -> None:
    discard_records(three.session, three.versions_of(1), "test_data", None)
    assert [claim.quarantine_id for claim in claim_records(three.session, [1, 2, 99])] == [2]


def test_what_is_closed_is_claimed_by_nobody(three: Gate) -> None:
    claim_records(three.session, [1, 2])
    three.edit(1, Email="bob@example.org")
    resubmit(three, 1)
    discard_records(three.session, three.versions_of(2), "test_data", None)
    assert [three.waiting(one)["Claimed_By"] for one in (1, 2)] == [None, None]

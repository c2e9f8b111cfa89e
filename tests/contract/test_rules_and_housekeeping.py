"""Rules are changed with a reason and keep their past; old raw data goes, and every count and outcome stays."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from gates import Gate, codes
from people import person

from divegov_gui.core.errors import Conflict, Refused
from divegov_gui.database.session import Filter, Order
from divegov_gui.services.review import discard_records, reopen_records, resubmit_records, undo_edit
from divegov_gui.services.story import read_story

FAR_PAST = "2020-01-01"


# rules ------------------------------------------------------------------------------------------------------------


def test_a_threshold_that_was_changed_judges_the_next_batch(gate: Gate) -> None:
    young = person(date_of_birth="2010-06-01")
    (before,) = gate.take_in([young], received_on="2026-06-01")
    assert gate.set_rule("AGE_BELOW_MINIMUM", threshold=17)["Threshold"] == 17
    (after,) = gate.take_in([{**young, "email": "bob@example.org"}], received_on="2026-06-01")
    assert before.outcome == "Promoted"
    assert codes(after) == {"AGE_BELOW_MINIMUM"}


def test_a_rule_that_is_off_rejects_nobody(gate: Gate) -> None:
    gate.set_rule("PHONE_FORMAT", is_enabled=0)
    (fate,) = gate.take_in([person(phone="?")])
    assert fate.outcome == "Promoted"


def test_a_rule_keeps_every_earlier_version_with_who_and_why(gate: Gate) -> None:
    first = gate.rule("AGE_BELOW_MINIMUM")
    gate.set_rule("AGE_BELOW_MINIMUM", threshold=12, reason="  First  ")
    gate.set_rule("AGE_BELOW_MINIMUM", threshold=14, reason="Second")
    versions = gate.session.select(
        "Rule_Versions", filters=[Filter("Rule_Code", "=", "AGE_BELOW_MINIMUM")], order=[Order("Valid_From")]
    )
    assert [(v["Threshold"], v["Change_Reason"]) for v in versions] == [
        (first["Threshold"], first["Change_Reason"]),
        (12, "First"),
        (14, "Second"),
    ]
    assert [bool(v["Is_Current"]) for v in versions] == [False, False, True]
    assert all(a["Valid_To"] == b["Valid_From"] for a, b in pairwise(versions))


def test_a_change_of_a_rule_is_logged(gate: Gate) -> None:
    gate.set_rule("PHONE_FORMAT", severity="error")
    (action,) = gate.log("Set_Rule")
    assert '"PHONE_FORMAT"' in action["Detail"]


def test_whoever_has_read_an_older_version_is_told_who_changed_it(gate: Gate) -> None:
    seen = gate.rule("AGE_BELOW_MINIMUM")["Valid_From"]
    gate.set_rule("AGE_BELOW_MINIMUM", threshold=12)
    with pytest.raises(Conflict, match="AGE_BELOW_MINIMUM was changed by"):
        gate.set_rule("AGE_BELOW_MINIMUM", threshold=13, valid_from=seen)
    assert gate.rule("AGE_BELOW_MINIMUM")["Threshold"] == 12


@pytest.mark.parametrize(
    ("code", "changes", "why"),
    [
        ("NO_SUCH_RULE", {}, "no rule"),
        ("DOB_FORMAT", {"is_enabled": 0}, "stays on"),
        ("EMAIL_MISSING", {"severity": "warning"}, "stays an error"),
        ("PHONE_FORMAT", {"severity": "fatal"}, "an error or a warning"),
        ("PHONE_FORMAT", {"threshold": 3}, "threshold"),
        ("AGE_BELOW_MINIMUM", {"threshold": None}, "threshold"),
        ("AGE_BELOW_MINIMUM", {"threshold": 151}, "threshold"),
        ("AGE_BELOW_MINIMUM", {"threshold": -1}, "threshold"),
        ("AGE_BELOW_MINIMUM", {"reason": " "}, "reason"),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused(
    gate: Gate, code: str, changes: dict[str, Any], why: str
) -> None:
    given = {
        "severity": "error",
        "threshold": None,
        "is_enabled": 1,
        "valid_from": "2026-01-01",
        "reason": "x",
    }
    if code != "NO_SUCH_RULE":
        now = gate.rule(code)
        given |= {"severity": now["Severity"], "threshold": now["Threshold"], "valid_from": now["Valid_From"]}
    with pytest.raises(Refused, match=why):
        gate.session.call("Set_Rule", rule_code=code, **{**given, **changes})
    assert gate.log("Set_Rule") == []


def test_what_a_rule_does_is_counted_once_a_record(gate: Gate) -> None:
    gate.take_in([person(first_name="4da", last_name="L0ve"), person(email="bob@example.org", phone="?")])
    activity = {row["Rule_Code"]: row for row in gate.session.select("Rule_Activity")}
    assert len(activity) == 18
    names = activity["NAME_CHARACTERS"]
    assert (names["Rejected_Count"], names["Open_Count"], names["False_Alarm_Count"]) == (1, 1, 0)
    assert activity["EMAIL_FORMAT"]["Rejected_Count"] == 0


def test_the_sql_of_the_rules_can_be_read(gate: Gate) -> None:
    rows = gate.session.select(
        "Procedure_Definitions", filters=[Filter("Procedure_Name", "=", "Apply_Rules")]
    )
    assert "EMAIL_FORMAT" in rows[0]["Definition"]


# trends -----------------------------------------------------------------------------------------------------------


def test_trends_are_sums_over_the_batches(gate: Gate) -> None:
    gate.take_in([person(), person(email="?", phone="?")], received_on="2026-03-01")
    gate.take_in([person(email="bob@example.org")], received_on="2026-03-01")
    gate.take_in([person(email="!")], received_on="2026-03-02")
    trend = gate.session.select("Rule_Trend", order=[Order("Received_On"), Order("Rule_Code")])
    assert [(str(t["Received_On"]), t["Rule_Code"], t["Record_Count"]) for t in trend] == [
        ("2026-03-01", "EMAIL_FORMAT", 1),
        ("2026-03-01", "PHONE_FORMAT", 1),
        ("2026-03-02", "EMAIL_FORMAT", 1),
    ]
    sources = gate.session.select("Source_Quality", order=[Order("Received_On")])
    assert [
        (str(s["Received_On"]), s["Batch_Count"], s["Loaded_Count"], s["Promoted_Count"]) for s in sources
    ] == [
        ("2026-03-01", 2, 3, 2),
        ("2026-03-02", 1, 1, 0),
    ]
    (backlog,) = gate.session.select("Quarantine_Backlog")
    assert (backlog["Record_Count"], backlog["Ready_Count"]) == (2, 0)
    assert gate.session.select("Resolution_Trend") == []
    assert gate.session.select("Repair_Pattern") == []


def test_repairs_count_what_stands_and_each_record_once(gate: Gate) -> None:
    gate.take_in([person(email="?"), person(email="!")])
    gate.edit(1, Email="a@example.org", Phone="12")
    gate.edit(1, Email="b@example.org")
    undone = gate.edit(2, Email="c@example.org")
    undo_edit(gate.session, undone.group_id)
    repairs = gate.session.select("Repair_Pattern", order=[Order("Column_Name")])
    assert [(r["Column_Name"], r["Edit_Kind"], r["Cell_Count"], r["Record_Count"]) for r in repairs] == [
        ("Email", "Edit", 2, 1),
        ("Phone", "Edit", 1, 1),
    ]
    (today,) = {str(r["Edited_On"]) for r in repairs}
    assert len(today) == 10


# purge ------------------------------------------------------------------------------------------------------------


def purge(gate: Gate, before: str, **how: Any) -> dict[str, Any]:
    return dict(
        gate.session.call("Purge_Batches", received_before=before, reason="Kept long enough", **how)[0][0]
    )


def raw(gate: Gate) -> list[tuple[Any, ...]]:
    rows = gate.session.select("Raw_Divers", order=[Order("Raw_ID")])
    return [(r["Source_Row"], r["Outcome"], r["Email"], r["Payload"] != "") for r in rows]


def test_a_purge_takes_the_raw_values_and_leaves_outcomes_and_counts(gate: Gate) -> None:
    gate.take_in([person(), person()], received_on=FAR_PAST)
    gate.take_in([person(email="new@example.org")])
    counts = gate.session.select("Workspace_Summary")
    assert purge(gate, "2021-01-01") == {"Batch_Count": 1, "Record_Count": 2, "Kept_Count": 0}
    assert raw(gate) == [
        (1, "Duplicate", None, False),
        (2, "Promoted", None, False),
        (1, "Promoted", "new@example.org", True),
    ]
    assert gate.session.select("Workspace_Summary") == counts
    old, new = gate.session.select("Batch_Summary", order=[Order("Batch_ID")])
    assert old["Purged_At"] is not None
    assert new["Purged_At"] is None
    assert len(gate.log("Purge_Batches")) == 1


def test_what_an_open_record_came_from_is_kept_until_it_is_resolved(gate: Gate) -> None:
    gate.take_in([person(), person(email="?")], received_on=FAR_PAST)
    assert purge(gate, "2021-01-01") == {"Batch_Count": 1, "Record_Count": 1, "Kept_Count": 1}
    assert raw(gate) == [(1, "Promoted", None, False), (2, "Quarantined", "?", True)]
    (batch,) = gate.session.select("Batch_Summary")
    assert batch["Purged_At"] is None


def test_a_record_that_is_reopened_after_its_source_was_purged_goes_by_its_values(gate: Gate) -> None:
    gate.take_in([person(email="?"), person()], received_on=FAR_PAST)
    discard_records(gate.session, gate.versions_of(1), "test_data", None)
    purge(gate, "2021-01-01")
    assert gate.queue()[0]["Payload"] is None
    assert read_story(gate.session, 1).payload is None
    reopen_records(gate.session, gate.versions_of(1), "ours after all")
    assert resubmit_records(gate.session, gate.versions_of(1)).failed_count == 1
    gate.edit(1, Email="new@example.org")
    assert resubmit_records(gate.session, gate.versions_of(1)).passed_count == 1


def test_a_rehearsed_purge_says_the_same_and_takes_nothing(gate: Gate) -> None:
    gate.take_in([person(), person(email="?")], received_on=FAR_PAST)
    before = raw(gate)
    rehearsed = purge(gate, "2021-01-01", rehearse=1)
    assert raw(gate) == before
    assert gate.log("Purge_Batches") == []
    assert purge(gate, "2021-01-01") == rehearsed


def test_a_second_purge_finds_nothing(gate: Gate) -> None:
    gate.take_in([person()], received_on=FAR_PAST)
    purge(gate, "2021-01-01")
    assert purge(gate, "2021-01-01") == {"Batch_Count": 0, "Record_Count": 0, "Kept_Count": 0}


def test_purged_content_that_comes_again_is_recognised(gate: Gate) -> None:
    gate.take_in([person()], received_on=FAR_PAST, content="the file")
    purge(gate, "2021-01-01")
    opened = gate.session.call(
        "Open_Batch", source_name="a", source_kind="file", content_hash="the file", declared_count=1
    )[-1][0]
    assert (opened["Batch_ID"], opened["Earlier_Batch_ID"]) == (None, 1)


@pytest.mark.parametrize(("before", "reason"), [("2999-01-01", "x"), ("2021-01-01", " ")])
def test_a_purge_that_cannot_be_meant_is_refused(gate: Gate, before: str, reason: str) -> None:
    with pytest.raises(Refused):
        gate.session.call("Purge_Batches", received_before=before, reason=reason)

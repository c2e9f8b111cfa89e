"""The views of every database have the columns that the program reads, in that order."""

from __future__ import annotations

from contextlib import closing

import pytest
from gates import Gate
from people import person

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.views import VIEWS
from divegov_gui.services.queue import narrowest
from divegov_gui.services.review import discard_records, resubmit_records


@pytest.mark.parametrize("view", VIEWS)
def test_the_database_has_the_views_columns(gate: Gate, view: str) -> None:
    assert gate.backend.columns(view) == list(VIEWS[view].columns)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_can_be_read_and_counted(gate: Gate, view: str) -> None:
    gate.take_in(
        [person(), person(email="x@y"), person(email="bob@example.org", phone="?")], kind="synthetic"
    )
    rows = gate.session.select(view)
    assert len(rows) == gate.session.count(view)
    assert all(list(row) == list(VIEWS[view].columns) for row in rows)


def test_columns_filters_order_and_limit_mean_what_they_say(gate: Gate) -> None:
    gate.take_in(
        [person(email=f"{name}@example.org", first_name=name) for name in ("Eve", "Bob", "50%_Ada", "Cyd")]
    )

    def names(*filters: Filter, **how: object) -> list[str]:
        rows = gate.session.select("Diver_Directory", ["First_Name"], filters, **how)  # type: ignore[arg-type]
        assert gate.session.count("Diver_Directory", filters) == len(rows) or how
        return [row["First_Name"] for row in rows]

    assert names(order=[Order("First_Name")]) == ["Bob", "Cyd", "Eve"]
    assert names(order=[Order("First_Name", descending=True)], limit=2) == ["Eve", "Cyd"]
    assert names(Filter("First_Name", "=", "Bob")) == ["Bob"]
    assert sorted(names(Filter("First_Name", "!=", "Bob"))) == ["Cyd", "Eve"]
    assert names(Filter("First_Name", "in", ["Bob", "Zoe"])) == ["Bob"]
    assert names(Filter("First_Name", "in", [])) == []
    assert names(Filter("First_Name", "contains", "OB")) == ["Bob"]
    assert names(Filter("First_Name", "contains", "%")) == []
    assert names(Filter("Diver_ID", "<", 2)) == ["Eve"]
    assert sorted(names(Filter("Diver_ID", ">=", 2))) == ["Bob", "Cyd"]
    assert names(Filter("Diver_ID", ">", 1), Filter("Diver_ID", "<=", 2)) == ["Bob"]
    assert names(Filter("Phone", "is not null")) == []
    assert len(names(Filter("Phone", "is null"))) == 3


def test_the_directory_masks_what_is_personal(gate: Gate) -> None:
    gate.take_in([person(phone="+1 555 000 1111")])
    with closing(gate.backend.open("data_analyst")) as analyst:
        (row,) = analyst.select("Diver_Directory")
    assert (row["Last_Name"], row["Email"]) == ("LXXXX", "aXXX@XXXX.com")
    assert (row["Phone"], row["Date_Of_Birth"]) == ("XXX-1111", "1900-01-01")


def test_the_overview_counts_what_the_tables_hold(gate: Gate) -> None:
    gate.take_in([person(), person(first_name="B"), person(), person(email="x@y")])
    gate.take_in([person()])
    gate.load([person(email="open@example.org")])
    (row,) = gate.session.select("Workspace_Summary")
    assert dict(row) == {
        "Diver_Count": 1,
        "History_Count": 0,
        "Quarantine_Open_Count": 2,
        "Batch_Count": 3,
        "Loaded_Count": 5,
        "Promoted_Count": 1,
        "Unchanged_Count": 1,
        "Duplicate_Count": 1,
        "Quarantined_Count": 2,
        "Arrival_Count": 2,
        "Unfinished_Count": 1,
        "Ready_Count": 0,
        "Released_Count": 0,
        "Merged_Count": 0,
        "Discarded_Count": 0,
    }


def test_what_a_steward_sends_again_has_not_arrived_once_more(gate: Gate) -> None:
    gate.take_in(
        [person(), person(email="bob"), person(email="cyd"), person(email="dee"), person(first_name="B")]
    )
    before = dict(gate.session.select("Workspace_Summary")[0])
    gate.edit(1, Email="bob@example.org")
    resubmit_records(gate.session, gate.versions_of(1, 2))
    gate.edit(2, Email="cyd@example.org")
    discard_records(gate.session, gate.versions_of(3), "test_data", None)
    after = dict(gate.session.select("Workspace_Summary")[0])
    assert {name: after[name] for name in after if after[name] != before[name]} == {
        "Batch_Count": 2,
        "Diver_Count": 2,
        "Quarantine_Open_Count": 2,
        "Ready_Count": 1,
        "Released_Count": 1,
        "Discarded_Count": 1,
    }


def test_nothing_that_a_steward_does_upsets_the_balance(gate: Gate) -> None:
    gate.take_in([person(), person(email="bob"), person(email="cyd"), person()])
    gate.edit(1, Email="bob@example.org")
    resubmit_records(gate.session, gate.versions_of(1, 2))
    discard_records(gate.session, gate.versions_of(2), "test_data", None)
    gate.load([person(email="open@example.org")])
    assert [dict(row) for row in gate.session.select("Conservation_Check", order=[Order("Batch_ID")])] == [
        {
            "Batch_ID": batch,
            "Loaded_Gap": 0,
            "Promoted_Gap": 0,
            "Unchanged_Gap": 0,
            "Duplicate_Gap": 0,
            "Quarantined_Gap": 0,
            "Lost_Count": 0,
            "Stateless_Count": 0,
            "Is_Balanced": True,
        }
        for batch in (1, 2)
    ]


def test_a_missing_outcome_is_an_imbalance(gate: Gate) -> None:
    gate.take_in([person(), person(email="bob")])
    gate.backend.run("DELETE FROM Record_Outcome WHERE Outcome = ?", ("Promoted",))
    (row,) = gate.session.select("Conservation_Check", filters=[Filter("Is_Balanced", "=", False)])
    assert (row["Loaded_Gap"], row["Promoted_Gap"], row["Quarantined_Gap"]) == (0, 1, 0)


def test_a_parked_record_shows_where_it_stands_and_what_it_came_with(gate: Gate) -> None:
    gate.take_in([person(email=" x@y ", phone="?"), person()])
    (row,) = gate.queue()
    bits = {check["Check_Bit"]: check for check in gate.session.select("Rule_Checks")}
    failed = {bits[bit]["Rule_Code"] for bit in bits if bit & row["Failed_Checks"]}
    assert failed == {"EMAIL_FORMAT", "PHONE_FORMAT"}
    assert row["Email"] == row["Raw_Email"] == " x@y "
    assert (row["Edited_Columns"], row["Is_Claimed"]) == (0, False)
    assert row["Quarantined_On"] == row["Quarantined_At"][:10]


def test_the_standing_follows_the_last_attempt_of_an_untouched_record(gate: Gate) -> None:
    gate.take_in(
        [person(email="ada@example.org"), person(email="ada@example.org", first_name="Bea", phone="?")]
    )
    (first,) = gate.queue()
    gate.take_in([person(email="ada@example.org", first_name="Bea", phone="?")])
    (second,) = gate.queue()
    codes = {check["Check_Bit"]: check["Rule_Code"] for check in gate.session.select("Rule_Checks")}
    assert {code for bit, code in codes.items() if first["Failed_Checks"] & bit} == {
        "PHONE_FORMAT",
        "DUPLICATE_IN_BATCH",
    }
    assert {code for bit, code in codes.items() if second["Failed_Checks"] & bit} == {
        "PHONE_FORMAT",
        "DUPLICATE_OF_DIVER",
    }


def test_the_cube_adds_up_to_the_queue(gate: Gate) -> None:
    gate.take_in([person(email="x@y"), person(email="z@y"), person(email="x@y", phone="?"), person()])
    gate.take_in([person(email="w@y"), person(email=None)])
    cube = gate.session.select("Quarantine_Cube")
    kept = ("Status", "Batch_ID", "Failed_Checks", "Claimed_By", "Quarantined_On")
    counted: dict[tuple[object, ...], int] = {}
    for row in gate.queue():
        key = tuple(row[name] for name in kept)
        counted[key] = counted.get(key, 0) + 1
    assert {tuple(row[name] for name in kept): row["Record_Count"] for row in cube} == counted
    assert len(cube) > 3


def test_the_reasons_for_a_discard_are_listed_in_their_order(gate: Gate) -> None:
    listed = gate.session.select("Discard_Codes", order=[Order("Rank_Order")])
    assert [row["Discard_Code"] for row in listed] == [
        "not_a_person",
        "test_data",
        "duplicate",
        "refused_by_source",
        "other",
    ]


@pytest.mark.sqlite_only
def test_a_list_by_facets_reads_an_index_alone_and_a_search_reads_the_rows_in_a_row(gate: Gate) -> None:
    def plan(sql: str) -> str:
        rows = gate.backend.run(f"EXPLAIN QUERY PLAN SELECT Quarantine_ID FROM {sql} ORDER BY Quarantine_ID")
        return str(rows[0][3])

    by_facets = "WHERE Status IN ('{}') AND Failed_Checks & 8 <> 0 AND Quarantined_On > '2026'"
    waiting = f"Quarantine_Open_Keys {by_facets.format('Open')}"
    assert "USING COVERING INDEX IX_Data_Quarantine_Open" in plan(waiting)
    closed = f"Quarantine_Closed_Keys {by_facets.format('Released')}"
    assert "USING COVERING INDEX IX_Data_Quarantine_Closed" in plan(closed)
    assert plan("Quarantine_Queue WHERE Status IN ('Open') AND Email LIKE '%x%'") == "SCAN q"


def test_a_list_is_read_from_the_narrow_view_where_that_has_all_that_is_asked_for() -> None:
    few = [Filter("Status", "in", ("Open",)), Filter("", "any of", [Filter("Batch_ID", "=", 1)])]
    assert narrowest(few, "Failed_Checks") == "Quarantine_Open_Keys"
    assert narrowest(few[1:], "Failed_Checks") == "Quarantine_Keys"
    assert narrowest([Filter("Status", "in", ("Open", "Merged"))]) == "Quarantine_Keys"
    assert narrowest([Filter("Status", "in", ("Released", "Merged"))]) == "Quarantine_Closed_Keys"
    assert narrowest(few, "Last_Name") == "Quarantine_Queue"
    wide = Filter("", "all of", [Filter("First_Name Email", "search", "x")])
    assert narrowest([*few, wide]) == "Quarantine_Queue"

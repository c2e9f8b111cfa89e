"""The views of every database have the columns that the program reads, in that order."""

from __future__ import annotations

import pytest
from gates import Gate
from people import person

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.views import VIEWS


@pytest.mark.parametrize("view", VIEWS)
def test_the_database_has_the_views_columns(gate: Gate, view: str) -> None:
    assert gate.backend.columns(view) == [column.name for column in VIEWS[view].c]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_can_be_read_and_counted(gate: Gate, view: str) -> None:
    gate.take_in(
        [person(), person(email="x@y"), person(email="bob@example.org", phone="?")], kind="synthetic"
    )
    rows = gate.session.select(view)
    assert len(rows) == gate.session.count(view)
    assert all(list(row) == [column.name for column in VIEWS[view].c] for row in rows)


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
    (row,) = gate.session.select("Diver_Directory")
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
    }

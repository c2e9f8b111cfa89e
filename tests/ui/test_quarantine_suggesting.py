"""What the workbench proposes for a record: also for values that pass and might be better; nothing that is a guess."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QTableView
from quarantine_harness import Workbench

from divegov_gui.ui.pages.quarantine.suggestion_chip import SuggestionChip

BAD_DAY: dict[str, str | None] = {"date_of_birth": "1990-02-31"}
"""What keeps a record in quarantine whatever else it holds, and nothing is suggested for."""


def offered(bench: Workbench, record: int, column: str) -> list[str]:
    """The values on the chips in sight for a column."""
    bench.point_at(record, column)
    field = bench.page.panel.fields[column]
    return [chip.text() for chip in field.findChildren(SuggestionChip) if chip.isVisibleTo(bench.page)]


@pytest.mark.parametrize(
    ("different", "column", "shown"),
    [
        ({"email": "grace@gmial.com"}, "Email", "grace@gmail.com"),
        ({"email": "grace@gmail.con"}, "Email", "grace@gmail.com"),
        ({"email": "grace_at_gmail.com"}, "Email", "grace@gmail.com"),
        ({"email": "grace @gmail.com"}, "Email", "grace@gmail.com"),
        ({"email": "grace@@gmail.com"}, "Email", "grace@gmail.com"),
        ({"email": "gracegmail.com"}, "Email", "grace@gmail.com"),
        ({"first_name": "GRACE"}, "First_Name", "Grace"),
        ({"last_name": "o'hara"}, "Last_Name", "O'Hara"),
        ({"first_name": "Gr4ce"}, "First_Name", "Grace"),
        ({"phone": "601 123 456", "email": "grace@wp.pl"}, "Phone", "+48601123456"),
        ({"certification": "Resuce Divr"}, "Certification", "Rescue Diver"),
    ],
)
def test_each_slip_gets_its_suggestion_whether_it_passes_or_not(
    bench: Workbench, different: dict[str, str | None], column: str, shown: str
) -> None:
    (record,) = bench.arrive(BAD_DAY | different)
    assert shown in offered(bench, record, column)


@pytest.mark.parametrize("spelling", ["31/12/1990", "Dec 31 1990", "19901231"])
def test_a_day_in_another_spelling_is_read_by_a_key(bench: Workbench, spelling: str) -> None:
    (record,) = bench.arrive({"date_of_birth": spelling})
    assert offered(bench, record, "Date_Of_Birth") == ["1990-12-31"]
    bench.ctrl(Qt.Key.Key_Period)
    assert bench.value(record, "Date_Of_Birth") == "1990-12-31"


def test_an_ambiguous_day_is_never_picked_but_chosen(bench: Workbench) -> None:
    (record,) = bench.arrive({"date_of_birth": "03/04/1990"})
    assert offered(bench, record, "Date_Of_Birth") == ["1990-04-03", "1990-03-04"]
    bench.ctrl(Qt.Key.Key_Period)
    assert bench.value(record, "Date_Of_Birth") == "03/04/1990"
    assert bench.focus().objectName() == "quarantine.suggestion.date_of_birth.0"
    bench.key(Qt.Key.Key_Tab)
    bench.key(Qt.Key.Key_Space)
    assert bench.value(record, "Date_Of_Birth") == "1990-03-04"


def test_swapped_names_are_told_by_the_names_of_the_divers(bench: Workbench) -> None:
    divers = [{"first_name": "Ewa", "last_name": "Kowalska", "email": f"k{n}@wp.pl"} for n in range(3)]
    assert bench.arrive(*divers) == []
    (record,) = bench.arrive(BAD_DAY | {"first_name": "Kowalska", "last_name": "Ewa", "email": "ewa@wp.pl"})
    assert offered(bench, record, "First_Name") == ["Ewa, Last name: Kowalska"]
    bench.click("quarantine.suggestion.first_name.0")
    assert (bench.value(record, "First_Name"), bench.value(record, "Last_Name")) == ("Ewa", "Kowalska")


def test_the_key_mends_what_fails_before_it_makes_better_what_passes(bench: Workbench) -> None:
    (record,) = bench.arrive({"first_name": "GRACE", "date_of_birth": "31/12/1990"})
    bench.point_at(record, "Phone")
    bench.ctrl(Qt.Key.Key_Period)
    assert bench.value(record, "Date_Of_Birth") == "1990-12-31"
    assert bench.value(record, "First_Name") == "GRACE"


def test_the_others_like_this_are_counted_as_the_preview_will_show_them(bench: Workbench) -> None:
    same = [BAD_DAY | {"email": f"grace{n}@gmial.com"} for n in range(4)]
    records = bench.arrive(*same, {"email": "grace.hill@", "source_reference": "X"})
    bench.point_at(records[0], "Email")
    link = bench.control("quarantine.others.email")
    assert isinstance(link, QAbstractButton)
    bench.click("quarantine.others.email")
    table = bench.control("quarantine.bulk.table")
    assert isinstance(table, QTableView)
    assert table.model().rowCount() >= 4
    assert link.text() == f"Fix the other {table.model().rowCount() - 1} like this…"
    bench.write_in("quarantine.bulk.reason", "the same slip")
    bench.click("quarantine.bulk.apply")
    assert [bench.value(each, "Email") for each in records[:4]] == [f"grace{n}@gmail.com" for n in range(4)]


def test_where_no_other_is_like_it_nothing_is_offered_for_the_others(bench: Workbench) -> None:
    (record,) = bench.arrive({"date_of_birth": "31/12/1990 12:30"})
    assert len(bench.failing("DOB_FORMAT")) > 1, "others fail alike, and are mended otherwise"
    assert offered(bench, record, "Date_Of_Birth") == ["1990-12-31"]
    links = bench.page.findChildren(QAbstractButton, "quarantine.others.date_of_birth")
    assert not any(link.isVisible() for link in links)


def test_a_fix_of_what_passes_is_told_from_a_repair(bench: Workbench) -> None:
    (record,) = bench.arrive({"first_name": "GRACE", "date_of_birth": "31/12/1990"})
    bench.point_at(record, "First_Name")
    assert "passes as it is" in bench.control("quarantine.suggestion.first_name.0").toolTip()
    assert "would accept" in bench.control("quarantine.suggestion.date_of_birth.0").toolTip()
    assert bench.control("quarantine.suggestion.first_name.0").height() < 30, (
        "what fails comes first in the room"
    )

"""The directory through time: who was in it at an instant, what became of them, and every change in between."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from gates import Gate
from people import person

from divegov_gui.core.errors import Refused
from divegov_gui.services import directory, history
from divegov_gui.services.directory import (
    ChangeFilter,
    changes_of,
    count_changes,
    export_changes,
    read_changes,
    read_directory,
    read_known,
    read_newest,
)

EVER = ("0001-01-01 00:00:00.000000", "9999-01-01 00:00:00.000000")


def three(gate: Gate) -> None:
    """Three divers: 1 changes twice, 2 is deleted, 3 stays as it is."""
    gate.take_in([person(email=f"{name}@example.org", first_name=name) for name in ("Ann", "Bob", "Cyd")])
    gate.backend.run("UPDATE Diver SET Phone = '5550001111' WHERE Diver_ID = 1")
    gate.backend.run("UPDATE Diver SET Last_Name = 'Ng', Email = 'ann.ng@example.org' WHERE Diver_ID = 1")
    gate.backend.run("DELETE FROM Diver WHERE Diver_ID = 2")


def began(gate: Gate, diver_id: int, version: int = 0) -> str:
    return str(gate.versions(diver_id)[version]["Valid_From"])


def test_the_directory_of_an_instant_is_whoever_was_there_then(gate: Gate) -> None:
    three(gate)
    then = read_directory(gate.session, began(gate, 3))
    assert list(then.ids) == [1, 2, 3]
    assert (then.count_now, then.created, then.changed, then.deleted) == (2, 0, 1, 1)
    now = read_directory(gate.session, None)
    assert list(now.ids) == [1, 3]
    assert (now.created, now.changed, now.deleted) == (0, 0, 0)


def test_before_anything_arrived_nobody_was_there(gate: Gate) -> None:
    three(gate)
    before = read_directory(gate.session, EVER[0])
    assert list(before.ids) == []
    assert before.created == 2


def test_a_page_shows_what_was_known_then_and_what_became_of_it(gate: Gate) -> None:
    three(gate)
    page = read_known(gate.session, began(gate, 3), [1, 2, 3])
    assert [(each.version.diver_id, each.since) for each in page] == [
        (1, "Changed"),
        (2, "Deleted"),
        (3, "Same"),
    ]
    assert page[0].version.value("Phone") is None
    assert {each.since for each in read_known(gate.session, None, [1, 3])} == {"Same"}


def test_who_changed_last_comes_first(gate: Gate) -> None:
    three(gate)
    assert [each.diver_id for each in read_newest(gate.session)] == [1, 3]


def test_every_change_is_told_once_with_the_columns_that_changed(gate: Gate) -> None:
    three(gate)
    assert [(each.kind, each.columns) for each in changes_of(gate.session, 1)] == [
        ("Created", ()),
        ("Changed", ("Phone",)),
        ("Changed", ("Last_Name", "Email")),
    ]
    assert [each.kind for each in changes_of(gate.session, 2)] == ["Created", "Deleted"]
    assert changes_of(gate.session, 2)[1].actor == gate.backend.outsider


def test_a_value_that_comes_or_goes_is_a_change(gate: Gate) -> None:
    gate.take_in([person(phone="5550001111")])
    gate.backend.run("UPDATE Diver SET Phone = NULL, Source_Reference = 'A-1' WHERE Diver_ID = 1")
    assert changes_of(gate.session, 1)[1].columns == ("Phone", "Source_Reference")


def test_who_comes_back_is_restored_and_not_created_once_more(gate: Gate) -> None:
    gate.take_in([person()])
    (first,) = history.timeline(gate.session, 1).versions
    history.delete(gate.session, first, "asked")
    history.restore(gate.session, None, history.timeline(gate.session, 1).versions[0], "back")
    assert [each.kind for each in changes_of(gate.session, 1)] == ["Created", "Deleted", "Restored"]
    gate.backend.run("UPDATE Diver SET Phone = '5550001111'")
    told = [each.kind for each in changes_of(gate.session, 1)]
    assert told == ["Created", "Deleted", "Restored", "Changed"]


def test_changes_are_counted_by_kind_and_filtered(gate: Gate) -> None:
    three(gate)
    whole = read_changes(gate.session, ChangeFilter(*EVER))
    assert whole.counts == {"Created": 3, "Changed": 2, "Restored": 0, "Deleted": 1}
    assert len(whole.newest) == whole.total == 6
    assert [each.at for each in whole.newest] == sorted((each.at for each in whole.newest), reverse=True)
    emails = read_changes(gate.session, ChangeFilter(*EVER, column="Email"))
    assert [(each.diver_id, each.kind) for each in emails.newest] == [(1, "Changed")]
    assert read_changes(gate.session, ChangeFilter(*EVER, kind="Deleted")).counts["Deleted"] == 1
    assert read_changes(gate.session, ChangeFilter(*EVER, actor="nobody at all")).total == 0
    later = read_changes(gate.session, ChangeFilter(began(gate, 1, 1), EVER[1]))
    assert later.counts["Created"] == 0
    assert later.total == 3


def test_all_changes_of_a_time_are_counted_as_they_are_told(gate: Gate) -> None:
    """Whoever came, changed, went and came back: from each instant until each other."""
    three(gate)
    gate.backend.run("UPDATE Diver SET Phone = '5550001111' WHERE Diver_ID = 1")
    history.restore(gate.session, None, history.timeline(gate.session, 2).versions[0], "back")
    told = read_changes(gate.session, ChangeFilter(*EVER)).newest
    assert {each.kind for each in told} == {"Created", "Changed", "Restored", "Deleted"}
    instants = [EVER[0], *sorted({each.at for each in told}), EVER[1]]
    for place, since in enumerate(instants):
        for until in instants[place:]:
            assert count_changes(gate.session, ChangeFilter(since, until)) == sum(
                since <= each.at < until for each in told
            )


def test_of_more_changes_than_are_listed_the_newest_are_and_all_are_counted(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(gate)
    monkeypatch.setattr(directory, "LISTED", 4)
    found = read_changes(gate.session, ChangeFilter(*EVER))
    assert (found.total, len(found.newest), found.counts) == (None, 4, {})
    assert count_changes(gate.session, ChangeFilter(*EVER)) == 6
    assert found.newest[0].kind == "Deleted"


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_changed_is_written_whole_and_holds_no_value_of_a_diver(
    gate: Gate, tmp_path: Path, ending: str
) -> None:
    three(gate)
    path = tmp_path / f"changes{ending}"
    assert export_changes(gate.session, ChangeFilter(*EVER), path) == 6
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    else:
        from openpyxl import load_workbook

        rows = [[str(cell) for cell in row] for row in load_workbook(path).active.values]
    assert rows[0] == ["When (UTC)", "Diver", "Change", "Fields", "By", "Why"]
    assert len(rows) == 7
    assert rows[-1][2] == "Deleted"
    assert "Last name, Email" in [row[3] for row in rows]
    assert not any("example.org" in str(cell) for row in rows for cell in row)
    assert [file.name for file in tmp_path.glob("*changes*")] == [path.name]


def test_a_file_of_an_unknown_kind_is_refused_and_nothing_is_written(gate: Gate, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="neither a CSV file nor an Excel workbook"):
        export_changes(gate.session, ChangeFilter(*EVER), tmp_path / "changes.pdf")
    assert list(tmp_path.glob("*.pdf")) == []

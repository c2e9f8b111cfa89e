"""Changing a diver: versions are judged by the rules, the past stays, and what was read must still be so."""

from __future__ import annotations

from typing import Any

import pytest
from gates import Gate
from people import person

from divegov_gui.core.errors import Conflict, Refused
from divegov_gui.services import diver_search, history
from divegov_gui.services.history import Timeline


@pytest.fixture
def diver(gate: Gate) -> int:
    """A diver, promoted."""
    (fate,) = gate.take_in([person(phone="+1 555 000 1111", certification="owd", source_reference="REF-1")])
    assert fate.diver_id is not None
    return fate.diver_id


def change(gate: Gate, diver: int, **values: Any) -> history.Written:
    return history.update(gate.session, gate.current(diver), values.items(), "asked by phone")


def lived(gate: Gate, diver: int) -> Timeline:
    return history.timeline(gate.session, diver)


def test_a_change_is_a_new_version_with_who_and_why_and_the_old_one_stays(gate: Gate, diver: int) -> None:
    written = change(gate, diver, Last_Name=" King ", Certification="Rescue Diver", Phone=None)
    first, second = lived(gate, diver).versions
    assert first.values == (
        *("Ada", "Lovelace", "ada@example.org", "+15550001111", "1990-05-17"),
        *("Open Water Diver", "REF-1"),
    )
    assert second.values[1:4] == ("King", "ada@example.org", None)
    assert second.value("Certification") == "Rescue Diver"
    assert (second.modified_by, second.change_reason) == (gate.session.actor, "asked by phone")
    assert first.valid_to == second.valid_from == written.valid_from
    assert written.is_changed
    changed = [d.column for d in history.diff(first, second) if d.is_changed]
    assert changed == ["Last_Name", "Phone", "Certification"]


def test_changing_nothing_makes_no_version(gate: Gate, diver: int) -> None:
    assert not change(gate, diver, Last_Name="Lovelace", Phone="+1 (555) 000-1111").is_changed
    assert len(lived(gate, diver).versions) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Email": "nobody"}, "Email is not a valid address"),
        ({"First_Name": " "}, "First name is missing"),
        ({"Date_Of_Birth": "2021-02-30"}, "not a real calendar date"),
        ({"Certification": "Wizard"}, "Certification is not a known level"),
        ({"Diver_ID": "7"}, "has no column Diver_ID"),
        ({"50% off": "7"}, "has no column 50% off"),
    ],
)
def test_what_the_rules_call_an_error_is_refused(
    gate: Gate, diver: int, values: dict[str, str], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        change(gate, diver, **values)
    assert len(lived(gate, diver).versions) == 1


def test_a_warning_is_let_through_with_the_reason_that_every_change_has(gate: Gate, diver: int) -> None:
    assert change(gate, diver, Phone="12").is_changed
    with pytest.raises(Refused, match="needs a reason"):
        history.update(gate.session, gate.current(diver), {"Phone": None}.items(), "  ")


def test_the_email_of_another_diver_is_refused(gate: Gate, diver: int) -> None:
    gate.take_in([person(email="bob@example.org")])
    with pytest.raises(Refused, match="has this email"):
        change(gate, diver, Email="BOB@example.org")


def test_a_diver_that_was_changed_meanwhile_is_not_overwritten(gate: Gate, diver: int) -> None:
    read = gate.current(diver)
    change(gate, diver, First_Name="Augusta")
    with pytest.raises(Conflict, match=f"was changed by {gate.session.actor} at 2.* since you read it"):
        history.update(gate.session, read, {"Phone": None}.items(), "late")
    with pytest.raises(Conflict):
        history.delete(gate.session, read, "late")
    assert gate.current(diver).values[0] == "Augusta"


@pytest.mark.parametrize(
    "masked",
    [
        {"Last_Name": "LXXXX"},
        {"Last_Name": "XXXX"},
        {"Email": "aXXX@XXXX.com"},
        {"Phone": "XXX-1111"},
        {"Date_Of_Birth": "1900-01-01"},
    ],
)
def test_a_mask_is_never_written_back(gate: Gate, diver: int, masked: dict[str, str]) -> None:
    with pytest.raises(Refused, match="is a mask"):
        change(gate, diver, **masked)


def test_a_restored_version_is_a_new_one_and_the_past_stays(gate: Gate, diver: int) -> None:
    change(gate, diver, Last_Name="King", Email="king@example.org")
    before = lived(gate, diver)
    history.restore(gate.session, before.current, before.versions[0], "wrong person")
    after = lived(gate, diver)
    assert [v.values for v in after.versions[:2]] == [v.values for v in before.versions]
    assert after.versions[2].values == before.versions[0].values
    assert after.versions[2].change_reason == "wrong person"
    assert after.versions[1].valid_to == after.versions[2].valid_from


def test_a_version_that_never_was_cannot_be_restored(gate: Gate, diver: int) -> None:
    with pytest.raises(Refused, match="no earlier version"):
        history.restore(gate.session, gate.current(diver), gate.current(diver), "again")


def test_a_deleted_diver_keeps_its_versions_and_comes_back(gate: Gate, diver: int) -> None:
    change(gate, diver, First_Name="Augusta")
    gone = history.delete(gate.session, gate.current(diver), "asked to leave")
    deleted = lived(gate, diver)
    assert deleted.current is None
    assert deleted.deletions == (gone,)
    assert (gone.deleted_by, gone.reason) == (gate.session.actor, "asked to leave")
    assert gate.session.count("Diver_Directory") == 0
    assert history.as_of(gate.session, diver, gone.deleted_at) is None
    with pytest.raises(Refused, match="deleted already"):
        gate.session.call("Delete_Diver", diver_id=diver, valid_from=None, reason="twice")

    history.restore(gate.session, None, deleted.versions[-1], "came back")
    back = lived(gate, diver)
    assert back.current is not None
    assert back.current.values == deleted.versions[-1].values
    assert back.current.valid_from > gone.deleted_at
    assert back.versions[:2] == deleted.versions
    assert back.deletions == (gone,)


def test_a_diver_whom_dives_refer_to_stays(gate: Gate, diver: int) -> None:
    gate.backend.run(
        "INSERT INTO Dive_Log (Diver_ID, Dive_Site_ID, Dived_On, Max_Depth_M, Minutes) "
        "VALUES (?, 1, '2026-01-01', 9, 9)",
        (diver,),
    )
    with pytest.raises(Refused, match=r"dives \(1\)"):
        history.delete(gate.session, gate.current(diver), "asked")


def test_what_was_done_to_a_diver_is_in_the_log_without_their_data(gate: Gate, diver: int) -> None:
    change(gate, diver, Last_Name="King")
    history.restore(gate.session, gate.current(diver), lived(gate, diver).versions[0], "wrong")
    history.delete(gate.session, gate.current(diver), "asked")
    log = [r for r in gate.log() if r["Subject_Type"] == "Diver"]
    assert [r["Action"] for r in log] == ["Update_Diver", "Restore_Diver", "Delete_Diver"]
    assert {r["Subject_ID"] for r in log} == {diver}
    assert not any(name in str(r) for r in log for name in ("King", "Lovelace", "ada@", "asked"))


# -- Finding --------------------------------------------------------------------------------------------------


def found(gate: Gate, text: str) -> list[tuple[int, str, bool]]:
    return [(m.diver_id, m.column, m.is_former) for m in diver_search.search(gate.session, text)]


@pytest.mark.parametrize("prepared", [False, True])
def test_a_diver_is_found_by_what_they_are_and_by_what_they_were(
    gate: Gate, diver: int, prepared: bool
) -> None:
    gate.take_in([person(email="zoe@example.org", first_name="Zoë", last_name="Östlund")])
    if prepared:
        assert diver_search.prepare_search(gate.session) == 2
    change(gate, diver, Last_Name="King", Email="king@example.org", Source_Reference="REF-2")
    for text in ("kin", "KING A", "ada k"):
        assert found(gate, text) == [(diver, "Last_Name", False)], text
    for text in ("lovel", "Lovelace Ada", "ada love"):
        assert found(gate, text) == [(diver, "Last_Name", True)], text
    assert found(gate, "king@") == [(diver, "Email", False)]
    assert found(gate, "Ada@Ex") == [(diver, "Email", True)]
    assert found(gate, "ref-2") == [(diver, "Source_Reference", False)]
    assert found(gate, "ref-1") == [(diver, "Source_Reference", True)]
    assert found(gate, str(diver)) == [(diver, "Diver_ID", False)]
    assert found(gate, "östlund") == [(diver + 1, "Last_Name", False)]
    assert found(gate, "zoë ö") == [(diver + 1, "Last_Name", False)]
    assert found(gate, "nobody") == found(gate, " ") == found(gate, "%") == []


def test_a_deleted_diver_is_found_and_told_to_be_so(gate: Gate, diver: int) -> None:
    history.delete(gate.session, gate.current(diver), "asked")
    (match,) = diver_search.search(gate.session, "lovelace")
    assert match.is_deleted
    assert match.latest.name == "Ada Lovelace"


def test_preparing_the_search_goes_on_where_it_stopped(gate: Gate, diver: int) -> None:
    gate.take_in([person(email=f"p{n}@example.org", last_name=f"Person{n}") for n in "abcde"])
    assert gate.session.call("Index_Divers", most=4)[-1][0]["Left_Count"] == 2
    assert diver_search.prepare_search(gate.session) == 2
    assert diver_search.prepare_search(gate.session) == 0
    assert len(diver_search.search(gate.session, "person")) == 5


# -- Everybody ------------------------------------------------------------------------------------------------


def test_the_directory_as_of_an_instant_is_what_it_was_then(gate: Gate) -> None:
    gate.take_in([person(email=f"p{n}@example.org", source_reference=f"R{n}") for n in range(7)])
    first = gate.current(1).valid_from
    change(gate, 3, First_Name="Changed")
    history.delete(gate.session, gate.current(5), "asked")
    last = lived(gate, 5).deletions[0].deleted_at
    for instant, divers in ((first, [1, 2, 3, 4, 5, 6, 7]), (last, [1, 2, 3, 4, 6, 7]), ("2000", [])):
        page = history.directory_as_of(gate.session, instant)
        assert [v.diver_id for v in page] == divers
        assert history.count_as_of(gate.session, instant) == len(divers)
    assert history.directory_as_of(gate.session, first)[2].values[0] == "Ada"
    assert history.directory_as_of(gate.session, last)[2].values[0] == "Changed"
    pages = [history.directory_as_of(gate.session, last, after=after, limit=2) for after in (0, 2, 4, 7)]
    assert [[v.diver_id for v in page] for page in pages] == [[1, 2], [3, 4], [6, 7], []]

"""Review, first half: values are judged before they are saved, saved as groups, undone, redone, and never lost."""

from __future__ import annotations

from contextlib import closing

import pytest
from gates import Gate, instant
from people import person

from divegov_gui.core.errors import Conflict, Refused
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.review import Edit, check_records, edit_records, undo_edit

BAD_MAIL, BAD_PHONE = "ada_at_example.org", "?"


@pytest.fixture
def one(gate: Gate) -> Gate:
    """A database with record 1 in quarantine: its email and its phone are wrong."""
    gate.take_in([person(email=BAD_MAIL, phone=BAD_PHONE)])
    return gate


def revisions(gate: Gate) -> list[tuple[str, str | None, str | None, bool]]:
    rows = gate.session.select("Revision_History", order=[Order("Revision_ID")])
    return [(r["Column_Name"], r["Old_Value"], r["New_Value"], r["Is_Standing"]) for r in rows]


# Check_Records ------------------------------------------------------------------------------------------------


def test_values_are_judged_by_the_rules_of_the_gate_and_nothing_is_saved(one: Gate) -> None:
    before = one.backend.dump()
    good = {"First_Name": "Ada", "Last_Name": "L", "Email": "a@b.org", "Date_Of_Birth": "1990-01-01"}
    found = check_records(one.session, {7: good, -3: {**good, "Phone": "12"}, 9: {}})
    bits = {(r["Rule_Code"], r["Column_Name"]): r["Check_Bit"] for r in one.session.select("Rule_Checks")}
    assert found[7].failed_checks == 0
    assert found[-3].failed_checks == bits["PHONE_FORMAT", "Phone"]
    assert found[9].failed_checks == sum(
        bits[key]
        for key in (
            ("FIRST_NAME_MISSING", "First_Name"),
            ("LAST_NAME_MISSING", "Last_Name"),
            ("EMAIL_MISSING", "Email"),
            ("DOB_MISSING", "Date_Of_Birth"),
        )
    )
    assert one.backend.dump() == before


def test_a_check_names_the_diver_whose_email_it_has_unless_it_is_that_diver(gate: Gate) -> None:
    gate.take_in([person()])
    same = {
        "First_Name": "Ada",
        "Last_Name": "Lovelace",
        "Email": " ADA@example.org",
        "Date_Of_Birth": "1990-05-17",
    }
    found = check_records(gate.session, {1: same, 2: {**same, "First_Name": "Bea"}})
    assert (found[1].failed_checks, found[1].diver_id) == (0, None)
    assert (found[2].failed_checks > 0, found[2].diver_id) == (True, 1)


@pytest.mark.sqlite_only
def test_a_check_waits_for_no_writer(one: Gate, berta: Session) -> None:
    with closing(one.backend.open()) as reader:
        berta._raw.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        assert check_records(reader, {1: {}})[1].failed_checks


# Edit_Records -------------------------------------------------------------------------------------------------


def test_an_edit_changes_the_cell_and_where_the_record_stands(one: Gate) -> None:
    assert one.standing() == {"EMAIL_FORMAT", "PHONE_FORMAT"}
    edited = one.edit(1, Email="ada@example.org")
    row = one.waiting()
    assert (row["Email"], row["Raw_Email"], row["Record_Version"]) == ("ada@example.org", BAD_MAIL, 2)
    assert one.standing() == {"PHONE_FORMAT"}
    assert (row["Edited_Columns"], row["Attempt_Count"], row["Status"]) == (4, 1, "Open")
    (standing,) = edited.records
    assert (standing.record_version, standing.failed_checks, standing.edited_columns) == (
        2,
        row["Failed_Checks"],
        4,
    )
    assert (edited.group_id, edited.record_count, edited.cell_count) == (1, 1, 1)


def test_a_blank_at_the_end_is_an_edit_too_and_taking_it_away_brings_back_what_came(one: Gate) -> None:
    came = one.waiting()["First_Name"]
    assert one.edit(1, First_Name=f"{came} ").cell_count == 1
    row = one.waiting()
    assert (row["First_Name"], row["Edited_Columns"]) == (f"{came} ", 1)
    assert one.edit(1, First_Name=came).cell_count == 1
    row = one.waiting()
    assert (row["First_Name"], row["Edited_Columns"]) == (came, 0)


def test_an_edit_is_kept_with_who_when_and_why(one: Gate) -> None:
    edit_records(one.session, [Edit(1, 1, "Phone", None)], reason="called them", kind="Bulk")
    (group,) = one.session.select("Edit_History")
    assert (group["Edit_Kind"], group["Edit_Reason"], group["Cell_Count"]) == ("Bulk", "called them", 1)
    assert (group["Undoes_Group_ID"], group["Undone_By_Group_ID"]) == (None, None)
    assert group["Edited_By"]
    assert group["Edited_At"]
    assert revisions(one) == [("Phone", BAD_PHONE, None, True)]
    assert one.actions()[-1] == "Edit_Records"
    assert BAD_PHONE not in one.session.select("Action_Log")[-1]["Detail"]


def test_one_group_may_change_many_cells_of_many_records(gate: Gate) -> None:
    gate.take_in([person(email=f"{n}@x", phone="?") for n in range(5)])
    edits = [Edit(n, 1, c, v) for n in (1, 2, 4) for c, v in (("Email", f"{n}@b.org"), ("Phone", None))]
    edited = edit_records(gate.session, [*edits, Edit(5, 1, "Last_Name", "Li")])
    assert (edited.record_count, edited.cell_count) == (4, 7)
    assert [gate.standing(n) for n in (1, 2, 4)] == [set()] * 3
    assert gate.standing(3) == gate.standing(5) == {"EMAIL_FORMAT", "PHONE_FORMAT"}


def test_a_value_that_is_the_old_one_makes_no_revision(one: Gate) -> None:
    edited = one.edit(1, Email=BAD_MAIL, Phone=BAD_PHONE, Certification=None)
    assert (edited.group_id, edited.record_count, edited.cell_count) == (None, 0, 0)
    assert (one.waiting()["Record_Version"], revisions(one)) == (1, [])
    assert one.session.count("Edit_History") == 0


def test_a_cell_that_holds_again_what_the_source_sent_is_no_edited_one(one: Gate) -> None:
    one.edit(1, Email="a@b.org")
    one.edit(1, Email=BAD_MAIL)
    assert (one.waiting()["Edited_Columns"], one.standing()) == (0, {"EMAIL_FORMAT", "PHONE_FORMAT"})
    assert len(revisions(one)) == 2


def test_an_edit_that_meets_a_diver_stands_as_a_duplicate_until_it_is_the_same(one: Gate) -> None:
    one.take_in([person(email="bob@example.org", first_name="Bob")])
    one.edit(1, Email="bob@example.org", Phone=None)
    assert one.standing() == {"DUPLICATE_OF_DIVER"}
    one.edit(1, First_Name="Bob")
    assert one.standing() == set()


def test_a_rival_in_the_batch_stays_one_while_its_email_does(gate: Gate) -> None:
    gate.take_in([person(phone="?"), person(first_name="Bea")])
    assert gate.standing() == {"PHONE_FORMAT", "DUPLICATE_IN_BATCH"}
    gate.edit(1, Phone=None)
    assert "DUPLICATE_IN_BATCH" in gate.standing()
    changed = gate.edit(1, Email="other@example.org")
    assert gate.standing() == set()
    undo_edit(gate.session, changed.group_id or 0)
    assert "DUPLICATE_IN_BATCH" in gate.standing()


def test_a_damaged_record_is_whole_once_somebody_has_typed_into_it(gate: Gate) -> None:
    gate.take_in([person(payload="[")])
    edited = gate.edit(1, Phone="5550001111")
    assert gate.standing() == set()
    undo_edit(gate.session, edited.group_id or 0)
    assert gate.standing() == {"PAYLOAD_INVALID"}


@pytest.mark.parametrize(
    "value", ["", " ", "😀 'quoted' \"text\"", "line\nbreak", "x" * 5000, "\\u0000", "null"]
)
def test_any_text_is_kept_as_it_was_typed(one: Gate, value: str) -> None:
    one.edit(1, Source_Reference=value)
    assert one.waiting()["Source_Reference"] == value
    assert revisions(one) == [("Source_Reference", None, value, True)]


@pytest.mark.parametrize(
    ("edits", "kind", "told"),
    [
        ([Edit(1, 1, "Payload", "{}")], "Edit", "seven values"),
        ([Edit(1, 1, "Status", "Released")], "Edit", "seven values"),
        ([Edit(1, 1, "Email", "a"), Edit(1, 1, "Email", "b")], "Edit", "twice"),
        ([Edit(99, 1, "Email", "a")], "Edit", "no quarantined record 99"),
        ([Edit(1, 1, "Email", "a")], "Undo", "of kind"),
    ],
)
def test_what_cannot_be_edited_is_refused_whole(one: Gate, edits: list[Edit], kind: str, told: str) -> None:
    before = one.backend.dump()
    with pytest.raises(Refused, match=told):
        edit_records(one.session, [*edits, Edit(1, 1, "Phone", None)], kind=kind)
    assert one.backend.dump() == before


def test_a_record_that_another_has_changed_is_a_conflict_that_says_by_whom_and_when(
    one: Gate, berta: Session
) -> None:
    edit_records(berta, [Edit(1, 1, "Phone", None)])
    before = one.backend.dump()
    with pytest.raises(Conflict, match=r"Record 1 was changed by berta on ") as refused:
        edit_records(one.session, [Edit(1, 1, "Email", "mine@example.org")])
    facts = refused.value.facts
    assert (facts.record, facts.what, facts.who, facts.count) == (1, "changed", "berta", 1)
    (mine,) = one.session.select("Revision_History")
    assert instant(facts.when) == instant(mine["Edited_At"])
    assert one.backend.dump() == before


def test_a_conflict_in_one_of_many_keeps_all_of_them_back(gate: Gate) -> None:
    gate.take_in([person(email=f"{n}@x") for n in range(4)])
    gate.edit(2, Phone="5550001111")
    gate.edit(3, Phone="5550001111")
    with pytest.raises(Conflict, match="2 records in all") as refused:
        edit_records(gate.session, [Edit(n, 1, "Email", "a@b.org") for n in range(1, 5)])
    assert (refused.value.facts.record, refused.value.facts.count) == (2, 2)
    assert {gate.waiting(n)["Email"] for n in (1, 4)} == {"0@x", "3@x"}


# Undo_Edit ----------------------------------------------------------------------------------------------------


def test_undo_is_the_inverse_of_edit_and_redo_of_undo(one: Gate) -> None:
    raw = {k: v for k, v in one.waiting().items() if k != "Record_Version"}
    edited = one.edit(1, Email="a@b.org", Phone=None, First_Name="Bea")
    typed = {k: v for k, v in one.waiting().items() if k != "Record_Version"}
    undone = undo_edit(one.session, edited.group_id or 0, reason="wrong person")
    assert {k: v for k, v in one.waiting().items() if k != "Record_Version"} == raw
    redone = undo_edit(one.session, undone.group_id or 0)
    assert {k: v for k, v in one.waiting().items() if k != "Record_Version"} == typed
    groups = one.session.select("Edit_History", order=[Order("Edit_Group_ID")])
    assert [g["Edit_Kind"] for g in groups] == ["Edit", "Undo", "Undo"]
    assert [g["Undoes_Group_ID"] for g in groups] == [None, 1, 2]
    assert [g["Undone_By_Group_ID"] for g in groups] == [2, 3, None]
    assert (redone.cell_count, one.waiting()["Record_Version"]) == (3, 4)


def test_another_steward_may_undo(one: Gate, berta: Session) -> None:
    edited = one.edit(1, Email="a@b.org")
    undo_edit(berta, edited.group_id or 0)
    assert one.waiting()["Email"] == BAD_MAIL
    assert one.session.select("Edit_History")[-1]["Edited_By"] == "berta"


def test_some_records_of_a_bulk_edit_can_be_undone_and_later_the_others(gate: Gate) -> None:
    gate.take_in([person(email=f"{n}@x") for n in range(4)])
    bulk = edit_records(gate.session, [Edit(n, 1, "Email", f"{n}@b.org") for n in range(1, 5)], kind="Bulk")
    some = undo_edit(gate.session, bulk.group_id or 0, only=[2, 3])
    assert (some.record_count, some.skipped_count) == (2, 0)
    assert [gate.waiting(n)["Email"] for n in range(1, 5)] == ["1@b.org", "1@x", "2@x", "4@b.org"]
    rest = undo_edit(gate.session, bulk.group_id or 0, skip_conflicts=True)
    assert (rest.record_count, rest.skipped_count) == (2, 2)
    assert [gate.waiting(n)["Email"] for n in range(1, 5)] == ["0@x", "1@x", "2@x", "3@x"]


def test_a_later_edit_that_stands_on_it_refuses_the_undo_and_says_whose(one: Gate, berta: Session) -> None:
    first = one.edit(1, Email="a@b.org", Phone=None)
    edit_records(berta, [Edit(1, 2, "Email", "c@d.org")])
    before = one.backend.dump()
    with pytest.raises(Conflict, match="edited again by berta") as refused:
        undo_edit(one.session, first.group_id or 0)
    assert (refused.value.facts.what, refused.value.facts.who) == ("later edit", "berta")
    assert one.backend.dump() == before
    skipped = undo_edit(one.session, first.group_id or 0, skip_conflicts=True)
    assert (skipped.group_id, skipped.skipped_count) == (None, 1)
    assert one.waiting()["Phone"] is None


def test_of_several_later_edits_the_one_that_stands_on_it_is_named(one: Gate, berta: Session) -> None:
    first = one.edit(1, Email="a@b.org")
    edit_records(berta, [Edit(1, 2, "Email", "c@d.org")])
    one.edit(1, Phone=None)
    with pytest.raises(Conflict, match="edited again by berta") as refused:
        undo_edit(one.session, first.group_id or 0)
    (theirs,) = [row for row in one.session.select("Revision_History") if row["New_Value"] == "c@d.org"]
    assert (refused.value.facts.who, refused.value.facts.count) == ("berta", 1)
    assert instant(refused.value.facts.when) == instant(theirs["Edited_At"])


def test_a_later_edit_of_another_cell_is_no_obstacle(one: Gate) -> None:
    first = one.edit(1, Email="a@b.org")
    one.edit(1, Phone=None)
    undo_edit(one.session, first.group_id or 0)
    assert (one.waiting()["Email"], one.waiting()["Phone"]) == (BAD_MAIL, None)


def test_a_later_edit_that_was_itself_undone_is_no_obstacle(one: Gate) -> None:
    first = one.edit(1, Email="a@b.org")
    second = one.edit(1, Email="c@d.org")
    undo_edit(one.session, second.group_id or 0)
    undo_edit(one.session, first.group_id or 0)
    assert one.waiting()["Email"] == BAD_MAIL
    assert [standing for *_, standing in revisions(one)] == [False, False, True, True]


def test_an_edit_is_undone_once(one: Gate) -> None:
    edited = one.edit(1, Email="a@b.org")
    undo_edit(one.session, edited.group_id or 0)
    with pytest.raises(Conflict):
        undo_edit(one.session, edited.group_id or 0)
    assert len(revisions(one)) == 2


def test_an_edit_that_was_redone_and_taken_back_again_is_redone_by_the_last_of_these(one: Gate) -> None:
    edited = one.edit(1, Email="a@b.org")
    undone = undo_edit(one.session, edited.group_id or 0)
    redone = undo_edit(one.session, undone.group_id or 0)
    again = undo_edit(one.session, redone.group_id or 0)
    for over in (edited, undone, redone):
        with pytest.raises(Conflict, match="was edited again"):
            undo_edit(one.session, over.group_id or 0)
    undo_edit(one.session, again.group_id or 0)
    assert one.waiting()["Email"] == "a@b.org"


def test_a_redone_edit_stands_like_one_that_was_typed(one: Gate) -> None:
    first = one.edit(1, Email="a@b.org")
    second = one.edit(1, Email="c@d.org")
    undone = undo_edit(one.session, second.group_id or 0)
    undo_edit(one.session, undone.group_id or 0)
    with pytest.raises(Conflict):
        undo_edit(one.session, first.group_id or 0)
    assert one.waiting()["Email"] == "c@d.org"


def test_what_was_never_edited_cannot_be_undone(one: Gate) -> None:
    with pytest.raises(Refused, match="no edit 7"):
        undo_edit(one.session, 7)


def test_the_history_of_a_cell_tells_which_values_stand(one: Gate) -> None:
    edited = one.edit(1, Email="a@b.org")
    undo_edit(one.session, edited.group_id or 0)
    mine = [Filter("Quarantine_ID", "=", 1)]
    rows = one.session.select("Revision_History", filters=mine, order=[Order("Revision_ID")])
    assert [(r["Edit_Kind"], r["New_Value"], r["Undoes_Revision_ID"]) for r in rows] == [
        ("Edit", "a@b.org", None),
        ("Undo", BAD_MAIL, 1),
    ]

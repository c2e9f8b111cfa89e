"""Of records that one reviews, those of an erased person are marked and no others, and the mark stays while it must."""

from __future__ import annotations

import pytest
from gates import ERASED_SUBJECT, Gate
from people import GONE, person, source

from divegov_gui.core.errors import Conflict
from divegov_gui.services import review, subjects
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.tombstones import ErasureKey


@pytest.fixture
def gate(gate: Gate) -> Gate:
    """Ada was erased. Record 1 is she again, as the gate has seen; 2, 3 and 4 are others with a wrong phone each."""
    gate.take_in([GONE])
    subjects.erase(gate.session, 1, "Article 17", key=ErasureKey())
    others = [
        person(email=f"{name}@example.org", first_name=name, phone="?") for name in ("Bob", "Cyd", "Dee")
    ]
    ingest(gate.session, source([GONE, *others], name="desk"))
    return gate


def marked(gate: Gate) -> list[int]:
    """The records that are marked, by the numbers that they have here."""
    return [n for n, row in enumerate(gate.queue(), start=1) if row["Failed_Checks"] & ERASED_SUBJECT]


def edit(gate: Gate, which: int, **values: str | None) -> review.Edited:
    return gate.edit(gate.queue()[which - 1]["Quarantine_ID"], **values)


def versions(gate: Gate, *which: int) -> list[tuple[int, int]]:
    rows = gate.queue()
    return gate.versions_of(*(rows[n - 1]["Quarantine_ID"] for n in which))


def test_who_was_never_erased_is_edited_and_sent_again_unmarked(gate: Gate) -> None:
    edit(gate, 2, Phone=None, Last_Name="Day")
    assert marked(gate) == [1]
    done = review.resubmit_records(gate.session, versions(gate, 2))
    assert (done.passed_count, done.failing) == (1, ())


def test_a_mark_stands_beside_everything_else_that_is_wrong(gate: Gate) -> None:
    values = {"First_Name": "Al", "Last_Name": "B", "Email": "ada@gone.example", "Phone": "?"}
    judged = review.check_records(gate.session, {1: {**values, "Date_Of_Birth": "soon"}, 2: values})
    bits = {r["Rule_Code"]: r["Check_Bit"] for r in gate.session.select("Rule_Checks")}
    assert judged[1].failed_checks == ERASED_SUBJECT | bits["PHONE_FORMAT"] | bits["DOB_FORMAT"]
    assert judged[2].failed_checks == ERASED_SUBJECT | bits["PHONE_FORMAT"] | bits["DOB_MISSING"]
    edit(gate, 2, Email="ada@gone.example")
    assert gate.queue()[1]["Failed_Checks"] == ERASED_SUBJECT | bits["PHONE_FORMAT"]


def test_a_mark_that_typing_made_stays_with_another_email_and_goes_with_the_undo(gate: Gate) -> None:
    typed = edit(gate, 2, Email="ada@gone.example")
    assert marked(gate) == [1, 2]
    other = edit(gate, 2, Email="bob@elsewhere.example")
    assert marked(gate) == [1, 2], "who was typed once may still be them"
    review.undo_edit(gate.session, other.group_id or 0)
    review.undo_edit(gate.session, typed.group_id or 0)
    assert marked(gate) == [1]


def test_a_mark_that_the_gate_made_stays_whatever_is_undone(gate: Gate) -> None:
    typed = edit(gate, 1, Email="someone@example.org")
    review.undo_edit(gate.session, typed.group_id or 0)
    assert marked(gate) == [1]


def test_of_several_that_are_kept_as_one_the_erased_person_is_known_again(gate: Gate) -> None:
    kept, other = versions(gate, 2, 3)
    edits = [review.Edit(*kept, "Email", "ada@gone.example")]
    review.keep_record(gate.session, kept, edits, "one person", [other])
    assert marked(gate) == [1, 2]
    with pytest.raises(Conflict):
        review.keep_record(gate.session, kept, edits, "one person", [other])


def test_one_of_many_that_are_sent_again_is_kept_and_the_others_pass(gate: Gate) -> None:
    edit(gate, 2, Phone=None)
    edit(gate, 3, Phone=None, Email="ada@gone.example")
    edit(gate, 4, Phone=None)
    done = review.resubmit_records(gate.session, versions(gate, 2, 3, 4))
    assert (done.passed_count, done.failing) == (2, (("ERASED_SUBJECT", 1),))
    assert [row["Status"] for row in gate.queue()] == ["Open", "Released", "Open", "Released"]


def test_a_mark_goes_through_the_gate_with_its_record_whatever_its_values_say_by_then(gate: Gate) -> None:
    edit(gate, 2, Phone=None, Email="ada@gone.example")
    edit(gate, 2, Email="bob@elsewhere.example")
    done = review.resubmit_records(gate.session, versions(gate, 2))
    assert (done.passed_count, done.failing) == (0, (("ERASED_SUBJECT", 1),))
    assert gate.queue()[1]["Failed_Rules"] == "ERASED_SUBJECT"
    assert marked(gate) == [1, 2]


def test_what_comes_again_word_for_word_is_marked_where_it_was(gate: Gate) -> None:
    """As another program would ask for it, which tells nobody who the records are."""
    gate.take_in([person(email="fay@example.org", phone="?")])
    gate.session.call("Replay_Batch", batch_id=2)
    told = [(r["Quarantine_ID"], r["Attempt"]) for r in gate.reasons() if r["Rule_Code"] == "ERASED_SUBJECT"]
    first = gate.queue()[0]["Quarantine_ID"]
    assert told == [(first, 1), (first, 2)]
    gate.session.call("Replay_Batch", batch_id=3)
    assert marked(gate) == [1]


def test_who_is_known_again_by_all_that_they_were_is_one_person(gate: Gate) -> None:
    whole = {
        "First_Name": "Ada",
        "Last_Name": "Gone",
        "Email": "ada@gone.example",
        "Date_Of_Birth": "1971-03-09",
    }
    assert review.check_records(gate.session, {1: whole})[1].failed_checks == ERASED_SUBJECT
    edit(gate, 2, Phone=None, **whole)
    assert marked(gate) == [1, 2]
    done = review.resubmit_records(gate.session, versions(gate, 2))
    assert (done.passed_count, done.failing) == (0, (("ERASED_SUBJECT", 1),))

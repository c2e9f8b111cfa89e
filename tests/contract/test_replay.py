"""A batch governed again: the same content, judged as today; nobody is made twice, and nothing of it waits twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from gates import Gate, codes
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person

from divegov_gui.core.errors import Cancelled, Refused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Filter, Order
from divegov_gui.services import history, merging, review, subjects
from divegov_gui.services.replay import Replay, Turn, compare, replay
from divegov_gui.services.tombstones import ErasureKey

Make = Callable[[], Gate]
THREE = [person(), person(email="?"), person(email="bob@example.org", phone="?")]


def again(gate: Gate, batch: int = 1, **how: bool) -> Replay:
    return replay(gate.session, batch, **how)


def change(gate: Gate, diver: int, **values: str | None) -> None:
    history.update(gate.session, gate.current(diver), values.items(), "asked by phone")


def test_nothing_has_changed_and_nothing_is_different(gate: Gate) -> None:
    gate.take_in(THREE)
    divers, waiting = gate.divers(), [(r["Quarantine_ID"], r["Status"]) for r in gate.queue()]
    done = again(gate)
    assert (done.batch_id, done.erased, done.purged, done.is_rehearsed) == (2, 0, 0, False)
    assert (done.outcomes.loaded, done.outcomes.unchanged, done.outcomes.quarantined) == (3, 1, 2)
    assert done.comparison.turns == (
        Turn("Same place", "Quarantined", "Quarantined", 2),
        Turn("Same diver", "Promoted", "Unchanged", 1),
    )
    assert (done.comparison.different, done.comparison.new_divers, done.comparison.records) == (0, 0, ())
    assert gate.divers() == divers
    assert [(r["Quarantine_ID"], r["Status"]) for r in gate.queue()] == waiting
    assert [r["Attempt_Count"] for r in gate.queue()] == [2, 2]


def test_it_is_a_batch_of_its_own_and_known_as_the_same_content(gate: Gate) -> None:
    gate.take_in(THREE, content="harbour")
    again(gate)
    first, second = gate.session.select("Batch_Summary")
    for name in ("Source_Name", "Source_Kind", "Content_Hash", "Declared_Count", "Loaded_Count"):
        assert first[name] == second[name], name
    assert second["Status"] == "Governed"
    opened = gate.session.call(
        "Open_Batch", source_name="x", source_kind="file", content_hash="harbour", declared_count=3
    )
    assert (opened[-1][0]["Batch_ID"], opened[-1][0]["Earlier_Batch_ID"]) == (None, 1)
    (check,) = gate.session.select("Conservation_Check", filters=[Filter("Batch_ID", "=", 2)])
    assert check["Is_Balanced"]


def test_a_rehearsal_says_what_would_be_and_leaves_nothing(gate: Gate) -> None:
    gate.take_in(THREE)
    before = gate.backend.dump()
    rehearsed = again(gate, rehearse=True)
    assert gate.backend.dump() == before
    done = again(gate)
    assert (done.outcomes, done.comparison) == (rehearsed.outcomes, rehearsed.comparison)


def test_a_rule_that_was_changed_since_is_why_records_turn_out_differently(gate: Gate) -> None:
    gate.take_in(THREE)
    gate.set_rule("PHONE_FORMAT", "tried out before", is_enabled=0)
    done = again(gate)
    assert Turn("Let in", "Quarantined", "Promoted", 1) in done.comparison.turns
    assert done.comparison.new_divers == 1
    (changed,) = done.comparison.records
    assert (changed.source_row, changed.kind, changed.diver_id) == (3, "Let in", gate.fates(2)[2].diver_id)
    (cause,) = done.comparison.changes
    assert (cause.code, cause.reason, cause.after.is_enabled) == ("PHONE_FORMAT", "tried out before", False)
    assert {r.code: (r.first, r.second) for r in done.comparison.rules} == {
        "EMAIL_FORMAT": (1, 1),
        "PHONE_FORMAT": (1, 0),
    }


def test_a_diver_who_was_changed_since_waits_for_a_steward(gate: Gate) -> None:
    gate.take_in([person()])
    change(gate, 1, Last_Name="King")
    done = again(gate)
    assert done.comparison.turns == (Turn("Stopped", "Promoted", "Quarantined", 1),)
    assert len(gate.divers()) == 1
    assert codes(gate.fates(2)[0]) == {"DUPLICATE_OF_DIVER"}


def test_who_was_let_in_with_a_warning_fails_that_warning_again_and_is_nobodys_rival(gate: Gate) -> None:
    gate.take_in([person(phone="?")])
    review.resubmit_records(gate.session, gate.versions_of(1), waive_warnings=True, reason="rang them")
    again(gate)
    assert codes(gate.fates(3)[0]) == {"PHONE_FORMAT"}
    assert len(gate.divers()) == 1


@pytest.mark.parametrize("alike", [True, False])
def test_where_somebody_else_has_the_email_now_it_is_theirs(gate: Gate, alike: bool) -> None:
    """Diver 1 became another by email; the same words came again from elsewhere and made diver 2."""
    gate.take_in([person(), person(email="bob@example.org")])
    change(gate, 1, Email="countess@example.org")
    (heir,) = gate.take_in([person()])
    if not alike:
        change(gate, heir.diver_id or 0, First_Name="Augusta")
    again(gate)
    ada, bob = gate.fates(3)
    if alike:
        assert (ada.outcome, ada.diver_id) == ("Unchanged", heir.diver_id)
    else:
        assert (ada.outcome, codes(ada)) == ("Quarantined", {"DUPLICATE_OF_DIVER"})
        assert {reason["Diver_ID"] for reason in gate.reasons()} == {heir.diver_id}
    assert (bob.outcome, bob.diver_id) == ("Unchanged", 2)


def test_of_a_batch_only_those_wait_who_became_somebody_else(gate: Gate) -> None:
    people = [person(email=f"{name}@example.org", first_name=name) for name in ("Ada", "Bea", "Cyd")]
    gate.take_in([*people, person(email="?", phone="?")])
    change(gate, 2, Email="b@elsewhere.org")
    again(gate)
    assert [fate.outcome for fate in gate.fates(2)] == [
        "Unchanged",
        "Quarantined",
        "Unchanged",
        "Quarantined",
    ]
    assert codes(gate.fates(2)[1]) == {"DUPLICATE_OF_DIVER"}
    assert codes(gate.fates(2)[3]) == {"EMAIL_FORMAT", "PHONE_FORMAT"}


def test_a_diver_with_another_email_by_now_is_not_made_a_second_time(gate: Gate) -> None:
    gate.take_in([person()])
    change(gate, 1, Email="countess@example.org")
    assert again(gate).comparison.turns == (Turn("Stopped", "Promoted", "Quarantined", 1),)
    assert again(gate).outcomes.promoted == 0, "nor the third time, when the second made nobody"
    assert [d["Email"] for d in gate.divers()] == ["countess@example.org"]
    (waiting,) = gate.queue()
    assert waiting["Failed_Rules"] == "DUPLICATE_OF_DIVER"
    assert {reason["Diver_ID"] for reason in gate.reasons()} == {1}


# -- Somebody known by where their record came from --------------------------------------------------------------


@pytest.fixture
def renamed(gate: Gate) -> Gate:
    """Ada has another email by now, and waits with the one that she came with."""
    gate.take_in([person()])
    change(gate, 1, Email="countess@example.org")
    again(gate)
    assert gate.standing(1) == {"DUPLICATE_OF_DIVER"}
    return gate


def send(gate: Gate) -> review.Resubmitted:
    return review.resubmit_records(gate.session, gate.versions_of(1))


@pytest.mark.parametrize("rule", [None, "DUPLICATE_OF_DIVER", "PHONE_FORMAT"])
def test_judging_the_records_again_knows_them_still(renamed: Gate, rule: str | None) -> None:
    renamed.session.call("Retest_Quarantine", rule_code=rule)
    assert renamed.standing(1) == {"DUPLICATE_OF_DIVER"}


@pytest.mark.parametrize(
    "values", [{"Phone": "5550001111"}, {"Email": "third@example.org", "Last_Name": "Else"}]
)
def test_whatever_is_edited_they_are_who_they_are_and_the_gate_knows_it(
    renamed: Gate, values: dict[str, str]
) -> None:
    edited = renamed.edit(1, **values)
    assert renamed.standing(1) == {"DUPLICATE_OF_DIVER"}
    assert edited.group_id is not None
    for _ in range(2):
        sent = send(renamed)
        assert (sent.passed_count, sent.collided_count) == (0, 1)
        assert sent.failing == (("DUPLICATE_OF_DIVER", 1),)
        (record,) = sent.records
        assert record.diver_id == 1
    assert len(renamed.divers()) == 1
    review.undo_edit(renamed.session, edited.group_id)
    assert renamed.standing(1) == {"DUPLICATE_OF_DIVER"}


def test_sent_again_as_they_came_they_make_nobody(renamed: Gate) -> None:
    assert send(renamed).failing == (("DUPLICATE_OF_DIVER", 1),)
    assert len(renamed.divers()) == 1


def test_with_the_email_that_the_diver_has_now_nothing_is_left_to_do(renamed: Gate) -> None:
    edited = renamed.edit(1, Email="countess@example.org")
    assert renamed.standing(1) == set()
    assert edited.group_id is not None
    undone = review.undo_edit(renamed.session, edited.group_id)
    assert renamed.standing(1) == {"DUPLICATE_OF_DIVER"}
    assert undone.group_id is not None
    review.undo_edit(renamed.session, undone.group_id)
    assert send(renamed).unchanged_count == 1
    assert len(renamed.divers()) == 1
    assert renamed.waiting(1)["Diver_ID"] == 1


def test_where_the_diver_is_gone_the_record_is_nobody_and_may_come_in(renamed: Gate) -> None:
    history.delete(renamed.session, renamed.current(), "left")
    renamed.session.call("Retest_Quarantine", rule_code="DUPLICATE_OF_DIVER")
    assert renamed.standing(1) == set()
    assert send(renamed).passed_count == 1
    assert [d["Email"] for d in renamed.divers()] == [person()["email"]]


def test_they_are_compared_with_the_diver_and_merged(renamed: Gate) -> None:
    renamed.edit(1, Phone="5550001111")
    sides = merging.read_sides(renamed.session, 1)
    assert sides.diver is not None
    assert sides.diver.key == 1
    merging.merge(renamed.session, sides, {"Phone": "5550001111"}, "the same person", ())
    assert renamed.waiting(1)["Status"] == "Merged"
    (ada,) = renamed.divers()
    assert (ada["Email"], ada["Phone"]) == ("countess@example.org", "5550001111")


def test_an_erasure_takes_along_what_waits_of_them_whatever_it_says(renamed: Gate) -> None:
    renamed.edit(1, Email="third@example.org", Last_Name="Else", Date_Of_Birth="1999-01-01")
    subjects.erase(renamed.session, 1, "asked to", key=ErasureKey())
    assert not any("third@example.org" in line for line in renamed.backend.dump())


def test_an_erasure_takes_along_what_waits_of_them_though_it_never_named_them(gate: Gate) -> None:
    gate.take_in([person(email="ada@example..org", last_name="Misheard", date_of_birth="1990-05-18")])
    gate.edit(1, Email="ada@example.org", Last_Name="Heard", Date_Of_Birth="1990-05-17")
    review.resubmit_records(gate.session, gate.versions_of(1))
    again(gate)
    assert gate.standing(2) == {"EMAIL_FORMAT", "DUPLICATE_OF_DIVER"}
    subjects.erase(gate.session, 1, "asked to", key=ErasureKey())
    assert not any("misheard" in line.lower() for line in gate.backend.dump())


def test_another_persons_record_with_a_former_email_of_a_diver_is_theirs(gate: Gate) -> None:
    """What met the diver by the email that they shared is free when the diver has another."""
    gate.take_in([person(), person(email="bob@example.org", first_name="Bob")])
    gate.take_in([person(first_name="Cyd", last_name="Day")])
    assert gate.standing(1) == {"DUPLICATE_OF_DIVER"}
    change(gate, 1, Email="countess@example.org")
    gate.session.call("Retest_Quarantine", rule_code="DUPLICATE_OF_DIVER")
    assert gate.standing(1) == set()
    assert send(gate).passed_count == 1


def test_a_record_that_a_steward_put_right_makes_nobody_when_its_rule_is_off(gate: Gate) -> None:
    gate.take_in([person(email="ada@example..org")])
    gate.edit(1, Email="ada@example.org")
    gate.session.call("Resubmit_Records", versions='{"1": 2}')
    gate.set_rule("EMAIL_FORMAT", is_enabled=0)
    done = again(gate)
    assert done.outcomes.promoted == 0
    assert done.comparison.turns == (Turn("New place", "Quarantined", "Quarantined", 1),)
    assert [d["Email"] for d in gate.divers()] == ["ada@example.org"]


def test_the_same_file_taken_in_again_is_known_just_so(gate: Gate) -> None:
    gate.take_in([person()], content="harbour")
    change(gate, 1, Email="countess@example.org")
    (fate,) = gate.take_in([person()], content="harbour", again=True)
    assert (fate.outcome, codes(fate)) == ("Quarantined", {"DUPLICATE_OF_DIVER"})
    (other,) = gate.take_in([person()], content="another")
    assert other.outcome == "Promoted", "another content may bring another person"


def test_a_diver_who_was_deleted_comes_back_and_it_is_said(gate: Gate) -> None:
    gate.take_in([person()])
    history.delete(gate.session, gate.current(), "left")
    done = again(gate)
    assert done.comparison.turns == (Turn("Other diver", "Promoted", "Promoted", 1),)
    assert done.comparison.new_divers == 1


def test_what_was_purged_is_left_out_and_counted(gate: Gate) -> None:
    gate.take_in(THREE, received_on="2020-01-01")
    gate.session.call("Purge_Batches", received_before="2021-01-01", reason="old")
    done = again(gate)
    assert (done.erased, done.purged) == (0, 1)
    assert (done.outcomes.loaded, done.outcomes.quarantined) == (2, 2)
    assert done.comparison.turns == (Turn("Same place", "Quarantined", "Quarantined", 2),)


def test_where_nothing_is_kept_it_is_refused(gate: Gate) -> None:
    gate.take_in([person()], received_on="2020-01-01")
    gate.session.call("Purge_Batches", received_before="2021-01-01", reason="old")
    with pytest.raises(Refused, match="no longer kept: it was purged, or erased") as told:
        again(gate)
    assert told.value.hint == "Whoever still has given can ingest it again: it is known as the same content."
    assert len(gate.session.select("Batch_Summary")) == 1


def test_an_erased_person_is_left_out(gate: Gate) -> None:
    gate.take_in([person(), person(email="bob@example.org", first_name="Bob")])
    subjects.erase(gate.session, 1, "asked to", key=ErasureKey())
    done = again(gate)
    assert (done.erased, done.purged) == (1, 0)
    assert (done.outcomes.loaded, done.outcomes.unchanged) == (1, 1)


@pytest.mark.parametrize("batch", [0, 7, 99])
def test_only_a_governed_batch_can_be_governed_again(gate: Gate, batch: int) -> None:
    gate.take_in([person()])
    gate.open(3)
    with pytest.raises(Refused, match=f"There is no governed batch {batch}"):
        again(gate, batch)


def test_what_stewards_sent_again_is_resubmitted_from_the_quarantine(gate: Gate) -> None:
    gate.take_in([person(email="?")])
    gate.edit(1, Email="ada@example.org")
    gate.session.call("Resubmit_Records", versions='{"1": 2}')
    with pytest.raises(Refused, match="Batch 2 is what stewards sent again"):
        again(gate, 2)


def test_of_several_batches_the_one_that_is_named_comes_again_word_for_word(gate: Gate) -> None:
    full = person(phone="5550001111", certification="Rescue Diver", source_reference="A-1")
    gate.take_in([person(email="x@example.org")])
    gate.take_in([full, person(email="?", source_reference="B-2"), person(email="y@example.org", phone="?")])
    gate.take_in([person(email="z@example.org")])
    done = again(gate, 2)
    assert (done.batch_id, done.outcomes.loaded) == (4, 3)
    batches = gate.session.select("Batch_Summary", order=[Order("Batch_ID")])
    assert [batch["Loaded_Count"] for batch in batches] == [1, 3, 1, 3]
    first, second = (
        [
            [row[name] for name in ("Source_Row", *COLUMNS, "Payload")]
            for row in gate.session.select(
                "Raw_Divers", filters=[Filter("Batch_ID", "=", batch)], order=[Order("Source_Row")]
            )
        ]
        for batch in (2, 4)
    )
    assert first == second


def test_the_ground_truth_of_the_batch_goes_with_it_and_no_other(gate: Gate) -> None:
    for name, row in (("Ada", 1), ("Bea", 2)):
        people = [person(email=f"{name}{n}@example.org", first_name=name, phone="?") for n in (1, 2)]
        batch = gate.load(people, kind="synthetic")
        gate.session.call("Load_Ground_Truth", batch_id=batch, defects=f'[[{row}, "PHONE_FORMAT"]]')
        gate.govern(batch)
    again(gate, 2)
    told = gate.backend.run("SELECT Batch_ID, Source_Row FROM Injected_Defect ORDER BY Batch_ID, Source_Row")
    assert [tuple(row) for row in told] == [(1, 1), (2, 2), (3, 2)]


def test_the_ground_truth_goes_with_it(gate: Gate) -> None:
    batch = gate.load([person(), person(email="?")], kind="synthetic")
    gate.session.call("Load_Ground_Truth", batch_id=batch, defects='[[2, "EMAIL_FORMAT"]]')
    gate.govern(batch)
    again(gate)
    scores = [
        [
            (s["Defect_Code"], s["Injected_Count"], s["Found_Count"], s["Unexpected_Count"])
            for s in gate.session.select("Batch_Score", filters=[Filter("Batch_ID", "=", one)])
        ]
        for one in (1, 2)
    ]
    assert scores[0] == scores[1] == [("EMAIL_FORMAT", 1, 1, 0), ("CLEAN_RECORD", 1, 0, 0)]


def test_it_can_be_stopped_and_then_nothing_was_done(gate: Gate) -> None:
    gate.take_in(THREE)
    before = gate.backend.dump()
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        replay(gate.session, 1, progress=stop, cancel=cancel)
    assert gate.backend.dump() == before


def test_two_runs_can_be_compared_later(gate: Gate) -> None:
    gate.take_in(THREE)
    gate.set_rule("PHONE_FORMAT", is_enabled=0)
    done = again(gate)
    gate.set_rule("EMAIL_FORMAT", severity="warning")
    later = compare(gate.session, 1, 2)
    assert later is not None
    assert sorted(later.turns, key=str) == sorted(done.comparison.turns, key=str)
    assert (later.rules, later.changes) == (done.comparison.rules, done.comparison.changes)
    gate.take_in([person(email="carl@example.org")])
    assert compare(gate.session, 1, 3) is None


EMAILS = st.sampled_from(["ada@example.org", "bob@example.org", "?", None])
PEOPLE = st.lists(
    st.builds(
        lambda email, phone, first: person(email=email, phone=phone, first_name=first),
        EMAILS,
        st.sampled_from([None, "?", "+49 30 1234567"]),
        st.sampled_from(["Ada", "Bob", ""]),
    ),
    min_size=1,
    max_size=6,
)


@given(PEOPLE, st.booleans(), st.sampled_from([None, "new@example.org"]))
@settings(max_examples=40, deadline=None)
def test_no_person_is_made_twice_and_nothing_is_lost(
    make_gate: Make, people: list[dict[str, str | None]], switched: bool, renamed: str | None
) -> None:
    gate = make_gate()
    with closing(gate.session):
        first = gate.take_in(people)
        if switched:
            gate.set_rule("PHONE_FORMAT", is_enabled=0)
        if renamed is not None and gate.divers():
            change(gate, gate.divers()[0]["Diver_ID"], Email=renamed)
        promised = again(gate, rehearse=True)
        done = again(gate)
        assert (done.outcomes, done.comparison) == (promised.outcomes, promised.comparison)
        assert sum(turn.records for turn in done.comparison.turns) == done.outcomes.loaded == len(people)
        (check,) = gate.session.select("Conservation_Check", filters=[Filter("Batch_ID", "=", 2)])
        assert check["Is_Balanced"]
        for before, after in zip(first, gate.fates(2), strict=True):
            if before.diver_id is not None:
                assert after.diver_id in (before.diver_id, None)
                assert after.outcome != "Promoted"
            else:
                assert after.quarantine_id in (before.quarantine_id, None)

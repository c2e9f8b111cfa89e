"""What becomes of a record: promoted, unchanged, duplicate or quarantined, and never two of them."""

from __future__ import annotations

import pytest
from gates import Fate, Gate, codes
from people import person, raw_records

from divegov_gui.core.errors import Refused
from divegov_gui.database.session import Filter

IN_BATCH = ("DUPLICATE_IN_BATCH", "Email")
OF_DIVER = ("DUPLICATE_OF_DIVER", "Email")


def outcomes(fates: list[Fate]) -> list[str | None]:
    return [fate.outcome for fate in fates]


# Promoted, Unchanged, Quarantined -----------------------------------------------------------------------------


def test_a_valid_record_becomes_a_diver_who_remembers_the_batch(gate: Gate) -> None:
    (fate,) = gate.take_in([person(phone="+1 (555) 000-1111", certification="owd", source_reference="A-1")])
    (diver,) = gate.divers()
    assert fate.outcome == "Promoted"
    assert diver["Diver_ID"] == fate.diver_id
    assert (diver["Phone"], diver["Source_Reference"]) == ("+15550001111", "A-1")
    assert diver["Change_Reason"] == "Promoted from batch 1"


def test_an_identical_record_of_a_later_batch_leaves_the_diver_unchanged(gate: Gate) -> None:
    gate.take_in([person(phone="+1 555 000 1111", certification="OWD")])
    before = gate.divers()
    (fate,) = gate.take_in(
        [
            person(
                email=" ADA@Example.ORG ",
                phone="+1.555.000-1111",
                certification="Open Water",
                first_name=" Ada ",
            )
        ]
    )
    assert (fate.outcome, fate.diver_id, fate.verdict) == ("Unchanged", before[0]["Diver_ID"], frozenset())
    assert gate.divers() == before
    assert gate.versions(before[0]["Diver_ID"]) == before


def test_the_source_reference_makes_no_other_record(gate: Gate) -> None:
    gate.take_in([person(source_reference="A-1")])
    (fate,) = gate.take_in([person(source_reference="B-2")])
    assert fate.outcome == "Unchanged"
    assert gate.divers()[0]["Source_Reference"] == "A-1"


@pytest.mark.parametrize(
    "change",
    [
        {"first_name": "Ida"},
        {"first_name": "ada"},
        {"last_name": "Lovelacé"},
        {"phone": "5550001111"},
        {"date_of_birth": "1990-05-18"},
        {"certification": "OWD"},
    ],
    ids=str,
)
def test_the_email_of_a_diver_with_other_data_waits_for_a_steward(gate: Gate, change: dict[str, str]) -> None:
    gate.take_in([person()])
    before = gate.divers()
    (fate,) = gate.take_in([person(**change)])
    assert (fate.outcome, fate.verdict) == ("Quarantined", {OF_DIVER})
    assert gate.divers() == before


def test_a_record_that_lacks_what_the_diver_has_differs(gate: Gate) -> None:
    gate.take_in([person(phone="5550001111", certification="OWD")])
    fates = gate.take_in([person(certification="OWD")]) + gate.take_in([person(phone="5550001111")])
    assert [fate.verdict for fate in fates] == [{OF_DIVER}, {OF_DIVER}]


def test_an_invalid_record_with_a_divers_email_names_both_reasons(gate: Gate) -> None:
    gate.take_in([person()])
    (fate,) = gate.take_in([person(phone="?")])
    assert fate.verdict == {OF_DIVER, ("PHONE_FORMAT", "Phone")}


def test_an_invalid_record_that_says_the_same_of_the_diver_is_not_called_different(gate: Gate) -> None:
    gate.take_in([person()])
    (fate,) = gate.take_in([person(payload="[]")])
    assert (fate.outcome, fate.verdict) == ("Quarantined", {("PAYLOAD_INVALID", "Payload")})


def test_an_unknown_level_is_another_one_than_none(gate: Gate) -> None:
    gate.take_in([person()])
    (fate,) = gate.take_in([person(certification="???")])
    assert fate.verdict == {OF_DIVER, ("CERTIFICATION_UNKNOWN", "Certification")}


def test_a_record_without_a_good_email_is_compared_with_nobody(gate: Gate) -> None:
    fates = gate.take_in([person(email=None), person(email=None), person(email="x@y"), person(email="x@y")])
    assert [codes(fate) for fate in fates] == [{"EMAIL_MISSING"}] * 2 + [{"EMAIL_FORMAT"}] * 2


def test_a_bad_email_is_compared_with_nobody_even_where_a_diver_has_it(gate: Gate) -> None:
    switch = "UPDATE Quality_Rule SET Is_Enabled = ? WHERE Rule_Code = 'EMAIL_FORMAT'"
    gate.backend.run(switch, (0,))
    assert gate.take_in([person(email="x@y")])[0].outcome == "Promoted"
    gate.backend.run(switch, (1,))
    fates = gate.take_in([person(email="x@y"), person(email="x@y", first_name="Eve")])
    assert [codes(fate) for fate in fates] == [{"EMAIL_FORMAT"}] * 2


def test_a_quarantined_record_keeps_what_it_brought(gate: Gate) -> None:
    brought = person(first_name=" Ada\t", phone=" ? ", certification="owd ", source_reference="R")
    (fate,) = gate.take_in([brought])
    (waiting,) = gate.queue()
    assert waiting["Quarantine_ID"] == fate.quarantine_id
    for name in ("first_name", "phone", "certification", "source_reference", "email"):
        assert waiting[name.title()] == brought[name]
    assert (waiting["Status"], waiting["Attempt_Count"], waiting["Record_Version"]) == ("Open", 1, 1)
    assert waiting["Failed_Rules"] == "PHONE_FORMAT"


# Duplicates within a batch ------------------------------------------------------------------------------------


def test_the_same_record_again_is_a_duplicate_whatever_its_spelling(gate: Gate) -> None:
    fates = gate.take_in(
        [
            person(email="Ada@Example.org", phone="+1 (555) 000-1111", certification="OWD"),
            person(email=" ada@example.org", phone="+1.555.000.1111", certification="open water diver"),
            person(
                email="ADA@EXAMPLE.ORG\u00a0",
                phone="+15550001111",
                certification="Open Water",
                first_name="Ada ",
            ),
        ]
    )
    assert outcomes(fates) == ["Duplicate", "Duplicate", "Promoted"]
    assert len({fate.diver_id for fate in fates}) == 1
    assert all(fate.verdict == frozenset() for fate in fates)
    assert len(gate.divers()) == 1


def test_of_different_records_the_newest_is_promoted_and_the_older_wait(gate: Gate) -> None:
    fates = gate.take_in([person(first_name="Old"), person(first_name="Older"), person(first_name="New")])
    assert outcomes(fates) == ["Quarantined", "Quarantined", "Promoted"]
    assert [fate.verdict for fate in fates] == [{IN_BATCH}, {IN_BATCH}, frozenset()]
    assert [diver["First_Name"] for diver in gate.divers()] == ["New"]


def test_where_the_newest_is_invalid_the_newest_valid_one_is_promoted(gate: Gate) -> None:
    fates = gate.take_in([person(first_name="A"), person(first_name="B"), person(first_name="C", phone="?")])
    assert outcomes(fates) == ["Quarantined", "Promoted", "Quarantined"]
    assert fates[0].verdict == {IN_BATCH}
    assert fates[2].verdict == {IN_BATCH, ("PHONE_FORMAT", "Phone")}


def test_where_none_is_valid_nobody_is_promoted_and_each_says_why(gate: Gate) -> None:
    fates = gate.take_in([person(first_name="A", phone="?"), person(first_name="B", date_of_birth="?")])
    assert outcomes(fates) == ["Quarantined", "Quarantined"]
    assert fates[0].verdict == {IN_BATCH, ("PHONE_FORMAT", "Phone")}
    assert fates[1].verdict == {("DOB_FORMAT", "Date_Of_Birth")}
    assert gate.divers() == []


def test_each_variant_is_told_once_and_its_copies_follow_it(gate: Gate) -> None:
    a, b, c = (person(first_name=name) for name in "ABC")
    fates = gate.take_in([a, b, a, c, b, c, a])
    assert outcomes(fates) == ["Duplicate"] * 2 + [
        "Duplicate",
        "Duplicate",
        "Quarantined",
        "Quarantined",
        "Promoted",
    ]
    assert fates[0].diver_id == fates[2].diver_id == fates[6].diver_id is not None
    assert fates[1].quarantine_id == fates[4].quarantine_id is not None
    assert fates[3].quarantine_id == fates[5].quarantine_id is not None
    assert len(gate.queue()) == 2


def test_copies_of_an_invalid_record_wait_as_one(gate: Gate) -> None:
    fates = gate.take_in([person(phone="?"), person(phone=" ?"), person(phone="?")])
    assert outcomes(fates) == ["Duplicate", "Duplicate", "Quarantined"]
    assert len({fate.quarantine_id for fate in fates}) == 1
    assert len(gate.queue()) == 1


def test_a_damaged_copy_is_no_copy(gate: Gate) -> None:
    fates = gate.take_in([person(), person(payload="[]")])
    assert outcomes(fates) == ["Promoted", "Quarantined"]
    assert fates[1].verdict == {IN_BATCH, ("PAYLOAD_INVALID", "Payload")}


def test_records_that_differ_by_a_letters_case_or_an_unknown_level_are_different(gate: Gate) -> None:
    fates = gate.take_in(
        [person(first_name="ada"), person(certification="4"), person(certification="OWD"), person()]
    )
    assert outcomes(fates) == ["Quarantined", "Quarantined", "Quarantined", "Promoted"]


def test_copies_of_a_diver_are_unchanged_and_what_differs_names_both_rivals(gate: Gate) -> None:
    gate.take_in([person()])
    fates = gate.take_in(
        [person(), person(first_name="B"), person(first_name="C"), person(), person(first_name="C")]
    )
    assert outcomes(fates) == ["Unchanged", "Quarantined", "Duplicate", "Unchanged", "Quarantined"]
    assert fates[1].verdict == {OF_DIVER, IN_BATCH}
    assert fates[4].verdict == {OF_DIVER}
    assert fates[2].quarantine_id == fates[4].quarantine_id
    assert len(gate.divers()) == 1


# The same content again ---------------------------------------------------------------------------------------

MIXED = [
    person(first_name="Old"),
    person(),
    person(),
    person(email="bob@example.org", phone="?"),
    person(email="cyd@example.org"),
    person(email=None),
]


def test_the_same_content_again_adds_nobody_and_parks_nothing_twice(gate: Gate) -> None:
    gate.take_in(MIXED, content="mixed")
    divers, waiting = gate.divers(), gate.queue()
    fates = gate.take_in(MIXED, content="mixed", again=True)
    assert outcomes(fates) == [
        "Quarantined",
        "Unchanged",
        "Unchanged",
        "Quarantined",
        "Unchanged",
        "Quarantined",
    ]
    assert gate.divers() == divers
    again = gate.queue()
    assert [q["Quarantine_ID"] for q in again] == [q["Quarantine_ID"] for q in waiting]
    assert [q["Attempt_Count"] for q in again] == [2, 2, 2]
    assert [q["Record_Version"] for q in again] == [2, 2, 2]
    assert all(q["Status"] == "Open" for q in again)


def test_violations_are_appended_and_never_overwritten(gate: Gate) -> None:
    gate.take_in(MIXED, content="mixed")
    first = [(r["Quarantine_ID"], r["Attempt"], r["Rule_Code"], r["Recorded_At"]) for r in gate.reasons()]
    gate.take_in(MIXED, content="mixed", again=True)
    both = [(r["Quarantine_ID"], r["Attempt"], r["Rule_Code"], r["Recorded_At"]) for r in gate.reasons()]
    assert [reason for reason in both if reason[1] == 1] == first
    assert {reason[:3] for reason in both if reason[1] == 2} == {
        (1, 2, "DUPLICATE_OF_DIVER"),
        (2, 2, "PHONE_FORMAT"),
        (3, 2, "EMAIL_MISSING"),
    }
    assert [r["Attempt"] for r in gate.reasons() if r["Is_Current"]] == [2, 2, 2]
    assert gate.queue()[0]["Failed_Rules"] == "DUPLICATE_OF_DIVER"


def test_a_waiting_record_in_another_source_is_the_same_attempt_again(gate: Gate) -> None:
    gate.take_in([person(phone="?")])
    fates = gate.take_in([person(email="dee@example.org"), person(phone="?")])
    assert fates[1].quarantine_id == 1
    assert [q["Attempt_Count"] for q in gate.queue()] == [2]


def test_damaged_records_of_two_sources_that_look_the_same_are_two(gate: Gate) -> None:
    damaged = person(payload="null", email=None)
    gate.take_in([damaged])
    gate.take_in([damaged, damaged])
    assert gate.session.count("Quarantine_Queue", [Filter("Status", "=", "Open")]) == 3


def test_a_record_that_was_discarded_and_comes_again_is_parked_anew(gate: Gate) -> None:
    gate.take_in([person(phone="?")])
    gate.backend.run(
        "UPDATE Data_Quarantine SET Status = 'Discarded', Resolved_At = '2026-01-01 00:00:00.000000'"
    )
    (fate,) = gate.take_in([person(phone="?")])
    assert fate.quarantine_id == 2
    assert [(q["Status"], q["Attempt_Count"]) for q in gate.queue()] == [("Discarded", 1), ("Open", 1)]


def test_the_number_of_a_deleted_diver_is_never_given_again(gate: Gate) -> None:
    gate.take_in([person(), person(email="bob@example.org")])
    gate.backend.run("DELETE FROM Diver")
    fates = gate.take_in([person(email="cyd@example.org"), person()])
    assert [fate.diver_id for fate in fates] == [3, 4]
    assert [v["First_Name"] for v in gate.versions(2)] == ["Ada"]


# Batches ------------------------------------------------------------------------------------------------------


def test_a_chunk_sent_twice_is_loaded_once(gate: Gate) -> None:
    records = raw_records([person(email=f"p{n}@example.org") for n in range(4)])
    batch = gate.open(4)
    assert [gate.send(batch, records[:3]), gate.send(batch, records[1:3]), gate.send(batch, records)] == [
        3,
        3,
        4,
    ]
    assert gate.govern(batch)["promoted"] == 4


def test_a_batch_is_governed_when_it_is_whole_and_not_before(gate: Gate) -> None:
    batch = gate.open(2)
    gate.send(batch, raw_records([person()]))
    before = gate.backend.dump()
    with pytest.raises(Refused, match="is not loaded whole: 1 of 2 records are there"):
        gate.govern(batch)
    assert gate.backend.dump() == before


def test_more_records_than_declared_are_refused_and_none_of_the_chunk_is_kept(gate: Gate) -> None:
    batch = gate.open(1)
    with pytest.raises(Refused):
        gate.send(batch, raw_records([person(), person()]))
    assert gate.session.count("Raw_Divers") == 0


def test_a_governed_batch_takes_no_more_records(gate: Gate) -> None:
    gate.take_in([person()])
    with pytest.raises(Refused, match="is not open for loading"):
        gate.send(1, raw_records([person(email="bob@example.org")], first_row=2))


def test_a_chunk_that_comes_again_when_the_batch_is_governed_is_there_already(gate: Gate) -> None:
    gate.take_in([person(), person(email="bob@example.org")])
    before = gate.backend.dump()
    gate.send(1, raw_records([person(), person(email="bob@example.org")]))
    assert gate.backend.dump() == before


@pytest.mark.parametrize("count", [0, -1])
def test_an_empty_batch_is_refused(gate: Gate, count: int) -> None:
    with pytest.raises(Refused, match="at least one record"):
        gate.open(count)
    assert gate.session.count("Batch_Summary") == 0


def test_an_unknown_batch_is_refused(gate: Gate) -> None:
    with pytest.raises(Refused, match="There is no batch 9"):
        gate.govern(9)
    with pytest.raises(Refused, match="Batch 9 is not open"):
        gate.send(9, [])


def test_governing_twice_reports_the_same_and_changes_nothing_at_all(gate: Gate) -> None:
    batch = gate.load(MIXED)
    report = gate.govern(batch)
    before = gate.backend.dump()
    assert gate.govern(batch) == report
    assert gate.backend.dump() == before


def test_a_rehearsal_reports_what_governing_would_and_leaves_nothing(gate: Gate) -> None:
    gate.take_in([person(email="zoe@example.org")])
    batch = gate.load(MIXED)
    before = gate.backend.dump()
    rehearsed = gate.govern(batch, rehearse=1)
    assert gate.backend.dump() == before
    assert gate.fates(batch)[0].outcome is None
    assert gate.govern(batch) == rehearsed


def test_content_that_was_governed_opens_no_batch_unless_it_is_asked_for(gate: Gate) -> None:
    gate.take_in([person()], content="c")
    opened = gate.session.call(
        "Open_Batch", source_name="s", source_kind="file", content_hash="c", declared_count=1
    )[-1][0]
    assert (opened["Batch_ID"], opened["Earlier_Batch_ID"]) == (None, 1)
    assert gate.open(1, content="c", again=True) == 2
    assert gate.open(1, content="c") == 2, "the unfinished batch goes on"


# The catalogue ------------------------------------------------------------------------------------------------


def test_a_rule_that_is_switched_off_rejects_nobody(gate: Gate) -> None:
    gate.backend.run(
        "UPDATE Quality_Rule SET Is_Enabled = 0 WHERE Rule_Code IN ('PHONE_FORMAT', 'NAME_CHARACTERS')"
    )
    fates = gate.take_in([person(phone="?", first_name="4da"), person(email="x@y")])
    assert [codes(fate) for fate in fates] == [set(), {"EMAIL_FORMAT"}]


def test_a_rule_that_the_tables_rest_on_cannot_be_switched_off(gate: Gate) -> None:
    mandatory = [Filter("Is_Mandatory", "=", True)]
    rules = {row["Rule_Code"] for row in gate.session.select("Rule_Catalogue", ["Rule_Code"], mandatory)}
    assert {"EMAIL_MISSING", "DOB_FORMAT", "DUPLICATE_IN_BATCH", "DUPLICATE_OF_DIVER"} <= rules
    for rule in rules:
        with pytest.raises(Exception, match="CHECK"):
            gate.backend.run(f"UPDATE Quality_Rule SET Is_Enabled = 0 WHERE Rule_Code = '{rule}'")


def test_a_threshold_counts_from_the_batch_that_is_governed_next(gate: Gate) -> None:
    people = [person(date_of_birth="2012-03-01"), person(email="bob@example.org", date_of_birth="2012-03-02")]
    batch = gate.load(people, received_on="2026-03-01")
    gate.backend.run("UPDATE Quality_Rule SET Threshold = 14 WHERE Rule_Code = 'AGE_BELOW_MINIMUM'")
    gate.govern(batch)
    assert [codes(fate) for fate in gate.fates(batch)] == [set(), {"AGE_BELOW_MINIMUM"}]


def test_a_rule_without_a_threshold_fails_nobody_and_hides_no_other(gate: Gate) -> None:
    young = person(date_of_birth="2025-01-01", certification="Divemaster", phone="none")
    batch = gate.load(
        [young, person(email="bob@example.org", date_of_birth="1890-01-01")], received_on="2026-03-01"
    )
    gate.backend.run("UPDATE Quality_Rule SET Threshold = NULL")
    gate.govern(batch)
    assert [codes(fate) for fate in gate.fates(batch)] == [{"PHONE_FORMAT"}, set()]


def test_age_counts_at_the_day_of_receipt_and_not_of_governing(gate: Gate) -> None:
    people = [person(date_of_birth="2016-03-01")]
    assert codes(gate.take_in(people, received_on="2026-02-28")[0]) == {"AGE_BELOW_MINIMUM"}
    assert codes(gate.take_in(people, received_on="2026-03-01")[0]) == set()


def test_every_rule_of_the_design_is_in_the_catalogue_with_its_severity(gate: Gate) -> None:
    rules = {row["Rule_Code"]: row for row in gate.session.select("Rule_Catalogue")}
    assert len(rules) == 18
    assert {code for code, rule in rules.items() if rule["Severity"] == "warning"} == {
        "ERASED_SUBJECT",
        "PHONE_FORMAT",
        "NAME_CHARACTERS",
        "AGE_ABOVE_MAXIMUM",
        "CERTIFICATION_UNDERAGE",
    }
    assert {code: rule["Threshold"] for code, rule in rules.items() if rule["Threshold"] is not None} == {
        "AGE_BELOW_MINIMUM": 10,
        "AGE_ABOVE_MAXIMUM": 110,
        "CERTIFICATION_UNDERAGE": 18,
    }
    assert all(rule["Wording"] and rule["Hint"] for rule in rules.values())


# Records that try it on ---------------------------------------------------------------------------------------


def test_a_record_that_is_code_or_enormous_is_only_data(gate: Gate) -> None:
    fates = gate.take_in(
        [
            person(
                first_name="Robert'); DROP TABLE Diver;--", last_name='" OR a=a', email="bobby@example.org"
            ),
            person(email="a@" + "a." * 200_000),
            person(email="a@" * 200_000),
            person(email="-" * 400_000),
            person(phone="1" * 400_000),
            person(first_name="*[" * 100_000, email="glob@example.org"),
            person(email="%@example.org"),
            person(email="*@example.org"),
        ]
    )
    assert [codes(fate) for fate in fates] == [
        set(),
        *[{"EMAIL_FORMAT", "FIELD_TOO_LONG"}] * 3,
        {"PHONE_FORMAT", "FIELD_TOO_LONG"},
        {"FIELD_TOO_LONG"},
        set(),
        set(),
    ]

"""Requests of data subjects: all that is held is handed over; an erased person is found nowhere, and known again."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from gates import ERASED_SUBJECT, Gate
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person, source

from divegov_gui.core.errors import DiveGovError, InputRefused, Refused
from divegov_gui.core.records import COLUMNS
from divegov_gui.services import diver_search, history, review, subjects
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.manifest import seal_of
from divegov_gui.services.papers import Words
from divegov_gui.services.privacy import reveal
from divegov_gui.services.replay import replay
from divegov_gui.services.subject_papers import certificate_paper
from divegov_gui.services.subjects import Certificate, Erased
from divegov_gui.services.tombstones import ErasureKey

DISTINCT = (
    "Quillfeather",
    "quill@secret.example",
    "4477665511",
    "Oldname",
    "old@secret.example",
    "REF-QUILL",
)
"""What nobody else is called, and is written nowhere but about this person."""

SECRET = person(
    first_name="Ada",
    last_name="Oldname",
    email="old@secret.example",
    phone="+1 447 766 5511",
    date_of_birth="1971-03-09",
    certification="owd",
    source_reference="REF-QUILL",
)


@pytest.fixture
def key(tmp_path: Path) -> ErasureKey:
    return ErasureKey(folder=tmp_path / "key")


@pytest.fixture
def gate(gate: Gate) -> Gate:
    """A person who came, came again otherwise, was parked, edited, renamed and looked at; and others beside them."""
    gate.take_in([SECRET, person(email="bob@example.org", first_name="Bob", date_of_birth="1971-03-09")])
    gate.take_in([SECRET, {**SECRET, "email": "", "last_name": "OLDNAME"}, {**SECRET, "phone": "?"}])
    parked = gate.queue()[0]
    edits = [[parked["Quarantine_ID"], parked["Record_Version"], "Email", "quill@secret"]]
    gate.session.call("Edit_Records", edits=json.dumps(edits), reason="Quillfeather called", kind="Edit")
    changes = {"Last_Name": "Quillfeather", "Email": "quill@secret.example"}
    history.update(gate.session, gate.current(), changes.items(), "Mrs Quillfeather married")
    diver_search.prepare_search(gate.session)
    reveal(gate.session, 1, "Phone", "Quillfeather asked")
    gate.load([SECRET])
    return gate


def dive(gate: Gate) -> None:
    gate.backend.run(
        "INSERT INTO Dive_Log (Diver_ID, Dive_Site_ID, Dived_On, Max_Depth_M, Minutes) "
        "VALUES (1, 1, '2026-01-01', 9, 9)"
    )
    gate.backend.run(
        "INSERT INTO Certification (Diver_ID, Certification_Level_ID, Agency, Card_Number, Issued_On) "
        "VALUES (1, 4, 'PADI', 'CARD-QUILL', '2020-01-01')"
    )


def erase(gate: Gate, key: ErasureKey) -> Erased:
    return subjects.erase(gate.session, 1, "They asked us to", key=key)


def traces(gate: Gate) -> list[str]:
    """What of the person stands in any table."""
    dump = "\n".join(gate.backend.dump()).lower()
    return [value for value in DISTINCT if value.lower() in dump]


def bytes_left(gate: Gate) -> list[str]:
    """What of the person stands in the files, free pages and logs included."""
    path = gate.backend.path  # type: ignore[attr-defined]
    held = b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*")).lower()
    return [value for value in DISTINCT if value.lower().encode() in held]


# -- Export ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_purged", [False, True])
def test_an_erased_record_is_not_even_known_by_the_hash_of_its_payload(
    gate: Gate, key: ErasureKey, is_purged: bool
) -> None:
    def hashes() -> list[int]:
        return [row[0] for row in gate.backend.run("SELECT Quarantine_ID FROM Quarantine_Payload")]

    if is_purged:
        gate.take_in([{**SECRET, "phone": "long ago"}], received_on="2020-01-01")
        last = max(q["Quarantine_ID"] for q in gate.queue())
        review.discard_records(gate.session, gate.versions_of(last), "test_data", None)
        gate.session.call("Purge_Batches", received_before="2021-01-01", reason="Kept long enough")
        assert last in hashes()
    held = len(hashes())
    rows = {line.place: line.rows for line in subjects.rehearse_erasure(gate.session, 1).lines}
    erase(gate, key)
    assert len(hashes()) == held - rows["Data_Quarantine"]


def test_an_export_holds_everything_that_is_held(gate: Gate) -> None:
    dive(gate)
    export = subjects.export_subject(gate.session, 1, "Article 15")
    counts = {part: len(rows) for part, rows in export.parts.items()}
    assert counts == {
        "versions": 2,
        "deletions": 0,
        "source_records": 5,
        "quarantine": 2,
        "violations": 3,
        "edits": 1,
        "events": 0,
        "dives": 1,
        "bookings": 0,
        "cards": 1,
        "reveals": 1,
    }
    assert export.parts["versions"][0]["Email"] == "old@secret.example"
    assert not any("bob@" in str(row) for rows in export.parts.values() for row in rows)
    assert "secret" not in repr(export)


def test_an_export_is_logged_and_needs_a_reason_and_a_diver(gate: Gate) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        subjects.export_subject(gate.session, 1, " ")
    with pytest.raises(Refused, match="no diver 99"):
        subjects.export_subject(gate.session, 99, "Article 15")
    subjects.export_subject(gate.session, 1, "Article 15")
    assert gate.actions().count("Export_Subject") == 1


# -- Erasure --------------------------------------------------------------------------------------------------


def test_a_rehearsal_tells_what_will_go_and_changes_nothing(gate: Gate) -> None:
    before = gate.backend.dump()
    inventory = subjects.rehearse_erasure(gate.session, 1)
    assert gate.backend.dump() == before
    rows = {line.place: (line.rows, line.fate) for line in inventory.lines}
    assert rows["Diver"] == (1, "Removed")
    assert rows["Diver_History"] == (1, "Removed")
    assert rows["Raw_Record"] == (5, "Emptied")
    assert rows["Data_Quarantine"] == (2, "Emptied")
    assert rows["Edit_Group"] == (1, "Emptied")
    assert not inventory.is_kept
    assert "Quill" not in repr(inventory)


def test_it_is_told_with_which_batches_the_person_came_for_their_files_are_elsewhere(
    gate: Gate, key: ErasureKey
) -> None:
    assert subjects.rehearse_erasure(gate.session, 1).batches == (1, 2, 3)
    certificate = erase(gate, key).certificate
    assert certificate.facts["batches"] == [1, 2, 3]
    said = " ".join(block.text for block in certificate_paper(certificate).blocks if isinstance(block, Words))
    assert "came with batches 1, 2, 3" in said
    assert "backups are no part of the database" in said


def test_nothing_of_an_erased_person_is_found_in_any_table(gate: Gate, key: ErasureKey) -> None:
    assert traces(gate) == list(DISTINCT)
    erase(gate, key)
    assert traces(gate) == []
    assert [d["Email"] for d in gate.divers()] == ["bob@example.org"]
    assert diver_search.search(gate.session, "quill") == diver_search.search(gate.session, "oldname") == ()


@pytest.mark.sqlite_only
def test_nothing_of_an_erased_person_is_found_in_the_files(gate: Gate, key: ErasureKey) -> None:
    assert bytes_left(gate) == list(DISTINCT)
    erase(gate, key)
    assert bytes_left(gate) == []


def test_a_file_that_was_called_after_the_person_is_called_so_no_more(gate: Gate, key: ErasureKey) -> None:
    now = {**SECRET, "last_name": "Quillfeather", "email": "quill@secret.example"}
    for number, name in enumerate(("Quillfeather, Ada.csv", "from quill@secret.example.csv", "the desk.csv")):
        ingest(gate.session, source([{**now, "phone": f"+1 447 766 552{number}"}], name=name))
    (line,) = [x for x in subjects.rehearse_erasure(gate.session, 1).lines if x.place == "Ingestion_Batch"]
    assert (line.rows, line.fate) == (2, "Anonymised")
    assert subjects.find_traces(gate.session, [("Email", "quill@secret.example")])["Ingestion_Batch"] == 1
    certificate = erase(gate, key).certificate
    names = [batch["Source_Name"] for batch in gate.session.select("Batch_Summary")]
    assert [name for name in names if "erased" in name] == ["erased-4", "erased-5"]
    assert names[-1] == "the desk.csv"
    assert certificate.is_clean
    assert traces(gate) == []


def test_what_refers_to_the_person_stays_about_nobody(gate: Gate, key: ErasureKey) -> None:
    dive(gate)
    erased = erase(gate, key)
    fates = {line.place: line.fate for line in erased.lines if line.rows}
    assert (fates["Diver"], fates["Dive_Log"], fates["Certification"]) == (
        "Anonymised",
        "Stays",
        "Anonymised",
    )
    (version,) = history.timeline(gate.session, 1).versions
    assert version.values == ("Erased", "Diver", "erased-1@erased.invalid", None, "1900-01-01", None, None)
    assert gate.session.select("Diver_Logbook", ["Diver_ID", "Dive_Count"]) == [
        {"Diver_ID": 1, "Dive_Count": 1}
    ]
    assert traces(gate) == []
    assert "CARD-QUILL" not in "\n".join(gate.backend.dump())


def test_counts_still_balance_and_other_records_are_left_alone(gate: Gate, key: ErasureKey) -> None:
    batches = gate.session.select("Batch_Summary")
    outcomes = gate.session.select("Raw_Divers", ["Raw_ID", "Outcome", "Diver_ID", "Quarantine_ID"])
    bob = gate.session.select("Raw_Divers")[1]
    erase(gate, key)
    assert gate.session.select("Batch_Summary") == batches
    assert gate.session.select("Raw_Divers", ["Raw_ID", "Outcome", "Diver_ID", "Quarantine_ID"]) == outcomes
    assert gate.session.select("Raw_Divers")[1] == bob
    assert {q["Status"] for q in gate.queue()} == {"Discarded"}


def test_the_log_stays_whole_and_says_who_erased_whom(gate: Gate, key: ErasureKey) -> None:
    before = gate.session.select("Action_Log")
    erase(gate, key)
    after = gate.session.select("Action_Log")
    assert after[: len(before)] == before
    assert [(r["Action"], r["Subject_ID"]) for r in after[len(before) :]] == [("Erase_Diver", 1)]


def test_an_erasure_that_fails_half_way_erases_nothing(gate: Gate, key: ErasureKey) -> None:
    before = gate.backend.dump()
    with pytest.raises(DiveGovError):
        subjects.erase(gate.session, 1, "", key=key)
    with pytest.raises(DiveGovError):
        gate.session.call("Erase_Diver", diver_id=99, reason="who?")
    assert gate.backend.dump() == before


TOKENS = st.lists(
    st.tuples(st.sampled_from(["rename", "arrive", "spoil", "edit", "restore"]), st.integers(100, 999)),
    min_size=1,
    max_size=8,
)


@pytest.mark.sqlite_only
@given(TOKENS)
@settings(max_examples=25, deadline=None)
def test_whatever_happened_to_a_person_nothing_of_it_is_left(
    make_gate: Any, tmp_path_factory: pytest.TempPathFactory, happened: list[tuple[str, int]]
) -> None:
    """Each value that the person ever has is a word of its own, so that it can be looked for in the files."""
    words: set[str] = set()
    gate = make_gate()

    def word(number: int, kind: str) -> str:
        made = f"{kind}{''.join(chr(97 + int(digit)) for digit in str(number))}{len(words)}x"
        words.add(made)
        return made

    with closing(gate.session):
        gate.take_in([{**SECRET, "email": f"{word(100, 'mail')}@example.org", "last_name": "Quillfeather"}])
        for kind, number in happened:
            befall(gate, kind, word(number, kind))
        erase(gate, ErasureKey(folder=tmp_path_factory.mktemp("key")))
        path = gate.backend.path
        held = b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*")).lower()
        assert [each for each in (*words, "quillfeather", "4477665511") if each.encode() in held] == []


def befall(gate: Gate, kind: str, word: str) -> None:
    """Something that happens to diver 1, with a new word in it."""
    life = history.timeline(gate.session, 1)
    current = life.current
    assert current is not None
    known = {"email": current.value("Email"), "first_name": "Ada", "last_name": "Quillfeather"}
    if kind == "rename":
        changes = {"Email": f"{word}@example.org", "Source_Reference": word.upper()}
        history.update(gate.session, current, changes.items(), f"{word} asked")
    elif kind == "restore" and len(life.versions) > 1:
        history.restore(gate.session, current, life.versions[0], f"{word} was right")
    elif kind == "arrive":
        gate.take_in([{**SECRET, **known, "source_reference": word}])
    elif kind == "spoil":
        gate.take_in([{**SECRET, **known, "phone": word}])
    elif kind == "edit":
        gate.take_in([{**SECRET, **known, "phone": f"?{word}"}])
        parked = gate.queue()[-1]
        edits = [[parked["Quarantine_ID"], parked["Record_Version"], "Email", f"{word}@elsewhere"]]
        gate.session.call("Edit_Records", edits=json.dumps(edits), reason=f"{word} said so", kind="Edit")


ERASED_FROM = {
    *("Diver", "Diver_History", "Search_Term", "Diver_Deletion", "Diver_Reveal", "Certification"),
    *("Raw_Record", "Data_Quarantine", "Quarantine_Violation", "Quarantine_Revision", "Quarantine_Event"),
    *("Quarantine_Payload", "Edit_Group", "Ingestion_Batch"),
}
NAMES_NOBODY = {
    *("Schema_Script", "Schema_Object", "Stored_Procedure", "Transaction_Context", "Steward_Action"),
    *("Certification_Level", "Certification_Alias", "Discard_Code", "Dive_Site", "Equipment", "Dive_Tour"),
    *("Dive_Tour_History", "Dive_Participation", "Dive_Log", "Dive_Log_Equipment", "Quality_Rule"),
    *("Quality_Rule_History", "Rule_Check", "Record_Outcome", "Injected_Defect"),
    *("Batch_Rule_Count", "Search_Progress", "Erasure_Tombstone", "Raw_Flag", "Security_Role"),
    *("Quarantine_Diver", "Masked_Column", "Unmask_Grant", "Object_Grant"),
}


@pytest.mark.sqlite_only
def test_every_table_is_either_erased_from_or_names_nobody(gate: Gate) -> None:
    """A new table has to be thought of here, and where it holds something of a person, in Erase_Diver."""
    tables = {
        row[0]
        for row in gate.backend.run(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    }
    assert tables == ERASED_FROM | NAMES_NOBODY


# -- The certificate ------------------------------------------------------------------------------------------


def test_a_certificate_tells_what_was_done_and_names_nobody(gate: Gate, key: ErasureKey) -> None:
    certificate = erase(gate, key).certificate
    assert certificate.is_clean
    assert certificate.facts["diver_id"] == 1
    assert certificate.facts["rows"] > 10
    assert len(certificate.facts["verification"]["value_hashes"]) > 10
    assert not any(value.lower() in certificate.to_json().lower() for value in DISTINCT)


def test_a_certificate_is_verified_and_a_changed_one_is_not(gate: Gate, key: ErasureKey) -> None:
    kept = erase(gate, key).certificate.to_json()
    assert subjects.verify_certificate(gate.session, subjects.read_certificate(kept)).holds
    for old, new in (('"rows": ', '"rows": 1'), ('"diver_id": 1', '"diver_id": 2')):
        changed = subjects.read_certificate(kept.replace(old, new, 1))
        assert not subjects.verify_certificate(gate.session, changed).holds
    for text in ("[]", "{", "7", '{"certificate": "erasure"}', kept.replace('"left": {}', '"left": []')):
        with pytest.raises(Refused, match="no certificate"):
            subjects.read_certificate(text)


def test_a_certificate_that_somebody_made_up_is_known_where_the_key_is(
    gate: Gate, key: ErasureKey, tmp_path: Path
) -> None:
    """Anybody can compute a seal anew; the signature takes the key."""
    facts = dict(erase(gate, key).certificate.facts)
    forged = {**facts, "erased_by": "somebody else"}
    forged["seal"] = seal_of(forged)
    made_up = Certificate(forged)
    there = subjects.verify_certificate(gate.session, Certificate(facts), key=key)
    assert (there.holds, there.notes) == (True, ())
    assert not subjects.verify_certificate(gate.session, made_up, key=key).holds
    elsewhere = subjects.verify_certificate(gate.session, made_up, key=ErasureKey(folder=tmp_path / "other"))
    assert elsewhere.notes == ("Its signature can only be checked where the erasure key is.",)


def test_a_person_who_is_still_there_makes_a_certificate_false(gate: Gate, key: ErasureKey) -> None:
    certificate = erase(gate, key).certificate
    assert subjects.find_traces(gate.session, [("Email", "bob@example.org")]) == {"Diver": 1, "Raw_Record": 1}
    assert not Certificate(
        {**certificate.facts, "verification": {**certificate.facts["verification"], "left": {"Diver": 1}}}
    ).is_clean


@pytest.mark.sqlite_only
def test_a_file_that_somebody_reads_is_told_not_to_be_rewritten_yet(gate: Gate, key: ErasureKey) -> None:
    with closing(sqlite3.connect(gate.backend.path, isolation_level=None)) as reader:  # type: ignore[attr-defined]
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM Diver").fetchone()
        certificate = erase(gate, key).certificate
    assert not certificate.is_clean
    assert certificate.facts["verification"]["left"] == {}
    assert not subjects.verify_certificate(gate.session, certificate).holds
    assert subjects.rewrite_file(gate.session)["is_rewritten"]
    assert bytes_left(gate) == []


# -- Known again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"email": " OLD@Secret.example ", "last_name": "Somebody"},
        {"email": "quill@secret.example", "first_name": "Else"},
        {"email": "new@other.example"},
        {"email": "new@other.example", "last_name": "QUILLFEATHER"},
    ],
)
def test_an_erased_person_who_arrives_again_is_kept_for_a_steward(
    gate: Gate, changed: dict[str, str]
) -> None:
    erase(gate, ErasureKey())
    arrivals = [{**SECRET, **changed}, person(email="new@example.org", first_name="Cyd")]
    outcomes = ingest(gate.session, source(arrivals, name="again")).batch.outcomes
    assert outcomes is not None
    assert (outcomes.promoted, outcomes.quarantined) == (1, 1)
    (reason,) = [r for r in gate.reasons() if r["Rule_Code"] == "ERASED_SUBJECT"]
    assert reason["Severity"] == "warning"


def test_a_steward_may_let_an_erased_person_in_again_with_a_reason(gate: Gate) -> None:
    erase(gate, ErasureKey())
    ingest(gate.session, source([SECRET], name="again"))
    parked = [q for q in gate.queue() if q["Status"] == "Open"]
    assert len(parked) == 1
    edits = [[parked[0]["Quarantine_ID"], parked[0]["Record_Version"], "Last_Name", "Newname"]]
    gate.session.call("Edit_Records", edits=json.dumps(edits), reason="typo", kind="Edit")
    assert resubmit(gate)["Passed_Count"] == 0
    assert resubmit(gate, waive_warnings=1, reason="came back")["Passed_Count"] == 1
    assert "Newname" in {d["Last_Name"] for d in gate.divers()}


def resubmit(gate: Gate, **how: Any) -> dict[str, Any]:
    """Resubmit what waits; returns the counts."""
    records = {q["Quarantine_ID"]: q["Record_Version"] for q in gate.queue() if q["Status"] == "Open"}
    results = gate.session.call("Resubmit_Records", versions=json.dumps(records), **how)
    return next(dict(rows[0]) for rows in results if rows and "Passed_Count" in rows[0])


def test_without_the_key_nothing_is_ingested_where_people_were_erased(
    gate: Gate, key: ErasureKey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "elsewhere"))
    erase(gate, key)
    with pytest.raises(InputRefused, match="not on this computer"):
        ingest(gate.session, source([person(email="x@example.org")]))
    ErasureKey().find_or_make()
    with pytest.raises(InputRefused, match="not on this computer"):
        ingest(gate.session, source([person(email="x@example.org")]))


AGAIN = {
    "the email": {"Email": " OLD@Secret.example"},
    "a former email": {"Email": "quill@secret.example"},
    "the name with the date of birth": {
        "First_Name": "ada",
        "Last_Name": "Oldname",
        "Date_Of_Birth": "1971-03-09",
    },
}
"""By what the erased person is known again, whoever types it."""


@pytest.fixture
def parked(gate: Gate) -> Gate:
    """The person is erased; another one waits in quarantine, with an email that is none."""
    erase(gate, ErasureKey())
    ingest(
        gate.session, source([person(email="cyd@nowhere", first_name="Cyd", last_name="Day")], name="desk")
    )
    return gate


def waiting(gate: Gate) -> dict[str, Any]:
    """The one record that waits."""
    (record,) = [q for q in gate.queue() if q["Status"] == "Open"]
    return dict(record)


def edit(gate: Gate, changes: dict[str, str]) -> review.Edited:
    return gate.edit(waiting(gate)["Quarantine_ID"], **changes)


def send(gate: Gate, **how: Any) -> review.Resubmitted:
    return review.resubmit_records(gate.session, gate.versions_of(waiting(gate)["Quarantine_ID"]), **how)


@pytest.mark.parametrize("what", AGAIN)
def test_whoever_types_an_erased_person_is_told_at_once_and_the_gate_keeps_them(
    parked: Gate, what: str
) -> None:
    record = waiting(parked)
    values = {column: record[column] for column in COLUMNS}
    new = {"Email": "cyd@example.org", **AGAIN[what]}
    judged = review.check_records(
        parked.session, {1: {**values, **new}, 2: {**values, "Email": "cyd@example.org"}}
    )
    assert (judged[1].failed_checks, judged[2].failed_checks) == (ERASED_SUBJECT, 0)
    assert edit(parked, new).records[0].failed_checks == ERASED_SUBJECT
    assert waiting(parked)["Failed_Checks"] == ERASED_SUBJECT
    rehearsed, sent = send(parked, rehearse=True), send(parked)
    assert rehearsed.failing == sent.failing == (("ERASED_SUBJECT", 1),)
    assert sent.passed_count == 0
    assert send(parked, waive_warnings=True, reason="has come back").passed_count == 1


def test_what_is_undone_before_anybody_sent_it_leaves_no_mark(parked: Gate) -> None:
    edited = edit(parked, {"Email": "cyd@example.org"} | AGAIN["the name with the date of birth"])
    assert edited.records[0].failed_checks == ERASED_SUBJECT
    assert edited.group_id is not None
    (record,) = review.undo_edit(parked.session, edited.group_id).records
    assert record.failed_checks & ERASED_SUBJECT == 0
    edit(parked, AGAIN["the email"])
    (record,) = edit(parked, {"Phone": "5550001111"}).records
    assert record.failed_checks == ERASED_SUBJECT, "another cell takes no mark away"


def test_an_edit_that_told_nobody_who_it_is_is_seen_at_the_gate(parked: Gate) -> None:
    """As another program, or a steward without the key, would edit."""
    record = waiting(parked)
    cell = [record["Quarantine_ID"], record["Record_Version"], "Email", "quill@secret.example"]
    parked.session.call("Edit_Records", edits=json.dumps([cell]), reason="typo", kind="Edit")
    assert waiting(parked)["Failed_Checks"] == 0
    assert send(parked, rehearse=True).failing == (("ERASED_SUBJECT", 1),)
    assert send(parked).failing == (("ERASED_SUBJECT", 1),)


WRITTEN = {
    "in capitals": ("ÅSA", "SJÖBERG-STRASSE"),
    "with accents of their own": (
        unicodedata.normalize("NFD", "Åsa"),
        unicodedata.normalize("NFD", "Sjöberg-Straße"),
    ),
    "in wide letters": ("Åｓａ", "Ｓｊöｂｅｒｇ-Straße"),
    "with a soft hyphen": ("Åsa", "Sjö\u00adberg-Straße"),
}
"""Ways to write Åsa Sjöberg-Straße."""
ASA = {"first_name": "Åsa", "last_name": "Sjöberg-Straße", "date_of_birth": "1980-02-03"}


@pytest.fixture
def asa(gate: Gate) -> int:
    """The diver Åsa, and Asa Sjoberg-Strasse of the same day beside her, who is somebody else."""
    other = {"first_name": "Asa", "last_name": "Sjoberg-Strasse", "date_of_birth": "1980-02-03"}
    gate.take_in([person(email="asa@example.org", **ASA), person(email="asa2@example.org", **other)])
    (number,) = [d["Diver_ID"] for d in gate.divers() if d["Email"] == "asa@example.org"]
    return int(number)


@pytest.mark.parametrize("how", WRITTEN)
def test_a_record_is_theirs_in_whatever_way_their_name_is_written(gate: Gate, asa: int, how: str) -> None:
    first, last = WRITTEN[how]
    gate.take_in([person(email="?", first_name=first, last_name=last, date_of_birth="1980-02-03")])
    gate.take_in(
        [person(email="?", first_name="Asa", last_name="Sjoberg-Strasse", date_of_birth="1980-02-03")]
    )
    gate.load([person(email="?", first_name=first, last_name=last, date_of_birth="1980-02-03")])
    held = subjects.export_subject(gate.session, asa, "Article 15")
    assert [row["Last_Name"] for row in held.parts["quarantine"]] == [last]
    assert [row["Last_Name"] for row in held.parts["source_records"]] == ["Sjöberg-Straße", last, last]


@pytest.mark.parametrize("how", WRITTEN)
def test_an_erasure_leaves_their_name_in_no_spelling(gate: Gate, asa: int, key: ErasureKey, how: str) -> None:
    first, last = WRITTEN[how]
    gate.take_in([person(email="?", first_name=first, last_name=last, date_of_birth="1980-02-03")])
    parked = [(q["Quarantine_ID"], q["Record_Version"]) for q in gate.queue() if q["Status"] == "Open"]
    edits = [review.Edit(number, version, "Phone", "5550001111") for number, version in parked]
    review.edit_records(gate.session, edits, reason=f"{last} called", kind="Bulk")
    subjects.erase(gate.session, asa, "Article 17", key=key)
    assert last not in "\n".join(gate.backend.dump())
    assert any(d["Last_Name"] == "Sjoberg-Strasse" for d in gate.divers())


@pytest.mark.parametrize("how", WRITTEN)
def test_an_erased_person_is_known_again_in_whatever_way_their_name_is_written(
    gate: Gate, asa: int, how: str
) -> None:
    subjects.erase(gate.session, asa, "Article 17", key=ErasureKey())
    first, last = WRITTEN[how]
    arrivals = [
        person(email="back@example.org", first_name=first, last_name=last, date_of_birth="1980-02-03")
    ]
    ingest(gate.session, source(arrivals, name="again"))
    assert [r["Rule_Code"] for r in gate.reasons() if r["Raw_ID"] == gate.reasons()[-1]["Raw_ID"]] == [
        "ERASED_SUBJECT"
    ]


@pytest.mark.parametrize("name", ["Sjöberg", "Ϊ́δη", "ǰan", "Ada\u200b Maria", "Plain", "İpek"])
def test_who_was_erased_under_an_earlier_spelling_is_known_by_it_still(name: str) -> None:
    """What earlier versions of the program kept: the hash of the text in NFKC, in small letters."""
    identities = ErasureKey(Keyring()).find_or_make()
    earlier = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    known = identities.of(None, name, name, "1980-02-03")
    assert identities.hash(f"person\n{earlier}\n{earlier}\n1980-02-03") in known


def test_a_batch_of_before_that_is_governed_again_is_looked_through_for_who_was_erased(gate: Gate) -> None:
    """A record with an email that another diver has by now is not erased with them; it may be of them all the same."""
    gate.take_in([person(email="asa@example.org", **ASA)])
    gate.take_in(
        [person(email="asa@example.org", first_name="Eve", last_name="Other"), person(email="e@x.org")]
    )
    current = gate.current(gate.divers()[-2]["Diver_ID"])
    assert current.value("Email") == "asa@example.org"
    history.update(gate.session, current, [("Email", "moved@example.org")], "moved")
    (batch,) = {row["Batch_ID"] for row in gate.session.select("Raw_Divers") if row["First_Name"] == "Eve"}
    review.resubmit_records(
        gate.session,
        [(q["Quarantine_ID"], q["Record_Version"]) for q in gate.queue() if q["First_Name"] == "Eve"],
    )
    assert any(d["Email"] == "asa@example.org" and d["First_Name"] == "Eve" for d in gate.divers())
    subjects.erase(gate.session, current.diver_id, "Article 17", key=ErasureKey())
    again = replay(gate.session, batch, rehearse=True)
    assert [r.code for r in again.comparison.rules if r.second > r.first] == ["ERASED_SUBJECT"]


def test_without_the_key_one_may_edit_and_nothing_is_let_in(
    parked: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "elsewhere"))
    assert edit(parked, {"Email": "quill@secret.example"}).record_count == 1
    with pytest.raises(InputRefused, match="not on this computer"):
        send(parked)
    assert waiting(parked)["Attempt_Count"] == 1


# -- The key --------------------------------------------------------------------------------------------------


class Keyring:
    """A keyring that works, until it is broken."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_broken = False

    def get_password(self, service: str, name: str) -> str | None:
        if self.is_broken:
            raise RuntimeError("locked")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        if self.is_broken:
            raise RuntimeError("locked")
        self.kept[service, name] = value


def test_the_key_is_in_the_keyring_and_in_no_file(tmp_path: Path) -> None:
    keyring = Keyring()
    made = ErasureKey(keyring, tmp_path).find_or_make()
    assert list(tmp_path.iterdir()) == []
    assert ErasureKey(keyring, tmp_path).find_or_make().mark == made.mark
    assert next(iter(keyring.kept.values())) not in repr(made)


def test_without_a_keyring_the_key_is_a_file_for_its_owner_only(tmp_path: Path) -> None:
    keyring = Keyring()
    keyring.is_broken = True
    made = ErasureKey(keyring, tmp_path).find_or_make()
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert ErasureKey(keyring, tmp_path).find_or_make().hash("x") == made.hash("x")


def test_a_damaged_key_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "erasure.key").write_text("half")
    with pytest.raises(InputRefused, match="damaged"):
        ErasureKey(Keyring(), tmp_path).find_or_make()

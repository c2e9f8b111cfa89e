"""The T-SQL gatekeeper decides as its SQLite twin does: its own text, run by `tsql_on_sqlite`, over equal batches."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tsql_on_sqlite import Gatekeeper

from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.services.deployment import deploy

Record = tuple[Any, ...]
"""First name, last name, email, phone, date of birth, certification, source reference; then, perhaps, a payload."""

NUMBERS = count()
GOOD: Record = ("Ada", "Lovelace", "ada@example.com", "+44 20 7946 0958", "1990-12-10", "owd", None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("verdicts") / "template.db"
    with open_workspace(path) as session:
        deploy(session)
        session._raw.execute("PRAGMA journal_mode = DELETE")
    return path


@contextmanager
def workspace(template: Path) -> Iterator[SqliteSession]:
    path = template.with_name(f"{next(NUMBERS)}.db")
    shutil.copy(template, path)
    try:
        with open_workspace(path) as session:
            yield session
    finally:
        path.unlink()


def load(session: SqliteSession, records: list[Record], name: str) -> int:
    opened = session.call(
        "Open_Batch",
        source_name=name,
        source_kind="file",
        content_hash=name,
        declared_count=len(records),
        again=1,
    )
    rows = [[i, *(r[7:8] or [json.dumps({"r": r})]), *r[:7]] for i, r in enumerate(records, start=1)]
    session.call("Load_Batch", batch_id=opened[-1][0]["Batch_ID"], rows=json.dumps(rows))
    batch_id: int = opened[-1][0]["Batch_ID"]
    return batch_id


# Received on a day that makes 29 February a threshold.
RECEIVED = "2024-02-29 12:00:00.000000"

# Divers are told apart by their order: the twin numbers them by their place in the batch, the server by a sequence.
THE_DIVER = "(SELECT nullif(count(*), 0) FROM Diver AS d WHERE d.Diver_ID <= t.Diver_ID)"
TABLES = {
    "Record_Outcome": f"Raw_ID, Outcome, {THE_DIVER}, Quarantine_ID",
    "Diver": f"{THE_DIVER}, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, "
    "Source_Reference, Change_Reason",
    "Data_Quarantine": "Quarantine_ID, Batch_ID, Raw_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, "
    "Certification, Source_Reference, Status, Attempt_Count, Record_Version, Failed_Checks",
    "Quarantine_Violation": "Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value",
    "Batch_Rule_Count": "Batch_ID, Rule_Code, Record_Count",
    "Ingestion_Batch": "Batch_ID, Status, Loaded_Count, Promoted_Count, Unchanged_Count, Duplicate_Count, "
    "Quarantined_Count",
}


def contents(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: sorted(connection.execute(f"SELECT {columns} FROM {table} AS t").fetchall(), key=str)
        for table, columns in TABLES.items()
    }


def judge_both(
    session: SqliteSession, records: list[Record], name: str = "a", received: str = RECEIVED
) -> dict[str, list[tuple[Any, ...]]]:
    """Load the records and govern them by either dialect."""
    batch_id = load(session, records, name)
    session._raw.execute(
        "UPDATE Ingestion_Batch SET Received_At = ? WHERE Batch_ID = ?", (received, batch_id)
    )
    return govern_both(session, batch_id)


def govern_both(session: SqliteSession, batch_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Govern a batch by either dialect, from the same state; the twin's result stays and is returned."""
    witness = sqlite3.connect(":memory:", isolation_level=None)
    try:
        session._raw.backup(witness)
        gatekeeper = Gatekeeper(witness)
        gatekeeper.govern(batch_id)
        messages: list[str] = []
        session.call("Govern_Batch", batch_id=batch_id, on_message=messages.append)
        found = contents(session._raw)
        assert contents(witness) == found
        assert gatekeeper.messages == messages
    finally:
        witness.close()
    return found


def with_value(place: int, value: str | None) -> Record:
    return (*GOOD[:place], value, *GOOD[place + 1 :])


EMAILS = [
    None, "", " ", "a@b.co", "A@B.CO", " a@b.co\u00a0", "a@b.c", "a@b.c1", "a@b.1c", "a@b.12", "a@b",
    "@b.co", "a@", "a",
    "a@@b.co", "a@b@c.co", ".a@b.co", "a.@b.co", "a..b@b.co", "a.b@b.co", "a@.b.co", "a@b..co", "a@b.co.",
    "a@-b.co",
    "a@b-.co", "a@b.-co", "a@b.co-", "a@b-c.co", "a@b--c.co", "a@xn--bcher-kva.de", "ä@b.co", "a@bü.co",
    "a b@c.de",
    "a!#$%&'*+/=?^_`{|}~-b@c.de", 'a"b@c.de', "a(b@c.de", "a,b@c.de", "a[b]@c.de", "a\\b@c.de", "a_b@c_d.de",
    "%@b.co",
    "a@b.c%", "_@_._", "a@b.co\u200b", "\ufeffa@b.co", "a\u200b@b.co", "\u212a@b.co", "K@B.CO", "İ@b.co",
    "a@b.com\n",
    "x" * 64 + "@b.co", "x" * 65 + "@b.co", "a@" + "b" * 63 + ".co", "a@" + "b" * 64 + ".co", "a@b." + "c" * 63,
    "a@b." + "c" * 64, "a@" + ("b" * 60 + ".") * 4 + "cc", "x" * 64 + "@" + ("b" * 60 + ".") * 3 + "cccccc",
    "x" * 64 + "@" + ("b" * 60 + ".") * 3 + "ccccccc",
    "x" * 58 + "@b.co", "x" * 57 + "@b.co", "x" * 59 + "@b.co", "a@b.co" + "x" * 700, "a@😀.co", "1@1.1a",
    "1@1.a1", "a@1.2.3.4",
]  # fmt: skip
PHONES = [
    None, "", " ", "-", "()", "1234567", "123456", "123456789012345", "1234567890123456", "+1234567", "+123456",
    "+123456789012345", "+1234567890123456", "++1234567", "1+234567", "+", "1234567x1", "1234567x",
    "1234567x123456",
    "1234567x1234567", "+1234567x12", "123456x12", "x12", "+x12", "1234567X1", "1234567xx1", "1234567x1x1",
    "1234567 x 12",
    "(020) 7946-0958", "020.7946.0958", "٠١٢٣٤٥٦٧", "1234567²", "123\t4567", "12345678901234x5",
    "1234567890123456x5",
    "0" * 40, "0" * 41, "+49 " + "(" * 40 + "30 1234567", "1" + " " * 300 + "234567", "1" * 300,
    "1-2.3(4)5 6-7x8",
]  # fmt: skip
BIRTHS = [
    None, "", "1990-12-10", "1990-2-10", "1990-02-30", "2000-02-29", "1900-02-29", "0000-01-01",
    "0001-01-01", "0000-00-00",
    "9999-12-31", "10000-01-01", "1990-13-01", "1990-00-10", "1990-12-00", "1990-12-10T00:00", "10.12.1990",
    "19901210",
    "1990-12-1²", "١٩٩٠-١٢-١٠", " 1990-12-10 ", "1990-12-10\u2003", "1990–12–10", "2024-02-28", "2024-02-29",
    "2024-03-01",
    "2014-02-28", "2014-03-01", "2014-02-27", "2006-02-28", "2006-03-01", "1914-02-28", "1913-02-28",
    "1913-03-01",
    "1913-02-27", "1914-03-01", "1990-12-10 12:00", "x" * 300, "now", "'", "1990-12-10' --",
]  # fmt: skip
NAMES = [
    None, "", "\u3000", "Ada", " Ada ", "\tAda\n", "A\tda", "Ad4", "Ada²", "Ada٣", "Ä", "Ada\x01", "Ada\x1f",
    "Ada\x7f",
    "Ada\x80x", "Ada\x9fx", "Ada\xa0x", "\x85Ada", "O'Neil", "X" * 100, "X" * 101, "😀" * 100, "😀" * 101,
    "é" * 100,
    "X" * 300, "X" * 301, "X" * 299 + "4" + "X" * 50, "X" * 400 + "4", "😀" * 250, "\u200bAda\u200b", "[",
    "%", "^", "-", "]",
]  # fmt: skip
LEVELS = [
    None, "", "owd", "OWD", " Open Water ", "divemaster", "DM", "dıvemaster", "DİVEMASTER", "\u212aowd",
    "owd x", "x" * 60,
    "x" * 61, "x" * 250, "owd" + " " * 300 + "x", "dm\u00a0",
]  # fmt: skip
PAYLOADS = [
    "{}", ' \n{"a": 1}', "[]", "1", "null", "", " ", "{", '{"a": }', '{"a": "\\u0000"}', '{"a": "\\u0001"}',
    "{'a': 1}",
    '{"a": "\\\\u0000"}', '{"a": "\\\\\\u0000"}', '{"a": "\\\\\\\\u0000"}', '{"a": 1} x', '"{}"', "{}{}",
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "values"),
    [(0, NAMES), (1, NAMES), (2, EMAILS), (3, PHONES), (4, BIRTHS), (5, LEVELS), (6, NAMES)],
    ids=["first name", "last name", "email", "phone", "date of birth", "certification", "source reference"],
)
def test_every_border_of_every_rule_is_judged_alike(
    template: Path, place: int, values: list[str | None]
) -> None:
    records = [with_value(place, value) for value in values]
    # One email for each record, so that they do not meet, but where the email itself is looked at.
    if place != 2:
        records = [(*r[:2], f"d{i}@example.com", *r[3:]) for i, r in enumerate(records)]
    with workspace(template) as session:
        judge_both(session, records)
        judge_both(session, records, "once more")


@pytest.mark.parametrize("received", ["2024-02-29", "2023-02-28", "2024-03-01", "2025-12-31", "2026-01-01"])
@pytest.mark.parametrize("level", [None, "dm"])
def test_ages_are_judged_alike_on_any_day(template: Path, received: str, level: str | None) -> None:
    year = int(received[:4])
    births = [
        f"{year - age}-{day}"
        for age in (10, 18, 110, 111)
        for day in ("01-01", "01-02", "02-27", "02-28", "02-29", "03-01", "03-02", "12-30", "12-31")
    ]
    records = [(*GOOD[:2], f"d{i}@example.com", None, born, level, None) for i, born in enumerate(births)]
    with workspace(template) as session:
        judge_both(session, records, received=f"{received} 23:59:59.999999")


@pytest.mark.parametrize("threshold", [None, 0, 1, 30, 120, 2100])
def test_any_threshold_is_judged_alike(template: Path, threshold: int | None) -> None:
    births = [
        "0001-01-01",
        "1890-01-01",
        "1994-02-28",
        "1994-03-01",
        "2023-03-01",
        "2024-02-28",
        "2024-02-29",
    ]
    records = [
        (*GOOD[:2], f"d{i}@example.com", None, born, level, None)
        for i, (born, level) in enumerate((b, level) for b in births for level in (None, "dm"))
    ]
    with workspace(template) as session:
        session._raw.execute("UPDATE Quality_Rule SET Threshold = ?", (threshold,))
        found = judge_both(session, records)
        assert threshold is not None or found["Quarantine_Violation"] == []


def test_a_payload_is_judged_alike(template: Path) -> None:
    records = [(*GOOD[:2], f"d{i}@example.com", *GOOD[3:], payload) for i, payload in enumerate(PAYLOADS)]
    with workspace(template) as session:
        judge_both(session, records)
        judge_both(session, records, "once more")
        found = judge_both(session, records)
        assert max(row[11] for row in found["Data_Quarantine"]) == 2


@pytest.mark.parametrize("payload", ["{}", "[]"])
@pytest.mark.parametrize(
    "changed",
    [(5, "guru"), (3, None), (3, "12"), (4, "1990-12-9"), (4, None), (0, None), (5, None), (6, "r")],
)
def test_a_record_is_compared_with_its_diver_alike(
    template: Path, payload: str, changed: tuple[int, str | None]
) -> None:
    with workspace(template) as session:
        judge_both(
            session,
            [(*GOOD, "{}"), (*with_value(5, None)[:2], "other@example.com", *with_value(5, None)[3:], "{}")],
        )
        place, value = changed
        records = [(*with_value(place, value), payload), (*GOOD, payload), (*with_value(place, value), "{}")]
        judge_both(session, records, "b")
        judge_both(session, [(*r[:2], "other@example.com", *r[3:]) for r in records], "c")


def test_the_contract_s_corpus_is_judged_alike_and_as_it_says(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "contract")
    from corpus import CASES, DAYS, arrivals
    from people import VALUES

    with workspace(template) as session:
        for day in DAYS:
            known, batch, places = arrivals(day)
            received = f"{day} 00:00:00.000000"
            for name, people in ((f"{day}, before", known), (day, batch)):
                records = [(*(v[name] for name in VALUES), v["payload"] or "") for v in people]
                if records:
                    found = judge_both(session, records, name, received=received)
            reasons = found["Quarantine_Violation"]
            last = max(row[0] for row in found["Record_Outcome"]) - len(batch)
            cases = [case for case in CASES if case.received_on == day]
            for case, place in zip(cases, places, strict=True):
                broken = {(row[2], row[3]) for row in reasons if row[4] == last + place + 1}
                assert broken == case.fails, case.title


def test_a_rule_that_is_off_is_off_in_both(template: Path) -> None:
    with workspace(template) as session:
        session._raw.execute("UPDATE Quality_Rule SET Is_Enabled = 0 WHERE Is_Mandatory = 0")
        found = judge_both(session, [with_value(2, value) for value in EMAILS])
        assert not any(row[2] == "EMAIL_FORMAT" for row in found["Quarantine_Violation"])


def test_an_email_that_is_no_address_is_compared_with_nobody(template: Path) -> None:
    with workspace(template) as session:
        session._raw.execute("UPDATE Quality_Rule SET Is_Enabled = 0 WHERE Rule_Code = 'EMAIL_FORMAT'")
        judge_both(session, [with_value(2, "bad")])
        session._raw.execute("UPDATE Quality_Rule SET Is_Enabled = 1 WHERE Rule_Code = 'EMAIL_FORMAT'")
        found = judge_both(session, [("Bo", *with_value(2, "bad")[1:])], "b")
        assert {row[2] for row in found["Quarantine_Violation"]} == {"EMAIL_FORMAT"}


def test_a_record_that_was_discarded_is_parked_anew(template: Path) -> None:
    with workspace(template) as session:
        judge_both(session, [with_value(4, "soon")])
        session._raw.execute("UPDATE Data_Quarantine SET Status = 'Discarded', Resolved_At = Quarantined_At")
        found = judge_both(session, [with_value(4, "soon")], "b")
        assert [row[0] for row in found["Data_Quarantine"]] == [1, 2]


def test_the_corpus_reaches_every_rule(template: Path) -> None:
    reached: set[str] = set()
    with workspace(template) as session:
        for place, values in enumerate([NAMES, NAMES, EMAILS, PHONES, BIRTHS, LEVELS]):
            judge_both(session, [with_value(place, value) for value in values], str(place))
        judge_both(session, [(*GOOD, payload) for payload in PAYLOADS], "payloads")
        judge_both(session, [(*GOOD[:4], "2010-01-01", "dm", None)], "young")
        reached = {
            row[0] for row in session._raw.execute("SELECT DISTINCT Rule_Code FROM Quarantine_Violation")
        }
        codes = {row[0] for row in session._raw.execute("SELECT Rule_Code FROM Quality_Rule")}
    # Who was erased before is no matter of a record's values.
    assert reached == codes - {"ERASED_SUBJECT"}


# Few values, so that records meet: equal, equal once normalised, and different under one email.
RECORDS = st.tuples(
    st.sampled_from(["Ada", " Ada", "Bo", "B0", None]),
    st.sampled_from(["Lovelace", "Lovelace\u00a0", "Li"]),
    st.sampled_from(["a@b.co", "A@b.co ", "c@d.io", "e@f.org", "bad", None]),
    st.sampled_from([None, "+49 30 1234567", "+49301234567", "12", "--"]),
    st.sampled_from(["1990-12-10", "1985-01-02", "2020-01-01", "soon"]),
    st.sampled_from([None, "owd", "Open Water", "dm", "guru"]),
    st.sampled_from([None, "r1"]),
    st.sampled_from(["{}", "[]", '{"a": 1}']),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(RECORDS, min_size=1, max_size=12), min_size=1, max_size=3))
@example([[GOOD, GOOD, ("Ada", "Li", *GOOD[2:])], [GOOD, ("Bo", *GOOD[1:])], [GOOD]])
def test_batches_that_meet_each_other_are_governed_alike(template: Path, batches: list[list[Record]]) -> None:
    with workspace(template) as session:
        for number, records in enumerate(batches):
            found = judge_both(session, records, str(number))
            assert len(found["Record_Outcome"]) == sum(len(b) for b in batches[: number + 1])


ADDRESSES = st.from_regex(r"[a-c.]{1,3}@[a-c.-]{1,5}\.[a-c0-9]{1,3}", fullmatch=True)
ODD = st.text(alphabet="aZ09.@-+x ()_%[]^'\u00a0\u200bİK😀\t\x7f", max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(ODD, ODD, ODD | ADDRESSES, ODD, ODD | st.dates().map(str), ODD, ODD),
        min_size=1,
        max_size=15,
    )
)
def test_any_text_is_judged_alike(template: Path, records: list[Record]) -> None:
    with workspace(template) as session:
        judge_both(session, records)


def test_a_resubmitted_record_keeps_its_place_and_its_waivers(template: Path) -> None:
    with workspace(template) as session:
        judge_both(session, [with_value(4, "soon")])
        batch_id = load(
            session, [with_value(4, "later"), with_value(4, "never"), with_value(3, "12")], "again"
        )
        session._raw.execute(
            "UPDATE Raw_Record SET Origin_Quarantine_ID = 1, Waived_Checks = 512 WHERE Batch_ID = ?",
            (batch_id,),
        )
        found = govern_both(session, batch_id)
        assert [row[11:13] for row in found["Data_Quarantine"]] == [(3, 2)]
        assert [row[4] for row in found["Diver"]] == ["12"]

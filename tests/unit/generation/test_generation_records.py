"""What the generator promises of the records themselves, judged by an oracle that shares no code with it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import broken_rules, calendar_date, is_email, is_object, normal_email

from divegov_gui.core.records import REPEATED_RECORD, RawRecord
from divegov_gui.services.generation import (
    AVAILABLE_LOCALES,
    DEFAULT_DEFECTS,
    DEFECTS,
    GeneratedSource,
    GenerationRequest,
    KnownDiver,
)

NOT_ROW_LOCAL = {"DUPLICATE_IN_BATCH", "DUPLICATE_OF_DIVER", REPEATED_RECORD}


def generated(request: GenerationRequest) -> tuple[list[RawRecord], dict[int, set[str]]]:
    records: list[RawRecord] = []
    codes: dict[int, set[str]] = defaultdict(set)
    for chunk in GeneratedSource(request).chunks():
        records += chunk.records
        for row, code in chunk.defects:
            codes[row].add(code)
    return records, codes


def content(record: RawRecord) -> tuple[object, ...]:
    return record[1:]


@pytest.fixture(scope="module")
def spoilt() -> tuple[list[RawRecord], dict[int, set[str]]]:
    return generated(GenerationRequest(rows=24_000, seed=11, dirty=0.6, combined=0.4, reference_year=2026))


@pytest.mark.parametrize("locale", AVAILABLE_LOCALES)
def test_a_clean_record_of_any_country_breaks_no_rule_until_2059(locale: str) -> None:
    records, codes = generated(GenerationRequest(rows=1200, seed=3, dirty=0, repeated=0, locales=(locale,)))
    assert not codes
    for record in records:
        assert broken_rules(record, date(2022, 1, 1)) == set(), record
        assert broken_rules(record, date(2059, 12, 31)) == set(), record
        assert not any(ord(letter) > 0xFFFF for letter in record.payload)


def test_a_clean_birthday_lies_between_1950_and_2011_and_a_professionals_before_2001() -> None:
    records, _ = generated(GenerationRequest(rows=20_000, dirty=0))
    professional = {"divemaster", "course director", "master instructor", "open water scuba instructor"}
    for record in records:
        born = calendar_date(record.date_of_birth or "")
        assert born is not None
        latest = 2000 if (record.certification or "").strip().lower() in professional else 2011
        assert 1950 <= born.year <= latest


@pytest.mark.parametrize("received", [date(2026, 1, 1), date(2026, 12, 31), date(2027, 6, 30)])
def test_a_defective_record_breaks_the_recorded_rules_and_no_other(
    spoilt: tuple[list[RawRecord], dict[int, set[str]]], received: date
) -> None:
    records, codes = spoilt
    for record in records:
        assert broken_rules(record, received) == codes[record.source_row] - NOT_ROW_LOCAL, record


def test_every_kind_comes_in_several_varieties(spoilt: tuple[list[RawRecord], dict[int, set[str]]]) -> None:
    records, codes = spoilt
    emails = [r.email or "" for r in records if codes[r.source_row] == {"EMAIL_FORMAT"}]
    assert {email.count("@") for email in emails} >= {0, 1, 2}
    dates = {
        len(r.date_of_birth or "") for r in records if "DOB_FORMAT" in codes[r.source_row] and r.date_of_birth
    }
    assert len(dates) > 4
    for field in ("first_name", "last_name", "email", "date_of_birth"):
        rule = "DOB_MISSING" if field == "date_of_birth" else f"{field.upper()}_MISSING"
        missing = {getattr(r, field) for r in records if rule in codes[r.source_row] and is_object(r.payload)}
        assert missing >= {None, ""}
        assert any(value and value.isspace() for value in missing)
    controls = [r for r in records if codes[r.source_row] == {"NAME_CHARACTERS"}]
    names = [f"{r.first_name}{r.last_name}" for r in controls]
    assert any("\t" in name for name in names)
    assert any(letter.isdigit() for name in names for letter in name)
    assert not any("\0" in name for name in names)


def test_the_payload_says_what_the_columns_say(spoilt: tuple[list[RawRecord], dict[int, set[str]]]) -> None:
    records, codes = spoilt
    for record in records:
        if "PAYLOAD_INVALID" in codes[record.source_row]:
            assert set(record[2:]) == {None}
        else:
            assert json.loads(record.payload) == dict(zip(RawRecord._fields[2:], record[2:], strict=True))


def test_two_hundred_thousand_addresses_are_distinct_and_reserved() -> None:
    emails = set()
    for chunk in GeneratedSource(GenerationRequest(rows=200_000, dirty=0, repeated=0)).chunks():
        emails |= {normal_email(record.email) for record in chunk.records}
    assert len(emails) == 200_000
    assert all(is_email(email) for email in list(emails)[:20_000])
    hosts = {email.partition("@")[2] for email in emails}
    reserved = ("example.com", "example.net", "example.org", ".example")
    assert len(hosts) == 64
    assert all(host.endswith(reserved) for host in hosts)


def test_a_duplicate_is_older_than_its_one_clean_partner_and_differs_from_it(
    spoilt: tuple[list[RawRecord], dict[int, set[str]]],
) -> None:
    records, codes = spoilt
    by_email = defaultdict(list)
    for record in records:
        if is_email(normal_email(record.email)):
            by_email[normal_email(record.email)].append(record)
    shared = [group for group in by_email.values() if len(group) > 1]
    found = Counter()
    for older, newer in shared:  # never three
        assert codes[newer.source_row] == set()
        if REPEATED_RECORD in codes[older.source_row]:
            assert codes[older.source_row] == {REPEATED_RECORD}
            assert content(older) == content(newer)
            found[REPEATED_RECORD] += 1
        else:
            assert "DUPLICATE_IN_BATCH" in codes[older.source_row]
            assert older.date_of_birth != newer.date_of_birth or older.phone != newer.phone
            found["DUPLICATE_IN_BATCH"] += 1
    recorded = Counter(code for each in codes.values() for code in each)
    assert found == {code: recorded[code] for code in found}
    assert min(found.values()) > 100


def test_a_default_request_has_exact_shares_and_every_default_kind() -> None:
    records, codes = generated(GenerationRequest(rows=1000))
    dirty = [each for each in codes.values() if each != {REPEATED_RECORD}]
    assert len(records) == 1000
    assert len(dirty) == 50
    assert sum(each == {REPEATED_RECORD} for each in codes.values()) == 10
    assert set().union(*dirty) == set(DEFAULT_DEFECTS)
    assert sum(len(each) > 1 and "PAYLOAD_INVALID" not in each for each in dirty) == 10


@pytest.mark.parametrize("code", [kind.code for kind in DEFECTS])
def test_a_rate_of_its_own_makes_that_kind_in_exactly_that_share(code: str) -> None:
    known = tuple(KnownDiver(f"Diver{number}@Example.com") for number in range(5000))
    request = GenerationRequest(rows=24_000, rates={code: 0.1}, repeated=0, known_divers=known)
    _, codes = generated(request)
    assert len(codes) == 2400
    assert all(code in each for each in codes.values())


def test_duplicates_of_divers_take_distinct_divers_and_no_more_than_there_are() -> None:
    known = tuple(KnownDiver(f"diver{number}@example.com") for number in range(300))
    request = GenerationRequest(rows=45_000, rates={"DUPLICATE_OF_DIVER": 0.01}, known_divers=known)
    records, codes = generated(request)
    rows = [row for row, each in codes.items() if "DUPLICATE_OF_DIVER" in each]
    taken = [normal_email(records[row - 1].email) for row in rows]
    assert sorted(taken) == sorted(diver.email for diver in known)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 80),
    seed=st.integers(0, 2**63 - 1),
    dirty=st.floats(0, 1),
    combined=st.floats(0, 1),
    repeated=st.floats(0, 1),
)
def test_the_laws_hold_for_any_small_request(
    rows: int, seed: int, dirty: float, combined: float, repeated: float
) -> None:
    request = GenerationRequest(
        rows, seed, dirty, None, combined, repeated, ("en_GB", "ar_AA"), reference_year=2030
    )
    records, codes = generated(request)
    assert [record.source_row for record in records] == list(range(1, rows + 1))
    assert sum(each != {REPEATED_RECORD} for each in codes.values()) == round(dirty * rows)
    for record in records:
        assert broken_rules(record, date(2030, 7, 1)) == codes[record.source_row] - NOT_ROW_LOCAL
    groups = Counter(email for email in map(normal_email, (r.email for r in records)) if is_email(email))
    assert max(groups.values(), default=0) <= 2

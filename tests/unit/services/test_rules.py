"""The rule catalogue as the pages read it, and what a change would do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from divegov_gui.core.errors import Cancelled, Conflict, Refused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.database.session import Session
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.rules import (
    Rule,
    read_implementation,
    read_rules,
    read_versions,
    retest,
    save_rule,
    what_if,
)


def rule(session: Session, code: str) -> Rule:
    return next(each for each in read_rules(session) if each.code == code)


def test_the_catalogue_tells_what_each_rule_does(session: Session) -> None:
    report = ingest(session, GeneratedSource(GenerationRequest(rows=300, seed=3, dirty=0.3)))
    rejected = {hits.code: hits.records for hits in report.rejections}
    rules = read_rules(session)
    assert len(rules) == 18
    assert {each.code: each.rejected for each in rules if each.rejected} == rejected
    assert {each.code: each.open for each in rules if each.open} == rejected
    assert sum(each.mask for each in rules) == 2**24 - 1


def test_a_change_is_tried_saved_and_seen_in_the_history(session: Session) -> None:
    ingest(session, GeneratedSource(GenerationRequest(rows=300, seed=3, dirty=0.3)))
    phone = rule(session, "PHONE_FORMAT")
    off = replace(phone.settings, is_enabled=False)
    heard: list[Progress] = []
    promised = what_if(session, phone.code, off, progress=heard.append)
    assert promised.ready > 0
    assert promised.divers > 200
    assert [p.done for p in heard] == [0, 5], "a rule that is off fails no diver: none is looked at"
    assert rule(session, "PHONE_FORMAT") == phone
    save_rule(session, phone, off, "Phones are not used any more")
    done = retest(session, phone.code)
    assert (done.ready, done.changed, done.batches) == (promised.ready, promised.changed, promised.batches)
    newest, first = read_versions(session, phone.code)
    assert (newest.settings, newest.change_reason, newest.is_current) == (
        off,
        "Phones are not used any more",
        True,
    )
    assert (first.settings, first.valid_to) == (phone.settings, newest.valid_from)


def test_whoever_is_slower_is_told(session: Session) -> None:
    phone = rule(session, "PHONE_FORMAT")
    save_rule(session, phone, replace(phone.settings, severity="error"), "Stricter")
    with pytest.raises(Conflict):
        save_rule(session, phone, replace(phone.settings, is_enabled=False), "Looser")


def test_settings_that_a_rule_cannot_have_are_refused(session: Session) -> None:
    with pytest.raises(Refused):
        what_if(session, "DOB_FORMAT", replace(rule(session, "DOB_FORMAT").settings, is_enabled=False))


def test_a_what_if_can_be_stopped(session: Session) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        what_if(
            session,
            "PHONE_FORMAT",
            rule(session, "PHONE_FORMAT").settings,
            progress=lambda _: token.cancel(),
            cancel=token,
        )
    assert rule(session, "PHONE_FORMAT").is_enabled


def test_the_sql_that_judges_is_read_from_the_database(session: Session) -> None:
    assert "-- PHONE_FORMAT" in read_implementation(session)


def test_who_waits_sees_how_many_divers_are_judged(session: Session) -> None:
    ingest(session, GeneratedSource(GenerationRequest(rows=300, seed=3, dirty=0.3)))
    age = rule(session, "AGE_BELOW_MINIMUM")
    heard: list[Progress] = []
    promised = what_if(session, age.code, replace(age.settings, threshold=30), progress=heard.append)
    assert [(p.done, p.total) for p in heard] == [(done, 6) for done in range(6)]
    assert (promised.failing, promised.newly_failing) == (len(promised.examples), promised.failing)
    with closing(sqlite3.connect(session.path)) as connection:
        ((born_later,),) = connection.execute(
            "SELECT count(*) FROM Diver WHERE Date_Of_Birth > date('now', '-30 years')"
        )
    assert promised.newly_failing == born_later > 0

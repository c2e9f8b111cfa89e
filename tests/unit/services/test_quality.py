"""What the pages and reports read: batches, totals, rejections by rule."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.quality import (
    CLEAN_RECORD,
    DefectScore,
    Outcomes,
    Score,
    read_batch,
    read_overview,
    read_rejections,
    read_score,
)


def test_a_fresh_workspace_holds_nothing(session: Session) -> None:
    overview = read_overview(session)
    assert (overview.divers, overview.quarantine_open, overview.history_rows, overview.batch_count) == (
        0,
        0,
        0,
        0,
    )
    assert overview.totals == Outcomes(0, 0, 0, 0, 0)
    assert overview.totals.is_conserved
    assert overview.batches == ()
    assert len(overview.rules) == session.count("Rule_Catalogue")
    assert {rule.records for rule in overview.rules} == {0}


def test_the_overview_adds_up_the_governed_batches(session: Session) -> None:
    reports = [
        ingest(session, GeneratedSource(GenerationRequest(rows=150, seed=s, dirty=0.3))) for s in (1, 2, 3)
    ]
    overview = read_overview(session, batches=2)
    outcomes = [report.batch.outcomes for report in reports]
    assert overview.totals == Outcomes(
        *(sum(getattr(o, name) for o in outcomes) for name in Outcomes.__dataclass_fields__)
    )
    assert overview.totals.is_conserved
    assert [batch.batch_id for batch in overview.batches] == [3, 2]
    assert overview.batch_count == 3
    assert overview.divers == overview.totals.promoted
    assert overview.quarantine_open == overview.totals.quarantined
    assert [rule.records for rule in overview.rules] == sorted(
        (r.records for r in overview.rules), reverse=True
    )
    by_rule = {rule.code: rule.records for rule in overview.rules if rule.records}
    total: dict[str, int] = {}
    for report in reports:
        for hits in report.rejections:
            total[hits.code] = total.get(hits.code, 0) + hits.records
    assert by_rule == total


def test_what_arrived_is_known_without_counting_a_record(session: SqliteSession) -> None:
    ingest(session, GeneratedSource(GenerationRequest(rows=50, seed=1)))
    with closing(sqlite3.connect(session.path)) as raw:
        plan = raw.execute(
            "EXPLAIN QUERY PLAN SELECT Loaded_Count, Quarantined_Count, Arrival_Count FROM Workspace_Summary"
        ).fetchall()
    steps = " ".join(step[3] for step in plan)
    assert "Ingestion_Batch" in steps
    assert "Diver" not in steps
    assert "Data_Quarantine" not in steps


def test_an_open_batch_has_no_outcomes_yet_and_counts_for_nothing(session: Session) -> None:
    session.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=3)
    batch = read_batch(session, 1)
    assert (batch.status, batch.outcomes, batch.governed_at, batch.declared, batch.loaded) == (
        "Open",
        None,
        None,
        3,
        0,
    )
    assert read_overview(session).totals.loaded == 0
    assert read_rejections(session, 1) == ()


def test_an_unknown_batch_is_a_bug_of_the_caller(session: Session) -> None:
    with pytest.raises(IndexError):
        read_batch(session, 9)


def test_rejections_are_told_most_frequent_first_with_words_and_a_hint(session: Session) -> None:
    rates = {"PHONE_FORMAT": 0.2, "EMAIL_FORMAT": 0.1, "DOB_FORMAT": 0.1}
    ingest(session, GeneratedSource(GenerationRequest(rows=100, rates=rates, combined=0, repeated=0)))
    hits = read_rejections(session, 1)
    assert [(h.code, h.records) for h in hits] == [
        ("PHONE_FORMAT", 20),
        ("DOB_FORMAT", 10),
        ("EMAIL_FORMAT", 10),
    ]
    assert all(h.wording and h.hint and h.column for h in hits)
    assert hits[0].severity == "warning"


def test_only_a_synthetic_batch_has_a_score(session: Session) -> None:
    session.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=3)
    assert read_score(session, 1) is None


def test_a_score_adds_up_what_was_missed_and_who_was_rejected_wrongly() -> None:
    score = Score(
        (DefectScore("A", 5, 3, 2, 1), DefectScore("B", 1, 0, 1, 0), DefectScore(CLEAN_RECORD, 90, 0, 0, 4))
    )
    assert (score.missed, score.false_rejects) == (3, 4)

"""The gatekeepers find what a generator injected, all of it and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing

import pytest
from gates import Gate

from divegov_gui.database.session import Filter
from divegov_gui.services.generation import DEFAULT_DEFECTS, GeneratedSource, GenerationRequest, KnownDiver
from divegov_gui.services.ingestion import IngestReport, ingest

Make = Callable[[], Gate]


def scored(make_gate: Make, request: GenerationRequest) -> IngestReport:
    gate = make_gate()
    with closing(gate.session):
        return ingest(gate.session, GeneratedSource(request))


def assert_perfect(report: IngestReport) -> None:
    assert report.score is not None
    assert (report.score.missed, report.score.false_rejects) == (0, 0)
    assert [defect for defect in report.score.defects if defect.missed or defect.unexpected] == []
    assert report.batch.outcomes is not None
    assert report.batch.outcomes.is_conserved


@pytest.mark.parametrize("seed", random.Random(2).sample(range(2**32), 30))
def test_nothing_is_missed_and_nobody_is_rejected_wrongly(make_gate: Make, seed: int) -> None:
    dice = random.Random(seed)
    request = GenerationRequest(
        rows=dice.randrange(300, 500),
        seed=seed,
        dirty=dice.choice((0.0, 0.05, 0.2, 0.5)),
        combined=dice.choice((0.0, 0.2, 1.0)),
        repeated=dice.choice((0.0, 0.01, 0.2)),
    )
    assert_perfect(scored(make_gate, request))


def test_every_kind_of_defect_at_once(make_gate: Make) -> None:
    report = scored(make_gate, GenerationRequest(rows=2000, dirty=0.5, combined=0.5))
    assert_perfect(report)
    assert report.score is not None
    assert {defect.code for defect in report.score.defects if defect.found} == {
        *DEFAULT_DEFECTS,
        "REPEATED_RECORD",
    }


@pytest.mark.parametrize("rule", DEFAULT_DEFECTS)
def test_each_kind_alone_is_found_and_breaks_no_other_rule(make_gate: Make, rule: str) -> None:
    report = scored(make_gate, GenerationRequest(rows=400, seed=5, rates={rule: 0.1}, combined=0, repeated=0))
    assert_perfect(report)
    also = {"FIRST_NAME_MISSING", "LAST_NAME_MISSING", "EMAIL_MISSING", "DOB_MISSING"}
    assert {hits.code for hits in report.rejections} == {rule} | (
        also if rule == "PAYLOAD_INVALID" else set()
    )
    assert {hits.code: hits.records for hits in report.rejections}[rule] == 40


def test_the_emails_of_known_divers_are_found(make_gate: Make) -> None:
    gate = make_gate()
    with closing(gate.session):
        ingest(gate.session, GeneratedSource(GenerationRequest(rows=300, seed=1, dirty=0)))
        known = tuple(KnownDiver(diver["Email"]) for diver in gate.divers())
        request = GenerationRequest(rows=400, seed=2, rates={"DUPLICATE_OF_DIVER": 0.1}, known_divers=known)
        report = ingest(gate.session, GeneratedSource(request))
        assert_perfect(report)
        assert {hits.code: hits.records for hits in report.rejections} == {"DUPLICATE_OF_DIVER": 40}


def test_the_same_data_set_governed_again_is_not_scored_as_missed(make_gate: Make) -> None:
    source = GeneratedSource(GenerationRequest(rows=400, dirty=0.5, combined=0.5, repeated=0.05))
    gate = make_gate()
    with closing(gate.session):
        first = ingest(gate.session, source)
        again = ingest(gate.session, source, again=True)
        assert first.batch.outcomes is not None
        assert again.batch.outcomes is not None
        assert again.batch.outcomes.promoted == 0
        assert again.batch.outcomes.unchanged >= first.batch.outcomes.promoted
        assert_perfect(again)


def test_a_gatekeeper_that_sleeps_is_found_out(gate: Gate) -> None:
    gate.backend.run("UPDATE Quality_Rule SET Is_Enabled = 0 WHERE Rule_Code = 'PHONE_FORMAT'")
    rates = {"PHONE_FORMAT": 0.1, "EMAIL_FORMAT": 0.1}
    report = ingest(gate.session, GeneratedSource(GenerationRequest(rows=200, rates=rates, combined=0)))
    assert report.score is not None
    assert {d.code: d.missed for d in report.score.defects if d.missed} == {"PHONE_FORMAT": 20}
    assert report.score.missed == 20


def test_a_gatekeeper_that_rejects_too_much_is_found_out(gate: Gate) -> None:
    gate.backend.run("UPDATE Quality_Rule SET Threshold = 30 WHERE Rule_Code = 'AGE_ABOVE_MAXIMUM'")
    report = ingest(gate.session, GeneratedSource(GenerationRequest(rows=200, dirty=0, repeated=0)))
    assert report.score is not None
    rejected = gate.session.count("Raw_Divers", [Filter("Outcome", "=", "Quarantined")])
    assert report.score.false_rejects == rejected > 50

"""The alarm: every way in which records could go missing is found, in workspaces damaged behind the program's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.services.conservation import Imbalance, Slice, check_all, check_slice, slices
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest


@pytest.fixture
def governed(session: SqliteSession) -> SqliteSession:
    """Three batches, in each of them records of every outcome."""
    for seed in (1, 2, 3):
        ingest(session, GeneratedSource(GenerationRequest(rows=120, seed=seed, dirty=0.3)))
    return session


def damage(session: SqliteSession, *statements: str) -> None:
    """What somebody with a shell could do, the tables' own checks switched off."""
    with closing(sqlite3.connect(session.path)) as raw, raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            raw.execute(statement)


def test_what_the_gatekeeper_governed_adds_up(governed: SqliteSession) -> None:
    assert check_all(governed) == ()
    assert len(governed.select("Conservation_Check")) == 3


def test_a_batch_that_is_not_governed_yet_is_not_judged(session: SqliteSession) -> None:
    session.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=3)
    assert session.select("Conservation_Check") == []


ONE = (
    "(SELECT min(o.Raw_ID) FROM Record_Outcome AS o JOIN Raw_Record AS r USING (Raw_ID) "
    "WHERE r.Batch_ID = 2 AND o.Outcome = '{}')"
)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            f"DELETE FROM Record_Outcome WHERE Raw_ID = {ONE.format('Promoted')}",
            Imbalance(2, 0, 1, 0, 0, 0, 0, 0),
        ),
        (
            f"DELETE FROM Raw_Record WHERE Raw_ID = {ONE.format('Promoted')}",
            Imbalance(2, 1, 1, 0, 0, 0, 0, 0),
        ),
        (
            f"UPDATE Record_Outcome SET Outcome = 'Duplicate' WHERE Raw_ID = {ONE.format('Promoted')}",
            Imbalance(2, 0, 1, 0, -1, 0, 0, 0),
        ),
        (
            "UPDATE Ingestion_Batch SET Quarantined_Count = Quarantined_Count + 4 WHERE Batch_ID = 2",
            Imbalance(2, 0, 0, 0, 0, 4, 0, 0),
        ),
        (
            "DELETE FROM Data_Quarantine WHERE Quarantine_ID = "
            "(SELECT max(Quarantine_ID) FROM Data_Quarantine WHERE Batch_ID = 2)",
            Imbalance(2, 0, 0, 0, 0, 0, 1, 0),
        ),
        (
            "UPDATE Data_Quarantine SET Resolved_At = '2026-01-01' WHERE Quarantine_ID = "
            "(SELECT max(Quarantine_ID) FROM Data_Quarantine WHERE Batch_ID = 2)",
            Imbalance(2, 0, 0, 0, 0, 0, 0, 1),
        ),
        ("UPDATE Data_Quarantine SET Status = '?' WHERE Batch_ID = 2", None),
    ],
)
def test_every_damage_is_an_alarm(
    governed: SqliteSession, statement: str, expected: Imbalance | None
) -> None:
    if expected is None:
        ((parked,),) = ask(governed, "SELECT count(*) FROM Data_Quarantine WHERE Batch_ID = 2")
        expected = Imbalance(2, 0, 0, 0, 0, 0, 0, parked)
    damage(governed, statement)
    (found,) = check_all(governed)
    assert found == expected
    assert found.sentence.startswith("Batch 2: ")


def ask(session: SqliteSession, question: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(session.path)) as raw:
        return raw.execute(question).fetchall()


def test_an_imbalance_is_told_in_words() -> None:
    told = Imbalance(7, 0, 3, 0, -1, 0, 2, 1).sentence
    assert told == (
        "Batch 7: 3 fewer promoted than the batch says, 1 more duplicate than the batch says, "
        "2 put aside and in no quarantine, 1 in quarantine in no state or in two."
    )


def test_all_batches_are_checked_in_slices_the_newest_first(governed: SqliteSession) -> None:
    assert slices(governed, records=240) == (Slice(2, 3, 2), Slice(1, 1, 1))
    assert slices(governed, records=1) == (Slice(3, 3, 1), Slice(2, 2, 1), Slice(1, 1, 1))
    assert slices(governed, known={3}) == (Slice(1, 2, 2),)
    damage(governed, "UPDATE Data_Quarantine SET Status = '?' WHERE Batch_ID = 1")
    assert check_slice(governed, Slice(2, 3, 2)) == ()
    assert [found.batch_id for found in check_slice(governed, Slice(1, 1, 1))] == [1]


def test_a_slice_looks_at_its_own_batches_alone(governed: SqliteSession) -> None:
    with closing(sqlite3.connect(governed.path)) as raw:
        plan = raw.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM Conservation_Check WHERE Batch_ID BETWEEN 2 AND 3"
        ).fetchall()
    steps = [step[3] for step in plan]
    assert any("SEARCH b USING INTEGER PRIMARY KEY" in step for step in steps)
    assert not any(step.startswith(("SCAN b", "SCAN r", "SCAN o", "SCAN q")) for step in steps)

"""Quality over time: every number that a plot shows is recomputed here from the tables, by queries of its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.review import Edit, edit_records, undo_edit
from divegov_gui.services.trends import Period, Trends, as_frame, read_trends


@pytest.fixture
def history(session: SqliteSession) -> SqliteSession:
    """Four batches of three days, some of their rejected records resolved after different waits."""
    for seed in (1, 2, 3, 4):
        ingest(session, GeneratedSource(GenerationRequest(rows=120, seed=seed, dirty=0.4)))
    with closing(sqlite3.connect(session.path)) as raw, raw:
        for batch, day in enumerate(("2026-03-01", "2026-03-01", "2026-03-02", "2026-03-05"), start=1):
            raw.execute(
                "UPDATE Ingestion_Batch SET Received_At = ? WHERE Batch_ID = ?",
                (f"{day} 10:00:00.000000", batch),
            )
            raw.execute(
                "UPDATE Data_Quarantine SET Quarantined_At = ? WHERE Batch_ID = ?",
                (f"{day} 10:00:00.000000", batch),
            )
        for number, (status, at) in enumerate(
            (
                ("Released", "2026-03-06 10:30:00.000000"),
                ("Discarded", "2026-03-06 11:00:00.000000"),
                ("Merged", "2026-03-06 23:00:00.000000"),
                ("Released", "2026-03-07 10:00:00.000000"),
                ("Released", "2026-03-07 10:10:00.000000"),
            ),
            start=1,
        ):
            raw.execute(
                "UPDATE Data_Quarantine SET Status = ?, Resolved_At = ? WHERE Quarantine_ID = ?",
                (status, at, number),
            )
    return session


def ask(session: SqliteSession, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(session.path)) as raw:
        return raw.execute(query).fetchall()


def test_a_fresh_workspace_has_no_trend(session: SqliteSession) -> None:
    trends = read_trends(session)
    assert trends == Trends((), (), (), (), (), ())
    assert trends.is_empty


def test_the_days_are_the_raw_records_by_day_and_outcome(history: SqliteSession) -> None:
    rows = ask(
        history,
        "SELECT substr(b.Received_At, 1, 10), count(*), sum(o.Outcome = 'Promoted'), sum(o.Outcome = 'Unchanged'), "
        "sum(o.Outcome = 'Duplicate'), sum(o.Outcome = 'Quarantined') FROM Raw_Record r JOIN Record_Outcome o "
        "USING (Raw_ID) JOIN Ingestion_Batch b USING (Batch_ID) GROUP BY 1 ORDER BY 1",
    )
    days = read_trends(history).days
    assert [(d.day, *(getattr(d.outcomes, n) for n in d.outcomes.__dataclass_fields__)) for d in days] == rows
    assert [d.batches for d in days] == [2, 1, 1]
    assert [round(d.first_time_right, 9) for d in days] == [round(1 - row[5] / row[1], 9) for row in rows]


def test_the_rules_are_the_first_violations_by_day(history: SqliteSession) -> None:
    rows = ask(
        history,
        "SELECT substr(b.Received_At, 1, 10), v.Rule_Code, count(DISTINCT v.Raw_ID) FROM Quarantine_Violation v "
        "JOIN Raw_Record r USING (Raw_ID) JOIN Ingestion_Batch b USING (Batch_ID) GROUP BY 1, 2 ORDER BY 1, 2",
    )
    assert [(r.day, r.code, r.records) for r in read_trends(history).rules] == rows


def test_the_backlog_is_the_open_records_by_day(history: SqliteSession) -> None:
    rows = ask(
        history,
        "SELECT substr(Quarantined_At, 1, 10), count(*), sum(Failed_Checks = 0) FROM Data_Quarantine "
        "WHERE Status = 'Open' GROUP BY 1 ORDER BY 1",
    )
    assert [(b.day, b.records, b.ready) for b in read_trends(history).backlog] == rows


def test_the_median_wait_is_that_of_the_records_of_the_day(history: SqliteSession) -> None:
    waits: dict[str, list[float]] = {}
    for day, minutes in ask(
        history,
        "SELECT substr(Resolved_At, 1, 10), (strftime('%s', Resolved_At) - strftime('%s', Quarantined_At)) / 60.0 "
        "FROM Data_Quarantine WHERE Status <> 'Open'",
    ):
        waits.setdefault(day, []).append(minutes)
    found = read_trends(history).resolutions
    assert [(r.day, r.records) for r in found] == [(day, len(each)) for day, each in sorted(waits.items())]
    assert [r.median_minutes for r in found] == pytest.approx(
        [median(each) for _, each in sorted(waits.items())], abs=0.01
    )
    assert [(r.released, r.merged, r.discarded) for r in found] == [(1, 1, 1), (2, 0, 0)]


def test_a_source_is_the_sum_of_its_batches_the_dirtiest_first(history: SqliteSession) -> None:
    rows = ask(
        history,
        "SELECT Source_Name, count(*), sum(Loaded_Count), sum(Quarantined_Count) FROM Ingestion_Batch "
        "GROUP BY 1 ORDER BY 4 DESC, 1",
    )
    sources = read_trends(history).sources
    assert [(s.name, s.batches, s.outcomes.loaded, s.outcomes.quarantined) for s in sources] == rows


def test_sources_and_backlog_are_those_of_the_period(history: SqliteSession) -> None:
    trends = read_trends(history, Period(date(2026, 3, 2), date(2026, 3, 4)))
    within = "BETWEEN '2026-03-02' AND '2026-03-04 24'"
    sources = ask(
        history,
        "SELECT Source_Name, count(*), sum(Loaded_Count), sum(Quarantined_Count), max(Received_At) "
        f"FROM Ingestion_Batch WHERE Received_At {within} GROUP BY 1 ORDER BY 4 DESC, 1",
    )
    assert [
        (s.name, s.batches, s.outcomes.loaded, s.outcomes.quarantined, s.last_received_at)
        for s in trends.sources
    ] == sources
    ((waiting, besides),) = ask(
        history,
        f"SELECT sum(Quarantined_At {within}), sum(NOT Quarantined_At {within}) FROM Data_Quarantine "
        "WHERE Status = 'Open'",
    )
    assert (sum(b.records for b in trends.backlog), trends.elsewhen) == (waiting, besides)
    assert waiting
    assert besides


def test_a_record_is_repaired_once_however_often_it_was_changed(history: SqliteSession) -> None:
    """Twice by hand and once in bulk, one of them undone: what stands counts, and the record with its last change."""
    open_ids = [
        row[0] for row in ask(history, "SELECT Quarantine_ID FROM Data_Quarantine WHERE Status = 'Open'")
    ]
    one, other = open_ids[:2]
    edit_records(history, [Edit(one, 1, "Phone", "1"), Edit(other, 1, "Phone", "1")], kind="Bulk")
    edit_records(history, [Edit(one, 2, "Phone", "2"), Edit(one, 2, "Last_Name", "Two")])
    undone = edit_records(history, [Edit(other, 2, "Phone", "2")])
    undo_edit(history, undone.group_id)
    days = {1: "2026-03-01", 2: "2026-03-01", 3: "2026-03-05", 4: "2026-03-05"}
    with closing(sqlite3.connect(history.path)) as raw, raw:
        for revision, at in days.items():
            raw.execute("UPDATE Quarantine_Revision SET Edited_At = ? WHERE Revision_ID = ?", (at, revision))
    found = {r.column: (r.cells, r.records) for r in read_trends(history).repairs}
    assert found == {"Phone": (3, 2), "Last_Name": (1, 1)}
    later = {r.column: (r.cells, r.records) for r in read_trends(history, Period(date(2026, 3, 2))).repairs}
    assert later == {"Phone": (1, 1), "Last_Name": (1, 1)}


def test_a_period_narrows_arrivals_and_resolutions(history: SqliteSession) -> None:
    trends = read_trends(history, Period(date(2026, 3, 2), date(2026, 3, 6)))
    assert [d.day for d in trends.days] == ["2026-03-02", "2026-03-05"]
    assert {r.day for r in trends.rules} == {"2026-03-02", "2026-03-05"}
    assert [r.day for r in trends.resolutions] == ["2026-03-06"]
    assert trends.is_empty is False


def test_each_part_can_be_exported_as_a_table(history: SqliteSession, tmp_path: Path) -> None:
    trends = read_trends(history)
    path = tmp_path / "days.csv"
    as_frame(trends.days).to_csv(path, index=False)
    header, *lines = path.read_text().splitlines()
    assert header == "day,batches,loaded,promoted,unchanged,duplicate,quarantined,first_time_right"
    assert len(lines) == 3
    assert as_frame(trends.backlog)["records"].sum() == sum(b.records for b in trends.backlog)

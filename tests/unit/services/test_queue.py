"""Reading the quarantine: every combination of choices lists what a plain question lists, and counts what it counts."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.facets import read_facets
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.queue import (
    Catalogue,
    Sorting,
    read_catalogue,
    read_keys,
    read_open,
    read_page,
    read_rows,
    read_versions,
)
from divegov_gui.services.queue_query import ERRORS, NOBODY, OPEN, READY, WARNINGS, QueueQuery
from divegov_gui.services.review import Edit, claim_records, discard_records, edit_records


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two batches, some records mended, some discarded, some claimed by another."""
    made = tmp_path_factory.mktemp("queue") / "queue.db"
    with closing(open_workspace(made)) as session:
        deploy(session)
        for seed in (3, 4):
            ingest(session, GeneratedSource(GenerationRequest(500, seed=seed, dirty=0.3)))
        ids = list(session.keys("Quarantine_Queue", "Quarantine_ID"))
        edit_records(session, [Edit(i, 1, "Phone", None) for i in ids[:40]])
        bad = [row.quarantine_id for row in read_rows(session, ids) if row.email and row.failed_checks]
        edit_records(
            session,
            [Edit(i, v, "Email", f"n{i}@dive.example") for i, v in read_versions(session, bad[40:60])],
        )
        discard_records(session, read_versions(session, ids[60:80]), "test_data", None)
    with closing(open_workspace(made, actor="berta")) as session:
        claim_records(session, ids[90:110])
    return made


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    with closing(open_workspace(path)) as opened:
        yield opened


@pytest.fixture
def catalogue(session: Session) -> Catalogue:
    return read_catalogue(session)


def plain(path: Path) -> list[dict[str, Any]]:
    """Every record, as the plain shell has it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [
            dict(row) for row in connection.execute("SELECT * FROM Data_Quarantine ORDER BY Quarantine_ID")
        ]


def matches(row: dict[str, Any], query: QueueQuery, catalogue: Catalogue, but: str = "") -> bool:
    """The meaning of a query, in Python: any within a facet, all of them together."""
    checks, mask = catalogue.checks, row["Failed_Checks"]
    found = {
        "standing": {READY if not mask else ERRORS if mask & checks.errors else WARNINGS},
        "rule": {check.rule for check in checks.of(mask)},
        "column": {check.column for check in checks.of(mask)},
        "status": {row["Status"]},
        "batch": {row["Batch_ID"]},
        "source": {catalogue.sources[row["Batch_ID"]]},
        "claim": {row["Claimed_By"] or NOBODY},
        "age": {"0"},
    }
    return all(
        facet == but or not wanted or wanted & found[facet] for facet, wanted in query.chosen.items()
    ) and all(
        any(word.lower() in (row[column] or "").lower() for column in COLUMNS) for word in query.text.split()
    )


def some_queries(catalogue: Catalogue) -> list[QueueQuery]:
    """Queries of every kind, and many of several kinds."""
    values = {
        "standing": [READY, WARNINGS, ERRORS],
        "rule": ["EMAIL_FORMAT", "EMAIL_MISSING", "PHONE_FORMAT", "DUPLICATE_IN_BATCH"],
        "column": ["Email", "Date_Of_Birth"],
        "status": ["Open", "Discarded"],
        "batch": [1, 2],
        "source": list(catalogue.sources.values())[:1],
        "claim": [NOBODY, "berta"],
        "age": ["0", "7"],
    }
    chance = random.Random(5)
    found = [QueueQuery(), OPEN]
    for count in (1, 2, 3):
        found += [
            QueueQuery("", {"standing": frozenset(some)})
            for some in itertools.combinations(values["standing"], count)
        ]
    for _ in range(60):
        facets = chance.sample(sorted(values), chance.randrange(1, 5))
        found.append(
            QueueQuery(
                chance.choice(["", "", "an", "a example", "zzz"]),
                {
                    name: frozenset(chance.sample(values[name], chance.randrange(1, len(values[name]) + 1)))
                    for name in facets
                },
            )
        )
    return found


def test_every_combination_lists_what_it_means(session: Session, path: Path, catalogue: Catalogue) -> None:
    rows = plain(path)
    seen = 0
    for query in some_queries(catalogue):
        wanted = [row["Quarantine_ID"] for row in rows if matches(row, query, catalogue)]
        assert list(read_keys(session, catalogue, query, Sorting())) == wanted, query
        assert [row.quarantine_id for row in read_page(session, catalogue, query, Sorting())] == wanted[:200]
        seen += bool(wanted)
    assert seen > 30


@pytest.mark.parametrize("near", [1, 40, 300])
def test_a_first_page_is_the_same_however_few_records_are_looked_at_first(
    session: Session, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    monkeypatch.setattr("divegov_gui.services.queue._NEAR", near)
    monkeypatch.setattr("divegov_gui.services.queue.PAGE", 20)
    for query in some_queries(catalogue)[::5]:
        for order in (Sorting(), Sorting(descending=True)):
            wanted = list(read_keys(session, catalogue, query, order))[:20]
            assert [row.quarantine_id for row in read_page(session, catalogue, query, order)] == wanted


def test_every_count_is_what_a_click_would_show(session: Session, path: Path, catalogue: Catalogue) -> None:
    rows = plain(path)
    for query in some_queries(catalogue)[::4]:
        found = read_facets(session, catalogue, query)
        assert found.match_count == sum(matches(row, query, catalogue) for row in rows)
        assert found.open_count == sum(row["Status"] == "Open" for row in rows)
        for facet in found.facets:
            for value in facet.values:
                alone = query.choosing(facet.name, frozenset({value.value}))
                assert value.count == sum(matches(row, alone, catalogue) for row in rows), (
                    query,
                    facet.name,
                    value,
                )


def test_a_query_comes_back_from_its_text() -> None:
    query = QueueQuery("an", {"batch": frozenset({1, 2}), "rule": frozenset({"EMAIL_FORMAT"})})
    assert QueueQuery.from_text(query.to_text()) == query


def test_ages_have_no_gap_and_no_overlap(session: Session, catalogue: Catalogue) -> None:
    from divegov_gui.services.queue_query import AGES, age_of, filters_for

    today = date(2026, 3, 1)
    for days in range(800):
        day = (today - timedelta(days)).isoformat()
        name = age_of(day, today)
        for other in AGES:
            (either,) = filters_for(QueueQuery("", {"age": frozenset({other})}), catalogue.checks, {}, today)
            (both,) = either.value
            first, last = (each.value for each in both.value)
            assert (first <= day <= last) == (other == name), (days, other)


def test_rows_keep_what_arrived_beside_what_is_now(session: Session, path: Path) -> None:
    ids = [row["Quarantine_ID"] for row in plain(path)][:40]
    for row in read_rows(session, ids):
        assert row.phone is None
        assert row.is_edited("Phone") == (row.raw_phone is not None)
        assert not row.is_edited("First_Name")


def test_versions_of_many_are_those_of_each(session: Session, path: Path) -> None:
    rows = {row["Quarantine_ID"]: row["Record_Version"] for row in plain(path)}
    many = [*rows] * 3  # more than one list takes
    assert dict(read_versions(session, many)) == rows
    assert read_versions(session, [7, 10**9, 3]) == [(7, rows[7]), (3, rows[3])]


def test_what_fails_a_check_is_found_by_its_bit(session: Session, path: Path, catalogue: Catalogue) -> None:
    bits = catalogue.checks.bits_of_rule("EMAIL_FORMAT")
    wanted = [
        row["Quarantine_ID"] for row in plain(path) if row["Status"] == "Open" and row["Failed_Checks"] & bits
    ]
    assert list(read_open(session, bits)) == wanted

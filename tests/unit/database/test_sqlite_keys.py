"""The numbers of a view's rows by the million: what comes as one text is what came row by row."""

from __future__ import annotations

import sqlite3
from array import array
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.sqlite import SqliteSession

_OPEN = [Filter("Status", "=", "Open")]


@pytest.fixture
def waiting(session: SqliteSession, path: Path) -> list[int]:
    """Records whose numbers have gaps, in batches that lie in another order than the numbers do."""
    numbers = list(range(3, 300_000, 17))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO Data_Quarantine (Quarantine_ID, Batch_ID, Raw_ID, Status, Failed_Checks, Quarantined_At,"
            " Resolved_At) VALUES (?, ?, ?, ?, ?, '2026-01-01', ?)",
            (
                (
                    n,
                    9 - n // 40_000,
                    n,
                    "Discarded" if n % 5 == 0 else "Open",
                    n % 8,
                    "2026" if n % 5 == 0 else None,
                )
                for n in numbers
            ),
        )
    return [n for n in numbers if n % 5]


def test_in_their_own_order_they_are_all_there_once(session: SqliteSession, waiting: list[int]) -> None:
    found = session.keys("Quarantine_Keys", "Quarantine_ID", _OPEN, [Order("Quarantine_ID")])
    assert found.typecode == "q"
    assert found.tolist() == waiting


def test_in_another_order_they_are_the_same(session: SqliteSession, waiting: list[int]) -> None:
    order = [Order("Failed_Checks", descending=True), Order("Quarantine_ID")]
    found = session.keys("Quarantine_Keys", "Quarantine_ID", _OPEN, order)
    assert found.tolist() == sorted(waiting, key=lambda n: (-(n % 8), n))


def test_from_the_last_to_the_first(session: SqliteSession, waiting: list[int]) -> None:
    found = session.keys("Quarantine_Keys", "Quarantine_ID", _OPEN, [Order("Quarantine_ID", descending=True)])
    assert found.tolist() == waiting[::-1]


def test_a_filter_has_its_say(session: SqliteSession, waiting: list[int]) -> None:
    filters = [*_OPEN, Filter("Failed_Checks", "has bit", 4)]
    found = session.keys("Quarantine_Keys", "Quarantine_ID", filters, [Order("Quarantine_ID")])
    assert found.tolist() == [n for n in waiting if n % 8 & 4]


def test_where_nothing_matches_there_is_none(session: SqliteSession) -> None:
    assert session.keys("Quarantine_Keys", "Quarantine_ID", _OPEN, [Order("Quarantine_ID")]) == array("q")

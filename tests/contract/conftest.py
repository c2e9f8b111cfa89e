from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backends import CHOSEN, CONNECTION_STRING, Backend, SqliteBackend
from gates import Gate
from people import person
from server_backend import Server, SqlServerBackend
from tsql_backend import TsqlBackend

from divegov_gui.database.session import Session

IN_BULK = {
    "test_conservation",
    "test_oracle",
    "test_score",
    "test_no_person_is_made_twice_and_nothing_is_lost",
}
"""Many batches: the T-SQL rules judge others in tests/unit/tsql/test_tsql_verdicts.py, and a server judges these."""

BEYOND_THE_INTERPRETER = {
    "test_drift",
    "test_past",
    "test_personas",
    "test_recognition",
    "test_versioning",
    "test_a_check_waits_for_no_writer",
    "test_a_list_by_facets_reads_an_index_alone_and_a_search_reads_the_rows_in_a_row",
    "test_a_pack_carries_the_masks_of_who_makes_it",
    "test_a_story_costs_the_same_however_many_others_there_are",
    "test_odd_texts_are_hashed_as_the_database_writes_them",
    "test_the_directory_masks_what_is_personal",
}
"""Permissions, plans, versioning, locks and the catalogue: a server's own matter, and SQLite's."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is `sqlite_only` is not asked of a server."""
    beside = {item for item in items if _is_beside(item)}
    config.hook.pytest_deselected(items=list(beside))
    items[:] = [item for item in items if item not in beside]


def _is_beside(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    kind = call.params.get("make_gate", "sqlite") if call else "sqlite"
    if kind == "sqlserver":
        return item.get_closest_marker("sqlite_only") is not None
    names = {item.path.stem, getattr(item, "originalname", "")}
    return kind == "tsql" and bool(names & (IN_BULK | BEYOND_THE_INTERPRETER))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The SQL Server of DIVEGOV_TEST_SQLSERVER; what the tests made there is dropped at their end."""
    import pyodbc

    made = Server(CONNECTION_STRING, pyodbc)
    try:
        made.execute("master", "SELECT 1")
    except pyodbc.Error as error:  # once, and not once a test
        pytest.exit(f"DIVEGOV_TEST_SQLSERVER leads to no server: {error.args[-1]}", returncode=1)
    try:
        yield made
    finally:
        made.drop_all()


@pytest.fixture(scope="session", params=CHOSEN)
def make_gate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Gate]:
    """Makes gates, each with a fresh database; whoever makes one closes its session."""
    kind, at = request.param, request.getfixturevalue("server") if request.param == "sqlserver" else None

    def make() -> Gate:
        folder: Path = tmp_path_factory.mktemp("database")
        backend: Backend = (
            SqlServerBackend(at) if at else {"sqlite": SqliteBackend, "tsql": TsqlBackend}[kind](folder)
        )
        return Gate(backend, backend.open())

    return make


@pytest.fixture
def gate(make_gate: Callable[[], Gate]) -> Iterator[Gate]:
    """A fresh database."""
    made = make_gate()
    with closing(made.session):
        yield made


@pytest.fixture
def three(gate: Gate) -> Gate:
    """Diver 1 is Ada. Record 1 has a wrong email, record 2 a wrong phone (a warning), record 3 is a rival of Ada."""
    gate.take_in([person()])
    gate.take_in(
        [
            person(email="bob", first_name="Bob"),
            person(email="cyd@example.org", phone="12"),
            person(first_name="Bea"),
        ]
    )
    return gate


@pytest.fixture
def berta(gate: Gate) -> Iterator[Session]:
    """Another steward's session with the same database."""
    with closing(gate.backend.open(steward="berta")) as session:
        yield session

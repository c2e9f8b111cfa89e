from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backends import CHOSEN, CONNECTION_STRING, Backend, SqliteBackend
from gates import Gate
from server_backend import Server, SqlServerBackend


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is `sqlite_only` is not asked of a server."""
    beside = [item for item in items if item.get_closest_marker("sqlite_only") and _is_for_a_server(item)]
    config.hook.pytest_deselected(items=beside)
    items[:] = [item for item in items if item not in set(beside)]


def _is_for_a_server(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("make_gate", "sqlite") != "sqlite"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The SQL Server of DIVEGOV_TEST_SQLSERVER; what the tests made there is dropped at their end."""
    import pyodbc

    made = Server(CONNECTION_STRING, pyodbc)
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
        backend: Backend = SqliteBackend(folder) if kind == "sqlite" else SqlServerBackend(at)
        return Gate(backend, backend.open())

    return make


@pytest.fixture
def gate(make_gate: Callable[[], Gate]) -> Iterator[Gate]:
    """A fresh database."""
    made = make_gate()
    with closing(made.session):
        yield made

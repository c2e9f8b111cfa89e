from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backends import BACKENDS, CHOSEN
from gates import Gate


@pytest.fixture(scope="session", params=CHOSEN)
def make_gate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Gate]:
    """Makes gates, each with a fresh database; whoever makes one closes its session."""
    kind = BACKENDS[request.param]

    def make() -> Gate:
        folder: Path = tmp_path_factory.mktemp("database")
        backend = kind(folder)
        return Gate(backend, backend.open())

    return make


@pytest.fixture
def gate(make_gate: Callable[[], Gate]) -> Iterator[Gate]:
    """A fresh database."""
    made = make_gate()
    with closing(made.session):
        yield made

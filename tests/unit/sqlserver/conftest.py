"""A stage for every test of this folder; what it is made of is in stage.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    for session in made.sessions:
        session.close()

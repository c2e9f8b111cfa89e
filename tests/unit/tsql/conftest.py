from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.services.deployment import deploy


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteSession]:
    """The SQLite twin, deployed."""
    folder: Path = tmp_path_factory.mktemp("twin")
    with open_workspace(folder / "twin.db") as session:
        deploy(session)
        yield session

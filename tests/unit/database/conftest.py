from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.database.scripts import Script
from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.services.deployment import deploy


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace to which the program's scripts were deployed; to be copied."""
    path = tmp_path_factory.mktemp("deployed") / "deployed.db"
    with closing(open_workspace(path)) as session:
        deploy(session)
    return path


@pytest.fixture
def path(deployed: Path, tmp_path: Path) -> Path:
    """A deployed workspace of the test's own."""
    return Path(shutil.copy(deployed, tmp_path / "workspace.db"))


@pytest.fixture
def session(path: Path) -> Iterator[SqliteSession]:
    with closing(open_workspace(path, busy_seconds=0)) as opened:
        yield opened


@pytest.fixture
def define(session: SqliteSession) -> Callable[[str], None]:
    """Deploy a piece of script, such as a procedure, to the workspace."""

    def _define(text: str) -> None:
        script = Script(90, "90_test.sql", text, hashlib.sha256(text.encode()).hexdigest())
        session.apply_scripts([script], "test", lambda *_: None)

    return _define

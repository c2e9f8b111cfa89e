from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.core.paths import bundled
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
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
    return Path(shutil.copy(deployed, tmp_path / "workspace.db"))


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    with closing(open_workspace(path)) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    """A session with a workspace to which nothing was deployed."""
    with closing(open_workspace(tmp_path / "empty.db")) as opened:
        yield opened


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the program's scripts that a test may change."""
    return Path(shutil.copytree(bundled("sql_scripts") / "sqlite", tmp_path / "scripts"))

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from divegov_gui import cli
from divegov_gui.services.profiles import Profile
from divegov_gui.services.servers import Place

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Desktop:
    """Stands in for the window: notes what it was asked to show."""

    opened: list[tuple[Place | Profile, Path | None]] = field(default_factory=list)
    saved: list[tuple[Place, Path]] = field(default_factory=list)
    exit_code: int = 0

    def open_window(self, target: Place | Profile, scripts: Path | None, page: str | None) -> int:
        self.opened.append((target, scripts))
        return self.exit_code

    def save_pages(self, place: Place, folder: Path, sizes: list[tuple[int, int]]) -> list[Path]:
        self.saved.append((place, folder))
        return [folder / "overview.png"]


Divegov = Callable[..., Answer]


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def divegov(capsys: pytest.CaptureFixture[str], desktop: Desktop) -> Divegov:
    """Run a command in this process."""

    def _divegov(*arguments: str | Path) -> Answer:
        faces = cli.Faces(open_window=desktop.open_window, save_pages=desktop.save_pages)
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments], faces)
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return _divegov


@pytest.fixture
def process() -> Callable[..., Answer]:
    """Run a command, or a program that is given as text, in a process of its own."""

    def _process(*arguments: str | bytes | Path, program: str | None = None, **how: Any) -> Answer:
        start: Sequence[str] = ("-m", "divegov_gui") if program is None else ("-c", program)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **how.pop("env", {})}
        done = subprocess.run(
            [sys.executable, *start, *arguments], capture_output=True, env=environment, check=False, **how
        )
        return Answer(
            done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        )

    return _process


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Where a workspace may be; there is none yet."""
    return tmp_path / "workspace.db"


@pytest.fixture
def filled(divegov: Divegov, workspace: Path) -> Path:
    """A workspace with a governed batch, three records in ten of it spoilt."""
    divegov("ingest", "--rows", "200", "--dirty", "0.3", "--workspace", workspace, "--json")
    return workspace


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A small file with every outcome in it."""
    path = tmp_path / "people.csv"
    path.write_text(
        "First Name,Last Name,Email,Phone,Date of birth,Club\n"
        "Ada,Lovelace,ada@example.org,555 000 1111,1990-05-17,Reef\n"
        "Ada,Lovelace,ADA@example.org,(555) 000-1111,1990-05-17,Reef\n"
        "Bob,Byron,bob@example.org,,1985-01-31,Reef\n"
        "Cyd,Charisse,cyd@example,,1985-01-31,Reef\n"
    )
    return path

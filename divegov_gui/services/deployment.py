"""Deployment of the numbered scripts: what is to be done, and doing it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from divegov_gui import __version__
from divegov_gui.core.errors import Cancelled
from divegov_gui.core.paths import scripts_folder
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.database.scripts import Script, read_scripts
from divegov_gui.database.session import JournalEntry, Session
from divegov_gui.services.connections import interruptible


class ScriptState(Enum):
    """How a script on disk stands to the database."""

    PENDING = "pending"
    """It never ran here."""
    APPLIED = "applied"
    """It ran, and reads as it did then."""
    DRIFTED = "drifted"
    """It ran, but its text has changed since."""


@dataclass(frozen=True)
class ScriptStatus:
    """One numbered script: its text, its state and the journal's entry, if there is one."""

    name: str
    title: str
    state: ScriptState
    text: str
    checksum: str
    journal: JournalEntry | None


@dataclass(frozen=True)
class DeploymentPlan:
    """What a deployment would do. `folder` is where the scripts were read."""

    folder: Path
    scripts: tuple[ScriptStatus, ...]

    @property
    def outstanding(self) -> tuple[ScriptStatus, ...]:
        """The scripts that a deployment would apply, in their order."""
        return tuple(s for s in self.scripts if s.state is not ScriptState.APPLIED)

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return not self.outstanding

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever deployed to this database."""
        return all(s.journal is None for s in self.scripts)


@dataclass(frozen=True)
class DeploymentReport:
    """What was applied. `dry_run`: it was undone again. `seconds` is wall-clock time."""

    applied: tuple[str, ...]
    unchanged: tuple[str, ...]
    dry_run: bool
    seconds: float


def plan_deployment(session: Session, scripts: Path | None = None) -> DeploymentPlan:
    """Compare the scripts (of the folder `scripts`, or the program's own) with the journal."""
    folder = scripts_folder(session.dialect, scripts)
    journal = {entry.script_name: entry for entry in session.journal()}
    return DeploymentPlan(
        folder, tuple(_status(script, journal.get(script.name)) for script in read_scripts(folder))
    )


def deploy(
    session: Session,
    *,
    scripts: Path | None = None,
    dry_run: bool = False,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> DeploymentReport:
    """Apply what is outstanding, one script after the other, each with its journal row in one transaction.

    A dry run applies everything in one transaction and undoes it. Progress counts scripts; its stage begins with the
    script's name. Raises DeploymentFailed; scripts that were applied before the failing one stay applied.
    """
    started = time.monotonic()
    plan = plan_deployment(session, scripts)
    todo = [_script(status) for status in plan.outstanding]
    total = len(todo)

    def on_statement(script: Script, number: int, count: int) -> None:
        if cancel and cancel.is_cancelled:
            raise Cancelled("Stopped.", f"{script.name} was undone; the scripts before it stay applied.")
        progress(Progress(f"{script.name} · statement {number} of {count}", _position(todo, script), total))

    with interruptible(session, cancel):
        if dry_run and todo:
            session.rehearse_scripts(todo, on_statement)
        elif todo:
            for script in todo:
                session.apply_scripts([script], __version__, on_statement)
    progress(Progress("All scripts applied" if not dry_run else "Dry run done", total, total))
    return DeploymentReport(
        tuple(s.name for s in todo),
        tuple(s.name for s in plan.scripts if s.state is ScriptState.APPLIED),
        dry_run,
        time.monotonic() - started,
    )


def _status(script: Script, entry: JournalEntry | None) -> ScriptStatus:
    if entry is None:
        state = ScriptState.PENDING
    elif entry.checksum == script.checksum:
        state = ScriptState.APPLIED
    else:
        state = ScriptState.DRIFTED
    return ScriptStatus(script.name, _title(script.text), state, script.text, script.checksum, entry)


def _title(text: str) -> str:
    """The first sentence behind the colon of a script's first line."""
    match = re.match(r"--[^\n:]*:\s*([^.\n]*)", text)
    return match[1][:1].upper() + match[1][1:] if match else ""


def _script(status: ScriptStatus) -> Script:
    return Script(int(status.name[:2]), status.name, status.text, status.checksum)


def _position(scripts: Sequence[Script], script: Script) -> int:
    return next(i for i, one in enumerate(scripts) if one.name == script.name)

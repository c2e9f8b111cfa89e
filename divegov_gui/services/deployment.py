"""Deployment of the numbered scripts: what is to be done, and doing it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from divegov_gui import __version__
from divegov_gui.core.errors import Cancelled, InputRefused, Refused
from divegov_gui.core.paths import scripts_folder
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.database.scripts import Script, read_scripts
from divegov_gui.database.session import JournalEntry, Obstacle, Recording, Session, Target
from divegov_gui.services.catalogue import Finding, created_names, findings
from divegov_gui.services.connections import interruptible


class ScriptState(Enum):
    """How a script on disk stands to the database."""

    PENDING = "pending"
    """It never ran here."""
    APPLIED = "applied"
    """It ran, and reads as it did then."""
    DRIFTED = "drifted"
    """It ran, but its text has changed since, or what it made is not as it was."""


@dataclass(frozen=True)
class ScriptStatus:
    """One numbered script: its text, its state and the journal's entry, if there is one."""

    name: str
    title: str
    state: ScriptState
    text: str
    checksum: str
    journal: JournalEntry | None
    findings: tuple[Finding, ...] = ()
    """What it made and is missing or altered now."""

    @property
    def has_changed(self) -> bool:
        """Whether its text is another than when it ran."""
        return self.journal is not None and self.journal.checksum != self.checksum

    @property
    def is_outstanding(self) -> bool:
        """Whether a deployment would apply it: pending, changed, or able to put back what is missing or altered."""
        return self.journal is None or self.has_changed or any(f.restorable for f in self.findings)


@dataclass(frozen=True)
class DeploymentPlan:
    """What a deployment would do to `target`. `folder` is where the scripts were read.

    `missing_rights` are what one lacks to do it, each with what it is for; `obstacle` is why nobody can.
    """

    folder: Path
    scripts: tuple[ScriptStatus, ...]
    target: Target
    dialect: str
    missing_rights: Mapping[str, str] = field(default_factory=dict)
    obstacle: Obstacle | None = None

    @property
    def outstanding(self) -> tuple[ScriptStatus, ...]:
        """The scripts that a deployment would apply, in their order."""
        return tuple(s for s in self.scripts if s.is_outstanding)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every object that is not as it was deployed."""
        return tuple(finding for script in self.scripts for finding in script.findings)

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return not self.outstanding

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever deployed to this database."""
        return all(s.journal is None for s in self.scripts)

    @property
    def name_to_confirm(self) -> str:
        """The server's name where it must be asked back: before the first deployment to another computer."""
        return self.target.server if self.is_empty and not self.target.is_local else ""

    def is_confirmed_by(self, name: str) -> bool:
        """Whether `name`, as a person has typed it, is the one to be asked back, or none is."""
        return name.strip().casefold() == self.name_to_confirm.casefold() or not self.name_to_confirm

    @property
    def recording(self) -> Recording | None:
        """What its deployment records: drift that it does not put right stays what it is.

        None while drift cannot be seen, since the view that tells it is to be put back first.
        """
        changed = {s.name for s in self.scripts if s.journal is None or s.has_changed}
        if any(f.object.name.endswith("Schema_Drift") and f.script not in changed for f in self.findings):
            return None
        kept = [f.object for f in self.findings if f.script not in changed]
        return Recording(self.names, tuple((o.kind, o.name) for o in kept))

    @property
    def names(self) -> tuple[str, ...]:
        """What the scripts make, by name."""
        return created_names([as_script(s) for s in self.scripts], self.dialect)


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
    read = read_scripts(folder)
    found = findings(session.drift(), read, session.dialect)
    statuses = tuple(
        _status(script, journal.get(script.name), tuple(f for f in found if f.script == script.name))
        for script in read
    )
    rights, obstacle = session.missing_rights(), session.obstacle()
    return DeploymentPlan(folder, statuses, session.target, session.dialect, rights, obstacle)


def deploy(
    session: Session,
    *,
    scripts: Path | None = None,
    dry_run: bool = False,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
    confirmed: str = "",
) -> DeploymentReport:
    """Apply what is outstanding, one script after the other, each with its journal row in one transaction.

    A dry run applies everything in one transaction and undoes it. Progress counts scripts; its stage begins with the
    script's name. Raises DeploymentFailed; scripts that were applied before the failing one stay applied.
    The first deployment to a server elsewhere needs its name in `confirmed`: else InputRefused is raised. Refused:
    the server or the database is too old, or one lacks rights that it needs.
    """
    started = time.monotonic()
    plan = plan_deployment(session, scripts)
    todo = [as_script(status) for status in plan.outstanding]
    total = len(todo)
    if todo:
        _refuse(plan, "" if dry_run else confirmed, dry_run)

    def on_statement(script: Script, number: int, count: int) -> None:
        if cancel and cancel.is_cancelled:
            raise Cancelled("Stopped.", f"{script.name} was undone; the scripts before it stay applied.")
        progress(Progress(f"{script.name} · statement {number} of {count}", _position(todo, script), total))

    recording = plan.recording
    with interruptible(session, cancel):
        if dry_run and todo:
            session.rehearse_scripts(todo, on_statement)
        elif todo:
            for script in todo:
                session.apply_scripts([script], __version__, on_statement, recording)
    progress(Progress("All scripts applied" if not dry_run else "Dry run done", total, total))
    return DeploymentReport(
        tuple(s.name for s in todo),
        tuple(s.name for s in plan.scripts if s.state is ScriptState.APPLIED),
        dry_run,
        time.monotonic() - started,
    )


def accept_drift(session: Session, scripts: Path | None = None) -> tuple[Finding, ...]:
    """Take what no script can put back as it is now: it is no drift any more. Returns what was taken.

    What a script can put back stays drift. Raises Refused where one lacks the rights.
    """
    plan = plan_deployment(session, scripts)
    taken = tuple(f for f in plan.findings if not f.restorable)
    if not taken:
        return ()
    if plan.missing_rights:
        _refuse(plan, "", dry_run=False)
    kept = tuple((f.object.kind, f.object.name) for f in plan.findings if f.restorable)
    session.record_catalogue(Recording(plan.names, kept))
    return taken


def plan_text(plan: DeploymentPlan) -> str:
    """The plan as one T-SQL file, which does by hand what `deploy` would. Raises InputRefused on SQLite."""
    if plan.dialect != "sqlserver":
        raise InputRefused(
            "A plan is written for SQL Server only.",
            "A local workspace has no other tool that could run its procedures.",
            "Deploy it from here.",
        )
    from divegov_gui.database.tsql_plan import (
        written_plan,  # brings SQLAlchemy, which a first paint can do without
    )

    return written_plan([as_script(s) for s in plan.outstanding], plan.target, __version__, plan.recording)


def save_plan(plan: DeploymentPlan, file: Path) -> None:
    """Write `plan_text` to a file, which then reads the same in SSMS and in sqlcmd. Raises InputRefused."""
    text = plan_text(plan)
    try:
        file.write_text(text, encoding="utf-8-sig", newline="\r\n")
    except OSError as error:
        raise InputRefused(
            f"{file} cannot be written.", f"{error.strerror or error}.", "Check its folder and its disk."
        ) from error


def rights_text(missing: Mapping[str, str]) -> str:
    """Which rights are missing and what each is for, in a sentence."""
    return "; ".join(f"{right} ({why})" for right, why in missing.items()) + "."


def _refuse(plan: DeploymentPlan, confirmed: str, dry_run: bool) -> None:
    """Refuse what may not begin."""
    if plan.obstacle is not None:
        raise Refused(plan.obstacle.words, "Nothing was applied.", plan.obstacle.advice)
    if plan.missing_rights:
        raise Refused(
            f"You may not deploy to {plan.target.label}.",
            f"Missing: {rights_text(plan.missing_rights)}",
            "Ask a database owner for ALTER ROLE db_owner ADD MEMBER …, or save the plan and have it run."
            if plan.dialect == "sqlserver"
            else "Take the role of the workspace's owner.",
        )
    if not dry_run and not plan.is_confirmed_by(confirmed):
        raise InputRefused(
            f"Nothing was ever deployed to {plan.target.label}.",
            f"The first deployment to a server must be confirmed with its name, {plan.name_to_confirm}.",
            "Open Deploy, or run divegov deploy with the same profile.",
        )


def _status(script: Script, entry: JournalEntry | None, found: tuple[Finding, ...]) -> ScriptStatus:
    if entry is None:
        state = ScriptState.PENDING
    elif entry.checksum == script.checksum and not found:
        state = ScriptState.APPLIED
    else:
        state = ScriptState.DRIFTED
    return ScriptStatus(script.name, _title(script.text), state, script.text, script.checksum, entry, found)


def _title(text: str) -> str:
    """The first sentence behind the colon of a script's first line."""
    match = re.match(r"--[^\n:]*:\s*([^.\n]*)", text)
    return match[1][:1].upper() + match[1][1:] if match else ""


def as_script(status: ScriptStatus) -> Script:
    """The script of a status."""
    return Script(int(status.name[:2]), status.name, status.text, status.checksum)


def _position(scripts: Sequence[Script], script: Script) -> int:
    return next(i for i, one in enumerate(scripts) if one.name == script.name)

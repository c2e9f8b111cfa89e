"""What the page Deploy says: its button, the state of things, what drift means, what became of a run."""

from __future__ import annotations

from dataclasses import dataclass

from divegov_gui.core.errors import DeploymentFailed
from divegov_gui.services.deployment import DeploymentPlan, DeploymentReport, ScriptState, ScriptStatus
from divegov_gui.ui.pages.deploy.rows import short
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import duration, plural


@dataclass(frozen=True)
class Failure:
    """Where a deployment failed: script, line (from 1), and what the database said."""

    script: str
    line: int
    words: str


def failure_of(error: DeploymentFailed) -> Failure | None:
    """Script and line of a failure, None where it names none."""
    return Failure(error.script, error.line, f"Line {error.line}: {error.detail}") if error.script else None


def button_text(plan: DeploymentPlan) -> str:
    """What the one button will do."""
    pending, drifted = _counts(plan)
    if plan.is_current:
        return "Everything is applied"
    if not drifted:
        return f"Apply {plural(pending, 'script')}"
    if not pending:
        return f"Apply {drifted:,} changed {'script' if drifted == 1 else 'scripts'}"
    return f"Apply {pending:,} new and {drifted:,} changed {'script' if drifted == 1 else 'scripts'}"


def state_text(plan: DeploymentPlan) -> str:
    """How the database stands to the scripts, in a sentence."""
    pending, drifted = _counts(plan)
    total = plural(len(plan.scripts), "script")
    if plan.is_current:
        return f"All {total} are applied as they stand on disk. There is nothing to do."
    if plan.is_empty:
        return f"Nothing is deployed to this database yet; {total} are ready."
    parts = [f"{pending:,} of {total} never ran here"] if pending else []
    if drifted:
        of = "" if pending else f" of {total}"
        verb = "has" if drifted == 1 else "have"
        parts.append(f"{drifted:,}{of} {verb} changed since {'it' if drifted == 1 else 'they'} ran here")
    return "; ".join(parts) + "."


def drift_text(script: ScriptStatus) -> str:
    """What it means that `script` has drifted."""
    assert script.journal is not None
    then = script.journal
    return (
        f"The text of this script has changed since {then.applied_by} applied it on {local_time(then.applied_at)}: "
        f"checksum {short(then.checksum)} then, {short(script.checksum)} now. The database still works by the old "
        "text. Applying it again is safe: a script may run any number of times, and none drops a table that holds data."
    )


def result_text(report: DeploymentReport) -> str:
    """What became of a run."""
    count, took = plural(len(report.applied), "script"), duration(report.seconds)
    if report.dry_run:
        return f"Dry run: {count} would apply without an error. It took {took}, and nothing was kept."
    return f"{count} applied in {took}."


def _counts(plan: DeploymentPlan) -> tuple[int, int]:
    states = [script.state for script in plan.scripts]
    return states.count(ScriptState.PENDING), states.count(ScriptState.DRIFTED)

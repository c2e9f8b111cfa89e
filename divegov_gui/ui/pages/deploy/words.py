"""What the page Deploy says: its button, the state of things, what drift means, what became of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.core.errors import DeploymentFailed
from divegov_gui.core.numbers import grouped
from divegov_gui.services.catalogue import Finding
from divegov_gui.services.deployment import (
    DeploymentPlan,
    DeploymentReport,
    ScriptState,
    ScriptStatus,
)
from divegov_gui.ui.pages.deploy.rows import short
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import duration, plural

_MOST = 3
"""How many findings of one script are listed."""


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
    if not any(s.journal is None or s.has_changed for s in plan.outstanding):
        return f"Apply {plural(len(plan.outstanding), 'script')} again"
    if not drifted:
        return f"Apply {plural(pending, 'script')}"
    if not pending:
        return f"Apply {grouped(drifted)} changed {'script' if drifted == 1 else 'scripts'}"
    return f"Apply {grouped(pending)} new and {grouped(drifted)} changed {'script' if drifted == 1 else 'scripts'}"


def state_text(plan: DeploymentPlan) -> str:
    """How the database stands to the scripts, in a sentence."""
    pending, drifted = _counts(plan)
    total = plural(len(plan.scripts), "script")
    found = plural(len(plan.findings), "object")
    if plan.is_current and not plan.findings:
        return f"All {total} are applied as they stand on disk. There is nothing to do."
    if plan.is_current:
        return f"All {total} are applied, but {found} in the database {_are(plan)} not as deployed. No script can help."
    if plan.is_empty:
        return f"Nothing is deployed to this database yet; {total} are ready."
    parts = [f"{grouped(pending)} of {total} never ran here"] if pending else []
    if drifted:
        of = "" if pending else f" of {total}"
        verb = "has" if drifted == 1 else "have"
        parts.append(
            f"{grouped(drifted)}{of} {verb} changed since {'it' if drifted == 1 else 'they'} ran here"
        )
    if plan.findings:
        parts.append(f"{found} in the database {_are(plan)} missing or altered")
    return "; ".join(parts) + "."


def drift_text(script: ScriptStatus) -> str:
    """What it means that `script` has drifted: by its text, by what it made, or by both."""
    parts = [_changed_text(script)] if script.has_changed else []
    restorable = [f for f in script.findings if f.restorable]
    by_hand = [f for f in script.findings if not f.restorable]
    if restorable:
        parts.append(f"{_listed(restorable)}\nApplying this script again puts that back.")
    if by_hand:
        parts.append(f"{_listed(by_hand)}\nNo script puts that back: do it by hand, or accept it as it is.")
    return "\n".join(parts)


def hindrance_text(plan: DeploymentPlan) -> str:
    """Why nobody can deploy, or one may not, and what to do about it; empty where one may."""
    if plan.obstacle:
        return f"{plan.obstacle.words} {plan.obstacle.advice}"
    if not plan.missing_rights:
        return ""
    if plan.dialect == "sqlite":
        return "You may look, but not deploy in this role: the scripts are applied by the workspace's owner."
    return (
        f"You may look, but not deploy here. Missing: {', '.join(plan.missing_rights)}. Ask a database owner for ALTER "
        "ROLE db_owner ADD MEMBER …, or save the plan as a file and have it run."
    )


def _listed(found: Sequence[Finding]) -> str:
    """The findings, the first few of them one a line."""
    lines = [f"•  {one.words}" for one in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"•  … and {grouped(len(found) - _MOST)} more; divegov status lists all.")
    return "\n".join(lines)


def _are(plan: DeploymentPlan) -> str:
    return "is" if len(plan.findings) == 1 else "are"


def _changed_text(script: ScriptStatus) -> str:
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
    """How many scripts never ran here, and how many have another text than when they did."""
    pending = sum(script.state is ScriptState.PENDING for script in plan.scripts)
    return pending, sum(script.has_changed for script in plan.scripts)

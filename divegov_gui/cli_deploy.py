"""`divegov deploy` and `divegov status`: the scripts, applied or written down as a plan. Mounted by cli.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divegov_gui.cli_support import (
    JsonOption,
    ProfileOption,
    ScriptsOption,
    WorkspaceOption,
    existing,
    name_of,
    open_session,
    place_for,
    print_json,
    progress_bar,
)
from divegov_gui.core.errors import ConnectionFailed, InputRefused

if TYPE_CHECKING:
    from divegov_gui.database.session import Session
    from divegov_gui.services.catalogue import Finding
    from divegov_gui.services.deployment import DeploymentPlan, DeploymentReport
    from divegov_gui.services.quality import Overview


def deploy(
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    scripts: ScriptsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Apply everything, then undo it.")] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Do not ask for the server's name before the first deployment there."),
    ] = False,
    plan_file: Annotated[
        Path | None,
        typer.Option(
            "--save-plan",
            metavar="FILE",
            help="Write what would run as one .sql file for SSMS or sqlcmd, and apply nothing.",
        ),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept-drift",
            help="Take what no script can put back as it is now; status then names it no more.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Apply the numbered scripts that are pending, have changed, or made what is missing or altered now."""
    from divegov_gui.services.deployment import accept_drift, plan_deployment
    from divegov_gui.services.deployment import deploy as apply

    with open_session(place_for(workspace, profile)) as session:
        plan = plan_deployment(session, scripts)
        if plan_file is not None:
            _save(plan, plan_file, as_json)
            return
        confirmed = plan.name_to_confirm if yes or dry_run else _confirmed(plan)
        with progress_bar(as_json) as progress:
            report = apply(session, scripts=scripts, dry_run=dry_run, progress=progress, confirmed=confirmed)
        taken = accept_drift(session, scripts) if accept and not dry_run else ()
    _print_report(report, [f for f in plan.findings if not f.restorable and f not in taken], as_json)
    if not as_json:
        for finding in taken:
            print(f"accepted {finding.words}")


def status(
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    scripts: ScriptsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the state of the scripts, what of them is missing or altered, and what the workspace holds."""
    from divegov_gui.services.deployment import plan_deployment

    place = existing(workspace, profile)
    with open_session(place) as session:
        plan = plan_deployment(session, scripts)
        overview = None if plan.is_empty else _overview(session, plan)
    counts = (
        {}
        if overview is None
        else {
            "divers": overview.divers,
            "quarantine_open": overview.quarantine_open,
            "history_rows": overview.history_rows,
            "batches": overview.batch_count,
        }
    )
    if as_json:
        states = {s.name: s.state.value for s in plan.scripts}
        drift = [finding.words for finding in plan.findings]
        print_json({"workspace": name_of(place), "scripts": states, "drift": drift, **counts})
        return
    print(f"Workspace  {name_of(place)}")
    for script in plan.scripts:
        print(f"  {script.state.value:<8} {script.name}")
    _print_drift(plan)
    for name, count in counts.items():
        print(f"  {count:>12,}  {name.replace('_', ' ')}")
    if plan.obstacle:
        print(f"{plan.obstacle.words} {plan.obstacle.advice}")
    elif not plan.is_current:
        print("Run divegov deploy to apply what is outstanding.")


def _overview(session: Session, plan: DeploymentPlan) -> Overview | None:
    """What the workspace holds; None where it is of older scripts and has not the views to tell it by."""
    from divegov_gui.services.quality import read_overview

    try:
        return read_overview(session)
    except ConnectionFailed:
        if plan.is_current:
            raise
        return None


def _confirmed(plan: DeploymentPlan) -> str:
    """The server's name as a person types it; empty where none is asked for. Raises InputRefused."""
    wanted = plan.name_to_confirm
    if not wanted or plan.is_current or plan.missing_rights or plan.obstacle:
        return ""
    if not sys.stdin.isatty():
        raise InputRefused(
            f"Nothing was ever deployed to {plan.target.label}.",
            "The first deployment to a server must be confirmed, and nobody is there to do it.",
            "Look at it with --dry-run or --save-plan FILE, then run it with --yes.",
        )
    print(
        f"This is the first deployment to {plan.target.label}: {len(plan.outstanding)} scripts.",
        file=sys.stderr,
    )
    typed = str(typer.prompt(f"Type the server's name to go on ({wanted})", err=True))
    if not plan.is_confirmed_by(typed):
        raise InputRefused("That is not the server's name.", "Nothing was deployed.")
    return typed


def _save(plan: DeploymentPlan, file: Path, as_json: bool) -> None:
    from divegov_gui.services.deployment import save_plan

    names = [script.name for script in plan.outstanding]
    if names:
        save_plan(plan, file)
    if as_json:
        print_json({"plan": str(file) if names else None, "scripts": names})
    elif names:
        print(f"Wrote {file}: {', '.join(names)}. Nothing was applied.")
    else:
        print("Nothing to do: all scripts are applied. No file was written.")


def _print_report(report: DeploymentReport, left: list[Finding], as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "applied": report.applied,
                "unchanged": report.unchanged,
                "dry_run": report.dry_run,
                "seconds": round(report.seconds, 3),
                "by_hand": [finding.words for finding in left],
            }
        )
        return
    for name in report.applied:
        print(f"{'would apply' if report.dry_run else 'applied'}  {name}")
    if not report.applied:
        print("Nothing to do: all scripts are applied.")
    for finding in left:
        print(f"by hand  {finding.words} No script puts that back.")


def _print_drift(plan: DeploymentPlan) -> None:
    for finding in plan.findings:
        cure = f"{finding.script} puts it back." if finding.restorable else "No script puts that back."
        print(f"  drift    {finding.words} {cure}")

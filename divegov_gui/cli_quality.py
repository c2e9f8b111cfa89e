"""`divegov report`, `trends`, `purge` and `rules …`: quality over time at a terminal. Mounted by cli.py."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divegov_gui.cli_persona import ReasonOption, StewardOption, session_as
from divegov_gui.cli_support import (
    JsonOption,
    ProfileOption,
    WorkspaceOption,
    facts_of,
    print_json,
    print_report,
    progress_bar,
)
from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused

if TYPE_CHECKING:
    from divegov_gui.database.session import Session
    from divegov_gui.services.rules import RetestReport, Rule, RuleSettings

rules_app = typer.Typer(
    help="The rules: what they ask, what a change would do, and changing one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

DaysOption = Annotated[int | None, typer.Option("--days", metavar="N", help="Only the last N days (UTC).")]
CodeArgument = Annotated[str, typer.Argument(metavar="RULE", help="Its code, such as AGE_BELOW_MINIMUM.")]
SeverityOption = Annotated[str | None, typer.Option("--severity", metavar="WORD", help="error or warning.")]
ThresholdOption = Annotated[
    int | None, typer.Option("--threshold", metavar="YEARS", help="The age it asks for.")
]
EnabledOption = Annotated[bool | None, typer.Option("--on/--off", help="Whether it is asked at all.")]


def report(
    batch: Annotated[
        int | None, typer.Option(help="The batch; the newest governed one by default.", metavar="N")
    ] = None,
    days: DaysOption = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page of HTML instead.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write a PDF instead.")] = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report what became of a batch; with --html or --pdf as a page to hand on, with --days of a period."""
    files = [file for file in (html, pdf) if file is not None]
    if len(files) > 1:
        raise typer.BadParameter("write either --html FILE or --pdf FILE")
    if days is not None and (not files or batch is not None):
        raise typer.BadParameter("--days goes with --html or --pdf, and not with --batch")
    with session_as(role, workspace, profile) as session:
        chosen = None if days is not None else _governed(session, batch)
        for file in files:
            _write_page(session, chosen, days, file, is_pdf=file is pdf)
            print_json({"file": str(file)}) if as_json else print(f"Written to {file}.")
        if files:
            return
        assert chosen is not None
        facts = _facts(session, chosen)
    print_report(facts, as_json)


def trends(
    days: DaysOption = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show quality over time: what arrived right, which rules it broke, what waits and what is fixed by hand."""
    from divegov_gui.services.trends import read_trends

    with session_as(role, workspace, profile) as session:
        found = read_trends(session, _period(days))
    if as_json:
        print_json(asdict(found))
        return
    if found.is_empty:
        print("Nothing arrived in this period.")
    for day in found.days:
        print(
            f"{day.day}  {100 * day.first_time_right:5.1f} % right at once  {day.outcomes.loaded:>10,} records  "
            f"{day.outcomes.quarantined:>8,} quarantined"
        )
    for one in found.resolutions:
        print(f"{one.day}  {one.records:,} resolved after a median of {one.median_minutes:,.0f} minutes")
    waiting = sum(one.records for one in found.backlog)
    came = "" if days is None else " that came in this period"
    besides = f" {found.elsewhen:,} more have waited longer." if found.elsewhen else ""
    ready = sum(one.ready for one in found.backlog)
    print(f"{waiting:,} records{came} wait, {ready:,} of them ready to resubmit.{besides}")


def purge(
    older_than: Annotated[
        int, typer.Option("--older-than", metavar="DAYS", help="Batches received earlier.")
    ],
    reason: ReasonOption,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Say what would go, and change nothing.")
    ] = False,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take away what sources sent long ago; outcomes, counts and divers stay. It takes --as compliance_officer."""
    from divegov_gui.services.batches import day_before
    from divegov_gui.services.batches import purge as take_away

    before = day_before(older_than)
    with session_as(role, workspace, profile) as session, progress_bar(as_json) as progress:
        done = take_away(session, before, reason, rehearse=rehearse, progress=progress)
    if as_json:
        print_json(
            {
                "received_before": before.isoformat(),
                "batches": done.batches,
                "records": done.records,
                "kept": done.kept,
                "rehearsed": rehearse,
            }
        )
        return
    verb = "would go" if rehearse else "are gone"
    print(
        f"The raw values of {done.records:,} records of {done.batches:,} batches from before {before} {verb}."
    )
    if done.kept:
        print(f"{done.kept:,} records stay, since they still wait in quarantine.")


@rules_app.command("list")
def list_rules(
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every rule: severity, threshold, how often it was broken, and how many records break it now."""
    from divegov_gui.services.rules import read_rules

    with session_as(role, workspace, profile) as session:
        rules = read_rules(session)
    if as_json:
        print_json({"rules": [asdict(rule) for rule in rules]})
        return
    for rule in rules:
        print(
            f"{rule.code:<24} {_settings_text(rule.settings):<14} {rule.rejected:>9,} rejected "
            f"{rule.open:>9,} open  {rule.wording}"
        )


@rules_app.command("what-if")
def try_rule(
    code: CodeArgument,
    severity: SeverityOption = None,
    threshold: ThresholdOption = None,
    enabled: EnabledOption = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a change of a rule would do to the records that wait and to the divers. Changes nothing."""
    from divegov_gui.services.rules import what_if

    with session_as(role, workspace, profile) as session, progress_bar(as_json) as progress:
        rule = _rule(session, code)
        effect = what_if(session, code, _changed(rule, severity, threshold, enabled), progress=progress)
    _tell_effect(effect, as_json, "would be")


@rules_app.command("set")
def set_rule(
    code: CodeArgument,
    reason: ReasonOption,
    severity: SeverityOption = None,
    threshold: ThresholdOption = None,
    enabled: EnabledOption = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a rule and judge what waits by it again. It lets nobody in. It takes --as compliance_officer."""
    from divegov_gui.services.rules import retest, save_rule

    with session_as(role, workspace, profile) as session, progress_bar(as_json) as progress:
        rule = _rule(session, code)
        save_rule(session, rule, _changed(rule, severity, threshold, enabled), reason)
        effect = retest(session, code, progress=progress)
    _tell_effect(effect, as_json, "are")


@rules_app.command("retest")
def retest_all(
    code: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only this rule.")] = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge what waits by the rules as they are today. It lets nobody in."""
    from divegov_gui.services.rules import retest

    with session_as(role, workspace, profile) as session, progress_bar(as_json) as progress:
        effect = retest(session, code, progress=progress)
    _tell_effect(effect, as_json, "are")


# --- inside
def _period(days: int | None) -> Any:
    from divegov_gui.services.batches import day_before
    from divegov_gui.services.trends import Period

    return Period() if days is None else Period(day_before(days) + timedelta(1))


def _governed(session: Session, batch: int | None) -> int:
    """The batch that is asked for, or the newest governed one. Raises InputRefused where there is none."""
    from divegov_gui.services.quality import newest_governed, read_batch

    hint = "Run divegov demo or divegov ingest first; divegov status shows what is there."
    if batch is None:
        newest = newest_governed(session)
        if newest is None:
            raise InputRefused("No batch was governed yet.", hint=hint)
        return newest
    try:
        found = read_batch(session, batch).outcomes is not None
    except IndexError:
        found = False
    if not found:
        raise InputRefused(f"There is no governed batch {batch}.", hint=hint)
    return batch


def _facts(session: Session, batch: int) -> dict[str, Any]:
    from divegov_gui.services.ingestion import read_report
    from divegov_gui.services.quality import read_overview

    return facts_of(read_report(session, batch), read_overview(session, batches=1), {})


def _write_page(session: Session, batch: int | None, days: int | None, path: Path, *, is_pdf: bool) -> None:
    from divegov_gui.services.reports import batch_report, period_report

    made = period_report(session, _period(days)) if batch is None else batch_report(session, batch)
    with private_files.with_reason(path):
        if is_pdf:
            from divegov_gui.ui.paper import write_pdf

            write_pdf(made.paper, path, made.title)
        else:
            private_files.write_text(path, made.html)


def _rule(session: Session, code: str) -> Rule:
    from divegov_gui.services.rules import read_rules

    found = next((rule for rule in read_rules(session) if rule.code == code), None)
    if found is None:
        raise InputRefused(f"There is no rule {code}.", hint="divegov rules list shows them all.")
    return found


def _changed(rule: Rule, severity: str | None, threshold: int | None, enabled: bool | None) -> RuleSettings:
    """The rule's settings with what the options change. Raises BadParameter where they change nothing."""
    from divegov_gui.services.rules import RuleSettings

    settings = RuleSettings(
        rule.severity if severity is None else severity,
        rule.threshold if threshold is None else threshold,
        rule.is_enabled if enabled is None else enabled,
    )
    if settings == rule.settings:
        raise typer.BadParameter("say what changes: --severity, --threshold or --on/--off")
    return settings


def _settings_text(settings: RuleSettings) -> str:
    if not settings.is_enabled:
        return "off"
    return settings.severity if settings.threshold is None else f"{settings.severity}, {settings.threshold}"


def _tell_effect(effect: RetestReport, as_json: bool, verb: str) -> None:
    if as_json:
        print_json(asdict(effect))
        return
    print(
        f"{effect.judged:,} open records judged: {effect.ready:,} {verb} ready, {effect.stopped:,} {verb} stopped."
    )
    if effect.divers:
        print(f"Of {effect.divers:,} divers {effect.newly_failing:,} {verb} newly failing; they stay divers.")

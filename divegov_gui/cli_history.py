"""`divegov history`, `as-of`, `diff`, `restore`, `evidence …`, `audit …`: the past at a terminal. Mounted by cli.py."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from divegov_gui.cli_persona import (
    DiverArgument,
    ReasonOption,
    StewardOption,
    instant,
    paper_maker,
    session_as,
)
from divegov_gui.cli_support import JsonOption, ProfileOption, WorkspaceOption, print_json
from divegov_gui.core.errors import InputRefused, Refused

evidence_app = typer.Typer(
    help="Write evidence for an auditor, and verify it.", no_args_is_help=True, rich_markup_mode=None
)
audit_app = typer.Typer(help="The log of actions.", no_args_is_help=True, rich_markup_mode=None)

LimitOption = Annotated[int, typer.Option(metavar="N", help="Show at most this many.")]
AtArgument = Annotated[
    str, typer.Argument(metavar="WHEN", help="A day or a time; without an offset it is UTC.")
]


def history(
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="A number, or the beginning of a name, email or source reference."
        ),
    ],
    limit: LimitOption = 20,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the versions of the divers whom a text finds, by what they are and what they were."""
    from divegov_gui.services.diver_search import search
    from divegov_gui.services.history import timeline

    with session_as(role, workspace, profile) as session:
        found = search(session, who, limit=limit)
        lives = [timeline(session, match.diver_id) for match in found]
    if as_json:
        print_json({"divers": [_life(life) for life in lives]})
        return
    if not lives:
        print("Nobody is found by that.")
    for life in lives:
        print(f"Diver {life.diver_id}" + ("" if life.current else "  (deleted)"))
        for version in life.versions:
            until = version.valid_to or "now"
            print(f"  {version.valid_from}  until {until}  by {version.modified_by}: {version.change_reason}")
            print("    " + "  ".join(value for value in version.values if value))
        for gone in life.deletions:
            print(f"  {gone.deleted_at}  deleted by {gone.deleted_by}: {gone.reason}")


def as_of(
    when: AtArgument,
    diver: Annotated[int | None, typer.Option(metavar="DIVER", help="Only this diver.")] = None,
    limit: LimitOption = 20,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the directory, or one diver, as it was at an instant."""
    from divegov_gui.services import history as past

    at = instant(when)
    with session_as(role, workspace, profile) as session:
        if diver is None:
            count = past.count_as_of(session, at)
            versions = list(past.directory_as_of(session, at, limit=limit))
        else:
            one = past.as_of(session, diver, at)
            versions = [one] if one else []
            count = len(versions)
    if as_json:
        print_json({"as_of": at, "count": count, "divers": [_version(v) for v in versions]})
        return
    for version in versions:
        print(f"{version.diver_id:>8}  " + "  ".join(value for value in version.values if value))
    print(f"{count:,} in the directory at {at} UTC.")


def diff(
    diver: DiverArgument,
    old: AtArgument,
    new: Annotated[str | None, typer.Argument(metavar="WHEN2", help="A later time; now by default.")] = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs in a diver between two instants."""
    from divegov_gui.services import history as past

    with session_as(role, workspace, profile) as session:
        life = past.timeline(session, diver)
    then, now = life.as_of(instant(old)), life.as_of(instant(new)) if new else life.current
    if then is None and now is None:
        raise InputRefused(f"Diver {diver} was not there at either time.")
    found = past.diff(then, now)
    if as_json:
        print_json({"diver_id": diver, "fields": [{**asdict(f), "is_changed": f.is_changed} for f in found]})
        return
    for field in found:
        mark = "≠" if field.is_changed else " "
        print(f"{mark} {field.label:<17} {field.old or '—':<32} {field.new or '—'}")


def restore(
    diver: DiverArgument,
    when: AtArgument,
    reason: ReasonOption,
    waive_erased: Annotated[
        bool,
        typer.Option("--waive-erased", help="Even where that person was erased: they have come back."),
    ] = False,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the version of an instant back as a new one. The past stays as it is."""
    from divegov_gui.services import history as past

    with session_as(role, workspace, profile) as session:
        life = past.timeline(session, diver)
        earlier = life.as_of(instant(when))
        if earlier is None or earlier.is_current:
            raise InputRefused(
                f"Diver {diver} has no earlier version of that time.",
                hint=f"divegov history {diver} shows the versions.",
            )
        written = past.restore(session, life.current, earlier, reason, is_back=waive_erased)
    if as_json:
        print_json(asdict(written))
    elif written.is_changed:
        print(f"Diver {diver} is as at {earlier.valid_from} UTC again, from {written.valid_from} UTC on.")
    else:
        print(f"Diver {diver} is so already; nothing was written.")


# --- evidence ------------------------------------------------------------------------------------------------


@evidence_app.command("diver")
def evidence_diver(
    diver: DiverArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    when: Annotated[str | None, typer.Option("--as-of", metavar="WHEN", help="As known then.")] = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the evidence about a diver into a folder: a PDF and a page to read, JSON and CSV, and a manifest."""
    from divegov_gui.services.evidence import pack_diver

    at = instant(when) if when else None
    with session_as(role, workspace, profile) as session:
        pack = pack_diver(session, diver, folder, as_of=at, make_pdf=paper_maker())
    _print_pack(pack, as_json)


@evidence_app.command("period")
def evidence_period(
    since: AtArgument,
    until: Annotated[str, typer.Argument(metavar="UNTIL", help="The end, which is not part of it.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the evidence about a period into a folder: a PDF and a page to read, JSON and CSV, and a manifest."""
    from divegov_gui.services.evidence import pack_period

    with session_as(role, workspace, profile) as session:
        pack = pack_period(session, instant(since), instant(until), folder, make_pdf=paper_maker())
    _print_pack(pack, as_json)


@evidence_app.command("verify")
def evidence_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The pack's folder or manifest.")],
    as_json: JsonOption = False,
) -> None:
    """Tell whether a pack is as it was written. Ends with 3 where it is not."""
    from divegov_gui.services.manifest import verify_pack

    verdict = verify_pack(file)
    if as_json:
        print_json({"holds": verdict.holds, "files": verdict.files, "problems": list(verdict.problems)})
    elif verdict.holds:
        print(f"All {verdict.files} files are as they were written.")
    else:
        print("\n".join(verdict.problems))
    if not verdict.holds:
        raise typer.Exit(InputRefused.exit_code)


# --- the log of actions --------------------------------------------------------------------------------------


@audit_app.command("verify")
def audit_verify(
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell whether the log of actions is as it was written. Ends with 3 where not, with 6 where one may not ask."""
    from divegov_gui.services.audit import verify

    with session_as(role, workspace, profile) as session:
        found = verify(session)
    if as_json:
        print_json(asdict(found))
    else:
        print(found.words)
    if not found.holds:
        raise typer.Exit(InputRefused.exit_code if found.is_known else Refused.exit_code)


@audit_app.command("show")
def audit_show(
    actor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what these did: a part of the name.")
    ] = None,
    action: Annotated[str | None, typer.Option(metavar="ACTION", help="Only this action.")] = None,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help="From then on.")] = None,
    limit: LimitOption = 50,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all that match to a CSV or XLSX file.")
    ] = None,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was done, by whom and when, the newest first."""
    from divegov_gui.services.audit import LogFilter, count_log, export_log, read_log

    wanted = LogFilter(since=instant(since) if since else None, actor=actor, action=action)
    with session_as(role, workspace, profile) as session:
        entries, count = read_log(session, wanted, limit=limit), count_log(session, wanted)
        written = export_log(session, export, wanted) if export else 0
    if as_json:
        print_json({"count": count, "exported": written, "actions": [asdict(e) for e in entries]})
        return
    for e in entries:
        print(f"{e.action_id:>8}  {e.at}  {e.actor:<16} {e.action:<18} {e.subject}  {e.detail}")
    print(f"{count:,} match." + (f" {written:,} were written to {export}." if export else ""))


def _print_pack(pack: Any, as_json: bool) -> None:
    if as_json:
        print_json({"folder": str(pack.folder), "files": list(pack.files), "seal": pack.seal})
        return
    print(f"{len(pack.files)} files in {pack.folder}")
    print(f"Seal of the manifest: {pack.seal}")


def _life(life: Any) -> dict[str, Any]:
    return {
        "diver_id": life.diver_id,
        "versions": [_version(version) for version in life.versions],
        "deletions": [asdict(gone) for gone in life.deletions],
    }


def _version(version: Any) -> dict[str, Any]:
    from divegov_gui.services.history import FIELDS

    return {
        "diver_id": version.diver_id,
        "values": {column: version.value(column) for column, _ in FIELDS},
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "modified_by": version.modified_by,
        "change_reason": version.change_reason,
    }

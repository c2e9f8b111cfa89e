"""`divegov quarantine …`: look at what was rejected, fix it, send it through the gate again.

Mounted by cli.py: app.add_typer(quarantine_app, name="quarantine"). The commands that change many records are in
cli_quarantine_fix.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from divegov_gui.cli_selection import (
    AllOption,
    BatchOption,
    ColumnOption,
    IdOption,
    RegionOption,
    RuleOption,
    SearchOption,
    StatusOption,
    Wanted,
    chosen,
    count,
    decidable,
    left_out,
    quarantine_in,
    record_facts,
)
from divegov_gui.cli_support import JsonOption, ProfileOption, WorkspaceOption, print_json, progress_bar
from divegov_gui.core.errors import Conflict, InputRefused

quarantine_app = typer.Typer(
    help="Look at the records that were rejected, fix them, and send them through the gate again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for the history.")]
RecordArgument = Annotated[int, typer.Argument(metavar="RECORD", help="The record's number.")]


@quarantine_app.command("list")
def list_records(
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    status: StatusOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    limit: Annotated[int, typer.Option(metavar="N", help="Show at most this many.")] = 50,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """List records, by default those that wait."""
    from divegov_gui.services.queue import read_rows

    with quarantine_in(workspace, profile) as (session, catalogue):
        ids = chosen(session, catalogue, Wanted(rule, failing, batch, status, search, record))
        rows = {row.quarantine_id: row for row in read_rows(session, ids[: max(limit, 0)])}
        facts = [record_facts(rows[each], catalogue) for each in ids[: max(limit, 0)] if each in rows]
    if as_json:
        print_json({"count": len(ids), "records": facts})
        return
    for each in facts:
        values = each["values"]
        name = " ".join(part for part in (values["First_Name"], values["Last_Name"]) if part)
        rules = ", ".join(each["failed_rules"]) or "ready"
        print(f"{each['quarantine_id']:>8}  {each['status']:<9} {_line(name):<28.28} {rules}")
    print(f"{len(ids):,} match" + (f"; {len(facts):,} shown." if len(facts) < len(ids) else "."))


@quarantine_app.command()
def show(
    record: RecordArgument,
    region: RegionOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one record: its values now and as they came, what fails, and what may be suggested."""
    from divegov_gui.services.queue import read_rows
    from divegov_gui.services.suggestions import Values, read_knowledge, suggest

    with quarantine_in(workspace, profile) as (session, catalogue):
        chosen(session, catalogue, Wanted(ids=[record]))
        (row,) = read_rows(session, [record])
        knowledge = read_knowledge(session, region or ())
        found = suggest(session, [Values.of(row)], knowledge, improve=True) if row.is_open else {}
    facts = record_facts(row, catalogue)
    facts["values"] = {
        column: {
            "value": value,
            "came_as": row.raw(column),
            "fails": [check.wording for check in catalogue.checks.for_column(row.failed_checks, column)],
        }
        for column, value in row.values.items()
    }
    facts["suggestions"] = [_suggestion_facts(each, catalogue) for each in found.get(record, ())]
    if as_json:
        print_json(facts)
    else:
        _print_record(facts)


@quarantine_app.command()
def groups(
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    region: RegionOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Group the records that wait by the repair that would mend them; fix --kind then mends a group."""
    from divegov_gui.services.bulk import repair_groups
    from divegov_gui.services.suggestions import read_knowledge

    with quarantine_in(workspace, profile) as (session, catalogue), progress_bar(as_json) as progress:
        ids = chosen(session, catalogue, Wanted(rule, failing, batch, None, search, record))
        knowledge = read_knowledge(session, region or ())
        found = repair_groups(session, catalogue, ids, knowledge=knowledge, progress=progress)
    if as_json:
        facts = [
            {
                "column": g.column,
                "kind": g.repair,
                "words": g.words,
                "records": g.record_count,
                "example": {"quarantine_id": g.example_id, "before": g.before, "after": g.after},
                "fails": g.fails,
            }
            for g in found
        ]
        print_json({"groups": facts})
        return
    for group in found:
        how = f"--in {group.column.lower()} --kind {group.repair}"
        print(f"{group.record_count:>8,}  {group.column:<14} {group.words:<58} {how}")
    if not found:
        print("There is nothing to suggest.")


@quarantine_app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A name that ends in .xlsx or .csv.")],
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    status: StatusOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file of that name.")] = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write records to a workbook or a CSV file, for the data's owner to correct."""
    from divegov_gui.services.round_trip import export_records

    if file.exists() and not overwrite:
        raise InputRefused(f"{file} is there already.", hint="Choose another name, or add --overwrite.")
    with quarantine_in(workspace, profile) as (session, catalogue), progress_bar(as_json) as progress:
        ids = chosen(session, catalogue, Wanted(rule, failing, batch, status, search, record))
        done = export_records(session, catalogue, ids, file, progress=progress)
    if as_json:
        print_json({"file": str(done.path), "records": done.record_count})
    else:
        print(f"Wrote {count(done.record_count, 'record')} to {done.path}.")


@quarantine_app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export that was corrected.")],
    reason: ReasonOption = None,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Show what would change, and change nothing.")
    ] = False,
    conflicts: Annotated[
        str | None,
        typer.Option(
            "--conflicts",
            metavar="WHICH",
            help="Where a record has changed since: ours keeps it, theirs takes the file's value.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a corrected export over, as one edit that can be undone."""
    from divegov_gui.services.round_trip import apply_corrections, read_corrections

    if conflicts not in (None, "ours", "theirs"):
        raise typer.BadParameter("--conflicts reads ours or theirs")
    with quarantine_in(workspace, profile) as (session, catalogue), progress_bar(as_json) as progress:
        found = read_corrections(session, catalogue, file, progress=progress)
        facts = _corrections_facts(found)
        if not rehearse:
            if found.conflicts and conflicts is None:
                raise Conflict(
                    f"Changed since the export: {count(len(found.conflicting_ids), 'record')}. Nothing was taken.",
                    f"The first is record {found.conflicting_ids[0]}.",
                    "Look with --rehearse, then decide for all: --conflicts ours or --conflicts theirs.",
                )
            theirs = found.conflicting_ids if conflicts == "theirs" else ()
            facts["edit"] = edit_facts(apply_corrections(session, found, reason, take_theirs=theirs))
    if as_json:
        print_json(facts)
    else:
        _print_corrections(facts, rehearse)


@quarantine_app.command()
def resubmit(
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    everything: AllOption = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Say what would happen, and undo all of it.")
    ] = False,
    waive_warnings: Annotated[
        bool, typer.Option("--waive-warnings", help="Release what fails by warnings alone; needs --reason.")
    ] = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send records through the gate again. What still fails stays, with its new reasons.

    With --json, "records" are those that did not become divers: all others did.
    """
    from divegov_gui.services.review import resubmit_records

    with quarantine_in(workspace, profile) as (session, catalogue), progress_bar(as_json) as progress:
        wanted = Wanted(rule, failing, batch, None, search, record)
        ids = chosen(session, catalogue, wanted, everything=everything)
        refuse_none(ids)
        found = decidable(session, ids, wanted)
        done = resubmit_records(
            session,
            found.versions,
            rehearse=rehearse,
            waive_warnings=waive_warnings,
            reason=reason,
            progress=progress,
        )
    facts = {
        "rehearsed": rehearse,
        "batch_id": None if rehearse else done.batch_id,
        "passed": done.passed_count,
        "failed": done.failed_count,
        "collided": done.collided_count,
        "unchanged": done.unchanged_count,
        "duplicate": done.duplicate_count,
        "failing_rules": dict(done.failing),
        "left_out": found.claimed,
        "records": [each._asdict() for each in done.records],
    }
    if as_json:
        print_json(facts)
        return
    print("Rehearsed; nothing was kept." if rehearse else f"Resubmitted as batch {done.batch_id}.")
    for name in ("passed", "failed", "collided", "unchanged", "duplicate"):
        print(f"  {facts[name]:>12,}  {name}")
    for code, records in done.failing:
        print(f"  {records:>12,}  {code}")
    if found.claimed:
        print(left_out(found))


# --- telling -------------------------------------------------------------------------------------------------


def edit_facts(edited: Any) -> dict[str, Any]:
    """A group of edits as plain values."""
    return {
        "group_id": edited.group_id,
        "records": edited.record_count,
        "cells": edited.cell_count,
        "skipped": edited.skipped_count,
    }


def refuse_none(ids: Any) -> None:
    """Raise InputRefused where no record matches."""
    if not len(ids):
        raise InputRefused("No record matches.", hint="divegov quarantine list shows what is there.")


def _line(text: str) -> str:
    return " ".join(text.split())


def _suggestion_facts(suggestion: Any, catalogue: Any) -> dict[str, Any]:
    return {
        "column": suggestion.column,
        "kind": suggestion.kind,
        "words": suggestion.words,
        "changes": dict(suggestion.changes),
        "confidence": suggestion.confidence.name.lower(),
        "still_fails": [check.rule for check in catalogue.checks.rules(suggestion.failed_checks)],
    }


def _print_record(facts: dict[str, Any]) -> None:
    print(f"Record {facts['quarantine_id']} · {facts['status']} · version {facts['record_version']}")
    print(f"  from {facts['source_name']}, row {facts['source_row']}, batch {facts['batch_id']}")
    for column, each in facts["values"].items():
        came_as = "" if each["value"] == each["came_as"] else f"   (came as {each['came_as']!r})"
        print(f"  {column:<17} {each['value']!r}{came_as}")
        for wording in each["fails"]:
            print(f"  {'':<17} ! {wording}")
    for each in facts["suggestions"]:
        changes = ", ".join(f"{column} = {value!r}" for column, value in each["changes"].items())
        print(f"  suggestion: {changes}   {each['words']} ({each['confidence']}, --kind {each['kind']})")


def _corrections_facts(found: Any) -> dict[str, Any]:
    return {
        "file": found.name,
        "records": found.record_count,
        "unchanged": found.unchanged_count,
        "changes": [asdict(each) for each in found.changes],
        "conflicts": [asdict(each) for each in found.conflicts],
        "unknown": found.unknown,
        "closed": found.closed,
        "claimed": found.claimed,
        "missing_columns": found.missing,
        "ignored_columns": found.ignored,
        "edit": None,
    }


def _print_corrections(facts: dict[str, Any], rehearse: bool) -> None:
    for each in facts["changes"]:
        print(f"{each['quarantine_id']:>8}  {each['column']:<17} {each['before']!r} -> {each['after']!r}")
    for each in facts["conflicts"]:
        print(
            f"{each['quarantine_id']:>8}  {each['column']:<17} ours {each['ours']!r}, theirs {each['theirs']!r}"
        )
    print(f"{count(facts['records'], 'record')} in {facts['file']}: {facts['unchanged']:,} unchanged,")
    print(f"  {len(facts['changes']):,} cells to change, {len(facts['conflicts']):,} cells in conflict,")
    print(
        f"  {len(facts['unknown']):,} unknown, {len(facts['closed']):,} closed, {len(facts['claimed']):,} claimed."
    )
    if rehearse:
        print("Nothing was changed.")
    elif facts["edit"]:
        print_edit(facts["edit"])


def print_edit(edit: dict[str, Any]) -> None:
    """Tell a person what was saved, and how to take it back."""
    if edit["group_id"] is None:
        print("There was nothing to change.")
        return
    cells, records = count(edit["cells"], "cell"), count(edit["records"], "record")
    print(f"Changed {cells} of {records} as edit {edit['group_id']}.")
    if edit["skipped"]:
        print(
            f"Left out {count(edit['skipped'], 'record')}: a later edit stands, or somebody else works there."
        )
    print(f"divegov quarantine undo {edit['group_id']} takes it back.")

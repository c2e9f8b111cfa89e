"""The commands of `divegov quarantine` that change, put away, claim and undo; mounted by cli.py through `mount`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divegov_gui.cli_quarantine import ReasonOption, edit_facts, print_edit, quarantine_app, refuse_none
from divegov_gui.cli_selection import (
    AllOption,
    BatchOption,
    ColumnOption,
    IdOption,
    RegionOption,
    RuleOption,
    SearchOption,
    Wanted,
    chosen,
    column_named,
    count,
    decidable,
    left_out,
    quarantine_in,
)
from divegov_gui.cli_support import (
    JsonOption,
    ProfileOption,
    WorkspaceOption,
    pairs,
    print_json,
    progress_bar,
)
from divegov_gui.core.records import FIELDS

if TYPE_CHECKING:
    from divegov_gui.services.bulk import Operation, Preview

__all__ = ["quarantine_app"]

InOption = Annotated[
    list[str] | None,
    typer.Option("--in", metavar="FIELD", help="The fields to work on; all by default. Repeatable."),
]


@quarantine_app.command()
def fix(
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    everything: AllOption = False,
    fields: InOption = None,
    suggestions: Annotated[
        bool, typer.Option("--suggestions", help="Take each suggestion that is the only likely one.")
    ] = False,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="KIND", help="One kind of repair, as show names it; needs --in FIELD."
        ),
    ] = None,
    set_value: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Write one value; FIELD= empties it."),
    ] = None,
    find: Annotated[str | None, typer.Option("--find", metavar="TEXT", help="Find, and …")] = None,
    replace: Annotated[
        str | None, typer.Option("--replace", metavar="TEXT", help="… replace by this.")
    ] = None,
    regex: Annotated[bool, typer.Option("--regex", help=r"TEXT is a pattern; \1 its first group.")] = False,
    match_case: Annotated[bool, typer.Option("--match-case", help="Heed letter case in --find.")] = False,
    region: RegionOption = None,
    trim: Annotated[bool, typer.Option("--trim", help="Take away needless blanks.")] = False,
    case: Annotated[bool, typer.Option("--case", help="Write names in upper and lower case.")] = False,
    only_passing: Annotated[
        bool, typer.Option("--only-passing", help="Save only cells that then pass their checks.")
    ] = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Show before and after; save nothing.")
    ] = False,
    limit: Annotated[int, typer.Option(metavar="N", help="Show at most this many cells.")] = 20,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change many records at once, as one edit that can be undone.

    One of --suggestions, --kind, --set, --find with --replace, --trim and --case says how.
    """
    from divegov_gui.services.bulk import apply_preview, preview
    from divegov_gui.services.suggestions import read_knowledge

    columns = tuple(column_named(each) for each in fields) if fields else tuple(f.column for f in FIELDS)
    operation = _operation(
        columns,
        {
            "--suggestions": suggestions,
            "--kind": kind,
            "--set": set_value,
            "--find": find,
            "--trim": trim,
            "--case": case,
        },
        (replace, regex, match_case),
        named=bool(fields),
    )
    with quarantine_in(workspace, profile) as (session, catalogue), progress_bar(as_json) as progress:
        wanted = Wanted(rule, failing, batch, None, search, record)
        ids = chosen(session, catalogue, wanted, everything=everything)
        refuse_none(ids)
        knowledge = read_knowledge(session, region or ())
        found = preview(session, catalogue, ids, operation, knowledge=knowledge, progress=progress)
        facts = _preview_facts(found, len(ids), limit)
        if not rehearse:
            facts["edit"] = edit_facts(apply_preview(session, found, reason, only_passing=only_passing))
    if as_json:
        print_json(facts)
    else:
        _print_preview(facts, rehearse)


@quarantine_app.command()
def discard(
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="Why: see the codes in the error.")],
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    everything: AllOption = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put records away, with a code and a comment; reopen brings them back."""
    from divegov_gui.services.review import discard_codes, discard_records

    with quarantine_in(workspace, profile) as (session, catalogue):
        codes = [each for each, _ in discard_codes(session)]
        if code not in codes:
            raise typer.BadParameter(f"--code is one of {', '.join(codes)}, and not {code!r}")
        wanted = Wanted(rule, failing, batch, None, search, record)
        ids = chosen(session, catalogue, wanted, everything=everything)
        refuse_none(ids)
        found = decidable(session, ids, wanted)
        discard_records(session, found.versions, code, reason)
    done = list(found.ids)
    told = [f"Discarded {count(len(done), 'record')}.", *([left_out(found)] if found.claimed else [])]
    _tell({"discarded": len(done), "ids": done, "left_out": found.claimed}, "\n".join(told), as_json)


@quarantine_app.command()
def reopen(
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were discarded.")] = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let discarded records wait again."""
    from divegov_gui.services.queue import read_versions
    from divegov_gui.services.review import reopen_records

    with quarantine_in(workspace, profile) as (session, catalogue):
        wanted = Wanted(rule, failing, batch, None, search, record)
        ids = chosen(session, catalogue, wanted, status="Discarded", everything=everything)
        refuse_none(ids)
        reopen_records(session, read_versions(session, ids), reason)
    _tell({"reopened": len(ids), "ids": list(ids)}, f"Reopened {count(len(ids), 'record')}.", as_json)


@quarantine_app.command()
def claim(
    rule: RuleOption = None,
    failing: ColumnOption = None,
    batch: BatchOption = None,
    search: SearchOption = None,
    record: IdOption = None,
    everything: AllOption = False,
    minutes: Annotated[int, typer.Option(metavar="N", help="How long, unless given up before.")] = 30,
    release: Annotated[bool, typer.Option("--release", help="Give claims up instead.")] = False,
    take_over: Annotated[bool, typer.Option("--take-over", help="Also from others; needs --reason.")] = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the others that you work on records; it expires by itself."""
    from divegov_gui.services.review import claim_records, release_claims

    with quarantine_in(workspace, profile) as (session, catalogue):
        wanted = Wanted(rule, failing, batch, None, search, record)
        ids = list(chosen(session, catalogue, wanted, everything=everything))
        refuse_none(ids)
        if release:
            release_claims(session, ids)
            _tell({"released": len(ids)}, f"Gave up claims on {count(len(ids), 'record')}.", as_json)
            return
        claims = claim_records(session, ids, minutes=minutes, take_over=take_over, reason=reason)
    others = [each for each in claims if not each.is_claimed]
    mine = len(claims) - len(others)
    refused = [{"quarantine_id": each.quarantine_id, "claimed_by": each.claimed_by} for each in others]
    told = [f"Claimed {count(mine, 'record')} for {minutes} minutes."]
    told += [f"Record {each.quarantine_id} is claimed by {each.claimed_by}." for each in others]
    _tell({"claimed": mine, "refused": refused}, "\n".join(told), as_json)


@quarantine_app.command()
def undo(
    edit: Annotated[int, typer.Argument(metavar="EDIT", help="The edit's number, as history shows it.")],
    record: IdOption = None,
    skip_conflicts: Annotated[
        bool, typer.Option("--skip-conflicts", help="Leave out records on which later edits stand.")
    ] = False,
    reason: ReasonOption = None,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an edit back, whole or of some records. Undoing an undo is redoing."""
    from divegov_gui.services.review import undo_edit

    with quarantine_in(workspace, profile) as (session, _):
        done = undo_edit(session, edit, only=record, reason=reason, skip_conflicts=skip_conflicts)
    if as_json:
        print_json(edit_facts(done))
    else:
        print_edit(edit_facts(done))


@quarantine_app.command()
def history(
    record: Annotated[
        int | None, typer.Option("--id", metavar="N", help="The story of one record instead.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", help="Show at most this many edits.")] = 20,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest edits, by whom, and whether they still stand; or all that happened to one record."""
    from divegov_gui.services.story import read_history, read_story

    with quarantine_in(workspace, profile) as (session, catalogue):
        if record is None:
            edits = [asdict(each) | {"stands": each.stands} for each in read_history(session, max(limit, 0))]
            _tell({"edits": edits}, "\n".join(map(_edit_line, edits)) or "Nothing was edited yet.", as_json)
            return
        chosen(session, catalogue, Wanted(ids=[record]))
        chapters = [asdict(each) for each in read_story(session, record).chapters]
    _tell({"quarantine_id": record, "chapters": chapters}, "\n".join(map(_chapter_lines, chapters)), as_json)


def _edit_line(edit: dict[str, Any]) -> str:
    undone = "" if edit["stands"] else f"  undone by {edit['undone_by']}"
    why = f"  {edit['reason']}" if edit["reason"] else ""
    who = f"{edit['edited_at'][:16]}  {edit['edited_by']:<12} {edit['kind']:<10}"
    return f"{edit['group_id']:>6}  {who} {count(edit['cell_count'], 'cell'):>12}{undone}{why}"


def _chapter_lines(chapter: dict[str, Any]) -> str:
    changes = [f"{each['column']}: {each['old']!r} -> {each['new']!r}" for each in chapter["changes"]]
    first = f"{chapter['at'][:16]}  {chapter['actor'] or '':<12} {chapter['kind']:<11} {chapter['summary']}"
    return f"\n{'':<31}".join([first, *changes])


# --- what is to be done --------------------------------------------------------------------------------------


def _operation(
    columns: tuple[str, ...], ways: dict[str, Any], replacement: tuple[str | None, bool, bool], *, named: bool
) -> Operation:
    """The one operation that the options describe. Raises BadParameter where they describe none, or two."""
    from divegov_gui.services.bulk import BestSuggestion, LikeThis, ProperCase, Replace, SetValue, Trim

    given = [way for way, value in ways.items() if value]
    if len(given) != 1:
        raise typer.BadParameter(f"say how, by one of {', '.join(ways)}")
    if given == ["--kind"] and (not named or len(columns) != 1):
        raise typer.BadParameter("--kind needs the field that it repairs: --in FIELD")
    text, regex, match_case = replacement
    if given == ["--find"] and text is None:
        raise typer.BadParameter("--find needs --replace")
    names = ("First_Name", "Last_Name")
    makers: dict[str, Callable[[], Operation]] = {
        "--suggestions": lambda: BestSuggestion(columns),
        "--kind": lambda: LikeThis(columns[0], ways["--kind"]),
        "--set": lambda: SetValue(*_set_option(ways["--set"])),
        "--find": lambda: Replace(columns, ways["--find"], text or "", regex=regex, match_case=match_case),
        "--trim": lambda: Trim(columns),
        "--case": lambda: ProperCase(tuple(c for c in columns if c in names) or names),
    }
    return makers[given[0]]()


def _set_option(options: list[str]) -> tuple[str, str]:
    found = pairs(options, "--set")
    if len(found) != 1:
        raise typer.BadParameter("--set is given once: one value for one field")
    ((field, value),) = found.items()
    return column_named(field), value


def _preview_facts(found: Preview, matched: int, limit: int) -> dict[str, Any]:
    return {
        "operation": found.operation.words,
        "matched": matched,
        "would_change": found.record_count,
        "would_pass": found.accepted_count,
        "untouched": {reason.value: times for reason, times in found.untouched.items()},
        "claimed": found.claimed,
        "closed": found.closed,
        "left": found.left_count,
        "cells": [each._asdict() for each in islice(found, max(limit, 0))],
        "edit": None,
    }


def _print_preview(facts: dict[str, Any], rehearse: bool) -> None:
    for each in facts["cells"]:
        mark = " " if each["passes"] else "!"
        print(
            f"{each['quarantine_id']:>8} {mark} {each['column']:<17} {each['before']!r} -> {each['after']!r}"
        )
    print(f"{facts['operation']}: {facts['would_change']:,} of {facts['matched']:,} records would change.")
    print(f"  {facts['would_pass']:>12,}  would then pass in what is changed")
    for why, times in facts["untouched"].items():
        print(f"  {times:>12,}  stay: {why}")
    for name in ("claimed", "closed", "left"):
        if facts[name]:
            print(f"  {facts[name]:>12,}  {_LEFT_OUT[name]}")
    if rehearse:
        print("Nothing was changed.")
    elif facts["edit"]:
        print_edit(facts["edit"])


_LEFT_OUT = {
    "claimed": "stay: others work on them",
    "closed": "stay: they do not wait any more",
    "left": "not looked at: too many for one step, run it again for them",
}


def _tell(facts: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        print(words)

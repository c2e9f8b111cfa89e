"""`divegov watch DIR`: take in the files that arrive in a folder, until it is stopped. Mounted by cli.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from divegov_gui.cli_support import (
    JsonOption,
    ProfileOption,
    ScriptsOption,
    WorkspaceOption,
    open_session,
    pairs,
    place_for,
)
from divegov_gui.core.errors import Cancelled, DiveGovError


def watch_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to watch.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="Which column holds a field, where the guess is wrong."
        ),
    ] = None,
    default: Annotated[
        list[str] | None,
        typer.Option(
            "--default", metavar="FIELD=VALUE", help="One value for a field that no file has a column for."
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Take what lies there complete, then stop, and wait for no more.")
    ] = False,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    scripts: ScriptsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in every file that arrives in a folder: governed ones go to done/, refused ones to refused/ with the reason.

    A file is taken when it has stopped growing. Stop with Ctrl+C and start again whenever you like: no file is lost and
    none is governed twice. With --json, one JSON object a line.
    """
    from divegov_gui.services.deployment import deploy
    from divegov_gui.services.watching import LOOK_SECONDS, FolderWatch, WatchOptions, watch

    watched = FolderWatch(folder, WatchOptions(pairs(mapping, "--map"), pairs(default, "--default")))
    place = place_for(workspace, profile)
    with open_session(place) as session:
        deploy(session, scripts=scripts)
    if not as_json:
        print(f"Watching {watched.folder}. Stop with Ctrl+C.", flush=True)
    looks = iter(range(2))

    def wait(seconds: float) -> None:
        if once and next(looks, None) is None:
            raise Cancelled
        _pause(min(seconds, LOOK_SECONDS / 4) if once else seconds)

    try:
        watch(
            watched,
            place.open_session,
            lambda event: _tell(event, as_json),
            _raise if once else _warn,
            wait=wait,
        )
    except Cancelled:
        if not once:
            raise


def _pause(seconds: float) -> None:
    import time

    time.sleep(seconds)


def _tell(event: Any, as_json: bool) -> None:
    """One line a file."""
    facts: dict[str, Any] = {"file": event.name, "outcome": event.outcome.value, "place": str(event.place)}
    if event.report is not None:
        facts |= facts_of_batch(event.report)
    if event.reason is not None:
        facts["reason"] = str(event.reason)
    if as_json:
        print(json.dumps(facts, ensure_ascii=False), flush=True)
        return
    name = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in event.name)
    words = f"{name}: {event.outcome.value}"
    if event.report is not None:
        outcomes = event.report.batch.outcomes
        words += (
            f" as batch {event.report.batch.batch_id}: {outcomes.loaded:,} loaded, {outcomes.promoted:,} promoted, "
            f"{outcomes.quarantined:,} quarantined"
        )
    if event.reason is not None:
        words += f". {event.reason}"
    print(words, flush=True)


def facts_of_batch(report: Any) -> dict[str, Any]:
    """What became of one file's records, as plain values."""
    outcomes = report.batch.outcomes
    return {
        "batch_id": report.batch.batch_id,
        "loaded": outcomes.loaded,
        "promoted": outcomes.promoted,
        "unchanged": outcomes.unchanged,
        "duplicate": outcomes.duplicate,
        "quarantined": outcomes.quarantined,
    }


def _warn(error: DiveGovError) -> None:
    print(f"divegov: {error} Files stay where they are; it is tried again.", file=sys.stderr, flush=True)


def _raise(error: DiveGovError) -> None:
    raise error

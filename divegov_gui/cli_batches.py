"""`divegov batches list`, `replay` and `compare`: what arrived, and governing it again. Mounted by cli.py."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divegov_gui.cli_persona import StewardOption, session_as
from divegov_gui.cli_support import JsonOption, ProfileOption, WorkspaceOption, print_json, progress_bar
from divegov_gui.core.errors import InputRefused

if TYPE_CHECKING:
    from divegov_gui.services.quality import BatchSummary
    from divegov_gui.services.replay import Comparison, Replay

batches_app = typer.Typer(
    help="What arrived, batch by batch; governing one again, and comparing two runs of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

BatchArgument = Annotated[int, typer.Argument(metavar="BATCH", help="The batch's number.")]


@batches_app.command("list")
def list_batches(
    source: Annotated[
        str, typer.Option("--source", metavar="TEXT", help="A part of the source's name.")
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="How many, the newest first.", min=1)
    ] = 20,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest batches with what became of their records."""
    from divegov_gui.services.batches import BatchQuery, read_batch_keys, read_batches

    with session_as(role, workspace, profile) as session:
        keys = read_batch_keys(session, BatchQuery(source=source))
        found = {batch.batch_id: batch for batch in read_batches(session, keys[:limit])}
    shown = [found[key] for key in keys[:limit]]
    if as_json:
        print_json({"count": len(keys), "batches": [asdict(batch) for batch in shown]})
        return
    for batch in shown:
        print(_line(batch))
    if len(keys) > len(shown):
        print(f"{len(keys):,} batches altogether; --limit shows more.")


@batches_app.command("replay")
def replay_batch(
    batch: BatchArgument,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Say what would become of it, and change nothing.")
    ] = False,
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Govern a batch's content again, by the rules and with the divers of today, and say what turns out differently.

    It is taken from what is kept verbatim and becomes a batch of its own. Nobody is made a second time.
    """
    from divegov_gui.services.replay import replay

    with session_as(role, workspace, profile) as session, progress_bar(as_json) as progress:
        done = replay(session, batch, rehearse=rehearse, progress=progress)
    if as_json:
        print_json(_facts(done))
        return
    _tell(done)


@batches_app.command("compare")
def compare_batches(
    first: BatchArgument,
    second: Annotated[int, typer.Argument(metavar="OTHER", help="A later batch of the same content.")],
    role: StewardOption = "data_steward",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how the records of two batches of the same content turned out, and what was changed in between."""
    from divegov_gui.services.replay import compare

    with session_as(role, workspace, profile) as session:
        try:
            found = compare(session, first, second)
        except KeyError as error:
            raise InputRefused(
                f"There is no batch {error.args[0]}.", hint="divegov batches list shows them."
            ) from error
    if found is None:
        raise InputRefused(
            f"Batches {first} and {second} are not two runs of the same content.",
            hint="Compare a batch with its replay. The window compares any two by their counts.",
        )
    if as_json:
        print_json({"first": first, "second": second, **asdict(found)})
        return
    _tell_comparison(found)


# --- inside
def _line(batch: BatchSummary) -> str:
    head = f"{batch.batch_id:>6}  {batch.received_at[:16]} UTC  {batch.source_kind:<12} {batch.loaded:>10,} loaded"
    if batch.outcomes is None:
        return f"{head}  not governed yet  {batch.source_name}"
    return (
        f"{head} {batch.outcomes.promoted:>10,} promoted {batch.outcomes.quarantined:>9,} quarantined  "
        f"{batch.source_name}"
    )


def _facts(done: Replay) -> dict[str, Any]:
    return {
        "first": done.first.batch_id,
        "batch_id": None if done.is_rehearsed else done.batch_id,
        "rehearsed": done.is_rehearsed,
        "outcomes": asdict(done.outcomes),
        "erased": done.erased,
        "purged": done.purged,
        "different": done.comparison.different,
        **asdict(done.comparison),
    }


def _tell(done: Replay) -> None:
    verb = "would be" if done.is_rehearsed else "are"
    where = "" if done.is_rehearsed else f" as batch {done.batch_id}"
    print(f"{done.outcomes.loaded:,} records of batch {done.first.batch_id} {verb} governed again{where}.")
    for count, why in ((done.purged, "purged"), (done.erased, "erased with the person")):
        if count:
            print(f"{count:,} are left out: what the source sent of them was {why}.")
    _tell_comparison(done.comparison)


def _tell_comparison(found: Comparison) -> None:
    from divegov_gui.services.replay import KINDS

    for kind, words in KINDS.items():
        if count := found.count(kind):
            print(f"{count:>10,} {words}")
    if not found.different:
        print("Nothing turns out differently than the first time.")
    for change in found.changes:
        print(
            f"Changed since: {change.code} by {change.changed_by} at {change.changed_at[:16]} UTC: {change.reason}"
        )

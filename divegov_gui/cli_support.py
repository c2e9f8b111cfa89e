"""What the commands of the command line share: sources, sessions, progress and the printed report."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.progress import Progress, ProgressSink
from divegov_gui.core.records import FIELDS, RecordSource
from divegov_gui.services.connections import local_workspace
from divegov_gui.services.profiles import Profile, ProfileStore
from divegov_gui.services.servers import Place, ServerPlace, place_of

if TYPE_CHECKING:
    from divegov_gui.database.session import Session

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", metavar="FILE", help="The workspace file. Default: yours, in your data folder."
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="A saved profile instead of a file; see divegov profile."),
]
ScriptsOption = Annotated[
    Path | None,
    typer.Option(
        "--scripts", metavar="DIR", help="A folder of numbered scripts to deploy instead of the program's."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
"""The options that every command shares which works in a place: see `place_for`, `existing` and `target_for`."""


def generated(
    rows: int, seed: int, dirty: float, rate: list[str] | None, locale: list[str] | None
) -> RecordSource:
    """The synthetic data set that the options ask for."""
    from divegov_gui.services.generation import DEFAULT_LOCALES, GeneratedSource, GenerationRequest

    rates = None
    if rate:
        try:
            rates = {code: float(share) for code, share in pairs(rate, "--rate").items()}
        except ValueError as error:
            raise typer.BadParameter("a --rate reads RULE=SHARE, such as EMAIL_FORMAT=0.02") from error
    locales = tuple(locale) if locale else DEFAULT_LOCALES
    return GeneratedSource(GenerationRequest(rows=rows, seed=seed, dirty=dirty, rates=rates, locales=locales))


def from_file(
    path: Path,
    mapping: dict[str, str],
    defaults: dict[str, str],
    options: dict[str, str | None],
    *,
    quiet: bool,
) -> RecordSource:
    """The file, read whole, with the guessed mapping as the options correct it."""
    from divegov_gui.services.files import FileSource, guess_mapping, inspect_file

    inspected = inspect_file(
        path, encoding=options["encoding"], delimiter=options["delimiter"], sheet=options["sheet"]
    )
    guess = guess_mapping(inspected.columns)
    taken = set(mapping.values())
    kept = {f: c for f, c in guess.items() if f not in mapping and f not in defaults and c not in taken}
    chosen = {**kept, **mapping}
    source = FileSource(inspected, chosen, defaults)
    if not quiet:
        print(f"{inspected.name}: {_count(inspected.row_count, 'record')}.", *inspected.notes)
        for field in FIELDS:
            if field.name in chosen:
                print(f"  {field.label:<17} from column “{chosen[field.name]}”")
            elif field.name in defaults:
                print(f"  {field.label:<17} is “{defaults[field.name]}” for all")
            else:
                print(f"  {field.label:<17} has no column; it stays empty")
    return source


def pairs(options: list[str] | None, name: str) -> dict[str, str]:
    """Options of the form NAME=VALUE. Raises BadParameter."""
    pairs = {}
    for option in options or ():
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{name} reads NAME=VALUE, and not {option!r}")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise typer.BadParameter(
                f"{name} {key}=… holds bytes that are no text in this terminal's encoding"
            )
        pairs[key.strip()] = value
    return pairs


def ingest_into(
    place: Place, source: RecordSource, scripts: Path | None, *, again: bool, quiet: bool
) -> dict[str, Any]:
    """Deploy what is outstanding, take the source in, and tell what became of it."""
    from divegov_gui.services.deployment import deploy as apply
    from divegov_gui.services.ingestion import ingest as take_in
    from divegov_gui.services.quality import read_overview

    with open_session(place) as session, progress_bar(quiet) as progress:
        deployment = apply(session, scripts=scripts, progress=progress)
        result = take_in(session, source, again=again, progress=progress)
        overview = read_overview(session, batches=1)
    seconds = {
        "deploy": round(deployment.seconds, 3),
        "generate": round(result.read_seconds, 3),
        "load": round(result.load_seconds, 3),
        "govern": round(result.govern_seconds, 3),
    }
    return {"workspace": name_of(place), **facts_of(result, overview, seconds)}


def facts_of(result: Any, overview: Any, seconds: dict[str, float]) -> dict[str, Any]:
    """One report as plain values, the same for JSON and for people."""
    batch, outcomes = result.batch, result.batch.outcomes
    score = result.score
    return {
        "batch_id": batch.batch_id,
        "source": batch.source_name,
        "recognised": not result.was_loaded,
        "resumed": result.resumed,
        "loaded": outcomes.loaded,
        "promoted": outcomes.promoted,
        "unchanged": outcomes.unchanged,
        "duplicate": outcomes.duplicate,
        "quarantined": outcomes.quarantined,
        "conserved": outcomes.is_conserved,
        "violations": {rule.code: rule.records for rule in result.rejections},
        "score": None
        if score is None
        else {
            "missed": score.missed,
            "false_rejects": score.false_rejects,
            "by_rule": {
                d.code: {
                    "injected": d.injected,
                    "found": d.found,
                    "missed": d.missed,
                    "unexpected": d.unexpected,
                }
                for d in score.defects
            },
        },
        "seconds": seconds,
        "divers": overview.divers,
        "quarantine_open": overview.quarantine_open,
        "history_rows": overview.history_rows,
    }


def place_for(workspace: Path | None, profile: str | None) -> Place:
    """Where a command works: the workspace file, or the profile's place. Raises InputRefused, Cancelled."""
    if profile is None:
        return local_workspace(workspace)
    if workspace is not None:
        raise typer.BadParameter("give either --workspace FILE or --profile NAME")
    return place_of(ProfileStore().find(profile), _ask_password)


def target_for(workspace: Path | None, profile: str | None) -> Place | Profile:
    """What the window is to open: a place, or the profile of a server, for which the window asks itself."""
    if profile is not None and workspace is None:
        found = ProfileStore().find(profile)
        found.check()
        if found.server is not None:
            return found
    return place_for(workspace, profile)


def pages_folder(place: Place) -> Path:
    """Where the pictures of a place's pages go when nobody says: beside the workspace, or into the current folder."""
    if isinstance(place, ServerPlace):
        return Path.cwd() / f"{re.sub(r'[^0-9A-Za-z._-]+', '-', place.name).strip('-.') or 'server'}-pages"
    return place.path.parent / f"{place.path.stem}-pages"


def existing(workspace: Path | None, profile: str | None = None) -> Place:
    """The same, where a command only reads: a workspace that does not exist is refused, and not made."""
    place = place_for(workspace, profile)
    if isinstance(place, ServerPlace):
        return place
    try:
        place.path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputRefused(
            f"There is no workspace {place.path}.",
            hint="Run divegov demo, divegov deploy or divegov ingest first.",
        ) from error
    except OSError:
        pass  # opening it tells why
    return place


def name_of(place: Place) -> str:
    """A place as a report names it: the workspace's path, or the server's database."""
    return place.server.label if isinstance(place, ServerPlace) else str(place.path)


def _ask_password(profile: Profile) -> str:
    if not sys.stdin.isatty():
        raise InputRefused(
            f"{profile.name} needs a password, and nobody is there to type it.",
            hint=f"Keep it in the keyring first: divegov profile password {profile.name} --password-stdin",
        )
    return str(typer.prompt(f"Password for {profile.name}", hide_input=True, err=True))


def refuse_undeployed(session: Session) -> None:
    """Raise InputRefused where nothing was deployed yet."""
    if not session.journal():
        raise InputRefused("Nothing was deployed to this workspace yet.", hint="Run divegov deploy first.")


@contextmanager
def open_session(place: Place) -> Iterator[Session]:
    """A session for the length of a with block."""
    session = place.open_session()
    try:
        yield session
    finally:
        session.close()


@contextmanager
def progress_bar(quiet: bool) -> Iterator[ProgressSink]:
    """A bar on stderr for the length of a with block; none when `quiet` or where nobody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    task = bar.add_task("Starting", total=None)

    def show(progress: Progress) -> None:
        bar.update(task, description=progress.stage, completed=progress.done, total=progress.total)

    with bar:
        yield show


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_report(facts: dict[str, Any], as_json: bool) -> None:
    """Print a report, as JSON or for a person."""
    if as_json:
        print_json(facts)
        return
    if facts["recognised"]:
        print(
            f"This content was governed before, as batch {facts['batch_id']}. Nothing was loaded; --again repeats it."
        )
    elif facts["resumed"]:
        print(f"Went on after {facts['resumed']:,} records that an earlier run had loaded.")
    print(f"Batch {facts['batch_id']}: {facts['source']}")
    for name in ("loaded", "promoted", "unchanged", "duplicate", "quarantined"):
        print(f"  {facts[name]:>12,}  {name}")
    print("  Every record is accounted for." if facts["conserved"] else "  THE COUNTS DO NOT ADD UP.")
    if facts["violations"]:
        print("Rejected, by rule (a record may break several)")
        for code, count in facts["violations"].items():
            print(f"  {count:>12,}  {code}")
    if facts["score"]:
        print(f"Score: {facts['score']['missed']} missed, {facts['score']['false_rejects']} false rejects")
    if facts["seconds"]:
        print("Seconds: " + ", ".join(f"{name} {value:.2f}" for name, value in facts["seconds"].items()))
    print(
        f"The workspace now holds {_count(facts['divers'], 'diver')}, {_count(facts['quarantine_open'], 'record')} in "
        f"quarantine and {_count(facts['history_rows'], 'earlier version')}."
    )


def _count(number: int, one: str) -> str:
    from divegov_gui.services.files.wording import count  # brings the readers of files along

    return count(number, one)

"""The headless face: every command, its options, and what it prints."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from divegov_gui import __version__
from divegov_gui.cli_connections import connect_app, profile_app
from divegov_gui.core.errors import Cancelled, DiveGovError, InputRefused
from divegov_gui.core.records import FIELDS, RecordSource
from divegov_gui.services.connections import Workspace, local_workspace


@dataclass(frozen=True)
class Faces:
    """What the command line cannot do itself, since it knows no Qt: the door hands it in."""

    open_window: Callable[[Path | None, Path | None, str | None], int]
    save_pages: Callable[[Path, Path, list[tuple[int, int]]], list[Path]]


EPILOG = (
    "Exit codes: 0 done · 1 a bug · 2 wrong usage · 3 the input was refused · 4 the workspace cannot be opened or "
    "written · 5 a script did not apply · 6 the database refused · 7 a conflict · 130 stopped."
)

app = typer.Typer(
    name="divegov",
    help="DiveGov Steward: dirty divers in, gatekeepers in the database, a reason for every rejection.",
    epilog=EPILOG,
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

app.add_typer(profile_app, name="profile")
app.add_typer(connect_app, name="connect")

_faces: Faces | None = None

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", metavar="FILE", help="The workspace file. Default: yours, in your data folder."
    ),
]
ScriptsOption = Annotated[
    Path | None,
    typer.Option(
        "--scripts", metavar="DIR", help="A folder of numbered scripts to deploy instead of the program's."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
SeedOption = Annotated[int, typer.Option(help="One seed, one data set.", metavar="N")]
DirtyOption = Annotated[
    float, typer.Option(help="Share of records with a defect; 0.05 is 5 %.", metavar="SHARE")
]
RateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rate", metavar="RULE=SHARE", help="Share of records made to break one rule, instead of --dirty."
    ),
]
LocaleOption = Annotated[
    list[str] | None,
    typer.Option("--locale", metavar="NAME", help="Whose names, such as pl_PL. May be repeated."),
]


def run(arguments: Sequence[str], faces: Faces) -> int:
    """Run one command; returns the exit code. Errors are told on stderr, in a sentence and a hint."""
    global _faces
    _faces = faces
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(args=list(arguments), prog_name="divegov", standalone_mode=True)
    except SystemExit as ended:
        if ended.code == Cancelled.exit_code:  # typer turns Ctrl+C into an exit without a word
            _tell(Cancelled("Stopped.", "What was being written was undone."))
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except DiveGovError as error:
        _tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        _tell(Cancelled("Stopped.", "What was being written was undone."))
        return Cancelled.exit_code
    return 0


def _tell(error: DiveGovError) -> None:
    print(f"divegov: {error}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {error.hint}", file=sys.stderr)


@app.callback()
def _main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        print(f"DiveGov Steward {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(_door().open_window(None, None, None))


@app.command("app")
def open_app(workspace: WorkspaceOption = None, scripts: ScriptsOption = None) -> None:
    """Open the window (so does divegov alone)."""
    raise typer.Exit(_door().open_window(workspace, scripts, None))


@app.command()
def demo(
    rows: Annotated[int, typer.Option(help="How many divers to generate.", metavar="N")] = 1000,
    seed: SeedOption = 7,
    dirty: DirtyOption = 0.05,
    workspace: WorkspaceOption = None,
    scripts: ScriptsOption = None,
    as_json: JsonOption = False,
    no_window: Annotated[bool, typer.Option("--no-window", help="Print the report and stop.")] = False,
) -> None:
    """Show the whole flow: deploy, generate dirty divers, load, govern, and look at the result."""
    source = _generated(rows, seed, dirty, None, None)
    place = local_workspace(workspace)
    facts = _ingest_into(place, source, scripts, again=False, quiet=as_json)
    _print_report(facts, as_json)
    if no_window or as_json:
        return
    if _has_display():
        raise typer.Exit(_door().open_window(place.path, scripts, "overview"))
    folder = place.path.parent / f"{place.path.stem}-pages"
    pages = _door().save_pages(place.path, folder, [(1280, 800)])
    print(
        f"\nThere is no display for the window. Its pages are in {folder}: {', '.join(p.name for p in pages)}"
    )


@app.command()
def deploy(
    workspace: WorkspaceOption = None,
    scripts: ScriptsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Apply everything, then undo it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Apply the numbered scripts that are pending or have changed."""
    from divegov_gui.services.deployment import deploy as apply

    with _session(local_workspace(workspace)) as session, _progress(as_json) as progress:
        report = apply(session, scripts=scripts, dry_run=dry_run, progress=progress)
    if as_json:
        _print_json(
            {
                "applied": report.applied,
                "unchanged": report.unchanged,
                "dry_run": report.dry_run,
                "seconds": round(report.seconds, 3),
            }
        )
        return
    for name in report.applied:
        print(f"{'would apply' if dry_run else 'applied'}  {name}")
    if not report.applied:
        print("Nothing to do: all scripts are applied.")


@app.command()
def status(
    workspace: WorkspaceOption = None, scripts: ScriptsOption = None, as_json: JsonOption = False
) -> None:
    """Show the state of the scripts and what the workspace holds."""
    from divegov_gui.services.deployment import plan_deployment
    from divegov_gui.services.quality import read_overview

    place = _existing(workspace)
    with _session(place) as session:
        plan = plan_deployment(session, scripts)
        overview = None if plan.is_empty else read_overview(session)
    states = {s.name: s.state.value for s in plan.scripts}
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
        _print_json({"workspace": str(place.path), "scripts": states, **counts})
        return
    print(f"Workspace  {place.path}")
    for name, state in states.items():
        print(f"  {state:<8} {name}")
    for name, count in counts.items():
        print(f"  {count:>12,}  {name.replace('_', ' ')}")
    if not plan.is_current:
        print("Run divegov deploy to apply what is outstanding.")


@app.command()
def ingest(
    rows: Annotated[int | None, typer.Option(help="Generate this many divers.", metavar="N")] = None,
    file: Annotated[
        Path | None, typer.Option(help="Take in this CSV, XLSX, JSON or JSON Lines file.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="Which column holds a field, where the guess is wrong."
        ),
    ] = None,
    default: Annotated[
        list[str] | None,
        typer.Option(
            "--default",
            metavar="FIELD=VALUE",
            help="One value for all records, for a field without a column.",
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The file's encoding, where it is not recognised.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="The CSV file's delimiter; \\t for a tab.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The workbook's sheet.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Govern content that was governed before once more.")
    ] = False,
    seed: SeedOption = 7,
    dirty: DirtyOption = 0.05,
    rate: RateOption = None,
    locale: LocaleOption = None,
    workspace: WorkspaceOption = None,
    scripts: ScriptsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in generated divers or a file, govern them and report. Deploys to an empty workspace first.

    FIELD is one of first_name, last_name, email, phone, date_of_birth, certification, source_reference.
    """
    if (rows is None) == (file is None):
        raise typer.BadParameter("give either --rows N or --file FILE")
    if file is not None:
        options = {"encoding": encoding, "delimiter": _delimiter(delimiter), "sheet": sheet}
        source = _from_file(
            file, _pairs(mapping, "--map"), _pairs(default, "--default"), options, quiet=as_json
        )
    else:
        assert rows is not None
        source = _generated(rows, seed, dirty, rate, locale)
    facts = _ingest_into(local_workspace(workspace), source, scripts, again=again, quiet=as_json)
    _print_report(facts, as_json)


@app.command()
def report(
    batch: Annotated[
        int | None, typer.Option(help="The batch; the newest governed one by default.", metavar="N")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report what became of a batch."""
    from divegov_gui.services.ingestion import read_report
    from divegov_gui.services.quality import read_overview

    place = _existing(workspace)
    with _session(place) as session:
        _refuse_undeployed(session)
        overview = read_overview(session, batches=1_000_000 if batch else 1000)
        governed = [b.batch_id for b in overview.batches if b.outcomes is not None]
        chosen = batch if batch is not None else (governed[0] if governed else None)
        if chosen not in governed:
            raise InputRefused(
                "No batch was governed yet." if batch is None else f"There is no governed batch {batch}.",
                hint="Run divegov demo or divegov ingest first; divegov status shows what is there.",
            )
        facts = _facts(read_report(session, chosen), overview, {})
    _print_report(facts, as_json)


@app.command()
def screenshots(
    folder: Annotated[Path, typer.Argument(help="Where the PNG files go.", metavar="DIR")],
    workspace: WorkspaceOption = None,
) -> None:
    """Save the window's pages, light and dark, as PNG files."""
    place = _existing(workspace)
    for path in _door().save_pages(place.path, folder, [(1280, 800)]):
        print(path)


# --- sources -------------------------------------------------------------------------------------------------


def _generated(
    rows: int, seed: int, dirty: float, rate: list[str] | None, locale: list[str] | None
) -> RecordSource:
    from divegov_gui.services.generation import DEFAULT_LOCALES, GeneratedSource, GenerationRequest

    rates = None
    if rate:
        try:
            rates = {code: float(share) for code, share in _pairs(rate, "--rate").items()}
        except ValueError as error:
            raise typer.BadParameter("a --rate reads RULE=SHARE, such as EMAIL_FORMAT=0.02") from error
    locales = tuple(locale) if locale else DEFAULT_LOCALES
    return GeneratedSource(GenerationRequest(rows=rows, seed=seed, dirty=dirty, rates=rates, locales=locales))


def _from_file(
    path: Path,
    mapping: dict[str, str],
    defaults: dict[str, str],
    options: dict[str, str | None],
    *,
    quiet: bool,
) -> RecordSource:
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
        print(f"{inspected.name}: {inspected.row_count:,} records.", *inspected.notes)
        for field in FIELDS:
            if field.name in chosen:
                print(f"  {field.label:<17} from column “{chosen[field.name]}”")
            elif field.name in defaults:
                print(f"  {field.label:<17} is “{defaults[field.name]}” for all")
            else:
                print(f"  {field.label:<17} has no column; it stays empty")
    return source


def _delimiter(text: str | None) -> str | None:
    return "\t" if text in ("\\t", "tab") else text


def _pairs(options: list[str] | None, name: str) -> dict[str, str]:
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


# --- working with a workspace ----------------------------------------------------------------------------------


def _ingest_into(
    place: Workspace, source: RecordSource, scripts: Path | None, *, again: bool, quiet: bool
) -> dict[str, Any]:
    from divegov_gui.services.deployment import deploy as apply
    from divegov_gui.services.ingestion import ingest as take_in
    from divegov_gui.services.quality import read_overview

    with _session(place) as session, _progress(quiet) as progress:
        deployment = apply(session, scripts=scripts, progress=progress)
        result = take_in(session, source, again=again, progress=progress)
        overview = read_overview(session, batches=1)
    seconds = {
        "deploy": round(deployment.seconds, 3),
        "generate": round(result.read_seconds, 3),
        "load": round(result.load_seconds, 3),
        "govern": round(result.govern_seconds, 3),
    }
    return {"workspace": str(place.path), **_facts(result, overview, seconds)}


def _facts(result: Any, overview: Any, seconds: dict[str, float]) -> dict[str, Any]:
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


def _existing(workspace: Path | None) -> Workspace:
    place = local_workspace(workspace)
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


def _refuse_undeployed(session: Any) -> None:
    if not session.journal():
        raise InputRefused("Nothing was deployed to this workspace yet.", hint="Run divegov deploy first.")


class _session:  # noqa: N801 - reads as the function that it is
    """A session for the length of a with block."""

    def __init__(self, place: Workspace) -> None:
        self._place = place

    def __enter__(self) -> Any:
        self._opened = self._place.open_session()
        return self._opened

    def __exit__(self, *_: object) -> None:
        self._opened.close()


class _progress:  # noqa: N801 - reads as the function that it is
    """A progress bar on stderr for the length of a with block; none when `quiet` or where nobody looks."""

    def __init__(self, quiet: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=quiet or not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("Starting", total=None)

    def __enter__(self) -> Callable[[Any], None]:
        self._bar.start()
        return self._show

    def _show(self, progress: Any) -> None:
        self._bar.update(
            self._task, description=progress.stage, completed=progress.done, total=progress.total
        )

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


# --- printing ------------------------------------------------------------------------------------------------


def _print_json(value: dict[str, Any]) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_report(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(facts)
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
        f"The workspace now holds {facts['divers']:,} divers, {facts['quarantine_open']:,} records in quarantine and "
        f"{facts['history_rows']:,} earlier versions."
    )


# --- the desktop ---------------------------------------------------------------------------------------------


def _door() -> Faces:
    assert _faces is not None, "run() sets the faces"
    return _faces


def _has_display() -> bool:
    """Whether a window could be seen."""
    looks_for_one = platform.system() == "Linux"
    return not looks_for_one or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

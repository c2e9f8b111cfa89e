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
import typer.core

from divegov_gui import __version__
from divegov_gui.cli_batches import batches_app
from divegov_gui.cli_connections import connect_app, profile_app
from divegov_gui.cli_deploy import deploy, status
from divegov_gui.cli_history import as_of, audit_app, diff, evidence_app, history, restore
from divegov_gui.cli_privacy import subject_app
from divegov_gui.cli_quality import purge, report, rules_app, trends
from divegov_gui.cli_quarantine_fix import quarantine_app
from divegov_gui.cli_support import (
    JsonOption,
    ProfileOption,
    ScriptsOption,
    WorkspaceOption,
    existing,
    from_file,
    generated,
    ingest_into,
    pages_folder,
    pairs,
    place_for,
    print_report,
    target_for,
)
from divegov_gui.cli_watch import watch_folder
from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.services.connections import local_workspace
from divegov_gui.services.profiles import Profile
from divegov_gui.services.servers import Place


@dataclass(frozen=True)
class Faces:
    """What the command line cannot do itself, since it knows no Qt: the door hands it in."""

    open_window: Callable[[Place | Profile, Path | None, str | None], int]
    save_pages: Callable[[Place, Path, list[tuple[int, int]]], list[Path]]


EPILOG = (
    "Exit codes: 0 done · 1 a bug · 2 wrong usage · 3 the input was refused · 4 the workspace cannot be opened or "
    "written · 5 a script did not apply · 6 the database refused · 7 a conflict · 130 stopped."
)

_FIRST = (
    "demo",
    "app",
    "deploy",
    "status",
    "ingest",
    "watch",
    "report",
    "trends",
    "batches",
    "quarantine",
    "rules",
)
"""How the help begins: what one does first, and every day; the rest follows as it is mounted."""


class _InOrder(typer.core.TyperGroup):
    """The commands, in the order in which one comes to need them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in their order."""
        return [*_FIRST, *(name for name in super().list_commands(ctx) if name not in _FIRST)]


app = typer.Typer(
    name="divegov",
    cls=_InOrder,
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
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(evidence_app, name="evidence")
app.add_typer(audit_app, name="audit")
app.add_typer(subject_app, name="subject")
app.add_typer(rules_app, name="rules")
app.add_typer(batches_app, name="batches")
app.command()(history)
app.command("as-of")(as_of)
app.command()(diff)
app.command()(restore)
app.command()(report)
app.command()(trends)
app.command()(purge)
app.command("watch")(watch_folder)
app.command("deploy")(deploy)
app.command("status")(status)

_faces: Faces | None = None

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
        return tell_error(error)
    except KeyboardInterrupt:
        _tell(Cancelled("Stopped.", "What was being written was undone."))
        return Cancelled.exit_code
    return 0


def tell_error(error: DiveGovError) -> int:
    """Tell an error on stderr, in a sentence and a hint; returns its exit code."""
    _tell(error)
    return error.exit_code


def _tell(error: DiveGovError) -> None:
    print(f"divegov: {error}", file=sys.stderr)
    if error.hint:
        options = f" On the command line: {error.options}" if error.options else ""
        print(f"  hint: {error.hint}{options}", file=sys.stderr)


@app.callback()
def _main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        print(f"DiveGov Steward {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(_door().open_window(local_workspace(), None, None))


@app.command("app")
def open_app(
    workspace: WorkspaceOption = None, profile: ProfileOption = None, scripts: ScriptsOption = None
) -> None:
    """Open the window (so does divegov alone). A server's password is asked for in it."""
    raise typer.Exit(_door().open_window(target_for(workspace, profile), scripts, None))


@app.command()
def demo(
    rows: Annotated[int, typer.Option(help="How many divers to generate.", metavar="N")] = 1000,
    seed: SeedOption = 7,
    dirty: DirtyOption = 0.05,
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    scripts: ScriptsOption = None,
    as_json: JsonOption = False,
    no_window: Annotated[bool, typer.Option("--no-window", help="Print the report and stop.")] = False,
) -> None:
    """Show the whole flow: deploy, generate dirty divers, load, govern, and look at the result."""
    source = generated(rows, seed, dirty, None, None)
    place = place_for(workspace, profile)
    facts = ingest_into(place, source, scripts, again=False, quiet=as_json)
    print_report(facts, as_json)
    if no_window or as_json:
        return
    if _has_display():
        raise typer.Exit(_door().open_window(place, scripts, "overview"))
    folder = pages_folder(place)
    pages = _door().save_pages(place, folder, [(1280, 800)])
    print(
        f"\nThere is no display for the window. Its pages are in {folder}: {', '.join(p.name for p in pages)}"
    )


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
    profile: ProfileOption = None,
    scripts: ScriptsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in generated divers or a file, govern them and report. Deploys to an empty workspace first.

    FIELD is one of first_name, last_name, email, phone, date_of_birth, certification, source_reference.
    """
    if (rows is None) == (file is None):
        raise typer.BadParameter("give either --rows N or --file FILE")
    if file is not None:
        options = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet}
        source = from_file(file, pairs(mapping, "--map"), pairs(default, "--default"), options, quiet=as_json)
    else:
        assert rows is not None
        source = generated(rows, seed, dirty, rate, locale)
    facts = ingest_into(place_for(workspace, profile), source, scripts, again=again, quiet=as_json)
    print_report(facts, as_json)


@app.command()
def screenshots(
    folder: Annotated[Path, typer.Argument(help="Where the PNG files go.", metavar="DIR")],
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
) -> None:
    """Save the window's pages, light and dark, as PNG files."""
    place = existing(workspace, profile)
    for path in _door().save_pages(place, folder, [(1280, 800)]):
        print(path)


# --- the desktop ---------------------------------------------------------------------------------------------


def _door() -> Faces:
    assert _faces is not None, "run() sets the faces"
    return _faces


def _has_display() -> bool:
    """Whether a window could be seen."""
    looks_for_one = platform.system() == "Linux"
    return not looks_for_one or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

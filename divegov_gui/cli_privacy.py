"""`divegov subject …`: what is held of a person, and their erasure, at a terminal. Mounted by cli.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from divegov_gui.cli_persona import DiverArgument, ReasonOption, StewardOption, paper_maker, session_as
from divegov_gui.cli_support import JsonOption, ProfileOption, WorkspaceOption, print_json, progress_bar
from divegov_gui.core import private_files
from divegov_gui.core.errors import Cancelled, DiveGovError, InputRefused

subject_app = typer.Typer(
    help="Requests of data subjects: hand over what is held of them, or erase it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@subject_app.command("export")
def export_subject(
    diver: DiverArgument,
    reason: ReasonOption,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help="A new folder for a PDF, a page, JSON and a manifest; or a .json file. Else JSON is printed.",
        ),
    ] = None,
    role: StewardOption = "compliance_officer",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand over everything that is held of a person. It is logged that it was asked for."""
    from divegov_gui.services import subjects
    from divegov_gui.services.manifest import as_json as as_text
    from divegov_gui.services.manifest import make_empty
    from divegov_gui.services.subject_papers import write_export

    is_file = to is not None and to.suffix.lower() == ".json"
    if to is not None and not is_file:
        make_empty(to)  # before it is logged that it was handed over
    with session_as(role, workspace, profile) as session:
        found = subjects.export_subject(session, diver, reason)
    if to is None:
        print_json(found.record)
        return
    if is_file:
        _write(to, as_text(found.record))
        files = [to.name]
    else:
        files = list(write_export(found, to, paper_maker()).files)
    if as_json:
        print_json({"diver_id": diver, "rows": found.count, "file": str(to), "files": files})
    else:
        print(f"{found.count:,} rows about diver {diver} are in {to}.")


@subject_app.command()
def erase(
    diver: DiverArgument,
    reason: ReasonOption,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Only tell what would go; nothing is changed.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="FILE", help="Where it goes: .pdf (with the JSON beside it) or .json."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    role: StewardOption = "compliance_officer",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a person everywhere, search again for all that identified them, and certify it. It cannot be undone."""
    from divegov_gui.services import subjects
    from divegov_gui.services.subject_papers import outside, write_certificate

    if certificate is not None and certificate.suffix.lower() not in (".pdf", ".json"):
        raise typer.BadParameter("a --certificate ends in .pdf, with the JSON beside it, or in .json")
    with session_as(role, workspace, profile) as session:
        found = subjects.rehearse_erasure(session, diver)
        if rehearse:
            _print_inventory(found, as_json)
            return
        if not yes and not typer.confirm(
            f"Erase diver {diver} from {found.rows:,} rows? It cannot be undone.", err=True
        ):
            raise Cancelled("Nobody was erased.", "It was not confirmed.")
        if certificate is not None:
            _reserve(certificate)
        with progress_bar(quiet=as_json) as progress:
            done = subjects.erase(session, diver, reason, progress=progress)
    kept = done.certificate.to_json()
    if certificate is not None:
        try:
            write_certificate(done.certificate, certificate, paper_maker())
        except DiveGovError:
            print(kept)  # it cannot be made a second time
            raise
    if as_json:
        print_json(dict(done.certificate.facts))
        return
    _print_lines(done.lines)
    print(outside(done.certificate.facts["batches"]))
    told = done.certificate.facts["verification"]
    print(
        "SOMETHING OF IT IS STILL FOUND."
        if any(told["left"].values())
        else "Nothing of it is found any more."
    )
    if told["file"]["is_rewritten"] is False:
        print(
            "The file could not be written anew: close what reads it, then run divegov subject rewrite-file."
        )
    beside = (
        ", with the JSON that is verified beside it" if certificate and certificate.suffix == ".pdf" else ""
    )
    print(f"The certificate is in {certificate}{beside}." if certificate else kept)


@subject_app.command("rewrite-file")
def rewrite_file(
    role: StewardOption = "compliance_officer",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a workspace's file anew, where another program kept an erasure from doing it."""
    from divegov_gui.services import subjects

    with session_as(role, workspace, profile) as session:
        facts = subjects.rewrite_file(session)
    if as_json:
        print_json(facts)
    elif facts["is_rewritten"] is None:
        print("A server's files are its own; ask whoever looks after it, and think of its backups.")
    else:
        print(
            "Done."
            if facts["is_rewritten"]
            else "Another program still reads the file. Close it and try again."
        )
    if facts["is_rewritten"] is False:
        raise typer.Exit(InputRefused.exit_code)


@subject_app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The certificate.")],
    role: StewardOption = "compliance_officer",
    workspace: WorkspaceOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell whether a certificate of an erasure holds. Ends with 3 where it does not."""
    from divegov_gui.services import subjects

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (
            "There is no such file."
            if isinstance(error, FileNotFoundError)
            else "It is no text that can be read."
        )
        raise InputRefused(f"{file} cannot be read.", why, "Choose the certificate's JSON file.") from error
    with session_as(role, workspace, profile) as session:
        verdict = subjects.verify_certificate(session, subjects.read_certificate(text))
    if as_json:
        findings = dict(verdict.findings)
        print_json({"holds": verdict.holds, "findings": findings, "notes": list(verdict.notes)})
    else:
        for words, right in verdict.findings:
            print(f"{'✓' if right else '✗ NOT SO:'} {words}")
        for note in verdict.notes:
            print(f"  {note}")
    if not verdict.holds:
        raise typer.Exit(InputRefused.exit_code)


def _print_inventory(found: Any, as_json: bool) -> None:
    if as_json:
        lines = [{"place": line.place, "rows": line.rows, "fate": line.fate} for line in found.lines]
        print_json({"diver_id": found.diver_id, "rows": found.rows, "inventory": lines, "rehearsal": True})
        return
    _print_lines(found.lines)
    print(f"{found.rows:,} rows would be changed. Nothing was.")


def _print_lines(lines: Any) -> None:
    for line in lines:
        if line.rows:
            print(f"{line.rows:>8,}  {line.place.replace('_', ' '):<22} {line.fate.lower()}")


def _reserve(certificate: Path) -> None:
    """What cannot be written is told before anything is erased, and no earlier certificate is lost."""
    if certificate.exists() and certificate.stat().st_size:
        raise InputRefused(
            f"{certificate} is there already.",
            "A certificate is made once, and cannot be made again.",
            "Choose another file.",
        )
    _write(certificate, "")


def _write(path: Path, text: str) -> None:
    try:
        private_files.make_folder(path.parent)
        private_files.write_text(path, text)
    except OSError as error:
        raise InputRefused(
            f"{path} cannot be written.", (error.strerror or str(error)) + ".", "Choose another file."
        ) from error

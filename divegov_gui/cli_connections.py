"""`divegov profile …` and `divegov connect …`: the places that one works in, and whether they can be reached.

Mounted by cli.py: app.add_typer(profile_app, name="profile"); app.add_typer(connect_app, name="connect").
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from divegov_gui.cli_support import JsonOption
from divegov_gui.core.errors import ConnectionFailed, InputRefused
from divegov_gui.services.connection_test import (
    State,
    StepResult,
    create_database,
    summary,
    walk_connection,
)
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import (
    Authentication,
    Encryption,
    Kind,
    Profile,
    ProfileStore,
    SqlServerProfile,
    split_address,
)
from divegov_gui.services.servers import local_profile, password_of

profile_app = typer.Typer(
    help="Keep the SQL Servers and workspaces that you work in, by name. Passwords are never in the file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
connect_app = typer.Typer(
    help="Find out whether a connection works.", no_args_is_help=True, rich_markup_mode=None
)

NameArgument = Annotated[str, typer.Argument(metavar="PROFILE", help="The profile's name.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
]


@profile_app.command("add")
def add_profile(
    name: NameArgument,
    server: Annotated[
        str | None, typer.Option(metavar="HOST", help=r"HOST, HOST,PORT, HOST\INSTANCE or (localdb)\NAME.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A local workspace instead of a server.")
    ] = None,
    database: Annotated[str, typer.Option(metavar="NAME", help="The database.")] = "EnterpriseDiveDB",
    authentication: Annotated[
        Authentication, typer.Option("--auth", help="How to log in.")
    ] = Authentication.WINDOWS,
    user: Annotated[str, typer.Option(metavar="NAME", help="The login, where one is needed.")] = "",
    encryption: Annotated[
        Encryption, typer.Option("--encrypt", help="How much is encrypted.")
    ] = Encryption.MANDATORY,
    trust_certificate: Annotated[
        bool, typer.Option("--trust-certificate", help="Take whatever certificate the server shows.")
    ] = False,
    certificate_host: Annotated[
        str, typer.Option(metavar="NAME", help="The name in the certificate, where it is not the server's.")
    ] = "",
    driver: Annotated[
        str, typer.Option(metavar="NAME", help="An ODBC driver's name or the path of its library.")
    ] = "",
    login_timeout: Annotated[int, typer.Option(metavar="SECONDS", help="How long a login may take.")] = 15,
    query_timeout: Annotated[
        int, typer.Option(metavar="SECONDS", help="How long a query may take; 0: as long as it takes.")
    ] = 0,
    favourite: Annotated[bool, typer.Option("--favourite", help="Show it first.")] = False,
    save_password: Annotated[
        bool, typer.Option("--save-password", help="Ask for the password and put it in the keyring.")
    ] = False,
    password_stdin: StdinOption = False,
) -> None:
    """Keep a new profile: a SQL Server, or a local workspace."""
    if (server is None) == (workspace is None):
        raise typer.BadParameter("give either --server HOST or --workspace FILE")
    if workspace is not None:
        profile = Profile(name, Kind.LOCAL, workspace=workspace.expanduser().absolute(), favourite=favourite)
    else:
        host, port, instance = split_address(server or "")
        profile = Profile(
            name,
            Kind.SQLSERVER,
            server=SqlServerProfile(
                server=host,
                database=database,
                port=port,
                instance=instance,
                authentication=authentication,
                user=user,
                encryption=encryption,
                trust_certificate=trust_certificate,
                certificate_host=certificate_host,
                driver=driver,
                login_timeout=login_timeout,
                query_timeout=query_timeout,
            ),
            favourite=favourite,
        )
    kept = ProfileStore().add(profile)
    typer.echo(f"Kept {kept.name}: {kept.label}")
    if save_password and profile.server is not None and profile.server.needs_password:
        _save(kept, password_stdin)


@profile_app.command("list")
def list_profiles(as_json: JsonOption = False) -> None:
    """List the profiles, favourites first."""
    profiles = [local_profile(), *ProfileStore().all()]
    if as_json:
        _print_json({"profiles": [_facts(p) for p in profiles]})
        return
    width = max(len(p.name) for p in profiles)
    for profile in profiles:
        mark = "*" if profile.favourite else " "
        used = f"  last used {profile.last_used} UTC" if profile.last_used else ""
        typer.echo(f"{mark} {profile.name:<{width}}  {profile.label}{used}")


@profile_app.command("remove")
def remove_profile(name: NameArgument) -> None:
    """Forget a profile and its password. The database stays as it is."""
    store = ProfileStore()
    profile = store.find(name)
    store.delete(profile)
    Passwords().forget(profile)
    typer.echo(f"Removed {profile.name}. {profile.label} stays as it is.")


@profile_app.command("rename")
def rename_profile(
    name: NameArgument, new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")]
) -> None:
    """Give a profile another name; its password stays with it."""
    store = ProfileStore()
    typer.echo(f"Renamed to {store.rename(store.find(name), new_name).name}.")


@profile_app.command("copy")
def copy_profile(
    name: NameArgument, database: Annotated[str, typer.Option(help="Another database for the copy.")] = ""
) -> None:
    """Copy a profile, without its password."""
    store = ProfileStore()
    copy = store.duplicate(store.find(name))
    if database and copy.server is not None:
        copy = store.edit(replace(copy, server=replace(copy.server, database=database)))
    typer.echo(f"Kept {copy.name}: {copy.label}")


@profile_app.command("password")
def save_password_of(name: NameArgument, password_stdin: StdinOption = False) -> None:
    """Put a profile's password in the keyring."""
    _save(ProfileStore().find(name), password_stdin)


@profile_app.command("export")
def export_profiles(file: Annotated[Path, typer.Argument(metavar="FILE", help="A new JSON file.")]) -> None:
    """Write all profiles to a file for others, without passwords."""
    typer.echo(f"Wrote {ProfileStore().export(file)} profiles to {file}.")


@profile_app.command("import")
def import_profiles(file: Annotated[Path, typer.Argument(metavar="FILE", help="An exported file.")]) -> None:
    """Add the profiles of an exported file."""
    for profile in ProfileStore().import_from(file):
        typer.echo(f"Added {profile.name}: {profile.label}")


@connect_app.command("test")
def walk(name: NameArgument, password_stdin: StdinOption = False, as_json: JsonOption = False) -> None:
    """Walk from the driver to the schema, and show where it stops and what to do."""
    store = ProfileStore()
    profile = store.find(name)
    if profile.server is None:
        raise InputRefused(f"{profile.name} is a local workspace.", hint="divegov status shows its state.")
    password = password_of(profile, lambda p: _asked(p, password_stdin))
    results = []
    for result in walk_connection(profile.server, password):
        results.append(result)
        if not as_json:
            _print_step(result)
    if as_json:
        _print_json({"profile": profile.name, "works": _works(results), "steps": [_step(r) for r in results]})
    if not _works(results):
        raise ConnectionFailed(f"{profile.name} does not work.", summary(results))
    store.mark_used(profile)


@connect_app.command("create-database")
def make_database(name: NameArgument, password_stdin: StdinOption = False) -> None:
    """Make the profile's database on its server, empty, where the login may; divegov deploy then fills it."""
    profile = ProfileStore().find(name)
    if profile.server is None:
        raise InputRefused(f"{profile.name} is a local workspace.", hint="divegov deploy makes its file.")
    create_database(profile.server, password_of(profile, lambda p: _asked(p, password_stdin)))
    argument = profile.name if " " not in profile.name else f'"{profile.name}"'
    typer.echo(f"Made {profile.label}, empty. Next: divegov deploy --profile {argument}")


# --- asking and printing -------------------------------------------------------------------------------------


def _asked(profile: Profile, from_stdin: bool) -> str:
    """A password, from whoever sits there or from standard input; never an argument, which others could see."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputRefused(
            f"{profile.name} needs a password, and nobody is there to type it.",
            hint="Pipe it in with --password-stdin, or keep it with divegov profile password.",
        )
    user = profile.server.user if profile.server is not None else ""
    return str(typer.prompt(f"Password of {user} for {profile.name}", hide_input=True, err=True))


def _save(profile: Profile, from_stdin: bool) -> None:
    passwords = Passwords()
    if passwords.remember(profile, Secret(_asked(profile, from_stdin))):
        typer.echo("The password is in the keyring.")
    else:
        typer.echo(passwords.why_not_kept, err=True)


def _facts(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "kind": profile.kind.value,
        "leads_to": profile.label,
        "favourite": profile.favourite,
        "last_used": profile.last_used,
    }


def _works(results: list[StepResult]) -> bool:
    return all(r.state is not State.FAILED for r in results)


def _step(result: StepResult) -> dict[str, Any]:
    return {
        "step": result.step.name.lower(),
        "state": result.state.value,
        "words": result.words,
        "advice": result.advice,
    }


def _print_step(result: StepResult) -> None:
    marks = {State.OK: "ok     ", State.FAILED: "FAILED ", State.SKIPPED: "skipped"}
    typer.echo(f"{marks[result.state]}  {result.step.value:<20} {result.words}")
    if result.advice:
        typer.echo(f"{'':9}{'':<20} {result.advice}")


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))

"""`--profile NAME` on every command: the same answers from a server as from a workspace file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from server_on_sqlite import ServerOnSqlite
from typer.main import get_command

from divegov_gui import cli
from divegov_gui.services.connections import Workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.profiles import Authentication, Kind, Profile, ProfileStore, SqlServerProfile
from divegov_gui.services.servers import ServerPlace

Divegov = Callable[..., Any]
SERVER = SqlServerProfile("sql01.example.org")


@pytest.fixture
def server(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> ServerOnSqlite:
    """A server whose database is deployed and empty; it is what every profile of these tests leads to."""
    session = Workspace(workspace).open_session()
    deploy(session)
    session.close()
    made = ServerOnSqlite(workspace)
    monkeypatch.setattr("divegov_gui.database.odbc_link.load_pyodbc", lambda: made.odbc)
    return made


@pytest.fixture
def harbour() -> Profile:
    return ProfileStore().add(Profile("Harbour", Kind.SQLSERVER, server=SERVER))


def every_command(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in getattr(group, "commands", {}).items():
        yield f"{before}{name}", command
        yield from every_command(command, f"{before}{name} ")


def test_every_command_that_works_in_a_place_takes_a_profile() -> None:
    options = {name: {o for p in c.params for o in p.opts} for name, c in every_command(get_command(cli.app))}
    missing = [name for name, has in options.items() if "--workspace" in has and "--profile" not in has]
    assert missing == ["profile add"], "which says what a profile is"
    assert "--profile" in options["app"] & options["demo"] & options["screenshots"]


def test_the_demo_runs_on_a_server_and_opens_the_window_there(
    divegov: Divegov,
    desktop: Any,
    server: ServerOnSqlite,
    harbour: Profile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    answer = divegov("demo", "--rows", "50", "--profile", "harbour")
    assert answer.code == 0, answer.err
    assert "50  loaded" in answer.out
    assert "Govern_Batch" in server.calls
    ((place, scripts),) = desktop.opened
    assert (place.server, scripts) == (SERVER, None)


def test_without_a_display_the_pictures_go_to_the_current_folder(
    divegov: Divegov,
    desktop: Any,
    server: ServerOnSqlite,
    harbour: Profile,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.chdir(tmp_path)
    assert divegov("demo", "--rows", "50", "--profile", "Harbour").code == 0
    assert [folder for _, folder in desktop.saved] == [tmp_path / "Harbour-pages"]


def test_the_window_asks_for_the_password_itself(divegov: Divegov, desktop: Any) -> None:
    profile = ProfileStore().add(
        Profile(
            "Harbour",
            Kind.SQLSERVER,
            server=SqlServerProfile("sql01", authentication=Authentication.SQL, user="anna"),
        )
    )
    assert divegov("app", "--profile", "Harbour").code == 0
    assert desktop.opened == [(profile, None)]


def test_a_profile_of_a_workspace_opens_that(divegov: Divegov, desktop: Any, workspace: Path) -> None:
    ProfileStore().add(Profile("Play", Kind.LOCAL, workspace=workspace))
    assert divegov("app", "--profile", "Play").code == 0
    assert desktop.opened == [(Workspace(workspace), None)]


def test_screenshots_of_a_server(
    divegov: Divegov, desktop: Any, server: ServerOnSqlite, harbour: Profile, tmp_path: Path
) -> None:
    assert divegov("screenshots", tmp_path / "pages", "--profile", "Harbour").code == 0
    ((place, folder),) = desktop.saved
    assert isinstance(place, ServerPlace)
    assert folder == tmp_path / "pages"


@pytest.mark.parametrize(
    "command", [("status",), ("report",), ("deploy",), ("ingest", "--rows", "9"), ("demo",)]
)
def test_a_password_that_nobody_can_type_is_asked_of_nobody(
    divegov: Divegov, command: tuple[str, ...]
) -> None:
    ProfileStore().add(
        Profile(
            "Harbour",
            Kind.SQLSERVER,
            server=SqlServerProfile("sql01", authentication=Authentication.SQL, user="anna"),
        )
    )
    answer = divegov(*command, "--profile", "Harbour")
    assert answer.code == 3
    assert "needs a password" in answer.err
    assert "divegov profile password" in answer.err


@pytest.mark.parametrize("command", [("app",), ("demo",), ("screenshots", "pages"), ("status",)])
def test_a_workspace_and_a_profile_together_are_wrong(
    divegov: Divegov, harbour: Profile, workspace: Path, command: tuple[str, ...]
) -> None:
    assert divegov(*command, "--profile", "Harbour", "--workspace", workspace).code == 2

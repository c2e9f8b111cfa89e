"""`divegov deploy` and `divegov status` on a server: the name asked back, the plan as a file, and drift in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from server_on_sqlite import ServerOnSqlite

from divegov_gui import cli_deploy
from divegov_gui.services.connections import Workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.profiles import Kind, Profile, ProfileStore, SqlServerProfile

Divegov = Callable[..., Any]


@pytest.fixture
def server(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> ServerOnSqlite:
    """A server with an empty database."""
    session = Workspace(workspace).open_session()
    deploy(session)
    session.close()
    made = ServerOnSqlite(workspace, deployed=False)
    monkeypatch.setattr("divegov_gui.database.odbc_link.load_pyodbc", lambda: made.odbc)
    ProfileStore().add(
        Profile("Harbour", Kind.SQLSERVER, server=SqlServerProfile("sql01.example.org", port=1444))
    )
    return made


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Somebody sits at the keyboard and types this."""

    def types(answer: str) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

        def prompt(text: str, **_: object) -> str:
            asked.append(text)
            return answer

        monkeypatch.setattr(cli_deploy.typer, "prompt", prompt)
        return asked

    return types


def test_where_nobody_can_confirm_the_first_deployment_it_is_refused(
    divegov: Divegov, server: ServerOnSqlite
) -> None:
    answer = divegov("deploy", "--profile", "Harbour")
    assert answer.code == 3
    assert "Nothing was ever deployed to EnterpriseDiveDB on sql01.example.org,1444." in answer.err
    assert "--yes" in answer.err
    assert "--save-plan" in answer.err
    assert server.journal == {}


def test_the_servers_name_is_asked_back(
    divegov: Divegov, server: ServerOnSqlite, typing: Callable[[str], list[str]]
) -> None:
    asked = typing("sql01.example.org,1444")
    answer = divegov("deploy", "--profile", "Harbour")
    assert answer.code == 0, answer.err
    assert len(server.journal) == 6
    assert asked == ["Type the server's name to go on (sql01.example.org,1444)"]


def test_another_name_deploys_nothing(
    divegov: Divegov, server: ServerOnSqlite, typing: Callable[[str], list[str]]
) -> None:
    typing("sql02")
    answer = divegov("deploy", "--profile", "Harbour")
    assert answer.code == 3
    assert "That is not the server's name." in answer.err
    assert server.journal == {}


def test_yes_goes_on_unasked_and_the_second_time_nobody_is_asked(
    divegov: Divegov, server: ServerOnSqlite
) -> None:
    assert divegov("deploy", "--profile", "Harbour", "--yes").code == 0
    again = divegov("deploy", "--profile", "Harbour")
    assert (again.code, again.out) == (0, "Nothing to do: all scripts are applied.\n")


@pytest.mark.parametrize("command", [("demo", "--rows", "9"), ("ingest", "--rows", "9")])
def test_nothing_else_deploys_to_a_server_for_the_first_time(
    divegov: Divegov, server: ServerOnSqlite, command: tuple[str, ...]
) -> None:
    answer = divegov(*command, "--profile", "Harbour")
    assert answer.code == 3
    assert "divegov deploy" in answer.err
    assert server.journal == {}


@pytest.mark.parametrize("options", [(), ("--yes",), ("--dry-run",)])
def test_a_database_of_an_older_level_is_refused_with_the_statement_that_helps(
    divegov: Divegov, server: ServerOnSqlite, options: tuple[str, ...]
) -> None:
    server.level = 150
    answer = divegov("deploy", "--profile", "Harbour", *options)
    assert answer.code == 6
    for part in (
        "compatibility level 150",
        "ALTER DATABASE [EnterpriseDiveDB] SET COMPATIBILITY_LEVEL = 160;",
    ):
        assert part in answer.err
        assert part in divegov("status", "--profile", "Harbour").out
    assert server.journal == {}


def test_a_dry_run_needs_no_confirmation_and_keeps_nothing(divegov: Divegov, server: ServerOnSqlite) -> None:
    answer = divegov("deploy", "--profile", "Harbour", "--dry-run")
    assert answer.code == 0
    assert answer.out.count("would apply") == 6
    assert server.journal == {}


def test_the_plan_is_written_and_nothing_is_applied(
    divegov: Divegov, server: ServerOnSqlite, tmp_path: Path
) -> None:
    file = tmp_path / "plan.sql"
    answer = divegov("deploy", "--profile", "Harbour", "--save-plan", file)
    assert answer.code == 0, answer.err
    assert f"Wrote {file}: 01_schema.sql, 02_versioning.sql" in answer.out
    assert server.journal == {}
    text = file.read_text(encoding="utf-8-sig")
    assert "USE [EnterpriseDiveDB];" in text
    assert text.count("COMMIT TRANSACTION;\nEXECUTE sys.sp_set_session_context") == 6


def test_a_plan_can_be_had_without_the_right_to_deploy(
    divegov: Divegov, server: ServerOnSqlite, tmp_path: Path
) -> None:
    server.rights = ["CONNECT"]
    assert divegov("deploy", "--profile", "Harbour", "--save-plan", tmp_path / "p.sql", "--json").json == {
        "plan": str(tmp_path / "p.sql"),
        "scripts": [f"{n}.sql" for n in _NAMES],
    }
    answer = divegov("deploy", "--profile", "Harbour", "--yes")
    assert answer.code == 6
    assert "You may not deploy to EnterpriseDiveDB" in answer.err
    assert "CREATE TABLE (to make the tables)" in answer.err


def test_where_everything_is_applied_no_plan_is_written(
    divegov: Divegov, server: ServerOnSqlite, tmp_path: Path
) -> None:
    divegov("deploy", "--profile", "Harbour", "--yes")
    answer = divegov("deploy", "--profile", "Harbour", "--save-plan", tmp_path / "p.sql")
    assert answer.code == 0
    assert "No file was written." in answer.out
    assert not (tmp_path / "p.sql").exists()


def test_a_workspace_has_no_plan(divegov: Divegov, tmp_path: Path) -> None:
    answer = divegov("deploy", "--workspace", tmp_path / "new.db", "--save-plan", tmp_path / "p.sql")
    assert answer.code == 3
    assert "SQL Server only" in answer.err


def test_status_tells_of_drift_and_what_mends_it(divegov: Divegov, workspace: Path) -> None:
    divegov("deploy", "--workspace", workspace)
    with closing(sqlite3.connect(workspace)) as connection:
        connection.executescript("DROP TRIGGER Diver_Updated; ALTER TABLE Dive_Site ADD COLUMN x;")
    answer = divegov("status", "--workspace", workspace)
    assert "drift    The trigger Diver_Updated is missing. 02_versioning.sql puts it back." in answer.out
    assert (
        "drift    The table Dive_Site was altered since it was deployed. No script puts that back."
        in answer.out
    )
    assert "drifted  02_versioning.sql" in answer.out
    assert len(divegov("status", "--workspace", workspace, "--json").json["drift"]) == 2
    applied = divegov("deploy", "--workspace", workspace)
    assert "applied  02_versioning.sql" in applied.out
    assert "by hand  The table Dive_Site was altered" in applied.out
    assert len(divegov("status", "--workspace", workspace, "--json").json["drift"]) == 1
    accepted = divegov("deploy", "--workspace", workspace, "--accept-drift")
    assert "accepted The table Dive_Site was altered since it was deployed." in accepted.out
    assert "by hand" not in accepted.out
    assert divegov("status", "--workspace", workspace, "--json").json["drift"] == []


_NAMES = [
    *("01_schema", "02_versioning", "03_security"),
    *("04_static_data", "05_gatekeeper", "06_reporting"),
]

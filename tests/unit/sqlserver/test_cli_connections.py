from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from fake_server import closed_port
from typer.testing import CliRunner, Result

from divegov_gui.cli_connections import connect_app, profile_app
from divegov_gui.core.errors import ConnectionFailed, InputRefused
from divegov_gui.services.profiles import Authentication, Encryption, ProfileStore

app = typer.Typer()
app.add_typer(profile_app, name="profile")
app.add_typer(connect_app, name="connect")


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def done(*arguments: str, given: str | None = None) -> str:
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.exception
    return result.output


def test_a_server_is_added_and_listed_with_the_workspace_first() -> None:
    done(
        "profile",
        "add",
        "Live",
        "--server",
        "sql01,1444",
        "--auth",
        "sql",
        "--user",
        "anna",
        "--encrypt",
        "strict",
    )
    server = ProfileStore().find("live").server
    assert server is not None
    assert (server.server, server.port, server.user) == ("sql01", 1444, "anna")
    assert (server.authentication, server.encryption) == (Authentication.SQL, Encryption.STRICT)
    listed = json.loads(done("profile", "list", "--json"))["profiles"]
    assert [p["name"] for p in listed] == ["Local workspace", "Live"]
    assert "EnterpriseDiveDB on sql01,1444" in done("profile", "list")


def test_either_a_server_or_a_workspace() -> None:
    assert run("profile", "add", "Live").exit_code == 2
    assert run("profile", "add", "Live", "--server", "a", "--workspace", "b").exit_code == 2
    done("profile", "add", "Play", "--workspace", "play.db")
    assert ProfileStore().find("Play").workspace == Path("play.db").absolute()


def test_profiles_are_renamed_copied_exported_imported_and_removed(tmp_path: Path) -> None:
    done("profile", "add", "Live", "--server", "sql01")
    done("profile", "rename", "Live", "Production")
    done("profile", "copy", "Production", "--database", "Test")
    file = str(tmp_path / "p.json")
    assert "2 profiles" in done("profile", "export", file)
    assert "Production (3)" in done("profile", "import", file)
    done("profile", "remove", "production")
    assert "Production" not in [p.name for p in ProfileStore().all()]


def test_an_unknown_profile_is_told_with_those_that_are_there() -> None:
    done("profile", "add", "Live", "--server", "sql01")
    error = run("connect", "test", "Life").exception
    assert isinstance(error, InputRefused)
    assert "Live" in error.detail


def test_without_a_keyring_it_is_said_and_the_profile_is_kept() -> None:
    output = done(
        *("profile", "add", "Live", "--server", "a", "--auth", "sql", "--user", "b"),
        *("--save-password", "--password-stdin"),
        given="hunter2\n",
    )
    assert "asked for each time" in output
    assert "hunter2" not in output + ProfileStore().path.read_text()


def test_a_password_that_nobody_can_type_is_asked_from_nobody() -> None:
    done("profile", "add", "Live", "--server", "127.0.0.1", "--auth", "sql", "--user", "b")
    error = run("connect", "test", "Live").exception
    assert isinstance(error, InputRefused)
    assert "--password-stdin" in error.hint


@pytest.mark.parametrize("as_json", [False, True])
def test_a_connection_test_shows_where_it_stops(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    from fake_odbc import Odbc

    monkeypatch.setattr("divegov_gui.services.connection_steps.load_pyodbc", Odbc)
    done("profile", "add", "Live", "--server", f"127.0.0.1,{closed_port()}")
    result = run("connect", "test", "Live", *(["--json"] if as_json else []))
    assert isinstance(result.exception, ConnectionFailed)
    if as_json:
        report = json.loads(result.stdout)
        assert report["works"] is False
        assert [s["state"] for s in report["steps"]] == ["ok", "ok", "failed"] + ["skipped"] * 6
    else:
        assert "FAILED   Port" in result.output
    assert ProfileStore().find("Live").last_used is None


def test_a_local_workspace_has_no_connection_to_test() -> None:
    done("profile", "add", "Play", "--workspace", "play.db")
    assert isinstance(run("connect", "test", "Play").exception, InputRefused)


def test_a_missing_database_is_made_where_the_login_may(monkeypatch: pytest.MonkeyPatch) -> None:
    from fake_odbc import Odbc

    odbc = Odbc()
    monkeypatch.setattr("divegov_gui.database.odbc_link.load_pyodbc", lambda: odbc)
    done("profile", "add", "Live one", "--server", "sql01")
    assert 'divegov deploy --profile "Live one"' in done("connect", "create-database", "Live one")
    assert odbc.statements == [("CREATE DATABASE [EnterpriseDiveDB];", [])]
    assert "DATABASE=master" in odbc.connects[0][0]


def test_a_workspace_needs_no_making() -> None:
    done("profile", "add", "Play", "--workspace", "play.db")
    assert isinstance(run("connect", "create-database", "Play").exception, InputRefused)

"""The headless face: what every command does, prints and ends with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from divegov_gui import __version__, cli
from divegov_gui.services.connections import Workspace, local_workspace

SCRIPTS = [
    "01_schema.sql",
    "02_versioning.sql",
    "03_security.sql",
    "04_static_data.sql",
    "05_gatekeeper.sql",
    "06_reporting.sql",
]
COMMANDS = {"app", "demo", "deploy", "status", "ingest", "report", "screenshots", "watch", "quarantine"}
Divegov = Callable[..., Any]


# demo ---------------------------------------------------------------------------------------------------------


def test_the_demo_prints_one_json_object_as_promised(divegov: Divegov, workspace: Path) -> None:
    answer = divegov(
        "demo", "--rows", "1000", "--seed", "7", "--workspace", workspace, "--no-window", "--json"
    )
    assert (answer.code, answer.err) == (0, "")
    facts = answer.json
    assert {
        *("batch_id", "loaded", "promoted", "unchanged", "duplicate", "quarantined", "violations", "score"),
        *("seconds", "divers", "quarantine_open", "history_rows"),
    } <= facts.keys()
    assert facts["batch_id"] == 1
    assert facts["loaded"] == 1000
    assert facts["loaded"] == sum(
        facts[name] for name in ("promoted", "unchanged", "duplicate", "quarantined")
    )
    assert (facts["score"]["missed"], facts["score"]["false_rejects"]) == (0, 0)
    assert facts["violations"].keys() == facts["score"]["by_rule"].keys() - {
        "CLEAN_RECORD",
        "REPEATED_RECORD",
    }
    assert all(isinstance(count, int) and count > 0 for count in facts["violations"].values())
    assert facts["seconds"].keys() == {"deploy", "generate", "load", "govern"}
    assert all(isinstance(value, float) and value >= 0 for value in facts["seconds"].values())
    with closing(sqlite3.connect(workspace)) as database:
        counted = [
            database.execute(query).fetchone()[0]
            for query in (
                "SELECT count(*) FROM Diver",
                "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'",
                "SELECT count(*) FROM Diver_History",
            )
        ]
    assert [facts["divers"], facts["quarantine_open"], facts["history_rows"]] == counted
    assert counted[:2] == [facts["promoted"], facts["quarantined"]]


def test_one_seed_is_one_data_set(divegov: Divegov, tmp_path: Path) -> None:
    def demo(name: str, seed: int) -> dict[str, Any]:
        path = tmp_path / name
        facts = divegov("demo", "--rows", "300", "--seed", str(seed), "--workspace", path, "--json").json
        with closing(sqlite3.connect(path)) as database:
            emails = database.execute("SELECT Email FROM Raw_Record ORDER BY Raw_ID").fetchall()
        return {"violations": facts["violations"], "promoted": facts["promoted"], "emails": emails}

    assert demo("a", 3) == demo("b", 3)
    assert demo("c", 4)["emails"] != demo("d", 3)["emails"]


def test_the_demo_again_is_recognised_and_adds_nobody(divegov: Divegov, workspace: Path) -> None:
    first = divegov("demo", "--rows", "100", "--workspace", workspace, "--json").json
    second = divegov("demo", "--rows", "100", "--workspace", workspace, "--json").json
    assert (first["recognised"], second["recognised"]) == (False, True)
    assert (second["batch_id"], second["divers"], second["loaded"]) == (1, first["divers"], 100)
    told = divegov("demo", "--rows", "100", "--workspace", workspace, "--no-window").out
    assert "This content was governed before, as batch 1. Nothing was loaded" in told


def test_the_demo_ends_with_the_window_on_its_workspace(
    divegov: Divegov, desktop: Any, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    desktop.exit_code = 5
    answer = divegov("demo", "--rows", "50", "--workspace", workspace)
    assert desktop.opened == [(Workspace(workspace), None)]
    assert answer.code == 5
    assert "50  loaded" in answer.out


def test_without_a_display_the_demo_saves_the_pages_and_says_where(
    divegov: Divegov, desktop: Any, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    answer = divegov("demo", "--rows", "50", "--workspace", workspace)
    assert desktop.opened == []
    assert desktop.saved == [(Workspace(workspace), workspace.with_name("workspace-pages"))]
    assert str(workspace.with_name("workspace-pages")) in answer.out
    assert "overview.png" in answer.out


@pytest.mark.parametrize("option", ["--no-window", "--json"])
def test_the_demo_can_do_without_a_window(
    divegov: Divegov, desktop: Any, workspace: Path, option: str
) -> None:
    assert divegov("demo", "--rows", "50", "--workspace", workspace, option).code == 0
    assert (desktop.opened, desktop.saved) == ([], [])


# deploy, status -----------------------------------------------------------------------------------------------


def test_deploy_applies_the_six_once(divegov: Divegov, workspace: Path) -> None:
    assert divegov("deploy", "--workspace", workspace).out.splitlines() == [
        f"applied  {name}" for name in SCRIPTS
    ]
    answer = divegov("deploy", "--workspace", workspace)
    assert (answer.code, answer.out) == (0, "Nothing to do: all scripts are applied.\n")


def test_a_dry_run_says_so_and_applies_nothing(divegov: Divegov, workspace: Path) -> None:
    told = divegov("deploy", "--workspace", workspace, "--dry-run").out
    assert told.splitlines() == [f"would apply  {name}" for name in SCRIPTS]
    facts = divegov("deploy", "--workspace", workspace, "--dry-run", "--json").json
    assert (facts["applied"], facts["unchanged"], facts["dry_run"]) == (SCRIPTS, [], True)
    assert divegov("deploy", "--workspace", workspace, "--json").json["applied"] == SCRIPTS


def test_a_failing_script_ends_with_code_5_its_name_and_line(
    divegov: Divegov, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "01_bad.sql").write_text("SELECT 1;\n\nSELEC 2;\n")
    answer = divegov("deploy", "--workspace", workspace, "--scripts", tmp_path)
    assert answer.code == 5
    assert answer.err.startswith("divegov: 01_bad.sql did not apply: line 3.")
    assert "  hint: " in answer.err


def test_status_tells_the_scripts_and_what_is_there(
    divegov: Divegov, workspace: Path, tmp_path: Path
) -> None:
    divegov("demo", "--rows", "100", "--workspace", workspace, "--json")
    facts = divegov("status", "--workspace", workspace, "--json").json
    assert facts["scripts"] == dict.fromkeys(SCRIPTS, "applied")
    assert facts["batches"] == 1
    assert facts["divers"] + facts["quarantine_open"] <= 100
    told = divegov("status", "--workspace", workspace).out
    assert all(f"applied  {name}" in told for name in SCRIPTS)
    (tmp_path / "01_other.sql").write_text("SELECT 1;")
    told = divegov("status", "--workspace", workspace, "--scripts", tmp_path).out
    assert "pending  01_other.sql" in told
    assert "Run divegov deploy" in told


def test_status_of_an_empty_workspace_says_what_to_do(divegov: Divegov, workspace: Path) -> None:
    workspace.touch()
    answer = divegov("status", "--workspace", workspace)
    assert answer.code == 0
    assert answer.out.count("pending") == 6
    assert "Run divegov deploy" in answer.out


# ingest, report -----------------------------------------------------------------------------------------------


def test_a_file_is_taken_in_and_every_row_accounted_for(
    divegov: Divegov, workspace: Path, people: Path
) -> None:
    answer = divegov(
        "ingest", "--file", people, "--workspace", workspace, "--default", "certification=OWD", "--json"
    )
    assert (answer.code, answer.err) == (0, "")
    facts = answer.json
    assert [facts[n] for n in ("loaded", "promoted", "unchanged", "duplicate", "quarantined")] == [
        4,
        2,
        0,
        1,
        1,
    ]
    assert facts["violations"] == {"EMAIL_FORMAT": 1}
    assert facts["score"] is None
    assert facts["source"] == "people.csv"


def test_people_are_told_how_the_columns_were_read(divegov: Divegov, workspace: Path, people: Path) -> None:
    options = ("--map", "source_reference=Club", "--default", "certification=OWD")
    told = divegov("ingest", "--file", people, "--workspace", workspace, *options).out
    assert "people.csv: 4 records." in told
    assert "Email             from column “Email”" in told
    assert "Source reference  from column “Club”" in told
    assert "Certification     is “OWD” for all" in told
    assert "Every record is accounted for." in told


def test_the_same_file_again_adds_nobody_even_where_it_is_asked_for(
    divegov: Divegov, workspace: Path, people: Path
) -> None:
    divegov("ingest", "--file", people, "--workspace", workspace)
    second = divegov("ingest", "--file", people, "--workspace", workspace, "--json").json
    third = divegov("ingest", "--file", people, "--workspace", workspace, "--again", "--json").json
    assert (second["recognised"], second["batch_id"]) == (True, 1)
    assert (third["recognised"], third["batch_id"]) == (False, 2)
    assert [third[n] for n in ("promoted", "unchanged", "quarantined")] == [0, 3, 1]
    assert (third["divers"], third["quarantine_open"], third["history_rows"]) == (2, 1, 0)


def test_one_is_said_as_one(divegov: Divegov, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(
        "First Name,Last Name,Email,Date of birth\nAda,Love,ada@example.org,1990-05-17\n"
    )
    said = divegov("ingest", "--file", tmp_path / "one.csv", "--workspace", workspace).out
    assert "one.csv: 1 record." in said
    assert "The workspace now holds 1 diver, 0 records in quarantine and 0 earlier versions." in said


def test_rates_and_locales_choose_what_is_generated(divegov: Divegov, workspace: Path) -> None:
    options = ("--rate", "PHONE_FORMAT=0.1", "--rate", "DOB_FORMAT=0.05", "--locale", "pl_PL", "--seed", "3")
    facts = divegov("ingest", "--rows", "200", *options, "--workspace", workspace, "--json").json
    assert facts["violations"].keys() == {"PHONE_FORMAT", "DOB_FORMAT"}
    assert facts["score"]["missed"] == 0


def test_a_report_repeats_what_the_ingestion_said(divegov: Divegov, workspace: Path, people: Path) -> None:
    first = divegov("ingest", "--rows", "100", "--workspace", workspace, "--json").json
    second = divegov("ingest", "--file", people, "--workspace", workspace, "--json").json
    told = ("batch_id", "loaded", "promoted", "duplicate", "quarantined", "violations", "score")
    newest = divegov("report", "--workspace", workspace, "--json").json
    oldest = divegov("report", "--workspace", workspace, "--batch", "1", "--json").json
    assert {name: newest[name] for name in told} == {name: second[name] for name in told}
    assert {name: oldest[name] for name in told} == {name: first[name] for name in told}
    assert (
        "Score: 0 missed, 0 false rejects" in divegov("report", "--workspace", workspace, "--batch", "1").out
    )


def test_an_open_batch_is_not_reported(divegov: Divegov, workspace: Path, people: Path) -> None:
    divegov("ingest", "--file", people, "--workspace", workspace)
    with closing(sqlite3.connect(workspace)) as database, database:
        database.execute(
            "INSERT INTO Ingestion_Batch "
            "(Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, Declared_Count) "
            "VALUES ('s', 'file', 'h', '2026-01-01 00:00:00.000000', 'x', 1)"
        )
    assert divegov("report", "--workspace", workspace, "--json").json["batch_id"] == 1
    assert divegov("report", "--workspace", workspace, "--batch", "2").code == 3


# screenshots, app, help ---------------------------------------------------------------------------------------


def test_screenshots_are_saved_where_one_says(
    divegov: Divegov, desktop: Any, workspace: Path, tmp_path: Path
) -> None:
    divegov("deploy", "--workspace", workspace)
    answer = divegov("screenshots", tmp_path / "pages", "--workspace", workspace)
    assert (answer.code, answer.out) == (0, f"{tmp_path / 'pages' / 'overview.png'}\n")
    assert desktop.saved == [(Workspace(workspace), tmp_path / "pages")]


@pytest.mark.parametrize(
    ("arguments", "named"), [([], False), (["app"], False), (["app", "--workspace", "w"], True)]
)
def test_the_window_opens_alone_or_by_name(
    divegov: Divegov, desktop: Any, arguments: list[str], named: bool
) -> None:
    desktop.exit_code = 3
    assert divegov(*arguments).code == 3
    assert desktop.opened == [(local_workspace(Path("w") if named else None), None)]


def test_the_version_is_told(divegov: Divegov) -> None:
    answer = divegov("--version")
    assert (answer.code, answer.out) == (0, f"DiveGov Steward {__version__}\n")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_help_names_every_command_and_exit_code(divegov: Divegov, flag: str) -> None:
    answer = divegov(flag)
    assert (answer.code, answer.err) == (0, "")
    assert all(f"  {command} " in answer.out for command in COMMANDS)
    said = " ".join(answer.out.split())
    for code in (
        "0 done",
        "1 a bug",
        "2 wrong usage",
        "3 the input",
        "4 the workspace",
        "5 a script",
        "6 the database",
    ):
        assert code in said
    assert "130 stopped" in said


def walk(command: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and those below it, each with the words by which it is called."""
    yield names, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, *names, name)


EVERY_COMMAND = dict(walk(get_command(cli.app)))


def test_the_commands_that_were_promised_are_there() -> None:
    assert {(name,) for name in COMMANDS} <= EVERY_COMMAND.keys()


@pytest.mark.parametrize("names", EVERY_COMMAND, ids=" ".join)
def test_every_command_and_option_explains_itself(divegov: Divegov, names: tuple[str, ...]) -> None:
    answer = divegov(*names, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"Usage: {' '.join(('divegov', *names))}")
    assert EVERY_COMMAND[names].help
    for parameter in EVERY_COMMAND[names].params:
        assert parameter.help or parameter.name == "help", parameter.name
        option = parameter.opts[0].startswith("-")
        assert (parameter.opts[0] if option else parameter.metavar or parameter.name.upper()) in answer.out


def test_the_own_workspace_is_taken_where_none_is_named(
    divegov: Divegov, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "home"))
    facts = divegov("demo", "--rows", "20", "--json").json
    assert facts["workspace"] == str(tmp_path / "home" / "workspace.db")
    assert divegov("status", "--json").json["batches"] == 1


def test_the_door_runs_a_command_and_brings_no_qt_in(process: Divegov, workspace: Path) -> None:
    program = (
        "import sys; from divegov_gui import __main__\n"
        f"sys.argv = ['divegov', 'demo', '--rows', '10', '--json', '--workspace', {str(workspace)!r}]\n"
        "try:\n    __main__.main()\n"
        "finally:\n    print(sorted(m for m in sys.modules if m in ('PySide6', 'pandas', 'pyodbc')), file=sys.stderr)\n"
    )
    answer = process(program=program)
    assert (answer.code, answer.err) == (0, "[]\n")
    assert json.loads(answer.out)["loaded"] == 10


def test_the_help_begins_with_what_one_does_first_and_forgets_no_command(divegov: Divegov) -> None:
    listed = divegov("--help").out.partition("Commands:")[2].partition("Exit codes")[0]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2:3].strip()]
    assert names[:5] == ["demo", "app", "deploy", "status", "ingest"]
    assert len(names) == len(set(names))
    assert {"history", "evidence", "subject", "purge", "screenshots", "profile"} <= set(names)

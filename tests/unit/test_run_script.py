"""run.py prepares what a command needs, says what it does, and hands over."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "run.py"
VERSION = str(sys.version_info[:2])

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt is Linux's")


class Processes:
    """Stands in for `subprocess`: records every command and answers from a table of beginnings."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.answers: dict[tuple[str, ...], tuple[int, str]] = {}

    def run(self, command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        words = [Path(word).name for word in command]
        for beginning, (code, output) in self.answers.items():
            if words[: len(beginning)] == list(beginning):
                return subprocess.CompletedProcess(command, code, output, "")
        return subprocess.CompletedProcess(command, 0, "", "")

    def call(self, command: list[str], **options: object) -> int:
        return self.run(command, **options).returncode

    def ran(self, *words: str) -> bool:
        return any(list(words) == command[i : i + len(words)] for command in self.commands for i in range(9))


@pytest.fixture
def processes() -> Processes:
    return Processes()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: Processes) -> ModuleType:
    """run.py as it would be in a project folder of its own, whose name has a space."""
    folder = tmp_path / "dive gov"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[project]\n")
    (folder / "run.py").write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("run_script", folder / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.subprocess, "run", processes.run)
    monkeypatch.setattr(module.subprocess, "call", processes.call)
    return module


@pytest.fixture
def lacking(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what the system lacks, and the programs that it has."""

    def set_up(
        *libraries: str, font: bool = True, programs: tuple[str, ...] = ("apt-get",), user: int = 0
    ) -> None:
        monkeypatch.setattr(run, "loads", lambda name: name not in libraries)
        monkeypatch.setattr(run, "has_font", lambda: font)
        monkeypatch.setattr(run.shutil, "which", lambda name: name if name in programs else None)
        monkeypatch.setattr(run.os, "geteuid", lambda: user, raising=False)

    return set_up


def complete(run: ModuleType, extras: str) -> None:
    """A .venv that is complete and current."""
    run.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    run.PYTHON.touch()
    run.STAMP.write_text(f"{run.fingerprint()} {extras}")


# --- the system ------------------------------------------------------------------------------------------


@linux_only
def test_a_library_that_the_loader_does_not_find_is_missing(run: ModuleType) -> None:
    assert run.loads("libc.so.6")
    assert not run.loads("libno-such-library.so.1")


def test_missing_libraries_and_fonts_become_package_names(
    run: ModuleType, lacking: Callable[..., None]
) -> None:
    lacking("libEGL.so.1", "libxcb-cursor.so.0", "libodbc.so.2", font=False)
    needed, useful = run.missing()
    assert list(needed.values()) == ["libegl1", "libxcb-cursor0", "fonts-dejavu-core"]
    assert list(useful.values()) == ["libodbc2"]


def test_a_python_without_ensurepip_needs_its_own_venv_package(
    run: ModuleType, lacking: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking()
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None)
    assert run.missing()[0] == {"Python's ensurepip": f"python3.{sys.version_info[1]}-venv"}


def test_a_complete_system_is_left_alone(
    run: ModuleType, lacking: Callable[..., None], processes: Processes
) -> None:
    lacking()
    run.ensure_system(first_time=True)
    assert processes.commands == []


def test_root_installs_what_is_missing(
    run: ModuleType, lacking: Callable[..., None], processes: Processes
) -> None:
    lacking("libEGL.so.1", "libodbc.so.2")
    run.ensure_system(first_time=True)
    assert processes.commands[-1][:3] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert processes.ran("install", "-y", "--no-install-recommends", "libegl1", "libodbc2")


def test_a_package_is_installed_under_the_name_of_the_release(
    run: ModuleType, lacking: Callable[..., None], processes: Processes
) -> None:
    lacking("libglib-2.0.so.0", "libEGL.so.1")
    processes.answers["apt-cache", "pkgnames"] = (0, "libegl1\nlibglib2.0-0t64\n")
    run.ensure_system(first_time=True)
    assert processes.ran("libglib2.0-0t64", "libegl1")


def test_sudo_serves_where_it_asks_no_password(
    run: ModuleType, lacking: Callable[..., None], processes: Processes
) -> None:
    lacking("libEGL.so.1", programs=("apt-get", "sudo"), user=1000)
    run.ensure_system(first_time=True)
    assert processes.commands[-1][:3] == ["sudo", "-n", "env"]


@pytest.mark.parametrize("programs", [("apt-get",), ("apt-get", "sudo")])
def test_without_root_the_one_line_to_run_is_shown(
    run: ModuleType,
    lacking: Callable[..., None],
    processes: Processes,
    programs: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    lacking("libEGL.so.1", font=False, programs=programs, user=1000)
    processes.answers["sudo",] = (1, "")
    with pytest.raises(SystemExit) as stopped:
        run.ensure_system(first_time=True)
    assert stopped.value.code == 1
    last = capsys.readouterr().out.splitlines()[-1].strip()
    assert last == (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 fonts-dejavu-core"
    )


def test_the_odbc_manager_alone_stops_nobody_and_is_said_once(
    run: ModuleType, lacking: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    lacking("libodbc.so.2", user=1000)
    run.ensure_system(first_time=True)
    assert "libodbc2" in capsys.readouterr().out
    run.ensure_system(first_time=False)
    assert capsys.readouterr().out == ""


def test_without_apt_the_missing_things_are_named_and_the_program_goes_on(
    run: ModuleType, lacking: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    lacking("libEGL.so.1", programs=())
    run.ensure_system(first_time=True)
    assert "libEGL.so.1" in capsys.readouterr().out


def test_a_failed_apt_get_shows_its_last_lines(
    run: ModuleType,
    lacking: Callable[..., None],
    processes: Processes,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lacking("libEGL.so.1")
    processes.answers["env",] = (100, "Reading lists\nE: Unable to fetch some archives")
    with pytest.raises(SystemExit) as stopped:
        run.ensure_system(first_time=True)
    assert stopped.value.code == 1
    assert "E: Unable to fetch some archives" in capsys.readouterr().out


# --- .venv -----------------------------------------------------------------------------------------------


def test_a_complete_environment_is_used_as_it_is(run: ModuleType, processes: Processes) -> None:
    complete(run, "program")
    run.ensure_environment("program")
    assert processes.commands == []


def test_the_test_tools_serve_every_command_but_not_the_other_way_round(run: ModuleType) -> None:
    complete(run, "test")
    assert run.installed("program")
    complete(run, "program")
    assert not run.installed("test")


def test_changed_dependencies_are_installed_into_the_same_environment(
    run: ModuleType, processes: Processes
) -> None:
    complete(run, "program")
    (run.ROOT / "pyproject.toml").write_text("[project]\nname = 'changed'\n")
    processes.answers["python", "-c"] = (0, VERSION)
    run.ensure_environment("program")
    assert not processes.ran("-m", "venv")
    assert processes.ran("-e", ".")
    assert run.installed("program")


def test_a_moved_folder_is_not_current(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run.fingerprint()
    elsewhere = run.ROOT.parent / "elsewhere"
    run.ROOT.rename(elsewhere)
    monkeypatch.setattr(run, "ROOT", elsewhere)
    assert run.fingerprint() != before


@pytest.mark.parametrize("stamp", ["unfinished", None])
def test_a_half_made_environment_is_made_again(
    run: ModuleType, processes: Processes, stamp: str | None
) -> None:
    run.PYTHON.parent.mkdir(parents=True)
    if stamp:
        run.PYTHON.touch()
        run.STAMP.write_text(stamp)
    run.ensure_environment("program")
    assert processes.ran("venv", "--clear", str(run.VENV))


def test_an_environment_of_another_python_is_made_again(run: ModuleType, processes: Processes) -> None:
    complete(run, "program")
    run.STAMP.write_text("another fingerprint")
    processes.answers["python", "-c"] = (0, "(3, 9)")
    run.ensure_environment("program")
    assert processes.ran("-m", "venv", "--clear")


def test_without_a_network_pip_is_quoted_and_the_next_run_starts_afresh(
    run: ModuleType, processes: Processes
) -> None:
    complete(run, "program")
    run.STAMP.write_text("old program")
    processes.answers["python", "-c"] = (0, VERSION)
    processes.answers["python", "-m", "pip"] = (1, "Retrying\nERROR: No matching distribution")
    with pytest.raises(SystemExit) as stopped:
        run.ensure_environment("program")
    assert "network" in str(stopped.value.code)
    assert "ERROR: No matching distribution" in str(stopped.value.code)
    assert run.STAMP.read_text() == "unfinished"


# --- the commands ----------------------------------------------------------------------------------------


@pytest.fixture
def handed_over(
    run: ModuleType, lacking: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> list[list[str]]:
    """The commands that run.py becomes, on a system and an environment that are complete."""
    lacking()
    complete(run, "test")
    given: list[list[str]] = []

    def hand_over(command: list[str]) -> int:
        given.append(command)
        return 0

    monkeypatch.setattr(run, "hand_over", hand_over)
    monkeypatch.chdir(run.ROOT.parent)
    return given


@pytest.mark.parametrize("verb", ["demo", "app"])
def test_arguments_reach_the_program_as_they_were_typed(
    run: ModuleType, handed_over: list[list[str]], verb: str
) -> None:
    here = Path.cwd()
    assert run.main([verb, "--name", "two words", "--help"]) == 0
    assert handed_over == [[str(run.PYTHON), "-m", "divegov_gui", verb, "--name", "two words", "--help"]]
    assert Path.cwd() == here


def test_the_benchmarks_run_in_the_project_folder(run: ModuleType, handed_over: list[list[str]]) -> None:
    run.main(["bench", "grid"])
    assert handed_over == [[str(run.PYTHON), "-m", "tests.benchmarks", "grid"]]
    assert Path.cwd() == run.ROOT


def test_all_checks_and_then_the_tests_run(
    run: ModuleType, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert run.run_tests(["-k", "grid"]) == 0
    names = [command[2] for command in processes.commands]
    assert names == ["ruff", "ruff", "mypy", run.LINT_IMPORTS, "pytest"]
    assert processes.ran("pytest", "-k", "grid")
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_a_failed_check_lets_the_tests_run_and_fails_the_whole(
    run: ModuleType, processes: Processes, capsys: pytest.CaptureFixture[str]
) -> None:
    processes.answers["python", "-m", "mypy"] = (1, "")
    assert run.run_tests([]) == 1
    assert processes.ran("-m", "pytest")
    assert capsys.readouterr().out.splitlines()[-2:] == ["Failed checks: mypy.", "Running the tests."]


def test_failed_tests_fail_the_whole(run: ModuleType, processes: Processes) -> None:
    processes.answers["python", "-m", "pytest"] = (3, "")
    assert run.run_tests([]) == 3


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["fly"], 2), (["--help"], 0)])
def test_anything_else_shows_the_commands(
    run: ModuleType, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(arguments) == code
    assert "run.py demo" in capsys.readouterr().out


def test_an_old_python_is_told_so_in_one_sentence(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    monkeypatch.setattr(sys, "version", "3.8.10 (default)")
    with pytest.raises(SystemExit, match=r"needs Python 3\.10 or newer, and this is Python 3\.8\.10\."):
        exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), {"__file__": str(SCRIPT)})


def test_the_script_still_parses_on_the_pythons_that_it_refuses() -> None:
    import ast

    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))

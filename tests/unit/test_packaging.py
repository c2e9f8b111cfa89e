"""The wheel carries the program, its SQL scripts and its resources, and nothing else."""

from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = "divegov_gui/_bundled"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as `pip install .` builds it, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def files_in(folder: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}


@pytest.mark.parametrize("dialect", ["sqlite", "sqlserver"])
def test_every_numbered_script_is_bundled(wheel: zipfile.ZipFile, dialect: str) -> None:
    folder = f"{BUNDLED}/sql_scripts/{dialect}/"
    numbers = sorted(name.removeprefix(folder)[:2] for name in wheel.namelist() if name.startswith(folder))
    assert numbers == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize("folder", ["sql_scripts", "resources"])
def test_a_bundled_folder_is_whole_and_unchanged(wheel: zipfile.ZipFile, folder: str) -> None:
    originals = files_in(folder)
    assert originals
    inside = {name for name in wheel.namelist() if name.startswith(f"{BUNDLED}/{folder}/")}
    assert inside == {f"{BUNDLED}/{name}" for name in originals}
    assert all(wheel.read(f"{BUNDLED}/{name}") == (ROOT / name).read_bytes() for name in originals)


def test_every_module_is_inside(wheel: zipfile.ZipFile) -> None:
    modules = {name for name in files_in("divegov_gui") if name.endswith(".py")}
    assert modules <= set(wheel.namelist())


def test_tests_and_tools_stay_out(wheel: zipfile.ZipFile) -> None:
    outside = [name for name in wheel.namelist() if not name.startswith("divegov_gui/")]
    assert all(name.split("/")[0].endswith((".dist-info", ".data")) for name in outside)
    assert not [name for name in wheel.namelist() if "test" in name.split("/")[1] or name.endswith(".pyc")]


def test_the_divegov_command_is_declared(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    assert "divegov = divegov_gui.__main__:main" in wheel.read(entry_points).decode()


def test_a_linux_desktop_is_offered_the_program_with_its_icon(wheel: zipfile.ZipFile) -> None:
    share = {
        name.partition(".data/data/")[2]: name for name in wheel.namelist() if ".data/data/share/" in name
    }
    assert set(share) == {
        "share/applications/divegov-steward.desktop",
        "share/icons/hicolor/scalable/apps/divegov-steward.svg",
    }
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read_string(wheel.read(share["share/applications/divegov-steward.desktop"]).decode())
    assert entry["Desktop Entry"]["Exec"].split()[0] == "divegov"
    assert entry["Desktop Entry"]["Icon"] == "divegov-steward"

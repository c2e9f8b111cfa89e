"""What the program writes for people is theirs alone, whatever the umask of the session says."""

from __future__ import annotations

import ast
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.tables import write_table

PACKAGE = Path(private_files.__file__).parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps people's profiles apart by itself")


@pytest.fixture(autouse=True)
def _open_handed() -> Iterator[None]:
    """A session whose new files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_new_file_is_its_writers_alone(tmp_path: Path) -> None:
    private_files.write_text(tmp_path / "a.txt", "Ada\nBob\n")
    assert mode(tmp_path / "a.txt") == 0o600
    assert (tmp_path / "a.txt").read_bytes() == b"Ada\nBob\n"


@posix
def test_a_file_that_everybody_could_read_is_closed_before_anything_is_written(tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    old.write_text("a longer text than the new one")
    old.chmod(0o666)
    private_files.write_text(old, "Ada")
    assert (mode(old), old.read_text()) == (0o600, "Ada")


@posix
def test_new_folders_are_closed_and_old_ones_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_files.make_folder(tmp_path / "a" / "b")
    assert [mode(tmp_path / each) for each in ("a", "a/b", ".")] == [0o700, 0o700, 0o755]
    private_files.make_folder(tmp_path / "a" / "b")


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(OSError, match="in the way"):
        private_files.make_folder(tmp_path / "a")


def test_a_file_that_is_there_is_never_made_anew(tmp_path: Path) -> None:
    (tmp_path / "w.db").write_text("work")
    private_files.make_file(tmp_path / "w.db")
    assert (tmp_path / "w.db").read_text() == "work"


@posix
def test_a_draft_is_closed_and_goes_where_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "t.csv"

    def fail() -> None:
        with private_files.replacing(target) as draft:
            assert mode(draft) == 0o600
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_takes_the_place_of_an_open_one_and_is_closed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    path.write_text("")
    path.chmod(0o644)
    write_table(path, ["Name"], [["Ada"]])
    assert mode(path) == 0o600


@posix
def test_a_new_workspace_is_its_makers_with_its_log_and_one_that_is_there_stays_shared(
    tmp_path: Path,
) -> None:
    path = tmp_path / "home" / "w.db"
    with closing(open_workspace(path)) as session:
        session._raw.execute("PRAGMA user_version = 1")  # something for the log
        assert {mode(each) for each in path.parent.iterdir()} == {0o600}
        assert mode(path.parent) == 0o700
    path.chmod(0o660)  # a team that shares one has decided so
    with closing(open_workspace(path)):
        assert mode(path) == 0o660


@pytest.mark.parametrize("name", ["log.csv", "log.xlsx"])
def test_a_file_that_cannot_be_written_is_told_with_the_reason_and_what_to_do(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputRefused) as caught:
        write_table(tmp_path / "nowhere" / name, ["At"], [["now"]])
    assert (caught.value.title, caught.value.detail) == (
        f"{name} cannot be written.",
        "No such file or directory.",
    )
    assert "folder that you may write to" in caught.value.hint


WRITES_ELSEWHERE = {
    "core/private_files.py": "it is the one place",
    "services/deployment.py": "a plan of scripts holds nobody's data and is handed on",
    "services/generation/drawing.py": "draws the program's own vocabularies, which name nobody",
    "services/profiles.py": "a temporary file, which the system closes itself",
    "services/tombstones.py": "makes its file closed, and only where there is none",
    "services/watching.py": "the reason lies in the sender's folder, for the sender to read",
}
_WRITERS = {"write_text", "write_bytes", "mkdir", "mkstemp", "makedirs"}


def test_no_other_module_makes_files_or_folders_in_its_own_way() -> None:
    """A `write_text` is the private one; an `open(…, "w")` writes into what was reserved before."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [
            each.func
            for each in ast.walk(tree)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
        ]
        own = {
            f.attr
            for f in calls
            if f.attr in _WRITERS and not (isinstance(f.value, ast.Name) and f.value.id == "private_files")
        }
        if own:
            found[path.relative_to(PACKAGE).as_posix()] = own
    assert found.keys() - WRITES_ELSEWHERE.keys() == set(), found

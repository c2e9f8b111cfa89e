"""Bad input, answered well: the exit code, a sentence and a hint on stderr, no traceback, and nothing loaded."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.database import sqlite

Divegov = Callable[..., Any]
ROOT = Path(__file__).parents[3]
IS_ROOT = hasattr(os, "getuid") and os.getuid() == 0
HEADER = "First Name,Last Name,Email,Date of birth\n"
ROW = "Ada,Lovelace,ada@example.org,1990-05-17\n"


def assert_answered(answer: Any, code: int, *words: str) -> None:
    """The code, and on stderr one line that says what is wrong and one that says what to do."""
    assert answer.code == code, answer.err
    assert "Traceback" not in answer.err
    lines = answer.err.splitlines()
    assert len(lines) == 2, answer.err
    assert re.fullmatch(r"divegov: .*\.", lines[0])
    assert re.fullmatch(r"  hint: \S.*", lines[1])
    for word in words:
        assert word in answer.err


def assert_nothing_loaded(workspace: Path) -> None:
    if workspace.exists():
        with closing(sqlite3.connect(workspace)) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
            if "Raw_Record" in tables:
                assert database.execute("SELECT count(*) FROM Raw_Record").fetchone() == (0,)
                assert database.execute("SELECT count(*) FROM Ingestion_Batch").fetchone() == (0,)


# Files --------------------------------------------------------------------------------------------------------

BAD_FILES: dict[str, tuple[str, bytes, tuple[str, ...], str]] = {
    "empty": ("a.csv", b"", (), "a.csv is empty."),
    "blank lines only": ("a.csv", b"\n\n  \n", (), ""),
    "a header only": ("a.csv", HEADER.encode(), (), "a header and no record"),
    "binary": ("a.csv", bytes(range(256)) * 40, (), "appears to be a binary file"),
    "a PNG": ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, (), "a PNG picture"),
    "a database": ("a.csv", b"SQLite format 3\0" + b"\0" * 100, (), "an SQLite database"),
    "not in the encoding that was named": (
        "a.csv",
        HEADER.encode() + "José,L,j@example.org,1990-05-17\n".encode("latin-1"),
        ("--encoding", "utf-8"),
        "not UTF-8",
    ),
    "an unknown encoding": ("a.csv", (HEADER + ROW).encode(), ("--encoding", "klingon"), "no such encoding"),
    "one line of 10 MB": ("a.csv", b"x" * 10_000_000, (), "longer than 1 MiB"),
    "one line of 10 MB of JSON": ("a.jsonl", b'{"a": "' + b"x" * 10_000_000 + b'"}', (), "longer than 1 MiB"),
    "one quote that is never closed": ("a.csv", (HEADER + '"Ada,' + ROW * 10).encode(), (), ""),
    "a header that names a column twice": ("a.csv", b"Email,Email\na,b\n", (), "more than once"),
    "a required column that nothing is mapped to": (
        "a.csv",
        b"First Name,Last Name,Email\nA,B,a@b.co\n",
        (),
        "Date of birth has no column",
    ),
    "a ragged row": (
        "a.csv",
        (HEADER + ROW + "Ada,L,a@b.co,1990-05-17,more,and more\n").encode(),
        (),
        "Row 2",
    ),
    "a web page": ("a.csv", b"<!DOCTYPE html><html></html>", (), "a web page"),
    "no workbook": ("a.xlsx", b"hello", (), "not an Excel workbook"),
    "a damaged workbook": ("a.xlsx", b"PK\x03\x04" + b"x" * 200, (), "damaged"),
    "JSON that is cut off": ("a.json", b'[{"email": "a@b.co"}, {"email"', (), "not sound JSON"),
    "JSON that is no table": ("a.json", b'{"a": 1}', (), ""),
    "JSON without a record": ("a.json", b"[]", (), "no record"),
    "a lone surrogate in JSON": ("a.json", b'[{"email": "\\ud800"}]', (), "half of a character"),
    "a lone surrogate in JSON Lines": (
        "a.jsonl",
        b'{"email": "\\udfff x"}\n{"email": "y"}\n',
        (),
        "half of a character",
    ),
    "a NUL in JSON": ("a.json", b'[{"email": "a\\u0000b"}]', (), "NUL character"),
    "JSON nested without end": ("a.json", b"[" * 200_000, (), ""),
    "a record nested without end": ("a.json", b'[{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}]", (), ""),
    "a record nested too deeply": ("a.json", b'[{"a":' + b"[" * 101 + b"]" * 101 + b"}]", (), "100 levels"),
    "NaN in JSON": ("a.json", b'[{"email": NaN}]', (), "NaN"),
    "a key twice": ("a.json", b'[{"email": "a", "email": "b"}]', (), "twice"),
    "an unknown field": ("a.csv", (HEADER + ROW).encode(), ("--map", "age=Email"), "no field “age”"),
    "an unknown column": ("a.csv", (HEADER + ROW).encode(), ("--map", "phone=Mobile"), "no column “Mobile”"),
    "one column for two fields": (
        "a.csv",
        (HEADER + ROW).encode(),
        ("--map", "phone=Email", "--map", "email=Email"),
        "mapped twice",
    ),
    "a column and a default": (
        "a.csv",
        (HEADER + ROW).encode(),
        ("--map", "email=Email", "--default", "email=x@y.co"),
        "both a column and a default",
    ),
    "an impossible delimiter": (
        "a.csv",
        (HEADER + ROW).encode(),
        ("--delimiter", "::"),
        "cannot be a delimiter",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_taken_whole_is_refused(
    divegov: Divegov, workspace: Path, tmp_path: Path, kind: str
) -> None:
    name, content, options, words = BAD_FILES[kind]
    (tmp_path / name).write_bytes(content)
    answer = divegov("ingest", "--file", tmp_path / name, "--workspace", workspace, *options)
    assert_answered(answer, 3, words)
    assert answer.out == ""
    assert_nothing_loaded(workspace)


@pytest.mark.parametrize("name", ["nowhere.csv", ".", "/dev/null", "a\nb.csv"])
def test_what_is_no_file_is_refused(divegov: Divegov, workspace: Path, tmp_path: Path, name: str) -> None:
    answer = divegov("ingest", "--file", tmp_path / name, "--workspace", workspace)
    assert answer.code == 3
    assert "Traceback" not in answer.err
    assert "  hint: " in answer.err
    assert not workspace.exists()


WHOLE = {
    "a.csv": (HEADER + ROW + "Bob,Byron,bob@example.org,1985-01-31\n" * 2).encode(),
    "a.json": b'[{"First Name": "Ada", "Last Name": "L", "Email": "a@b.co", "Date of birth": "1990-05-17"}]',
    "a.jsonl": b'{"First Name": "Ada", "Last Name": "L", "Email": "a@b.co", "Date of birth": "1990-05-17"}\n'
    * 3,
}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", WHOLE)
def test_a_file_with_random_damage_is_taken_whole_or_refused(
    divegov: Divegov, workspace: Path, tmp_path: Path, name: str, seed: int
) -> None:
    dice = random.Random(f"{name} {seed}")
    content = bytearray(WHOLE[name])
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(content))
        content[place : place + dice.randrange(3)] = dice.choice(
            (
                b"",
                b'"',
                b"\n",
                b"\0",
                b"\xff",
                b"\\ud800",
                b"\\u0000",
                b",",
                b"{",
                b"]",
                b"\xed\xa0\x80",
                b"\xf0\x9f\xa4\xbf",
                b"\r",
            )
        )
    (tmp_path / name).write_bytes(content)
    answer = divegov("ingest", "--file", tmp_path / name, "--workspace", workspace, "--json")
    if answer.code == 0:
        assert answer.json["conserved"]
        assert answer.json["loaded"] > 0
    else:
        assert_answered(answer, 3)
        assert_nothing_loaded(workspace)


def test_no_value_of_a_record_is_shown_in_an_error(divegov: Divegov, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW + "Secret,Person,secret@example.org,1990-05-17,too,many\n")
    answer = divegov("ingest", "--file", tmp_path / "a.csv", "--workspace", workspace)
    assert answer.code == 3
    assert "ecret" not in answer.err


def test_a_file_name_that_is_no_text_is_taken_all_the_same(
    process: Divegov, workspace: Path, tmp_path: Path
) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    try:
        with open(path, "w") as file:  # noqa: PTH123 - a name that pathlib would decode
            file.write(HEADER + ROW)
    except OSError:
        pytest.skip("this file system takes no such name")
    answer = process("ingest", "--file", path, "--workspace", workspace, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.json["source"] == "caf?.csv"


def test_a_default_that_is_no_text_is_wrong_usage(divegov: Divegov, workspace: Path, people: Path) -> None:
    answer = divegov(
        "ingest", "--file", people, "--default", "certification=\udcff", "--workspace", workspace
    )
    assert answer.code == 2
    assert "no text" in answer.err
    assert not workspace.exists()


# Numbers and options ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["demo", "ingest"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--rows", "0"), "0 rows"),
        (("--rows", "-5"), "negative number of rows"),
        (("--rows", "999999999999"), "more than one data set"),
        (("--rows", "10", "--dirty", "2"), "dirty"),
        (("--rows", "10", "--dirty", "-0.1"), "dirty"),
        (("--rows", "10", "--dirty", "nan"), "dirty"),
        (("--rows", "10", "--seed", "-1"), "seed"),
        (("--rows", "10", "--seed", "99999999999999999999"), "seed"),
    ],
)
def test_numbers_out_of_their_bounds_are_refused_before_anything_is_written(
    divegov: Divegov, workspace: Path, command: str, options: tuple[str, ...], words: str
) -> None:
    assert_answered(divegov(command, *options, "--workspace", workspace), 3, words)
    assert not workspace.exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--rate", "NONSENSE=0.1"),
        ("--rate", "EMAIL_FORMAT=1.5"),
        ("--rate", "EMAIL_FORMAT=0.9", "--rate", "DOB_FORMAT=0.9"),
        ("--rate", "DUPLICATE_OF_DIVER=0.1"),
        ("--locale", "tlh"),
    ],
)
def test_rates_and_locales_that_cannot_be_are_refused(
    divegov: Divegov, workspace: Path, options: tuple[str, ...]
) -> None:
    assert_answered(divegov("ingest", "--rows", "10", *options, "--workspace", workspace), 3)
    assert not workspace.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("demo", "--nonsense"),
        ("demo", "--rows", "many"),
        ("demo", "--rows", "1.5"),
        ("demo", "surplus"),
        ("ingest",),
        ("ingest", "--rows", "5", "--file", "a.csv"),
        ("ingest", "--file", "a.csv", "--map", "email"),
        ("ingest", "--file", "a.csv", "--map", "=Email"),
        ("ingest", "--rows", "5", "--rate", "EMAIL_FORMAT"),
        ("ingest", "--rows", "5", "--rate", "EMAIL_FORMAT=some"),
        ("screenshots",),
        ("report", "--batch", "x"),
    ],
)
def test_wrong_usage_ends_with_code_2_and_points_to_the_help(
    divegov: Divegov, workspace: Path, arguments: tuple[str, ...]
) -> None:
    answer = divegov(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Error: " in answer.err
    assert "-h" in answer.err
    assert "Traceback" not in answer.err


# Workspaces ---------------------------------------------------------------------------------------------------

COMMANDS = [
    ("demo", "--rows", "10", "--no-window"),
    ("deploy",),
    ("deploy", "--dry-run"),
    ("status",),
    ("ingest", "--rows", "10"),
    ("report",),
]


@pytest.fixture(params=COMMANDS, ids=" ".join)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


def test_a_workspace_that_is_no_database(divegov: Divegov, workspace: Path, command: tuple[str, ...]) -> None:
    workspace.write_text("Dear diary")
    assert_answered(divegov(*command, "--workspace", workspace), 4, "not a DiveGov workspace", "--workspace")
    assert workspace.read_text() == "Dear diary"


def test_a_workspace_of_another_program(divegov: Divegov, workspace: Path, command: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(workspace)) as other, other:
        other.execute("CREATE TABLE Bookmarks (Url)")
    before = workspace.read_bytes()
    assert_answered(divegov(*command, "--workspace", workspace), 4, "belongs to another program")
    assert workspace.read_bytes() == before


def test_a_workspace_of_a_newer_version(divegov: Divegov, workspace: Path, command: tuple[str, ...]) -> None:
    divegov("deploy", "--workspace", workspace)
    with closing(sqlite3.connect(workspace)) as newer, newer:
        newer.execute("PRAGMA user_version = 99")
    before = workspace.read_bytes()
    assert_answered(divegov(*command, "--workspace", workspace), 4, "newer version", "Update the program")
    assert workspace.read_bytes() == before


def test_a_damaged_workspace(divegov: Divegov, workspace: Path, command: tuple[str, ...]) -> None:
    divegov("demo", "--rows", "200", "--workspace", workspace, "--json")
    content = bytearray(workspace.read_bytes())
    content[100:8000] = b"\xff" * 7900
    workspace.write_bytes(content)
    assert_answered(divegov(*command, "--workspace", workspace), 4, "damaged")


def test_a_folder_for_a_workspace(divegov: Divegov, tmp_path: Path, command: tuple[str, ...]) -> None:
    assert_answered(divegov(*command, "--workspace", tmp_path), 4, "is a folder")


def test_a_workspace_below_a_file(divegov: Divegov, tmp_path: Path, people: Path) -> None:
    for command in (("demo", "--rows", "10"), ("deploy",)):
        assert_answered(divegov(*command, "--workspace", people / "w.db"), 4, "cannot be opened")
    for command in (("status",), ("report",)):
        assert_answered(divegov(*command, "--workspace", people / "w.db"), 3, "no workspace")


def test_the_home_of_nobody(divegov: Divegov, command: tuple[str, ...]) -> None:
    assert_answered(divegov(*command, "--workspace", "~nobody-of-this-name/w.db"), 4, "cannot be found")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a lock for no time at all; a person's program waits some seconds."""
    monkeypatch.setattr(sqlite, "open_workspace", partial(sqlite.open_workspace, busy_seconds=0))


@pytest.fixture
def deployed(divegov: Divegov, workspace: Path) -> Path:
    divegov("demo", "--rows", "20", "--workspace", workspace, "--json")
    return workspace


@pytest.mark.usefixtures("impatient")
def test_a_workspace_that_another_program_writes_to(divegov: Divegov, deployed: Path) -> None:
    with closing(sqlite3.connect(deployed, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_answered(
            divegov("ingest", "--rows", "30", "--workspace", deployed), 4, "in use by another program"
        )
        assert divegov("status", "--workspace", deployed).code == 0, "reading goes on"
        other.execute("ROLLBACK")
    assert divegov("ingest", "--rows", "30", "--workspace", deployed).code == 0


@pytest.mark.usefixtures("impatient")
def test_a_workspace_that_another_program_has_to_itself(
    divegov: Divegov, deployed: Path, command: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(deployed, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE Dive_Tour SET Days = Days")
        assert_answered(
            divegov(*command, "--workspace", deployed), 4, "in use by another program", "Close the other"
        )
        other.execute("ROLLBACK")


@pytest.mark.parametrize("arguments", [("status",), ("report",), ("screenshots", "pages")])
def test_a_workspace_that_is_not_there(
    divegov: Divegov, desktop: Any, workspace: Path, arguments: tuple[str, ...]
) -> None:
    assert_answered(divegov(*arguments, "--workspace", workspace), 3, "no workspace", "divegov demo")
    assert not workspace.exists()
    assert desktop.saved == []


def test_a_report_before_there_is_anything_to_report(divegov: Divegov, workspace: Path) -> None:
    workspace.touch()
    assert_answered(divegov("report", "--workspace", workspace), 3, "Nothing was deployed", "divegov deploy")
    divegov("deploy", "--workspace", workspace)
    assert_answered(
        divegov("report", "--workspace", workspace), 3, "No batch was governed yet", "divegov demo"
    )
    for number in ("7", "0", "-1"):
        assert_answered(
            divegov("report", "--batch", number, "--workspace", workspace), 3, f"no governed batch {number}"
        )


def test_scripts_that_are_not_there(divegov: Divegov, workspace: Path, tmp_path: Path) -> None:
    for command in (("deploy",), ("demo", "--rows", "10"), ("ingest", "--rows", "10")):
        answer = divegov(*command, "--workspace", workspace, "--scripts", tmp_path / "nowhere")
        assert_answered(answer, 3, "No numbered scripts")


@pytest.mark.parametrize(
    ("emptied", "code", "words"),
    [
        ("05_gatekeeper.sql", 6, "has no procedure Open_Batch"),
        ("06_reporting.sql", 4, "made by older scripts"),
    ],
)
def test_scripts_that_lack_what_the_program_calls_or_reads(
    divegov: Divegov, workspace: Path, tmp_path: Path, emptied: str, code: int, words: str
) -> None:
    site = tmp_path / "site"
    shutil.copytree(Path(sqlite.__file__).parents[2] / "sql_scripts" / "sqlite", site)
    (site / emptied).write_text("SELECT 1;")
    answer = divegov("ingest", "--rows", "10", "--workspace", workspace, "--scripts", site)
    assert_answered(answer, code, words)


# Permissions and room -----------------------------------------------------------------------------------------

AS_NOBODY = """
import os, sys
from pathlib import Path
from divegov_gui import cli
def run(*arguments):
    return cli.run([str(a) for a in arguments], cli.Faces(lambda *_: 0, lambda *_: []))
# Everything is imported before the rights to read it are given up.
sys.stdout = open(os.devnull, "w")
run("demo", "--rows", "10", "--workspace", sys.argv[1] + "/warm-up.db", "--json")
sys.stdout = sys.__stdout__
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(run(*sys.argv[2:]))
"""


@pytest.fixture
def commons() -> Iterator[Path]:
    """A folder that others may look into; those of pytest are the user's own."""
    folder = Path(tempfile.mkdtemp(prefix="divegov-commons-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def shut(commons: Path) -> Iterator[Path]:
    """A folder in it, whose rights the test takes away."""
    folder = commons / "shut"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize(
    "arguments", [("demo", "--rows", "10", "--no-window"), ("deploy",), ("ingest", "--rows", "10")]
)
def test_a_folder_that_one_may_not_write_to(
    process: Divegov, shut: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    shut.chmod(0o555)
    answer = process(str(tmp_path), *arguments, "--workspace", str(shut / "w.db"), program=AS_NOBODY)
    assert_answered(answer, 4, "cannot be opened")
    assert list(shut.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("arguments", [("status",), ("ingest", "--rows", "10")])
def test_a_workspace_that_one_may_not_write_to(
    process: Divegov, divegov: Divegov, shut: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    divegov("deploy", "--workspace", shut / "w.db")
    (shut / "w.db").chmod(0o444)
    shut.chmod(0o555)
    answer = process(str(tmp_path), *arguments, "--workspace", str(shut / "w.db"), program=AS_NOBODY)
    assert_answered(answer, 4, "written")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("arguments", [("status",), ("demo", "--rows", "10")])
def test_a_folder_that_one_may_not_look_into(
    process: Divegov, divegov: Divegov, shut: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    divegov("deploy", "--workspace", shut / "w.db")
    shut.chmod(0o000)
    answer = process(str(tmp_path), *arguments, "--workspace", str(shut / "w.db"), program=AS_NOBODY)
    assert_answered(answer, 4, "Permission denied")


def test_a_hint_ends_with_how_it_is_done_on_the_command_line(
    divegov: Divegov, tmp_path: Path, workspace: Path
) -> None:
    (tmp_path / "a.csv").write_bytes((HEADER + ROW).encode() + "José\n".encode("latin-1"))
    answer = divegov("ingest", "--file", tmp_path / "a.csv", "--encoding", "utf-8", "--workspace", workspace)
    assert answer.code == 3
    assert answer.err.endswith("or save it once more as UTF-8. On the command line: --encoding utf-8\n")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "divegov-test", str(folder)]
    if (
        not IS_ROOT
        or shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_keeps_what_was_whole_and_goes_on_when_there_is_room(
    divegov: Divegov, small_disk: Path, tmp_path: Path
) -> None:
    workspace = small_disk / "w.db"
    assert divegov("deploy", "--workspace", workspace).code == 0
    answer = divegov("ingest", "--rows", "20000", "--workspace", workspace)
    assert_answered(answer, 4, "The disk is full.", "Make room")
    with closing(sqlite3.connect(workspace)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT Status, Loaded_Count < 20000 FROM Ingestion_Batch").fetchall() == [
            ("Open", 1)
        ]
    shutil.copytree(small_disk, tmp_path / "roomy")  # with the journal that a full disk could not work off
    answer = divegov("ingest", "--rows", "20000", "--workspace", tmp_path / "roomy" / "w.db", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert (answer.json["loaded"], answer.json["batch_id"]) == (20000, 1)


def test_a_disk_that_is_full_from_the_start(divegov: Divegov, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (4 << 20))
    answer = divegov("demo", "--rows", "10", "--no-window", "--workspace", small_disk / "w.db")
    assert answer.code == 4
    assert "Traceback" not in answer.err
    assert "  hint: " in answer.err


# Stopping -----------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_with_code_130_and_a_word(process: Divegov, workspace: Path) -> None:
    program = (
        "import os, signal, sys; from divegov_gui import cli\n"
        "def press(*_):\n    os.kill(os.getpid(), signal.SIGINT)\n    return 0\n"
        "sys.exit(cli.run(['app'], cli.Faces(press, press)))\n"
    )
    answer = process(program=program)
    assert answer.code == 130
    assert answer.err == "divegov: Stopped. What was being written was undone.\n"


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="pipes of POSIX")
def test_a_reader_that_goes_away_makes_no_traceback(
    process: Divegov, divegov: Divegov, workspace: Path
) -> None:
    divegov("demo", "--rows", "20", "--workspace", workspace, "--json")
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "divegov_gui", "report", "--workspace", str(workspace)],
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    finally:
        os.close(write)
    assert b"Traceback" not in done.stderr


def test_a_terminal_without_unicode_is_no_reason_to_fail(
    process: Divegov, workspace: Path, people: Path
) -> None:
    environment = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    answer = process("ingest", "--file", people, "--workspace", workspace, env=environment)
    assert (answer.code, answer.err) == (0, "")
    assert "from column ?Email?" in answer.out


def of_older_scripts(path: Path) -> Path:
    """A workspace as version 1 of the program left it."""
    text = gzip.decompress((ROOT / "tests" / "contract" / "workspace_of_version_1.sql.gz").read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(text.decode())
    return path


def test_status_tells_what_is_outstanding_in_a_workspace_of_older_scripts(
    divegov: Divegov, tmp_path: Path
) -> None:
    answer = divegov("status", "--workspace", of_older_scripts(tmp_path / "old.db"))
    assert (answer.code, answer.err) == (0, "")
    assert "drifted  01_schema.sql" in answer.out
    assert "Run divegov deploy" in answer.out


def test_who_may_not_is_told_how_to_act_as_another_here(divegov: Divegov, workspace: Path) -> None:
    divegov("deploy", "--workspace", workspace)
    answer = divegov("audit", "show", "--as", "data_analyst", "--workspace", workspace)
    assert_answered(answer, 6, "may not see this", "--as ROLE")


def test_an_erasure_that_is_not_confirmed_is_stopped_and_no_bug(
    divegov: Divegov, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    divegov("ingest", "--rows", "5", "--dirty", "0", "--workspace", workspace)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    answer = divegov("subject", "erase", "1", "--reason", "Article 17", "--workspace", workspace)
    assert (answer.code, answer.err) == (130, "divegov: Nobody was erased. It was not confirmed.\n")
    assert "Ada" not in answer.out
    assert divegov("history", "1", "--json", "--workspace", workspace).json["divers"]


def test_a_certificate_that_is_not_there_is_said_so_in_words(divegov: Divegov, workspace: Path) -> None:
    answer = divegov("subject", "verify", "nowhere.json", "--workspace", workspace)
    assert_answered(answer, 3, "There is no such file.")
    assert "Errno" not in answer.err


def test_pictures_that_cannot_be_written_are_an_answer(
    process: Divegov, divegov: Divegov, workspace: Path, tmp_path: Path
) -> None:
    divegov("deploy", "--workspace", workspace)
    (tmp_path / "taken").write_text("a file")
    answer = process("screenshots", tmp_path / "taken" / "pictures", "--workspace", workspace)
    assert answer.code == 3
    assert "cannot be made or written" in answer.err
    assert "Traceback" not in answer.err

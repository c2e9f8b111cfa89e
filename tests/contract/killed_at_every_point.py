"""Run as a program: kills itself with SIGKILL at every statement of a work, and tells what was wrong afterwards.

    python killed_at_every_point.py FOLDER WORK statement|instruction STRIDE

WORK is one of `WORKS`. Every attempt is a forked child that works on a copy of the same workspace. Prints a line a
problem, and then how often it was killed, how often of that between the BEGIN and the end of a transaction that writes,
and at how many different statements there.
"""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from interruptions import (
    export,
    half_governed,
    keep,
    mend,
    merge,
    prepare,
    prepare_review,
    prepare_rivals,
    send_again,
    state,
    take_back,
    take_in,
    take_over,
    watched,
)
from people import person

import divegov_gui.database.sqlite as program
from divegov_gui.services.deployment import deploy

State = list[list[tuple[Any, ...]]]


def deploy_to(path: Path) -> None:
    with closing(program.open_workspace(path)) as session:
        deploy(session)


def half_deployed(path: Path) -> str:
    """A script is there with its journal row, or neither is."""
    with closing(sqlite3.connect(path)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        journal = (
            "Schema_Script" in names
            and connection.execute("SELECT Script_Name FROM Schema_Script").fetchall()
        )
    done = {name[:2] for (name,) in journal or ()}
    marks = {"01": "Diver", "02": "Diver_History", "03": "Steward_Action_Deleted", "06": "Quality_Trend"}
    wrong = [number for number, mark in marks.items() if (mark in names) != (number in done)]
    return f"journal {sorted(done)} but not so: {wrong}" if wrong else ""


def die_at(count: int, kind: str, last_words: int) -> type[sqlite3.Connection]:
    """Connections of which one kills the process at the count, and writes where it was just before."""
    left = itertools.count(count, -1)

    def die(connection: sqlite3.Connection, statement: str) -> None:
        if next(left) <= 1:
            where = "inside" if connection.in_transaction else "outside"
            os.write(last_words, f"{where} {' '.join(statement.split())[:200]}".encode(errors="replace"))
            os.kill(os.getpid(), signal.SIGKILL)

    return watched(die) if kind == "statement" else watched(lambda *_: None, die)


def killed(work: functools.partial[None], count: int, kind: str) -> str | None:
    """Where the work, in a child, was killed; None: it was done before."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        kind_of = die_at(count, kind, write)
        program.sqlite3.connect = functools.partial(sqlite3.connect, factory=kind_of)  # type: ignore[misc]
        work()
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8", errors="replace") as words:
        where = words.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return where
    assert os.waitstatus_to_exitcode(status) == 0
    return None


def before_or_after(before: State, after: State) -> Callable[[Path], str]:
    """Looks that a workspace is as it was before the work or after it."""
    assert before != after
    return lambda path: "" if state(path) in (before, after) else "neither before nor after"


def prepare_corrected(path: Path) -> None:
    prepare_review(path)
    export(path)


def prepare_mended(path: Path) -> None:
    prepare_review(path)
    mend(path)


WORKS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None], Callable[[Path], str] | None]] = {
    "ingest": (prepare, take_in, half_governed),
    "deploy": (Path.touch, deploy_to, half_deployed),
    "mend": (prepare_review, mend, None),
    "take back": (prepare_mended, take_back, None),
    "import": (prepare_corrected, take_over, None),
    "resubmit": (prepare_mended, send_again, None),
    "merge": (lambda path: prepare_rivals(path, person()), merge, None),
    "keep": (prepare_rivals, keep, None),
}
"""How the workspace is made, what is done in it, and what must hold after a kill; None: it is as before or after."""


def main(folder: Path, what: str, kind: str, stride: int) -> None:
    before, whole, broken = folder / "before.db", folder / "whole.db", folder / "broken.db"
    make_ready, work, check = WORKS[what]
    make_ready(before)
    shutil.copy(before, whole)
    work(whole)
    expected = state(whole)
    check = check or before_or_after(state(before), expected)
    kills: list[str] = []
    for count in itertools.count(1, stride):
        for leftover in folder.glob("broken.db*"):
            leftover.unlink()
        shutil.copy(before, broken)
        where = killed(functools.partial(work, broken), count, kind)
        if where is None:
            break
        kills.append(where)
        wrong = check(broken)
        work(broken)
        wrong = wrong or ("" if state(broken) == expected else "the second run ended otherwise")
        if wrong:
            print(f"at {kind} {count}, {where}: {wrong}")
    inside = [where for where in kills if where.startswith("inside")]
    print(f"killed {len(kills)} times, {len(inside)} inside, at {len(set(inside))} statements")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))

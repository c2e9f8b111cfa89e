"""Run as a program: kills itself with SIGKILL at every statement of a work, and tells what was wrong afterwards.

    python killed_at_every_point.py FOLDER deploy|ingest|mend|resubmit statement|instruction STRIDE

Every attempt is a forked child that works on a copy of the same workspace. Prints how often it was killed, then a line
a problem.
"""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from interruptions import half_governed, mend, prepare, prepare_review, send_again, state, take_in, watched

import divegov_gui.database.sqlite as program
from divegov_gui.services.deployment import deploy


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


def die_at(count: int, kind: str) -> type[sqlite3.Connection]:
    left = itertools.count(count, -1)

    def die() -> None:
        if next(left) <= 1:
            os.kill(os.getpid(), signal.SIGKILL)

    return watched(die) if kind == "statement" else watched(lambda: None, die)


def killed(work: functools.partial[None], count: int, kind: str) -> bool:
    """Whether the work, in a child, was killed before it was done."""
    child = os.fork()
    if child == 0:
        program.sqlite3.connect = functools.partial(sqlite3.connect, factory=die_at(count, kind))  # type: ignore[misc]
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def make_ready(before: Path, what: str) -> None:
    """The workspace that the work begins with."""
    if what == "deploy":
        before.touch()
    elif what == "ingest":
        prepare(before)
    else:
        prepare_review(before)
        if what == "resubmit":
            mend(before)


def main(folder: Path, what: str, kind: str, stride: int) -> None:
    before, whole, broken = folder / "before.db", folder / "whole.db", folder / "broken.db"
    make_ready(before, what)

    def between(path: Path) -> str:
        return "" if state(path) in (state(before), expected) else "neither before nor after"

    work, check = {
        "ingest": (take_in, half_governed),
        "deploy": (deploy_to, half_deployed),
        "mend": (mend, between),
        "resubmit": (send_again, between),
    }[what]
    shutil.copy(before, whole)
    work(whole)
    expected = state(whole)
    for count in itertools.count(1, stride):
        for leftover in folder.glob("broken.db*"):
            leftover.unlink()
        shutil.copy(before, broken)
        if not killed(functools.partial(work, broken), count, kind):
            print(f"killed {count // stride} times")
            return
        wrong = check(broken)
        work(broken)
        wrong = wrong or ("" if state(broken) == expected else "the second run ended otherwise")
        if wrong:
            print(f"at {kind} {count}: {wrong}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))

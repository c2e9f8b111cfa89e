"""SQLite's errors, and those that procedures throw, in the program's own words."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import NamedTuple

from divegov_gui.core.errors import (
    Cancelled,
    Conflict,
    ConflictFacts,
    ConnectionFailed,
    DiveGovError,
    KnownAgain,
    Refused,
)

_FROM_TEXT = {
    "interrupted": "SQLITE_INTERRUPT",
    "database is locked": "SQLITE_BUSY",
    "database table is locked": "SQLITE_LOCKED",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "database or disk is full": "SQLITE_FULL",
    "file is not a database": "SQLITE_NOTADB",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "unable to open database file": "SQLITE_CANTOPEN",
    "disk I/O error": "SQLITE_IOERR",
    "not authorized": "SQLITE_AUTH",
}
"""Python 3.10 does not tell an error's name; its text is SQLite's own and does not change."""
DEPLOY = "Open Deploy, or run divegov deploy: it applies what is outstanding and keeps all data."
"""What to do where the scripts are behind the program."""
_LACKING = ("no such column: ", "no such table: ")


def error_name(error: sqlite3.Error) -> str:
    """SQLite's name of an error, such as SQLITE_BUSY; an extended name is cut to its family."""
    name = getattr(error, "sqlite_errorname", None) or _FROM_TEXT.get(str(error), "")
    if not name and str(error).endswith("is prohibited"):
        return "SQLITE_AUTH"
    if not name and isinstance(error, sqlite3.IntegrityError):
        return "SQLITE_CONSTRAINT"
    return "_".join(str(name).split("_")[:2])


def translated(error: sqlite3.Error, path: Path) -> DiveGovError:
    """The error to tell a person; a mistake of the program's own is raised as it is.

    Raises the given error where it is none that a person can do something about (a syntax error, a misuse).
    """
    name = error_name(error)
    file = path.name
    match name:
        case "SQLITE_INTERRUPT":
            return Cancelled("Stopped.", "What was being written was undone.")
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            return ConnectionFailed(
                f"{file} is in use by another program.",
                "It holds the lock and did not let go of it in time. Nothing was changed.",
                "Close the other program, or wait until it is done, and try again.",
            )
        case "SQLITE_READONLY":
            return ConnectionFailed(
                f"{file} cannot be written.",
                "The file or its folder is read-only. Nothing was changed.",
                "Give yourself write permission, or choose another workspace.",
            )
        case "SQLITE_FULL":
            return ConnectionFailed(
                "The disk is full.",
                f"{file} could not grow. What was being written was undone.",
                "Make room and try again; a batch that was being loaded goes on where it stopped.",
            )
        case "SQLITE_NOTADB" | "SQLITE_CORRUPT":
            return ConnectionFailed(
                f"{file} is damaged or is no SQLite database.",
                "SQLite cannot make sense of it. It was left as it is.",
                "Restore it from a backup, or choose another workspace.",
            )
        case "SQLITE_CANTOPEN":
            return ConnectionFailed(
                f"The workspace {path} cannot be opened.",
                "The file cannot be read, or its folder is read-only: a workspace keeps its log beside it.",
                "Check the path and its permissions, or choose another file.",
            )
        case "SQLITE_IOERR":
            return ConnectionFailed(
                f"The disk did not read or write {file}.",
                "The operating system reports an input/output error. What was being written was undone.",
                "Check the disk, its room and its connection, and try again.",
            )
        case "SQLITE_AUTH":
            return Refused(
                "Your role may not read or do this.",
                "This connection refuses what the role was not granted. Nothing was shown or changed.",
                "Ask somebody whose role may.",
            )
        case "SQLITE_CONSTRAINT":
            return Refused("The database refused the change.", f"{error}.", "Nothing was changed.")
        case _:
            raise error


def lacking(error: sqlite3.Error, path: Path) -> ConnectionFailed | None:
    """What to tell where a view that the program reads is not there, or has not the column; None for other errors.

    Meant for reading alone: a procedure that names what is not there is mistaken, and that is a bug.
    """
    if not str(error).startswith(_LACKING):
        return None
    return outdated(path, re.sub(r"^(?:main|temp)\.", "", str(error).partition(": ")[2]))


def outdated(path: Path, what: str) -> ConnectionFailed:
    """What to tell where a workspace has not what this program asks of it, since an earlier version made it."""
    return ConnectionFailed(
        f"{path.name} was made by older scripts.", f"It lacks what this program needs ({what}).", DEPLOY
    )


def no_procedure(name: str) -> Refused:
    """What to tell where a workspace has not the procedure that is called."""
    return Refused(
        f"This workspace has no procedure {name}.",
        "Its scripts are older than this program, or come from another folder.",
        DEPLOY,
    )


class _Advice(NamedTuple):
    """What to do about a refusal, and how on the command line."""

    hint: str = ""
    options: str = ""


_READ_AGAIN = _Advice("Read it again and decide.")
_OF_CONFLICTS: dict[str | None, _Advice] = {
    "claimed": _Advice(
        "Leave it to them, or take the claim over with a word why.", options="claim --take-over"
    ),
    "later edit": _Advice("Undo the later edit first, or leave the record out.", options="--skip-conflicts"),
    "Discarded": _Advice("Leave it out, or reopen it first."),
    "Released": _Advice("It is a diver by now: change the diver in the history, or leave it out."),
    "Merged": _Advice("It is part of a diver by now: change the diver in the history, or leave it out."),
    "Open": _Advice("It waits already. Leave it out."),
}
"""By what stands in the way: what somebody did, or the status that the record has now."""
_OF_REFUSALS = (
    (r"^Say why|needs a reason", _Advice("Give a reason, in a few words.", options="--reason TEXT")),
    (r"^There is no edit", _Advice("The edit history has the number of each.", options="quarantine history")),
    (r"^A claim lasts", _Advice("Choose from 1 to 1440 minutes.", options="--minutes N")),
    (
        r"^There is no quarantined record",
        _Advice("The list has the number of each.", options="quarantine list"),
    ),
)


def thrown(number: int, message: str) -> DiveGovError:
    """What a procedure's THROW means: 50412 is a conflict with a newer version, every other number a refusal.

    50410 is the refusal of a diver who would become an erased person. Behind the sentence of a conflict may stand its
    facts, as a line of JSON.
    """
    if number == 50410:
        return KnownAgain(
            message,
            "Nothing was changed.",
            "Only where they have come back of their own will, say so; the reason is kept.",
            options="--waive-erased",
        )
    if number != 50412:
        advice = next((each for begins, each in _OF_REFUSALS if re.search(begins, message)), _Advice())
        return Refused(message, hint=advice.hint, options=advice.options)
    sentence, _, told = message.partition("\n")
    facts = ConflictFacts(**json.loads(told)) if told else ConflictFacts()
    advice = _OF_CONFLICTS.get(facts.status if facts.what == "status" else facts.what, _READ_AGAIN)
    return Conflict(sentence, "Nothing was changed.", advice.hint, facts=facts, options=advice.options)


def not_granted(role: str, name: str, verb: str = "do") -> Refused:
    """What a role is told of a procedure that it may not run, or of a view that it may not see."""
    return Refused(
        f"A {role.replace('_', ' ')} may not {verb} this.",
        f"{name.replace('_', ' ')} is not granted to that role.",
        "Choose another role on the Privacy page, or ask somebody whose role may.",
        options="--as ROLE",
    )

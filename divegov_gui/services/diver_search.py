"""Finding a diver by what they are or were called: by number, name, email or source reference."""

from __future__ import annotations

import re
from dataclasses import dataclass

from divegov_gui.core.letter_cases import letter_cases
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.history import COLUMNS, Version, read_version
from divegov_gui.services.roles import role_of
from divegov_gui.services.search_text import require_searchable

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
"""A whole email, as far as one can tell: beginnings of one are no question to the database."""


@dataclass(frozen=True)
class Match:
    """A diver whom a text finds. `column` and `term` say by what (``Diver_ID`` for the number itself).

    `latest` is the newest version; `is_former`: by a value that the diver no longer has; `is_deleted`: no longer there.
    """

    diver_id: int
    latest: Version
    column: str
    term: str
    is_former: bool
    is_deleted: bool


def search(
    session: Session, text: str, *, limit: int = 50, cancel: CancelToken | None = None
) -> tuple[Match, ...]:
    """The divers whom a text finds: by number, or by the beginning of a name, an email or a source reference.

    Names are found in either order, emails and references as they are and as they were. Those who have the value now
    come first. A role that sees a mask over a column finds nobody by it, but that an officer finds a diver by the whole
    of an email: each such look is logged. Raises InputRefused where the text is more than one search takes.
    """
    wanted = " ".join(text.split())
    if not wanted:
        return ()
    require_searchable(wanted)
    with interruptible(session, cancel):
        found = _found(session, wanted, limit)
        former = _found_behind_mask(session, wanted)
        found = {**dict.fromkeys(former, "Email"), **found}
        versions = _versions(session, tuple(found))
    matches = [
        _match(versions[diver], column, wanted, former.get(diver))
        for diver, column in found.items()
        if diver in versions
    ]
    matches.sort(key=lambda m: (m.column != "Diver_ID", m.is_former, m.is_deleted, m.term, m.diver_id))
    return tuple(matches[:limit])


def prepare_search(
    session: Session, *, progress: ProgressSink = no_progress, cancel: CancelToken | None = None
) -> int:
    """Make the divers that came since the last time quick to find; returns how many. Each step is kept."""
    done = 0
    with interruptible(session, cancel):
        waiting = _unindexed(session)
        while waiting:
            if cancel:
                cancel.raise_if_cancelled()
            progress(Progress("Preparing the search", done, done + waiting))
            left = int(session.call("Index_Divers")[-1][0]["Left_Count"])
            done += waiting - left
            waiting = left
    return done


def _unindexed(session: Session) -> int:
    return int(session.call("Index_Divers", most=0)[-1][0]["Left_Count"])


def _found(session: Session, wanted: str, limit: int) -> dict[int, str]:
    """Each diver that is found, and the first column by which.

    The term itself is not read: it comes from several columns, and SQL Server masks all of it for whoever sees a mask
    over one of them (techcommunity.microsoft.com, "Understanding Dynamic Data Masking": UNION, "by design").
    """
    found: dict[int, str] = {}
    if wanted.isdecimal() and len(wanted) < 19:
        found[int(wanted)] = "Diver_ID"
    for column in ("Last_Name", "Email", "Source_Reference"):
        filters = [
            Filter("Search_Column", "=", column),
            Filter("Term", "any of", [Filter("Term", "starts with", s) for s in _spellings(wanted)]),
        ]
        for row in session.select("Diver_Search", ["Diver_ID"], filters, limit=limit):
            found.setdefault(row["Diver_ID"], column)
    return found


def _found_behind_mask(session: Session, wanted: str) -> dict[int, bool]:
    """Whom a whole email finds for a role that sees a mask over it, and whether it is a former one."""
    if not _ADDRESS.fullmatch(wanted):
        return {}
    role = role_of(session)
    if "Email" not in role.masked or not role.may("Find_Diver"):
        return {}
    rows = session.call("Find_Diver", column_name="Email", value=wanted)[-1]
    return {row["Diver_ID"]: bool(row["Is_Former"]) for row in reversed(rows)}


def _spellings(wanted: str) -> list[str]:
    """How a term may begin: the database's lower case is ASCII's, so that letters beyond it keep their case."""
    return sorted({_ascii_lower(each) for each in letter_cases(wanted)})


def _ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _versions(session: Session, divers: tuple[int, ...]) -> dict[int, list[Version]]:
    """The versions of some divers, the oldest first."""
    found: dict[int, list[Version]] = {}
    order = [Order("Diver_ID"), Order("Valid_From")]
    for row in session.select("Diver_Versions", COLUMNS, [Filter("Diver_ID", "in", divers)], order):
        found.setdefault(row["Diver_ID"], []).append(read_version(row))
    return found


def _match(versions: list[Version], column: str, wanted: str, is_former: bool | None) -> Match:
    """`is_former` where the database has told it, since a mask hides it here; else the versions tell."""
    told = _told(versions, column, wanted)
    term = wanted.lower() if is_former is not None or told is None else told[0]
    if is_former is None:
        is_former = told is None or told[1] is not versions[-1]
    return Match(
        diver_id=versions[-1].diver_id,
        latest=versions[-1],
        column=column,
        term=term,
        is_former=is_former,
        is_deleted=not versions[-1].is_current,
    )


def _told(versions: list[Version], column: str, wanted: str) -> tuple[str, Version] | None:
    """The term by which a diver was found, and the newest version that has it; None where none has."""
    if column == "Diver_ID":
        return wanted, versions[-1]
    beginnings = tuple(_spellings(wanted))
    told = ((term, one) for one in reversed(versions) for term in sorted(_terms(one, column)))
    return next(((term, one) for term, one in told if term.startswith(beginnings)), None)


def _terms(version: Version, column: str) -> set[str]:
    first, last = version.values[:2]
    if column == "Last_Name":
        return {_ascii_lower(f"{last} {first}"), _ascii_lower(f"{first} {last}")}
    return {_ascii_lower(version.value(column) or "")}

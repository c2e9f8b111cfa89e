"""What the tour asks of the database, so that it can show something that is there."""

from __future__ import annotations

from collections.abc import Sequence

from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.checks import read_checks
from divegov_gui.services.queue import read_rows

_EASY = (
    "DOB_FORMAT",
    "EMAIL_FORMAT",
    "CERTIFICATION_UNKNOWN",
    "PHONE_FORMAT",
    "NAME_CHARACTERS",
    "EMAIL_MISSING",
)
"""Rules whose records are soon put right, the easiest first."""
_LOOKED_AT = 25
"""How many records of each rule are looked at for one with an answer."""


def has_records(session: Session) -> bool:
    """Whether anything has come in: without, there is nothing to be shown around in."""
    if not session.journal():
        return False  # nothing is deployed yet
    return bool(session.select("Batch_Summary", ["Batch_ID"], [Filter("Status", "=", "Governed")], limit=1))


def easy_record(session: Session) -> int | None:
    """The number of an open record that one thing is wrong with, and that is easily put right; None without any.

    Best is one whose right value the program proposes and is sure of: who asks for it gets it by one key.
    """
    checks = read_checks(session).all
    easiest: int | None = None
    for check in (check for rule in _EASY for check in checks if check.rule == rule):
        alone = [Filter("Status", "=", "Open"), Filter("Failed_Checks", "=", check.bit)]
        order = [Order("Quarantine_ID")]
        found = session.select("Quarantine_Queue", ["Quarantine_ID"], alone, order, limit=_LOOKED_AT)
        ids = [int(row["Quarantine_ID"]) for row in found]
        if ids and (known := _with_an_answer(session, ids, check.column)) is not None:
            return known
        easiest = ids[0] if ids and easiest is None else easiest
    return easiest


def _with_an_answer(session: Session, ids: Sequence[int], column: str) -> int | None:
    """The first of records for whose column there is one likeliest value, which puts the record right."""
    from divegov_gui.services.suggestions import Values, clearly_best, suggest

    proposed = suggest(session, [Values.of(row) for row in read_rows(session, ids)], columns=[column])
    for number in ids:
        best = clearly_best([each for each in proposed.get(number, ()) if each.column == column])
        if best is not None and not best.failed_checks:
            return number
    return None


def newest_diver(session: Session) -> int | None:
    """The number of the diver that was let in last, None where there is none."""
    found = session.select("Diver_Directory", ["Diver_ID"], order=[Order("Diver_ID", True)], limit=1)
    return int(found[0]["Diver_ID"]) if found else None

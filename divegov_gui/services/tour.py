"""What the tour asks of the database, so that it can show something that is there."""

from __future__ import annotations

from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.checks import read_checks

_EASY = (
    "DOB_FORMAT",
    "EMAIL_FORMAT",
    "CERTIFICATION_UNKNOWN",
    "PHONE_FORMAT",
    "NAME_CHARACTERS",
    "EMAIL_MISSING",
)
"""Rules whose records are soon put right, the easiest first."""


def has_records(session: Session) -> bool:
    """Whether anything has come in: without, there is nothing to be shown around in."""
    if not session.journal():
        return False  # nothing is deployed yet
    return bool(session.select("Batch_Summary", ["Batch_ID"], [Filter("Status", "=", "Governed")], limit=1))


def easy_record(session: Session) -> int | None:
    """The number of an open record that one thing is wrong with, and that is easily put right; None without any."""
    checks = read_checks(session).all
    for bit in (check.bit for rule in _EASY for check in checks if check.rule == rule):
        alone = [Filter("Status", "=", "Open"), Filter("Failed_Checks", "=", bit)]
        found = session.select(
            "Quarantine_Queue", ["Quarantine_ID"], alone, [Order("Quarantine_ID")], limit=1
        )
        if found:
            return int(found[0]["Quarantine_ID"])
    return None


def newest_diver(session: Session) -> int | None:
    """The number of the diver that was let in last, None where there is none."""
    found = session.select("Diver_Directory", ["Diver_ID"], order=[Order("Diver_ID", True)], limit=1)
    return int(found[0]["Diver_ID"]) if found else None

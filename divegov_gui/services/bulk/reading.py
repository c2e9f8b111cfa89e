"""Reading the records that a change to many may touch: those that wait, and that nobody else works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Filter, Session
from divegov_gui.services.queue import VIEW, Catalogue
from divegov_gui.services.suggestions import Values

CHUNK = 2_000
"""Records that are read and judged at once."""

_READ = ["Quarantine_ID", "Record_Version", "Status", "Failed_Checks", "Is_Claimed", "Claimed_By", *COLUMNS]


@dataclass(frozen=True)
class Editable:
    """Records that may be edited, and how many of those asked for may not: claimed by others, or closed."""

    records: list[Values]
    claimed: int
    closed: int


def editable(session: Session, catalogue: Catalogue, ids: Sequence[int]) -> Editable:
    """The records of `ids` that may be edited, in that order; ids of no record are left out."""
    values: dict[int, Values] = {}
    claimed = closed = 0
    for row in session.select(VIEW, _READ, [Filter("Quarantine_ID", "in", tuple(ids))]):
        key = row["Quarantine_ID"]
        if row["Status"] != "Open":
            closed += 1
        elif row["Is_Claimed"] and row["Claimed_By"] != catalogue.actor:
            claimed += 1
        else:
            texts = tuple(row[column] for column in COLUMNS)
            values[key] = Values(key, row["Record_Version"], texts, row["Failed_Checks"])
    return Editable([values[key] for key in ids if key in values], claimed, closed)

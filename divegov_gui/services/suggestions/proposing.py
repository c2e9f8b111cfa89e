"""What may be proposed for one column of a record. Nobody has judged it yet."""

from __future__ import annotations

from collections.abc import Iterable

from divegov_gui.services.suggestions import dates, emails, names, phones
from divegov_gui.services.suggestions.knowledge import Knowledge
from divegov_gui.services.suggestions.model import Proposal, Values
from divegov_gui.services.suggestions.whole_record import (
    misplaced_address,
    missing_name,
    names_the_wrong_way,
    swapped_names,
)

_LONGEST = 400
"""Characters beyond which a value is a text that landed in the wrong field, and no slip of the pen."""


def repairs(record: Values, column: str, knowledge: Knowledge) -> list[Proposal]:
    """Proposals for a column that fails a check, the likeliest first."""
    value = record[column] or ""
    is_blank = not value.strip()
    if len(value) > _LONGEST:
        return []
    if column in ("First_Name", "Last_Name"):
        return missing_name(record, column) if is_blank else names.repairs(value, column, record["Email"])
    if column == "Email":
        moved = [] if "@" in value else list(misplaced_address(record))
        return [
            *moved,
            *(() if is_blank else emails.repairs(value, knowledge.domains)),
            *swapped_names(record),
        ]
    if is_blank:
        return []
    if column == "Phone":
        return phones.repairs(value, _regions(record, knowledge))
    if column == "Date_Of_Birth":
        return dates.repairs(value, knowledge.today)
    return knowledge.catalogue.repairs(value) if column == "Certification" else []


def improvements(record: Values, column: str, knowledge: Knowledge) -> list[Proposal]:
    """Proposals for a column that passes its checks and might be better all the same."""
    value = record[column] or ""
    if not value.strip() or len(value) > _LONGEST:
        return []
    if column == "First_Name":
        return [*names_the_wrong_way(record, knowledge.names), *names.improvements(value, column)]
    if column == "Last_Name":
        return names.improvements(value, column)
    if column == "Email":
        return emails.improvements(value, knowledge.domains)
    return phones.improvements(value, _regions(record, knowledge)) if column == "Phone" else []


def _regions(record: Values, knowledge: Knowledge) -> tuple[str, ...]:
    hinted = phones.region_of(record["Email"])
    found: Iterable[str] = (hinted, *knowledge.regions) if hinted else knowledge.regions
    return tuple(dict.fromkeys(found))

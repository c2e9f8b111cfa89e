"""Which records of the quarantine are looked at: a search and choices by facet, as filters and as text to be kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from divegov_gui.database.session import Filter
from divegov_gui.services.checks import Checks
from divegov_gui.services.search_text import require_searchable

Value = str | int
READY, WARNINGS, ERRORS = "ready", "warnings", "errors"
NOBODY = ""
SEARCHED = "First_Name Last_Name Email Phone Date_Of_Birth Certification Source_Reference"
FACETS = ("standing", "rule", "column", "status", "batch", "source", "claim", "age")
AGES = {
    "0": (0, 0),
    "7": (1, 6),
    "30": (7, 29),
    "90": (30, 89),
    "365": (90, 364),
    "older": (365, 36_500),
}
"""The days since a record was put aside, from and to, by the name of the choice. 7, 30 and 90 days are sums."""


@dataclass(frozen=True)
class QueueQuery:
    """A search text, and for each facet the values that are wanted (any of them; none: all)."""

    text: str = ""
    chosen: Mapping[str, frozenset[Value]] = field(default_factory=dict)

    def values(self, facet: str) -> frozenset[Value]:
        """What is wanted of one facet."""
        return self.chosen.get(facet, frozenset())

    def toggled(self, facet: str, value: Value) -> QueueQuery:
        """The same with `value` taken in, or left out where it was in."""
        return self.choosing(facet, self.values(facet) ^ {value})

    def choosing(self, facet: str, values: frozenset[Value]) -> QueueQuery:
        """The same with exactly `values` of one facet."""
        others = {name: chosen for name, chosen in self.chosen.items() if name != facet}
        return QueueQuery(self.text, {**others, facet: values} if values else others)

    def searching(self, text: str) -> QueueQuery:
        """The same with another search text."""
        return QueueQuery(" ".join(text.split()), self.chosen)

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it but the usual: the records that wait."""
        return not self.text and self == OPEN

    def to_text(self) -> str:
        """As JSON, to be kept under a name."""
        chosen = {name: sorted(values, key=str) for name, values in self.chosen.items()}
        return json.dumps({"text": self.text, "chosen": chosen}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> QueueQuery:
        """What `to_text` has made; what it cannot read is a ValueError."""
        found: dict[str, Any] = json.loads(text)
        chosen = {name: frozenset(values) for name, values in found["chosen"].items() if name in FACETS}
        return cls(str(found["text"]), chosen)


OPEN = QueueQuery("", {"status": frozenset({"Open"})})
"""The records that wait."""


def filters_for(
    query: QueueQuery, checks: Checks, sources: Mapping[int, str], today: date | None = None
) -> list[Filter]:
    """The query in the words of `Session.select`; `sources` tells the source of each batch.

    Raises InputRefused where the search text is more than one search takes.
    """
    now = today or datetime.now(timezone.utc).date()
    makers: dict[str, Callable[[frozenset[Value]], list[Filter]]] = {
        "standing": lambda values: _standing(values, checks),
        "rule": lambda values: [Filter("Failed_Checks", "has bit", checks.bits_of_rule(*values))],
        "column": lambda values: [Filter("Failed_Checks", "has bit", checks.bits_of_column(*values))],
        "status": lambda values: [Filter("Status", "in", tuple(values))],
        "batch": lambda values: [Filter("Batch_ID", "in", tuple(values))],
        "source": lambda values: [Filter("Batch_ID", "in", [b for b, s in sources.items() if s in values])],
        "claim": _claim,
        "age": lambda values: [Filter("", "any of", [_aged(str(value), now) for value in values])],
    }
    found = [made for facet, values in query.chosen.items() if values for made in makers[facet](values)]
    return [*found, *_search(query.text)]


def age_of(day: str, today: date) -> str:
    """The name of the age of something of `day` (YYYY-MM-DD)."""
    days = (today - date.fromisoformat(day)).days
    return next((name for name, (_, most) in AGES.items() if days <= most), "older")


def standing_of(mask: int, checks: Checks) -> str:
    """Whether nothing fails, only warnings do, or errors."""
    return READY if not mask else ERRORS if mask & checks.errors else WARNINGS


def _standing(values: frozenset[Value], checks: Checks) -> list[Filter]:
    name, errors, warnings = "Failed_Checks", checks.errors, checks.warnings
    ready, failing = Filter(name, "=", 0), Filter(name, "!=", 0)
    no_error, error = Filter(name, "lacks bit", errors), Filter(name, "has bit", errors)
    return {
        frozenset({READY}): [ready],
        frozenset({WARNINGS}): [no_error, Filter(name, "has bit", warnings)],
        frozenset({ERRORS}): [error],
        frozenset({READY, WARNINGS}): [no_error],
        frozenset({READY, ERRORS}): [Filter("", "any of", [ready, error])],
        frozenset({WARNINGS, ERRORS}): [failing],
    }.get(frozenset(map(str, values)), [])


def _claim(values: frozenset[Value]) -> list[Filter]:
    nobody = [Filter("Claimed_By", "is null")] if NOBODY in values else []
    names = tuple(value for value in values if value != NOBODY)
    return [Filter("", "any of", [*nobody, *([Filter("Claimed_By", "in", names)] if names else [])])]


def _aged(name: str, today: date) -> Filter:
    least, most = AGES[name]
    first, last = (today - timedelta(most)).isoformat(), (today - timedelta(least)).isoformat()
    return Filter("", "all of", [Filter("Quarantined_On", ">=", first), Filter("Quarantined_On", "<=", last)])


def _search(text: str) -> list[Filter]:
    if not text:
        return []
    require_searchable(text)
    found = Filter(SEARCHED, "search", text)
    if text.isdecimal() and len(text) < 19:
        found = Filter("", "any of", [found, Filter("Quarantine_ID", "=", int(text))])
    return [found]

"""Counts by facet, all derived from one cube: a facet's counts heed every choice but its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import Any

from divegov_gui.core.progress import CancelToken
from divegov_gui.core.records import LABELS
from divegov_gui.database.session import Row, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue import VIEW, Catalogue
from divegov_gui.services.queue_query import (
    AGES,
    ERRORS,
    FACETS,
    NOBODY,
    READY,
    WARNINGS,
    QueueQuery,
    Value,
    age_of,
    filters_for,
    standing_of,
)

MOST_SEARCHED = 50_000
"""Of a search that finds more, facets count without it, and say so."""
_CUBE = ["Status", "Batch_ID", "Failed_Checks", "Claimed_By", "Quarantined_On"]
TITLES = {
    "standing": "Standing",
    "rule": "Rule",
    "column": "Column",
    "status": "Status",
    "batch": "Batch",
    "source": "Source",
    "claim": "Claimed by",
    "age": "Put aside",
}
_STANDINGS = {READY: "Ready to resubmit", WARNINGS: "Only warnings", ERRORS: "Errors"}
_AGES = {
    "0": "Today",
    "7": "1 to 6 days ago",
    "30": "7 to 29 days ago",
    "90": "30 to 89 days ago",
    "365": "90 days to a year ago",
    "older": "A year ago or more",
}
_STATUSES = ("Open", "Released", "Merged", "Discarded")


@dataclass(frozen=True)
class FacetValue:
    """One thing to choose, in words, and how many records it would show."""

    value: Value
    words: str
    count: int
    note: str = ""


@dataclass(frozen=True)
class Facet:
    """One facet with what there is to choose."""

    name: str
    title: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Facets:
    """All facets; `match_count` records match, None where only the keys will tell; `open_count` wait in all."""

    facets: tuple[Facet, ...]
    match_count: int | None
    open_count: int
    total_count: int
    open_by_mask: Mapping[int, int] = field(default_factory=dict)
    """How many records wait by what they fail."""

    def failing(self, bits: int) -> int:
        """How many records wait that fail one of some checks."""
        return sum(count for mask, count in self.open_by_mask.items() if mask & bits)


def read_facets(
    session: Session, catalogue: Catalogue, query: QueueQuery, cancel: CancelToken | None = None
) -> Facets:
    """The counts for `query`."""
    with interruptible(session, cancel):
        cube = session.select("Quarantine_Cube")
        found = _searched(session, catalogue, query) if query.text else None
    total = sum(row["Record_Count"] for row in cube)
    waiting: Counter[int] = Counter()
    for row in cube:
        if row["Status"] == "Open":
            waiting[row["Failed_Checks"]] += row["Record_Count"]
    counts, matching = _count(cube if found is None else found, catalogue, query)
    match_count = None if query.text and found is None else matching
    facets = tuple(_facet(name, counts[name], catalogue, query) for name in FACETS)
    return Facets(facets, match_count, waiting.total(), total, waiting)


def _searched(session: Session, catalogue: Catalogue, query: QueueQuery) -> list[Row] | None:
    """The cube of what a search finds, None where that is too much to be counted here."""
    filters = filters_for(QueueQuery(query.text), catalogue.checks, catalogue.sources)
    rows = session.select(VIEW, _CUBE, filters, limit=MOST_SEARCHED + 1)
    if len(rows) > MOST_SEARCHED:
        return None
    cube = Counter(tuple(row[name] for name in _CUBE) for row in rows)
    return [{**dict(zip(_CUBE, key, strict=True)), "Record_Count": count} for key, count in cube.items()]


def _count(
    cube: Iterable[Row], catalogue: Catalogue, query: QueueQuery
) -> tuple[dict[str, Counter[Value]], int]:
    """Each facet's counts. A row that only one facet keeps out counts in that facet alone."""
    readers = _readers(catalogue, datetime.now(timezone.utc).date())
    chosen = {name: query.values(name) for name in FACETS if query.values(name)}
    counts: dict[str, Counter[Value]] = {name: Counter() for name in FACETS}
    matching = 0
    for row in cube:
        values = {name: read(row) for name, read in readers.items()}
        out = [name for name, wanted in chosen.items() if wanted.isdisjoint(values[name])]
        if len(out) > 1:
            continue
        number = row["Record_Count"]
        matching += 0 if out else number
        for name in out or FACETS:
            for value in values[name]:
                counts[name][value] += number
    return counts, matching


def _readers(catalogue: Catalogue, today: date) -> dict[str, Callable[[Row], Sequence[Value]]]:
    checks = catalogue.checks
    rules: dict[int, tuple[Value, ...]] = {}
    columns: dict[int, tuple[Value, ...]] = {}
    ages: dict[str, str] = {}

    def of_mask(known: dict[int, tuple[Value, ...]], mask: int, name: str) -> tuple[Value, ...]:
        if mask not in known:
            known[mask] = tuple({getattr(check, name) for check in checks.of(mask)})
        return known[mask]

    def age(day: str) -> str:
        if day not in ages:
            ages[day] = age_of(day, today)
        return ages[day]

    return {
        "standing": lambda row: (standing_of(row["Failed_Checks"], checks),),
        "rule": lambda row: of_mask(rules, row["Failed_Checks"], "rule"),
        "column": lambda row: of_mask(columns, row["Failed_Checks"], "column"),
        "status": lambda row: (row["Status"],),
        "batch": lambda row: (row["Batch_ID"],),
        "source": lambda row: (catalogue.sources.get(row["Batch_ID"], ""),),
        "claim": lambda row: (row["Claimed_By"] or NOBODY,),
        "age": lambda row: (age(row["Quarantined_On"]),),
    }


def _facet(name: str, counts: Counter[Value], catalogue: Catalogue, query: QueueQuery) -> Facet:
    """The values in their own order where they have one, else the most frequent first; what is chosen stays."""
    fixed: dict[str, Sequence[Value]] = {
        "standing": tuple(_STANDINGS),
        "status": _STATUSES,
        "age": tuple(AGES),
        "column": tuple(LABELS),
    }
    known = {*counts, *query.values(name)}
    if name in fixed:
        order = [value for value in fixed[name] if value in known]
    else:
        order = sorted(known, key=lambda value: (-counts[value], _sortable(value)))
    values = (
        FacetValue(v, words_for(name, v, catalogue), counts[v], _note(name, v, catalogue)) for v in order
    )
    return Facet(name, TITLES[name], tuple(values))


def words_for(facet: str, value: Value, catalogue: Catalogue) -> str:
    """A choice in words."""
    if facet == "rule":
        return next((c.short for c in catalogue.checks.all if c.rule == value), str(value))
    if facet == "batch":
        return f"{value} · {catalogue.sources.get(int(value), '')}"
    known: dict[str, dict[Any, str]] = {
        "standing": _STANDINGS,
        "column": LABELS,
        "age": _AGES,
        "claim": {NOBODY: "Nobody"},
    }
    return known.get(facet, {}).get(value, str(value))


def _note(facet: str, value: Value, catalogue: Catalogue) -> str:
    if facet != "rule":
        return ""
    return next((c.wording for c in catalogue.checks.all if c.rule == value), "")


def _sortable(value: Value) -> tuple[int, str]:
    return (-value, "") if isinstance(value, int) else (0, value)

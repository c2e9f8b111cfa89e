"""Quality over time: what arrived and how much of it was right, where bad data comes from, how long it waits.

Everything is read from views; nothing is counted here but sums of their rows. Days are UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.quality import Outcomes

if TYPE_CHECKING:
    import pandas

NEWEST = 50
"""Batches that are told one by one."""
RESUBMISSION = "resubmission"
"""The kind of batches that stewards send; what arrives from outside is everything else."""


@dataclass(frozen=True)
class Period:
    """From the day `since` to the day `until`, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def filters(self, column: str) -> list[Filter]:
        """The conditions on a view's column of days."""
        found = []
        if self.since is not None:
            found.append(Filter(column, ">=", self.since.isoformat()))
        if self.until is not None:
            found.append(Filter(column, "<=", self.until.isoformat()))
        return found

    def holds(self, day: str) -> bool:
        """Whether a day (YYYY-MM-DD) lies in it."""
        return (self.since is None or day >= self.since.isoformat()) and (
            self.until is None or day <= self.until.isoformat()
        )


@dataclass(frozen=True)
class DayQuality:
    """What arrived from outside on one day (YYYY-MM-DD), and what became of it at once."""

    day: str
    batches: int
    outcomes: Outcomes

    @property
    def first_time_right(self) -> float:
        """The share of records, from 0 to 1, that needed no steward; 1 where nothing arrived."""
        return first_time_right(self.outcomes)


@dataclass(frozen=True)
class BatchQuality:
    """One of the newest batches from outside, and what became of it at once."""

    batch_id: int
    source: str
    day: str
    outcomes: Outcomes

    @property
    def first_time_right(self) -> float:
        """The share of records, from 0 to 1, that needed no steward."""
        return first_time_right(self.outcomes)


@dataclass(frozen=True)
class RuleDay:
    """How many records broke a rule on the day that they arrived."""

    day: str
    code: str
    records: int


@dataclass(frozen=True)
class SourceQuality:
    """What one source has sent in the period."""

    name: str
    kind: str
    batches: int
    outcomes: Outcomes
    last_received_at: str

    @property
    def first_time_right(self) -> float:
        """The share of records, from 0 to 1, that needed no steward."""
        return first_time_right(self.outcomes)


@dataclass(frozen=True)
class ResolutionDay:
    """The records that were resolved on one day, and the median of the minutes that they had waited."""

    day: str
    records: int
    released: int
    merged: int
    discarded: int
    median_minutes: float


@dataclass(frozen=True)
class BacklogDay:
    """Open records that came into quarantine on one day; `ready` of them fail nothing any more."""

    day: str
    records: int
    ready: int


@dataclass(frozen=True)
class Repair:
    """Cells of one column that stewards changed, and in how many records; undone edits are left out.

    A record counts with its last change of the column: where a period ends before today, only if that lies in it.
    """

    column: str
    cells: int
    records: int


@dataclass(frozen=True)
class Trends:
    """Quality over time, each part of one period and in the order in which it is shown.

    `backlog` is what came into quarantine in the period and waits still; `elsewhen` is how many wait besides.
    """

    days: tuple[DayQuality, ...]
    rules: tuple[RuleDay, ...]
    sources: tuple[SourceQuality, ...]
    resolutions: tuple[ResolutionDay, ...]
    backlog: tuple[BacklogDay, ...]
    repairs: tuple[Repair, ...]
    batches: tuple[BatchQuality, ...] = ()
    """The newest of the period, at most NEWEST of them, the newest first."""
    elsewhen: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was governed yet in the period."""
        return not self.days


def first_time_right(outcomes: Outcomes) -> float:
    """The share of records, from 0 to 1, that needed no steward; 1 where there is none."""
    return 1.0 if outcomes.loaded == 0 else 1 - outcomes.quarantined / outcomes.loaded


def read_trends(session: Session, period: Period | None = None, cancel: CancelToken | None = None) -> Trends:
    """Everything that the plots show, of one period or of all time. Raises Cancelled, ConnectionFailed."""
    within = period or Period()
    with interruptible(session, cancel):
        waiting = _backlog(session)
        backlog = tuple(one for one in waiting if within.holds(one.day))
        return Trends(
            days=_days(session, within),
            rules=_rules(session, within),
            sources=_sources(session, within),
            resolutions=_resolutions(session, within),
            backlog=backlog,
            repairs=_repairs(session, within),
            batches=_batches(session, within),
            elsewhen=sum(one.records for one in waiting) - sum(one.records for one in backlog),
        )


def as_frame(rows: Iterable[Any]) -> pandas.DataFrame:
    """Any part of the trends as a table with one column a number, for export."""
    import pandas

    frame: pandas.DataFrame = pandas.DataFrame([_flat(row) for row in rows])
    return frame


def _flat(row: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in row.__dataclass_fields__:
        value = getattr(row, name)
        facts |= (
            {n: getattr(value, n) for n in value.__dataclass_fields__}
            if name == "outcomes"
            else {name: value}
        )
    if hasattr(row, "first_time_right"):
        facts["first_time_right"] = round(row.first_time_right, 6)
    return facts


def _days(session: Session, period: Period) -> tuple[DayQuality, ...]:
    rows = session.select(
        "Quality_Trend",
        filters=[Filter("Source_Kind", "!=", RESUBMISSION), *period.filters("Received_On")],
        order=[Order("Received_On")],
    )
    together: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        together[str(row["Received_On"])].append(row)
    return tuple(
        DayQuality(day, sum(int(row["Batch_Count"]) for row in kinds), _added(kinds))
        for day, kinds in together.items()
    )


def _rules(session: Session, period: Period) -> tuple[RuleDay, ...]:
    rows = session.select(
        "Rule_Trend", filters=period.filters("Received_On"), order=[Order("Received_On"), Order("Rule_Code")]
    )
    return tuple(RuleDay(str(row["Received_On"]), row["Rule_Code"], row["Record_Count"]) for row in rows)


def _sources(session: Session, period: Period) -> tuple[SourceQuality, ...]:
    rows = session.select(
        "Source_Quality",
        filters=[Filter("Source_Kind", "!=", RESUBMISSION), *period.filters("Received_On")],
        order=[Order("Received_On")],
    )
    days: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        days[row["Source_Name"], row["Source_Kind"]].append(row)
    found = (
        SourceQuality(
            name,
            kind,
            sum(int(row["Batch_Count"]) for row in each),
            _added(each),
            str(each[-1]["Last_Received_At"]),
        )
        for (name, kind), each in days.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.outcomes.quarantined, one.name)))


def _resolutions(session: Session, period: Period) -> tuple[ResolutionDay, ...]:
    rows = session.select(
        "Resolution_Trend", filters=period.filters("Resolved_On"), order=[Order("Resolved_On")]
    )
    return tuple(
        ResolutionDay(
            str(row["Resolved_On"]),
            row["Record_Count"],
            row["Released_Count"],
            row["Merged_Count"],
            row["Discarded_Count"],
            float(row["Median_Minutes"]),
        )
        for row in rows
    )


def _backlog(session: Session) -> tuple[BacklogDay, ...]:
    rows = session.select("Quarantine_Backlog", order=[Order("Quarantined_On")])
    return tuple(
        BacklogDay(str(row["Quarantined_On"]), row["Record_Count"], row["Ready_Count"]) for row in rows
    )


def _repairs(session: Session, period: Period) -> tuple[Repair, ...]:
    cells: dict[str, int] = defaultdict(int)
    records: dict[str, int] = defaultdict(int)
    for row in session.select("Repair_Pattern", filters=period.filters("Edited_On")):
        cells[row["Column_Name"]] += row["Cell_Count"]
        records[row["Column_Name"]] += row["Record_Count"]
    most_first = sorted(cells, key=lambda column: (-cells[column], column))
    return tuple(Repair(column, cells[column], records[column]) for column in most_first)


def _batches(session: Session, period: Period) -> tuple[BatchQuality, ...]:
    filters = [Filter("Status", "=", "Governed"), Filter("Source_Kind", "!=", RESUBMISSION)]
    if period.since is not None:
        filters.append(Filter("Received_At", ">=", period.since.isoformat()))
    if period.until is not None:
        filters.append(Filter("Received_At", "<", (period.until + timedelta(1)).isoformat()))
    rows = session.select(
        "Batch_Summary", filters=filters, order=[Order("Batch_ID", descending=True)], limit=NEWEST
    )
    return tuple(
        BatchQuality(row["Batch_ID"], row["Source_Name"], str(row["Received_At"])[:10], _added([row]))
        for row in rows
    )


def _added(rows: Iterable[Mapping[str, Any]]) -> Outcomes:
    sums = dict.fromkeys(("Loaded", "Promoted", "Unchanged", "Duplicate", "Quarantined"), 0)
    for row in rows:
        for name in sums:
            sums[name] += int(row[f"{name}_Count"])
    return Outcomes(*sums.values())

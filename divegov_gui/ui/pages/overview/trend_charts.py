"""The trends as charts: each number of them comes from the service, and stands in a mark's values, words and cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from divegov_gui.core.numbers import decimal, grouped, shortest, significant
from divegov_gui.services.queue_query import AGES, age_of
from divegov_gui.services.trends import BatchQuality, Trends
from divegov_gui.ui.widgets import plural
from divegov_gui.ui.widgets.chart_data import ChartData, Mark, Series

_RIGHT = Series("Right at once", "promoted")
_STOPPED = Series("Quarantined", "quarantined", "cross")
_AGE_WORDS = {
    "0": "Today",
    "7": "1–6 days",
    "30": "7–29 days",
    "90": "30–89 days",
    "365": "90–364 days",
    "older": "Over a year",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def share_chart(trends: Trends) -> ChartData:
    """The share of arrivals that needed no steward, day by day."""
    marks = []
    for one in trends.days:
        share = 100 * one.first_time_right
        right = one.outcomes.loaded - one.outcomes.quarantined
        marks.append(
            Mark(
                _short(one.day),
                (share,),
                f"{one.day}: {decimal(share)} % right at once, {grouped(right)} of "
                f"{plural(one.outcomes.loaded, 'record')} in {plural(one.batches, 'batch', 'batches')}",
                (one.day, one.batches, one.outcomes.loaded, one.outcomes.quarantined, round(share, 4)),
                date.fromisoformat(one.day).toordinal(),
                one.day,
            )
        )
    loaded = sum(one.outcomes.loaded for one in trends.days)
    right = loaded - sum(one.outcomes.quarantined for one in trends.days)
    lowest = min((mark.values[0] for mark in marks), default=0.0)
    return ChartData(
        "line",
        (_RIGHT,),
        tuple(marks),
        ("Day (UTC)", "Batches", "Records", "Quarantined", "Right, %"),
        lambda value: f"{shortest(value, 1)} %",
        least=max(0.0, 10 * ((lowest - 5) // 10)),
        most=100.0,
        said=f"Altogether {decimal(100 * right / loaded)} %: {grouped(right)} of {grouped(loaded)} records."
        if loaded
        else "",
    )


def batches_chart(batches: Sequence[BatchQuality]) -> ChartData:
    """The newest batches, and how much of each was stopped."""
    marks = tuple(
        Mark(
            f"Batch {one.batch_id} · {one.source}",
            (float(one.outcomes.loaded - one.outcomes.quarantined), float(one.outcomes.quarantined)),
            f"Batch {one.batch_id} of {one.day}, {one.source}: {decimal(100 * one.first_time_right)} % right at once; "
            f"{grouped(one.outcomes.quarantined)} of {plural(one.outcomes.loaded, 'record')} quarantined",
            (
                one.batch_id,
                one.day,
                one.outcomes.loaded,
                one.outcomes.quarantined,
                round(100 * one.first_time_right, 4),
            ),
            key=one.batch_id,
            aside=f"{decimal(100 * one.first_time_right)} % right",
        )
        for one in batches
    )
    left = len(marks) - ChartData.shown
    return ChartData(
        "rows",
        (_RIGHT, _STOPPED),
        marks,
        ("Batch", "Day (UTC)", "Records", "Quarantined", "Right, %"),
        said=f"{left} more in the table; all are under Batches."
        if left > 0
        else "Choose a batch to see its records.",
    )


def rules_chart(trends: Trends, wordings: Mapping[str, str]) -> ChartData:
    """How many arriving records broke each rule, the most broken first."""
    counts: dict[str, int] = defaultdict(int)
    for one in trends.rules:
        counts[one.code] += one.records
    loaded = sum(one.outcomes.loaded for one in trends.days) or 1
    marks = tuple(
        Mark(
            wordings.get(code, code),
            (float(counts[code]),),
            f"{wordings.get(code, code)} ({code}): {plural(counts[code], 'record')}, "
            f"{decimal(100 * counts[code] / loaded)} % of what arrived",
            (code, counts[code], round(100 * counts[code] / loaded, 4)),
            key=code,
        )
        for code in sorted(counts, key=lambda code: (-counts[code], code))
        if counts[code]
    )
    left = len(marks) - ChartData.shown
    return ChartData(
        "rows",
        (Series("Records", "danger"),),
        marks,
        ("Rule", "Records", "Of arrivals, %"),
        said=f"A record may break several. {left} more in the table."
        if left > 0
        else "A record may break several.",
    )


def sources_chart(trends: Trends) -> ChartData:
    """What each source has sent, and how much of it was stopped; the source with most to mend first."""
    marks = []
    for one in trends.sources:
        share = 100 * one.first_time_right
        stopped = one.outcomes.quarantined
        marks.append(
            Mark(
                one.name,
                (float(one.outcomes.loaded - stopped), float(stopped)),
                f"{one.name}: {decimal(share)} % right at once; {grouped(stopped)} of "
                f"{plural(one.outcomes.loaded, 'record')} quarantined, {plural(one.batches, 'batch', 'batches')}",
                (one.name, one.batches, one.outcomes.loaded, stopped, round(share, 4)),
                key=one.name,
                aside=f"{decimal(share)} % right",
            )
        )
    left = len(marks) - ChartData.shown
    return ChartData(
        "rows",
        (_RIGHT, _STOPPED),
        tuple(marks),
        ("Source", "Batches", "Records", "Quarantined", "Right, %"),
        said=f"{left} more in the table." if left > 0 else "Choose a source to see its batches.",
    )


def waits_chart(trends: Trends) -> ChartData:
    """The median time from quarantine to resolution, by the day of the resolution."""
    marks = tuple(
        Mark(
            _short(one.day),
            (one.median_minutes,),
            f"{one.day}: {plural(one.records, 'record')} resolved after a median of {wait(one.median_minutes)} "
            f"({grouped(one.released)} released, {grouped(one.merged)} merged, {grouped(one.discarded)} discarded)",
            (one.day, one.records, one.released, one.merged, one.discarded, round(one.median_minutes, 4)),
            date.fromisoformat(one.day).toordinal(),
        )
        for one in trends.resolutions
    )
    resolved = sum(one.records for one in trends.resolutions)
    longest = max((one.median_minutes for one in trends.resolutions), default=0.0)
    return ChartData(
        "line",
        (Series("Median wait", "info"),),
        marks,
        ("Day (UTC)", "Resolved", "Released", "Merged", "Discarded", "Median, min"),
        wait,
        unit=1.0 if longest < 90 else 60.0 if longest < 2880 else 1440.0,
        said=f"{plural(resolved, 'record')} resolved." if resolved else "",
    )


def backlog_chart(trends: Trends, today: date, days: int | None = None) -> ChartData:
    """The open records of the last `days` by how long they wait already; those that are ready apart."""
    ages = [age for age, (least, _) in AGES.items() if days is None or least < days]
    failing, ready = dict.fromkeys(ages, 0), dict.fromkeys(ages, 0)
    for one in trends.backlog:
        age = age_of(one.day, today)
        ready[age] += one.ready
        failing[age] += one.records - one.ready
    longer = f"{grouped(trends.elsewhen)} {'has' if trends.elsewhen == 1 else 'have'} waited longer."
    if not any(failing.values()) and not any(ready.values()):
        return ChartData("columns", said=longer if trends.elsewhen else "")
    marks = tuple(
        Mark(
            _AGE_WORDS[age],
            (float(failing[age]), float(ready[age])),
            f"{_AGE_WORDS[age]}: {grouped(failing[age])} fail still, {grouped(ready[age])} ready to resubmit",
            (_AGE_WORDS[age], failing[age], ready[age]),
            key=age,
        )
        for age in ages
    )
    waiting = sum(failing.values()) + sum(ready.values())
    return ChartData(
        "columns",
        (Series("Fail still", "quarantined", "cross"), Series("Ready to resubmit", "info")),
        marks,
        ("Waiting since", "Fail still", "Ready"),
        said=f"{plural(waiting, 'record')} {'waits' if waiting == 1 else 'wait'}."
        + (f" {longer}" if trends.elsewhen else ""),
    )


def repairs_chart(trends: Trends) -> ChartData:
    """What stewards change by hand, by column."""
    marks = tuple(
        Mark(
            one.column.replace("_", " ").capitalize(),
            (float(one.cells),),
            f"{one.column.replace('_', ' ').capitalize()}: {plural(one.cells, 'cell')} in "
            f"{plural(one.records, 'record')}",
            (one.column.replace("_", " ").capitalize(), one.cells, one.records),
        )
        for one in trends.repairs
    )
    return ChartData(
        "rows",
        (Series("Cells", "unchanged"),),
        marks,
        ("Column", "Cells", "Records"),
        said="What is fixed by hand over and over is worth fixing at its source.",
    )


def wait(minutes: float) -> str:
    """A time in the unit that fits: ``45 min``, ``3.5 h``, ``12 d``."""
    if not minutes:
        return "0"
    if minutes < 1:
        return f"{decimal(60 * minutes, 0)} s"
    if minutes < 90:
        return f"{decimal(minutes, 0)} min"
    hours = minutes / 60
    return f"{significant(hours)} h" if hours < 48 else f"{significant(hours / 24)} d"


def _short(day: str) -> str:
    year, month, number = day.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year[2:]}"

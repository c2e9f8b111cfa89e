"""A batch or a period on one page: HTML that needs nothing besides itself, and holds nobody's data.

Bars are table cells with a width and a ground, which browsers and the printer's simpler HTML draw alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from html import escape

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.conservation import Imbalance, Slice, check_all, check_slice
from divegov_gui.services.quality import (
    CLEAN_RECORD,
    BatchSummary,
    Outcomes,
    Score,
    read_batch,
    read_rejections,
    read_score,
    read_wordings,
)
from divegov_gui.services.trends import Period, Trends, first_time_right, read_trends

_COLORS = {"promoted": "#1A7F52", "unchanged": "#4A6F8F", "duplicate": "#7652A6", "quarantined": "#B45309"}
_INK = "#B3261E"
_NUMBER = re.compile(r"[<>]? ?[-+]?[\d.,’'\u00a0\u202f]+(?: %)?|–")
_ASIDE = {True: 'align="right"', False: 'align="left"'}
_LISTED = 10
"""And as many sources: it is one page."""
_TABLES = """
table.t { border-collapse: collapse; width: 100%; } p { margin: .2em 0; }
.muted { color: #4b6172; } .bad { color: #a8231b; font-weight: 600; } .good { color: #166b45; }
"""
_FACE = "'Inter', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
_SCREEN = (
    _TABLES
    + f"body {{ font: 10pt/1.45 {_FACE}; color: #0f2533; margin: 2em auto; max-width: 52em; }}"
    + """
h1 { font-size: 18pt; margin: 0 0 .2em; } h2 { font-size: 12pt; margin: 1.4em 0 .3em; }
table.t > tbody > tr > td, table.t > thead > tr > th { border-bottom: 1px solid #d6e0e6; padding: 3px 6px; }
"""
)
_PAPER = (
    _TABLES
    + f"body {{ font-family: {_FACE}; font-size: 8px; color: #0f2533; }}"
    + """
td, th { padding: 1px 4px; }
"""
)


@dataclass(frozen=True)
class Report:
    """A page: what it is about, and what stands on it."""

    title: str
    body: str

    @property
    def html(self) -> str:
        """For a screen."""
        return self._page(_SCREEN, self.body)

    @property
    def paper(self) -> str:
        """For a sheet of A4. A printer's HTML has headings of its own size, so they are paragraphs there.

        Who made it, and when, stands at the sheet's own head.
        """
        body = re.sub(r"<span>.*?</span>", "", self.body)
        for tag, style in (("h1", "font-size:14px"), ("h2", "font-size:10px; margin-top:8px")):
            body = body.replace(f"<{tag}>", f'<p style="{style}; font-weight:600">').replace(
                f"</{tag}>", "</p>"
            )
        return self._page(_PAPER, body)

    def _page(self, style: str, body: str) -> str:
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(self.title)}</title>'
            f"<style>{style}</style></head><body>{body}</body></html>\n"
        )


def batch_report(session: Session, batch_id: int, cancel: CancelToken | None = None) -> Report:
    """What became of one batch. Raises InputRefused where there is no such governed batch, and Cancelled."""
    with interruptible(session, cancel):
        try:
            batch = read_batch(session, batch_id)
        except IndexError:
            batch = None
        if batch is None or batch.outcomes is None:
            raise InputRefused(
                f"There is no governed batch {batch_id}.", hint="Choose one that has been governed."
            )
        wrong = check_slice(session, Slice(batch_id, batch_id, 1))
        rules = [(r.wording, r.records) for r in read_rejections(session, batch_id) if r.records]
        score = read_score(session, batch_id)
    parts = [
        _facts(batch),
        _conservation(batch.outcomes, wrong, "this batch"),
        _rules(rules, batch.outcomes.loaded),
        _score(score),
    ]
    title = f"Batch {batch_id}: {batch.source_name}"
    return Report(title, _page(title, "What became of every record of this batch.", parts))


def period_report(session: Session, period: Period, cancel: CancelToken | None = None) -> Report:
    """Quality in one period, from what arrived to what still waits. Raises Cancelled."""
    trends = read_trends(session, period, cancel)
    with interruptible(session, cancel):
        wordings = read_wordings(session)
        wrong = check_all(session)
    counts: dict[str, int] = defaultdict(int)
    for one in trends.rules:
        counts[one.code] += one.records
    rules = sorted(
        ((wordings[code], count) for code, count in counts.items() if count),
        key=lambda pair: (-pair[1], pair[0]),
    )
    whole = Outcomes(
        *(sum(getattr(day.outcomes, name) for day in trends.days) for name in Outcomes.__dataclass_fields__)
    )
    parts = [
        _conservation(whole, wrong, "every batch of this database"),
        _days(trends),
        _rules(rules, whole.loaded),
        _sources(trends),
        _review(trends),
    ]
    title = f"Data quality, {_words_of(period)}"
    return Report(title, _page(title, "What arrived from outside, by days in UTC.", parts))


# --- parts
def _facts(batch: BatchSummary) -> str:
    rows = [
        ("Source", batch.source_name),
        ("Kind", batch.source_kind),
        ("Received", f"{batch.received_at[:16]} UTC"),
        ("Governed", f"{(batch.governed_at or '')[:16]} UTC"),
    ]
    if batch.purged_at:
        rows.append(("Raw values purged", f"{batch.purged_at[:16]} UTC"))
    return _table(("", ""), rows, heading=False)


def _conservation(outcomes: Outcomes, wrong: Sequence[Imbalance], what: str) -> str:
    names = ("promoted", "unchanged", "duplicate", "quarantined")
    sign = "=" if outcomes.is_conserved else "≠"
    equation = f"{grouped(outcomes.loaded)} loaded {sign} " + " + ".join(
        f"{grouped(getattr(outcomes, name))} {name}" for name in names
    )
    rows = [
        (
            name.capitalize(),
            grouped(getattr(outcomes, name)),
            _percent(getattr(outcomes, name), outcomes.loaded),
            _Bar(getattr(outcomes, name), outcomes.loaded, _COLORS[name]),
        )
        for name in names
    ]
    said = (
        "".join(f'<p class="bad">ALARM. {escape(one.sentence)}</p>' for one in wrong)
        if wrong
        else f'<p class="good">Checked against the records: {escape(what)} adds up.</p>'
    )
    share = decimal(100 * first_time_right(outcomes))
    right = (
        f'<p style="margin-bottom:6px">Right at once: {share} % of {grouped(outcomes.loaded)} records.</p>'
    )
    table = _table(("Outcome", "Records", "Share", ""), rows)
    return f"<h2>Every record is accounted for</h2><p>{escape(equation)}</p>{said}{right}{table}"


def _rules(rules: Sequence[tuple[str, int]], loaded: int) -> str:
    most = max((count for _, count in rules), default=0)
    rows = [
        (words, grouped(count), _percent(count, loaded), _Bar(count, most, _INK)) for words, count in rules
    ]
    return "<h2>Rejections by rule</h2>" + _table(("Rule", "Records", "Share", ""), rows)


def _score(score: Score | None) -> str:
    if score is None:
        return ""
    rows = [
        (one.code, grouped(one.injected), grouped(one.found), grouped(one.missed), grouped(one.unexpected))
        if one.code != CLEAN_RECORD
        else ("Clean records", grouped(one.injected), "–", "–", grouped(one.unexpected))
        for one in score.defects
    ]
    said = f"{grouped(score.missed)} injected defects missed, {grouped(score.false_rejects)} clean records rejected."
    return (
        f"<h2>Score against what was injected</h2><p>{said}</p>"
        f"{_table(('Defect', 'Injected', 'Found', 'Missed', 'Extra'), rows)}"
    )


def _days(trends: Trends) -> str:
    rows = [
        (
            day.day,
            grouped(day.batches),
            grouped(day.outcomes.loaded),
            f"{decimal(100 * day.first_time_right)} %",
            _Bar(day.first_time_right, 1, _COLORS["promoted"]),
        )
        for day in trends.days[-_LISTED:]
    ]
    older = len(trends.days) - len(rows)
    more = (
        f'<p class="muted">{grouped(older)} earlier days are in the sums and not listed.</p>' if older else ""
    )
    return f"<h2>Day by day</h2>{_table(('Day', 'Batches', 'Records', 'Right at once', ''), rows)}{more}"


def _sources(trends: Trends) -> str:
    rows = [
        (
            one.name,
            grouped(one.batches),
            grouped(one.outcomes.loaded),
            grouped(one.outcomes.quarantined),
            f"{decimal(100 * one.first_time_right)} %",
        )
        for one in trends.sources[:_LISTED]
    ]
    return "<h2>By source</h2>" + _table(
        ("Source", "Batches", "Records", "Quarantined", "Right at once"), rows
    )


def _review(trends: Trends) -> str:
    resolved = sum(one.records for one in trends.resolutions)
    waiting = sum(one.records for one in trends.backlog)
    ready = sum(one.ready for one in trends.backlog)
    oldest = f", the oldest since {trends.backlog[0].day}" if trends.backlog else ""
    besides = (
        f" Besides, {grouped(trends.elsewhen)} wait that came at other times." if trends.elsewhen else ""
    )
    repairs = ", ".join(
        f"{one.column.replace('_', ' ').lower()} {grouped(one.cells)} {'cell' if one.cells == 1 else 'cells'}"
        for one in trends.repairs
    )
    return (
        f"<h2>Review</h2><p>{grouped(resolved)} records were resolved in the period.</p>"
        f"<p>{grouped(waiting)} records that came in the period wait still{escape(oldest)}; {grouped(ready)} of them "
        f"would be let in.{besides}</p><p>Fixed by hand in the period: {escape(repairs or 'nothing')}.</p>"
    )


# --- HTML
@dataclass(frozen=True)
class _Bar:
    """A bar of `value` in `whole`."""

    value: float
    whole: float
    color: str

    @property
    def html(self) -> str:
        """Two cells that share the width, the first of them filled."""
        width = max(1, round(100 * self.value / self.whole)) if self.whole and self.value else 0
        if not width:
            return ""
        cell = '<td width="{}%"{} style="font-size:5px; padding:0">&nbsp;</td>'
        rest = cell.format(100 - width, "") if width < 100 else ""
        filled = cell.format(width, f' bgcolor="{self.color}"')
        return f'<table width="100%" cellspacing="0" cellpadding="0"><tr>{filled}{rest}</tr></table>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str | _Bar]], *, heading: bool = True) -> str:
    """Numbers stand to the right under their headings, so that they can be compared; bars take a third."""
    lines = list(rows)
    if not lines:
        return '<p class="muted">None.</p>'
    numeric = [all(_is_number(line[place]) for line in lines) for place in range(len(heads))]
    body = "".join(f"<tr>{''.join(map(_cell, line, numeric))}</tr>" for line in lines)
    head = "".join(
        f'<th style="white-space:nowrap" {_ASIDE[right]}>{escape(one)}</th>'
        for one, right in zip(heads, numeric, strict=True)
    )
    shown = f"<thead><tr>{head}</tr></thead>" if heading else ""
    return (
        f'<table class="t" width="100%" cellspacing="0" cellpadding="3">{shown}<tbody>{body}</tbody></table>'
    )


def _is_number(cell: str | _Bar) -> bool:
    return isinstance(cell, str) and _NUMBER.fullmatch(cell) is not None


def _cell(cell: str | _Bar, right: bool) -> str:
    if isinstance(cell, _Bar):
        return f'<td width="34%">{cell.html}</td>'
    return f'<td style="white-space:nowrap" {_ASIDE[right]}>{escape(cell)}</td>'


def _page(title: str, about: str, parts: Iterable[str]) -> str:
    now = datetime.now(timezone.utc)
    return (
        f"<h1>{escape(title)}</h1>"
        f'<p class="muted">{escape(about)} No value of any person is on this page.'
        f"<span> Made at {now:%Y-%m-%d %H:%M} UTC by DiveGov Steward.</span></p>{''.join(parts)}"
    )


def _percent(count: int, whole: int) -> str:
    return f"{decimal(100 * count / whole)} %" if whole else "–"


def _words_of(period: Period) -> str:
    def words(day: date | None, otherwise: str) -> str:
        return day.isoformat() if day else otherwise

    if period.since is None and period.until is None:
        return "all time"
    today = datetime.now(timezone.utc).date()
    return f"{words(period.since, 'the beginning')} to {words(period.until or today, '')}"

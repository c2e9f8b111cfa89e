"""Where an instant stands on a timeline: to scale, or in equal steps; and which ticks an axis has.

Instants are whole microseconds since 1970 in UTC, so that two versions of one microsecond apart stay two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from divegov_gui.ui.times import date_text, which_hour

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def microseconds(utc: str) -> int:
    """The database's UTC text (0 to 7 digits of a second's fraction) as microseconds since 1970.

    A seventh digit counts as one more microsecond, so that who looks from the instant sees what began at it.
    """
    whole, _, fraction = utc.replace("T", " ").partition(".")
    instant = datetime.fromisoformat(whole[:19]).replace(tzinfo=timezone.utc)
    return (instant - _EPOCH) // timedelta(microseconds=1) + -(-int((fraction + "0000000")[:7]) // 10)


def utc_text(instant: int) -> str:
    """Microseconds since 1970 as the database's UTC text."""
    return f"{_EPOCH + timedelta(microseconds=instant):%Y-%m-%d %H:%M:%S.%f}"


def local_datetime(instant: int) -> datetime:
    """Microseconds since 1970 as a time of this machine's zone."""
    return (_EPOCH + timedelta(microseconds=instant)).astimezone()


@dataclass(frozen=True)
class Scale:
    """A monotone map between instants and places from 0 to 1, linear between its `knots`.

    Two knots are a time axis to scale; a knot at each change makes every version as wide as its neighbour.
    """

    knots: tuple[int, ...]

    @property
    def first(self) -> int:
        """The instant at place 0."""
        return self.knots[0]

    @property
    def last(self) -> int:
        """The instant at place 1."""
        return self.knots[-1]

    @property
    def is_linear(self) -> bool:
        """Whether equal distances are equal times."""
        return len(self.knots) == 2

    def place(self, instant: int) -> float:
        """Where `instant` stands; before the first and after the last it goes on at the pace of that end."""
        pieces = len(self.knots) - 1
        at = min(max(bisect_right(self.knots, instant) - 1, 0), pieces - 1)
        low, high = self.knots[at], self.knots[at + 1]
        return (at + (instant - low) / (high - low)) / pieces

    def instant(self, place: float) -> int:
        """Which instant stands at `place`."""
        pieces = len(self.knots) - 1
        at = min(max(int(place * pieces), 0), pieces - 1)
        low, high = self.knots[at], self.knots[at + 1]
        return low + round((place * pieces - at) * (high - low))


def to_scale(instants: Sequence[int], now: int) -> Scale:
    """The time axis over `instants` and `now`."""
    first, last = min([*instants, now]), max([*instants, now])
    return Scale((first, max(last, first + 10)))


def equal_steps(instants: Sequence[int], now: int) -> Scale:
    """One step from each of `instants` to the next, the last one to `now`."""
    knots = sorted({*instants, max([*instants, now])})
    return Scale(tuple(knots)) if len(knots) > 1 else Scale((knots[0], knots[0] + 10))


@dataclass(frozen=True)
class Tick:
    """A mark on the axis with what is written at it."""

    instant: int
    text: str


def ticks(first: int, last: int, most: int) -> tuple[str, list[Tick]]:
    """At most about `most` ticks of round local times between two instants, and what all of them share.

    What they share (``2026-07-16``) is empty where each says it itself.
    """
    least = max(1, (last - first) // max(1, most))
    if least > 31 * DAY or _fixed_step(least) is None:
        return "", list(_calendar_ticks(first, last, least))
    step = _fixed_step(least)
    assert step is not None
    shared, style = _style(step)
    found = [Tick(t, _written(local_datetime(t), style)) for t in _multiples(first, last, step)]
    if style == _DAYS:
        return "", found
    begin = local_datetime(first)
    which = which_hour(begin) if style == _FRACTIONS else ""
    return f"{date_text(begin)}{begin.strftime(shared)}{which}", found


def _fixed_step(least: int) -> int | None:
    """The shortest round step of a fixed length that is no shorter than `least`."""
    below = [n * 10**e for e in range(6) for n in (1, 2, 5)]
    clock = [n * SECOND for n in (1, 2, 5, 10, 15, 30)] + [n * MINUTE for n in (1, 2, 5, 10, 15, 30)]
    longer = [n * HOUR for n in (1, 2, 3, 6, 12)] + [n * DAY for n in (1, 2, 5, 10)]
    return next((step for step in [*below, *clock, *longer] if step >= least), None)


_DAYS, _FRACTIONS = "days", "%S.%f"


def _style(step: int) -> tuple[str, str]:
    """What ticks of this step share besides the day, and how each is written."""
    if step >= DAY:
        return "", _DAYS
    if step >= MINUTE:
        return "", "%H:%M"
    if step >= SECOND:
        return "", "%H:%M:%S"
    return " %H:%M", _FRACTIONS


def _written(moment: datetime, style: str) -> str:
    """The time of a tick; midnight says which day begins."""
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    if style == _DAYS or (midnight and style in ("%H:%M", "%H:%M:%S")):
        return date_text(moment)
    return f"{moment:{style}}" + ("" if style == _FRACTIONS else which_hour(moment))


def _multiples(first: int, last: int, step: int) -> Iterator[int]:
    """The instants of whole local steps: midnight is a tick in every zone, and on either side of a clock change."""
    offset = local_datetime(first).utcoffset() or timedelta()
    shift = offset // timedelta(microseconds=1)
    at = -(-(first + shift) // step) * step - shift
    if step < HOUR:  # no clock change moves these
        yield from range(at, last + 1, step)
        return
    wall = (first + shift) // step * step
    while wall - shift <= last + DAY:
        yield from (at for at in _instants(wall) if first <= at <= last)
        wall += step


def _instants(wall: int) -> list[int]:
    """When the clock on the wall shows a time: once as a rule, never or twice where it is changed."""
    shown = _EPOCH.replace(tzinfo=None) + timedelta(microseconds=wall)
    found = {(shown.replace(fold=fold).astimezone() - _EPOCH) // timedelta(microseconds=1) for fold in (0, 1)}
    return sorted(at for at in found if local_datetime(at).replace(tzinfo=None) == shown)


def _calendar_ticks(first: int, last: int, least: int) -> Iterator[Tick]:
    """Ticks at the beginning of months or years."""
    months = next((n for n in (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200) if n * 30 * DAY >= least), 1200)
    moment = local_datetime(first)
    number = -(-(moment.year * 12 + moment.month - 1) // months) * months
    while number // 12 <= 9000:
        begin = datetime(number // 12, number % 12 + 1, 1).astimezone()
        at = (begin - _EPOCH) // timedelta(microseconds=1)
        if at > last:
            return
        if at >= first:
            yield Tick(at, f"{begin:%Y}" if months >= 12 else f"{begin:%Y-%m}")
        number += months

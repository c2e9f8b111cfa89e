"""The versions and marks of a timeline in order of time: which of thousands are in sight, and near a pixel."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan
from divegov_gui.ui.pages.history.timeline_window import TimeWindow

SLIM = 4.0
"""A version that is narrower in pixels is drawn as one with its neighbours that are so too."""


@dataclass(frozen=True)
class Piece:
    """Versions that are drawn as one, by their first and last place: one version as a rule."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many versions it is."""
        return self.last - self.first + 1


class Lives:
    """All that a timeline shows. Nothing here costs more for a version that is not in sight."""

    def __init__(self, spans: Sequence[VersionSpan], marks: Sequence[StoryMark], now: int) -> None:
        self.spans, self.now = tuple(spans), now
        self.marks = tuple(sorted(marks, key=lambda mark: mark.instant))
        self.starts = [span.first for span in self.spans]

    @cached_property
    def changes(self) -> list[int]:
        """Every instant at which a version begins or ends, in order."""
        return sorted({*self.starts, *(span.last for span in self.spans if span.last is not None)})

    @cached_property
    def shortest(self) -> int:
        """For how long the shortest version was valid, in microseconds."""
        return min((self.end(place) - start for place, start in enumerate(self.starts)), default=0)

    def end(self, place: int) -> int:
        """When the version at a place ended; now, and never before it began, where it has not."""
        span = self.spans[place]
        return max(self.now, span.first + 1) if span.last is None else span.last

    def place_before(self, instant: int) -> int:
        """The place of the last version that began by an instant, -1 for none."""
        return bisect_right(self.starts, instant) - 1

    def place_at(self, instant: int) -> int | None:
        """The place of the version that was valid at an instant; None where there was none."""
        place = self.place_before(instant)
        if place < 0:
            return None
        last = self.spans[place].last
        return place if last is None or instant < last else None

    def nearest_change(self, instant: int) -> int:
        """The beginning or end of a version that is nearest to an instant in time."""
        at = bisect_left(self.changes, instant)
        return min(self.changes[max(0, at - 1) : at + 1], key=lambda each: abs(each - instant))

    def marks_between(self, first: int, last: int) -> Sequence[StoryMark]:
        """The marks of a span of time, in order."""
        low = bisect_left(self.marks, first, key=lambda mark: mark.instant)
        return self.marks[low : bisect_right(self.marks, last, key=lambda mark: mark.instant)]

    def in_sight(self, window: TimeWindow, margin: float) -> Iterator[Piece]:
        """What is between the window's edges and `margin` pixels beyond, from left to right."""
        left = window.x0 - margin
        at = max(0, self.place_before(window.instant(left)))
        # An instant is a whole microsecond, and may be the next version's already where one lasted no longer.
        while at and window.x(self.end(at - 1)) > left:
            at -= 1
        right = window.instant(window.x0 + window.width + margin)
        while at < len(self.spans) and self.starts[at] <= right:
            last = self._last_slim(at, window)
            yield Piece(at, last)
            at = last + 1

    def _last_slim(self, first: int, window: TimeWindow) -> int:
        """The last of the versions that are drawn as one with the one at `first`, step by step of some pixels."""
        if not self._is_slim(first, window):
            return first
        last, edge = first, window.x0 + window.width + SLIM
        while (end := window.x(self.end(last))) < edge:
            beyond = self.place_before(window.instant(end + SLIM))
            if beyond <= last:
                break
            if not self._is_slim(beyond, window):
                return beyond - 1
            last = beyond
        return last

    def _is_slim(self, place: int, window: TimeWindow) -> bool:
        last = self.spans[place].last
        return last is not None and window.x(last) - window.x(self.starts[place]) < SLIM

"""The part of a timeline that is in sight: zooming, panning, and which pixel an instant is."""

from __future__ import annotations

from dataclasses import dataclass

from divegov_gui.ui.pages.history.timeline_scale import Scale

_FINEST_US = 8
"""The shortest time that fills a timeline to scale."""
_AIR = 0.04
"""How much room beyond either end may come into sight."""


@dataclass
class TimeWindow:
    """A section of a scale laid over pixels `x0` to `x0 + width`."""

    scale: Scale
    x0: float = 0.0
    width: float = 100.0
    left: float = -_AIR
    span: float = 1 + 2 * _AIR

    def x(self, instant: int) -> float:
        """The pixel of an instant."""
        return self.x0 + self._beyond_left(instant) / self.span * self.width

    def instant(self, x: float) -> int:
        """The instant of a pixel."""
        beyond = (x - self.x0) / self.width * self.span
        if not self.scale.is_linear:
            return self.scale.instant(self.left + beyond)
        near = self.scale.instant(self.left)
        return near + round((beyond - self._beyond_left(near)) * (self.scale.last - self.scale.first))

    @property
    def is_whole(self) -> bool:
        """Whether all of it is in sight."""
        return self.span >= 1 + 2 * _AIR

    def fit(self) -> None:
        """Bring all of it into sight."""
        self.left, self.span = -_AIR, 1 + 2 * _AIR

    def zoom(self, factor: float, at_x: float) -> None:
        """Show `1 / factor` of what is in sight; what is at pixel `at_x` stays there."""
        share = (at_x - self.x0) / self.width
        fixed = self.left + share * self.span
        self.span = min(max(self.span / factor, self._least()), 1 + 2 * _AIR)
        self.left = fixed - share * self.span
        self._stay()

    def pan(self, pixels: float) -> None:
        """Move what is in sight by some pixels to the right."""
        self.left -= pixels / self.width * self.span
        self._stay()

    def show(self, first: int, last: int) -> None:
        """Zoom to a span of time, with some air around it."""
        low, high = self.scale.place(first), self.scale.place(last)
        self.span = min(max((high - low) * 1.5, self._least()), 1 + 2 * _AIR)
        self.left = (low + high - self.span) / 2
        self._stay()

    def reveal(self, first: int, last: int) -> None:
        """Pan as little as needed for a span of time to be in sight, its beginning above all."""
        low, high = self.scale.place(first), self.scale.place(last)
        air = self.span * 0.03
        if high + air > self.left + self.span:
            self.left = high + air - self.span
        if low - air < self.left:
            self.left = low - air
        self._stay()

    def _beyond_left(self, instant: int) -> float:
        """How far an instant stands from the left edge, in places.

        To scale it is measured from an instant near by: microseconds apart would else be rounded, years from the first.
        """
        if not self.scale.is_linear:
            return self.scale.place(instant) - self.left
        near = self.scale.instant(self.left)
        lasted = self.scale.last - self.scale.first
        return (instant - near) / lasted + (self.scale.place(near) - self.left)

    def _least(self) -> float:
        if self.scale.is_linear:
            return min(1.0, _FINEST_US / (self.scale.last - self.scale.first))
        return 0.25 / (len(self.scale.knots) - 1)

    def _stay(self) -> None:
        """Keep within the scale and a little air at its ends."""
        air = min(_AIR, self.span * _AIR)
        self.left = min(max(self.left, -max(air, _AIR if self.is_whole else air)), 1 + _AIR - self.span)
        if self.is_whole:
            self.left = -_AIR

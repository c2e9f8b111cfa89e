"""What a chart shows: marks with their numbers, in words and in cells; and where they lie in a rectangle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QPointF, QRectF

from divegov_gui.core.numbers import decimal

Form = Literal["line", "columns", "rows"]
ROW_HEIGHT = 38
_LEFT, _TOP, _BOTTOM, _RIGHT = 52.0, 12.0, 26.0, 14.0


@dataclass(frozen=True)
class Series:
    """One kind of number: its name, its tone and its pattern, so that colour alone carries nothing."""

    name: str
    tone: str
    pattern: str = "solid"


@dataclass(frozen=True)
class Mark:
    """One place on a chart: `values` in the order of the series, `at` its place along a line's axis.

    `words` say all of it; `cells` are its row in the table and in a CSV file; `key` is what a click on it gives.
    """

    label: str
    values: tuple[float, ...]
    words: str
    cells: tuple[Any, ...]
    at: float = 0.0
    key: Any = None
    aside: str = ""
    """What stands at the end of a row, where that is not the sum of the values."""


@dataclass(frozen=True)
class ChartData:
    """Everything that a chart shows. `heads` are the headings of the cells; of rows `shown` are drawn, all are listed.

    The grid's lines stand at round numbers of `unit`s, such as 60 for hours where the values are minutes.
    """

    form: Form
    series: tuple[Series, ...] = ()
    marks: tuple[Mark, ...] = ()
    heads: tuple[str, ...] = ()
    format: Callable[[float], str] = field(default=lambda value: decimal(value, 0), compare=False)
    least: float = 0.0
    most: float | None = None
    shown: int = 6
    unit: float = 1.0
    said: str = ""
    """What there is to say while no mark is looked at."""

    @property
    def drawn(self) -> tuple[Mark, ...]:
        """The marks that are drawn: of rows only the first ones."""
        return self.marks[: self.shown] if self.form == "rows" else self.marks

    @property
    def height(self) -> int:
        """How many pixels it wants."""
        return max(2, len(self.drawn)) * ROW_HEIGHT + 4 if self.form == "rows" else 6 * ROW_HEIGHT + 4


@dataclass(frozen=True)
class ChartPlan:
    """Where everything of a chart lies in `area`."""

    data: ChartData
    area: QRectF

    @property
    def plot(self) -> QRectF:
        """Where lines and columns are."""
        return self.area.adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    @property
    def ticks(self) -> tuple[float, ...]:
        """The values of the grid's lines: at most five, at round numbers."""
        unit = self.data.unit
        return tuple(tick * unit for tick in _ticks(self.data.least / unit, self._highest / unit))

    def x_of(self, index: int) -> float:
        """The middle of a mark, from the left."""
        marks, plot = self.data.drawn, self.plot
        if self.data.form == "columns":
            return plot.left() + plot.width() * (index + 0.5) / len(marks)
        first, last = marks[0].at, marks[-1].at
        share = (marks[index].at - first) / (last - first) if last > first else 0.5
        return plot.left() + plot.width() * share

    def y_of(self, value: float) -> float:
        """The height of a value, from the top."""
        low, high = self.ticks[0], self.ticks[-1]
        share = (value - low) / (high - low) if high > low else 0.0
        return self.plot.bottom() - self.plot.height() * share

    def points(self) -> list[QPointF]:
        """The points of a line."""
        return [QPointF(self.x_of(i), self.y_of(mark.values[0])) for i, mark in enumerate(self.data.drawn)]

    def column(self, index: int) -> list[QRectF]:
        """The parts of a column, one a series, the first at the foot."""
        width = min(56.0, self.plot.width() / len(self.data.drawn) * 0.62)
        left, foot = self.x_of(index) - width / 2, 0.0
        parts = []
        for value in self.data.drawn[index].values:
            top, bottom = self.y_of(foot + value), self.y_of(foot)
            parts.append(QRectF(left, top, width, bottom - top))
            foot += value
        return parts

    def row(self, index: int) -> QRectF:
        """The whole place of a row."""
        return QRectF(
            self.area.left(), self.area.top() + 2 + index * ROW_HEIGHT, self.area.width(), ROW_HEIGHT
        )

    def bars(self, index: int) -> list[QRectF]:
        """The parts of a row's bar, one a series."""
        place = self.row(index)
        left, room = place.left() + 8, place.width() - 16
        most = max((sum(mark.values) for mark in self.data.drawn), default=0.0) or 1.0
        parts = []
        for value in self.data.drawn[index].values:
            width = room * value / most
            parts.append(QRectF(left, place.top() + 25, width, 8))
            left += width
        return parts

    def mark_at(self, at: QPointF) -> int:
        """The index of the mark under a point, -1 for none: the nearest along a line's or columns' axis."""
        marks = self.data.drawn
        if not marks or not self.area.contains(at):
            return -1
        if self.data.form == "rows":
            index = int((at.y() - self.area.top() - 2) // ROW_HEIGHT)
            return index if 0 <= index < len(marks) else -1
        return min(range(len(marks)), key=lambda i: abs(self.x_of(i) - at.x()))

    def labelled(self, width: Callable[[str], float]) -> list[int]:
        """The marks whose labels have room under the axis, always the last one; `width` measures a text."""
        taken: list[int] = []
        free = math.inf
        for index in range(len(self.data.drawn) - 1, -1, -1):
            needed = width(self.data.drawn[index].label)
            left = self.label_left(index, needed)
            if left + needed + 12 <= free:
                taken.append(index)
                free = left
        return taken

    def label_left(self, index: int, width: float) -> float:
        """Where a label of that width begins: under its mark, and within the chart."""
        return min(max(self.x_of(index) - width / 2, self.area.left()), self.area.right() - width)

    @property
    def _highest(self) -> float:
        sums = (sum(mark.values) for mark in self.data.drawn)
        return self.data.most if self.data.most is not None else max(sums, default=0.0)


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Round numbers from at most `low` to at least `high`, five of them or fewer."""
    rough = (high - low if high > low else 1.0) / 4
    unit: float = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough * 0.999)
    if low == 0 and (high >= 2 or high == low):
        step = max(1.0, round(step))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return tuple(step * i for i in range(first, max(last, first + 1) + 1))

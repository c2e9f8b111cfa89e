"""What became of a batch's rows, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from divegov_gui.core.numbers import decimal, grouped

OUTCOMES: tuple[tuple[str, str, str], ...] = (
    ("promoted", "Promoted", "solid"),
    ("unchanged", "Unchanged", "diagonal"),
    ("duplicate", "Duplicate", "dots"),
    ("quarantined", "Quarantined", "cross"),
)
"""Key (also the tone and the icon), label and pattern of each outcome, in order."""


@dataclass(frozen=True)
class OutcomeCounts:
    """How many rows were loaded, and how many of them came to each outcome."""

    loaded: int
    promoted: int = 0
    unchanged: int = 0
    duplicate: int = 0
    quarantined: int = 0

    @property
    def accounted(self) -> int:
        """How many rows have an outcome."""
        return self.promoted + self.unchanged + self.duplicate + self.quarantined

    @property
    def missing(self) -> int:
        """Rows loaded less rows with an outcome: anything but 0 is an alarm."""
        return self.loaded - self.accounted

    @property
    def holds(self) -> bool:
        """Whether every row has exactly one outcome."""
        return self.missing == 0

    def of(self, key: str) -> int:
        """The count of one outcome, or of ``missing``."""
        return abs(self.missing) if key == "missing" else int(getattr(self, key))

    def segments(self) -> Iterator[tuple[str, str, str, int]]:
        """Key, label, pattern and count of each outcome that has rows, and of rows without one."""
        for key, label, pattern in OUTCOMES:
            if self.of(key):
                yield key, label, pattern, self.of(key)
        if self.missing > 0:
            yield "missing", "Without an outcome", "cross", self.missing

    def share(self, key: str) -> str:
        """The share of an outcome in what was loaded, in per cent, for people."""
        count = self.of(key)
        if not self.loaded:
            return "0 %"
        percent = 100 * count / self.loaded
        if 0 < percent < 0.1:
            return "< 0.1 %"
        if 99.9 < percent < 100:
            return "> 99.9 %"
        return f"{decimal(percent, 0)} %" if percent in (0, 100) else f"{decimal(percent)} %"

    @property
    def verdict(self) -> str:
        """Whether it holds, in a few words."""
        if self.holds:
            return "Every row has exactly one outcome"
        if self.missing > 0:
            return f"{grouped(self.missing)} {_rows(self.missing)} without an outcome"
        return f"{grouped(-self.missing)} more {'outcome' if self.missing == -1 else 'outcomes'} than rows"

    @property
    def sentence(self) -> str:
        """The equation in words."""
        parts = ", ".join(f"{grouped(self.of(key))} {label.lower()}" for key, label, _ in OUTCOMES)
        alarm = "" if self.holds else "Alarm: the sum does not hold. "
        return f"{alarm}{grouped(self.loaded)} {_rows(self.loaded)} loaded: {parts}. {self.verdict}."


def _rows(count: int) -> str:
    return "row" if abs(count) == 1 else "rows"


def widths(counts: list[int], room: float, least: float, gap: float) -> list[float]:
    """Widths in proportion to `counts` that fill `room` less the gaps, each at least `least`.

    What the small ones take beyond their share, the others give in proportion.
    """
    if not counts:
        return []
    room -= gap * (len(counts) - 1)
    small: set[int] = set()
    while True:
        free = room - least * len(small)
        total = sum(count for i, count in enumerate(counts) if i not in small)
        newly = {i for i, n in enumerate(counts) if i not in small and n * free < least * total}
        if not newly or len(small | newly) == len(counts):
            break
        small |= newly
    return [least if i in small else free * n / total for i, n in enumerate(counts)]

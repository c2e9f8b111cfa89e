"""What a table's columns are, and how a cell's value becomes text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from divegov_gui.core.numbers import grouped

Row = Any
"""One record as the page fetched it: a mapping by column name, or an object with such attributes."""


class CellBadge(NamedTuple):
    """A cell shown as a state: text, tone, and the sign's icon (the tone's own where empty)."""

    text: str
    tone: str = "neutral"
    sign: str = ""


def as_text(value: Any) -> str:
    """A value for people: nothing for None, whole numbers grouped."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return grouped(value)
    return str(value)


@dataclass(frozen=True)
class Column:
    """One column: `name` is the view's column, `title` what stands over it."""

    name: str
    title: str
    width: int = 140
    align_right: bool = False
    format: Callable[[Any], str] = as_text
    mono: bool = False
    sortable: bool = True
    editable: bool = False
    badge: Callable[[Row], CellBadge | None] | None = None
    """Shows the cell as a badge, made from the whole row."""
    tone: Callable[[Row], str] | None = None
    """Colours the cell's text by a tone (an empty one leaves it), made from the whole row."""
    tooltip: Callable[[Row], str] | None = None
    spoken: Callable[[Row], str] | None = None
    """What assistive technology reads, where that is more than the text."""
    copied: Callable[[Row], str] | None = None
    """What is copied, where that is more than the text."""

    def as_copied(self, row: Row, text: str) -> str:
        """What is copied of a cell that shows `text`."""
        return text if self.copied is None else self.copied(row)


@dataclass(frozen=True)
class SortChoice:
    """A person wants the rows in the order of a column."""

    column: str
    ascending: bool


@dataclass(frozen=True)
class CellEdit:
    """A person has typed `new` into a cell."""

    index: int
    row: Row
    column: str
    old: Any
    new: str


def read(row: Row, name: str) -> Any:
    """The value of column `name` in `row`."""
    return row[name] if isinstance(row, Mapping) else getattr(row, name)

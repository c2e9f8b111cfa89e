"""Which columns the grid shows, in which order, how wide, and which are pinned: kept between two starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from divegov_gui.ui.pages.quarantine.columns import HIDDEN, PINNED
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.widgets import Column

KEY = "quarantine/columns"


@dataclass(frozen=True)
class GridLayout:
    """The names of the columns in their order, those hidden, those pinned, and their widths."""

    order: tuple[str, ...]
    hidden: frozenset[str]
    pinned: frozenset[str]
    widths: dict[str, int]

    @classmethod
    def first(cls, columns: Sequence[Column]) -> GridLayout:
        """What one finds before one has chosen."""
        return cls(
            tuple(column.name for column in columns),
            frozenset(HIDDEN),
            frozenset(PINNED),
            {column.name: column.width for column in columns},
        )

    @classmethod
    def kept(cls, columns: Sequence[Column], settings: UiSettings) -> GridLayout:
        """What a person has chosen; columns that have come or gone since then are put right."""
        first = cls.first(columns)
        try:
            found = json.loads(str(settings.value(KEY, "")))
            known = [name for name in found["order"] if name in first.order]
            return cls(
                (*known, *(name for name in first.order if name not in known)),
                frozenset(found["hidden"]) & set(first.order),
                frozenset(found["pinned"]) & set(first.order),
                first.widths | {name: int(width) for name, width in found["widths"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return first

    def keep(self, settings: UiSettings) -> None:
        """Remember it."""
        text = json.dumps(
            {
                "order": self.order,
                "hidden": sorted(self.hidden),
                "pinned": sorted(self.pinned),
                "widths": self.widths,
            }
        )
        settings.set_value(KEY, text)

    def visual_order(self) -> tuple[str, ...]:
        """The order on the screen: what is pinned comes first."""
        pinned = tuple(name for name in self.order if name in self.pinned)
        return pinned + tuple(name for name in self.order if name not in self.pinned)

    def shown(self, name: str, is_shown: bool) -> GridLayout:
        """The same with one column shown or hidden; the last one in sight stays."""
        hidden = self.hidden - {name} if is_shown else self.hidden | {name}
        return self if len(hidden) == len(self.order) else replace(self, hidden=hidden)

    def moved(self, name: str, step: int) -> GridLayout:
        """The same with one column moved past the next shown one of its kind, pinned or not, in one direction."""
        order = list(self.visual_order())
        beside = [
            each
            for each in order
            if each not in self.hidden and (each in self.pinned) == (name in self.pinned)
        ]
        place = beside.index(name) + step if name in beside else -1
        if not 0 <= place < len(beside):
            return self
        target = order.index(beside[place])
        order.remove(name)
        order.insert(target, name)
        return replace(self, order=tuple(order))

    def with_pin(self, name: str, is_pinned: bool) -> GridLayout:
        """The same with one column pinned or not."""
        return replace(self, pinned=self.pinned | {name} if is_pinned else self.pinned - {name})

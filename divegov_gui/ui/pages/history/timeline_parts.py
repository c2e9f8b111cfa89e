"""What a timeline shows: versions as spans of time, and what happened around them as marks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from divegov_gui.ui.pages.history.timeline_scale import microseconds
from divegov_gui.ui.times import both_times


@dataclass(frozen=True)
class VersionSpan:
    """One version: valid from `start` until `end` (None: it still is). Times are UTC text."""

    number: int
    start: str
    end: str | None
    changes: str
    """What it changed, in words: ``Email, Phone``."""
    actor: str
    reason: str
    ends_deleted: bool = False
    """Whether nothing came after it when it ended: the diver was deleted."""
    deletion: str = ""
    """By whom and why, where that is known: `` by maria: Asked to``."""

    @cached_property
    def first(self) -> int:
        """Its beginning in microseconds since 1970."""
        return microseconds(self.start)

    @cached_property
    def last(self) -> int | None:
        """Its end in microseconds since 1970, None while it is the current one."""
        return None if self.end is None else microseconds(self.end)

    @property
    def title(self) -> str:
        """``Version 3``."""
        return f"Version {self.number}"

    @property
    def sentence(self) -> str:
        """All of it in words, for a hover and for who does not see the picture."""
        until = "and still valid" if self.end is None else f"until {both_times(self.end)}"
        ended = f". Then deleted{self.deletion}" if self.ends_deleted else ""
        return (
            f"{self.title}: {self.changes}. By {self.actor}: {self.reason}\n"
            f"Valid from {both_times(self.start)} {until}{ended}"
        )


@dataclass(frozen=True)
class StoryMark:
    """One thing that happened to the record, at an instant: shown above the versions."""

    at: str
    icon: str
    tone: str
    words: str

    @cached_property
    def instant(self) -> int:
        """When, in microseconds since 1970."""
        return microseconds(self.at)

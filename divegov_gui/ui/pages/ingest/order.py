"""What a pane hands to the page once it is filled in: the source to make, and what to call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from divegov_gui.core.records import RecordSource


@dataclass(frozen=True)
class Order:
    """One source to ingest; `make` is called in the worker's thread and may raise InputRefused."""

    name: str
    count: int
    make: Callable[[], RecordSource]

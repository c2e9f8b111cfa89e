"""Whom a text finds, as the pages that begin with a person ask for it in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services import directory, diver_search, history
from divegov_gui.services.deployment import plan_deployment

_LAST = 100
"""How many of those who changed last are listed where nothing is searched."""


@dataclass(frozen=True)
class Found:
    """One diver that a search has found: by a value of now, or by a `former` one of `former_column`."""

    diver_id: int
    first_name: str
    last_name: str
    email: str
    is_deleted: bool = False
    former: str = ""
    former_column: str = ""


def search(
    scripts: Path | None, text: str, most: int, session: Any, _: ProgressSink, cancel: CancelToken
) -> tuple[Found, ...] | None:
    """Whom a text finds, at most `most` of them; without a text, those who changed last.

    None where a script that makes it never ran.
    """
    plan = plan_deployment(session, scripts)
    if any(script.journal is None for script in plan.scripts):
        return None
    if not text:
        return tuple(_found(each) for each in directory.read_newest(session, min(_LAST, most), cancel))
    return tuple(_matched(each) for each in diver_search.search(session, text, limit=most, cancel=cancel))


def _found(version: history.Version) -> Found:
    first, last, email = version.values[:3]
    return Found(version.diver_id, first or "", last or "", email or "")


def _matched(match: diver_search.Match) -> Found:
    first, last, email = match.latest.values[:3]
    return Found(
        match.diver_id,
        first or "",
        last or "",
        email or "",
        match.is_deleted,
        match.term if match.is_former else "",
        match.column,
    )

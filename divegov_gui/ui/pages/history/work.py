"""What the page History asks of the database, in the worker's thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services import directory, diver_search, history, roles
from divegov_gui.services.story import Chapter, read_thread
from divegov_gui.ui.pages.history.timeline_parts import VersionSpan
from divegov_gui.ui.pages.history.timeline_scale import microseconds, utc_text
from divegov_gui.ui.pages.history.versions import Version, versions_of


@dataclass(frozen=True)
class DiverHistory:
    """All that is known of one diver: versions in their order of time, and the story around them."""

    diver_id: int
    versions: tuple[Version, ...]
    chapters: tuple[Chapter, ...] = ()
    now: int = 0
    timeline: history.Timeline | None = None
    spans: tuple[VersionSpan, ...] = ()
    """The versions as the timeline draws them."""
    may_change: bool = True
    may_prove: bool = True

    @property
    def is_deleted(self) -> bool:
        """Whether there is no such diver any more."""
        return bool(self.versions) and self.versions[-1].ends_deleted


# --- finding


def prepare_search(session: Any, progress: ProgressSink, cancel: CancelToken) -> int:
    """Make new divers quick to find, where the role may; returns how many there were."""
    if not roles.may(session, "Index_Divers"):
        return 0
    return diver_search.prepare_search(session, progress=progress, cancel=cancel)


# --- one diver


def read_history(diver_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> DiverHistory:
    """All that is known of one diver."""
    found = history.timeline(session, diver_id, cancel=cancel)
    changes = directory.changes_of(session, diver_id, cancel)
    mine = roles.role_of(session)
    chapters = read_thread(session, diver_id, cancel) if mine.may("Record_Story") else ()
    versions = versions_of(found, changes)
    newest = microseconds(versions[-1].valid_from) + 1 if versions else 0
    return DiverHistory(
        diver_id,
        versions,
        chapters,
        max(time.time_ns() // 1000, newest),  # the database's clock may be ahead of this machine's
        found,
        _spans(versions),
        mine.may("Update_Diver"),
        mine.may("Action_Log"),
    )


def _spans(versions: tuple[Version, ...]) -> tuple[VersionSpan, ...]:
    """The versions as the timeline draws them, their instants read here: of thousands that would hold up a window."""
    spans = tuple(version.span() for version in versions)
    for span in spans:
        _ = span.first, span.last
    return spans


# --- all divers


def read_directory(
    instant: int | None, session: Any, _: ProgressSink, cancel: CancelToken
) -> directory.Directory:
    """The directory as of an instant (microseconds since 1970), None for now."""
    return directory.read_directory(session, None if instant is None else utc_text(instant), cancel)


def write_changes(
    wanted: directory.ChangeFilter, path: Path, session: Any, progress: ProgressSink, cancel: CancelToken
) -> int:
    """Write what changed to a file."""
    return directory.export_changes(session, wanted, path, progress=progress, cancel=cancel)


def read_changes(
    wanted: directory.ChangeFilter, most: int, session: Any, _: ProgressSink, cancel: CancelToken
) -> directory.Changes:
    """What changed between two instants, the newest `most` of it."""
    return directory.read_changes(session, wanted, cancel, most=most)


def count_changes(wanted: directory.ChangeFilter, session: Any, _: ProgressSink, cancel: CancelToken) -> int:
    """How much changed between two instants in all."""
    return directory.count_changes(session, wanted, cancel)

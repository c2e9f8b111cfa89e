"""A record's story in the page's words: a sign and a tone for each kind of thing that happened."""

from __future__ import annotations

from collections.abc import Sequence

from divegov_gui.services.story import Chapter
from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.history.timeline_parts import StoryMark
from divegov_gui.ui.pages.history.versions import TITLES
from divegov_gui.ui.widgets.story_thread import StoryEvent

_SIGNS = {
    "Arrived": ("ingest", "info"),
    "Rejected": ("quarantined", "danger"),
    "Edited": ("edit", "neutral"),
    "Resubmitted": ("upload", "info"),
    "Discarded": ("discard", "danger"),
    "Reopened": ("undo", "warning"),
    "Claimed": ("claim", "neutral"),
    "Released": ("release", "success"),
    "Merged": ("merge", "duplicate"),
    "Version": ("history", "promoted"),
    "Deleted": ("delete", "danger"),
    "Erased": ("erase", "danger"),
}
"""Icon and tone of each kind."""


def sign_of(kind: str) -> tuple[str, str]:
    """Icon and tone of a kind of event; one that is not known here is neutral."""
    return _SIGNS.get(kind, ("neutral", "neutral"))


def events_of(chapters: Sequence[Chapter], mask: bool) -> tuple[StoryEvent, ...]:
    """The chapters of a story as the thread shows them."""
    return tuple(_event(chapter, mask) for chapter in chapters)


def marks_of(chapters: Sequence[Chapter]) -> tuple[StoryMark, ...]:
    """What the timeline shows above the versions: all but what the versions show themselves."""
    return tuple(
        StoryMark(
            each.at,
            *sign_of(each.kind),
            f"{each.kind}: {each.summary}" + (f" ({each.actor})" * bool(each.actor)),
        )
        for each in chapters
        if each.kind not in ("Version", "Deleted")
    )


def _event(chapter: Chapter, mask: bool) -> StoryEvent:
    lines = [chapter.summary] if chapter.summary else []
    for change in chapter.changes:
        old, new = (_shown(change.column, value, mask) for value in (change.old, change.new))
        lines.append(f"{TITLES.get(change.column, change.column)}: {old} → {new}")
    return StoryEvent(chapter.at, *sign_of(chapter.kind), _title(chapter), chapter.actor, tuple(lines))


def _title(chapter: Chapter) -> str:
    """What happened; of a version, how it came about and what is new in it."""
    new = ", ".join(TITLES[column] for column in chapter.version_columns)
    return f"{chapter.version_kind or chapter.kind}: {new}" if new else chapter.version_kind or chapter.kind


def _shown(column: str, value: str | None, mask: bool) -> str:
    if not value:
        return "nothing"
    return masked(column, value) if mask else f"“{value}”"

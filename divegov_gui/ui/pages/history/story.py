"""A record's story in the page's words: a sign and a tone for each kind of thing that happened."""

from __future__ import annotations

from divegov_gui.ui.pages.history.timeline_parts import StoryMark
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


def mark_of(kind: str, event: StoryEvent) -> StoryMark | None:
    """The event as the timeline shows it above the versions; what the versions show themselves is left out."""
    if kind in ("Version", "Deleted"):
        return None
    who = f", {event.actor}" if event.actor else ""
    return StoryMark(event.at, event.icon, event.tone, f"{event.title}{who}")

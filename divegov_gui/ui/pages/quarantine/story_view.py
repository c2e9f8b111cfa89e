"""The record's story: what happened to it, by whom and when, and the record as it arrived."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import LABELS
from divegov_gui.services.story import Change, Chapter, Story
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked_payload
from divegov_gui.ui.pages.quarantine.columns import breakable, show_value
from divegov_gui.ui.widgets import button, label
from divegov_gui.ui.widgets.story_thread import StoryEvent, StoryThread

_MOST = 20_000
"""Characters of a payload that are shown."""
_SIGNS = {
    "Arrived": ("ingest", "info"),
    "Rejected": ("quarantined", "danger"),
    "Edited": ("edit", "neutral"),
    "Resubmitted": ("start", "info"),
    "Discarded": ("discard", "danger"),
    "Reopened": ("undo", "warning"),
    "Claimed": ("claim", "neutral"),
    "Released": ("release", "success"),
    "Merged": ("merge", "duplicate"),
}

_TITLES = {"Claimed": "Taken over"}
"""A claim is told only where it was another's before."""


class StoryView(QWidget):
    """Chapters from the arrival on; the payload laid out or verbatim."""

    def __init__(self, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        self._story: Story | None = None
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, space.s, space.s)
        column.setSpacing(space.xs)
        self.thread_ = StoryThread("quarantine.story", exact=False)
        self.setFocusProxy(self.thread_)
        column.addWidget(self.thread_, 3)
        column.addLayout(self._head())
        self.payload = self._payload_view()
        column.addWidget(self.payload, 2)

    def show_story(self, story: Story) -> None:
        """Show what happened to a record."""
        self._story = story
        self.thread_.show_story([self._event(chapter) for chapter in story.chapters])
        self._show_payload()

    def clear(self) -> None:
        """Show nothing, until the story of another record has come."""
        self._story = None
        self.thread_.show_story(())
        self.payload.setPlainText("")

    # --- building
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("As it arrived", "overline"))
        row.addStretch(1)
        self.verbatim = button("Verbatim", name="quarantine.verbatim", variant="link")
        self.verbatim.setCheckable(True)
        self.verbatim.setToolTip("Show every character as it came, or laid out to be read")
        self.verbatim.toggled.connect(lambda _: self._show_payload())
        row.addWidget(self.verbatim)
        return row

    def _payload_view(self) -> QPlainTextEdit:
        view = QPlainTextEdit()
        view.setObjectName("quarantine.payload")
        view.setAccessibleName("The record as it arrived")
        view.setProperty("role", "sql")
        view.setReadOnly(True)
        view.setTabChangesFocus(True)
        view.setFont(theme.mono_font(12))
        view.setMinimumHeight(120)
        return view

    def _show_payload(self) -> None:
        if self._story is None:
            return
        payload = self._story.payload
        if payload is None:
            self.payload.setPlainText("What the source sent is not kept any more.")
            return
        shown = masked_payload(payload) if self._mask else payload
        if not self.verbatim.isChecked():
            shown = _pretty(shown)
        cut = f"\n… {grouped(len(payload))} characters in all" if len(shown) > _MOST else ""
        self.payload.setPlainText(shown[:_MOST] + cut)

    def _event(self, chapter: Chapter) -> StoryEvent:
        sign, tone = _SIGNS.get(chapter.kind, ("neutral", "neutral"))
        lines = [self._in_words(change) for change in chapter.changes]
        if chapter.summary:
            lines.append(breakable(chapter.summary))
        title = _TITLES.get(chapter.kind, chapter.kind)
        return StoryEvent(chapter.at, sign, tone, title, chapter.actor, tuple(lines))

    def _in_words(self, change: Change) -> str:
        column = change.column
        old = show_value(column, change.old, self._mask).strip() or "nothing"
        new = show_value(column, change.new, self._mask).strip() or "nothing"
        return breakable(f"{LABELS.get(column, column)}: {old} → {new}")


def _pretty(payload: str) -> str:
    """The payload laid out, where it is JSON; as it is where it is not."""
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except ValueError:
        return payload

"""One diver: who it is, the timeline, and under it what a version changed, all versions, and the whole story."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.history.diff_panel import DiffPanel
from divegov_gui.ui.pages.history.story import events_of, marks_of
from divegov_gui.ui.pages.history.timeline_card import TimelineCard
from divegov_gui.ui.pages.history.version_list import VersionList
from divegov_gui.ui.pages.history.versions import Version
from divegov_gui.ui.pages.history.work import DiverHistory
from divegov_gui.ui.widgets import Badge, button, label, reveal
from divegov_gui.ui.widgets.elided_label import ElidedLabel
from divegov_gui.ui.widgets.story_thread import StoryThread

_WIDE = 1050
"""From this width on the versions stand beside what they changed."""


_TALL = 480
"""Below this height the line under the timeline gives way: the versions say the same."""


class DiverPane(QWidget):
    """Everything about the diver that is chosen."""

    as_of_changed = Signal(object)
    """The instant that the cursor of the timeline was put at; None for now."""

    def __init__(self, *, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        self._history: DiverHistory | None = None
        self._place = -1
        self._as_of: int | None = None
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        layout.addLayout(self._head())
        self.card = TimelineCard()
        self.timeline = self.card.timeline
        self.timeline.version_selected.connect(self._choose)
        self.timeline.as_of_changed.connect(self.as_of_changed)
        self.timeline.story_chosen.connect(lambda _: self.tabs.setCurrentWidget(self.story))
        layout.addWidget(self.card)
        layout.addWidget(self._bottom(), 1)

    @property
    def history(self) -> DiverHistory | None:
        """What is shown."""
        return self._history

    @property
    def selected(self) -> Version | None:
        """The version that is selected."""
        versions = self._history.versions if self._history else ()
        return versions[self._place] if 0 <= self._place < len(versions) else None

    @property
    def known(self) -> Version | None:
        """The version that was valid at the instant one looks from; None where none was."""
        if self._history is None:
            return None
        place = self._known_place()
        return self._history.versions[place] if place is not None and place >= 0 else None

    def show_history(self, history: DiverHistory) -> None:
        """Show a diver; its newest version is selected, or the one that was, where it is the same diver."""
        old = self._history
        newest = len(history.versions) - 1
        stays = old is not None and old.diver_id == history.diver_id and self._place < len(old.versions) - 1
        kept = self._place if stays and self._place <= newest else newest
        self._history = history
        self.diff.allow_restore(history.may_change)
        self.card.show_versions(history.spans, marks_of(history.chapters), history.now)
        self.timeline.set_as_of(self._as_of)
        self.story.show_story(events_of(history.chapters, self._mask))
        self._place = -1
        known = self._known_place()
        self._choose(known if known is not None and known >= 0 else kept)
        self._show_head()

    def show_nobody(self) -> None:
        """Nobody is found: nothing of whoever was shown before stays."""
        self._history, self._place = None, -1
        self.card.show_versions((), (), 0)
        self.versions.show_versions((), None, -1)
        self.diff.show_version((), -1)
        self.story.show_story(())
        self._name.setText("")
        self._line.set_full("")
        self._state.set_state("Nobody", "neutral")
        for control in (self.edit, self.delete, self.evidence):
            reveal(control, False)

    def look_from(self, instant: int | None) -> None:
        """Show the diver as it was known at an instant; None is now."""
        self._as_of = instant
        self.timeline.set_as_of(instant)
        if self._history is None:
            return
        known = self._known_place()
        if instant is not None and known is not None and known >= 0:
            self._place = known
            self.timeline.select(known)
            self.card.say_validity()
        self._show_version()
        self._show_head()

    # --- building
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._name = label("", "heading", name="history.name")
        self._state = Badge("", "neutral")
        self._line = ElidedLabel("", "muted", name="history.line")
        row.addWidget(self._name)
        row.addWidget(self._state)
        row.addWidget(self._line, 1)
        self.edit = button("Edit", name="history.edit_diver", variant="ghost", icon="edit")
        self.delete = button("Delete", name="history.delete", variant="ghost", icon="delete")
        self.evidence = button("Evidence", name="history.evidence", variant="ghost", icon="file")
        self.evidence.setToolTip("Write a pack that proves what was known of this diver, when, and by whom")
        for made in (self.edit, self.delete, self.evidence):
            row.addWidget(made)
        return row

    def _bottom(self) -> QWidget:
        self.versions = VersionList()
        self.versions.version_selected.connect(self._choose)
        self.diff = DiffPanel(mask=self._mask)
        self.story = StoryThread("history.story", "Your role does not see where this diver came from.")
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(theme.current().space.m)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("history.details")
        self.tabs.setAccessibleName("Details")
        self.tabs.tabBar().setObjectName("history.details_tabs")
        self.tabs.tabBar().setAccessibleName("Details")
        self.tabs.addTab(self.diff, "Differences")
        self.tabs.addTab(self.versions, "Versions")
        self.tabs.addTab(self.story, "Record story")
        self._split.addWidget(self.tabs)
        return self._split

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room the versions stand beside what they changed; elsewhere they are a tab."""
        super().resizeEvent(event)
        reveal(self.card.validity, self.height() >= _TALL)
        wide, beside = self.width() >= _WIDE, self._split.count() == 2
        if wide and not beside:
            self.tabs.removeTab(self.tabs.indexOf(self.versions))
            self._split.insertWidget(0, self.versions)
            self.versions.show()
            self._split.setSizes([self.width() // 2, self.width() // 2])
        elif beside and not wide:
            self.tabs.insertTab(1, self.versions, "Versions")

    # --- showing
    def _known_place(self) -> int | None:
        """The place of the version valid as of the instant; -1 for none, None where one looks from now."""
        if self._as_of is None or self._history is None:
            return None
        place = self.timeline.lives.place_at(self._as_of)
        return -1 if place is None else place

    def _choose(self, place: int) -> None:
        if place != self._place:
            self._place = place
            self.timeline.select(place)
            self.card.say_validity()
            self._show_version()

    def _show_version(self) -> None:
        assert self._history is not None
        self.versions.show_versions(self._history.versions, self._known_place(), self._place)
        self.diff.show_version(self._history.versions, self._place)

    def _show_head(self) -> None:
        history = self._history
        assert history is not None
        newest = history.versions[-1]
        shown = newest if self._as_of is None else self.known
        named = shown or newest
        self._name.setText(self._named(named))
        if self._as_of is not None:
            there = shown is not None
            self._state.set_state(
                "Known then" if there else "Not there then", "warning" if there else "neutral", "clock"
            )
        elif history.is_deleted:
            self._state.set_state("Deleted", "danger", "delete")
        else:
            self._state.set_state("Current", "success")
        changeable = history.may_change and self._as_of is None and not history.is_deleted
        reveal(self.edit, changeable)
        reveal(self.delete, changeable)
        reveal(self.evidence, history.may_prove)
        email = named.values.get("Email") or ""
        self._line.set_full(f"Diver {history.diver_id} · {masked('Email', email) if self._mask else email}")

    def _named(self, version: Version) -> str:
        parts = [
            masked(column, value) if self._mask else value
            for column in ("First_Name", "Last_Name")
            if (value := version.values.get(column))
        ]
        return " ".join(parts)

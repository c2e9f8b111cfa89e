"""The timeline with its controls, and the version that is selected in words: local time with UTC beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.history.moments import zone_label
from divegov_gui.ui.pages.history.timeline import Timeline
from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan
from divegov_gui.ui.times import both_times
from divegov_gui.ui.widgets import button, label, plural, tool_button
from divegov_gui.ui.widgets.elided_label import ElidedLabel


class TimelineCard(QFrame):
    """A timeline, how it is scaled, and what is selected on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.l, space.s, space.l, space.s)
        layout.setSpacing(space.xs)
        self.timeline = Timeline()
        layout.addLayout(self._head())
        layout.addWidget(self.timeline)
        self.validity = ElidedLabel("", "muted", name="history.validity")
        layout.addWidget(self.validity)
        self.timeline.version_selected.connect(lambda _: self.say_validity())

    def show_versions(self, spans: Sequence[VersionSpan], marks: Sequence[StoryMark], now: int) -> None:
        """Show a diver's versions and story."""
        self.timeline.show_versions(spans, marks, now)
        self._title.setText(plural(len(spans), "version"))
        self._show_mode()
        self.say_validity()

    def say_validity(self) -> None:
        """Say from when until when the selected version was valid."""
        place = self.timeline.selected
        spans = self.timeline.spans
        if not 0 <= place < len(spans):
            self.validity.set_full("")
            return
        span = spans[place]
        until = ", still valid" if span.end is None else f" until {both_times(span.end, span.start)}"
        ended = ", then deleted" if span.ends_deleted else ""
        self.validity.set_full(f"{span.title}: from {both_times(span.start)}{until}{ended}")

    # --- building
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        self._title = label("", "heading")
        row.addWidget(self._title)
        row.addSpacing(theme.current().space.s)
        row.addWidget(zone_label())
        row.addStretch(1)
        self._true = self._mode("To scale", "history.to_scale", "As wide as it lasted", False)
        self._equal = self._mode("Equal steps", "history.equal_steps", "Every version equally wide", True)
        row.addWidget(self._true)
        row.addWidget(self._equal)
        row.addSpacing(theme.current().space.s)
        for icon, name, words, act in (
            ("remove", "zoom_out", "Zoom out", lambda: self.timeline.zoom(1 / 1.5)),
            ("add", "zoom_in", "Zoom in", lambda: self.timeline.zoom(1.5)),
            ("fit", "fit", "Show all of it", self.timeline.fit),
        ):
            made = tool_button(icon, name=f"history.{name}", accessible=words)
            made.clicked.connect(act)
            row.addWidget(made)
        return row

    def _mode(self, text: str, name: str, description: str, equal: bool) -> QPushButton:
        made = button(text, name=name, variant="ghost", description=description)
        made.setCheckable(True)
        made.clicked.connect(lambda: self._set_mode(equal))
        return made

    def _set_mode(self, equal: bool) -> None:
        self.timeline.set_equal_steps(equal)
        self._show_mode()

    def _show_mode(self) -> None:
        """Press the button of the scale in force; no group does it, since Tab would reach only one of the two."""
        equal = self.timeline.has_equal_steps
        self._equal.setChecked(equal)
        self._true.setChecked(not equal)

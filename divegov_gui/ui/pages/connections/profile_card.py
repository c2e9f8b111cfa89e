"""One profile as a card: what it is, where it leads, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from divegov_gui.services.profiles import Kind, Profile
from divegov_gui.services.servers import Place, ServerPlace, local_profile
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.connections.words import facts
from divegov_gui.ui.widgets import Badge, Card, button, icon_label, label, tool_button
from divegov_gui.ui.widgets.elided_label import ElidedLabel

_HEAD = 36
"""The height of a card's head, so that names stand in one line, button or not."""


class ProfileCard(Card):
    """A profile; `kept` is one of the file's, which can be changed. Its controls carry the profile's id."""

    asked = Signal(str, object)
    """What to do (``open``, ``test``, ``edit``, ``duplicate``, ``delete``, ``favourite``) with which Profile."""

    def __init__(
        self, profile: Profile, *, is_open: bool, kept: bool, mask: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.profile = profile
        self.setObjectName(f"connections.card.{profile.profile_id}")
        self.setAccessibleName(f"{profile.name}, open now" if is_open else profile.name)
        self.body.setSpacing(theme.current().space.s)
        self.body.addLayout(self._head(is_open, kept))
        self.body.addLayout(self._facts(mask))
        self.body.addStretch(1)
        if kept or not is_open:
            self.body.addLayout(self._actions(is_open, kept))

    def _head(self, is_open: bool, kept: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        row.addStrut(_HEAD)
        local = self.profile.kind is Kind.LOCAL
        row.addWidget(icon_label("workspace" if local else "server", "accent" if is_open else "muted", 20))
        row.addWidget(
            ElidedLabel(
                self.profile.name,
                "heading",
                name=f"connections.name.{self.profile.profile_id}",
                elide=Qt.TextElideMode.ElideMiddle,
            ),
            1,
        )
        if is_open:
            row.addWidget(Badge("Open now", "success"))
        if kept:
            row.addWidget(self._star())
        return row

    def _star(self) -> QWidget:
        favourite = self.profile.favourite
        made = button(
            "Favourite",
            name=f"connections.favourite.{self.profile.profile_id}",
            variant="ghost",
            icon="success" if favourite else "neutral",
            description="Stands before the others." if favourite else "Favourites stand before the others.",
        )
        made.setCheckable(True)
        made.setChecked(favourite)
        made.setAccessibleName(f"Favourite: {self.profile.name}")
        made.clicked.connect(lambda: self.asked.emit("favourite", self.profile))
        return made

    def _facts(self, mask: bool) -> QGridLayout:
        space = theme.current().space
        grid = QGridLayout()
        grid.setHorizontalSpacing(space.l)
        grid.setVerticalSpacing(space.xs)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 84)
        for row, (caption, value, note) in enumerate(facts(self.profile, mask=mask)):
            grid.addWidget(label(caption, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(ElidedLabel(value, "body", note=note, elide=Qt.TextElideMode.ElideMiddle), row, 1)
        return grid

    def _actions(self, is_open: bool, kept: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.current().space.s, 0, 0)
        row.setSpacing(theme.current().space.xs)
        profile = self.profile
        if not is_open:
            opens = button("Open", name=f"connections.open.{profile.profile_id}")
            opens.setAccessibleName(f"Open: {profile.name}")
            opens.clicked.connect(lambda: self.asked.emit("open", profile))
            row.addWidget(opens)
        if not kept:
            row.addStretch(1)
            return row
        if profile.kind is Kind.SQLSERVER:
            test = button("Test", name=f"connections.test.{profile.profile_id}")
            test.setAccessibleName(f"Test connection: {profile.name}")
            test.clicked.connect(lambda: self.asked.emit("test", profile))
            row.addWidget(test)
        edit = button("Edit", name=f"connections.edit.{profile.profile_id}")
        edit.setAccessibleName(f"Edit: {profile.name}")
        edit.clicked.connect(lambda: self.asked.emit("edit", profile))
        row.addWidget(edit)
        row.addStretch(1)
        for what, icon, text in (("duplicate", "copy", "Duplicate"), ("delete", "delete", "Delete")):
            made = tool_button(
                icon, name=f"connections.{what}.{profile.profile_id}", accessible=f"{text}: {profile.name}"
            )
            made.setToolTip(text)
            made.clicked.connect(lambda _=False, what=what: self.asked.emit(what, profile))
            row.addWidget(made)
        return row


def is_open_in(profile: Profile, here: Place) -> bool:
    """Whether the place that is open is the profile's."""
    if isinstance(here, ServerPlace):
        return profile.profile_id == here.profile_id
    return profile.workspace == here.path


def arranged(profiles: Sequence[Profile], context: AppContext) -> list[Profile]:
    """The cards in their order: the local workspace, then the favourites, then the rest by name.

    The local workspace is the one that is open, or was before a server was; kept in the file or not.
    """
    home = context.home.path
    local = next((p for p in profiles if p.workspace == home), None)
    rest = sorted((p for p in profiles if p is not local), key=lambda p: (not p.favourite, p.name.casefold()))
    return [local or local_profile(home), *rest]

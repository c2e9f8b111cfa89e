"""The versions as a list, newest first: what the timeline draws, to read, to copy and to walk through."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from divegov_gui.ui.pages.history.versions import Version
from divegov_gui.ui.times import both_times, local_time
from divegov_gui.ui.widgets import CellBadge, Column
from divegov_gui.ui.widgets.list_table import ListTable

_STATES = {
    "current": CellBadge("Current", "success"),
    "as of": CellBadge("As of", "warning", "clock"),
    "deleted": CellBadge("Deleted", "danger", "delete"),
    "earlier": CellBadge("Earlier", "neutral"),
    "later": CellBadge("Later", "neutral", "forward"),
}


class VersionRow:
    """One version with its cells as attributes; what takes time to write is written when it comes into sight."""

    def __init__(self, version: Version, state: str) -> None:
        self.number, self.state, self._version = version.number, state, version
        self.actor, self.reason = version.actor, version.reason

    @property
    def since(self) -> str:
        """From when on it was valid, in local time."""
        return local_time(self._version.valid_from)

    @property
    def changes(self) -> str:
        """What it changed, in words."""
        return self._version.changes

    @property
    def validity(self) -> str:
        """From when until when it was valid, for a hover."""
        until = self._version.valid_to
        end = "still valid" if until is None else f"until {both_times(until)}"
        return f"From {both_times(self._version.valid_from)}\n{end}"


_COLUMNS = (
    Column("number", "No.", 58, sortable=False, align_right=True, format=str),
    Column("state", "State", 100, sortable=False, badge=lambda row: _STATES[row.state]),
    Column("since", "Valid from", 166, sortable=False, tooltip=lambda row: row.validity),
    Column("changes", "Changed", 112, sortable=False, tooltip=lambda row: row.changes),
    Column("actor", "By", 82, sortable=False, tooltip=lambda row: row.actor),
    Column("reason", "Why", 110, sortable=False, tooltip=lambda row: row.reason),
)


class VersionList(ListTable):
    """Every version of one diver; selecting one tells its place in time, from 0."""

    version_selected = Signal(object)
    """The place of the version that was selected, an int from 0 for the first."""

    def __init__(self, name: str = "history.versions", parent: QWidget | None = None) -> None:
        super().__init__(
            _COLUMNS,
            name=name,
            accessible="Versions",
            key="number",
            description="Every version, the newest first, with who made it and why.",
            parent=parent,
        )
        self._filling = False
        self._versions: Sequence[Version] = ()
        self._as_of: int | None = None
        self.stretch("reason")
        self.set_placeholder("No diver chosen", "Their versions are listed here.")
        self.current_changed.connect(self._tell)

    def show_versions(self, versions: Sequence[Version], as_of: int | None, chosen: int) -> None:
        """Show `versions` (in their order of time), the one of place `chosen` selected.

        `as_of` is the place of the version that was valid at the instant one looks from; -1 where none was, None
        where one looks from now.
        """
        if versions is not self._versions or as_of != self._as_of:
            self._versions, self._as_of = versions, as_of
            self._filling = True
            self.show_rows([VersionRow(v, _state(v, at, as_of)) for at, v in enumerate(versions)][::-1])
            self._filling = False
        self.select(chosen)

    def select(self, place: int) -> None:
        """Select a version without telling."""
        self._filling = True
        row = len(self.list) - 1 - place
        if 0 <= row < len(self.list):
            self.selectRow(row)
            self.scrollTo(self.rows.index(row, 0))
        self._filling = False

    def _tell(self, _: object) -> None:
        row = self.currentIndex().row()
        if not self._filling and 0 <= row < len(self.list):
            self.version_selected.emit(len(self.list) - 1 - row)


def _state(version: Version, place: int, as_of: int | None) -> str:
    if as_of is not None:
        return "as of" if place == as_of else "later" if place > as_of else "earlier"
    if version.valid_to is None:
        return "current"
    return "deleted" if version.ends_deleted else "earlier"

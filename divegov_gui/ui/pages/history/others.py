"""With which version one is compared: the one before, the current one, or any other, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from divegov_gui.ui.pages.history.versions import Version
from divegov_gui.ui.times import local_time

BEFORE, CURRENT = "before", "current"
_ALWAYS = (BEFORE, CURRENT)
_Index = QModelIndex | QPersistentModelIndex


class Others(QAbstractListModel):
    """The choices of a field, the newest version first; each is put into words when it comes into sight.

    Its data is BEFORE, CURRENT, or a version's number.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._versions: Sequence[Version] = ()
        self._left_out = 0

    def show_versions(self, versions: Sequence[Version], chosen: int) -> None:
        """Offer the versions of a diver, which are in order of time, but for the one at place `chosen`."""
        self.beginResetModel()
        self._versions, self._left_out = versions, chosen + 1
        self.endResetModel()

    def row_of(self, choice: object) -> int:
        """Where a choice stands; one that is not offered stands for the version before."""
        if choice in _ALWAYS:
            return _ALWAYS.index(str(choice))
        if not isinstance(choice, int) or choice == self._left_out or choice > len(self._versions):
            return 0
        return len(_ALWAYS) + len(self._versions) - choice - (choice < self._left_out)

    # --- Qt's own
    def rowCount(self, parent: _Index | None = None) -> int:
        nested = parent is not None and parent.isValid()
        return 0 if nested or not self._versions else len(_ALWAYS) + len(self._versions) - 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.UserRole:
            return self._choice(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(self._choice(index.row()))
        return None

    # --- inside
    def _choice(self, row: int) -> str | int:
        if row < len(_ALWAYS):
            return _ALWAYS[row]
        number = len(self._versions) + len(_ALWAYS) - row
        return number if number > self._left_out else number - 1

    def _words(self, choice: str | int) -> str:
        last = self._versions[-1]
        if choice == BEFORE:
            return "the version before"
        if choice == CURRENT:
            return f"the current one ({last.number})" if last.valid_to is None else "now (deleted)"
        version = self._versions[int(choice) - 1]
        return f"version {version.number} of {local_time(version.valid_from)}"

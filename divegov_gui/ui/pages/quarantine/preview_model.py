"""Before and after, cell by cell: a table over a preview of any length, with a tick for what is to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import LABELS
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.columns import show_value
from divegov_gui.ui.widgets.painting import color

Index = QModelIndex | QPersistentModelIndex
_TITLES = ("Record", "Column", "Before", "After", "Then")


class Line(NamedTuple):
    """One cell as it is and as it would be, and whether it would pass; `caution` says what else is to be heeded."""

    quarantine_id: int
    column: str
    before: str | None
    after: str | None
    passes: bool
    caution: str = ""

    @property
    def note(self) -> str:
        """What would come of it, in words."""
        verdict = "passes" if self.passes else "still fails"
        return f"{self.caution}, {verdict}" if self.caution else verdict

    @property
    def tone(self) -> str:
        """How the note is shown."""
        if self.caution:
            return "warning"
        return "success" if self.passes else "danger"


class Lines(Protocol):
    """Lines by their place; made when they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int) -> Line: ...


class PreviewModel(QAbstractTableModel):
    """Each line can be left out; a record is left out with all its lines."""

    chosen_changed = Signal()
    """What is ticked has changed."""

    def __init__(self, mask: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._mask = mask
        self._lines: Lines | Sequence[Line] = ()
        self.excluded: set[int] = set()
        self._passing_only = False

    def show_lines(self, lines: Lines | Sequence[Line], excluded: set[int] | None = None) -> None:
        """Show other lines, all of them ticked but those of `excluded` records."""
        self.beginResetModel()
        self._lines, self.excluded = lines, set(excluded or ())
        self.endResetModel()
        self.chosen_changed.emit()

    def leave_out_failing(self, on: bool) -> None:
        """Take only lines that would pass, or all again."""
        self._passing_only = on
        self._tell_all_changed()

    # --- Qt's questions
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self._lines[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == 0:
            out = self._is_out(line)
            return Qt.CheckState.Unchecked if out else Qt.CheckState.Checked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(line, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            if self._is_out(line):
                return color("muted")
            return color(f"{line.tone}_text") if column == 4 else None
        if role == Qt.ItemDataRole.DecorationRole and column == 4:
            return theme.icon(line.tone, line.tone)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        key = self._lines[index.row()].quarantine_id
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.excluded.discard(key)
        else:
            self.excluded.add(key)
        self._tell_all_changed()
        return True

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick or untick the records of some rows together, after the first of them."""
        keys = {self._lines[row].quarantine_id for row in rows}
        if not keys:
            return
        if self._lines[rows[0]].quarantine_id in self.excluded:
            self.excluded -= keys
        else:
            self.excluded |= keys
        self._tell_all_changed()

    def _is_out(self, line: Line) -> bool:
        return line.quarantine_id in self.excluded or (self._passing_only and not line.passes)

    def _tell_all_changed(self) -> None:
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(_TITLES) - 1))
        self.chosen_changed.emit()

    def _text(self, line: Line, column: int) -> str:
        if column == 0:
            return grouped(line.quarantine_id)
        if column == 1:
            return LABELS.get(line.column, line.column)
        if column == 4:
            return line.note
        value = line.before if column == 2 else line.after
        return show_value(line.column, value, self._mask) or "nothing"

"""The edit history of the whole quarantine: who changed how much, when and why; each step can be undone."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import LABELS
from divegov_gui.services.story import CellEdit, EditGroup
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.columns import breakable, show_value
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import button, icon_label, label, plural, reveal

_WORDS = {
    "Edit": "Edited",
    "Bulk": "Changed together",
    "Undo": "Undone",
    "Import": "Imported corrections",
    "Suggestion": "Took a suggestion",
}
_SIGNS = {"Edit": "edit", "Bulk": "edit", "Undo": "undo", "Import": "upload", "Suggestion": "suggest"}
MOST_CELLS = 50
AT_ONCE = 15
"""Groups that are shown at first, and more each time that older ones are asked for."""


class HistoryView(QScrollArea):
    """Groups of edits, the newest first."""

    undo_wanted = Signal(object, object)
    """The group's id, and the records to undo it for (None: all)."""
    cells_wanted = Signal(object)
    """The id of a group whose cells a person wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quarantine.history")
        self.setAccessibleName("Edit history")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        space = theme.current().space
        self._column.setContentsMargins(space.xs, space.xs, space.s, space.s)
        self._column.setSpacing(space.s)
        self._none = label(
            "Nothing was edited yet. Every edit will be listed here and can be undone, also tomorrow, and by "
            "another steward.",
            "muted",
            wrap=True,
        )
        self._column.addWidget(self._none)
        self._older = button("Older edits", name="quarantine.history.older", variant="link")
        self._older.clicked.connect(lambda: self._show_more())
        self._older.hide()
        self._column.addWidget(self._older, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self.setWidget(inside)
        self.groups: list[GroupView] = []
        self._waiting: list[EditGroup] = []
        self._mask = False

    def show_history(self, groups: Sequence[EditGroup], mask: bool) -> None:
        """Show the groups; those that were open stay open, and the focus stays where it was, or near to it."""
        if self.isAncestorOf(QApplication.focusWidget() or self):
            self.setFocus()  # or else it would go with its button to whatever comes next
        opened = {view.group.group_id for view in self.groups if view.is_open}
        for view in self.groups:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.groups, self._waiting, self._mask = [], list(groups), mask
        self._show_more(opened)
        reveal(self._none, not groups)

    def _show_more(self, opened: Container[int] = ()) -> None:
        """Show some more groups: each is a handful of widgets, so not all of a long history at once."""
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        for group in some:
            view = GroupView(group, self._mask)
            view.undo_wanted.connect(self.undo_wanted)
            view.cells_wanted.connect(self.cells_wanted)
            self._column.insertWidget(len(self.groups), view)
            self.groups.append(view)
            if group.group_id in opened:
                view.toggle()
        self._older.setVisible(bool(self._waiting))

    def show_cells(self, group_id: int, cells: Sequence[CellEdit]) -> None:
        """Show the cells of one group."""
        for view in self.groups:
            if view.group.group_id == group_id:
                view.show_cells(cells)


class GroupView(QFrame):
    """One group: what, how much, who, when, why; its cells on demand, to undo some of them."""

    undo_wanted = Signal(object, object)
    cells_wanted = Signal(object)

    def __init__(self, group: EditGroup, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group, self._mask = group, mask
        self.is_open = False
        self._boxes: list[tuple[int, QCheckBox]] = []
        self.setProperty("role", "sunken")
        self.setObjectName(f"quarantine.group.{group.group_id}")
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.s, space.s, space.xs, space.xs)
        layout.setSpacing(1)
        layout.addLayout(self._head())
        if group.reason:
            layout.addWidget(label(f"“{group.reason}”", wrap=True))
        who = label(f"{group.edited_by} · {local_time(group.edited_at)}", "hint", wrap=True)
        who.setToolTip(utc_time(group.edited_at))
        layout.addWidget(who)
        self._cells = QVBoxLayout()
        self._cells.setSpacing(0)
        layout.addLayout(self._cells)
        layout.addLayout(self._buttons())

    def toggle(self) -> None:
        """Show the cells, or fold them up."""
        self.is_open = not self.is_open
        self._detail.setText("Hide" if self.is_open else "Details")
        if self.is_open:
            self.cells_wanted.emit(self.group.group_id)
        else:
            self._empty()

    def show_cells(self, cells: Sequence[CellEdit]) -> None:
        """List the cells; those that still stand can be chosen."""
        self._empty()
        if not self.is_open:
            return
        for cell in cells[:MOST_CELLS]:
            old = show_value(cell.column, cell.old, self._mask) or "nothing"
            new = show_value(cell.column, cell.new, self._mask) or "nothing"
            words = f"{grouped(cell.quarantine_id)} {LABELS.get(cell.column, cell.column)}"
            box = QCheckBox(words)
            box.setObjectName(f"quarantine.cell.{cell.quarantine_id}")
            box.setEnabled(cell.stands and self.group.stands)
            box.toggled.connect(lambda _: self._show_undo())
            box.setToolTip(f"{old} → {new}")
            self._boxes.append((cell.quarantine_id, box))
            self._cells.addWidget(box)
            change = label(breakable(f"{old} → {new}"), "hint", wrap=True)
            change.setContentsMargins(26, 0, 0, 4)
            self._cells.addWidget(change)
        if len(cells) > MOST_CELLS:
            self._cells.addWidget(label(f"and {grouped(self.group.cell_count - MOST_CELLS)} more", "hint"))

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        row.addWidget(icon_label(_SIGNS.get(self.group.kind, "edit"), "muted", 16))
        what = _WORDS.get(self.group.kind, self.group.kind)
        row.addWidget(label(f"{what}: {self._extent()}", "strong", wrap=True), 1)
        return row

    def _extent(self) -> str:
        """Which values of which record, or how many of how many."""
        group = self.group
        if group.record is not None:
            fields = ", ".join(LABELS.get(column, column) for column in group.columns)
            return f"{fields} of record {grouped(group.record)}"
        cells = plural(group.cell_count, "value")
        if group.record_count == group.cell_count:
            return cells
        return f"{cells} in {plural(group.record_count, 'record')}"

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 2, 0, 0)
        name = f"quarantine.group.{self.group.group_id}"
        again = self.group.kind == "Undo"
        self._undo = button(
            "Redo" if again else "Undo", name=f"{name}.undo", icon="redo" if again else "undo"
        )
        self._undo.clicked.connect(self._want_undo)
        self._detail = button("Details", name=f"{name}.details", variant="link")
        self._detail.clicked.connect(lambda: self.toggle())
        undone = label("undone", "hint")
        row.addWidget(self._undo)
        row.addWidget(undone)
        row.addWidget(self._detail)
        row.addStretch(1)
        reveal(self._undo, self.group.stands)
        reveal(undone, not self.group.stands)
        return row

    def _show_undo(self) -> None:
        chosen = len(self._chosen())
        words = "Redo" if self.group.kind == "Undo" else "Undo"
        self._undo.setText(f"{words} {chosen} of them" if chosen else words)

    def _chosen(self) -> list[int]:
        return list(dict.fromkeys(number for number, box in self._boxes if box.isChecked()))

    def _want_undo(self) -> None:
        self.undo_wanted.emit(self.group.group_id, self._chosen() or None)

    def _empty(self) -> None:
        self._boxes = []
        while (item := self._cells.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.hide()
                part.deleteLater()
        self._show_undo()

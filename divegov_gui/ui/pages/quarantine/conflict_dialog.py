"""Two stewards on one record: who changed what and when, both values, and a choice. Nothing is lost."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QRadioButton, QWidget

from divegov_gui.core.errors import Conflict
from divegov_gui.services.queue import QueueRow
from divegov_gui.services.story import CellEdit
from divegov_gui.ui.pages.quarantine.columns import LABELS, show_value
from divegov_gui.ui.pages.quarantine.editing import Wish
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import button, label
from divegov_gui.ui.widgets.dialog import Dialog


class ConflictDialog(Dialog):
    """Shows one's own values beside those that another has saved meanwhile."""

    mine_chosen = Signal(object)
    """The Wish to save after all."""

    def __init__(
        self,
        wish: Wish,
        row: QueueRow,
        edits: dict[str, CellEdit],
        error: Conflict,
        mask: bool,
        window: QWidget,
    ) -> None:
        super().__init__(
            "quarantine.conflict",
            error.title,
            "warning",
            window,
            detail="Nothing of yours is saved yet. Choose for each value which one is to stand.",
        )
        self._wish, self._row = wish, row
        self._mine: dict[str, QRadioButton] = {}
        self.resize(600, 240)
        if not row.is_open:
            self.body.addWidget(
                label(f"The record is {row.status.lower()} now and cannot be edited.", wrap=True)
            )
            self._close_only()
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        for place, words in enumerate(("", "Theirs, saved", "Yours")):
            grid.addWidget(label(words, "overline"), 0, place)
        for line, (column, value) in enumerate(wish.changes.items(), start=1):
            grid.addWidget(label(LABELS[column], "label"), line, 0)
            who = edits.get(column)
            note = f"{who.edited_by}, {local_time(who.edited_at)}" if who is not None else "as it was"
            theirs = QRadioButton(f"{show_value(column, row.value(column), mask) or 'nothing'}  ({note})")
            mine = QRadioButton(show_value(column, value, mask) or "nothing")
            theirs.setObjectName(f"quarantine.conflict.theirs.{column.lower()}")
            mine.setObjectName(f"quarantine.conflict.mine.{column.lower()}")
            holder = QWidget()
            cells = QGridLayout(holder)
            cells.setContentsMargins(0, 0, 0, 0)
            cells.addWidget(theirs, 0, 0)
            cells.addWidget(mine, 0, 1)
            theirs.setChecked(True)
            self._mine[column] = mine
            grid.addWidget(holder, line, 1, 1, 2)
        self.body.addLayout(grid)
        keep = button("Keep theirs", name="quarantine.conflict.keep")
        self.add_button(keep, self.reject, default=True).setFocus()
        save = button("Save my choice", name="quarantine.conflict.save", variant="primary")
        self.add_button(save, self._save)

    def _close_only(self) -> None:
        close = button("Close", name="quarantine.conflict.close", variant="primary")
        self.add_button(close, self.reject)

    def _save(self) -> None:
        changes = {c: v for c, v in self._wish.changes.items() if self._mine[c].isChecked()}
        self.accept()
        if changes:
            self.mine_chosen.emit(Wish(self._row, changes, self._wish.kind))

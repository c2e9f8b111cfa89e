"""Two stewards on one record: who changed what and when, both values, and a choice. Nothing is lost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from divegov_gui.core.errors import Conflict
from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import COLUMNS, LABELS
from divegov_gui.services.queue import QueueRow
from divegov_gui.services.story import CellEdit
from divegov_gui.ui.pages.quarantine.columns import show_value
from divegov_gui.ui.pages.quarantine.editing import Wish
from divegov_gui.ui.pages.quarantine.value_choice import ValueChoice
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import button, label
from divegov_gui.ui.widgets.dialog import Dialog

_READ_AND_COPY = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


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
        facts = error.facts
        title = error.title
        if facts.what == "changed" and facts.who and facts.when:
            title = (
                f"Record {grouped(row.quarantine_id)} was changed by {facts.who}, {local_time(facts.when)}"
            )
        super().__init__(
            "quarantine.conflict",
            title,
            "warning",
            window,
            detail="Nothing of yours is saved yet. Choose for each value which one is to stand.",
            width=600,
        )
        self._wish, self._row, self._mask = wish, row, mask
        self._mine: dict[str, QRadioButton] = {}
        if row.is_open:
            self.body.addLayout(self._choices(edits))
            self._show_others()
        else:
            self._show_closed()
        self._add_buttons()

    # --- building
    def _choices(self, edits: dict[str, CellEdit]) -> QGridLayout:
        """Each value that one wanted to change, as it is saved and as one has typed it."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(2)
        for place, words in enumerate(("", "Theirs, saved", "Yours, not saved")):
            grid.addWidget(label(words, "overline"), 0, place)
        for line, (column, value) in enumerate(self._wish.changes.items()):
            theirs = self._choice("theirs", column, self._row.value(column), "as saved")
            mine = self._choice("mine", column, value, "as you typed it")
            group = QButtonGroup(self)
            group.addButton(theirs)
            group.addButton(mine)
            theirs.setChecked(True)
            self._mine[column] = mine
            grid.addWidget(label(LABELS[column], "label"), 2 * line + 1, 0)
            grid.addWidget(theirs, 2 * line + 1, 1)
            grid.addWidget(mine, 2 * line + 1, 2)
            who = edits.get(column)
            note = f"{who.edited_by}, {local_time(who.edited_at)}" if who is not None else "as it arrived"
            theirs.setAccessibleDescription(note)
            said = label(note, "hint")
            said.setContentsMargins(28, 0, 0, 6)
            grid.addWidget(said, 2 * line + 2, 1)
        for place in (1, 2):
            grid.setColumnStretch(place, 1)
        return grid

    def _choice(self, name: str, column: str, value: str | None, whose: str) -> ValueChoice:
        return ValueChoice(f"quarantine.conflict.{name}.{column.lower()}", column, value, self._mask, whose)

    def _show_others(self) -> None:
        """What else is not as one has seen it."""
        seen, now = self._wish.row, self._row
        others = [column for column in COLUMNS if column not in self._wish.changes]
        changed = [
            f"{LABELS[each]}: {self._shown(each, seen.value(each))} → {self._shown(each, now.value(each))}"
            for each in others
            if (seen.value(each) or None) != (now.value(each) or None)
        ]
        if changed:
            text = "\n".join(["Also changed, and kept as it is:", *changed])
            self.body.addWidget(label(text, "muted", wrap=True, name="quarantine.conflict.others"))

    def _show_closed(self) -> None:
        """Nothing can be saved any more; what was typed can still be read and copied."""
        self.detail.setText("It cannot be edited any more. What you typed is not saved:")
        for column, value in self._wish.changes.items():
            line = label(f"{LABELS[column]}: {self._shown(column, value)}", wrap=True)
            line.setTextInteractionFlags(_READ_AND_COPY)
            self.body.addWidget(line)

    def _add_buttons(self) -> None:
        if not self._row.is_open:
            self._close_only()
            return
        keep = button("Keep theirs", name="quarantine.conflict.keep")
        self.add_button(keep, self.reject, default=True).setFocus()
        save = button("Save my choice", name="quarantine.conflict.save", variant="primary")
        self.add_button(save, self._save)

    def _shown(self, column: str, value: str | None) -> str:
        return show_value(column, value, self._mask) or "nothing"

    def _close_only(self) -> None:
        close = button("Close", name="quarantine.conflict.close", variant="primary")
        self.add_button(close, self.reject)

    def _save(self) -> None:
        changes = {c: v for c, v in self._wish.changes.items() if self._mine[c].isChecked()}
        self.accept()
        if changes:
            self.mine_chosen.emit(Wish(self._row, changes, self._wish.kind))

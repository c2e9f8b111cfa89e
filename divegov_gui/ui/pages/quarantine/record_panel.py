"""The record under the cursor: its values to edit, its story, and what was edited in the whole quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import COLUMNS, LABELS
from divegov_gui.services.queue import QueueRow
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.columns import Marks
from divegov_gui.ui.pages.quarantine.record_fields import FieldRow
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import Badge, button, label, plural, reveal, rule
from divegov_gui.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from divegov_gui.services.suggestions.model import Suggestion

_STATES = {"Released": "promoted", "Merged": "unchanged", "Discarded": "neutral"}


class RecordPanel(QFrame):
    """Three leaves: the record, its story, the edits. The page fills the last two."""

    suggestion_taken = Signal(object)
    others_wanted = Signal(object)
    compare_wanted = Signal()
    value_typed = Signal(object, object)
    value_committed = Signal(object, object)
    leaf_shown = Signal(object)
    """The name of the leaf that is now shown: record, story or edits."""
    left = Signal()
    """The person wants to go on in the grid."""

    def __init__(self, marks: Marks, story: QWidget, edits: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("quarantine.record")
        self.setAccessibleName("The selected record")
        self.setMinimumWidth(284)
        self._marks = marks
        self.row: QueueRow | None = None
        self.fields: dict[str, FieldRow] = {}
        self._making = QTimer(self)
        self._making.setSingleShot(True)
        self._making.setInterval(0)
        self._making.timeout.connect(self._make_fields)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.m, space.s, space.xs, space.xs)
        layout.setSpacing(space.s)
        layout.addLayout(self._head())
        layout.addLayout(self._tabs())
        self._leaves = QStackedWidget()
        self._leaves.addWidget(self._record_leaf())
        self._leaves.addWidget(story)
        self._leaves.addWidget(edits)
        layout.addWidget(self._leaves, 1)
        self.show_row(None)

    @property
    def leaf(self) -> str:
        """The leaf that is shown."""
        return ("record", "story", "edits")[self._leaves.currentIndex()]

    def show_leaf(self, name: str) -> None:
        """Turn to a leaf."""
        place = ("record", "story", "edits").index(name)
        for each, tab in enumerate(
            self._buttons
        ):  # no button group: Tab passes over all but one of its buttons
            tab.setChecked(each == place)
        self._leaves.setCurrentIndex(place)
        self.leaf_shown.emit(name)

    def focus_leaf(self) -> None:
        """Put the focus into the leaf: on the first value that fails, or on what can be scrolled or pressed."""
        shown = self._leaves.currentWidget()
        if self.leaf != "record" and shown is not None:
            shown.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        failing = [field for field in self.fields.values() if field.fails]
        for field in [*failing, *self.fields.values()][:1]:
            field.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._area.ensureWidgetVisible(field)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def show_row(self, row: QueueRow | None) -> None:
        """Show a record, or that none is selected."""
        changed = row is None or self.row is None or row.quarantine_id != self.row.quarantine_id
        self.row = row
        reveal(self._area, row is not None)
        reveal(self._badge, row is not None)
        reveal(self._none, row is None)
        if row is None:
            self._title.setText("No record selected")
            self._where.set_full("")
            self._claim.set_full("")
            return
        self._show_head(row)
        if not self.fields:
            self._making.start()
        for field in self.fields.values():
            field.show_row(row, keep_typed=not changed)
            if changed:
                field.show_suggestions(())
        self.show_standing(self._marks.of(row))
        if changed:
            self._area.verticalScrollBar().setValue(0)

    def show_standing(self, mask: int) -> None:
        """Show what fails now, saved or not."""
        if self.row is None:
            return
        is_open = self.row.is_open
        for field in self.fields.values():
            field.show_standing(mask if is_open else 0)
        failing = self._marks.checks.rules(mask)
        whole = [check.wording for check in failing if check.column == "Payload"]
        self._whole.setText("\n".join(whole))
        reveal(self._whole, is_open and bool(whole))
        reveal(self.compare, is_open and any(check.is_duplicate for check in failing))
        if not is_open:
            self._badge.set_state(self.row.status, _STATES.get(self.row.status, "neutral"))
        elif not mask:
            self._badge.set_state("Ready", "success")
        else:
            tone = "warning" if self._marks.checks.only_warnings(mask) else "danger"
            self._badge.set_state(f"Fails {plural(len(failing), 'rule')}", tone)

    def show_suggestions(self, found: Sequence[Suggestion]) -> None:
        """Offer what would put the record right."""
        for column, field in self.fields.items():
            field.show_suggestions([s for s in found if s.column == column])

    def show_others(self, suggestion: Suggestion, count: int | None) -> None:
        """Offer to do the same to others."""
        if suggestion.column in self.fields:
            self.fields[suggestion.column].show_others(suggestion, count)

    def choose_suggestion(self, column: str) -> None:
        """Put the focus on the suggestions for a column, of which the person is to choose one."""
        self.show_leaf("record")
        field = self.fields[column]
        self._area.ensureWidgetVisible(field)
        field.focus_suggestion()

    # --- building
    def _head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        head.setSpacing(1)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, theme.current().space.s, 0)
        self._title = label("", "heading", name="quarantine.title")
        self._badge = Badge("", "neutral")
        line.addWidget(self._title)
        line.addStretch(1)
        line.addWidget(self._badge)
        head.addLayout(line)
        self._where = ElidedLabel("", "hint")
        self._claim = ElidedLabel("", "hint", name="quarantine.claimed")
        head.addWidget(self._where)
        head.addWidget(self._claim)
        self._none = label("Select one to see every reason why it was rejected.", "muted", wrap=True)
        head.addWidget(self._none)
        return head

    def _tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        row.setContentsMargins(0, 0, theme.current().space.s, 0)
        self._buttons: list[QPushButton] = []
        for name, words in (("record", "Record"), ("story", "Story"), ("edits", "Edits")):
            tab = button(words, name=f"quarantine.tab.{name}", variant="ghost")
            tab.setCheckable(True)
            tab.clicked.connect(lambda _=False, leaf=name: self.show_leaf(leaf))
            self._buttons.append(tab)
            row.addWidget(tab)
        self._buttons[0].setChecked(True)
        row.addStretch(1)
        return row

    def _record_leaf(self) -> QWidget:
        space = theme.current().space
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, space.s, space.s)
        column.setSpacing(space.s)
        self._whole = label("", "error", wrap=True)
        column.addWidget(self._whole)
        self.compare = button("Compare side by side…", name="quarantine.compare", icon="merge")
        self.compare.clicked.connect(lambda: self.compare_wanted.emit())
        column.addWidget(self.compare)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(space.s)
        column.addLayout(self._rows)
        column.addWidget(rule())
        self._facts = label("", "hint", wrap=True)
        column.addWidget(self._facts)
        column.addStretch(1)
        self._area.setWidget(inside)
        return self._area

    def _make_fields(self) -> None:
        """Made after the first record has come, in a turn of their own, so that the list is there sooner."""
        self.fields = {name: FieldRow(name, self._marks) for name in COLUMNS}
        for field in self.fields.values():
            field.typed.connect(self.value_typed)
            field.committed.connect(self.value_committed)
            field.suggestion_taken.connect(self.suggestion_taken)
            field.others_wanted.connect(self.others_wanted)
            self._rows.addWidget(field)
        self.show_row(self.row)

    def _show_head(self, row: QueueRow) -> None:
        self._title.setText(f"Record {grouped(row.quarantine_id)}")
        place = f"Row {grouped(row.source_row)} of " if row.source_row else ""
        self._where.set_full(f"{place}{row.source_name}")
        claim = ""
        if row.is_claimed:
            claim = f"Claimed by {row.claimed_by} until {local_time(row.claimed_until)}"
        self._claim.set_full(claim)
        reveal(self._claim, bool(claim))
        facts = [f"Batch {row.batch_id}", f"put aside {local_time(row.quarantined_at)}"]
        facts.append(plural(row.attempt_count, "attempt"))
        if row.edited_columns:
            edited = [LABELS[name] for name in COLUMNS if row.is_edited(name)]
            facts.append(f"edited: {', '.join(edited)}")
        if row.diver_id:
            facts.append(f"diver {row.diver_id}")
        self._facts.setText(" · ".join(facts))
        self._facts.setToolTip(utc_time(row.quarantined_at))

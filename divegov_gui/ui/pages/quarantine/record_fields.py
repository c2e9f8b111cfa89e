"""One value of the record in the panel: to read, to edit, with what is wrong with it and what would put it right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import LABELS
from divegov_gui.services.checks import Check
from divegov_gui.services.queue import QueueRow
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.columns import Marks, show_value
from divegov_gui.ui.pages.quarantine.suggestion_chip import SuggestionChip
from divegov_gui.ui.widgets import button, icon_label, label, restyle, reveal
from divegov_gui.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from divegov_gui.services.suggestions.model import Suggestion


class ValueField(QLineEdit):
    """A value that is saved by Enter or by leaving it, and put back by Escape."""

    committed = Signal(object)
    """The text to save."""

    def __init__(self, column: str) -> None:
        super().__init__()
        self.setObjectName(f"quarantine.field.{column.lower()}")
        self.setAccessibleName(LABELS[column])
        self._saved = ""
        self.editingFinished.connect(self._commit)

    @property
    def is_changed(self) -> bool:
        """Whether what is typed is not what is saved."""
        return self.text() != self._saved

    @property
    def is_typed_in(self) -> bool:
        """Whether a person is typing in it just now."""
        return self.hasFocus() and self.is_changed

    def show_saved(self, text: str, keep_typed: bool = False) -> None:
        """Show what is saved; with `keep_typed`, what a person is typing just now stays."""
        typing = keep_typed and self.is_typed_in
        self._saved = text
        if self.text() != text and not typing:
            blocker = QSignalBlocker(self)
            self.setText(text)
            self.setCursorPosition(0)
            blocker.unblock()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_changed:
            self.setText(self._saved)
        else:
            super().keyPressEvent(event)

    def _commit(self) -> None:
        if self.is_changed:
            self.committed.emit(self.text())


class FieldRow(QWidget):
    """A value with its label, what it was, why it fails, and suggestions that the gatekeeper would accept."""

    typed = Signal(object, object)
    """The column and what is typed in it so far."""
    committed = Signal(object, object)
    """The column and the text to save."""
    suggestion_taken = Signal(object)
    """The Suggestion to apply."""
    others_wanted = Signal(object)
    """The Suggestion (or None) whose like is to be applied to the other records."""

    def __init__(self, column: str, marks: Marks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column, self._marks = column, marks
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(self._head())
        self.field = ValueField(column)
        self.field.textEdited.connect(lambda text: self.typed.emit(column, text))
        self.field.committed.connect(lambda text: self.committed.emit(column, text))
        layout.addWidget(self.field)
        self._reasons = QVBoxLayout()
        self._reasons.setContentsMargins(3, 1, 0, 0)
        self._reasons.setSpacing(1)
        layout.addLayout(self._reasons)
        self._chips = QVBoxLayout()
        self._chips.setContentsMargins(1, 2, 0, 0)
        self._chips.setSpacing(2)
        layout.addLayout(self._chips)
        self._shown: tuple[Check, ...] = ()
        self.seen: QueueRow | None = None
        """The record as the person saw it who began to type."""
        self._reason_parts: list[QWidget] = []
        self._chip_parts: list[QWidget] = []

    @property
    def fails(self) -> bool:
        """Whether the value fails a check, saved or not."""
        return bool(self._shown)

    def show_row(self, row: QueueRow, keep_typed: bool = False) -> None:
        """Show the value of `row`, and what it was where it has been edited."""
        mask = self._marks.mask_personal
        if not (keep_typed and self.field.is_typed_in):
            self.seen = row
        value = row.value(self.column) or ""
        self.field.show_saved(show_value(self.column, value, mask) if mask else value, keep_typed)
        self.field.setReadOnly(mask or not row.is_open or not self._marks.may_change)
        edited = row.is_edited(self.column)
        raw = show_value(self.column, row.raw(self.column), mask).strip()
        self._was.set_full(f"was {raw}" if raw else "was missing")
        for part in (self._was, self._pencil):
            reveal(part, edited)
        self.show_standing(self._marks.of(row) if row.is_open else 0)

    def show_standing(self, mask: int) -> None:
        """Show what fails in the value: as saved, or as judged while one types."""
        found = self._marks.checks.for_column(mask, self.column)
        if found == self._shown:
            return
        self._shown = found
        _empty(self._reasons, self._reason_parts)
        for check in found:
            self._reason_parts.append(_reason(check))
            self._reasons.addWidget(self._reason_parts[-1])
        tone = "" if not found else "danger" if found[0].is_error else "warning"
        self.field.setProperty("mark", tone)
        self.field.setAccessibleDescription("; ".join(check.wording for check in found))
        restyle(self.field)

    def show_suggestions(self, found: Sequence[Suggestion]) -> None:
        """Offer suggestions."""
        _empty(self._chips, self._chip_parts)
        for place, suggestion in enumerate(found):
            chip = SuggestionChip(
                suggestion, self.column, place, self._marks.mask_personal, mends=bool(self._shown)
            )
            chip.clicked.connect(lambda _=False, taken=suggestion: self.suggestion_taken.emit(taken))
            self._add_chip(chip)

    def show_others(self, suggestion: Suggestion, count: int | None) -> None:
        """Offer to do the same to `count` others; None: to so many that they were not counted."""
        shown = [part for part in self._chip_parts if isinstance(part, SuggestionChip)]
        if len(self._chip_parts) > len(shown) or not any(chip.suggestion is suggestion for chip in shown):
            return
        if count != 0:
            self._add_chip(self._others_link(suggestion, count))

    def focus_suggestion(self) -> None:
        """Put the focus on the first suggestion."""
        if self._chip_parts:
            self._chip_parts[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _others_link(self, suggestion: Suggestion, count: int | None) -> QWidget:
        if count is None:
            words = "Fix the others like this…"
        else:
            words = f"Fix the other {grouped(count)} like this…" if count > 1 else "Fix the other like this…"
        link = button(words, name=f"quarantine.others.{self.column.lower()}", variant="link")
        link.clicked.connect(lambda: self.others_wanted.emit(suggestion))
        return link

    def _add_chip(self, part: QWidget) -> None:
        self._chip_parts.append(part)
        self._chips.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(3, 0, 3, 0)
        row.setSpacing(4)
        title = label(LABELS[self.column], "hint")
        row.addWidget(title)
        row.addSpacing(4)
        self._pencil = icon_label("edit", "muted", 12)
        self._was = ElidedLabel("", "struck")
        row.addWidget(self._pencil)
        row.addWidget(self._was, 1)
        row.addStretch()
        for part in (self._was, self._pencil):
            reveal(part, False)
        return row


def _reason(check: Check) -> QWidget:
    """Why it fails, with what to do on hover and for assistive technology."""
    tone = "danger" if check.is_error else "warning"
    part = QWidget()
    row = QHBoxLayout(part)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.current().space.xs)
    row.addWidget(icon_label(tone, tone, 14), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(label(check.wording, "hint", wrap=True, tone=tone))
    words.addWidget(label(check.hint, "hint", wrap=True))
    row.addLayout(words, 1)
    part.setToolTip(f"{check.rule} · {check.severity}")
    return part


def _empty(layout: QVBoxLayout, parts: list[QWidget]) -> None:
    for part in parts:
        layout.removeWidget(part)
        part.hide()
        part.deleteLater()
    parts.clear()

"""How the records of two runs of one content turned out: a line each, and what was changed in between."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.replay import KINDS, Comparison, RuleChange
from divegov_gui.services.rules import RuleSettings
from divegov_gui.ui import theme
from divegov_gui.ui.times import both_times, local_time
from divegov_gui.ui.widgets import icon_label, label

_SIGNS = {
    "Same diver": ("unchanged", "unchanged"),
    "Same place": ("pause", "muted"),
    "New place": ("quarantined", "quarantined"),
    "Let in": ("promoted", "promoted"),
    "Stopped": ("quarantined", "quarantined"),
    "Other diver": ("person", "promoted"),
}
_MOST_CHANGES = 4


class TurnList(QWidget):
    """`show_comparison` writes it anew."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("How the records turned out")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None
        self.lines: tuple[str, ...] = ()
        """What it says, line by line."""

    def show_comparison(self, found: Comparison) -> None:
        """A line for each way in which records turned out, the usual first, and the rules that were changed."""
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        self._content = QWidget()
        grid = QGridLayout(self._content)
        grid.setContentsMargins(0, 0, 0, 0)
        space = theme.current().space
        grid.setHorizontalSpacing(space.s)
        grid.setVerticalSpacing(space.xs)
        grid.setColumnStretch(2, 1)
        said = []
        for kind, words in KINDS.items():
            count = found.count(kind)
            if count:
                self._add(grid, _SIGNS[kind], grouped(count), words)
                said.append(f"{grouped(count)} {words}")
        if not found.different:
            said.append("Nothing turns out differently than the first time.")
            self._add(grid, ("success", "success"), "", said[-1])
        for change in found.changes[-_MOST_CHANGES:]:
            said.append(change_words(change))
            self._add(grid, ("rules", "muted"), "", said[-1], both_times(change.changed_at))
        left = len(found.changes) - _MOST_CHANGES
        if left > 0:
            said.append(f"{grouped(left)} earlier changes of rules are under Rules.")
            self._add(grid, ("rules", "muted"), "", said[-1])
        self.lines = tuple(said)
        self.setAccessibleDescription(" ".join(said))
        self._layout.addWidget(self._content)

    def _add(self, grid: QGridLayout, sign: tuple[str, str], count: str, words: str, tip: str = "") -> None:
        row = grid.rowCount()
        icon, tone = sign
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(icon_label(icon, tone, 16), row, 0, top)
        text = label(words, wrap=True)
        text.setToolTip(tip)
        if count:
            grid.addWidget(label(count, "strong"), row, 1, top | Qt.AlignmentFlag.AlignRight)
            grid.addWidget(text, row, 2)
        else:
            grid.addWidget(text, row, 1, 1, 2)


def change_words(change: RuleChange) -> str:
    """``PHONE_FORMAT was switched off by anna on 2026-07-16 14:03: not used any more``."""
    return (
        f"{change.code} {_difference(change.before, change.after)} by {change.changed_by} on "
        f"{local_time(change.changed_at)}: {change.reason}"
    )


def _difference(before: RuleSettings | None, after: RuleSettings) -> str:
    if before is None:
        return "came in"
    if before.is_enabled != after.is_enabled:
        return "was switched on" if after.is_enabled else "was switched off"
    if before.threshold != after.threshold:
        return f"was moved from {before.threshold} to {after.threshold}"
    if before.severity != after.severity:
        return f"was made {'an error' if after.severity == 'error' else 'a warning'}"
    return "was changed"

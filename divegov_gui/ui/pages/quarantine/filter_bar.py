"""By what the queue is filtered: a rule, a batch, or neither."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from divegov_gui.services.quarantine import Queue, QueueChoice, QueueFilter
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import button, choice_field, label, plural, reveal


class FilterBar(QWidget):
    """Two choices, how many records match, and a button that takes the filter away."""

    changed = Signal(object)
    """The QueueFilter that a person has chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        self.rule = self._choice("quarantine.rule", "Rule", "All rules", 26)
        self.batch = self._choice("quarantine.batch", "Batch", "All batches", 22)
        self.clear = button("Show all", name="quarantine.clear", variant="ghost", icon="clear")
        self.clear.clicked.connect(lambda: self.changed.emit(QueueFilter()))
        self.count = label("", "strong", name="quarantine.count")
        for field in (self.rule, self.batch):
            caption = label(field.accessibleName(), "label", tone="muted")
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
            row.addSpacing(space.s)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.count)

    def show_queue(self, queue: Queue, wanted: QueueFilter) -> None:
        """Offer what the queue knows to filter by, show what is chosen and how many records match."""
        _fill(self.rule, "All rules", queue.rules, wanted.rule)
        _fill(self.batch, "All batches", queue.batches, wanted.batch_id)
        filtered = wanted != QueueFilter()
        found = len(queue.ids)
        waiting = plural(queue.open_count, "record")
        verb = "waits" if queue.open_count == 1 else "wait"
        self.count.setText(f"{found:,} of {waiting}" if filtered else f"{waiting} {verb}")
        reveal(self.clear, filtered)

    def _choice(self, name: str, accessible: str, everything: str, characters: int) -> QComboBox:
        field = choice_field(name, accessible, [(everything, None)])
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        field.setMinimumContentsLength(characters)
        field.activated.connect(self._tell)
        return field

    def _tell(self, _: object) -> None:
        self.changed.emit(QueueFilter(self.rule.currentData(), self.batch.currentData()))


def _fill(
    field: QComboBox, everything: str, choices: Sequence[QueueChoice], chosen: str | int | None
) -> None:
    """Put `choices` into `field` and show the one that is `chosen`, which may be none of them any more."""
    blocker = QSignalBlocker(field)
    field.clear()
    field.addItem(everything, None)
    for choice in choices:
        field.addItem(choice.words, choice.value)
    if chosen is not None and field.findData(chosen) < 0:
        field.addItem(str(chosen), chosen)
    field.setCurrentIndex(0 if chosen is None else field.findData(chosen))
    field.setToolTip(field.currentText())
    blocker.unblock()

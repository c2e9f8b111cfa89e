"""The choice between the ways in: segments beside each other, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QWidget

from divegov_gui.ui import theme

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True)
class Way:
    """One way in: its key, what it is called, its icon, and what it is in a sentence."""

    key: str
    title: str
    icon: str
    text: str


class WayChoice(QFrame):
    """Segments of which one is chosen, by a click or by the arrow keys; together they are one Tab stop."""

    chosen = Signal(object)
    """The key of the way that was chosen."""

    def __init__(self, ways: Sequence[Way], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "sunken")
        self.setAccessibleName("Where the records come from")
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(space.xs)
        self._ways = {way.key: way for way in ways}
        self._buttons: dict[str, _Segment] = {}
        self._group = QButtonGroup(self)
        for way in ways:
            row.addWidget(self._add(way))
        self.choose(ways[0].key)

    @property
    def current(self) -> str:
        """The key of the way that is chosen."""
        return next(key for key, made in self._buttons.items() if made.isChecked())

    def choose(self, key: str) -> None:
        """Choose a way; tells nobody."""
        for each, made in self._buttons.items():
            taken = each == key
            made.setChecked(taken)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if taken else Qt.FocusPolicy.ClickFocus)
            theme.set_icon(made, self._ways[each].icon, "on_accent_soft" if taken else "muted", 18)

    def step(self, by: int) -> None:
        """Choose the way `by` places on, and take the focus along."""
        keys = list(self._buttons)
        self._take(keys[(keys.index(self.current) + by) % len(keys)])
        self._buttons[self.current].setFocus(Qt.FocusReason.TabFocusReason)

    def _add(self, way: Way) -> QPushButton:
        made = _Segment(way.title, self)
        made.setObjectName(f"ingest.way.{way.key}")
        made.setProperty("variant", "ghost")
        made.setAccessibleName(way.title)
        made.setAccessibleDescription(f"{way.text} The arrow keys change the choice.")
        made.setToolTip(way.text)
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.clicked.connect(lambda _=False, key=way.key: self._take(key))
        self._group.addButton(made)
        self._buttons[way.key] = made
        return made

    def _take(self, key: str) -> None:
        self.choose(key)
        self.chosen.emit(key)


class _Segment(QPushButton):
    """A segment whose arrow keys go along the choice instead of through Qt's own guess."""

    def __init__(self, text: str, choice: WayChoice) -> None:
        super().__init__(text, choice)
        self._choice = choice

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self._choice.step(step)
        else:
            super().keyPressEvent(event)

"""Grounds for content: cards, headers of sections, big numbers, and what an empty place says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import button, icon_label, label, restyle, reveal


class Card(QFrame):
    """A raised ground with padding; put content into `body`."""

    def __init__(self, title: str = "", subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        space = theme.current().space
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(space.l, space.l, space.l, space.l)
        self.body.setSpacing(space.m)
        self.header: SectionHeader | None = None
        if title:
            self.header = SectionHeader(title, subtitle)
            self.body.addWidget(self.header)


class NoticeCard(QFrame):
    """A ground in a tone with its sign; what is said stands in `words`, what one can do about it goes into `row`."""

    def __init__(self, name: str, tone: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("notice", "true")
        self.setProperty("tone", tone)
        space = theme.current().space
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(space.m, space.s, space.m, space.s)
        self.row.setSpacing(space.s)
        self.row.addWidget(icon_label(icon or tone, f"{tone}_on_soft", 20), 0, Qt.AlignmentFlag.AlignTop)
        self.words = QVBoxLayout()
        self.words.setSpacing(2)
        self.row.addLayout(self.words, 1)

    def add_line(self, text: str = "", role: str = "body", name: str = "") -> QLabel:
        """Say one more thing under the others."""
        made = label(text, role, wrap=True, name=name)
        self.words.addWidget(made)
        return made


class SectionHeader(QWidget):
    """A heading, a line under it, and room for actions on the right."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = label(title, "heading")
        self.subtitle = label(subtitle, "muted", wrap=True)
        reveal(self.subtitle, bool(subtitle))
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        row.addLayout(words, 1)
        self.action_row = QHBoxLayout()
        self.action_row.setSpacing(space.xs)
        row.addLayout(self.action_row)
        row.setAlignment(self.action_row, Qt.AlignmentFlag.AlignTop)

    def set_subtitle(self, text: str) -> None:
        """Change the line under the heading; an empty one takes no room."""
        self.subtitle.setText(text)
        reveal(self.subtitle, bool(text))

    def add_action(self, widget: QWidget) -> None:
        """Put `widget` to the right of the heading."""
        self.action_row.addWidget(widget)


class StatTile(QFrame):
    """One big number with what it counts and a line of context."""

    def __init__(
        self, caption: str, icon: str = "", name: str = "", tone: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setMinimumWidth(150)
        if name:
            self.setObjectName(name)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.l, space.m, space.l, space.m)
        layout.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(space.s)
        if icon:
            head.addWidget(icon_label(icon, tone or "muted", 18))
        self._caption = label(caption, "label", tone="muted")
        head.addWidget(self._caption, 1)
        layout.addLayout(head)
        self._value = label("–", "display")
        layout.addWidget(self._value)
        self._context = label("", "hint", wrap=True)
        layout.addWidget(self._context)
        self._describe()

    def set_value(self, value: int | float | str | None, context: str = "", tone: str = "") -> None:
        """Show `value` (whole numbers grouped, None as a dash) over `context`; `tone` colours the number."""
        if isinstance(value, int):
            shown = grouped(value)
        elif isinstance(value, float):
            shown = decimal(value)
        else:
            shown = value or "–"
        self._value.setText(shown)
        self._value.setProperty("tone", tone or None)
        restyle(self._value)
        self._context.setText(context)
        self._describe()

    @property
    def value_text(self) -> str:
        """The number as shown."""
        return self._value.text()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._caption.text()}: {self._value.text()}")
        self.setAccessibleDescription(self._context.text())


class EmptyState(QWidget):
    """What an empty place says: what it is, and what to do next."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xxl, space.xl, space.xxl)
        layout.setSpacing(space.s)
        layout.addStretch(1)
        layout.addWidget(icon_label(icon, "control_border", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(space.xs)
        self.title = _centred(label(title, "heading", wrap=True))
        layout.addWidget(self.title)
        layout.addLayout(self._words(text))
        self._actions = QHBoxLayout()
        self._actions.setSpacing(space.xs)
        self.action: QPushButton | None = None
        if action and on_action is not None:
            layout.addSpacing(space.s)
            self.action = self._offer(action, on_action, name or "empty.action", "primary")
        layout.addLayout(self._actions)
        layout.setAlignment(self._actions, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)

    def add_action(self, text: str, on_action: Callable[[], object], name: str) -> QPushButton:
        """Offer something else to do beside the first action."""
        return self._offer(text, on_action, name)

    # --- inside
    def _words(self, text: str) -> QHBoxLayout:
        """The text in the middle, no wider than one likes to read."""
        self.text = _centred(label(text, "muted", wrap=True))
        self.text.setMaximumWidth(520)
        reveal(self.text, bool(text))
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.text, 1000)
        line.addStretch(1)
        return line

    def _offer(
        self, text: str, on_action: Callable[[], object], name: str, variant: str = "secondary"
    ) -> QPushButton:
        made = button(text, name=name, variant=variant)
        made.clicked.connect(lambda: on_action())
        self._actions.addWidget(made)
        return made


def _centred(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made

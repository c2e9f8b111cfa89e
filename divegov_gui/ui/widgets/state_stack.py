"""Content, or in its place the one thing there is to say: nothing here yet, and what to do about it."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.ui.widgets.cards import Card


class StateStack(QWidget):
    """Shows its content or a state; before the first of both, nothing."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._ground = Card()
        self._state: QWidget | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content, 1)
        layout.addWidget(self._ground, 1)
        content.hide()
        self._ground.hide()

    @property
    def shows_content(self) -> bool:
        """Whether there is content to see."""
        return not self._content.isHidden()

    def show_content(self) -> None:
        """Show the content."""
        self._ground.hide()
        self._content.show()

    def show_state(self, state: QWidget) -> None:
        """Show `state` (an EmptyState) in the place of the content; an earlier one is let go."""
        if self._state is not None:
            self._ground.body.removeWidget(self._state)
            self._state.hide()
            self._state.deleteLater()
        self._state = state
        self._ground.body.addWidget(state, 1)
        self._content.hide()
        self._ground.show()

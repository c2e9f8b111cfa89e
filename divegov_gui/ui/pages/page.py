"""What every page is made of: a title, what the page is for, actions, and a body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import label, reveal

_BAR = 12
"""The width of a scroll bar in the style sheet."""
_TITLE = 39
"""As high as the actions beside it, so that every page has its title in the same place."""


@dataclass(frozen=True)
class PageSpec:
    """One page as the window knows it before it is made; `factory` is called when it is first shown.

    What it `brings`, modules by their names, is brought in one by one before.
    """

    key: str
    title: str
    icon: str
    factory: Callable[[], QWidget]
    brings: tuple[str, ...] = ()


class Page(QWidget):
    """A page: put content into `body` and actions with `add_action`.

    With `scrolls` the body moves under the title; without, it fills what room there is (grids).
    """

    def __init__(
        self, key: str, title: str, subtitle: str = "", *, scrolls: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(key)
        self.setAccessibleName(title)
        space = theme.current().space
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, space.xl, 0, 0)
        outer.setSpacing(space.l)
        outer.addLayout(self._head(title, subtitle))
        self.body = QVBoxLayout()
        self.body.setSpacing(space.l)
        self.body.setContentsMargins(space.xl, 0, space.xl, space.xl)
        if scrolls:
            outer.addWidget(self._scroll_area(), 1)
        else:
            outer.addLayout(self.body, 1)

    def page_shown(self) -> None:
        """Called each time the page comes into sight; a page that shows data asks for it anew here."""

    def page_hidden(self) -> None:
        """Called each time the page goes out of sight."""

    def add_action(self, widget: QWidget) -> None:
        """Put `widget` to the right of the title."""
        self.action_row.addWidget(widget)

    def body_height(self) -> int:
        """How much of the body is in sight, in pixels."""
        area = self.findChild(QScrollArea)
        return self.body.geometry().height() if area is None else area.viewport().height()

    def set_title(self, text: str) -> None:
        """Change the title."""
        self._title.setText(text)
        self.setAccessibleName(text)

    def set_subtitle(self, text: str) -> None:
        """Change the line under the title."""
        self._subtitle.setText(text)
        reveal(self._subtitle, bool(text))

    def _head(self, title: str, subtitle: str) -> QHBoxLayout:
        space = theme.current().space
        head = QHBoxLayout()
        head.setContentsMargins(space.xl, 0, space.xl - 2, 0)
        head.setSpacing(space.l)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = label(title, "title")
        self._title.setMinimumHeight(_TITLE)
        words.addWidget(self._title)
        self._subtitle = label(subtitle, "muted", wrap=True)
        words.addWidget(self._subtitle)
        self.set_subtitle(subtitle)
        head.addLayout(words, 1)
        self.action_row = QHBoxLayout()
        self.action_row.setSpacing(space.xs)
        head.addLayout(self.action_row)
        head.setAlignment(self.action_row, Qt.AlignmentFlag.AlignTop)
        return head

    def _scroll_area(self) -> QScrollArea:
        from divegov_gui.ui.widgets.scrolling import scrolling  # not needed by the first frame

        content = QWidget()
        content.setLayout(self.body)
        area = scrolling(content)
        bar = area.verticalScrollBar()
        bar.rangeChanged.connect(self._make_room_for_bar)
        return area

    def _make_room_for_bar(self, _: int, most: int) -> None:
        """Keep the body's right edge in line with the title's, scroll bar or not."""
        margins = self.body.contentsMargins()
        space = theme.current().space
        margins.setRight(space.xl - (_BAR if most > 0 else 0))
        self.body.setContentsMargins(margins)

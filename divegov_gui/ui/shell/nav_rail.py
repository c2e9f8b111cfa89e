"""The navigation rail: one button a page, one Tab stop for all, arrow keys between them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.page import PageSpec
from divegov_gui.ui.widgets.basics import icon_label, label

_WIDTH = 208
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class NavRail(QWidget):
    """The pages by name and icon; the current one is checked."""

    page_chosen = Signal(object)
    """The key of the page that a person has chosen."""

    def __init__(self, pages: Iterable[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nav")
        self.setAccessibleName("Pages")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.m, space.l, space.m, space.l)
        layout.setSpacing(space.xs)
        layout.addLayout(self._brand())
        layout.addSpacing(space.xl)
        self._buttons: dict[str, QPushButton] = {}
        for place, page in enumerate(pages, start=1):
            layout.addWidget(self._add(page, place))
        layout.addStretch(1)

    def button(self, key: str) -> QPushButton:
        """The button of one page."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        """Mark the page that is shown; only its button is a Tab stop."""
        had_focus = any(made.hasFocus() for made in self._buttons.values())
        for each, made in self._buttons.items():
            chosen = each == key
            made.setChecked(chosen)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)
            theme.set_icon(made, str(made.property("pageIcon")), "rail_accent" if chosen else "rail_text", 20)
        if had_focus:
            self._buttons[key].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = list(self._buttons)
        at = next((i for i, key in enumerate(keys) if self._buttons[key].hasFocus()), -1)
        if at < 0:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.page_chosen.emit(keys[0 if event.key() == Qt.Key.Key_Home else -1])
        else:
            super().keyPressEvent(event)

    def _add(self, page: PageSpec, place: int) -> QPushButton:
        made = _NavButton(page.title, self)
        made.setObjectName(f"nav.{page.key}")
        made.setProperty("pageIcon", page.icon)
        made.setAccessibleName(page.title)
        made.setAccessibleDescription(f"Opens the page {page.title}. Ctrl+{place} or Alt+{place}.")
        made.setToolTip(f"{page.title}  (Ctrl+{place})")
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.clicked.connect(lambda _=False, key=page.key: self._choose(key))
        self._buttons[page.key] = made
        return made

    def _choose(self, key: str) -> None:
        self._buttons[key].setChecked(True)  # a click on the current page must not uncheck it
        self.page_chosen.emit(key)

    def step(self, by: int) -> None:
        """Choose the page `by` places further down from the one that has focus."""
        keys = list(self._buttons)
        at = next((i for i, key in enumerate(keys) if self._buttons[key].hasFocus()), 0)
        self.page_chosen.emit(keys[(at + by) % len(keys)])

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.m)
        row.setContentsMargins(theme.current().space.s, 0, 0, 0)
        row.addWidget(icon_label("waves", "rail_accent", 28))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label("DiveGov", "brand"))
        words.addWidget(label("Steward", "brand_line"))
        row.addLayout(words, 1)
        return row


class _NavButton(QPushButton):
    """A button whose arrow keys go through the rail instead of through Qt's own guess."""

    def __init__(self, text: str, rail: NavRail) -> None:
        super().__init__(text, rail)
        self._rail = rail

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self._rail.step(step)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

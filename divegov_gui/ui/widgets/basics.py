"""The smallest parts: text in a role, buttons with an icon, icons, rules."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QTabBar, QToolButton, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme


def label(
    text: str = "", role: str = "body", *, wrap: bool = False, name: str = "", tone: str = ""
) -> QLabel:
    """Text in a role of the type scale: ``title``, ``heading``, ``strong``, ``label``, ``muted``, ``hint``,
    ``overline``, ``display``, ``error``, ``mono`` or ``body``; `tone` colours it."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if tone:
        made.setProperty("tone", tone)
    if name:
        made.setObjectName(name)
    return made


def icon_label(name: str, color: str = "muted", size: int = 16) -> QLabel:
    """An icon that only decorates: assistive technology passes over it."""
    made = QLabel()
    made.setFixedSize(size, size)
    theme.set_icon(made, name, color, size)
    return made


def button(
    text: str, *, name: str, variant: str = "secondary", icon: str = "", description: str = ""
) -> QPushButton:
    """A push button named `name` (``page.control``); variants: primary, secondary, danger, ghost, link."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("variant", variant)
    made.setAccessibleName(text.replace("&", ""))
    made.setAutoDefault(False)
    _describe(made, description)
    if icon:
        theme.set_icon(made, icon, _icon_color(variant))
    return made


def tool_button(
    icon: str, *, name: str, accessible: str, description: str = "", variant: str = "ghost"
) -> QToolButton:
    """A button of an icon alone; `accessible` is its name for who does not see the icon, and its tooltip."""
    made = QToolButton()
    made.setObjectName(name)
    made.setProperty("variant", variant)
    made.setAccessibleName(accessible)
    made.setToolTip(accessible)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    _describe(made, description)
    theme.set_icon(made, icon, "muted", 18)
    return made


def rule() -> QFrame:
    """A hairline between two parts."""
    made = QFrame()
    made.setProperty("role", "rule")
    return made


def tabs(name: str, accessible: str, *titles: str) -> QTabBar:
    """A row of tabs that turns between the views of a page."""
    made = QTabBar()
    made.setObjectName(name)
    made.setAccessibleName(accessible)
    made.setExpanding(False)
    for title in titles:
        made.addTab(title)
    return made


def restyle(widget: QWidget) -> None:
    """Apply the style sheet anew after a dynamic property (``tone``, ``invalid``) has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def reveal(widget: QWidget, shown: bool) -> None:
    """Show or hide a part of a page; one without a parent must not become a window of its own."""
    if widget.parentWidget() is not None or not shown:
        widget.setVisible(shown)


def plural(count: int, one: str, many: str = "") -> str:
    """``1 record``, ``1,204 records``."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def _icon_color(variant: str) -> str:
    return {"primary": "accent_text", "danger": "danger_on_fill", "link": "link"}.get(variant, "muted")


def _describe(made: QWidget, description: str) -> None:
    if description:
        made.setAccessibleDescription(description)
        made.setToolTip(description)

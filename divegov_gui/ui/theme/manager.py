"""Puts a theme on the application and keeps it in step with the desktop."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from divegov_gui.ui.theme import active
from divegov_gui.ui.theme.fonts import load_fonts, text_font
from divegov_gui.ui.theme.icons import icon, pixmap
from divegov_gui.ui.theme.palettes import DARK, LIGHT
from divegov_gui.ui.theme.stylesheet import palette, style_sheet
from divegov_gui.ui.theme.tokens import Theme

MODES = ("auto", "light", "dark")
_DRESSED = "dressed"
_GAP = 4
"""Pixels between a button's icon and its text, beyond the style's own."""


class ThemeManager(QObject):
    """Applies one of the two looks: the desktop's (``auto``), or the one that the person chose."""

    changed = Signal(object)
    """The Theme that has just been put in force."""

    def __init__(self, app: QApplication, mode: str = "auto") -> None:
        super().__init__(app)
        self._app = app
        self._mode = "auto"
        load_fonts()
        app.setStyle("Fusion")
        app.setFont(text_font())
        self._desktop = app.styleHints().colorScheme()
        app.styleHints().colorSchemeChanged.connect(self._follow_desktop)
        self._applied: Theme | None = None
        self.set_mode(mode)

    @property
    def mode(self) -> str:
        """``auto``, ``light`` or ``dark``: what was chosen, not what it led to."""
        return self._mode

    @property
    def theme(self) -> Theme:
        """The look in force."""
        return active.theme()

    def set_mode(self, mode: str) -> None:
        """Choose `mode`; a name that is not one counts as ``auto``."""
        self._mode = mode if mode in MODES else "auto"
        self._apply(self._wanted())

    def let_go(self) -> None:
        """Follow the desktop no more: another manager may take over."""
        self._app.styleHints().colorSchemeChanged.disconnect(self._follow_desktop)

    def _wanted(self) -> Theme:
        if self._mode == "auto":
            return DARK if self._desktop == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _follow_desktop(self, scheme: Qt.ColorScheme) -> None:
        self._desktop = scheme
        if self._mode == "auto":
            self._apply(self._wanted())

    def _apply(self, theme: Theme) -> None:
        if theme is self._applied and theme is active.theme():
            return
        self._applied = theme
        active.set_theme(theme)
        self._app.setPalette(palette(theme))
        for window in self._app.topLevelWidgets():
            if window.property(_DRESSED):
                window.setStyleSheet(style_sheet(theme))
        for widget in self._app.allWidgets():
            repaint_icon(widget)
        self.changed.emit(theme)


def dress(window: QWidget) -> None:
    """Put the look in force on a window that belongs to no other; what stands in it, or belongs to it, has it too.

    The sheet is each window's and not the application's: that one's is passed down anew to all that a widget
    holds whenever it is put into another, and a page that is made from its leaves up took four times as long.
    """
    window.setProperty(_DRESSED, True)
    window.setStyleSheet(style_sheet(active.theme()))


def set_icon(widget: QWidget, name: str, color: str = "text", size: int = 16) -> None:
    """Give a button or a label the icon `name`, in a colour that follows the theme."""
    widget.setProperty("iconName", name)
    widget.setProperty("iconColor", color)
    widget.setProperty("iconExtent", size)
    repaint_icon(widget)


def repaint_icon(widget: QWidget) -> None:
    """Draw the icon that `set_icon` gave to `widget` anew, in the colours of the theme in force."""
    name = widget.property("iconName")
    if not name:
        return
    color, size = str(widget.property("iconColor")), int(widget.property("iconExtent"))
    if isinstance(widget, QLabel):
        widget.setPixmap(pixmap(str(name), size, color, widget.devicePixelRatioF()))
    elif isinstance(widget, (QPushButton, QToolButton)):
        gap = _GAP if isinstance(widget, QPushButton) and widget.text() else 0
        widget.setIcon(icon(str(name), color, gap, size))
        widget.setIconSize(QSize(size + gap, size))

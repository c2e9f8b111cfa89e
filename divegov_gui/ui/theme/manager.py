"""Puts a theme on the application and keeps it in step with the desktop."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QChildEvent, QEvent, QObject, QSize, Qt, QTimer, Signal
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
        self._stale: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take_turn)
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

    @property
    def is_at_work(self) -> bool:
        """Whether something out of sight has the former look still."""
        return bool(self._stale)

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
        self._app.sendPostedEvents(None, QEvent.Type.ApplicationPaletteChange)  # no frame of both looks
        dressed = [widget for widget in self._app.allWidgets() if widget.property(_DRESSED)]
        for part in dressed:
            if part.isVisible():
                self._redress(part)
            elif part not in self._stale:
                self._stale.append(part)
                part.installEventFilter(self)
        self._timer.start()
        self.changed.emit(theme)

    # --- what is not in sight follows later: a part a turn of the event loop, and at once when it is shown
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            self._redress(watched)
        return super().eventFilter(watched, event)

    def _take_turn(self) -> None:
        if self._stale:
            self._redress(self._stale[0])
        if not self._stale:
            self._timer.stop()

    def _redress(self, part: QWidget) -> None:
        """Put the look in force on a part, its icons included."""
        if part in self._stale:
            self._stale.remove(part)
        if not shiboken6.isValid(part):
            return
        part.removeEventFilter(self)
        part.setStyleSheet(style_sheet(active.theme()))
        for widget in (part, *part.findChildren(QWidget)):
            repaint_icon(widget)


class PartsDresser(QObject):
    """Dresses whatever is put into a window and shown: what it holds, and what belongs to it, a dialog for example."""

    def __init__(self, window: QWidget, *holders: QWidget) -> None:
        """`holders` are not dressed themselves, but each part in them is."""
        super().__init__(window)
        self._holders = (window, *holders)
        for holder in self._holders:
            holder.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            part = event.child()
            if isinstance(part, QWidget) and part not in self._holders and not part.property(_DRESSED):
                dress(part)
        return super().eventFilter(watched, event)


def dress(part: QWidget) -> None:
    """Put the look in force on a part of a window, or on one that belongs to no other; what stands in it has it too.

    The sheet is each part's and neither the application's nor the window's. The application's is passed down anew to
    all that a widget holds whenever it is put into another, and a page that is made from its leaves up took four times
    as long. The window's is passed down to all pages when the look changes, and the one in sight has to wait for them.
    """
    part.setProperty(_DRESSED, True)
    part.setStyleSheet(style_sheet(active.theme()))


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

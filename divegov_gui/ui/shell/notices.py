"""Where notices are shown: banners over the page for what must be read, toasts for what may be missed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.notifier import Notice
from divegov_gui.ui.widgets.basics import icon_label, label, tool_button

TOAST_MS = 6_000
_AT_ONCE = 3
_TOAST_WIDTH = 380
_CLEARANCE = 52
"""How far toasts stay above the window's lower edge, where the status line is."""


class NoticeView(QFrame):
    """One notice with its sign, its words and a button that closes it."""

    closed = Signal(object)
    """This view, when it is to go."""

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName("notice")
        self.setProperty("notice", "true")
        self.setProperty("tone", notice.tone)
        self.setAccessibleName(notice.text)
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(space.m, space.s, space.s, space.s)
        row.setSpacing(0)
        row.addWidget(icon_label(notice.tone, notice.tone, 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(space.m)
        row.addLayout(self._words(), 1)
        if notice.stays:
            copy = tool_button("copy", name="notice.copy", accessible="Copy this message")
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(notice.text))
            row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        self.close_button = tool_button("close", name="notice.close", accessible="Dismiss")
        self.close_button.clicked.connect(self.dismiss)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        away = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.dismiss)
        away.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TOAST_MS)
        self._timer.timeout.connect(self.dismiss)
        if not notice.stays:
            self._timer.start()

    def dismiss(self) -> None:
        """Go."""
        self._timer.stop()
        self.closed.emit(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """While the pointer rests on it, it stays."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.notice.stays:
            self._timer.start()
        super().leaveEvent(event)

    def _words(self) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 1, 0, 1)
        words.addWidget(label(self.notice.title, "strong", wrap=True))
        if self.notice.detail:
            words.addWidget(label(self.notice.detail, wrap=True))
        if self.notice.hint:
            words.addWidget(label(self.notice.hint, wrap=True))
        return words


class BannerArea(QWidget):
    """The notices that stay, newest on top, in the flow of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banners")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        space = theme.current().space
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(space.xl, space.m, space.xl, 0)
        self._layout.setSpacing(space.s)
        self._views: list[NoticeView] = []
        self.hide()

    @property
    def views(self) -> tuple[NoticeView, ...]:
        """What is shown, oldest first."""
        return tuple(self._views)

    def show_notice(self, notice: Notice) -> None:
        """Show `notice`; one that happened and is mended alike is not shown twice, and the oldest makes room."""
        for view in [v for v in self._views if _is_like(v.notice, notice)]:
            self._remove(view)
        for view in self._views[: max(0, len(self._views) - _AT_ONCE + 1)]:
            self._remove(view)
        view = NoticeView(notice)
        view.closed.connect(self._remove)
        self._views.append(view)
        self._layout.insertWidget(0, view)
        self.show()
        announce(self, notice.text, urgent=True)

    def withdraw(self, hint: str) -> None:
        """Take away what told to do what is done now: all whose hint begins with `hint`."""
        for view in [v for v in self._views if v.notice.hint.startswith(hint)]:
            self._remove(view)

    def _remove(self, view: NoticeView) -> None:
        if view in self._views:
            self._views.remove(view)
            self._layout.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.setVisible(bool(self._views))


def _is_like(one: Notice, other: Notice) -> bool:
    """Whether two notices say that the same happened and what to do; why may differ."""
    return one == other or (
        bool(one.hint) and (one.tone, one.title, one.hint) == (other.tone, other.title, other.hint)
    )


class ToastStack(QWidget):
    """The notices that leave by themselves, over the lower right corner of `host`."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("toasts")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.current().space.s)
        self._views: list[NoticeView] = []
        host.installEventFilter(self)
        self.hide()

    @property
    def views(self) -> tuple[NoticeView, ...]:
        """What is shown, oldest first."""
        return tuple(self._views)

    def show_notice(self, notice: Notice) -> None:
        """Show `notice` for a while; the oldest makes room."""
        for view in self._views[: max(0, len(self._views) - _AT_ONCE + 1)]:
            self._remove(view)
        view = NoticeView(notice)
        view.closed.connect(self._remove)
        self._views.append(view)
        self._layout.addWidget(view)
        self.show()
        self._place()
        announce(self, notice.text, urgent=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """A notice is as high as its words only once it was dressed and laid out."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None or not self._views:
            return
        margin = theme.current().space.l
        width = min(_TOAST_WIDTH, host.width() - 2 * margin)
        height = self._layout.totalHeightForWidth(width)
        self.setGeometry(host.width() - width - margin, host.height() - height - _CLEARANCE, width, height)
        self.raise_()

    def _remove(self, view: NoticeView) -> None:
        if view in self._views:
            self._views.remove(view)
            self._layout.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.setVisible(bool(self._views))
        self._place()


def announce(widget: QWidget, text: str, *, urgent: bool) -> None:
    """Have a screen reader say `text`."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # 2 ms that a start can do without

    event = QAccessibleAnnouncementEvent(widget, text)
    polite, assertive = (
        QAccessible.AnnouncementPoliteness.Polite,
        QAccessible.AnnouncementPoliteness.Assertive,
    )
    event.setPoliteness(assertive if urgent else polite)
    QAccessible.updateAccessibility(event)

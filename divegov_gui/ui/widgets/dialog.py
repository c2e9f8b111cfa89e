"""What every dialog of the program is made of: a sign with title and detail, a body, a row of buttons."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import icon_label, label


class Dialog(QDialog):
    """Put content into `body` and buttons into the row below it; Escape leaves.

    It opens as high as what it says, unless it was given a size; when it closes, the focus goes back to where it was.
    """

    def __init__(
        self,
        name: str,
        title: str,
        icon: str,
        window: QWidget | None,
        *,
        detail: str = "",
        tone: str = "muted",
        width: int = 480,
    ) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if window is None:
            theme.dress(self)
        self._came_from = QApplication.focusWidget()
        space = theme.current().space
        self._least = width
        self._column = column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        column.setSpacing(space.m)
        column.addLayout(self._head(detail, icon, tone))
        self.body = QVBoxLayout()
        self.body.setSpacing(space.m)
        column.addLayout(self.body, 1)
        column.addSpacing(space.xs)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(space.m)
        self.foot.addLayout(self._button_row())
        column.addLayout(self.foot)
        self.say_title(title)
        self.finished.connect(self._go_back)

    def say_title(self, title: str) -> None:
        """Be called otherwise from now on: what was asked is done."""
        self.heading.setText(title)
        self.setAccessibleName(title)
        self.setWindowTitle(title)

    def add_button(
        self, made: QPushButton, does: Callable[..., object] | None = None, *, default: bool = False
    ) -> QPushButton:
        """Put a button at the right end of the row; `does` is what it does, and Enter too where it is the default."""
        if does is not None:
            made.clicked.connect(does)
        made.setDefault(default)
        self._buttons.addWidget(made)
        return made

    def fit(self) -> None:
        """Be as high as what is said, and no higher."""
        self._hold()
        self.resize(self.width(), self._column.totalHeightForWidth(self.width()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None:
            self._focus_body()
        if self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self._hold()
        else:
            self.resize(self.minimumWidth(), self.height())
            self.fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._hold()
        return done

    # --- inside
    def _hold(self) -> None:
        """Never be smaller than what is said. A layout's own minimum knows not that a wider text is less high."""
        self._column.activate()
        self.setMinimumWidth(max(self._least, self._column.totalMinimumSize().width()))
        self.setMinimumHeight(self._column.totalMinimumHeightForWidth(self.width()))

    def _focus_body(self) -> None:
        """Begin in the body, where there is something to do; the buttons were made before it, and come behind it."""
        row = [*_widgets(self.aside), *_widgets(self._buttons)]
        for each in self.findChildren(QWidget):
            takes = each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled() and each.isVisible()
            if takes and each not in row:
                each.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _head(self, detail: str, icon: str, tone: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(theme.current().space.m)
        head.addWidget(icon_label(icon, tone, 24), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(theme.current().space.xs)
        self.heading = label("", "heading", wrap=True)
        self.detail = label(detail, wrap=True)
        words.addWidget(self.heading)
        words.addWidget(self.detail)
        if not detail:
            self.detail.hide()
        head.addLayout(words, 1)
        return head

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self.aside = QHBoxLayout()
        row.addLayout(self.aside)
        row.addStretch(1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.current().space.s)
        row.addLayout(self._buttons)
        return row

    def _go_back(self, _: int) -> None:
        """Give the focus back, unless what was answered has led it elsewhere already."""
        below = self.parentWidget()
        if below is None:
            return
        window, came_from = below.window(), self._came_from
        window.activateWindow()
        if came_from is None or not shiboken6.isValid(came_from) or not came_from.isVisible():
            return
        if window.focusWidget() in (None, came_from):
            came_from.setFocus(Qt.FocusReason.OtherFocusReason)


def _widgets(line: QHBoxLayout) -> list[QWidget]:
    items = (line.itemAt(at) for at in range(line.count()))
    return [widget for item in items if item is not None and (widget := item.widget()) is not None]

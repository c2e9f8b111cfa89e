"""Small parts of this page: a column that scrolls, parts side by side, calm fields."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDoubleSpinBox,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.core.numbers import shortest
from divegov_gui.ui import theme
from divegov_gui.ui.numbers import number_locale
from divegov_gui.ui.widgets import label

_BAR = 12
"""The width of a scroll bar in the style sheet."""


class ScrollColumn(QScrollArea):
    """Parts under each other that move together where they need more height than there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget(self)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(space.xl, 0, space.xl, space.m)
        self.body.setSpacing(space.m)
        self.verticalScrollBar().rangeChanged.connect(self._make_room_for_bar)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the content in, when it is first shown and not before.

        A scroll area measures its content, and so styles it, with every parent that it is put into.
        """
        if self.widget() is None:
            self.setWidget(self._content)
        super().showEvent(event)

    def _make_room_for_bar(self, _: int, most: int) -> None:
        """Keep the right edge where it is, scroll bar or not."""
        margins = self.body.contentsMargins()
        margins.setRight(theme.current().space.xl - (_BAR if most > 0 else 0))
        self.body.setContentsMargins(margins)


class Views(QWidget):
    """Views in one place, one of them shown.

    A QStackedWidget would style its first view at once, and again with every parent that it is put into;
    here that happens when the view is shown, and once.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._current: QWidget | None = None

    @property
    def current(self) -> QWidget | None:
        """The view that is shown."""
        return self._current

    def add(self, view: QWidget) -> None:
        """Put `view` behind the others; the first is shown."""
        self._column.addWidget(view)
        if self._current is None:
            self._current = view
        else:
            view.hide()

    def show_view(self, view: QWidget) -> None:
        """Show `view` in the place of another."""
        if view is not self._current:
            if self._current is not None:
                self._current.hide()
            self._current = view
            view.show()


class SideBySide(QWidget):
    """Parts beside each other, or under each other where the width is less than `least`."""

    def __init__(self, least: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = least
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.current().space.m)

    def add(self, part: QWidget, stretch: int = 1) -> None:
        """Put `part` behind the others."""
        self._line.addWidget(part, stretch)

    def minimumSizeHint(self) -> QSize:
        items = (self._line.itemAt(place) for place in range(self._line.count()))
        widest = max((item.minimumSize().width() for item in items if item is not None), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._least
        wanted = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if wanted != self._line.direction():
            self._line.setDirection(wanted)
            self.updateGeometry()


class _CalmWheel(QObject):
    """Keeps the wheel from changing a field that a person only scrolls past."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def calm(field: QWidget) -> None:
    """Let the wheel scroll the page over `field` unless the field has the focus."""
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_CalmWheel(field))


class ShareField(QDoubleSpinBox):
    """A share in per cent, said as shortly as it can be: ``5 %``, ``0.31 %``."""

    def textFromValue(self, value: float) -> str:
        return shortest(value)


def share_field(name: str, accessible: str, share: float, step: float = 1.0) -> ShareField:
    """A field for a share, in per cent from 0 to 100; `share` is of 1."""
    field = ShareField()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setLocale(number_locale())  # as every other number in the window
    field.setDecimals(2)
    field.setRange(0.0, 100.0)
    field.setSingleStep(step)
    field.setSuffix(" %")
    field.setValue(share * 100)
    edit = field.findChild(QLineEdit)
    assert edit is not None
    edit.setTextMargins(7, 0, 0, 0)  # the style sheet's padding does not reach it
    calm(field)
    return field


def problem_label(name: str) -> QLabel:
    """The place of an error under a field, hidden while there is none."""
    made = label("", "error", wrap=True, name=name)
    made.hide()
    return made


def tab_after(before: QWidget, part: QWidget) -> QWidget:
    """Have Tab go from `before` through the fields of `part`, which was made late, in their own order.

    Returns the last of them.
    """
    # not by nextInFocusChain: PySide takes what it returns for a child of the widget that was asked
    inside = (each for each in part.findChildren(QWidget) if each.window() is part.window())
    fields = [each for each in inside if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for each in fields:
        QWidget.setTabOrder(before, each)
        before = each
    return before

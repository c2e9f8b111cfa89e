"""A mark at a control: the window is dimmed around it, and a card beside it says what it is for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPen, QRegion, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.shell.notices import announce
from divegov_gui.ui.widgets.basics import button, icon_label, label, reveal
from divegov_gui.ui.widgets.painting import color

WIDTH = 348
_GAP, _ROOM, _RADIUS = 14, 6, 8
"""Between the card and what is lit; around what is lit; the corners of the light."""


class Dimness(QWidget):
    """Dims its host all but what is lit; what is lit can be used as ever."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("tour.dimness")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lit = QRect()

    @property
    def lit(self) -> QRect:
        """What is lit, in the host's pixels."""
        return self._lit

    def light(self, lit: QRect) -> None:
        """Light `lit`; an empty rectangle leaves all dim."""
        host = self.parentWidget()
        assert host is not None
        if lit == self._lit and self.size() == host.size():
            return
        self._lit = lit
        self.setGeometry(host.rect())
        whole = QRegion(host.rect())
        self.setMask(whole if lit.isEmpty() else whole - QRegion(lit))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(4, 16, 24, 118))
        if not self._lit.isEmpty():
            painter.setPen(QPen(color("focus"), 3))
            ring = QRectF(self._lit).adjusted(-1.5, -1.5, 1.5, 1.5)
            painter.drawRoundedRect(ring, _RADIUS, _RADIUS)


class CoachCard(QFrame):
    """The words of a step with Back, Next and Skip. Alt with their letters presses them from anywhere."""

    next_wanted = Signal()
    back_wanted = Signal()
    skip_wanted = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("tour.card")
        self.setProperty("role", "coach")
        self.setFixedWidth(WIDTH)
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.m, space.l, space.m)
        column.setSpacing(space.xs)
        column.addLayout(self._praise_line())
        self.title = label("", "heading", wrap=True, name="tour.title")
        self.text = label("", wrap=True, name="tour.text")
        self.deed = label("", "strong", wrap=True, name="tour.deed")
        for part in (self.title, self.text, self.deed):
            column.addWidget(part)
        column.addSpacing(space.s)
        column.addLayout(self._buttons())
        away = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.skip_wanted.emit)
        away.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def say(self, title: str, text: str, deed: str, praise: str = "") -> None:
        """Show a step's words: `deed` is what the person may do now, `praise` what was just done."""
        self.title.setText(title)
        self.text.setText(text)
        self.deed.setText(deed)
        reveal(self.deed, bool(deed))
        self._praise.setText(praise)
        reveal(self._praised, bool(praise))
        words = " ".join(part for part in (praise, text, deed) if part)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.next.setAccessibleDescription(f"{title}. {words}")
        announce(self, f"{title}. {words}", urgent=False)

    def offer(self, next_: str, back: bool, skip: str, count: str) -> None:
        """Name the buttons, and how far one is."""
        for made, words in ((self.next, next_), (self.skip, skip)):
            made.setText(words)
            made.setAccessibleName(words.replace("&", ""))
            reveal(made, bool(words))
        reveal(self.back, back)
        self._count.setText(count)

    def stand_by(self, lit: QRect) -> None:
        """Stand beside what is lit where there is room, else in the lower left corner, or in the middle."""
        self.move(_place(self._fitted(), lit, self._host.rect()))
        self.raise_()

    def stand_in_corner(self, clearance: int) -> None:
        """Stand in the lower right corner, `clearance` pixels above the edge."""
        card, host = self._fitted(), self._host.rect()
        self.move(host.width() - card.width() - _GAP, host.height() - card.height() - clearance)
        self.raise_()

    # --- inside
    @property
    def _host(self) -> QWidget:
        host = self.parentWidget()
        assert host is not None
        return host

    def _fitted(self) -> QRect:
        """As high as its words are now."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        return self.rect()

    def _praise_line(self) -> QHBoxLayout:
        self._praised = QWidget()
        row = QHBoxLayout(self._praised)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.xs)
        self._praise = label("", "label", tone="success", name="tour.praise")
        row.addWidget(icon_label("success", "success", 16))
        row.addWidget(self._praise, 1)
        self._praised.hide()
        line = QHBoxLayout()
        line.addWidget(self._praised)
        return line

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xs)
        self.skip = button("&Skip the tour", name="tour.skip", variant="ghost")
        self._count = label("", "hint", name="tour.count")
        self.back = button("&Back", name="tour.back")
        self.next = button("&Next", name="tour.next", variant="primary")
        self.skip.clicked.connect(self.skip_wanted)
        self.back.clicked.connect(self.back_wanted)
        self.next.clicked.connect(self.next_wanted)
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addSpacing(theme.current().space.xs)
        row.addWidget(self.back)
        row.addWidget(self.next)
        return row


def lit_area(host: QWidget, targets: list[QWidget]) -> QRect:
    """What to light for `targets`: all of them in one rectangle, with a little room, within the host."""
    lit = QRect()
    for target in targets:
        lit = lit.united(QRect(target.mapTo(host, QPoint(0, 0)), target.size()))
    if lit.isEmpty():
        return lit
    return lit.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM).intersected(host.rect().adjusted(3, 3, -3, -3))


def _place(card: QRect, lit: QRect, host: QRect) -> QPoint:
    """Where the card stands: below, above, right or left of what is lit, wherever it covers nothing of it."""
    inside = host.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    if lit.isEmpty():
        return QPoint(host.center().x() - card.width() // 2, host.center().y() - card.height() // 2)
    across = _within(lit.center().x() - card.width() // 2, inside.left(), inside.right() - card.width())
    down = _within(lit.top(), inside.top(), inside.bottom() - card.height())
    for at in (
        QPoint(across, lit.bottom() + _GAP),
        QPoint(across, lit.top() - _GAP - card.height()),
        QPoint(lit.right() + _GAP, down),
        QPoint(lit.left() - _GAP - card.width(), down),
    ):
        if inside.contains(QRect(at, card.size())):
            return at
    return QPoint(inside.left(), inside.bottom() - card.height())


def _within(wanted: int, least: int, most: int) -> int:
    return max(least, min(wanted, most))

"""Which rules were broken how often: a list of horizontal bars, one a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import mono_font, text_font
from divegov_gui.ui.widgets.basics import plural
from divegov_gui.ui.widgets.painting import color, focus_ring, rounded

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 46


@dataclass(frozen=True)
class RuleCount:
    """One rule with how many records break it; `severity` is ``error`` or ``warning``."""

    code: str
    wording: str
    count: int
    severity: str = "error"

    @property
    def sentence(self) -> str:
        """All of it in words."""
        return f"{self.wording} ({self.code}), {self.severity}: {plural(self.count, 'record')}"


class RuleBars(QListView):
    """The rules by count, the worst on top. Arrow keys move; Enter, Space or a click chooses a rule."""

    rule_chosen = Signal(object)
    """The RuleCount that was chosen."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if name:
            self.setObjectName(name)
        self.setProperty("role", "plain")
        self.setAccessibleName("Rules broken, by count")
        self._model = _RuleModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_RuleDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._choose)

    def set_rules(self, rules: Iterable[RuleCount]) -> None:
        """Show `rules`, most broken first."""
        self._model.set_rules(sorted(rules, key=lambda rule: (-rule.count, rule.code)))
        self.updateGeometry()

    @property
    def rules(self) -> tuple[RuleCount, ...]:
        """The rules in the order shown."""
        return self._model.rules

    def sizeHint(self) -> QSize:
        return QSize(420, max(2, len(self.rules)) * ROW_HEIGHT + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 2 * ROW_HEIGHT + 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: Index) -> None:
        if index.isValid():
            self.rule_chosen.emit(self.rules[index.row()])


class _RuleModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rules: tuple[RuleCount, ...] = ()

    def set_rules(self, rules: list[RuleCount]) -> None:
        self.beginResetModel()
        self.rules = tuple(rules)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rules)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        rule = self.rules[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return rule.wording
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return rule.sentence
        return None


class _RuleDelegate(QStyledItemDelegate):
    """Draws one rule: severity sign, wording and code, bar, count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_HEIGHT)  # the view gives it its own width

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _RuleModel)
        rule = model.rules[index.row()]
        most = max((r.count for r in model.rules), default=1) or 1
        tone = "danger" if rule.severity == "error" else "warning"
        row = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(row, color("hover"))
        theme.paint_icon(painter, tone, row.left() + 4, row.top() + 8, 16, tone)
        words = row.adjusted(28, 5, -4, 0)
        words.setHeight(22)
        self._paint_words(painter, words, rule)
        track = QRectF(words.left(), row.top() + 31, words.width(), 6)
        painter.fillPath(rounded(track, 3), color("sunken"))
        if rule.count:
            track.setWidth(max(6.0, track.width() * rule.count / most))
            painter.fillPath(rounded(track, 3), color(f"{tone}_fill"))
        if state & QStyle.StateFlag.State_HasFocus:
            focus_ring(painter, row, 4)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRectF, rule: RuleCount) -> None:
        count = grouped(rule.count)
        painter.setFont(text_font(14, QFont.Weight.DemiBold))
        painter.setPen(color("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
        room = area.width() - QFontMetrics(painter.font()).horizontalAdvance(count) - 16
        painter.setFont(text_font(13))
        measure = QFontMetrics(painter.font())
        wording = measure.elidedText(rule.wording, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, wording)
        left = measure.horizontalAdvance(wording) + 10
        painter.setFont(mono_font(11))
        if left + QFontMetrics(painter.font()).horizontalAdvance(rule.code) <= room:
            painter.setPen(color("muted"))
            painter.drawText(area.adjusted(left, 1, 0, 0), Qt.AlignmentFlag.AlignVCenter, rule.code)

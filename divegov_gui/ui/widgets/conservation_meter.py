"""The conservation law as a picture: loaded = promoted + unchanged + duplicate + quarantined."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.outcome_counts import OUTCOMES, OutcomeCounts, widths
from divegov_gui.ui.widgets.painting import color, fill_pattern, focus_ring, rounded

_PAD, _HEAD, _BAR, _LEGEND, _GAP = 6, 24, 30, 46, 10
_LEAST, _SEAM = 8.0, 2.0
_WIDE = 560


class ConservationMeter(QWidget):
    """One bar for all rows of a batch, each outcome in its own colour, pattern and place.

    An arrow key moves from outcome to outcome; Enter or a click chooses one.
    """

    outcome_chosen = Signal(object)
    """The key of the outcome that was chosen: ``promoted``, ``unchanged``, ``duplicate``, ``quarantined``."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if name:
            self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # Not Fixed: that would hold it to the height of its hint where a narrow place makes it taller.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._counts: OutcomeCounts | None = None
        self._at = -1
        self.set_counts(None)

    @property
    def counts(self) -> OutcomeCounts | None:
        """What is shown."""
        return self._counts

    @property
    def is_alarmed(self) -> bool:
        """Whether rows are unaccounted for."""
        return self._counts is not None and not self._counts.holds

    def set_counts(self, counts: OutcomeCounts | None) -> None:
        """Show `counts`; None while there is nothing to show."""
        self._counts, self._at = counts, -1
        self.setAccessibleName("Conservation: what became of every row")
        self.setAccessibleDescription(counts.sentence if counts else "Nothing has been governed yet.")
        self.update()

    # --- size
    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = 1 if width >= _WIDE else 2
        return 2 * _PAD + _HEAD + _BAR + _GAP + rows * _LEGEND

    def sizeHint(self) -> QSize:
        return QSize(640, self.heightForWidth(640))

    def minimumSizeHint(self) -> QSize:
        return QSize(340, self.heightForWidth(_WIDE))

    # --- where things are
    def _bar_area(self) -> QRectF:
        return QRectF(_PAD, _PAD + _HEAD, self.width() - 2 * _PAD, _BAR)

    def segment_areas(self) -> list[tuple[str, QRectF]]:
        """The key and the place of every segment of the bar."""
        if self._counts is None:
            return []
        area, segments = self._bar_area(), list(self._counts.segments())
        result, x = [], area.left()
        for (key, _, _, _), width in zip(
            segments, widths([s[3] for s in segments], area.width(), _LEAST, _SEAM), strict=True
        ):
            result.append((key, QRectF(x, area.top(), width, area.height())))
            x += width + _SEAM
        return result

    def _legend_areas(self) -> list[tuple[str, str, str, QRectF]]:
        columns = 4 if self.width() >= _WIDE else 2
        width = (self.width() - 2 * _PAD) / columns
        top = self._bar_area().bottom() + _GAP
        return [
            (
                key,
                text,
                pattern,
                QRectF(_PAD + i % columns * width, top + i // columns * _LEGEND, width, _LEGEND),
            )
            for i, (key, text, pattern) in enumerate(OUTCOMES)
        ]

    def _key_at(self, point: QPointF) -> str:
        places = self.segment_areas() + [(key, area) for key, _, _, area in self._legend_areas()]
        return next((key for key, area in places if area.contains(point)), "")

    # --- painting
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        self._paint_bar(painter)
        for key, text, pattern, area in self._legend_areas():
            self._paint_legend(painter, key, text, pattern, area)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()))

    def _paint_head(self, painter: QPainter) -> None:
        area = QRectF(_PAD, _PAD - 2, self.width() - 2 * _PAD, _HEAD)
        painter.setFont(text_font(14, QFont.Weight.DemiBold))
        painter.setPen(color("text"))
        loaded = f"{grouped(self._counts.loaded)} loaded" if self._counts else "Nothing governed yet"
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, loaded)
        if self._counts is None:
            return
        tone = "success" if self._counts.holds else "danger"
        taken = QFontMetrics(painter.font()).horizontalAdvance(loaded) + 40
        painter.setFont(text_font(12, QFont.Weight.Medium if self._counts.holds else QFont.Weight.DemiBold))
        measure = QFontMetrics(painter.font())
        words = measure.elidedText(
            self._counts.verdict, Qt.TextElideMode.ElideRight, max(0, int(area.width()) - taken)
        )
        left = area.right() - measure.horizontalAdvance(words)
        painter.setPen(color(f"{tone}_text"))
        painter.drawText(QRectF(left, area.top(), area.width(), _HEAD), Qt.AlignmentFlag.AlignVCenter, words)
        theme.paint_icon(painter, tone, left - 20, area.top() + (_HEAD - 16) / 2, 16, tone)

    def _paint_bar(self, painter: QPainter) -> None:
        bar = self._bar_area()
        painter.save()
        painter.setClipPath(rounded(bar, 6))
        painter.fillRect(bar, color("sunken"))
        places = self.segment_areas()
        patterns = {key: pattern for key, _, pattern in OUTCOMES}
        for key, area in places:
            tone = "danger" if key == "missing" else key
            fill_pattern(painter, area, tone, patterns.get(key, "cross"))
            self._paint_share(painter, key, tone, area)
        painter.restore()
        if self.is_alarmed:
            painter.setPen(QPen(color("danger_fill"), 2))
            painter.drawPath(rounded(bar.adjusted(1, 1, -1, -1), 6))
        if self.hasFocus() and 0 <= self._at < len(places):
            painter.setPen(QPen(color("text"), 2))
            painter.drawPath(rounded(places[self._at][1].adjusted(1, 1, -1, -1), 4))

    def _paint_share(self, painter: QPainter, key: str, tone: str, area: QRectF) -> None:
        """Write the share into a segment that has room, on a plain plate over the pattern."""
        assert self._counts is not None
        painter.setFont(text_font(12, QFont.Weight.DemiBold))
        words = self._counts.share(key)
        width = QFontMetrics(painter.font()).horizontalAdvance(words) + 12
        if width + 8 > area.width():
            return
        plate = QRectF(area.left() + 4, area.top() + 5, width, area.height() - 10)
        painter.fillPath(rounded(plate, 4), color(f"{tone}_fill"))
        painter.setPen(color(f"{tone}_on_fill"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_legend(self, painter: QPainter, key: str, text: str, pattern: str, area: QRectF) -> None:
        painter.save()
        swatch = QRectF(area.left(), area.top() + 4, 14, 14)
        painter.setClipPath(rounded(swatch, 3))
        fill_pattern(painter, swatch, key, pattern)
        painter.restore()
        words = area.adjusted(22, 0, 0, 0)
        painter.setFont(text_font(12, QFont.Weight.Medium))
        painter.setPen(color("muted"))
        painter.drawText(
            QRectF(words.left(), words.top(), words.width(), 22), Qt.AlignmentFlag.AlignVCenter, text
        )
        count = grouped(self._counts.of(key)) if self._counts else "–"
        painter.setFont(text_font(16, QFont.Weight.DemiBold))
        painter.setPen(color("text"))
        line = QRectF(words.left(), words.top() + 21, words.width(), 24)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, count)
        if self._counts:
            line.setLeft(line.left() + QFontMetrics(painter.font()).horizontalAdvance(count) + 8)
            painter.setFont(text_font(12))
            painter.setPen(color("muted"))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._counts.share(key))

    # --- mouse and keyboard
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            key = self._key_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tooltip_of(key) if key else "", self)
            return True
        return super().event(event)

    def tooltip_of(self, key: str) -> str:
        """What a hover over the outcome `key` says."""
        if self._counts is None:
            return ""
        text = {k: words for k, words, _ in OUTCOMES}.get(key, "Without an outcome")
        return f"{text}: {grouped(self._counts.of(key))} of {grouped(self._counts.loaded)} ({self._counts.share(key)})"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self._key_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and key:
            self._choose(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        chosen = self._key_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if chosen else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        segments = [key for key, _ in self.segment_areas()]
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step and segments:
            self._at = max(0, min(len(segments) - 1, self._at + step))
            self.setAccessibleDescription(self.tooltip_of(segments[self._at]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at >= 0:
            self._choose(segments[self._at])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._at = -1
        if self._counts is not None:
            self.setAccessibleDescription(self._counts.sentence)
        super().focusOutEvent(event)

    def _choose(self, key: str) -> None:
        if key != "missing":
            self.outcome_chosen.emit(key)

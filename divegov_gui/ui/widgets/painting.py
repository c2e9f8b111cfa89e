"""What widgets that paint themselves share: tokens as colours, focus rings, patterns."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap

from divegov_gui.ui import theme

PATTERNS = ("solid", "diagonal", "dots", "cross")


def color(name: str) -> QColor:
    """A colour token, or ``tone_part`` (``promoted_fill``), of the theme in force."""
    return QColor(theme.current().color_map()[name])


def focus_ring(painter: QPainter, rect: QRectF, radius: float = 6) -> None:
    """Draw the focus ring just inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color("focus"), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def rounded(rect: QRectF, radius: float) -> QPainterPath:
    """A rounded rectangle as a path."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def fill_pattern(painter: QPainter, rect: QRectF, tone: str, pattern: str) -> None:
    """Fill `rect` with a tone's colour and a pattern over it, so that colour alone carries nothing."""
    painter.fillRect(rect, color(f"{tone}_fill"))
    if pattern != "solid":
        brush = QBrush(_tile(color(f"{tone}_on_fill"), pattern))
        painter.save()
        painter.setBrushOrigin(rect.topLeft())
        painter.fillRect(rect, brush)
        painter.restore()


def _tile(ink: QColor, pattern: str) -> QPixmap:
    """One 8 × 8 tile of a pattern, faint enough to write over."""
    ink.setAlphaF(0.34)
    tile = QPixmap(8, 8)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.2))
    if pattern in ("diagonal", "cross"):
        for start in (-8, 0, 8):
            painter.drawLine(start, 8, start + 8, 0)
    if pattern == "cross":
        for start in (-8, 0, 8):
            painter.drawLine(start, 0, start + 8, 8)
    if pattern == "dots":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QRectF(2.5, 2.5, 3, 3))
    painter.end()
    return tile

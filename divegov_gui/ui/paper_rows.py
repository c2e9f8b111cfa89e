"""The rows of a paper: text set into cells, measured, cut where it is longer than a sheet, and painted.

All lengths are tenths of a point: letters are as fine on paper as the printer can draw them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from divegov_gui.services.papers import Facts, Paper, Table
from divegov_gui.ui.theme.fonts import text_font

INK, MUTED, RULE, HEAD = "#1c2430", "#4b5768", "#c9d1dc", "#eef2f7"
_LEADING = 1.32
_MEASURED = 300
"""So many rows tell how wide a table's columns are to be."""


def face(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The text face for paper: no grid of pixels moves its letters."""
    font = text_font(round(points * 10), weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@dataclass(frozen=True)
class Cell:
    """A text from `x` on, `width` wide."""

    text: str
    x: float
    width: float
    font: QFont
    ink: str = INK


@dataclass(frozen=True)
class Row:
    """Cells beside each other, from line `first` on `count` lines high, with room around."""

    cells: tuple[tuple[Cell, QTextLayout], ...]
    line_height: float
    count: int
    first: int = 0
    before: float = 0
    after: float = 0
    pad: float = 0
    is_ruled: bool = False
    is_head: bool = False

    @property
    def height(self) -> float:
        """All of it, the room around included."""
        return self.before + self.after + 2 * self.pad + self.count * self.line_height

    @property
    def words(self) -> list[str]:
        """What stands in it, cell by cell, as far as these lines go."""
        return ["".join(_said(layout, self.first, self.count)) for _, layout in self.cells]

    def cut(self, room: float) -> tuple[Row, Row]:
        """The lines that have room, one at least, and the others."""
        fit = max(1, min(self.count - 1, int((room - self.before - 2 * self.pad) / self.line_height)))
        return (
            replace(self, count=fit, after=0),
            replace(self, first=self.first + fit, count=self.count - fit, before=0),
        )

    def paint(self, painter: QPainter, y: float) -> None:
        """Paint it from `y` down."""
        top = y + self.before
        box = QRectF(0, top, 0, 2 * self.pad + self.count * self.line_height)
        for cell, layout in self.cells:
            if self.is_ruled:
                painter.setPen(QColor(RULE))
                painter.setBrush(QColor(HEAD if self.is_head else "#ffffff"))
                painter.drawRect(QRectF(cell.x, box.top(), cell.width, box.height()))
            painter.setPen(QColor(cell.ink))
            for place in range(self.first, min(self.first + self.count, layout.lineCount())):
                line = layout.lineAt(place)
                down = top + self.pad + (place - self.first) * self.line_height - line.y()
                line.draw(painter, QPointF(cell.x + self.pad, down))


def set_row(
    cells: Sequence[Cell],
    *,
    before: float = 0,
    after: float = 0,
    pad: float = 0,
    is_ruled: bool = False,
    is_head: bool = False,
) -> Row:
    """Set texts beside each other; what is too long for its cell goes on in the next line, wherever it breaks."""
    laid = tuple((cell, _set(cell.text, cell.font, cell.width - 2 * pad)) for cell in cells)
    leading = max(cell.font.pixelSize() for cell in cells) * _LEADING
    count = max(layout.lineCount() for _, layout in laid)
    return Row(laid, leading, count, 0, before, after, pad, is_ruled, is_head)


def column_widths(rows: Sequence[Sequence[str]], font: QFont, width: float, pad: float) -> list[float]:
    """How wide the columns of a table are, all together `width`: by their texts, and none so that words break."""
    metrics = QFontMetricsF(font)
    wants, needs = [], []
    for texts in zip(*rows[:_MEASURED], strict=True):
        lines = {line for text in texts for line in text.split("\n")}
        words = {word for line in lines for word in line.split(" ")}
        wants.append(min(0.4 * width, _widest(metrics, lines)) + 2 * pad)
        needs.append(min(0.2 * width, _widest(metrics, words)) + 2 * pad)
    if sum(needs) >= width:
        return [width * need / sum(needs) for need in needs]
    spare, more = width - sum(needs), sum(wants) - sum(needs)
    if more <= spare:
        return [width * want / sum(wants) for want in wants]
    return [need + spare * (want - need) / more for want, need in zip(wants, needs, strict=True)]


def lacks_a_face(paper: Paper, font: QFont) -> bool:
    """Whether some of a paper's characters have no typeface on this computer."""
    strange = "".join(sorted({c for text in _texts(paper) for c in text if ord(c) > 0x17F}))
    return bool(strange) and any(0 in run.glyphIndexes() for run in _set(strange, font, 1e6).glyphRuns())


def _set(text: str, font: QFont, width: float) -> QTextLayout:
    layout = QTextLayout(text.replace("\r", "").replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setUseDesignMetrics(True)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout


def _said(layout: QTextLayout, first: int, count: int) -> Iterable[str]:
    for place in range(first, min(first + count, layout.lineCount())):
        line = layout.lineAt(place)
        yield layout.text()[line.textStart() : line.textStart() + line.textLength()]


def _widest(metrics: QFontMetricsF, texts: Iterable[str]) -> float:
    # A little more than measured, so that what just fits does not break.
    return max((metrics.horizontalAdvance(text) for text in texts), default=0.0) * 1.02 + 1


def _texts(paper: Paper) -> Iterable[str]:
    yield paper.title
    for block in paper.blocks:
        if isinstance(block, Facts):
            yield from (text for line in block.lines for text in line)
        elif isinstance(block, Table):
            yield from (cell for row in (block.heading, *block.rows) for cell in row)
        else:
            yield block.text

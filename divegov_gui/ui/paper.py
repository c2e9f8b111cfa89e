"""Papers as PDF: sheets of A4 with a head and a number on each, in the window and without one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QLoggingCategory,
    QMarginsF,
    QPointF,
    QRectF,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication

from divegov_gui import __version__
from divegov_gui.core import private_files
from divegov_gui.core.numbers import grouped
from divegov_gui.services.papers import Facts, Heading, Paper, Table, Words
from divegov_gui.ui.paper_rows import INK, MUTED, RULE, Cell, Row, column_widths, face, lacks_a_face, set_row
from divegov_gui.ui.theme.fonts import load_fonts, text_font

_UNITS = 720
"""Tenths of a point in an inch."""
_PIXELS = 72
"""What the reports mean by pixels in an inch."""
_MARGIN_MM = 14
_HEAD, _FOOT, _EDGE = 190.0, 180.0, 105.0
_PAD = 30.0
_MOST_ROWS = 2_000
"""Rows of one table on paper; whoever needs more has a file with all of them beside it."""
_MISSING = (
    "This computer has no typeface for some of the characters of this paper: they show as boxes here, and stand whole "
    "in the files beside it. With a typeface such as Noto Sans CJK installed it can be written again."
)
_TONES = {"muted": MUTED, "good": "#166b45", "bad": "#a3161a"}


def write_paper(paper: Paper, path: Path) -> None:
    """Write a paper as a PDF of A4. Raises OSError where it cannot be written."""
    _have_application()
    sheets = Sheets(paper)
    _write(path, paper.title, paper.is_wide, len(sheets.pages), sheets.paint, paper.made)


def write_pdf(page: str, path: Path, title: str) -> None:
    """Write a page of simple HTML as a PDF of A4. Raises OSError where it cannot be written."""
    _have_application()
    document = QTextDocument()
    document.setDefaultFont(text_font(11))
    document.setUseDesignMetrics(True)
    document.setHtml(page)
    zoom = _UNITS / _PIXELS
    document.setPageSize(_room(is_wide=False) / zoom)

    def paint(painter: QPainter, number: int) -> None:
        room = document.pageSize()
        painter.scale(zoom, zoom)
        painter.translate(0, -number * room.height())
        document.drawContents(painter, QRectF(QPointF(0, number * room.height()), room))

    made = f"Made {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
    _write(path, title, False, document.pageCount(), paint, made)


class Sheets:
    """A paper, laid out: what stands on each of its `pages`, row by row. No row is wider than a sheet."""

    def __init__(self, paper: Paper) -> None:
        self.room = _room(is_wide=paper.is_wide)
        self.pages: list[list[tuple[float, Row]]] = [[]]
        self._y = self._top = 0.0
        if lacks_a_face(paper, face(8)):
            paper = replace(paper, blocks=(Words(_MISSING, "bad"), *paper.blocks))
        self._put([self._words(paper.title, face(17, QFont.Weight.DemiBold), after=80)])
        for group, head in self._groups(paper):
            self._put(group, head)

    def paint(self, painter: QPainter, number: int) -> None:
        """Paint the rows of one page."""
        for y, row in self.pages[number]:
            row.paint(painter, y)

    # --- what stands on it
    def _groups(self, paper: Paper) -> Iterator[tuple[list[Row], Row | None]]:
        """Rows that stay together on a sheet, and what is repeated above them where they go on."""
        waiting: list[Row] = []
        for block in paper.blocks:
            match block:
                case Heading(text):
                    waiting = [self._words(text, face(11, QFont.Weight.DemiBold), before=120, after=40)]
                    continue
                case Words(text, tone):
                    font = face(
                        8.5, QFont.Weight.DemiBold if tone in ("bad", "good") else QFont.Weight.Normal
                    )
                    yield [*waiting, self._words(text, font, _TONES.get(tone, INK), after=30)], None
                case Facts(lines):
                    yield [*waiting, *self._facts(lines)], None
                case Table():
                    yield from self._table(block, waiting)
            waiting = []

    def _words(self, text: str, font: QFont, ink: str = INK, *, before: float = 0, after: float = 0) -> Row:
        return set_row([Cell(text, 0, self.room.width(), font, ink)], before=before, after=after)

    def _facts(self, lines: tuple[tuple[str, str], ...]) -> list[Row]:
        bold, font = face(8, QFont.Weight.Medium), face(8)
        width = min(
            0.35 * self.room.width(), max(QFontMetricsF(bold).horizontalAdvance(n) for n, _ in lines) + 120
        )
        rest = self.room.width() - width
        rows = [
            set_row([Cell(n, 0, width, bold, MUTED), Cell(v, width, rest, font)], after=22) for n, v in lines
        ]
        return [*rows[:-1], replace(rows[-1], after=90)]

    def _table(self, table: Table, waiting: list[Row]) -> Iterator[tuple[list[Row], Row | None]]:
        """The heading with the first row, then row by row."""
        shown = table.rows[:_MOST_ROWS]
        size = 7.5 if len(table.heading) <= 6 else 6.5
        font, bold = face(size), face(size, QFont.Weight.DemiBold)
        widths = column_widths([table.heading, *shown], bold, self.room.width(), _PAD)
        edges = [sum(widths[:at]) for at in range(len(widths))]

        def row(texts: Sequence[str], font: QFont, *, is_head: bool = False) -> Row:
            cells = [Cell(*each, font) for each in zip(texts, edges, widths, strict=True)]
            return set_row(cells, pad=_PAD, is_ruled=True, is_head=is_head)

        head = row(table.heading, bold, is_head=True)
        opening = [*waiting, head]
        for texts in shown:
            yield [*opening, row(texts, font)], head
            opening = []
        if opening:
            yield opening, None
        if len(shown) < len(table.rows):
            said = (
                f"The first {grouped(len(shown))} of {grouped(len(table.rows))} are listed here; "
                f"all are in {table.whole_in}."
            )
            yield [self._words(said, face(8), MUTED, before=40)], None

    # --- where it stands
    def _put(self, group: list[Row], head: Row | None = None) -> None:
        """Put rows together on this sheet or on the next one; what is longer than a sheet goes on over several."""
        repeated = None if head in group else head
        whole = self.room.height() - (repeated.height if repeated else 0)
        if self._y > self._top and self._left < sum(row.height for row in group) <= whole:
            self._turn(repeated)
        for row in group:
            while row.height > self._left:
                if self._y > self._top and row.height <= whole:
                    self._turn(repeated)
                    continue
                fits, row = row.cut(self._left)
                self._add(fits)
                self._turn(head)
            self._add(row)

    @property
    def _left(self) -> float:
        return self.room.height() - self._y

    def _add(self, row: Row) -> None:
        self.pages[-1].append((self._y, row))
        self._y += row.height

    def _turn(self, head: Row | None) -> None:
        """Begin another sheet, under the heading of the table that goes on there."""
        self.pages.append([])
        self._y = 0.0
        if head is not None:
            self._add(head)
        self._top = self._y


def _write(
    path: Path,
    title: str,
    is_wide: bool,
    count: int,
    paint: Callable[[QPainter, int], None],
    made: str,
) -> None:
    """Paint page after page, with a head and a number on each, and write all of it at once."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(_layout(is_wide))
    writer.setTitle(title)
    writer.setCreator(f"DiveGov Steward {__version__}")
    painter = QPainter(writer)
    scale = writer.resolution() / _UNITS
    painter.scale(scale, scale)
    for number in range(count):
        if number:
            writer.newPage()
        _paint_edges(painter, is_wide, title, made, f"Page {number + 1} of {count}")
        painter.save()
        painter.translate(0, _HEAD)
        paint(painter, number)
        painter.restore()
    painter.end()
    buffer.close()
    private_files.write_bytes(path, bytes(held.data()))


def _paint_edges(painter: QPainter, is_wide: bool, title: str, made: str, number: str) -> None:
    """What stands at the head and at the foot of a sheet."""
    room = _room(is_wide=is_wide)
    painter.setFont(face(6.5))
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    head = QRectF(0, 0, room.width(), _EDGE)
    foot = head.translated(0, _HEAD + room.height() + _FOOT - _EDGE)
    painter.setPen(QColor(MUTED))
    for place, side, text in (
        *((head, left, "DiveGov Steward"), (head, right, made)),
        *((foot, left, title), (foot, right, number)),
    ):
        painter.drawText(place, side, text)
    painter.setPen(QColor(RULE))
    for y in (head.bottom() + 10, foot.top() - 25):
        painter.drawLine(QPointF(0, y), QPointF(room.width(), y))


def _layout(is_wide: bool) -> QPageLayout:
    sides = QPageLayout.Orientation
    margin = _MARGIN_MM
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        sides.Landscape if is_wide else sides.Portrait,
        QMarginsF(margin, margin, margin, margin),
        QPageLayout.Unit.Millimeter,
    )


def _room(*, is_wide: bool) -> QSizeF:
    """The room for what stands on a sheet."""
    inches = _layout(is_wide).paintRect(QPageLayout.Unit.Inch).size()
    return QSizeF(inches.width() * _UNITS, inches.height() * _UNITS - _HEAD - _FOOT)


_application: QApplication | None = None


def _have_application() -> None:
    """Qt sets type only where there is an application: without a window, one that needs no screen."""
    global _application
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        QLoggingCategory.setFilterRules("qt.text.font.db=false")  # the paper itself says what it lacks
        _application = QApplication(["divegov"])
    load_fonts()

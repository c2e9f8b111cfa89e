"""Paints the grid: every failing cell by ground, sign and bar, every edited one with what it was before.

A frame is some hundreds of cells, so what can be laid out or drawn once is kept: elided texts, signs, chips.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QLineF,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView, QWidget

from divegov_gui.services.queue import QueueRow
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.cell_editor import CellEditor
from divegov_gui.ui.pages.quarantine.columns import FAILS, NAMES, Marks, show_value
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.data_table import in_sight
from divegov_gui.ui.widgets.painting import color, rounded
from divegov_gui.ui.widgets.row_delegate import RowDelegate
from divegov_gui.ui.widgets.virtual_model import ELLIPSIS, VirtualTableModel

Index = QModelIndex | QPersistentModelIndex

ROW, COMPACT_ROW = 28, 24
"""Pixels a row."""
_PAD = 9
_SIGN = 14
_MOST_KEPT = 8_000
_SELECTED, _FOCUSED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_HasFocus.value
"""As plain numbers: combining enums costs as much as drawing a cell."""
_STATES = {"Released": "promoted", "Merged": "merge", "Discarded": "discard"}


class Text(NamedTuple):
    """A text laid out once: how it is drawn and how wide it is."""

    static: QStaticText
    width: float


class _Look(NamedTuple):
    """How a value is shown in its cell."""

    tone: str
    edited: bool
    left: int
    right: int
    face: str
    text: str


class CellDelegate(RowDelegate):
    """Draws the cells of the quarantine grid, and makes their editors."""

    editor_opened = Signal(object)
    """The CellEditor that was made."""
    editor_closed = Signal(object)
    """The CellEditor that goes; what it held was saved by then, or is not wanted."""

    def __init__(self, marks: Marks, actor: str, parent: QWidget) -> None:
        self._marks, self.actor = marks, actor
        self._texts: dict[tuple[str, int, str], Text] = {}
        self._pixmaps: dict[tuple[str, str, int], QPixmap] = {}
        self._shift = 0
        """How much lower than in a row of the usual height things are drawn."""
        super().__init__(parent)

    def take_theme(self) -> None:
        """Keep the theme's pens, and forget what was drawn in another."""
        if self._theme is theme.current():
            return
        super().take_theme()
        self._texts.clear()
        self._pixmaps.clear()
        self._faces = {
            "text": text_font(),
            "strong": text_font(13, QFont.Weight.Medium),
            "small": text_font(12),
        }
        italic = text_font()
        italic.setItalic(True)
        self._faces["italic"] = italic
        self._sizes = {name: QFontMetrics(face) for name, face in self._faces.items()}
        self._tops = {name: (ROW - size.height()) / 2 for name, size in self._sizes.items()}
        self._grounds = {tone: color(f"{tone}_soft") for tone in ("danger", "warning")}
        self._bars = {tone: color(f"{tone}_fill") for tone in ("danger", "warning")}
        self._inks = {tone: QPen(color(f"{tone}_on_soft")) for tone in ("danger", "warning")}
        self._plain, self._quiet = QPen(self._text), QPen(self._muted)
        self._on_chosen = QPen(self._chosen_text)
        self._focus_pen = QPen(self._ring, 2)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        state: int = option.state.value
        chosen = bool(state & _SELECTED)
        self._shift = (area.height() - ROW) // 2
        if chosen:
            painter.fillRect(area, self._chosen)
        model = index.model()
        assert isinstance(model, VirtualTableModel)
        at, column = index.row(), index.column()
        texts, row = model.texts(at), model.row(at)
        if texts is None or row is None:
            self._paint_absent(painter, area, model.error_at(at))
        else:
            name = model.columns[column].name
            if name in NAMES:
                self._paint_value(painter, area, row, NAMES[name], texts[column], chosen)
            elif name == FAILS:
                self._paint_chips(painter, area, row)
            else:
                self._paint_plain(painter, area, row, name, texts[column], chosen)
        if state & _FOCUSED:
            painter.setPen(self._focus_pen)
            painter.drawRect(area.adjusted(1, 1, -1, -2))

    # --- editors
    def createEditor(self, parent: QWidget, _: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, VirtualTableModel)
        row = model.row(index.row())
        assert isinstance(row, QueueRow)
        editor = CellEditor(parent, row, NAMES[model.columns[index.column()].name])
        self.editor_opened.emit(editor)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Leave what is typed: the editor was filled when it was made, and its row may be painted anew."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, CellEditor)
        editor.is_committed = model.setData(index, editor.text())

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, CellEditor)
        editor.close_bubble()
        self.editor_closed.emit(editor)
        super().destroyEditor(editor, index)

    # --- kinds of cells
    def _look_of(self, row: QueueRow, column: str, text: str, left: int, right: int) -> _Look:
        """How a value is shown between two edges: what its marks leave free, in which face, in which words."""
        tone = self._marks.tone(self._marks.of(row), column) if row.status == "Open" else ""
        edited = row.is_edited(column)
        left, right = left + _PAD + (_SIGN + 6 if tone else 0), right - _PAD - (_SIGN + 4 if edited else 0)
        if text.strip():
            return _Look(tone, edited, left, right, "text", text)
        return _Look(tone, edited, left, right, "italic", "missing" if tone else "")

    def _paint_value(
        self, painter: QPainter, area: QRect, row: QueueRow, column: str, text: str, chosen: bool
    ) -> None:
        tone, edited, left, right, face, text = self._look_of(row, column, text, area.left(), area.right())
        if tone:
            painter.fillRect(area.adjusted(3, 3, -3, -4), self._grounds[tone])
            painter.fillRect(QRect(area.left() + 3, area.top() + 3, 3, area.height() - 7), self._bars[tone])
            self._sign(painter, tone, f"{tone}_on_soft", area.left() + _PAD + 2, area)
        if edited:
            self._sign(painter, "edit", "muted" if not chosen else "selection_text", right + 5, area)
        usual = self._plain if row.status == "Open" else self._quiet
        painter.setPen(self._inks[tone] if tone else self._on_chosen if chosen else usual)
        used = self._draw(painter, left, area.top(), right - left, face, text) if text else 0.0
        if edited and right - left - used > 44:
            raw = self._marks_text(row, column)
            painter.setPen(self._on_chosen if chosen else self._quiet)
            self._strike(painter, left + int(used) + 8, area.top(), right - left - int(used) - 8, raw)

    def _paint_plain(
        self, painter: QPainter, area: QRect, row: QueueRow, name: str, text: str, chosen: bool
    ) -> None:
        painter.setPen(self._on_chosen if chosen else self._plain)
        if name != "quarantine_id" and name not in ("source_row", "batch_id", "attempt_count"):
            painter.setPen(self._on_chosen if chosen else self._quiet)
            self._draw(painter, area.left() + _PAD, area.top(), area.width() - 2 * _PAD, "text", text)
            return
        found = self._text_of(text, area.width() - 2 * _PAD, "text")
        painter.setFont(self._faces["text"])
        painter.drawStaticText(
            QPointF(area.right() - _PAD - found.width, area.top() + self._shift + self._tops["text"]),
            found.static,
        )
        if name == "quarantine_id":
            self._paint_state(painter, area, row)

    def _paint_state(self, painter: QPainter, area: QRect, row: QueueRow) -> None:
        """Whose the record is, or what became of it."""
        if row.status != "Open":
            self._sign(painter, _STATES.get(row.status, "neutral"), "muted", area.left() + 6, area)
        elif row.is_claimed:
            mine = row.claimed_by == self.actor
            self._sign(
                painter, "claim" if mine else "lock", "accent" if mine else "warning", area.left() + 6, area
            )

    def _paint_chips(self, painter: QPainter, area: QRect, row: QueueRow) -> None:
        mask = self._marks.of(row)
        width = area.width() - _PAD
        state = "" if row.status == "Open" else row.status
        key = (f"chips {mask} {state}", "", width)
        drawn = self._pixmaps.get(key)
        if drawn is None:
            drawn = self._keep(
                key, self._draw_chips(mask, state, width, painter.device().devicePixelRatioF())
            )
        painter.drawPixmap(QPointF(area.left() + _PAD - 3, area.top() + self._shift), drawn)

    # --- what is kept
    def _draw(self, painter: QPainter, x: int, top: int, room: int, face: str, text: str) -> float:
        found = self._text_of(text, room, face)
        painter.setFont(self._faces[face])
        painter.drawStaticText(QPointF(x, top + self._shift + self._tops[face]), found.static)
        return found.width

    def _strike(self, painter: QPainter, x: int, top: int, room: int, text: str) -> None:
        """Small and struck through; a text laid out once is drawn without its strike, which is a line here."""
        width = self._draw(painter, x, top, room, "small", text)
        middle = top + self._shift + ROW / 2 + 0.5
        painter.drawLine(QLineF(x, middle, x + width, middle))

    def _text_of(self, text: str, room: int, face: str) -> Text:
        key = (text, room, face)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > _MOST_KEPT:
                self._texts.clear()
            found = self._texts[key] = self._laid_out(text, room, face)
        return found

    def _laid_out(self, text: str, room: int, face: str) -> Text:
        """The text where there is room for it, else its beginning: most need to be shaped only once."""
        found = _static(text, self._faces[face])
        if found.width <= room:
            return found
        shown = self._sizes[face].elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
        return _static(shown, self._faces[face])

    def _sign(self, painter: QPainter, icon: str, ink: str, x: int, area: QRect) -> None:
        key = (icon, ink, _SIGN)
        drawn = self._pixmaps.get(key)
        if drawn is None:
            drawn = self._keep(
                key, theme.pixmap(icon, _SIGN, _token(ink), painter.device().devicePixelRatioF())
            )
        painter.drawPixmap(QPointF(x, area.top() + self._shift + (ROW - _SIGN) / 2 - 0.5), drawn)

    def _keep(self, key: tuple[str, str, int], drawn: QPixmap) -> QPixmap:
        if len(self._pixmaps) > _MOST_KEPT // 8:
            self._pixmaps.clear()
        self._pixmaps[key] = drawn
        return drawn

    def _marks_text(self, row: QueueRow, column: str) -> str:
        return show_value(column, row.raw(column), self._marks.mask_personal).strip() or "missing"

    def _draw_chips(self, mask: int, state: str, width: int, ratio: float) -> QPixmap:
        """All failed rules as small chips, as many as there is room for, then how many more."""
        if state or not mask:
            chips = [(state or "Ready", "neutral" if state else "success")]
        else:
            chips = [
                (check.short, "danger" if check.is_error else "warning")
                for check in self._marks.checks.rules(mask)
            ]
        image = QPixmap(round(max(1, width) * ratio), round(ROW * ratio))
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 0.0
        for place, (words, tone) in enumerate(chips):
            left = len(chips) - place - 1
            room = width - x - (22 if left else 0)
            if place and room < self._sizes["small"].horizontalAdvance(words) + 22:
                painter.setPen(self._quiet)
                painter.setFont(self._faces["small"])
                painter.drawText(QRectF(x, 0, 40, ROW), Qt.AlignmentFlag.AlignVCenter, f"+{left + 1}")
                break
            x += self._draw_chip(painter, x, room, words, tone) + 3
        painter.end()
        return image

    def _draw_chip(self, painter: QPainter, x: float, room: float, words: str, tone: str) -> float:
        size = self._sizes["small"]
        shown = size.elidedText(words, Qt.TextElideMode.ElideRight, max(0, int(room) - 23))
        width = size.horizontalAdvance(shown) + 23
        pill = QRectF(x, (ROW - 20) / 2 - 0.5, width, 20)
        painter.fillPath(rounded(pill, 10), color(f"{tone}_soft"))
        theme.paint_icon(painter, tone, x + 5, pill.top() + 4, 12, theme.current().tone(tone).on_soft)
        painter.setPen(color(f"{tone}_on_soft"))
        painter.setFont(self._faces["small"])
        painter.drawText(pill.adjusted(19, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        return width

    def prepare(self, view: QTableView) -> None:
        """Lay out the values of the rows that have just come into sight of `view`.

        All of them ahead of the painting takes half the time that one by one between the paintings does.
        """
        model, rows = view.model(), in_sight(view)
        assert isinstance(model, VirtualTableModel)
        fresh = [at for at in rows if model.is_fresh(at)]
        if not fresh:
            return
        places = [
            (section, NAMES[column.name], view.columnWidth(section) - 1)
            for section, column in enumerate(model.columns)
            if column.name in NAMES and not view.isColumnHidden(section)
        ]
        for at in fresh:
            row, texts = model.row(at), model.texts(at)
            assert row is not None
            assert texts is not None
            for section, column, right in places:
                look = self._look_of(row, column, texts[section], 0, right)
                if look.text:
                    self._text_of(look.text, look.right - look.left, look.face)

    def paint_waiting(self, view: QTableView) -> bool:
        """Where no row in sight of `view` has arrived, paint dots in their places, and ask for them.

        Cell by cell it would keep the rows from being painted, which come some milliseconds later.
        """
        model, rows = view.model(), in_sight(view)
        assert isinstance(model, VirtualTableModel)
        if not model.knows_none_of(rows):
            return False
        model.want(rows)
        painter = QPainter(view.viewport())
        self._paint_grounds(view, painter)
        height = view.verticalHeader().defaultSectionSize()
        dots, top = self._text_of(ELLIPSIS, ROW, "text").static, self._tops["text"] + (height - ROW) // 2
        shown = [i for i in range(model.columnCount()) if not view.isColumnHidden(i)]
        lefts = [view.columnViewportPosition(section) + _PAD for section in shown]
        painter.setPen(self._quiet)
        painter.setFont(self._faces["text"])
        for y in (view.rowViewportPosition(row) + top for row in rows):
            for x in lefts:
                painter.drawStaticText(QPointF(x, y), dots)
        painter.end()
        return True

    def _paint_grounds(self, view: QTableView, painter: QPainter) -> None:
        """The ground of the selected rows."""
        width, height = view.viewport().width(), view.verticalHeader().defaultSectionSize()
        for part in list(view.selectionModel().selection()):  # type: ignore[call-overload]
            top, last = view.rowViewportPosition(part.top()), view.rowViewportPosition(part.bottom())
            painter.fillRect(QRect(0, top, width, last - top + height), self._chosen)

    def paint_lines(self, view: QTableView) -> None:
        """The hairlines under the rows in sight of `view`, all at once."""
        count = view.model().rowCount()
        if not count:
            return
        area = view.viewport().rect()
        height = view.verticalHeader().defaultSectionSize()
        first = view.rowViewportPosition(max(0, view.rowAt(0))) + height - 1
        last = min(area.height(), view.rowViewportPosition(count - 1) + height)
        painter = QPainter(view.viewport())
        painter.setPen(self._line)
        painter.drawLines([QLineF(0, y, area.width(), y) for y in range(first, last, height)])
        painter.end()


def _static(text: str, face: QFont) -> Text:
    laid = QStaticText(text)
    laid.setTextFormat(Qt.TextFormat.PlainText)
    laid.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    laid.prepare(font=face)
    return Text(laid, laid.size().width())


def _token(ink: str) -> str:
    """A colour for an icon: a token, or a part of a tone."""
    return theme.current().color_map().get(ink) or ink

"""The table for a million rows: a view over a VirtualTableModel, driven by mouse or keyboard alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.theme.fonts import text_font
from divegov_gui.ui.widgets.density import follow_density
from divegov_gui.ui.widgets.painting import color
from divegov_gui.ui.widgets.row_delegate import COMPACT_HEIGHT, ROW_HEIGHT, RowDelegate
from divegov_gui.ui.widgets.table_columns import Column, Row, SortChoice
from divegov_gui.ui.widgets.virtual_model import BLOCK, Fetch, VirtualTableModel

_COPY_LIMIT = 10_000


def in_sight(view: QTableView) -> range:
    """The rows that `view` shows, those that are cut at its edges too."""
    first, last = view.rowAt(0), view.rowAt(view.viewport().height() - 1)
    if first < 0:
        return range(0)
    return range(first, last + 1 if last >= 0 else view.model().rowCount())


class DataTable(QTableView):
    """Rows by the page, fetched by the callback that the owner gives; `rows` is the model that it resets.

    Enter or a double click opens a row; Alt+Up and Alt+Down sort by the current column; Ctrl+C copies.
    """

    row_activated = Signal(object)
    """The row (as fetched) that was opened."""
    current_changed = Signal(object)
    """The row under the cursor, None where there is none or it has not arrived."""
    selection_changed = Signal(object)
    """How many rows are selected, an int."""
    sort_requested = Signal(object)
    """A SortChoice; the owner fetches in that order and resets the model."""

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Fetch,
        *,
        name: str,
        accessible: str,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setAccessibleDescription("Enter opens a row. Alt+Up and Alt+Down sort by the current column.")
        self.rows = VirtualTableModel(columns, fetch, key, self)
        self.setModel(self.rows)
        self._delegate = RowDelegate(self)
        self.setItemDelegate(self._delegate)
        self._placeholder = ("", "")
        self._sort: SortChoice | None = None
        self._stretched: list[int] = []
        self._behave()
        self._lay_out_headers()
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.setInterval(0)
        self._told.timeout.connect(self._tell_current)
        self.rows.rows_arrived.connect(self._tell_soon)
        self.rows.modelReset.connect(self._tell_reset)
        self.verticalScrollBar().valueChanged.connect(self._look_ahead)

    def set_placeholder(self, title: str, text: str = "") -> None:
        """What to say while there are no rows."""
        self._placeholder = (title, text)
        self.viewport().update()

    def current_row(self) -> Row | None:
        """The row under the cursor, if it is at hand."""
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    def selected_indices(self, limit: int | None = None) -> list[int]:
        """The places of the selected rows in order, at most `limit` of them."""
        found: list[int] = []
        for first, last in self.selected_ranges():
            rows = range(first, last + 1)
            found.extend(rows if limit is None else rows[: limit - len(found)])
        return found

    def selected_ranges(self) -> list[tuple[int, int]]:
        """The selected rows as (first, last), in order; a million rows selected are one pair."""
        ranges = sorted((part.top(), part.bottom()) for part in list(self.selectionModel().selection()))  # type: ignore[call-overload]
        merged: list[tuple[int, int]] = []
        for top, bottom in ranges:
            if merged and top <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
            else:
                merged.append((top, bottom))
        return merged

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self.selected_ranges())

    def selected_keys(self, limit: int | None = None) -> list[Any]:
        """The keys of the selected rows that are known, at most `limit` of them."""
        keys = (self.rows.key_at(index) for index in self.selected_indices(limit))
        return [key for key in keys if key is not None]

    def go_to(self, index: int, column: int | None = None) -> None:
        """Put the cursor on the row at a place, in its column or in `column`, and bring it into sight."""
        if 0 <= index < self.rows.rowCount():
            across = self.currentIndex().column() if column is None else column
            at = self.rows.index(index, max(0, across))
            self.setCurrentIndex(at)
            self.scrollTo(at, QAbstractItemView.ScrollHint.PositionAtCenter)

    def set_sort(self, sort: SortChoice | None) -> None:
        """Show by which column the rows are ordered."""
        self._sort = sort
        header = self.horizontalHeader()
        header.setSortIndicatorShown(sort is not None)
        if sort is not None:
            names = [column.name for column in self.rows.columns]
            order = Qt.SortOrder.AscendingOrder if sort.ascending else Qt.SortOrder.DescendingOrder
            header.setSortIndicator(names.index(sort.column), order)

    def stretch(self, *names: str) -> None:
        """Let these columns, instead of the last one, share the room that the others leave, where it is more than
        their own widths."""
        self.horizontalHeader().setStretchLastSection(False)
        self._stretched = [n for n, column in enumerate(self.rows.columns) if column.name in names]
        self._stretch()

    # --- Qt's own
    def setCurrentIndex(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """Put the cursor on a cell and select its row alone, whatever keys are held: Ctrl+Z is no Ctrl+click."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        column = self.currentIndex().column()
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and column >= 0:
            self._ask_to_sort(column, event.key() == Qt.Key.Key_Up)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._is_editing():
            self._activate(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would look through every row of the model."""

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.take_theme()
        super().paintEvent(event)
        if self.rows.rowCount() == 0 and self._placeholder[0]:
            self._paint_placeholder()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self._tell_current()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(self.selected_count())

    # --- inside
    def _behave(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.doubleClicked.connect(self._open)

    def _lay_out_headers(self) -> None:
        side = self.verticalHeader()
        side.setVisible(False)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        follow_density(side, ROW_HEIGHT, COMPACT_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(48)
        header.sectionClicked.connect(self._sort_by)
        header.sectionPressed.disconnect()  # or else a click that sorts selects every row
        # With the table's own selection the header asks for the flags of every selected row at each paint:
        # seconds once a million are selected. It shows no selection, so it gets one that stays empty.
        header.setSelectionModel(QItemSelectionModel(self.rows, header))
        for i, column in enumerate(self.rows.columns):
            self.setColumnWidth(i, column.width)

    def _stretch(self) -> None:
        """Give the stretched columns what is left; one that a person drags wider leaves less the next time."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(i) for i in range(header.count()) if i not in self._stretched)
        for place, column in enumerate(self._stretched):
            left = self.viewport().width() - others
            share = left // (len(self._stretched) - place)
            width = max(self.rows.columns[column].width, share)
            self.setColumnWidth(column, width)
            others += width

    def _sort_by(self, section: int) -> None:
        name = self.rows.columns[section].name
        again = self._sort is not None and self._sort.column == name
        self._ask_to_sort(section, not (again and self._sort is not None and self._sort.ascending))

    def _ask_to_sort(self, section: int, ascending: bool) -> None:
        column = self.rows.columns[section]
        if column.sortable:
            self.set_sort(SortChoice(column.name, ascending))
            self.sort_requested.emit(self._sort)
        else:
            self.set_sort(self._sort)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid() and self.rows.columns[index.column()].editable:
            self.edit(index)
        else:
            self._activate(index)

    def _activate(self, index: QModelIndex) -> None:
        row = self.rows.row(index.row()) if index.isValid() else None
        if row is not None:
            self.row_activated.emit(row)

    def _is_editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    def _tell_soon(self, request: object) -> None:
        """The current row may have come: what shows it is brought up to date once the table itself is painted."""
        if self.currentIndex().row() // BLOCK == getattr(request, "block", -1):
            self._told.start()

    def _tell_current(self) -> None:
        self._told.stop()
        self.current_changed.emit(self.current_row())

    def _tell_reset(self) -> None:
        self._told.stop()
        self.current_changed.emit(None)
        self.selection_changed.emit(0)

    def _look_ahead(self) -> None:
        """Ask for the rows that have come into sight, so that they are on the way while the frame is painted."""
        self.rows.want(in_sight(self))

    def _copy(self) -> None:
        """Copy the selected rows that are at hand as text with tabs, headings first: the columns as they are shown."""
        header, columns = self.horizontalHeader(), self.rows.columns
        shown = [header.logicalIndex(place) for place in range(header.count())]
        shown = [section for section in shown if not self.isColumnHidden(section)]
        lines = ["\t".join(columns[section].title for section in shown)]
        for index in self.selected_indices(_COPY_LIMIT):
            row, texts = self.rows.row(index), self.rows.texts(index)
            if row is not None and texts is not None:
                copied = (columns[section].as_copied(row, texts[section]) for section in shown)
                lines.append("\t".join(" ".join(text.split()) for text in copied))
        if len(lines) > 1:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _paint_placeholder(self) -> None:
        painter = QPainter(self.viewport())
        area = self.viewport().rect().adjusted(24, 0, -24, 0)
        centre = Qt.AlignmentFlag.AlignHCenter
        middle = area.center().y()
        painter.setFont(text_font(theme.current().type.heading, text_font().Weight.DemiBold))
        painter.setPen(color("text"))
        upper = QRect(area.left(), middle - 34, area.width(), 26)
        painter.drawText(upper, centre | Qt.AlignmentFlag.AlignVCenter, self._placeholder[0])
        painter.setFont(text_font())
        painter.setPen(color("muted"))
        lower = QRect(area.left(), middle - 4, area.width(), 60)
        painter.drawText(lower, centre | Qt.TextFlag.TextWordWrap, self._placeholder[1])

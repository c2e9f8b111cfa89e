"""The grid of the quarantine: columns to arrange, cells to edit, keys to walk from one failing cell to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from divegov_gui.services.queue import QueueRow
from divegov_gui.ui.pages.quarantine.cell_delegate import COMPACT_ROW, ROW, CellDelegate
from divegov_gui.ui.pages.quarantine.columns import NAMES, Marks, queue_columns
from divegov_gui.ui.pages.quarantine.grid_layout import GridLayout
from divegov_gui.ui.pages.quarantine.pinned import PinnedColumns
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.widgets import DataTable, SortChoice
from divegov_gui.ui.widgets.density import follow_density
from divegov_gui.ui.widgets.table_columns import Column
from divegov_gui.ui.widgets.virtual_model import Fetch

_SETTLE_MS = 400


class QueueGrid(DataTable):
    """Records in quarantine. Typing or F2 edits a cell, Enter too; the rest is in the page's menu."""

    cell_changed = Signal()
    """The cursor is on another cell."""
    walked_out = Signal(object)
    """There is no failing cell ahead; whether it was looked for forward."""

    def __init__(self, marks: Marks, fetch: Fetch, settings: UiSettings, actor: str = "") -> None:
        super().__init__(
            queue_columns(marks),
            fetch,
            name="quarantine.grid",
            accessible="Records in quarantine",
            key="quarantine_id",
        )
        self.setAccessibleDescription(
            "Type or press F2 to edit a cell, F8 for the next failing one, question mark for all keys."
        )
        self.marks = marks
        self._settings = settings
        self._walking: tuple[int, int, bool] | None = None
        """The row that is waited for on the way to a failing cell, the place in it, and whether forward."""
        self.cells = self._delegate = CellDelegate(marks, actor, self)
        self.pinned_cells = CellDelegate(marks, actor, self)
        self.setItemDelegate(self.cells)
        follow_density(self.verticalHeader(), ROW, COMPACT_ROW)
        self.horizontalHeader().setStretchLastSection(False)
        self.pinned = PinnedColumns(self, self.pinned_cells)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_SETTLE_MS)
        self._keeping.timeout.connect(self._keep_layout)
        self.layout_now = GridLayout.kept(self.rows.columns, settings)
        self._arrange()
        self._listen()
        self.pinned.horizontalHeader().setSortIndicatorShown(True)
        self.set_sort(SortChoice("quarantine_id", ascending=True))

    # --- columns
    def set_layout(self, wanted: GridLayout) -> None:
        """Arrange the columns and remember it."""
        self.layout_now = wanted
        self._arrange()
        wanted.keep(self._settings)

    def columns_menu(self, parent: QWidget, first: Sequence[QAction] = ()) -> QMenu:
        """A menu to show and hide columns, and to go back to how they were; behind the actions `first`."""
        menu = QMenu("Columns", parent)
        menu.addActions(list(first))
        menu.aboutToShow.connect(lambda: self._fill_columns(menu, first))
        return menu

    def _fill_columns(self, menu: QMenu, first: Sequence[QAction]) -> None:
        for action in menu.actions():
            menu.removeAction(action)
            if action not in first:
                action.deleteLater()
        menu.addActions(list(first))
        if first:
            menu.addSeparator()
        for column in self.rows.columns:
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.name not in self.layout_now.hidden)
            action.toggled.connect(
                lambda on, name=column.name: self.set_layout(self.layout_now.shown(name, on))
            )
        menu.addSeparator()
        menu.addAction("As they were at first").triggered.connect(
            lambda: self.set_layout(GridLayout.first(self.rows.columns))
        )

    def move_column(self, step: int) -> None:
        """Move the current column by one place to the left (-1) or to the right (1)."""
        self._arrange_current(lambda name: self.layout_now.moved(name, step))

    def pin_column(self) -> None:
        """Pin the current column, or unpin it."""
        self._arrange_current(lambda name: self.layout_now.with_pin(name, name not in self.layout_now.pinned))

    def hide_column(self) -> None:
        """Hide the current column; the cursor goes to the next one that is shown."""
        at = self.currentIndex()
        self._arrange_current(lambda name: self.layout_now.shown(name, False))
        if at.isValid() and self.isColumnHidden(at.column()):
            shown = [i for i in range(len(self.rows.columns)) if not self.isColumnHidden(i)]
            nearest = min(shown, key=lambda section: abs(self._visual(section) - self._visual(at.column())))
            self.setCurrentIndex(self.rows.index(at.row(), nearest))

    def _arrange_current(self, wanted: Callable[[str], GridLayout]) -> None:
        at = self.currentIndex()
        if at.isValid():
            self.set_layout(wanted(self.rows.columns[at.column()].name))
            self.scrollTo(at)

    def column_of(self, name: str) -> int:
        """The place of a column in the model."""
        return next(i for i, column in enumerate(self.rows.columns) if column.name == name)

    def current_column(self) -> str:
        """The view's column under the cursor; nothing where it holds no value to edit."""
        at = self.currentIndex()
        return NAMES.get(self.rows.columns[at.column()].name, "") if at.isValid() else ""

    @staticmethod
    def view_column(name: str) -> str:
        """The view's column of one of the grid's columns that hold a value."""
        return NAMES[name]

    def show_marks_anew(self) -> None:
        """Paint the marks as they are judged now."""
        self.viewport().update()
        self.pinned.viewport().update()

    # --- walking and editing
    def go_to_cell(self, row: int, column: str) -> None:
        """Put the cursor on the cell of a view's column and bring it into sight."""
        name = next(name for name, found in NAMES.items() if found == column)
        index = self.rows.index(row, self.column_of(name))
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def step_to_failing(self, forward: bool) -> None:
        """Go to the next (or previous) failing cell. Rows that are not at hand are fetched on the way; where there is
        no such cell, `walked_out` tells."""
        at = self.currentIndex()
        row, place = (at.row(), self._visual(at.column())) if at.isValid() else (0, -1)
        self._walk(row, place, forward)

    def _walk(self, row: int, place: int, forward: bool) -> None:
        self._walking = None
        step = 1 if forward else -1
        while 0 <= row < self.rows.rowCount() and (found := self.rows.row(row)) is not None:
            failing = self._failing_places(found)
            ahead = [p for p in failing if (p > place if forward else p < place)]
            if ahead:
                section = self.horizontalHeader().logicalIndex(ahead[0 if forward else -1])
                index = self.rows.index(row, section)
                self.setCurrentIndex(index)
                self.scrollTo(index)
                return
            row, place = row + step, -1 if forward else 10_000
        if 0 <= row < self.rows.rowCount():
            self.go_to(row)
            self._walking = (row, place, forward)
            self.rows.want(range(row, row + 1))
        else:
            self.walked_out.emit(forward)

    def _walk_on(self, _: object) -> None:
        """Rows have come: go on from the one that was waited for, unless the person has gone elsewhere."""
        if self._walking is None:
            return
        row, place, forward = self._walking
        if self.currentIndex().row() != row:
            self._walking = None
        elif self.rows.row(row) is not None:
            self._walk(row, place, forward)

    def edit_current(self) -> None:
        """Open the editor of the current cell, or of the record's first failing one."""
        at = self.currentIndex()
        if not at.isValid() or (row := self.rows.row(at.row())) is None:
            return
        if not row.is_open or not self.marks.may_change:
            return
        if not self.rows.columns[at.column()].editable:
            failing = self._failing_places(row)
            section = (
                self.horizontalHeader().logicalIndex(failing[0]) if failing else self.column_of("first_name")
            )
            at = self.rows.index(at.row(), section)
            self.setCurrentIndex(at)
            self.scrollTo(at)
        self._view_of(at.column()).edit(at)

    def edit(self, index, *arguments):  # type: ignore[no-untyped-def]
        """Open an editor only where a record still waits."""
        row = self.rows.row(index.row()) if index.isValid() else None
        if row is None or not row.is_open or not self.marks.may_change:
            return False if arguments else None
        return super().edit(index, *arguments)

    # --- Qt's own
    def paintEvent(self, event: QPaintEvent) -> None:
        self.cells.take_theme()
        if not self.cells.paint_waiting(self):
            self.cells.prepare(self)
            super().paintEvent(event)
        self.cells.paint_lines(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        pinned: PinnedColumns | None = getattr(self, "pinned", None)
        if pinned is not None:
            pinned.place()

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a cell into sight, and not under the pinned columns."""
        super().scrollTo(index, hint)
        pinned: PinnedColumns | None = getattr(self, "pinned", None)  # Qt asks while the table is being made
        if pinned is not None and pinned.isVisible() and not pinned.shows(index.column()):
            hidden = pinned.width() - self.visualRect(index).left()
            if hidden > 0:
                bar = self.horizontalScrollBar()
                bar.setValue(bar.value() - hidden)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(current, previous)
        self.cell_changed.emit()

    # --- inside
    def _listen(self) -> None:
        self.rows.rows_arrived.connect(self._walk_on, Qt.ConnectionType.QueuedConnection)
        header = self.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_header_menu)
        header.sectionMoved.connect(lambda *_: self._keeping.start())
        header.sectionResized.connect(lambda *_: self._keeping.start())
        self.pinned.doubleClicked.connect(lambda _: self.edit_current())
        self.row_activated.connect(lambda _: self.edit_current())

    def _arrange(self) -> None:
        header = self.horizontalHeader()
        blocker = QSignalBlocker(header)
        for place, name in enumerate(self.layout_now.visual_order()):
            section = self.column_of(name)
            header.moveSection(header.visualIndex(section), place)
            header.setSectionHidden(section, name in self.layout_now.hidden)
            self.setColumnWidth(section, self.layout_now.widths[name])
        blocker.unblock()
        header.viewport().update()
        self.updateGeometries()
        shown = self.layout_now.pinned - self.layout_now.hidden
        self.pinned.show_columns([self.column_of(name) for name in shown])
        self.viewport().update()

    def _keep_layout(self) -> None:
        """Remember order and widths as they were dragged."""
        header = self.horizontalHeader()
        names = [
            self.rows.columns[header.logicalIndex(place)].name for place in range(len(self.rows.columns))
        ]
        widths = dict(self.layout_now.widths)
        for column in self.rows.columns:
            if column.name not in self.layout_now.hidden:
                widths[column.name] = header.sectionSize(self.column_of(column.name))
        wanted = replace(self.layout_now, order=tuple(names), widths=widths)
        if wanted != self.layout_now:
            self.set_layout(wanted)

    def _open_header_menu(self, at: QPoint) -> None:
        section = self.horizontalHeader().logicalIndexAt(at)
        if section < 0:
            return
        column: Column = self.rows.columns[section]
        menu = QMenu(self)
        menu.setObjectName("quarantine.column_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if column.sortable:
            menu.addAction("Sort ascending").triggered.connect(lambda: self._ask_to_sort(section, True))
            menu.addAction("Sort descending").triggered.connect(lambda: self._ask_to_sort(section, False))
            menu.addSeparator()
        is_pinned = column.name in self.layout_now.pinned
        menu.addAction("Unpin" if is_pinned else "Pin to the left").triggered.connect(
            lambda: self.set_layout(self.layout_now.with_pin(column.name, not is_pinned))
        )
        menu.addAction("Hide").triggered.connect(
            lambda: self.set_layout(self.layout_now.shown(column.name, False))
        )
        menu.addSeparator()
        menu.addMenu(self.columns_menu(menu))
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def _view_of(self, column: int) -> QAbstractItemView:
        """Where a cell is seen: among the pinned columns or the others."""
        return self.pinned if self.pinned.shows(column) else self

    def _visual(self, column: int) -> int:
        return self.horizontalHeader().visualIndex(column)

    def _failing_places(self, row: QueueRow) -> list[int]:
        """Where on the screen, from the left, the failing cells of a row are."""
        if not row.is_open:
            return []
        mask = self.marks.of(row)
        return sorted(
            self._visual(section)
            for section, column in enumerate(self.rows.columns)
            if column.name in NAMES
            and column.name not in self.layout_now.hidden
            and self.marks.tone(mask, NAMES[column.name])
        )

"""The columns that stay in sight at the left while the others scroll: a second view over the same model."""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from divegov_gui.ui.pages.quarantine.cell_delegate import COMPACT_ROW, ROW, CellDelegate
from divegov_gui.ui.widgets.density import follow_density
from divegov_gui.ui.widgets.painting import color

_LEFT_FREE = 160
"""Pixels that pinned columns leave to the others."""


class PinnedColumns(QTableView):
    """Lies over the left edge of `grid`, shares its model, selection and delegate, and follows it."""

    def __init__(self, grid: QTableView, delegate: CellDelegate) -> None:
        super().__init__(grid)
        self._grid = grid
        self._delegate = delegate
        self._sections: list[int] = []
        self.setObjectName("quarantine.pinned")
        self.setAccessibleName("Pinned columns")
        self.setModel(grid.model())
        self.setSelectionModel(grid.selectionModel())
        self.setItemDelegate(delegate)
        self._behave()
        self._follow()

    def show_columns(self, sections: list[int]) -> None:
        """Show the columns `sections`, in their order in the grid, as many of them as leave it room."""
        header, theirs = self.horizontalHeader(), self._grid.horizontalHeader()
        self._sections = sorted(sections, key=theirs.visualIndex)
        blocker = QSignalBlocker(header)
        for section in range(theirs.count()):
            header.moveSection(header.visualIndex(section), theirs.visualIndex(section))
        blocker.unblock()
        self.setVisible(bool(sections))
        self.place()

    def shows(self, column: int) -> bool:
        """Whether `column` is pinned."""
        return self.isVisible() and not self.isColumnHidden(column)

    def place(self) -> None:
        """Lie over the grid's left edge, as high as its cells."""
        view, head = self._grid.viewport(), self._grid.horizontalHeader()
        self._choose(view.width() - _LEFT_FREE)
        width = self.horizontalHeader().length()
        self.horizontalHeader().setFixedHeight(head.height())
        self.setGeometry(view.x(), head.y(), width, head.height() + view.height())
        self.raise_()

    # --- Qt's own
    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.take_theme()
        if not self._delegate.paint_waiting(self):
            super().paintEvent(event)
        self._delegate.paint_lines(self)
        painter = QPainter(self.viewport())
        painter.setPen(color("control_border"))
        edge = self.viewport().width() - 1
        painter.drawLine(edge, 0, edge, self.viewport().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._grid.wheelEvent(event)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Do nothing of its own: it stands where the grid stands."""

    # --- inside
    def _choose(self, room: int) -> None:
        """Show the first of the pinned columns that fit into `room`; the others scroll with the rest."""
        theirs, fitting = self._grid.horizontalHeader(), self._fitting(room)
        blocker = QSignalBlocker(self.horizontalHeader())
        for section in range(theirs.count()):
            self.setColumnHidden(section, section not in fitting)
            if section in fitting:
                self.setColumnWidth(section, theirs.sectionSize(section))
        blocker.unblock()

    def _fitting(self, room: int) -> list[int]:
        """The first of the pinned columns, as many as `room` holds, and one at least."""
        widths = [self._grid.horizontalHeader().sectionSize(section) for section in self._sections]
        count = sum(used <= room for used in accumulate(widths))
        return self._sections[: max(1, count)]

    def _behave(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QTableView { border: none; margin: 0px; border-radius: 0px; }")
        self.setFocusProxy(self._grid)
        self.setSelectionBehavior(self._grid.selectionBehavior())
        self.setSelectionMode(self._grid.selectionMode())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().setVisible(False)
        follow_density(self.verticalHeader(), ROW, COMPACT_ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(48)
        header.setSectionsClickable(True)
        header.setSelectionModel(self._grid.horizontalHeader().selectionModel())

    def _follow(self) -> None:
        mine, theirs = self.verticalScrollBar(), self._grid.verticalScrollBar()
        theirs.valueChanged.connect(mine.setValue)
        mine.valueChanged.connect(theirs.setValue)
        head, their_head = self.horizontalHeader(), self._grid.horizontalHeader()
        head.sectionPressed.disconnect()
        head.sectionClicked.connect(lambda section: their_head.sectionClicked.emit(section))
        head.sectionResized.connect(lambda section, _, size: self._grid.setColumnWidth(section, size))
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(
            lambda at: their_head.customContextMenuRequested.emit(
                their_head.mapFromGlobal(head.mapToGlobal(at))
            )
        )
        their_head.sectionResized.connect(self._take_width)
        their_head.sortIndicatorChanged.connect(lambda section, order: head.setSortIndicator(section, order))

    def _take_width(self, section: int) -> None:
        if section in self._sections:
            self.place()

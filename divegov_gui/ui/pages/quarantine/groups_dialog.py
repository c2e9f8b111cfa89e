"""Records that fail in the same way and are mended by the same repair: one line a group, to be gone through."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.core.records import LABELS
from divegov_gui.services.bulk import RepairGroup, repair_groups
from divegov_gui.services.queue import Catalogue
from divegov_gui.services.review import Edited
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.bulk_dialog import BulkDialog
from divegov_gui.ui.pages.quarantine.columns import show_value
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import ProgressPanel, button, label, plural
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.question import Problem

MOST = 50_000
"""Records that are grouped at once: some seconds' work."""
_TITLES = ("What it does", "Column", "For example", "Records")


class GroupTable(QTableWidget):
    """The groups; Enter or a double click opens one."""

    opened = Signal(object)
    """The row of the group to look at."""

    def __init__(self, mask: bool) -> None:
        super().__init__(0, len(_TITLES))
        self._mask = mask
        self.setObjectName("quarantine.groups.table")
        self.setAccessibleName("Groups of records that one repair mends")
        self.setHorizontalHeaderLabels(list(_TITLES))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(30)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section in (0, 2):
            head.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(1, 130)
        self.setColumnWidth(3, 90)
        self.setWordWrap(False)
        self.cellDoubleClicked.connect(lambda row, _: self.opened.emit(row))

    def show_groups(self, groups: Sequence[RepairGroup]) -> None:
        """List the groups, the cursor on the first."""
        self.setRowCount(len(groups))
        for row, group in enumerate(groups):
            example = self._example(group)
            cells = (group.words, LABELS[group.column], example, grouped(group.record_count))
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                passes = "" if group.fails else "\nThe value passes as it is, too."
                item.setToolTip(f"{group.words}\nRecord {grouped(group.example_id)}: {example}{passes}")
                if column == 3:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        if groups:
            self.setCurrentCell(0, 0)
            self.setFocus()

    def _example(self, group: RepairGroup) -> str:
        shown = (show_value(group.column, each, self._mask).strip() for each in (group.before, group.after))
        before, after = (_short(each) or "nothing" for each in shown)
        return f"{before} → {after}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.opened.emit(self.currentRow())
        else:
            super().keyPressEvent(event)


def _short(text: str, most: int = 30) -> str:
    """A long value by its beginning and its end, where most slips are."""
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


class GroupsDialog(Dialog):
    """Finds the groups, and opens each with its before and after; what is saved is gone from the list."""

    saved = Signal(object)
    """The Edited group."""

    def __init__(self, context: AppContext, catalogue: Catalogue, ids: array[int], window: QWidget) -> None:
        some = f"the first {grouped(MOST)} of " if len(ids) > MOST else ""
        detail = (
            f"What the same repair would mend, among {some}{plural(len(ids), 'record')}. Open a group to see each "
            "value before and after."
        )
        super().__init__("quarantine.groups", "Similar fixes", "suggest", window, detail=detail)
        self.resize(940, 560)
        self._context, self._catalogue, self._ids = context, catalogue, ids[:MOST]
        self._groups: list[RepairGroup] = []
        self._handle: TaskHandle | None = None
        self.problem = Problem("quarantine.groups.problem")
        self.body.addWidget(self.problem)
        self.progress = ProgressPanel("quarantine.groups.progress", "records")
        self.progress.cancel_requested.connect(lambda _: self._stop())
        self.body.addWidget(self.progress)
        self.table = GroupTable(context.mask_personal)
        self.table.opened.connect(self._open)
        self.body.addWidget(self.table, 1)
        self.nothing = label(
            "No suggestion fits any of these records.", "muted", name="quarantine.groups.none"
        )
        self.nothing.hide()
        self.body.addWidget(self.nothing)
        self.add_button(button("Close", name="quarantine.groups.close"), self.reject)
        self.look = button("Look at the group…", name="quarantine.groups.open", variant="primary")
        self.add_button(self.look, lambda: self._open(self.table.currentRow()))
        self._find()

    def _find(self) -> None:
        self.look.setEnabled(False)
        self.progress.start("Grouping the records")
        self._handle = self._context.reader.submit(
            partial(_groups, self._catalogue, self._ids),
            kind="quarantine.groups",
            on_success=self._show,
            on_failure=self._take_failure,
            on_progress=self.progress.report,
            owner=self,
        )

    def _show(self, groups: list[RepairGroup]) -> None:
        self._handle, self._groups = None, groups
        self.progress.hide()
        self.table.show_groups(groups)
        self.nothing.setVisible(not groups)
        self.look.setEnabled(bool(groups))

    def _open(self, row: int) -> None:
        if not 0 <= row < len(self._groups):
            return
        group = self._groups[row]
        dialog = BulkDialog(self._context, self._catalogue, self, ids=self._ids, like=group.operation)
        dialog.saved.connect(self._take_saved)
        dialog.open()

    def _take_saved(self, edited: Edited) -> None:
        self.saved.emit(edited)
        self._find()

    def _take_failure(self, error: DiveGovError) -> None:
        self._handle = None
        self.progress.hide()
        if not isinstance(error, Cancelled):
            self.problem.say(error)

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def reject(self) -> None:
        """Close; a search that still runs is stopped."""
        self._stop()
        super().reject()


def _groups(
    catalogue: Catalogue, ids: array[int], session: Any, progress: ProgressSink, cancel: CancelToken
) -> list[RepairGroup]:
    return repair_groups(session, catalogue, ids, progress=progress, cancel=cancel)

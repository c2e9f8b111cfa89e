"""What changed between two instants, over all divers: filtered, counted, and written to a file."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.services.directory import Change, ChangeFilter, Changes
from divegov_gui.services.history import FIELDS
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.pages.history.moments import moment_field, moment_format, zone_label
from divegov_gui.ui.pages.history.timeline_scale import utc_text
from divegov_gui.ui.pages.history.versions import TITLES
from divegov_gui.ui.pages.history.work import count_changes, read_changes, write_changes
from divegov_gui.ui.times import both_times, local_time
from divegov_gui.ui.widgets import (
    CellBadge,
    Column,
    button,
    choice_field,
    label,
    plural,
    reveal,
    text_field,
)
from divegov_gui.ui.widgets.ask_where import CSV_OR_EXCEL, ask_for_file
from divegov_gui.ui.widgets.list_table import ListTable

_BADGES = {
    "Created": CellBadge("Created", "success", "add"),
    "Changed": CellBadge("Changed", "warning", "edit"),
    "Restored": CellBadge("Restored", "info", "undo"),
    "Deleted": CellBadge("Deleted", "danger", "delete"),
}
_MONTH_S = 30 * 86_400


class ChangeRow:
    """One change with its cells as attributes."""

    def __init__(self, change: Change) -> None:
        self.when, self.exactly = local_time(change.at), both_times(change.at)
        self.key = f"{change.diver_id} {change.at}"
        self.diver_id, self.kind, self.actor, self.reason = (
            change.diver_id,
            change.kind,
            change.actor,
            change.reason,
        )
        self.fields = ", ".join(TITLES[column] for column in change.columns)


class ChangesView(QWidget):
    """Every change from one instant until another; Enter opens the diver's history."""

    diver_opened = Signal(object)
    """The id of a diver."""

    evidence_wanted = Signal(object)
    """(since, until) of the period that a pack is to prove, as UTC text."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pages, self._listed = 1, ChangeFilter("", "")
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        layout.addLayout(self._period())
        layout.addLayout(self._filters())
        self.table = self._make_table()
        layout.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Read anew what changed."""
        for field in (self.since, self.until):
            field.setDisplayFormat(moment_format())
        if self.wanted() != self._listed:
            self._pages, self._listed = 1, self.wanted()
        self._context.reader.submit(
            partial(read_changes, self.wanted(), self._pages * page_size()),
            kind="history.changes",
            label="Looking for changes",
            on_success=self._show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def wanted(self) -> ChangeFilter:
        """What is to be listed."""
        return ChangeFilter(
            _instant(self.since),
            _instant(self.until),
            self.kind.currentData(),
            self.column.currentData(),
            self.actor.text().strip() or None,
        )

    # --- building
    def _period(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        now = int(time.time())
        self.since = _moment("history.since", "From", now - _MONTH_S)
        self.until = _moment("history.until", "Until", now + 60)
        for field in (self.since, self.until):
            caption = label(field.accessibleName(), "label", tone="muted")
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
            field.dateTimeChanged.connect(lambda _: self.refresh())
        row.addWidget(zone_label())
        self.count = label("", "strong", wrap=True, name="history.change_count")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.count, 1)
        self.more = button("Show more", name="history.more_changes", variant="link")
        self.more.clicked.connect(self._read_on)
        reveal(self.more, False)
        row.addWidget(self.more)
        return row

    def _read_on(self) -> None:
        self._pages += 1
        self.refresh()

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self.kind = choice_field(
            "history.change_kind", "Kind of change", [("All changes", None), *((k, k) for k in _BADGES)]
        )
        fields: list[tuple[str, object]] = [
            ("Any field", None),
            *((title, column) for column, title in FIELDS),
        ]
        self.column = choice_field("history.change_field", "Field that changed", fields)
        self.actor = text_field("history.change_actor", "Changed by", "By anyone")
        self.actor.setMaximumWidth(200)
        for field in (self.kind, self.column):
            assert isinstance(field, QComboBox)
            field.activated.connect(lambda _: self.refresh())
            row.addWidget(field)
        self.actor.editingFinished.connect(self.refresh)
        row.addWidget(self.actor)
        row.addStretch(1)
        self.export = button("Export", name="history.export_changes", icon="export")
        self.export.setToolTip("As CSV or an Excel workbook, without any value of a diver")
        self.export.clicked.connect(self._ask_where)
        self.evidence = button("Evidence", name="history.evidence_period", icon="file")
        self.evidence.setToolTip("Write a pack that proves what changed in this time, and by whom")
        self.evidence.clicked.connect(
            lambda: self.evidence_wanted.emit((self.wanted().since, self.wanted().until))
        )
        row.addWidget(self.evidence)
        row.addWidget(self.export)
        return row

    def _make_table(self) -> ListTable:
        table = ListTable(_COLUMNS, name="history.changes", accessible="What changed", key="key")
        table.setSelectionMode(ListTable.SelectionMode.ExtendedSelection)
        table.stretch("reason")
        table.set_placeholder("Nothing changed", "Choose a longer time, or fewer filters.")
        table.row_activated.connect(lambda row: self.diver_opened.emit(row.diver_id))
        return table

    # --- showing
    def _show(self, found: Changes) -> None:
        parts = [f"{grouped(count)} {kind.lower()}" for kind, count in found.counts.items() if count]
        self.count.setText(", ".join(parts) or "Nothing changed")
        reveal(self.more, False)
        self.export.setEnabled(bool(found.newest))
        self.table.show_rows([ChangeRow(each) for each in found.newest])
        if found.total is None:
            self._count(len(found.newest))

    def _count(self, listed: int) -> None:
        """The list is there; counting all takes longer where they are many, and ends where another list is wanted."""
        self.count.setText(f"The newest {grouped(listed)} are listed · counting all…")
        self._context.reader.submit(
            partial(count_changes, self._listed),
            kind="history.changes",
            label="Counting the changes",
            patient=True,
            on_success=partial(self._show_count, listed),
            on_failure=partial(self._show_uncounted, listed),
            owner=self,
        )

    def _show_count(self, listed: int, total: int) -> None:
        self.count.setText(f"{grouped(total)} changes · the newest {grouped(listed)} are listed")
        reveal(self.more, total > listed)

    def _show_uncounted(self, listed: int, error: DiveGovError) -> None:
        self.count.setText(f"The newest {grouped(listed)} are listed · more were not counted")
        reveal(self.more, True)
        if not isinstance(error, Cancelled):
            self._context.notifier.error(error)

    # --- exporting
    def _ask_where(self) -> None:
        title = "Export what changed"
        ask_for_file(self, "history.export_dialog", title, CSV_OR_EXCEL, self.export_to, "changes")

    def export_to(self, path: Path) -> None:
        """Write what is listed to `path`, as its ending says."""
        self._context.reader.submit(
            partial(write_changes, self.wanted(), path),
            label=f"Exporting to {path.name}",
            on_success=lambda count: self._context.notifier.success(
                f"{path.name} is written.", f"{plural(count, 'change')} in {path.parent}."
            ),
            on_failure=self._context.notifier.error,
            owner=self,
        )


_COLUMNS = (
    Column("when", "When", 150, sortable=False, tooltip=lambda row: row.exactly),
    Column("diver_id", "Diver", 76, sortable=False, align_right=True, format=str),
    Column("kind", "Change", 112, sortable=False, badge=lambda row: _BADGES[row.kind]),
    Column("fields", "Fields", 220, sortable=False, tooltip=lambda row: row.fields),
    Column("actor", "By", 120, sortable=False, tooltip=lambda row: row.actor),
    Column("reason", "Why", 200, sortable=False, tooltip=lambda row: row.reason),
)


def _moment(name: str, accessible: str, seconds: int) -> QDateTimeEdit:
    field = moment_field(name, accessible)
    field.setDateTime(QDateTime.fromSecsSinceEpoch(seconds))
    return field


def _instant(field: QDateTimeEdit) -> str:
    """What the field says, as the database's UTC text."""
    return utc_text(field.dateTime().toMSecsSinceEpoch() * 1000)

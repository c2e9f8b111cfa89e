"""The page Quarantine."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.deployment import plan_deployment
from divegov_gui.services.quarantine import (
    QuarantineRecord,
    Queue,
    QueueFilter,
    read_payload,
    read_queue,
    read_records,
)
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.pages.quarantine.columns import queue_columns
from divegov_gui.ui.pages.quarantine.filter_bar import FilterBar
from divegov_gui.ui.pages.quarantine.record_panel import RecordPanel
from divegov_gui.ui.widgets import (
    DataTable,
    EmptyState,
    RowRequest,
    SortChoice,
    StateStack,
    WorkerFetch,
    tool_button,
)

_SUBTITLE = (
    "Records that the gatekeeper did not let through. "
    "Editing and resubmitting them come with the review workbench."
)


class QuarantinePage(Page):
    """The open records with what is wrong with each; to read, not yet to edit."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("quarantine", "Quarantine", _SUBTITLE, scrolls=False, parent=parent)
        self._context = context
        self._wanted = QueueFilter()
        self._newest_first = False
        self._queue: Queue | None = None
        self._at_id: int | None = None
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read the queue anew."""
        self.refresh()

    def aim_at(self, rule: str | None = None, batch_id: int | None = None) -> None:
        """Show the records that break `rule`, those of `batch_id`, or those of both."""
        self._filter(QueueFilter(rule, batch_id))

    def refresh(self) -> None:
        """Read which records wait."""
        self._context.reader.submit(
            partial(_read_queue, self._context, self._wanted),
            kind="quarantine.queue",
            on_success=self._show_queue,
            on_failure=self._show_failure,
            owner=self,
        )

    # --- building
    def _build(self) -> None:
        again = tool_button("refresh", name="quarantine.refresh", accessible="Read anew")
        again.clicked.connect(self.refresh)
        self.add_action(again)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.m)
        self.filters = FilterBar()
        self.filters.changed.connect(self._filter)
        layout.addWidget(self.filters)
        self.grid = self._make_grid()
        self.record = RecordPanel(self._context.mask_personal)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.current().space.m)
        split.addWidget(self.grid)
        split.addWidget(self.record)
        split.setStretchFactor(0, 1)
        split.setSizes([690, 322])
        layout.addWidget(split, 1)
        self._stack = StateStack(content)
        self.body.addWidget(self._stack, 1)

    def _make_grid(self) -> DataTable:
        fetch = WorkerFetch(self._context.reader, _read_records)
        grid = DataTable(
            queue_columns(self._context.mask_personal),
            fetch,
            name="quarantine.grid",
            accessible="Records in quarantine",
            key="quarantine_id",
        )
        fetch.serve(grid.rows)
        grid.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        grid.current_changed.connect(self._show_record)
        grid.sort_requested.connect(self._sort)
        grid.set_sort(SortChoice("quarantine_id", ascending=True))
        grid.set_placeholder("No open record matches", "Choose another rule or batch, or show all.")
        return grid

    # --- showing
    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and what & {SCHEMA, BATCHES, QUARANTINE}:
            self.refresh()

    def _show_queue(self, queue: Queue | None) -> None:
        self._queue = queue
        if queue is None:
            self._stack.show_state(self._not_deployed())
        elif not queue.open_count:
            self._stack.show_state(self._nothing_waits())
        else:
            self._stack.show_content()
            self.filters.show_queue(queue, self._wanted)
            self._fill(queue)

    def _fill(self, queue: Queue) -> None:
        """Show the rows of `queue`, the cursor on the record where it was, or on the first."""
        keys = queue.ids[::-1] if self._newest_first else queue.ids
        kept = self._at_id
        self.grid.rows.reset_keys(keys)
        if kept is not None and kept in keys:
            self.grid.go_to(keys.index(kept))
        else:
            self.grid.go_to(0)
        if not keys:
            self.record.show_record(None)

    def _show_record(self, record: QuarantineRecord | None) -> None:
        if record is None or record.quarantine_id == self._at_id:
            return
        self._at_id = record.quarantine_id
        self.record.show_record(record)
        self._context.reader.submit(
            partial(_read_payload, record.quarantine_id),
            kind="quarantine.payload",
            on_success=self.record.show_payload,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show_failure(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        if self._queue is None:
            state = EmptyState(
                "quarantine", error.title, error.hint, "Try again", self.refresh, name="quarantine.retry"
            )
            self._stack.show_state(state)

    def _not_deployed(self) -> EmptyState:
        return EmptyState(
            "deploy",
            "Nothing is deployed yet",
            "The quarantine is made by the scripts. Apply them first.",
            "Open Deploy",
            lambda: self._context.go_to("deploy"),
            name="quarantine.deploy",
        )

    def _nothing_waits(self) -> EmptyState:
        return EmptyState(
            "success",
            "No record waits",
            "What the gatekeeper rejects will be listed here, with every reason.",
            "Ingest records",
            lambda: self._context.go_to("ingest"),
            name="quarantine.ingest",
        )

    # --- what a person does
    def _filter(self, wanted: QueueFilter) -> None:
        self._wanted = wanted
        self.refresh()

    def _sort(self, choice: SortChoice) -> None:
        self._newest_first = not choice.ascending
        if self._queue is not None:
            self._fill(self._queue)


def _read_queue(
    context: AppContext, wanted: QueueFilter, session: Any, _: ProgressSink, cancel: CancelToken
) -> Queue | None:
    """The queue; None where a script that makes it never ran."""
    plan = plan_deployment(session, context.scripts)
    if any(script.journal is None for script in plan.scripts):
        return None
    return read_queue(session, wanted, cancel)


def _read_records(session: Any, request: RowRequest, cancel: CancelToken) -> Sequence[QuarantineRecord]:
    return read_records(session, request.keys or (), cancel)


def _read_payload(quarantine_id: int, session: Any, _: ProgressSink, __: CancelToken) -> str | None:
    return read_payload(session, quarantine_id)

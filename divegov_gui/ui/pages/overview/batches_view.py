"""The view Batches: the list, one batch, or two side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from divegov_gui.services.batches import BatchQuery, RawRow
from divegov_gui.services.quality import BatchSummary
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.batch_list import BatchList
from divegov_gui.ui.pages.overview.batch_pane import BatchPane
from divegov_gui.ui.pages.overview.compare_pane import ComparePane
from divegov_gui.ui.pages.overview.report_saver import ReportSaver
from divegov_gui.ui.widgets import RuleCount


class BatchesView(QWidget):
    """Turns from the list to a batch and back."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._may_review = self._may_purge = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        self._stack.setObjectName("overview.batches_view")
        layout.addWidget(self._stack)
        self.list = BatchList(context)
        self.list.opened.connect(self.open_batch)
        self.list.compared.connect(self._compare)
        self.list.purge_wanted.connect(self._ask_to_purge)
        self.batch = BatchPane(context)
        self.batch.left.connect(self.show_list)
        self.batch.rule_chosen.connect(self._open_rule)
        self.batch.outcome_chosen.connect(self._open_outcome)
        self.batch.replay_wanted.connect(self._ask_to_replay)
        self.batch.report_wanted.connect(ReportSaver(context, self).ask)
        self.batch.records.followed.connect(self._follow)
        self.comparison = ComparePane(context)
        self.comparison.left.connect(self.show_list)
        for view in (self.list, self.batch, self.comparison):
            self._stack.addWidget(view)

    def allow(self, *, review: bool, purge: bool) -> None:
        """Whether one may see the records in quarantine, and take raw data away."""
        self._may_review, self._may_purge = review, purge

    def refresh(self) -> None:
        """Read anew what is in sight."""
        if self._stack.currentWidget() is self.batch and self.batch.batch_id is not None:
            self.batch.open_batch(self.batch.batch_id)
        else:
            self.list.refresh()

    def look_at(self, query: BatchQuery) -> None:
        """List what `query` wants."""
        self._stack.setCurrentWidget(self.list)
        self.list.look_at(query)

    def open_batch(self, batch_id: int) -> None:
        """Show one batch."""
        self._stack.setCurrentWidget(self.batch)
        self.batch.open_batch(batch_id)

    def show_list(self) -> None:
        """Back to the list."""
        self._stack.setCurrentWidget(self.list)
        self.list.refresh()
        self.list.table.setFocus()

    # --- inside
    def _compare(self, pair: tuple[int, int]) -> None:
        self._stack.setCurrentWidget(self.comparison)
        self.comparison.show_batches(*pair)

    def _ask_to_purge(self) -> None:
        from divegov_gui.ui.pages.overview.purge_dialog import PurgeDialog

        PurgeDialog(self._context, self.window(), allowed=self._may_purge).open()

    def _ask_to_replay(self, batch: BatchSummary) -> None:
        from divegov_gui.ui.pages.overview.replay_dialog import ReplayDialog

        dialog = ReplayDialog(self._context, batch, self.window())
        dialog.replayed.connect(lambda done: self._compare((done.first.batch_id, done.batch_id)))
        dialog.open()

    def _open_rule(self, rule: RuleCount) -> None:
        """Show the batch's records that fail it; who may not see those sees the rule."""
        if self._may_review:
            self._quarantine(rule=rule.code)
        else:
            self._context.go_to("rules", rule=rule.code)

    def _open_outcome(self, key: str) -> None:
        if key == "quarantined" and self._may_review:
            self._quarantine()

    def _quarantine(self, **aim: object) -> None:
        self._context.go_to("quarantine", batch_id=self.batch.batch_id, **aim)

    def _follow(self, row: RawRow) -> None:
        if row.quarantine_id is not None:
            self._context.go_to("quarantine", quarantine_id=row.quarantine_id)
        elif row.diver_id is not None:
            self._context.go_to("history", diver_id=row.diver_id)

"""One batch: what became of it, its score, and every record of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from divegov_gui.services.quality import BatchSummary
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.meter_card import BatchCard
from divegov_gui.ui.pages.overview.record_table import RecordTable
from divegov_gui.ui.pages.overview.score_card import ScoreMatrix
from divegov_gui.ui.pages.overview.words import KINDS
from divegov_gui.ui.pages.overview.work_batches import BatchDetails, read_details
from divegov_gui.ui.times import both_times, local_time
from divegov_gui.ui.widgets import Card, Reflow, RuleBars, RuleCount, button, label, reveal
from divegov_gui.ui.widgets.basics import tabs
from divegov_gui.ui.widgets.elided_label import ElidedLabel
from divegov_gui.ui.widgets.rule_bars import ROW_HEIGHT
from divegov_gui.ui.widgets.scrolling import scrolling


class BatchPane(QWidget):
    """Shows a batch; Back leads to the list of all."""

    left = Signal()
    rule_chosen = Signal(object)
    """The RuleCount whose records of this batch are wanted."""
    outcome_chosen = Signal(object)
    """The outcome that was chosen on the meter."""
    replay_wanted = Signal(object)
    """The BatchSummary that is to be governed again."""
    report_wanted = Signal(object)
    """The number of the batch of which a report is wanted."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.batch_id: int | None = None
        self._batch: BatchSummary | None = None
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        layout.addLayout(self._head())
        self._tabs = tabs("overview.batch_tabs", "Of this batch")
        layout.addWidget(self._tabs)
        self._stack = QStackedWidget()
        self.records = RecordTable(context)
        for title, view in (
            ("What became of it", scrolling(self._summary())),
            ("Every record", self.records),
        ):
            self._tabs.addTab(title)
            self._stack.addWidget(view)
        self._tabs.currentChanged.connect(self._turn)
        layout.addWidget(self._stack, 1)

    def open_batch(self, batch_id: int) -> None:
        """Read and show a batch."""
        self.batch_id = batch_id
        self._context.reader.submit(
            partial(read_details, batch_id),
            kind="overview.batch",
            on_success=self._show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        back = button("All batches", name="overview.all_batches", variant="ghost", icon="back")
        back.clicked.connect(lambda: self.left.emit())
        row.addWidget(back)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = ElidedLabel("", "heading", name="overview.batch_title")
        self._facts = label("", "muted", name="overview.batch_facts")
        words.addWidget(self._title)
        words.addWidget(self._facts)
        row.addLayout(words, 1)
        self.replay = button(
            "Govern again",
            name="overview.replay",
            icon="rehearse",
            description="Its content once more, by the rules and with the divers of today. Rehearsed first.",
        )
        self.replay.clicked.connect(lambda: self.replay_wanted.emit(self._batch))
        row.addWidget(self.replay)
        self.report = button(
            "Report", name="overview.batch_report", icon="file", description="One page for print or mail."
        )
        self.report.clicked.connect(lambda: self.report_wanted.emit(self.batch_id))
        row.addWidget(self.report)
        return row

    def _summary(self) -> QWidget:
        space = theme.current().space
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, space.xs, 0, 0)
        layout.setSpacing(space.m)
        self.card = BatchCard()
        self.card.outcome_chosen.connect(self.outcome_chosen)
        layout.addWidget(self.card)
        self.rules_card = Card("Rejections by rule", "At the gate; choose one to see which still wait")
        self.rules = RuleBars("overview.batch_rules")
        self.rules.rule_chosen.connect(self.rule_chosen)
        self._no_rules = label("No record was rejected.", "muted", name="overview.no_batch_rules")
        self.rules_card.body.addWidget(self.rules)
        self.rules_card.body.addWidget(self._no_rules)
        self.rules_card.body.addStretch(1)
        self.matrix = ScoreMatrix()
        self._cells = Reflow(420, most_columns=2, gaps=(space.m, space.m))
        self._cells.set_cells([self.rules_card, self.matrix])
        layout.addWidget(self._cells)
        layout.addStretch(1)
        return content

    def _show(self, details: BatchDetails) -> None:
        batch = details.batch
        if batch.batch_id != self.batch_id:
            return
        self._title.set_full(f"Batch {batch.batch_id} · {batch.source_name}")
        kind = KINDS.get(batch.source_kind, batch.source_kind)
        self._facts.setText(f"{kind}, received {local_time(batch.received_at)} by {batch.received_by}")
        self._facts.setToolTip(both_times(batch.received_at))
        self.card.show_batch(details)
        rules = [RuleCount(r.code, r.wording, r.records, r.severity) for r in details.rules if r.records]
        self.rules.set_rules(rules)
        self.rules.setFixedHeight(len(rules) * ROW_HEIGHT + 8)
        reveal(self.rules, bool(rules))
        reveal(self._no_rules, not rules)
        has_score = details.score is not None
        self._cells.set_cells([self.rules_card, self.matrix] if has_score else [self.rules_card])
        reveal(self.matrix, has_score)
        if details.score is not None:
            self.matrix.show_score(details.score)
        self.report.setEnabled(batch.outcomes is not None)
        self.replay.setEnabled(batch.outcomes is not None and batch.source_kind != "resubmission")
        self._batch = batch
        self._turn(self._tabs.currentIndex())

    def _turn(self, index: int) -> None:
        """Show a view of the batch; its records are read when they are looked at."""
        self._stack.setCurrentIndex(index)
        if index == 1 and self._batch is not None:
            self.records.show_batch(self._batch)

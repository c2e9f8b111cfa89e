"""What became of one arrival: the meter, the rules that rejected, the score, the time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from divegov_gui.services.ingestion import IngestReport
from divegov_gui.services.quality import Outcomes
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.parts import ScrollColumn, SideBySide
from divegov_gui.ui.pages.ingest.score_card import ScoreCard
from divegov_gui.ui.pages.ingest.time_card import TimeCard
from divegov_gui.ui.shell.notices import announce
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import (
    Card,
    ConservationMeter,
    OutcomeCounts,
    RuleBars,
    RuleCount,
    button,
    icon_label,
    label,
    plural,
    reveal,
)
from divegov_gui.ui.widgets.elided_label import ElidedLabel


class ResultView(ScrollColumn):
    """One batch that was governed."""

    rejected_wanted = Signal(object, object)
    """The batch's number, and the code of one rule or None: show the records that were rejected."""
    another_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._batch_id = 0
        self.body.addWidget(self._meter_card())
        self.score, self.time = ScoreCard(), TimeCard()
        across = SideBySide(900)
        across.add(_column(self._rules_card()), 10)
        across.add(_column(self.score, self.time), 11)
        self.body.addWidget(across)
        self.body.addStretch(1)

    def show_report(self, report: IngestReport, setup_seconds: float | None = None) -> None:
        """Show what became of a batch; the times of a run only where this run loaded it."""
        batch, outcomes = report.batch, report.batch.outcomes
        assert outcomes is not None
        self._batch_id = batch.batch_id
        self._title.setText(f"Batch {batch.batch_id}")
        self._source.set_full(batch.source_name)
        governed = batch.governed_at or batch.received_at
        self._when.set_full(f"Governed on {local_time(governed)} (local time)", utc_time(governed))
        self.meter.set_counts(_counts(outcomes))
        self._show_remarks(report)
        self._show_rejected(outcomes)
        self._show_rules(report)
        reveal(self.score, report.score is not None)
        if report.score is not None:
            self.score.set_score(report.score)
        stages = _stages(report, setup_seconds)
        reveal(self.time, bool(stages))
        if stages:
            self.time.set_times(stages, outcomes.loaded - report.resumed)
        self.verticalScrollBar().setValue(0)
        announce(self, f"Batch {batch.batch_id} is governed. {_counts(outcomes).sentence}", urgent=False)

    def focus_first(self) -> None:
        """Put the focus on what most people want next."""
        first = self._another if self._rejected.isHidden() else self._rejected
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside
    def _meter_card(self) -> Card:
        card = Card()
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label("success", "success", 24), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = label("", "heading", name="ingest.result.title")
        self._source = ElidedLabel(role="body")
        self._source.setObjectName("ingest.result.source")
        self._when = ElidedLabel()
        self._when.setObjectName("ingest.result.when")
        for part in (self._title, self._source, self._when):
            words.addWidget(part)
        head.addLayout(words, 1)
        head.addWidget(self._another_button(), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._rejected_button(), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        self._remarks = label("", "body", wrap=True, name="ingest.result.remarks")
        card.body.addWidget(self._remarks)
        self.meter = ConservationMeter("ingest.meter")
        self.meter.outcome_chosen.connect(self._choose_outcome)
        card.body.addWidget(self.meter)
        return card

    def _rejected_button(self) -> QWidget:
        self._rejected = button("", name="ingest.rejected", variant="primary", icon="quarantine")
        self._rejected.clicked.connect(lambda: self.rejected_wanted.emit(self._batch_id, None))
        return self._rejected

    def _another_button(self) -> QWidget:
        self._another = button("Ingest another", name="ingest.another", icon="ingest")
        self._another.clicked.connect(self.another_wanted)
        return self._another

    def _rules_card(self) -> Card:
        card = Card("Rules that rejected", "A record may break several. Choose one to see its records.")
        self.rules = RuleBars("ingest.rules")
        self.rules.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rules.rule_chosen.connect(self._choose_rule)
        self._no_rules: QLabel = label("No rule rejected anything.", "muted", name="ingest.rules.none")
        card.body.addWidget(self.rules)
        card.body.addWidget(self._no_rules)
        return card

    def _show_remarks(self, report: IngestReport) -> None:
        said = []
        if report.resumed:
            said.append(
                f"This run went on after {plural(report.resumed, 'record')} that an earlier one had loaded."
            )
        if report.was_loaded and report.recognised is not None:
            said.append(f"The same content was governed before, as batch {report.recognised.batch_id}.")
        self._remarks.setText(" ".join(said))
        reveal(self._remarks, bool(said))

    def _show_rejected(self, outcomes: Outcomes) -> None:
        records = plural(outcomes.quarantined, "rejected record")
        self._rejected.setText(f"Show the {records}")
        self._rejected.setAccessibleName(self._rejected.text())
        self._rejected.setAccessibleDescription("Opens the quarantine with the records of this batch.")
        theme.set_icon(self._rejected, "quarantine", "accent_text")
        reveal(self._rejected, outcomes.quarantined > 0)

    def _show_rules(self, report: IngestReport) -> None:
        self.rules.set_rules(
            RuleCount(rule.code, rule.wording, rule.records, rule.severity) for rule in report.rejections
        )
        self.rules.setFixedHeight(self.rules.sizeHint().height())
        reveal(self.rules, bool(report.rejections))
        reveal(self._no_rules, not report.rejections)

    def _choose_outcome(self, key: object) -> None:
        if key == "quarantined":
            self.rejected_wanted.emit(self._batch_id, None)

    def _choose_rule(self, rule: object) -> None:
        assert isinstance(rule, RuleCount)
        self.rejected_wanted.emit(self._batch_id, rule.code)


def _column(*parts: QWidget) -> QWidget:
    """Parts under each other, kept at the top."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.current().space.m)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return made


def _counts(outcomes: Outcomes) -> OutcomeCounts:
    return OutcomeCounts(
        outcomes.loaded, outcomes.promoted, outcomes.unchanged, outcomes.duplicate, outcomes.quarantined
    )


def _stages(report: IngestReport, setup_seconds: float | None) -> list[tuple[str, float]]:
    if not report.was_loaded or not report.govern_seconds:
        return []
    made = "Generating" if report.batch.source_kind == "synthetic" else "Reading the file"
    stages = [
        (made, report.read_seconds),
        ("Loading", report.load_seconds),
        ("Governing", report.govern_seconds),
    ]
    return stages if setup_seconds is None else [("Setting up the workspace", setup_seconds), *stages]

"""The conservation law of all batches or of one, and how the gatekeepers did where that is known."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from divegov_gui.services.quality import Outcomes, Overview, Score
from divegov_gui.ui import theme
from divegov_gui.ui.pages.overview.batches import unfinished_text
from divegov_gui.ui.pages.overview.work import BatchDetails
from divegov_gui.ui.widgets import (
    Card,
    ConservationMeter,
    OutcomeCounts,
    button,
    icon_label,
    label,
    plural,
    reveal,
)


class MeterCard(Card):
    """The meter with what it is about over it and the score under it."""

    all_requested = Signal(object)
    """This card, when all batches are wanted instead of one."""
    outcome_chosen = Signal(object)
    """The outcome that was chosen on the meter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("All governed batches", " ", parent)
        assert self.header is not None
        self._header = self.header
        self.show_all = button("Show all batches", name="overview.show_all", variant="ghost", icon="back")
        self.show_all.clicked.connect(lambda: self.all_requested.emit(self))
        self._header.add_action(self.show_all)
        self.body.setSpacing(theme.current().space.s)
        self.meter = ConservationMeter("overview.meter")
        self.meter.outcome_chosen.connect(self.outcome_chosen)
        self.body.addWidget(self.meter)
        self._equation = label("", "muted", wrap=True, name="overview.equation")
        self._equation.setContentsMargins(6, 0, 6, 0)
        self.body.addWidget(self._equation)
        self.body.addLayout(self._score_line())
        self.body.addStretch(1)
        reveal(self.show_all, False)

    def show_totals(self, overview: Overview) -> None:
        """Show all governed batches together."""
        self._header.title.setText("All governed batches")
        governed = overview.batch_count - sum(batch.outcomes is None for batch in overview.batches)
        self._header.set_subtitle(
            f"{plural(overview.totals.loaded, 'record')} in {plural(governed, 'batch', 'batches')}"
        )
        self._show_counts(overview.totals if governed else None)
        self._say("info", "Select a batch below to see its own numbers; a synthetic one has a score.")
        reveal(self.show_all, False)

    def show_batch(self, details: BatchDetails) -> None:
        """Show one batch."""
        batch = details.batch
        self._header.title.setText(f"Batch {batch.batch_id}")
        self._header.set_subtitle(batch.source_name)
        self._show_counts(batch.outcomes)
        if batch.outcomes is None:
            self._say("warning", unfinished_text(batch) + ".")
        elif details.score is not None:
            self._say(*score_text(details.score))
        else:
            self._say("info", "Only synthetic batches have a score: of them it is known what was injected.")
        reveal(self.show_all, True)

    def _show_counts(self, outcomes: Outcomes | None) -> None:
        """Show the law as a picture and as an equation; nothing for None."""
        self.meter.set_counts(OutcomeCounts(**asdict(outcomes)) if outcomes else None)
        self._equation.setText(equation(outcomes) if outcomes else "")
        reveal(self._equation, outcomes is not None)

    def _score_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(6, 0, 0, 0)
        line.setSpacing(theme.current().space.s)
        self._sign = icon_label("success", "success", 18)
        self._words = label("", wrap=True, name="overview.score")
        line.addWidget(self._sign)
        line.addWidget(self._words, 1)
        for wrapped in (self._equation, self._words):
            # How high it is follows from how wide it is; Qt's guess of the least height is for a narrow column.
            wrapped.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        return line

    def _say(self, tone: str, words: str) -> None:
        theme.set_icon(self._sign, tone, tone, 18)
        self._words.setText(words)


def score_text(score: Score) -> tuple[str, str]:
    """How the gatekeepers did on a synthetic batch: a tone and a sentence."""
    if not score.missed and not score.false_rejects:
        return "success", "Score against what was injected: 0 defects missed, 0 clean records rejected."
    worst = ", ".join(f"{d.code} {d.missed:,}" for d in score.defects if d.missed)
    detail = f" Missed: {worst}." if worst else ""
    return (
        "danger",
        f"Score against what was injected: {plural(score.missed, 'defect')} missed, "
        f"{plural(score.false_rejects, 'clean record')} rejected.{detail}",
    )


def equation(outcomes: Outcomes) -> str:
    """The conservation law in numbers."""
    parts = " + ".join(
        f"{getattr(outcomes, key):,} {key}" for key in ("promoted", "unchanged", "duplicate", "quarantined")
    )
    return f"{outcomes.loaded:,} loaded {'=' if outcomes.is_conserved else '≠'} {parts}"

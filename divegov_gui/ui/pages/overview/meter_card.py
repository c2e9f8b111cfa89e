"""The conservation law as a picture and as an equation: of everything that arrived, or of one batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.overview.words import equation, score_text, unfinished_text
from divegov_gui.ui.widgets import Card, ConservationMeter, OutcomeCounts, icon_label, label, plural, reveal

if TYPE_CHECKING:
    from divegov_gui.services.quality import Arrivals, Outcomes
    from divegov_gui.ui.pages.overview.work_batches import BatchDetails


class MeterCard(Card):
    """The meter, its equation, and room under both."""

    outcome_chosen = Signal(object)
    """The outcome that was chosen on the meter."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, " ", parent)
        assert self.header is not None
        self.heading = self.header
        self.body.setSpacing(theme.current().space.s)
        self.meter = ConservationMeter(f"{name}.meter")
        self.meter.outcome_chosen.connect(self.outcome_chosen)
        self.body.addWidget(self.meter)
        self.equation = label("", "muted", wrap=True, name=f"{name}.equation")
        self.equation.setContentsMargins(6, 0, 6, 0)
        self.body.addWidget(self.equation)
        self.more = QVBoxLayout()
        self.more.setContentsMargins(6, 0, 0, 0)
        self.body.addLayout(self.more)

    def show_outcomes(self, outcomes: Outcomes | None) -> None:
        """Show the law of `outcomes`; nothing for None."""
        self.meter.set_counts(OutcomeCounts(**asdict(outcomes)) if outcomes else None)
        self.equation.setText(equation(outcomes) if outcomes else "")
        reveal(self.equation, outcomes is not None)

    def show_arrivals(self, arrivals: Arrivals) -> None:
        """Show everything that came from outside."""
        governed = arrivals.arrival_count
        self.heading.set_subtitle(
            f"{plural(arrivals.totals.loaded, 'record')} from outside in {plural(governed, 'batch', 'batches')}"
        )
        self.heading.subtitle.setToolTip(
            "What stewards send again has arrived before: it is not counted once more."
        )
        self.show_outcomes(arrivals.totals if governed else None)


class SayLine(QWidget):
    """A sign and a sentence."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.current().space.s)
        self._sign = icon_label("info", "info", 18)
        self.words = label("", wrap=True, name=name)
        line.addWidget(self._sign)
        line.addWidget(self.words, 1)

    def say(self, tone: str, words: str) -> None:
        """Show `words` under the sign of `tone`."""
        theme.set_icon(self._sign, tone, tone, 18)
        self.words.setText(words)


class BatchCard(MeterCard):
    """One batch, with how the gatekeepers did where that is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("overview.batch", "What became of it", parent)
        self._said = SayLine("overview.score")
        self.more.addWidget(self._said)

    def show_batch(self, details: BatchDetails) -> None:
        """Show one batch."""
        batch = details.batch
        self.heading.set_subtitle(f"{plural(batch.loaded, 'record')} at the gate")
        self.show_outcomes(batch.outcomes)
        if batch.outcomes is None:
            self._said.say("warning", unfinished_text(batch) + ".")
        elif details.score is not None:
            self._said.say(*score_text(details.score))
        else:
            self._said.say(
                "info", "Only synthetic batches have a score: of them it is known what was injected."
            )

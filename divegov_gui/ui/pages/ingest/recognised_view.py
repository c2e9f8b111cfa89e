"""Content that was governed before: said, with the choice to look at that or to govern it once more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.services.ingestion import IngestReport
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.parts import ScrollColumn
from divegov_gui.ui.shell.notices import announce
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import Card, ConservationMeter, OutcomeCounts, button, icon_label, label
from divegov_gui.ui.widgets.elided_label import ElidedLabel


class RecognisedView(ScrollColumn):
    """Says when, and as which batch; shows what became of it then."""

    show_wanted = Signal()
    again_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        card = Card()
        card.body.setSpacing(space.l)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label("unchanged", "unchanged", 24), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(space.xs)
        self._said = label("", "heading", wrap=True, name="ingest.recognised")
        self._name = ElidedLabel()
        words.addWidget(self._said)
        words.addWidget(self._name)
        words.addWidget(
            label(
                "Nothing was loaded now. Governed again, it becomes a batch of its own and adds no diver who is "
                "there already with the same data.",
                wrap=True,
            )
        )
        head.addLayout(words, 1)
        card.body.addLayout(head)
        self.meter = ConservationMeter("ingest.recognised.meter")
        self.meter.outcome_chosen.connect(lambda _: self.show_wanted.emit())
        card.body.addWidget(self.meter)
        card.body.addLayout(self._buttons())
        self.body.addWidget(card)
        self.body.addStretch(1)

    def show_report(self, report: IngestReport) -> None:
        """Show the earlier batch."""
        batch = report.batch
        governed = batch.governed_at or batch.received_at
        self._said.setText(
            f"This content was governed on {local_time(governed)} (local time) as batch {batch.batch_id}."
        )
        self._said.setToolTip(utc_time(governed))
        self._name.set_full(batch.source_name)
        outcomes = batch.outcomes
        self.meter.set_counts(
            None
            if outcomes is None
            else OutcomeCounts(
                outcomes.loaded,
                outcomes.promoted,
                outcomes.unchanged,
                outcomes.duplicate,
                outcomes.quarantined,
            )
        )
        announce(self, self._said.text(), urgent=False)

    def focus_first(self) -> None:
        """Put the focus on the first choice."""
        self._show.setFocus(Qt.FocusReason.OtherFocusReason)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._show = button("Show that result", name="ingest.show_result", variant="primary", icon="overview")
        self._show.clicked.connect(self.show_wanted)
        again = button("Govern it again", name="ingest.again", icon="refresh")
        again.setAccessibleDescription("Loads the same content once more, as a batch of its own.")
        again.clicked.connect(self.again_wanted)
        leave = button("Change what to ingest", name="ingest.recognised.back", variant="ghost", icon="back")
        leave.clicked.connect(self.leave_wanted)
        for each in (self._show, again, leave):
            row.addWidget(each)
        row.addStretch(1)
        return row

"""What to do next, in one sentence with one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import button, icon_label, label, plural, reveal

if TYPE_CHECKING:
    from divegov_gui.services.conservation import Imbalance
    from divegov_gui.services.deployment import DeploymentPlan
    from divegov_gui.services.quality import Arrivals, Holdings


@dataclass(frozen=True)
class NextStep:
    """What to do: a sentence, the button's text, and the page that it shows, turned to `aim`."""

    tone: str
    words: str
    action: str
    page: str
    aim: dict[str, object] = field(default_factory=dict)


def next_step(
    plan: DeploymentPlan, arrivals: Arrivals, holdings: Holdings | None, imbalances: Sequence[Imbalance] = ()
) -> NextStep:
    """The most pressing thing: an imbalance, drifted scripts, an unfinished batch, open records, or fresh data."""
    if imbalances:
        many = len(imbalances) != 1
        return NextStep(
            "danger",
            f"Alarm: {plural(len(imbalances), 'batch', 'batches')} {'do' if many else 'does'} not add up.",
            "See the batch",
            "overview",
            {"batch_id": imbalances[0].batch_id},
        )
    drifted = sum(script.has_changed for script in plan.scripts)
    if drifted:
        words = (
            "1 script has changed since it was applied; the database still works by the old text."
            if drifted == 1
            else f"{drifted} scripts have changed since they were applied; the database still works by the old text."
        )
        return NextStep("warning", words, "Open Deploy", "deploy")
    if plan.findings:
        count = plural(len(plan.findings), "object")
        are = "is" if len(plan.findings) == 1 else "are"
        words = f"{count} of the database {are} missing or altered since the last deployment."
        return NextStep("warning", words, "Open Deploy", "deploy")
    if arrivals.unfinished is not None:
        first_open = arrivals.unfinished
        return NextStep(
            "warning",
            f"Batch {first_open.batch_id} is not governed yet. Ingest {first_open.source_name} again, and it goes on.",
            "Open Ingest",
            "ingest",
        )
    return _what_waits(holdings)


def _what_waits(holdings: Holdings | None) -> NextStep:
    """Records that are ready, records that fail, or nothing."""
    if holdings is None:
        return NextStep("info", "Counting what waits in quarantine.", "Open Quarantine", "quarantine")
    where = holdings.whereabouts
    if where.open:
        waiting = plural(where.open, "record")
        verb = "waits" if where.open == 1 else "wait"
        ready = f" {grouped(where.ready)} of them would be let in now." if where.ready else ""
        return NextStep(
            "quarantined",
            f"{waiting} {verb} in quarantine for a steward.{ready}",
            f"Review {waiting}",
            "quarantine",
        )
    return NextStep(
        "success", "All clear: every record is accounted for and none waits.", "Ingest records", "ingest"
    )


class NextStepBar(QFrame):
    """The sentence and its button."""

    chosen = Signal(object)
    """The NextStep whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview.next")
        self.setProperty("role", "card")
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.s, space.s, space.s)
        row.setSpacing(space.m)
        self._sign = icon_label("info", "info", 20)
        self._words = label("", "strong", wrap=True, name="overview.next_words")
        self.button = button("", name="overview.next_action", variant="primary")
        self.button.clicked.connect(lambda: self.chosen.emit(self._step))
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        self._step: NextStep | None = None
        self._may_review = True

    def allow_review(self, allowed: bool) -> None:
        """Whether the quarantine may be offered."""
        self._may_review = allowed

    def show_step(self, step: NextStep) -> None:
        """Show `step`."""
        self._step = step
        theme.set_icon(self._sign, step.tone, step.tone, 20)
        self._words.setText(step.words)
        self.button.setText(step.action)
        self.button.setAccessibleName(step.action)
        reveal(self.button, self._may_review or step.page != "quarantine")
        self.setAccessibleName(f"Next: {step.words}")

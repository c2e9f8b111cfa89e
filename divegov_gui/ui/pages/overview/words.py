"""What the page Overview says of batches, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from divegov_gui.core.numbers import grouped
from divegov_gui.ui.widgets import plural

if TYPE_CHECKING:
    from divegov_gui.services.quality import BatchSummary, Outcomes, Score

KINDS = {"synthetic": "Synthetic", "file": "File", "resubmission": "Resubmission"}


def unfinished_text(batch: BatchSummary) -> str:
    """Where a batch that is not governed stands, and what to do."""
    return (
        f"Not governed yet: {grouped(batch.loaded)} of {grouped(batch.declared)} loaded; "
        "ingest the same source again to go on"
    )


def equation(outcomes: Outcomes) -> str:
    """The conservation law in numbers."""
    parts = " + ".join(
        f"{grouped(getattr(outcomes, key))} {key}"
        for key in ("promoted", "unchanged", "duplicate", "quarantined")
    )
    return f"{grouped(outcomes.loaded)} loaded {'=' if outcomes.is_conserved else '≠'} {parts}"


def score_text(score: Score) -> tuple[str, str]:
    """How the gatekeepers did on a synthetic batch: a tone and a sentence."""
    if not score.missed and not score.false_rejects:
        return "success", "Score against what was injected: 0 defects missed, 0 clean records rejected."
    worst = ", ".join(f"{d.code} {grouped(d.missed)}" for d in score.defects if d.missed)
    detail = f" Missed: {worst}." if worst else ""
    return (
        "danger",
        f"Score against what was injected: {plural(score.missed, 'defect')} missed, "
        f"{plural(score.false_rejects, 'clean record')} rejected.{detail}",
    )

"""What the page Overview asks of the database, in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.connections import interruptible
from divegov_gui.services.deployment import DeploymentPlan, deploy, plan_deployment
from divegov_gui.services.ingestion import IngestReport, ingest
from divegov_gui.services.quality import (
    BatchSummary,
    Overview,
    RuleHits,
    Score,
    read_batch,
    read_overview,
    read_rejections,
    read_score,
)

LISTED = 500
"""How many batches are listed; the totals are over all of them."""
DEMO_ROWS = 1000


@dataclass(frozen=True)
class WorkspaceState:
    """The scripts, and what the workspace holds: None while a script that makes it never ran."""

    plan: DeploymentPlan
    overview: Overview | None


@dataclass(frozen=True)
class BatchDetails:
    """What became of one batch."""

    batch: BatchSummary
    rules: tuple[RuleHits, ...]
    score: Score | None


def read_state(scripts: Path | None, session: Any, _: ProgressSink, cancel: CancelToken) -> WorkspaceState:
    """The plan, and the overview where every script has run at least once."""
    with interruptible(session, cancel):
        plan = plan_deployment(session, scripts)
        complete = all(script.journal is not None for script in plan.scripts)
        return WorkspaceState(plan, read_overview(session, batches=LISTED) if complete else None)


def read_details(batch_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> BatchDetails:
    """One batch with its rejections and its score, which takes a moment where there are a million records."""
    with interruptible(session, cancel):
        batch, rules = read_batch(session, batch_id), read_rejections(session, batch_id)
        return BatchDetails(batch, rules, read_score(session, batch_id))


def run_demo(scripts: Path | None, session: Any, progress: ProgressSink, cancel: CancelToken) -> IngestReport:
    """Deploy what is outstanding, generate a thousand divers and govern them: what `divegov demo` does."""
    from divegov_gui.services.generation import GeneratedSource, GenerationRequest

    deploy(session, scripts=scripts, progress=progress, cancel=cancel)
    return ingest(session, GeneratedSource(GenerationRequest(DEMO_ROWS)), progress=progress, cancel=cancel)

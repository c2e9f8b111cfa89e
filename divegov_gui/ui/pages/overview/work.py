"""What the page Overview asks of the database when it opens: the worker's thread brings in what that takes."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.connections import interruptible

if TYPE_CHECKING:
    from divegov_gui.services.conservation import Imbalance, Slice
    from divegov_gui.services.deployment import DeploymentPlan
    from divegov_gui.services.ingestion import IngestReport
    from divegov_gui.services.quality import Arrivals, Holdings

DEMO_ROWS = 1000
NEWEST = 8
"""Batches that are shown beside what there is now."""


@dataclass(frozen=True)
class WorkspaceState:
    """The scripts, and what came in: None while a script that makes the workspace never ran."""

    plan: DeploymentPlan
    arrivals: Arrivals | None
    may_review: bool = True
    """Whether one may see the records in quarantine."""
    may_purge: bool = True
    """Whether one may take raw data away."""


def read_state(scripts: Path | None, session: Any, _: ProgressSink, cancel: CancelToken) -> WorkspaceState:
    """The plan, and the arrivals where every script has run at least once: what is there at once."""
    from divegov_gui.services.deployment import plan_deployment
    from divegov_gui.services.quality import read_arrivals
    from divegov_gui.services.roles import may

    with interruptible(session, cancel):
        plan = plan_deployment(session, scripts)
        complete = all(script.journal is not None for script in plan.scripts)
        if not complete:
            return WorkspaceState(plan, None)
        may_review = not plan.is_current or may(session, "Quarantine_Queue")
        may_purge = not plan.is_current or may(session, "Purge_Batches")
        return WorkspaceState(plan, read_arrivals(session, batches=NEWEST), may_review, may_purge)


def count_holdings(session: Any, _: ProgressSink, cancel: CancelToken) -> Holdings:
    """What is there now, which is counted."""
    from divegov_gui.services.quality import read_holdings

    with interruptible(session, cancel):
        return read_holdings(session)


def cut_slices(known: Set[int], session: Any, _: ProgressSink, cancel: CancelToken) -> tuple[Slice, ...]:
    """What there is to check beyond what is `known` to be sound, in parts that each take a moment."""
    from divegov_gui.services.conservation import slices

    with interruptible(session, cancel):
        return slices(session, known=known)


def check(part: Slice, session: Any, _: ProgressSink, cancel: CancelToken) -> tuple[Imbalance, ...]:
    """The batches of one part that do not add up."""
    from divegov_gui.services.conservation import check_slice

    with interruptible(session, cancel):
        return check_slice(session, part)


def run_demo(scripts: Path | None, session: Any, progress: ProgressSink, cancel: CancelToken) -> IngestReport:
    """Deploy what is outstanding, generate a thousand divers and govern them: what `divegov demo` does."""
    from divegov_gui.services.deployment import deploy
    from divegov_gui.services.generation import GeneratedSource, GenerationRequest
    from divegov_gui.services.ingestion import ingest

    deploy(session, scripts=scripts, progress=progress, cancel=cancel)
    return ingest(session, GeneratedSource(GenerationRequest(DEMO_ROWS)), progress=progress, cancel=cancel)

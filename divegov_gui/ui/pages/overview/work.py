"""What the page Overview asks of the database, in the worker's thread."""

from __future__ import annotations

from array import array
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.batches import (
    BatchQuery,
    Purged,
    RawRow,
    purge,
    read_batch_keys,
    read_batches,
    read_record_keys,
    read_records,
)
from divegov_gui.services.connections import interruptible
from divegov_gui.services.conservation import Imbalance, Slice, check_slice, slices
from divegov_gui.services.deployment import DeploymentPlan, deploy, plan_deployment
from divegov_gui.services.ingestion import IngestReport, ingest
from divegov_gui.services.privacy import may
from divegov_gui.services.quality import (
    Arrivals,
    BatchSummary,
    Holdings,
    RuleHits,
    Score,
    read_arrivals,
    read_batch,
    read_holdings,
    read_rejections,
    read_score,
    read_wordings,
)
from divegov_gui.services.trends import Period, Trends, read_trends

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


@dataclass(frozen=True)
class BatchDetails:
    """What became of one batch."""

    batch: BatchSummary
    rules: tuple[RuleHits, ...]
    score: Score | None


@dataclass(frozen=True)
class QualityOverTime:
    """The trends of one period, and the rules' wordings by their codes."""

    trends: Trends
    wordings: dict[str, str]


def read_quality(period: Period, session: Any, _: ProgressSink, cancel: CancelToken) -> QualityOverTime:
    """Everything that the charts of a period show."""
    trends = read_trends(session, period, cancel)
    with interruptible(session, cancel):
        return QualityOverTime(trends, read_wordings(session))


def read_state(scripts: Path | None, session: Any, _: ProgressSink, cancel: CancelToken) -> WorkspaceState:
    """The plan, and the arrivals where every script has run at least once: what is there at once."""
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
    with interruptible(session, cancel):
        return read_holdings(session)


def cut_slices(known: Set[int], session: Any, _: ProgressSink, cancel: CancelToken) -> tuple[Slice, ...]:
    """What there is to check beyond what is `known` to be sound, in parts that each take a moment."""
    with interruptible(session, cancel):
        return slices(session, known=known)


def check(part: Slice, session: Any, _: ProgressSink, cancel: CancelToken) -> tuple[Imbalance, ...]:
    """The batches of one part that do not add up."""
    with interruptible(session, cancel):
        return check_slice(session, part)


def read_details(batch_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> BatchDetails:
    """One batch with its rejections and its score, which takes a moment where there are a million records."""
    with interruptible(session, cancel):
        batch, rules = read_batch(session, batch_id), read_rejections(session, batch_id)
        return BatchDetails(batch, rules, read_score(session, batch_id))


def read_two(
    first: int, second: int, session: Any, _: ProgressSink, cancel: CancelToken
) -> tuple[BatchDetails, BatchDetails]:
    """Two batches, to be compared."""
    with interruptible(session, cancel):
        one, other = (
            BatchDetails(read_batch(session, batch_id), read_rejections(session, batch_id), None)
            for batch_id in (first, second)
        )
        return one, other


def list_batches(
    query: BatchQuery, session: Any, _: ProgressSink, cancel: CancelToken
) -> tuple[array[int], list[BatchSummary]]:
    """The numbers of all batches that match, and the first of them whole."""
    keys = read_batch_keys(session, query, cancel)
    return keys, read_batches(session, keys[:200], cancel)


def fetch_batches(session: Any, request: Any, cancel: CancelToken) -> list[BatchSummary]:
    """The batches that a table asks for."""
    return read_batches(session, request.keys or (), cancel)


def list_records(
    batch_id: int, outcome: str, session: Any, _: ProgressSink, cancel: CancelToken
) -> array[int]:
    """The numbers of a batch's raw records."""
    return read_record_keys(session, batch_id, outcome, cancel)


def fetch_records(session: Any, request: Any, cancel: CancelToken) -> list[RawRow]:
    """The raw records that a table asks for."""
    return read_records(session, request.keys or (), cancel)


def run_purge(
    before: date, reason: str, rehearse: bool, session: Any, progress: ProgressSink, cancel: CancelToken
) -> Purged:
    """Purge, or rehearse it."""
    return purge(session, before, reason, rehearse=rehearse, progress=progress, cancel=cancel)


def run_demo(scripts: Path | None, session: Any, progress: ProgressSink, cancel: CancelToken) -> IngestReport:
    """Deploy what is outstanding, generate a thousand divers and govern them: what `divegov demo` does."""
    from divegov_gui.services.generation import GeneratedSource, GenerationRequest

    deploy(session, scripts=scripts, progress=progress, cancel=cancel)
    return ingest(session, GeneratedSource(GenerationRequest(DEMO_ROWS)), progress=progress, cancel=cancel)

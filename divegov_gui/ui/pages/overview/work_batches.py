"""What the page Overview asks of the database about its batches and over time, in the worker's thread."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date
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
from divegov_gui.services.quality import (
    BatchSummary,
    RuleHits,
    Score,
    read_batch,
    read_rejections,
    read_score,
    read_wordings,
)
from divegov_gui.services.replay import Comparison, Replay, compare, replay
from divegov_gui.services.trends import Period, Trends, read_trends


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


def read_details(batch_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> BatchDetails:
    """One batch with its rejections and its score, which takes a moment where there are a million records."""
    with interruptible(session, cancel):
        batch, rules = read_batch(session, batch_id), read_rejections(session, batch_id)
        return BatchDetails(batch, rules, read_score(session, batch_id))


def read_two(
    first: int, second: int, session: Any, _: ProgressSink, cancel: CancelToken
) -> tuple[BatchDetails, BatchDetails, Comparison | None]:
    """Two batches, to be compared: record by record where they are two runs of the same content."""
    with interruptible(session, cancel):
        one, other = (
            BatchDetails(read_batch(session, batch_id), read_rejections(session, batch_id), None)
            for batch_id in (first, second)
        )
    return one, other, compare(session, first, second, cancel)


def run_replay(
    batch_id: int, rehearse: bool, session: Any, progress: ProgressSink, cancel: CancelToken
) -> Replay:
    """Govern a batch again, or rehearse it."""
    return replay(session, batch_id, rehearse=rehearse, progress=progress, cancel=cancel)


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

"""Ingestion: open a batch, load it in chunks, govern it, report what became of every record."""

from __future__ import annotations

import time
from dataclasses import dataclass

from divegov_gui.core.errors import Cancelled, InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress, stages
from divegov_gui.core.records import RecordChunk, RecordSource
from divegov_gui.database.session import Session
from divegov_gui.services.connections import interruptible
from divegov_gui.services.quality import (
    BatchSummary,
    RuleHits,
    Score,
    read_batch,
    read_rejections,
    read_score,
)
from divegov_gui.services.tombstones import Identities, needed


@dataclass(frozen=True)
class IngestReport:
    """What became of an arrival. Seconds are wall-clock time.

    `recognised` is the earlier batch of the same content, if there is one; unless it was asked for again, `batch` is
    that very batch and nothing was loaded. `resumed` is how many records an interrupted run had loaded before.
    `read_seconds` went into reading or generating the source, `load_seconds` into the database.
    """

    batch: BatchSummary
    rejections: tuple[RuleHits, ...]
    score: Score | None
    recognised: BatchSummary | None
    resumed: int
    read_seconds: float
    load_seconds: float
    govern_seconds: float

    @property
    def was_loaded(self) -> bool:
        """Whether this run brought anything: not so where the content was recognised and left at that."""
        return self.recognised is None or self.recognised.batch_id != self.batch.batch_id


def ingest(
    session: Session,
    source: RecordSource,
    *,
    again: bool = False,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> IngestReport:
    """Take in `source` whole and govern it.

    Content that was governed before is recognised and, unless `again`, only reported. Content whose batch was left
    unfinished goes on where it stopped. A cancellation keeps what is loaded for the next time; what was not governed
    whole is not governed at all. Raises Cancelled, InputRefused, ConnectionFailed.
    """
    watched = needed(session)
    opened = session.call(
        "Open_Batch",
        source_name=_storable(source.name),
        source_kind=source.kind,
        content_hash=source.content_hash,
        declared_count=source.row_count,
        again=int(again),
    )[-1][0]
    earlier = opened["Earlier_Batch_ID"]
    recognised = None if earlier is None else read_batch(session, earlier)
    if opened["Batch_ID"] is None:
        assert recognised is not None
        return _report(session, recognised.batch_id, recognised)

    batch_id, resumed = opened["Batch_ID"], opened["Loaded_Count"]
    started = time.monotonic()
    try:
        with interruptible(session, cancel):
            read_seconds = _load(session, batch_id, source, resumed, watched, progress, cancel)
            loaded = time.monotonic()
            govern(session, batch_id, progress=progress, cancel=cancel)
    except Cancelled as stopped:
        raise _stopped(session, batch_id) from stopped
    return _report(
        session,
        batch_id,
        recognised,
        resumed=resumed,
        read_seconds=read_seconds,
        load_seconds=loaded - started - read_seconds,
        govern_seconds=time.monotonic() - loaded,
    )


def govern(
    session: Session,
    batch_id: int,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Give every record of a loaded batch its outcome; a governed batch is left as it is.

    An interrupt stops the statement that runs; a cancellation that comes between two statements is seen at the next
    message. Raises Refused, Cancelled.
    """
    told = stages(progress, cancel, lambda words: f"Governing · {words.lower()}")
    session.call("Govern_Batch", batch_id=batch_id, on_message=told)


def _storable(name: str) -> str:
    """A name without the halves of characters that Python puts in for bytes of a file name that are no UTF-8."""
    return name.encode(errors="replace").decode()


def read_report(session: Session, batch_id: int) -> IngestReport:
    """What became of a batch that was governed before."""
    return _report(session, batch_id, None)


def _load(
    session: Session,
    batch_id: int,
    source: RecordSource,
    resumed: int,
    watched: Identities | None,
    progress: ProgressSink,
    cancel: CancelToken | None,
) -> float:
    """Send the chunks; those that an earlier run has sent whole are passed over. Returns the seconds spent reading."""
    sent, read_seconds = 0, 0.0
    progress(Progress("Loading", resumed, source.row_count))
    chunks = source.chunks()
    while True:
        began = time.monotonic()
        chunk = next(chunks, None)
        read_seconds += time.monotonic() - began
        if chunk is None:
            break
        if cancel:
            cancel.raise_if_cancelled()
        sent += len(chunk)
        if sent > resumed:
            _send(session, batch_id, chunk, watched)
        progress(Progress("Loading", max(sent, resumed), source.row_count))
    if sent != source.row_count:
        raise InputRefused(
            f"{source.name} has changed while it was read.",
            f"{grouped(source.row_count)} records were announced and {grouped(sent)} came. None of them was governed.",
            "Ingest it again when nobody writes to it.",
        )
    return read_seconds


def _stopped(session: Session, batch_id: int) -> Cancelled:
    batch = read_batch(session, batch_id)
    return Cancelled(
        "Stopped.",
        f"{grouped(batch.loaded)} of {grouped(batch.declared)} records are loaded and none is governed yet. "
        "Nothing is lost.",
        "Ingest the same source again, and it goes on from there.",
    )


def _send(session: Session, batch_id: int, chunk: RecordChunk, watched: Identities | None) -> None:
    import orjson

    if chunk.defects:
        session.call(
            "Load_Ground_Truth",
            batch_id=batch_id,
            defects=orjson.dumps([tuple(d) for d in chunk.defects]).decode(),
        )
    if watched:
        identities = orjson.dumps(list(watched.of_records(chunk.records))).decode()
        session.call("Load_Identities", batch_id=batch_id, identities=identities)
    session.call("Load_Batch", batch_id=batch_id, rows=chunk.as_json())


def _report(
    session: Session,
    batch_id: int,
    recognised: BatchSummary | None,
    *,
    resumed: int = 0,
    read_seconds: float = 0.0,
    load_seconds: float = 0.0,
    govern_seconds: float = 0.0,
) -> IngestReport:
    return IngestReport(
        batch=read_batch(session, batch_id),
        rejections=read_rejections(session, batch_id),
        score=read_score(session, batch_id),
        recognised=recognised,
        resumed=resumed,
        read_seconds=read_seconds,
        load_seconds=load_seconds,
        govern_seconds=govern_seconds,
    )

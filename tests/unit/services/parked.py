"""Records that are brought in through the gate and end in quarantine, for tests of what a steward does to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from divegov_gui.database.session import Session
from divegov_gui.services.queue import Catalogue, Order, QueueRow, read_catalogue, read_keys, read_rows
from divegov_gui.services.queue_query import OPEN

Texts = Sequence[str | None]
GOOD: tuple[str | None, ...] = (
    "Anna",
    "Kowalska",
    "anna@gmail.com",
    "601123456",
    "1990-12-31",
    "Rescue Diver",
    "A-1",
)
"""A record that the gate lets in."""


def person(**different: str | None) -> tuple[str | None, ...]:
    """`GOOD`, but for some columns."""
    names = (
        "first_name",
        "last_name",
        "email",
        "phone",
        "date_of_birth",
        "certification",
        "source_reference",
    )
    return tuple(different.get(name, value) for name, value in zip(names, GOOD, strict=True))


def ingest(session: Session, records: Sequence[Texts], name: str = "people.csv") -> int:
    """Send records through the gate as one batch; returns its number."""
    opened = session.call(
        "Open_Batch",
        source_name=name,
        source_kind="file",
        content_hash=json.dumps([name, records]),
        declared_count=len(records),
    )[0][0]
    rows = [[number, json.dumps({"row": number}), *texts] for number, texts in enumerate(records, start=1)]
    session.call("Load_Batch", batch_id=opened["Batch_ID"], rows=json.dumps(rows))
    session.call("Govern_Batch", batch_id=opened["Batch_ID"])
    return int(opened["Batch_ID"])


def waiting(session: Session, catalogue: Catalogue | None = None) -> list[QueueRow]:
    """The records that wait, in the order of their ids."""
    ids = read_keys(session, catalogue or read_catalogue(session), OPEN, Order("Quarantine_ID"))
    found: dict[int, Any] = {row.quarantine_id: row for row in read_rows(session, ids)}
    return [found[each] for each in ids]

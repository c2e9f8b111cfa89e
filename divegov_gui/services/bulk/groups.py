"""Records that one kind of repair in one column mends, or makes better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.database.session import Session
from divegov_gui.services.bulk.operations import LikeThis, Made
from divegov_gui.services.bulk.reading import CHUNK, editable
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue import Catalogue, read_open
from divegov_gui.services.suggestions import Knowledge, Suggestion, Values, read_knowledge, suggest, words_of


@dataclass(frozen=True)
class RepairGroup:
    """Records that one repair in one column would mend, how many, and one of them, as it is and as it would be.

    `fails`: the column of the example fails a check as it is; else it passes, and would be better.
    """

    column: str
    repair: str
    record_count: int
    example_id: int
    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)
    fails: bool = True

    @property
    def words(self) -> str:
        """What the repair does, as a sentence."""
        return words_of(self.repair)

    @property
    def operation(self) -> LikeThis:
        """The repair of all of them, to be looked at."""
        return LikeThis(self.column, self.repair)


def repair_groups(
    session: Session,
    catalogue: Catalogue,
    ids: Sequence[int],
    *,
    knowledge: Knowledge | None = None,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> list[RepairGroup]:
    """The groups that the records `ids` form, the largest first. A record may belong to several. Raises Cancelled."""
    counts: Counter[tuple[str, str]] = Counter()
    firsts: dict[tuple[str, str], RepairGroup] = {}
    with interruptible(session, cancel):
        knowledge = knowledge or read_knowledge(session)
        for start in range(0, len(ids), CHUNK):
            if cancel:
                cancel.raise_if_cancelled()
            progress(Progress("Grouping the records", start, len(ids)))
            records = editable(session, catalogue, ids[start : start + CHUNK]).records
            of = {record.quarantine_id: record for record in records}
            for key, found in suggest(session, records, knowledge, improve=True).items():
                kinds = Counter((each.column, each.kind) for each in found)
                for each in found:
                    group = (each.column, each.kind)
                    if kinds[group] == 1:
                        counts[group] += 1
                        firsts.setdefault(group, _group(each, of[key], knowledge))
    return [replace(firsts[group], record_count=count) for group, count in counts.most_common()]


def _group(first: Suggestion, record: Values, knowledge: Knowledge) -> RepairGroup:
    """The group that begins with the fix of a record."""
    fails = bool(record.failed_checks & knowledge.masks[first.column])
    before, key = record[first.column], record.quarantine_id
    return RepairGroup(first.column, first.kind, 1, key, before, first.value, fails)


def count_alike(
    session: Session,
    catalogue: Catalogue,
    like: LikeThis,
    bits: int = 0,
    *,
    besides: int | None = None,
    knowledge: Knowledge | None = None,
    cancel: CancelToken | None = None,
) -> int:
    """How many waiting records that fail one of the checks `bits` (none: of all) the repair `like` would change.

    The record `besides` is not counted. Raises Cancelled.
    """
    ids = [each for each in read_open(session, bits, cancel) if each != besides]
    found = 0
    with interruptible(session, cancel):
        knowledge = knowledge or read_knowledge(session)
        for start in range(0, len(ids), CHUNK):
            if cancel:
                cancel.raise_if_cancelled()
            records = editable(session, catalogue, ids[start : start + CHUNK]).records
            made = like.changes(session, records, knowledge)
            found += sum(isinstance(each, Made) for each in made.values())
    return found

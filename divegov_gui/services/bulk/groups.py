"""Records that one kind of repair in one column mends, or makes better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.database.session import Session
from divegov_gui.services.bulk.operations import LikeThis, Made
from divegov_gui.services.bulk.reading import CHUNK, editable
from divegov_gui.services.connections import interruptible
from divegov_gui.services.queue import Catalogue, read_open
from divegov_gui.services.suggestions import Knowledge, read_knowledge, suggest, words_of


@dataclass(frozen=True)
class RepairGroup:
    """Records that one repair in one column would mend, how many, and one of them."""

    column: str
    repair: str
    record_count: int
    example_id: int

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
    examples: dict[tuple[str, str], int] = {}
    with interruptible(session, cancel):
        knowledge = knowledge or read_knowledge(session)
        for start in range(0, len(ids), CHUNK):
            if cancel:
                cancel.raise_if_cancelled()
            progress(Progress("Grouping the records", start, len(ids)))
            records = editable(session, catalogue, ids[start : start + CHUNK]).records
            for key, found in suggest(session, records, knowledge, improve=True).items():
                kinds = Counter((each.column, each.kind) for each in found)
                for group in (each for each, times in kinds.items() if times == 1):
                    counts[group] += 1
                    examples.setdefault(group, key)
    return [RepairGroup(*group, count, examples[group]) for group, count in counts.most_common()]


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

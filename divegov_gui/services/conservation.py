"""Whether every record is accounted for: the batches' counts against the outcomes of their records, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from divegov_gui.core.numbers import grouped
from divegov_gui.database.session import Filter, Order, Session

SLICE = 100_000
"""Records counted in one go, about a seventh of a second; a batch that is larger is a slice of its own."""


@dataclass(frozen=True)
class Imbalance:
    """A batch that does not add up. A gap is what the batch says less what its records say.

    `lost` records were put aside and are in no quarantine; `stateless` ones are there, in no state or in two.
    """

    batch_id: int
    loaded: int
    promoted: int
    unchanged: int
    duplicate: int
    quarantined: int
    lost: int
    stateless: int

    @property
    def sentence(self) -> str:
        """What is wrong, in words."""
        gaps = [
            f"{grouped(abs(gap))} {'fewer' if gap > 0 else 'more'} {word} than the batch says"
            for word, gap in (
                ("records", self.loaded),
                ("promoted", self.promoted),
                ("unchanged", self.unchanged),
                ("duplicate", self.duplicate),
                ("quarantined", self.quarantined),
            )
            if gap
        ]
        if self.lost:
            gaps.append(f"{grouped(self.lost)} put aside and in no quarantine")
        if self.stateless:
            gaps.append(f"{grouped(self.stateless)} in quarantine in no state or in two")
        return f"Batch {self.batch_id}: {', '.join(gaps)}."


@dataclass(frozen=True)
class Slice:
    """Batches from `first` to `last`, to be counted in one go."""

    first: int
    last: int
    batches: int
    ids: tuple[int, ...] = field(default=(), compare=False)


def slices(session: Session, records: int = SLICE, known: Set[int] = frozenset()) -> tuple[Slice, ...]:
    """All governed batches but the `known` ones in slices of about that many records, the newest first."""
    rows = session.select(
        "Batch_Summary",
        ["Batch_ID", "Loaded_Count"],
        [Filter("Status", "=", "Governed")],
        [Order("Batch_ID", descending=True)],
    )
    wanted = [(row["Batch_ID"], row["Loaded_Count"]) for row in rows if row["Batch_ID"] not in known]
    return tuple(_cut(wanted, records))


def check_slice(session: Session, part: Slice) -> tuple[Imbalance, ...]:
    """The batches of `part` that do not add up."""
    rows = session.select(
        "Conservation_Check",
        filters=[
            Filter("Batch_ID", ">=", part.first),
            Filter("Batch_ID", "<=", part.last),
            Filter("Is_Balanced", "=", False),
        ],
        order=[Order("Batch_ID")],
    )
    return tuple(
        Imbalance(
            row["Batch_ID"],
            row["Loaded_Gap"],
            row["Promoted_Gap"],
            row["Unchanged_Gap"],
            row["Duplicate_Gap"],
            row["Quarantined_Gap"],
            row["Lost_Count"],
            row["Stateless_Count"],
        )
        for row in rows
    )


def check_all(session: Session) -> tuple[Imbalance, ...]:
    """Every batch that does not add up, the newest first by slices."""
    return tuple(found for part in slices(session) for found in check_slice(session, part))


def _cut(batches: list[tuple[int, int]], most: int) -> Iterator[Slice]:
    """Cut a list of (batch, records), newest first, where the sum would pass `most`."""
    taken: list[int] = []
    total = 0
    for batch_id, records in batches:
        if taken and total + records > most:
            yield Slice(taken[-1], taken[0], len(taken), tuple(taken))
            taken, total = [], 0
        taken.append(batch_id)
        total += records
    if taken:
        yield Slice(taken[-1], taken[0], len(taken), tuple(taken))

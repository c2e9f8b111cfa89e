"""What became of everything that arrived: batches, outcomes, rejections by rule, and the gatekeeper's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.database.session import Filter, Order, Row, Session


@dataclass(frozen=True)
class Outcomes:
    """Counts of records. Conservation: `loaded` is the sum of the other four."""

    loaded: int
    promoted: int
    unchanged: int
    duplicate: int
    quarantined: int

    @property
    def is_conserved(self) -> bool:
        """Whether every loaded record is accounted for, once."""
        return self.loaded == self.promoted + self.unchanged + self.duplicate + self.quarantined


@dataclass(frozen=True)
class BatchSummary:
    """One arrival. Times are UTC text with microseconds; `outcomes` is None until the batch is governed.

    `purged_at`: since when what the source sent is gone; outcomes and counts stay.
    """

    batch_id: int
    source_name: str
    source_kind: str
    status: str
    received_at: str
    received_by: str
    governed_at: str | None
    declared: int
    loaded: int
    outcomes: Outcomes | None
    purged_at: str | None = None


@dataclass(frozen=True)
class RuleHits:
    """How many records broke a rule."""

    code: str
    column: str
    severity: str
    wording: str
    hint: str
    records: int


@dataclass(frozen=True)
class DefectScore:
    """How the gatekeepers did on one kind of injected defect, in records.

    `unexpected`: found in records into which it was not injected; for CLEAN_RECORD, clean records that were rejected.
    """

    code: str
    injected: int
    found: int
    missed: int
    unexpected: int


@dataclass(frozen=True)
class Score:
    """A synthetic batch against its ground truth."""

    defects: tuple[DefectScore, ...]

    @property
    def missed(self) -> int:
        """Injected defects that the gatekeepers did not find."""
        return sum(d.missed for d in self.defects)

    @property
    def false_rejects(self) -> int:
        """Clean records that were rejected all the same."""
        return sum(d.unexpected for d in self.defects if d.code == CLEAN_RECORD)


CLEAN_RECORD = "CLEAN_RECORD"


@dataclass(frozen=True)
class Whereabouts:
    """Where the records that were ever put aside are now; `ready` ones are open and fail nothing any more."""

    open: int
    ready: int
    released: int
    merged: int
    discarded: int

    @property
    def total(self) -> int:
        """Every record that was ever put aside, each once: who comes again while they wait keeps their place."""
        return self.open + self.released + self.merged + self.discarded


@dataclass(frozen=True)
class Arrivals:
    """What came from outside, summed from what the gatekeeper keeps of each batch: there at once.

    `totals` are over the governed `arrival_count` batches; what stewards sent again is not counted once more. `batches`
    are the newest of all `batch_count`; `unfinished` is the newest one that is not governed yet.
    """

    totals: Outcomes
    arrival_count: int
    batch_count: int
    batches: tuple[BatchSummary, ...]
    unfinished: BatchSummary | None


@dataclass(frozen=True)
class Holdings:
    """What is there now: counted, which takes a moment where there are millions. `failing`: open records by rule."""

    divers: int
    history_rows: int
    whereabouts: Whereabouts
    failing: tuple[RuleHits, ...]


@dataclass(frozen=True)
class Overview:
    """Both, and the rules with all that they ever rejected."""

    arrivals: Arrivals
    holdings: Holdings
    rules: tuple[RuleHits, ...]

    @property
    def divers(self) -> int:
        """How many divers are there."""
        return self.holdings.divers

    @property
    def quarantine_open(self) -> int:
        """How many records wait."""
        return self.holdings.whereabouts.open

    @property
    def history_rows(self) -> int:
        """How many earlier versions of divers are kept."""
        return self.holdings.history_rows

    @property
    def totals(self) -> Outcomes:
        """What became of everything that came from outside."""
        return self.arrivals.totals

    @property
    def batches(self) -> tuple[BatchSummary, ...]:
        """The newest batches."""
        return self.arrivals.batches

    @property
    def batch_count(self) -> int:
        """How many batches there are."""
        return self.arrivals.batch_count


_SUMS = ("Loaded_Count", "Promoted_Count", "Unchanged_Count", "Duplicate_Count", "Quarantined_Count")
_STATES = ("Quarantine_Open_Count", "Ready_Count", "Released_Count", "Merged_Count", "Discarded_Count")


def read_overview(session: Session, *, batches: int = 50) -> Overview:
    """The state of the workspace, with its newest `batches`."""
    return Overview(
        read_arrivals(session, batches=batches),
        read_holdings(session),
        tuple(_rule(row) for row in _most_first(session.select("Rule_Catalogue"))),
    )


def read_arrivals(session: Session, *, batches: int = 50) -> Arrivals:
    """What came in, from the batches' own counts; no record is looked at."""
    counts = session.select("Workspace_Summary", [*_SUMS, "Arrival_Count", "Batch_Count"])[0]
    newest_first = [Order("Batch_ID", descending=True)]
    unfinished = session.select(
        "Batch_Summary", filters=[Filter("Status", "=", "Open")], order=newest_first, limit=1
    )
    return Arrivals(
        totals=outcomes_of(counts),
        arrival_count=counts["Arrival_Count"],
        batch_count=counts["Batch_Count"],
        batches=tuple(
            batch_of(row) for row in session.select("Batch_Summary", order=newest_first, limit=batches)
        ),
        unfinished=batch_of(unfinished[0]) if unfinished else None,
    )


def read_holdings(session: Session) -> Holdings:
    """What is there now."""
    counts = session.select("Workspace_Summary", ["Diver_Count", "History_Count", *_STATES])[0]
    failing = {
        row["Rule_Code"]: row["Open_Count"]
        for row in session.select("Rule_Activity", ["Rule_Code", "Open_Count"])
    }
    rules = session.select(
        "Rule_Catalogue",
        ["Rule_Code", "Column_Name", "Severity", "Wording", "Hint"],
        order=[Order("Rule_Code")],
    )
    return Holdings(
        divers=counts["Diver_Count"],
        history_rows=counts["History_Count"],
        whereabouts=Whereabouts(*(counts[name] for name in _STATES)),
        failing=tuple(
            _rule(row)
            for row in _most_first([{**row, "Record_Count": failing[row["Rule_Code"]]} for row in rules])
        ),
    )


def newest_governed(session: Session) -> int | None:
    """The number of the newest governed batch; None where there is none."""
    rows = session.select(
        "Batch_Summary",
        ["Batch_ID"],
        [Filter("Status", "=", "Governed")],
        [Order("Batch_ID", descending=True)],
        limit=1,
    )
    return int(rows[0]["Batch_ID"]) if rows else None


def read_batch(session: Session, batch_id: int) -> BatchSummary:
    """One batch. Raises IndexError for a batch that does not exist."""
    return batch_of(session.select("Batch_Summary", filters=[Filter("Batch_ID", "=", batch_id)])[0])


def read_rejections(session: Session, batch_id: int) -> tuple[RuleHits, ...]:
    """The rules that records of a batch broke, the most frequent first."""
    rows = session.select("Batch_Rejections", filters=[Filter("Batch_ID", "=", batch_id)])
    return tuple(_rule(row) for row in _most_first(rows))


def read_score(session: Session, batch_id: int) -> Score | None:
    """The gatekeepers' score for a synthetic batch; None for any other."""
    rows = session.select(
        "Batch_Score", filters=[Filter("Batch_ID", "=", batch_id)], order=[Order("Defect_Code")]
    )
    if not rows:
        return None
    return Score(
        tuple(
            DefectScore(
                row["Defect_Code"],
                row["Injected_Count"],
                row["Found_Count"],
                row["Missed_Count"],
                row["Unexpected_Count"],
            )
            for row in rows
        )
    )


def read_wordings(session: Session) -> dict[str, str]:
    """What each rule says, by its code."""
    return {
        str(row["Rule_Code"]): str(row["Wording"])
        for row in session.select("Rule_Catalogue", ["Rule_Code", "Wording"])
    }


def _most_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row["Record_Count"], row["Rule_Code"]))


def _rule(row: Row) -> RuleHits:
    return RuleHits(
        row["Rule_Code"],
        row["Column_Name"],
        row["Severity"],
        row["Wording"],
        row["Hint"],
        row["Record_Count"],
    )


def outcomes_of(row: Row) -> Outcomes:
    """The counts of a governed batch."""
    return Outcomes(
        row["Loaded_Count"],
        row["Promoted_Count"],
        row["Unchanged_Count"],
        row["Duplicate_Count"],
        row["Quarantined_Count"],
    )


def batch_of(row: Row) -> BatchSummary:
    """One row of Batch_Summary."""
    return BatchSummary(
        batch_id=row["Batch_ID"],
        source_name=row["Source_Name"],
        source_kind=row["Source_Kind"],
        status=row["Status"],
        received_at=row["Received_At"],
        received_by=row["Received_By"],
        governed_at=row["Governed_At"],
        declared=row["Declared_Count"],
        loaded=row["Loaded_Count"],
        outcomes=outcomes_of(row) if row["Status"] == "Governed" else None,
        purged_at=row["Purged_At"],
    )

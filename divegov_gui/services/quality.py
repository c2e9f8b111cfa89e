"""What became of everything that arrived: batches, outcomes, rejections by rule, and the gatekeeper's score."""

from __future__ import annotations

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
    """One arrival. Times are UTC text with microseconds; `outcomes` is None until the batch is governed."""

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
class Overview:
    """Everything that the first page shows. Totals are over governed batches."""

    divers: int
    quarantine_open: int
    history_rows: int
    totals: Outcomes
    batches: tuple[BatchSummary, ...]
    batch_count: int
    rules: tuple[RuleHits, ...]


def read_overview(session: Session, *, batches: int = 50) -> Overview:
    """The state of the workspace, with its newest `batches`."""
    counts = session.select("Workspace_Summary")[0]
    return Overview(
        divers=counts["Diver_Count"],
        quarantine_open=counts["Quarantine_Open_Count"],
        history_rows=counts["History_Count"],
        totals=_outcomes(counts),
        batches=tuple(
            _batch(row)
            for row in session.select(
                "Batch_Summary", order=[Order("Batch_ID", descending=True)], limit=batches
            )
        ),
        batch_count=counts["Batch_Count"],
        rules=tuple(_rule(row) for row in _most_first(session.select("Rule_Catalogue"))),
    )


def read_batch(session: Session, batch_id: int) -> BatchSummary:
    """One batch. Raises IndexError for a batch that does not exist."""
    return _batch(session.select("Batch_Summary", filters=[Filter("Batch_ID", "=", batch_id)])[0])


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


def _most_first(rows: list[Row]) -> list[Row]:
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


def _outcomes(row: Row) -> Outcomes:
    return Outcomes(
        row["Loaded_Count"],
        row["Promoted_Count"],
        row["Unchanged_Count"],
        row["Duplicate_Count"],
        row["Quarantined_Count"],
    )


def _batch(row: Row) -> BatchSummary:
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
        outcomes=_outcomes(row) if row["Status"] == "Governed" else None,
    )

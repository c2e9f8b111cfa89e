"""Which quarantined records a command means: the options that narrow them, and finding them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divegov_gui.cli_support import existing, open_session, refuse_undeployed
from divegov_gui.core.errors import InputRefused
from divegov_gui.core.records import FIELDS

if TYPE_CHECKING:
    from divegov_gui.database.session import Session
    from divegov_gui.services.queue import Catalogue, Decidable, QueueRow

RuleOption = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="RULE", help="Only records that fail this rule. Repeatable."),
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--failing", metavar="FIELD", help="Only records that fail in this field. Repeatable."),
]
BatchOption = Annotated[
    list[int] | None, typer.Option("--batch", metavar="N", help="Only records of this batch. Repeatable.")
]
StatusOption = Annotated[
    str | None,
    typer.Option("--status", metavar="STATUS", help="Open, Released, Merged, Discarded or all."),
]
SearchOption = Annotated[
    str | None, typer.Option("--search", metavar="WORDS", help="Only records that hold all of these words.")
]
IdOption = Annotated[
    list[int] | None, typer.Option("--id", metavar="N", help="Only this record. Repeatable.")
]
RegionOption = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="CC", help="Country of phones that name none, such as PL. Repeatable."),
]
AllOption = Annotated[bool, typer.Option("--all", help="All records that wait, where nothing narrows them.")]

_STATUSES = ("Open", "Released", "Merged", "Discarded")
_COLUMNS = {name.lower(): field.column for field in FIELDS for name in (field.name, field.column)}


@dataclass(frozen=True)
class Wanted:
    """The records that the options of a command describe."""

    rules: Sequence[str] | None = None
    columns: Sequence[str] | None = None
    batches: Sequence[int] | None = None
    status: str | None = None
    search: str | None = None
    ids: Sequence[int] | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything but a status was said."""
        return any((self.rules, self.columns, self.batches, self.search, self.ids))


@contextmanager
def quarantine_in(workspace: Path | None, profile: str | None) -> Iterator[tuple[Session, Catalogue]]:
    """A session with a workspace that is there, and what every command reads first."""
    from divegov_gui.services.queue import read_catalogue

    with open_session(existing(workspace, profile)) as session:
        refuse_undeployed(session)
        yield session, read_catalogue(session)


def chosen(
    session: Session, catalogue: Catalogue, wanted: Wanted, *, status: str = "Open", everything: bool = True
) -> array[int]:
    """The ids of the records that are wanted, in order. `status` is meant where the options name none.

    Raises InputRefused for a rule or a record that does not exist; BadParameter where nothing narrows the choice and
    not `everything` is meant.
    """
    from divegov_gui.services.queue import Sorting, read_keys

    if not wanted.narrows and not everything:
        raise typer.BadParameter("say which records: --id, --rule, --failing, --batch, --search, or --all")
    query = _query(catalogue, wanted, "all" if wanted.ids and not wanted.status else status)
    found = read_keys(session, catalogue, query, Sorting())
    if not wanted.ids:
        return found
    _refuse_unknown(session, wanted.ids)
    matching = set(found)
    return array("q", (each for each in dict.fromkeys(wanted.ids) if each in matching))


def decidable(session: Session, ids: Sequence[int], wanted: Wanted) -> Decidable:
    """The records `ids` with their versions. Of those that were only described, what others work on is left out; what
    was named by its number is not, and then the database refuses and says who."""
    from divegov_gui.services.queue import Decidable, read_decidable, read_versions

    if wanted.ids:
        return Decidable(tuple(read_versions(session, ids)))
    found = read_decidable(session, ids)
    if ids and not found.versions:
        raise InputRefused(
            "All of these records are claimed by others.",
            f"They are claimed by {', '.join(found.claimants)}.",
            "divegov quarantine claim --take-over takes them over.",
        )
    return found


def left_out(found: Decidable) -> str:
    """What is left out and why, as a line."""
    return f"Left out: {count(found.claimed, 'record')} claimed by {', '.join(found.claimants)}."


def column_named(text: str) -> str:
    """A column by its name in any spelling: ``email``, ``Email``. Raises BadParameter."""
    column = _COLUMNS.get(text.strip().lower().replace(" ", "_").replace("-", "_"))
    if column is None:
        raise typer.BadParameter(
            f"there is no field {text!r}; the fields are {', '.join(f.name for f in FIELDS)}"
        )
    return column


def count(number: int, one: str) -> str:
    """``1 record``, ``1,204 records``."""
    from divegov_gui.services.files.wording import count  # brings the readers of files along

    return count(number, one)


def record_facts(row: QueueRow, catalogue: Catalogue) -> dict[str, Any]:
    """One record as plain values."""
    return {
        "quarantine_id": row.quarantine_id,
        "record_version": row.record_version,
        "status": row.status,
        "batch_id": row.batch_id,
        "source_name": row.source_name,
        "source_row": row.source_row,
        "attempts": row.attempt_count,
        "quarantined_at": row.quarantined_at,
        "claimed_by": row.claimed_by if row.is_claimed else None,
        "failed_rules": [check.rule for check in catalogue.checks.rules(row.failed_checks)],
        "values": row.values,
    }


def _query(catalogue: Catalogue, wanted: Wanted, status: str) -> Any:
    from divegov_gui.services.queue_query import QueueQuery

    rules = [rule.upper() for rule in wanted.rules or ()]
    known = {check.rule for check in catalogue.checks.all}
    for rule in rules:
        if rule not in known:
            raise InputRefused(f"There is no rule {rule}.", hint=f"The rules are {', '.join(sorted(known))}.")
    facets: dict[str, Any] = {
        "rule": rules,
        "column": [column_named(each) for each in wanted.columns or ()],
        "batch": wanted.batches or (),
        "status": _statuses(wanted.status or status),
    }
    query = QueueQuery("", {facet: frozenset(values) for facet, values in facets.items() if values})
    return query.searching(wanted.search or "")


def _statuses(status: str) -> tuple[str, ...]:
    if status.lower() == "all":
        return ()
    found = tuple(each for each in _STATUSES if each.lower() == status.lower())
    if not found:
        raise typer.BadParameter(f"a status is {', '.join(_STATUSES)} or all, and not {status!r}")
    return found


def _refuse_unknown(session: Session, ids: Sequence[int]) -> None:
    from divegov_gui.services.queue import read_versions

    there = {each for each, _ in read_versions(session, ids)}
    for each in ids:
        if each not in there:
            raise InputRefused(
                f"There is no quarantined record {each}.", hint="divegov quarantine list shows them."
            )

"""The database judges what Python proposes: only what the gatekeeper would accept is suggested."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.services.review import check_records
from divegov_gui.services.suggestions import proposing
from divegov_gui.services.suggestions.knowledge import Knowledge, read_knowledge
from divegov_gui.services.suggestions.model import Confidence, Proposal, Suggestion, Values

Wanted = Callable[[Proposal], bool]

_AT_ONCE = 20_000
"""Versions of records that one call of Check_Records judges."""


class _Candidate(NamedTuple):
    """A proposal for a column of a record."""

    record: Values
    column: str
    proposal: Proposal


def suggest(
    session: Session,
    records: Sequence[Values],
    knowledge: Knowledge | None = None,
    *,
    improve: bool = False,
    columns: Sequence[str] = COLUMNS,
    wanted: Wanted = lambda _: True,
) -> dict[int, tuple[Suggestion, ...]]:
    """The fixes that the gatekeeper would accept, by quarantine id; by column, the likeliest first.

    A fix is offered only where its column fails now and would pass then. With `improve` there are also, behind those,
    fixes of columns that pass: letter case, needless spaces, mail domains that look mistyped, international numbers,
    names that stand the wrong way round.
    `columns` and `wanted` narrow what is proposed, before anything is judged. Saves nothing.
    """
    knowledge = knowledge or read_knowledge(session)
    candidates = [
        candidate
        for record in records
        for candidate in _candidates(record, columns, knowledge, improve)
        if wanted(candidate.proposal)
    ]
    found: dict[int, list[Suggestion]] = defaultdict(list)
    for suggestion in _accepted(session, candidates, knowledge):
        found[suggestion.quarantine_id].append(suggestion)
    return {key: tuple(each) for key, each in found.items()}


def unambiguous(suggestions: Iterable[Suggestion]) -> Suggestion | None:
    """The one that may be taken unseen, of those for one column: the only one, or the only one that is sure."""
    found = list(suggestions)
    sure = [each for each in found if each.confidence is Confidence.HIGH]
    if len(sure) == 1 and all(each.confidence is Confidence.LOW for each in found if each is not sure[0]):
        return sure[0]
    return found[0] if len(found) == 1 and found[0].confidence is not Confidence.LOW else None


def clearly_best(suggestions: Sequence[Suggestion]) -> Suggestion | None:
    """The one that a person means who asks for the best, of those for one column: None where several are as likely."""
    top = max((each.confidence for each in suggestions), default=None)
    found = [each for each in suggestions if each.confidence is top]
    return found[0] if len(found) == 1 else None


def _candidates(
    record: Values, columns: Sequence[str], knowledge: Knowledge, improve: bool
) -> Iterator[_Candidate]:
    failing = [column for column in columns if record.failed_checks & knowledge.masks.get(column, 0)]
    for column in failing:
        for proposal in proposing.repairs(record, column, knowledge):
            yield _Candidate(record, column, proposal)
    for column in columns if improve else ():
        if column not in failing:
            for proposal in proposing.improvements(record, column, knowledge):
                yield _Candidate(record, column, proposal)


def _accepted(
    session: Session, candidates: Sequence[_Candidate], knowledge: Knowledge
) -> Iterator[Suggestion]:
    editable = sum(knowledge.masks.values())
    for start in range(0, len(candidates), _AT_ONCE):
        some = candidates[start : start + _AT_ONCE]
        now = {
            -each.record.quarantine_id - 1: each.record.with_changes({})
            for each in some
            if each.record.failed_checks & ~_touched(each, knowledge)
        }
        after_each = {
            place: each.record.with_changes(each.proposal.changes) for place, each in enumerate(some)
        }
        verdicts = check_records(session, now | after_each)
        for place, each in enumerate(some):
            seen = verdicts.get(-each.record.quarantine_id - 1)
            # What compares the records of a batch Check_Records does not see: it stays on columns left as they are.
            # A check of no column is one of the payload, and an edited record is judged by its values alone.
            unseen = each.record.failed_checks & ~seen.failed_checks & editable if seen else 0
            after = verdicts[place].failed_checks | (unseen & ~_touched(each, knowledge))
            if not after & (_touched(each, knowledge) | knowledge.masks[each.column]):
                yield _suggestion(each, after)


def _touched(candidate: _Candidate, knowledge: Knowledge) -> int:
    """The checks on the columns that a candidate changes."""
    mask = 0
    for column in candidate.proposal.changes:
        mask |= knowledge.masks[column]
    return mask


def _suggestion(candidate: _Candidate, failed_checks: int) -> Suggestion:
    record, proposal = candidate.record, candidate.proposal
    return Suggestion(
        quarantine_id=record.quarantine_id,
        record_version=record.record_version,
        column=candidate.column,
        kind=proposal.kind,
        changes=proposal.changes,
        confidence=proposal.confidence,
        failed_checks=failed_checks,
    )

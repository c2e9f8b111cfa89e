"""What the gate says of records that are sent again, in words."""

from __future__ import annotations

from collections.abc import Sequence

from divegov_gui.core.numbers import grouped
from divegov_gui.services.checks import Checks
from divegov_gui.services.review import Resubmitted, ResubmittedRecord


def passes(count: int, done: bool = False) -> str:
    """What `count` records do at the gate, or have `done`."""
    return "passed" if done else "passes" if count == 1 else "pass"


def fails(count: int) -> str:
    """What `count` records do that stay for another reason than a duplicate."""
    return "still fails" if count == 1 else "still fail"


def collides(count: int) -> str:
    """What `count` duplicates do."""
    return "collides" if count == 1 else "collide"


def sentence(found: Resubmitted, checks: Checks, done: bool = False) -> str:
    """The rehearsal in one sentence: “41 pass, 3 still fail (age), 2 collide with diver 118”; or what was `done`."""
    parts = [f"{grouped(found.passed_count)} {passes(found.passed_count, done)}"]
    failing = found.failed_count - found.collided_count
    if failing:
        short = {check.rule: check.short.lower() for check in checks.all}
        duplicates = {check.rule for check in checks.all if check.is_duplicate}
        rules = [short.get(code, code) for code, _ in found.failing if code not in duplicates]
        parts.append(f"{grouped(failing)} {fails(failing)} ({_some(rules, 'rules')})")
    if found.collided_count:
        divers = sorted({r.diver_id for r in found.records if not r.passed and r.diver_id})
        known = f"diver{'s' if len(divers) > 1 else ''} {_some([str(each) for each in divers], 'divers')}"
        whom = known if divers else "others"
        parts.append(f"{grouped(found.collided_count)} {collides(found.collided_count)} with {whom}")
    if found.unchanged_count:
        parts.append(f"{grouped(found.unchanged_count)} already there, identical")
    return ", ".join(parts) + "."


def _some(names: Sequence[str], of_what: str, most: int = 4) -> str:
    """The first of many, and how many more."""
    more = f" and {grouped(len(names) - most)} more {of_what}" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def why(record: ResubmittedRecord, checks: Checks) -> str:
    """Why one record would stay."""
    reasons = "; ".join(check.wording for check in checks.rules(record.failed_checks))
    clash = f" (diver {record.diver_id})" if record.diver_id else ""
    return f"Record {grouped(record.quarantine_id)}: {reasons}{clash}"

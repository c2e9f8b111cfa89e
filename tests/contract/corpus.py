"""The rules by example, read from cases/*.jsonl: what is in a record, and exactly which checks it fails.

One table for every database. A line of JSON is a case:

    case         its title
    values       what differs from a valid person (people.VALID); without an email or a payload of its own it gets one
    fails        exactly the checks that it is rejected for, as "RULE.Column"; none: it is let in
    received_on  the day on which it arrives, where that matters
    earlier      records that became divers before it came, by what differs from it
    newer        records behind it in its batch, by what differs from it
    outcome      what becomes of it, where that is neither Promoted nor Quarantined
    stored       values of the diver that it becomes, where they matter

cases/borders.jsonl has a line for each border of a rule, with the titles of a case on either side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from people import person

Check = tuple[str, str]
Values = dict[str, str | None]

FOLDER = Path(__file__).with_name("cases")
DAY = "2026-03-01"


@dataclass(frozen=True)
class Case:
    """One record, those it meets, and its verdict."""

    title: str
    values: Values
    fails: frozenset[Check]
    received_on: str = DAY
    outcome: str = "Promoted"
    stored: Values = field(default_factory=dict)
    earlier: tuple[Values, ...] = ()
    newer: tuple[Values, ...] = ()


@dataclass(frozen=True)
class Border:
    """A border of a check, and the titles of a case on either side of it."""

    check: Check
    title: str
    passes: str
    fails: str


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _check(text: str) -> Check:
    rule, _, column = text.partition(".")
    return rule, column


def _case(number: int, line: dict[str, Any]) -> Case:
    own = {"email": f"case{number}@corpus.example", **line["values"]}

    def record(kind: str, index: int, changed: Values) -> Values:
        # What the record says of itself, so that no two payloads are the same.
        payload = json.dumps({"case": line["case"], kind: index}, ensure_ascii=False)
        return person(**{**own, "payload": own.get("payload", payload), **changed})

    fails = frozenset(map(_check, line["fails"]))
    return Case(
        line["case"],
        record("itself", 0, {}),
        fails,
        line.get("received_on", DAY),
        line.get("outcome", "Quarantined" if fails else "Promoted"),
        line.get("stored", {}),
        tuple(record("earlier", n, changed) for n, changed in enumerate(line.get("earlier", ()), start=1)),
        tuple(record("newer", n, changed) for n, changed in enumerate(line.get("newer", ()), start=1)),
    )


def _cases() -> Iterator[Case]:
    files = [path for path in sorted(FOLDER.glob("*.jsonl")) if path.stem != "borders"]
    lines = (line for path in files for line in _lines(path))
    return (_case(number, line) for number, line in enumerate(lines))


CASES = list(_cases())
BORDERS = [
    Border(_check(line["check"]), line["border"], line["passes"], line["fails"])
    for line in _lines(FOLDER / "borders.jsonl")
]
DAYS = sorted({case.received_on for case in CASES})


def arrivals(day: str) -> tuple[list[Values], list[Values], list[int]]:
    """A day's two batches: those who are divers already, then the cases and who comes with them.

    The last list says where in the second batch each case of the day stands, in the order of CASES.
    """
    cases = [case for case in CASES if case.received_on == day]
    known = [values for case in cases for values in case.earlier]
    batch: list[Values] = []
    places = []
    for case in cases:
        places.append(len(batch))
        batch += [case.values, *case.newer]
    return known, batch, places

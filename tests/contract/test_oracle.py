"""The gatekeepers against a judge that shares no code with them (tests/unit/generation/oracle.py), on many records."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from gates import Gate
from people import Given, person, raw_records

from divegov_gui.core.records import RawRecord
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest

BETWEEN_RECORDS = {"DUPLICATE_IN_BATCH", "DUPLICATE_OF_DIVER"}
BLANK = " \t\n\r\u0085\u00a0\u200b\u3000\ufeff"


def _load_oracle() -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "generation" / "oracle.py"
    spec = importlib.util.spec_from_file_location("contract_oracle", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


ORACLE = _load_oracle()
# An alias that a slip of the finger hits upon.
ORACLE.PROFESSIONAL.add("dive master")
ORACLE.KNOWN.add("dive master")


def judge(records: Sequence[RawRecord], received: date) -> list[set[str]]:
    """The oracle's verdicts; it trims spaces only, so the other blanks are taken away before it looks."""
    values = ORACLE.LIMITS.keys() | {"date_of_birth"}
    trimmed = (
        r._replace(**{name: getattr(r, name).strip(BLANK) for name in values if getattr(r, name)})
        for r in records
    )
    return [ORACLE.broken_rules(record, received) for record in trimmed]


def compare(gate: Gate, records: list[RawRecord], batch: int) -> int:
    """Assert that both judges agree on every record that is no copy of another; returns how many were rejected."""
    (summary,) = gate.session.select("Batch_Summary", ["Received_At"])
    verdicts = judge(records, date.fromisoformat(summary["Received_At"][:10]))
    rejected = 0
    for record, fate, expected in zip(records, gate.fates(batch), verdicts, strict=True):
        if fate.outcome == "Duplicate":
            continue
        found = {rule for rule, _ in fate.verdict} - BETWEEN_RECORDS
        assert found == expected, record
        rejected += bool(found)
    return rejected


@pytest.mark.parametrize("seed", range(3))
def test_both_judges_agree_on_generated_dirt(gate: Gate, seed: int) -> None:
    source = GeneratedSource(GenerationRequest(rows=3000, seed=seed, dirty=0.7, combined=0.5))
    ingest(gate.session, source)
    assert compare(gate, [record for chunk in source.chunks() for record in chunk.records], 1) > 1500


EMAILS = (
    "ada@example.org",
    "a.b@c-d.ee",
    "x@y.zz",
    "first.last+tag@sub.mail.example",
    "o'brien_1@3com.example",
)
EMAIL_EDITS = "ab9.@-_+' \tA!é(),<\\\u00a0\u200b"
PHONES = "+1 (555) 000-1111", "5550001111", "020.1234567", "1234567", "+123456789012345x123456", "1234567 x12"
PHONE_EDITS = "0189 .-()+xX\t/a\u00a0"
DATES = "1990-05-17", "2000-02-29", "2015-12-31", "1915-01-01", "2026-06-30", "2008-02-29", "1900-02-28"
DATE_EDITS = "0123456789-/ .T\u00a0"
NAMES = "Ada", "Anne Marie", "O'Brien", "李", "Åsa"
NAME_EDITS = "aé 09\t\n\u0001\u007f\u0080\u0085\u009f\u00a0\u200b-🤿"
LEVELS = "Divemaster", "Rescue Diver", "Course Director", "Cave Diver"
LEVEL_EDITS = "aD .x2\u00a0"


def misspelt(valid: Sequence[str], edits: str, dice: random.Random) -> str:
    """A valid value with up to three slips of the finger."""
    text = dice.choice(valid)
    for _ in range(dice.randrange(4)):
        place = dice.randrange(len(text) + 1)
        slip = dice.choice(("", dice.choice(edits), dice.choice(edits) * 2))
        text = text[:place] + slip + text[place + dice.randrange(2) :]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_both_judges_agree_on_what_slips_of_the_finger_make_of_a_value(
    make_gate: Callable[[], Gate], seed: int
) -> None:
    dice = random.Random(seed)
    people = []
    for number in range(6000):
        people.append(
            person(
                # A name of its own, so that no two are copies of each other.
                source_reference=str(number),
                payload="{}",
                **{
                    "email": misspelt(EMAILS, EMAIL_EDITS, dice),
                    "phone": misspelt(PHONES, PHONE_EDITS, dice),
                    "date_of_birth": misspelt(DATES, DATE_EDITS, dice),
                    "first_name": misspelt(NAMES, NAME_EDITS, dice),
                    "last_name": misspelt(NAMES, NAME_EDITS, dice),
                    "certification": misspelt(LEVELS, LEVEL_EDITS, dice),
                },
            )
        )
    records = raw_records(people)
    gate = make_gate()
    with closing(gate.session):
        ingest(gate.session, Given(records))
        assert compare(gate, records, 1) > 3000

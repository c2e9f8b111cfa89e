"""What a proposed fix is: which columns it changes to what, what kind of repair that is, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from divegov_gui.core.records import COLUMNS
from divegov_gui.services.queue import QueueRow

_PLACE = {column: place for place, column in enumerate(COLUMNS)}


class Confidence(IntEnum):
    """How likely a proposal is what was meant. LOW: worth a look, never to be taken unseen."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class Values:
    """The current values of a quarantined record, in the order of `COLUMNS`, and the checks that they fail."""

    quarantine_id: int
    record_version: int
    texts: tuple[str | None, ...] = field(repr=False)
    failed_checks: int

    @classmethod
    def of(cls, row: QueueRow) -> Values:
        """The values of a row of the queue."""
        return cls(row.quarantine_id, row.record_version, tuple(row.values.values()), row.failed_checks)

    def __getitem__(self, column: str) -> str | None:
        return self.texts[_PLACE[column]]

    def with_changes(self, changes: Mapping[str, str | None]) -> dict[str, str | None]:
        """The values by column, as they would be."""
        return {**dict(zip(COLUMNS, self.texts, strict=True)), **changes}


@dataclass(frozen=True)
class Proposal:
    """A fix that nobody has judged yet. `kind` names the steps, joined by `+`; None empties a column."""

    kind: str
    changes: Mapping[str, str | None] = field(repr=False)
    confidence: Confidence

    @property
    def words(self) -> str:
        """What it does, as a sentence."""
        return words_of(self.kind)


@dataclass(frozen=True)
class Suggestion:
    """A fix that the gatekeeper would accept in `column`. `failed_checks` is what the record would still fail."""

    quarantine_id: int
    record_version: int
    column: str
    kind: str
    changes: Mapping[str, str | None] = field(repr=False)
    confidence: Confidence
    failed_checks: int

    @property
    def words(self) -> str:
        """What it does, as a sentence."""
        return words_of(self.kind)

    @property
    def value(self) -> str | None:
        """The new value of `column`; where only other columns change, that of the first of them."""
        return self.changes.get(self.column, next(iter(self.changes.values())))


def words_of(kind: str) -> str:
    """A kind of repair as a sentence: ``email.at_sign+email.domain`` is “Writes the @ sign and corrects …”."""
    steps = [_step_in_words(step) for step in kind.split("+")]
    sentence = steps[0] if len(steps) == 1 else f"{', '.join(steps[:-1])} and {steps[-1]}"
    return sentence[:1].upper() + sentence[1:]


def _step_in_words(step: str) -> str:
    if step in STEPS:
        return STEPS[step]
    stem, _, region = step.rpartition(".")
    return f"{STEPS[stem]} {region}"


STEPS: dict[str, str] = {
    "email.wrapping": "takes away what stands around the address",
    "email.at_sign": "writes the @ sign",
    "email.signs": "removes the @ signs that are too many",
    "email.dots": "puts the dots right",
    "email.spaces": "removes the spaces",
    "email.space_to_dot": "writes a dot for the space",
    "email.accents": "writes letters without accents",
    "email.hyphen": "puts the hyphens of the domain right",
    "email.domain": "corrects the mail domain",
    "email.one_of_several": "keeps one of several addresses",
    "email.moved": "moves the address here from another field",
    "date.letters": "reads letters as digits",
    "date.time": "leaves out the time",
    "date.year_first": "reads it as year, month, day",
    "date.day_first": "reads it as day, month, year",
    "date.month_first": "reads it as month, day, year",
    "date.year_day_month": "swaps month and day",
    "date.month_name": "writes the month as a number",
    "date.serial": "reads it as a spreadsheet's day number",
    "date.century": "corrects the century",
    "date.year_digits": "swaps two digits of the year",
    "phone.label": "takes away what is no part of the number",
    "phone.letters": "reads letters as digits",
    "phone.keypad": "dials the letters on the keypad",
    "phone.signs": "writes only the signs that a number has",
    "phone.extension": "writes the extension as x",
    "phone.one_of_several": "keeps one of several numbers",
    "phone.e164": "writes it as an international number of",
    "phone.empty": "empties the field, which holds no number",
    "name.control": "removes the control characters",
    "name.control_to_space": "writes a space for the control characters",
    "name.letters": "writes letters for digits",
    "name.number": "removes the number",
    "name.spaces": "removes the spaces that are too many",
    "name.case": "writes it in upper and lower case",
    "name.remark": "removes the remark",
    "name.repeated": "keeps one of the repetitions",
    "name.swapped": "swaps first and last name",
    "name.split": "parts the full name into first and last name",
    "name.from_email": "takes the name from the email address",
    "certification.spelling": "writes the level as the catalogue does",
    "certification.nearest": "takes the nearest known level",
    "certification.empty": "empties the field, which holds no level",
}
"""Each step of a repair in words. A step that ends in a region (``phone.e164.PL``) is told with it."""

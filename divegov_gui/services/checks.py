"""What the bits of a record's standing mean: one table, read once, for every failing cell of a million records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from divegov_gui.database.session import Order, Session


@dataclass(frozen=True)
class Check:
    """One look of a rule at one column, and its bit in `Failed_Checks`."""

    bit: int
    rule: str
    column: str
    severity: str
    wording: str
    hint: str
    is_enabled: bool = True

    @property
    def is_error(self) -> bool:
        """Whether a record that fails it can never be released."""
        return self.severity == "error"

    @property
    def is_duplicate(self) -> bool:
        """Whether it finds somebody who is there already: no fault of the record's own."""
        return self.rule.startswith("DUPLICATE_")

    @property
    def short(self) -> str:
        """The rule in two or three words, for a chip."""
        return self.rule.replace("DOB", "BIRTH DATE").replace("_", " ").capitalize()


class Checks:
    """All checks of a database, by bit."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self.all = tuple(sorted(checks, key=lambda check: check.bit))
        self.errors = sum(check.bit for check in self.all if check.is_error)
        """The bits that are never waived."""
        self.warnings = sum(check.bit for check in self.all if not check.is_error)
        self.of = lru_cache(maxsize=4096)(self._of)

    def _of(self, mask: int) -> tuple[Check, ...]:
        """What a record with `mask` fails: errors first, in the order of the checks."""
        return tuple(sorted((c for c in self.all if c.bit & mask), key=lambda check: not check.is_error))

    def for_column(self, mask: int, column: str) -> tuple[Check, ...]:
        """What fails in one column, errors first."""
        return tuple(check for check in self.of(mask) if check.column == column)

    def rules(self, mask: int) -> tuple[Check, ...]:
        """One check for each rule that fails, whatever the number of columns."""
        return tuple({check.rule: check for check in reversed(self.of(mask))}.values())[::-1]

    def bits_of_rule(self, *rules: object) -> int:
        """The bits of some rules."""
        return sum(check.bit for check in self.all if check.rule in rules)

    def bits_of_column(self, *columns: object) -> int:
        """The bits of some columns."""
        return sum(check.bit for check in self.all if check.column in columns)

    def only_warnings(self, mask: int) -> bool:
        """Whether something fails, and nothing that is an error."""
        return bool(mask) and not mask & self.errors


def read_checks(session: Session) -> Checks:
    """The checks as the database has them."""
    rows = session.select("Rule_Checks", order=[Order("Check_Bit")])
    return Checks(
        Check(
            row["Check_Bit"],
            row["Rule_Code"],
            row["Column_Name"],
            row["Severity"],
            row["Wording"],
            row["Hint"],
            bool(row["Is_Enabled"]),
        )
        for row in rows
    )

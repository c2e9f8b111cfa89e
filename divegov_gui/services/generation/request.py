"""What is asked of the generator, and which requests it refuses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.services.generation.kinds import DEFECTS, DUPLICATE_OF_DIVER
from divegov_gui.services.generation.locales import AVAILABLE_LOCALES, DEFAULT_LOCALES

MOST_ROWS = 30_000_000
_MOST_SEEDS = 2**63
_YEARS = (2000, 2100)


@dataclass(frozen=True)
class KnownDiver:
    """A diver whom the platform has already, as far as a duplicate needs to know."""

    email: str


def _this_year() -> int:
    return datetime.now(timezone.utc).year


@dataclass(frozen=True)
class GenerationRequest:
    """What a synthetic data set is to be. Shares are of all rows and go from 0 to 1, unless said otherwise.

    - `dirty`: share of rows that carry at least one defect, spread evenly over DEFAULT_DEFECTS.
    - `rates`: where given, the share of rows made for each kind of defect, and `dirty` is not looked at.
    - `combined`: share *of the dirty rows* that carry a second or third defect, of the kinds in play. A
      kind's own share counts the rows made for it; where it joins another as a second defect comes on top.
    - `repeated`: share of rows that are an identical, earlier copy of another row.
    - `locales`: of AVAILABLE_LOCALES, in equal parts; one that is named twice counts twice.
    - `reference_year`: the year that the ages of defective rows are made for.
    - `known_divers`: whose addresses DUPLICATE_OF_DIVER takes, each at most once.

    Raises InputRefused where a value is out of its bounds.
    """

    rows: int
    seed: int = 7
    dirty: float = 0.05
    rates: Mapping[str, float] | None = field(default=None, hash=False)
    combined: float = 0.2
    repeated: float = 0.01
    locales: tuple[str, ...] = DEFAULT_LOCALES
    reference_year: int = field(default_factory=_this_year)
    known_divers: tuple[KnownDiver, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        _check_rows(self.rows)
        _check_seed(self.seed)
        for name in ("dirty", "combined", "repeated"):
            _check_share(name, getattr(self, name))
        if self.rates is not None:
            _check_rates(self.rates)
            object.__setattr__(self, "rates", dict(self.rates))
            if self.rates.get(DUPLICATE_OF_DIVER, 0) > 0 and not self.known_divers:
                raise InputRefused(
                    "There are no divers to duplicate.",
                    f"{DUPLICATE_OF_DIVER} needs divers whom the platform has already.",
                    "Ingest some divers first, or set this rate to 0.",
                )
        distinct = {diver.email.strip().lower(): diver for diver in self.known_divers}
        object.__setattr__(self, "known_divers", tuple(distinct.values()))
        _check_locales(self.locales)
        if not _is_whole(self.reference_year) or not _YEARS[0] <= self.reference_year <= _YEARS[1]:
            raise InputRefused(
                f"The reference year {self.reference_year} cannot be used.",
                hint=f"Give a year from {_YEARS[0]} to {_YEARS[1]}.",
            )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_rows(rows: int) -> None:
    hint = f"Ask for 1 to {grouped(MOST_ROWS)} rows."
    if not _is_whole(rows):
        raise InputRefused(f"{rows!r} is not a number of rows.", hint=hint)
    if rows == 0:
        raise InputRefused("0 rows were asked for: there is nothing to generate.", hint=hint)
    if rows < 0:
        raise InputRefused(f"A negative number of rows was asked for ({grouped(rows)}).", hint=hint)
    if rows > MOST_ROWS:
        raise InputRefused(
            f"{grouped(rows)} rows are more than one data set can have.",
            hint=f"{hint} For more, generate several data sets with different seeds.",
        )


def _check_seed(seed: int) -> None:
    if not _is_whole(seed) or not 0 <= seed < _MOST_SEEDS:
        raise InputRefused(
            f"The seed {seed!r} cannot be used.", hint="Give a whole number from 0 to 2^63 - 1."
        )


def _check_share(name: str, share: float) -> None:
    number = isinstance(share, (int, float)) and not isinstance(share, bool)
    if not number or not math.isfinite(share) or not 0 <= share <= 1:
        raise InputRefused(
            f"The share “{name}” cannot be {share!r}.", hint="Give a number from 0 to 1; 0.05 is 5 %."
        )


def _check_rates(rates: Mapping[str, float]) -> None:
    unknown = sorted(set(rates) - {kind.code for kind in DEFECTS})
    if unknown:
        raise InputRefused(
            f"No defect is called {', '.join(unknown)}.",
            hint=f"The kinds are {', '.join(kind.code for kind in DEFECTS)}.",
        )
    for code, rate in rates.items():
        _check_share(code, rate)
    total = math.fsum(rates.values())
    if total > 1 + 1e-9:
        raise InputRefused(
            f"The rates add up to {total:.1%} of the rows.",
            "Every row is made for one kind of defect at most.",
            "Lower some of them until they add up to 100 % or less.",
        )


def _check_locales(locales: tuple[str, ...]) -> None:
    hint = f"Choose from {', '.join(AVAILABLE_LOCALES)}."
    if not locales:
        raise InputRefused("No locale was chosen for the names.", hint=hint)
    unknown = [locale for locale in locales if locale not in AVAILABLE_LOCALES]
    if unknown:
        raise InputRefused(f"There are no names for {', '.join(map(str, unknown))}.", hint=hint)

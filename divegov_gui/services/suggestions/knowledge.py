"""What proposing a fix needs to know of the database: checks, levels, domains; read once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timezone

from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.checks import read_checks
from divegov_gui.services.suggestions.certifications import Catalogue, Level
from divegov_gui.services.suggestions.domains import KnownDomains, frequent_domains
from divegov_gui.services.suggestions.phones import known_regions
from divegov_gui.services.suggestions.whole_record import KnownNames

_SAMPLE = 5_000
"""Divers whose mail domains and names are counted."""


@dataclass(frozen=True)
class Knowledge:
    """What proposals are made from. `masks` has the bits of the checks on each column; days are UTC."""

    masks: Mapping[str, int]
    catalogue: Catalogue
    domains: KnownDomains
    regions: tuple[str, ...]
    today: date
    names: KnownNames = field(default_factory=KnownNames)


def read_knowledge(session: Session, regions: Sequence[str] = ()) -> Knowledge:
    """Read it. `regions` are the countries (ISO 3166) of phone numbers that name none. Raises InputRefused."""
    checks = read_checks(session)
    divers = _divers(session)
    return Knowledge(
        masks={column: checks.bits_of_column(column) for column in COLUMNS},
        catalogue=Catalogue(_levels(session)),
        domains=KnownDomains(frequent_domains(diver["Email"] for diver in divers)),
        regions=known_regions(regions),
        today=datetime.now(timezone.utc).date(),
        names=KnownNames((diver["First_Name"], diver["Last_Name"]) for diver in divers),
    )


def _levels(session: Session) -> list[Level]:
    spellings: dict[str, list[str]] = defaultdict(list)
    columns = ["Level_Name", "Alias"]
    for row in session.select("Certification_Aliases", columns, order=[Order("Rank_Order"), Order("Alias")]):
        spellings[row["Level_Name"]].append(row["Alias"])
    return [Level(name, tuple(aliases)) for name, aliases in spellings.items()]


def _divers(session: Session) -> list[Row]:
    # In no order: sorting a million divers for a sample of some thousand would take longer than all else here.
    current = [Filter("Is_Current", "=", True)]
    return session.select("Diver_Versions", ["Email", "First_Name", "Last_Name"], current, limit=_SAMPLE)

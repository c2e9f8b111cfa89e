"""Certifications as people write them, and the nearest level of the catalogue."""

from __future__ import annotations

import pytest

from divegov_gui.services.suggestions.certifications import Catalogue, Level
from divegov_gui.services.suggestions.model import Confidence

CATALOGUE = Catalogue(
    [
        Level("Discover Scuba Diving", ("dsd", "discover scuba diving", "discover scuba diver")),
        Level("Scuba Diver", ("sd", "scuba diver")),
        Level("Junior Open Water Diver", ("jowd", "junior open water")),
        Level("Open Water Diver", ("owd", "open water", "open water diver")),
        Level("Advanced Open Water Diver", ("aowd", "advanced open water")),
        Level("Rescue Diver", ("rd", "rescue diver")),
        Level("Master Scuba Diver", ("msd",)),
        Level("Enriched Air Diver", ("nitrox", "nitrox diver")),
        Level("Divemaster", ("dm", "dive master")),
        Level("Assistant Instructor", ("ai",)),
        Level("Master Instructor", ("mi",)),
    ]
)


def proposed(value: str) -> list[str | None]:
    return [each.changes["Certification"] for each in CATALOGUE.repairs(value)]


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("Opne Water Diver", "Open Water Diver"),
        ("Open Watr Diver", "Open Water Diver"),
        ("OpenWater", "Open Water Diver"),
        ("open-water-diver", "Open Water Diver"),
        ("Open  Water", "Open Water Diver"),
        ("PADI Open Water Diver", "Open Water Diver"),
        ("OWD.", "Open Water Diver"),
        ("Advanced Openwater Diver", "Advanced Open Water Diver"),
        ("Advnaced Open Water Diver", "Advanced Open Water Diver"),
        ("Advanced", "Advanced Open Water Diver"),
        ("Adv. OW", "Advanced Open Water Diver"),
        ("Jr. Open Water", "Junior Open Water Diver"),
        ("Resuce Diver", "Rescue Diver"),
        ("Rescue-Diver", "Rescue Diver"),
        ("SSI Rescue Diver", "Rescue Diver"),
        ("Dive Mastre", "Divemaster"),
        ("Divemster", "Divemaster"),
        ("DiveMaster (PADI)", "Divemaster"),
        ("Enriched Air Nitrx", "Enriched Air Diver"),
        ("Nitrox-Diver", "Enriched Air Diver"),
        ("Master Scuba Dvier", "Master Scuba Diver"),
        ("Discover Scuba Divng", "Discover Scuba Diving"),
        ("Asst. Instructor", "Assistant Instructor"),
    ],
)
def test_the_nearest_level_comes_first(written: str, level: str) -> None:
    assert proposed(written)[:1] == [level]


@pytest.mark.parametrize("nothing", ["N/A", "none", "???", "see card", "yes", "unknown", "-"])
def test_what_is_no_level_may_be_taken_away_since_it_is_optional(nothing: str) -> None:
    assert proposed(nothing) == [None]


@pytest.mark.parametrize(
    "unlike",
    ["PADI 4711", "CMAS **", "P1 / 12m", "Level 2", "Bronze", "Snorkeller", "Brevet Nr. 20311", "master", ""],
)
def test_nothing_is_proposed_for_what_is_like_no_level(unlike: str) -> None:
    assert proposed(unlike) == []


def test_a_small_slip_is_sure_and_a_beginning_is_not() -> None:
    assert [each.confidence for each in CATALOGUE.repairs("Resuce Diver")] == [Confidence.HIGH]
    assert [each.confidence for each in CATALOGUE.repairs("Advanced")] == [Confidence.MEDIUM]

"""What one chooses, searches and decides on in the queue, at its edges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from parked import ingest, person

from divegov_gui.core.errors import Conflict
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services import facets
from divegov_gui.services.checks import Checks
from divegov_gui.services.deployment import deploy
from divegov_gui.services.facets import read_facets
from divegov_gui.services.queue import (
    Catalogue,
    Sorting,
    read_catalogue,
    read_decidable,
    read_keys,
    read_open,
    read_payload,
    read_rows,
)
from divegov_gui.services.queue_query import OPEN, QueueQuery
from divegov_gui.services.review import Edit, claim_records, discard_records, edit_records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Records 1 to 6 wait; 4 has a wrong email and a wrong phone, the others a wrong phone."""
    made = tmp_path / "workspace.db"
    people = [
        person(email="bad" if n == 4 else f"{n}@x.org", phone="?", first_name=f"N{n}") for n in range(1, 7)
    ]
    with closing(open_workspace(made, actor="anna")) as session:
        deploy(session)
        ingest(session, people)
    return made


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    with closing(open_workspace(path, actor="anna")) as opened:
        yield opened


@pytest.fixture
def catalogue(session: Session) -> Catalogue:
    return read_catalogue(session)


# What one chooses -----------------------------------------------------------------------------------------------


def test_a_value_that_is_chosen_again_is_chosen_no_more() -> None:
    chosen = OPEN.toggled("rule", "EMAIL_FORMAT").toggled("rule", "PHONE_FORMAT")
    assert chosen.values("rule") == {"EMAIL_FORMAT", "PHONE_FORMAT"}
    assert chosen.toggled("rule", "EMAIL_FORMAT").values("rule") == {"PHONE_FORMAT"}
    assert chosen.toggled("rule", "EMAIL_FORMAT").toggled("rule", "PHONE_FORMAT") == OPEN


def test_the_blanks_around_and_between_the_words_of_a_search_are_none_of_it() -> None:
    searched = OPEN.searching("  ada   lovelace ")
    assert (searched.text, searched.chosen) == ("ada lovelace", OPEN.chosen)


def test_everything_is_what_waits_and_nothing_narrower_or_wider() -> None:
    assert OPEN.is_everything
    for other in (OPEN.searching("ada"), OPEN.toggled("rule", "EMAIL_FORMAT"), QueueQuery()):
        assert not other.is_everything


@pytest.mark.parametrize("text", ["9" * 18, "9" * 19, "9" * 30])
def test_a_number_of_any_length_may_be_searched_for(
    session: Session, catalogue: Catalogue, text: str
) -> None:
    assert list(read_keys(session, catalogue, OPEN.searching(text), Sorting())) == []


def test_a_number_finds_the_record_that_has_it(session: Session, catalogue: Catalogue) -> None:
    assert 5 in read_keys(session, catalogue, OPEN.searching("5"), Sorting())


def test_a_search_is_counted_up_to_the_most_that_is_counted(
    session: Session, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = OPEN.searching("kowalska")
    monkeypatch.setattr(facets, "MOST_SEARCHED", 6)
    assert read_facets(session, catalogue, found).match_count == 6
    monkeypatch.setattr(facets, "MOST_SEARCHED", 5)
    assert read_facets(session, catalogue, found).match_count is None


def test_what_waits_is_counted_by_what_it_fails(session: Session, catalogue: Catalogue) -> None:
    email, phone = (catalogue.checks.bits_of_rule(rule) for rule in ("EMAIL_FORMAT", "PHONE_FORMAT"))
    discard_records(session, [(1, 1)], "test_data", None)
    counted = read_facets(session, catalogue, OPEN)
    assert [counted.failing(bits) for bits in (email, phone, email | phone, 0)] == [1, 5, 5, 0]
    assert (counted.open_count, counted.total_count) == (5, 6)
    assert [list(read_open(session, bits)) for bits in (email, 0)] == [[4], [2, 3, 4, 5, 6]]


# What fails -----------------------------------------------------------------------------------------------------


def test_errors_are_told_before_warnings_and_a_rule_once(session: Session, catalogue: Catalogue) -> None:
    checks: Checks = catalogue.checks
    names = checks.bits_of_rule("NAME_CHARACTERS")
    mask = names | checks.bits_of_rule("PHONE_FORMAT", "EMAIL_FORMAT", "FIELD_TOO_LONG")
    told = [check.is_error for check in checks.of(mask)]
    assert told == sorted(told, reverse=True)
    assert [check.rule for check in checks.rules(mask)].count("NAME_CHARACTERS") == 1
    assert len(checks.of(names)) == 2
    assert [check.column for check in checks.for_column(mask, "Email")] == ["Email", "Email"]


def test_only_warnings_is_something_and_no_error(session: Session, catalogue: Catalogue) -> None:
    email, phone = (catalogue.checks.bits_of_rule(rule) for rule in ("EMAIL_FORMAT", "PHONE_FORMAT"))
    assert [catalogue.checks.only_warnings(m) for m in (0, phone, email, email | phone)] == [
        False,
        True,
        False,
        False,
    ]


# What one decides on --------------------------------------------------------------------------------------------


def test_of_the_selected_it_is_told_who_has_the_others_and_what_is_ones_own(
    session: Session, path: Path
) -> None:
    discard_records(session, [(1, 1)], "test_data", None)
    claim_records(session, [2])
    for name, number in (("cleo", 3), ("berta", 4), ("berta", 5)):
        with closing(open_workspace(path, actor=name)) as other:
            claim_records(other, [number])
    found = read_decidable(session, [6, 5, 4, 3, 2, 1, 6, 99])
    assert (list(found.ids), found.versions) == ([6, 2], ((6, 1), (2, 1)))
    assert (found.claimed, found.claimants, found.otherwise, found.mine) == (3, ("berta", "cleo"), 1, (2,))
    closed = read_decidable(session, [1, 2], status="Discarded")
    assert (list(closed.ids), closed.otherwise, closed.mine) == ([1], 1, ())


def test_what_was_seen_in_an_earlier_version_is_decided_on_in_that_one(session: Session) -> None:
    assert read_decidable(session, [1, 2], seen={1: 7}).versions == ((1, 7), (2, 1))


@pytest.mark.parametrize("named", [[(2, 1), (2, 2)], [(2, 2), (2, 1)]])
def test_of_a_record_that_is_named_twice_the_older_version_is_decided_on(
    session: Session, named: list[tuple[int, int]]
) -> None:
    edit_records(session, [Edit(2, 1, "Phone", "+48601123456")])
    with pytest.raises(Conflict):
        discard_records(session, named, "test_data", None)
    assert list(read_open(session)) == [1, 2, 3, 4, 5, 6]


def test_a_payload_is_shown_verbatim_and_of_no_record_there_is_none(session: Session) -> None:
    assert (read_payload(session, 3), read_payload(session, 99)) == ('{"row": 3}', None)


def test_a_record_has_all_its_values_and_says_whether_it_waits(session: Session) -> None:
    discard_records(session, [(2, 1)], "test_data", None)
    waiting, put_away = sorted(read_rows(session, [1, 2, 99]), key=lambda row: row.quarantine_id)
    assert (waiting.is_open, put_away.is_open) == (True, False)
    assert waiting.values == {
        "First_Name": "N1",
        "Last_Name": "Kowalska",
        "Email": "1@x.org",
        "Phone": "?",
        "Date_Of_Birth": "1990-12-31",
        "Certification": "Rescue Diver",
        "Source_Reference": "A-1",
    }

"""What is searched for is as long as every database takes, and what is longer is refused in words."""

from __future__ import annotations

import pytest
from parked import ingest, person, waiting

from divegov_gui.core.errors import InputRefused
from divegov_gui.database.odbc_select import compiled_count
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite_host import CLOCK
from divegov_gui.services import audit, batches, directory, diver_search
from divegov_gui.services.merging import read_sides
from divegov_gui.services.queue import VIEW, Sorting, read_catalogue, read_keys
from divegov_gui.services.queue_query import QueueQuery, filters_for
from divegov_gui.services.search_text import LONGEST, MOST_WORDS, require_searchable

PARAMETERS, UNITS = 2_100, 4_000
"""What SQL Server takes in a query, and in what LIKE looks for."""

MANY_WORDS = " ".join(["ä%[_/"] * MOST_WORDS)
LONG_WORDS = ["[" * LONGEST, "%" * LONGEST, "/" * LONGEST, "𝕒" * LONGEST, "ß" * LONGEST]
TOO_MUCH = [" ".join(["ann"] * (MOST_WORDS + 1)), "x" * (LONGEST + 1)]
ORDER = Sorting("Quarantine_ID", False)


@pytest.mark.parametrize("text", [MANY_WORDS, *LONG_WORDS], ids=lambda text: f"{text[:1]} x {len(text)}")
def test_the_longest_search_is_taken_by_both_databases(session: Session, text: str) -> None:
    catalogue, query = read_catalogue(session), QueueQuery().searching(text)
    assert list(read_keys(session, catalogue, query, ORDER)) == []
    assert diver_search.search(session, text) == ()
    _, values = compiled_count(VIEW, filters_for(query, catalogue.checks, catalogue.sources))
    assert 7 <= len(values) < PARAMETERS
    assert max(len(str(value).encode("utf-16-le")) // 2 for value in values) + len("%%") <= UNITS


@pytest.mark.parametrize("text", TOO_MUCH, ids=["words", "characters"])
def test_more_is_refused_with_what_to_do_and_without_what_was_typed(session: Session, text: str) -> None:
    catalogue = read_catalogue(session)
    for ask in (
        lambda: read_keys(session, catalogue, QueueQuery().searching(text), ORDER),
        lambda: diver_search.search(session, text),
        lambda: batches.BatchQuery(source=text).filters,
        lambda: directory.read_changes(session, directory.ChangeFilter(CLOCK.now(), CLOCK.now(), actor=text)),
        lambda: list(audit.read_log(session, audit.LogFilter(actor=text))),
    ):
        with pytest.raises(InputRefused) as caught:
            ask()
        assert "50 words and 1,000 characters" in caught.value.detail
        assert "Search for one name" in caught.value.hint
        assert text not in caught.value.detail + caught.value.hint


def test_the_border_is_where_it_is_said_to_be() -> None:
    require_searchable("")
    require_searchable(" ".join(["ann"] * MOST_WORDS))
    require_searchable("x" * LONGEST)


@pytest.mark.parametrize("typed", ["éva-ágnes", "ÉVA-ÁGNES", "Éva-Ágnes", "ágnes", "éva"])
@pytest.mark.parametrize("name", ["Éva-Ágnes", "Éva-ágnes", "ÉVA-ÁGNES", "éva-ágnes"])
def test_a_name_is_found_in_whatever_letter_case_it_is_typed(session: Session, typed: str, name: str) -> None:
    ingest(session, [person(first_name=name, email="?"), person(first_name=name, last_name="Ödön")])
    catalogue = read_catalogue(session)
    assert list(read_keys(session, catalogue, QueueQuery().searching(typed), ORDER)) == [1]
    diver_search.prepare_search(session)
    if not typed.lower().startswith("á"):
        assert [found.term for found in diver_search.search(session, typed)]


def test_a_record_whose_email_is_longer_than_a_search_is_compared_all_the_same(session: Session) -> None:
    before = {row.quarantine_id for row in waiting(session)}
    ingest(session, [person(email="a" * 60_000)])
    (record,) = {row.quarantine_id for row in waiting(session)} - before
    sides = read_sides(session, record)
    assert sides.record.key == record

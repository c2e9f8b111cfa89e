"""Addresses as people mistype them, and what may be proposed for each."""

from __future__ import annotations

import pytest

from divegov_gui.services.suggestions import words_of
from divegov_gui.services.suggestions.domains import KnownDomains, frequent_domains
from divegov_gui.services.suggestions.emails import improvements, repairs
from divegov_gui.services.suggestions.model import Confidence

KNOWN = KnownDomains(["reefmail.example", "blue-hole.example"])


def proposed(value: str) -> list[str | None]:
    return [each.changes["Email"] for each in repairs(value, KNOWN)]


@pytest.mark.parametrize(
    ("dirty", "meant"),
    [
        # the sign
        ("anna_at_gmail.com", "anna@gmail.com"),
        ("anna(at)gmail.com", "anna@gmail.com"),
        ("anna [at] gmail.com", "anna@gmail.com"),
        ("anna at gmail.com", "anna@gmail.com"),
        ("anna AT gmail DOT com", "anna@gmail.com"),
        ("anna(at)reefmail(dot)example", "anna@reefmail.example"),
        ("anna@@gmail.com", "anna@gmail.com"),
        ("anna@ @gmail.com", "anna@gmail.com"),
        ("an@na@reefmail.example", "anna@reefmail.example"),
        ("annagmail.com", "anna@gmail.com"),
        ("anna.kowalska12reefmail.example", "anna.kowalska12@reefmail.example"),
        # the dots
        ("anna@hotmail,com", "anna@hotmail.com"),
        ("anna@reefmail,example", "anna@reefmail.example"),
        ("anna@reefmail..example", "anna@reefmail.example"),
        ("anna@reefmail.example.", "anna@reefmail.example"),
        ("anna@.reefmail.example", "anna@reefmail.example"),
        ("anna.@gmail.com", "anna@gmail.com"),
        (".anna@gmail.com", "anna@gmail.com"),
        ("an..na@gmail.com", "an.na@gmail.com"),
        ("anna,kowalska@gmail.com", "anna.kowalska@gmail.com"),
        ("anna@gmail com", "anna@gmail.com"),
        ("anna@gmailcom", "anna@gmail.com"),
        # the spaces
        ("anna@ gmail.com", "anna@gmail.com"),
        ("anna @gmail.com", "anna@gmail.com"),
        ("anna@gmail .com", "anna@gmail.com"),
        ("anna. kowalska@gmail.com", "anna.kowalska@gmail.com"),
        ("an\tna@gmail.com", "anna@gmail.com"),
        ("an\u200bna@gmail.com", "anna@gmail.com"),
        # the domain
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.con", "anna@gmail.com"),
        ("anna@gmail.cmo", "anna@gmail.com"),
        ("anna@gamil.com", "anna@gmail.com"),
        ("anna@hotnail.com", "anna@hotmail.com"),
        ("anna@yaho.com", "anna@yahoo.com"),
        ("anna@outlok.com", "anna@outlook.com"),
        ("anna@gmail", "anna@gmail.com"),
        ("anna@reefmail", "anna@reefmail.example"),
        ("anna@reefmial", "anna@reefmail.example"),
        ("anna@reefmail.123", "anna@reefmail.example"),
        ("anna@reefmail.e", "anna@reefmail.example"),
        ("anna@reefmail-.example", "anna@reefmail.example"),
        ("anna@reefmail.exmaple", "anna@reefmail.example"),
        ("anna@unheard-of.con", "anna@unheard-of.com"),
        # what stands around it
        ("mailto:anna@gmail.com", "anna@gmail.com"),
        ("<anna@gmail.com>", "anna@gmail.com"),
        ("Anna Kowalska <anna@gmail.com>", "anna@gmail.com"),
        ('"anna@gmail.com"', "anna@gmail.com"),
        ("E-Mail: anna@gmail.com", "anna@gmail.com"),
        ("anna@gmail.com;", "anna@gmail.com"),
        # letters that an address may not have
        ("müller@web.de", "muller@web.de"),
        ("łukasz@wp.pl", "lukasz@wp.pl"),
        ("ａｎｎａ@gmail.com", "anna@gmail.com"),
        # several slips at once
        ("anna_at_gmial,con", "anna@gmail.com"),
        ("mailto: anna @ gmail,com", "anna@gmail.com"),
    ],
)
def test_the_address_that_was_meant_comes_first(dirty: str, meant: str) -> None:
    assert proposed(dirty)[:1] == [meant]


@pytest.mark.parametrize(
    ("dirty", "alternatives"),
    [
        ("an na@gmail.com", ["anna@gmail.com", "an.na@gmail.com"]),
        ("anna@reefmail.example; anna@gmail.com", ["anna@reefmail.example", "anna@gmail.com"]),
        ("a@gmail.com or b@gmail.com", ["a@gmail.com", "b@gmail.com"]),
        ("a@gmail.com, b@web.de / c@wp.pl", ["a@gmail.com", "b@web.de", "c@wp.pl"]),
        ("anna@my_reefmail.example", ["anna@reefmail.example", "anna@my-reefmail.example"]),
    ],
)
def test_where_several_may_be_meant_each_is_offered_and_none_is_sure(
    dirty: str, alternatives: list[str]
) -> None:
    assert proposed(dirty) == alternatives
    assert all(each.confidence < Confidence.HIGH for each in repairs(dirty, KNOWN))


@pytest.mark.parametrize(
    "hopeless",
    [
        "",
        " ",
        "anna",
        "anna@",
        "@gmail.com",
        "@",
        "n/a",
        "???",
        "anna kowalska",
        "www.gmail.com.",
        "+48 601 123 456",
    ],
)
def test_nothing_is_proposed_for_what_holds_no_address(hopeless: str) -> None:
    assert proposed(hopeless) == []


@pytest.mark.parametrize(
    "good",
    ["anna@gmail.com", "ANNA@Gmail.com", " anna@web.de ", "a.b+c@reefmail.example", "x_y@unheard-of.org"],
)
def test_a_good_address_is_left_alone(good: str) -> None:
    assert proposed(good) == []
    assert improvements(good, KNOWN) == []


@pytest.mark.parametrize(
    ("passes", "better"),
    [
        ("anna@gmial.com", ["anna@gmail.com"]),
        ("anna@gmail.con", ["anna@gmail.com"]),
        ("anna@hotmial.co.uk", ["anna@hotmail.co.uk"]),
        ("anna@mail.com", []),
        ("anna@ymail.com", []),
        ("anna@blue-hole.example", []),
        ("anna@harbour-school.edu", []),
    ],
)
def test_a_domain_that_looks_mistyped_can_be_improved(passes: str, better: list[str]) -> None:
    assert [each.changes["Email"] for each in improvements(passes, KNOWN)] == better


def test_a_fix_says_all_that_it_does() -> None:
    (first, *_) = repairs("anna_at_gmial.com", KNOWN)
    assert first.words == "Writes the @ sign and corrects the mail domain"
    assert words_of("email.dots") == "Puts the dots right"


def test_domains_are_frequent_from_three_addresses_on_and_masked_ones_do_not_count() -> None:
    emails = [
        "a@club.example",
        "b@club.example",
        "C@Club.example",
        "d@rare.example",
        None,
        *["aXXX@XXXX.com"] * 9,
    ]
    assert frequent_domains(emails) == ("club.example",)

"""One spelling for all ways to write the same text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divegov_gui.core.spelling import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("É", "é"),
        ("E\u0301", "é"),
        ("ADA  Lovelace ", "ada lovelace"),
        ("Ada\u00a0Lovelace", "ada lovelace"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("Ϊ́δη", "ΐδη"),
        ("J\u030c", "ǰ"),
        ("ＡＤＡ", "ada"),
        ("ﬁona", "FIONA"),
        ("O\u00adConnor", "oconnor"),
        ("Ada\u200b", "\ufeffADA"),
    ],
)
def test_what_is_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("é", "e"), ("ñ", "n"), ("ø", "o"), ("Ada", "Adam"), ("O'Neil", "ONeil")]
)
def test_another_letter_is_another_letter(one: str, other: str) -> None:
    assert folded(one) != folded(other)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12)


@given(TEXTS)
def test_a_spelling_is_its_own_and_does_not_depend_on_how_accents_are_stored(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert folded(unicodedata.normalize(form, text)) == folded(text)


@given(TEXTS)
def test_capitals_make_no_difference(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text).casefold()) == folded(text)

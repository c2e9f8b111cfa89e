"""One request, one data set: the same on every machine, in chunks of any size, and named by its hash."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.records import InjectedDefect, RawRecord, RecordSource
from divegov_gui.services.generation import (
    AVAILABLE_LOCALES,
    DEFECTS,
    GeneratedSource,
    GenerationRequest,
    KnownDiver,
    sheet,
    vocabulary,
)
from divegov_gui.services.generation.drawing import drawn, written
from divegov_gui.services.generation.permutation import Permutation
from divegov_gui.services.generation.randomness import philox_words
from divegov_gui.services.generation.romanise import latin
from divegov_gui.services.generation.vocabulary import words_file

PL = ("pl_PL",)


def everything(source: GeneratedSource) -> tuple[list[RawRecord], list[InjectedDefect]]:
    chunks = list(source.chunks())
    return list(chain(*(c.records for c in chunks))), list(chain(*(c.defects for c in chunks)))


def digest(request: GenerationRequest) -> str:
    return hashlib.sha256(repr(everything(GeneratedSource(request))).encode()).hexdigest()


@settings(max_examples=25, deadline=None)
@given(chunk_rows=st.integers(1, 700), rows=st.integers(1, 500))
def test_the_size_of_chunks_changes_nothing(chunk_rows: int, rows: int) -> None:
    request = GenerationRequest(rows=rows, dirty=0.3, locales=PL)
    assert everything(GeneratedSource(request, chunk_rows)) == everything(GeneratedSource(request))


def test_chunks_are_full_across_blocks_and_carry_their_own_defects() -> None:
    source = GeneratedSource(GenerationRequest(rows=45_000), chunk_rows=7_000)
    chunks = list(source.chunks())
    assert [len(chunk.records) for chunk in chunks] == [7_000] * 6 + [3_000]
    rows = [record.source_row for chunk in chunks for record in chunk.records]
    assert rows == list(range(1, 45_001))
    for chunk in chunks:
        own = {record.source_row for record in chunk.records}
        assert chunk.defects
        assert own.issuperset(defect.source_row for defect in chunk.defects)
    assert everything(source) == everything(GeneratedSource(GenerationRequest(rows=45_000)))


def test_the_people_of_the_first_rows_do_not_depend_on_how_many_follow() -> None:
    few, _ = everything(GeneratedSource(GenerationRequest(rows=300, dirty=0, repeated=0)))
    many, _ = everything(GeneratedSource(GenerationRequest(rows=3_000, dirty=0, repeated=0)))
    assert many[:300] == few


def test_another_seed_gives_other_people() -> None:
    one, _ = everything(GeneratedSource(GenerationRequest(rows=200, seed=1)))
    other, _ = everything(GeneratedSource(GenerationRequest(rows=200, seed=2)))
    assert not {record.email for record in one} & {record.email for record in other} - {None, "", " ", "   "}


def test_random_words_and_permutation_are_those_of_every_other_machine() -> None:
    words = philox_words(7, 2**64 - 1, 3).tolist()
    assert words == [0x5F2BBC38092B0BED, 0x7EE7D0378DDE00B, 0x9BE650E6DD39E331]
    shuffled = Permutation(7, 2**64 - 1)(np.arange(5)).tolist()
    assert shuffled == [2035874, 13530506, 23998774, 4408087, 28527849]


def test_the_permutation_sends_no_two_numbers_to_one() -> None:
    reached, shuffle = np.zeros(2**25, dtype=bool), Permutation(123, 456)
    for start in range(0, 2**25, 2**20):
        reached[shuffle(np.arange(start, start + 2**20))] = True
    assert reached.all()


def test_the_records_of_a_small_request_are_the_ones_that_were_released() -> None:
    request = GenerationRequest(rows=500, dirty=0.2, reference_year=2026, locales=("en_GB", "pl_PL", "ja_JP"))
    assert digest(request) == RELEASED_RECORDS


@pytest.mark.parametrize("locale", AVAILABLE_LOCALES)
def test_the_words_that_are_shipped_are_those_of_faker(locale: str) -> None:
    assert written(drawn(locale)) == words_file(locale).read_text(encoding="utf-8")


def test_records_are_made_where_no_faker_is_installed() -> None:
    script = (
        "import sys; sys.modules['faker'] = None\n"
        "from divegov_gui.services.generation import *\n"
        "print(sum(len(chunk.records) for chunk in GeneratedSource(GenerationRequest(30)).chunks()))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "30\n"


def test_a_locale_whose_words_are_lost_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "words_file", lambda locale: tmp_path / f"{locale}.json")
    with pytest.raises(InputRefused, match="sv_SE") as refused:
        next(GeneratedSource(GenerationRequest(5, locales=("sv_SE",))).chunks())
    assert "sv_SE.json" in (refused.value.detail or "")
    assert refused.value.hint


def test_what_is_sent_is_plain_ascii_and_says_what_the_records_say() -> None:
    request = GenerationRequest(rows=3_000, dirty=0.5, locales=("de_DE", "el_GR", "ar_AA", "ja_JP"))
    for chunk in GeneratedSource(request, chunk_rows=700).chunks():
        assert chunk.as_json().isascii()
        assert json.loads(chunk.as_json()) == [list(record) for record in chunk.records]
        assert len(chunk) == len(chunk.records)


@pytest.mark.parametrize("strange", [r"a\xe9b", "dé\\xe9", "Zoë \U0001f98a", 'say "hi"\t\\'])
def test_any_record_can_be_written_in_ascii(strange: str) -> None:
    text = sheet.written(7, strange, [strange, None])
    assert text.isascii()
    assert json.loads(f"[[{text}7]]") == [[7, strange, strange, None], [7]]


def test_the_order_of_sets_and_dictionaries_has_no_part_in_it() -> None:
    script = (
        "from divegov_gui.services.generation import *\n"
        "request = GenerationRequest(200, dirty=0.5, reference_year=2026, locales=('pl_PL',))\n"
        "source = GeneratedSource(request)\n"
        "texts = [chunk.as_json() + repr(chunk.defects) for chunk in source.chunks()]\n"
        "import hashlib; print(hashlib.sha256(repr(texts).encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_the_package_is_light_until_records_are_made() -> None:
    script = (
        "import sys, divegov_gui.services.generation as generation\n"
        "generation.GeneratedSource(generation.GenerationRequest(5)).name\n"
        "print(sorted({'numpy', 'faker', 'orjson'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "numpy" not in ran.stdout
    assert "faker" not in ran.stdout


def test_a_source_says_what_it_is() -> None:
    source: RecordSource = GeneratedSource(GenerationRequest(rows=1234, dirty=0.05))
    assert source.kind == "synthetic"
    assert source.row_count == 1234
    assert source.name == "1,234 synthetic divers (seed 7, 5 % dirty)"


def test_the_hash_follows_the_request_and_not_the_chunks() -> None:
    one = GeneratedSource(GenerationRequest(rows=10, locales=PL, reference_year=2026))
    same = GeneratedSource(GenerationRequest(rows=10, locales=PL, reference_year=2026), chunk_rows=3)
    assert one.content_hash == same.content_hash
    assert len(one.content_hash) == 64
    others = [
        GenerationRequest(rows=11, locales=PL, reference_year=2026),
        GenerationRequest(rows=10, locales=PL, reference_year=2027),
        GenerationRequest(rows=10, locales=("cs_CZ",), reference_year=2026),
        GenerationRequest(rows=10, locales=PL, reference_year=2026, rates={"DOB_FORMAT": 0.1}),
        GenerationRequest(10, locales=PL, reference_year=2026, known_divers=(KnownDiver("a@example.com"),)),
    ]
    hashes = {GeneratedSource(request).content_hash for request in others}
    assert len(hashes | {one.content_hash}) == len(others) + 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"rows": 0}, "0 rows"),
        ({"rows": -5}, "negative"),
        ({"rows": 30_000_001}, "more than one data set"),
        ({"rows": 1.5}, "not a number of rows"),
        ({"rows": True}, "not a number of rows"),
        ({"rows": 1, "seed": -1}, "seed"),
        ({"rows": 1, "seed": 2**63}, "seed"),
        ({"rows": 1, "dirty": 1.01}, "dirty"),
        ({"rows": 1, "dirty": float("nan")}, "dirty"),
        ({"rows": 1, "combined": -0.1}, "combined"),
        ({"rows": 1, "repeated": 2}, "repeated"),
        ({"rows": 1, "rates": {"NO_SUCH_RULE": 0.1}}, "NO_SUCH_RULE"),
        ({"rows": 1, "rates": {"DOB_FORMAT": -0.1}}, "DOB_FORMAT"),
        ({"rows": 1, "rates": {"DOB_FORMAT": 0.6, "DOB_MISSING": 0.5}}, "110.0%"),
        ({"rows": 1, "rates": {"DUPLICATE_OF_DIVER": 0.1}}, "no divers"),
        ({"rows": 1, "locales": ()}, "locale"),
        ({"rows": 1, "locales": ("xx_XX",)}, "xx_XX"),
        ({"rows": 1, "reference_year": 1066}, "1066"),
    ],
)
def test_an_impossible_request_is_refused_with_a_way_out(asked: dict[str, object], says: str) -> None:
    with pytest.raises(InputRefused) as refused:
        GenerationRequest(**asked)  # type: ignore[arg-type]
    assert says in refused.value.title
    assert refused.value.hint


def test_a_chunk_of_no_rows_is_refused() -> None:
    with pytest.raises(InputRefused):
        GeneratedSource(GenerationRequest(rows=1), chunk_rows=0)


@pytest.mark.parametrize("dirty", [0.0, 1.0])
def test_one_row_is_enough(dirty: float) -> None:
    records, _ = everything(GeneratedSource(GenerationRequest(rows=1, dirty=dirty, repeated=1)))
    assert len(records) == 1


def test_the_largest_bounds_are_accepted() -> None:
    request = GenerationRequest(30_000_000, 2**63 - 1, rates={kind.code: 1 / 16 for kind in DEFECTS[:16]})
    assert next(GeneratedSource(request).chunks()).records


@pytest.mark.parametrize(
    ("name", "script", "letters"),
    [
        ("O'Brien", "latin", "obrien"),
        ("García López", "latin", "garcialopez"),
        ("Smith-Jones", "latin", "smith-jones"),
        ("Łukasz", "latin", "lukasz"),
        ("Đặng", "latin", "dang"),
        ("Müller", "german", "mueller"),
        ("Weiß", "german", "weiss"),
        ("Παπαδόπουλος", "greek", "papadopoulos"),
        ("Щербаків", "cyrillic", "shcherbakiv"),
        ("أحمد", "unromanised", ""),
    ],
)
def test_names_become_letters_as_their_bearers_write_them(name: str, script: str, letters: str) -> None:
    assert latin(name, script) == letters


RELEASED_RECORDS = "a7073150853e449178f2d50a1f5835b97856c2d79c7bcce1e4b580c3113df1e3"

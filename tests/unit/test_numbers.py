"""Numbers for people, in every style; English where nothing was chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from divegov_gui.core.numbers import (
    ENGLISH,
    NARROW_SPACE,
    NumberStyle,
    decimal,
    grouped,
    set_number_style,
    shortest,
    significant,
)

GERMAN = NumberStyle(".", ",")
FRENCH = NumberStyle(NARROW_SPACE, ",")


@pytest.fixture(autouse=True)
def as_found() -> Iterator[None]:
    yield
    set_number_style(ENGLISH)


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (
            ENGLISH,
            ["1,234,567", "-1,234", "12", "1,234.6", "+0.5", "-1.25", "5", "0.31", "1,000", "3.5", "12"],
        ),
        (
            GERMAN,
            ["1.234.567", "-1.234", "12", "1.234,6", "+0,5", "-1,25", "5", "0,31", "1.000", "3,5", "12"],
        ),
        (
            FRENCH,
            ["1 234 567", "-1 234", "12", "1 234,6", "+0,5", "-1,25", "5", "0,31", "1 000", "3,5", "12"],
        ),
    ],
)
def test_numbers_are_written_in_the_style(style: NumberStyle, written: list[str]) -> None:
    set_number_style(style)
    made = [
        *(grouped(1_234_567), grouped(-1_234), grouped(12)),
        *(decimal(1234.56), decimal(0.5, signed=True), decimal(-1.25, 2)),
        *(shortest(5.0), shortest(0.31), shortest(1000.0)),
        *(significant(3.5), significant(12.0)),
    ]
    assert [text.replace(NARROW_SPACE, " ") for text in made] == written

"""Names for the columns of a table that has a header row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.services.files.limits import COLUMN_LIMIT
from divegov_gui.services.files.wording import listing, times

_EMAIL = re.compile(r"\S@\S+\.\S")


def clean_header(cells: Sequence[str | None]) -> list[str]:
    """The header's cells without the white space around and the line breaks within them."""
    return [" ".join((cell or "").split()) for cell in cells]


def check_header(names: Sequence[str]) -> None:
    """Refuse a header that would make two columns one, or that is a record itself."""
    if any(_EMAIL.search(name) for name in names):
        raise InputRefused(
            "The first row looks like a record, not like the names of columns.",
            "One of its cells holds an email address.",
            "Put a row with the names of the columns on top of the file.",
        )
    if any(name.startswith('"') for name in names):
        raise InputRefused(
            "A column's name starts with a quote.",
            "Mostly a space stands between the delimiter and the quote, so that the quote counts as text.",
            "Take the spaces before the quotes out of the whole file.",
        )
    check_column_count(sum(1 for name in names if name))
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names, start=1):
        if name:
            places.setdefault(name, []).append(position)
    repeated = [
        f"“{name}” stands {times(len(found))}, in columns {listing(found)}"
        for name, found in places.items()
        if len(found) > 1
    ]
    if repeated:
        raise InputRefused(
            "The header names a column more than once.",
            "; ".join(repeated) + ".",
            "Give every column a name of its own.",
        )


def check_column_count(number: int) -> None:
    """Refuse more columns than any table of divers has."""
    if number > COLUMN_LIMIT:
        raise InputRefused(
            "The file has too many columns.",
            f"It has more than {grouped(COLUMN_LIMIT)}.",
            "Check that this is a table with one record a row.",
        )


def name_columns(names: Sequence[str], with_data: set[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The columns that are kept, and where each stands (from 0).

    A column without a name is called after its place if any row holds data in it (`with_data`), else it
    is not there.
    """
    check_column_count(len(with_data.union(i for i, name in enumerate(names) if name)))
    taken = {name for name in names if name}
    columns: list[str] = []
    positions: list[int] = []
    for position, given in enumerate(names):
        name = given
        if not name:
            if position not in with_data:
                continue
            name = f"Column {position + 1}"
            while name in taken:
                name += " (no name)"
            taken.add(name)
        columns.append(name)
        positions.append(position)
    return tuple(columns), tuple(positions)

"""The whole numbers of one column of a view, by the million.

In their own order they come as one text instead of a row for each: SQLite gathers them without holding Python's lock,
and would take twice as long if it had to sort them too. They are sorted here in small steps, so that other threads get
their turns.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence

from divegov_gui.database.session import Filter, Order
from divegov_gui.database.sqlite_select import select_text

_PIECE = 1 << 16
"""How many characters are read at once: some ten thousand numbers."""

_SHIFT = 17
"""Numbers are sorted by stretches of 131,072."""


def read_keys(
    connection: sqlite3.Connection,
    schema: str,
    view: str,
    key: str,
    filters: Sequence[Filter],
    order: Sequence[Order],
) -> array[int]:
    """The numbers of a column (see `Session.keys`); on the bare cursor, which makes no object a row."""
    if list(order) == [Order(key)]:
        text, values = select_text(view, [key], filters, (), None, schema)
        return _sorted(
            connection.execute(f'SELECT group_concat("{key}") FROM ({text})', values).fetchone()[0]
        )
    text, values = select_text(view, [key], filters, order, None, schema)
    return array("q", (row[0] for row in connection.execute(text, values)))


def _sorted(text: str | None) -> array[int]:
    """The numbers of a text, from the smallest to the largest."""
    stretches: defaultdict[int, list[int]] = defaultdict(list)
    for piece in _pieces(text or ""):
        for number in piece:
            stretches[number >> _SHIFT].append(number)
    found = array("q")
    for stretch in sorted(stretches):
        found.fromlist(sorted(stretches[stretch]))
    return found


def _pieces(text: str) -> Iterator[list[int]]:
    """The numbers of a text that has commas between them, some at a time."""
    import orjson

    start = 0
    while start < len(text):
        end = text.find(",", start + _PIECE)
        end = len(text) if end < 0 else end
        yield orjson.loads(f"[{text[start:end]}]")
        start = end + 1

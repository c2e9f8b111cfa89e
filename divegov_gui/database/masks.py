"""SQL Server's masks (dynamic data masking) as SQLite would write them: the same text on both engines.

Source: learn.microsoft.com, "Dynamic data masking": email() shows the first letter and XXX@XXXX.com; partial(prefix,
padding, suffix) shows some characters at both ends; default() is 1900-01-01 for a date and xxxx for a text.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

_PARTIAL = re.compile(r'partial\(\s*(\d+)\s*,\s*"([^"]*)"\s*,\s*(\d+)\s*\)\Z')


def mask_expression(function: str, column: str, *, is_date: bool = False) -> str:
    """The SQL of a mask over `column`. NULL stays NULL. Raises ValueError for a mask that is not known.

    A text that is too short for what partial() would show is padding only, so that none is shown whole.
    """
    if function == "default()":
        return f"CASE WHEN {column} IS NOT NULL THEN '{'1900-01-01' if is_date else 'xxxx'}' END"
    if function == "email()":
        return f"substr({column}, 1, 1) || 'XXX@XXXX.com'"
    found = _PARTIAL.match(function)
    if found is None:
        raise ValueError(f"no such mask: {function}")
    prefix, padding, suffix = int(found[1]), found[2].replace("'", "''"), int(found[3])
    shown = [f"substr({column}, 1, {prefix})"] if prefix else []
    shown.append(f"'{padding}'")
    if suffix:
        shown.append(f"substr({column}, -{suffix})")
    return (
        f"CASE WHEN length({column}) > {prefix + suffix} THEN {' || '.join(shown)} "
        f"WHEN {column} IS NOT NULL THEN '{padding}' END"
    )


def masked_text(function: str, value: str | None, *, is_date: bool = False) -> str | None:
    """What a mask makes of a value: SQLite itself is asked, so that there is one definition of each mask."""
    with closing(sqlite3.connect(":memory:")) as connection:
        query = f"SELECT {mask_expression(function, 'v', is_date=is_date)} FROM (SELECT ? AS v)"
        found: str | None = connection.execute(query, (value,)).fetchone()[0]
    return found

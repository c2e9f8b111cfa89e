"""How places and counts in a file are said to a person. A cell's value is never part of it."""

from __future__ import annotations

from collections.abc import Sequence

from divegov_gui.core.numbers import grouped


def count(number: int, one: str, many: str = "") -> str:
    """``1 row`` or ``3 rows``."""
    return f"{grouped(number)} {one if number == 1 else many or one + 's'}"


def listing(items: Sequence[object]) -> str:
    """``3``, ``3 and 7`` or ``3, 7 and 9``."""
    words = [str(item) for item in items]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def row_and_line(row: int, first_line: int, last_line: int | None = None) -> str:
    """Where a record stands: ``Row 17 (line 19 of the file)``; the header and blank lines are not rows."""
    lines = f"line {first_line}"
    if last_line is not None and last_line > first_line:
        lines = f"lines {first_line} to {last_line}"
    return f"{'The header' if row == 0 else f'Row {row}'} ({lines} of the file)"


def times(number: int) -> str:
    """``twice``, ``three times`` … for a message."""
    return {2: "twice", 3: "three times", 4: "four times"}.get(number, f"{number} times")

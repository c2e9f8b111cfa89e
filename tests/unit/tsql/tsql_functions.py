"""SQL Server's functions told anew, after its documentation and for binary collations, to be registered with SQLite.

UTF-16 units, LIKE with sets, blanks that LEN does not count, errors for negative lengths.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    for name, (count, function) in FUNCTIONS.items():
        connection.create_function(name, count, function, deterministic=True)
    connection.create_aggregate("STRING_AGG_OF", 3, _StringAgg)  # type: ignore[arg-type]


class _StringAgg:
    """STRING_AGG(value, separator) WITHIN GROUP (ORDER BY key)."""

    def __init__(self) -> None:
        self._found: list[tuple[Any, str]] = []
        self._separator = ""

    def step(self, value: Any, separator: str, key: Any) -> None:
        self._separator = separator
        if value is not None:
            self._found.append((key, str(value)))

    def finalize(self) -> str | None:
        ordered = [value for _, value in sorted(self._found, key=lambda pair: (pair[0] is not None, pair[0]))]
        return self._separator.join(ordered) if ordered else None


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, length: int) -> str:
    """The first units of a text."""
    return _from_units(_units(text)[: 2 * length])


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _from_units(raw: bytes) -> str:
    return raw.decode("utf-16-le", "replace")


def _length(text: Any) -> int:
    return units(str(text).rstrip(" "))


def _characters(text: str) -> int:
    return len(text.rstrip(" "))


def _substring(text: str, start: int, length: int) -> str:
    if length < 0:
        raise ValueError("537: Invalid length parameter passed to the LEFT or SUBSTRING function.")
    end = start + length
    return _from_units(_units(text)[2 * (max(start, 1) - 1) : 2 * (max(end, 1) - 1)])


def _of_people(text: str) -> str:
    """A text as Latin1_General_100_CI_AS sees it (learn.microsoft.com, "Collation and Unicode support"): neither case,
    nor width, nor whether an accent is a character of its own, nor characters without weight."""
    seen = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cn"))
    return unicodedata.normalize("NFKC", seen).casefold()


def _left(text: str, length: int) -> str:
    return _substring(str(text), 1, length)


def _right(text: str, length: int) -> str:
    if length < 0:
        raise ValueError("536: Invalid length parameter passed to the RIGHT function.")
    raw = _units(str(text))
    return _from_units(raw[max(0, len(raw) - 2 * length) :])


def _char_index(sought: str, text: str) -> int:
    at = text.find(sought)
    return 0 if at < 0 else 1 + units(text[:at])


def _stuff(text: str, start: int, length: int, inserted: str) -> str | None:
    if start < 1 or start > units(text) or length < 0:
        return None
    return _substring(text, 1, start - 1) + inserted + _substring(text, start + length, len(text) + 1)


def _translate(text: str, old: str, new: str) -> str:
    if units(old) != units(new):
        raise ValueError("9828: The second and third arguments of TRANSLATE must have equal lengths.")
    return text.translate(str.maketrans(old, new))


def _is_json(text: str) -> int:
    def refuse(_: str) -> None:
        raise ValueError

    try:
        return int(isinstance(json.loads(text, parse_constant=refuse), (dict, list)))
    except ValueError:
        return 0


def _try_date(text: str) -> str | None:
    """A DATE out of text with style 23, or out of an instant."""
    try:
        found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: [0-9:.]+)?", str(text))
        return date.fromisoformat(found[1]).isoformat() if found else None
    except ValueError:
        return None


def _date(text: str) -> str:
    found = _try_date(text)
    if found is None:
        raise ValueError("241: Conversion failed when converting date and/or time from character string.")
    return found


def _as_text(value: Any, length: int) -> str:
    text = str(value)
    return text if length < 0 else cut(text, length)


def _add(one: Any, other: Any) -> Any:
    return one + other


def _date_add(part: str, number: int, when: str) -> str:
    """DATEADD to a DATE or to an instant; the type stays."""
    spans = {"DAY": timedelta(days=1), "HOUR": timedelta(hours=1), "MINUTE": timedelta(minutes=1)}
    moved = datetime.fromisoformat(when) + number * spans[part.upper()]
    return moved.date().isoformat() if len(when) == 10 else moved.isoformat(sep=" ", timespec="microseconds")


@lru_cache(maxsize=64)
def like_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of T-SQL's LIKE as a regular expression."""
    parts, i = [], 0
    while i < len(pattern):
        if pattern[i] == "[":
            end = pattern.index("]", i + 1)
            parts.append(_set(pattern[i + 1 : end]))
            i = end + 1
        else:
            parts.append({"%": ".*", "_": "."}.get(pattern[i], re.escape(pattern[i])))
            i += 1
    return re.compile("".join(parts), re.DOTALL)


def _set(inner: str) -> str:
    negated = "^" if inner.startswith("^") else ""
    ranges = re.findall(r"(.)-(.)|(.)", inner.removeprefix("^"), re.DOTALL)
    assert not any(single == "-" for _, _, single in ranges), "a bare hyphen in a set: say it otherwise"
    members = "".join(
        f"{re.escape(low)}-{re.escape(high)}" if low else re.escape(single) for low, high, single in ranges
    )
    return f"[{negated}{members}]"


def _like(pattern: str, text: Any) -> int:
    return int(like_pattern(pattern).fullmatch(str(text)) is not None)


def _json_row(with_nulls: int, *pairs: Any) -> str:
    """An object as FOR JSON PATH and JSON_OBJECT write it."""
    values = (BOOLEANS.get(value, value) for value in pairs[1::2])
    found = {
        key: value for key, value in zip(pairs[::2], values, strict=True) if with_nulls or value is not None
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


BOOLEANS: dict[Any, Any] = {"\x00true": True, "\x00false": False}
"""A BIT on its way into an object."""


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """NULL in, NULL out."""

    def called(*values: Any) -> Any:
        return None if any(value is None for value in values) else function(*values)

    return called


STRICT: dict[str, tuple[int, Callable[..., Any]]] = {
    "NCHAR": (1, chr),
    "LEN": (1, _length),
    "LEN_SC": (1, _characters),
    "OF_PEOPLE": (1, _of_people),
    "LEFT_OF": (2, _left),
    "LEFT_SC": (2, lambda text, count: text[:count]),
    "RIGHT_OF": (2, _right),
    "SUBSTRING_OF": (3, _substring),
    "CHARINDEX": (2, _char_index),
    "STUFF": (4, _stuff),
    "REVERSE": (1, lambda text: text[::-1]),
    "REPLICATE": (2, lambda text, times: text * times),
    "TRANSLATE": (3, _translate),
    "TRIM_OF": (2, lambda text, blank: text.strip(blank)),
    # As the twin's sha256() spells it, so that either knows again what the other has parked.
    "SHA_HEX": (1, lambda text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()),
    "DATALENGTH": (1, lambda text: 2 * units(str(text))),
    "YEAR": (1, lambda text: int(str(text)[:4])),
    "ISJSON": (1, _is_json),
    "TRY_DATE": (1, _try_date),
    "TO_DATE": (1, _date),
    "AS_TEXT": (2, _as_text),
    "ADD_OF": (2, _add),
    "DATEADD": (3, _date_add),
    "LIKE": (2, _like),
    "AS_BOOLEAN": (1, lambda bit: "\x00true" if bit else "\x00false"),
}
FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "CONCAT": (-1, lambda *values: "".join("" if v is None else str(v) for v in values)),
    "JSON_ROW": (-1, _json_row),
    **{name: (count, _strict(function)) for name, (count, function) in STRICT.items()},
}

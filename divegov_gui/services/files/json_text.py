"""JSON in which every value stays the text that the file spells, and a repeated key is seen."""

from __future__ import annotations

import json
from typing import Any

Flat = dict[str, str | None]
"""One record: its keys in order, each value as text, None for null."""

_REASONS = (
    ("Expecting ',' delimiter", "a comma or a closing bracket is missing"),
    ("Expecting ':' delimiter", "the colon after a key is missing"),
    ("Expecting property name", "a key in double quotes is missing"),
    ("Illegal trailing comma", "there is a comma too many"),
    ("Expecting value", "a value is missing or is not spelt as JSON wants it"),
    ("Unterminated string", "a text is not closed"),
    ("Invalid control character", "a text holds a line break or a control character"),
    ("Invalid \\", "a backslash stands before a character that it cannot stand before"),
    ("Extra data", "something follows after the end"),
)


class BadValue(ValueError):
    """A record that is JSON but cannot be taken; the message says why, without any value."""


class Number(str):
    """A number or a truth value as the file spells it; kept apart from texts, which are quoted."""


class RepeatedKey:
    """Stands in for an object that names a key twice."""

    def __init__(self, key: str) -> None:
        self.key = key


DEEPEST = 100
"""How deep a record may be nested: SQL Server reads no JSON beyond 128 levels, and each Python has its own limit."""


def parse(text: str) -> Any:
    """The value that `text` spells. Raises json.JSONDecodeError, BadValue or RecursionError."""
    return _DECODER.decode(text)


def reason(error: json.JSONDecodeError) -> str:
    """Why a text is not JSON, in words."""
    return next((words for start, words in _REASONS if error.msg.startswith(start)), "it is not JSON")


def flatten(record: object) -> Flat:
    """A record's values as text; raises BadValue for what is no object, or holds what cannot be stored."""
    if isinstance(record, RepeatedKey):
        raise BadValue(f"the key “{record.key}” stands in it twice")
    if not isinstance(record, dict):
        raise BadValue("it is not an object")
    flat: Flat = {key: _cell(value) for key, value in record.items()}
    check_texts(flat.values())
    check_texts(flat.keys())
    return flat


def check_texts(texts: Any) -> None:
    """Refuse NUL characters and halves of characters, which no database stores as they are."""
    joined = "".join(text for text in texts if text)
    if "\0" in joined:
        raise BadValue("it holds a NUL character")
    try:
        joined.encode("utf-8")
    except UnicodeEncodeError:
        raise BadValue("it holds half of a character (an unpaired surrogate)") from None


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, str) else _compact(value)


def _compact(value: object, depth: int = 1) -> str:
    """A nested value as JSON without white space, its numbers as they were spelt."""
    if depth > DEEPEST:
        raise BadValue(f"it is nested more than {DEEPEST} levels deep")
    if isinstance(value, RepeatedKey):
        raise BadValue(f"the key “{value.key}” stands twice in a nested object")
    if value is None:
        return "null"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{_quoted(key)}:{_compact(each, depth + 1)}" for key, each in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(each, depth + 1) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    return RepeatedKey(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]


def _not_json(spelling: str) -> Any:
    raise BadValue(f"{spelling} is not a number in JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_not_json
)

"""Personal values for pictures: masked in the manner of SQL Server's own masks, so that the shape still tells."""

from __future__ import annotations

import json
import re

from divegov_gui.core.numbers import grouped


def masked_email(value: str) -> str:
    """``aXXX@XXXX.com``, as SQL Server's email() mask writes it; what is no address keeps its first letter."""
    first = value.strip()[:1]
    return f"{first}XXX@XXXX.com" if "@" in value else masked_text(value)


def masked_text(value: str) -> str:
    """The first letter and XXX; nothing stays nothing."""
    bare = value.strip()
    return f"{bare[0]}XXX" if bare else value


def masked_digits(value: str) -> str:
    """Digits and letters but the first two as X, signs as they are: ``+1 (505) 555`` is ``+1 (5XX) XXX``."""
    seen = 0

    def mask(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return match[0] if seen <= 2 else "X"

    return re.sub(r"\w", mask, value[:40])


def masked(column: str, value: str) -> str:
    """The value of one of the view's columns, masked where it is personal."""
    if column == "Email":
        return masked_email(value)
    if column in ("Phone", "Date_Of_Birth"):
        return masked_digits(value)
    if column in ("First_Name", "Last_Name", "Source_Reference"):
        return masked_text(value)
    return masked_payload(value) if column == "Payload" else value


def masked_payload(payload: str) -> str:
    """A JSON object with every value masked; of what is no such object only the length is told."""
    try:
        record = json.loads(payload)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        return f"({grouped(len(payload))} characters, masked)"
    shown = {key: _masked_value(value) for key, value in record.items()}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _masked_value(value: object) -> object:
    if not isinstance(value, str):
        return None if value is None else "XXX"
    return masked_email(value) if "@" in value else masked_text(value)

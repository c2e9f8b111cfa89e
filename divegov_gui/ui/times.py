"""Instants for people: the database's UTC text as local time, and as UTC for the hover."""

from __future__ import annotations

from datetime import datetime, timezone

_FORMAT = "%Y-%m-%d %H:%M:%S"


def local_time(utc: str | None) -> str:
    """``2026-07-16 14:03`` in the machine's time zone; nothing for None."""
    instant = _parse(utc)
    return instant.astimezone().strftime("%Y-%m-%d %H:%M") if instant else ""


def utc_time(utc: str | None) -> str:
    """``2026-07-16 12:03:07 UTC``; nothing for None."""
    instant = _parse(utc)
    return instant.strftime(f"{_FORMAT} UTC") if instant else ""


def zone_name() -> str:
    """The machine's time zone as its distance from UTC, such as ``UTC+02:00``."""
    offset = datetime.now().astimezone().strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+-0") else "UTC"


def _parse(utc: str | None) -> datetime | None:
    """The instant of the database's text, which has 0 to 7 digits of a second's fraction."""
    if not utc:
        return None
    return datetime.strptime(utc[:19].replace("T", " "), _FORMAT).replace(tzinfo=timezone.utc)

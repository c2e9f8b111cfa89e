"""Instants for people: the database's UTC text as local time, and as UTC for the hover."""

from __future__ import annotations

from datetime import date, datetime, timezone

ISO, GERMAN, BRITISH, AMERICAN, DESKTOP = "iso", "german", "british", "american", "desktop"
STYLES = {
    ISO: "Year first",
    GERMAN: "With dots",
    BRITISH: "Day first",
    AMERICAN: "Month first",
    DESKTOP: "As the desktop",
}
"""How a date may be written, and what that is called. Hours are always counted to 24."""
_PATTERNS = {ISO: "%Y-%m-%d", GERMAN: "%d.%m.%Y", BRITISH: "%d/%m/%Y", AMERICAN: "%m/%d/%Y"}
_style = ISO


def date_style() -> str:
    """One of STYLES."""
    return _style


def set_date_style(style: str) -> None:
    """Write dates in `style` from now on; another name counts as ISO."""
    global _style
    _style = style if style in STYLES else ISO


def example(style: str) -> str:
    """A day in a style, such as ``31.12.2026``."""
    return _day(date(2026, 12, 31), style)


def date_text(day: date) -> str:
    """A day as the person likes it written."""
    return _day(day, _style)


def local_time(utc: str | None) -> str:
    """``2026-07-16 14:03`` in the machine's time zone; nothing for None.

    An hour that the clock shows twice says which of the two it is: ``2026-10-25 02:30+01``.
    """
    instant = _parse(utc)
    return _local(instant, "%H:%M") if instant else ""


def utc_time(utc: str | None) -> str:
    """``2026-07-16 12:03:07 UTC``; nothing for None."""
    instant = _parse(utc)
    return f"{_moment(instant)} UTC" if instant else ""


def zone_name() -> str:
    """How far the machine's time zone is from UTC: ``UTC+02:00``, and ``, in winter UTC+01:00`` where that changes."""
    now = datetime.now()
    here, year = now.astimezone().utcoffset(), (now.replace(month=m, day=1).astimezone() for m in (1, 7))
    other = next((each for each in year if each.utcoffset() != here), None)
    if here is None or other is None:
        return _zone(now.astimezone())
    season = "winter" if (other.utcoffset() or here) < here else "summer"
    return f"{_zone(now.astimezone())}, in {season} {_zone(other)}"


def _zone(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}" if offset.strip("+-0") else "UTC"


def _parse(utc: str | None) -> datetime | None:
    """The instant of the database's text, which has 0 to 7 digits of a second's fraction."""
    if not utc:
        return None
    return datetime.fromisoformat(utc[:19]).replace(tzinfo=timezone.utc)


def exact_local(utc: str | None) -> str:
    """``2026-07-16 14:03:07.123456`` in the machine's time zone: what tells two versions apart."""
    instant = _parse(utc)
    return _local(instant, "%H:%M:%S", _fraction(utc)) if instant and utc else ""


def exact_utc(utc: str | None) -> str:
    """``2026-07-16 12:03:07.123456 UTC``."""
    instant = _parse(utc)
    return f"{_moment(instant)}{_fraction(utc)} UTC" if instant and utc else ""


def both_times(utc: str | None, after: str | None = None) -> str:
    """Local time with UTC beside it: ``2026-07-16 14:03:07 (12:03:07 UTC)``; once where both are one.

    Behind an instant of the same day that is named before it, `after`, the day is not said again.
    """
    instant, before = _parse(utc), _parse(after)
    if instant is None:
        return ""
    local, clock = instant.astimezone(), f"{instant:%H:%M:%S}{_fraction(utc)} UTC"
    is_said = before is not None and before.astimezone().date() == local.date() == before.date()
    if not local.utcoffset():
        return clock if is_said else exact_utc(utc)
    shown = f"{local:%H:%M:%S}{_fraction(utc)}{which_hour(local)}" if is_said else exact_local(utc)
    return f"{shown} ({clock if local.date() == instant.date() else exact_utc(utc)})"


def _fraction(utc: str | None) -> str:
    """The fraction of the second as it was written, without the zeros at its end."""
    digits = (utc or "").partition(".")[2].rstrip("0Z ")
    return f".{digits}" if digits else ""


def which_hour(local: datetime) -> str:
    """How far a local time is from UTC, ``+02``, where the clock shows its hour twice; nothing at all other times."""
    shown = local.replace(tzinfo=None)
    first, second = (shown.replace(fold=fold).astimezone().utcoffset() for fold in (0, 1))
    if first == second:
        return ""
    hours, minutes = f"{local:%z}"[:3], f"{local:%z}"[3:5]
    return hours if minutes == "00" else f"{hours}:{minutes}"


def _local(instant: datetime, clock: str, fraction: str = "") -> str:
    local = instant.astimezone()
    return f"{_moment(local, clock)}{fraction}{which_hour(local)}"


def _moment(instant: datetime, clock: str = "%H:%M:%S") -> str:
    return f"{_day(instant, _style)} {instant:{clock}}"


def _day(day: date, style: str) -> str:
    """The day of a date or of an instant, in one of STYLES."""
    if style == DESKTOP:
        from PySide6.QtCore import QDate, QLocale

        shown = QDate(day.year, day.month, day.day)
        return QLocale.system().toString(shown, QLocale.FormatType.ShortFormat)
    return day.strftime(_PATTERNS[style])

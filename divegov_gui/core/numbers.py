"""Numbers for people, in the style that the person likes: ``1,234.5``, ``1.234,5``, ``1 234,5``.

What a program reads (CSV, JSON, `--json`, what is stored) never comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass

NARROW_SPACE = "\u202f"
"""A narrow space at which no line is broken."""


@dataclass(frozen=True)
class NumberStyle:
    """What stands between groups of three digits, and before the fraction."""

    group: str
    point: str


ENGLISH = NumberStyle(",", ".")
_style = ENGLISH


def number_style() -> NumberStyle:
    """The style in force."""
    return _style


def set_number_style(style: NumberStyle) -> None:
    """Write numbers in `style` from now on."""
    global _style
    _style = style


def grouped(value: int) -> str:
    """A whole number: ``1,234``."""
    return _styled(f"{value:,}")


def decimal(value: float, places: int = 1, *, signed: bool = False) -> str:
    """A number with `places` digits of fraction: ``1,234.5``; `signed`: with a plus where it is not negative."""
    return _styled(f"{value:+,.{places}f}" if signed else f"{value:,.{places}f}")


def shortest(value: float, places: int = 2) -> str:
    """A number with at most `places` digits of fraction, as short as it can be said: ``5``, ``0.31``."""
    text = f"{value:,.{places}f}"
    return _styled(text.rstrip("0").rstrip(".") if "." in text else text)


def significant(value: float, digits: int = 3) -> str:
    """A number with as many digits as say something: ``3.5``, ``12``."""
    return _styled(f"{value:,.{digits}g}")


def _styled(text: str) -> str:
    """English digits in the style in force."""
    if _style == ENGLISH:
        return text
    whole, point, fraction = text.partition(".")
    return whole.replace(",", _style.group) + (_style.point if point else "") + fraction

"""In which language numbers are written: chosen by the person, for texts and for the fields that take numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDoubleSpinBox, QSpinBox

from divegov_gui.core import numbers
from divegov_gui.core.numbers import NumberStyle

ENGLISH, GERMAN, FRENCH, SWISS, DESKTOP = "english", "german", "french", "swiss", "desktop"
LANGUAGES = {
    ENGLISH: "Commas, and a point",
    GERMAN: "Points, and a comma",
    FRENCH: "Spaces, and a comma",
    SWISS: "Apostrophes, and a point",
    DESKTOP: "As the desktop",
}
"""What stands between thousands, and before the fraction."""
_LOCALES = {
    ENGLISH: QLocale(QLocale.Language.English, QLocale.Country.UnitedStates),
    GERMAN: QLocale(QLocale.Language.German, QLocale.Country.Germany),
    FRENCH: QLocale(QLocale.Language.French, QLocale.Country.France),
    SWISS: QLocale(QLocale.Language.German, QLocale.Country.Switzerland),
}
_chosen = ENGLISH


class _Teller(QObject):
    """Says that numbers are written differently, to what reads nothing anew."""

    changed = Signal()


_teller = _Teller()


def on_numbers_changed(rewrite: Callable[[], object]) -> None:
    """Have a method of a widget write its numbers anew when they are written differently."""
    _teller.changed.connect(rewrite)


def number_language() -> str:
    """One of LANGUAGES."""
    return _chosen


def set_number_language(name: str) -> None:
    """Write numbers so from now on, in the fields that there are and everywhere; another name counts as English."""
    global _chosen
    _chosen = name if name in LANGUAGES else ENGLISH
    numbers.set_number_style(_style(_chosen))
    for widget in QApplication.allWidgets():
        if isinstance(widget, QAbstractSpinBox):
            widget.setLocale(number_locale())
            if isinstance(widget, (QSpinBox, QDoubleSpinBox)):
                widget.setSuffix(widget.suffix())  # writes the value anew
    _teller.changed.emit()


def number_locale() -> QLocale:
    """For a field that takes a number."""
    return _locale(_chosen)


def example(name: str) -> str:
    """A number in a language, such as ``12.345,6``."""
    style = _style(name)
    return f"12{style.group}345{style.point}6"


def read_number(text: str) -> int | None:
    """A whole number as somebody types it, grouped or not; None where it is none."""
    style = numbers.number_style()
    plain = "".join(text.split())
    for mark in (style.group, "'", "\u2019"):
        plain = plain.replace(mark, "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 20 else None


def _locale(name: str) -> QLocale:
    return _LOCALES.get(name) or QLocale.system()


def _style(name: str) -> NumberStyle:
    locale = _locale(name)
    return NumberStyle(locale.groupSeparator(), locale.decimalPoint())

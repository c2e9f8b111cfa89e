"""How this page says sizes, times and shares to a person."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from divegov_gui.core.numbers import decimal, shortest
from divegov_gui.ui.numbers import number_locale
from divegov_gui.ui.widgets import duration


def data_size(size: int) -> str:
    """Bytes for people: ``16.2 kB``."""
    return number_locale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def seconds(value: float) -> str:
    """A measured time: ``4 ms``, ``0.42 s``, ``12 s``, ``3 min 20 s``."""
    if value < 0.1:
        return f"{value * 1000:.0f} ms"
    return f"{decimal(value, 2)} s" if value < 10 else duration(value)


def percent(share: float) -> str:
    """A share of 1 in per cent, as short as it can be said: ``5 %``, ``0.31 %``."""
    return f"{shortest(share * 100)} %"

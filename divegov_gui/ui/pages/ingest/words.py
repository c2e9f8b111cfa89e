"""How this page says sizes, times and shares to a person."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from divegov_gui.ui.widgets import duration

_ENGLISH = QLocale(QLocale.Language.English)


def data_size(size: int) -> str:
    """Bytes for people: ``16.2 kB``."""
    return _ENGLISH.formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def seconds(value: float) -> str:
    """A measured time: ``4 ms``, ``0.42 s``, ``12 s``, ``3 min 20 s``."""
    if value < 0.1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 10 else duration(value)


def percent(share: float) -> str:
    """A share of 1 in per cent, as short as it can be said: ``5 %``, ``0.31 %``."""
    return f"{share * 100:,.2f}".rstrip("0").rstrip(".") + " %"

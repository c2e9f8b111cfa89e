"""The typefaces: bundled, so that a screen looks the same on every desktop."""

from __future__ import annotations

import sys
from contextlib import suppress

from PySide6.QtGui import QFont, QFontDatabase

from divegov_gui.core import paths
from divegov_gui.ui.theme.tokens import TypeScale

TEXT_FAMILIES = ["Inter", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Noto Sans", "DejaVu Sans"]
MONO_FAMILIES = ["JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono"]

_loaded = False


def load_fonts() -> None:
    """Make the bundled typefaces known to Qt; where a file is missing the desktop's own stand in."""
    global _loaded
    if _loaded:
        return
    for file in sorted((paths.bundled("resources") / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(file))
    _loaded = True


def text_font(size: int = TypeScale.body, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The text face at `size` pixels, with figures of one width so that numbers align."""
    font = QFont(TEXT_FAMILIES)
    font.setPixelSize(size)
    font.setWeight(weight)
    _set_feature(font, "tnum", 1)
    if sys.platform.startswith("linux"):
        font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def mono_font(size: int = TypeScale.body) -> QFont:
    """The face for SQL, codes and paths at `size` pixels, without ligatures."""
    font = QFont(MONO_FAMILIES)
    font.setPixelSize(size)
    font.setStyleHint(QFont.StyleHint.Monospace)
    for tag in ("calt", "liga"):
        _set_feature(font, tag, 0)
    return font


def _set_feature(font: QFont, name: str, value: int) -> None:
    """Set an OpenType feature by name; PySide6 6.8 cannot name one, and the face stays as it is."""
    make = getattr(QFont.Tag, "fromString", QFont.Tag)
    with suppress(TypeError):
        font.setFeature(make(name), value)

"""Which look is in force: what widgets that paint themselves ask."""

from __future__ import annotations

from divegov_gui.ui.theme.palettes import LIGHT
from divegov_gui.ui.theme.tokens import Theme

_theme: Theme = LIGHT


def theme() -> Theme:
    """The look in force."""
    return _theme


def set_theme(theme: Theme) -> None:
    """Put `theme` in force; only the ThemeManager does."""
    global _theme
    _theme = theme

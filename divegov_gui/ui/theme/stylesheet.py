"""Fills the window's style sheet from the design tokens."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette

from divegov_gui.core import paths
from divegov_gui.ui.theme.fonts import MONO_FAMILIES
from divegov_gui.ui.theme.tokens import TONES, Theme

_TEMPLATE = Path(__file__).with_name("window.qss")

_TONE_LABEL = 'QLabel[tone="$name"] { color: $text; }'
_TONE_NOTICE = 'QFrame[notice="true"][tone="$name"] { background: $soft; border: 1px solid $fill; }\n' + (
    'QFrame[notice="true"][tone="$name"] QLabel { color: $on_soft; }'
)


@lru_cache(maxsize=2)
def style_sheet(theme: Theme) -> str:
    """The window's whole style sheet in `theme`; a token that the template misnames raises KeyError."""
    names = dict(theme.color_map())
    names.update({f"size_{key}": str(value) for key, value in vars(theme.type).items()})
    names.update({f"radius_{key}": str(value) for key, value in vars(theme.radius).items()})
    names["theme"] = theme.name
    names["icons"] = (paths.bundled("resources") / "icons").as_posix()
    names["mono_families"] = ", ".join(f'"{family}"' for family in MONO_FAMILIES)
    names["tone_labels"] = _for_each_tone(_TONE_LABEL, theme)
    names["tone_notices"] = _for_each_tone(_TONE_NOTICE, theme)
    return Template(_TEMPLATE.read_text("utf-8")).substitute(names)


def palette(theme: Theme) -> QPalette:
    """The palette in `theme`, for what a style sheet does not reach."""
    c = theme.colors
    role = QPalette.ColorRole
    result = QPalette()
    for key, color in {
        role.Window: c.surface,
        role.WindowText: c.text,
        role.Base: c.raised,
        role.AlternateBase: c.surface,
        role.Text: c.text,
        role.PlaceholderText: c.muted,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.BrightText: c.accent_text,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.Highlight: c.accent,
        role.HighlightedText: c.accent_text,
        role.Accent: c.accent,
        role.Link: c.link,
        role.LinkVisited: c.link,
        role.Light: c.raised,
        role.Midlight: c.hover,
        role.Mid: c.border,
        role.Dark: c.control_border,
        role.Shadow: c.border,
    }.items():
        result.setColor(key, QColor(color))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, QColor(c.disabled))
    return result


def _for_each_tone(template: str, theme: Theme) -> str:
    filled = (Template(template).substitute(name=name, **vars(theme.tone(name))) for name in TONES)
    return "\n".join(filled)

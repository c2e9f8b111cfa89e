"""The look: tokens, two palettes, one style sheet, typefaces and icons.

from divegov_gui.ui import theme
theme.current().colors.accent; theme.icon("quarantine", "muted"); theme.set_icon(button, "search")
"""

from divegov_gui.ui.theme.active import theme as current
from divegov_gui.ui.theme.fonts import mono_font, text_font
from divegov_gui.ui.theme.icons import icon, paint_icon, pixmap
from divegov_gui.ui.theme.manager import MODES, PartsDresser, ThemeManager, dress, set_icon
from divegov_gui.ui.theme.palettes import DARK, LIGHT
from divegov_gui.ui.theme.tokens import TONES, Colors, Theme, Tone, contrast

__all__ = [
    "DARK",
    "LIGHT",
    "MODES",
    "TONES",
    "Colors",
    "PartsDresser",
    "Theme",
    "ThemeManager",
    "Tone",
    "contrast",
    "current",
    "dress",
    "icon",
    "mono_font",
    "paint_icon",
    "pixmap",
    "set_icon",
    "text_font",
]

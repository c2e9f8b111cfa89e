"""Icons: one set (Phosphor, from qtawesome's package), drawn as outlines in the theme's colours.

The glyphs are read from qtawesome's font file and painted as paths. Importing qtawesome itself would
bring qtpy and all nine of its fonts along, about 100 ms at every start.
"""

from __future__ import annotations

import importlib.util
import json
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPixmap, QRawFont, QTransform

from divegov_gui.ui.theme import active

GLYPHS: dict[str, str] = {
    # pages
    "overview": "gauge",
    "connections": "database",
    "deploy": "rocket-launch",
    "ingest": "tray",
    "quarantine": "first-aid-kit",
    "history": "clock-counter-clockwise",
    "privacy": "fingerprint",
    "rules": "scales",
    # outcomes
    "promoted": "check-circle",
    "unchanged": "equals",
    "duplicate": "copy",
    "quarantined": "warning-octagon",
    # meanings
    "success": "check-circle",
    "info": "info",
    "warning": "warning",
    "danger": "warning-octagon",
    "error": "warning-octagon",
    "neutral": "circle",
    "question": "question",
    # actions
    "add": "plus",
    "back": "caret-left",
    "calendar": "calendar",
    "cancel": "x",
    "claim": "hand-pointing",
    "clear": "x-circle",
    "clock": "clock",
    "close": "x",
    "copy": "copy",
    "delete": "trash",
    "detail": "caret-right",
    "discard": "trash",
    "download": "download-simple",
    "edit": "pencil-simple",
    "erase": "eraser",
    "expand": "caret-down",
    "export": "export",
    "file": "file-text",
    "fit": "arrows-out-line-horizontal",
    "filter": "funnel",
    "folder": "folder-open",
    "forward": "caret-right",
    "hide": "eye-slash",
    "key": "key",
    "link": "link",
    "list": "list",
    "lock": "lock-key",
    "merge": "git-merge",
    "more": "dots-three",
    "pause": "pause",
    "person": "user-circle",
    "play": "play",
    "redo": "arrow-clockwise",
    "refresh": "arrows-clockwise",
    "rehearse": "flask",
    "release": "arrow-fat-line-up",
    "remove": "minus",
    "reveal": "eye",
    "rule": "ruler",
    "save": "floppy-disk",
    "search": "magnifying-glass",
    "server": "hard-drives",
    "settings": "sliders-horizontal",
    "shield": "shield-check",
    "sort": "sort-ascending",
    "sql": "code",
    "start": "play",
    "stop": "stop",
    "suggest": "lightbulb",
    "panel": "columns",
    "keys": "keyboard",
    "story": "path",
    "synthetic": "dice-five",
    "table": "table",
    "tag": "tag",
    "time": "hourglass",
    "trend": "chart-line",
    "undo": "arrow-counter-clockwise",
    "upload": "upload-simple",
    "waves": "waves",
    "workspace": "database",
    "bug": "bug",
    # theme switch
    "theme.auto": "circle-half",
    "theme.light": "sun",
    "theme.dark": "moon",
}

_SIZES = (16, 18, 20, 24, 32)
_EM = 64.0


def icon(name: str, color: str | None = None, gap: int = 0, size: int | None = None) -> QIcon:
    """The icon `name` of `GLYPHS` in `color`: a token (``muted``, ``accent``, ``danger``) or ``#RRGGBB``.

    `gap` pixels stay empty on its right, for a button's text. It is drawn in `size` alone, where one is named.
    """
    sizes = _SIZES if size is None else (size,)
    return _icon(name, _resolve(color or "text"), _resolve("disabled"), gap, sizes)


def pixmap(name: str, size: int, color: str | None = None, ratio: float = 1.0) -> QPixmap:
    """The icon `name` as a pixmap of `size` logical pixels at the screen's `ratio`."""
    return _paint(name, size, _resolve(color or "text"), ratio)


def paint_icon(painter: QPainter, name: str, x: float, y: float, size: float, color: str) -> None:
    """Draw the icon `name` with its top left corner at `x`, `y`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    painter.scale(size / _EM, size / _EM)
    painter.fillPath(_outline(GLYPHS[name]), QColor(_resolve(color)))
    painter.restore()


def _resolve(color: str) -> str:
    if color.startswith("#"):
        return color
    colors = active.theme().color_map()
    return colors[color] if color in colors else colors[f"{color}_text"]


@lru_cache(maxsize=512)
def _icon(name: str, color: str, disabled: str, gap: int, sizes: tuple[int, ...]) -> QIcon:
    result = QIcon()
    for size in sizes:
        for ratio in (1.0, 2.0):
            result.addPixmap(_paint(name, size, color, ratio, gap), QIcon.Mode.Normal)
            result.addPixmap(_paint(name, size, disabled, ratio, gap), QIcon.Mode.Disabled)
    return result


def _paint(name: str, size: int, color: str, ratio: float, gap: int = 0) -> QPixmap:
    image = QPixmap(QSize(round((size + gap) * ratio), round(size * ratio)))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_icon(painter, name, 0, 0, size, color)
    painter.end()
    return image


@lru_cache(maxsize=256)
def _outline(glyph: str) -> QPainterPath:
    """The outline of one glyph in a square of `_EM` units."""
    font, codes = _font()
    index = font.glyphIndexesForString(chr(codes[glyph]))[0]
    path = QTransform.fromTranslate(0, font.ascent()).map(font.pathForGlyph(index))
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


@lru_cache(maxsize=1)
def _font() -> tuple[QRawFont, dict[str, int]]:
    spec = importlib.util.find_spec("qtawesome")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "fonts"
    font_file = next(folder.glob("phosphor-[0-9]*.ttf"))
    charmap = json.loads(next(folder.glob("phosphor-charmap-*.json")).read_text("utf-8"))
    font = QRawFont(str(font_file), _EM, QFont.HintingPreference.PreferNoHinting)
    return font, {name: int(charmap[name], 16) for name in set(GLYPHS.values())}

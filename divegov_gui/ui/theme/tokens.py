"""Design tokens: the only place where a size, a radius or a colour is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType


@dataclass(frozen=True)
class Spacing:
    """Distances in pixels; nothing in the window uses another."""

    xs: int = 4
    s: int = 8
    m: int = 12
    l: int = 16  # noqa: E741 - the scale's own name
    xl: int = 24
    xxl: int = 32


@dataclass(frozen=True)
class TypeScale:
    """Font sizes in pixels, from small print to the big number."""

    caption: int = 12
    body: int = 13
    strong: int = 14
    heading: int = 16
    title: int = 22
    display: int = 30


@dataclass(frozen=True)
class Radii:
    """Corner radii in pixels."""

    small: int = 4
    control: int = 6
    card: int = 10
    pill: int = 10


@dataclass(frozen=True)
class Tone:
    """One meaning in colour: a strong `fill` with `on_fill` text, a `soft` ground with `on_soft` text.

    `text` stands on any of the window's grounds.
    """

    fill: str
    on_fill: str
    soft: str
    on_soft: str
    text: str


@dataclass(frozen=True)
class Colors:
    """Every colour of one theme."""

    surface: str
    raised: str
    sunken: str
    hover: str
    border: str
    control_border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str
    accent_soft: str
    on_accent_soft: str
    link: str
    focus: str
    selection: str
    selection_text: str
    rail: str
    rail_hover: str
    rail_selected: str
    rail_text: str
    rail_text_strong: str
    rail_accent: str
    rail_focus: str
    syntax_keyword: str
    syntax_string: str
    syntax_number: str
    syntax_comment: str
    syntax_name: str
    neutral: Tone
    promoted: Tone
    unchanged: Tone
    duplicate: Tone
    quarantined: Tone
    success: Tone
    warning: Tone
    danger: Tone
    info: Tone


TONES = (
    "neutral",
    "promoted",
    "unchanged",
    "duplicate",
    "quarantined",
    "success",
    "warning",
    "danger",
    "info",
)


@dataclass(frozen=True)
class Theme:
    """One look: its colours, and the sizes that all looks share."""

    name: str
    dark: bool
    colors: Colors
    space: Spacing = field(default_factory=Spacing)
    type: TypeScale = field(default_factory=TypeScale)
    radius: Radii = field(default_factory=Radii)

    def tone(self, name: str) -> Tone:
        """The tone of that name; an unknown name is a bug and raises AttributeError."""
        found = getattr(self.colors, name)
        assert isinstance(found, Tone)
        return found

    def text_pairs(self) -> Iterator[tuple[str, str, str]]:
        """Every (what, text colour, ground) that the window puts together."""
        c = self.colors
        for ground in ("surface", "raised", "sunken", "hover"):
            for ink in ("text", "muted", "link"):
                yield f"{ink} on {ground}", getattr(c, ink), getattr(c, ground)
        for ground in ("accent", "accent_hover", "accent_pressed"):
            yield f"accent_text on {ground}", c.accent_text, getattr(c, ground)
        yield "on_accent_soft on accent_soft", c.on_accent_soft, c.accent_soft
        yield "selection_text on selection", c.selection_text, c.selection
        for ground in ("rail", "rail_hover", "rail_selected"):
            yield f"rail_text_strong on {ground}", c.rail_text_strong, getattr(c, ground)
        yield "rail_text on rail", c.rail_text, c.rail
        yield "rail_text on rail_hover", c.rail_text, c.rail_hover
        for ink in ("keyword", "string", "number", "comment", "name"):
            yield f"syntax_{ink} on sunken", getattr(c, f"syntax_{ink}"), c.sunken
        for name in TONES:
            tone = self.tone(name)
            yield f"{name}.on_fill on fill", tone.on_fill, tone.fill
            yield f"{name}.on_soft on soft", tone.on_soft, tone.soft
            for ground in ("surface", "raised", "sunken", "hover"):
                yield f"{name}.text on {ground}", tone.text, getattr(c, ground)

    def shape_pairs(self) -> Iterator[tuple[str, str, str]]:
        """Every (what, shape, ground) that must stand out: control edges, focus rings, segments."""
        c = self.colors
        for ground in ("surface", "raised"):
            yield f"control_border on {ground}", c.control_border, getattr(c, ground)
        for ground in ("surface", "raised", "sunken"):
            yield f"focus on {ground}", c.focus, getattr(c, ground)
        yield "rail_focus on rail", c.rail_focus, c.rail
        yield "rail_focus on rail_selected", c.rail_focus, c.rail_selected
        yield "rail_accent on rail_selected", c.rail_accent, c.rail_selected
        for name in TONES:
            yield f"{name}.fill on raised", self.tone(name).fill, c.raised

    def color_map(self) -> Mapping[str, str]:
        """Colours by token name, a tone's parts as ``tone_fill`` and so on; fills the style sheet."""
        return self._by_name

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """Made once: what paints itself asks for a colour at each stroke."""
        names: dict[str, str] = {}
        for item in fields(self.colors):
            value = getattr(self.colors, item.name)
            if isinstance(value, Tone):
                names.update(
                    {f"{item.name}_{part.name}": getattr(value, part.name) for part in fields(value)}
                )
            else:
                names[item.name] = value
        return MappingProxyType(names)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two ``#RRGGBB`` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    """Relative luminance of a ``#RRGGBB`` colour (WCAG 2.2, "relative luminance")."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

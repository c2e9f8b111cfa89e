"""In which letter cases a text is looked for, where a database tells none but those of a to z."""

from __future__ import annotations


def letter_cases(text: str) -> tuple[str, ...]:
    """A text as it is, and as it may stand elsewhere: small, in capitals, with a capital at its beginning, and with one
    at that of each of its parts, as in Éva-Ágnes."""
    return tuple(dict.fromkeys((text, text.lower(), text.upper(), text.capitalize(), text.title())))

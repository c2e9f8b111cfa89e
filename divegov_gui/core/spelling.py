"""One spelling for all ways to write the same text, by which people are told to be the same.

Capitals, accents as letters of their own, wide letters and ligatures, signs that nobody sees, and the blanks between
words make no difference; accents do. After the Unicode Standard, section 3.13, D146 (compatibility caseless matching),
without what is only there to format (general category Cf, and variation selectors).
"""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset(map(chr, range(0xFE00, 0xFE10)))


def folded(text: str) -> str:
    """A text in the one spelling."""
    if not text.isascii():
        seen = "".join(c for c in text if c not in _UNSEEN and unicodedata.category(c) != "Cf")
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", seen).casefold())
        text = unicodedata.normalize("NFKC", plain.casefold())
    else:
        text = text.lower()
    return " ".join(text.split())

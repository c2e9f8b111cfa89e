"""How a name in any alphabet becomes the plain letters that an address begins with."""

from __future__ import annotations

import re
import unicodedata

_LATIN = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

# ISO 843 as people write it in practice; letters without an accent.
_GREEK_PAIRS = (
    ("ου", "ou"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("γγ", "ng"),
    ("γκ", "gk"),
    ("μπ", "b"),
    ("ντ", "nt"),
)
_GREEK = str.maketrans(
    dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)

# Resolution 55 of the Cabinet of Ministers of Ukraine (2010), without its forms for the start of a word.
_CYRILLIC = str.maketrans(
    dict(zip("абвгґдезиіїйклмнопрстуфєыэё", "abvhgdezyiiiklmnoprstufeyee", strict=True))
    | {
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ю": "iu",
        "я": "ia",
        "ь": "",
        "ъ": "",
    }
)

_LONGEST = 20
_NO_LETTER = re.compile(r"[^a-z-]")
_HYPHENS = re.compile(r"-+")


def latin(name: str, script: str) -> str:
    """`name` in the letters a–z and inner hyphens, at most 20 of them; empty where no one can tell.

    `script` is one of LocaleProfile's: the same ü is ``ue`` to a German and ``u`` to a Spaniard.
    """
    if script == "unromanised":
        return ""
    if name.isascii() and name.isalpha():
        return name.lower()[:_LONGEST]
    lowered = unicodedata.normalize("NFC", name).lower()
    if script == "german":
        lowered = lowered.translate(_GERMAN)
    plain = _without_accents(lowered) if script != "cyrillic" else lowered
    if script == "greek":
        for pair, letters in _GREEK_PAIRS:
            plain = plain.replace(pair, letters)
        plain = plain.translate(_GREEK)
    elif script == "cyrillic":
        plain = plain.translate(_CYRILLIC)
    letters = _NO_LETTER.sub("", plain.translate(_LATIN))
    return _HYPHENS.sub("-", letters)[:_LONGEST].strip("-")


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))

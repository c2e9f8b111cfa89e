"""Upper and lower case of people's names."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTICLES = _words(
    "van von der den de dem des di da do dos das del della dello du la le lo zu zum zur ten ter te op af av bin ibn "
    "bint al el y e und 't"
)
_NUMERALS = _words("II III IV VI VII VIII")
_MAC = _words(
    "adam alister allister arthur aulay bain bride caulay cormack crae culloch diarmid donald donnell dougall dowell "
    "duff eachern ewan ewen fadyen farlane gillivray gregor innes intosh intyre ivor kay kechnie kenna kenzie kinley "
    "kinnon lachlan laren lauchlan lean leish lellan lennan leod manus martin master millan murray nab nair namara "
    "naughton neil neill nicol niven phail phee pherson quarrie queen rae taggart vicar whirter william"
)


def proper(name: str) -> str:
    """`name` as people write it, where it is all upper or all lower case; any other name as it is."""
    if not _is_wrong(name):
        return name
    words = name.split(" ")
    return " ".join(_word(word, first=place == 0, alone=len(words) == 1) for place, word in enumerate(words))


def is_particle(word: str) -> bool:
    """Whether `word` is one that stands in lower case within a name: van, de, bin."""
    return word.lower() in _PARTICLES


def _is_wrong(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha() and letter.lower() != letter.upper()]
    if len(letters) < 2:
        return False
    if name == name.lower():
        return not all(word in _PARTICLES for word in name.split())
    return len(letters) > 2 and name == name.upper() and name != name.lower()


def _word(word: str, *, first: bool, alone: bool) -> str:
    lower = word.lower()
    if lower in _PARTICLES and not alone:
        return lower
    if word.upper() in _NUMERALS and not first:
        return word.upper()
    parts = re.split(r"([-‐’'.])", lower)
    return "".join(
        _part(part, parts[place - 1] if place else "", parts, place) for place, part in enumerate(parts)
    )


def _part(part: str, before: str, parts: list[str], place: int) -> str:
    """One part between hyphens, apostrophes and dots."""
    if not part:
        return part
    if before in {"'", "’"} and (part in {"s", "t"} or len(parts[place - 2]) > 2):
        return part
    if part.startswith("mc") and len(part) > 3:
        return "Mc" + part[2].upper() + part[3:]
    if part.startswith("mac") and part[3:] in _MAC:
        return "Mac" + part[3].upper() + part[4:]
    if part.startswith("ij") and len(part) > 2:
        return "IJ" + part[2:]
    return part[0].upper() + part[1:]

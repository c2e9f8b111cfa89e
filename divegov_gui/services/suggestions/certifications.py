"""Fixes for a certification: the level of the catalogue that a spelling is nearest to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from divegov_gui.services.suggestions.dates_words import plain
from divegov_gui.services.suggestions.model import Confidence, Proposal
from divegov_gui.services.suggestions.placeholders import points_elsewhere, says_nothing

_ENOUGH = 82.0
"""Similarity in percent from which a level is worth proposing."""

_AGENCIES = """
    padi ssi naui cmas bsac sdi tdi iantd gue raid vdst fftda ffessm fipsas iac pss sei
"""
_SHORT = {
    "adv": "advanced",
    "advd": "advanced",
    "ow": "open water",
    "instr": "instructor",
    "asst": "assistant",
    "cert": "",
    "certified": "",
    "course": "course",
    "jr": "junior",
    "jun": "junior",
    "mstr": "master",
}


@dataclass(frozen=True)
class Level:
    """A certification level, and every spelling by which the gatekeeper knows it."""

    name: str
    spellings: tuple[str, ...]


class Catalogue:
    """The levels, ready to be compared with."""

    def __init__(self, levels: Sequence[Level]) -> None:
        self._exact: dict[str, str] = {}
        self._joined: dict[str, str] = {}
        for level in levels:
            for spelling in (level.name, *level.spellings):
                self._exact.setdefault(_folded(spelling), level.name)
                self._joined.setdefault(_folded(spelling).replace(" ", ""), level.name)
        self._long = [spelling for spelling in self._exact if len(spelling) > 4]
        self._found: dict[str, list[Proposal]] = {}

    def repairs(self, value: str) -> list[Proposal]:
        """The levels that `value` may mean, the likeliest first; none for what is nothing like a level."""
        text = value.strip()
        if text not in self._found:
            if len(self._found) > 20_000:
                self._found.clear()
            self._found[text] = self._repairs(text)
        return self._found[text]

    def _repairs(self, value: str) -> list[Proposal]:
        if not value:
            return []
        for text in dict.fromkeys((_folded(value), _spelt_out(value))):
            name = self._exact.get(text) or self._joined.get(text.replace(" ", ""))
            if name:
                return [_level("certification.spelling", name, Confidence.HIGH)]
        if says_nothing(value) or points_elsewhere(value):
            return [_emptied(Confidence.HIGH if says_nothing(value) else Confidence.LOW)]
        return self._nearest(_spelt_out(value)) or self._beginning(_spelt_out(value))

    def _nearest(self, text: str) -> list[Proposal]:
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extract

        scores: dict[str, float] = {}
        if len(text) > 4 and not text.isdigit():
            for spelling, score, _ in extract(text, self._long, scorer=ratio, score_cutoff=_ENOUGH, limit=8):
                name = self._exact[spelling]
                scores[name] = max(score, scores.get(name, 0.0))
        best = max(scores.values(), default=0.0)
        near = [name for name, score in scores.items() if score >= best - 6]
        sure = Confidence.HIGH if len(near) == 1 and best >= 90 else Confidence.MEDIUM
        return [_level("certification.nearest", name, sure) for name in near[:3]]

    def _beginning(self, text: str) -> list[Proposal]:
        """The one level whose name begins so: `Advanced` is the advanced open water diver."""
        if len(text) < 5:
            return []
        names = {name for spelling, name in self._exact.items() if spelling.startswith(f"{text} ")}
        return [_level("certification.nearest", names.pop(), Confidence.MEDIUM)] if len(names) == 1 else []


def _level(kind: str, name: str, confidence: Confidence) -> Proposal:
    return Proposal(kind, {"Certification": name}, confidence)


def _emptied(confidence: Confidence) -> Proposal:
    return Proposal("certification.empty", {"Certification": None}, confidence)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", plain(text)).strip()


def _spelt_out(value: str) -> str:
    words = [_SHORT.get(word, word) for word in _folded(value).split() if word not in _AGENCIES.split()]
    return " ".join(word for word in words if word)

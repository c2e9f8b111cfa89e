"""Fixes for an email address: the sign, the dots, the spaces and the domain as they were meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from divegov_gui.services.suggestions.domains import KnownDomains
from divegov_gui.services.suggestions.model import Confidence, Proposal

_WRITTEN_AT = re.compile(
    r"\s*(?:[(\[{<]\s*(?:at|@)\s*[)\]}>]|_at_|-at-|(?<=\S)\s+at\s+(?=\S)|\*at\*)\s*", re.I
)
_WRITTEN_DOT = re.compile(
    r"\s*(?:[(\[{]\s*(?:dot|punkt|point)\s*[)\]}]|_dot_|(?<=\S)\s+dot\s+(?=\S))\s*", re.I
)
_ANGLED = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_LABEL = re.compile(r"^\s*(?:mailto|e-?mail|mail)\s*[:=]\s*", re.I)
_AROUND = "<>()[]{}\"'`“”„‘’,;:|\\/ \t\r\n\u00a0\u200b\ufeff"
_SEVERAL = re.compile(r"\s*(?:[;,|/]|\s(?:or|and|und|oder|ou|et|lub|i)\s|\s)\s*", re.I)
_SPACES = re.compile(r"\s+")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
_INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


@dataclass(frozen=True)
class _Draft:
    """An address on its way: its text, and the steps that led there."""

    text: str
    steps: tuple[str, ...] = ()
    confidence: Confidence = Confidence.HIGH

    def step(self, text: str, name: str, confidence: Confidence = Confidence.HIGH) -> _Draft:
        """The draft after one more step; the same draft where the step changed nothing."""
        if text == self.text:
            return self
        steps = self.steps if name in self.steps else (*self.steps, name)
        return _Draft(text, steps, min(self.confidence, confidence))


def repairs(value: str, known: KnownDomains) -> list[Proposal]:
    """Addresses that `value` may have been meant as, the likeliest first."""
    drafts = _several(value.lower()) or [_Draft(value.lower())]
    found: dict[str, Proposal] = {}
    for draft in drafts:
        for end in _repaired(draft, known):
            if end.text != value.strip().lower() and end.steps:
                proposal = Proposal("+".join(end.steps), {"Email": end.text}, end.confidence)
                found.setdefault(end.text, proposal)
    return list(found.values())


def improvements(value: str, known: KnownDomains) -> list[Proposal]:
    """Known domains that the domain of a well-formed address may be a slip of."""
    local, sign, domain = value.strip().rpartition("@")
    if not sign:
        return []
    meant = known.meant_by(domain.lower())
    return [Proposal("email.domain", {"Email": f"{local}@{each}"}, Confidence.MEDIUM) for each in meant]


def _several(value: str) -> list[_Draft]:
    """One draft for each address, where the field holds more than one."""
    parts = [part.strip(_AROUND) for part in _SEVERAL.split(value)]
    whole = [part for part in parts if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", part)]
    if len(whole) < 2:
        return []
    return [_Draft(part, ("email.one_of_several",), Confidence.MEDIUM) for part in dict.fromkeys(whole)]


def _repaired(draft: _Draft, known: KnownDomains) -> list[_Draft]:
    draft = _signed(_unwrapped(draft), known)
    if draft.text.count("@") != 1:
        return []
    ends: list[_Draft] = []
    for spaceless in _without_spaces(draft):
        ends += _with_domain(_with_dots(spaceless), known)
    return [end for end in ends if end.text[0] != "@" and end.text[-1] != "@"]


def _unwrapped(draft: _Draft) -> _Draft:
    angled = _ANGLED.search(draft.text)
    bare = angled[1] if angled else _LABEL.sub("", draft.text.strip()).strip(_AROUND)
    if bare != draft.text.strip():
        draft = draft.step(bare, "email.wrapping")
    cleaned = _INVISIBLE.sub("", unicodedata.normalize("NFKC", draft.text))
    return draft.step(cleaned.lower(), "email.spaces")


def _signed(draft: _Draft, known: KnownDomains) -> _Draft:
    """With exactly one @ where it can be told which."""
    draft = draft.step(re.sub(r"@\s*(?:@\s*)+", "@", draft.text), "email.signs")
    draft = draft.step(_WRITTEN_DOT.sub(".", draft.text), "email.dots")
    if "@" not in draft.text:
        draft = draft.step(_WRITTEN_AT.sub("@", draft.text), "email.at_sign")
    if "@" not in draft.text:
        for domain in known.ends(draft.text):
            local = draft.text.removesuffix(domain).rstrip()
            draft = draft.step(f"{local}@{domain}", "email.at_sign", Confidence.MEDIUM)
    if draft.text.count("@") > 1:
        local, _, domain = draft.text.rpartition("@")
        draft = draft.step(f"{local.replace('@', '')}@{domain}", "email.signs", Confidence.MEDIUM)
    return draft


def _without_spaces(draft: _Draft) -> list[_Draft]:
    local, _, domain = draft.text.partition("@")
    local, domain = re.sub(r"\s*\.\s*", ".", local.strip()), domain.strip()
    domain = _SPACES.sub("" if "." in domain else ".", domain)
    draft = draft.step(f"{local}@{domain}", "email.spaces")
    if not _SPACES.search(local):
        return [draft]
    joined, dotted = _SPACES.sub("", local), _SPACES.sub(".", local)
    return [
        draft.step(f"{joined}@{domain}", "email.spaces", Confidence.MEDIUM),
        draft.step(f"{dotted}@{domain}", "email.space_to_dot", Confidence.MEDIUM),
    ]


def _with_dots(draft: _Draft) -> _Draft:
    """Dots between and not beside; commas that were meant as dots; letters that an address may have."""
    local, _, domain = draft.text.partition("@")
    local = re.sub(r"\.{2,}", ".", local.replace(",", ".")).strip(".")
    domain = re.sub(r"\.{2,}", ".", re.sub(r"[,;:]", ".", domain)).strip(".")
    draft = draft.step(f"{local}@{domain}", "email.dots")
    labels = ".".join(label.strip("-") for label in domain.split("."))
    draft = draft.step(f"{local}@{labels}", "email.hyphen", Confidence.MEDIUM)
    plain = unicodedata.normalize("NFKD", local.translate(_LETTERS))
    local = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return draft.step(f"{local}@{labels}", "email.accents", Confidence.MEDIUM)


def _with_domain(draft: _Draft, known: KnownDomains) -> list[_Draft]:
    local, _, domain = draft.text.partition("@")
    if domain in known:
        return [draft]
    sure = Confidence.HIGH if "." in domain else Confidence.MEDIUM
    ends = [draft.step(f"{local}@{meant}", "email.domain", sure) for meant in known.meant_by(domain)]
    if "_" in domain:
        inner = domain.rpartition("_")[2]
        if inner in known:
            ends.append(draft.step(f"{local}@{inner}", "email.domain", Confidence.LOW))
        ends.append(draft.step(f"{local}@{domain.replace('_', '-')}", "email.hyphen", Confidence.LOW))
    as_it_is = _Draft(draft.text, draft.steps, Confidence.LOW if ends else draft.confidence)
    return [*ends, as_it_is]

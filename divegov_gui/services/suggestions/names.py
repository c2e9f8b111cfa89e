"""Fixes for a name: no control characters, no digits, no remarks, and upper and lower case as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from divegov_gui.services.suggestions.dates_words import plain
from divegov_gui.services.suggestions.model import Confidence, Proposal
from divegov_gui.services.suggestions.name_case import is_particle, proper

_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_REMARK = re.compile(r"\s*[(\[{].{4,}[)\]}]\s*$|\s+[-–,;]\s.{20,}$", re.S)
_NUMBER_BEHIND = re.compile(r"[\s_#.]*\(?\d+\)?$")
_MEANT: dict[str, Sequence[str]] = {
    "0": ("o",),
    "1": ("l", "i"),
    "3": ("e",),
    "4": ("a",),
    "5": ("s",),
    "7": ("t",),
    "8": ("b",),
}
_LONGEST_NAME = 60


def repairs(value: str, column: str, email: str | None = None) -> list[Proposal]:
    """Names that `value` may have been meant as. An email that holds one of them is a witness for it."""
    found: dict[str, Proposal] = {}
    for text, steps, confidence in _readings(value):
        if not text or text == value.strip() or not any(letter.isalpha() for letter in text):
            continue
        cased = proper(text)
        kind = "+".join([*steps, "name.case"] if cased != text else steps)
        found.setdefault(cased, Proposal(kind, {column: cased}, confidence))
    return _witnessed(list(found.values()), column, email)


def improvements(value: str, column: str) -> list[Proposal]:
    """A name without needless spaces and invisible characters, in upper and lower case."""
    text = re.sub(r"\s+", " ", _INVISIBLE.sub("", value)).strip()
    steps = ["name.spaces"] if text != value.strip() else []
    cased = proper(text)
    if cased != text:
        steps.append("name.case")
    return [Proposal("+".join(steps), {column: cased}, Confidence.HIGH)] if steps and cased else []


def _readings(value: str) -> Iterator[tuple[str, list[str], Confidence]]:
    """The texts that `value` may stand for, each with the steps that led there."""
    for text, steps, sure in _without_controls(value):
        shorter, more = _shortened(text)
        for name, last, surer in _without_digits(shorter):
            yield re.sub(r"\s+", " ", name).strip(), [*steps, *more, *last], min(sure, surer)


def _without_controls(value: str) -> Iterator[tuple[str, list[str], Confidence]]:
    text = _INVISIBLE.sub("", value).strip()
    if not _CONTROL.search(text):
        yield text, [], Confidence.HIGH
        return
    joined, spaced = _CONTROL.sub("", text), _CONTROL.sub(" ", text)
    behind = [part.strip() for part in _CONTROL.split(text)[1:]]
    if not all(control in "\t\n\r\x0b\x0c" for control in "".join(_CONTROL.findall(text))):
        yield joined, ["name.control"], Confidence.HIGH
    elif re.search(r" [\t\n\r]|[\t\n\r] ", text) or (
        all(_starts_a_name(part) for part in behind) and not text.isupper()
    ):
        yield spaced, ["name.control_to_space"], Confidence.HIGH
    else:
        goes_on = (
            all(part[:1].islower() and not is_particle(part.split()[0]) for part in behind)
            and text[0].isupper()
        )
        yield joined, ["name.control"], Confidence.HIGH if goes_on else Confidence.MEDIUM
        yield spaced, ["name.control_to_space"], Confidence.LOW if goes_on else Confidence.MEDIUM


def _starts_a_name(part: str) -> bool:
    return part[:1].isupper() and part[1:2].islower()


def _shortened(text: str) -> tuple[str, list[str]]:
    """What is left of a text that is too long to be a name."""
    if len(text) <= _LONGEST_NAME:
        return text, []
    bare = _REMARK.sub("", text)
    if bare != text:
        return bare, ["name.remark"]
    once = _once(text)
    return (once, ["name.repeated"]) if once != text else (text, [])


def _once(text: str) -> str:
    """One of the repetitions that `text` is made of; a letter held down is one letter again."""
    words = text.split()
    for length in range(1, min(5, len(words) // 3 + 1)):
        if all(words[place] == words[place % length] for place in range(len(words) - 1)):
            return " ".join(words[:length])
    return re.sub(r"(\w)\1{9,}$", r"\1", text)


def _without_digits(text: str) -> Iterator[tuple[str, list[str], Confidence]]:
    if not re.search(r"[0-9]", text):
        yield text, [], Confidence.HIGH
        return
    bare = _NUMBER_BEHIND.sub("", text).strip()
    if bare and not re.search(r"[0-9]", bare):
        in_doubt = re.search(r"[^\W\d_][013458]$", text) and _is_latin(text)
        yield bare, ["name.number"], Confidence.MEDIUM if in_doubt or len(bare) < 3 else Confidence.HIGH
    if re.search(r"\d{2,}\W*$|\s\d|[(_#]", text) or sum(letter.isdigit() for letter in text) > 3:
        return
    if not _is_latin(text):
        return
    spelt = list(product(*(_letters_for(text, place) for place in range(len(text)))))
    only_one = len(spelt) == 1 and not re.search(r"\d$", text)
    for name in map("".join, spelt[:4]):
        if not re.search("[0-9]", name):
            yield name, ["name.letters"], Confidence.HIGH if only_one else Confidence.MEDIUM


def _is_latin(text: str) -> bool:
    return not any(
        letter.isalpha() and not (letter < "\u0250" or "\u1e00" <= letter < "\u1f00") for letter in text
    )


def _letters_for(text: str, place: int) -> Sequence[str]:
    """What the sign at `place` may have been: letters for a digit, in the case of its neighbours."""
    letter = text[place]
    if letter not in _MEANT:
        return (letter,)
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    starts = not before.isalpha() and not before.isdigit()
    upper = starts or (before.isupper() and (after.isupper() or not after.isalpha()) and len(text) > 2)
    meant = _MEANT[letter]
    return tuple(each.upper() for each in reversed(meant)) if upper else meant


def _witnessed(found: list[Proposal], column: str, email: str | None) -> list[Proposal]:
    """With the one name first and sure that also stands in the email address, where there is exactly one."""
    local = re.sub(r"[\W\d_]", "", plain((email or "").partition("@")[0]))
    names = {id(each): re.sub(r"[\W\d_]", "", plain(each.changes[column] or "")) for each in found}
    seen = [each for each in found if len(names[id(each)]) > 2 and names[id(each)] in local]
    longest = max((len(names[id(each)]) for each in seen), default=0)
    seen = [each for each in seen if len(names[id(each)]) == longest]
    if len(found) < 2 or len(seen) != 1:
        return found
    rest = [Proposal(each.kind, each.changes, Confidence.LOW) for each in found if each is not seen[0]]
    return [Proposal(seen[0].kind, seen[0].changes, Confidence.HIGH), *rest]

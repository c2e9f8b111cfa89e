"""Fixes for a phone number: only the signs that a number has, and E.164 where the country can be told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.suggestions.model import Confidence, Proposal
from divegov_gui.services.suggestions.placeholders import points_elsewhere, says_nothing

_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})
_SEVERAL = re.compile(r"\s*(?:[;,|]|\s(?:or|oder|ou|and|und|et|lub)\s|\s/\s|\s//\s)\s*", re.I)
_LABEL = re.compile(
    r"^\s*(?:tele(?:phone|fon|fono)?|phone|tel|mob(?:ile|il)?|handy|cell|cel|gsm|m|t|ph|fon|whatsapp|private|work)"
    r"\s*(?:no|nr|number)?\s*[.:]+\s*|^\s*(?:tel|mobile|phone)\s+",
    re.I,
)
_REMARK = re.compile(r"\s*(?:\((?=[^)]*[A-Za-z]{2})[^)]*\)|\s[-–]\s*[A-Za-z].*|\s[a-z][A-Za-z ]*)$")
_EXTENSION = re.compile(
    r"\s*(?:[,;]\s*)?(?:ext(?:ension)?|extn|x|durchwahl|dw|app|poste|int|wew|#)\.?:?\s*(\d{1,6})$", re.I
)
_KEYPAD = re.compile(r"[\d+][\d\s().-]*-?[A-Z]{2,}[A-Z\d\s-]*")
_ANYBODYS = "ac ai cc co eu fm gg io ly me sh st to tv ws"
"""Top labels that two letters make look like a country's, and that anybody uses."""

_COUNTRY_OF = {"uk": "GB", "su": "RU"}
"""Top labels that are not their country's code."""


def repairs(value: str, regions: Sequence[str] = ()) -> list[Proposal]:
    """Numbers that `value` may have been meant as, the likeliest first.

    `regions` are countries (ISO 3166) that a number without a country's prefix may belong to. A text that is
    no number at all may be taken away, since a phone is optional.
    """
    if not re.search(r"\d", value):
        sure = Confidence.LOW if points_elsewhere(value) else Confidence.MEDIUM
        sure = Confidence.HIGH if says_nothing(value) else sure
        return [Proposal("phone.empty", {"Phone": None}, sure)]
    parts = [part for part in _SEVERAL.split(value) if sum(letter.isdigit() for letter in part) >= 7]
    several = len(parts) > 1
    found: dict[str, Proposal] = {}
    for part in parts if several else [value]:
        for number, steps, confidence in _numbers(part):
            taken = ["phone.one_of_several", *steps] if several else steps
            sure = Confidence.MEDIUM if several else confidence
            for each in _written(number, taken, sure, regions):
                found.setdefault(each.changes["Phone"] or "", each)
    return [each for text, each in found.items() if text != value.strip()]


def improvements(value: str, regions: Sequence[str] = ()) -> list[Proposal]:
    """A usable number as an international one, where its country can be told."""
    plain = re.sub(r"[\s().-]", "", value)
    found = [each for each in _written(plain, [], Confidence.HIGH, regions) if "phone.e164" in each.kind]
    return [each for each in found if each.changes["Phone"] != plain]


def known_regions(regions: Sequence[str]) -> tuple[str, ...]:
    """Countries as ISO 3166 writes them. Raises InputRefused for one that has no telephone numbers."""
    import phonenumbers

    found = tuple(region.strip().upper() for region in regions)
    for region in found:
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise InputRefused(
                f"There is no country {region}.",
                "Countries of phone numbers are told by two letters (ISO 3166).",
                "Write it as PL, DE or US, say.",
            )
    return found


def region_of(email: str | None) -> str | None:
    """The country that an email address hints at by its top label; None where it hints at none."""
    top = (email or "").strip().lower().rpartition(".")[2]
    is_country = re.fullmatch("[a-z]{2}", top) and top not in _ANYBODYS.split()
    return _COUNTRY_OF.get(top, top.upper()) if is_country else None


def _numbers(text: str) -> Iterator[tuple[str, list[str], Confidence]]:
    """`text` as the signs of a number, the steps that led there, and how sure they are."""
    steps: list[str] = []
    plain = unicodedata.normalize("NFKC", text).strip()
    bare = _LABEL.sub("", plain).strip()
    extension = _EXTENSION.search(bare)
    tail = f"x{extension[1]}" if extension else ""
    head = bare[: extension.start()] if extension else _REMARK.sub("", bare)
    if bare != plain or (not extension and head != bare):
        steps.append("phone.label")
    keypad = _KEYPAD.fullmatch(head)
    if keypad:
        import phonenumbers

        head = phonenumbers.convert_alpha_characters_in_number(head)
        steps.append("phone.keypad")
    elif re.search(r"(?<=\d)[\s().-]?[OolI|SB]|[OolI|SB](?=\d)", head):
        head = head.translate(_LETTERS)
        steps.append("phone.letters")
    if re.search("[A-Za-z]", head):
        return
    signed = _signs_only(head)
    if signed != re.sub(r"[\s().-]", "", head):
        steps.append("phone.signs")
    if extension and extension[0].strip() != tail:
        steps.append("phone.extension")
    yield signed + tail, steps, Confidence.MEDIUM if keypad else Confidence.HIGH


def _signs_only(head: str) -> str:
    """Digits, with a + before them where one stood there or two noughts meant one."""
    digits = re.sub(r"\D", "", head.replace("(0)", "") if head.lstrip().startswith(("+", "00")) else head)
    if re.match(r"\s*\(?\+", head):
        return "+" + digits
    return digits


def _written(
    number: str, steps: list[str], confidence: Confidence, regions: Sequence[str]
) -> Iterator[Proposal]:
    """The number as E.164 where that can be told, for each country; else as it is."""
    written = False
    for region in dict.fromkeys([None] if number.startswith("+") else ["00", *regions]):
        for text, country in _international(number, region):
            written = True
            sure = confidence if region is None or len(regions) < 2 else Confidence.MEDIUM
            yield Proposal("+".join([*steps, f"phone.e164.{country}"]), {"Phone": text}, sure)
    if not written and steps:
        yield Proposal("+".join(steps), {"Phone": number}, confidence)


def _international(number: str, region: str | None) -> Iterator[tuple[str, str]]:
    """`number` in E.164 and its country, where it is a valid number there."""
    import phonenumbers

    head, _, tail = number.partition("x")
    if region == "00":
        if not head.startswith("00"):
            return
        head, region = "+" + head[2:], None
    try:
        parsed = phonenumbers.parse(head, region)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(parsed):
        text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        country = phonenumbers.region_code_for_number(parsed) or "001"
        yield text + ("x" + tail if tail else ""), country

"""How each kind of defect is made: as people really type it, and so that it breaks no other rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from divegov_gui.services.generation.certifications import AMATEUR, PROFESSIONAL
from divegov_gui.services.generation.randomness import Dice

_YOUNGSTERS = ("Discover Scuba Diver", "Junior Open Water Diver", "Scuba Diver")
_PROFESSIONALS = tuple(level.name for level in PROFESSIONAL)
_BLANKS: tuple[str | None, ...] = (None, None, "", "", " ", "   ")

_MISSPELT = (
    "Opne Water Diver",
    "Open Watr Diver",
    "OpenWater",
    "Open Water Divr",
    "Advanced Openwater Diver",
    "Advnaced Open Water Diver",
    "Advanced",
    "Resuce Diver",
    "Rescue-Diver",
    "Dive Mastre",
    "Divemster",
    "Enriched Air Nitrx",
    "Master Scuba Dvier",
    "Discover Scuba Divng",
)
_OF_NO_LIST = (
    "PADI 4711",
    "Adv. OW",
    "CMAS **",
    "P1 / 12m",
    "Level 2",
    "Bronze",
    "Sports Diver",
    "Snorkeller",
    "Brevet Nr. 20311",
    "see card",
    "N/A",
    "yes",
    "???",
)
_NO_PHONES = (
    "n/a",
    "none",
    "unknown",
    "ask at reception",
    "same as last year",
    "no phone",
    "via WhatsApp only",
    "?",
)
_NO_DATES = ("unknown", "n/a", "tba", "in the eighties", "0000-00-00", "1900-00-00", "?", "1978")
_LEET = {
    "o": "0",
    "O": "0",
    "i": "1",
    "l": "1",
    "I": "1",
    "e": "3",
    "E": "3",
    "s": "5",
    "S": "5",
    "a": "4",
    "A": "4",
}
_CONTROLS = ("\t", "\t", "\u0007", "\n", "\r\n", "\u001b")
_REMARK = (
    "prefers to be called by the second name, see the remarks that the front desk wrote in the register",
    "booked together with the family, please put all of them on one boat and send the papers to the hotel",
    "wrong spelling on the old card, the new card is on its way, the club will bring it along on Sunday",
)


@dataclass
class Draft:
    """One record while it is spoilt: its text columns, named and ordered as in core.records.FIELDS."""

    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    date_of_birth: str | None
    certification: str | None
    source_reference: str | None


def spoil(draft: Draft, code: str, slots: frozenset[str], reference_year: int, throws: Dice) -> None:
    """Put a defect of the kind `code` into the fields `slots` of `draft`.

    DUPLICATE_* and PAYLOAD_INVALID need more than the record itself and are made where blocks are.
    """
    if code in _IN_A_NAME:
        (name,) = slots
        setattr(draft, name, _IN_A_NAME[code](getattr(draft, name) or "Sam", throws))
    else:
        _IN_A_RECORD[code](draft, reference_year, throws)


# Names ----------------------------------------------------------------------------------------------------


def _without_name(_: str, throws: Dice) -> str | None:
    return throws.pick(_BLANKS)


def _strange_characters(name: str, throws: Dice) -> str | None:
    name = name.strip()
    variety = throws.below(6)
    places = [place for place, letter in enumerate(name) if letter in _LEET]
    if variety < 3 and places:
        place = throws.pick(places)
        return name[:place] + _LEET[name[place]] + name[place + 1 :]
    if variety < 4:
        return f"{name}{throws.pick(('2', '1', ' 2', ' (2)', '007', '_1'))}"
    inside = 1 + throws.below(max(1, len(name) - 1))
    return f"{name[:inside]}{throws.pick(_CONTROLS)}{name[inside:] or name}"


def _long_name(name: str, throws: Dice) -> str | None:
    name = name.strip()
    length = 101 + throws.below(200)
    variety = throws.below(3)
    if variety == 0:
        return (name + name[-1] * 300)[:length]
    if variety == 1:
        return (f"{name} " * 300)[:length].rstrip().ljust(101, name[-1])
    return f"{name} ({throws.pick(_REMARK)})"


# Email ----------------------------------------------------------------------------------------------------


def _without_email(draft: Draft, _: int, throws: Dice) -> None:
    draft.email = throws.pick(_BLANKS)


def _mistyped_email(draft: Draft, _: int, throws: Dice) -> None:
    local, _at, host = (draft.email or "sam@example.com").strip().lower().partition("@")
    draft.email = throws.pick(_EMAIL_SLIPS)(local, host)


def _inside(local: str, slip: str) -> str:
    middle = len(local) // 2
    while not (local[middle - 1].isalnum() and local[middle].isalnum()):
        middle -= 1
        if middle == 0:
            return f"{local[:1]}{slip}{local[1:]}"
    return f"{local[:middle]}{slip}{local[middle:]}"


_EMAIL_SLIPS: tuple[Callable[[str, str], str], ...] = (
    lambda local, host: f"{local}{host}",
    lambda local, host: f"{local}_at_{host}",
    lambda local, host: f"{local} at {host}",
    lambda local, host: f"{local}(at){host}",
    lambda local, host: f"{local}@@{host}",
    lambda local, host: f"{local}@{host.split('.')[0]}",
    lambda local, _: f"{local}@gmail",
    lambda local, _: f"{local}@hotmail,com",
    lambda local, host: f"{local}@{host.replace('.', ',')}",
    lambda local, host: f"{local}@{host.split('.')[0]}..example",
    lambda local, host: f"{local}@{host}.",
    lambda local, host: f"{local}@.{host}",
    lambda local, host: f"{local}@{host.split('.')[0]}.123",
    lambda local, host: f"{local}@{host.split('.')[0]}.e",
    lambda local, host: f"{local}@{host.split('.')[0]}-.example",
    lambda local, host: f"{local}@my_{host}",
    lambda local, host: f"{local}@ {host}",
    lambda local, _: f"{local}@",
    lambda local, host: f"{local}.@{host}",
    lambda local, host: f".{local}@{host}",
    lambda local, host: f"{_inside(local, '..')}@{host}",
    lambda local, host: f"{_inside(local, ' ')}@{host}",
    lambda local, host: f"{_inside(local, 'é')}@{host}",
    lambda local, host: f"{_inside(local, '@')}@{host}",
    lambda local, host: f"{local}@{host}; {local}@gmail.example",
    lambda local, host: f"mailto:{local}@{host}",
    lambda local, host: f"<{local}@{host}>",
    lambda local, host: f"{local}.{'x' * 65}@{host}",
)


# Date of birth --------------------------------------------------------------------------------------------


def _without_birthday(draft: Draft, _: int, throws: Dice) -> None:
    draft.date_of_birth = throws.pick(_BLANKS)


def _mistyped_birthday(draft: Draft, _: int, throws: Dice) -> None:
    year, month, day = (draft.date_of_birth or "1984-07-21").split("-")
    if throws.below(12) == 0:
        draft.date_of_birth = throws.pick(_NO_DATES)
    else:
        draft.date_of_birth = throws.pick(_DATE_SLIPS)(year, month, day)


def _month_name(month: str) -> str:
    return "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * int(month) - 3 :][:3]


_DATE_SLIPS: tuple[Callable[[str, str, str], str], ...] = (
    lambda year, month, day: f"{day}/{month}/{year}",
    lambda year, month, day: f"{month}/{day}/{year}",
    lambda year, month, day: f"{day}.{month}.{year}",
    lambda year, month, day: f"{int(day)}.{int(month)}.{year[2:]}",
    lambda year, month, day: f"{day}-{month}-{year}",
    lambda year, month, day: f"{year}/{month}/{day}",
    lambda year, month, day: f"{year}.{month}.{day}",
    lambda year, month, day: f"{year}{month}{day}",
    lambda year, month, day: f"{_month_name(month)} {int(day)} {year}",
    lambda year, month, day: f"{int(day)} {_month_name(month)} {year}",
    lambda year, month, day: f"{year}-{month}-{day}T00:00:00",
    lambda year, month, day: f"{year}-{month}-{day} 00:00",
    lambda year, month, _: f"{year}-{month}",
    lambda year, _, day: f"{year}-2-{int(day)}",
    lambda year, month, day: f"{year[2:]}-{month}-{day}",
    lambda year, *_: f"{year}-02-30",
    lambda year, *_: f"{year}-02-31",
    lambda year, *_: f"{year[:3]}{'1' if year[3] in '02468' else '3'}-02-29",
    lambda year, *_: f"{year}-04-31",
    lambda year, _, day: f"{year}-13-{day}",
    lambda year, _, day: f"{year}-00-{day}",
    lambda year, month, _: f"{year}-{month}-00",
    lambda year, month, _: f"{year}-{month}-32",
    lambda year, month, day: str(
        date(int(year), int(month), int(day)).toordinal() - 693_594
    ),  # a spreadsheet's
)


def _day_in(earliest: int, latest: int, throws: Dice) -> str:
    year = earliest + throws.below(latest - earliest + 1)
    return date(year, 1 + throws.below(12), 1 + throws.below(28)).isoformat()


def _born_in_future(draft: Draft, reference_year: int, throws: Dice) -> None:
    draft.date_of_birth = _day_in(reference_year + 2, reference_year + 40, throws)


def _too_young(draft: Draft, reference_year: int, throws: Dice) -> None:
    draft.date_of_birth = _day_in(reference_year - 7, reference_year - 2, throws)
    held = (draft.certification or "").strip().lower()
    if held in {level.name.lower() for level in (*AMATEUR, *PROFESSIONAL)}:
        draft.certification = throws.pick(_YOUNGSTERS)


def _too_old(draft: Draft, reference_year: int, throws: Dice) -> None:
    draft.date_of_birth = _day_in(1880, reference_year - 113, throws)


# The rest -------------------------------------------------------------------------------------------------


def _unusable_phone(draft: Draft, _: int, throws: Dice) -> None:
    phone = (draft.phone or "").strip() or "06 39 98 12 34"
    digits = "".join(character for character in phone if character.isdigit())
    broken = (
        throws.pick(_NO_PHONES),
        digits[: 3 + throws.below(4)],
        digits[:1] + " " + digits[1:5],
        f"+{digits[:9]}{digits[::-1][:9]}",
        f"{digits[:7]}/{digits[7:] or '00'}",
        f"{phone.split('x')[0].strip()} ext. {10 + throws.below(90)}",
        f"{digits[:3]} {digits[3:6]}O{digits[7:]}",
        f"++{digits}",
        f"{digits}+",
        f"tel: {digits}",
        f"{digits[:8]} x1234567",
        f"555-CALL-{throws.pick(('DIVE', 'NOW', 'ME'))}",
        f"{digits[:10]} or {digits[:6]}{digits[:3]}",
    )
    draft.phone = throws.pick(broken)


def _unknown_certification(draft: Draft, _: int, throws: Dice) -> None:
    draft.certification = throws.pick(_MISSPELT if throws.below(3) else _OF_NO_LIST)


def _professional_child(draft: Draft, reference_year: int, throws: Dice) -> None:
    draft.date_of_birth = _day_in(reference_year - 16, reference_year - 12, throws)
    draft.certification = throws.pick(_PROFESSIONALS)


_IN_A_NAME: dict[str, Callable[[str, Dice], str | None]] = {
    "FIRST_NAME_MISSING": _without_name,
    "LAST_NAME_MISSING": _without_name,
    "NAME_CHARACTERS": _strange_characters,
    "FIELD_TOO_LONG": _long_name,
}
_IN_A_RECORD: dict[str, Callable[[Draft, int, Dice], None]] = {
    "EMAIL_MISSING": _without_email,
    "EMAIL_FORMAT": _mistyped_email,
    "DOB_MISSING": _without_birthday,
    "DOB_FORMAT": _mistyped_birthday,
    "DOB_FUTURE": _born_in_future,
    "AGE_BELOW_MINIMUM": _too_young,
    "AGE_ABOVE_MAXIMUM": _too_old,
    "PHONE_FORMAT": _unusable_phone,
    "CERTIFICATION_UNKNOWN": _unknown_certification,
    "CERTIFICATION_UNDERAGE": _professional_child,
}

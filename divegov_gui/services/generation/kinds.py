"""The kinds of defect that can be made: what a person calls them, and where in a record they sit."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = "first_name", "last_name"

PAYLOAD_INVALID = "PAYLOAD_INVALID"
DUPLICATE_IN_BATCH = "DUPLICATE_IN_BATCH"
DUPLICATE_OF_DIVER = "DUPLICATE_OF_DIVER"

SLOTS = (*NAMES, "email", "phone", "date_of_birth", "certification")


@dataclass(frozen=True)
class DefectKind:
    """A kind of defect: the rule's `code`, a `label` for a person, and the `field` it sits in, in words.

    `slots` are the ways it can sit: each is a set of fields that no other defect of the row may touch.
    `also` are the rules that a record breaks with it, for want of anything to read.
    """

    code: str
    label: str
    field: str
    slots: tuple[frozenset[str], ...]
    also: tuple[str, ...] = ()


def _in(*fields: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset({field}) for field in fields)


DEFECTS: tuple[DefectKind, ...] = (
    DefectKind("FIRST_NAME_MISSING", "First name missing", "First name", _in("first_name")),
    DefectKind("LAST_NAME_MISSING", "Last name missing", "Last name", _in("last_name")),
    DefectKind("EMAIL_MISSING", "Email missing", "Email", _in("email")),
    DefectKind("EMAIL_FORMAT", "Email mistyped", "Email", _in("email")),
    DefectKind("DOB_MISSING", "Date of birth missing", "Date of birth", _in("date_of_birth")),
    DefectKind("DOB_FORMAT", "Date of birth in another format", "Date of birth", _in("date_of_birth")),
    DefectKind("DOB_FUTURE", "Born in the future", "Date of birth", _in("date_of_birth")),
    DefectKind("AGE_BELOW_MINIMUM", "Too young to dive", "Date of birth", _in("date_of_birth")),
    DefectKind("AGE_ABOVE_MAXIMUM", "Too old to be true", "Date of birth", _in("date_of_birth")),
    DefectKind("PHONE_FORMAT", "Phone number unusable", "Phone", _in("phone")),
    DefectKind("CERTIFICATION_UNKNOWN", "Certification unknown", "Certification", _in("certification")),
    DefectKind(
        "CERTIFICATION_UNDERAGE",
        "Professional under age",
        "Certification and date of birth",
        (frozenset({"certification", "date_of_birth"}),),
    ),
    DefectKind(
        "NAME_CHARACTERS", "Digits or control characters in a name", "First or last name", _in(*NAMES)
    ),
    DefectKind("FIELD_TOO_LONG", "Name too long", "First or last name", _in(*NAMES)),
    DefectKind(
        PAYLOAD_INVALID,
        "Record damaged",
        "Whole record",
        (frozenset(SLOTS),),
        also=("FIRST_NAME_MISSING", "LAST_NAME_MISSING", "EMAIL_MISSING", "DOB_MISSING"),
    ),
    DefectKind(DUPLICATE_IN_BATCH, "Email used by a later record", "Email", _in("email")),
    DefectKind(DUPLICATE_OF_DIVER, "Email of a diver on the platform", "Email", _in("email")),
)
"""Every rule that a record can be made to break, in the order of the rule catalogue."""

DEFAULT_DEFECTS: tuple[str, ...] = tuple(kind.code for kind in DEFECTS if kind.code != DUPLICATE_OF_DIVER)
"""The kinds that need nothing but the data set itself."""

BY_CODE = {kind.code: kind for kind in DEFECTS}
ORDER = {kind.code: place for place, kind in enumerate(DEFECTS)}

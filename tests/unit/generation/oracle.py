"""An independent judge of one record against the rules of the design, for the tests of the generator only."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date

from divegov_gui.core.records import RawRecord

ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATEXT}(\.{ATEXT})*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
PHONE = re.compile(r"\+?[0-9]{7,15}(x[0-9]{1,6})?")
LIMITS = {
    "first_name": 100,
    "last_name": 100,
    "email": 254,
    "phone": 40,
    "certification": 60,
    "source_reference": 100,
}
PROFESSIONAL = {
    "divemaster",
    "assistant instructor",
    "open water scuba instructor",
    "master instructor",
    "course director",
}
KNOWN = PROFESSIONAL | {
    "discover scuba diver",
    "scuba diver",
    "junior open water diver",
    "open water diver",
    "advanced open water diver",
    "rescue diver",
    "master scuba diver",
    "enriched air diver",
    "deep diver",
    "wreck diver",
    "cave diver",
    "technical diver",
    "freediver",
}


def normal_email(email: str | None) -> str:
    return (email or "").strip(" ").lower()


def is_email(email: str) -> bool:
    local, at, domain = email.partition("@")
    labels = domain.split(".")
    return (
        at == "@"
        and len(email) <= 254
        and len(local) <= 64
        and LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(LABEL.fullmatch(label) for label in labels)
        and len(labels[-1]) >= 2
        and not labels[-1].isdigit()
    )


def calendar_date(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_object(payload: str) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False


def broken_rules(record: RawRecord, received: date) -> set[str]:
    """Every rule that `record` breaks by itself; duplicates are not a record's own affair."""
    values = {name: (getattr(record, name) or "").strip(" ") for name in LIMITS}
    broken = set() if is_object(record.payload) else {"PAYLOAD_INVALID"}
    for name in ("first_name", "last_name"):
        if not values[name]:
            broken.add(f"{name.upper()}_MISSING")
        if any(unicodedata.category(character) in ("Cc", "Nd") for character in values[name]):
            broken.add("NAME_CHARACTERS")
    if any(len(values[name]) > limit for name, limit in LIMITS.items()):
        broken.add("FIELD_TOO_LONG")
    if not values["email"]:
        broken.add("EMAIL_MISSING")
    elif not is_email(normal_email(record.email)):
        broken.add("EMAIL_FORMAT")
    if values["phone"] and not PHONE.fullmatch(re.sub(r"[ .()-]", "", values["phone"])):
        broken.add("PHONE_FORMAT")
    certification = values["certification"].lower()
    if certification and certification not in KNOWN:
        broken.add("CERTIFICATION_UNKNOWN")
    return broken | _broken_by_birth((record.date_of_birth or "").strip(" "), certification, received)


def _broken_by_birth(text: str, certification: str, received: date) -> set[str]:
    if not text:
        return {"DOB_MISSING"}
    born = calendar_date(text)
    if born is None:
        return {"DOB_FORMAT"}
    if born > received:
        return {"DOB_FUTURE"}
    age = received.year - born.year - ((received.month, received.day) < (born.month, born.day))
    broken = set()
    if age < 10:
        broken.add("AGE_BELOW_MINIMUM")
    if age > 110:
        broken.add("AGE_ABOVE_MAXIMUM")
    if age < 18 and certification in PROFESSIONAL:
        broken.add("CERTIFICATION_UNDERAGE")
    return broken

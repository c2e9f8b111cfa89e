"""The rules by example: what is in a record, and exactly which checks it fails. One table for every database.

Each case says what differs from a valid person, the exact set of (rule, column) that it is to be rejected for, and the
day on which it is received. An empty set means that it is promoted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from people import person

Checks = frozenset[tuple[str, str]]
DAY = "2026-03-01"

NBSP, ZERO_WIDTH, IDEOGRAPHIC, BOM, NEXT_LINE = "\u00a0", "\u200b", "\u3000", "\ufeff", "\u0085"
BLANKS = {
    "tab": "\t",
    "newline": "\n",
    "carriage return": "\r\n",
    "no-break space": NBSP,
    "zero-width space": ZERO_WIDTH,
    "ideographic space": IDEOGRAPHIC,
    "byte-order mark": BOM,
    "next line": NEXT_LINE,
    "figure space": "\u2007",
    "narrow no-break space": "\u202f",
    "line separator": "\u2028",
    "ogham space": "\u1680",
    "several kinds": f" \t{NBSP}{ZERO_WIDTH}{IDEOGRAPHIC} ",
}

FIRST_MISSING = ("FIRST_NAME_MISSING", "First_Name")
LAST_MISSING = ("LAST_NAME_MISSING", "Last_Name")
EMAIL_MISSING = ("EMAIL_MISSING", "Email")
EMAIL_FORMAT = ("EMAIL_FORMAT", "Email")
DOB_MISSING = ("DOB_MISSING", "Date_Of_Birth")
DOB_FORMAT = ("DOB_FORMAT", "Date_Of_Birth")
DOB_FUTURE = ("DOB_FUTURE", "Date_Of_Birth")
TOO_YOUNG = ("AGE_BELOW_MINIMUM", "Date_Of_Birth")
TOO_OLD = ("AGE_ABOVE_MAXIMUM", "Date_Of_Birth")
PHONE_FORMAT = ("PHONE_FORMAT", "Phone")
UNKNOWN_LEVEL = ("CERTIFICATION_UNKNOWN", "Certification")
UNDERAGE = ("CERTIFICATION_UNDERAGE", "Certification")
ODD_FIRST = ("NAME_CHARACTERS", "First_Name")
ODD_LAST = ("NAME_CHARACTERS", "Last_Name")
DAMAGED = ("PAYLOAD_INVALID", "Payload")


def too_long(column: str) -> tuple[str, str]:
    return ("FIELD_TOO_LONG", column)


@dataclass(frozen=True)
class Case:
    """One record and its verdict. `stored`: values of the diver that it becomes, where they matter."""

    title: str
    values: dict[str, str | None]
    fails: Checks
    received_on: str = DAY
    stored: dict[str, str | None] = field(default_factory=dict)


CASES: list[Case] = []
_titles: set[str] = set()


def case(
    title: str,
    *fails: tuple[str, str],
    received_on: str = DAY,
    stored: dict[str, str | None] | None = None,
    **values: str | None,
) -> None:
    assert title not in _titles, title
    _titles.add(title)
    values.setdefault("email", f"case{len(CASES)}@corpus.example")
    # What the record says of itself, so that no two payloads are the same.
    values.setdefault("payload", json.dumps({"case": title}, ensure_ascii=False))
    CASES.append(Case(title, person(**values), frozenset(fails), received_on, stored or {}))


# Names --------------------------------------------------------------------------------------------------------

case("a plain person")
for blank in (None, "", " ", "\t\n", NBSP, ZERO_WIDTH + IDEOGRAPHIC):
    case(f"no first name: {blank!r}", FIRST_MISSING, first_name=blank)
    case(f"no last name: {blank!r}", LAST_MISSING, last_name=blank)
for name in (
    "O'Brien",
    "Jean-Luc",
    "Ðorđe",
    "李",
    "محمد",
    "Ἀριστοτέλης",
    "d’Artagnan",
    "J. R.",
    "Anne\u00a0Marie",
    "½",
):
    case(f"the first name {name!r}", first_name=name, stored={"First_Name": name})
for digit in "0123456789":
    case(f"a {digit} in the first name", ODD_FIRST, first_name=f"R{digit}D")
for title, name in {
    "a digit at the start": "4da",
    "a digit at the end": "Ada2",
    "nothing but a digit": "7",
    "a tab inside": "A\tda",
    "a newline inside": "A\nda",
    "the first control character": "A\u0001da",
    "the last control character": "A\u001fda",
    "an escape at the start": "\u001bAda",
    "a unit separator at the end": "Ada\u001f",
    "a delete": "A\u007fda",
    "the first C1 control": "A\u0080da",
    "a next line inside": "A\u0085da",
    "the last C1 control": "A\u009fda",
}.items():
    case(f"first name: {title}", ODD_FIRST, first_name=name)
    case(f"last name: {title}", ODD_LAST, last_name=name)
case("both names are odd", ODD_FIRST, ODD_LAST, first_name="Ad4", last_name="L0velace")
for title, blank in BLANKS.items():
    case(f"first name: {title} around", first_name=f"{blank}Ada{blank}", stored={"First_Name": "Ada"})
    case(f"last name: {title} around", last_name=f"{blank}Byron{blank}", stored={"Last_Name": "Byron"})
for letter in ("x", "é", "李", "🤿"):
    case(f"a first name of 100 {letter}", first_name=letter * 100)
    case(f"a first name of 101 {letter}", too_long("First_Name"), first_name=letter * 101)
    case(f"a last name of 100 {letter}", last_name=letter * 100)
    case(f"a last name of 101 {letter}", too_long("Last_Name"), last_name=letter * 101)
case("100 letters and blanks around them", first_name=" " * 50 + "x" * 100 + NBSP * 50)
case("a long name with a digit", too_long("First_Name"), ODD_FIRST, first_name="x" * 100 + "1")

# Email --------------------------------------------------------------------------------------------------------

for blank in (None, "", "  ", "\t", NBSP, ZERO_WIDTH, BOM):
    case(f"no email: {blank!r}", EMAIL_MISSING, email=blank)

ATEXT = "!#$%&'*+-/=?^_`{|}~"
_DOMAIN_189 = ".".join(("b" * 63, "c" * 63, "d" * 61))
for email in (
    "a@b.co",
    "1@2.cc",
    "first.last@mail.example.org",
    "a.b.c.d@e.f.g.hh",
    "l" * 64 + "@local64.example",
    "x@" + "m" * 63 + ".example",
    "x@label63." + "t" * 63,
    "a" * 64 + "@" + _DOMAIN_189,
    "x@two-letters.ee",
    "x@top.a1",
    "x@top.1a",
    "x@top.x-y",
    "x@punycode.xn--p1ai",
    "x@123.example",
    "x@1.2.3.example",
    "x@in-ner.hy--phens.example",
    "-@hyphen.example",
    "x-@hyphen.example",
    "-x@hyphen.example",
    f"{ATEXT}@all.specials.example",
    "a.!@b.example",
):
    case(f"the email {email}", email=email, stored={"Email": email})
for position, special in enumerate(ATEXT):
    case(f"the email {special}@…", email=f"{special}@special{position}.example")
for title, blank in BLANKS.items():
    address = f"{title.replace(' ', '-')}@blanks.example"
    case(f"email: {title} around", email=f"{blank}{address}{blank}", stored={"Email": address})
    case(f"email: {title} inside", EMAIL_FORMAT, email=f"in{blank}side@blanks.example")
case("an upper-case email", email="UPPER.Case@EXAMPLE.Org", stored={"Email": "upper.case@example.org"})
for email in (
    "@",
    "x@",
    "@example.org",
    "example.org",
    "x.example.org",
    "x@example",
    "x@y@example.org",
    "x@@example.org",
    "x@example.org@",
    "@x@example.org",
    ".x@example.org",
    "x.@example.org",
    "x..y@example.org",
    "..@example.org",
    "x@.example.org",
    "x@example.org.",
    "x@example..org",
    "x@.",
    "x@..",
    "x@example.e",
    "x@example.1",
    "x@example.123",
    "x@127.0.0.1",
    "x@[127.0.0.1]",
    "x@-example.org",
    "x@example-.org",
    "x@example.-org",
    "x@example.org-",
    "x@sub.-example.org",
    "x@sub-.example.org",
    "x@-",
    "x@-.org",
    "x@exam_ple.org",
    "x@exam+ple.org",
    "x@exam'ple.org",
    "x y@example.org",
    "x @example.org",
    "x@ example.org",
    "x@exam ple.org",
    '"x"@example.org',
    '"x y"@example.org',
    'x"y@example.org',
    "x(comment)@example.org",
    "Ada <ada@example.org>",
    "mailto:ada@example.org",
    "ada@example.org; bob@example.org",
    "ada@example.org,bob@example.org",
    "x\\@example.org",
    "x,y@example.org",
    "x:y@example.org",
    "x[y]@example.org",
    "é@example.org",
    "x@exämple.org",
    "x@example.örg",
    "x@例え.jp",
    "\u212aelvin@example.org",
    "x@\u212aelvin.example",
    "\u0130stanbul@example.org",
    "x@d\u0131ve.example",
    "x\uff20example.org",
    "x@example\uff0eorg",
    "x@example\u3002org",
    "x\u0001y@example.org",
    "x@exam\u0000ple.org".replace("\u0000", "\u0002"),
    "x\u007f@example.org",
    "\u200dx@example.org",
    "🤿@example.org",
    "l" * 65 + "@example.org",
    "x@" + "l" * 64 + ".example",
    "x@example." + "t" * 64,
    "none",
    "n/a",
):
    case(f"no email: {email!r}", EMAIL_FORMAT, email=email)
case("an email of 255", EMAIL_FORMAT, too_long("Email"), email="a" * 64 + "@" + _DOMAIN_189 + "d")
case("an email of 254 that is none", EMAIL_FORMAT, email="x" * 254)
case("an email of 255 that is none", EMAIL_FORMAT, too_long("Email"), email="x" * 255)
case("254 and blanks around them", email=f"{NBSP}{'e' * 64}@{_DOMAIN_189} ")

# Date of birth ------------------------------------------------------------------------------------------------

for blank in (None, "", "   ", NBSP, ZERO_WIDTH):
    case(f"no date of birth: {blank!r}", DOB_MISSING, date_of_birth=blank)
for date in ("1990-05-17", "2000-02-29", "1996-02-29", "1990-12-31", "1990-01-01"):
    case(f"born {date}", date_of_birth=date, stored={"Date_Of_Birth": date})
for title, blank in BLANKS.items():
    case(
        f"date of birth: {title} around",
        date_of_birth=f"{blank}1990-05-17{blank}",
        stored={"Date_Of_Birth": "1990-05-17"},
    )
for date in (
    "1900-02-29",
    "2001-02-29",
    "2001-02-30",
    "2001-02-31",
    "1990-04-31",
    "1990-01-32",
    "1990-01-00",
    "1990-00-01",
    "1990-13-01",
    "1990-12-99",
    "0000-01-01",
    "0000-00-00",
    "0000-02-29",
    "12345-01-01",
    "990-01-01",
    "90-01-01",
    "-1990-01-01",
    "+1990-01-01",
    "1990-1-1",
    "1990-01-1",
    "19900517",
    "1990/05/17",
    "1990.05.17",
    "17.05.1990",
    "05/17/1990",
    "17-05-1990",
    "1990-05-17T00:00:00",
    "1990-05-17T00:00:00Z",
    "1990-05-17 00:00",
    "1990-05-17Z",
    "1990-05-17+00:00",
    "1990-137",
    "1990-W20-4",
    "1990-05",
    "1990",
    "32994",
    "now",
    "2448028.5",
    "1990- 5-17",
    "1990 -05-17",
    "1990\u201005\u201017",
    "1990\u221205\u221217",
    "１９９０-０５-１７",
    "１990-05-17",
    "1990-05-1７",
    "١٩٩٠-٠٥-١٧",
    "199O-05-17",
    "17 May 1990",
    "unknown",
):
    case(f"no date: {date!r}", DOB_FORMAT, date_of_birth=date)
case("born in the year 1", TOO_OLD, date_of_birth="0001-01-01")
case("born on the last day of all", DOB_FUTURE, date_of_birth="9999-12-31")

# Age at the day of receipt ------------------------------------------------------------------------------------

PRO, AMATEUR = "Divemaster", "Rescue Diver"


def ages(received_on: str, *cases: tuple[str, str | None, tuple[tuple[str, str], ...]]) -> None:
    for date, level, fails in cases:
        title = f"received on {received_on}: born {date}" + (f", {level}" if level else "")
        case(title, *fails, received_on=received_on, date_of_birth=date, certification=level)


ages(
    "2026-03-01",
    ("2026-02-28", None, (TOO_YOUNG,)),
    ("2026-03-01", None, (TOO_YOUNG,)),
    ("2026-03-02", None, (DOB_FUTURE,)),
    ("2027-01-01", None, (DOB_FUTURE,)),
    ("2016-02-29", None, ()),
    ("2016-03-01", None, ()),
    ("2016-03-02", None, (TOO_YOUNG,)),
    ("1916-03-01", None, ()),
    ("1915-03-02", None, ()),
    ("1915-03-01", None, (TOO_OLD,)),
    ("1915-02-28", None, (TOO_OLD,)),
    ("2008-02-29", PRO, ()),
    ("2008-03-01", PRO, ()),
    ("2008-03-02", PRO, (UNDERAGE,)),
    ("2008-03-02", AMATEUR, ()),
    ("2016-03-02", PRO, (TOO_YOUNG, UNDERAGE)),
    ("2016-03-02", AMATEUR, (TOO_YOUNG,)),
    ("2026-03-02", PRO, (DOB_FUTURE,)),
    ("1915-03-01", PRO, (TOO_OLD,)),
)
ages(
    "2026-02-28",
    ("2016-02-28", None, ()),
    ("2016-02-29", None, (TOO_YOUNG,)),
    ("2008-02-28", PRO, ()),
    ("2008-02-29", PRO, (UNDERAGE,)),
    ("1915-02-28", None, (TOO_OLD,)),
    ("1915-03-01", None, ()),
    ("2026-03-01", None, (DOB_FUTURE,)),
)
ages(
    "2024-02-29",
    ("2024-02-29", None, (TOO_YOUNG,)),
    ("2024-03-01", None, (DOB_FUTURE,)),
    ("2014-02-28", None, ()),
    ("2014-03-01", None, (TOO_YOUNG,)),
    ("2006-02-28", PRO, ()),
    ("2006-03-01", PRO, (UNDERAGE,)),
    ("1913-02-28", None, (TOO_OLD,)),
    ("1913-03-01", None, ()),
    ("1912-02-29", None, (TOO_OLD,)),
)
ages(
    "2024-03-01",
    ("2014-03-01", None, ()),
    ("2014-03-02", None, (TOO_YOUNG,)),
    ("2006-03-01", PRO, ()),
    ("1912-02-29", None, (TOO_OLD,)),
)
ages(
    "2026-01-01",
    ("2015-12-31", None, ()),
    ("2016-01-01", None, ()),
    ("2016-01-02", None, (TOO_YOUNG,)),
    ("1915-01-01", None, (TOO_OLD,)),
    ("1915-01-02", None, ()),
)
ages(
    "2026-12-31",
    ("2016-12-31", None, ()),
    ("2017-01-01", None, (TOO_YOUNG,)),
    ("2027-01-01", None, (DOB_FUTURE,)),
    ("1915-12-31", None, (TOO_OLD,)),
    ("1916-01-01", None, ()),
)

# Phone --------------------------------------------------------------------------------------------------------

for blank in (None, "", "   ", NBSP, ZERO_WIDTH):
    case(f"no phone is fine: {blank!r}", phone=blank, stored={"Phone": None})
for phone, stored in {
    "1234567": "1234567",
    "123456789012345": "123456789012345",
    "+1234567": "+1234567",
    "+123456789012345": "+123456789012345",
    "1234567x1": "1234567x1",
    "1234567x123456": "1234567x123456",
    "+1234567x1": "+1234567x1",
    "+123456789012345x123456": "+123456789012345x123456",
    "123456789012345x123456": "123456789012345x123456",
    "+1 (555) 000-1111": "+15550001111",
    "(020) 123.4567": "0201234567",
    "555-000-1111 x 22": "5550001111x22",
    "001.555.000.1111": "0015550001111",
    "((555)) 000 11 11": "5550001111",
    " .-( 1234567 )-. ": "1234567",
    "1 2 3 4 5 6 7": "1234567",
    "+ 1234567": "+1234567",
    "0000000": "0000000",
}.items():
    case(f"the phone {phone}", phone=phone, stored={"Phone": stored})
for title, blank in BLANKS.items():
    case(f"phone: {title} around", phone=f"{blank}+49 30 1234567{blank}", stored={"Phone": "+49301234567"})
for phone in (
    "123456",
    "1234567890123456",
    "+123456",
    "+1234567890123456",
    "123456x1",
    "+123456x1",
    "1234567890123456x1",
    "+1234567890123456x1",
    "1234567x",
    "+1234567x",
    "1234567x1234567",
    "1234567X12",
    "1234567xx1",
    "1234567x1x2",
    "1234567x+1",
    "x1234567",
    "x",
    "+",
    "++1234567",
    "1+2345678",
    "1234567+",
    "12345678 ext 9",
    "1234567e1",
    "12345\t67",
    "1234567\t890",
    "1234567\n890",
    f"555{NBSP}0001111",
    "555\u20130001111",
    "555/0001111",
    "555,0001111",
    "555_0001111",
    "555000111O",
    "１２３４５６７",
    "١٢٣٤٥٦٧٨",
    "1234567²",
    "---",
    "()",
    ".",
    "n/a",
    "tel:1234567",
    "1-800-FLOWERS",
    "0x1234567",
):
    case(f"no phone: {phone!r}", PHONE_FORMAT, phone=phone)
case("a phone of 40 characters", phone="1 2 3 4 5 6 7" + "-" * 26 + "8")
case("a phone of 41 characters", too_long("Phone"), phone="1 2 3 4 5 6 7" + "-" * 27 + "8")
case("a long phone that is none", PHONE_FORMAT, too_long("Phone"), phone="call me " * 6)

# Certification ------------------------------------------------------------------------------------------------

LEVELS = {
    "Discover Scuba Diving": ("DSD", "Discover Scuba Diver"),
    "Scuba Diver": ("SD",),
    "Junior Open Water Diver": ("JOWD", "Junior OWD", "Junior Open Water"),
    "Open Water Diver": ("OWD", "Open Water"),
    "Advanced Open Water Diver": ("AOWD", "Advanced Open Water"),
    "Rescue Diver": ("RD",),
    "Master Scuba Diver": ("MSD",),
    "Enriched Air Diver": ("EAD", "Nitrox", "Nitrox Diver"),
    "Deep Diver": ("DEEP",),
    "Wreck Diver": ("WRECK",),
    "Cave Diver": ("CAVE",),
    "Technical Diver": ("TEC", "Tec Diver"),
    "Freediver": ("FREE", "Free Diver"),
    "Divemaster": ("DM", "Dive Master"),
    "Assistant Instructor": ("AI",),
    "Open Water Scuba Instructor": ("OWSI",),
    "Master Instructor": ("MI",),
    "Course Director": ("CD",),
}
"""Every level by its name, and by what else a source may call it."""

for level, spellings in LEVELS.items():
    for spelling in (level, *spellings):
        for written in dict.fromkeys((spelling, spelling.lower(), spelling.upper(), spelling.swapcase())):
            case(f"certified as {written!r}", certification=written, stored={"Certification": level})
for blank in (None, "", "  ", NBSP):
    case(f"no certification is fine: {blank!r}", certification=blank, stored={"Certification": None})
for title, blank in BLANKS.items():
    case(
        f"certification: {title} around",
        certification=f"{blank}OWD{blank}",
        stored={"Certification": "Open Water Diver"},
    )
for level in (
    "Opne Water Diver",
    "Open  Water Diver",
    "Open\u00a0Water Diver",
    "OpenWaterDiver",
    "Open Water Diver.",
    "OWD2",
    "Advanced",
    "Instructor",
    "D\u0131vemaster",
    "D\u0130VEMASTER",
    "Wrec\u212a Diver",
    "ＯＷＤ",
    "none",
    "?",
    "4",
    "%",
    "_WD",
    "*",
):
    case(f"no level: {level!r}", UNKNOWN_LEVEL, certification=level)
case("a level of 60 letters", UNKNOWN_LEVEL, certification="x" * 60)
case("a level of 61 letters", UNKNOWN_LEVEL, too_long("Certification"), certification="x" * 61)
case(
    "an unknown level at 17 is no professional's",
    UNKNOWN_LEVEL,
    certification="Dive Mastre",
    date_of_birth="2009-01-01",
)
for spelling in ("Divemaster", "dm", "AI", "owsi", "Master Instructor", "CD"):
    case(f"{spelling} at 17", UNDERAGE, certification=spelling, date_of_birth="2009-01-01")
case("a professional without a date of birth", DOB_MISSING, certification=PRO, date_of_birth=None)
case("a professional with a broken date of birth", DOB_FORMAT, certification=PRO, date_of_birth="1.1.2009")

# Source reference, payload ------------------------------------------------------------------------------------

case("a reference of 100", source_reference="r" * 100, stored={"Source_Reference": "r" * 100})
case("a reference of 101", too_long("Source_Reference"), source_reference="r" * 101)
case("a blank reference", source_reference="  ", stored={"Source_Reference": None})
case("a reference with digits and signs", source_reference=" A-17/3 ", stored={"Source_Reference": "A-17/3"})

for payload in (
    "{}",
    '{"a":1}',
    ' \r\n\t{"a":1} \n',
    '{"a":{"b":[1,2,{"c":null}]}}',
    '{"a":"}"}',
    '{"":""}',
    '{"a":1,"a":2}',
    '{"a":"\\u0041 \\\\ \\" \\/"}',
    '{"a":"C:\\\\u0000"}',
    '{"a":"🤿 李"}',
):
    case(f"the payload {payload!r}", payload=payload)
for payload in (
    "",
    " ",
    "[]",
    '[{"a":1}]',
    "null",
    "true",
    "17",
    '"{}"',
    "{",
    "}",
    '{"a":1',
    '{"a":"b',
    '{"a":1}}',
    '{"a":1} {"b":2}',
    '{"a":1},',
    '{"a":1,}',
    '{"a"}',
    "{a:1}",
    "{'a':1}",
    '{"a":NaN}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":undefined}',
    '{"a":"\\x41"}',
    '{"a":"\\u00"}',
    '{"a":1 /* no comment */}',
    '{"a":"\\u0000"}',
    '{"a\\u0000b":1}',
    '{"a":"\\\\\\u0000"}',
    '\ufeff{"a":1}',
    '\u00a0{"a":1}',
    "first_name=Ada;last_name=Lovelace",
):
    case(f"the damaged payload {payload!r}", DAMAGED, payload=payload)

# Several at once ----------------------------------------------------------------------------------------------

case(
    "nothing at all",
    FIRST_MISSING,
    LAST_MISSING,
    EMAIL_MISSING,
    DOB_MISSING,
    DAMAGED,
    **dict.fromkeys(("first_name", "last_name", "email", "phone", "date_of_birth", "certification")),
    payload="not even JSON",
)
case(
    "all of it wrong",
    *(ODD_FIRST, ODD_LAST, EMAIL_FORMAT, PHONE_FORMAT, DOB_FORMAT, UNKNOWN_LEVEL, DAMAGED),
    *map(too_long, ("First_Name", "Last_Name", "Email", "Phone", "Certification", "Source_Reference")),
    first_name="1" * 101,
    last_name="\u0007" + "x" * 101,
    email="x" * 300,
    phone="0" * 41,
    date_of_birth="yesterday",
    certification="x" * 61,
    source_reference="x" * 101,
    payload="{",
)
case(
    "an underage professional with a bad phone and a digit",
    *(UNDERAGE, PHONE_FORMAT, ODD_LAST),
    certification="dm",
    date_of_birth="2010-01-01",
    phone="1",
    last_name="Lovelace 2",
)

"""Values as cells that no spreadsheet runs as a formula or takes for a number, and back, character for character.

In CSV a value that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises ("CSV
Injection"), and so do digits whose first noughts it would drop, and what begins with an apostrophe, so that the way
back is certain. In a workbook cells
are marked as text; there only what XML cannot hold is escaped, as Office Open XML does (ECMA-376, ST_Xstring).
"""

from __future__ import annotations

import re

_FORMULA = "=+-@\t\r\n＝＋－＠"
_WITH_NOUGHTS = re.compile("0[0-9]+")
_NOT_IN_XML = re.compile("[\u0000-\u0008\u000b-\u001f\ufffe\uffff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def to_csv(value: str | None) -> str:
    """A value as a cell of a CSV file."""
    if not value:
        return ""
    return f"'{value}" if _is_marked(value) else value


def from_csv(cell: str | None) -> str | None:
    """The value that `to_csv` has written; a cell that a person wrote is as it is."""
    if cell and cell[0] == "'" and len(cell) > 1 and _is_marked(cell[1:]):
        return cell[1:]
    return cell or None


def _is_marked(value: str) -> bool:
    """Whether a value gets an apostrophe before it."""
    return value[0] in _FORMULA or value[0] == "'" or _WITH_NOUGHTS.fullmatch(value) is not None


def to_xlsx(value: str | None) -> str:
    """A value as the text of a workbook's cell."""
    if not value:
        return ""
    kept = _ESCAPED.sub(lambda found: f"_x005F_{found[0][1:]}", value)
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", kept)


def from_xlsx(cell: str | None) -> str | None:
    """The value that `to_xlsx` has written."""
    if not cell:
        return None
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)

"""Which character parts the cells of a CSV file, judged by how evenly it parts the first records."""

from __future__ import annotations

import csv
import io
import re

from divegov_gui.core.errors import InputRefused

CANDIDATES = ("\t", "|", ";", ",")
"""The usual delimiters; of two that part the records equally well the earlier one wins, since commas stand
in texts more often than the others do."""

SAMPLE_RECORDS = 500
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SEP_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)


def sep_line(line: str) -> str | None:
    """The delimiter that Excel's own first line (``sep=;``) declares, if `line` is one."""
    match = _SEP_LINE.fullmatch(line)
    return match.group(1) if match else None


def given_delimiter(given: str) -> str:
    """The delimiter as a person names it: the character, or ``tab``, ``comma``, ``semicolon``, ``pipe``."""
    delimiter = _NAMED.get(given.lower(), given)
    if len(delimiter) != 1 or delimiter in '"\r\n\0 ':
        raise InputRefused(
            "This cannot be a delimiter.",
            "A delimiter is one character other than a quote, a space or a line break.",
            "Name one such as “;”, “,”, “|” or “tab”, or leave it to be found.",
        )
    return delimiter


def find_delimiter(sample: str, whole: bool) -> str:
    """The delimiter of the CSV text `sample`; a comma where the file has one column only.

    `whole` says that the sample is all there is, so that a quote still open at its end was never closed.
    """
    best, best_score = ",", (False, 0.0, 0)
    for candidate in CANDIDATES:
        score = _score(sample, candidate, whole)
        if score is not None and score > best_score:
            best, best_score = candidate, score
    return best


def _score(sample: str, delimiter: str, whole: bool) -> tuple[bool, float, int] | None:
    """How well it fits: sound quoting, then even records, then more columns. None: it parts nothing."""
    widths, sound = _widths(sample, delimiter, whole)
    if not widths or widths[0] < 2:
        return None
    header, rows = widths[0], widths[1:]
    even = sum(1.0 if width == header else 0.5 if 1 < width < header else 0.0 for width in rows)
    return sound, even / len(rows) if rows else 0.5, header


def _widths(sample: str, delimiter: str, whole: bool) -> tuple[list[int], bool]:
    """How many cells each of the first records has, and whether all quotes were sound."""
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True):
            if any(row):
                widths.append(len(row))
            if len(widths) > SAMPLE_RECORDS:
                return widths, True
    except csv.Error as error:
        return widths, not whole and "end of data" in str(error)
    if not whole and len(widths) > 1:
        widths.pop()  # the sample ends somewhere within it
    return widths, True

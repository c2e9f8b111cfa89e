"""The grid's columns, and how a value and what is wrong with it are put into words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import FIELDS, LABELS
from divegov_gui.services.checks import Checks
from divegov_gui.services.queue import READ, QueueRow
from divegov_gui.ui.masking import masked
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import Column

LONGEST = 300
"""Characters of a value that a cell draws; the panel shows more."""
FAILS = "failed_checks"
NAMES = {field.name: field.column for field in FIELDS}
"""The view's column of each of the grid's columns that hold a value."""
VIEW_COLUMN = dict(zip(QueueRow._fields, READ, strict=True))
PINNED = ("quarantine_id",)
HIDDEN = ("status", "claimed_by", "quarantined_at", "attempt_count", "batch_id")
"""What is pinned and what is hidden until a person chooses otherwise."""
_WIDTHS = {
    "first_name": 106,
    "last_name": 116,
    "email": 236,
    "phone": 150,
    "date_of_birth": 200,
    "certification": 176,
    "source_reference": 140,
}


@dataclass
class Marks:
    """What fails in a row: its standing as saved, or as judged while one types."""

    checks: Checks
    mask_personal: bool = False

    def __post_init__(self) -> None:
        self.judged: dict[int, int] = {}
        """By record, what the gatekeeper says of values that are not saved yet."""
        self.may_change = True
        """Whether the person may edit at all."""

    def of(self, row: QueueRow) -> int:
        """The mask of what fails in `row` now."""
        return self.judged.get(row.quarantine_id, row.failed_checks)

    def tone(self, mask: int, column: str) -> str:
        """``danger``, ``warning`` or nothing, for one cell."""
        found = self.checks.for_column(mask, column)
        return "" if not found else "danger" if found[0].is_error else "warning"

    def reasons(self, row: QueueRow, column: str) -> str:
        """Why a cell fails, in words."""
        return "; ".join(check.wording for check in self.checks.for_column(self.of(row), column))


def queue_columns(marks: Marks) -> tuple[Column, ...]:
    """The columns in their first order."""
    return (
        Column(
            "quarantine_id", "Record", 100, align_right=True, tooltip=_about_record, spoken=_spoken_record
        ),
        Column(
            FAILS,
            "Fails",
            178,
            format=lambda _: "",
            tooltip=_all_reasons(marks),
            spoken=_all_rules(marks),
            copied=_all_rules(marks),
        ),
        *(_value_column(field.name, marks) for field in FIELDS),
        Column("source_row", "Row", 74, align_right=True),
        Column("source_name", "Source", 220, tooltip=lambda row: str(row.source_name)),
        Column("batch_id", "Batch", 74, align_right=True),
        Column("status", "Status", 96),
        Column("claimed_by", "Claimed by", 130),
        Column("quarantined_at", "Put aside", 150, format=lambda at: local_time(at) if at else ""),
        Column("attempt_count", "Attempts", 84, align_right=True),
    )


def show_value(column: str, value: str | None, mask: bool, longest: int = LONGEST) -> str:
    """A value of the view's `column` as text on one line, nothing for none; blanks at its ends can be seen."""
    if value is None:
        return ""
    text = value[:longest] + ("…" if len(value) > longest else "")
    if mask:
        return masked(column, text)
    inside = text.strip(" ")
    if inside != text and inside:
        text = text.replace(inside, "\0", 1).replace(" ", "␣").replace("\0", inside)
    return text.replace("\n", "⏎").replace("\t", "⇥")


def breakable(text: str) -> str:
    """Text that a narrow place may break: after the signs in an address, and in words without end."""
    parted = re.sub(r"([@._/\\-])", "\\1\u200b", text)
    return re.sub(r"(\S{24})", "\\1\u200b", parted)


def _value_column(name: str, marks: Marks) -> Column:
    column = NAMES[name]

    def in_cell(value: str | None) -> str:
        return show_value(column, value, marks.mask_personal)

    return Column(
        name,
        LABELS[column],
        _WIDTHS[name],
        format=in_cell,
        editable=not marks.mask_personal,
        tooltip=_told(name, marks, in_cell, "\n"),
        spoken=_told(name, marks, in_cell, ", "),
    )


def _told(
    name: str, marks: Marks, in_cell: Callable[[str | None], str], joint: str
) -> Callable[[QueueRow], str]:
    """The cell in words: its value, why it fails, and what it was where it was edited."""
    column = NAMES[name]

    def tell(row: QueueRow) -> str:
        value = in_cell(getattr(row, name)).strip() or "nothing given"
        tone = marks.tone(marks.of(row), column)
        parts = [value]
        if tone:
            parts.append(f"{'error' if tone == 'danger' else 'warning'}: {marks.reasons(row, column)}")
        if row.is_edited(column):
            parts.append(f"arrived as {in_cell(row.raw(column)).strip() or 'nothing'}")
        return joint.join(parts)

    return tell


def _all_reasons(marks: Marks) -> Callable[[QueueRow], str]:
    def tell(row: QueueRow) -> str:
        found = marks.checks.of(marks.of(row))
        lines = (f"{LABELS.get(check.column, check.column)}: {check.wording}" for check in found)
        return "\n".join(lines) or "Nothing fails any more: ready to resubmit"

    return tell


def _all_rules(marks: Marks) -> Callable[[QueueRow], str]:
    def tell(row: QueueRow) -> str:
        found = marks.checks.rules(marks.of(row))
        return ", ".join(check.short for check in found) or "ready to resubmit"

    return tell


def _about_record(row: QueueRow) -> str:
    lines = [f"Record {grouped(row.quarantine_id)}, {row.status.lower()}"]
    if row.is_claimed:
        lines.append(f"Claimed by {row.claimed_by} until {local_time(row.claimed_until or '')}")
    return "\n".join(lines)


def _spoken_record(row: QueueRow) -> str:
    return _about_record(row).replace("\n", ", ")

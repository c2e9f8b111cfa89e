"""The queue's columns: a value that failed is marked by sign and colour in its own cell."""

from __future__ import annotations

from collections.abc import Callable

from divegov_gui.services.quarantine import QuarantineRecord
from divegov_gui.ui.masking import masked
from divegov_gui.ui.widgets import CellBadge, Column

LONGEST = 300
"""Characters of a value that a cell draws; the panel shows more."""
_VALUES = (
    ("first_name", "First_Name", "First name", 114),
    ("last_name", "Last_Name", "Last name", 120),
    ("email", "Email", "Email", 232),
    ("date_of_birth", "Date_Of_Birth", "Date of birth", 136),
    ("phone", "Phone", "Phone", 164),
    ("certification", "Certification", "Certification", 176),
    ("source_reference", "Source_Reference", "Source reference", 150),
)
"""Attribute, column of the view, title and width of each value."""


def queue_columns(mask: bool) -> tuple[Column, ...]:
    """The columns; with `mask`, personal values are masked."""
    return (
        Column("quarantine_id", "Record", 92, align_right=True),
        Column("reasons", "Why", 214, sortable=False, format=_in_short, tooltip=_in_words),
        *(_value_column(*value, mask=mask) for value in _VALUES),
        Column("source_row", "Row", 84, sortable=False, align_right=True),
        Column("source_name", "Source", 240, sortable=False, tooltip=lambda row: str(row.source_name)),
    )


def show_value(column: str, value: str | None, mask: bool, longest: int = LONGEST) -> str:
    """A value of the view's `column` as text on one line, nothing for none."""
    if value is None:
        return ""
    text = value[:longest] + ("…" if len(value) > longest else "")
    return masked(column, text) if mask else text


def _value_column(name: str, column: str, title: str, width: int, *, mask: bool) -> Column:
    def in_cell(value: str | None) -> str:
        return show_value(column, value, mask)

    def badge(record: QuarantineRecord) -> CellBadge | None:
        reason = record.reason_for(column)
        if reason is None:
            return None
        text = in_cell(getattr(record, name)).strip() or "missing"
        return CellBadge(text, "danger" if reason.severity == "error" else "warning")

    return Column(
        name, title, width, sortable=False, format=in_cell, badge=badge, tooltip=_tip(name, column, in_cell)
    )


def _tip(name: str, column: str, in_cell: Callable[[str | None], str]) -> Callable[[QuarantineRecord], str]:
    def tip(record: QuarantineRecord) -> str:
        reason = record.reason_for(column)
        value = in_cell(getattr(record, name))
        return value if reason is None else f"{reason.wording}: {value or 'nothing was given'}"

    return tip


def _in_short(reasons: object) -> str:
    assert isinstance(reasons, tuple)
    if not reasons:
        return ""
    more = len({reason.code for reason in reasons}) - 1
    return str(reasons[0].wording) + (f"  (+{more})" if more else "")


def _in_words(record: QuarantineRecord) -> str:
    return "\n".join(dict.fromkeys(reason.wording for reason in record.reasons))

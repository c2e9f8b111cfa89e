"""The columns of the rule catalogue."""

from __future__ import annotations

from divegov_gui.core.numbers import grouped
from divegov_gui.services.rules import Rule
from divegov_gui.ui.pages.rules.words import state_badge, title
from divegov_gui.ui.widgets import CellBadge, Column


class RuleRow:
    """One rule with its cells as attributes."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.code = rule.code
        self.state = state_badge(rule).text
        self.title = title(rule)
        self.rejected = grouped(rule.rejected)
        self.open = grouped(rule.open)
        self.false_alarms = grouped(rule.false_alarms)


def _badge(row: RuleRow) -> CellBadge:
    return state_badge(row.rule)


def _open_tone(row: RuleRow) -> str:
    return "quarantined" if row.rule.open else ""


def _tip(row: RuleRow) -> str:
    return (
        f"{row.code} · {row.rule.dimension} of {row.rule.column.replace('_', ' ').lower()}\n{row.rule.hint}"
    )


COLUMNS = (
    Column("state", "State", 106, sortable=False, badge=_badge),
    Column("title", "Rule", 200, sortable=False, tooltip=_tip),
    Column("rejected", "Rejected", 80, align_right=True, sortable=False),
    Column("open", "Open now", 84, align_right=True, sortable=False, tone=_open_tone),
    Column("false_alarms", "False alarms", 98, align_right=True, sortable=False),
)

"""The window's own parts, without any knowledge of divers or databases.

A part is brought in when its name is first asked for: a start needs few of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from divegov_gui.ui.widgets.basics import (
    button,
    icon_label,
    label,
    plural,
    restyle,
    reveal,
    rule,
    tool_button,
)

if TYPE_CHECKING:
    from divegov_gui.ui.widgets.badge import Badge
    from divegov_gui.ui.widgets.cards import Card, EmptyState, SectionHeader, StatTile
    from divegov_gui.ui.widgets.conservation_meter import ConservationMeter
    from divegov_gui.ui.widgets.data_table import DataTable
    from divegov_gui.ui.widgets.fetching import WorkerFetch
    from divegov_gui.ui.widgets.form import FormRow, ReasonRow, choice_field, number_field, text_field
    from divegov_gui.ui.widgets.outcome_counts import OUTCOMES, OutcomeCounts
    from divegov_gui.ui.widgets.progress_panel import ProgressPanel, duration
    from divegov_gui.ui.widgets.reflow import Reflow
    from divegov_gui.ui.widgets.rule_bars import RuleBars, RuleCount
    from divegov_gui.ui.widgets.sql_view import SqlView
    from divegov_gui.ui.widgets.state_stack import StateStack
    from divegov_gui.ui.widgets.table_columns import CellBadge, CellEdit, Column, SortChoice
    from divegov_gui.ui.widgets.turns import Turns
    from divegov_gui.ui.widgets.virtual_model import RowRequest, VirtualTableModel

__all__ = [
    "OUTCOMES",
    "Badge",
    "Card",
    "CellBadge",
    "CellEdit",
    "Column",
    "ConservationMeter",
    "DataTable",
    "EmptyState",
    "FormRow",
    "OutcomeCounts",
    "ProgressPanel",
    "ReasonRow",
    "Reflow",
    "RowRequest",
    "RuleBars",
    "RuleCount",
    "SectionHeader",
    "SortChoice",
    "SqlView",
    "StatTile",
    "StateStack",
    "Turns",
    "VirtualTableModel",
    "WorkerFetch",
    "button",
    "choice_field",
    "duration",
    "icon_label",
    "label",
    "number_field",
    "plural",
    "restyle",
    "reveal",
    "rule",
    "text_field",
    "tool_button",
]

_HOMES = {
    "Badge": "badge",
    "Card": "cards",
    "CellBadge": "table_columns",
    "CellEdit": "table_columns",
    "Column": "table_columns",
    "ConservationMeter": "conservation_meter",
    "DataTable": "data_table",
    "EmptyState": "cards",
    "FormRow": "form",
    "OUTCOMES": "outcome_counts",
    "OutcomeCounts": "outcome_counts",
    "ProgressPanel": "progress_panel",
    "ReasonRow": "form",
    "Reflow": "reflow",
    "RowRequest": "virtual_model",
    "RuleBars": "rule_bars",
    "RuleCount": "rule_bars",
    "SectionHeader": "cards",
    "SortChoice": "table_columns",
    "SqlView": "sql_view",
    "StatTile": "cards",
    "StateStack": "state_stack",
    "Turns": "turns",
    "VirtualTableModel": "virtual_model",
    "WorkerFetch": "fetching",
    "choice_field": "form",
    "duration": "progress_panel",
    "number_field": "form",
    "text_field": "form",
}
"""Name -> the module that it is from."""


def __getattr__(name: str) -> Any:
    """Bring in the part of that name (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found

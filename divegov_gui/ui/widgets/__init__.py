"""The window's own parts, without any knowledge of divers or databases."""

from divegov_gui.ui.widgets.badge import Badge
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
from divegov_gui.ui.widgets.cards import Card, EmptyState, SectionHeader, StatTile
from divegov_gui.ui.widgets.conservation_meter import ConservationMeter
from divegov_gui.ui.widgets.data_table import DataTable
from divegov_gui.ui.widgets.fetching import WorkerFetch
from divegov_gui.ui.widgets.form import FormRow, choice_field, number_field, text_field
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

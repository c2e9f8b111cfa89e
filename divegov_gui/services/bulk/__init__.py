"""One change to many quarantined records: looked at first, excluded from, and saved as one group that can be undone."""

from __future__ import annotations

from divegov_gui.services.bulk.groups import RepairGroup, count_alike, repair_groups
from divegov_gui.services.bulk.operations import (
    BestSuggestion,
    LikeThis,
    Operation,
    ProperCase,
    Replace,
    SetValue,
    Trim,
)
from divegov_gui.services.bulk.previews import MOST, Preview, PreviewCell, apply_preview, preview

__all__ = [
    "MOST",
    "BestSuggestion",
    "LikeThis",
    "Operation",
    "Preview",
    "PreviewCell",
    "ProperCase",
    "RepairGroup",
    "Replace",
    "SetValue",
    "Trim",
    "apply_preview",
    "count_alike",
    "preview",
    "repair_groups",
]

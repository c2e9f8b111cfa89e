"""Records on their way to the data's owner and back: exported to a file, corrected there, compared, taken over."""

from __future__ import annotations

from divegov_gui.services.round_trip.comparing import (
    CellChange,
    CellConflict,
    Corrections,
    apply_corrections,
    read_corrections,
)
from divegov_gui.services.round_trip.export import Exported, export_records

__all__ = [
    "CellChange",
    "CellConflict",
    "Corrections",
    "Exported",
    "apply_corrections",
    "export_records",
    "read_corrections",
]

"""Quarantine: the workbench where a steward finds, reads, puts right and decides on rejected records."""

from divegov_gui.ui.pages.quarantine.page import QuarantinePage

__all__ = ["QuarantinePage"]

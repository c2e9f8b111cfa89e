"""Quarantine: the records that the gatekeeper did not let through, and why. Reading only, so far."""

from divegov_gui.ui.pages.quarantine.page import QuarantinePage

__all__ = ["QuarantinePage"]

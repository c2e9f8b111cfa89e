"""Overview: what became of every record, what waits, and what to do next."""

from divegov_gui.ui.pages.overview.page import OverviewPage

__all__ = ["OverviewPage"]

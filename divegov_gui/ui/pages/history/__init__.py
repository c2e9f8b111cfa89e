"""History: what was known of any diver, when, and by whom."""

from divegov_gui.ui.pages.history.page import HistoryPage

__all__ = ["HistoryPage"]

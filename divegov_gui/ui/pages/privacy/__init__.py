"""Privacy: who sees what, what a person may ask for, and the log of what was done."""

from divegov_gui.ui.pages.privacy.page import PrivacyPage

__all__ = ["PrivacyPage"]

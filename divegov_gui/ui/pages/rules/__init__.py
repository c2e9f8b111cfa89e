"""The page Rules: what the gatekeepers ask, and what a change of it would do."""

from divegov_gui.ui.pages.rules.page import RulesPage

__all__ = ["RulesPage"]

"""Deploy: the numbered scripts, what of them is in the database, and applying the rest."""

from divegov_gui.ui.pages.deploy.page import DeployPage

__all__ = ["DeployPage"]

"""Connections: the places that a person works in, by name, and whether they can be reached."""

from divegov_gui.ui.pages.connections.page import ConnectionsPage

__all__ = ["ConnectionsPage"]

"""The tour: a few steps through the window with the program's own data, each at a real control."""

from divegov_gui.ui.tour.guide import Tour

__all__ = ["Tour"]

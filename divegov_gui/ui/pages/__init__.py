"""The pages, one folder each; none knows another, all are joined by the window."""

from divegov_gui.ui.pages.page import Page, PageSpec
from divegov_gui.ui.pages.specs import PAGES, page_specs

__all__ = ["PAGES", "Page", "PageSpec", "page_specs"]

"""Pages with nothing on them but their title, for tests of the window around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.pages import Page, PageSpec, page_specs
from divegov_gui.ui.pages.specs import PAGES


def blank_pages(**made: Callable[[], QWidget]) -> list[PageSpec]:
    """All pages, blank but for those that are `made`."""
    return page_specs({key: partial(Page, key, title) for key, title in PAGES.items()} | made)

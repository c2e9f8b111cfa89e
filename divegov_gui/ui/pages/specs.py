"""Which pages there are, in their order; how each is made is told by whoever opens the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.pages.page import PageSpec

PAGES = {
    "overview": "Overview",
    "connections": "Connections",
    "deploy": "Deploy",
    "ingest": "Ingest",
    "quarantine": "Quarantine",
    "history": "History",
    "privacy": "Privacy",
    "rules": "Rules",
}
"""Key (also the icon) and title."""

Factories = Mapping[str, Callable[[], QWidget]]
Brings = Mapping[str, tuple[str, ...]]


def page_specs(factories: Factories, brings: Brings | None = None) -> list[PageSpec]:
    """All pages in order, made by `factories` by their key, with what each `brings`."""
    modules = brings or {}
    return [PageSpec(key, title, key, factories[key], modules.get(key, ())) for key, title in PAGES.items()]

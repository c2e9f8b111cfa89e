"""Pages that are not there yet: one honest line each, and nothing to press."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.pages.page import Page, PageSpec
from divegov_gui.ui.widgets.cards import Card, EmptyState

PAGES: tuple[tuple[str, str, str, str], ...] = (
    (
        "overview",
        "Overview",
        "The state of the data at a glance.",
        "Counts, trends and open work will be here.",
    ),
    (
        "connections",
        "Connections",
        "The workspaces and servers that this program knows.",
        "Opening another workspace and connecting to SQL Server will be here.",
    ),
    (
        "deploy",
        "Deploy",
        "The numbered scripts, and what of them is in the database.",
        "The scripts with their checksums, a dry run and drift detection will be here.",
    ),
    (
        "ingest",
        "Ingest",
        "Records come in, gatekeepers decide.",
        "Choosing a file or a generator, and seeing every row's outcome, will be here.",
    ),
    (
        "quarantine",
        "Quarantine",
        "Records that the gatekeeper did not let through.",
        "The queue of rejected records, editing, resubmitting and undoing will be here.",
    ),
    (
        "history",
        "History",
        "What was known of any diver at any instant.",
        "Every version of a diver with who changed it and why, and the view as of an instant, will be here.",
    ),
    (
        "privacy",
        "Privacy",
        "Who may see what, and a person's rights.",
        "Masking by role, disclosure to a person, and erasure will be here.",
    ),
    (
        "rules",
        "Rules",
        "What the gatekeepers ask of every record.",
        "The rule catalogue, and what a change of a rule would do, will be here.",
    ),
)
"""Key (also the icon), title, what the page is for, and what will be on it."""

Factories = Mapping[str, Callable[[], QWidget]]
Brings = Mapping[str, tuple[str, ...]]


def page_specs(factories: Factories | None = None, brings: Brings | None = None) -> list[PageSpec]:
    """All pages in order: those of `factories` by their key, with what each `brings`; the rest as planned."""
    made, modules = factories or {}, brings or {}
    return [
        PageSpec(key, title, key, made.get(key) or _planned(key, title, purpose, text), modules.get(key, ()))
        for key, title, purpose, text in PAGES
    ]


def _planned(key: str, title: str, purpose: str, text: str) -> Callable[[], QWidget]:
    def make() -> QWidget:
        page = Page(key, title, purpose, scrolls=False)
        card = Card()
        card.body.addWidget(EmptyState(key, "Not in this version yet", text), 1)
        page.body.addWidget(card, 1)
        return page

    return make

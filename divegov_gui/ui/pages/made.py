"""The pages that there are, each brought in when it is first shown: a start pays for one of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from divegov_gui.ui.context import AppContext


def _overview(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.overview import OverviewPage

    return OverviewPage(context)


def _connections(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.connections import ConnectionsPage

    return ConnectionsPage(context)


def _deploy(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.deploy import DeployPage

    return DeployPage(context)


def _ingest(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.ingest import IngestPage

    return IngestPage(context)


def _quarantine(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage

    return QuarantinePage(context)


def _rules(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.rules import RulesPage

    return RulesPage(context)


def _history(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.history import HistoryPage

    return HistoryPage(context)


def _privacy(context: AppContext) -> QWidget:
    from divegov_gui.ui.pages.privacy import PrivacyPage

    return PrivacyPage(context)


FACTORIES: dict[str, Callable[[AppContext], QWidget]] = {
    "overview": _overview,
    "connections": _connections,
    "deploy": _deploy,
    "ingest": _ingest,
    "quarantine": _quarantine,
    "rules": _rules,
    "history": _history,
    "privacy": _privacy,
}
"""By the page's key."""

_TABLE = "divegov_gui.ui.widgets.list_table"
_HISTORY = (
    "divegov_gui.services.story",
    "divegov_gui.services.evidence",
    "divegov_gui.ui.paper",
    _TABLE,
    "divegov_gui.ui.pages.history",
)
BRINGS: dict[str, tuple[str, ...]] = {
    "overview": ("divegov_gui.ui.widgets.rule_bars", "divegov_gui.ui.pages.overview"),
    "connections": ("divegov_gui.services.connection_test", "divegov_gui.ui.pages.connections"),
    "deploy": (_TABLE, "divegov_gui.ui.pages.deploy"),
    "ingest": (
        "divegov_gui.services.generation",
        "divegov_gui.services.files",
        "divegov_gui.ui.watching",
        "divegov_gui.services.ingestion",
        _TABLE,
        "divegov_gui.ui.pages.ingest",
    ),
    "quarantine": (
        "divegov_gui.services.review",
        "divegov_gui.services.facets",
        _TABLE,
        "divegov_gui.ui.pages.quarantine.grid",
        "divegov_gui.ui.pages.quarantine.desk",
        "divegov_gui.ui.pages.quarantine.panes",
        "divegov_gui.ui.pages.quarantine.page",
    ),
    "rules": (_TABLE, "divegov_gui.ui.pages.rules"),
    "history": _HISTORY,
    "privacy": (
        *_HISTORY,
        "divegov_gui.services.servers",
        "divegov_gui.services.subjects",
        "divegov_gui.ui.pages.privacy",
    ),
}
"""By the page's key: modules that are brought in one a turn of the event loop, so that none holds up the window."""

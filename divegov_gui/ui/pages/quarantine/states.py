"""What the page says where there is no list to show, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.unreadable import unreadable
from divegov_gui.ui.widgets import EmptyState


def not_deployed(context: AppContext) -> EmptyState:
    """The scripts were never applied."""
    return EmptyState(
        "deploy",
        "Nothing is deployed yet",
        "The quarantine is made by the scripts. Apply them first.",
        "Open Deploy",
        lambda: context.go_to("deploy"),
        name="quarantine.deploy",
    )


def not_for_role(context: AppContext) -> EmptyState:
    """The role that one acts in may not read records that were rejected."""
    return EmptyState(
        "lock",
        "Not for your role",
        "Rejected records are personal data as they came. Data stewards and compliance officers may read them.",
        "See what each role may do",
        lambda: context.go_to("privacy"),
        name="quarantine.roles",
    )


def nothing_waits(context: AppContext) -> EmptyState:
    """No record was ever put aside."""
    return EmptyState(
        "success",
        "No record waits",
        "What the gatekeeper rejects will be listed here, with every reason.",
        "Ingest records",
        lambda: context.go_to("ingest"),
        name="quarantine.ingest",
    )


def all_done(context: AppContext, show_closed: Callable[[], object]) -> EmptyState:
    """Every record was decided on."""
    state = EmptyState(
        "success",
        "Every record is dealt with",
        "None waits any more. What was released, merged or discarded can still be looked at.",
        "Ingest records",
        lambda: context.go_to("ingest"),
        name="quarantine.ingest",
    )
    state.add_action("Show closed records", show_closed, "quarantine.closed")
    return state


def failed(context: AppContext, error: DiveGovError, again: Callable[[], object]) -> EmptyState:
    """The queue could not be read."""
    return unreadable(context, "quarantine", "quarantine", error, again)

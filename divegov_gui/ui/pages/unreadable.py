"""What a page says in the place of its content where the database could not be read."""

from __future__ import annotations

from collections.abc import Callable

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.widgets import EmptyState


def unreadable(
    context: AppContext, page: str, icon: str, error: DiveGovError, again: Callable[[], object]
) -> EmptyState:
    """Why nothing is there, with the way to Deploy where that is what mends it, and to try again."""
    if not error.hint.startswith("Open Deploy"):
        return EmptyState(icon, error.title, error.hint, "Try again", again, name=f"{page}.retry")
    state = EmptyState(
        "deploy",
        error.title,
        error.hint,
        "Open Deploy",
        lambda: context.go_to("deploy"),
        name=f"{page}.open_deploy",
    )
    state.add_action("Try again", again, f"{page}.retry")
    return state

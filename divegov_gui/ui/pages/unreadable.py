"""What a page says in the place of its content where the database cannot be read, or has nothing to read yet."""

from __future__ import annotations

from collections.abc import Callable

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.widgets import EmptyState


def not_deployed(context: AppContext, page: str, why: str) -> EmptyState:
    """Scripts were never applied: `why` the page needs them, with the way to Deploy."""
    return EmptyState(
        "deploy",
        "Nothing is deployed yet",
        f"{why} Apply them first.",
        "Open Deploy",
        lambda: context.go_to("deploy"),
        name=f"{page}.deploy",
    )


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

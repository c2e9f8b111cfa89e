"""What Overview says while there is nothing to see, and what it offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui.pages.overview.work import DEMO_ROWS
from divegov_gui.ui.widgets import EmptyState

if TYPE_CHECKING:
    from divegov_gui.ui.pages.overview.welcome import GoTo
    from divegov_gui.ui.pages.overview.work import WorkspaceState


def empty_state(state: WorkspaceState, run_demo: Callable[[], object], go_to: GoTo) -> QWidget:
    """Nothing deployed, a deployment that is not finished, or no batch yet."""
    here = state.plan.target
    if state.plan.is_empty and not here.is_local:
        return EmptyState(
            "server",
            "Nothing is deployed here yet",
            f"{here.label} is empty. Deploy makes its tables, rules and gatekeepers, and shows before what would run.",
            "Open Deploy",
            lambda: go_to("deploy"),
            name="overview.deploy",
        )
    if state.plan.is_empty:
        from divegov_gui.ui.pages.overview.welcome import Welcome

        return Welcome(run_demo, go_to)
    if state.arrivals is None:
        left = len(state.plan.outstanding)
        return EmptyState(
            "deploy",
            "The deployment is not finished",
            f"{left} of {len(state.plan.scripts)} scripts are still to be applied; until then nothing can be read.",
            "Open Deploy",
            lambda: go_to("deploy"),
            name="overview.deploy",
        )
    return _nothing_yet(here.is_local, run_demo, go_to)


def _nothing_yet(is_local: bool, run_demo: Callable[[], object], go_to: GoTo) -> EmptyState:
    """No batch has arrived; nobody wants made-up divers on a server by one slip of the hand."""
    text = "Everything is deployed. Ingest a file or generated records."
    if is_local:
        text += f" The demo ingests {grouped(DEMO_ROWS)} generated divers, so that there is something to see."
    made = EmptyState(
        "ingest",
        "Nothing has arrived yet",
        text,
        "Ingest records",
        lambda: go_to("ingest"),
        name="overview.ingest",
    )
    if is_local:
        made.add_action("Run the demo", run_demo, "overview.demo")
    return made

"""Who is left out of a decision, in words: records that others work on, and those that stand otherwise."""

from __future__ import annotations

from divegov_gui.services.queue import Decidable
from divegov_gui.ui.widgets import plural

_OTHERWISE = {
    "Open": ("waits no longer", "wait no longer"),
    "Discarded": ("was not discarded", "were not discarded"),
}


def left_out(found: Decidable, status: str = "Open") -> str:
    """What is not decided on, and why; nothing where all are."""
    parts = []
    if found.claimed:
        are = "is" if found.claimed == 1 else "are"
        parts.append(f"{plural(found.claimed, 'record')} {are} claimed by {', '.join(found.claimants)}")
    if found.otherwise:
        words = _OTHERWISE[status][0 if found.otherwise == 1 else 1]
        parts.append(f"{plural(found.otherwise, 'record')} {words}")
    return f"Left out: {' and '.join(parts)}." if parts else ""


def nothing_left(found: Decidable, status: str = "Open") -> tuple[str, str]:
    """What to say where all are left out: what is so, and what to do."""
    words = left_out(found, status).removeprefix("Left out: ")
    if found.claimed and not found.otherwise:
        return words, "Ctrl+K takes a claim over, with a word why."
    return words or "No record is selected.", ""

"""What the tour shows: the steps in order, where each is, and how one sees that the person has done it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE

RESUBMIT_DIALOG = "quarantine.resubmit_dialog"


class World(Protocol):
    """What a step may ask of the window, and have it do."""

    @property
    def page(self) -> str:
        """The key of the page that is shown."""
        ...

    @property
    def changed(self) -> frozenset[str]:
        """What was changed in the database since the step began."""
        ...

    def is_open(self, dialog: str) -> bool:
        """Whether a dialog of that name is in sight."""
        ...

    def show_easy_record(self) -> None:
        """Show the quarantine, with the cursor on a record that is easily put right."""
        ...

    def show_newest_diver(self) -> None:
        """Show the history of the diver that was let in last."""
        ...

    def go_to(self, page: str) -> None:
        """Show a page."""
        ...


def _never(_: World) -> bool:
    return False


def _always(_: World) -> bool:
    return True


def _nothing(_: World) -> None:
    return


@dataclass(frozen=True)
class Step:
    """One step: its words, the controls that it lights, and when it is done by a deed instead of by Next.

    `enter` makes the window ready for it; a step that does not `fit` is passed over. `within` is the dialog in which
    its controls are.
    """

    key: str
    title: str
    text: str
    targets: tuple[str, ...]
    deed: str = ""
    praise: str = ""
    is_done: Callable[[World], bool] = field(default=_never)
    enter: Callable[[World], None] = field(default=_nothing)
    fits: Callable[[World], bool] = field(default=_always)
    within: str = ""
    focus: str = ""


DEMO = Step(
    "demo",
    "First, something to look at",
    "There are no records here yet. The demo brings a thousand made-up divers in, some of them dirty.",
    ("overview.demo", "overview.progress"),
    deed="Run the demo. The tour goes on by itself.",
    praise="The demo is ready.",
    is_done=lambda world: BATCHES in world.changed,
    enter=lambda world: world.go_to("overview"),
    focus="overview.demo",
)
"""Comes first where nothing has come in yet."""

STEPS: tuple[Step, ...] = (
    Step(
        "overview",
        "Every record has its place",
        "What arrived was judged by rules inside the database. The good became divers; the others wait here with all "
        "reasons. Nothing is ever dropped.",
        ("overview.next",),
        deed="Press the button, and see who waits.",
        praise="You are in the quarantine.",
        is_done=lambda world: world.page == "quarantine",
        enter=lambda world: world.go_to("overview"),
    ),
    Step(
        "fix",
        "Put a record right",
        "What fails is marked in its cell, and the panel on the right says why. Where the program has a suggestion, "
        "Ctrl+. takes it. You can also press F2, type, and press Enter.",
        ("quarantine.grid", "quarantine.record"),
        deed="Put one record right.",
        praise="Saved. The database has judged it anew.",
        is_done=lambda world: QUARANTINE in world.changed,
        enter=lambda world: world.show_easy_record(),
        focus="quarantine.grid",
    ),
    Step(
        "resubmit",
        "Send it through the gate again",
        "There is no back door: a record that was fixed stands before the same rules as on its first day.",
        ("quarantine.resubmit",),
        deed="Press Resubmit. It is a rehearsal first.",
        is_done=lambda world: world.is_open(RESUBMIT_DIALOG),
        fits=lambda world: world.page == "quarantine",
    ),
    Step(
        "rehearse",
        "First a rehearsal",
        "This is what would happen; nothing has happened yet.",
        ("quarantine.rehearsal.go", "quarantine.rehearsal.all", "quarantine.rehearsal.cancel"),
        deed="Press the button to do it in earnest.",
        praise="It went through the gate.",
        is_done=lambda world: DIVERS in world.changed,
        fits=lambda world: world.is_open(RESUBMIT_DIALOG),
        within=RESUBMIT_DIALOG,
    ),
    Step(
        "history",
        "What was known, and when",
        "Every version of a diver is kept: who changed it, when, and why. This is the one that was let in last.",
        ("history.timeline",),
        enter=lambda world: world.show_newest_diver(),
    ),
    Step(
        "as_of",
        "Look from any instant",
        "Choose an instant here, and the page shows what was known then, to the microsecond.",
        ("history.as_of",),
        enter=lambda world: world.go_to("history"),
    ),
    Step(
        "end",
        "That is the whole loop",
        "Records come in, you put right what was rejected, and every step is on record. Help has this tour and "
        "all keys, whenever you want them.",
        ("header.help",),
    ),
)

"""Everything that can be done on the page, each with its key: for the toolbar, the menus and the cheat sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from divegov_gui.ui.widgets import button, tool_button


@dataclass(frozen=True)
class Spec:
    """One thing to do: its name, its words, its keys (the first is shown), its icon."""

    name: str
    words: str
    keys: tuple[str, ...] = ()
    icon: str = ""


GROUPS: dict[str, tuple[Spec, ...]] = {
    "Move": (
        Spec("next", "Next failing cell", ("F8",)),
        Spec("previous", "Previous failing cell", ("Shift+F8",)),
        Spec("find", "Search", ("Ctrl+F",), "search"),
        Spec("facets", "Filters", ("Ctrl+Shift+F",), "filter"),
        Spec("record", "Record", ("Alt+R",)),
        Spec("story", "Story of the record", ("Alt+S",), "story"),
        Spec("edits", "Edit history", ("Alt+E",), "history"),
    ),
    "Fix": (
        Spec("edit", "Edit the cell", ("F2",), "edit"),
        Spec("accept", "Accept the suggestion", ("Ctrl+.",), "suggest"),
        Spec("others", "Fix the others like this…", ("Ctrl+L",), "suggest"),
        Spec("groups", "Similar fixes…", ("Ctrl+G",), "suggest"),
        Spec("change", "Change values…", ("Ctrl+H",), "edit"),
        Spec("compare", "Compare and merge…", ("Ctrl+M",), "merge"),
        Spec("undo", "Undo", ("Ctrl+Z",), "undo"),
        Spec("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    ),
    "Decide": (
        Spec("resubmit", "Resubmit…", ("Ctrl+Return", "Ctrl+Enter"), "start"),
        Spec("resubmit_ready", "Resubmit all that are ready…", ("Ctrl+Alt+Return",), "start"),
        Spec("release", "Release warnings with a reason…", ("Ctrl+Shift+Return",), "release"),
        Spec("discard", "Discard…", ("Delete",), "discard"),
        Spec("reopen", "Reopen…", ("Ctrl+Shift+O",), "undo"),
        Spec("claim", "Claim", ("Ctrl+K",), "claim"),
        Spec("unclaim", "Give up the claim", ("Ctrl+Shift+K",)),
    ),
    "List": (
        Spec("select_all", "Select everything that matches", ("Ctrl+A",)),
        Spec("refresh", "Read anew", ("F5",), "refresh"),
        Spec("export", "Export…", ("Ctrl+E",), "export"),
        Spec("import", "Import corrections…", ("Ctrl+I",), "upload"),
        # With Shift on most keyboards, and not every platform takes that away from what was typed.
        Spec("keys", "Keys", ("?", "Shift+?"), "keys"),
    ),
    "Columns": (
        Spec("column_left", "Move the column to the left", ("Ctrl+Shift+Left",)),
        Spec("column_right", "Move the column to the right", ("Ctrl+Shift+Right",)),
        Spec("column_pin", "Pin the column, or unpin it", ("Ctrl+Shift+P",)),
        Spec("column_hide", "Hide the column", ("Ctrl+Shift+H",)),
    ),
}
IN_GRID = (
    ("Edit the cell by typing", "any letter"),
    ("Edit the cell, or go to what fails", "Enter"),
    ("Save and stay", "Enter"),
    ("Leave the cell as it was", "Esc"),
    ("Sort by the column", "Alt+Up, Alt+Down"),
    ("Copy the selected rows", "Ctrl+C"),
    ("Back to the grid from anywhere", "Esc"),
)
IN_PREVIEW = (("Leave records out, or take them in", "Space"), ("Open a group", "Enter"))
"""Keys that Qt, the grid or a preview itself knows, for the cheat sheet."""


class PageActions(QObject):
    """The page's actions by name; their keys work wherever the focus is, while the page is in sight."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.by_name: dict[str, QAction] = {}
        for spec in _all():
            self.by_name[spec.name] = self._made(spec)

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def of(self, group: str) -> list[QAction]:
        """The actions of a group."""
        return [self.by_name[spec.name] for spec in GROUPS[group]]

    def button(self, name: str, variant: str = "secondary", words: str = "") -> QWidget:
        """A button that does the action, named after it, and enabled when it is."""
        action = self.by_name[name]
        spec = next(spec for spec in _all() if spec.name == name)
        made = button(
            words or spec.words.rstrip("…"), name=f"quarantine.{name}", variant=variant, icon=spec.icon
        )
        made.setToolTip(_hint(spec))
        made.clicked.connect(action.trigger)
        _follow(made, action)
        return made

    def tool(self, name: str) -> QToolButton:
        """The same as an icon."""
        action = self.by_name[name]
        spec = next(spec for spec in _all() if spec.name == name)
        made = tool_button(spec.icon, name=f"quarantine.{name}", accessible=spec.words.rstrip("…"))
        made.setToolTip(_hint(spec))
        made.clicked.connect(action.trigger)
        _follow(made, action)
        return made

    def menu(self, title: str, parent: QWidget, *groups: str, without: tuple[str, ...] = ()) -> QMenu:
        """A menu of whole groups, with their keys."""
        menu = QMenu(title, parent)
        for group in groups:
            if menu.actions():
                menu.addSeparator()
            for spec in GROUPS[group]:
                if spec.name not in without:
                    menu.addAction(self.by_name[spec.name])
        return menu

    def _made(self, spec: Spec) -> QAction:
        action = QAction(spec.words, self._page)
        action.setObjectName(f"quarantine.action.{spec.name}")
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)  # heard while the page is in sight
        self._page.addAction(action)
        return action


def _all() -> Iterator[Spec]:
    for group in GROUPS.values():
        yield from group


def _hint(spec: Spec) -> str:
    return f"{spec.words.rstrip('…')} ({spec.keys[0]})" if spec.keys else spec.words


def _follow(made: QWidget, action: QAction) -> None:
    made.setEnabled(action.isEnabled())
    action.enabledChanged.connect(made.setEnabled)

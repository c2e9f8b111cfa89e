"""The header: which workspace, which role and who enforces it, and the look."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets.basics import button, icon_label, label, tool_button
from divegov_gui.ui.widgets.elided_label import ElidedLabel

_MODES = {"auto": "Follow the desktop", "light": "Light", "dark": "Dark"}
_LONGEST = 40
"""How much of a name stands in the header; hovering over it shows where one is."""

_SAY = {"auto": "follows the desktop", "light": "light", "dark": "dark"}


@dataclass(frozen=True)
class WorkspaceInfo:
    """Where one is and as whom: shown in the header at all times."""

    name: str
    location: str
    engine: str = "SQLite"
    role: str = "Data steward"
    enforced: bool = False
    """Whether the database itself enforces the role (SQL Server), or this program only shows how it would."""
    target: str = ""
    """A server's database and address, shown beside its profile's name."""

    @property
    def role_note(self) -> str:
        """Who enforces the role, honestly."""
        return f"enforced by {self.engine}" if self.enforced else "demonstrated in this local workspace"


class HeaderBar(QWidget):
    """The line over every page."""

    workspace_opened = Signal(object)
    """The person wants to see or change the connection; carries the WorkspaceInfo or None."""
    theme_chosen = Signal(object)
    """``auto``, ``light`` or ``dark``."""
    preferences_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._info: WorkspaceInfo | None = None
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(space.s, space.s, space.l, space.s)
        row.setSpacing(space.s)
        self.workspace = button("", name="header.workspace", variant="ghost", icon="workspace")
        self.workspace.clicked.connect(lambda: self.workspace_opened.emit(self._info))
        self._engine = ElidedLabel("", "muted", name="header.engine")
        row.addWidget(self.workspace)
        row.addWidget(self._engine, 1)
        row.addWidget(self._role_box())
        row.addSpacing(space.s)
        row.addWidget(self._theme_switch())
        self.preferences = tool_button(
            "settings", name="header.preferences", accessible="Preferences (Ctrl+,)"
        )
        self.preferences.clicked.connect(self.preferences_wanted)
        self.help = tool_button("question", name="header.help", accessible="Help and tour (F1)")
        self.help.clicked.connect(self.help_wanted)
        row.addWidget(self.preferences)
        row.addWidget(self.help)
        self.set_workspace(None)

    @property
    def info(self) -> WorkspaceInfo | None:
        """What is shown."""
        return self._info

    def set_workspace(self, info: WorkspaceInfo | None) -> None:
        """Say where one is; None while no workspace is open."""
        self._info = info
        name = info.name if info else "No workspace open"
        self.workspace.setText(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")
        theme.set_icon(self.workspace, "workspace", "muted")
        self.workspace.setToolTip(info.location if info else "Choose or create a workspace")
        self.workspace.setAccessibleName(f"Workspace: {name}")
        self.workspace.setAccessibleDescription(info.location if info else "Opens the connections")
        engine = " · ".join(part for part in (info.engine, info.target) if part) if info else ""
        self._engine.set_full(engine)
        self._role.setText(info.role if info else "")
        self._note.setText(info.role_note if info else "")
        self._role_area.setVisible(info is not None)
        self._role_area.setAccessibleName(f"Role: {info.role} — {info.role_note}" if info else "")

    def set_mode(self, mode: str) -> None:
        """Show which look is chosen."""
        self._actions[mode].setChecked(True)
        theme.set_icon(self.theme_switch, f"theme.{mode}", "muted", 18)
        self.theme_switch.setAccessibleDescription(f"The window is {_SAY[mode]}.")

    def _role_box(self) -> QWidget:
        self._role_area = QWidget()
        self._role_area.setObjectName("header.role")
        row = QHBoxLayout(self._role_area)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.s)
        row.addWidget(icon_label("shield", "accent", 20))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._role, self._note = label("", "strong"), label("", "hint")
        words.addWidget(self._role)
        words.addWidget(self._note)
        row.addLayout(words)
        return self._role_area

    def _theme_switch(self) -> QToolButton:
        self.theme_switch = tool_button("theme.auto", name="header.theme", accessible="Light or dark")
        self.theme_switch.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.theme_switch.setProperty("menuless", "true")
        menu = QMenu(self.theme_switch)
        menu.setObjectName("header.theme_menu")
        group = QActionGroup(menu)
        self._actions: dict[str, QAction] = {}
        for mode, text in _MODES.items():
            action = QAction(text, group, checkable=True)
            action.setObjectName(f"header.theme.{mode}")
            action.triggered.connect(lambda _=False, chosen=mode: self.theme_chosen.emit(chosen))
            menu.addAction(action)
            self._actions[mode] = action
        self.theme_switch.setMenu(menu)
        return self.theme_switch

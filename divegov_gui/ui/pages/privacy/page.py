"""The page Privacy."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.connections import Workspace
from divegov_gui.services.servers import Standing
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.pages.privacy.log_desk import LogDesk
from divegov_gui.ui.pages.privacy.persona_field import PersonaField
from divegov_gui.ui.pages.privacy.requests_desk import RequestsDesk
from divegov_gui.ui.pages.privacy.roles_desk import RolesDesk
from divegov_gui.ui.pages.unreadable import not_deployed, unreadable
from divegov_gui.ui.widgets import StateStack, label, tool_button
from divegov_gui.ui.widgets.basics import tabs


class PrivacyPage(Page):
    """Who sees what; what a person may ask for; and the log of what was done."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("privacy", "Privacy", scrolls=False, parent=parent)
        self._context = context
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read anew; where nothing else has the focus, what one comes for gets it."""
        focused = self.window().focusWidget()
        if focused is None or self.isAncestorOf(focused):
            self._first().setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def page_hidden(self) -> None:
        """What was revealed is masked again when one leaves."""
        self.roles.view.card.mask_again()

    def refresh(self) -> None:
        """Read anew what is in sight."""
        (self.roles, self.requests, self.log)[self.views.currentIndex()].refresh()

    # --- building
    def _build(self) -> None:
        if isinstance(self._context.workspace, Workspace):
            self.add_action(self._persona_chooser(self._context.workspace))
        again = tool_button("refresh", name="privacy.refresh", accessible="Read anew")
        again.clicked.connect(self.refresh)
        self.add_action(again)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.m)
        titles = ("Who sees what", "Data subject requests", "Action log")
        self.views = tabs("privacy.views", "Views", *titles)
        layout.addWidget(self.views)
        layout.addWidget(self._desks(), 1)
        self._stack = StateStack(content)
        self._stack.show_content()
        self.body.setSpacing(0)
        self.body.addWidget(self._stack, 1)
        if isinstance(self._context.workspace, Workspace):
            QWidget.setTabOrder(self.views, self.persona)  # the views come first

    def _persona_chooser(self, workspace: Workspace) -> QWidget:
        """In a file without logins one chooses as whom one works."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.s)
        caption = label("Acting as", "label", tone="muted")
        self.persona = PersonaField(workspace.role)
        self.persona.activated.connect(lambda _: self._act_as(workspace))
        caption.setBuddy(self.persona)
        row.addWidget(caption)
        row.addWidget(self.persona)
        return box

    def _desks(self) -> QStackedWidget:
        self.roles = RolesDesk(self._context, self._show_failure)
        self.requests = RequestsDesk(self._context)
        self.requests.erased.connect(self.roles.forget)
        self.log = LogDesk(self._context)
        stack = QStackedWidget()
        stack.setObjectName("privacy.view")
        for desk in (self.roles, self.requests, self.log):
            stack.addWidget(desk.view)
        self.views.currentChanged.connect(stack.setCurrentIndex)
        self.views.currentChanged.connect(lambda _: self.refresh())
        return stack

    def _first(self) -> QWidget:
        """Where one begins in the view that is in sight."""
        return (self.roles.view.sample, self.requests.view.search.field, self.log.view.table)[
            self.views.currentIndex()
        ]

    # --- showing
    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and what & {SCHEMA, BATCHES, DIVERS, QUARANTINE}:
            self.refresh()

    def _show_failure(self, error: DiveGovError | None) -> None:
        """Say why nothing can be shown; None: nothing is deployed yet."""
        if error is None:
            state = not_deployed(self._context, "privacy", "Roles and masks are made by the scripts.")
        else:
            self._context.notifier.error(error)
            state = unreadable(self._context, "privacy", "privacy", error, self._try_again)
        self._stack.show_state(state)

    def _try_again(self) -> None:
        self._stack.show_content()
        self.refresh()

    # --- what a person does
    def _act_as(self, workspace: Workspace) -> None:
        role = str(self.persona.currentData())
        if role != workspace.role:
            standing = Standing("", self.persona.currentText(), enforced=False)
            self._context.ask_for(replace(workspace, role=role), standing)

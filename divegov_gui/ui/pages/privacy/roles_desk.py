"""Drives the comparison of roles: finds the sample diver, reads what each role sees, reveals for a reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.connections import Workspace
from divegov_gui.services.privacy import Revealed
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.privacy.roles_view import RolesView
from divegov_gui.ui.pages.privacy.work import Comparison, compare_roles, reveal_value


class RolesDesk(QObject):
    """The view and what it asks of the database."""

    def __init__(self, context: AppContext, tell: Callable[[DiveGovError | None], object]) -> None:
        super().__init__()
        self._context, self._tell = context, tell
        self._diver_id: int | None = None
        local = isinstance(context.workspace, Workspace)
        self.view = RolesView(enforced=not local, mask=context.mask_personal)
        self.setParent(self.view)
        self.view.sample_wanted.connect(self._look_for)
        self.view.card.wanted.connect(self._reveal)

    def refresh(self) -> None:
        """Read the sample diver anew; one who is gone gives way to another."""
        self._read(None, kept=self._diver_id)

    def forget(self, diver_id: int) -> None:
        """Take a diver who was erased off the view, with all that was typed to find them and what was revealed."""
        self.view.sample.setText("")
        self.view.card.mask_again()
        if diver_id == self._diver_id:
            self._diver_id = None
            self.view.say_nobody()

    def _look_for(self, text: str | None) -> None:
        self._read(text, beyond=self._diver_id if text is None else None)

    def _read(self, text: str | None, beyond: int | None = None, kept: int | None = None) -> None:
        self._context.reader.submit(
            partial(compare_roles, self._context.scripts, text, beyond, kept),
            kind="privacy.comparison",
            on_success=self._show,
            on_failure=self._context.notifier.error if text else self._tell,
            owner=self,
        )

    def _show(self, found: Comparison | None) -> None:
        if found is None:
            self._tell(None)
        elif found.diver_id is None:
            self.view.say_nobody()
            self.view.rights.show_rights(found.rights)
        else:
            self._diver_id = found.diver_id
            self.view.show_comparison(found)

    def _reveal(self, asked: tuple[str, str]) -> None:
        column, reason = asked
        assert self._diver_id is not None

        def show(value: Revealed) -> None:
            if value.diver_id == self._diver_id:
                self.view.card.show_value(value)

        self._context.writer.submit(
            partial(reveal_value, self._diver_id, column, reason),
            label="Revealing a value",
            write=True,
            on_success=show,
            on_failure=self.view.card.say_problem,
            owner=self,
        )

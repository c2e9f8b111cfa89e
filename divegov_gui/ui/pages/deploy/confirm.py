"""The questions of this page: the server's name before the first deployment, and whether drift is to stay."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.catalogue import Finding
from divegov_gui.services.deployment import DeploymentPlan
from divegov_gui.ui.widgets import FormRow, label, plural
from divegov_gui.ui.widgets.question import Question


class ConfirmTarget(Question):
    """Asks the server's name back; `confirmed` carries it as it was typed, once it is the right one."""

    confirmed = Signal(str)

    def __init__(self, plan: DeploymentPlan, window: QWidget) -> None:
        count = plural(len(plan.outstanding), "script")
        detail = (
            f"Nothing was ever deployed to {plan.target.label}. {count} will make schemas, tables, views, procedures "
            "and roles there. Nothing that is there is dropped. Whoever else is in the database is cut off once."
        )
        super().__init__(
            "deploy.confirm",
            "First deployment to this server",
            "server",
            f"Apply {count}",
            window,
            detail=detail,
        )
        self._plan = plan
        self._field = QLineEdit()
        self._row = FormRow(
            "&Server's name",
            self._field,
            f"Type {plan.name_to_confirm} to go on.",
            name="deploy.confirm.name",
        )
        self._field.textChanged.connect(self._look)
        self.body.addWidget(self._row)
        self.yes.clicked.connect(self._agree)
        self._look(self._field.text())
        self._field.setFocus()

    def _look(self, text: str) -> None:
        self.yes.setEnabled(self._plan.is_confirmed_by(text))

    def _agree(self) -> None:
        name = self._field.text()
        self.accept()
        self.confirmed.emit(name)


class AcceptDrift(Question):
    """Asks whether what no script puts back is to count as deployed; `accepted` is the yes."""

    def __init__(self, found: Sequence[Finding], window: QWidget) -> None:
        super().__init__("deploy.accepting", "Accept the database as it is?", "question", "Accept", window)
        told = "\n".join(f"•  {one.words}" for one in found[:8])
        more = f"\n•  … and {grouped(len(found) - 8)} more" if len(found) > 8 else ""
        self.body.addWidget(label(told + more, wrap=True))
        text = "It counts as deployed from now on and is drift no more. Nothing in the database changes."
        self.body.addWidget(label(text, "muted", wrap=True))
        self.yes.clicked.connect(self.accept)

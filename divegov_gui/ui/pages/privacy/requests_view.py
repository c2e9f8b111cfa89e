"""What a person may ask for: to be shown everything that is held of them, and to be forgotten."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui import theme
from divegov_gui.ui.pages.finding import Found
from divegov_gui.ui.pages.privacy.erasure_card import ErasureCard
from divegov_gui.ui.pages.privacy.work import Standing
from divegov_gui.ui.pages.search_pane import SearchPane
from divegov_gui.ui.widgets import Badge, Card, EmptyState, ReasonRow, StateStack, button, label, reveal
from divegov_gui.ui.widgets.question import Problem
from divegov_gui.ui.widgets.scrolling import scrolling


class ExportCard(Card):
    """Everything that is held of the person, as files to hand over."""

    wanted = Signal(object)
    """The reason for which it is exported."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Show this person everything",
            "Right of access: a page to read, a PDF to print, JSON to take along",
            parent,
        )
        self._why_not = label("", "muted", wrap=True, name="privacy.export_note")
        self.body.addWidget(self._why_not)
        self._form = QWidget()
        row = QHBoxLayout(self._form)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.m)
        self._why = ReasonRow("privacy.export_reason", "Such as the number of the request; no name.")
        self._why.line.returnPressed.connect(self._ask)
        row.addWidget(self._why, 1)
        self.go = button("Export", name="privacy.export", variant="primary", icon="export")
        self.go.clicked.connect(self._ask)
        row.addWidget(self.go, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addWidget(self._form)
        self.problem = Problem("privacy.export_problem")
        self.body.addWidget(self.problem)

    def refuse(self, why_not: str) -> None:
        """Say why the role may not; an empty text lets it."""
        self._why_not.setText(why_not)
        reveal(self._why_not, bool(why_not))
        reveal(self._form, not why_not)

    def begin(self) -> None:
        """Another person is chosen."""
        self._why.line.clear()
        self.problem.say(None)
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While it is written it is not asked for again."""
        self.go.setEnabled(not busy)

    def say_problem(self, error: DiveGovError) -> None:
        """Say why it was not written."""
        self.set_busy(False)
        self.problem.say(error)

    def _ask(self) -> None:
        reason = self._why.ask("Say for what; it goes into the log.")
        if not reason:
            return
        self.problem.say(None)
        self.wanted.emit(reason)


class RequestsView(QWidget):
    """Find the person on the left, answer them on the right."""

    person_chosen = Signal(object)
    """The id of the diver that was chosen."""

    def __init__(self, *, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(space.m)
        self.search = SearchPane("privacy", mask=mask)
        self.search.diver_chosen.connect(self.person_chosen)
        split.addWidget(self.search)
        self._answer = StateStack(self._answers())
        self.show_nobody()
        split.addWidget(self._answer)
        split.setStretchFactor(1, 1)
        split.setSizes([286, 720])
        layout.addWidget(split)

    def show_standing(self, standing: Standing) -> None:
        """Offer what the role may do, and say of the rest who does it."""
        self.export.refuse(standing.why_no_export)
        self.erasure.refuse(standing.why_no_erasure)
        self.search.list.set_placeholder("Nobody found", standing.searched)

    def show_person(self, found: Found, name: str) -> None:
        """Turn to another person."""
        self._answer.show_content()
        self._name.setText(name)
        self._number.setText(f"diver {found.diver_id}")
        self._state.set_state(
            *(("Deleted", "danger", "delete") if found.is_deleted else ("Current", "success"))
        )
        self.export.begin()
        self.erasure.begin(found.diver_id)

    def show_nobody(self) -> None:
        """Nobody is chosen: nothing is offered."""
        words = "Find the person who asks by name, email, id or reference; the answer is given here."
        self._answer.show_state(EmptyState("person", "Nobody is chosen yet", words))

    def show_erased(self, diver_id: int) -> None:
        """The person is gone; the window names nobody any more."""
        self._name.setText(f"Diver {diver_id}")
        self._state.set_state("Erased", "danger", "erase")
        self._number.setText("")

    def _answers(self) -> QWidget:
        space = theme.current().space
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, space.s, 0)
        layout.setSpacing(space.m)
        head = QHBoxLayout()
        head.setSpacing(space.s)
        self._name = label("", "heading", name="privacy.person")
        self._state = Badge("Current", "success")
        self._number = label("", "muted")
        head.addWidget(self._name)
        head.addWidget(self._state)
        head.addWidget(self._number)
        head.addStretch(1)
        layout.addLayout(head)
        self.export = ExportCard()
        self.erasure = ErasureCard()
        self.erasure.turned.connect(lambda busy: reveal(self.export, not busy))
        layout.addWidget(self.export)
        layout.addWidget(self.erasure, 1)
        return scrolling(inside)

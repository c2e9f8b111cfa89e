"""The page History."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.directory import Directory
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.pages.finding import Found, search
from divegov_gui.ui.pages.history.as_of_bar import AsOfBanner, AsOfBar
from divegov_gui.ui.pages.history.changes_view import ChangesView
from divegov_gui.ui.pages.history.changing import Changing
from divegov_gui.ui.pages.history.directory_view import DirectoryView
from divegov_gui.ui.pages.history.diver_pane import DiverPane
from divegov_gui.ui.pages.history.evidence import Evidence
from divegov_gui.ui.pages.history.timeline_scale import microseconds
from divegov_gui.ui.pages.history.work import (
    DiverHistory,
    prepare_search,
    read_directory,
    read_history,
)
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.pages.search_pane import SearchPane
from divegov_gui.ui.pages.unreadable import not_deployed, unreadable
from divegov_gui.ui.widgets import EmptyState, StateStack, reveal, tool_button
from divegov_gui.ui.widgets.basics import tabs

DIVER, DIRECTORY, CHANGES = 0, 1, 2


class HistoryPage(Page):
    """What was known of any diver at any instant, who changed it and why."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("history", "History", scrolls=False, parent=parent)
        self._context = context
        self._diver_id: int | None = None
        self._as_of: int | None = None
        self._first: int | None = None
        self._is_prepared = False
        self._changing = Changing(context, self)
        self.evidence = Evidence(context, self)
        self._build()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read anew."""
        self._is_prepared = False
        self.refresh()

    def aim_at(self, diver_id: int | None = None) -> None:
        """Show the history of a diver."""
        if diver_id is not None:
            self.views.setCurrentIndex(DIVER)
            self.search.look_for(str(diver_id))

    def refresh(self) -> None:
        """Read anew what is in sight."""
        view = self.views.currentIndex()
        if view == DIVER:
            self._search(self.search.text)
        elif view == DIRECTORY:
            self._read_directory()
        else:
            self.changes.refresh()

    # --- building
    def _build(self) -> None:
        self.as_of = AsOfBar()
        self.as_of.chosen.connect(self._look_from)
        self.add_action(self.as_of)
        again = tool_button("refresh", name="history.refresh", accessible="Read anew")
        again.clicked.connect(self.refresh)
        self.add_action(again)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.m)
        self.banner = AsOfBanner()
        self.banner.left.connect(lambda _: self._look_from(None))
        self.views = tabs("history.views", "Views", "One diver", "All divers", "What changed")
        layout.addWidget(self.views)
        layout.addWidget(self.banner)
        layout.addWidget(self._views(), 1)
        self._stack = StateStack(content)
        self.body.setSpacing(0)
        self.body.addWidget(self._stack, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._go_to_search)

    def _views(self) -> QStackedWidget:
        self.search = SearchPane("history", mask=self._context.mask_personal)
        self.search.searched.connect(self._search)
        self.search.diver_chosen.connect(self._choose)
        self.diver = DiverPane(mask=self._context.mask_personal)
        self.diver.as_of_changed.connect(self._look_from)
        self.diver.edit.clicked.connect(lambda: self._changing.edit(self._shown()))
        self.diver.delete.clicked.connect(lambda: self._changing.delete(self._shown()))
        self.diver.diff.restore_wanted.connect(lambda place: self._changing.restore(self._shown(), place))
        self.diver.evidence.clicked.connect(
            lambda: self.evidence.ask_for_diver(self._shown().diver_id, self._as_of)
        )
        self._changing.done.connect(self._choose)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.current().space.m)
        split.addWidget(self.search)
        self._person = StateStack(self.diver)
        self._person.show_content()
        split.addWidget(self._person)
        split.setStretchFactor(1, 1)
        split.setSizes([286, 720])
        self.directory = DirectoryView(self._context)
        self.changes = ChangesView(self._context)
        self.changes.evidence_wanted.connect(lambda span: self.evidence.ask_for_period(*span))
        stack = QStackedWidget()
        stack.setObjectName("history.view")
        for view in (split, self.directory, self.changes):
            stack.addWidget(view)
        for view in (self.directory, self.changes):
            view.diver_opened.connect(self.aim_at)
        self.views.currentChanged.connect(stack.setCurrentIndex)
        self.views.currentChanged.connect(lambda _: self._turn())
        return stack

    # --- showing
    def _turn(self) -> None:
        """Another view has come into sight."""
        past = self._offer_past()
        self.banner.show_as_of(self._as_of if past else None)
        self.refresh()

    def _offer_past(self) -> bool:
        """Offer to look from an instant where there is anything to be seen from one; returns whether it is."""
        past = self.views.currentIndex() != CHANGES
        self.as_of.setVisible(past and self._stack.shows_content)
        return past

    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and what & {SCHEMA, BATCHES, DIVERS, QUARANTINE}:
            self._is_prepared = False
            self.refresh()

    def _search(self, text: str) -> None:
        self._context.reader.submit(
            partial(search, self._context.scripts, text, page_size()),
            kind="history.search",
            on_success=self._show_found,
            on_failure=self._show_failure,
            owner=self,
        )

    def _show_found(self, found: Sequence[Found] | None) -> None:
        if found is None:
            self._stack.show_state(
                not_deployed(self._context, "history", "The history is kept by the scripts.")
            )
        elif not found and not self.search.text:
            self._stack.show_state(self._nobody())
        else:
            self._stack.show_content()
            self._prepare()
            self.search.show_found(found, self._diver_id)
            if not found:
                self._diver_id = None
                self.diver.show_nobody()
                self._person.show_state(self._not_found())
        self._offer_past()

    def _prepare(self) -> None:
        """Make those who came since the last time quick to find; meanwhile they are found all the same."""
        if self._is_prepared:
            return
        self._is_prepared = True
        self._context.writer.submit(
            prepare_search,
            kind="history.prepare",
            label="Preparing the search",
            keep_running=True,
            patient=True,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _not_found(self) -> EmptyState:
        return EmptyState(
            "search",
            "Nobody is found by that",
            "A diver is found by number, or by the beginning of a name, an email or a reference, of now or of once, "
            "as far as your role sees them.",
            "Show who changed last",
            lambda: self.search.look_for(""),
            name="history.show_last",
        )

    def _nobody(self) -> EmptyState:
        return EmptyState(
            "history",
            "There is no diver yet",
            "Whom the gatekeepers let in will be here, with every version from the first.",
            "Ingest records",
            lambda: self._context.go_to("ingest"),
            name="history.ingest",
        )

    def _choose(self, diver_id: int) -> None:
        self._diver_id = diver_id
        self._context.reader.submit(
            partial(read_history, diver_id),
            kind="history.diver",
            on_success=self._show_history,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show_history(self, history: DiverHistory) -> None:
        if history.diver_id == self._diver_id and history.versions:
            self._first = min(self._first or history.now, history.spans[0].first)
            self.as_of.set_range(self._first, history.now)
            self._person.show_content()
            self.diver.show_history(history)
            reveal(self.changes.evidence, history.may_prove)

    def _read_directory(self) -> None:
        self._context.reader.submit(
            partial(read_directory, self._as_of),
            kind="history.directory",
            label="Reading the directory",
            on_success=self._show_directory,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show_directory(self, directory: Directory) -> None:
        self.directory.show_directory(directory)
        if directory.began is not None:
            began = microseconds(directory.began)
            self._first = min(self._first or began, began)
            self.as_of.set_range(self._first, time.time_ns() // 1000)

    def _show_failure(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        if not self._stack.shows_content:
            self._stack.show_state(unreadable(self._context, "history", "history", error, self.refresh))

    # --- what a person does
    def _go_to_search(self) -> None:
        self.views.setCurrentIndex(DIVER)
        self.search.field.setFocus()
        self.search.field.selectAll()

    def _shown(self) -> DiverHistory:
        """The diver that is shown; the controls that ask for it are not there without one."""
        shown = self.diver.history
        assert shown is not None
        return shown

    def _look_from(self, instant: int | None) -> None:
        self._as_of = instant
        self.as_of.show_as_of(instant)
        self.banner.show_as_of(instant)
        self.diver.look_from(instant)
        if self.views.currentIndex() == DIRECTORY:
            self._read_directory()

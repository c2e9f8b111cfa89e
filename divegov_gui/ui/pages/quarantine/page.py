"""The page Quarantine: facets, grid and record side by side, and what joins them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError, InputRefused
from divegov_gui.core.progress import CancelToken
from divegov_gui.services.checks import Checks
from divegov_gui.services.facets import Facets
from divegov_gui.services.queue import Catalogue, QueueRow, read_rows
from divegov_gui.services.queue_query import OPEN, QueueQuery
from divegov_gui.ui import theme
from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA, AppContext
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.pages.quarantine import states
from divegov_gui.ui.pages.quarantine.actions import PageActions
from divegov_gui.ui.pages.quarantine.columns import Marks
from divegov_gui.ui.pages.quarantine.desk import Desk
from divegov_gui.ui.pages.quarantine.facet_panel import FacetPanel
from divegov_gui.ui.pages.quarantine.grid import QueueGrid
from divegov_gui.ui.pages.quarantine.panes import Panes
from divegov_gui.ui.pages.quarantine.queue_loader import Listing, Place, QueueLoader
from divegov_gui.ui.pages.quarantine.saved_filters import SavedFilters
from divegov_gui.ui.pages.quarantine.search_row import SearchRow
from divegov_gui.ui.widgets import RowRequest, SortChoice, StateStack, WorkerFetch, button

NOTHING = ("Nothing matches", "Take a filter away, or search for something else.")
"""What the grid says where there is no row."""


class QuarantinePage(Page):
    """The workbench: find what waits, see why, put it right, send it through the gate again."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("quarantine", "Quarantine", "", scrolls=False, parent=parent)
        self._context = context
        self.marks = Marks(Checks(()), context.mask_personal)
        self.loader = QueueLoader(context, self)
        self.actions_ = PageActions(self)
        self._select_all_when_known = False
        self._build()
        self.desk = Desk(context, self)
        self._listen()
        context.changed.connect(self._take_change)

    def page_shown(self) -> None:
        """Read the queue anew, and stay where one was."""
        self.refresh()

    def aim_at(
        self,
        rule: str | None = None,
        batch_id: int | None = None,
        *,
        standing: Sequence[str] = (),
        status: str | None = None,
        age: str | None = None,
        quarantine_id: int | None = None,
    ) -> None:
        """Show the open records that break `rule`, are of `batch_id`, stand or are aged so: all that is given; or those
        of another `status`. With `quarantine_id` every record, the cursor on that one."""
        if quarantine_id is not None:
            self.loader.query = QueueQuery()
            self.search.search.show_text("")
            self.loader.start(Place(quarantine_id))
            return
        query = OPEN if status is None else OPEN.choosing("status", frozenset({status}))
        for facet, values in (
            ("rule", (rule,)),
            ("batch", (batch_id,)),
            ("standing", standing),
            ("age", (age,)),
        ):
            chosen = frozenset(value for value in values if value is not None)
            query = query.choosing(facet, chosen) if chosen else query
        self.look_at(query)

    def look_at(self, query: QueueQuery) -> None:
        """List what `query` wants."""
        self.loader.look_at(query)
        self.search.search.show_text(query.text)

    def refresh(self) -> None:
        """Read everything anew; the cursor stays on its record."""
        self.loader.start(self.place() if self.grid.rows.rowCount() else None)

    def place(self) -> Place:
        """Where the cursor is."""
        at = self.grid.currentIndex().row()
        return Place(self.grid.rows.key_at(at) if at >= 0 else None, max(0, at))

    # --- building
    def _build(self) -> None:
        space = theme.current().space
        self.body.setContentsMargins(space.l, 0, space.l, space.m)
        self.facets = FacetPanel()
        self.search = SearchRow()
        self.grid = self._make_grid()
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(self.search)
        column.addWidget(self.grid, 1)
        self._add_buttons()
        self.panes = Panes(self.facets, centre, self.marks, self._context.settings)
        self.panel = self.panes.panel
        self._stack = StateStack(self.panes)
        self.body.addWidget(self._stack, 1)
        self.saved = SavedFilters(self.facets.saved, self.loader, self._context.settings)
        self.saved.chosen.connect(self.look_at)

    def _add_buttons(self) -> None:
        """The few things that are done all day; the rest is in the menu, with its keys."""
        for name in ("undo", "redo"):
            self.add_action(self.actions_.tool(name))
        self.add_action(self.actions_.button("groups", words="Similar fixes"))
        self.add_action(self.actions_.button("discard", words="Discard"))
        self.add_action(self.actions_.button("resubmit", "primary", words="Resubmit"))
        more = button("More  ", name="quarantine.more")
        menu = self.actions_.menu("More", more, "Fix", "Decide", "Move", "List", without=("undo", "redo"))
        menu.addMenu(self.grid.columns_menu(menu, self.actions_.of("Columns")))
        more.setMenu(menu)
        self.add_action(more)

    def _make_grid(self) -> QueueGrid:
        fetch = WorkerFetch(self._context.reader, _read_rows)
        grid = QueueGrid(self.marks, fetch, self._context.settings)
        fetch.serve(grid.rows)
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._open_menu)
        grid.set_placeholder(*NOTHING)
        return grid

    def _listen(self) -> None:
        self.loader.catalogue_arrived.connect(self._take_catalogue)
        self.loader.listed.connect(self._show_listing)
        self.loader.continued.connect(self._show_rest)
        self.loader.counted.connect(self._show_facets)
        self.loader.failed.connect(self._show_failure)
        self.loader.stopped.connect(self._show_stopped)
        self.facets.query_changed.connect(self.look_at)
        self.search.clear.clicked.connect(lambda: self.look_at(OPEN))
        self.search.search.searched.connect(lambda text: self.look_at(self.loader.query.searching(text)))
        self.search.search.left.connect(self.grid.setFocus)
        self.search.filters.toggled.connect(self.panes.show_facets)
        self.search.panel.toggled.connect(self.panes.show_panel)
        self.search.filters.setChecked(self.panes.facets_are_shown)
        self.search.panel.setChecked(self.panes.panel_is_shown)
        self.panes.facets_toggled.connect(self.search.filters.setChecked)
        self.panes.panel_toggled.connect(self.search.panel.setChecked)
        self.grid.sort_requested.connect(self._sort)
        self.grid.selection_changed.connect(lambda _: self.show_count())

    def _open_menu(self, at: QPoint) -> None:
        """What can be done with the selected records; a right click beside the selection selects what it meets."""
        index = self.grid.indexAt(at)
        if index.isValid() and not self.grid.selectionModel().isSelected(index):
            self.grid.setCurrentIndex(index)
        menu = self.actions_.menu(
            "Record", self.grid, "Fix", "Decide", without=("undo", "redo", "resubmit_ready")
        )
        menu.setObjectName("quarantine.context_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.grid.viewport().mapToGlobal(at))

    # --- showing
    def _take_change(self, what: Set[str]) -> None:
        if self.isVisible() and not self.desk.is_telling and what & {SCHEMA, BATCHES, QUARANTINE, DIVERS}:
            self.refresh()

    def _take_catalogue(self, catalogue: Catalogue | None) -> None:
        if catalogue is None:
            self._stack.show_state(states.not_deployed(self._context))
            return
        self.marks.may_change = catalogue.may_read and catalogue.may_change
        self.desk.enable()
        if not catalogue.may_read:
            self._stack.show_state(states.not_for_role(self._context))
            return
        self.marks.checks = catalogue.checks
        self.set_subtitle(
            "" if catalogue.may_change else "You may read here. To change records is for data stewards."
        )
        self.desk.suggesting.is_wanted = catalogue.may_change
        self.desk.suggesting.learn_anew()
        self.grid.cells.actor = self.grid.pinned_cells.actor = catalogue.actor

    def _show_listing(self, listing: Listing) -> None:
        self.grid.set_placeholder(*NOTHING)
        column = self.grid.currentIndex().column()
        was_typing = self.grid.isAncestorOf(self.focusWidget() or self)
        with self.desk.holding():
            self.grid.rows.reset_keys(listing.keys, listing.rows, listing.block)
            self.grid.go_to(listing.at, column)
            if was_typing:  # an editor that was open is gone, and would leave the focus to what comes next
                self.grid.setFocus()
        if not len(listing.keys):
            self.desk.show_row(None)
        self._know_all(listing.is_complete)

    def _show_rest(self, keys: Sequence[int]) -> None:
        self.grid.rows.extend_keys(keys)
        self._know_all(True)

    def _know_all(self, complete: bool) -> None:
        if complete and self._select_all_when_known:
            self._select_all_when_known = False
            self.grid.selectAll()
        self.show_count()

    def _show_facets(self, facets: Facets) -> None:
        self.facets.show_facets(facets, self.loader.query)
        self.search.show_facets(facets, self.loader.query)
        self.show_count()
        if not facets.total_count:
            self._stack.show_state(states.nothing_waits(self._context))
        elif not facets.open_count and self.loader.query.is_everything:
            self._stack.show_state(states.all_done(self._context, self._show_closed))
        else:
            self._stack.show_content()

    def show_count(self) -> None:
        """Say how many records match and how many are selected."""
        listed = self.grid.rows.rowCount() if self.loader.is_complete else None
        self.search.show_count(listed, self.grid.selected_count())

    def _show_failure(self, error: DiveGovError) -> None:
        self._context.notifier.error(error)
        self.grid.set_placeholder(error.title, error.hint)
        if isinstance(error, InputRefused):
            self.search.show_refused()
            self.show_count()
        if self.loader.facets is None:
            self._stack.show_state(states.failed(self._context, error, self.refresh))

    def _show_stopped(self) -> None:
        """Say again what is listed, and in which order."""
        self.grid.set_sort(self.loader.sort)
        self.search.search.show_text(self.loader.query.text)
        self.show_count()

    def _show_closed(self) -> None:
        self.look_at(QueueQuery())

    # --- what a person does
    def select_all(self) -> None:
        """Select all that matches, also what is not known yet."""
        if self.loader.is_complete:
            self.grid.selectAll()
        else:
            self._select_all_when_known = True

    def _sort(self, choice: SortChoice) -> None:
        self.loader.sort_by(choice)


def _read_rows(session: Any, request: RowRequest, cancel: CancelToken) -> Sequence[QueueRow]:
    return read_rows(session, request.keys or (), cancel)

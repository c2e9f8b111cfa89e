"""Reads the queue for the page: what there is first, then how many of what, then the vector of all that matches."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from divegov_gui.core.errors import Cancelled, DiveGovError, InputRefused
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.deployment import plan_deployment
from divegov_gui.services.facets import Facets, read_facets
from divegov_gui.services.queue import (
    PAGE,
    Catalogue,
    QueueRow,
    Sorting,
    read_catalogue,
    read_keys,
    read_page,
    read_rows,
)
from divegov_gui.services.queue_query import OPEN, QueueQuery
from divegov_gui.services.roles import role_of
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.columns import VIEW_COLUMN
from divegov_gui.ui.tasks import TaskHandle
from divegov_gui.ui.widgets import SortChoice
from divegov_gui.ui.widgets.virtual_model import BLOCK


@dataclass(frozen=True)
class Place:
    """Where the cursor was: on which record, and in which row."""

    quarantine_id: int | None = None
    row: int = 0


@dataclass(frozen=True)
class Listing:
    """The keys of what matches, in order, with the rows of one block; the cursor belongs on `at`.

    Not `is_complete`: only the first page is known, and the rest is under way.
    """

    keys: Sequence[int]
    rows: Sequence[QueueRow]
    block: int
    at: int
    is_complete: bool


class QueueLoader(QObject):
    """Holds what is looked at, in which order, and reads it; a newer wish replaces an older one."""

    catalogue_arrived = Signal(object)
    """The Catalogue; None where the scripts were never applied."""
    listed = Signal(object)
    """A Listing: of the first page, and then of everything."""
    continued = Signal(object)
    """The keys of everything, of which those listed before are the beginning."""
    counted = Signal(object)
    """The Facets."""
    failed = Signal(object)
    """A DiveGovError."""
    stopped = Signal()
    """The person has stopped what took long: what is listed is what was, and in its order."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.query = OPEN
        self.sort = SortChoice("quarantine_id", ascending=True)
        self.catalogue: Catalogue | None = None
        self.facets: Facets | None = None
        self.is_complete = False
        self._place: Place | None = None
        self._told = ""
        self._listed = (self.query, self.sort, False)

    @property
    def order(self) -> Sorting:
        """The order in the view's words."""
        return Sorting(VIEW_COLUMN[self.sort.column], not self.sort.ascending)

    def start(self, place: Place | None = None) -> None:
        """Read the catalogue and then the list; with a `place`, keep the cursor there."""
        self._place, self._told = place, ""
        self._submit(partial(_read_catalogue, self._context), "catalogue", self._take_catalogue)

    def look_at(self, query: QueueQuery) -> None:
        """List what `query` wants, from the top."""
        searching = query.text != self.query.text and bool(query.text)
        self.query, self._place = query, None
        self.list_anew("Searching" if searching else "")

    def sort_by(self, choice: SortChoice) -> None:
        """List the same in another order, from the top."""
        self.sort, self._place = choice, None
        self._list("Sorting")

    def list_anew(self, words: str = "") -> None:
        """The first page at once, the counts, and the rest behind them; `words` tell what takes long."""
        self._list(words, self.recount)

    def reload(self, place: Place) -> None:
        """List anew what may have changed, without losing one's place and without a flicker."""
        if self.catalogue is None:
            return
        job = partial(_around, self.catalogue, self.query, self.order, place)
        self._submit(job, "keys", self._take_listing)
        self.recount()

    def recount(self) -> None:
        """Only the counts."""
        if self.catalogue is not None:
            self._submit(partial(_facets, self.catalogue, self.query), "facets", self._take_facets)

    # --- inside
    def _list(self, words: str, between: Callable[[], object] = lambda: None) -> None:
        """The first page, and all keys; what goes `between` is read after the one and before the others.

        In another order the same records match: nothing is to be counted.
        """
        if self.catalogue is None or not self.catalogue.may_read:
            return
        self.is_complete, self._told = False, ""
        job = partial(_first_page, self.catalogue, self.query, self.order)
        self._submit(job, "page", self._take_page, words, self._take_no_page)
        between()
        self._keys = self._submit(
            partial(_all_keys, self.catalogue, self.query, self.order), "keys", self._take_keys
        )

    def _submit(
        self, job: Any, kind: str, on_success: Any, words: str = "", on_failure: Any = None
    ) -> TaskHandle:
        return self._context.reader.submit(
            job,
            label=words,
            kind=f"quarantine.{kind}",
            on_success=on_success,
            on_failure=on_failure or self._take_failure,
            owner=self,
        )

    def _take_catalogue(self, found: Catalogue | None) -> None:
        self.catalogue = found
        self.catalogue_arrived.emit(found)
        if found is not None and found.may_read:
            self.list_anew() if self._place is None else self.reload(self._place)

    def _take_page(self, rows: list[QueueRow]) -> None:
        keys = array("q", (row.quarantine_id for row in rows))
        self.is_complete = len(rows) < PAGE
        self._listed = (self.query, self.sort, self.is_complete)
        self.listed.emit(Listing(keys, rows, 0, 0, self.is_complete))

    def _take_keys(self, keys: array[int]) -> None:
        if not self.is_complete:
            self.is_complete = True
            self._listed = (self.query, self.sort, True)
            self.continued.emit(keys)

    def _take_listing(self, listing: Listing) -> None:
        self.is_complete = True
        self._listed = (self.query, self.sort, True)
        self.listed.emit(listing)

    def _take_facets(self, facets: Facets) -> None:
        self.facets = facets
        self.counted.emit(facets)

    def _take_no_page(self, error: DiveGovError) -> None:
        """Stopped: go back to what is listed, and read none of what was to come. What is refused lists nothing:
        what was listed before is not what is asked for, and somebody might act on it."""
        if isinstance(error, InputRefused):
            self._keys.cancel()
            self._take_page([])
        if not isinstance(error, Cancelled):
            self._take_failure(error)
            return
        self._keys.cancel()
        self.query, self.sort, self.is_complete = self._listed
        self.stopped.emit()
        self.recount()
        if not self.is_complete:
            self._list("")

    def _take_failure(self, error: DiveGovError) -> None:
        """Tell it once: the list, the counts and the keys fail for the same reason."""
        if error.title != self._told and not isinstance(error, Cancelled):
            self._told = error.title
            self.failed.emit(error)


def _read_catalogue(context: AppContext, session: Any, _: ProgressSink, __: CancelToken) -> Catalogue | None:
    plan = plan_deployment(session, context.scripts)
    if any(script.journal is None for script in plan.scripts):
        return None
    role = role_of(session)
    return replace(
        read_catalogue(session), may_read=role.may("Quarantine_Queue"), may_change=role.may("Edit_Records")
    )


def _first_page(
    catalogue: Catalogue,
    query: QueueQuery,
    order: Sorting,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> list[QueueRow]:
    return read_page(session, catalogue, query, order, cancel)


def _all_keys(
    catalogue: Catalogue,
    query: QueueQuery,
    order: Sorting,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> array[int]:
    return read_keys(session, catalogue, query, order, cancel)


def _facets(
    catalogue: Catalogue, query: QueueQuery, session: Any, _: ProgressSink, cancel: CancelToken
) -> Facets:
    return read_facets(session, catalogue, query, cancel)


def _around(
    catalogue: Catalogue,
    query: QueueQuery,
    order: Sorting,
    place: Place,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> Listing:
    """Everything that matches, with the rows around the place: the same record, or who stands in its row now."""
    keys = read_keys(session, catalogue, query, order, cancel)
    try:
        at = keys.index(place.quarantine_id) if place.quarantine_id is not None else 0
    except ValueError:
        at = max(0, min(place.row, len(keys) - 1))
    block = at // BLOCK
    rows = read_rows(session, keys[block * BLOCK : (block + 1) * BLOCK], cancel)
    return Listing(keys, rows, block, at, True)

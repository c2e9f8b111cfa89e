"""Drives data subject requests: finds the person, exports what is held, rehearses and executes the erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.manifest import Pack
from divegov_gui.services.subjects import Erased
from divegov_gui.ui.context import DIVERS, QUARANTINE, AppContext
from divegov_gui.ui.masking import masked
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.pages.finding import Found, search
from divegov_gui.ui.pages.privacy.requests_view import RequestsView
from divegov_gui.ui.pages.privacy.work import (
    erase_person,
    export_person,
    read_standing,
    rehearse_erasure,
    save_certificate,
)
from divegov_gui.ui.widgets import plural
from divegov_gui.ui.widgets.ask_where import ask_for_file, ask_for_folder


class RequestsDesk(QObject):
    """The view and what it asks of the database."""

    erased = Signal(object)
    """The number of the diver who is erased now."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._people: dict[int, Found] = {}
        self._diver_id: int | None = None
        self.view = RequestsView(mask=context.mask_personal)
        self.setParent(self.view)
        self.view.search.searched.connect(self._search)
        self.view.person_chosen.connect(self._choose)
        self.view.export.wanted.connect(self._ask_where)
        self.view.erasure.rehearsal_wanted.connect(lambda _: self._rehearse())
        self.view.erasure.erasure_wanted.connect(self._erase)
        self.view.erasure.save_wanted.connect(self._ask_where_to_save)

    def refresh(self) -> None:
        """Ask what one may do, and search anew."""
        self._context.reader.submit(
            read_standing,
            kind="privacy.standing",
            on_success=self.view.show_standing,
            on_failure=self._context.notifier.error,
            owner=self,
        )
        self._search(self.view.search.text, move_on=self._diver_id is None)

    # --- the person
    def _search(self, text: str, move_on: bool = True) -> None:
        """Find people; whoever is answered stays in sight unless the text is another, and a certificate in any case."""
        move_on = move_on and not self.view.erasure.is_certified
        self._context.reader.submit(
            partial(search, self._context.scripts, text, page_size()),
            kind="privacy.search",
            on_success=partial(self._show_found, move_on=move_on),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show_found(self, found: Sequence[Found] | None, *, move_on: bool = True) -> None:
        self._people = {each.diver_id: each for each in found or ()}
        if not found and self._diver_id is None:
            self.view.show_nobody()
        self.view.search.show_found(found or (), self._diver_id, move_on=move_on)

    def _choose(self, diver_id: int) -> None:
        """Turn to another person."""
        if diver_id == self._diver_id or diver_id not in self._people:
            return
        self._diver_id = diver_id
        person = self._people[diver_id]
        named = [("First_Name", person.first_name), ("Last_Name", person.last_name)]
        mask = self._context.mask_personal
        name = " ".join(masked(column, value) if mask else value for column, value in named if value)
        self.view.show_person(person, name)

    # --- right of access
    def _ask_where(self, reason: str) -> None:
        ask_for_folder(
            self.view,
            "privacy.export_dialog",
            "Where to put what is held of this person",
            lambda folder: self.export_to(
                folder / f"diver-{self._diver_id}-{datetime.now():%Y%m%d-%H%M%S}", reason
            ),
        )

    def export_to(self, folder: Path, reason: str) -> None:
        """Write everything that is held of the person into `folder`, which is made where it is not there."""
        assert self._diver_id is not None
        self.view.export.set_busy(True)
        self._context.writer.submit(
            partial(export_person, self._diver_id, reason, folder),
            label="Exporting what is held",
            write=True,
            on_success=self._exported,
            on_failure=self.view.export.say_problem,
            owner=self,
        )

    def _exported(self, pack: Pack) -> None:
        self.view.export.begin()
        self._context.notifier.success(
            "Everything that is held is written.",
            f"{plural(len(pack.files), 'file')} in {pack.folder}, which only you may read.",
        )

    # --- right to erasure
    def _rehearse(self) -> None:
        assert self._diver_id is not None
        card = self.view.erasure
        card.wait("Looking for every trace")
        self._context.writer.submit(
            partial(rehearse_erasure, self._diver_id),
            label="Rehearsing an erasure",
            write=True,
            on_success=card.show_rehearsal,
            on_failure=card.say_problem,
            on_progress=card.report,
            owner=self,
        )

    def _erase(self, reason: str) -> None:
        assert self._diver_id is not None
        card = self.view.erasure
        card.wait("Erasing every trace")
        self._context.writer.submit(
            partial(erase_person, self._diver_id, reason),
            label="Erasing a person",
            write=True,
            on_success=self._erased,
            on_failure=self._not_erased,
            on_progress=card.report,
            owner=self,
        )

    def _erased(self, found: tuple[Erased, Path | None]) -> None:
        done, kept = found
        self.view.show_erased(done.diver_id)
        self.view.erasure.show_certificate(done, kept)
        self.view.search.field.setText("")  # what finds nobody any more named somebody
        self.erased.emit(done.diver_id)
        self._context.person_erased.emit()
        self._context.tell_changed({DIVERS, QUARANTINE})

    def _not_erased(self, error: DiveGovError) -> None:
        self.view.erasure.say_problem(error)

    def _ask_where_to_save(self, done: Erased) -> None:
        ask_for_file(
            self.view,
            "privacy.save_dialog",
            "Save the certificate",
            {"pdf": "PDF", "json": "JSON"},
            lambda path: self.save_to(path, done),
            f"erasure-{done.diver_id}",
        )

    def save_to(self, path: Path, done: Erased) -> None:
        """Write the certificate to `path`, as its ending says."""
        self._context.reader.submit(
            partial(save_certificate, done, path),
            label=f"Saving {path.name}",
            on_success=lambda _: self._context.notifier.success(f"{path.name} is written.", str(path.parent)),
            on_failure=self._context.notifier.error,
            owner=self,
        )

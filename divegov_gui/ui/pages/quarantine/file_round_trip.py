"""Out to a file for the data's owner, and back in: what the file would change is shown before it is taken."""

from __future__ import annotations

from array import array
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.queue import Catalogue
from divegov_gui.services.round_trip import (
    Corrections,
    Exported,
    export_records,
    read_corrections,
)
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.quarantine.import_dialog import ImportDialog, summary
from divegov_gui.ui.widgets import plural

if TYPE_CHECKING:
    from divegov_gui.ui.pages.quarantine.decisions import Decisions
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage

_KINDS = "Workbook (*.xlsx);;CSV (*.csv)"


class RoundTrip(QObject):
    """Export and import of quarantined records."""

    def __init__(self, context: AppContext, page: QuarantinePage, decisions: Decisions) -> None:
        super().__init__(decisions)
        self._context, self._page, self._decisions = context, page, decisions

    def export(self, ids: array[int]) -> None:
        """Ask where to, and write."""
        if not len(ids):
            return
        asked = QFileDialog(self._page.window(), f"Export {plural(len(ids), 'record')}")
        asked.setObjectName("quarantine.export_dialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilters(_KINDS.split(";;"))
        asked.setDefaultSuffix("xlsx")
        asked.filterSelected.connect(lambda kind: asked.setDefaultSuffix("csv" if "csv" in kind else "xlsx"))
        asked.fileSelected.connect(lambda path: self.write(ids, Path(path)))
        asked.open()

    def write(self, ids: array[int], path: Path) -> None:
        """Write the records `ids` to `path`."""
        catalogue = self._page.loader.catalogue
        if catalogue is None:
            return
        self._context.reader.submit(
            partial(_export, catalogue, ids, path),
            label=f"Exporting {plural(len(ids), 'record')}",
            on_success=self._tell_exported,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def choose_file(self) -> None:
        """Ask which file, and read it."""
        asked = QFileDialog(self._page.window(), "Import corrections")
        asked.setObjectName("quarantine.import_file")
        asked.setFileMode(QFileDialog.FileMode.ExistingFile)
        asked.setNameFilters(["Corrected files (*.xlsx *.csv)", *_KINDS.split(";;")])
        asked.fileSelected.connect(lambda path: self.read(Path(path)))
        asked.open()

    def read(self, path: Path) -> None:
        """Compare a corrected file with the records, and show what it would change."""
        catalogue = self._page.loader.catalogue
        if catalogue is None:
            return
        self._context.reader.submit(
            partial(_compare, catalogue, path),
            label="Comparing the corrected file",
            on_success=self._show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show(self, found: Corrections) -> None:
        if not found.changes and not found.conflicts:
            self._context.notifier.info(f"Nothing in {found.name} is to be taken over.", summary(found))
            return
        dialog = ImportDialog(self._context, found, self._page.window())
        dialog.saved.connect(self._decisions.tell_bulk)
        dialog.open()

    def _tell_exported(self, found: Exported) -> None:
        self._context.notifier.success(
            f"{plural(found.record_count, 'record')} written to {found.path.name}.", str(found.path.parent)
        )


def _export(
    catalogue: Catalogue,
    ids: array[int],
    path: Path,
    session: Any,
    progress: ProgressSink,
    cancel: CancelToken,
) -> Exported:
    return export_records(session, catalogue, ids, path, progress=progress, cancel=cancel)


def _compare(
    catalogue: Catalogue, path: Path, session: Any, progress: ProgressSink, cancel: CancelToken
) -> Corrections:
    return read_corrections(session, catalogue, path, progress=progress, cancel=cancel)

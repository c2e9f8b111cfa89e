"""The second way in: a file that a person brings, looked at whole before anything of it is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from divegov_gui.core.errors import Cancelled, DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.files import FileSource, SourceFile, inspect_file
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.drop_zone import DropZone
from divegov_gui.ui.pages.ingest.file_card import FileCard
from divegov_gui.ui.pages.ingest.mapping_card import MappingCard
from divegov_gui.ui.pages.ingest.order import Order
from divegov_gui.ui.pages.ingest.parts import ScrollColumn, SideBySide, tab_after
from divegov_gui.ui.pages.ingest.preview_card import PreviewCard
from divegov_gui.ui.pages.ingest.reading import DELIMITERS, ENCODINGS, Reading
from divegov_gui.ui.pages.ingest.refusal_card import RefusalCard
from divegov_gui.ui.tasks import TaskHandle, Worker
from divegov_gui.ui.widgets import Turns, button, choice_field, label, reveal

_NOT_TEXT = {".xlsx", ".xlsm"}


class FilePane(ScrollColumn):
    """Choose, look, map. A file that is refused costs nothing that was there before."""

    changed = Signal()
    _last_field: QWidget
    """Where Tab leaves what is made so far."""

    def __init__(self, reader: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._task: TaskHandle | None = None
        self._asked: Reading | None = None
        self._reading: Reading | None = None
        self._file: SourceFile | None = None
        self.card = FileCard()
        self.refusal = RefusalCard("ingest.refused")
        self.refusal.words.addWidget(self._retry_line())
        self.drop = DropZone()
        self._turns = Turns(self, self._add_mapping, self._add_preview)
        self.body.addWidget(self.card)
        self.body.addWidget(self.refusal)
        self.body.addWidget(self.drop, 1)
        self._tables = SideBySide(900)
        self.body.addWidget(self._tables, 1)
        self.card.wanted.connect(self.look_at)
        self.card.stop_wanted.connect(self.stop_looking)
        self._show()

    # --- what the page asks
    @property
    def mapping(self) -> MappingCard:
        """Which column is which field; made in a turn of its own, or when it is first asked for."""
        self._turns.finish()
        return self._mapping

    @property
    def preview(self) -> PreviewCard:
        """The file's first rows; made as the mapping is."""
        self._turns.finish()
        return self._preview

    @property
    def file(self) -> SourceFile | None:
        """The file that was looked at and can be taken."""
        return self._file

    @property
    def is_looking(self) -> bool:
        """Whether a file is being read."""
        return self._task is not None

    def look_at(self, wanted: Reading | Path) -> None:
        """Read a file whole, off the UI thread; a newer wish replaces an older one."""
        reading = wanted if isinstance(wanted, Reading) else Reading(wanted)

        def job(_: Any, progress: ProgressSink, cancel: CancelToken) -> SourceFile:
            return inspect_file(
                reading.path,
                progress=progress,
                cancel=cancel,
                encoding=reading.encoding,
                delimiter=reading.delimiter,
                sheet=reading.sheet,
            )

        self._asked = reading
        self.refusal.show_error(None)
        self.card.show_reading(reading.path)
        self._task = self._reader.submit(
            job,
            kind="ingest.inspect",
            label=f"Reading {reading.path.name}",
            on_success=lambda file: self._take(file, reading),
            on_failure=lambda error: self._refuse(error, reading),
            on_progress=self.card.report,
            on_finished=self._ended,
            owner=self,
        )
        self._show()
        self.changed.emit()

    def stop_looking(self) -> None:
        """Stop reading; what was there before stays."""
        if self._task is not None:
            self._task.cancel()

    def order(self) -> Order | None:
        """The file as mapped; None while something is to be chosen or corrected."""
        file = self._file
        if file is None or self._task is not None or self.mapping.problems:
            return None
        mapping, defaults = self.mapping.mapping, self.mapping.defaults
        return Order(file.name, file.row_count, lambda: FileSource(file, mapping, defaults))

    def waiting_for(self) -> str:
        """What must be done first, in a sentence; empty where nothing must."""
        if self._task is not None:
            return "The file is being read."
        if self._file is None:
            return (
                "Choose a file first." if self._asked is None else "This file was not taken. Choose another."
            )
        for name, problem in self.mapping.problems.items():
            return f"{self.mapping.rows[name].field.label}: {problem}"
        return ""

    def focus_problem(self) -> None:
        """Put the focus where something must be done."""
        found = self.card.browse if self._file is None else self.mapping.problem()
        if found is not None:
            found.setFocus()
            self.ensureWidgetVisible(found, 0, 90)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the rest, once the pane is seen."""
        super().showEvent(event)
        self._turns.start()

    # --- inside
    def _add_mapping(self) -> None:
        self._mapping = MappingCard()
        self._mapping.changed.connect(self._take_mapping)
        self._add(self._mapping, 4)

    def _add_preview(self) -> None:
        self._preview = PreviewCard()
        self._add(self._preview, 5)

    def _add(self, card: QWidget, stretch: int) -> None:
        """Put a card beside the others, and its fields behind theirs."""
        self._tables.add(card, stretch)
        self._last_field = tab_after(self._last_field, card)

    def _retry_line(self) -> QWidget:
        """How to read a refused file differently, where that can help."""
        self._retry = QWidget()
        row = QHBoxLayout(self._retry)
        row.setContentsMargins(0, theme.current().space.s, 0, 0)
        row.setSpacing(theme.current().space.s)
        found: list[tuple[str, object]] = [("Find out", None)]
        self._as_encoding = choice_field(
            "ingest.refused.encoding", "Encoding", [*found, *((text, value) for value, text in ENCODINGS)]
        )
        self._as_delimiter = choice_field(
            "ingest.refused.delimiter", "Delimiter", [*found, *((text, value) for value, text in DELIMITERS)]
        )
        for caption, field in (("Encoding", self._as_encoding), ("Delimiter", self._as_delimiter)):
            row.addWidget(_captioned(caption, field))
            row.addWidget(field)
        again = button("Read again", name="ingest.refused.retry", icon="refresh")
        again.clicked.connect(self._read_refused_again)
        self._last_field = again
        row.addWidget(again)
        row.addStretch(1)
        return self._retry

    def _read_refused_again(self) -> None:
        if self._asked is not None:
            encoding, delimiter = self._as_encoding.currentData(), self._as_delimiter.currentData()
            self.look_at(Reading(self._asked.path, encoding, delimiter))

    def _take(self, file: SourceFile, reading: Reading) -> None:
        self._file, self._reading = file, reading
        self.card.show_file(file, reading)
        self.preview.set_file(file)
        self.mapping.set_file(file)

    def _refuse(self, error: DiveGovError, reading: Reading) -> None:
        """Say why; what was there before comes back."""
        if not isinstance(error, Cancelled):
            elsewhere = self._reading is None or self._reading.path != reading.path
            stays = f"{self._file.name} stays chosen." if self._file is not None and elsewhere else ""
            self.refusal.show_error(error, stays, reading.path.name)
            could_help = elsewhere and reading.path.suffix.lower() not in _NOT_TEXT and reading.path.is_file()
            reveal(self._retry, could_help)
        if self._file is not None and self._reading is not None:
            self.card.show_file(self._file, self._reading)
        else:
            self.card.show_nothing()

    def _ended(self, handle: TaskHandle) -> None:
        if handle is self._task:
            self._task = None
            self._show()
            self.changed.emit()

    def _take_mapping(self) -> None:
        self.preview.set_mapping(self.mapping.mapping)
        self.changed.emit()

    def _show(self) -> None:
        """The drop zone while there is no file, else mapping and preview."""
        reveal(self.drop, self._file is None)
        reveal(self._tables, self._file is not None)
        self.drop.setEnabled(self._task is None)


def _captioned(text: str, field: QComboBox) -> QLabel:
    made = label(text, "label")
    made.setBuddy(field)
    return made

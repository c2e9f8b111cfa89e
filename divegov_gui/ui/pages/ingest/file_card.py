"""The file: choosing it, what it was read as, and how to read it differently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.core.progress import Progress
from divegov_gui.services.files import SourceFile
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.parts import calm
from divegov_gui.ui.pages.ingest.reading import (
    DELIMITERS,
    ENCODINGS,
    Reading,
    delimiter_label,
    encoding_label,
    facts,
)
from divegov_gui.ui.pages.ingest.words import data_size
from divegov_gui.ui.widgets import Card, button, icon_label, label, plural, reveal, text_field
from divegov_gui.ui.widgets.elided_label import ElidedLabel

_FILTER = "Tables (*.csv *.tsv *.txt *.xlsx *.xlsm *.json *.jsonl *.ndjson);;All files (*)"
_STEPS = 1000
_LIST_WIDTH = 270


class FileCard(Card):
    """A line for the path with Browse; under it the facts, or how far the reading is."""

    wanted = Signal(object)
    """A Reading that the person asks for."""
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        space = theme.current().space
        self.body.setContentsMargins(space.l, space.m, space.l, space.m)
        self.pick: Callable[[], str] = self._ask_desktop
        self._asked = ""
        self._reading: Reading | None = None
        self._sheet_shown = ""
        self.body.addLayout(self._path_line())
        self.body.addWidget(self._progress_part())
        self.body.addWidget(self._facts_part())
        self.show_nothing()

    # --- what the pane does
    def show_nothing(self) -> None:
        """No file is being read and none was taken."""
        self._reading = None
        for part in (self._busy, self._known):
            part.hide()

    def show_reading(self, path: Path) -> None:
        """A file is being read."""
        self.set_path(path)
        self.report(Progress("Reading the file"))
        reveal(self._busy, True)
        reveal(self._known, False)

    def report(self, progress: Progress) -> None:
        """How far the reading is."""
        self._stage.setText(f"{progress.stage}…")
        self._bar.setRange(0, _STEPS if progress.total else 0)
        if progress.total:
            self._bar.setValue(min(_STEPS, round(_STEPS * progress.done / progress.total)))
        self._bar.setAccessibleDescription(progress.stage)

    def show_file(self, file: SourceFile, reading: Reading) -> None:
        """The file was read whole."""
        self._reading = reading
        self.set_path(file.path)
        said = [plural(file.row_count, "record"), plural(len(file.columns), "column"), data_size(file.size)]
        self._size.set_full(" · ".join(said))
        self._facts.set_full(f"Read as {', '.join(facts(file))}")
        self._notes.setText(" ".join(file.notes))
        reveal(self._notes, bool(file.notes))
        self._offer(file, reading)
        reveal(self._busy, False)
        reveal(self._known, True)

    def set_path(self, path: Path | str) -> None:
        """Put a path in the line without asking for it."""
        self._asked = str(path)
        self.path.setText(self._asked)

    # --- inside
    def _path_line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self.path = text_field("ingest.file", "File", "The file's path, or press Browse")
        self.path.setAccessibleDescription("CSV, XLSX, JSON or JSON Lines. Enter reads the file.")
        self.path.setClearButtonEnabled(False)
        self.path.setAcceptDrops(False)  # a file that is dropped here is the page's to take
        self.path.returnPressed.connect(lambda: self._take_path(even_same=True))
        self.path.editingFinished.connect(self._take_path)
        self.browse = button("Browse…", name="ingest.browse", icon="folder")
        self.browse.setAccessibleName("Browse for a file")
        self.browse.clicked.connect(self._browse)
        row.addWidget(icon_label("file", "muted", 20))
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        return row

    def _progress_part(self) -> QWidget:
        self._busy = QWidget()
        row = QHBoxLayout(self._busy)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.m)
        self._stage = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setObjectName("ingest.inspect.bar")
        self._bar.setAccessibleName("Reading the file")
        self._bar.setTextVisible(False)
        stop = button("Stop", name="ingest.inspect.cancel", icon="stop")
        stop.setAccessibleDescription("Stops reading the file.")
        stop.clicked.connect(self.stop_wanted)
        row.addWidget(self._stage)
        row.addWidget(self._bar, 1)
        row.addWidget(stop)
        return self._busy

    def _facts_part(self) -> QWidget:
        self._known = QWidget()
        column = QVBoxLayout(self._known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.xs)
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._size = ElidedLabel(role="strong")
        self._size.setObjectName("ingest.file.size")
        self._facts = ElidedLabel()
        self._facts.setObjectName("ingest.file.facts")
        words.addWidget(self._size)
        words.addWidget(self._facts)
        row.addLayout(words, 1)
        self._encoding = self._choice("ingest.encoding", "Encoding", row)
        self._delimiter = self._choice("ingest.delimiter", "Delimiter", row)
        self._sheet_title, self._sheet = label("Sheet", "label"), QLineEdit()
        self._sheet.setObjectName("ingest.sheet")
        self._sheet.setAccessibleName("Sheet")
        self._sheet.setAccessibleDescription("The name of another sheet of the workbook; Enter reads it.")
        self._sheet.setMinimumWidth(180)
        self._sheet.editingFinished.connect(self._read_again)
        row.addWidget(self._sheet_title)
        row.addWidget(self._sheet)
        column.addLayout(row)
        self._notes = label("", "hint", wrap=True, name="ingest.file.notes")
        column.addWidget(self._notes)
        return self._known

    def _choice(self, name: str, title: str, row: QHBoxLayout) -> QComboBox:
        field = _Choice()
        field.setObjectName(name)
        field.setAccessibleName(title)
        field.setAccessibleDescription("Reads the file again.")
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        field.setMinimumContentsLength(12)
        field.activated.connect(self._read_again)
        calm(field)
        caption = label(title, "label")
        caption.setBuddy(field)
        row.addWidget(caption)
        row.addWidget(field)
        field.setProperty("caption", caption)
        return field

    def _offer(self, file: SourceFile, reading: Reading) -> None:
        """Fill the choices, the one in force chosen."""
        _fill(self._encoding, ENCODINGS, reading.encoding, encoding_label(file.encoding))
        _fill(self._delimiter, DELIMITERS, reading.delimiter, delimiter_label(file.delimiter))
        _reveal_with(self._encoding, file.encoding is not None)
        _reveal_with(self._delimiter, file.delimiter is not None)
        self._sheet_shown = file.sheet or ""
        self._sheet.setText(self._sheet_shown)
        for part in (self._sheet_title, self._sheet):
            reveal(part, file.sheet is not None)

    def _take_path(self, even_same: bool = False) -> None:
        text = self.path.text().strip().strip('"')
        if text and (even_same or text != self._asked):
            self._ask(Reading(Path(text).expanduser()))

    def _browse(self) -> None:
        chosen = self.pick()
        if chosen:
            self._ask(Reading(Path(chosen)))

    def _ask_desktop(self) -> str:
        folder = str(Path(self._asked).parent) if self._asked else ""
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a file with divers", folder, _FILTER)
        return chosen

    def _read_again(self, _: object = None) -> None:
        if self._reading is None:
            return
        sheet = self._sheet.text().strip()
        wanted = Reading(
            self._reading.path,
            self._encoding.currentData(),
            self._delimiter.currentData(),
            self._reading.sheet if sheet == self._sheet_shown else sheet or None,
        )
        if wanted != self._reading:
            self._ask(wanted)

    def _ask(self, reading: Reading) -> None:
        self._asked = str(reading.path)
        self.wanted.emit(reading)


class _Choice(QComboBox):
    """A choice whose list is as wide as what stands in it."""

    def showPopup(self) -> None:
        self.view().setMinimumWidth(_LIST_WIDTH)
        super().showPopup()


def _fill(field: QComboBox, choices: tuple[tuple[str, str], ...], given: str | None, found: str) -> None:
    field.blockSignals(True)
    field.clear()
    field.addItem(f"{found} (found)" if given is None else "Find out", None)
    for value, text in choices:
        field.addItem(text, value)
    field.setCurrentIndex(max(0, field.findData(given)) if given is not None else 0)
    field.blockSignals(False)


def _reveal_with(field: QComboBox, shown: bool) -> None:
    caption = field.property("caption")
    assert isinstance(caption, QLabel)
    for part in (caption, field):
        reveal(part, shown)
